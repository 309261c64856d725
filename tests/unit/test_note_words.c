#include "test.h"

#include <string.h>

#include "base/cleanup.h"
#include "inspect/note_words.h"

#define ON_DISK  8
#define MIB      (UINT64_C(1) << 20)
#define AT_SQ    0
#define AT_CQ    0x8000000
#define AT_SQES  0x10000000
#define AT_PBUF  0x80000000
#define AT_OTHER 0x40000000

static const struct {
	const char *name;
	uint64_t inode, offset;
	uint32_t device_major;
	enum vmspy_mapping_kind kind;
	uint64_t page_bytes;
	const char *wanted;
} origins[] = {
	{ NULL, 0, 0, 0, VMSPY_KIND_ANON, 4096, "" },
	{ "/usr/bin/cat", 7, 0, ON_DISK, VMSPY_KIND_TEXT, 4096, "" },
	{ "/memfd:x (deleted)", 7, 0, 0, VMSPY_KIND_SHMEM, 4096, "memfd x" },
	{ "/memfd:x (deleted) (deleted)", 7, 0, 0, VMSPY_KIND_SHMEM, 4096, "memfd x (deleted)" },
	{ "/memfd: (deleted)", 7, 0, 0, VMSPY_KIND_SHMEM, 4096, "memfd " },
	{ "/memfd:\033[2J (deleted)", 7, 0, 0, VMSPY_KIND_SHMEM, 4096, "memfd \\x1b[2J" },
	{ "/memfd:x (deleted)", 7, 0, ON_DISK, VMSPY_KIND_FILE, 4096, "" },
	{ "/memfd:x (deleted)", 7, 0, 0, VMSPY_KIND_HUGETLB, 2 * MIB, "memfd x; hugetlb 2M pages" },
	{ "/anon_hugepage (deleted)", 7, 0, 0, VMSPY_KIND_HUGETLB, 1024 * MIB, "hugetlb 1G pages" },
	{ "/anon_hugepage (deleted)", 7, 0, 0, VMSPY_KIND_HUGETLB, 0, "" },
	{ "/SYSV0000beef (deleted)", 65538, 0, 0, VMSPY_KIND_SYSV, 4096,
	  "SysV key 0xbeef, id 65538" },
	{ "/SYSV00000000 (deleted)", 0, 0, 0, VMSPY_KIND_SYSV, 4096, "SysV key 0x0, id 0" },
	{ "/SYSVfile", 3, 0, ON_DISK, VMSPY_KIND_FILE, 4096, "" },
	{ "[anon:my own]", 0, 0, 0, VMSPY_KIND_ANON, 4096, "named my own" },
	{ "[anon_shmem:pool]", 0, 0, 0, VMSPY_KIND_SHMEM, 4096, "named pool" },
	{ "/dev/dax0.0", 3, 0, 0, VMSPY_KIND_DEVICE, 4096, "DAX" },
	{ "anon_inode:[io_uring]", 9, AT_SQ, 0, VMSPY_KIND_DEVICE, 4096, "io_uring rings" },
	{ "anon_inode:[io_uring]", 9, AT_CQ, 0, VMSPY_KIND_DEVICE, 4096,
	  "io_uring completion ring" },
	{ "anon_inode:[io_uring]", 9, AT_SQES, 0, VMSPY_KIND_DEVICE, 4096, "io_uring submissions" },
	{ "anon_inode:[io_uring]", 9, AT_PBUF | 5 << 16, 0, VMSPY_KIND_DEVICE, 4096,
	  "io_uring buffers of group 5" },
	{ "anon_inode:[io_uring]", 9, AT_OTHER, 0, VMSPY_KIND_DEVICE, 4096, "io_uring" },
	{ "anon_inode:[perf_event]", 9, 0, 0, VMSPY_KIND_DEVICE, 4096, "" },
};

static char *copy(const char *name)
{
	return name ? strdup(name) : NULL;
}

static void names_of_the_kernel_are_made_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(origins); i++) {
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf note = { 0 };
		VMSPY_AUTO(vmspy_guard_free) char *name = copy(origins[i].name);
		struct vmspy_mapping mapping = {
			.vma = { .name = name,
				 .inode = origins[i].inode,
				 .offset_bytes = origins[i].offset,
				 .device_major = origins[i].device_major },
			.kind = origins[i].kind,
			.page_bytes = origins[i].page_bytes,
		};

		test_row(name ? name : "no name");
		assert_ok(vmspy_note_origin(&note, &mapping));
		assert_string_equal(vmspy_buf_text(&note), origins[i].wanted);
	}
}

static const struct {
	const char *name;
	uint64_t inode;
	uint32_t device_major;
	bool wanted;
} files[] = {
	{ "/tmp/x (deleted)", 7, ON_DISK, true }, { "/tmp/x (deleted)", 7, 0, true },
	{ "/tmp/x", 7, ON_DISK, false },          { "/tmp/(deleted)", 7, ON_DISK, false },
	{ "/memfd:x (deleted)", 7, 0, false },    { "/SYSV00000001 (deleted)", 7, 0, false },
	{ "/dev/zero (deleted)", 7, 0, false },   { "/anon_hugepage (deleted)", 7, 0, false },
	{ "[anon:x (deleted)", 0, 0, false },     { NULL, 0, 0, false },
};

static void only_what_had_a_name_can_be_deleted(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(files); i++) {
		VMSPY_AUTO(vmspy_guard_free) char *name = copy(files[i].name);
		struct vmspy_mapping mapping = {
			.vma = { .name = name,
				 .inode = files[i].inode,
				 .device_major = files[i].device_major },
			.kind = VMSPY_KIND_FILE,
		};

		test_row(name ? name : "no name");
		assert_int_equal(vmspy_note_may_be_deleted(&mapping), files[i].wanted);
	}
}

static void flags_tell_which_faults_the_process_handles_itself(void **state)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf note = { 0 };

	(void)state;
	assert_ok(vmspy_note_userfaultfd(&note, "rd uw um mr"));
	assert_string_equal(vmspy_buf_text(&note), "userfaultfd missing, write-protected");
	note.length = 0;
	assert_ok(vmspy_note_userfaultfd(&note, "rd"));
	assert_ok(vmspy_note_userfaultfd(&note, NULL));
	assert_int_equal(note.length, 0);
}

TEST_MAIN(TEST(names_of_the_kernel_are_made_plain), TEST(only_what_had_a_name_can_be_deleted),
	  TEST(flags_tell_which_faults_the_process_handles_itself))

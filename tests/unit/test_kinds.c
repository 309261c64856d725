#include "test.h"

#include "format/maps.h"
#include "format/stat.h"
#include "space/kinds.h"

/* ret: the kinds of all mappings, one word each, set apart by spaces. */
static struct vmspy_buf kinds_of(const char *maps, size_t length,
				 const struct vmspy_mm_bounds *bounds)
{
	struct vmspy_mapping *mapping;
	struct vmspy_vma_list list;
	struct vmspy_buf words = { 0 };

	assert_ok(vmspy_maps_parse(maps, length, &list));
	mapping = calloc(list.count + 1, sizeof(*mapping));
	for (size_t i = 0; i < list.count; i++)
		mapping[i].vma = list.vma[i];
	assert_ok(vmspy_kinds_decide(mapping, list.count, bounds));
	for (size_t i = 0; i < list.count; i++)
		assert_ok(vmspy_buf_printf(&words, "%s%s", i ? " " : "",
					   vmspy_mapping_kind_name(mapping[i].kind)));
	free(mapping);
	vmspy_vma_list_deinit(&list);
	return words;
}

static struct vmspy_mm_bounds bounds_of(const char *name)
{
	struct vmspy_buf text = { 0 }, stat_text;
	struct vmspy_stat stat;

	assert_ok(vmspy_buf_printf(&text, "stat/%s", name));
	stat_text = test_data(vmspy_buf_text(&text));
	assert_ok(vmspy_stat_parse(vmspy_buf_text(&stat_text), stat_text.length, &stat));
	vmspy_buf_deinit(&stat_text);
	vmspy_buf_deinit(&text);
	return stat.bounds;
}

#define MAIN "rodata text rodata data data bss heap "
#define LIBC "rodata text rodata rodata data bss "
#define LD   "rodata text rodata rodata data "
#define VDSO "vvar vvar vdso "

static const struct {
	const char *name;
	const char *kinds;
} recordings[] = {
	{ "threads", MAIN "guard thread-stack guard thread-stack anon " LIBC "anon " VDSO LD
			  "stack vsyscall" },
	{ "non-pie", MAIN "anon " LIBC "anon " VDSO LD "stack vsyscall" },
	{ "32-bit", MAIN LIBC "anon " VDSO LD "stack" },
	{ "static-fixed", MAIN VDSO "stack vsyscall" },
	{ "static-pie", "heap " VDSO "rodata text rodata data data bss stack vsyscall" },
	{ "fixed", MAIN "anon " LIBC "anon " VDSO LD "stack vsyscall" },
	{ "objects",
	  "rodata text rodata data data device jit shmem anon " LIBC
	  "sysv shmem shmem jit shmem anon shmem device anon " VDSO LD "stack vsyscall" },
};

static void recorded_processes_have_the_kinds_that_readelf_tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(recordings); i++) {
		struct vmspy_mm_bounds bounds = bounds_of(recordings[i].name);
		struct vmspy_buf path = { 0 }, maps, words;

		test_row(recordings[i].name);
		assert_ok(vmspy_buf_printf(&path, "maps/%s", recordings[i].name));
		maps = test_data(vmspy_buf_text(&path));
		words = kinds_of(vmspy_buf_text(&maps), maps.length, &bounds);
		assert_string_equal(vmspy_buf_text(&words), recordings[i].kinds);
		vmspy_buf_deinit(&words);
		vmspy_buf_deinit(&maps);
		vmspy_buf_deinit(&path);
	}
}

static void hidden_bounds_leave_the_main_program_to_its_permissions(void **state)
{
	struct vmspy_buf maps = test_data("maps/static-fixed");
	struct vmspy_mm_bounds hidden = { 0 };
	struct vmspy_buf words = kinds_of(vmspy_buf_text(&maps), maps.length, &hidden);

	(void)state;
	assert_string_equal(vmspy_buf_text(&words),
			    "rodata text rodata rodata data bss heap " VDSO "stack vsyscall");
	vmspy_buf_deinit(&words);
	vmspy_buf_deinit(&maps);
}

static const struct vmspy_mm_bounds example = {
	.known = true,
	.start_code = 0x401000,
	.end_code = 0x401800,
	.start_data = 0x403e00,
	.end_data = 0x404040,
	.start_brk = 0x500000,
	.start_stack = 0x7ff000,
};

#define PROGRAM                                                                                    \
	"401000-402000 r-xp 1000 8:1 7 /p\n"                                                       \
	"403000-404000 r--p 2000 8:1 7 /p\n"                                                       \
	"404000-405000 rw-p 3000 8:1 7 /p\n"
#define NO_DISK " 0 0:1 9 "
#define DISK    " 0 8:1 9 "
#define ANON    " 0 0:0 0 "

static const struct {
	const char *name;
	const char *maps;
	const char *kinds;
} rows[] = {
	{ "nothing mapped", "", "" },
	{ "RELRO of the main program is data, by the bounds", PROGRAM, "text data data" },
	{ "text is text without its permission",
	  "401000-402000 r--p 1000 8:1 7 /p\n404000-405000 rw-p 3000 8:1 7 /p\n", "text data" },
	{ "text and data in one mapping is text", "400000-405000 rwxp 0 8:1 7 /p\n", "text" },
	{ "the program's own file mapped shared is a file",
	  PROGRAM "600000-601000 r--s 0 8:1 7 /p\n", "text data data file" },
	{ "the same inode on another device is another file",
	  PROGRAM "600000-601000 r--p 0 8:2 7 /p\n", "text data data file" },
	{ "text moved to anonymous memory is text still",
	  "401000-402000 r-xp" ANON "\n403000-404000 r--p 2000 8:1 7 /p\n"
	  "404000-405000 rw-p 3000 8:1 7 /p\n405000-406000 r--p 0 8:1 7 /p\n",
	  "text data data rodata" },
	{ "bss begins where data ends", PROGRAM "405000-409000 rw-p" ANON "\n",
	  "text data data bss" },
	{ "behind a gap it is not bss", PROGRAM "406000-409000 rw-p" ANON "\n",
	  "text data data anon" },
	{ "memory with a name is not bss", PROGRAM "405000-409000 rw-p" ANON "[anon:x]\n",
	  "text data data anon" },
	{ "shared memory is not bss", PROGRAM "405000-409000 rw-s" NO_DISK "/dev/zero (deleted)\n",
	  "text data data shmem" },
	{ "memory behind bss is not bss",
	  PROGRAM "405000-409000 rw-p" ANON "\n409000-40a000 r--p" ANON "\n",
	  "text data data bss anon" },
	{ "a guard behind data is not bss", PROGRAM "405000-409000 ---p" ANON "\n",
	  "text data data guard" },
	{ "executable bss is bss", PROGRAM "405000-409000 rwxp" ANON "\n", "text data data bss" },
	{ "a heap right behind data is the heap", PROGRAM "405000-609000 rw-p" ANON "[heap]\n",
	  "text data data heap" },
	{ "a bss that is called heap ends before the heap begins",
	  PROGRAM "405000-500000 rw-p" ANON "[heap]\n500000-600000 rw-p" ANON "[heap]\n",
	  "text data data bss heap" },
	{ "a heap that is split by mprotect is heap",
	  "500000-501000 rw-p" ANON "[heap]\n501000-502000 ---p" ANON "[heap]\n", "heap heap" },
	{ "behind a file that is no library it is not bss",
	  "800000-801000 rw-p" DISK "/data\n801000-802000 rw-p" ANON "\n", "file anon" },
	{ "a library goes by permission",
	  "800000-801000 r--p 0 8:1 9 /l\n801000-802000 r-xp 0 8:1 9 /l\n"
	  "802000-803000 ---p 0 8:1 9 /l\n803000-804000 rw-p 0 8:1 9 /l\n"
	  "804000-805000 rwxp 0 8:1 9 /l\n",
	  "rodata text rodata data text" },
	{ "a library that was replaced or deleted is one still",
	  "800000-801000 r-xp" DISK "/l (deleted)\n801000-802000 rw-p" DISK "/l (deleted)\n",
	  "text data" },
	{ "a library on memfd or /dev/shm goes by permission",
	  "800000-801000 r-xp 0 0:1 3 /memfd:l (deleted)\n"
	  "801000-802000 rw-p 0 0:1 3 /memfd:l (deleted)\n"
	  "802000-803000 r-xp 0 0:9 4 /dev/shm/l\n803000-804000 r--p 0 0:9 4 /dev/shm/l\n",
	  "text data text rodata" },
	{ "code written through a shared memfd is shmem",
	  "800000-801000 r-xs" NO_DISK "/memfd:jit (deleted)\n"
	  "801000-802000 rw-s" NO_DISK "/memfd:jit (deleted)\n",
	  "shmem shmem" },
	{ "a file that is mapped executable only as shared is no library",
	  "800000-801000 r-xs" DISK "/a\n801000-802000 rw-p" DISK "/a\n", "file file" },
	{ "a file is a file, private or shared, however it is called",
	  "800000-801000 r--p" DISK "/a\n801000-802000 rw-s" DISK "/a\n"
	  "802000-803000 rw-p" DISK "[heap]\n803000-804000 rw-p" DISK "/[heap]\n",
	  "file file file file" },
	{ "the names of shared memory",
	  "800000-801000 rw-s" NO_DISK "/memfd:[heap] (deleted)\n"
	  "801000-802000 rw-p" NO_DISK "/memfd:a (deleted)\n"
	  "802000-803000 rw-s" NO_DISK "[anon_shmem:a]\n"
	  "803000-804000 rw-s" NO_DISK "/dev/shm/a b\n"
	  "804000-805000 rw-s" NO_DISK "/dev/zero (deleted)\n"
	  "805000-806000 rw-s 0 0:1 0 /SYSV00000000 (deleted)\n"
	  "806000-807000 rw-s" NO_DISK "/anon_hugepage (deleted)\n"
	  "807000-808000 rw-p" NO_DISK "/dev/hugepages/a\n"
	  "808000-809000 rw-s" NO_DISK "/secretmem (deleted)\n",
	  "shmem shmem shmem shmem shmem sysv hugetlb hugetlb shmem" },
	{ "a real file may be called like shared memory",
	  "800000-801000 rw-s" DISK "/memfd:a (deleted)\n801000-802000 rw-s" DISK "/SYSV0\n"
	  "802000-803000 rw-s" NO_DISK "/SYSV0\n803000-804000 rw-s" DISK "/dev/shmem\n",
	  "file file file device" },
	{ "devices and kernel objects",
	  "800000-801000 rw-s 0 0:6 9 /dev/dri/card0\n801000-802000 rw-s" NO_DISK
	  "anon_inode:[io_uring]\n802000-803000 rw-s" NO_DISK "socket:[9]\n"
	  "803000-804000 rw-s" NO_DISK "/[aio] (deleted)\n804000-805000 rw-p 0 0:6 9 /dev/x\n",
	  "device device device device device" },
	{ "a private mapping of /dev/zero is anonymous",
	  "800000-801000 rw-p 0 0:6 9 /dev/zero\n801000-802000 rwxp 0 0:6 9 /dev/zero\n"
	  "802000-803000 ---p 0 0:6 9 /dev/zero (deleted)\n",
	  "anon jit guard" },
	{ "executable memory without a file is jit",
	  "800000-801000 r-xp" ANON "\n802000-803000 rwxp" ANON "[anon:v8]\n"
	  "804000-805000 --xp" ANON "\n",
	  "jit jit jit" },
	{ "memory that nobody may touch is guard",
	  "800000-10000800000 ---p" ANON "\n10000800000-10000801000 ---p" ANON "[anon:x]\n",
	  "guard guard" },
	{ "a stack of a thread is told by its guard and its round size",
	  "800000-801000 ---p" ANON "\n801000-811000 rw-p" ANON "\n", "guard thread-stack" },
	{ "without a guard it is anon", "801000-811000 rw-p" ANON "\n", "anon" },
	{ "with a hole behind the guard it is anon",
	  "7ff000-800000 ---p" ANON "\n801000-811000 rw-p" ANON "\n", "guard anon" },
	{ "an odd size behind a guard is anon",
	  "800000-801000 ---p" ANON "\n801000-812000 rw-p" ANON "\n", "guard anon" },
	{ "behind a reservation it is anon",
	  "800000-811000 ---p" ANON "\n811000-821000 rw-p" ANON "\n", "guard anon" },
	{ "names of stacks that the C library gives",
	  "801000-802000 rw-p" ANON "[anon: glibc: pthread stack: 7]\n"
	  "803000-804000 rw-p" ANON "[anon:stack_and_tls:7]\n"
	  "805000-806000 rw-p" ANON "[stack:7]\n",
	  "thread-stack thread-stack thread-stack" },
	{ "names that only look like the kernel's",
	  "801000-802000 rw-p" ANON "[heap] \n803000-804000 rw-p" ANON "[anon:[heap]]\n"
	  "805000-806000 r--p" ANON "[vvarx]\n",
	  "anon anon anon" },
	{ "the end of the address space", "ffffffffffffe000-ffffffffffffffff r-xp" ANON "\n",
	  "jit" },
};

static void kinds_follow_from_names_bounds_and_neighbours(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_buf words = kinds_of(rows[i].maps, strlen(rows[i].maps), &example);

		test_row(rows[i].name);
		assert_string_equal(vmspy_buf_text(&words), rows[i].kinds);
		vmspy_buf_deinit(&words);
	}
}

static void a_data_segment_without_bytes_in_the_file_is_bss(void **state)
{
	static const char maps[] = "401000-402000 r-xp 1000 8:1 7 /p\n"
				   "402000-404000 rw-p" ANON "\n";
	struct vmspy_mm_bounds bounds = example;
	struct vmspy_buf words;

	(void)state;
	bounds.start_data = bounds.end_data = 0x402010;
	words = kinds_of(maps, strlen(maps), &bounds);
	assert_string_equal(vmspy_buf_text(&words), "text bss");
	vmspy_buf_deinit(&words);
}

static void a_mapping_that_the_kernel_says_is_hugetlb_stays_so(void **state)
{
	struct vmspy_mapping mapping = {
		.vma = { .start = 0x200000, .end = 0x400000, .readable = true, .writable = true },
		.kind = VMSPY_KIND_HUGETLB,
	};

	(void)state;
	assert_ok(vmspy_kinds_decide(&mapping, 1, &example));
	assert_int_equal(mapping.kind, VMSPY_KIND_HUGETLB);
}

static void every_kind_has_a_name_of_its_own_and_a_sentence(void **state)
{
	(void)state;
	for (int i = 0; i < VMSPY_KIND_COUNT; i++) {
		const char *name = vmspy_mapping_kind_name((enum vmspy_mapping_kind)i);

		assert_true(strlen(name) > 0);
		assert_true(strlen(vmspy_mapping_kind_help((enum vmspy_mapping_kind)i)) > 10);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
				name, vmspy_mapping_kind_name((enum vmspy_mapping_kind)j));
	}
}

static const struct {
	const char *line;
	bool anonymous;
} ownership[] = {
	{ "1000-2000 rw-p 0 0:0 0 ", true },
	{ "1000-2000 rw-p 0 0:0 0 [heap]", true },
	{ "1000-2000 rw-p 0 0:0 0 [anon:x]", true },
	{ "1000-2000 rw-p 0 0:6 4 /dev/zero", true },
	{ "1000-2000 rw-p 0 0:f 4 /anon_hugepage (deleted)", true },
	{ "1000-2000 rw-s 0 0:f 4 /anon_hugepage (deleted)", false },
	{ "1000-2000 rw-s 0 0:1 4 /dev/zero (deleted)", false },
	{ "1000-2000 rw-p 0 8:1 4 /a", false },
	{ "1000-2000 rw-p 0 0:1 4 /memfd:a (deleted)", false },
	{ "1000-2000 rw-p 0 0:0 0 /inode-0", false },
};

static void anonymous_is_private_without_a_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(ownership); i++) {
		struct vmspy_mapping mapping = { .kind = VMSPY_KIND_ANON };
		struct vmspy_vma_list list;

		test_row(ownership[i].line);
		assert_ok(vmspy_maps_parse(ownership[i].line, strlen(ownership[i].line), &list));
		mapping.vma = list.vma[0];
		assert_int_equal(vmspy_mapping_is_anonymous(&mapping), ownership[i].anonymous);
		vmspy_vma_list_deinit(&list);
	}
}

TEST_MAIN(TEST(recorded_processes_have_the_kinds_that_readelf_tells),
	  TEST(hidden_bounds_leave_the_main_program_to_its_permissions),
	  TEST(kinds_follow_from_names_bounds_and_neighbours),
	  TEST(a_data_segment_without_bytes_in_the_file_is_bss),
	  TEST(a_mapping_that_the_kernel_says_is_hugetlb_stays_so),
	  TEST(every_kind_has_a_name_of_its_own_and_a_sentence),
	  TEST(anonymous_is_private_without_a_file))

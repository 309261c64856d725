#include "test.h"

#include "base/scan.h"
#include "format/maps.h"

static struct vmspy_vma_list parse(const char *text)
{
	struct vmspy_vma_list list;

	assert_ok(vmspy_maps_parse(text, strlen(text), &list));
	return list;
}

static struct vmspy_vma_list parse_data(const char *name)
{
	struct vmspy_buf buf = test_data(name);
	struct vmspy_vma_list list;

	assert_ok(vmspy_maps_parse(vmspy_buf_text(&buf), buf.length, &list));
	vmspy_buf_deinit(&buf); /* the names must not point into it */
	return list;
}

static void every_field_of_a_line_is_read(void **state)
{
	struct vmspy_vma_list list =
		parse("7f0000001000-7f0000003000 r-xs 0001a000 fd:1f 4242      /opt/a\n");
	const struct vmspy_vma *vma = list.vma;

	(void)state;
	assert_int_equal(list.count, 1);
	assert_int_equal(vma->start, 0x7f0000001000);
	assert_int_equal(vma->end, 0x7f0000003000);
	assert_true(vma->readable && !vma->writable && vma->executable && vma->shared);
	assert_int_equal(vma->offset_bytes, 0x1a000);
	assert_int_equal(vma->device_major, 0xfd);
	assert_int_equal(vma->device_minor, 0x1f);
	assert_int_equal(vma->inode, 4242);
	assert_string_equal(vma->name, "/opt/a");
	vmspy_vma_list_deinit(&list);
}

static void a_line_without_a_path_is_kept(void **state)
{
	struct vmspy_vma_list list = parse("1000-2000 rw-p 00000000 00:00 0 \n"
					   "2000-3000 -w-p 00000000 00:00 0\n");

	(void)state;
	assert_int_equal(list.count, 2);
	assert_null(list.vma[0].name);
	assert_null(list.vma[1].name);
	assert_true(list.vma[1].writable && !list.vma[1].readable);
	vmspy_vma_list_deinit(&list);
}

static void names_are_kept_as_the_kernel_prints_them(void **state)
{
	static const char *const names[] = {
		"/opt/a b  c/with spaces",
		"/opt/new\\012line",
		"/opt/gone (deleted)",
		"/opt/caf\xe9\xff\xfe",
		"/opt/ä/日本",
		"/opt/\x1b[31mred\x07",
		"[heap] ",
		"/opt/[heap]",
		"/memfd:[heap] (deleted)",
		"/SYSV0000002a (deleted)",
		"/dev/zero (deleted)",
		"anon_inode:[perf_event]",
		"[anon:name with  spaces]",
		"[anon_shmem:x]",
		"/x (deleted) (deleted)",
		"socket:[123]",
		"(unreachable)/opt/x",
	};
	struct vmspy_vma_list list = parse_data("maps/names");

	(void)state;
	assert_int_equal(list.count, TEST_COUNT(names));
	for (size_t i = 0; i < TEST_COUNT(names); i++)
		assert_string_equal(list.vma[i].name, names[i]);
	vmspy_vma_list_deinit(&list);
}

static void a_path_of_4096_bytes_is_kept_whole(void **state)
{
	struct vmspy_vma_list list = parse_data("maps/long-path");

	(void)state;
	assert_int_equal(list.count, 2);
	assert_int_equal(strlen(list.vma[0].name), 4096);
	assert_null(list.vma[1].name);
	vmspy_vma_list_deinit(&list);
}

static void a_name_without_an_inode_is_kept(void **state)
{
	struct vmspy_vma_list list = parse_data("maps/inode-0-with-a-name");

	(void)state;
	assert_int_equal(list.vma[0].inode, 0);
	assert_string_equal(list.vma[0].name, "/proc-like/file");
	vmspy_vma_list_deinit(&list);
}

static void the_last_line_needs_no_newline(void **state)
{
	struct vmspy_vma_list list = parse_data("maps/no-newline-at-the-end");

	(void)state;
	assert_int_equal(list.count, 1);
	assert_string_equal(list.vma[0].name, "[vvar]");
	vmspy_vma_list_deinit(&list);
}

static void addresses_may_take_all_64_bits(void **state)
{
	struct vmspy_vma_list list = parse_data("maps/vsyscall");

	(void)state;
	assert_true(list.vma[0].start == 0xffffffffff600000);
	assert_true(list.vma[0].executable && !list.vma[0].readable);
	vmspy_vma_list_deinit(&list);
	list = parse_data("maps/five-level");
	assert_int_equal(list.count, 2);
	assert_int_equal(list.vma[1].end, 0xfffffffffff000);
	vmspy_vma_list_deinit(&list);
	list = parse_data("maps/highest-numbers");
	assert_true(list.vma[0].end == UINT64_MAX);
	assert_true(list.vma[0].offset_bytes == 0xffffffffffffffff);
	assert_true(list.vma[0].inode == UINT64_MAX);
	assert_int_equal(list.vma[0].device_major, 0xfff);
	assert_int_equal(list.vma[0].device_minor, 0xfffff);
	vmspy_vma_list_deinit(&list);
}

static void recorded_processes_are_read_line_for_line(void **state)
{
	static const char *const files[] = { "maps/cat",     "maps/threads",     "maps/32-bit",
					     "maps/objects", "maps/static-pie",  "maps/fixed",
					     "maps/non-pie", "maps/static-fixed" };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(files); i++) {
		struct vmspy_buf buf = test_data(files[i]);
		struct vmspy_vma_list list = parse_data(files[i]);
		size_t lines = 0;

		test_row(files[i]);
		for (size_t at = 0; at < buf.length; at++)
			lines += buf.text[at] == '\n';
		assert_int_equal(list.count, lines);
		vmspy_vma_list_deinit(&list);
		vmspy_buf_deinit(&buf);
	}
}

static void empty_text_is_an_empty_list(void **state)
{
	struct vmspy_vma_list list = parse_data("maps/empty");

	(void)state;
	assert_int_equal(list.count, 0);
	assert_null(vmspy_vma_find(&list, 0));
	vmspy_vma_list_deinit(&list);
}

#define GOOD "1000-2000 rw-p 00000000 00:00 0 \n"

static const struct {
	const char *name;
	const char *text;
	const char *message;
} bad[] = {
	{ "an empty line", GOOD "\n" GOOD, "line 2 '' is no mapping" },
	{ "no text at all", "hello\n", "line 1 'hello' is no mapping" },
	{ "a line that is cut off", "1000-2000 rw-p 0000", "is no mapping" },
	{ "an unknown permission", "1000-2000 rwxq 0 0:0 0\n", "is no mapping" },
	{ "permissions in another order", "1000-2000 wr-p 0 0:0 0\n", "is no mapping" },
	{ "no inode", "1000-2000 rw-p 0 0:0 \n", "is no mapping" },
	{ "text that sticks to the inode", "1000-2000 rw-p 0 0:0 0x\n", "is no mapping" },
	{ "a device beyond 32 bits", "1000-2000 rw-p 0 100000000:0 0\n", "is no mapping" },
	{ "an address beyond 64 bits", "1000-10000000000000000 rw-p 0 0:0 0\n", "is no mapping" },
	{ "an empty mapping", "1000-1000 rw-p 0 0:0 0\n", "ends before it begins" },
	{ "a mapping the wrong way round", "2000-1000 rw-p 0 0:0 0\n", "ends before it begins" },
	{ "a mapping twice", GOOD GOOD, "line 2" },
	{ "a mapping below the one before", "3000-4000 rw-p 0 0:0 0\n" GOOD, "does not ascend" },
	{ "overlapping mappings", GOOD "1fff-3000 rw-p 0 0:0 0\n", "line 2" },
	{ "a line is escaped in the message", "\x1b\n", "'\\x1b' is no mapping" },
};

static void what_is_no_mapping_is_an_error_that_names_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		struct vmspy_vma_list list;

		test_row(bad[i].name);
		assert_error(vmspy_maps_parse(bad[i].text, strlen(bad[i].text), &list),
			     VMSPY_ERROR_BAD_DATA, bad[i].message);
	}
}

static void a_nul_byte_in_a_name_is_an_error(void **state)
{
	struct vmspy_buf buf = test_data("maps/bad-nul");
	struct vmspy_vma_list list;

	(void)state;
	assert_error(vmspy_maps_parse(buf.text, buf.length, &list), VMSPY_ERROR_BAD_DATA,
		     "NUL byte");
	vmspy_buf_deinit(&buf);
}

static void a_long_bad_line_is_cut_short_in_the_message(void **state)
{
	char text[5000];
	struct vmspy_vma_list list;
	struct vmspy_error *err;

	(void)state;
	memset(text, 'x', sizeof(text));
	err = vmspy_maps_parse(text, sizeof(text), &list);
	assert_non_null(err);
	assert_true(strlen(vmspy_error_message(err)) < 200);
	assert_error(err, VMSPY_ERROR_BAD_DATA, "x...' is no mapping");
}

static void a_head_line_leaves_the_name_behind(void **state)
{
	const char *text = "1000-2000 r--p 00000000 08:01 5    /opt/a b";
	struct vmspy_scan line = vmspy_scan_over(text, strlen(text));
	struct vmspy_vma vma;

	(void)state;
	assert_ok(vmspy_maps_parse_line(&line, &vma));
	assert_null(vma.name);
	assert_string_equal(line.at, "/opt/a b");
	line = vmspy_scan_over("Size: 4 kB", 10);
	assert_error(vmspy_maps_parse_line(&line, &vma), VMSPY_ERROR_BAD_DATA, "'Size: 4 kB'");
}

static void an_address_belongs_to_the_mapping_that_holds_it(void **state)
{
	struct vmspy_vma_list list = parse("1000-2000 rw-p 0 0:0 0\n"
					   "2000-3000 r--p 0 0:0 0\n"
					   "5000-6000 r--p 0 0:0 0\n"
					   "fffffffffffff000-ffffffffffffffff r--p 0 0:0 0\n");
	static const struct {
		uint64_t address;
		int index; /* -1: none */
	} rows[] = {
		{ 0, -1 },
		{ 0xfff, -1 },
		{ 0x1000, 0 },
		{ 0x1fff, 0 },
		{ 0x2000, 1 },
		{ 0x2fff, 1 },
		{ 0x3000, -1 },
		{ 0x4fff, -1 },
		{ 0x5000, 2 },
		{ 0x5fff, 2 },
		{ 0x6000, -1 },
		{ 0xffffffffffffefff, -1 },
		{ UINT64_MAX - 1, 3 },
		{ UINT64_MAX, -1 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		assert_ptr_equal(vmspy_vma_find(&list, rows[i].address),
				 rows[i].index < 0 ? NULL : &list.vma[rows[i].index]);
	vmspy_vma_list_deinit(&list);
}

static void an_inode_is_one_on_its_device_alone(void **state)
{
	struct vmspy_vma_list list = parse("1000-2000 r--p 00000000 fd:1f 42 /opt/a\n"
					   "2000-3000 rw-p 00001000 fd:1f 42 /opt/b\n"
					   "3000-4000 r--p 00000000 fd:1f 43 /opt/a\n"
					   "4000-5000 r--p 00000000 fc:1f 42 /opt/a\n"
					   "5000-6000 r--p 00000000 fd:1e 42 /opt/a\n"
					   "6000-7000 rw-p 00000000 00:00 0\n"
					   "7000-8000 rw-p 00000000 00:00 0 [heap]\n");
	const struct vmspy_vma *vma = list.vma;

	(void)state;
	assert_true(vmspy_vma_same_inode(&vma[0], &vma[1]));
	for (size_t i = 2; i < list.count; i++)
		assert_false(vmspy_vma_same_inode(&vma[0], &vma[i]));
	assert_true(vmspy_vma_same_inode(&vma[5], &vma[6]));
	vmspy_vma_list_deinit(&list);
}

static void sixty_thousand_mappings_are_read(void **state)
{
	struct vmspy_buf buf = { 0 };
	struct vmspy_vma_list list;

	(void)state;
	for (uint64_t i = 1; i <= 60000; i++)
		assert_ok(vmspy_buf_printf(&buf, "%08lx-%08lx rw-p 00000000 00:00 0 \n", i * 0x2000,
					   i * 0x2000 + 0x1000));
	assert_ok(vmspy_maps_parse(buf.text, buf.length, &list));
	assert_int_equal(list.count, 60000);
	assert_ptr_equal(vmspy_vma_find(&list, 60000 * 0x2000), &list.vma[59999]);
	vmspy_vma_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

TEST_MAIN(TEST(every_field_of_a_line_is_read), TEST(a_line_without_a_path_is_kept),
	  TEST(names_are_kept_as_the_kernel_prints_them), TEST(a_path_of_4096_bytes_is_kept_whole),
	  TEST(a_name_without_an_inode_is_kept), TEST(the_last_line_needs_no_newline),
	  TEST(addresses_may_take_all_64_bits), TEST(recorded_processes_are_read_line_for_line),
	  TEST(empty_text_is_an_empty_list),
	  TEST(what_is_no_mapping_is_an_error_that_names_the_line),
	  TEST(a_nul_byte_in_a_name_is_an_error), TEST(a_long_bad_line_is_cut_short_in_the_message),
	  TEST(a_head_line_leaves_the_name_behind),
	  TEST(an_address_belongs_to_the_mapping_that_holds_it),
	  TEST(an_inode_is_one_on_its_device_alone), TEST(sixty_thousand_mappings_are_read))

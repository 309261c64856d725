#include "elf_fixture.h"

#include <elf.h>

static const struct fixture_flavour flavours[] = {
	{ "position independent", { "-pie", "-fPIE" }, ALL },
	{ "at a fixed address", { "-no-pie", "-fno-pie" }, ALL },
	{ "static", { "-static" }, ALL },
	{ "static and position independent", { "-static-pie" }, ALL },
	{ "static without symbols", { "-static", "-s" }, NONE },
	{ "stripped, with names for libraries", { "-s", "-rdynamic" }, DYNAMIC },
	{ "stripped", { "-s" }, NONE },
	{ "text and data on one page of the file", { "-Wl,-z,noseparate-code" }, ALL },
	{ "the same at a fixed address", { "-Wl,-z,noseparate-code", "-no-pie", "-fno-pie" }, ALL },
	{ "bound at once", { "-Wl,-z,now" }, ALL },
	{ "without read-only relocations", { "-Wl,-z,norelro" }, ALL },
	{ "for huge pages", { "-Wl,-z,max-page-size=0x200000" }, ALL },
	{ "32 bits", { "-m32" }, ALL },
	{ "32 bits at a fixed address", { "-m32", "-no-pie", "-fno-pie" }, ALL },
	{ "32 bits, stripped, with names for libraries", { "-m32", "-s", "-rdynamic" }, DYNAMIC },
	{ "linked by lld", { "-fuse-ld=lld" }, ALL },
	{ "linked by gold", { "-fuse-ld=gold" }, ALL },
};

/* The programs of this file start where they are. */
bool fixture_enter(const struct fixture_start *start)
{
	return !start->root && !start->bind_over[0];
}

static bool has_symbol(const struct fixture_line *line, enum kept kept)
{
	if (!strcmp(line->kind, "section"))
		return false;
	return kept == ALL || (kept == DYNAMIC && !strcmp(line->kind, "global"));
}

static void check_program(const char *program, enum kept kept)
{
	struct fixture fixture;
	const char *reason;

	assert_true(RUN(&fixture, program));
	fixture_load(&fixture);
	assert_true(fixture.count > 10);
	for (size_t i = 0; i < fixture.count; i++)
		check_line(&fixture, &fixture.line[i], has_symbol(&fixture.line[i], kept));
	assert_int_equal(vmspy_modules_failed(fixture.modules, &reason), 0);
	assert_null(reason);
	fixture_end(&fixture);
}

static void check_flavour(const char *program, const struct fixture_flavour *flavour)
{
	check_program(program, flavour->kept);
}

static void variables_are_named_however_the_program_was_linked(void **state)
{
	(void)state;
	fixture_each_flavour(flavours, TEST_COUNT(flavours), check_flavour);
}

static void a_page_lists_symbols_inside_symbols_and_no_labels(void **state)
{
	static const char *const absent[] = { "of_no_size",      "absolute_number",
					      "in_every_thread", "_underscored_name",
					      "_edata",          "__bss_start" };
	struct vmspy_symbol_list list = { 0 };
	struct fixture fixture;

	(void)state;
	assert_true(COMPILE("variables.c", fixture_path("nested"), "-no-pie", "-fno-pie"));
	assert_true(RUN(&fixture, fixture_path("nested")));
	fixture_load(&fixture);
	for (size_t i = 0; i < fixture.count; i++) {
		uint64_t page = fixture.line[i].address & ~UINT64_C(4095);

		look_up(&fixture, page, page + 4096, &list);
		for (size_t j = 0; j < TEST_COUNT(absent); j++)
			assert_null(find_row(&list, absent[j], 0));
		vmspy_symbol_list_deinit(&list);
		if (strcmp(fixture.line[i].name, "outer"))
			continue;
		look_up(&fixture, fixture.line[i].address + 10, fixture.line[i].address + 11,
			&list);
		assert_int_equal(list.count, 2);
		assert_string_equal(list.symbol[0].name, "outer");
		assert_string_equal(list.symbol[1].name, "inner_two");
		vmspy_symbol_list_deinit(&list);
	}
	fixture_end(&fixture);
}

static void a_symbol_is_found_from_its_last_byte_and_not_behind_it(void **state)
{
	struct vmspy_symbol_list list = { 0 };
	struct fixture fixture;

	(void)state;
	assert_true(COMPILE("other.c", fixture_path("edges"), "-g"));
	assert_true(RUN(&fixture, fixture_path("edges")));
	fixture_load(&fixture);
	look_up(&fixture, fixture.line[0].address + 3, fixture.line[0].address + 4, &list);
	assert_non_null(find_row(&list, "this_variable", 0));
	vmspy_symbol_list_deinit(&list);
	look_up(&fixture, fixture.line[0].address + 4, fixture.line[0].address + 5, &list);
	assert_null(find_row(&list, "this_variable", 0));
	vmspy_symbol_list_deinit(&list);
	look_up(&fixture, fixture.line[0].address, fixture.line[0].address, &list);
	assert_int_equal(list.count, 0);
	fixture_end(&fixture);
}

static void a_variable_copied_from_a_library_is_the_programs(void **state)
{
	char directory[PATH_MAX + 32];
	struct fixture fixture;

	(void)state;
	snprintf(directory, sizeof(directory), "-Wl,-rpath=%s", fixture_directory());
	assert_true(COMPILE("library.c", fixture_path("libcopied.so"), "-shared", "-fPIC"));
	assert_true(COMPILE("copied.c", fixture_path("copied"), "-no-pie", "-fno-pie", directory,
			    fixture_path("libcopied.so")));
	assert_true(RUN(&fixture, fixture_path("copied")));
	fixture_load(&fixture);
	check_line(&fixture, &fixture.line[0], true);
	fixture_end(&fixture);
}

/* Tools that take symbols out of a program, and give them back. */
static void split_symbols(const char *program, const char *debug)
{
	assert_true(COMPILE("variables.c", program, "-Wl,--build-id=none"));
	if (COMMAND("objcopy", "--only-keep-debug", program, debug) || COMMAND("strip", program))
		skip_loudly("needs binutils");
}

static void symbols_come_from_a_debug_file_beside_the_program(void **state)
{
	char option[PATH_MAX + 32];

	(void)state;
	split_symbols(fixture_path("apart"), fixture_path("apart.debug"));
	check_program(fixture_path("apart"), NONE);
	snprintf(option, sizeof(option), "--add-gnu-debuglink=%s", fixture_path("apart.debug"));
	assert_int_equal(COMMAND("objcopy", option, fixture_path("apart")), 0);
	check_program(fixture_path("apart"), ALL);
}

static void a_debug_file_of_another_build_is_not_believed(void **state)
{
	char option[PATH_MAX + 32];

	(void)state;
	split_symbols(fixture_path("apart"), fixture_path("apart.debug"));
	snprintf(option, sizeof(option), "--add-gnu-debuglink=%s", fixture_path("apart.debug"));
	assert_int_equal(COMMAND("objcopy", option, fixture_path("apart")), 0);
	assert_int_equal(
		COMMAND("objcopy", "--remove-section=.comment", fixture_path("apart.debug")), 0);
	check_program(fixture_path("apart"), NONE);
}

static void symbols_come_from_a_packed_table_inside_the_program(void **state)
{
	char option[PATH_MAX + 32];

	(void)state;
	split_symbols(fixture_path("packed"), fixture_path("packed.debug"));
	assert_int_equal(COMMAND("objcopy", "--strip-debug", fixture_path("packed.debug"),
				 fixture_path("table")),
			 0);
	if (COMMAND("xz", "-f", fixture_path("table")))
		skip_loudly("needs xz");
	snprintf(option, sizeof(option), ".gnu_debugdata=%s", fixture_path("table.xz"));
	assert_int_equal(COMMAND("objcopy", "--add-section", option, fixture_path("packed")), 0);
	check_program(fixture_path("packed"), ALL);
}

/* What sstrip does: the section headers are not only stripped, there are none. */
static void cut_section_headers(const char *program)
{
	Elf64_Ehdr header;
	int fd = open(program, O_RDWR | O_CLOEXEC);

	assert_int_equal(pread(fd, &header, sizeof(header), 0), sizeof(header));
	header.e_shoff = 0;
	header.e_shnum = header.e_shstrndx = 0;
	assert_int_equal(pwrite(fd, &header, sizeof(header), 0), sizeof(header));
	close(fd);
}

static void without_section_headers_the_names_for_libraries_are_left(void **state)
{
	static const char *const hash_styles[] = { "-Wl,--hash-style=gnu",
						   "-Wl,--hash-style=sysv" };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(hash_styles); i++) {
		struct fixture fixture;
		size_t named = 0;

		test_row(hash_styles[i]);
		assert_true(COMPILE("variables.c", fixture_path("headless"), "-rdynamic",
				    hash_styles[i]));
		cut_section_headers(fixture_path("headless"));
		assert_true(RUN(&fixture, fixture_path("headless")));
		fixture_load(&fixture);
		for (size_t j = 0; j < fixture.count; j++) {
			const struct fixture_line *line = &fixture.line[j];
			struct vmspy_symbol_list list = { 0 };

			look_up(&fixture, line->address, line->address + 1, &list);
			if (!strcmp(line->kind, "global")) {
				assert_true(list.count >= 1);
				assert_non_null(find_row(&list, line->name, 0));
				assert_null(list.symbol[0].section);
				named++;
			} else {
				assert_int_equal(list.count, 0);
			}
			vmspy_symbol_list_deinit(&list);
		}
		assert_true(named > 5);
		fixture_end(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(variables_are_named_however_the_program_was_linked),
		TEST(a_page_lists_symbols_inside_symbols_and_no_labels),
		TEST(a_symbol_is_found_from_its_last_byte_and_not_behind_it),
		TEST(a_variable_copied_from_a_library_is_the_programs),
		TEST(symbols_come_from_a_debug_file_beside_the_program),
		TEST(a_debug_file_of_another_build_is_not_believed),
		TEST(symbols_come_from_a_packed_table_inside_the_program),
		TEST(without_section_headers_the_names_for_libraries_are_left),
	};

	return cmocka_run_group_tests_name(__FILE__, tests, NULL, fixture_clean);
}

#include "elf_fixture.h"

#include "base/cleanup.h"
#include "symbol/loaded.h"
#include "symbol/named.h"
#include "symbol/spot.h"

/* The programs of this file start where they are. */
bool fixture_enter(const struct fixture_start *start)
{
	return !start->root && !start->bind_over[0];
}

static const struct fixture_flavour flavours[] = {
	{ "position independent", { "-pie", "-fPIE" } },
	{ "at a fixed address", { "-no-pie", "-fno-pie" } },
	{ "static", { "-static" } },
	{ "32 bits", { "-m32" } },
};

static bool leads_to(const struct vmspy_named_list *list, const struct fixture_line *line)
{
	for (size_t i = 0; i < list->count; i++)
		if (line->address - list->named[i].start < list->named[i].size_bytes &&
		    list->named[i].size_bytes == line->size_bytes && !list->named[i].is_function)
			return true;
	return false;
}

/* From the name to the address, and from the middle of the variable to its name. */
static void check_variable(struct fixture *fixture, const struct fixture_line *line)
{
	VMSPY_AUTO(vmspy_named_list_deinit) struct vmspy_named_list list = { 0 };
	VMSPY_AUTO(vmspy_spot_deinit) struct vmspy_spot spot = { 0 };

	assert_ok(vmspy_named_find(fixture->modules, line->name, &list));
	if (!leads_to(&list, line))
		fail_msg("'%s' does not lead to 0x%" PRIx64, line->name, line->address);
	assert_ok(vmspy_spot_find(fixture->modules, line->address, &spot));
	assert_non_null(spot.symbol);
	assert_true(spot.symbol_start <= line->address && !spot.is_function);
	assert_true(line->address < spot.symbol_start + spot.symbol_bytes);
	assert_non_null(spot.section);
	assert_int_equal(strncmp(spot.section, line->section, strlen(line->section)), 0);
}

static void check_flavour(const char *program, const struct fixture_flavour *flavour)
{
	struct fixture fixture;
	size_t checked = 0;

	(void)flavour;
	assert_true(RUN(&fixture, program));
	fixture_load(&fixture);
	for (size_t i = 0; i < fixture.count; i++)
		if (strcmp(fixture.line[i].kind, "section") != 0) {
			check_variable(&fixture, &fixture.line[i]);
			checked++;
		}
	assert_true(checked > 5);
	fixture_end(&fixture);
}

static void names_and_addresses_lead_to_each_other(void **state)
{
	(void)state;
	fixture_each_flavour(flavours, TEST_COUNT(flavours), check_flavour);
}

static size_t count_places(struct fixture *fixture, const char *name)
{
	VMSPY_AUTO(vmspy_named_list_deinit) struct vmspy_named_list list = { 0 };

	assert_ok(vmspy_named_find(fixture->modules, name, &list));
	return list.count;
}

static void words_that_name_nothing_lead_nowhere(void **state)
{
	static const char *const words[] = {
		"",       ":",       "::",         "a:b:c",  "nowhere:main",
		"main(",  "(((((((", "<<<<",       "_Z",     "_ZN3foo",
		"main+1", "\n\x1b[", "libc.so.6:", "::main", "(anonymous namespace)::",
	};
	char *long_word = calloc(1, 65536);
	struct fixture fixture;

	(void)state;
	assert_non_null(long_word);
	assert_true(COMPILE("other.c", fixture_path("words"), "-g"));
	assert_true(RUN(&fixture, fixture_path("words")));
	fixture_load(&fixture);
	assert_int_equal(count_places(&fixture, "main"), 1);
	for (size_t i = 0; i < TEST_COUNT(words); i++) {
		test_row(words[i]);
		assert_int_equal(count_places(&fixture, words[i]), 0);
	}
	memset(long_word, 'a', 65535);
	assert_int_equal(count_places(&fixture, long_word), 0);
	fixture_end(&fixture);
	free(long_word);
}

static void a_file_is_found_by_its_name_and_by_its_path(void **state)
{
	VMSPY_AUTO(vmspy_named_list_deinit) struct vmspy_named_list list = { 0 };
	VMSPY_AUTO(vmspy_spot_deinit) struct vmspy_spot spot = { 0 };
	struct fixture fixture;
	uint64_t address;

	(void)state;
	assert_true(COMPILE("other.c", fixture_path("loaded"), "-g"));
	assert_true(RUN(&fixture, fixture_path("loaded")));
	fixture_load(&fixture);
	assert_ok(vmspy_named_find(fixture.modules, "loaded:main", &list));
	assert_int_equal(list.count, 1);
	assert_true(list.named[0].is_function);
	assert_ok(vmspy_spot_find(fixture.modules, list.named[0].start, &spot));
	assert_string_equal(spot.symbol, "main");
	assert_true(spot.is_function && spot.has_file_offset);
	assert_ok(vmspy_object_address(fixture.modules, "loaded", spot.link_address, &address));
	assert_int_equal(address, list.named[0].start);
	assert_ok(vmspy_object_address(fixture.modules, fixture_path("loaded"), spot.link_address,
				       &address));
	assert_int_equal(address, list.named[0].start);
	assert_error(vmspy_object_address(fixture.modules, "oaded", 0, &address),
		     VMSPY_ERROR_BAD_DATA, "no program or library 'oaded'");
	fixture_end(&fixture);
}

static void where_nothing_is_mapped_is_nothing(void **state)
{
	struct vmspy_spot spot;
	struct fixture fixture;

	(void)state;
	assert_true(COMPILE("other.c", fixture_path("nothing"), "-g"));
	assert_true(RUN(&fixture, fixture_path("nothing")));
	fixture_load(&fixture);
	assert_ok(vmspy_spot_find(fixture.modules, 0, &spot));
	assert_true(!spot.mapping && !spot.symbol && !spot.has_file_offset);
	assert_ok(vmspy_spot_find(fixture.modules, UINT64_MAX, &spot));
	assert_true(!spot.mapping && !spot.symbol);
	fixture_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_addresses_lead_to_each_other),
		TEST(words_that_name_nothing_lead_nowhere),
		TEST(a_file_is_found_by_its_name_and_by_its_path),
		TEST(where_nothing_is_mapped_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_clean);
}

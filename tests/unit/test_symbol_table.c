#include "test.h"

#include "base/cleanup.h"
#include "symbol/table.h"

#define OBJECT(from, to, how)                                                                      \
	&(struct vmspy_table_row)                                                                  \
	{                                                                                          \
		.start = from, .end = to, .rank = how                                              \
	}

/* What a search found, as text: "name:start-end ..." with the section for what has no name. */
struct found {
	const struct vmspy_table *table;
	struct vmspy_buf text;
};

static struct vmspy_error *append_row(const struct vmspy_table_row *row, void *context)
{
	struct found *found = context;
	const char *name = vmspy_table_name(found->table, row->name);

	if (!name)
		name = vmspy_table_name(found->table, row->section);
	return vmspy_buf_printf(&found->text, "%s%s:%d-%d", found->text.length ? " " : "", name,
				(int)row->start, (int)row->end);
}

static void expect(const struct vmspy_table *table, uint64_t start, uint64_t end, const char *text)
{
	struct found found = { .table = table };
	struct vmspy_table_query query = { start, end, append_row, &found };

	assert_ok(vmspy_table_find(table, &query));
	assert_string_equal(vmspy_buf_text(&found.text), text);
	vmspy_buf_deinit(&found.text);
}

static void objects_and_the_stretches_between_them_cover_a_section_once(void **state)
{
	struct vmspy_table table = { 0 };

	(void)state;
	assert_ok(vmspy_table_add_section(&table, 200, 300, ".bss"));
	assert_ok(vmspy_table_add_section(&table, 100, 200, ".data"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(160, 170, 0), "late"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(110, 120, 0), "early"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(290, 300, 0), "last"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(350, 360, 0), "in_no_section"));
	assert_ok(vmspy_table_finish(&table));
	expect(&table, 0, 1000,
	       ".data:100-110 early:110-120 .data:120-160 late:160-170 .data:170-200 "
	       ".bss:200-290 last:290-300");
	expect(&table, 119, 121, "early:110-120 .data:120-160");
	expect(&table, 120, 121, ".data:120-160");
	expect(&table, 300, 1000, "");
	vmspy_table_deinit(&table);
}

static void of_aliases_the_most_public_and_plainest_name_is_kept(void **state)
{
	static const struct {
		const char *first, *second, *kept;
		enum vmspy_table_rank first_rank, second_rank;
	} rows[] = {
		{ "zeta", "_alpha", "zeta", VMSPY_TABLE_GLOBAL, VMSPY_TABLE_GLOBAL },
		{ "b", "a", "a", VMSPY_TABLE_LOCAL, VMSPY_TABLE_LOCAL },
		{ "environ", "__environ", "__environ", VMSPY_TABLE_WEAK, VMSPY_TABLE_GLOBAL },
		{ "local", "_weak", "_weak", VMSPY_TABLE_LOCAL, VMSPY_TABLE_WEAK },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_table table = { 0 };
		struct found found = { .table = &table };
		struct vmspy_table_query query = { 0, 10, append_row, &found };
		char expected[64];

		test_row(rows[i].kept);
		assert_ok(vmspy_table_add_object(&table, OBJECT(1, 5, rows[i].first_rank),
						 rows[i].first));
		assert_ok(vmspy_table_add_object(&table, OBJECT(1, 5, rows[i].second_rank),
						 rows[i].second));
		assert_ok(vmspy_table_finish(&table));
		assert_ok(vmspy_table_find(&table, &query));
		snprintf(expected, sizeof(expected), "%s:1-5", rows[i].kept);
		assert_string_equal(vmspy_buf_text(&found.text), expected);
		vmspy_buf_deinit(&found.text);
		vmspy_table_deinit(&table);
	}
}

static void an_object_far_to_the_left_that_reaches_here_is_found(void **state)
{
	struct vmspy_table table = { 0 };
	char name[16];

	(void)state;
	assert_ok(vmspy_table_add_object(&table, OBJECT(0, 100000, 0), "arena"));
	for (uint64_t i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "o%d", (int)i);
		assert_ok(vmspy_table_add_object(&table, OBJECT(i * 10, i * 10 + 5, 0), name));
	}
	assert_ok(vmspy_table_finish(&table));
	expect(&table, 9991, 9996, "arena:0-100000 o999:9990-9995");
	expect(&table, 50000, 50001, "arena:0-100000");
	expect(&table, 5, 10, "arena:0-100000");
	vmspy_table_deinit(&table);
}

static void objects_nested_without_end_are_cut_off(void **state)
{
	struct vmspy_table table = { 0 };
	struct found found = { .table = &table };
	struct vmspy_table_query query = { 500, 501, append_row, &found };
	size_t count = 1;

	(void)state;
	for (uint64_t i = 0; i < 400; i++)
		assert_ok(vmspy_table_add_object(&table, OBJECT(i, 1000 - i, 0), "onion"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(2000, 2004, 0), "behind"));
	assert_ok(vmspy_table_finish(&table));
	assert_ok(vmspy_table_find(&table, &query));
	for (const char *at = found.text.text; (at = strchr(at, ' ')); at++)
		count++;
	assert_int_equal(count, VMSPY_TABLE_DEPTH_MAX);
	expect(&table, 2000, 2001, "behind:2000-2004");
	vmspy_buf_deinit(&found.text);
	vmspy_table_deinit(&table);
}

static void sections_that_overlap_are_told_apart(void **state)
{
	struct vmspy_table table = { 0 };

	(void)state;
	assert_ok(vmspy_table_add_section(&table, 0, 50, ".one"));
	assert_ok(vmspy_table_add_section(&table, 10, 20, ".inside"));
	assert_ok(vmspy_table_add_section(&table, 40, 60, ".two"));
	assert_ok(vmspy_table_add_object(&table, OBJECT(45, 55, 0), "across"));
	assert_ok(vmspy_table_finish(&table));
	expect(&table, 0, 100, ".one:0-45 across:45-55 .two:55-60");
	vmspy_table_deinit(&table);
}

static void a_name_that_is_absurdly_long_is_left_out(void **state)
{
	VMSPY_AUTO(vmspy_guard_free) char *name = malloc(100000);
	struct vmspy_table table = { 0 };

	(void)state;
	assert_non_null(name);
	memset(name, 'x', 99999);
	name[99999] = '\0';
	assert_ok(vmspy_table_add_object(&table, OBJECT(0, 5, 0), name));
	assert_ok(vmspy_table_add_object(&table, OBJECT(5, 10, 0), "plain"));
	assert_ok(vmspy_table_finish(&table));
	expect(&table, 0, 10, "plain:5-10");
	vmspy_table_deinit(&table);
}

TEST_MAIN(TEST(objects_and_the_stretches_between_them_cover_a_section_once),
	  TEST(of_aliases_the_most_public_and_plainest_name_is_kept),
	  TEST(an_object_far_to_the_left_that_reaches_here_is_found),
	  TEST(objects_nested_without_end_are_cut_off), TEST(sections_that_overlap_are_told_apart),
	  TEST(a_name_that_is_absurdly_long_is_left_out))

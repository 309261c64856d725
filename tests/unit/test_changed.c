#include "test.h"

#include "blame/changed.h"
#include "symbol/lookup.h"

/* --- modules that know what a test says ---------------------------------------------------- */

/* Stands in for the ELF files: the look-ups below take the place of those in the library. */
struct vmspy_modules {
	struct vmspy_symbol symbol[8];
	size_t count;
	bool fails;
};

struct vmspy_error *vmspy_symbols_in(struct vmspy_modules *modules, uint64_t start, uint64_t end,
				     struct vmspy_symbol_list *ret)
{
	struct vmspy_symbol_list list = { .symbol = calloc(8, sizeof(*list.symbol)), .room = 8 };

	if (modules->fails || !list.symbol) {
		free(list.symbol);
		return vmspy_error_no_memory();
	}
	for (size_t i = 0; i < modules->count; i++)
		if (modules->symbol[i].start < end &&
		    modules->symbol[i].start + modules->symbol[i].size_bytes > start)
			list.symbol[list.count++] = modules->symbol[i];
	*ret = list;
	return NULL;
}

void vmspy_symbol_list_deinit(struct vmspy_symbol_list *list)
{
	free(list->symbol);
	*list = (struct vmspy_symbol_list){ 0 };
}

/* --- a comparison that is over ------------------------------------------------------------- */

enum {
	PAGE = 4096,
	PAGES = 8,
	BASE = 0x400000,
};

#define AT(page, offset) (BASE + (page)*UINT64_C(4096) + (offset))

struct fixture {
	struct vmspy_mapping mapping;
	struct vmspy_interval interval;
	struct vmspy_run run[PAGES];
	struct vmspy_compared_page page[PAGES];
	unsigned char contents[PAGES][2][PAGE];
	struct vmspy_pair pair;
	struct vmspy_modules modules;
	struct vmspy_changed_list list;
};

static struct fixture *begin(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->mapping.vma =
		(struct vmspy_vma){ .start = BASE, .end = AT(PAGES, 0), .inode = 77 };
	fixture->interval = (struct vmspy_interval){
		.start = BASE,
		.end = AT(PAGES, 0),
		.a = &fixture->mapping,
		.b = &fixture->mapping,
	};
	fixture->pair.program = "program";
	fixture->pair.intervals.interval = &fixture->interval;
	fixture->pair.intervals.count = 1;
	fixture->pair.runs.run = fixture->run;
	fixture->pair.runs.page_bytes = PAGE;
	fixture->pair.compared.page = fixture->page;
	fixture->pair.compared.contents = &fixture->contents[0][0][0];
	return fixture;
}

static void end(struct fixture *fixture)
{
	vmspy_changed_list_deinit(&fixture->list);
	free(fixture);
}

static void add_run(struct fixture *fixture, size_t page, size_t count,
		    enum vmspy_page_class page_class)
{
	fixture->run[fixture->pair.runs.count++] = (struct vmspy_run){
		.start = AT(page, 0),
		.page_count = count,
		.page_class = (uint8_t)page_class,
	};
}

/* A page whose bytes were compared; those of b differ in [from, from + count). */
static void add_compared(struct fixture *fixture, size_t page, size_t from, size_t count)
{
	struct vmspy_compared_list *list = &fixture->pair.compared;

	memset(&fixture->contents[list->content_count][1][from], 0xff, count);
	fixture->page[list->count++] = (struct vmspy_compared_page){
		.address = AT(page, 0),
		.changed_bytes = (uint32_t)count,
		.content_index = count ? (uint32_t)list->content_count : VMSPY_NO_CONTENT,
	};
	list->content_count += count > 0;
}

static struct vmspy_symbol *add_symbol(struct fixture *fixture, const char *name, uint64_t start,
				       uint64_t size_bytes)
{
	struct vmspy_symbol *symbol = &fixture->modules.symbol[fixture->modules.count++];

	*symbol = (struct vmspy_symbol){
		.name = name,
		.section = ".data",
		.object = "program",
		.start = start,
		.size_bytes = size_bytes,
	};
	return symbol;
}

static void find(struct fixture *fixture)
{
	assert_ok(vmspy_changed_find(&fixture->pair, &fixture->modules, &fixture->list));
}

static const struct vmspy_changed *only(const struct fixture *fixture)
{
	assert_int_equal(fixture->list.count, 1);
	return &fixture->list.changed[0];
}

/* --- which variables ----------------------------------------------------------------------- */

static void a_neighbour_with_equal_bytes_was_only_copied_along(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 0x40, 1);
	add_symbol(fixture, "before", AT(1, 0x30), 0x10);
	add_symbol(fixture, "global_counter", AT(1, 0x40), 4);
	add_symbol(fixture, "behind", AT(1, 0x44), 4);
	find(fixture);
	assert_string_equal(only(fixture)->name, "global_counter");
	assert_int_equal(only(fixture)->changed_bytes, 1);
	assert_int_equal(only(fixture)->diverged_pages, 1);
	assert_string_equal(only(fixture)->value_a.text, "0");
	assert_string_equal(only(fixture)->value_b.text, "255");
	end(fixture);
}

static void a_page_with_equal_bytes_names_nothing(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 0, 0);
	add_symbol(fixture, "variable", AT(1, 0), PAGE);
	find(fixture);
	assert_int_equal(fixture->list.count, 0);
	end(fixture);
}

static void the_variables_of_a_page_that_was_not_compared_may_differ(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_SWAP_DIFF);
	add_symbol(fixture, "variable", AT(1, 8), 8);
	find(fixture);
	assert_true(only(fixture)->changed_bytes == VMSPY_CHANGED_UNKNOWN);
	assert_false(only(fixture)->value_a.known || only(fixture)->value_b.known);
	end(fixture);
}

static void only_diverged_memory_with_names_is_looked_up(void **state)
{
	static const struct {
		const char *name;
		enum vmspy_page_class page_class;
		bool remapped;
		size_t count;
	} rows[] = {
		{ "diverged", VMSPY_CLASS_DIVERGED, false, 1 },
		{ "a copy of the file's page", VMSPY_CLASS_DIVERGED_FILE, false, 1 },
		{ "shared", VMSPY_CLASS_SHARED, false, 0 },
		{ "separate", VMSPY_CLASS_SEPARATE, false, 0 },
		{ "unknown", VMSPY_CLASS_UNKNOWN, false, 0 },
		{ "remapped", VMSPY_CLASS_DIVERGED, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct fixture *fixture = begin();

		test_row(rows[i].name);
		fixture->interval.fit.remapped = rows[i].remapped;
		add_run(fixture, 1, 1, rows[i].page_class);
		add_symbol(fixture, "variable", AT(1, 8), 8);
		find(fixture);
		assert_int_equal(fixture->list.count, rows[i].count);
		end(fixture);
	}
}

/* --- variables of many pages --------------------------------------------------------------- */

static void a_variable_across_two_pages_is_one_row(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 2, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, PAGE - 1, 1);
	add_compared(fixture, 2, 0, 3);
	add_symbol(fixture, "variable", AT(1, PAGE - 4), 8);
	find(fixture);
	assert_int_equal(only(fixture)->diverged_pages, 2);
	assert_int_equal(only(fixture)->changed_bytes, 4);
	assert_string_equal(only(fixture)->value_b.hex, "000000ffffffff00");
	end(fixture);
}

static void a_variable_in_two_runs_is_one_row(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	add_run(fixture, 2, 1, VMSPY_CLASS_SHARED);
	add_run(fixture, 3, 2, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 100, 5);
	add_compared(fixture, 3, 200, 6);
	add_compared(fixture, 4, 300, 7);
	add_symbol(fixture, "table", AT(1, 0), 4 * PAGE);
	find(fixture);
	assert_int_equal(only(fixture)->diverged_pages, 3);
	assert_int_equal(only(fixture)->changed_bytes, 5 + 6 + 7);
	assert_true(only(fixture)->value_b.truncated);
	assert_string_equal(only(fixture)->value_a.excerpt, "+100:00000000...");
	assert_string_equal(only(fixture)->value_b.excerpt, "+100:ffffffff...");
	end(fixture);
}

static void an_excerpt_begins_where_the_sides_differ_and_crosses_pages(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 2, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, PAGE - 1, 1);
	add_compared(fixture, 2, 2, 1);
	add_symbol(fixture, "variable", AT(1, PAGE - 64), 100);
	find(fixture);
	assert_string_equal(only(fixture)->value_a.excerpt, "+63:00000000...");
	assert_string_equal(only(fixture)->value_b.excerpt, "+63:ff0000ff...");
	end(fixture);
}

static void one_page_that_was_not_compared_makes_the_sum_unknown(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 2, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 100, 5);
	add_symbol(fixture, "table", AT(1, 0), 2 * PAGE);
	find(fixture);
	assert_true(only(fixture)->changed_bytes == VMSPY_CHANGED_UNKNOWN);
	end(fixture);
}

static void a_page_whose_contents_were_not_kept_is_unknown_inside(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 100, 5);
	fixture->page[0].content_index = VMSPY_NO_CONTENT;
	add_symbol(fixture, "variable", AT(1, 0), 8);
	find(fixture);
	assert_true(only(fixture)->changed_bytes == VMSPY_CHANGED_UNKNOWN);
	end(fixture);
}

/* --- order and errors ---------------------------------------------------------------------- */

static void what_a_reader_asks_for_comes_first(void **state)
{
	static const char *const names[] = { "most", "low", "high", "unknown", "library", NULL };
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 3, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 0, PAGE);
	add_symbol(fixture, "unknown", AT(2, 0), 8);
	add_symbol(fixture, "high", AT(1, 0x30), 4);
	add_symbol(fixture, "library", AT(1, 0x40), 32)->object = "libc";
	add_symbol(fixture, NULL, AT(1, 0x60), 64);
	add_symbol(fixture, "low", AT(1, 0x20), 4);
	add_symbol(fixture, "most", AT(1, 0x80), 16);
	find(fixture);
	assert_int_equal(fixture->list.count, TEST_COUNT(names));
	for (size_t i = 0; i < TEST_COUNT(names); i++)
		if (names[i])
			assert_string_equal(fixture->list.changed[i].name, names[i]);
		else
			assert_null(fixture->list.changed[i].name);
	end(fixture);
}

static void a_part_of_a_section_has_no_value(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	add_compared(fixture, 1, 0, 8);
	add_symbol(fixture, NULL, AT(1, 0), 8)->section = ".got.plt";
	find(fixture);
	assert_string_equal(only(fixture)->section, ".got.plt");
	assert_int_equal(only(fixture)->changed_bytes, 8);
	assert_false(only(fixture)->value_a.known);
	end(fixture);
}

static void a_look_up_that_fails_is_told(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_run(fixture, 1, 1, VMSPY_CLASS_DIVERGED);
	fixture->modules.fails = true;
	assert_error(vmspy_changed_find(&fixture->pair, &fixture->modules, &fixture->list),
		     VMSPY_ERROR_NO_MEMORY, "memory");
	end(fixture);
}

TEST_MAIN(TEST(a_neighbour_with_equal_bytes_was_only_copied_along),
	  TEST(a_page_with_equal_bytes_names_nothing),
	  TEST(the_variables_of_a_page_that_was_not_compared_may_differ),
	  TEST(only_diverged_memory_with_names_is_looked_up),
	  TEST(a_variable_across_two_pages_is_one_row), TEST(a_variable_in_two_runs_is_one_row),
	  TEST(an_excerpt_begins_where_the_sides_differ_and_crosses_pages),
	  TEST(one_page_that_was_not_compared_makes_the_sum_unknown),
	  TEST(a_page_whose_contents_were_not_kept_is_unknown_inside),
	  TEST(what_a_reader_asks_for_comes_first), TEST(a_part_of_a_section_has_no_value),
	  TEST(a_look_up_that_fails_is_told))

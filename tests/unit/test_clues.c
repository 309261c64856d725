#include "test.h"

#include "census.h"

#include "blame/clues.h"
#include "symbol/literals.h"
#include "symbol/lookup.h"

/* --- modules that know what a test says ---------------------------------------------------- */

/* Stands in for the ELF files: the look-ups below take the place of those in the library. */
struct vmspy_modules {
	struct vmspy_symbol symbol[8];
	size_t count;
	uint64_t literal; /* where a text begins */
	uint64_t asked_from, asked_to;
	size_t asked; /* look-ups in [asked_from, asked_to) */
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
	modules->asked += start >= modules->asked_from && start < modules->asked_to;
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

struct vmspy_error *vmspy_literal_at(const struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_buf *ret)
{
	return address == modules->literal ? vmspy_buf_printf(ret, "\"text\"") : NULL;
}

/* --- a comparison that is over ------------------------------------------------------------- */

enum {
	PAGE = 4096,
	DATA = 0x400000, /* of a program: data, and bss behind it */
	BSS = 0x500000,
	BSS_END = 0x600000,
	OTHER = 0x700000, /* of a library */
	OTHER_END = 0x800000,
};

struct fixture {
	struct vmspy_mapping mapping[3];
	struct vmspy_interval interval[3];
	struct vmspy_pair pair;
	struct vmspy_modules modules;
	struct vmspy_clue_list list;
	uint64_t a[PAGE / 8], b[PAGE / 8];
	size_t words;
};

static struct vmspy_mapping mapping_of(uint64_t start, uint64_t end, uint64_t inode)
{
	return (struct vmspy_mapping){
		.vma = { .start = start, .end = end, .inode = inode },
		.kind = inode ? VMSPY_KIND_DATA : VMSPY_KIND_BSS,
	};
}

static struct fixture *begin(void)
{
	const struct vmspy_census_range ranges[] = { { DATA, BSS_END }, { OTHER, OTHER_END } };
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->mapping[0] = mapping_of(DATA, BSS, 77);
	fixture->mapping[1] = mapping_of(BSS, BSS_END, 0);
	fixture->mapping[2] = mapping_of(OTHER, OTHER_END, 88);
	for (size_t i = 0; i < TEST_COUNT(fixture->interval); i++)
		fixture->interval[i] = (struct vmspy_interval){
			.start = fixture->mapping[i].vma.start,
			.end = fixture->mapping[i].vma.end,
			.a = &fixture->mapping[i],
			.b = &fixture->mapping[i],
		};
	fixture->pair.intervals.interval = fixture->interval;
	fixture->pair.intervals.count = TEST_COUNT(fixture->interval);
	assert_ok(vmspy_census_create(ranges, TEST_COUNT(ranges), 8, &fixture->pair.census));
	return fixture;
}

static void add_symbol(struct fixture *fixture, const char *name, const char *section,
		       uint64_t start, uint64_t size)
{
	fixture->modules.symbol[fixture->modules.count++] = (struct vmspy_symbol){
		.name = name,
		.section = section,
		.object = "object",
		.start = start,
		.size_bytes = size,
	};
}

static void point(struct fixture *fixture, uint64_t address, size_t times)
{
	for (size_t i = 0; i < times; i++, fixture->words++)
		fixture->a[fixture->words] = fixture->b[fixture->words] = address;
}

static void count_page(struct fixture *fixture)
{
	census_add(fixture->pair.census,
		   &(struct vmspy_census_page){ (const unsigned char *)fixture->a,
						(const unsigned char *)fixture->b, PAGE });
	memset(fixture->a, 0, sizeof(fixture->a));
	memset(fixture->b, 0, sizeof(fixture->b));
	fixture->words = 0;
}

static void find(struct fixture *fixture)
{
	count_page(fixture);
	assert_ok(vmspy_clues_find(&fixture->pair, &fixture->modules, &fixture->list));
}

static void must_be(const struct fixture *fixture, size_t index, const char *name, uint64_t words)
{
	assert_true(index < fixture->list.count);
	assert_string_equal(fixture->list.clue[index].name, name);
	assert_string_equal(fixture->list.clue[index].object, "object");
	assert_int_equal(fixture->list.clue[index].words, words);
}

static void end(struct fixture *fixture)
{
	vmspy_clue_list_deinit(&fixture->list);
	vmspy_census_destroy(fixture->pair.census);
	free(fixture);
}

/* --- the tests ----------------------------------------------------------------------------- */

static void variables_are_named_by_their_first_byte_only(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "type", ".data", DATA + 0x100, 0x100);
	add_symbol(fixture, "table", ".bss", BSS + 0x100, 0x100);
	point(fixture, DATA + 0x100, 2);
	point(fixture, DATA + 0x108, 9);
	point(fixture, BSS + 0x100, 3);
	find(fixture);
	assert_int_equal(fixture->list.count, 2);
	must_be(fixture, 0, "table", 3);
	must_be(fixture, 1, "type", 2);
	assert_int_equal(fixture->list.pointer_words, 14);
	assert_int_equal(fixture->list.counted_pages, 1);
	end(fixture);
}

static void all_pointers_into_a_vtable_are_one_clue(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "_ZTV3Cat", ".data.rel.ro", DATA + 0x100, 0x100);
	point(fixture, DATA + 0x110, 2);
	count_page(fixture);
	point(fixture, DATA + 0x110, 1);
	point(fixture, DATA + 0x140, 1);
	find(fixture);
	assert_int_equal(fixture->list.count, 1);
	must_be(fixture, 0, "vtable for Cat", 4);
	assert_int_equal(fixture->list.clue[0].address, DATA + 0x100);
	assert_int_equal(fixture->list.clue[0].pages, 2);
	end(fixture);
}

static void text_is_looked_for_in_rodata_without_a_symbol(void **state)
{
	static const struct {
		const char *name, *section;
		size_t count;
	} rows[] = {
		{ NULL, ".rodata", 1 }, { NULL, ".rodata.str1.1", 1 }, { NULL, ".data", 0 },
		{ NULL, NULL, 0 },      { "array", ".rodata", 0 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct fixture *fixture = begin();

		fixture->modules.literal = DATA + 0x180;
		add_symbol(fixture, rows[i].name, rows[i].section, DATA + 0x100, 0x100);
		point(fixture, DATA + 0x180, 5);
		find(fixture);
		assert_int_equal(fixture->list.count, rows[i].count);
		if (rows[i].count)
			must_be(fixture, 0, "\"text\"", 5);
		end(fixture);
	}
}

static void the_commonest_change_is_told(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "type", ".data", DATA + 0x100, 0x100);
	for (size_t at = 0; at < 96; at += 8) {
		fixture->a[at + 1] = fixture->b[at + 1] = DATA + 0x100;
		fixture->b[at] = 1;
		fixture->b[at + 3] = at < 16;
	}
	find(fixture);
	must_be(fixture, 0, "type", 12);
	assert_int_equal(fixture->list.clue[0].changed_distance_bytes, -8);
	assert_int_equal(fixture->list.clue[0].changed_words, 12);
	end(fixture);
}

static void a_file_that_hardly_anything_points_to_is_not_opened(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "type", ".data", DATA + 0x100, 0x100);
	add_symbol(fixture, "rare", ".data", OTHER + 0x100, 0x100);
	fixture->modules.asked_from = OTHER;
	fixture->modules.asked_to = OTHER_END;
	for (int page = 0; page < 8; page++) {
		point(fixture, DATA + 0x100, PAGE / 8);
		count_page(fixture);
	}
	point(fixture, OTHER + 0x100, 3);
	find(fixture);
	assert_int_equal(fixture->list.count, 1);
	assert_int_equal(fixture->modules.asked, 0);
	end(fixture);
	fixture = begin();
	add_symbol(fixture, "rare", ".data", OTHER + 0x100, 0x100);
	point(fixture, OTHER + 0x100, 3);
	find(fixture);
	must_be(fixture, 0, "rare", 3);
	end(fixture);
}

static void without_a_census_there_are_no_clues(void **state)
{
	const struct vmspy_pair pair = { 0 };
	struct vmspy_modules modules = { .fails = true };
	struct vmspy_clue_list list;

	(void)state;
	assert_ok(vmspy_clues_find(&pair, &modules, &list));
	assert_int_equal(list.count, 0);
}

static void the_names_of_a_run_without_memory_are_given_back(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	point(fixture, DATA + 0x100, 1);
	count_page(fixture);
	fixture->modules.fails = true;
	assert_error(vmspy_clues_find(&fixture->pair, &fixture->modules, &fixture->list),
		     VMSPY_ERROR_NO_MEMORY, "memory");
	end(fixture);
}

TEST_MAIN(TEST(variables_are_named_by_their_first_byte_only),
	  TEST(all_pointers_into_a_vtable_are_one_clue),
	  TEST(text_is_looked_for_in_rodata_without_a_symbol), TEST(the_commonest_change_is_told),
	  TEST(a_file_that_hardly_anything_points_to_is_not_opened),
	  TEST(without_a_census_there_are_no_clues),
	  TEST(the_names_of_a_run_without_memory_are_given_back))

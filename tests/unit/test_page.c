#include "test.h"

#include "blame/page.h"
#include "report/page_rows.h"
#include "symbol/lookup.h"

/* Stands in for the ELF files: the look-ups below take the place of those in the library. */
struct vmspy_modules {
	struct vmspy_symbol symbol[8];
	size_t count;
	size_t asked;
};

struct vmspy_error *vmspy_symbols_in(struct vmspy_modules *modules, uint64_t start, uint64_t end,
				     struct vmspy_symbol_list *ret)
{
	struct vmspy_symbol_list list = { .symbol = calloc(8, sizeof(*list.symbol)), .room = 8 };

	modules->asked++;
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

enum {
	PAGE = 4096
};

#define BASE UINT64_C(0x400000)

struct fixture {
	unsigned char a[PAGE], b[PAGE];
	struct vmspy_interval interval;
	struct vmspy_pair pair;
	struct vmspy_modules modules;
	struct vmspy_changed changed[2];
	struct vmspy_changed_list changed_list;
	struct vmspy_member member[2];
	struct vmspy_typed typed[2];
	struct vmspy_typed_list typed_list;
	struct vmspy_page_changes changes;
};

static struct fixture *begin(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->pair.runs.page_bytes = PAGE;
	fixture->pair.kept = (struct vmspy_kept_page){
		.interval = &fixture->interval,
		.address = BASE,
		.page_class = VMSPY_CLASS_DIVERGED,
		.a = { VMSPY_STANDING_ANON, 0x11, fixture->a },
		.b = { VMSPY_STANDING_ANON, 0x12, fixture->b },
	};
	return fixture;
}

static void end(struct fixture *fixture)
{
	vmspy_page_changes_deinit(&fixture->changes);
	free(fixture);
}

static void add_symbol(struct fixture *fixture, const char *name, uint64_t start, uint64_t size)
{
	fixture->modules.symbol[fixture->modules.count++] = (struct vmspy_symbol){
		.name = name,
		.section = ".data",
		.start = start,
		.size_bytes = size,
	};
}

/* Put a word that points there on both sides. */
static void point(struct fixture *fixture, size_t offset, uint64_t address)
{
	memcpy(fixture->a + offset, &address, sizeof(address));
	memcpy(fixture->b + offset, &address, sizeof(address));
}

/* The changes as text: "offset+size symbol clue; ". */
static void assert_changes(struct fixture *fixture, const char *expected)
{
	struct vmspy_page_names names = { &fixture->modules, &fixture->changed_list,
					  &fixture->typed_list };
	struct vmspy_buf buf = { 0 };

	vmspy_page_changes_deinit(&fixture->changes);
	assert_ok(vmspy_page_changes_find(&fixture->pair, &names, &fixture->changes));
	for (size_t i = 0; i < fixture->changes.count; i++) {
		const struct vmspy_page_change *change = &fixture->changes.change[i];

		assert_ok(vmspy_buf_printf(
			&buf, "%d+%d %s %s; ", (int)change->offset_bytes, (int)change->size_bytes,
			change->symbol ? change->symbol : "-", change->clue ? change->clue : "-"));
	}
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
}

static void what_differs_is_named_by_its_symbol_and_the_offset_inside(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "first", BASE + 8, 8);
	add_symbol(fixture, "second", BASE + 16, 8);
	add_symbol(fixture, NULL, BASE + 24, 100);
	memset(fixture->b + 12, 1, 6); /* the end of the first, the beginning of the second */
	fixture->b[40] = 1;
	fixture->b[PAGE - 1] = 1;
	assert_changes(fixture, "12+4 first+0x4 -; 16+2 second -; 40+1 .data+0x10 -; 4095+1 - -; ");
	assert_int_equal(fixture->changes.changed_bytes, 8);
	end(fixture);
}

static void of_symbols_around_a_byte_the_smallest_counts(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "around", BASE - 16, 64);
	add_symbol(fixture, "inner", BASE + 4, 4);
	memset(fixture->b, 1, 10);
	assert_changes(fixture, "0+4 around+0x10 -; 4+4 inner -; 8+2 around+0x18 -; ");
	end(fixture);
}

static void members_are_named_where_the_type_is_known(void **state)
{
	struct fixture *fixture = begin();
	char name[] = "ns::server", path[] = "ns::server.dirty";

	(void)state;
	add_symbol(fixture, "_ZN2ns6serverE", BASE, 64);
	fixture->changed[0] = (struct vmspy_changed){ .name = "other", .start = BASE };
	fixture->changed[1] = (struct vmspy_changed){ .name = "_ZN2ns6serverE", .start = BASE };
	fixture->changed_list = (struct vmspy_changed_list){ fixture->changed, 2, 2 };
	fixture->member[0] =
		(struct vmspy_member){ .path = path, .start = BASE + 8, .size_bytes = 8 };
	fixture->typed[1] =
		(struct vmspy_typed){ .name = name, .member = fixture->member, .member_count = 1 };
	fixture->typed_list = (struct vmspy_typed_list){ .typed = fixture->typed, .count = 2 };
	fixture->b[4] = fixture->b[8] = fixture->b[10] = 1;
	assert_changes(fixture, "4+1 ns::server+0x4 -; 8+1 ns::server.dirty -; "
				"10+1 ns::server.dirty+0x2 -; ");
	end(fixture);
}

static void without_a_symbol_the_nearest_pointer_is_the_clue(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "PyLong_Type", 0x700000, 408);
	point(fixture, 24, 0x700000);
	point(fixture, 1024, 0x700008); /* not its start: it may be any number */
	fixture->b[17] = 1;
	fixture->b[33] = 1;
	fixture->b[1024 + 16] = 1; /* too far from it */
	assert_changes(fixture,
		       "17+1 - -8 from PyLong_Type; 33+1 - +8 from PyLong_Type; 1040+1 - -; ");
	end(fixture);
}

static void objects_point_into_their_vtable(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	add_symbol(fixture, "_ZTVN2ns5shapeE", 0x700000, 64);
	point(fixture, 64, 0x700010);
	fixture->b[72] = 1;
	assert_changes(fixture, "72+1 - +8 from vtable for ns::shape; ");
	end(fixture);
}

static void equal_pages_need_no_names(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	assert_changes(fixture, "");
	assert_int_equal(fixture->changes.changed_bytes, 0);
	assert_int_equal(fixture->modules.asked, 0);
	end(fixture);
}

static void how_much_differs_is_unknown_where_a_side_has_no_bytes(void **state)
{
	struct fixture *fixture = begin();
	struct vmspy_page_row row;

	(void)state;
	fixture->pair.kept.b = (struct vmspy_kept_side){ .standing = VMSPY_STANDING_SWAP };
	assert_changes(fixture, "");
	assert_true(fixture->changes.changed_bytes == VMSPY_CHANGED_UNKNOWN);
	assert_ok(vmspy_page_row_get(&fixture->pair, &fixture->changes, &row));
	assert_null(row.missing_a);
	assert_string_equal(row.missing_b, "swapped");
	assert_int_equal(strlen(row.hex_a), 2 * PAGE);
	assert_null(row.hex_b);
	assert_null(row.changes.columns);
	assert_true(row.frame_b == VMSPY_UNKNOWN);
	vmspy_page_row_deinit(&row);
	end(fixture);
}

static void where_nothing_is_mapped_nothing_is_known(void **state)
{
	struct fixture *fixture = begin();
	struct vmspy_page_row row;

	(void)state;
	fixture->pair.kept = (struct vmspy_kept_page){ .address = BASE };
	assert_changes(fixture, "");
	assert_ok(vmspy_page_row_get(&fixture->pair, &fixture->changes, &row));
	assert_null(row.state);
	assert_string_equal(row.missing_a, "not-mapped");
	assert_string_equal(row.missing_b, "not-mapped");
	vmspy_page_row_deinit(&row);
	end(fixture);
}

TEST_MAIN(TEST(what_differs_is_named_by_its_symbol_and_the_offset_inside),
	  TEST(of_symbols_around_a_byte_the_smallest_counts),
	  TEST(members_are_named_where_the_type_is_known),
	  TEST(without_a_symbol_the_nearest_pointer_is_the_clue),
	  TEST(objects_point_into_their_vtable), TEST(equal_pages_need_no_names),
	  TEST(how_much_differs_is_unknown_where_a_side_has_no_bytes),
	  TEST(where_nothing_is_mapped_nothing_is_known))

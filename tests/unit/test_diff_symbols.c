#include "test.h"

#include "command.h"
#include "diff.h"
#include "render_fixture.h"
#include "report/symbol_rows.h"
#include "watch_rows.h"

enum {
	MEMBERS = 11
};

/* Three variables: a struct of which many members differ, one of which one does, and a number. */
static struct fixture {
	struct arguments arguments;
	struct diff diff;
	struct vmspy_changed changed[3];
	struct vmspy_typed typed[3];
	struct vmspy_member member[MEMBERS + 1];
	char path[MEMBERS][16];
} fixture;

static char long_long[] = "long long", of_server[] = "struct server", of_list[] = "struct list *",
	    list_path[] = "list.next", plain[] = "ns::count";

static struct vmspy_value value_of(const char *text)
{
	struct vmspy_value value = { .known = true, .hex = "00" };

	snprintf(value.text, sizeof(value.text), "%s", text);
	return value;
}

static void add_members(void)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%zu", i);
		snprintf(fixture.path[i], sizeof(fixture.path[i]), "server.m%02zu", i);
		fixture.member[i] = (struct vmspy_member){
			.path = fixture.path[i],
			.type = long_long,
			.start = 0x1000 + 8 * i,
			.size_bytes = 8,
			.changed_bytes = 1,
			.in_union = i == 1,
			.value_a = value_of("0"),
			.value_b = value_of(text),
		};
	}
	fixture.member[MEMBERS] = (struct vmspy_member){
		.path = list_path,
		.type = of_list,
		.start = 0x3008,
		.size_bytes = 8,
		.changed_bytes = 3,
		.value_a = value_of("0x1000 <server>"),
		.value_b = value_of("(nil)"),
	};
}

static void begin(void)
{
	fixture = (struct fixture){ 0 };
	add_members();
	fixture.arguments.command = &command_diff;
	fixture.changed[0] = (struct vmspy_changed){ .name = "server",
						     .section = ".bss",
						     .object = "/bin/x",
						     .start = 0x1000,
						     .size_bytes = 4096,
						     .diverged_pages = 1,
						     .changed_bytes = 13 };
	fixture.changed[1] = (struct vmspy_changed){ .name = "list",
						     .section = ".data",
						     .object = "/bin/x",
						     .start = 0x3000,
						     .size_bytes = 16,
						     .diverged_pages = 1,
						     .changed_bytes = 3 };
	fixture.changed[2] = (struct vmspy_changed){ .name = "_ZN2ns5countE",
						     .section = ".data",
						     .object = "/bin/x",
						     .start = 0x4000,
						     .size_bytes = 8,
						     .diverged_pages = 2,
						     .changed_bytes = 2,
						     .value_a = value_of("1"),
						     .value_b = value_of("513") };
	fixture.typed[0] = (struct vmspy_typed){ .type = of_server,
						 .member = fixture.member,
						 .member_count = MEMBERS,
						 .left_out_count = 5 };
	fixture.typed[1] = (struct vmspy_typed){ .type = of_list,
						 .member_count = 1,
						 .member = fixture.member + MEMBERS };
	fixture.typed[2] = (struct vmspy_typed){ .name = plain };
	fixture.diff = (struct diff){
		.arguments = &fixture.arguments,
		.symbols_max = SIZE_MAX,
		.changed = { fixture.changed, 3, 3 },
		.typed = { .typed = fixture.typed, .count = 3 },
	};
}

static void choose(enum render_format format, const char *columns)
{
	fixture.arguments.given |= OPTION_BIT(OPTION_SYMBOLS);
	fixture.diff.output.style.format = format;
	fixture.diff.output.columns =
		vmspy_selection_default(vmspy_symbol_columns, VMSPY_SHOW_TEXT);
	assert_ok(
		vmspy_selection_parse(vmspy_symbol_columns, columns, &fixture.diff.output.columns));
}

static void sort(const char *word)
{
	assert_ok(vmspy_sort_parse(vmspy_symbol_columns, word, &fixture.diff.output.sort));
}

static void draw(struct render *render)
{
	diff_print_symbols(&fixture.diff, render);
}

static void assert_symbols(const char *expected)
{
	struct render_style style = fixture.diff.output.style;

	style.raw_table = "symbols";
	assert_printed(style, draw, expected);
}

static void people_get_eight_members_and_are_told_of_the_others(void **state)
{
	(void)state;
	begin();
	choose(RENDER_TEXT, "symbol,type,union,b");
	assert_symbols("\n"
		       "SYMBOL         TYPE          UNION B\n"
		       "server.m00     long long     no    0\n"
		       "server.m01     long long     yes   1\n"
		       "server.m02     long long     no    2\n"
		       "server.m03     long long     no    3\n"
		       "server.m04     long long     no    4\n"
		       "server.m05     long long     no    5\n"
		       "server.m06     long long     no    6\n"
		       "server.m07     long long     no    7\n"
		       "... and 8 more                     \n"
		       "list.next      struct list * no    (nil)\n"
		       "ns::count      -             no    513\n"
		       "--values shows all members, and their values in full\n");
}

static void all_members_are_shown_if_they_are_asked_for(void **state)
{
	(void)state;
	begin();
	fixture.typed[0].left_out_count = 0;
	fixture.arguments.given |= OPTION_BIT(OPTION_VALUES);
	choose(RENDER_TEXT, "symbol,b");
	assert_symbols("\n"
		       "SYMBOL     B\n"
		       "server.m00 0\n"
		       "server.m01 1\n"
		       "server.m02 2\n"
		       "server.m03 3\n"
		       "server.m04 4\n"
		       "server.m05 5\n"
		       "server.m06 6\n"
		       "server.m07 7\n"
		       "server.m08 8\n"
		       "server.m09 9\n"
		       "server.m10 10\n"
		       "list.next  (nil)\n"
		       "ns::count  513\n");
}

static void scripts_get_a_row_for_each_variable(void **state)
{
	(void)state;
	begin();
	choose(RENDER_RAW, "symbol,linkage,type,member,members,left-out,value_b");
	assert_symbols("SYMBOL LINKAGE TYPE MEMBER MEMBERS LEFT-OUT B\n"
		       "server - struct\\x20server - 11 5 -\n"
		       "list - struct\\x20list\\x20* list.next 1 0 -\n"
		       "ns::count _ZN2ns5countE - - - - 513\n");
}

static void scripts_get_a_row_for_each_member_if_they_ask_for_values(void **state)
{
	(void)state;
	begin();
	fixture.typed[0].member_count = 2;
	fixture.arguments.given |= OPTION_BIT(OPTION_VALUES);
	choose(RENDER_RAW, "symbol,at,size,changed,a");
	sort("+CHANGED");
	assert_symbols("SYMBOL AT SIZE CHANGED A\n"
		       "server.m00 1000 8 1 0\n"
		       "server.m01 1008 8 1 0\n"
		       "ns::count 4000 8 2 1\n"
		       "list.next 3008 8 3 0x1000\\x20<server>\n");
}

static void a_number_chooses_the_variables_on_most_diverged_pages(void **state)
{
	(void)state;
	begin();
	fixture.diff.symbols_max = 2;
	choose(RENDER_RAW, "symbol,pages,changed");
	assert_symbols("SYMBOL PAGES CHANGED\n"
		       "ns::count 2 2\n"
		       "server 1 13\n");
	sort("SYMBOL");
	assert_symbols("SYMBOL PAGES CHANGED\n"
		       "ns::count 2 2\n"
		       "server 1 13\n");
	sort("-SYMBOL");
	assert_symbols("SYMBOL PAGES CHANGED\n"
		       "server 1 13\n"
		       "ns::count 2 2\n");
}

static void people_are_told_of_the_variables_that_are_not_listed(void **state)
{
	(void)state;
	begin();
	fixture.diff.symbols_max = 1;
	choose(RENDER_TEXT, "symbol");
	assert_symbols("\nSYMBOL\nns::count\nand 2 more (--symbols shows all)\n");
}

static void members_stay_with_their_variable_when_people_sort(void **state)
{
	(void)state;
	begin();
	fixture.typed[0].member_count = 2;
	fixture.typed[0].left_out_count = 0;
	choose(RENDER_TEXT, "symbol");
	sort("+CHANGED");
	assert_symbols("\nSYMBOL\nns::count\nlist.next\nserver.m00\nserver.m01\n");
}

static void people_get_the_section_of_what_has_no_name(void **state)
{
	(void)state;
	begin();
	fixture.changed[0].name = NULL;
	fixture.diff.changed.count = 1;
	fixture.diff.typed = (struct vmspy_typed_list){ 0 };
	choose(RENDER_TEXT, "symbol");
	assert_symbols("\nSYMBOL\n.bss\n");
	choose(RENDER_RAW, "symbol");
	assert_symbols("SYMBOL\n-\n");
}

static void without_types_all_is_as_the_files_have_it(void **state)
{
	(void)state;
	begin();
	fixture.diff.typed = (struct vmspy_typed_list){ 0 };
	choose(RENDER_RAW, "symbol,linkage,type,members,b");
	assert_symbols("SYMBOL LINKAGE TYPE MEMBERS B\n"
		       "server - - - -\n"
		       "list - - - -\n"
		       "_ZN2ns5countE - - - 513\n");
}

static void a_later_round_tells_only_members_that_have_another_value(void **state)
{
	struct watch watch = { .round = 1 };

	(void)state;
	begin();
	fixture.diff.watch = &watch;
	fixture.diff.symbols_max = 2;
	choose(RENDER_TEXT, "symbol,b");
	assert_symbols("\n"
		       "SYMBOL         B\n"
		       "ns::count      513\n"
		       "server.m00     0\n"
		       "server.m01     1\n"
		       "server.m02     2\n"
		       "server.m03     3\n"
		       "server.m04     4\n"
		       "server.m05     5\n"
		       "server.m06     6\n"
		       "server.m07     7\n"
		       "... and 8 more \n"
		       "and 1 more (--symbols shows all)\n"
		       "--values shows all members, and their values in full\n");
	watch.round = 2;
	assert_symbols("");
	fixture.member[9].value_b = value_of("another");
	assert_symbols("\nSYMBOL     B\nserver.m09 another\n");
	fixture.changed[2].value_b = value_of("514");
	assert_symbols("\nSYMBOL    B\nns::count 514\n");
	watch_deinit(&watch);
}

static void a_later_round_tells_scripts_whole_rows_and_what_is_gone(void **state)
{
	struct watch watch = { .round = 1 };

	(void)state;
	begin();
	fixture.diff.watch = &watch;
	choose(RENDER_RAW, "symbol,at,members,b");
	assert_symbols("SYMBOL AT MEMBERS B\n"
		       "server 1000 11 -\n"
		       "list 3000 1 -\n"
		       "ns::count 4000 - 513\n");
	watch.round = 2;
	fixture.diff.output.style.no_headings = true;
	fixture.diff.changed.count = 2;
	fixture.typed[0].member_count = 10;
	assert_symbols("server 1000 10 -\n"
		       "- 4000 - -\n");
	assert_symbols("");
	watch_deinit(&watch);
}

TEST_MAIN(TEST(people_get_eight_members_and_are_told_of_the_others),
	  TEST(all_members_are_shown_if_they_are_asked_for),
	  TEST(scripts_get_a_row_for_each_variable),
	  TEST(scripts_get_a_row_for_each_member_if_they_ask_for_values),
	  TEST(a_number_chooses_the_variables_on_most_diverged_pages),
	  TEST(people_are_told_of_the_variables_that_are_not_listed),
	  TEST(members_stay_with_their_variable_when_people_sort),
	  TEST(people_get_the_section_of_what_has_no_name),
	  TEST(without_types_all_is_as_the_files_have_it),
	  TEST(a_later_round_tells_only_members_that_have_another_value),
	  TEST(a_later_round_tells_scripts_whole_rows_and_what_is_gone))

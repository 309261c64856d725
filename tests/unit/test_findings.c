#include "test.h"

#include "blame/findings.h"

enum {
	PAGE = 4096,
	MIB_PAGES = 256,
};

/* An answer as `diff` would have it, made up. */
struct fixture {
	struct vmspy_mapping heap, data, bss;
	struct vmspy_interval interval[3];
	struct vmspy_counts counts[3];
	struct vmspy_changed variable[2];
	struct vmspy_clue clue[2];
	struct vmspy_thread thread;
	struct vmspy_stack stack;
	struct vmspy_pair pair;
	struct vmspy_changed_list changed;
	const struct vmspy_typed_list *typed;
	struct vmspy_clue_list clues;
	struct vmspy_stacks stacks;
	struct vmspy_finding_list list;
};

static char heap_name[] = "[heap]", library_name[] = "/usr/lib/libc.so.6";
static char unicode[] = "PyUnicode_Type", dict[] = "PyDict_Type";

static int begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->heap =
		(struct vmspy_mapping){ .vma = { .name = heap_name }, .kind = VMSPY_KIND_HEAP };
	fixture->data =
		(struct vmspy_mapping){ .vma = { .name = library_name }, .kind = VMSPY_KIND_DATA };
	fixture->bss = (struct vmspy_mapping){ .kind = VMSPY_KIND_BSS };
	for (size_t i = 0; i < 3; i++)
		fixture->interval[i].a = (struct vmspy_mapping *[]){ &fixture->heap, &fixture->data,
								     &fixture->bss }[i];
	fixture->pair = (struct vmspy_pair){
		.relation = VMSPY_RELATION_PARENT,
		.runs.page_bytes = PAGE,
		.intervals = { .interval = fixture->interval, .count = 3 },
		.counts = fixture->counts,
		.content.estimate = vmspy_estimate_unknown(),
	};
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	vmspy_finding_list_deinit(&fixture->list);
	free(fixture);
	return 0;
}

static void make(struct fixture *fixture)
{
	const struct vmspy_evidence evidence = {
		.pair = &fixture->pair,
		.changed = &fixture->changed,
		.typed = fixture->typed,
		.clues = &fixture->clues,
		.stacks = &fixture->stacks,
	};

	vmspy_finding_list_deinit(&fixture->list);
	assert_ok(vmspy_findings_make(&evidence, &fixture->list));
}

/* ret: the sentence with this id, NULL if there is none. */
static const char *sentence(const struct fixture *fixture, const char *id)
{
	for (size_t i = 0; i < fixture->list.count; i++)
		if (!strcmp(fixture->list.finding[i].id, id))
			return fixture->list.finding[i].text;
	return NULL;
}

static void diverge(struct fixture *fixture, size_t interval, uint64_t pages)
{
	fixture->counts[interval].state_pages[VMSPY_STATE_DIVERGED] += pages;
	fixture->pair.totals.state_pages[VMSPY_STATE_DIVERGED] += pages;
	fixture->pair.private_diverged_pages += pages;
}

static void what_is_still_shared_is_told_of_a_family(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 0, 39 * MIB_PAGES);
	fixture->pair.private_shared_pages = 61 * MIB_PAGES;
	make(fixture);
	assert_string_equal(sentence(fixture, "still-shared"),
			    "61% of the private memory that both have is still shared: 61 MiB of "
			    "100 MiB");
	fixture->pair.totals.state_pages[VMSPY_STATE_UNKNOWN] = 100 * MIB_PAGES;
	make(fixture);
	assert_string_equal(sentence(fixture, "still-shared"),
			    "30.5% to 80.5% of the private memory that both have is still shared: "
			    "at least 61 MiB of 200 MiB");
	fixture->pair.relation = VMSPY_RELATION_UNRELATED;
	make(fixture);
	assert_null(sentence(fixture, "still-shared"));
}

static void nothing_is_said_of_one_space(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 0, 1);
	fixture->pair.relation = VMSPY_RELATION_SAME_ADDRESS_SPACE;
	make(fixture);
	assert_int_equal(fixture->list.count, 0);
}

static void copies_for_nothing_are_told_with_their_size(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 0, 1000);
	fixture->pair.content = (struct vmspy_content_total){
		.exact = true,
		.estimate = { .compared_pages = 1000, .identical_pages = 991 },
	};
	make(fixture);
	assert_string_equal(sentence(fixture, "copied-for-nothing"),
			    "99.1% of the copied pages are byte-identical: 3.9 MiB copied for "
			    "nothing");
	fixture->pair.content.exact = false;
	fixture->pair.totals.compared_pages = 100;
	make(fixture);
	assert_string_equal(sentence(fixture, "copied-for-nothing"),
			    "99.1% of the copied pages are byte-identical: 3.9 MiB copied for "
			    "nothing (an estimate from a sample of 100 pages)");
}

static void a_page_copied_for_a_byte_is_amplified(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 0, 10);
	fixture->pair.content = (struct vmspy_content_total){
		.exact = true,
		.estimate = { .compared_pages = 10, .changed_bytes = 40 },
	};
	make(fixture);
	assert_string_equal(sentence(fixture, "write-amplification"),
			    "40 bytes changed, 40 KiB copied for that: 1,024 bytes copied for each "
			    "one that changed");
	fixture->pair.content.estimate.changed_bytes = 10 * PAGE;
	make(fixture);
	assert_null(sentence(fixture, "write-amplification"));
}

static void who_left_is_told_as_far_as_it_is_known(void **state)
{
	struct fixture *fixture = *state;
	uint64_t *left = fixture->pair.totals.left_pages;

	diverge(fixture, 0, 8);
	left[VMSPY_LEFT_UNKNOWN] = 8;
	make(fixture);
	assert_null(sentence(fixture, "who-left"));
	left[VMSPY_LEFT_UNKNOWN] = 2;
	left[VMSPY_LEFT_A] = 1;
	left[VMSPY_LEFT_B] = 4;
	left[VMSPY_LEFT_BOTH] = 1;
	make(fixture);
	assert_string_equal(
		sentence(fixture, "who-left"),
		"a left the common page of 8 KiB, b that of 20 KiB; for 8 KiB it cannot "
		"be known");
}

static void a_bss_goes_by_its_file(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 2, 9);
	diverge(fixture, 0, 1);
	make(fixture);
	assert_string_equal(sentence(fixture, "largest-mapping"),
			    "90% of what diverged lies in one mapping: 36 KiB in bss of libc.so.6 "
			    "at 0");
}

static void a_few_bytes_of_a_library_are_told_with_its_busiest_variable(void **state)
{
	struct fixture *fixture = *state;

	diverge(fixture, 1, 2);
	fixture->counts[1].compared_pages = 2;
	fixture->counts[1].changed_bytes = 12;
	fixture->variable[0] = (struct vmspy_changed){
		.name = "main_arena", .object = library_name, .size_bytes = 8, .changed_bytes = 2
	};
	fixture->variable[1] = (struct vmspy_changed){
		.name = "stdout", .object = library_name, .size_bytes = 224, .changed_bytes = 10
	};
	fixture->changed = (struct vmspy_changed_list){ .changed = fixture->variable, .count = 2 };
	make(fixture);
	assert_string_equal(
		sentence(fixture, "few-bytes"),
		"8 KiB of libc.so.6 diverged for 12 bytes in 2 variables, most in stdout");
}

static void few_bytes_of_variables_are_no_reason_where_others_changed(void **state)
{
	struct fixture *fixture = *state;

	a_few_bytes_of_a_library_are_told_with_its_busiest_variable(state);
	fixture->counts[1].changed_bytes = 40;
	make(fixture);
	assert_string_equal(sentence(fixture, "few-bytes"),
			    "8 KiB of libc.so.6 diverged for 40 bytes, stdout among them");
	fixture->counts[1].changed_bytes = 4096;
	make(fixture);
	assert_null(sentence(fixture, "few-bytes"));
}

static void few_bytes_of_compared_pages_say_nothing_of_the_others(void **state)
{
	struct fixture *fixture = *state;

	a_few_bytes_of_a_library_are_told_with_its_busiest_variable(state);
	diverge(fixture, 2, 1); /* its bss */
	make(fixture);
	assert_null(sentence(fixture, "few-bytes"));
}

static void the_first_variable_is_told_with_both_values(void **state)
{
	struct fixture *fixture = *state;

	fixture->variable[0] = (struct vmspy_changed){
		.name = "global\033counter",
		.diverged_pages = 9,
		.value_a.text = "100",
		.value_b.text = "200",
	};
	fixture->changed = (struct vmspy_changed_list){ .changed = fixture->variable, .count = 1 };
	make(fixture);
	assert_string_equal(sentence(fixture, "variable-differs"),
			    "global\\x1bcounter is 100 in a and 200 in b");
}

static void a_variable_is_told_in_terms_of_its_type(void **state)
{
	static char name[] = "shop::open", path[] = "shop::open.dirty";
	struct fixture *fixture = *state;
	struct vmspy_member member = { .path = path, .value_a.text = "0", .value_b.text = "9311" };
	struct vmspy_typed typed = {
		.name = name, .member = &member, .member_count = 1, .left_out_count = 3
	};
	const struct vmspy_typed_list list = { .typed = &typed, .count = 1 };

	fixture->variable[0] = (struct vmspy_changed){ .name = "_ZN4shop4openE" };
	fixture->changed = (struct vmspy_changed_list){ .changed = fixture->variable, .count = 1 };
	fixture->typed = &list;
	make(fixture);
	assert_string_equal(sentence(fixture, "variable-differs"),
			    "4 members of shop::open differ, such as shop::open.dirty: 0 in a and "
			    "9311 in b");
	typed = (struct vmspy_typed){ .name = name,
				      .value_a.text = "CLOSED",
				      .value_b.text = "OPEN" };
	make(fixture);
	assert_string_equal(sentence(fixture, "variable-differs"),
			    "shop::open is CLOSED in a and OPEN in b");
}

static void clues_are_called_evidence(void **state)
{
	struct fixture *fixture = *state;

	fixture->clue[0] = (struct vmspy_clue){ .name = unicode, .pages = 6000, .words = 41000 };
	fixture->clue[1] = (struct vmspy_clue){
		.name = dict,
		.pages = 3000,
		.words = 12000,
		.changed_distance_bytes = -8,
		.changed_words = 812,
	};
	fixture->clues = (struct vmspy_clue_list){ .clue = fixture->clue,
						   .count = 2,
						   .counted_pages = 6352 };
	make(fixture);
	assert_string_equal(sentence(fixture, "heap-clue"),
			    "6,352 diverged pages without symbols hold 41,000 pointers to "
			    "PyUnicode_Type, 12,000 to PyDict_Type (evidence, not proof)");
	assert_string_equal(sentence(fixture, "changed-field"),
			    "changed word at -8 from a pointer to PyDict_Type: 812 times, as a "
			    "reference count would be");
}

static void a_stack_goes_by_its_thread(void **state)
{
	struct fixture *fixture = *state;

	fixture->thread = (struct vmspy_thread){ .tid = 4711, .comm = "worker" };
	fixture->stack = (struct vmspy_stack){ .thread_a = &fixture->thread, .diverged_pages = 3 };
	fixture->stacks = (struct vmspy_stacks){ .stack = &fixture->stack, .count = 1 };
	make(fixture);
	assert_string_equal(sentence(fixture, "stack"),
			    "12 KiB of the stack of thread 4711 (worker) diverged");
}

static void strangers_have_no_fork_to_speak_of(void **state)
{
	struct fixture *fixture = *state;

	fixture->pair.totals.state_pages[VMSPY_STATE_ONLY_A] = 2;
	fixture->pair.totals.state_pages[VMSPY_STATE_ONLY_B] = 1;
	make(fixture);
	assert_string_equal(sentence(fixture, "only-one-side"),
			    "8 KiB is a's alone and 4 KiB is b's alone: first touched after the "
			    "fork, or given back by the other");
	fixture->pair.no_common_origin = true;
	make(fixture);
	assert_string_equal(sentence(fixture, "only-one-side"),
			    "8 KiB is a's alone and 4 KiB is b's alone");
}

static void what_is_unknown_is_told_with_the_remedy(void **state)
{
	struct fixture *fixture = *state;

	fixture->pair.totals.state_pages[VMSPY_STATE_UNKNOWN] = 4;
	fixture->pair.unknown_pages[VMSPY_REASON_IN_FLIGHT] = 1;
	fixture->pair.unknown_pages[VMSPY_REASON_FRAMES_HIDDEN] = 3;
	make(fixture);
	assert_non_null(strstr(sentence(fixture, "unknown"),
			       "16 KiB could not be judged, mostly frames-hidden: "));
	assert_non_null(strstr(sentence(fixture, "unknown"),
			       vmspy_reason_remedy(VMSPY_REASON_FRAMES_HIDDEN)));
}

static void the_largest_come_first_and_seven_are_enough(void **state)
{
	struct fixture *fixture = *state;
	struct vmspy_counts *totals = &fixture->pair.totals;

	diverge(fixture, 0, 100);
	diverge(fixture, 1, 10);
	fixture->pair.content.estimate = (struct vmspy_estimate){ 100, 50, 100 };
	totals->left_pages[VMSPY_LEFT_A] = 30;
	totals->state_pages[VMSPY_STATE_ONLY_A] = 20;
	totals->state_pages[VMSPY_STATE_UNKNOWN] = 1;
	totals->state_pages[VMSPY_STATE_SEPARATE] = 2;
	the_first_variable_is_told_with_both_values(state);
	assert_int_equal(fixture->list.count, VMSPY_FINDINGS_MAX);
	for (size_t i = 1; i < fixture->list.count; i++)
		assert_true(fixture->list.finding[i - 1].bytes >= fixture->list.finding[i].bytes);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

TEST_MAIN(CASE(what_is_still_shared_is_told_of_a_family), CASE(nothing_is_said_of_one_space),
	  CASE(copies_for_nothing_are_told_with_their_size),
	  CASE(a_page_copied_for_a_byte_is_amplified), CASE(who_left_is_told_as_far_as_it_is_known),
	  CASE(a_bss_goes_by_its_file),
	  CASE(a_few_bytes_of_a_library_are_told_with_its_busiest_variable),
	  CASE(few_bytes_of_variables_are_no_reason_where_others_changed),
	  CASE(few_bytes_of_compared_pages_say_nothing_of_the_others),
	  CASE(the_first_variable_is_told_with_both_values),
	  CASE(a_variable_is_told_in_terms_of_its_type), CASE(clues_are_called_evidence),
	  CASE(a_stack_goes_by_its_thread), CASE(strangers_have_no_fork_to_speak_of),
	  CASE(what_is_unknown_is_told_with_the_remedy),
	  CASE(the_largest_come_first_and_seven_are_enough))

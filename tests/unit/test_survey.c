#include "fake_space.h"

#include "format/kpageflags.h"
#include "inspect/survey.h"
#include "kernel/uapi.h"

#define AT      UINT64_C(0x7f0000000000) /* a multiple of 2 MiB */
#define PRESENT VMSPY_PAGEMAP_PRESENT

enum {
	HUGE_PAGES = FAKE_PAGE / 8,
	SEEN_MAX = 4096,
};

static struct fake_machine machine;
static struct fake_space fake;

/* What was handed over, page by page, without holes. */
static struct {
	uint64_t address[SEEN_MAX], flags[SEEN_MAX];
	uint8_t standing[SEEN_MAX];
	size_t count;
	uint64_t last_end;
	const struct vmspy_mapping *unwanted;
} seen;

static struct vmspy_error *take(void *context, const struct vmspy_survey_window *window)
{
	const uint64_t *flags = window->fact[VMSPY_FRAME_FLAGS];

	(void)context;
	assert_true(window->start >= seen.last_end);
	assert_true(window->start >= window->mapping->vma.start);
	assert_ptr_equal(window->mapping,
			 &vmspy_space_layout(&fake.space)->mapping[window->mapping_index]);
	seen.last_end = window->start + window->count * FAKE_PAGE;
	assert_true(seen.last_end <= window->mapping->vma.end);
	for (size_t i = 0; i < window->count; i++) {
		if (window->standing[i] == VMSPY_STANDING_NONE)
			continue;
		assert_true(seen.count < SEEN_MAX);
		seen.address[seen.count] = window->start + i * FAKE_PAGE;
		seen.standing[seen.count] = window->standing[i];
		seen.flags[seen.count++] = flags ? flags[i] : VMSPY_FACT_UNKNOWN;
	}
	return NULL;
}

static bool wants(void *context, const struct vmspy_mapping *mapping)
{
	(void)context;
	return mapping->vma.start != seen.unwanted->vma.start;
}

static struct vmspy_survey_options all(void)
{
	return (struct vmspy_survey_options){
		.end = UINT64_MAX,
		.facts = 1u << VMSPY_FRAME_FLAGS,
		.take = take,
	};
}

static struct vmspy_survey_result survey(const struct vmspy_survey_options *options)
{
	struct vmspy_survey_result result;

	memset(&seen.count, 0, sizeof(seen.count));
	seen.last_end = 0;
	assert_ok(vmspy_space_load(&fake.space));
	assert_ok(vmspy_survey_run(&fake.space, options, &result));
	return result;
}

static int set_up(void **state)
{
	(void)state;
	machine = fake_machine();
	fake_init(&fake, &machine, FAKE_PARENT_PID);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(fake.page);
	return 0;
}

static void pages_between_large_holes_are_found_and_holes_are_not_read(void **state)
{
	const struct vmspy_survey_options options = all();
	struct vmspy_survey_result result;

	(void)state;
	fake_map(&fake, AT, 1 << 20);
	for (uint64_t i = 0; i < 5; i++) {
		fake_put(&fake, AT + i * 100000 * FAKE_PAGE, PRESENT | (0x1000 + i));
		fake_flag(&machine, 0x1000 + i, 0x10 + i);
	}
	result = survey(&options);
	assert_int_equal(seen.count, 5);
	for (uint64_t i = 0; i < 5; i++) {
		assert_int_equal(seen.address[i], AT + i * 100000 * FAKE_PAGE);
		assert_int_equal(seen.flags[i], 0x10 + i);
	}
	assert_true(result.pages < 5 * HUGE_PAGES);
}

static void without_page_scan_every_word_is_read(void **state)
{
	const struct vmspy_survey_options options = all();

	(void)state;
	machine.host.scan_categories = 0;
	fake_map(&fake, AT, 40000);
	fake_put(&fake, AT + 39999 * FAKE_PAGE, PRESENT | 0x1000);
	assert_int_equal(survey(&options).pages, 40000);
	assert_int_equal(seen.count, 1);
}

static void only_what_is_asked_for_is_looked_at(void **state)
{
	struct vmspy_survey_options options = all();
	struct vmspy_mapping unwanted;

	(void)state;
	fake_map(&fake, AT, 4);
	unwanted = *fake_map(&fake, AT + 4 * FAKE_PAGE, 4);
	seen.unwanted = &unwanted;
	for (uint64_t i = 0; i < 8; i++)
		fake_put(&fake, AT + i * FAKE_PAGE, PRESENT | (0x1000 + i));
	options.start = AT + 2 * FAKE_PAGE + 1; /* a page is looked at whole */
	options.end = AT + 5 * FAKE_PAGE + 1;
	survey(&options);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.address[0], AT + 2 * FAKE_PAGE);
	options.wants = wants;
	survey(&options);
	assert_int_equal(seen.count, 2);
}

static void what_moved_meanwhile_is_in_flight_if_that_is_checked(void **state)
{
	struct vmspy_survey_options options = all();

	(void)state;
	fake_map(&fake, AT, 2);
	fake_put(&fake, AT, PRESENT | 0x1000);
	fake_put(&fake, AT + FAKE_PAGE, PRESENT | 0x1001)->restless = true;
	options.checked = true;
	assert_int_equal(survey(&options).moved_pages, 1);
	assert_int_equal(seen.standing[0], VMSPY_STANDING_ANON);
	assert_int_equal(seen.standing[1], VMSPY_STANDING_IN_FLIGHT);
	assert_int_equal(seen.flags[1], VMSPY_FACT_UNKNOWN);
	options.checked = false;
	assert_int_equal(survey(&options).moved_pages, 0);
}

static void hidden_frames_are_counted_and_have_no_flags(void **state)
{
	const struct vmspy_survey_options options = all();

	(void)state;
	machine.host.frames_visible = false;
	fake_map(&fake, AT, 3);
	fake_put(&fake, AT, PRESENT);
	fake_put(&fake, AT + FAKE_PAGE, PRESENT)->zero = true;
	assert_int_equal(survey(&options).hidden_pages, 2);
	assert_int_equal(seen.standing[0], VMSPY_STANDING_ANON);
	assert_int_equal(seen.standing[1], VMSPY_STANDING_ZERO);
	assert_int_equal(seen.flags[0], VMSPY_FACT_UNKNOWN);
}

/* Pages whose frames follow each other as those of a huge page do, mapped by one entry or not. */
static void put_block(bool is_huge)
{
	fake_map(&fake, AT, HUGE_PAGES);
	for (uint64_t i = 0; i < HUGE_PAGES; i++)
		fake_put(&fake, AT + i * FAKE_PAGE, PRESENT | (8 * HUGE_PAGES + i))->huge = is_huge;
	fake_flag(&machine, 8 * HUGE_PAGES, 1);
	fake_flag(&machine, 8 * HUGE_PAGES + 1, 2);
	fake_flag(&machine, 8 * HUGE_PAGES + 2, 3);
}

static void tails_behind_one_entry_are_told_by_the_first(void **state)
{
	const struct vmspy_survey_options options = all();

	(void)state;
	put_block(true);
	survey(&options);
	assert_int_equal(seen.count, HUGE_PAGES);
	assert_int_equal(seen.flags[0], 1);
	for (size_t i = 1; i < HUGE_PAGES; i++)
		assert_int_equal(seen.flags[i], 2);
}

static void pages_behind_many_entries_are_each_looked_up(void **state)
{
	const struct vmspy_survey_options options = all();

	(void)state;
	put_block(false);
	survey(&options);
	assert_int_equal(seen.flags[1], 2);
	assert_int_equal(seen.flags[2], 3);
	assert_int_equal(seen.flags[3], 0);
}

static void map_counts_of_a_huge_page_are_each_looked_up(void **state)
{
	struct vmspy_survey_options options = all();

	(void)state;
	options.facts |= 1u << VMSPY_FRAME_MAP_COUNT;
	put_block(true);
	survey(&options);
	assert_int_equal(seen.flags[2], 3);
}

static void a_process_that_is_gone_is_an_error(void **state)
{
	const struct vmspy_survey_options options = all();
	struct vmspy_survey_result result;

	(void)state;
	fake_map(&fake, AT, 4);
	fake_put(&fake, AT, PRESENT | 0x1000);
	fake.gone_after = 1;
	assert_ok(vmspy_space_load(&fake.space));
	fake.words_calls = 1;
	assert_error(vmspy_survey_run(&fake.space, &options, &result), VMSPY_ERROR_GONE, "gone");
}

#define SURVEY_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(SURVEY_TEST(pages_between_large_holes_are_found_and_holes_are_not_read),
	  SURVEY_TEST(without_page_scan_every_word_is_read),
	  SURVEY_TEST(only_what_is_asked_for_is_looked_at),
	  SURVEY_TEST(what_moved_meanwhile_is_in_flight_if_that_is_checked),
	  SURVEY_TEST(hidden_frames_are_counted_and_have_no_flags),
	  SURVEY_TEST(tails_behind_one_entry_are_told_by_the_first),
	  SURVEY_TEST(pages_behind_many_entries_are_each_looked_up),
	  SURVEY_TEST(map_counts_of_a_huge_page_are_each_looked_up),
	  SURVEY_TEST(a_process_that_is_gone_is_an_error))

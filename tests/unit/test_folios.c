#include "fake_space.h"

#include "format/kpageflags.h"
#include "inspect/folios.h"

#define AT   UINT64_C(0x10000000)
#define HEAD ((UINT64_C(1) << VMSPY_KPF_COMPOUND_HEAD) | UINT64_C(1) << VMSPY_KPF_THP)
#define TAIL ((UINT64_C(1) << VMSPY_KPF_COMPOUND_TAIL) | UINT64_C(1) << VMSPY_KPF_THP)

enum {
	FRAME = 0x1000,
	PAGES = 16,
};

static struct fake_machine machine;
static struct fake_space fake;
static struct vmspy_folios folios;

/* A folio of 16 frames, and another behind it, of which nothing is mapped unless a test does. */
static int set_up(void **state)
{
	(void)state;
	machine = fake_machine();
	fake_init(&fake, &machine, FAKE_PARENT_PID);
	fake_map(&fake, AT, 1024);
	for (uint64_t i = 0; i < 2 * PAGES; i++)
		fake_flag(&machine, FRAME + i, i % PAGES ? TAIL : HEAD);
	folios = (struct vmspy_folios){ .space = &fake.space };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmspy_folios_deinit(&folios);
	vmspy_space_close(&fake.space);
	return 0;
}

/* Frames [first, first + count) of the folios, mapped one behind the other. */
static void take(uint64_t address, uint64_t first, size_t count)
{
	uint64_t words[PAGES * 2], flags[PAGES * 2];
	uint8_t marks[PAGES * 2] = { 0 }, standing[PAGES * 2];
	const struct vmspy_survey_window window = {
		.mapping = fake.mapping,
		.start = address,
		.count = count,
		.words = words,
		.marks = marks,
		.standing = standing,
		.fact = { [VMSPY_FRAME_FLAGS] = flags },
	};

	for (size_t i = 0; i < count; i++) {
		words[i] = VMSPY_PAGEMAP_PRESENT | (FRAME + first + i);
		flags[i] = (first + i) % PAGES ? TAIL : HEAD;
		standing[i] = VMSPY_STANDING_ANON;
	}
	assert_ok(vmspy_folios_take(&folios, &window));
}

static void the_only_sum_is(enum vmspy_folio_alignment alignment, uint64_t folio_pages,
			    uint64_t pages)
{
	assert_ok(vmspy_folios_finish(&folios));
	assert_int_equal(folios.sums.count, 1);
	assert_int_equal(folios.sums.sum[0].alignment, alignment);
	assert_int_equal(folios.sums.sum[0].mapped, VMSPY_FOLIO_BY_PTE);
	assert_int_equal(folios.sums.sum[0].folio_bytes, folio_pages * FAKE_PAGE);
	assert_int_equal(folios.sums.sum[0].pages, pages);
}

static void a_whole_folio_at_a_multiple_of_its_size_is_aligned(void **state)
{
	(void)state;
	take(AT, 0, PAGES);
	the_only_sum_is(VMSPY_FOLIO_ALIGNED, PAGES, PAGES);
}

static void a_whole_folio_elsewhere_is_unaligned(void **state)
{
	(void)state;
	take(AT + FAKE_PAGE, 0, PAGES);
	the_only_sum_is(VMSPY_FOLIO_UNALIGNED, PAGES, PAGES);
}

static void a_folio_without_its_head_is_partial_and_of_no_size(void **state)
{
	(void)state;
	take(AT, 3, PAGES - 3);
	the_only_sum_is(VMSPY_FOLIO_PARTIAL, 0, PAGES - 3);
}

static void a_folio_without_its_last_tail_is_partial(void **state)
{
	(void)state;
	take(AT, 0, PAGES - 1);
	the_only_sum_is(VMSPY_FOLIO_PARTIAL, 0, PAGES - 1);
}

static void two_folios_in_a_row_are_two(void **state)
{
	(void)state;
	take(AT, 0, 2 * PAGES);
	the_only_sum_is(VMSPY_FOLIO_ALIGNED, PAGES, 2 * PAGES);
}

static void a_folio_goes_on_in_the_next_window(void **state)
{
	(void)state;
	take(AT, 0, 5);
	take(AT + 5 * FAKE_PAGE, 5, PAGES - 5);
	the_only_sum_is(VMSPY_FOLIO_ALIGNED, PAGES, PAGES);
}

static void a_hole_in_the_addresses_makes_it_partial(void **state)
{
	(void)state;
	take(AT, 0, 5);
	take(AT + 6 * FAKE_PAGE, 5, PAGES - 5);
	the_only_sum_is(VMSPY_FOLIO_PARTIAL, 0, PAGES);
}

#define FOLIOS(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(FOLIOS(a_whole_folio_at_a_multiple_of_its_size_is_aligned),
	  FOLIOS(a_whole_folio_elsewhere_is_unaligned),
	  FOLIOS(a_folio_without_its_head_is_partial_and_of_no_size),
	  FOLIOS(a_folio_without_its_last_tail_is_partial), FOLIOS(two_folios_in_a_row_are_two),
	  FOLIOS(a_folio_goes_on_in_the_next_window),
	  FOLIOS(a_hole_in_the_addresses_makes_it_partial))

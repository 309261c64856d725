#include "test.h"

#include "fake_pair.h"

#define BASE       UINT64_C(0x10000000)
#define AT(page)   (BASE + (uint64_t)(page)*FAKE_PAGE)
#define P          VMSPY_PAGEMAP_PRESENT
#define S          VMSPY_PAGEMAP_SWAPPED
#define F          VMSPY_PAGEMAP_FILE
#define G          VMSPY_PAGEMAP_GUARD
#define X          VMSPY_PAGEMAP_EXCLUSIVE
#define SLOT(slot) (S | (uint64_t)(slot) << 5)

/* Four pages, mapped on both sides; the one in the middle is asked for. */
static struct fake_pair *begin(uint64_t word_a, uint64_t word_b)
{
	struct fake_pair *fixture = fake_pair_create();

	fixture->options.kept_page = AT(1) + 0x123;
	fake_map(&fixture->a, BASE, 4);
	fake_map(&fixture->b, BASE, 4);
	fake_put(&fixture->a, AT(0), P | 1);
	fake_put(&fixture->b, AT(0), P | 1);
	if (word_a)
		fake_put(&fixture->a, AT(1), word_a)->fill = 0xaa;
	if (word_b)
		fake_put(&fixture->b, AT(1), word_b)->fill = 0xbb;
	return fixture;
}

static const struct vmspy_kept_page *compare(struct fake_pair *fixture)
{
	assert_ok(fake_pair_compare(fixture));
	assert_int_equal(fixture->a.absent_bytes_asked, 0);
	assert_int_equal(fixture->b.absent_bytes_asked, 0);
	assert_int_equal(fixture->a.holds, fixture->a.releases);
	return &fixture->pair.kept;
}

static void assert_side(const struct vmspy_kept_side *side, uint64_t frame, int byte)
{
	assert_int_equal(side->frame, frame);
	if (byte < 0) {
		assert_null(side->bytes);
		return;
	}
	assert_non_null(side->bytes);
	assert_int_equal(side->bytes[0], byte);
	assert_int_equal(side->bytes[FAKE_PAGE - 1], byte);
}

static void a_page_is_kept_whatever_its_state(void **state)
{
	static const struct {
		const char *name;
		uint64_t a, b;
		enum vmspy_page_class page_class;
		uint64_t frame_a, frame_b;
		int byte_a, byte_b; /* -1: there are none */
	} rows[] = {
		{ "one frame", P | 5, P | 5, VMSPY_CLASS_SHARED, 5, 5, 0xaa, 0xbb },
		{ "two frames", P | X | 5, P | X | 6, VMSPY_CLASS_DIVERGED, 5, 6, 0xaa, 0xbb },
		{ "only in a", P | X | 5, 0, VMSPY_CLASS_ONLY_A, 5, 0, 0xaa, -1 },
		{ "only in b", 0, P | X | 5, VMSPY_CLASS_ONLY_B, 0, 5, -1, 0xbb },
		{ "only in a, swapped", SLOT(9), 0, VMSPY_CLASS_ONLY_A, 0, 0, -1, -1 },
		{ "one slot", SLOT(9), SLOT(9), VMSPY_CLASS_SWAP_SAME, 0, 0, -1, -1 },
		{ "nothing", 0, 0, VMSPY_CLASS_NONE, 0, 0, -1, -1 },
		{ "a guard", S | G | 31, S | G | 31, VMSPY_CLASS_GUARD, 0, 0, -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct fake_pair *fixture = begin(rows[i].a, rows[i].b);
		const struct vmspy_kept_page *kept = compare(fixture);

		test_row(rows[i].name);
		assert_non_null(kept->interval);
		assert_int_equal(kept->address, AT(1));
		assert_int_equal(kept->page_class, rows[i].page_class);
		assert_side(&kept->a, rows[i].frame_a, rows[i].byte_a);
		assert_side(&kept->b, rows[i].frame_b, rows[i].byte_b);
		fake_pair_end(fixture);
	}
}

static void where_nothing_is_mapped_nothing_is_read(void **state)
{
	struct fake_pair *fixture = begin(P | 5, P | 5);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->options.kept_page = AT(4);
	kept = compare(fixture);
	assert_null(kept->interval);
	assert_null(kept->a.bytes);
	assert_int_equal(kept->address, AT(4));
	fake_pair_end(fixture);
}

static void a_side_without_a_mapping_says_so(void **state)
{
	struct fake_pair *fixture = begin(P | X | 5, 0);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->b.mapping_count = 0;
	fake_map(&fixture->b, AT(2), 2);
	fixture->b.page_count = 0;
	kept = compare(fixture);
	assert_int_equal(kept->page_class, VMSPY_CLASS_NOVMA_A);
	assert_int_equal(kept->b.standing, VMSPY_STANDING_NO_MAPPING);
	assert_side(&kept->a, 5, 0xaa);
	fake_pair_end(fixture);
}

static void a_page_that_moves_while_its_bytes_are_read_has_none(void **state)
{
	struct fake_pair *fixture = begin(P | 5, P | 5);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->b.page[1].turns_by_bytes = true;
	fixture->b.page[1].later = P | 7;
	kept = compare(fixture);
	assert_int_equal(kept->page_class, VMSPY_CLASS_UNSTABLE);
	assert_int_equal(kept->reason, VMSPY_REASON_KEPT_CHANGING);
	assert_null(kept->b.bytes);
	fake_pair_end(fixture);
}

static void a_page_that_never_settles_is_unknown(void **state)
{
	struct fake_pair *fixture = begin(P | 5, P | 5);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->a.page[1].restless = true;
	kept = compare(fixture);
	assert_int_equal(vmspy_class_state(kept->page_class), VMSPY_STATE_UNKNOWN);
	fake_pair_end(fixture);
}

static void bytes_that_cannot_or_may_not_be_read_are_missing(void **state)
{
	struct fake_pair *fixture = begin(P | X | 5, P | X | 6);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->a.page[1].unreadable = true;
	fixture->b.bytes_refused = true;
	kept = compare(fixture);
	assert_int_equal(kept->page_class, VMSPY_CLASS_DIVERGED);
	assert_side(&kept->a, 5, -1);
	assert_side(&kept->b, 6, -1);
	fake_pair_end(fixture);
}

static void different_bytes_prove_two_hidden_frames(void **state)
{
	struct fake_pair *fixture = begin(P, P);
	const struct vmspy_kept_page *kept;

	(void)state;
	fixture->machine.host.frames_visible = false;
	fixture->machine.host.fact_visible[VMSPY_FRAME_FLAGS] = false;
	kept = compare(fixture);
	assert_int_equal(kept->page_class, VMSPY_CLASS_DIVERGED);
	assert_int_equal(kept->reason, VMSPY_REASON_NONE);
	fake_pair_end(fixture);
}

static void the_page_of_strangers_is_separate(void **state)
{
	struct fake_pair *fixture = begin(P | X | 5, P | X | 6);

	(void)state;
	fixture->machine.related = false;
	fixture->a.page[0].word = P | X | 8; /* no frame in common */
	assert_int_equal(compare(fixture)->page_class, VMSPY_CLASS_SEPARATE);
	fake_pair_end(fixture);
}

static void what_is_kept_is_counted_once(void **state)
{
	struct fake_pair *with = begin(P | X | 5, P | X | 6),
			 *without = begin(P | X | 5, P | X | 6);

	(void)state;
	without->options.kept_page = 0;
	compare(with);
	compare(without);
	assert_memory_equal(&with->pair.totals, &without->pair.totals, sizeof(with->pair.totals));
	assert_int_equal(with->pair.a.present_pages, without->pair.a.present_pages);
	assert_int_equal(with->pair.compared.count, without->pair.compared.count);
	assert_null(without->pair.kept.interval);
	fake_pair_end(with);
	fake_pair_end(without);
}

TEST_MAIN(TEST(a_page_is_kept_whatever_its_state), TEST(where_nothing_is_mapped_nothing_is_read),
	  TEST(a_side_without_a_mapping_says_so),
	  TEST(a_page_that_moves_while_its_bytes_are_read_has_none),
	  TEST(a_page_that_never_settles_is_unknown),
	  TEST(bytes_that_cannot_or_may_not_be_read_are_missing),
	  TEST(different_bytes_prove_two_hidden_frames), TEST(the_page_of_strangers_is_separate),
	  TEST(what_is_kept_is_counted_once))

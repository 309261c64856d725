#include "test.h"

#include "compare/verdict.h"

enum {
	FRAME = 0x1000,
	OTHER_FRAME = 0x2000,
};

#define FIT(...)     ((struct vmspy_fit){ __VA_ARGS__ })
#define PLAIN_FIT    FIT(0)
#define FILE_FIT     FIT(.same_file = true)
#define REMAPPED_FIT FIT(.remapped = true)
/* One file, but private on one side and shared on the other. */
#define REMAPPED_FILE_FIT FIT(.remapped = true, .same_file = true)

#define SIGHT(what, ...)  ((struct vmspy_sight){ .standing = VMSPY_STANDING_##what, __VA_ARGS__ })
#define IN(place)         .where = (place)
#define HIDDEN            .hidden = true
#define EXCLUSIVE         .exclusive = true
#define HUGE              .huge = VMSPY_YES
#define MAYBE_HUGE        .huge = VMSPY_NOT_KNOWN

/* --- both directions ----------------------------------------------------------------------- */

static enum vmspy_page_class mirror(enum vmspy_page_class page_class)
{
	static const struct {
		enum vmspy_page_class a, b;
	} twins[] = {
		{ VMSPY_CLASS_ONLY_A, VMSPY_CLASS_ONLY_B },
		{ VMSPY_CLASS_NOVMA_A, VMSPY_CLASS_NOVMA_B },
		{ VMSPY_CLASS_LAZY_A, VMSPY_CLASS_LAZY_B },
	};

	for (size_t i = 0; i < TEST_COUNT(twins); i++) {
		if (twins[i].a == page_class)
			return twins[i].b;
		if (twins[i].b == page_class)
			return twins[i].a;
	}
	return page_class;
}

/* --- the table of classes ------------------------------------------------------------------ */

struct row {
	const char *name;
	struct vmspy_sight a, b;
	struct vmspy_fit fit;
	enum vmspy_page_class page_class;
	enum vmspy_reason reason;
	bool look_again, ask_flags, ask_merged;
};

static void check_verdict(const struct row *row, bool turned)
{
	const struct vmspy_sight *a = turned ? &row->b : &row->a;
	const struct vmspy_sight *b = turned ? &row->a : &row->b;
	struct vmspy_verdict verdict = vmspy_verdict_decide(a, b, row->fit, row->ask_merged);

	test_row(row->name);
	assert_string_equal(vmspy_class_name(verdict.page_class),
			    vmspy_class_name(turned ? mirror(row->page_class) : row->page_class));
	assert_string_equal(vmspy_reason_name(verdict.reason), vmspy_reason_name(row->reason));
	assert_int_equal(verdict.look_again, row->look_again);
	assert_int_equal(verdict.ask_flags, row->ask_flags);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_verdict(&rows[i], false);
		check_verdict(&rows[i], true);
	}
}

#define IS(name)   .page_class = VMSPY_CLASS_##name
#define FOR(name)  .reason = VMSPY_REASON_##name
#define AGAIN      .look_again = true
#define ASK_MERGED .ask_merged = true

static const struct row visible_rows[] = {
	{ "nothing on either side", SIGHT(NONE), SIGHT(NONE), PLAIN_FIT, IS(NONE) },
	{ "one anonymous frame", SIGHT(ANON, IN(FRAME)), SIGHT(ANON, IN(FRAME)), PLAIN_FIT,
	  IS(SHARED) },
	{ "two anonymous frames", SIGHT(ANON, IN(FRAME)), SIGHT(ANON, IN(OTHER_FRAME)), PLAIN_FIT,
	  IS(DIVERGED) },
	{ "two anonymous frames in a file's mapping", SIGHT(ANON, IN(FRAME)),
	  SIGHT(ANON, IN(OTHER_FRAME)), FILE_FIT, IS(DIVERGED) },
	{ "one page of one file", SIGHT(FILE, IN(FRAME)), SIGHT(FILE, IN(FRAME)), FILE_FIT,
	  IS(SHARED_FILE) },
	{ "one frame of two files", SIGHT(FILE, IN(FRAME)), SIGHT(FILE, IN(FRAME)), PLAIN_FIT,
	  IS(SHARED_FILE) },
	{ "two frames for one page of a file", SIGHT(FILE, IN(FRAME)), SIGHT(FILE, IN(OTHER_FRAME)),
	  FILE_FIT, IS(UNSTABLE), FOR(KEPT_CHANGING), AGAIN },
	{ "file pages where no file is mapped", SIGHT(FILE, IN(FRAME)),
	  SIGHT(FILE, IN(OTHER_FRAME)), PLAIN_FIT, IS(UNKNOWN), FOR(NO_RULE) },
	{ "the zero page twice", SIGHT(ZERO, IN(FRAME)), SIGHT(ZERO, IN(FRAME)), PLAIN_FIT,
	  IS(ZERO) },
	{ "the zero page and the huge one", SIGHT(ZERO, IN(FRAME)), SIGHT(ZERO, IN(OTHER_FRAME)),
	  PLAIN_FIT, IS(ZERO) },
	{ "a file page, copied by one side", SIGHT(FILE, IN(FRAME)), SIGHT(ANON, IN(OTHER_FRAME)),
	  FILE_FIT, IS(DIVERGED_FILE) },
	{ "a zero page, filled by one side", SIGHT(ZERO, IN(FRAME)), SIGHT(ANON, IN(OTHER_FRAME)),
	  PLAIN_FIT, IS(DIVERGED_ZERO) },
	{ "a zero page and a file page", SIGHT(ZERO, IN(FRAME)), SIGHT(FILE, IN(OTHER_FRAME)),
	  FILE_FIT, IS(DIVERGED_FILE) },
	{ "one slot", SIGHT(SWAP, IN(7)), SIGHT(SWAP, IN(7)), PLAIN_FIT, IS(SWAP_SAME) },
	{ "two slots", SIGHT(SWAP, IN(7)), SIGHT(SWAP, IN(8)), PLAIN_FIT, IS(SWAP_DIFF) },
	{ "a slot and a file page", SIGHT(SWAP, IN(7)), SIGHT(FILE, IN(FRAME)), FILE_FIT,
	  IS(DIVERGED_FILE) },
	{ "a slot and the zero page", SIGHT(SWAP, IN(7)), SIGHT(ZERO, IN(FRAME)), PLAIN_FIT,
	  IS(DIVERGED_ZERO) },
	{ "private memory of one side", SIGHT(ANON, IN(FRAME)), SIGHT(NONE), PLAIN_FIT,
	  IS(ONLY_A) },
	{ "a slot of one side", SIGHT(SWAP, IN(7)), SIGHT(NONE), PLAIN_FIT, IS(ONLY_A) },
	{ "a file page that one side has looked at", SIGHT(FILE, IN(FRAME)), SIGHT(NONE), FILE_FIT,
	  IS(LAZY_A) },
	{ "a zero page that one side has looked at", SIGHT(ZERO, IN(FRAME)), SIGHT(NONE), PLAIN_FIT,
	  IS(LAZY_A) },
	{ "private memory, unmapped in the other", SIGHT(ANON, IN(FRAME)), SIGHT(NO_MAPPING),
	  PLAIN_FIT, IS(NOVMA_A) },
	{ "a slot, unmapped in the other", SIGHT(SWAP, IN(7)), SIGHT(NO_MAPPING), PLAIN_FIT,
	  IS(NOVMA_A) },
	{ "a file page, unmapped in the other", SIGHT(FILE, IN(FRAME)), SIGHT(NO_MAPPING),
	  PLAIN_FIT, IS(LAZY_A) },
	{ "a zero page, unmapped in the other", SIGHT(ZERO, IN(FRAME)), SIGHT(NO_MAPPING),
	  PLAIN_FIT, IS(LAZY_A) },
	{ "nothing, unmapped in the other", SIGHT(NONE), SIGHT(NO_MAPPING), PLAIN_FIT, IS(NONE) },
	{ "guards", SIGHT(GUARD), SIGHT(GUARD), PLAIN_FIT, IS(GUARD) },
	{ "a guard and nothing", SIGHT(GUARD), SIGHT(NONE), PLAIN_FIT, IS(GUARD) },
	{ "a guard and a marker", SIGHT(GUARD), SIGHT(MARKER), PLAIN_FIT, IS(GUARD) },
	{ "a guard, unmapped in the other", SIGHT(GUARD), SIGHT(NO_MAPPING), PLAIN_FIT, IS(GUARD) },
	{ "markers", SIGHT(MARKER), SIGHT(MARKER), PLAIN_FIT, IS(MARKER) },
	{ "a marker and nothing", SIGHT(MARKER), SIGHT(NONE), PLAIN_FIT, IS(MARKER) },
	{ "a marker, unmapped in the other", SIGHT(MARKER), SIGHT(NO_MAPPING), PLAIN_FIT,
	  IS(MARKER) },
	{ "private memory against a guard", SIGHT(ANON, IN(FRAME)), SIGHT(GUARD), PLAIN_FIT,
	  IS(ONLY_A) },
	{ "private memory against a marker", SIGHT(ANON, IN(FRAME)), SIGHT(MARKER), PLAIN_FIT,
	  IS(ONLY_A) },
	{ "a slot against a guard", SIGHT(SWAP, IN(7)), SIGHT(GUARD), PLAIN_FIT, IS(ONLY_A) },
	{ "a slot against a marker", SIGHT(SWAP, IN(7)), SIGHT(MARKER), PLAIN_FIT, IS(ONLY_A) },
	{ "a file page against a guard", SIGHT(FILE, IN(FRAME)), SIGHT(GUARD), FILE_FIT,
	  IS(LAZY_A) },
	{ "a zero page against a marker", SIGHT(ZERO, IN(FRAME)), SIGHT(MARKER), PLAIN_FIT,
	  IS(LAZY_A) },
};

static void every_pair_of_visible_pages_has_its_class(void **state)
{
	(void)state;
	check_rows(visible_rows, TEST_COUNT(visible_rows));
}

static void a_page_in_flight_is_looked_at_again(void **state)
{
	(void)state;
	for (int other = 0; other < VMSPY_STANDING_COUNT; other++) {
		const struct row row = {
			"in flight against anything but an untracked page",
			SIGHT(IN_FLIGHT),
			(struct vmspy_sight){ .standing = (enum vmspy_standing)other },
			PLAIN_FIT,
			IS(UNSTABLE),
			FOR(IN_FLIGHT),
			AGAIN,
		};

		if (other != VMSPY_STANDING_UNTRACKED)
			check_rows(&row, 1);
	}
}

static void an_untracked_page_is_untracked_against_anything(void **state)
{
	(void)state;
	for (int other = 0; other < VMSPY_STANDING_COUNT; other++) {
		struct row row = {
			"untracked",
			SIGHT(UNTRACKED),
			(struct vmspy_sight){ .standing = (enum vmspy_standing)other },
			PLAIN_FIT,
			IS(UNTRACKED),
		};

		check_rows(&row, 1);
		row.fit = REMAPPED_FIT;
		check_rows(&row, 1);
	}
}

static const struct row remapped_rows[] = {
	{ "private frames", SIGHT(ANON, IN(FRAME)), SIGHT(ANON, IN(OTHER_FRAME)), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "private frames, hidden", SIGHT(ANON, HIDDEN), SIGHT(ANON, HIDDEN), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "a frame and a slot", SIGHT(ANON, IN(FRAME)), SIGHT(SWAP, IN(7)), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "two slots", SIGHT(SWAP, IN(7)), SIGHT(SWAP, IN(8)), REMAPPED_FIT, IS(REMAPPED) },
	{ "private memory and a file page", SIGHT(ANON, IN(FRAME)), SIGHT(FILE, IN(OTHER_FRAME)),
	  REMAPPED_FIT, IS(REMAPPED) },
	{ "private memory and a zero page", SIGHT(ANON, IN(FRAME)), SIGHT(ZERO, IN(OTHER_FRAME)),
	  REMAPPED_FIT, IS(REMAPPED) },
	{ "a slot and a file page", SIGHT(SWAP, IN(7)), SIGHT(FILE, IN(FRAME)), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "a slot and a zero page", SIGHT(SWAP, IN(7)), SIGHT(ZERO, IN(FRAME)), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "two pages of two files", SIGHT(FILE, IN(FRAME)), SIGHT(FILE, IN(OTHER_FRAME)),
	  REMAPPED_FIT, IS(REMAPPED) },
	{ "pages of two files, hidden", SIGHT(FILE, HIDDEN), SIGHT(FILE, HIDDEN), REMAPPED_FIT,
	  IS(REMAPPED) },
	{ "one page of a file, private here and shared there", SIGHT(FILE, IN(FRAME)),
	  SIGHT(FILE, IN(FRAME)), REMAPPED_FILE_FIT, IS(SHARED_FILE) },
	{ "the same, hidden", SIGHT(FILE, HIDDEN), SIGHT(FILE, HIDDEN), REMAPPED_FILE_FIT,
	  IS(SHARED_FILE) },
	{ "a file page and a zero page", SIGHT(FILE, IN(FRAME)), SIGHT(ZERO, IN(OTHER_FRAME)),
	  REMAPPED_FIT, IS(REMAPPED) },
	{ "zero pages", SIGHT(ZERO, IN(FRAME)), SIGHT(ZERO, IN(FRAME)), REMAPPED_FIT, IS(ZERO) },
	{ "private memory and nothing", SIGHT(ANON, IN(FRAME)), SIGHT(NONE), REMAPPED_FIT,
	  IS(ONLY_A) },
	{ "a file page and nothing", SIGHT(FILE, IN(FRAME)), SIGHT(NONE), REMAPPED_FIT,
	  IS(LAZY_A) },
	{ "private memory and a guard", SIGHT(ANON, IN(FRAME)), SIGHT(GUARD), REMAPPED_FIT,
	  IS(ONLY_A) },
	{ "nothing and a guard", SIGHT(NONE), SIGHT(GUARD), REMAPPED_FIT, IS(GUARD) },
};

static void pages_of_a_remapped_address_are_separate(void **state)
{
	(void)state;
	check_rows(remapped_rows, TEST_COUNT(remapped_rows));
}

/* --- hidden frames ------------------------------------------------------------------------- */

static const struct row hidden_rows[] = {
	{ "mapped once by one side", SIGHT(ANON, HIDDEN, EXCLUSIVE), SIGHT(ANON, HIDDEN), PLAIN_FIT,
	  IS(DIVERGED) },
	{ "mapped once by both", SIGHT(ANON, HIDDEN, EXCLUSIVE), SIGHT(ANON, HIDDEN, EXCLUSIVE),
	  PLAIN_FIT, IS(DIVERGED) },
	{ "mapped more than once on both sides", SIGHT(ANON, HIDDEN), SIGHT(ANON, HIDDEN),
	  PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "mapped once, but by a huge entry", SIGHT(ANON, HIDDEN, EXCLUSIVE, HUGE),
	  SIGHT(ANON, HIDDEN), PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "mapped once, a huge entry on the other side", SIGHT(ANON, HIDDEN, EXCLUSIVE),
	  SIGHT(ANON, HIDDEN, HUGE), PLAIN_FIT, IS(DIVERGED) },
	{ "huge entries on both sides, one mapped once", SIGHT(ANON, HIDDEN, EXCLUSIVE, HUGE),
	  SIGHT(ANON, HIDDEN, HUGE), PLAIN_FIT, IS(DIVERGED) },
	{ "mapped once, and nobody knows whether huge", SIGHT(ANON, HIDDEN, EXCLUSIVE, MAYBE_HUGE),
	  SIGHT(ANON, HIDDEN, MAYBE_HUGE), PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "mapped once by both, whether huge or not", SIGHT(ANON, HIDDEN, EXCLUSIVE, MAYBE_HUGE),
	  SIGHT(ANON, HIDDEN, EXCLUSIVE, MAYBE_HUGE), PLAIN_FIT, IS(DIVERGED) },
	{ "one side's frame hidden", SIGHT(ANON, HIDDEN), SIGHT(ANON, IN(FRAME)), PLAIN_FIT,
	  IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "a file's page", SIGHT(FILE, HIDDEN), SIGHT(FILE, HIDDEN), FILE_FIT, IS(SHARED_FILE) },
	{ "file pages where no file is mapped ([vdso])", SIGHT(FILE, HIDDEN), SIGHT(FILE, HIDDEN),
	  PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "a file page, copied by one side", SIGHT(FILE, HIDDEN), SIGHT(ANON, HIDDEN), FILE_FIT,
	  IS(DIVERGED_FILE) },
	{ "zero pages, told by PAGEMAP_SCAN", SIGHT(ZERO, HIDDEN), SIGHT(ZERO, HIDDEN), PLAIN_FIT,
	  IS(ZERO) },
	{ "a zero page, filled by one side", SIGHT(ZERO, HIDDEN), SIGHT(ANON, HIDDEN), PLAIN_FIT,
	  IS(DIVERGED_ZERO) },
	{ "slots", SIGHT(SWAP, HIDDEN), SIGHT(SWAP, HIDDEN), PLAIN_FIT, IS(UNKNOWN),
	  FOR(FRAMES_HIDDEN) },
	{ "a slot and a frame", SIGHT(SWAP, HIDDEN), SIGHT(ANON, HIDDEN), PLAIN_FIT, IS(UNKNOWN),
	  FOR(FRAMES_HIDDEN) },
	{ "a slot and a frame that is mapped once", SIGHT(SWAP, HIDDEN),
	  SIGHT(ANON, HIDDEN, EXCLUSIVE), PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "a slot, or a file page in flight", SIGHT(SWAP, HIDDEN), SIGHT(FILE, HIDDEN), FILE_FIT,
	  IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "a slot and a zero page", SIGHT(SWAP, HIDDEN), SIGHT(ZERO, HIDDEN), PLAIN_FIT,
	  IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "a slot and nothing", SIGHT(SWAP, HIDDEN), SIGHT(NONE), PLAIN_FIT, IS(ONLY_A) },
	{ "private memory and nothing", SIGHT(ANON, HIDDEN), SIGHT(NONE), PLAIN_FIT, IS(ONLY_A) },
	{ "private memory, unmapped in the other", SIGHT(ANON, HIDDEN), SIGHT(NO_MAPPING),
	  PLAIN_FIT, IS(NOVMA_A) },
	{ "memory or the zero page, and nothing", SIGHT(ANON, HIDDEN, .may_be_zero = true),
	  SIGHT(NONE), PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "memory or the zero page, and a guard", SIGHT(ANON, HIDDEN, .may_be_zero = true),
	  SIGHT(GUARD), PLAIN_FIT, IS(UNKNOWN), FOR(FRAMES_HIDDEN) },
	{ "memory or the zero page, unmapped in the other",
	  SIGHT(ANON, HIDDEN, .may_be_zero = true), SIGHT(NO_MAPPING), PLAIN_FIT, IS(UNKNOWN),
	  FOR(FRAMES_HIDDEN) },
	{ "memory or the zero page, and a file page", SIGHT(ANON, HIDDEN, .may_be_zero = true),
	  SIGHT(FILE, HIDDEN), FILE_FIT, IS(DIVERGED_FILE) },
};

static void hidden_frames_are_judged_by_what_bits_can_prove(void **state)
{
	(void)state;
	check_rows(hidden_rows, TEST_COUNT(hidden_rows));
}

/* --- flags of frames ----------------------------------------------------------------------- */

#define KNOWN .flags_known = true

static const struct row flag_rows[] = {
	{ "a slot and a frame, flags not asked yet", SIGHT(SWAP, IN(7)), SIGHT(ANON, IN(FRAME)),
	  PLAIN_FIT, IS(SWAP_FRAME_UNKNOWN), FOR(NO_KPAGEFLAGS), .ask_flags = true },
	{ "a slot and a frame in the swap cache", SIGHT(SWAP, IN(7), KNOWN, .swap_cached = true),
	  SIGHT(ANON, IN(FRAME), KNOWN, .swap_cached = true), PLAIN_FIT, IS(SWAP_FRAME_UNKNOWN),
	  FOR(SWAP_VS_FRAME) },
	{ "a slot and a frame outside the swap cache", SIGHT(SWAP, IN(7), KNOWN),
	  SIGHT(ANON, IN(FRAME), KNOWN), PLAIN_FIT, IS(SWAP_FRAME_DIVERGED) },
	{ "one frame, asked whether merged", SIGHT(ANON, IN(FRAME)), SIGHT(ANON, IN(FRAME)),
	  PLAIN_FIT, IS(SHARED), .ask_flags = true, ASK_MERGED },
	{ "one frame, merged by KSM", SIGHT(ANON, IN(FRAME), KNOWN, .merged = true),
	  SIGHT(ANON, IN(FRAME), KNOWN, .merged = true), PLAIN_FIT, IS(SHARED_KSM), ASK_MERGED },
	{ "one frame, not merged", SIGHT(ANON, IN(FRAME), KNOWN), SIGHT(ANON, IN(FRAME), KNOWN),
	  PLAIN_FIT, IS(SHARED), ASK_MERGED },
	{ "one frame that claims to be mapped once", SIGHT(ANON, IN(FRAME), EXCLUSIVE),
	  SIGHT(ANON, IN(FRAME)), PLAIN_FIT, IS(SHARED), .ask_flags = true },
	{ "the same in a small page is a contradiction", SIGHT(ANON, IN(FRAME), EXCLUSIVE, KNOWN),
	  SIGHT(ANON, IN(FRAME), KNOWN), PLAIN_FIT, IS(UNSTABLE), FOR(KEPT_CHANGING), AGAIN },
	{ "the same in a huge page says nothing",
	  SIGHT(ANON, IN(FRAME), EXCLUSIVE, KNOWN, .compound = true),
	  SIGHT(ANON, IN(FRAME), KNOWN, .compound = true), PLAIN_FIT, IS(SHARED) },
	{ "two frames need no flags", SIGHT(ANON, IN(FRAME), EXCLUSIVE),
	  SIGHT(ANON, IN(OTHER_FRAME)), PLAIN_FIT, IS(DIVERGED), ASK_MERGED },
	{ "hidden frames have no flags", SIGHT(ANON, HIDDEN), SIGHT(ANON, HIDDEN), PLAIN_FIT,
	  IS(UNKNOWN), FOR(FRAMES_HIDDEN), ASK_MERGED },
};

static void flags_are_asked_for_where_they_decide(void **state)
{
	(void)state;
	check_rows(flag_rows, TEST_COUNT(flag_rows));
}

/* --- every combination --------------------------------------------------------------------- */

enum {
	SIGHTS =
		VMSPY_STANDING_COUNT * 2 * 2 * 2 * 3, /* standing, hidden, where, exclusive, huge */
	FLAGS = 5,
};

/* Both sides have the flags of one look-up. */
static struct vmspy_sight sight_number(int number, int flags)
{
	struct vmspy_sight sight = {
		.flags_known = flags > 0,
		.swap_cached = flags == 2,
		.merged = flags == 3,
		.compound = flags == 4,
	};

	sight.standing = (enum vmspy_standing)(number % VMSPY_STANDING_COUNT);
	number /= VMSPY_STANDING_COUNT;
	sight.hidden = number % 2;
	sight.where = number / 2 % 2 ? FRAME : OTHER_FRAME;
	sight.exclusive = number / 4 % 2;
	sight.huge = (enum vmspy_knowledge)(number / 8);
	return sight;
}

typedef void check_pair(const struct vmspy_sight *a, const struct vmspy_sight *b,
			struct vmspy_fit fit, bool ask_merged);

static void for_all_pairs(check_pair *check)
{
	for (int flags = 0; flags < FLAGS; flags++)
		for (int i = 0; i < SIGHTS; i++)
			for (int j = 0; j < SIGHTS; j++)
				for (int rest = 0; rest < 8; rest++) {
					struct vmspy_sight a = sight_number(i, flags);
					struct vmspy_sight b = sight_number(j, flags);
					struct vmspy_fit fit = { rest & 1, rest & 2 };

					check(&a, &b, fit, rest & 4);
				}
}

/* Plain comparisons: millions of cmocka's assertions would take long. */
static void check_mirrored(const struct vmspy_sight *a, const struct vmspy_sight *b,
			   struct vmspy_fit fit, bool ask_merged)
{
	struct vmspy_verdict there = vmspy_verdict_decide(a, b, fit, ask_merged);
	struct vmspy_verdict back = vmspy_verdict_decide(b, a, fit, ask_merged);

	if (there.page_class != mirror(back.page_class) || there.reason != back.reason ||
	    there.ask_flags != back.ask_flags || there.look_again != back.look_again)
		fail_msg("standings %d and %d: %s, turned round %s", a->standing, b->standing,
			 vmspy_class_name(there.page_class), vmspy_class_name(back.page_class));
}

static void swapping_the_sides_mirrors_the_verdict(void **state)
{
	(void)state;
	for_all_pairs(check_mirrored);
}

static void check_reasoned(const struct vmspy_sight *a, const struct vmspy_sight *b,
			   struct vmspy_fit fit, bool ask_merged)
{
	struct vmspy_verdict verdict = vmspy_verdict_decide(a, b, fit, ask_merged);
	bool unknown = vmspy_class_state(verdict.page_class) == VMSPY_STATE_UNKNOWN;

	if (unknown != (verdict.reason != VMSPY_REASON_NONE))
		fail_msg("%s has reason %s", vmspy_class_name(verdict.page_class),
			 vmspy_reason_name(verdict.reason));
	if (verdict.look_again && verdict.page_class != VMSPY_CLASS_UNSTABLE)
		fail_msg("%s is looked at again", vmspy_class_name(verdict.page_class));
	if (verdict.ask_flags && a->flags_known)
		fail_msg("%s asks for flags that are known", vmspy_class_name(verdict.page_class));
}

static void what_is_unknown_has_a_reason_and_nothing_else_has_one(void **state)
{
	(void)state;
	for_all_pairs(check_reasoned);
}

static bool is_private(const struct vmspy_sight *sight)
{
	return sight->standing == VMSPY_STANDING_ANON || sight->standing == VMSPY_STANDING_SWAP;
}

static void check_never_shared(const struct vmspy_sight *a, const struct vmspy_sight *b,
			       struct vmspy_fit fit, bool ask_merged)
{
	struct vmspy_verdict verdict = vmspy_verdict_decide(a, b, fit, ask_merged);

	if (is_private(a) && is_private(b) && (a->hidden || b->hidden) &&
	    vmspy_class_state(verdict.page_class) == VMSPY_STATE_SHARED)
		fail_msg("hidden standings %d and %d are shared", a->standing, b->standing);
}

static void private_memory_that_is_hidden_is_never_called_shared(void **state)
{
	(void)state;
	for_all_pairs(check_never_shared);
}

/* --- words --------------------------------------------------------------------------------- */

static void every_class_has_a_name_of_its_own_and_a_state(void **state)
{
	(void)state;
	for (int i = 0; i < VMSPY_CLASS_COUNT; i++) {
		assert_non_null(vmspy_class_name((enum vmspy_page_class)i));
		assert_in_range(vmspy_class_state((enum vmspy_page_class)i), 0,
				VMSPY_STATE_COUNT - 1);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(vmspy_class_name((enum vmspy_page_class)i),
						vmspy_class_name((enum vmspy_page_class)j));
	}
}

static void every_state_has_the_name_that_scripts_see(void **state)
{
	static const char *const names[] = { "shared", "diverged", "only_a",  "only_b",   "lazy_a",
					     "lazy_b", "separate", "unknown", "uncounted" };

	(void)state;
	assert_int_equal(TEST_COUNT(names), VMSPY_STATE_COUNT);
	for (int i = 0; i < VMSPY_STATE_COUNT; i++)
		assert_string_equal(vmspy_state_name((enum vmspy_state)i), names[i]);
}

static void every_reason_has_the_name_that_scripts_see(void **state)
{
	static const char *const names[] = { "none",       "frames-hidden", "kept-changing",
					     "in-flight",  "swap-vs-frame", "no-kpageflags",
					     "unreadable", "no-rule",       "different-captures" };

	(void)state;
	assert_int_equal(TEST_COUNT(names), VMSPY_REASON_COUNT);
	for (int i = 0; i < VMSPY_REASON_COUNT; i++)
		assert_string_equal(vmspy_reason_name((enum vmspy_reason)i), names[i]);
	assert_null(vmspy_reason_remedy(VMSPY_REASON_NONE));
	assert_non_null(strstr(vmspy_reason_remedy(VMSPY_REASON_FRAMES_HIDDEN), "CAP_SYS_ADMIN"));
	assert_non_null(strstr(vmspy_reason_remedy(VMSPY_REASON_NO_KPAGEFLAGS), "kpageflags"));
}

static void each_class_counts_as_the_manual_says(void **state)
{
	static const struct {
		enum vmspy_state state;
		const char *classes;
	} rows[] = {
		{ VMSPY_STATE_SHARED, " shared shared-ksm shared-file swap-same " },
		{ VMSPY_STATE_DIVERGED, " diverged diverged-file diverged-zero swap-diff"
					" swap-frame-diverged " },
		{ VMSPY_STATE_ONLY_A, " only-A novma-A " },
		{ VMSPY_STATE_ONLY_B, " only-B novma-B " },
		{ VMSPY_STATE_LAZY_A, " lazy-A " },
		{ VMSPY_STATE_LAZY_B, " lazy-B " },
		{ VMSPY_STATE_SEPARATE, " separate remapped " },
		{ VMSPY_STATE_UNKNOWN, " unknown unstable swap-frame-unknown " },
		{ VMSPY_STATE_UNCOUNTED, " zero none guard marker untracked " },
	};
	char word[40];

	(void)state;
	for (int i = 0; i < VMSPY_CLASS_COUNT; i++) {
		enum vmspy_state counted = vmspy_class_state((enum vmspy_page_class)i);

		snprintf(word, sizeof(word), " %s ", vmspy_class_name((enum vmspy_page_class)i));
		assert_int_equal(rows[counted].state, counted);
		assert_non_null(strstr(rows[counted].classes, word));
	}
}

TEST_MAIN(TEST(every_pair_of_visible_pages_has_its_class),
	  TEST(a_page_in_flight_is_looked_at_again),
	  TEST(an_untracked_page_is_untracked_against_anything),
	  TEST(pages_of_a_remapped_address_are_separate),
	  TEST(hidden_frames_are_judged_by_what_bits_can_prove),
	  TEST(flags_are_asked_for_where_they_decide), TEST(swapping_the_sides_mirrors_the_verdict),
	  TEST(what_is_unknown_has_a_reason_and_nothing_else_has_one),
	  TEST(private_memory_that_is_hidden_is_never_called_shared),
	  TEST(every_class_has_a_name_of_its_own_and_a_state),
	  TEST(every_state_has_the_name_that_scripts_see),
	  TEST(every_reason_has_the_name_that_scripts_see),
	  TEST(each_class_counts_as_the_manual_says))

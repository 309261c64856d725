#include "test.h"

#include "format/kpageflags.h"
#include "inspect/page_sums.h"

static void add(struct vmspy_page_sums *sums, enum vmspy_standing standing, uint64_t flags,
		uint64_t pages)
{
	const struct vmspy_page_sum page = {
		.standing = standing,
		.flags_known = standing == VMSPY_STANDING_ANON,
		.flags = flags,
		.pages = pages,
	};

	assert_ok(vmspy_page_sums_add(sums, &page));
}

static void pages_that_are_alike_are_one_sum(void **state)
{
	struct vmspy_page_sums sums = { 0 };

	(void)state;
	add(&sums, VMSPY_STANDING_ANON, 0x5868, 3);
	add(&sums, VMSPY_STANDING_ANON, 0x5868, 4);
	add(&sums, VMSPY_STANDING_SWAP, 0, 1);
	add(&sums, VMSPY_STANDING_ANON, 0x5868, 5);
	assert_int_equal(sums.count, 2);
	assert_int_equal(sums.sum[0].pages, 12);
	assert_int_equal(sums.sum[1].pages, 1);
	assert_int_equal(sums.sum[1].standing, VMSPY_STANDING_SWAP);
	vmspy_page_sums_deinit(&sums);
	assert_null(sums.sum);
}

static void what_stands_otherwise_or_is_not_known_is_another_sum(void **state)
{
	struct vmspy_page_sum unknown = { .standing = VMSPY_STANDING_ANON, .pages = 1 };
	struct vmspy_page_sums sums = { 0 };

	(void)state;
	add(&sums, VMSPY_STANDING_ANON, 0, 1);
	assert_ok(vmspy_page_sums_add(&sums, &unknown));
	add(&sums, VMSPY_STANDING_SWAP, 0, 1);
	add(&sums, VMSPY_STANDING_GUARD, 0, 1);
	assert_int_equal(sums.count, 4);
	vmspy_page_sums_deinit(&sums);
}

/* A target may have as many sets of flags as there are bits that it can set. */
static void ten_thousand_sets_of_flags_are_found_again(void **state)
{
	enum {
		SETS = 10000,
		ROUNDS = 3
	};
	struct vmspy_page_sums sums = { 0 };

	(void)state;
	for (uint64_t round = 0; round < ROUNDS; round++)
		for (uint64_t i = 0; i < SETS; i++)
			add(&sums, VMSPY_STANDING_ANON, i << (i % 2 ? 40 : 0), i + 1);
	assert_int_equal(sums.count, SETS);
	for (uint64_t i = 0; i < SETS; i++) {
		assert_true(sums.sum[i].flags == i << (i % 2 ? 40 : 0));
		assert_int_equal(sums.sum[i].pages, ROUNDS * (i + 1));
	}
	vmspy_page_sums_deinit(&sums);
}

static void a_frame_has_one_use(void **state)
{
	static const struct {
		const char *name;
		uint64_t flags;
		enum vmspy_page_use want;
	} rows[] = {
		{ "private memory", VMSPY_KPF_BIT(12) | VMSPY_KPF_BIT(14), VMSPY_USE_ANON },
		{ "merged", VMSPY_KPF_BIT(12) | VMSPY_KPF_BIT(21), VMSPY_USE_ANON },
		{ "shared memory", VMSPY_KPF_BIT(14), VMSPY_USE_SHMEM },
		{ "a file", VMSPY_KPF_BIT(3) | VMSPY_KPF_BIT(5), VMSPY_USE_FILE },
		{ "the zero page", VMSPY_KPF_BIT(24), VMSPY_USE_OTHER },
		{ "the huge zero page", VMSPY_KPF_BIT(24) | VMSPY_KPF_BIT(22), VMSPY_USE_OTHER },
		{ "the vdso", VMSPY_KPF_BIT(32), VMSPY_USE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name);
		assert_int_equal(vmspy_page_use_of(rows[i].flags), rows[i].want);
	}
}

static void steps_of_sharing_double(void **state)
{
	static const struct {
		uint64_t count, lowest, highest;
	} rows[] = {
		{ 0, 0, 0 },    { 1, 1, 1 },         { 2, 2, 2 },         { 3, 3, 4 },
		{ 4, 3, 4 },    { 5, 5, 8 },         { 8, 5, 8 },         { 9, 9, 16 },
		{ 17, 17, 32 }, { 1000, 513, 1024 }, { 1024, 513, 1024 }, { 1025, 1025, 2048 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		size_t step = vmspy_sharers_step(rows[i].count);

		assert_int_equal(vmspy_sharers_lowest(step), rows[i].lowest);
		assert_int_equal(vmspy_sharers_highest(step), rows[i].highest);
	}
}

static void any_count_has_a_step(void **state)
{
	(void)state;
	assert_int_equal(vmspy_sharers_step(UINT64_MAX), VMSPY_SHARERS_STEPS - 1);
	assert_true(vmspy_sharers_step(UINT32_MAX) < VMSPY_SHARERS_STEPS);
	for (size_t step = 1; step < VMSPY_SHARERS_STEPS; step++)
		assert_int_equal(vmspy_sharers_lowest(step), vmspy_sharers_highest(step - 1) + 1);
}

TEST_MAIN(TEST(pages_that_are_alike_are_one_sum),
	  TEST(what_stands_otherwise_or_is_not_known_is_another_sum),
	  TEST(ten_thousand_sets_of_flags_are_found_again), TEST(a_frame_has_one_use),
	  TEST(steps_of_sharing_double), TEST(any_count_has_a_step))

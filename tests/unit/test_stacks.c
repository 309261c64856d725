#include "test.h"

#include "blame/stacks.h"
#include "compare/pair.h"
#include "fake_space.h"

#define BASE     UINT64_C(0x10000000)
#define AT(page) (BASE + (uint64_t)(page)*FAKE_PAGE)
#define P        VMSPY_PAGEMAP_PRESENT
#define SWAPPED  VMSPY_PAGEMAP_SWAPPED

enum {
	PAGES = 256,
	THREADS = 32,
	STACK_PAGES_MAX = VMSPY_STACK_BYTES_MAX / FAKE_PAGE,
	SIDE_PAGES_MAX = 1024, /* 4 MiB */
};

struct fixture {
	struct fake_machine machine;
	struct fake_space a, b;
	struct vmspy_thread thread_a[THREADS], thread_b[THREADS];
	struct vmspy_pair_options options;
	struct vmspy_pair pair;
	struct vmspy_stacks stacks;
};

/* Both sides have one mapping of 256 pages, all of them there. */
static struct fixture *begin(enum vmspy_mapping_kind kind)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->machine = fake_machine();
	fixture->options.stacks = true;
	fake_init(&fixture->a, &fixture->machine, FAKE_PARENT_PID);
	fake_init(&fixture->b, &fixture->machine, FAKE_CHILD_PID);
	fake_map(&fixture->a, BASE, PAGES)->kind = kind;
	fake_map(&fixture->b, BASE, PAGES)->kind = kind;
	fixture->a.thread = fixture->thread_a;
	fixture->b.thread = fixture->thread_b;
	return fixture;
}

static void end(struct fixture *fixture)
{
	vmspy_stacks_deinit(&fixture->stacks);
	vmspy_pair_deinit(&fixture->pair);
	vmspy_space_close(&fixture->a.space);
	vmspy_space_close(&fixture->b.space);
	free(fixture);
}

/* Pages [from, to): in two frames, or in one. */
static void put(struct fixture *fixture, size_t from, size_t to, bool diverged)
{
	for (size_t page = from; page < to; page++) {
		fake_put(&fixture->a, AT(page), P | (0x1000 + page));
		fake_put(&fixture->b, AT(page), P | ((diverged ? 0x2000 : 0x1000) + page));
	}
}

static void stand(struct fake_space *fake, uint64_t stack_pointer)
{
	struct vmspy_thread *thread =
		(struct vmspy_thread *)(uintptr_t)&fake->thread[fake->thread_count++];

	assert_true(fake->thread_count <= THREADS);
	*thread = (struct vmspy_thread){
		.tid = (pid_t)fake->thread_count,
		.stack_pointer = stack_pointer,
		.registers = { .known = true },
	};
}

static void compare(struct fixture *fixture)
{
	assert_ok(vmspy_pair_compare(&fixture->a.space, &fixture->b.space, &fixture->options,
				     &fixture->pair));
	assert_int_equal(fixture->a.absent_bytes_asked, 0);
	assert_int_equal(fixture->b.absent_bytes_asked, 0);
}

static void attribute(struct fixture *fixture)
{
	compare(fixture);
	assert_ok(vmspy_stacks_find(&fixture->pair, NULL, NULL, &fixture->stacks));
}

static void check_stack(const struct fixture *fixture, size_t index, pid_t tid_a, pid_t tid_b)
{
	const struct vmspy_stack *stack = &fixture->stacks.stack[index];

	assert_true(index < fixture->stacks.count);
	assert_int_equal(stack->thread_a ? stack->thread_a->tid : 0, tid_a);
	assert_int_equal(stack->thread_b ? stack->thread_b->tid : 0, tid_b);
}

/* --- what is kept -------------------------------------------------------------------------- */

static void threads_are_asked_for_only_where_a_stack_diverged(void **state)
{
	static const struct {
		const char *name;
		enum vmspy_mapping_kind kind;
		bool diverged;
		unsigned calls;
	} rows[] = {
		{ "a stack that diverged", VMSPY_KIND_STACK, true, 1 },
		{ "a thread's stack that diverged", VMSPY_KIND_THREAD_STACK, true, 1 },
		{ "memory that may be a stack", VMSPY_KIND_ANON, true, 1 },
		{ "a heap is no stack", VMSPY_KIND_HEAP, true, 0 },
		{ "a stack that is shared", VMSPY_KIND_STACK, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct fixture *fixture = begin(rows[i].kind);

		test_row(rows[i].name);
		put(fixture, 0, PAGES, rows[i].diverged);
		compare(fixture);
		assert_int_equal(fixture->a.threads_calls, rows[i].calls);
		assert_int_equal(fixture->b.threads_calls, rows[i].calls);
		end(fixture);
	}
}

static void bytes_are_kept_from_the_red_zone_to_the_first_page_that_is_not_there(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);
	const struct vmspy_stack_bytes *stack;

	(void)state;
	put(fixture, 0, 20, true);
	fake_put(&fixture->a, AT(20), SWAPPED | 0x40);
	fake_put(&fixture->b, AT(20), SWAPPED | 0x40);
	put(fixture, 21, 30, true);
	stand(&fixture->a, AT(10) + 8);
	stand(&fixture->b, AT(10) + VMSPY_RED_ZONE_BYTES);
	compare(fixture);
	stack = fixture->pair.stacks_a.stack;
	assert_int_equal(stack->start, AT(9));
	assert_int_equal(stack->size_bytes, 11 * FAKE_PAGE);
	stack = fixture->pair.stacks_b.stack;
	assert_int_equal(stack->start, AT(10));
	assert_int_equal(stack->size_bytes, 10 * FAKE_PAGE);
	end(fixture);
}

static void a_red_zone_that_was_never_touched_is_left_alone(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	put(fixture, 10, 20, true);
	stand(&fixture->a, AT(10) + 8);
	compare(fixture);
	assert_int_equal(fixture->pair.stacks_a.stack->start, AT(10));
	assert_int_equal(fixture->pair.stacks_a.stack->size_bytes, 10 * FAKE_PAGE);
	end(fixture);
}

static void a_stack_pointer_on_a_page_that_is_not_there_keeps_nothing(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	fixture->options.content = VMSPY_CONTENT_NONE;
	put(fixture, 10, 20, true);
	stand(&fixture->a, AT(5));
	compare(fixture);
	assert_int_equal(fixture->pair.stacks_a.stack->size_bytes, 0);
	assert_int_equal(fixture->a.bytes_asked, 0);
	end(fixture);
}

static void not_more_than_256_kib_of_a_stack_are_kept(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, AT(0));
	stand(&fixture->b, AT(PAGES) - 8);
	compare(fixture);
	assert_int_equal(fixture->pair.stacks_a.stack->size_bytes, VMSPY_STACK_BYTES_MAX);
	assert_int_equal(fixture->pair.stacks_b.stack->size_bytes, FAKE_PAGE);
	end(fixture);
}

static void not_more_than_4_mib_of_a_side_are_kept(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);
	size_t kept = 0;

	(void)state;
	put(fixture, 0, PAGES, true);
	for (int i = 0; i < THREADS; i++)
		stand(&fixture->a, AT(i));
	compare(fixture);
	for (int i = 0; i < THREADS; i++)
		kept += fixture->pair.stacks_a.stack[i].size_bytes;
	assert_true(kept <= (size_t)SIDE_PAGES_MAX * FAKE_PAGE);
	assert_true(kept > (size_t)(SIDE_PAGES_MAX - STACK_PAGES_MAX) * FAKE_PAGE);
	assert_int_equal(kept, fixture->pair.stacks_a.byte_count);
	end(fixture);
}

static void bytes_are_kept_only_if_they_are_asked_for(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	fixture->options.stacks = false;
	fixture->options.content = VMSPY_CONTENT_NONE;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, AT(4));
	compare(fixture);
	assert_int_equal(fixture->pair.stacks_a.threads.count, 1);
	assert_null(fixture->pair.stacks_a.stack);
	assert_int_equal(fixture->a.bytes_asked, 0);
	end(fixture);
}

static void bytes_that_may_not_be_read_are_not_kept(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	fixture->a.bytes_refused = true;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, AT(4));
	stand(&fixture->b, AT(4));
	compare(fixture);
	assert_int_equal(fixture->pair.stacks_a.stack->size_bytes, 0);
	assert_true(fixture->pair.stacks_b.stack->size_bytes > 0);
	end(fixture);
}

/* --- whose it is --------------------------------------------------------------------------- */

static void a_stack_belongs_to_the_thread_whose_stack_pointer_lies_in_it(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_THREAD_STACK);

	(void)state;
	put(fixture, 0, PAGES - 2, false);
	put(fixture, PAGES - 2, PAGES, true);
	stand(&fixture->a, 0x1000);
	stand(&fixture->a, AT(PAGES) - 16);
	stand(&fixture->b, AT(0) + 16);
	attribute(fixture);
	assert_int_equal(fixture->stacks.count, 1);
	check_stack(fixture, 0, 2, 1);
	assert_int_equal(fixture->stacks.stack[0].start, BASE);
	assert_int_equal(fixture->stacks.stack[0].end, AT(PAGES));
	assert_int_equal(fixture->stacks.stack[0].diverged_pages, 2);
	end(fixture);
}

static void a_stack_that_nobody_stands_on_is_nobodys(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);

	(void)state;
	put(fixture, 0, 4, true);
	stand(&fixture->a, 0);
	attribute(fixture);
	check_stack(fixture, 0, 0, 0);
	end(fixture);
}

static void memory_without_a_stack_pointer_is_no_stack(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_ANON);

	(void)state;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, 0x1000);
	attribute(fixture);
	assert_int_equal(fixture->stacks.count, 0);
	end(fixture);
}

/* A Go heap may hold one: the rest of it is no stack. */
static void of_other_memory_only_what_lies_above_the_stack_pointer_counts(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_ANON);

	(void)state;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, AT(100) + 200);
	attribute(fixture);
	assert_int_equal(fixture->stacks.count, 1);
	check_stack(fixture, 0, 1, 0);
	assert_int_equal(fixture->stacks.stack[0].start, AT(100));
	assert_int_equal(fixture->stacks.stack[0].diverged_pages, STACK_PAGES_MAX);
	end(fixture);
}

static void stacks_in_one_mapping_are_told_apart(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_THREAD_STACK);

	(void)state;
	put(fixture, 0, PAGES, true);
	stand(&fixture->a, AT(200) + 200);
	stand(&fixture->a, AT(40) + 200);
	stand(&fixture->a, AT(100) + 200);
	stand(&fixture->b, AT(110) + 200);
	attribute(fixture);
	assert_int_equal(fixture->stacks.count, 3);
	check_stack(fixture, 0, 2, 0); /* the most pages first */
	check_stack(fixture, 1, 3, 1);
	check_stack(fixture, 2, 1, 0);
	assert_int_equal(fixture->stacks.stack[0].diverged_pages, 100);
	assert_int_equal(fixture->stacks.stack[1].start, AT(100));
	assert_int_equal(fixture->stacks.stack[1].diverged_pages, 100);
	assert_int_equal(fixture->stacks.stack[2].diverged_pages, PAGES - 200);
	end(fixture);
}

static void changed_bytes_are_those_of_the_compared_pages(void **state)
{
	struct fixture *fixture = begin(VMSPY_KIND_STACK);
	struct vmspy_compared_page page[] = {
		{ .address = AT(1), .changed_bytes = 5, .content_index = VMSPY_NO_CONTENT },
		{ .address = AT(2), .changed_bytes = 7, .content_index = VMSPY_NO_CONTENT },
		{ .address = AT(9), .changed_bytes = 9, .content_index = VMSPY_NO_CONTENT },
	};

	(void)state;
	fixture->options.content = VMSPY_CONTENT_NONE;
	put(fixture, 0, 8, true);
	attribute(fixture);
	assert_int_equal(fixture->stacks.stack[0].changed_bytes, UINT64_MAX);
	vmspy_stacks_deinit(&fixture->stacks);
	fixture->pair.compared =
		(struct vmspy_compared_list){ .page = page, .count = TEST_COUNT(page) };
	assert_ok(vmspy_stacks_find(&fixture->pair, NULL, NULL, &fixture->stacks));
	assert_int_equal(fixture->stacks.stack[0].changed_bytes, 12);
	fixture->pair.compared = (struct vmspy_compared_list){ 0 };
	end(fixture);
}

TEST_MAIN(TEST(threads_are_asked_for_only_where_a_stack_diverged),
	  TEST(bytes_are_kept_from_the_red_zone_to_the_first_page_that_is_not_there),
	  TEST(a_red_zone_that_was_never_touched_is_left_alone),
	  TEST(a_stack_pointer_on_a_page_that_is_not_there_keeps_nothing),
	  TEST(not_more_than_256_kib_of_a_stack_are_kept),
	  TEST(not_more_than_4_mib_of_a_side_are_kept),
	  TEST(bytes_are_kept_only_if_they_are_asked_for),
	  TEST(bytes_that_may_not_be_read_are_not_kept),
	  TEST(a_stack_belongs_to_the_thread_whose_stack_pointer_lies_in_it),
	  TEST(a_stack_that_nobody_stands_on_is_nobodys),
	  TEST(memory_without_a_stack_pointer_is_no_stack),
	  TEST(of_other_memory_only_what_lies_above_the_stack_pointer_counts),
	  TEST(stacks_in_one_mapping_are_told_apart),
	  TEST(changed_bytes_are_those_of_the_compared_pages))

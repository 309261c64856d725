#include "test.h"

#include "fake_space.h"
#include "inspect/notes.h"

enum {
	STACKS = 5,
	PAGES = 16,
	OF_HEAP = 0, /* mappings, in their order */
	OF_GUARD,
	OF_STACKS,
	OF_FAR,
	OF_TLS,
};

#define HEAP    UINT64_C(0x10000)
#define GUARD   UINT64_C(0x7f0000000000)
#define STACK   (GUARD + FAKE_PAGE)
#define FAR     UINT64_C(0xff00000000000000) /* as five levels and more allow */
#define FAR_TLS (FAR + 2 * PAGES * FAKE_PAGE)

struct fixture {
	struct fake_machine machine;
	struct fake_space fake;
	struct vmspy_thread thread[STACKS + 2];
	struct vmspy_notes *notes;
};

static struct vmspy_thread thread_at(pid_t tid, uint64_t stack, uint64_t tls)
{
	struct vmspy_thread thread = { .tid = tid, .stack_pointer = stack, .thread_pointer = tls };

	snprintf(thread.comm, sizeof(thread.comm), "t%d", (int)tid);
	return thread;
}

static void map_all(struct fake_space *fake)
{
	fake_map(fake, HEAP, PAGES)->kind = VMSPY_KIND_HEAP;
	fake_map(fake, GUARD, 1)->kind = VMSPY_KIND_GUARD;
	fake_map(fake, STACK, PAGES);
	fake_map(fake, FAR, PAGES);
	fake_map(fake, FAR_TLS, 1);
	fake->mapping[OF_FAR].vma.writable = true;
	fake->mapping[OF_FAR].vma.executable = true;
}

static struct fixture *begin(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->machine = fake_machine();
	fake_init(&fixture->fake, &fixture->machine, FAKE_PARENT_PID);
	map_all(&fixture->fake);
	fixture->fake.thread = fixture->thread;
	return fixture;
}

static void look(struct fixture *fixture, size_t thread_count)
{
	fixture->fake.thread_count = thread_count;
	assert_ok(vmspy_space_load(&fixture->fake.space));
	assert_ok(vmspy_notes_create(&fixture->fake.space, &fixture->notes));
	assert_null(vmspy_notes_of(fixture->notes, OF_FAR));
	assert_ok(vmspy_notes_write(fixture->notes, NULL));
}

static void is_noted(const struct fixture *fixture, size_t index, const char *wanted)
{
	const char *note = vmspy_notes_of(fixture->notes, index);

	assert_string_equal(note ? note : "nothing", wanted);
}

static void end(struct fixture *fixture)
{
	vmspy_notes_destroy(fixture->notes);
	vmspy_space_close(&fixture->fake.space);
	free(fixture);
}

static void stacks_and_tls_are_those_of_the_pointers(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->thread[0] = thread_at(1, STACK + 100, STACK + 5000);
	fixture->thread[1] = thread_at(2, FAR + 100, FAR_TLS);
	fixture->thread[2] = thread_at(3, HEAP, 0);
	look(fixture, 3);
	is_noted(fixture, OF_HEAP, "stack of 3 (t3)");
	is_noted(fixture, OF_GUARD, "guard of the stack of 1 (t1)");
	is_noted(fixture, OF_STACKS, "stack and TLS of 1 (t1)");
	is_noted(fixture, OF_FAR, "w+x; stack of 2 (t2)");
	is_noted(fixture, OF_TLS, "TLS of 2 (t2)");
	end(fixture);
}

static void of_many_threads_three_are_named(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	/* Against the order of their numbers: the guard is that of the lowest. */
	for (int i = 0; i < STACKS; i++)
		fixture->thread[i] =
			thread_at(10 + i, STACK + (uint64_t)(STACKS - i) * FAKE_PAGE, 0);
	fixture->thread[STACKS] = thread_at(20, 0, STACK + 8);
	look(fixture, STACKS + 1);
	is_noted(fixture, OF_STACKS,
		 "stack of 10 (t10), 11 (t11), 12 (t12) and 2 more; TLS of 20 (t20)");
	is_noted(fixture, OF_GUARD, "guard of the stack of 14 (t14)");
	end(fixture);
}

static void a_thread_whose_pointers_are_not_known_is_nowhere(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->thread[0] = thread_at(1, 0, 0);
	fixture->thread[1] =
		thread_at(2, STACK + PAGES * FAKE_PAGE, 0); /* right behind its stack */
	look(fixture, 2);
	is_noted(fixture, OF_HEAP, "nothing");
	is_noted(fixture, OF_GUARD, "nothing");
	is_noted(fixture, OF_STACKS, "nothing");
	is_noted(fixture, OF_FAR, "w+x");
	end(fixture);
}

static void names_of_threads_are_escaped_and_may_be_missing(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->thread[0] = thread_at(1, STACK, 0);
	strcpy(fixture->thread[0].comm, "a\n\033b");
	fixture->thread[1] = thread_at(2, FAR, 0);
	fixture->thread[1].comm[0] = '\0';
	look(fixture, 2);
	is_noted(fixture, OF_STACKS, "stack of 1 (a\\x0a\\x1bb)");
	is_noted(fixture, OF_FAR, "w+x; stack of 2");
	end(fixture);
}

static void what_lies_below_a_reservation_guards_no_stack(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->fake.mapping[OF_GUARD].vma.start -= (uint64_t)2 << 20;
	fixture->thread[0] = thread_at(1, STACK, 0);
	look(fixture, 1);
	is_noted(fixture, OF_GUARD, "nothing");
	end(fixture);
}

TEST_MAIN(TEST(stacks_and_tls_are_those_of_the_pointers), TEST(of_many_threads_three_are_named),
	  TEST(a_thread_whose_pointers_are_not_known_is_nowhere),
	  TEST(names_of_threads_are_escaped_and_may_be_missing),
	  TEST(what_lies_below_a_reservation_guards_no_stack))

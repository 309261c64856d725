#include "test.h"

#include "compare/kin.h"
#include "kernel/procs.h"

enum {
	PARENT = 10,
	CHILD = 20,
	SESSION = 5,
	BORN = 1000, /* when the child was started */
	PROCS_MAX = 16,
};

struct family {
	struct vmspy_proc proc[PROCS_MAX]; /* ascending by pid */
	struct vmspy_proc_list list;
	struct vmspy_kin_list kin;
};

static struct vmspy_proc *add(struct family *family, pid_t pid, uint64_t start_time_ticks)
{
	struct vmspy_proc *proc = &family->proc[family->list.count++];

	assert_true(family->list.count <= PROCS_MAX);
	*proc = (struct vmspy_proc){
		.pid = pid,
		.parent_pid = PARENT,
		.start_time_ticks = start_time_ticks,
		.session_pid = SESSION,
		.forked = true,
	};
	return proc;
}

static void begin(struct family *family)
{
	*family = (struct family){ .list.proc = family->proc };
	add(family, PARENT, 1)->parent_pid = 1;
	add(family, CHILD, BORN);
}

/* ret: "PID:AGE ...", valid until the next call. */
static const char *found(struct family *family)
{
	static const char *const ages[] = { "older", "equal", "younger" };
	static char text[256];
	size_t length = 0;

	assert_ok(vmspy_kin_find(&family->list, PARENT, CHILD, &family->kin));
	text[0] = '\0';
	for (size_t i = 0; i < family->kin.count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%d:%s",
					   i ? " " : "", family->kin.kin[i].pid,
					   ages[family->kin.kin[i].age]);
	free(family->kin.kin);
	return text;
}

static void the_nearest_are_asked_first_older_and_younger_ones_by_turns(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	add(&family, 30, BORN - 300);
	add(&family, 31, BORN - 100);
	add(&family, 32, BORN - 200);
	add(&family, 33, BORN + 200);
	add(&family, 34, BORN + 100);
	assert_string_equal(found(&family), "31:older 34:younger 32:older 33:younger 30:older");
}

static void those_of_the_same_tick_come_last(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	add(&family, 30, BORN);
	add(&family, 31, BORN);
	add(&family, 32, BORN + 500);
	assert_string_equal(found(&family), "32:younger 30:equal 31:equal");
}

static void who_ran_another_program_is_no_kin(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	add(&family, 30, BORN - 1)->forked = false;
	assert_string_equal(found(&family), "");
}

static void children_of_others_are_no_kin(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	add(&family, 30, BORN - 1)->parent_pid = CHILD;
	add(&family, 31, BORN - 1)->parent_pid = 1;
	assert_string_equal(found(&family), "");
}

static void a_session_of_somebody_else_betrays_an_adopted_child(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	add(&family, 30, BORN - 1)->session_pid = 77;
	add(&family, 31, BORN - 1)->session_pid = 31; /* it made its own */
	assert_string_equal(found(&family), "31:older");
	family.proc[1].session_pid = 77; /* the child itself */
	assert_string_equal(found(&family), "");
}

static void without_parent_or_child_there_is_no_kin(void **state)
{
	struct family family;

	(void)state;
	begin(&family);
	family.list.count = 1;
	assert_string_equal(found(&family), "");
	family.list.count = 0;
	assert_string_equal(found(&family), "");
}

TEST_MAIN(TEST(the_nearest_are_asked_first_older_and_younger_ones_by_turns),
	  TEST(those_of_the_same_tick_come_last), TEST(who_ran_another_program_is_no_kin),
	  TEST(children_of_others_are_no_kin),
	  TEST(a_session_of_somebody_else_betrays_an_adopted_child),
	  TEST(without_parent_or_child_there_is_no_kin))

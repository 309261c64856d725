#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "child.h"
#include "space/ops.h"
#include "space/relation.h"

/*
 * A family: 10 has the children 11 and 12, 11 has 13; 20 and 21 are init's; 30 and 31 are each
 * other's parent, as a list that was not made at one instant may say.
 */
static const struct vmspy_proc family[] = {
	{ .pid = 1, .parent_pid = 0 },   { .pid = 10, .parent_pid = 1 },
	{ .pid = 11, .parent_pid = 10 }, { .pid = 12, .parent_pid = 10 },
	{ .pid = 13, .parent_pid = 11 }, { .pid = 20, .parent_pid = 1 },
	{ .pid = 21, .parent_pid = 1 },  { .pid = 30, .parent_pid = 31 },
	{ .pid = 31, .parent_pid = 30 },
};

static struct vmspy_error *list_family(const struct vmspy_space *space, struct vmspy_proc_list *ret)
{
	struct vmspy_proc *proc = malloc(sizeof(family));

	(void)space;
	if (!proc)
		return vmspy_error_no_memory();
	memcpy(proc, family, sizeof(family));
	*ret = (struct vmspy_proc_list){ .proc = proc, .count = sizeof(family) / sizeof(*family) };
	return NULL;
}

static const struct vmspy_space_ops fake_ops = { .processes = list_family };

static struct vmspy_space fake(pid_t pid)
{
	struct vmspy_space space;

	vmspy_space_init(&space, &fake_ops, NULL);
	space.identity.pid = pid;
	return space;
}

static void relations_follow_the_chain_of_parents(void **state)
{
	static const struct {
		pid_t a, b;
		enum vmspy_relation relation;
	} cases[] = {
		{ 10, 11, VMSPY_RELATION_PARENT },     { 11, 10, VMSPY_RELATION_CHILD },
		{ 11, 12, VMSPY_RELATION_SIBLING },    { 10, 13, VMSPY_RELATION_ANCESTOR },
		{ 13, 10, VMSPY_RELATION_DESCENDANT }, { 12, 13, VMSPY_RELATION_UNRELATED },
		{ 20, 21, VMSPY_RELATION_UNRELATED },  { 1, 20, VMSPY_RELATION_PARENT },
		{ 10, 10, VMSPY_RELATION_SAME },       { 30, 10, VMSPY_RELATION_UNRELATED },
		{ 10, 999, VMSPY_RELATION_UNRELATED }, { 998, 999, VMSPY_RELATION_UNRELATED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vmspy_space a = fake(cases[i].a), b = fake(cases[i].b);
		enum vmspy_relation relation;

		assert_true(child_is_done(vmspy_relation_find(&a, &b, &relation)));
		assert_int_equal(relation, cases[i].relation);
	}
}

static void one_pid_at_two_times_is_not_the_same(void **state)
{
	struct vmspy_space a = fake(10), b = fake(10);
	enum vmspy_relation relation;

	(void)state;
	b.identity.start_time_ticks = 1;
	assert_true(child_is_done(vmspy_relation_find(&a, &b, &relation)));
	assert_int_equal(relation, VMSPY_RELATION_UNRELATED);
}

static void relations_have_the_words_of_the_manual(void **state)
{
	(void)state;
	assert_string_equal(vmspy_relation_name(VMSPY_RELATION_PARENT), "parent");
	assert_string_equal(vmspy_relation_name(VMSPY_RELATION_SAME_ADDRESS_SPACE),
			    "same-address-space");
	assert_string_equal(vmspy_relation_name(VMSPY_RELATION_SAME), "same");
}

static struct vmspy_space *load(pid_t pid, const struct vmspy_host *host)
{
	struct vmspy_space *space = NULL;

	assert_true(child_is_done(vmspy_space_open(pid, host, &space)));
	assert_true(child_is_done(vmspy_space_load(space)));
	return space;
}

static void run_sleep(struct child_page *page)
{
	(void)page;
	execl("/bin/sleep", "sleep", "100", (char *)NULL);
}

static bool is_sleep(pid_t pid)
{
	char text[CHILD_STATUS_BYTES];

	return !strncmp(child_status(pid, "Name", text), "sleep\n", 6);
}

static void a_forked_child_runs_the_same_image(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_host host;
	struct vmspy_space *ours, *childs;
	enum vmspy_relation relation;

	(void)state;
	assert_true(child_is_done(vmspy_host_probe(&host)));
	ours = load(getpid(), &host);
	childs = load(child.pid, &host);
	assert_true(vmspy_relation_same_image(ours, childs));
	assert_true(child_is_done(vmspy_relation_find(ours, childs, &relation)));
	assert_int_equal(relation, VMSPY_RELATION_PARENT);
	vmspy_space_close(ours);
	vmspy_space_close(childs);
	child_end(&child);
}

static void another_program_is_another_image(void **state)
{
	struct child child = child_fork(run_sleep);
	struct vmspy_host host;
	struct vmspy_space *ours, *childs;

	(void)state;
	child_wait_until(is_sleep(child.pid));
	assert_true(child_is_done(vmspy_host_probe(&host)));
	ours = load(getpid(), &host);
	childs = load(child.pid, &host);
	assert_false(vmspy_relation_same_image(ours, childs));
	vmspy_space_close(ours);
	vmspy_space_close(childs);
	child_end(&child);
}

static void equal_programs_started_apart_differ_in_their_bounds(void **state)
{
	struct vmspy_space a = fake(10), b = fake(20);

	(void)state;
	a.identity.exe = b.identity.exe = "/bin/same";
	a.layout.bounds = (struct vmspy_mm_bounds){ .known = true, .start_code = 0x1000 };
	b.layout.bounds = a.layout.bounds;
	assert_true(vmspy_relation_same_image(&a, &b));
	b.layout.bounds.start_stack++;
	assert_false(vmspy_relation_same_image(&a, &b));
	b.layout.bounds = a.layout.bounds;
	b.layout.bounds.known = false;
	assert_false(vmspy_relation_same_image(&a, &b));
	b.layout.bounds = a.layout.bounds;
	b.identity.exe = "/bin/other";
	assert_false(vmspy_relation_same_image(&a, &b));
	b.identity.exe = NULL;
	assert_false(vmspy_relation_same_image(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relations_follow_the_chain_of_parents),
		cmocka_unit_test(one_pid_at_two_times_is_not_the_same),
		cmocka_unit_test(relations_have_the_words_of_the_manual),
		cmocka_unit_test(a_forked_child_runs_the_same_image),
		cmocka_unit_test(another_program_is_another_image),
		cmocka_unit_test(equal_programs_started_apart_differ_in_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

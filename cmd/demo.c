/* vmspy demo: the textbook's fork program, run and explained step by step. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "blame/changed.h"
#include "command.h"
#include "compare/pair.h"
#include "demo_family.h"
#include "message.h"
#include "options.h"

#include "base/banned.h"

/* What vmspy sees of the variable's page after a step. */
struct look {
	bool seen; /* the page is there on both sides */
	enum vmspy_page_class page_class;
	uint64_t frame[FAMILY_SIZE];           /* VMSPY_FRAME_NONE: hidden */
	struct vmspy_value value[FAMILY_SIZE]; /* as vmspy reads it, where it differs */
	char name[64];                         /* of the variable that differs; empty: none */
};

struct lesson {
	struct vmspy_host host;
	struct family family;
	struct vmspy_space *space[FAMILY_SIZE];
	bool failed; /* something was not as it is explained */
};

static void lesson_deinit(struct lesson *lesson)
{
	for (int who = 0; who < FAMILY_SIZE; who++)
		vmspy_space_close(lesson->space[who]);
	family_end(&lesson->family);
}

static void guard_modules(struct vmspy_modules **modules)
{
	vmspy_modules_destroy(*modules);
}

/* --- looking ------------------------------------------------------------------------------- */

static struct vmspy_error *look_at_names(const struct lesson *lesson, const struct vmspy_pair *pair,
					 struct look *look)
{
	VMSPY_AUTO(guard_modules) struct vmspy_modules *modules = NULL;
	VMSPY_AUTO(vmspy_changed_list_deinit) struct vmspy_changed_list changed = { 0 };
	struct vmspy_error *err;

	if ((err = vmspy_modules_create(lesson->space[FAMILY_PARENT], &modules)) ||
	    (err = vmspy_changed_find(pair, modules, &changed)))
		return err;
	if (changed.count != 1 || !changed.changed[0].name)
		return NULL;
	snprintf(look->name, sizeof(look->name), "%s", changed.changed[0].name);
	look->value[FAMILY_PARENT] = changed.changed[0].value_a;
	look->value[FAMILY_CHILD] = changed.changed[0].value_b;
	return NULL;
}

/* The same call that `vmspy diff` makes, on the page of the variable alone. */
static struct vmspy_error *look_at_page(const struct lesson *lesson, struct look *ret)
{
	uint64_t page_start = lesson->family.address & ~((uint64_t)lesson->host.page_bytes - 1);
	const struct vmspy_pair_options options = {
		.keep_runs = true,
		.start = page_start,
		.end = page_start + lesson->host.page_bytes,
	};
	VMSPY_AUTO(vmspy_pair_deinit) struct vmspy_pair pair = { 0 };
	struct look look = { 0 };
	struct vmspy_error *err;

	err = vmspy_pair_compare(lesson->space[FAMILY_PARENT], lesson->space[FAMILY_CHILD],
				 &options, &pair);
	if (err)
		return err;
	if (pair.runs.count == 1) {
		look.seen = true;
		look.page_class = pair.runs.run[0].page_class;
		look.frame[FAMILY_PARENT] = pair.runs.run[0].frame_a;
		look.frame[FAMILY_CHILD] = pair.runs.run[0].frame_b;
	}
	if ((err = look_at_names(lesson, &pair, &look)))
		return err;
	*ret = look;
	return NULL;
}

/* --- telling ------------------------------------------------------------------------------- */

static const char *frame_text(uint64_t frame, char text[32])
{
	if (frame == VMSPY_FRAME_NONE)
		return "hidden";
	snprintf(text, 32, "0x%" PRIx64, frame);
	return text;
}

static void print_look(const struct lesson *lesson, const struct look *look)
{
	char parent[32], child[32];

	printf("    vmspy   address 0x%" PRIx64 "\n", lesson->family.address);
	printf("            frame   parent %s, child %s: %s\n",
	       frame_text(look->frame[FAMILY_PARENT], parent),
	       frame_text(look->frame[FAMILY_CHILD], child),
	       look->seen ? vmspy_state_name(vmspy_class_state(look->page_class)) : "not there");
	if (look->name[0])
		printf("            differs %s: parent %s, child %s\n", look->name,
		       look->value[FAMILY_PARENT].text, look->value[FAMILY_CHILD].text);
}

/* What was seen is not what the sentence would say. */
static void expect(struct lesson *lesson, bool as_explained, const char *what)
{
	if (as_explained)
		return;
	say("the lesson does not hold here: %s", what);
	lesson->failed = true;
}

static struct vmspy_error *let_both_speak(struct lesson *lesson, int parent_value, int child_value)
{
	const int expected[FAMILY_SIZE] = { parent_value, child_value };
	struct family_line line;
	struct vmspy_error *err;

	for (int who = 0; who < FAMILY_SIZE; who++) {
		if ((err = family_say(&lesson->family, who, &line)))
			return err;
		printf("    %s\n", line.text);
		expect(lesson, line.value == expected[who], "a process printed another value");
	}
	return NULL;
}

static bool is_state(const struct look *look, enum vmspy_state state)
{
	return look->seen && vmspy_class_state(look->page_class) == state;
}

/* --- the steps ----------------------------------------------------------------------------- */

static struct vmspy_error *step_fork(struct lesson *lesson, struct look *look)
{
	struct vmspy_error *err;

	puts("1   A process sets global_counter to 100 and forks.");
	if ((err = let_both_speak(lesson, 100, 100)) || (err = look_at_page(lesson, look)))
		return err;
	print_look(lesson, look);
	if (lesson->host.frames_visible) {
		expect(lesson, is_state(look, VMSPY_STATE_SHARED),
		       "the page is not shared after fork");
		puts("    fork copied the page table, not the memory: one frame stands behind "
		     "both\n"
		     "    addresses, and the kernel made the page read-only for both.\n");
	} else {
		expect(lesson, is_state(look, VMSPY_STATE_UNKNOWN), "the page could be judged");
		puts("    fork copied the page table, not the memory. That one frame stands behind "
		     "both\n"
		     "    addresses cannot be seen from here: needs CAP_SYS_ADMIN (run with "
		     "sudo).\n");
	}
	return NULL;
}

static struct vmspy_error *step_write(struct lesson *lesson, const struct look *before)
{
	struct look look;
	struct vmspy_error *err;

	puts("2   The child sets global_counter to 200.");
	if ((err = family_set(&lesson->family, FAMILY_CHILD)) ||
	    (err = let_both_speak(lesson, 100, 200)) || (err = look_at_page(lesson, &look)))
		return err;
	print_look(lesson, &look);
	expect(lesson, is_state(&look, VMSPY_STATE_DIVERGED), "the page did not diverge");
	expect(lesson, look.frame[FAMILY_PARENT] == before->frame[FAMILY_PARENT],
	       "the parent's page moved to another frame");
	expect(lesson,
	       !look.name[0] || (!strcmp(look.value[FAMILY_PARENT].text, "100") &&
				 !strcmp(look.value[FAMILY_CHILD].text, "200")),
	       "vmspy read other values than the processes printed");
	puts("    The write met a read-only page: the kernel copied it to a new frame, pointed "
	     "the\n"
	     "    child's page table there, and let the write happen. The parent kept the old "
	     "one.\n"
	     "    The address is still the same in both: it is virtual, the frames are not.");
	if (!lesson->host.frames_visible)
		puts("    The frame numbers are hidden from this user; that there are two is "
		     "proven by\n"
		     "    what can be seen: a page mapped once, or different bytes.");
	return NULL;
}

static struct vmspy_error *teach(struct lesson *lesson)
{
	struct look look;
	struct vmspy_error *err;

	if ((err = vmspy_host_probe(&lesson->host)) || (err = family_begin(&lesson->family)))
		return err;
	for (int who = 0; who < FAMILY_SIZE; who++)
		if ((err = vmspy_space_open(lesson->family.member[who].pid, &lesson->host,
					    &lesson->space[who])))
			return err;
	if ((err = step_fork(lesson, &look)))
		return err;
	return step_write(lesson, &look);
}

static int run_demo(const struct arguments *arguments)
{
	VMSPY_AUTO(lesson_deinit) struct lesson lesson = { .family = FAMILY_NONE };
	struct vmspy_error *err = teach(&lesson);

	(void)arguments;
	if (err)
		return trouble(err);
	return lesson.failed ? STATUS_TROUBLE : STATUS_DONE;
}

const struct command command_demo = {
	.name = "demo",
	.arguments = "",
	.summary = "run the textbook's fork program and explain each step",
	.description =
		"A process forks; parent and child print the same address and the same value; the\n"
		"child writes; they print the same address and different values. After each step\n"
		"vmspy shows the frames behind the address, and says what the kernel did.\n"
		"Exit status: 0, or 2 if it saw something else than it explains.\n",
	.operands_min = 0,
	.operands_max = 0,
	.run = run_demo,
};

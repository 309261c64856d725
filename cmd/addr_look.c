/* vmspy addr: from words to addresses, and what stands there in one process. */
#include "addr.h"

#include "addr_resolve.h"
#include "base/cleanup.h"
#include "kernel/cgroups.h"

#include "base/banned.h"

/* --- one page ------------------------------------------------------------------------------ */

/* What may not be seen is part of the answer; a process that is gone is none. */
static bool is_refusal(const struct vmspy_error *err)
{
	return vmspy_error_kind(err) == VMSPY_ERROR_NOT_PERMITTED ||
	       vmspy_error_kind(err) == VMSPY_ERROR_UNSUPPORTED;
}

struct vmspy_error *addr_look_at(struct vmspy_space *space, uint64_t address, struct addr_side *ret)
{
	struct vmspy_error *err = vmspy_page_facts_read(space, address, &ret->facts);

	if (!err)
		return vmspy_huge_find(space, &ret->facts, &ret->huge);
	if (!is_refusal(err))
		return err;
	ret->refused = err;
	ret->facts = (struct vmspy_page_facts){
		.address = address,
		.mapping = vmspy_layout_find(vmspy_space_layout(space), address),
	};
	return NULL;
}

/* --- the addresses ------------------------------------------------------------------------- */

static bool has_words(const struct addr *addr, enum addr_word_kind kind)
{
	for (size_t i = 0; i < addr->count; i++)
		if (addr->answer[i].word.kind == kind)
			return true;
	return false;
}

static void keep(struct addr *addr, struct addr_answer *answer, struct vmspy_error *err)
{
	if (err)
		failures_add(&addr->failures, answer->word.text, err);
	else
		answer->is_resolved = true;
}

static struct vmspy_error *resolve_names(struct addr *addr)
{
	struct vmspy_error *err;

	for (size_t i = 0; i < addr->count; i++) {
		struct addr_answer *answer = &addr->answer[i];

		answer->address = answer->word.number;
		answer->is_resolved = answer->word.kind == ADDR_NUMBER;
		if (answer->word.kind != ADDR_NAME)
			continue;
		if (!addr->modules[0] &&
		    (err = vmspy_modules_create(addr->space[0], &addr->modules[0])))
			return err;
		keep(addr, answer,
		     addr_resolve_name(addr->modules[0], &answer->word, &answer->address));
	}
	return NULL;
}

/* What is said of registers that cannot be read is said after the release. */
static struct vmspy_error *read_threads(struct addr *addr, struct vmspy_thread_list *ret)
{
	return has_words(addr, ADDR_REGISTER) ? vmspy_space_threads(addr->space[0], ret) : NULL;
}

static struct vmspy_error *resolve_register(const struct addr *addr,
					    const struct vmspy_thread_list *threads,
					    struct addr_answer *answer)
{
	pid_t tid = addr->tid ? addr->tid : vmspy_space_identity(addr->space[0])->pid;

	return addr_resolve_register(threads, tid, &answer->word, &answer->address);
}

/* While it may be held: registers, and the pages of what has an address now. */
static struct vmspy_error *look_at_all(struct addr *addr, struct vmspy_thread_list *threads)
{
	struct vmspy_error *err = read_threads(addr, threads);

	for (size_t i = 0; !err && i < addr->count; i++) {
		struct addr_answer *answer = &addr->answer[i];

		if (answer->word.kind == ADDR_REGISTER) {
			struct vmspy_error *unknown = resolve_register(addr, threads, answer);

			answer->is_resolved = !unknown;
			vmspy_error_destroy(unknown);
		}
		/* With another process beside it each address is looked at in both together. */
		if (answer->is_resolved && !addr->space[1])
			err = addr_look_at(addr->space[0], answer->address, &answer->side[0]);
	}
	return err;
}

static void tell_unknown_registers(struct addr *addr, const struct vmspy_thread_list *threads)
{
	for (size_t i = 0; i < addr->count; i++) {
		struct addr_answer *answer = &addr->answer[i];

		if (answer->word.kind == ADDR_REGISTER && !answer->is_resolved)
			keep(addr, answer, resolve_register(addr, threads, answer));
	}
}

/* Held, it may have other mappings than before: names belong to one reading of them. */
static struct vmspy_error *hold(struct addr *addr)
{
	struct vmspy_error *err;

	vmspy_modules_destroy(addr->modules[0]);
	addr->modules[0] = NULL;
	if ((err = vmspy_space_hold(addr->space[0])))
		return err;
	return vmspy_space_load(addr->space[0]);
}

struct vmspy_error *addr_find_cgroup(struct addr_side *side)
{
	uint64_t inode = side->facts.fact[VMSPY_FRAME_CGROUP];

	if (side->refused || !inode || inode == VMSPY_FACT_UNKNOWN)
		return NULL;
	return vmspy_cgroup_find(inode, &side->cgroup);
}

static struct vmspy_error *find_cgroups(struct addr *addr)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < addr->count; i++)
		if (addr->answer[i].is_resolved)
			err = addr_find_cgroup(&addr->answer[i].side[0]);
	return err;
}

/* Whatever happens, it runs on afterwards. */
static struct vmspy_error *look_and_release(struct addr *addr, struct vmspy_thread_list *threads)
{
	struct vmspy_space *space = addr->space[0];
	bool wants_hold = is_given(addr->arguments, OPTION_HOLD), stood_still;
	struct vmspy_error *err = wants_hold ? hold(addr) : NULL;

	if (!err)
		err = look_at_all(addr, threads);
	stood_still = vmspy_space_is_held(space);
	vmspy_space_release(space);
	if (!err && wants_hold && !stood_still)
		say("'%d' could not be stopped in time (vfork?): it was looked at while it may "
		    "have run",
		    (int)vmspy_space_identity(space)->pid);
	return err;
}

struct vmspy_error *addr_look(struct addr *addr)
{
	VMSPY_AUTO(vmspy_thread_list_deinit) struct vmspy_thread_list threads = { 0 };
	struct vmspy_error *err;

	if ((err = vmspy_space_load(addr->space[0])) || (err = resolve_names(addr)) ||
	    (err = look_and_release(addr, &threads)))
		return err;
	tell_unknown_registers(addr, &threads);
	return addr->space[1] ? vmspy_space_load(addr->space[1]) : find_cgroups(addr);
}

/* --- names --------------------------------------------------------------------------------- */

static struct vmspy_error *find_lines(struct addr *addr, size_t side)
{
	VMSPY_AUTO(vmspy_guard_free)
	uint64_t *addresses = calloc(addr->count + 1, sizeof(*addresses));
	VMSPY_AUTO(vmspy_guard_free)
	struct vmspy_source_line *lines = calloc(addr->count + 1, sizeof(*lines));
	struct vmspy_error *err;
	size_t count = 0;

	if (!addresses || !lines)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < addr->count; i++)
		if (addr->answer[i].is_resolved)
			addresses[count++] = addr->answer[i].address;
	err = vmspy_source_lines_find(addr->modules[side], addresses, count, lines);
	if (err)
		return err;
	count = 0;
	for (size_t i = 0; i < addr->count; i++)
		if (addr->answer[i].is_resolved)
			addr->answer[i].side[side].source = lines[count++];
	return NULL;
}

static struct vmspy_error *name_side(struct addr *addr, size_t side)
{
	struct vmspy_error *err = NULL;

	if (!addr->modules[side])
		err = vmspy_modules_create(addr->space[side], &addr->modules[side]);
	for (size_t i = 0; !err && i < addr->count; i++)
		if (addr->answer[i].is_resolved)
			err = vmspy_spot_find(addr->modules[side], addr->answer[i].address,
					      &addr->answer[i].side[side].spot);
	return err ? err : find_lines(addr, side);
}

struct vmspy_error *addr_name(struct addr *addr)
{
	struct vmspy_error *err = NULL;

	for (size_t side = 0; !err && side < addr_side_count(addr); side++)
		err = name_side(addr, side);
	return err;
}

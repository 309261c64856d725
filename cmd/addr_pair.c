/* vmspy addr --against: one address in two processes, and what diff says of it. */
#include <string.h>

#include "addr.h"
#include "base/cleanup.h"
#include "blame/typed.h"
#include "symbol/lookup.h"

#include "base/banned.h"

enum {
	ATTEMPTS = 4,                /* where the kernel moves a page between two looks */
	MEMBERS_MAX = 256,           /* of the variable */
	VARIABLE_BYTES_MAX = 1 << 20 /* a larger one is compared on the page of the address alone */
};

void addr_pair_deinit(struct addr_pair *pair)
{
	vmspy_typed_list_deinit(&pair->typed);
	vmspy_changed_list_deinit(&pair->changed);
	vmspy_pair_deinit(&pair->pair);
	vmspy_space_close(pair->space[0]);
	vmspy_space_close(pair->space[1]);
}

/* --- the variable at the address ----------------------------------------------------------- */

/* ret_found: whether a variable lies there. */
static struct vmspy_error *find_variable(struct vmspy_modules *modules, uint64_t address,
					 struct vmspy_symbol *ret, bool *ret_found)
{
	VMSPY_AUTO(vmspy_symbol_list_deinit) struct vmspy_symbol_list list = { 0 };
	struct vmspy_error *err = vmspy_symbols_in(modules, address, address + 1, &list);

	*ret_found = false;
	for (size_t i = 0; !err && !*ret_found && i < list.count; i++)
		if (list.symbol[i].name) {
			*ret = list.symbol[i];
			*ret_found = true;
		}
	return err;
}

/* The value of a variable that is equal on both sides, or could not be compared. */
static struct vmspy_value value_of(const struct vmspy_pair *pair, bool of_b,
				   const struct vmspy_symbol *symbol)
{
	const struct vmspy_kept_side *side = of_b ? &pair->kept.b : &pair->kept.a;
	uint64_t page_bytes = pair->runs.page_bytes, offset = symbol->start - pair->kept.address;

	if (!side->bytes || symbol->start < pair->kept.address || offset >= page_bytes)
		return (struct vmspy_value){ 0 };
	return vmspy_value_format(side->bytes + offset, page_bytes - offset, symbol->size_bytes);
}

/* ret: how many bytes of it differ, where all of it is on the page that was kept. */
static uint64_t changed_bytes_of(const struct vmspy_pair *pair, const struct vmspy_symbol *symbol)
{
	const struct vmspy_kept_page *kept = &pair->kept;
	uint64_t page_bytes = pair->runs.page_bytes, offset = symbol->start - kept->address;
	uint64_t changed = 0;

	if (!kept->a.bytes || !kept->b.bytes || symbol->start < kept->address ||
	    offset >= page_bytes || symbol->size_bytes > page_bytes - offset)
		return VMSPY_CHANGED_UNKNOWN;
	for (uint64_t i = offset; i < offset + symbol->size_bytes; i++)
		changed += kept->a.bytes[i] != kept->b.bytes[i];
	return changed;
}

static void take_plain(struct addr_pair *ret, const struct vmspy_symbol *symbol)
{
	ret->variable = (struct vmspy_changed){
		.name = symbol->name,
		.section = symbol->section,
		.object = symbol->object,
		.start = symbol->start,
		.size_bytes = symbol->size_bytes,
		.changed_bytes = changed_bytes_of(&ret->pair, symbol),
		.value_a = value_of(&ret->pair, false, symbol),
		.value_b = value_of(&ret->pair, true, symbol),
	};
	ret->has_variable = true;
}

/* Of all variables on those pages, the one at the address; its type as diff finds it. */
static struct vmspy_error *take_variable(struct vmspy_modules *modules,
					 const struct vmspy_symbol *symbol, struct addr_pair *ret)
{
	struct vmspy_changed_list only = { .count = 1 };
	struct vmspy_error *err = vmspy_changed_find(&ret->pair, modules, &ret->changed);
	size_t i = 0;

	while (i < ret->changed.count &&
	       (!ret->changed.changed[i].name || ret->changed.changed[i].start != symbol->start))
		i++;
	if (err || i == ret->changed.count) {
		take_plain(ret, symbol);
		return err;
	}
	ret->variable = ret->changed.changed[i];
	ret->has_variable = true;
	only.changed = &ret->changed.changed[i];
	if ((err = vmspy_typed_find(&ret->pair, modules, &only, MEMBERS_MAX, &ret->typed)))
		return err;
	for (i = 0; i < ret->typed.note_count; i++)
		say("%s", ret->typed.note[i]);
	ret->type = ret->typed.count ? &ret->typed.typed[0] : NULL;
	return NULL;
}

/* --- both pages ---------------------------------------------------------------------------- */

static struct vmspy_error *open_both(const struct addr *addr, struct addr_pair *ret)
{
	struct vmspy_error *err = NULL;

	for (size_t side = 0; !err && side < 2; side++)
		err = vmspy_space_open(vmspy_space_identity(addr->space[side])->pid, &addr->host,
				       &ret->space[side]);
	return err;
}

/* A process can be held once, also under two names. */
static struct vmspy_error *hold_both(const struct addr *addr, struct addr_pair *ret, bool is_one)
{
	struct vmspy_error *err;

	if (!is_given(addr->arguments, OPTION_HOLD))
		return NULL;
	if ((err = vmspy_space_hold(ret->space[0])))
		return err;
	return is_one ? NULL : vmspy_space_hold(ret->space[1]);
}

static struct vmspy_error *look_at_both(struct addr_answer *answer, struct addr_pair *ret)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < 2; i++) {
		struct addr_side *side = &answer->side[i];

		vmspy_error_destroy(side->refused);
		side->refused = NULL;
		if (!(err = vmspy_space_load(ret->space[i])))
			err = addr_look_at(ret->space[i], answer->address, side);
	}
	return err;
}

/*
 * The comparison loads both again and lets them go. Where they are strangers, whether they have
 * anything in common can only be told from all their pages.
 */
static struct vmspy_error *judge(const struct addr *addr, const struct vmspy_pair_options *narrow,
				 struct addr_pair *ret)
{
	struct vmspy_pair_options options = *narrow;
	struct vmspy_error *err;

	options.no_hold = !is_given(addr->arguments, OPTION_HOLD);
	err = vmspy_pair_compare(ret->space[0], ret->space[1], &options, &ret->pair);
	if (err || !ret->pair.no_common_origin)
		return err;
	vmspy_pair_deinit(&ret->pair);
	options.start = options.end = 0;
	return vmspy_pair_compare(ret->space[0], ret->space[1], &options, &ret->pair);
}

/* Mappings belong to the last load. */
static void find_mappings(struct addr_answer *answer, const struct addr_pair *pair)
{
	for (size_t side = 0; side < 2; side++)
		answer->side[side].facts.mapping =
			vmspy_layout_find(vmspy_space_layout(pair->space[side]), answer->address);
}

static struct vmspy_pair_options options_for(uint64_t address, const struct vmspy_symbol *variable)
{
	struct vmspy_pair_options options = {
		.keep_runs = true,
		.content = VMSPY_CONTENT_ALL,
		.kept_page = address | 1, /* any byte of the page will do, and 0 would be none */
		.start = address,
		.end = address + !!(address + 1),
	};

	if (variable && variable->size_bytes <= VARIABLE_BYTES_MAX) {
		options.start = variable->start;
		options.end = variable->start + variable->size_bytes;
	}
	return options;
}

/* Whether the page was judged in the frame that it was seen in. */
static bool is_of_one_moment(const struct addr_side *side, const struct vmspy_kept_side *kept)
{
	return side->refused || side->facts.page.place != VMSPY_PAGE_IN_FRAME ||
	       kept->frame == VMSPY_FRAME_NONE || side->facts.page.frame == kept->frame;
}

static struct vmspy_error *look_and_judge(const struct addr *addr, struct addr_answer *answer,
					  const struct vmspy_pair_options *options,
					  struct addr_pair *ret)
{
	const struct vmspy_kept_page *kept = &ret->pair.kept;
	enum vmspy_relation relation;
	struct vmspy_error *err;
	bool is_one;

	if ((err = vmspy_relation_find(ret->space[0], ret->space[1], &relation)))
		return err;
	is_one = relation == VMSPY_RELATION_SAME || relation == VMSPY_RELATION_SAME_ADDRESS_SPACE;
	for (int i = 0; !err && i < ATTEMPTS; i++) {
		vmspy_pair_deinit(&ret->pair);
		if ((err = hold_both(addr, ret, is_one)) || (err = look_at_both(answer, ret)) ||
		    (err = judge(addr, options, ret)))
			return err;
		if (is_of_one_moment(&answer->side[0], &kept->a) &&
		    is_of_one_moment(&answer->side[1], &kept->b))
			break;
	}
	vmspy_space_release(ret->space[0]);
	find_mappings(answer, ret);
	return NULL;
}

struct vmspy_error *addr_compare(struct addr *addr, struct addr_answer *answer,
				 struct addr_pair *ret)
{
	struct vmspy_pair_options options;
	struct vmspy_symbol symbol;
	struct vmspy_error *err;
	bool is_variable;

	if ((err = find_variable(addr->modules[0], answer->address, &symbol, &is_variable)) ||
	    (err = open_both(addr, ret)))
		return err;
	options = options_for(answer->address, is_variable ? &symbol : NULL);
	if ((err = look_and_judge(addr, answer, &options, ret)) ||
	    (err = addr_find_cgroup(&answer->side[0])) ||
	    (err = addr_find_cgroup(&answer->side[1])))
		return err;
	if (!is_variable || vmspy_pair_is_one_space(&ret->pair))
		return NULL;
	return take_variable(addr->modules[0], &symbol, ret);
}

/* --- the verdict --------------------------------------------------------------------------- */

static const struct vmspy_run *find_run(const struct vmspy_run_list *runs, uint64_t address)
{
	for (size_t i = 0; i < runs->count; i++)
		if (address >= runs->run[i].start && address < vmspy_run_end(runs, &runs->run[i]))
			return &runs->run[i];
	return NULL;
}

static struct vmspy_verdict_row words_of(enum vmspy_page_class page_class, enum vmspy_reason reason)
{
	return (struct vmspy_verdict_row){
		.state = vmspy_state_name(vmspy_class_state(page_class)),
		.page_class = vmspy_class_name(page_class),
		.reason = reason ? vmspy_reason_name(reason) : NULL,
		.remedy = reason ? vmspy_reason_remedy(reason) : NULL,
	};
}

/* A run knows more than the page alone: what was merged, who left. Nobody's memory has none. */
struct vmspy_verdict_row addr_verdict_of(const struct addr_pair *pair)
{
	const struct vmspy_kept_page *kept = &pair->pair.kept;
	const struct vmspy_run *run = find_run(&pair->pair.runs, kept->address);
	struct vmspy_verdict_row verdict;

	if (vmspy_pair_is_one_space(&pair->pair) || !kept->interval)
		return (struct vmspy_verdict_row){ 0 };
	if (!run || kept->page_class == VMSPY_CLASS_UNSTABLE)
		return words_of(kept->page_class, kept->reason);
	verdict = words_of(run->page_class, run->reason);
	verdict.left = vmspy_left_name(run->left);
	verdict.left_source = vmspy_left_source_name(run->left_source);
	return verdict;
}

/* vmspy addr: all that can be said of one address. */
#include "addr.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/scan.h"
#include "command.h"
#include "target.h"

#include "base/banned.h"

/* --- asking -------------------------------------------------------------------------------- */

static struct vmspy_error *parse_tid(const char *word, pid_t *ret)
{
	struct vmspy_scan scan;
	uint64_t number;

	*ret = 0;
	if (!word)
		return NULL;
	scan = vmspy_scan_over(word, strlen(word));
	if (!vmspy_scan_decimal(&scan, &number) || scan.at != scan.end || !number ||
	    number > INT_MAX)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "'%s' is no tid", word);
	*ret = (pid_t)number;
	return NULL;
}

/* Bad words are told before any process is touched. */
static struct vmspy_error *parse_arguments(struct addr *addr)
{
	const struct arguments *arguments = addr->arguments;
	struct vmspy_error *err;

	if ((err = output_choose(arguments, &addr->output)) ||
	    (err = parse_tid(arguments->value[OPTION_TID], &addr->tid)))
		return err;
	addr->answer = calloc(arguments->operand_count, sizeof(*addr->answer));
	if (!addr->answer)
		return vmspy_error_no_memory();
	addr->count = arguments->operand_count - 1;
	for (size_t i = 0; !err && i < addr->count; i++)
		err = addr_word_parse(arguments->operand[i + 1], &addr->answer[i].word);
	return err;
}

static void side_deinit(struct addr_side *side)
{
	vmspy_error_destroy(side->refused);
	free(side->cgroup);
	vmspy_spot_deinit(&side->spot);
	vmspy_source_line_deinit(&side->source);
}

static void addr_deinit(struct addr *addr)
{
	for (size_t i = 0; i < addr->count; i++) {
		side_deinit(&addr->answer[i].side[0]);
		side_deinit(&addr->answer[i].side[1]);
	}
	free(addr->answer);
	for (size_t side = 0; side < 2; side++) {
		vmspy_modules_destroy(addr->modules[side]);
		vmspy_space_close(addr->space[side]);
	}
	failures_deinit(&addr->failures);
}

static struct vmspy_error *open_targets(struct addr *addr)
{
	const struct arguments *arguments = addr->arguments;
	struct vmspy_error *err = vmspy_host_probe(&addr->host);

	if (err || (err = target_open(arguments->operand[0], &addr->host, &addr->space[0])))
		return err;
	if (!is_given(arguments, OPTION_AGAINST))
		return NULL;
	return target_open(arguments->value[OPTION_AGAINST], &addr->host, &addr->space[1]);
}

/* --- telling ------------------------------------------------------------------------------- */

/* The state of a page, or what is said of both, is not known. */
static bool is_partial(const struct addr *addr, const struct addr_answer *answer)
{
	for (size_t side = 0; side < addr_side_count(addr); side++) {
		const struct addr_side *seen = &answer->side[side];

		if (seen->refused || !seen->facts.is_settled ||
		    seen->facts.page.place == VMSPY_PAGE_SWAP_HIDDEN)
			return true;
	}
	return false;
}

static bool is_unknown(const struct addr_pair *pair)
{
	const char *state = addr_verdict_of(pair).state;

	return state && !strcmp(state, vmspy_state_name(VMSPY_STATE_UNKNOWN));
}

static struct vmspy_error *answer_one(struct addr *addr, struct addr_answer *answer)
{
	VMSPY_AUTO(addr_pair_deinit) struct addr_pair pair = { 0 };
	bool has_pair = addr->space[1];
	struct vmspy_error *err = has_pair ? addr_compare(addr, answer, &pair) : NULL;

	if (err)
		return err;
	if (!addr->render && (err = addr_print_begin(addr)))
		return err;
	if (is_partial(addr, answer) || (has_pair && is_unknown(&pair)))
		addr->is_partial = true;
	addr_print(addr, answer, has_pair ? &pair : NULL);
	addr->has_printed = true;
	return NULL;
}

static struct vmspy_error *answer_all(struct addr *addr)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < addr->count; i++)
		if (addr->answer[i].is_resolved)
			err = answer_one(addr, &addr->answer[i]);
	if (err && addr->render) {
		render_fail(addr->render, err);
		err = NULL;
	}
	return err ? err : addr_print_end(addr);
}

static int run_addr(const struct arguments *arguments)
{
	VMSPY_AUTO(addr_deinit) struct addr addr = { .arguments = arguments };
	struct vmspy_error *err;
	int status;

	if ((err = parse_arguments(&addr)) || (err = open_targets(&addr)) ||
	    (err = addr_look(&addr)) || (err = addr_name(&addr)) || (err = answer_all(&addr)))
		return trouble(err);
	status = failures_status(&addr.failures, addr.count);
	return status == STATUS_DONE && addr.is_partial ? STATUS_PART : status;
}

static const struct command_table tables[] = {
	{ "addresses", vmspy_address_columns, 0 },
	{ 0 },
};

const struct command command_addr = {
	.name = "addr",
	.arguments = "TARGET ADDRESS...",
	.summary = "explain an address, down to its frame",
	.description =
		"What is at an address of a process: its mapping and the neighbours, section,\n"
		"symbol and source line, the indices of the page tables, and the page: its frame,\n"
		"flags, how often it is mapped, or where it is instead. ADDRESS is a number\n"
		"(0x7f21a0000000), a symbol (environ, libc.so.6:environ, table+0x10), a place in\n"
		"a file by its own numbering (libc.so.6+0x1234), or a register ($sp, $pc). The\n"
		"process is not stopped unless --hold is given.\n",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_AGAINST) | OPTION_BIT(OPTION_TID) |
		   OPTION_BIT(OPTION_HOLD),
	.operands_min = 2,
	.operands_max = OPERANDS_ANY,
	.tables = tables,
	.run = run_addr,
};

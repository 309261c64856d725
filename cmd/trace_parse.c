/* vmspy trace: what was asked for. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "duration.h"
#include "limit.h"
#include "trace.h"

#include "base/banned.h"

static struct vmspy_error *bad(const char *what, const char *word, const char *remedy)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "cannot %s '%s' (%s)", what, word, remedy);
}

static const struct {
	const char *word;
	enum vmspy_call_graph how;
} call_graphs[] = {
	{ "fp", VMSPY_CALL_GRAPH_FP },
	{ "dwarf", VMSPY_CALL_GRAPH_DWARF },
	{ "none", VMSPY_CALL_GRAPH_NONE },
};

static struct vmspy_error *parse_call_graph(struct tracing *tracing)
{
	const char *word = tracing->arguments->value[OPTION_CALL_GRAPH];

	tracing->options.call_graph = VMSPY_CALL_GRAPH_FP;
	if (!word)
		return NULL;
	for (size_t i = 0; i < sizeof(call_graphs) / sizeof(call_graphs[0]); i++)
		if (!strcmp(word, call_graphs[i].word)) {
			tracing->options.call_graph = call_graphs[i].how;
			return NULL;
		}
	return bad("follow calls by", word, "fp, dwarf or none");
}

static struct vmspy_error *parse_depth(struct tracing *tracing)
{
	const char *word = tracing->arguments->value[OPTION_DEPTH];
	unsigned long depth;
	char *end;

	tracing->options.depth_max = UINT_MAX;
	if (!word)
		return NULL;
	depth = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || depth >= UINT_MAX)
		return bad("follow to depth", word, "a number of generations: 0 follows no child");
	tracing->options.depth_max = (unsigned)depth;
	return NULL;
}

static struct vmspy_error *parse_ring(struct tracing *tracing)
{
	enum {
		LEAST_BYTES = 4096
	};
	static const double most_bytes = 1 << 30;
	const char *word = tracing->arguments->value[OPTION_RING];
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	struct limit size;
	size_t bytes;

	if (!word)
		return NULL;
	if ((err = limit_parse(word, &size)) || size.unit != LIMIT_BYTES ||
	    size.amount < LEAST_BYTES || size.amount > most_bytes)
		return bad("have a ring of", word, "a size from 4K to 1G, like 8M");
	bytes = (size_t)size.amount;
	if (bytes & (bytes - 1))
		return bad("have a ring of", word, "a power of two, like 8M");
	tracing->options.ring_bytes = bytes;
	return NULL;
}

/* A target, or a command behind `--`, but not both. */
static struct vmspy_error *parse_operands(struct tracing *tracing)
{
	const struct arguments *arguments = tracing->arguments;
	size_t behind = arguments->operand_count - arguments->before_end_count;

	if (behind && arguments->before_end_count)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "cannot trace '%s' and a command at once",
					  arguments->operand[0]);
	if (arguments->before_end_count > 1)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "too many arguments: one TARGET (to run a command: vmspy "
					  "trace -- COMMAND)");
	if (!behind)
		return NULL;
	/* There is room: `--` stood among them. */
	tracing->command = arguments->operand;
	tracing->command[arguments->operand_count] = NULL;
	return NULL;
}

/* Columns of what is not told are of no use to people. */
static void choose_columns(struct tracing *tracing)
{
	bool is_json = tracing->output.style.format == RENDER_JSON;

	if (!tracing->options.faults)
		vmspy_selection_trim(&tracing->output.columns,
				     is_json ? VMSPY_NEED_EFFECT : VMSPY_NEED_FAULTS);
}

static struct vmspy_error *parse_rest(struct tracing *tracing)
{
	const struct arguments *arguments = tracing->arguments;
	const char *duration = arguments->value[OPTION_DURATION];
	const char *filter = arguments->value[OPTION_FILTER];
	const char *summary = arguments->value[OPTION_SUMMARY];
	struct vmspy_error *err;

	tracing->duration_ns = UINT64_MAX;
	tracing->options.faults = is_given(arguments, OPTION_FAULTS);
	tracing->options.no_events = is_given(arguments, OPTION_NO_EVENTS);
	tracing->path = arguments->value[OPTION_WRITE];
	if (summary)
		return bad("sum copies up by", summary, "all sums are told");
	if (is_given(arguments, OPTION_SUMMARY) && is_given(arguments, OPTION_RAW))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "options '--summary' and '--raw' exclude each other");
	if (duration && (err = duration_parse(duration, &tracing->duration_ns)))
		return err;
	return filter ? vmspy_filter_parse(vmspy_copy_columns, filter, 1, &tracing->filter) : NULL;
}

struct vmspy_error *trace_parse(struct tracing *tracing)
{
	struct vmspy_error *err;

	if ((err = output_choose(tracing->arguments, &tracing->output)) ||
	    (err = parse_operands(tracing)) || (err = parse_call_graph(tracing)) ||
	    (err = parse_depth(tracing)) || (err = parse_ring(tracing)) ||
	    (err = parse_rest(tracing)))
		return err;
	choose_columns(tracing);
	return NULL;
}

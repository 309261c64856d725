/* vmspy trace: what it comes to. */
#include <inttypes.h>
#include <langinfo.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/human.h"
#include "command.h"
#include "trace.h"

#include "base/banned.h"

enum {
	ROWS_SHOWN = 10,
	STEPS = 8,
};

static struct vmspy_trace_totals_row totals_of(const struct tracing *tracing)
{
	const struct vmspy_trace_sums *sums = &tracing->sums;
	struct vmspy_trace_totals totals = vmspy_trace_totals(tracing->trace);
	struct vmspy_trace_totals_row row = {
		.copies = sums->copies,
		.copied_bytes = sums->bytes,
		.lost_events = totals.lost_events,
		.unseen_processes = totals.unseen_processes,
		.at_least = totals.at_least,
		.migrations = totals.migrations,
	};

	memcpy(row.by_writer, sums->by_writer, sizeof(row.by_writer));
	return row;
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void print_object(struct render *render, const char *key, const struct vmspy_column *columns,
			 const void *row)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_JSON);

	render_object(render, key, &selection, row);
}

static void print_sums(const struct tracing *tracing, struct render *render, enum vmspy_trace_by by)
{
	const struct vmspy_trace_table *table = &tracing->sums.by[by];

	render_open_array(render, vmspy_trace_sum_key(by));
	for (size_t i = 0; i < table->count; i++)
		print_object(render, NULL, vmspy_trace_sum_columns(by), &table->sum[i]);
	render_close(render);
}

static void print_rate(const struct vmspy_trace_rate *rate, struct render *render)
{
	render_open_array(render, "rate");
	for (size_t i = 0; i < rate->count; i++)
		print_object(render, NULL, vmspy_trace_rate_columns, &rate->bucket[i]);
	render_close(render);
}

static void print_command(const struct tracing *tracing, struct render *render)
{
	int status = tracing->target_status;
	char signal[VMSPY_SIGNAL_NAME_MAX];
	struct vmspy_trace_command_row row = {
		.pid = (uint64_t)tracing->options.pid,
		.exited = VMSPY_UNKNOWN,
	};

	if (tracing->has_ended && WIFEXITED(status))
		row.exited = (uint64_t)WEXITSTATUS(status);
	if (tracing->has_ended && WIFSIGNALED(status)) {
		vmspy_signal_name(WTERMSIG(status), signal);
		row.signal = signal;
	}
	print_object(render, "command", vmspy_trace_command_columns,
		     tracing->command ? &row : NULL);
}

static void print_json(const struct tracing *tracing, struct render *render)
{
	struct vmspy_trace_totals_row totals = totals_of(tracing);
	struct vmspy_trace_end_row row = {
		.event = "summary",
		.time_ns = tracing->end_ns,
		.duration_ns = tracing->end_ns - tracing->begin_ns,
	};
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_trace_end_columns, VMSPY_SHOW_JSON);

	render_open_object(render, NULL);
	render_members(render, &columns, &row);
	print_object(render, "totals", vmspy_trace_totals_columns, &totals);
	for (enum vmspy_trace_by by = 0; by < VMSPY_BY_COUNT; by++)
		print_sums(tracing, render, by);
	print_rate(&tracing->sums.rate, render);
	print_command(tracing, render);
	render_close(render);
}

/* --- for people ---------------------------------------------------------------------------- */

/* A bar for each stretch of time, as high as its part of the busiest. */
static void print_sparkline(const struct vmspy_trace_rate *rate, struct render *render)
{
	static const char *const bars[STEPS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[STEPS + 1] = { " ", ".", ":", "-", "=", "+", "*", "%", "#" };
	bool is_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	char line[VMSPY_RATE_BUCKETS * sizeof("▁")] = "", bucket[VMSPY_HUMAN_MAX],
				       peak[VMSPY_HUMAN_MAX];
	uint64_t most = 0;
	char *at = line;

	for (size_t i = 0; i < rate->count; i++)
		most = rate->bucket[i].copies > most ? rate->bucket[i].copies : most;
	for (size_t i = 0; most && i < rate->count; i++) {
		uint64_t step = (rate->bucket[i].copies * STEPS + most - 1) / most;

		at = stpcpy(at, is_utf8 ? bars[step] : plain[step]);
	}
	if (!most)
		return;
	vmspy_human_duration(rate->bucket_ns, bucket);
	vmspy_human_count(most, peak);
	render_line(render, "  rate        %s  at most %s in %s", line, peak, bucket);
}

/* What people must know to trust the numbers. */
static void print_caveats(const struct vmspy_trace_totals_row *totals, struct render *render)
{
	if (totals->lost_events)
		render_line(render,
			    "  lost        %" PRIu64
			    " events found no room in a ring (--ring): their "
			    "copies are among the unobserved",
			    totals->lost_events);
	if (totals->unseen_processes)
		render_line(render,
			    "  unseen      %" PRIu64 " processes ended before a last look at them",
			    totals->unseen_processes);
	if (totals->migrations)
		render_line(render,
			    "  moved       %" PRIu64
			    " pages of this machine by the kernel meanwhile",
			    totals->migrations);
}

static void print_totals(const struct tracing *tracing, struct render *render)
{
	struct vmspy_trace_totals_row totals = totals_of(tracing);
	char count[VMSPY_HUMAN_MAX], size[VMSPY_HUMAN_MAX], time[VMSPY_HUMAN_MAX];

	vmspy_human_count(totals.copies, count);
	vmspy_human_size(totals.copied_bytes, size);
	vmspy_human_duration(tracing->end_ns - tracing->begin_ns, time);
	render_line(render, "  copies      %s%s, %s, in %s", totals.at_least ? "at least " : "",
		    count, size, time);
	for (enum vmspy_writer writer = 0; writer < VMSPY_WRITER_COUNT; writer++) {
		vmspy_human_count(totals.by_writer[writer], count);
		if (totals.by_writer[writer])
			render_line(render, "  %-10s  %s", vmspy_writer_name(writer), count);
	}
	print_sparkline(&tracing->sums.rate, render);
	print_caveats(&totals, render);
}

static void print_table(const struct tracing *tracing, struct render *render,
			enum vmspy_trace_by by)
{
	const struct vmspy_trace_table *table = &tracing->sums.by[by];
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_trace_sum_columns(by), VMSPY_SHOW_TEXT);

	if (!table->count)
		return;
	render_line(render, "%s", "");
	render_table_begin(render, NULL, &columns);
	for (size_t i = 0; i < table->count && i < ROWS_SHOWN; i++)
		render_row(render, &table->sum[i]);
	render_table_end(render);
	if (table->count > ROWS_SHOWN)
		render_line(render, "%zu more (--json tells all)", table->count - ROWS_SHOWN);
}

static void print_end_of_command(const struct tracing *tracing, struct render *render)
{
	int status = tracing->target_status;
	char signal[VMSPY_SIGNAL_NAME_MAX];

	if (!tracing->command || !tracing->has_ended)
		return;
	if (WIFSIGNALED(status)) {
		vmspy_signal_name(WTERMSIG(status), signal);
		render_line(render, "  command     was ended by %s", signal);
		return;
	}
	render_line(render, "  command     exited with %d", WEXITSTATUS(status));
}

static void print_text(const struct tracing *tracing, struct render *render)
{
	if (!is_given(tracing->arguments, OPTION_SUMMARY))
		render_line(render, "%s", "");
	print_totals(tracing, render);
	print_end_of_command(tracing, render);
	for (enum vmspy_trace_by by = 0; by < VMSPY_BY_COUNT; by++)
		print_table(tracing, render, by);
}

/* Where nothing has been printed yet it begins with who was traced. */
static struct vmspy_error *begin_summary(const struct tracing *tracing, FILE *out,
					 struct render **ret)
{
	struct render_style style = tracing->output.style;
	bool has_begun = !tracing->file && !is_given(tracing->arguments, OPTION_SUMMARY);

	if (out == tracing->file)
		has_begun = true;
	if (!has_begun)
		return trace_begin_lines(tracing, out, ret);
	if (out == tracing->file)
		style.format = RENDER_JSON;
	style.out = out;
	style.one_line = true;
	return render_begin(&style, NULL, &tracing->host, ret);
}

static struct vmspy_error *print_to(const struct tracing *tracing, FILE *out)
{
	struct render *render = NULL;
	struct vmspy_error *err = begin_summary(tracing, out, &render);

	if (err)
		return err;
	if (out == tracing->file || tracing->output.style.format == RENDER_JSON)
		print_json(tracing, render);
	else
		print_text(tracing, render);
	return render_end(render);
}

struct vmspy_error *trace_print_summary(struct tracing *tracing)
{
	bool is_folded = is_given(tracing->arguments, OPTION_FOLDED);
	struct vmspy_error *err = NULL;

	/* Whoever reads stacks, or a table, wants nothing else there. */
	if (tracing->file && !is_folded)
		err = print_to(tracing, tracing->file);
	if (err || (is_folded && !tracing->file) || tracing->output.style.format == RENDER_RAW)
		return err;
	return print_to(tracing, stdout);
}

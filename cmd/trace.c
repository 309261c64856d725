/* vmspy trace: a family of processes while it runs. */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "command.h"
#include "kernel/host.h"
#include "message.h"
#include "target.h"

#include "base/banned.h"

/* How long a batch is waited for: as soon after a signal we end. */
#define WAIT_NS UINT64_C(100000000)

static void tracing_deinit(struct tracing *tracing)
{
	vmspy_error_destroy(render_end(tracing->events));
	vmspy_trace_destroy(tracing->trace);
	child_deinit(&tracing->child);
	vmspy_namer_destroy(tracing->namer);
	vmspy_trace_texts_deinit(&tracing->texts);
	vmspy_trace_sums_deinit(&tracing->sums);
	folded_deinit(&tracing->folded);
	vmspy_filter_deinit(&tracing->filter);
	vmspy_space_close(tracing->target);
	if (tracing->takes_signals) {
		resume_suspension(&tracing->mask);
		interrupt_end(&tracing->interrupt);
	}
	if (tracing->file)
		fclose(tracing->file);
}

/* --- beginning ----------------------------------------------------------------------------- */

/* Every thread has events on every CPU. ret: the limit as it was. */
static struct rlimit raise_files(void)
{
	struct rlimit before = { RLIM_INFINITY, RLIM_INFINITY }, raised;

	if (getrlimit(RLIMIT_NOFILE, &before))
		return before;
	raised = before;
	raised.rlim_cur = raised.rlim_max;
	setrlimit(RLIMIT_NOFILE, &raised);
	return before;
}

static struct vmspy_error *attach(struct tracing *tracing)
{
	tracing->begin_ns = vmspy_host_now_ns();
	vmspy_trace_sums_init(tracing->begin_ns, &tracing->sums);
	return vmspy_trace_create(&tracing->options, &tracing->host, &tracing->trace);
}

static struct vmspy_error *begin_command(struct tracing *tracing, const struct rlimit *files)
{
	struct vmspy_error *err = child_init(tracing->command, files, &tracing->child);

	if (err)
		return err;
	tracing->options.pid = tracing->child.pid;
	tracing->options.is_command = true;
	if ((err = attach(tracing)))
		return err;
	return child_go(&tracing->child, tracing->command[0]);
}

static struct vmspy_error *begin_target(struct tracing *tracing)
{
	const char *word = tracing->arguments->operand[0];
	struct vmspy_error *err = target_open(word, &tracing->host, &tracing->target);

	if (err)
		return err;
	tracing->options.pid = vmspy_space_identity(tracing->target)->pid;
	return attach(tracing);
}

/* Last of all that may fail without the target having been touched. */
static struct vmspy_error *open_file(struct tracing *tracing)
{
	int fd;

	if (!tracing->path)
		return NULL;
	/* What programs do is for who traces them alone. */
	fd = open(tracing->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	tracing->file = fd < 0 ? NULL : fdopen(fd, "w");
	return tracing->file ? NULL : vmspy_error_system(errno, "cannot write '%s'", tracing->path);
}

static struct vmspy_error *begin(struct tracing *tracing)
{
	struct rlimit files;
	struct vmspy_error *err;

	if ((err = trace_parse(tracing)) || (err = vmspy_host_probe(&tracing->host)) ||
	    (err = open_file(tracing)) || (err = vmspy_namer_create(&tracing->namer)) ||
	    (err = interrupt_begin(&tracing->interrupt)))
		return err;
	tracing->takes_signals = true;
	/* Who is traced would wait for us at its next fork, or signal. */
	tracing->mask = put_off_suspension();
	files = raise_files();
	err = tracing->command ? begin_command(tracing, &files) : begin_target(tracing);
	return err ? err : trace_begin_telling(tracing);
}

/* --- going on ------------------------------------------------------------------------------ */

bool trace_tells_stacks(const struct tracing *tracing)
{
	return is_given(tracing->arguments, OPTION_CALL_GRAPH) &&
	       tracing->options.call_graph != VMSPY_CALL_GRAPH_NONE;
}

/* Whether it is one that was asked for. */
static bool is_wanted(const struct tracing *tracing, const struct told *told)
{
	const struct vmspy_trace_event *event = told->event;

	if (event->kind != VMSPY_TRACE_COPY && event->kind != VMSPY_TRACE_FAULT)
		return true;
	if (is_given(tracing->arguments, OPTION_CHILDREN_ONLY) && !event->depth)
		return false;
	return vmspy_filter_takes(&tracing->filter, &told->row);
}

static void note_end(struct tracing *tracing, const struct vmspy_trace_event *event)
{
	if (event->kind == VMSPY_TRACE_END)
		tracing->is_over = true;
	if (event->kind != VMSPY_TRACE_EXIT || event->pid != tracing->options.pid)
		return;
	tracing->has_ended = true;
	tracing->target_status = event->status;
}

static struct vmspy_error *take_event(struct tracing *tracing,
				      const struct vmspy_trace_event *event)
{
	struct vmspy_writer_names names = { 0 };
	struct vmspy_trace_told about = { event, &names, tracing->begin_ns };
	struct told told = { .event = event };
	struct vmspy_error *err;

	note_end(tracing, event);
	if (event->kind == VMSPY_TRACE_END)
		return NULL;
	vmspy_namer_name(tracing->namer, event, &names);
	if ((err = vmspy_trace_row_of(&about, &tracing->texts, &told.row)))
		return err;
	if (!is_wanted(tracing, &told))
		return NULL;
	trace_tell(tracing, &told);
	if (event->kind != VMSPY_TRACE_COPY)
		return NULL;
	if (is_given(tracing->arguments, OPTION_FOLDED) &&
	    (err = folded_add(&tracing->folded, &told.row)))
		return err;
	return vmspy_trace_sums_add(&tracing->sums, &told.row, event->page.writer);
}

static struct vmspy_error *take_batch(struct tracing *tracing, uint64_t wait_ns)
{
	struct vmspy_trace_batch batch;
	struct vmspy_error *err;

	vmspy_trace_take(tracing->trace, wait_ns, &batch);
	err = vmspy_namer_prepare(tracing->namer, &batch);
	for (size_t i = 0; !err && i < batch.count; i++)
		err = take_event(tracing, &batch.event[i]);
	if (tracing->events && batch.count)
		render_flush(tracing->events);
	return err;
}

/* Whether it was asked to end, or nobody hears it any more. */
static bool is_time(const struct tracing *tracing)
{
	if (interrupt_came(&tracing->interrupt) || ferror(stdout) ||
	    (tracing->file && ferror(tracing->file)))
		return true;
	if (is_given(tracing->arguments, OPTION_UNTIL_EXIT) && tracing->has_ended)
		return true;
	return vmspy_host_now_ns() - tracing->begin_ns >= tracing->duration_ns;
}

static struct vmspy_error *go_on(struct tracing *tracing)
{
	struct vmspy_error *err = NULL;

	while (!err && !tracing->is_over && !is_time(tracing))
		err = take_batch(tracing, WAIT_NS);
	tracing->end_ns = vmspy_host_now_ns();
	vmspy_trace_stop(tracing->trace);
	while (!err && !tracing->is_over)
		err = take_batch(tracing, 0);
	return err;
}

static struct vmspy_error *finish(struct tracing *tracing)
{
	struct vmspy_error *err = trace_end_telling(tracing);

	vmspy_trace_sums_finish(&tracing->sums);
	if (!err)
		err = trace_print_summary(tracing);
	if (err || !tracing->file)
		return err;
	if (fflush(tracing->file) || ferror(tracing->file))
		return vmspy_error_system(errno ? errno : EIO, "cannot write '%s'", tracing->path);
	return NULL;
}

static int run_trace(const struct arguments *arguments)
{
	VMSPY_AUTO(tracing_deinit)
	struct tracing tracing = { .arguments = arguments, .child = { .go_fd = -1 } };
	struct vmspy_error *err;

	if ((err = begin(&tracing)) || (err = go_on(&tracing)) || (err = finish(&tracing)))
		return trouble(err);
	return STATUS_DONE;
}

static const struct command_table tables[] = {
	{ "copies", vmspy_copy_columns, 0 },
	{ 0 },
};

const struct command command_trace = {
	.name = "trace",
	.arguments = "TARGET | -- COMMAND",
	.summary = "report pages that stop being shared, and who wrote",
	.description =
		"Follow a process and all its descendants, and report each copy-on-write copy as\n"
		"it happens: the page, the variable, both frames, and the code that wrote. With\n"
		"`--` a command is run and traced from its beginning. Ends with the last of them,\n"
		"or when it is interrupted; all of them run on as before.\n",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_SUMMARY) | OPTION_BIT(OPTION_FILTER) |
		   OPTION_BIT(OPTION_CALL_GRAPH) | OPTION_BIT(OPTION_FAULTS) |
		   OPTION_BIT(OPTION_FOLDED) | OPTION_BIT(OPTION_DEPTH) |
		   OPTION_BIT(OPTION_CHILDREN_ONLY) | OPTION_BIT(OPTION_DURATION) |
		   OPTION_BIT(OPTION_UNTIL_EXIT) | OPTION_BIT(OPTION_NO_EVENTS) |
		   OPTION_BIT(OPTION_RING) | OPTION_BIT(OPTION_WRITE),
	.operands_min = 1,
	.operands_max = OPERANDS_ANY,
	.tables = tables,
	.run = run_trace,
};

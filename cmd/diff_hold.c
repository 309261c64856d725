/* vmspy diff: how long both were held, and for what. */
#include "diff.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/human.h"
#include "diff_text.h"

#include "base/banned.h"

/* A phase that took no time that could be felt is not worth a word. */
static bool is_worth_telling(uint64_t ns, uint64_t all_ns)
{
	enum {
		PART = 100,
	};

	return ns >= all_ns / PART && ns;
}

static void add_parts(struct vmspy_buf *line, const struct vmspy_timing *timing)
{
	const struct {
		uint64_t ns;
		const char *what;
	} parts[] = {
		{ timing->stop_ns, "to stop them" }, { timing->words_ns, "page words" },
		{ timing->siblings_ns, "siblings" }, { timing->bytes_ns, "bytes" },
		{ timing->stacks_ns, "stacks" },     { timing->release_ns, "to let go" },
	};
	const char *lead = ": ";
	uint64_t all_ns = 0;
	char took[VMSPY_HUMAN_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		all_ns += parts[i].ns;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!is_worth_telling(parts[i].ns, all_ns))
			continue;
		vmspy_human_duration(parts[i].ns, took);
		/* Without memory a part is missing. */
		vmspy_error_destroy(vmspy_buf_printf(line, "%s%s %s", lead, took, parts[i].what));
		lead = ", ";
	}
}

void diff_print_hold(const struct diff *diff, struct render *render)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf line = { 0 };
	const struct vmspy_slices *slices = &diff->pair.slices;
	char held[VMSPY_HUMAN_MAX], longest[VMSPY_HUMAN_MAX];
	bool is_sliced = slices->count > 1;

	if (diff->output.style.format != RENDER_TEXT || diff->watch || !slices->count)
		return;
	vmspy_human_duration(diff->pair.a.hold_ns, held);
	vmspy_human_duration(slices->longest_ns, longest);
	if (is_sliced)
		vmspy_error_destroy(vmspy_buf_printf(&line, " in %zu slices of at most %s",
						     slices->count, longest));
	add_parts(&line, &diff->pair.timing);
	diff_text_gap(&diff->output, render);
	render_line(render, "held %s%s", held, vmspy_buf_text(&line));
}

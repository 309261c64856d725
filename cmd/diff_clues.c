/* vmspy diff: what diverged pages without symbols point to. */
#include <inttypes.h>

#include "diff.h"
#include "diff_text.h"
#include "report/clue_rows.h"
#include "watch_rows.h"

#include "base/banned.h"

/* What people must know to read the table: on what it rests, and how far it goes. */
static void print_evidence(const struct vmspy_clue_list *list, struct render *render)
{
	render_line(render,
		    "%" PRIu64 " diverged pages without symbols were looked at: they hold %" PRIu64
		    " pointers",
		    list->counted_pages, list->pointer_words);
	render_line(render, "%s",
		    "into programs and libraries, evidence of what lies there, not proof");
	if (list->left_out_words)
		render_line(render, "%" PRIu64 " more pointed to too many places to be kept",
			    list->left_out_words);
}

static void get_clue(const void *context, size_t index, void *row)
{
	const struct vmspy_clue_list *list = context;

	*(struct vmspy_clue_row *)row = vmspy_clue_row_of(&list->clue[index]);
}

void diff_print_clues(const struct diff *diff, struct render *render)
{
	enum {
		SHOWN = 10
	};
	const struct vmspy_clue_list *list = &diff->clues;
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool all = !for_people || is_given(diff->arguments, OPTION_CLUES);
	bool is_first = !watch_is_later(diff->watch);
	struct vmspy_clue_row row;
	struct diff_table table = {
		.key = "clues",
		.columns = vmspy_clue_columns,
		.rows = { list->count, list, get_clue, &row },
		.shown = all ? 0 : SHOWN,
		.id_offset = offsetof(struct vmspy_clue_row, address),
		.is_evidence = true,
		.has_lead = for_people && is_first,
	};

	if (for_people && is_first && !list->count)
		return;
	if (for_people && is_first) {
		diff_text_gap(&diff->output, render);
		print_evidence(list, render);
	}
	diff_print_table(diff, render, &table);
	if (!all && is_first && list->count > SHOWN)
		render_line(render, "and %zu more (--clues shows all)", list->count - SHOWN);
}

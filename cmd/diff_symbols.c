/* vmspy diff: the variables that differ, and their members. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "diff.h"
#include "diff_text.h"
#include "report/symbol_rows.h"
#include "watch_rows.h"

#include "base/banned.h"

enum {
	SYMBOLS_SHOWN = 20, /* to people who did not ask for the variables */
	MEMBERS_SHOWN = 8,  /* of one variable */
};

/* --- which --------------------------------------------------------------------------------- */

/* A row: a variable, or one of its members. */
struct choice {
	size_t index;  /* of diff->changed */
	size_t member; /* WHOLE: the variable itself */
};

#define WHOLE SIZE_MAX

struct choices {
	const struct diff *diff;
	struct choice *choice;
	size_t count;
};

static const struct vmspy_typed *typed_of(const struct diff *diff, size_t index)
{
	return index < diff->typed.count ? &diff->typed.typed[index] : NULL;
}

static size_t member_count(const struct diff *diff, size_t index)
{
	const struct vmspy_typed *typed = typed_of(diff, index);

	return typed ? typed->member_count : 0;
}

/* Unknown is the largest number: 1 more, and it is the smallest. */
static int by_pages(const void *x, const void *y, void *context)
{
	const struct choice *i = x, *j = y;
	const struct vmspy_changed *changed = context;
	const struct vmspy_changed *a = &changed[i->index], *b = &changed[j->index];

	/* A part of a section without a name is no variable. */
	if (!a->name != !b->name)
		return a->name ? -1 : 1;
	if (a->diverged_pages != b->diverged_pages)
		return a->diverged_pages > b->diverged_pages ? -1 : 1;
	if (a->changed_bytes != b->changed_bytes)
		return a->changed_bytes + 1 > b->changed_bytes + 1 ? -1 : 1;
	return i->index < j->index ? -1 : 1;
}

static void choices_deinit(struct choices *choices)
{
	free(choices->choice);
}

/* The variables to show: the N on the most diverged pages, or all as they were found. */
static struct vmspy_error *choose_symbols(const struct diff *diff, struct choices *ret)
{
	size_t count = diff->changed.count;
	struct choice *choice = calloc(count + 1, sizeof(*choice));

	if (!choice)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		choice[i] = (struct choice){ i, WHOLE };
	if (diff->symbols_max < SIZE_MAX)
		qsort_r(choice, count, sizeof(*choice), by_pages, diff->changed.changed);
	*ret = (struct choices){
		.diff = diff,
		.choice = choice,
		.count = count < diff->symbols_max ? count : diff->symbols_max,
	};
	return NULL;
}

/* Put the members of each variable in its place, where any are known. */
static struct vmspy_error *choose_members(struct choices *choices)
{
	struct choice *wide;
	size_t room = 1, count = 0;

	for (size_t i = 0; i < choices->count; i++)
		room += member_count(choices->diff, choices->choice[i].index) + 1;
	wide = calloc(room, sizeof(*wide));
	if (!wide)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < choices->count; i++) {
		size_t index = choices->choice[i].index,
		       members = member_count(choices->diff, index);

		if (!members)
			wide[count++] = choices->choice[i];
		for (size_t j = 0; j < members; j++)
			wide[count++] = (struct choice){ index, j };
	}
	free(choices->choice);
	choices->choice = wide;
	choices->count = count;
	return NULL;
}

static void get_row(const void *context, size_t i, void *row)
{
	const struct choices *choices = context;
	struct choice choice = choices->choice[i];
	const struct vmspy_changed *changed = &choices->diff->changed.changed[choice.index];
	const struct vmspy_typed *typed = typed_of(choices->diff, choice.index);

	*(struct vmspy_symbol_row *)row =
		choice.member == WHOLE ? vmspy_symbol_row_of(changed, typed)
				       : vmspy_symbol_row_of_member(changed, typed, choice.member);
}

/* --- for scripts --------------------------------------------------------------------------- */

static void print_for_scripts(const struct diff *diff, struct render *render,
			      const struct choices *choices)
{
	struct vmspy_symbol_row row;
	struct diff_table table = {
		.key = "symbols",
		.columns = vmspy_symbol_columns,
		.rows = { choices->count, choices, get_row, &row },
		.id_offset = offsetof(struct vmspy_symbol_row, start),
	};

	diff_print_table(diff, render, &table);
}

/* --- for people ---------------------------------------------------------------------------- */

/* A variable: its members, if several differ. ret: how many members were left out. */
static size_t print_symbol(const struct choices *choices, size_t i, struct render *render)
{
	bool all = is_given(choices->diff->arguments, OPTION_VALUES);
	struct choice *choice = &choices->choice[i];
	const struct vmspy_typed *typed = typed_of(choices->diff, choice->index);
	size_t members = choice->member == WHOLE ? member_count(choices->diff, choice->index) : 0;
	size_t shown = all || members < MEMBERS_SHOWN ? members : MEMBERS_SHOWN, left_out;
	struct vmspy_symbol_row row;

	for (size_t j = 0; j < shown; j++) {
		row = vmspy_symbol_row_of_member(&choices->diff->changed.changed[choice->index],
						 typed, j);
		render_row(render, &row);
	}
	if (!shown) {
		get_row(choices, i, &row);
		/* A narrow terminal may do without the column of sections. */
		if (!row.name)
			row.name = row.section;
		render_row(render, &row);
		return 0;
	}
	left_out = members - shown + typed->left_out_count;
	if (left_out)
		render_note(render, "... and %zu more", left_out);
	return left_out;
}

/* Rounds but the first: only the members that are not as they were, with all that is known of them. */
static struct vmspy_error *keep_told(const struct diff *diff, struct choices *choices)
{
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_symbol_columns, VMSPY_SHOW_JSON);
	VMSPY_AUTO(choices_deinit) struct choices wide = { 0 };
	VMSPY_AUTO(told_deinit) struct told told = { 0 };
	struct vmspy_symbol_row row;
	struct diff_table table = {
		.columns = vmspy_symbol_columns,
		.rows = { 0, &wide, get_row, &row },
		.id_offset = offsetof(struct vmspy_symbol_row, start),
	};
	struct choices kept;
	struct vmspy_error *err;

	if ((err = choose_symbols(diff, &wide)) || (err = choose_members(&wide)))
		return err;
	table.rows.count = wide.count;
	if ((err = told_find(diff->watch, &table, &columns, &told)) || !watch_is_later(diff->watch))
		return err;
	wide.count = told.changes.count;
	for (size_t i = 0; i < wide.count; i++)
		wide.choice[i] = wide.choice[told.changes.index[i]];
	kept = wide;
	wide = *choices; /* ends here */
	*choices = kept;
	return NULL;
}

static struct vmspy_error *sort_choices(const struct choices *choices, size_t **ret)
{
	const struct vmspy_sort *sort = diff_sort(choices->diff, vmspy_symbol_columns);
	struct vmspy_symbol_row row;
	struct vmspy_rows rows = { choices->count, choices, get_row, &row };

	*ret = NULL;
	return sort ? vmspy_rows_sort(&rows, sort, ret) : NULL;
}

static void print_for_people(const struct diff *diff, struct render *render,
			     const struct choices *choices)
{
	struct vmspy_selection columns = diff_columns(diff, vmspy_symbol_columns);
	VMSPY_AUTO(vmspy_guard_free) size_t *order = NULL;
	struct vmspy_error *err = sort_choices(choices, &order);
	size_t left_out = 0, shown = choices->count;
	size_t all = watch_is_later(diff->watch) ? choices->count : diff->changed.count;

	if (err)
		render_fail(render, err);
	if (!is_given(diff->arguments, OPTION_SYMBOLS) && shown > SYMBOLS_SHOWN)
		shown = SYMBOLS_SHOWN;
	columns.whole = is_given(diff->arguments, OPTION_VALUES);
	render_table_begin(render, "symbols", &columns);
	for (size_t i = 0; i < shown; i++)
		left_out += print_symbol(choices, order ? order[i] : i, render);
	render_table_end(render);
	if (shown < all)
		render_line(render, "and %zu more (--symbols shows all)", all - shown);
	if (left_out && !columns.whole)
		render_line(render, "--values shows all members, and their values in full");
}

void diff_print_symbols(const struct diff *diff, struct render *render)
{
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool by_member =
		diff->output.style.format == RENDER_RAW && is_given(diff->arguments, OPTION_VALUES);
	VMSPY_AUTO(choices_deinit) struct choices choices = { 0 };
	struct vmspy_error *err;

	if ((err = choose_symbols(diff, &choices)) ||
	    (by_member && (err = choose_members(&choices))) ||
	    (for_people && diff->watch && (err = keep_told(diff, &choices)))) {
		render_fail(render, err);
		return;
	}
	if (!for_people) {
		print_for_scripts(diff, render, &choices);
	} else if (choices.count) {
		diff_text_gap(&diff->output, render);
		print_for_people(diff, render, &choices);
	}
}

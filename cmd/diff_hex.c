/* vmspy diff --hex: one page, both sides beside each other. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "blame/page.h"
#include "diff.h"
#include "diff_text.h"
#include "render/hex.h"
#include "report/page_rows.h"

#include "base/banned.h"

/* --- asking -------------------------------------------------------------------------------- */

struct vmspy_error *diff_parse_hex(const struct arguments *arguments, uint64_t *ret)
{
	const char *word = arguments->value[OPTION_HEX];

	return word ? address_parse(word, strlen(word), ret) : NULL;
}

/* --- what stands there --------------------------------------------------------------------- */

static void print_title(const struct vmspy_pair *pair, const struct vmspy_page_row *row,
			struct render *render)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf object = { 0 };
	const struct vmspy_interval *interval = pair->kept.interval;
	const struct vmspy_mapping *either;
	bool is_finer;
	struct vmspy_error *err = NULL;

	if (!interval) {
		render_line(render, "page %" PRIx64 ": nothing is mapped there, on neither side",
			    row->address);
		return;
	}
	either = interval->a ? interval->a : interval->b;
	if (either->vma.name)
		err = vmspy_escape_line(&object, either->vma.name, strlen(either->vma.name));
	if (err)
		render_fail(render, err);
	/* The class and the reason, where they say more than the state. */
	is_finer = strcmp(row->state, row->page_class) != 0;
	render_line(render, "page %" PRIx64 "  %s%s%s%s%s  %s  %s", row->address, row->state,
		    is_finer ? ", " : "", is_finer ? row->page_class : "", row->reason ? ", " : "",
		    row->reason ? row->reason : "", vmspy_mapping_kind_name(either->kind),
		    vmspy_buf_text(&object));
}

static void print_side(const struct vmspy_pair *pair, bool of_b, struct render *render)
{
	const struct vmspy_kept_side *side = of_b ? &pair->kept.b : &pair->kept.a;
	const char *missing = vmspy_page_missing_help(pair, of_b);
	const char *gap = missing ? "  " : "";

	if (!missing)
		missing = "";
	if (side->frame != VMSPY_FRAME_NONE)
		render_line(render, "  %c  frame %" PRIx64 "%s%s", of_b ? 'b' : 'a', side->frame,
			    gap, missing);
	else if (side->bytes)
		render_line(render, "  %c  frame hidden", of_b ? 'b' : 'a');
	else
		render_line(render, "  %c  %s", of_b ? 'b' : 'a', missing);
}

static void print_amount(const struct vmspy_page_row *row, struct render *render)
{
	if (row->changed_bytes == VMSPY_UNKNOWN)
		return;
	if (row->changed_bytes)
		render_line(render, "     %" PRIu64 " %s", row->changed_bytes,
			    row->changed_bytes == 1 ? "byte differs" : "bytes differ");
	else
		render_line(render, "     all bytes are equal");
}

/* --- its bytes ----------------------------------------------------------------------------- */

/* What is said beside each line; borrowed pointers for hex_append(). */
struct notes {
	struct vmspy_buf *line;
	const char **text; /* NULL: nothing to say */
	size_t count;
};

static void notes_deinit(struct notes *notes)
{
	for (size_t i = 0; notes->line && i < notes->count; i++)
		vmspy_buf_deinit(&notes->line[i]);
	free(notes->line);
	free(notes->text);
}

static struct vmspy_error *add_note(struct vmspy_buf *line, const char *text)
{
	struct vmspy_error *err = line->length ? vmspy_buf_printf(line, ", ") : NULL;

	return err ? err : vmspy_escape_line(line, text, strlen(text));
}

/* A change is told on the line where it begins. */
static struct vmspy_error *add_notes(const struct vmspy_page_changes *changes, struct notes *notes)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < changes->count; i++) {
		const struct vmspy_page_change *change = &changes->change[i];
		const char *text = change->symbol ? change->symbol : change->clue;
		size_t line = change->offset_bytes / HEX_LINE_BYTES;

		if (text)
			err = add_note(&notes->line[line], text);
		notes->text[line] = notes->line[line].text;
	}
	return err;
}

/* The answer goes to the terminal line by line. */
static void print_lines(char *lines, struct render *render)
{
	for (char *end; (end = strchr(lines, '\n')); lines = end + 1) {
		*end = '\0';
		render_line(render, "%s", lines);
	}
}

static struct vmspy_error *print_bytes(const struct diff *diff,
				       const struct vmspy_page_changes *changes,
				       struct render *render)
{
	const struct vmspy_kept_page *kept = &diff->pair.kept;
	size_t size = diff->pair.runs.page_bytes, lines = size / HEX_LINE_BYTES;
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	VMSPY_AUTO(notes_deinit)
	struct notes notes = {
		.line = calloc(lines, sizeof(*notes.line)),
		.text = calloc(lines, sizeof(*notes.text)),
		.count = lines,
	};
	struct hex_page page = { kept->a.bytes, kept->b.bytes, size, notes.text };
	struct hex_style style = { diff->output.style.width, diff->output.style.coloured };
	struct vmspy_error *err;

	if (!kept->a.bytes && !kept->b.bytes)
		return NULL;
	if (!notes.line || !notes.text)
		return vmspy_error_no_memory();
	if ((err = add_notes(changes, &notes)) || (err = hex_append(&buf, &page, &style)))
		return err;
	diff_text_gap(&diff->output, render);
	if (buf.length)
		print_lines(buf.text, render);
	return NULL;
}

static struct vmspy_error *print_page(const struct diff *diff,
				      const struct vmspy_page_changes *changes,
				      struct render *render)
{
	VMSPY_AUTO(vmspy_page_row_deinit) struct vmspy_page_row row = { 0 };
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_page_columns);
	struct vmspy_error *err = vmspy_page_row_get(&diff->pair, changes, &row);

	if (err)
		return err;
	render_object(render, "page", &columns, &row);
	if (diff->output.style.format != RENDER_TEXT)
		return NULL;
	diff_text_gap(&diff->output, render);
	print_title(&diff->pair, &row, render);
	if (!diff->pair.kept.interval)
		return NULL;
	print_side(&diff->pair, false, render);
	print_side(&diff->pair, true, render);
	print_amount(&row, render);
	return print_bytes(diff, changes, render);
}

void diff_print_hex(const struct diff *diff, struct render *render)
{
	VMSPY_AUTO(vmspy_page_changes_deinit) struct vmspy_page_changes changes = { 0 };
	struct vmspy_page_names names = { diff->modules, &diff->changed, &diff->typed };
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_page_columns);
	struct vmspy_error *err;

	if (!is_given(diff->arguments, OPTION_HEX))
		return;
	if (vmspy_pair_is_one_space(&diff->pair)) {
		render_object(render, "page", &columns, NULL);
		return;
	}
	if ((err = vmspy_page_changes_find(&diff->pair, &names, &changes)) ||
	    (err = print_page(diff, &changes, render)))
		render_fail(render, err);
}

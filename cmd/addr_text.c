/* vmspy addr: one answer for people, a label and what is known on each line. */
#include <inttypes.h>
#include <string.h>

#include "addr.h"
#include "addr_facts.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "diff_text.h"
#include "render/cell.h"
#include "report/symbol_rows.h"

#include "base/banned.h"

enum {
	WIDTH = 100,     /* where there is no terminal */
	COLUMN_MIN = 24, /* of one side; narrower terminals break the lines by themselves */
	LABEL_WIDTH = 11,
	GAP = 2,
	MEMBERS_SHOWN = 8,
};

/* --- lines --------------------------------------------------------------------------------- */

/* ret: how many bytes of the text go on a line: whole words, or what fits of one that is too long. */
static size_t fit(const char *text, size_t width)
{
	return vmspy_utf8_span(text, diff_text_line_length(text, width), width);
}

/* Take the next line of a text. */
static const char *next_line(const char **text, size_t width, size_t *length)
{
	const char *line = *text;

	*length = fit(line, width);
	*text += *length;
	*text += strspn(*text, " ");
	return line;
}

static size_t width_of(const struct addr *addr, size_t columns)
{
	size_t width = addr->output.style.width ? addr->output.style.width : WIDTH;
	size_t left = GAP + LABEL_WIDTH + (columns - 1) * GAP;
	size_t each = width > left ? (width - left) / columns : 0;

	return each > COLUMN_MIN ? each : COLUMN_MIN;
}

static void print_one(const struct addr *addr, const char *label, const char *text)
{
	size_t width = width_of(addr, 1), length;

	while (*text) {
		const char *line = next_line(&text, width, &length);

		render_line(addr->render, "%*s%-*s%.*s", GAP, "", LABEL_WIDTH, label, (int)length,
			    line);
		label = "";
	}
}

/* What both have alike stands there once. */
static void print_both(const struct addr *addr, const char *label, const char *a, const char *b)
{
	size_t width = width_of(addr, 2), length[2];

	if (!strcmp(a, b)) {
		print_one(addr, label, a);
		return;
	}
	if (!*a)
		a = CELL_ABSENT;
	if (!*b)
		b = CELL_ABSENT;
	while (*a || *b) {
		const char *line_a = next_line(&a, width, &length[0]);
		const char *line_b = next_line(&b, width, &length[1]);
		size_t pad = length[1] ? width + GAP - vmspy_utf8_count(line_a, length[0]) : 0;

		render_line(addr->render, "%*s%-*s%.*s%*s%.*s", GAP, "", LABEL_WIDTH, label,
			    (int)length[0], line_a, (int)pad, "", (int)length[1], line_b);
		label = "";
	}
}

static struct vmspy_error *print_facts(const struct addr *addr, const struct addr_view *views)
{
	for (const struct addr_fact *fact = addr_facts; fact->label; fact++) {
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf a = { 0 };
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf b = { 0 };
		struct vmspy_error *err = fact->tell(&views[0], &a);

		if (err)
			return err;
		if (!addr->space[1]) {
			print_one(addr, fact->label, vmspy_buf_text(&a));
			continue;
		}
		if ((err = fact->tell(&views[1], &b)))
			return err;
		print_both(addr, fact->label, vmspy_buf_text(&a), vmspy_buf_text(&b));
	}
	return NULL;
}

/* --- both ---------------------------------------------------------------------------------- */

/* What a verdict means, by its word. */
static const char *meaning_of(const char *state)
{
	static const struct {
		const char *state, *means;
	} meanings[] = {
		{ "shared", "one memory behind both" },
		{ "diverged", "same address, different frames" },
		{ "only_a", "private memory that b does not have" },
		{ "only_b", "private memory that a does not have" },
		{ "lazy_a", "a file or zero page that only a has looked at yet: says nothing" },
		{ "lazy_b", "a file or zero page that only b has looked at yet: says nothing" },
		{ "separate", "on both sides, and never one page" },
		{ "unknown", "could not be judged" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (!strcmp(meanings[i].state, state))
			return meanings[i].means;
	return "nobody's memory";
}

static struct vmspy_error *tell_verdict(const struct vmspy_verdict_row *verdict,
					struct vmspy_buf *buf)
{
	struct vmspy_error *err = vmspy_buf_printf(buf, "%s", verdict->state);

	if (!err && strcmp(verdict->state, verdict->page_class) != 0)
		err = vmspy_buf_printf(buf, " (%s)", verdict->page_class);
	if (!err)
		err = vmspy_buf_printf(buf, ": %s", meaning_of(verdict->state));
	if (!err && verdict->reason)
		err = vmspy_buf_printf(buf, ", %s", verdict->reason);
	if (!err && verdict->remedy)
		err = vmspy_buf_printf(buf, " (%s)", verdict->remedy);
	if (!err && verdict->left)
		err = vmspy_buf_printf(buf, "; %s left the common frame (told by a %s)",
				       verdict->left, verdict->left_source);
	return err;
}

static struct vmspy_error *print_verdict(const struct addr *addr, const struct addr_pair *pair)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_verdict_row verdict = addr_verdict_of(pair);
	struct vmspy_error *err;

	if (vmspy_pair_is_one_space(&pair->pair))
		err = vmspy_buf_printf(&buf, "both run in one address space: nothing to compare");
	else if (verdict.state)
		err = tell_verdict(&verdict, &buf);
	else
		err = vmspy_buf_printf(&buf, "nothing is mapped here, on neither side");
	if (!err)
		print_one(addr, "verdict", vmspy_buf_text(&buf));
	return err;
}

static struct vmspy_error *tell_value(const struct vmspy_value *value, struct vmspy_buf *buf)
{
	if (!value->known)
		return NULL;
	return vmspy_buf_printf(buf, "%s%s", value->text[0] ? value->text : value->hex,
				!value->text[0] && value->truncated ? "..." : "");
}

/* The members that differ, as a table. */
static void print_members(const struct addr *addr, const struct addr_pair *pair)
{
	struct vmspy_selection columns = output_columns(&addr->output, vmspy_symbol_columns);
	const struct vmspy_typed *type = pair->type;
	size_t left_out = type->left_out_count;

	render_line(addr->render, "%s", "");
	render_table_begin(addr->render, NULL, &columns);
	for (size_t i = 0; i < type->member_count; i++) {
		struct vmspy_symbol_row row = vmspy_symbol_row_of_member(&pair->variable, type, i);

		if (i < MEMBERS_SHOWN)
			render_row(addr->render, &row);
		else
			left_out++;
	}
	if (left_out)
		render_note(addr->render, "... and %zu more", left_out);
	render_table_end(addr->render);
}

static struct vmspy_error *print_variable(const struct addr *addr, const struct addr_pair *pair)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf a = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf b = { 0 };
	struct vmspy_symbol_row row;
	struct vmspy_error *err;

	if (!pair->has_variable)
		return NULL;
	row = vmspy_symbol_row_of(&pair->variable, pair->type);
	if ((err = tell_value(&row.value_a, &a)) || (err = tell_value(&row.value_b, &b)))
		return err;
	if (row.type) {
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf type = { 0 };

		if ((err = addr_append_text(&type, row.type)))
			return err;
		print_one(addr, "type", vmspy_buf_text(&type));
	}
	/* Of what has members those that differ say more than all bytes. */
	if (pair->type && pair->type->member_count)
		print_members(addr, pair);
	else
		print_both(addr, "value", vmspy_buf_text(&a), vmspy_buf_text(&b));
	return NULL;
}

/* --- heads --------------------------------------------------------------------------------- */

static struct vmspy_error *append_who(const struct addr *addr, size_t side, struct vmspy_buf *buf)
{
	const struct vmspy_identity *identity = vmspy_space_identity(addr->space[side]);
	struct vmspy_error *err = vmspy_buf_printf(buf, "%d ", (int)identity->pid);

	return err ? err : addr_append_text(buf, identity->comm);
}

static struct vmspy_error *print_head(const struct addr *addr, const struct addr_answer *answer)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err = vmspy_buf_printf(&buf, "0x%" PRIx64, answer->address);

	if (!err && answer->word.kind != ADDR_NUMBER && !(err = vmspy_buf_printf(&buf, "  ")))
		err = addr_append_text(&buf, answer->word.text);
	if (!err && !addr->space[1] && !(err = vmspy_buf_printf(&buf, "  ")))
		err = append_who(addr, 0, &buf);
	if (!err)
		render_line(addr->render, "%s", vmspy_buf_text(&buf));
	return err;
}

static struct vmspy_error *print_who(const struct addr *addr)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf a = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf b = { 0 };
	struct vmspy_error *err = vmspy_buf_printf(&a, "a  ");

	if (err || (err = append_who(addr, 0, &a)) || (err = vmspy_buf_printf(&b, "b  ")) ||
	    (err = append_who(addr, 1, &b)))
		return err;
	print_both(addr, "", vmspy_buf_text(&a), vmspy_buf_text(&b));
	return NULL;
}

struct vmspy_error *addr_print_text(const struct addr *addr, const struct addr_answer *answer,
				    const struct addr_pair *pair)
{
	struct vmspy_address_sight sight[2];
	struct vmspy_address_row row[2];
	struct addr_view views[2] = { { &sight[0], &row[0] }, { &sight[1], &row[1] } };
	struct vmspy_error *err;

	for (size_t side = 0; side < addr_side_count(addr); side++) {
		sight[side] = addr_sight(addr, answer, side, pair);
		vmspy_address_row_get(&sight[side], &row[side]);
	}
	if (addr->has_printed)
		render_line(addr->render, "%s", "");
	if ((err = print_head(addr, answer)) || (pair && (err = print_who(addr))) ||
	    (err = print_facts(addr, views)) || !pair)
		return err;
	err = print_verdict(addr, pair);
	return err ? err : print_variable(addr, pair);
}

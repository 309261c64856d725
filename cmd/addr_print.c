/* vmspy addr: one answer, for scripts; for people see addr_text.c. */
#include "addr.h"

#include "command.h"
#include "report/process_rows.h"
#include "report/symbol_rows.h"

#include "base/banned.h"

struct vmspy_address_sight addr_sight(const struct addr *addr, const struct addr_answer *answer,
				      size_t side, const struct addr_pair *pair)
{
	const struct addr_side *seen = &answer->side[side];

	return (struct vmspy_address_sight){
		.word = answer->word.text,
		.address = answer->address,
		.host = &addr->host,
		.layout = vmspy_space_layout(pair ? pair->space[side] : addr->space[side]),
		.facts = &seen->facts,
		.refused = seen->refused ? vmspy_error_message(seen->refused) : NULL,
		.huge = &seen->huge,
		.cgroup = seen->cgroup,
		.spot = &seen->spot,
		.source = &seen->source,
	};
}

static void add_pair(const struct addr_pair *pair, size_t side, struct vmspy_address_row *row)
{
	static const char *const sides[] = { "a", "b" };
	struct vmspy_verdict_row verdict;

	if (!pair)
		return;
	verdict = addr_verdict_of(pair);
	row->side = sides[side];
	row->verdict = verdict.state;
	row->page_class = verdict.page_class;
}

static void print_near(const struct addr *addr, const struct vmspy_address_sight *sight,
		       const char *key, enum vmspy_near near)
{
	struct vmspy_selection columns = output_columns(&addr->output, vmspy_near_columns);
	struct vmspy_near_row row;
	bool is_there = vmspy_near_row_get(sight->layout, sight->address, near, &row);

	render_object(addr->render, key, &columns, is_there ? &row : NULL);
}

/* What has members of its own in JSON. */
static void print_objects(const struct addr *addr, const struct vmspy_address_sight *sight,
			  const struct vmspy_address_row *row)
{
	struct vmspy_selection indices = output_columns(&addr->output, vmspy_indices_columns);
	struct vmspy_selection swap = output_columns(&addr->output, vmspy_swap_columns);
	bool is_split = row->index[VMSPY_LEVEL_PTE] != VMSPY_UNKNOWN;

	print_near(addr, sight, "above", VMSPY_NEAR_ABOVE);
	print_near(addr, sight, "mapping", VMSPY_NEAR_HERE);
	print_near(addr, sight, "below", VMSPY_NEAR_BELOW);
	render_object(addr->render, "indices", &indices, is_split ? row : NULL);
	render_object(addr->render, "swap", &swap, row->swap_type != VMSPY_UNKNOWN ? row : NULL);
}

static void print_side(const struct addr *addr, const struct addr_answer *answer, size_t side,
		       const struct addr_pair *pair)
{
	struct vmspy_address_sight sight = addr_sight(addr, answer, side, pair);
	struct vmspy_address_row row;

	vmspy_address_row_get(&sight, &row);
	add_pair(pair, side, &row);
	render_members(addr->render, &addr->output.columns, &row);
	print_objects(addr, &sight, &row);
}

static void print_pair(const struct addr *addr, const struct addr_pair *pair)
{
	struct vmspy_selection of_verdict = output_columns(&addr->output, vmspy_verdict_columns);
	struct vmspy_selection of_variable = output_columns(&addr->output, vmspy_symbol_columns);
	struct vmspy_verdict_row verdict = addr_verdict_of(pair);
	struct vmspy_symbol_row variable;

	render_object(addr->render, "verdict", &of_verdict, verdict.state ? &verdict : NULL);
	if (pair->has_variable)
		variable = vmspy_symbol_row_of(&pair->variable, pair->type);
	render_object(addr->render, "variable", &of_variable,
		      pair->has_variable ? &variable : NULL);
}

static void print_json(const struct addr *addr, const struct addr_answer *answer,
		       const struct addr_pair *pair)
{
	render_open_object(addr->render, NULL);
	print_side(addr, answer, 0, pair);
	if (pair) {
		render_open_object(addr->render, "against");
		print_side(addr, answer, 1, pair);
		render_close(addr->render);
		print_pair(addr, pair);
	}
	render_close(addr->render);
}

static void print_rows(const struct addr *addr, const struct addr_answer *answer,
		       const struct addr_pair *pair)
{
	struct vmspy_address_row row;

	for (size_t side = 0; side < addr_side_count(addr); side++) {
		struct vmspy_address_sight sight = addr_sight(addr, answer, side, pair);

		vmspy_address_row_get(&sight, &row);
		add_pair(pair, side, &row);
		render_row(addr->render, &row);
	}
}

/* Who chooses columns wants a table of them. */
static bool is_table(const struct addr *addr)
{
	if (addr->output.style.format == RENDER_JSON)
		return false;
	return addr->output.style.format == RENDER_RAW ||
	       is_given(addr->arguments, OPTION_OUTPUT) ||
	       is_given(addr->arguments, OPTION_OUTPUT_ALL);
}

static void print_processes(const struct addr *addr)
{
	static const char *const keys[] = { "process", "against" };
	struct vmspy_selection columns = output_columns(&addr->output, vmspy_process_columns);

	for (size_t side = 0; side < addr_side_count(addr); side++) {
		struct vmspy_process_row row =
			vmspy_process_row_of(vmspy_space_identity(addr->space[side]));

		render_object(addr->render, keys[side], &columns, &row);
	}
}

struct vmspy_error *addr_print_begin(struct addr *addr)
{
	struct vmspy_error *err = render_begin(&addr->output.style, addr->arguments->command->name,
					       &addr->host, &addr->render);

	if (err)
		return err;
	print_processes(addr);
	if (is_table(addr))
		render_table_begin(addr->render, "addresses", &addr->output.columns);
	else
		render_open_array(addr->render, "addresses");
	return NULL;
}

void addr_print(const struct addr *addr, const struct addr_answer *answer,
		const struct addr_pair *pair)
{
	struct vmspy_error *err;

	if (addr->output.style.format == RENDER_JSON)
		print_json(addr, answer, pair);
	else if (is_table(addr))
		print_rows(addr, answer, pair);
	else if ((err = addr_print_text(addr, answer, pair)))
		render_fail(addr->render, err);
}

struct vmspy_error *addr_print_end(struct addr *addr)
{
	if (!addr->render)
		return NULL;
	if (is_table(addr))
		render_table_end(addr->render);
	else
		render_close(addr->render);
	failures_render(&addr->failures, addr->render);
	return render_end(addr->render);
}

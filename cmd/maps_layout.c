#include "maps_layout.h"

#include <inttypes.h>
#include <sys/personality.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "command.h"
#include "report/layout_rows.h"
#include "report/mapping_rows.h"

#include "base/banned.h"

enum {
	LINES_MAX = 58,  /* of the picture: with what is said above it, some 60 */
	WIDTH = 80,      /* where there is no terminal */
	WIDTH_MIN = 40,  /* narrower ones break the lines by themselves */
	WIDTH_MAX = 160, /* wider ones would tear apart what belongs together */
};

struct layout_output layout_choose(const struct arguments *arguments, struct output *output)
{
	const uint64_t chosen = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_OUTPUT_ALL);
	struct layout_output layout = {
		.asked = is_given(arguments, OPTION_LAYOUT),
		.style = output->style,
	};

	if (!layout.asked)
		return layout;
	layout.columns = output->columns;
	layout.alone = output->style.format != RENDER_JSON;
	layout.as_table = output->style.format != RENDER_TEXT || arguments->given & chosen;
	output->columns = layout.alone ? (struct vmspy_selection){ 0 }
				       : output_columns(output, vmspy_mapping_columns);
	return layout;
}

/* --- what is said above the picture -------------------------------------------------------- */

static void print_program(const struct vmspy_address_facts *facts,
			  const struct vmspy_address_shape *shape, const struct vmspy_host *host,
			  struct render *render)
{
	const char *placed = !facts->is_pie.known  ? ""
			     : facts->is_pie.value ? ", position-independent (PIE)"
						   : ", at fixed addresses (no PIE)";
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf levels = { 0 };
	struct vmspy_error *err = NULL;

	if (host->page_table_levels)
		err = vmspy_buf_printf(&levels, ", %u levels of page tables",
				       host->page_table_levels);
	if (err)
		render_fail(render, err);
	if (shape->pointer_bits)
		render_line(render, "program      %u-bit%s%s", shape->pointer_bits, placed,
			    vmspy_buf_text(&levels));
	else
		render_line(render, "program      32 or 64 bits: hidden%s",
			    vmspy_buf_text(&levels));
}

/* What randomize_va_space means. Source: Documentation/admin-guide/sysctl/kernel.rst. */
static void print_random(const struct vmspy_address_facts *facts, struct render *render)
{
	static const char *const words[] = { "nothing", "stack, mmap(), vdso",
					     "stack, mmap(), vdso, heap" };
	uint64_t setting = facts->randomize_va_space.value;
	const char *code = setting && facts->is_pie.known && facts->is_pie.value ? ", code" : "";

	if (facts->personality.known && facts->personality.value & ADDR_NO_RANDOMIZE)
		render_line(render, "random       nothing: the personality says so");
	else if (!facts->randomize_va_space.known || setting >= sizeof(words) / sizeof(words[0]))
		render_line(render, "random       not known");
	else
		render_line(render, "random       %s%s (randomize_va_space is %" PRIu64 "%s)",
			    words[setting], code, setting,
			    facts->personality.known ? "" : ", the personality hidden");
}

static void print_personality(const struct vmspy_address_facts *facts, struct render *render)
{
	char text[VMSPY_PERSONALITY_TEXT];

	if (facts->personality.known)
		render_line(render, "personality  %08" PRIx64 "%s%s", facts->personality.value,
			    facts->personality.value ? " " : " (nothing special)",
			    vmspy_personality_words((uint32_t)facts->personality.value, text));
	else if (facts->personality_refusal)
		render_line(render, "personality  hidden: %s",
			    vmspy_error_message(facts->personality_refusal));
	else
		render_line(render, "personality  not known");
}

static void print_direction(const struct vmspy_address_shape *shape, struct render *render)
{
	static const char *const words[] = {
		[VMSPY_MMAP_UNKNOWN] = "from where it gives addresses out is not known",
		[VMSPY_MMAP_DOWN] = "gives addresses out from below the stack downwards",
		[VMSPY_MMAP_UP] = "gives addresses out from a third of user space upwards (legacy)",
	};

	render_line(render, "mmap()       %s", words[shape->mmap]);
	render_line(render, "%s", "");
}

/* --- printing ------------------------------------------------------------------------------ */

static size_t picture_width(size_t terminal)
{
	if (!terminal)
		return WIDTH;
	if (terminal < WIDTH_MIN)
		return WIDTH_MIN;
	return terminal < WIDTH_MAX ? terminal : WIDTH_MAX;
}

static struct vmspy_error *print_picture(const struct layout_output *output,
					 const struct vmspy_space *space,
					 const struct vmspy_address_shape *shape,
					 struct render *render)
{
	VMSPY_AUTO(vmspy_blocks_deinit) struct vmspy_blocks blocks = { 0 };
	const struct picture picture = {
		.blocks = &blocks,
		.shape = shape,
		.comm = vmspy_space_identity(space)->comm,
		.width = picture_width(output->style.width),
		.coloured = output->style.coloured,
	};
	struct vmspy_error *err =
		vmspy_blocks_make(vmspy_space_layout(space), shape, LINES_MAX, &blocks);

	return err ? err : picture_draw(&picture, render);
}

static struct vmspy_error *print_table(const struct layout_output *output,
				       const struct vmspy_space *space,
				       const struct vmspy_address_shape *shape,
				       struct render *render)
{
	VMSPY_AUTO(vmspy_blocks_deinit) struct vmspy_blocks blocks = { 0 };
	struct vmspy_error *err = vmspy_blocks_make(vmspy_space_layout(space), shape, 0, &blocks);

	if (err)
		return err;
	render_table_begin(render, "layout", &output->columns);
	for (size_t i = 0; i < blocks.count; i++) {
		struct vmspy_block_row row;

		vmspy_block_row_fill(vmspy_space_identity(space), &blocks.block[i], &row);
		render_row(render, &row);
	}
	render_table_end(render);
	return NULL;
}

static void print_address_space(const struct vmspy_address_facts *facts,
				const struct vmspy_address_shape *shape,
				const struct vmspy_host *host, struct render *render)
{
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_address_space_columns, VMSPY_SHOW_JSON);
	struct vmspy_address_space_row row;

	vmspy_address_space_row_fill(facts, shape, host, &row);
	render_object(render, "address_space", &columns, &row);
}

struct vmspy_error *layout_print(const struct layout_output *output,
				 const struct vmspy_space *space, struct render *render)
{
	VMSPY_AUTO(vmspy_address_facts_deinit) struct vmspy_address_facts facts = { 0 };
	const struct vmspy_host *host = vmspy_space_host(space);
	struct vmspy_address_shape shape;

	if (!output->asked)
		return NULL;
	facts = vmspy_space_address_facts(space);
	shape = vmspy_address_shape_find(&facts, host, vmspy_space_layout(space));
	print_address_space(&facts, &shape, host, render);
	if (output->as_table)
		return print_table(output, space, &shape, render);
	if (!output->style.no_headings) {
		print_program(&facts, &shape, host, render);
		print_random(&facts, render);
		print_personality(&facts, render);
		print_direction(&shape, render);
	}
	return print_picture(output, space, &shape, render);
}

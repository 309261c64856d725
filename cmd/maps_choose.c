/* vmspy maps: which rows are meant. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "maps.h"

#include "base/banned.h"

static struct vmspy_error *choose_summary(const struct arguments *arguments, uint32_t *ret)
{
	static const struct {
		const char *words;
		uint32_t by;
	} ways[] = {
		{ "kind", VMSPY_NEED_KIND },
		{ "object", VMSPY_NEED_OBJECT },
		{ "kind,object", VMSPY_NEED_KIND | VMSPY_NEED_OBJECT },
		{ "object,kind", VMSPY_NEED_KIND | VMSPY_NEED_OBJECT },
	};
	const char *words = arguments->value[OPTION_SUMMARY];

	*ret = is_given(arguments, OPTION_SUMMARY) ? VMSPY_NEED_KIND : 0;
	if (!words)
		return NULL;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(ways[i].words, words)) {
			*ret = ways[i].by;
			return NULL;
		}
	return vmspy_error_create(
		VMSPY_ERROR_BAD_DATA,
		"mappings cannot be added up by '%s' (kind, object or kind,object)", words);
}

/* A filter is about mappings, also where they are added up afterwards. */
static struct vmspy_error *choose_filter(struct maps *maps)
{
	const char *list = maps->arguments->value[OPTION_FILTER];
	struct vmspy_error *err = NULL;

	if (list)
		err = vmspy_filter_parse(vmspy_mapping_columns, list,
					 (uint64_t)sysconf(_SC_PAGESIZE), &maps->filter);
	maps->output.columns.needs |= maps->filter.needs;
	return err;
}

struct vmspy_error *maps_choose(const struct arguments *arguments, struct maps *ret)
{
	struct maps maps = { .arguments = arguments };
	struct vmspy_error *err;

	if ((err = output_choose(arguments, &maps.output)))
		return err;
	maps.layout = layout_choose(arguments, &maps.output);
	if ((err = choice_parse(arguments, &maps.choice)) ||
	    (err = choose_summary(arguments, &maps.summary_by)) || (err = choose_filter(&maps)))
		return err;
	*ret = maps;
	return NULL;
}

static bool chooses_mappings(const struct maps *maps)
{
	const uint64_t options = OPTIONS_CHOICE | OPTION_BIT(OPTION_FILTER);

	return maps->arguments->given & options;
}

static struct vmspy_error *choose_mappings(const struct maps *maps, struct maps_view *view)
{
	const struct vmspy_mapping_rows *rows = view->mappings.rows;
	const struct vmspy_layout *layout = rows->layout;
	struct vmspy_mapping_row row;

	view->mappings.count = layout->count;
	if (!chooses_mappings(maps))
		return NULL;
	view->mappings.count = 0;
	view->index = calloc(layout->count + 1, sizeof(*view->index));
	if (!view->index)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < layout->count; i++) {
		if (!choice_takes(&maps->choice, &layout->mapping[i]))
			continue;
		vmspy_mapping_rows_get(rows, i, &row);
		if (vmspy_filter_takes(&maps->filter, &row))
			view->index[view->mappings.count++] = i;
	}
	view->mappings.index = view->index;
	return NULL;
}

/* A gap is of no kind of mapping, and has no object. */
static bool takes_gap(const struct maps *maps, const struct vmspy_mapping_rows *rows,
		      const struct vmspy_gap *gap)
{
	const struct choice *choice = &maps->choice;
	struct vmspy_mapping_row row;

	if (choice->kinds || choice->object || gap->end <= choice->range.start ||
	    gap->start >= choice->range.end)
		return false;
	vmspy_mapping_rows_gap(rows, gap->start, gap->end, &row);
	return vmspy_filter_takes(&maps->filter, &row);
}

static struct vmspy_error *choose_gaps(const struct maps *maps, struct maps_view *view)
{
	const struct vmspy_mapping_rows *rows = view->mappings.rows;
	struct vmspy_gap_list *gaps = &view->gaps;
	size_t kept = 0;
	struct vmspy_error *err;

	if (!is_given(maps->arguments, OPTION_GAPS))
		return NULL;
	err = vmspy_gaps_find(rows->layout, vmspy_user_end(&maps->host, rows->layout), gaps);
	if (err)
		return err;
	for (size_t i = 0; i < gaps->count; i++)
		if (takes_gap(maps, rows, &gaps->gap[i]))
			gaps->gap[kept++] = gaps->gap[i];
	gaps->count = kept;
	return NULL;
}

void maps_view_deinit(struct maps_view *view)
{
	vmspy_gap_list_deinit(&view->gaps);
	free(view->index);
	*view = (struct maps_view){ 0 };
}

struct vmspy_error *maps_view_init(const struct maps *maps, const struct vmspy_mapping_rows *rows,
				   struct maps_view *ret)
{
	VMSPY_AUTO(maps_view_deinit) struct maps_view view = { .mappings.rows = rows };
	struct vmspy_error *err;

	if ((err = choose_mappings(maps, &view)) || (err = choose_gaps(maps, &view)))
		return err;
	*ret = view;
	view = (struct maps_view){ 0 }; /* the caller's now */
	return NULL;
}

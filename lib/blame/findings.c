#include "blame/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "blame/finders.h"

#include "base/banned.h"

uint64_t vmspy_finding_bytes(const struct vmspy_findings_maker *maker, uint64_t pages)
{
	return pages * maker->pair->runs.page_bytes;
}

/* Without memory the name is empty: whoever adds the sentence will say so. */
struct vmspy_finding_name vmspy_finding_name_of(const char *name)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_finding_name ret = { 0 };
	size_t length;

	vmspy_error_destroy(vmspy_escape_line(&text, name, strlen(name)));
	length = text.length;
	if (length > VMSPY_FINDING_NAME_BYTES)
		length = vmspy_utf8_cut(text.text, VMSPY_FINDING_NAME_BYTES);
	snprintf(ret.text, sizeof(ret.text), "%.*s%s", (int)length, vmspy_buf_text(&text),
		 length < text.length ? "..." : "");
	return ret;
}

/* The last part of a path; other names as they are. */
struct vmspy_finding_name vmspy_finding_short_name_of(const char *object)
{
	const char *slash = object[0] == '/' ? strrchr(object, '/') : NULL;

	return vmspy_finding_name_of(slash && slash[1] ? slash + 1 : object);
}

struct vmspy_error *vmspy_finding_add(struct vmspy_findings_maker *maker,
				      const struct vmspy_finding_draft *draft, const char *format,
				      ...)
{
	struct vmspy_finding_list *list = &maker->list;
	struct vmspy_finding finding = {
		.id = maker->id,
		.in_headline = maker->in_headline,
		.bytes = vmspy_finding_bytes(maker, draft->pages),
	};
	struct vmspy_error *err;
	va_list arguments;
	int length;

	err = vmspy_array_grow(&list->finding, &list->room, list->count, sizeof(finding));
	if (err)
		return err;
	va_start(arguments, format);
	length = vasprintf(&finding.text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return vmspy_error_no_memory();
	if (draft->subject && !(finding.subject = strdup(draft->subject))) {
		free(finding.text);
		return vmspy_error_no_memory();
	}
	list->finding[list->count++] = finding;
	return NULL;
}

/* --- all of them --------------------------------------------------------------------------- */

static const struct finder {
	const char *id;
	struct vmspy_error *(*find)(struct vmspy_findings_maker *maker);
	bool in_headline;
} finders[] = {
	{ "still-shared", vmspy_find_still_shared, true },
	{ "copied-for-nothing", vmspy_find_identical },
	{ "write-amplification", vmspy_find_amplified },
	{ "who-left", vmspy_find_who_left, true },
	{ "largest-mapping", vmspy_find_largest_mapping },
	{ "few-bytes", vmspy_find_small_change },
	{ "variable-differs", vmspy_find_variable },
	{ "heap-clue", vmspy_find_clue },
	{ "changed-field", vmspy_find_field },
	{ "stack", vmspy_find_stack },
	{ "only-one-side", vmspy_find_one_sided },
	{ "separate", vmspy_find_separate },
	{ "unknown", vmspy_find_unknown },
};

enum {
	FINDER_COUNT = sizeof(finders) / sizeof(finders[0])
};

static size_t rank_of(const char *id)
{
	size_t rank = 0;

	while (strcmp(finders[rank].id, id) != 0)
		rank++;
	return rank;
}

static int by_weight(const void *x, const void *y)
{
	const struct vmspy_finding *a = x, *b = y;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return rank_of(a->id) < rank_of(b->id) ? -1 : 1;
}

static void end_finding(struct vmspy_finding *finding)
{
	free(finding->text);
	free(finding->subject);
}

static void keep_largest(struct vmspy_finding_list *list)
{
	if (list->count)
		qsort(list->finding, list->count, sizeof(*list->finding), by_weight);
	while (list->count > VMSPY_FINDINGS_MAX)
		end_finding(&list->finding[--list->count]);
}

static void end_maker(struct vmspy_findings_maker *maker)
{
	vmspy_finding_list_deinit(&maker->list);
}

struct vmspy_error *vmspy_findings_make(const struct vmspy_evidence *evidence,
					struct vmspy_finding_list *ret)
{
	VMSPY_AUTO(end_maker)
	struct vmspy_findings_maker maker = { .evidence = evidence, .pair = evidence->pair };
	struct vmspy_error *err;

	for (size_t i = 0; i < FINDER_COUNT && !vmspy_pair_is_one_space(maker.pair); i++) {
		maker.id = finders[i].id;
		maker.in_headline = finders[i].in_headline;
		if ((err = finders[i].find(&maker)))
			return err;
	}
	keep_largest(&maker.list);
	*ret = maker.list;
	maker.list = (struct vmspy_finding_list){ 0 }; /* the caller owns it now */
	return NULL;
}

void vmspy_finding_list_deinit(struct vmspy_finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		end_finding(&list->finding[i]);
	free(list->finding);
	*list = (struct vmspy_finding_list){ 0 };
}

#include "format/smaps.h"

#include "fuzz.h"

enum {
	SPLITS = 64
}; /* of one input that are tried, spread evenly */

static void check_list(const struct vmspy_smaps_list *list)
{
	uint64_t lowest = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_smaps *smaps = &list->smaps[i];

		promise(smaps->start >= lowest && smaps->start < smaps->end);
		lowest = smaps->end;
		promise(smaps->flags <= list->flags_count);
		promise(smaps->known >> VMSPY_SMAPS_FIELD_COUNT == 0);
		for (int field = 0; field < VMSPY_SMAPS_FIELD_COUNT; field++) {
			promise(field >= VMSPY_SMAPS_THP_ELIGIBLE ||
				smaps->value[field] % 1024 == 0);
			promise(smaps->known >> field & 1 || smaps->value[field] == 0);
		}
		promise(vmspy_smaps_find(list, smaps->start, smaps->end) == smaps);
	}
}

/* What was not taken of the first piece is given again, with the second behind it. */
static bool feed_in_two(struct vmspy_smaps_list *list, const char *text, size_t size, size_t split)
{
	size_t used, more;

	if (!fuzz_succeeded(vmspy_smaps_feed(list, text, split, &used)))
		return false;
	promise(used <= split);
	if (!fuzz_succeeded(vmspy_smaps_feed(list, text + used, size - used, &more)))
		return false;
	promise(used + more <= size);
	return true;
}

static bool is_same(const struct vmspy_smaps_list *a, const struct vmspy_smaps_list *b, size_t i)
{
	const char *of_a = vmspy_smaps_flags(a, &a->smaps[i]);
	const char *of_b = vmspy_smaps_flags(b, &b->smaps[i]);

	return !memcmp(&a->smaps[i], &b->smaps[i], offsetof(struct vmspy_smaps, flags)) &&
	       !of_a == !of_b && (!of_a || !strcmp(of_a, of_b));
}

static void check_split(const struct vmspy_smaps_list *whole, bool fit, const char *text,
			size_t size, size_t split)
{
	struct vmspy_smaps_list list = { 0 };

	promise(feed_in_two(&list, text, size, split) == fit);
	promise(list.count == whole->count);
	for (size_t i = 0; i < list.count; i++)
		promise(is_same(&list, whole, i));
	vmspy_smaps_list_deinit(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct vmspy_smaps_list list = { 0 };
	size_t used, step = size / SPLITS + 1;
	bool fit;

	if (!size)
		return 0;
	fit = fuzz_succeeded(vmspy_smaps_feed(&list, text, size, &used));
	promise(!fit || (used <= size && !memchr(text + used, '\n', size - used)));
	check_list(&list);
	for (size_t split = data[size - 1] % step; split <= size; split += step)
		check_split(&list, fit, text, size, split);
	vmspy_smaps_list_deinit(&list);
	return 0;
}

#include "compare/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#include "base/banned.h"

enum {
	CONTENT_BYTES_MAX = 8 << 20, /* kept after the hold */
	EQUAL_BYTES_MAX = 2 << 20,   /* of them, before equal pages are no longer kept */
};

/* ret: how many bytes of a word are not 0. */
static uint32_t count_set_bytes(uint64_t word)
{
	const uint64_t low_bits = UINT64_C(0x7f7f7f7f7f7f7f7f);
	const uint64_t ones = UINT64_C(0x0101010101010101);
	enum {
		TOP_BIT = 7,
		TOP_BYTE = 56,
	};
	/* The top bit of each byte that is not 0: its own, or carried into from below. */
	uint64_t top_bits = (((word & low_bits) + low_bits) | word) & ~low_bits;

	return (uint32_t)((top_bits >> TOP_BIT) * ones >> TOP_BYTE); /* their sum */
}

/* Most of a page is the same on both sides, and the target stands still meanwhile. */
uint32_t vmspy_contents_count_changed(const unsigned char *a, const unsigned char *b,
				      size_t page_bytes)
{
	enum {
		PART_BYTES = 64, /* as many are passed by at once */
	};
	uint64_t word_a, word_b;
	uint32_t changed = 0;

	for (size_t part = 0; part < page_bytes; part += PART_BYTES) {
		if (!memcmp(a + part, b + part, PART_BYTES))
			continue;
		for (size_t i = part; i < part + PART_BYTES; i += sizeof(word_a)) {
			memcpy(&word_a, a + i, sizeof(word_a));
			memcpy(&word_b, b + i, sizeof(word_b));
			changed += count_set_bytes(word_a ^ word_b);
		}
	}
	return changed;
}

static struct vmspy_error *add_content(struct vmspy_compared_list *list, const unsigned char *a,
				       const unsigned char *b, size_t page_bytes)
{
	size_t pair_bytes = 2 * page_bytes;
	struct vmspy_error *err;

	err = vmspy_array_grow(&list->contents, &list->content_room, list->content_count,
			       pair_bytes);
	if (err)
		return err;
	memcpy(list->contents + list->content_count * pair_bytes, a, page_bytes);
	memcpy(list->contents + list->content_count * pair_bytes + page_bytes, b, page_bytes);
	list->content_count++;
	return NULL;
}

struct vmspy_error *vmspy_contents_keep(struct vmspy_pair *pair,
					const struct vmspy_compared_page *page,
					const unsigned char *a, const unsigned char *b)
{
	struct vmspy_compared_list *list = &pair->compared;
	size_t page_bytes = pair->runs.page_bytes;
	size_t most_bytes = page->changed_bytes ? CONTENT_BYTES_MAX : EQUAL_BYTES_MAX;
	uint32_t content = VMSPY_NO_CONTENT;
	struct vmspy_error *err;

	if ((list->content_count + 1) * 2 * page_bytes <= most_bytes) {
		content = (uint32_t)list->content_count;
		if ((err = add_content(list, a, b, page_bytes)))
			return err;
	}
	if ((err = vmspy_array_grow(&list->page, &list->room, list->count, sizeof(*list->page))))
		return err;
	list->page[list->count] = *page;
	list->page[list->count++].content_index = content;
	return NULL;
}

static int by_address(const void *x, const void *y)
{
	const struct vmspy_compared_page *a = x, *b = y;

	return (a->address > b->address) - (a->address < b->address);
}

void vmspy_contents_sort(struct vmspy_compared_list *list)
{
	if (list->count)
		qsort(list->page, list->count, sizeof(*list->page), by_address);
}

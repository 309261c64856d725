/* Bytes of both sides, compared, and kept to be named after the hold. */
#ifndef VMSPY_COMPARE_CONTENTS_H
#define VMSPY_COMPARE_CONTENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "compare/window.h"

/* ret: how many bytes differ. page_bytes: a multiple of 8. */
uint32_t vmspy_contents_count_changed(const unsigned char *a, const unsigned char *b,
				      size_t page_bytes);

/*
 * Record a page, and its bytes as long as there is room for them.
 * page: its content_index is not looked at.
 */
struct vmspy_error *vmspy_contents_keep(struct vmspy_pair *pair,
					const struct vmspy_compared_page *page,
					const unsigned char *a,
					const unsigned char *b) VMSPY_MUST_CHECK;

/* Sort the records by address, once all are there: after the hold. */
void vmspy_contents_sort(struct vmspy_compared_list *list);

#endif

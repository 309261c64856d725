/* Large folios: how much of a mapping lies in huge pages, and how those are mapped. */
#ifndef VMSPY_INSPECT_FOLIOS_H
#define VMSPY_INSPECT_FOLIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "inspect/survey.h"

enum vmspy_folio_alignment {
	VMSPY_FOLIO_ALIGNED,   /* all of it is mapped, at a multiple of its size */
	VMSPY_FOLIO_UNALIGNED, /* all of it, elsewhere */
	VMSPY_FOLIO_PARTIAL,   /* only a part of it is mapped here */
	VMSPY_FOLIO_ALIGNMENTS,
};

/* By what the page table maps it. */
enum vmspy_folio_mapped {
	VMSPY_FOLIO_BY_UNKNOWN, /* huge pages of this kernel cannot be told from small ones */
	VMSPY_FOLIO_BY_PTE,
	VMSPY_FOLIO_BY_PMD,
	VMSPY_FOLIO_BY_HUGETLB,
	VMSPY_FOLIO_BY_COUNT,
};

/* Pages of one mapping that lie in folios of one size, mapped in one way. */
struct vmspy_folio_sum {
	size_t mapping_index;
	enum vmspy_folio_mapped mapped;
	enum vmspy_folio_alignment alignment;
	bool is_anonymous;
	uint64_t folio_bytes; /* 0: not known, of partial ones */
	uint64_t pages;
};

/* Shape: ascending by mapping, then in the order of the other members. */
struct vmspy_folio_sums {
	struct vmspy_folio_sum *sum;
	size_t count, room;
};

/* A folio whose pages pass by. A zeroed struct is before the first. */
struct vmspy_folios {
	struct vmspy_space *space;
	struct vmspy_folio_sums sums;
	struct {
		uint64_t pages;          /* 0: none */
		uint64_t address, frame; /* of the first */
		uint64_t next_address;
		struct vmspy_folio_sum kind; /* its pages are not set */
	} open;
};

/*
 * Look at the pages of a window; windows come in ascending order, with flags.
 * Errors: NO_MEMORY; SYSTEM, of a frame behind the last that is looked up.
 * Source: tools/mm/thpmaps: all of a folio is mapped if its head and all tails are, in order.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_folios_take(
	struct vmspy_folios *folios, const struct vmspy_survey_window *window) VMSPY_MUST_CHECK;

/* After the last window. Errors: as vmspy_folios_take(). */
VMSPY_PUBLIC struct vmspy_error *vmspy_folios_finish(struct vmspy_folios *folios) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_folios_deinit(struct vmspy_folios *folios);

#endif

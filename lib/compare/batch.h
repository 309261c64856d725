/* Diverged pages whose bytes one thread reads together. */
#ifndef VMSPY_COMPARE_BATCH_H
#define VMSPY_COMPARE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/census.h"
#include "compare/draw.h"
#include "compare/window.h"

enum {
	VMSPY_BATCH_PAGES = 32, /* a quarter of a megabyte of both sides: it stays in the cache */
};

/* What became of a page. */
enum vmspy_outcome {
	VMSPY_OUTCOME_OTHER,  /* it is no longer what its run says */
	VMSPY_OUTCOME_MOVED,  /* its words changed while its bytes were read */
	VMSPY_OUTCOME_UNREAD, /* its bytes cannot be read, on one side at least */
	VMSPY_OUTCOME_READ,
};

struct vmspy_batch_page {
	struct vmspy_draw_page page;
	size_t place; /* its index in the batch */
	enum vmspy_outcome outcome;
	uint32_t changed_bytes;            /* of a page that was read */
	struct vmspy_census_places places; /* the same, where there is a census */
};

/* A zeroed struct with the first four set; then add and read by turns. */
struct vmspy_batch {
	struct vmspy_window *window;
	const struct vmspy_interval *intervals;
	const struct vmspy_census *census; /* what it would count is found; NULL: there is none */
	uint64_t page_bytes;
	struct vmspy_draw_list *list; /* that the pages were drawn from; the caller's own */
	struct vmspy_batch_page page[VMSPY_BATCH_PAGES];
	size_t count;
	/* Adjacent or nearly adjacent pages of one interval lie in one place. */
	struct vmspy_place place[VMSPY_BATCH_PAGES];
	size_t place_count;
	unsigned char *bytes;
	uint16_t *places; /* of all pages */
	size_t room;      /* of one list of them */
};

/* Errors: NO_MEMORY. */
struct vmspy_error *vmspy_batch_init(struct vmspy_batch *batch) VMSPY_MUST_CHECK;
void vmspy_batch_deinit(struct vmspy_batch *batch);

/* Whether there is room for another cluster. */
bool vmspy_batch_has_room(const struct vmspy_batch *batch);

/* Add the pages of a cluster, which ascend. */
void vmspy_batch_add(struct vmspy_batch *batch, const struct vmspy_cluster *cluster);

/*
 * Read words, bytes, and the words again: what is compared stood still meanwhile.
 * Errors: GONE, SYSTEM, NOT_PERMITTED.
 */
struct vmspy_error *vmspy_batch_read(struct vmspy_batch *batch) VMSPY_MUST_CHECK;

/* The bytes of a page that was read. Valid until more is added. */
struct vmspy_census_page vmspy_batch_bytes(const struct vmspy_batch *batch, size_t i);

/* Forget all pages. */
void vmspy_batch_clear(struct vmspy_batch *batch);

#endif

/* What `vmspy addr` tells people of one address of one process: facts, each with a label. */
#ifndef VMSPY_CMD_ADDR_FACTS_H
#define VMSPY_CMD_ADDR_FACTS_H

#include "base/buf.h"
#include "base/error.h"
#include "report/address_rows.h"

/* One side. Borrowed. */
struct addr_view {
	const struct vmspy_address_sight *sight;
	const struct vmspy_address_row *row;
};

struct addr_fact {
	const char *label;
	/* Append what there is to tell, nothing if there is nothing. Text of a target is escaped. */
	struct vmspy_error *(*tell)(const struct addr_view *view, struct vmspy_buf *buf);
};

/* In the order of an explanation; a zeroed one ends them. */
extern const struct addr_fact addr_facts[];

/* Append text that a target may have chosen. text: NULL is none. */
struct vmspy_error *addr_append_text(struct vmspy_buf *buf, const char *text) VMSPY_MUST_CHECK;

#endif

/* What a page fault did, by why it came and what stood there before. Pure. */
#ifndef VMSPY_TRACE_EFFECT_H
#define VMSPY_TRACE_EFFECT_H

#include <stdbool.h>

#include "space/standing.h"
#include "trace/event.h"

/* Why a fault came. */
enum vmspy_fault_cause {
	VMSPY_CAUSE_READ,       /* the page was not there */
	VMSPY_CAUSE_WRITE_NONE, /* it was not there, and was to be written */
	VMSPY_CAUSE_WRITE_HERE, /* it was there, and might not be written */
};

enum vmspy_outcome {
	VMSPY_OUTCOME_UNKNOWN,
	VMSPY_OUTCOME_COPY_MEMORY,
	VMSPY_OUTCOME_COPY_FILE,
	VMSPY_OUTCOME_COPY_SWAP,
	VMSPY_OUTCOME_TOUCH,
	VMSPY_OUTCOME_READ,
	VMSPY_OUTCOME_FILE,
	VMSPY_OUTCOME_SWAP,
	VMSPY_OUTCOME_REUSE,
	VMSPY_OUTCOME_ASK_WORDS, /* only the page words can tell */
};

/* What the events tell of a fault. */
struct vmspy_fault_facts {
	enum vmspy_fault_cause cause;
	bool was_given_frame;
	enum vmspy_standing before; /* what is known to have stood there */
	const struct vmspy_mapping *mapping;
};

enum vmspy_outcome vmspy_effect_judge(const struct vmspy_fault_facts *facts);

/* One page, before and now. */
struct vmspy_page_change {
	struct vmspy_page before, now;
	const struct vmspy_mapping *mapping;
	const struct vmspy_host *host;
};

/*
 * By what the page words tell, of a page that was written or read in between.
 * ret:  SWAP: it was read back; whether it was copied too the other side must tell.
 * Note: with hidden frames a page that was shared and is exclusive now counts as a copy: the
 *       caller knows whether the other side has left it.
 */
enum vmspy_outcome vmspy_effect_judge_words(const struct vmspy_page_change *change);

/* Whether it is a copy, and of what. ret: written for copies only. */
bool vmspy_outcome_is_copy(enum vmspy_outcome outcome, enum vmspy_copied *ret);

/* outcome: no copy. */
enum vmspy_fault_effect vmspy_outcome_effect(enum vmspy_outcome outcome);

#endif

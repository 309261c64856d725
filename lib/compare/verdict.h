/* Two pages at one virtual address: one memory, a copy, or not to be known. Pure. */
#ifndef VMSPY_COMPARE_VERDICT_H
#define VMSPY_COMPARE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "space/standing.h"

/* What a pair of pages is, in the words of the manual. */
enum vmspy_state {
	VMSPY_STATE_SHARED,
	VMSPY_STATE_DIVERGED,
	VMSPY_STATE_ONLY_A,
	VMSPY_STATE_ONLY_B,
	VMSPY_STATE_LAZY_A,
	VMSPY_STATE_LAZY_B,
	VMSPY_STATE_SEPARATE,
	VMSPY_STATE_UNKNOWN,
	VMSPY_STATE_UNCOUNTED, /* nobody's memory */
	VMSPY_STATE_COUNT,
};

/* The finer word, and why. Each belongs to one state. */
enum vmspy_page_class {
	VMSPY_CLASS_NONE,        /* nothing on either side */
	VMSPY_CLASS_SHARED,      /* one anonymous frame behind both */
	VMSPY_CLASS_SHARED_KSM,  /* the same, but merged for equal content, not inherited */
	VMSPY_CLASS_SHARED_FILE, /* one page of a file or of shared memory */
	VMSPY_CLASS_SWAP_SAME,   /* one swap slot */
	VMSPY_CLASS_DIVERGED,
	VMSPY_CLASS_DIVERGED_FILE, /* one side copied the file's page, the other still maps it */
	VMSPY_CLASS_DIVERGED_ZERO, /* one side filled the page, the other still maps the zero page */
	VMSPY_CLASS_SWAP_DIFF,     /* two swap slots */
	VMSPY_CLASS_SWAP_FRAME_DIVERGED, /* a slot, and a frame that is not that slot's */
	VMSPY_CLASS_ONLY_A,
	VMSPY_CLASS_ONLY_B,
	VMSPY_CLASS_NOVMA_A, /* private memory of a where b has no mapping */
	VMSPY_CLASS_NOVMA_B,
	VMSPY_CLASS_LAZY_A, /* file or zero page that only a has looked at yet */
	VMSPY_CLASS_LAZY_B,
	VMSPY_CLASS_SEPARATE, /* private on both sides, and no common origin */
	VMSPY_CLASS_REMAPPED, /* another file, offset or kind of sharing at this address */
	VMSPY_CLASS_UNKNOWN,
	VMSPY_CLASS_UNSTABLE,           /* kept changing while it was read */
	VMSPY_CLASS_SWAP_FRAME_UNKNOWN, /* a slot, and a frame that may be that slot's */
	VMSPY_CLASS_ZERO,               /* the zero page on both sides */
	VMSPY_CLASS_GUARD,
	VMSPY_CLASS_MARKER,
	VMSPY_CLASS_UNTRACKED, /* the kernel shows no page words here */
	VMSPY_CLASS_COUNT,
};

/* Why a pair is unknown. */
enum vmspy_reason {
	VMSPY_REASON_NONE,
	VMSPY_REASON_FRAMES_HIDDEN,
	VMSPY_REASON_KEPT_CHANGING,
	VMSPY_REASON_IN_FLIGHT,
	VMSPY_REASON_SWAP_VS_FRAME,
	VMSPY_REASON_NO_KPAGEFLAGS,
	VMSPY_REASON_UNREADABLE,
	VMSPY_REASON_NO_RULE,
	VMSPY_REASON_DIFFERENT_CAPTURES,
	VMSPY_REASON_COUNT,
};

/* Which side left the frame that was common at the fork. */
enum vmspy_left {
	VMSPY_LEFT_UNKNOWN,
	VMSPY_LEFT_A,
	VMSPY_LEFT_B,
	VMSPY_LEFT_BOTH,
	VMSPY_LEFT_COUNT,
};

/* How that is known. */
enum vmspy_left_source {
	VMSPY_LEFT_BY_NONE,
	VMSPY_LEFT_BY_FILE,    /* one side still maps the page of the file */
	VMSPY_LEFT_BY_SIBLING, /* another child of the parent still has the frame */
	VMSPY_LEFT_BY_COUNT,
};

enum vmspy_knowledge {
	VMSPY_NO,
	VMSPY_YES,
	VMSPY_NOT_KNOWN
};

/* All that is known of one side. */
struct vmspy_sight {
	enum vmspy_standing standing;
	bool hidden;               /* the frame or slot number is hidden from us */
	bool may_be_zero;          /* a hidden frame that may as well be the zero page */
	uint64_t where;            /* frame, or swap type and offset as one number */
	bool exclusive;            /* bit 56, seen on both reads of this side */
	enum vmspy_knowledge huge; /* mapped by a huge entry: bit 56 then says nothing by itself */
	bool flags_known;          /* the frame was looked up in /proc/kpageflags */
	bool swap_cached, merged, compound; /* KPF_SWAPCACHE, KPF_KSM, KPF_THP or KPF_HUGE */
};

/* How the two mappings at this address fit together. */
struct vmspy_fit {
	bool remapped;  /* device, inode, offset of this address, or private/shared differ */
	bool same_file; /* device, inode and offset of this address are equal, and there is a file */
};

struct vmspy_verdict {
	enum vmspy_page_class page_class;
	enum vmspy_reason reason; /* of the unknown ones */
	bool ask_flags;  /* the frames' flags are not known yet and may change the verdict */
	bool look_again; /* a passing state, or a contradiction: read the words again */
};

/*
 * Judge a pair. Every combination has an answer: cannot fail.
 * ask_merged: whether a shared frame is looked up for KSM (costs one look-up a shared page).
 * Source:     mm/memory.c (fork does not copy entries of file and zero pages; the last owner of a
 *             small page writes in place), fs/proc/task_mmu.c (what the bits of a word mean).
 * Note:       two hidden frames are never called shared: they may be two copies, each shared onward.
 */
VMSPY_PUBLIC struct vmspy_verdict vmspy_verdict_decide(const struct vmspy_sight *a,
						       const struct vmspy_sight *b,
						       struct vmspy_fit fit, bool ask_merged);

VMSPY_PUBLIC enum vmspy_state vmspy_class_state(enum vmspy_page_class page_class);

/* The words that scripts see ("only_a", "swap-diff", "kept-changing"). Static. */
VMSPY_PUBLIC const char *vmspy_state_name(enum vmspy_state state);
VMSPY_PUBLIC const char *vmspy_class_name(enum vmspy_page_class page_class);
VMSPY_PUBLIC const char *vmspy_reason_name(enum vmspy_reason reason);

VMSPY_PUBLIC const char *vmspy_left_name(enum vmspy_left left);                 /* NULL: unknown */
VMSPY_PUBLIC const char *vmspy_left_source_name(enum vmspy_left_source source); /* NULL: none */

/* What the user can do about it, one phrase; NULL: nothing. Static. */
VMSPY_PUBLIC const char *vmspy_reason_remedy(enum vmspy_reason reason);

#endif

#include "compare/verdict.h"

#include <stddef.h>

#include "base/banned.h"

/* What to do with a pair; the plain classes need no further thought. */
enum action {
	NOTHING,
	ONLY_A,
	ONLY_B,
	NOVMA_A,
	NOVMA_B,
	LAZY_A,
	LAZY_B,
	COMPARE_FRAMES,
	COMPARE_FILES,
	COMPARE_SLOTS,
	ASK_SWAPCACHE,
	DIVERGED_FILE,
	DIVERGED_ZERO,
	REMAPPED,
	BOTH_ZERO,
	GUARDED,
	MARKED,
	UNTRACKED,
	LOOK_AGAIN,
};

#define NONE   VMSPY_STANDING_NONE
#define ANON   VMSPY_STANDING_ANON
#define FILE_  VMSPY_STANDING_FILE
#define ZERO   VMSPY_STANDING_ZERO
#define SWAP   VMSPY_STANDING_SWAP
#define GUARD  VMSPY_STANDING_GUARD
#define MARKER VMSPY_STANDING_MARKER
#define FLIGHT VMSPY_STANDING_IN_FLIGHT
#define UNSEEN VMSPY_STANDING_UNTRACKED
#define NO_VMA VMSPY_STANDING_NO_MAPPING
#define COUNT  VMSPY_STANDING_COUNT

/* Rows: a. Columns: b, in the order of enum vmspy_standing. */
/* clang-format off */
static const unsigned char same_backing[COUNT][COUNT] = {
	/*           NONE       ANON            FILE           ZERO           SWAP           GUARD    MARKER   IN_FLIGHT   UNTRACKED  NO_MAPPING */
	[NONE]   = { NOTHING,   ONLY_B,         LAZY_B,        LAZY_B,        ONLY_B,        GUARDED, MARKED,  LOOK_AGAIN, UNTRACKED, NOTHING },
	[ANON]   = { ONLY_A,    COMPARE_FRAMES, DIVERGED_FILE, DIVERGED_ZERO, ASK_SWAPCACHE, ONLY_A,  ONLY_A,  LOOK_AGAIN, UNTRACKED, NOVMA_A },
	[FILE_]  = { LAZY_A,    DIVERGED_FILE,  COMPARE_FILES, DIVERGED_FILE, DIVERGED_FILE, LAZY_A,  LAZY_A,  LOOK_AGAIN, UNTRACKED, LAZY_A },
	[ZERO]   = { LAZY_A,    DIVERGED_ZERO,  DIVERGED_FILE, BOTH_ZERO,     DIVERGED_ZERO, LAZY_A,  LAZY_A,  LOOK_AGAIN, UNTRACKED, LAZY_A },
	[SWAP]   = { ONLY_A,    ASK_SWAPCACHE,  DIVERGED_FILE, DIVERGED_ZERO, COMPARE_SLOTS, ONLY_A,  ONLY_A,  LOOK_AGAIN, UNTRACKED, NOVMA_A },
	[GUARD]  = { GUARDED,   ONLY_B,         LAZY_B,        LAZY_B,        ONLY_B,        GUARDED, GUARDED, LOOK_AGAIN, UNTRACKED, GUARDED },
	[MARKER] = { MARKED,    ONLY_B,         LAZY_B,        LAZY_B,        ONLY_B,        GUARDED, MARKED,  LOOK_AGAIN, UNTRACKED, MARKED },
	[FLIGHT] = { LOOK_AGAIN, LOOK_AGAIN,    LOOK_AGAIN,    LOOK_AGAIN,    LOOK_AGAIN,    LOOK_AGAIN, LOOK_AGAIN, LOOK_AGAIN, UNTRACKED, LOOK_AGAIN },
	[UNSEEN] = { UNTRACKED, UNTRACKED,      UNTRACKED,     UNTRACKED,     UNTRACKED,     UNTRACKED, UNTRACKED, UNTRACKED, UNTRACKED, UNTRACKED },
	[NO_VMA] = { NOTHING,   NOVMA_B,        LAZY_B,        LAZY_B,        NOVMA_B,       GUARDED, MARKED,  LOOK_AGAIN, UNTRACKED, NOTHING },
};

/* Where the address was used for something else: only pairs of present or swapped pages differ. */
static const unsigned char other_backing[COUNT][COUNT] = {
	/*          NONE  ANON      FILE           ZERO       SWAP */
	[ANON]  = { 0,    REMAPPED, REMAPPED,      REMAPPED,  REMAPPED },
	[FILE_] = { 0,    REMAPPED, COMPARE_FILES, REMAPPED,  REMAPPED },
	[ZERO]  = { 0,    REMAPPED, REMAPPED,      BOTH_ZERO, REMAPPED },
	[SWAP]  = { 0,    REMAPPED, REMAPPED,      REMAPPED,  REMAPPED },
};

static const enum vmspy_page_class plain_class[] = {
	[NOTHING]       = VMSPY_CLASS_NONE,
	[ONLY_A]        = VMSPY_CLASS_ONLY_A,
	[ONLY_B]        = VMSPY_CLASS_ONLY_B,
	[NOVMA_A]       = VMSPY_CLASS_NOVMA_A,
	[NOVMA_B]       = VMSPY_CLASS_NOVMA_B,
	[LAZY_A]        = VMSPY_CLASS_LAZY_A,
	[LAZY_B]        = VMSPY_CLASS_LAZY_B,
	[DIVERGED_FILE] = VMSPY_CLASS_DIVERGED_FILE,
	[DIVERGED_ZERO] = VMSPY_CLASS_DIVERGED_ZERO,
	[REMAPPED]      = VMSPY_CLASS_REMAPPED,
	[BOTH_ZERO]     = VMSPY_CLASS_ZERO,
	[GUARDED]       = VMSPY_CLASS_GUARD,
	[MARKED]        = VMSPY_CLASS_MARKER,
	[UNTRACKED]     = VMSPY_CLASS_UNTRACKED,
};

static const struct { const char *name; enum vmspy_state state; } classes[VMSPY_CLASS_COUNT] = {
	[VMSPY_CLASS_NONE]                = { "none",                 VMSPY_STATE_UNCOUNTED },
	[VMSPY_CLASS_SHARED]              = { "shared",               VMSPY_STATE_SHARED },
	[VMSPY_CLASS_SHARED_KSM]          = { "shared-ksm",           VMSPY_STATE_SHARED },
	[VMSPY_CLASS_SHARED_FILE]         = { "shared-file",          VMSPY_STATE_SHARED },
	[VMSPY_CLASS_SWAP_SAME]           = { "swap-same",            VMSPY_STATE_SHARED },
	[VMSPY_CLASS_DIVERGED]            = { "diverged",             VMSPY_STATE_DIVERGED },
	[VMSPY_CLASS_DIVERGED_FILE]       = { "diverged-file",        VMSPY_STATE_DIVERGED },
	[VMSPY_CLASS_DIVERGED_ZERO]       = { "diverged-zero",        VMSPY_STATE_DIVERGED },
	[VMSPY_CLASS_SWAP_DIFF]           = { "swap-diff",            VMSPY_STATE_DIVERGED },
	[VMSPY_CLASS_SWAP_FRAME_DIVERGED] = { "swap-frame-diverged",  VMSPY_STATE_DIVERGED },
	[VMSPY_CLASS_ONLY_A]              = { "only-A",               VMSPY_STATE_ONLY_A },
	[VMSPY_CLASS_ONLY_B]              = { "only-B",               VMSPY_STATE_ONLY_B },
	[VMSPY_CLASS_NOVMA_A]             = { "novma-A",              VMSPY_STATE_ONLY_A },
	[VMSPY_CLASS_NOVMA_B]             = { "novma-B",              VMSPY_STATE_ONLY_B },
	[VMSPY_CLASS_LAZY_A]              = { "lazy-A",               VMSPY_STATE_LAZY_A },
	[VMSPY_CLASS_LAZY_B]              = { "lazy-B",               VMSPY_STATE_LAZY_B },
	[VMSPY_CLASS_SEPARATE]            = { "separate",             VMSPY_STATE_SEPARATE },
	[VMSPY_CLASS_REMAPPED]            = { "remapped",             VMSPY_STATE_SEPARATE },
	[VMSPY_CLASS_UNKNOWN]             = { "unknown",              VMSPY_STATE_UNKNOWN },
	[VMSPY_CLASS_UNSTABLE]            = { "unstable",             VMSPY_STATE_UNKNOWN },
	[VMSPY_CLASS_SWAP_FRAME_UNKNOWN]  = { "swap-frame-unknown",   VMSPY_STATE_UNKNOWN },
	[VMSPY_CLASS_ZERO]                = { "zero",                 VMSPY_STATE_UNCOUNTED },
	[VMSPY_CLASS_GUARD]               = { "guard",                VMSPY_STATE_UNCOUNTED },
	[VMSPY_CLASS_MARKER]              = { "marker",               VMSPY_STATE_UNCOUNTED },
	[VMSPY_CLASS_UNTRACKED]           = { "untracked",            VMSPY_STATE_UNCOUNTED },
};

static const char *const states[VMSPY_STATE_COUNT] = {
	[VMSPY_STATE_SHARED] = "shared",   [VMSPY_STATE_DIVERGED] = "diverged",
	[VMSPY_STATE_ONLY_A] = "only_a",   [VMSPY_STATE_ONLY_B] = "only_b",
	[VMSPY_STATE_LAZY_A] = "lazy_a",   [VMSPY_STATE_LAZY_B] = "lazy_b",
	[VMSPY_STATE_SEPARATE] = "separate", [VMSPY_STATE_UNKNOWN] = "unknown",
	[VMSPY_STATE_UNCOUNTED] = "uncounted",
};

static const struct { const char *name, *remedy; } reasons[VMSPY_REASON_COUNT] = {
	[VMSPY_REASON_NONE]               = { "none", NULL },
	[VMSPY_REASON_FRAMES_HIDDEN]      = { "frames-hidden", "needs CAP_SYS_ADMIN in the first user namespace (run with sudo)" },
	[VMSPY_REASON_KEPT_CHANGING]      = { "kept-changing", "run again; without --no-hold the processes stand still" },
	[VMSPY_REASON_IN_FLIGHT]          = { "in-flight", "run again: the kernel was moving these pages" },
	[VMSPY_REASON_SWAP_VS_FRAME]      = { "swap-vs-frame", "run again after both sides have touched these pages" },
	[VMSPY_REASON_NO_KPAGEFLAGS]      = { "no-kpageflags", "needs to open /proc/kpageflags (run as root)" },
	[VMSPY_REASON_UNREADABLE]         = { "unreadable", NULL },
	[VMSPY_REASON_NO_RULE]            = { "no-rule", NULL },
	[VMSPY_REASON_DIFFERENT_CAPTURES] = { "different-captures", "record both processes together" },
};
/* clang-format on */

enum vmspy_state vmspy_class_state(enum vmspy_page_class page_class)
{
	return classes[page_class].state;
}

const char *vmspy_state_name(enum vmspy_state state)
{
	return states[state];
}

const char *vmspy_class_name(enum vmspy_page_class page_class)
{
	return classes[page_class].name;
}

const char *vmspy_reason_name(enum vmspy_reason reason)
{
	return reasons[reason].name;
}

const char *vmspy_reason_remedy(enum vmspy_reason reason)
{
	return reasons[reason].remedy;
}

static struct vmspy_verdict is(enum vmspy_page_class page_class)
{
	return (struct vmspy_verdict){ .page_class = page_class };
}

static struct vmspy_verdict unknown(enum vmspy_page_class page_class, enum vmspy_reason reason)
{
	return (struct vmspy_verdict){ .page_class = page_class, .reason = reason };
}

static struct vmspy_verdict look_again(enum vmspy_reason reason)
{
	return (struct vmspy_verdict){
		.page_class = VMSPY_CLASS_UNSTABLE,
		.reason = reason,
		.look_again = true,
	};
}

/*
 * Without frame numbers bit 56 can prove that two pages are two: a frame that is mapped once is
 * not also the other side's. It proves nothing by itself where a huge entry maps the page (bit 56
 * is that of the huge page's first frame then), unless both sides map it so.
 */
static bool proven_apart(const struct vmspy_sight *a, const struct vmspy_sight *b)
{
	if (a->huge == VMSPY_NOT_KNOWN || b->huge == VMSPY_NOT_KNOWN)
		return a->exclusive && b->exclusive;
	if (a->huge == VMSPY_YES && b->huge == VMSPY_YES)
		return a->exclusive || b->exclusive;
	return (a->exclusive && a->huge == VMSPY_NO) || (b->exclusive && b->huge == VMSPY_NO);
}

/* One frame behind both: bit 56 on either side contradicts it, except in huge pages. */
static struct vmspy_verdict judge_one_frame(const struct vmspy_sight *a,
					    const struct vmspy_sight *b, bool ask_merged)
{
	bool contradicted = a->exclusive || b->exclusive;
	struct vmspy_verdict verdict;

	if (a->flags_known && contradicted && !a->compound)
		return look_again(VMSPY_REASON_KEPT_CHANGING);
	verdict = is(a->flags_known && a->merged ? VMSPY_CLASS_SHARED_KSM : VMSPY_CLASS_SHARED);
	verdict.ask_flags = !a->flags_known && (contradicted || ask_merged);
	return verdict;
}

static struct vmspy_verdict compare_frames(const struct vmspy_sight *a, const struct vmspy_sight *b,
					   bool ask_merged)
{
	if (a->hidden || b->hidden)
		return proven_apart(a, b)
			       ? is(VMSPY_CLASS_DIVERGED)
			       : unknown(VMSPY_CLASS_UNKNOWN, VMSPY_REASON_FRAMES_HIDDEN);
	if (a->where != b->where)
		return is(VMSPY_CLASS_DIVERGED);
	return judge_one_frame(a, b, ask_merged);
}

static struct vmspy_verdict compare_files(const struct vmspy_sight *a, const struct vmspy_sight *b,
					  struct vmspy_fit fit)
{
	bool hidden = a->hidden || b->hidden;

	if (hidden ? fit.same_file : a->where == b->where)
		return is(VMSPY_CLASS_SHARED_FILE);
	if (fit.remapped && !fit.same_file)
		return is(VMSPY_CLASS_REMAPPED);
	if (!fit.same_file)
		return unknown(VMSPY_CLASS_UNKNOWN,
			       hidden ? VMSPY_REASON_FRAMES_HIDDEN : VMSPY_REASON_NO_RULE);
	return look_again(VMSPY_REASON_KEPT_CHANGING); /* one page of one file has one frame */
}

static struct vmspy_verdict compare_slots(const struct vmspy_sight *a, const struct vmspy_sight *b)
{
	if (a->hidden || b->hidden)
		return unknown(VMSPY_CLASS_UNKNOWN, VMSPY_REASON_FRAMES_HIDDEN);
	return is(a->where == b->where ? VMSPY_CLASS_SWAP_SAME : VMSPY_CLASS_SWAP_DIFF);
}

/*
 * A slot against a frame. A frame in the swap cache may still be that slot's memory, read back by
 * one side only; a frame outside it is a copy.
 */
static struct vmspy_verdict ask_swapcache(const struct vmspy_sight *a, const struct vmspy_sight *b)
{
	const struct vmspy_sight *framed = a->standing == VMSPY_STANDING_ANON ? a : b;
	struct vmspy_verdict verdict;

	if (a->hidden || b->hidden)
		return unknown(VMSPY_CLASS_UNKNOWN, VMSPY_REASON_FRAMES_HIDDEN);
	if (framed->flags_known)
		return framed->swap_cached
			       ? unknown(VMSPY_CLASS_SWAP_FRAME_UNKNOWN, VMSPY_REASON_SWAP_VS_FRAME)
			       : is(VMSPY_CLASS_SWAP_FRAME_DIVERGED);
	verdict = unknown(VMSPY_CLASS_SWAP_FRAME_UNKNOWN, VMSPY_REASON_NO_KPAGEFLAGS);
	verdict.ask_flags = true;
	return verdict;
}

static enum action action_for(const struct vmspy_sight *a, const struct vmspy_sight *b,
			      struct vmspy_fit fit)
{
	enum action other = other_backing[a->standing][b->standing];

	return fit.remapped && other != NOTHING ? other : same_backing[a->standing][b->standing];
}

/*
 * Memory on one side only, if it is memory: without frame numbers and PAGEMAP_SCAN the zero page
 * looks like any anonymous page that is mapped more than once.
 */
static bool may_be_nobodys(const struct vmspy_sight *a, const struct vmspy_sight *b,
			   enum action action)
{
	if (action == ONLY_A || action == NOVMA_A)
		return a->may_be_zero;
	if (action == ONLY_B || action == NOVMA_B)
		return b->may_be_zero;
	return false;
}

struct vmspy_verdict vmspy_verdict_decide(const struct vmspy_sight *a, const struct vmspy_sight *b,
					  struct vmspy_fit fit, bool ask_merged)
{
	enum action action = action_for(a, b, fit);
	bool slot_hidden = (a->standing == VMSPY_STANDING_SWAP && a->hidden) ||
			   (b->standing == VMSPY_STANDING_SWAP && b->hidden);

	if (action == COMPARE_FRAMES)
		return compare_frames(a, b, ask_merged);
	if (action == COMPARE_FILES)
		return compare_files(a, b, fit);
	if (action == COMPARE_SLOTS)
		return compare_slots(a, b);
	if (action == ASK_SWAPCACHE)
		return ask_swapcache(a, b);
	if (action == LOOK_AGAIN)
		return look_again(VMSPY_REASON_IN_FLIGHT);
	/* A hidden slot may be a page in flight: bit 62 is all that is left of either. */
	if (may_be_nobodys(a, b, action))
		return unknown(VMSPY_CLASS_UNKNOWN, VMSPY_REASON_FRAMES_HIDDEN);
	if (slot_hidden && (action == DIVERGED_FILE || action == DIVERGED_ZERO))
		return unknown(VMSPY_CLASS_UNKNOWN, VMSPY_REASON_FRAMES_HIDDEN);
	return is(plain_class[action]);
}

const char *vmspy_left_name(enum vmspy_left left)
{
	static const char *const names[VMSPY_LEFT_COUNT] = {
		[VMSPY_LEFT_A] = "a",
		[VMSPY_LEFT_B] = "b",
		[VMSPY_LEFT_BOTH] = "both",
	};

	return names[left];
}

const char *vmspy_left_source_name(enum vmspy_left_source source)
{
	static const char *const names[VMSPY_LEFT_BY_COUNT] = {
		[VMSPY_LEFT_BY_FILE] = "file",
		[VMSPY_LEFT_BY_SIBLING] = "sibling",
	};

	return names[source];
}

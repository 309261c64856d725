/* Two address spaces, read together and compared page by page. */
#ifndef VMSPY_COMPARE_PAIR_H
#define VMSPY_COMPARE_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/align.h"
#include "compare/census.h"
#include "compare/estimate.h"
#include "compare/kept.h"
#include "compare/runs.h"
#include "compare/stacks.h"
#include "compare/verdict.h"
#include "format/vmstat.h"
#include "space/relation.h"
#include "space/space.h"

/* Of which diverged pages the bytes are read. */
enum vmspy_content {
	VMSPY_CONTENT_SAMPLE, /* all, or an even sample: at most doubles the time of the hold */
	VMSPY_CONTENT_ALL,
	VMSPY_CONTENT_NONE,
};

/* A zeroed struct holds both, compares all pages, and a sample of the bytes where they are many. */
struct vmspy_pair_options {
	bool no_hold; /* never stop the processes: each page is exact, but not all at one instant */
	uint64_t max_hold_ns; /* hold both in slices, none longer; 0: once, as long as it takes */
	bool keep_runs;   /* keep every run that is counted; shared frames are looked up for KSM */
	bool no_siblings; /* do not read the parent's other children */
	bool stacks;      /* keep the stacks of all threads, to be unwound afterwards */
	bool clues;       /* count the pointers that diverged pages without symbols hold */
	enum vmspy_content content;
	uint64_t sample_pages; /* how many a sample has; 0: as many as time allows */
	uint64_t kept_page;    /* look at the page of this address, whatever it is; 0: none */
	uint64_t start; /* compare only the pages of [start, end); end 0: to the last mapping */
	uint64_t end;
};

/* Pages by state, and what their bytes say. Base pages. */
struct vmspy_counts {
	uint64_t state_pages[VMSPY_STATE_COUNT];
	uint64_t shared_file_pages; /* part of shared: not inherited, the file's */
	uint64_t identical_pages;   /* part of diverged: equal bytes in two frames */
	uint64_t compared_pages;    /* part of diverged: bytes were read on both sides */
	uint64_t changed_bytes;     /* that differ in the compared pages */
	uint64_t comparable_pages;  /* part of diverged: of a class that has frames on both sides */
	uint64_t drawn_pages;       /* part of comparable: looked at, to be compared */
	uint64_t proven_pages; /* part of compared: nothing but their bytes told them diverged */
	/* All diverged pages, by the side that left the common frame. */
	uint64_t left_pages[VMSPY_LEFT_COUNT];
};

/* One side's own pages: every present or swapped one is in exactly one state, or uncounted. */
struct vmspy_side {
	bool held;
	uint64_t hold_ns; /* from the first thread stopped to the last released; of all slices */
	uint64_t present_pages;
	uint64_t swapped_pages;
	uint64_t zero_pages;    /* part of present; UINT64_MAX: cannot be told from others */
	uint64_t hugetlb_pages; /* part of present; in no Rss */
	uint64_t uncounted_pages;
};

/*
 * A diverged page whose bytes were read on both sides while both stood still; or the page of
 * options.kept_page in any state, which one side alone may have.
 */
struct vmspy_compared_page {
	uint64_t address;
	uint32_t changed_bytes;
	uint32_t content_index; /* into contents; VMSPY_NO_CONTENT: not kept */
};

#define VMSPY_NO_CONTENT UINT32_MAX

/*
 * The pages that can have names, and those of stacks. Of all others the bytes are counted as
 * they pass by: no record of each is kept.
 * Shape:  ascending by address. contents holds pairs of pages, a's bytes, then b's.
 * Note:   at most 8 MiB of contents are kept; equal pages only among the first 2 MiB: a variable
 *         may begin on one and differ on the next.
 */
struct vmspy_compared_list {
	struct vmspy_compared_page *page;
	size_t count;
	size_t room;
	unsigned char *contents;
	size_t content_count;
	size_t content_room;
};

/* What the bytes of the diverged pages say, of all mappings together. */
struct vmspy_content_total {
	enum vmspy_content mode; /* as asked for */
	bool exact;              /* every page that can be compared was looked at */
	struct vmspy_estimate estimate;
	uint64_t step_pages[VMSPY_CHANGE_STEPS]; /* compared pages by how much changed */
};

enum {
	VMSPY_SIBLINGS_MAX = 8
};

/* When a process was started, seen from another. */
enum vmspy_age {
	VMSPY_AGE_OLDER,
	VMSPY_AGE_EQUAL, /* in one clock tick: which was first is not known */
	VMSPY_AGE_YOUNGER,
};

/* Those of the parent's other children whose pages were read. */
struct vmspy_asked {
	size_t count;
	struct {
		pid_t pid;
		enum vmspy_age age; /* beside the child of the pair */
	} sibling[VMSPY_SIBLINGS_MAX];
	bool is_known;          /* whether they were looked for at all */
	size_t known_count;     /* that the parent has and that run its program, asked or not */
	uint64_t unasked_pages; /* diverged, and time was up */
};

/* How often both were held: more than once where options->max_hold_ns was. */
struct vmspy_slices {
	uint64_t max_ns; /* as asked for; 0: no limit was */
	size_t count;
	uint64_t longest_ns; /* from the first thread stopped to the last one released */
};

/* Where the time went. What lies between slices is in none of these. */
struct vmspy_timing {
	uint64_t stop_ns;
	uint64_t words_ns;
	uint64_t siblings_ns;
	uint64_t bytes_ns;
	uint64_t stacks_ns;
	uint64_t release_ns;
	unsigned rounds; /* of reading pages again that would not settle */
};

/*
 * The answer. Mappings and names are borrowed from the two spaces.
 * Note: with one address space behind both (relation SAME, SAME_ADDRESS_SPACE) nothing was
 *       compared and all lists are empty.
 */
struct vmspy_pair {
	enum vmspy_relation relation; /* what a is to b */
	bool no_common_origin; /* private pages are separate: neither can have copied from the other */
	const char *program; /* name of the file that a's main program is; NULL: not known */
	struct vmspy_side a, b;
	struct vmspy_interval_list intervals;
	struct vmspy_counts *counts; /* of each interval */
	struct vmspy_counts totals;
	uint64_t inherited_pages; /* one anonymous frame or slot behind both, not merged by KSM */
	uint64_t private_shared_pages;   /* shared in private mappings, without the file's pages */
	uint64_t private_diverged_pages; /* diverged in private mappings */
	uint64_t unknown_pages[VMSPY_REASON_COUNT];
	uint64_t disturbed_pages; /* part of unknown: moved while their bytes were read */
	struct vmspy_asked asked;
	struct vmspy_run_list runs;
	struct vmspy_compared_list compared;
	struct vmspy_content_total content;
	struct vmspy_kept_page kept; /* of options->kept_page */
	struct vmspy_census *census; /* NULL: no pointers were counted */
	struct vmspy_stack_list stacks_a, stacks_b;
	struct vmspy_timing timing;
	struct vmspy_slices slices;
	struct vmspy_vmstat kernel_moved; /* what the kernel moved meanwhile, machine-wide */
};

/*
 * Compare two address spaces.
 * a, b:   opened, not loaded, not held; loaded afterwards. Borrowed: must outlive the answer.
 * ret:    end it with vmspy_pair_deinit().
 * Errors: GONE (one exited or ran another program meanwhile), NOT_PERMITTED, UNSUPPORTED, SYSTEM,
 *         BAD_DATA, NO_MEMORY. Nothing stays stopped, whatever happens.
 * Source: a word of a that is the same before and after b's was read existed together with it
 *         (but for a frame that left and came back in between).
 * Note:   in slices, pages are judged at one instant each: what is written in between may be told of
 *         one page and not of another. Mappings that changed meanwhile are unknown.
 * Note:   holding stops the processes, not the kernel: compaction, KSM, khugepaged and reclaim
 *         still move pages. Each page's verdict is exact at its own instant.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_pair_compare(struct vmspy_space *a, struct vmspy_space *b,
						    const struct vmspy_pair_options *options,
						    struct vmspy_pair *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_pair_deinit(struct vmspy_pair *pair);

/* Whether both names mean one address space: nothing can be shared or diverge. */
VMSPY_PUBLIC bool vmspy_pair_is_one_space(const struct vmspy_pair *pair);

/* Of the private memory that both have: how much is still one frame. What is unknown may be, or not. */
struct vmspy_still_shared {
	uint64_t least_pages, most_pages, all_pages;
};

struct vmspy_still_shared vmspy_pair_still_shared(const struct vmspy_pair *pair);

/* The bytes of a compared page on one side; NULL if it has none or they were not kept. Borrowed. */
VMSPY_PUBLIC const unsigned char *vmspy_compared_bytes(const struct vmspy_pair *pair,
						       const struct vmspy_compared_page *page,
						       bool of_b);

/* ret: the record of the page at this address, NULL if there is none. Borrowed. */
VMSPY_PUBLIC const struct vmspy_compared_page *vmspy_compared_find(
	const struct vmspy_compared_list *list, uint64_t address);

#endif

/* One `vmspy addr`: what was asked, what came out, and who prints which part of it. */
#ifndef VMSPY_CMD_ADDR_H
#define VMSPY_CMD_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr_word.h"
#include "blame/changed.h"
#include "compare/pair.h"
#include "inspect/huge.h"
#include "inspect/page_facts.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/address_rows.h"
#include "space/space.h"
#include "symbol/modules.h"
#include "symbol/spot.h"
#include "types/members.h"
#include "types/source_line.h"

/* An address, in one of the processes. */
struct addr_side {
	struct vmspy_page_facts facts;
	struct vmspy_error *refused; /* why the page could not be seen */
	struct vmspy_huge huge;
	char *cgroup;
	struct vmspy_spot spot;
	struct vmspy_source_line source;
};

/* A word, and its answer. */
struct addr_answer {
	struct addr_word word;
	bool is_resolved;
	uint64_t address;
	struct addr_side side[2]; /* of TARGET, of --against */
};

/* Both processes at one address, compared. */
struct addr_pair {
	struct vmspy_space *space[2]; /* opened for this comparison alone */
	struct vmspy_pair pair;       /* empty where both are one address space */
	struct vmspy_changed_list changed;
	struct vmspy_typed_list typed;
	struct vmspy_changed variable;  /* at the address; see has_variable */
	const struct vmspy_typed *type; /* of it; NULL: not known */
	bool has_variable;
};

struct addr {
	const struct arguments *arguments;
	struct output output;
	struct vmspy_host host;
	struct vmspy_space *space[2]; /* the second: NULL without --against */
	struct vmspy_modules *modules[2];
	pid_t tid; /* of --tid; 0: the main thread */
	struct addr_answer *answer;
	size_t count;
	struct failures failures;
	bool is_partial;  /* the state of a page is unknown */
	bool has_printed; /* an answer: the next one stands behind an empty line */
	struct render *render;
};

/* ret: 1, or 2 with --against. */
static inline size_t addr_side_count(const struct addr *addr)
{
	return addr->space[1] ? 2 : 1;
}

/*
 * Find the addresses, and look at the pages if there is one process. Words that fail are kept as
 * failures.
 */
struct vmspy_error *addr_look(struct addr *addr) VMSPY_MUST_CHECK;

/* Name what is at the addresses: nothing is held. */
struct vmspy_error *addr_name(struct addr *addr) VMSPY_MUST_CHECK;

/* Look at one address in both processes. ret: end it with addr_pair_deinit(). */
struct vmspy_error *addr_compare(struct addr *addr, struct addr_answer *answer,
				 struct addr_pair *ret) VMSPY_MUST_CHECK;
void addr_pair_deinit(struct addr_pair *pair);

/* Look at the page of an answer on one side, in a space that is loaded. */
struct vmspy_error *addr_look_at(struct vmspy_space *space, uint64_t address,
				 struct addr_side *ret) VMSPY_MUST_CHECK;

/* Find the path of the cgroup that pays for the page: nothing is held. */
struct vmspy_error *addr_find_cgroup(struct addr_side *side) VMSPY_MUST_CHECK;

/* What is known of one side of an answer, for its row. */
struct vmspy_address_sight addr_sight(const struct addr *addr, const struct addr_answer *answer,
				      size_t side, const struct addr_pair *pair);

/* What diff says of the pair. */
struct vmspy_verdict_row addr_verdict_of(const struct addr_pair *pair);

/* Begin to print, once there is something to tell; addr_print_end() ends it, also what was not begun. */
struct vmspy_error *addr_print_begin(struct addr *addr) VMSPY_MUST_CHECK;
struct vmspy_error *addr_print_end(struct addr *addr) VMSPY_MUST_CHECK;

/* Print one answer. pair: NULL without --against. */
void addr_print(const struct addr *addr, const struct addr_answer *answer,
		const struct addr_pair *pair);

/* The same as text for people. */
struct vmspy_error *addr_print_text(const struct addr *addr, const struct addr_answer *answer,
				    const struct addr_pair *pair) VMSPY_MUST_CHECK;

#endif

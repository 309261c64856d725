/* What stands behind a space: a live process, a recording, or what a test makes up. */
#ifndef VMSPY_SPACE_OPS_H
#define VMSPY_SPACE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/procs.h"
#include "space/space.h"

/*
 * One table for each kind of space. The functions answer those of the same name in
 * space/space.h, with the same errors. Only close must be there: without prepare_hold, hold,
 * release and changed a space needs none (a recording does not move), any other that is NULL
 * answers UNSUPPORTED.
 */
struct vmspy_space_ops {
	struct vmspy_error *(*prepare_hold)(struct vmspy_space *space);
	struct vmspy_error *(*hold)(struct vmspy_space *space);
	uint64_t (*release)(struct vmspy_space *space);
	struct vmspy_error *(*load)(struct vmspy_space *space);
	/* NULL: load, and then smaps. */
	struct vmspy_error *(*load_sized)(struct vmspy_space *space, struct vmspy_smaps_list *ret);
	struct vmspy_error *(*changed)(struct vmspy_space *space, bool *ret);
	/* NULL: none is known to be empty. */
	struct vmspy_error *(*is_empty)(struct vmspy_space *space,
					const struct vmspy_mapping *mapping, bool *ret);
	struct vmspy_error *(*smaps)(struct vmspy_space *space, struct vmspy_smaps_list *ret);
	struct vmspy_error *(*populated)(struct vmspy_space *space, uint64_t start, uint64_t end,
					 struct vmspy_populated *populated);
	bool (*is_concurrent)(struct vmspy_space *space); /* NULL: it is not */
	struct vmspy_error *(*words)(struct vmspy_space *space, uint64_t start, size_t count,
				     uint64_t *ret);
	struct vmspy_error *(*frame_facts)(struct vmspy_space *space, enum vmspy_frame_fact fact,
					   struct vmspy_frames frames, uint64_t *ret);
	struct vmspy_error *(*bytes)(struct vmspy_space *space, uint64_t address, void *bytes,
				     size_t size, size_t *ret_bytes);
	struct vmspy_error *(*threads)(struct vmspy_space *space, struct vmspy_thread_list *ret);
	/* NULL: they have their names already. */
	void (*name_threads)(const struct vmspy_space *space, const bool *wanted,
			     struct vmspy_thread_list *list);
	struct vmspy_error *(*open_file)(struct vmspy_space *space,
					 const struct vmspy_mapping *mapping, int *ret_fd);
	struct vmspy_error *(*perf_map)(struct vmspy_space *space,
					struct vmspy_space_perf_map *ret);

	/* NULL: nothing is known. */
	struct vmspy_address_facts (*address_facts)(const struct vmspy_space *space);

	/* The processes of the machine and the moment that the space is of, for its relations. */
	struct vmspy_error *(*processes)(const struct vmspy_space *space,
					 struct vmspy_proc_list *ret);
	/* Another process of that machine and moment: as vmspy_space_open(). NULL: none can be had. */
	struct vmspy_error *(*open_relative)(const struct vmspy_space *space, pid_t pid,
					     struct vmspy_space **ret);
	/* Whether another space with the same table is the same memory. NULL: if the pids are equal. */
	bool (*same_memory)(const struct vmspy_space *space, const struct vmspy_space *other);

	/* Ends the space and frees the struct that it is part of. */
	void (*close)(struct vmspy_space *space);
};

/*
 * The part that all spaces have: the first member of the struct of each kind.
 * Note: identity and layout are written by the kind that they belong to; what they point to
 *       is its to free, after vmspy_space_close() has called its close().
 */
struct vmspy_space {
	const struct vmspy_space_ops *ops;
	const struct vmspy_host *host;
	struct vmspy_identity identity;
	struct vmspy_layout layout;
	bool held; /* every thread is stopped by us */
};

/* Sets the table and the host; all else is empty. Both are borrowed. */
void vmspy_space_init(struct vmspy_space *space, const struct vmspy_space_ops *ops,
		      const struct vmspy_host *host);

#endif

/* Names of places in memory that were looked up, kept by the file and where in it they are. */
#ifndef VMSPY_BLAME_PLACE_NAMES_H
#define VMSPY_BLAME_PLACE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slots.h"
#include "base/texts.h"
#include "space/space.h"

enum {
	VMSPY_PLACE_NAMES_MAX = 1 << 16,
};

/*
 * A place: the same in every process that has the file mapped, wherever. What belongs to no file
 * is one process's.
 */
struct vmspy_place_key {
	uint64_t device, inode;
	uint64_t offset_bytes; /* in the file; without one the address */
	bool is_code;
};

/* What it is called. Strings are borrowed from the names. */
struct vmspy_place_name {
	struct vmspy_place_key key;
	const char *symbol; /* NULL: none covers it */
	uint64_t symbol_offset_bytes;
	const char *object; /* NULL: no file */
	const char *member; /* of data; NULL: not known */
	const char *file;   /* of code; NULL: not known */
	unsigned line;
};

/* A zeroed struct is empty. */
struct vmspy_place_names {
	struct vmspy_place_name *name;
	struct vmspy_slots slots; /* by key */
	size_t count, room;
	struct vmspy_texts texts;
};

/*
 * ret: false: nothing is mapped there. What follows the data of a file without one of its own (its
 *      bss) counts as the file's.
 */
bool vmspy_place_key_of(const struct vmspy_space *space, uint64_t address, bool is_code,
			struct vmspy_place_key *ret);

/* ret: NULL: it was not looked up yet. Borrowed until the next one is added. */
struct vmspy_place_name *vmspy_place_names_find(const struct vmspy_place_names *names,
						const struct vmspy_place_key *key);

/*
 * Add a place of which nothing is known yet, and which is not there.
 * ret:    borrowed until the next one is added.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_place_names_add(struct vmspy_place_names *names,
					  const struct vmspy_place_key *key,
					  struct vmspy_place_name **ret) VMSPY_MUST_CHECK;

/* Keep a text with the names. text: NULL stays NULL. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_place_names_keep(struct vmspy_place_names *names, const char *text,
					   const char **ret) VMSPY_MUST_CHECK;

/* Forget all of them. */
void vmspy_place_names_deinit(struct vmspy_place_names *names);

#endif

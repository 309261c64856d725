/* /tmp/perf-PID.map: the names that a runtime gives to the code it makes. */
#ifndef VMSPY_FORMAT_PERF_MAP_H
#define VMSPY_FORMAT_PERF_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A piece of code. */
struct vmspy_perf_map_entry {
	uint64_t start; /* byte addresses, half open */
	uint64_t end;
	const char *name; /* borrowed from the map; any bytes but NUL and newline */
};

/*
 * Shape: ascending, disjoint, none is empty. Of two that overlap the later line is kept: a
 *        runtime that makes code over old code writes another line and takes none back.
 */
struct vmspy_perf_map {
	struct vmspy_perf_map_entry *entry;
	size_t count;
	size_t room;
	char *text; /* what the names point into */
};

enum {
	VMSPY_PERF_MAP_BYTES_MAX = 16 << 20, /* of the file; what is behind is not read */
	VMSPY_PERF_MAP_NAME_MAX = 4096,      /* bytes; longer names are cut */
};

/*
 * Read the text: one line "START SIZE NAME" a piece of code, both numbers hex, the name to the
 * end of the line.
 * Source: Linux, tools/perf/Documentation/jit-interface.txt.
 * text:   need not end in NUL; copied. Lines that are none, also one that is still being written,
 *         are skipped.
 * ret:    end it with vmspy_perf_map_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_perf_map_parse(const char *text, size_t length,
					 struct vmspy_perf_map *ret) VMSPY_MUST_CHECK;

/* ret: the first entry that ends above the address; map->count: none does. */
size_t vmspy_perf_map_at(const struct vmspy_perf_map *map, uint64_t address);

void vmspy_perf_map_deinit(struct vmspy_perf_map *map);

#endif

#include "format/perf_map.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"

#include "base/banned.h"

void vmspy_perf_map_deinit(struct vmspy_perf_map *map)
{
	free(map->entry);
	free(map->text);
	*map = (struct vmspy_perf_map){ 0 };
}

static void skip_prefix(struct vmspy_scan *line)
{
	if (!vmspy_scan_text(line, "0x"))
		vmspy_scan_text(line, "0X");
}

/* ret: whether the line is one. The name is cut out of the text that the line lies in. */
static bool parse_line(struct vmspy_scan line, struct vmspy_perf_map_entry *ret)
{
	uint64_t start, size, end;
	size_t length;
	char *name;

	skip_prefix(&line);
	if (!vmspy_scan_hex(&line, &start) || !vmspy_scan_skip(&line, ' '))
		return false;
	skip_prefix(&line);
	if (!vmspy_scan_hex(&line, &size) || !vmspy_scan_skip(&line, ' ') || !size ||
	    __builtin_add_overflow(start, size, &end))
		return false;
	length = (size_t)(line.end - line.at);
	if (!length || memchr(line.at, '\0', length))
		return false;
	name = (char *)(uintptr_t)line.at; /* our own copy */
	name[length < VMSPY_PERF_MAP_NAME_MAX ? length : VMSPY_PERF_MAP_NAME_MAX] = '\0';
	*ret = (struct vmspy_perf_map_entry){ .start = start, .end = end, .name = name };
	return true;
}

/* Names lie in the text in the order of the lines. */
static int by_place(const void *x, const void *y)
{
	const struct vmspy_perf_map_entry *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name);
}

static void keep_latest(struct vmspy_perf_map *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct vmspy_perf_map_entry entry = map->entry[i];

		while (kept && map->entry[kept - 1].end > entry.start &&
		       map->entry[kept - 1].name < entry.name)
			kept--;
		if (!kept || map->entry[kept - 1].end <= entry.start)
			map->entry[kept++] = entry;
	}
	map->count = kept;
}

struct vmspy_error *vmspy_perf_map_parse(const char *text, size_t length,
					 struct vmspy_perf_map *ret)
{
	VMSPY_AUTO(vmspy_perf_map_deinit) struct vmspy_perf_map map = { 0 };
	struct vmspy_scan scan, line;
	struct vmspy_error *err;

	map.text = malloc(length + 1);
	if (!map.text)
		return vmspy_error_no_memory();
	if (length)
		memcpy(map.text, text, length);
	scan = vmspy_scan_over(map.text, length);
	/* A line without an end is still being written. */
	while (memchr(scan.at, '\n', (size_t)(scan.end - scan.at)) &&
	       vmspy_scan_until(&scan, '\n', &line)) {
		struct vmspy_perf_map_entry entry;

		if (!parse_line(line, &entry))
			continue;
		err = vmspy_array_grow(&map.entry, &map.room, map.count, sizeof(*map.entry));
		if (err)
			return err;
		map.entry[map.count++] = entry;
	}
	if (map.count)
		qsort(map.entry, map.count, sizeof(*map.entry), by_place);
	keep_latest(&map);
	*ret = map;
	map = (struct vmspy_perf_map){ 0 }; /* the caller owns it now */
	return NULL;
}

size_t vmspy_perf_map_at(const struct vmspy_perf_map *map, uint64_t address)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->entry[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

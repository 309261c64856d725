#include "format/perf_map.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmspy_perf_map map;

	if (!fuzz_succeeded(vmspy_perf_map_parse((const char *)data, size, &map)))
		return 0;
	for (size_t i = 0; i < map.count; i++) {
		const struct vmspy_perf_map_entry *entry = &map.entry[i];

		promise(entry->start < entry->end);
		promise(!i || entry[-1].end <= entry->start);
		promise(strlen(entry->name) <= VMSPY_PERF_MAP_NAME_MAX);
		promise(!strchr(entry->name, '\n') && entry->name[0]);
		promise(vmspy_perf_map_at(&map, entry->start) == i);
	}
	vmspy_perf_map_deinit(&map);
	return 0;
}

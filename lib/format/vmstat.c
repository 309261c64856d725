#include "format/vmstat.h"

#include "base/scan.h"

#include "base/banned.h"

static const struct {
	const char *key; /* with the space behind it: pswpin is also the beginning of others */
	size_t offset;
} counters[] = {
	{ "pgmigrate_success ", offsetof(struct vmspy_vmstat, migrated_pages) },
	{ "pswpin ", offsetof(struct vmspy_vmstat, swapped_in_pages) },
	{ "pswpout ", offsetof(struct vmspy_vmstat, swapped_out_pages) },
	{ "thp_collapse_alloc ", offsetof(struct vmspy_vmstat, collapsed_count) },
};

static void read_line(struct vmspy_scan line, struct vmspy_vmstat *vmstat)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		struct vmspy_scan value = line;
		uint64_t count;

		if (!vmspy_scan_text(&value, counters[i].key))
			continue;
		if (vmspy_scan_decimal(&value, &count) && value.at == value.end)
			*(uint64_t *)((char *)vmstat + counters[i].offset) = count;
		return;
	}
}

struct vmspy_vmstat vmspy_vmstat_parse(const char *text, size_t length)
{
	struct vmspy_scan scan = vmspy_scan_over(text, length), line;
	struct vmspy_vmstat vmstat = {
		.migrated_pages = UINT64_MAX,
		.swapped_in_pages = UINT64_MAX,
		.swapped_out_pages = UINT64_MAX,
		.collapsed_count = UINT64_MAX,
	};

	while (vmspy_scan_until(&scan, '\n', &line))
		read_line(line, &vmstat);
	return vmstat;
}

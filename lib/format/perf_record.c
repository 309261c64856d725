#include "format/perf_record.h"

#include <string.h>

#include "base/banned.h"

/* What is left of a record. */
struct rest {
	const unsigned char *at;
	size_t bytes;
};

/* ret: the next bytes of the record; NULL: it has not so many. */
static const void *take(struct rest *rest, uint64_t bytes)
{
	const void *at = rest->at;

	if (bytes > rest->bytes)
		return NULL;
	rest->at += bytes;
	rest->bytes -= bytes;
	return at;
}

static bool take_number(struct rest *rest, uint64_t *ret)
{
	const void *at = take(rest, sizeof(*ret));

	if (at)
		memcpy(ret, at, sizeof(*ret));
	return at;
}

/* Numbers, which stand on a multiple of their size. count: 0 is none. */
static bool take_numbers(struct rest *rest, uint64_t count, const uint64_t **ret)
{
	if (count > rest->bytes / sizeof(uint64_t))
		return false;
	*ret = take(rest, count * sizeof(uint64_t));
	return true;
}

/* --- the parts of a sample, in the order of the record ------------------------------------- */

struct sample {
	const struct vmspy_perf_layout *layout;
	struct vmspy_perf_record record;
};

static bool take_event_id(struct rest *rest, struct sample *sample)
{
	return take_number(rest, &sample->record.event_id);
}

static bool take_ip(struct rest *rest, struct sample *sample)
{
	return take_number(rest, &sample->record.ip);
}

static bool take_thread(struct rest *rest, struct sample *sample)
{
	const void *at = take(rest, 2 * sizeof(uint32_t));
	uint32_t ids[2];

	if (!at)
		return false;
	memcpy(ids, at, sizeof(ids));
	sample->record.pid = (pid_t)ids[0];
	sample->record.tid = (pid_t)ids[1];
	return true;
}

static bool take_time(struct rest *rest, struct sample *sample)
{
	return take_number(rest, &sample->record.time_ns);
}

static bool take_address(struct rest *rest, struct sample *sample)
{
	return take_number(rest, &sample->record.address);
}

static bool take_chain(struct rest *rest, struct sample *sample)
{
	uint64_t count;

	if (!take_number(rest, &count) || !take_numbers(rest, count, &sample->record.chain))
		return false;
	sample->record.chain_count = count;
	return true;
}

/* The kernel fills it up so that what follows stands on a multiple of 8 again. */
static bool take_raw(struct rest *rest, struct sample *sample)
{
	const void *at = take(rest, sizeof(uint32_t));
	uint32_t bytes;

	if (!at)
		return false;
	memcpy(&bytes, at, sizeof(bytes));
	if ((sizeof(bytes) + bytes) % sizeof(uint64_t))
		return false;
	sample->record.raw_bytes = bytes;
	sample->record.raw = take(rest, bytes);
	return sample->record.raw;
}

static bool take_registers(struct rest *rest, struct sample *sample)
{
	if (!take_number(rest, &sample->record.register_abi))
		return false;
	if (sample->record.register_abi == PERF_SAMPLE_REGS_ABI_NONE)
		return true;
	return take_numbers(rest, sample->layout->register_count, &sample->record.registers);
}

/* As many bytes as were asked for, and behind them how many of them could be read. */
static bool take_stack(struct rest *rest, struct sample *sample)
{
	struct vmspy_perf_record *record = &sample->record;
	uint64_t bytes, readable_bytes;

	if (!take_number(rest, &bytes))
		return false;
	if (!bytes)
		return true;
	if (bytes % sizeof(uint64_t))
		return false;
	record->stack = take(rest, bytes);
	if (!record->stack || !take_number(rest, &readable_bytes) || readable_bytes > bytes)
		return false;
	record->stack_bytes = readable_bytes;
	return true;
}

static const struct part {
	uint64_t bit;
	bool (*take)(struct rest *rest, struct sample *sample);
} parts[] = {
	{ PERF_SAMPLE_IDENTIFIER, take_event_id },
	{ PERF_SAMPLE_IP, take_ip },
	{ PERF_SAMPLE_TID, take_thread },
	{ PERF_SAMPLE_TIME, take_time },
	{ PERF_SAMPLE_ADDR, take_address },
	{ PERF_SAMPLE_CALLCHAIN, take_chain },
	{ PERF_SAMPLE_RAW, take_raw },
	{ PERF_SAMPLE_REGS_USER, take_registers },
	{ PERF_SAMPLE_STACK_USER, take_stack },
};

static bool decode_sample(const struct vmspy_perf_layout *layout, struct rest rest,
			  struct vmspy_perf_record *ret)
{
	struct sample sample = { layout, { .kind = VMSPY_PERF_SAMPLE } };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (layout->sample_type & parts[i].bit && !parts[i].take(&rest, &sample))
			return false;
	*ret = sample.record;
	return true;
}

/* --- records ------------------------------------------------------------------------------- */

static bool decode_lost(struct rest rest, struct vmspy_perf_record *ret)
{
	struct vmspy_perf_record record = { .kind = VMSPY_PERF_LOST };

	if (!take_number(&rest, &record.event_id) || !take_number(&rest, &record.lost_count))
		return false;
	*ret = record;
	return true;
}

bool vmspy_perf_record_decode(const struct vmspy_perf_layout *layout, const unsigned char *bytes,
			      size_t length, struct vmspy_perf_record *ret)
{
	struct rest rest = { bytes, length };
	const void *at = take(&rest, sizeof(struct perf_event_header));
	struct perf_event_header header;

	if (!at)
		return false;
	memcpy(&header, at, sizeof(header));
	if (header.size != length)
		return false;
	if (header.type == PERF_RECORD_SAMPLE)
		return decode_sample(layout, rest, ret);
	if (header.type == PERF_RECORD_LOST)
		return decode_lost(rest, ret);
	*ret = (struct vmspy_perf_record){ .kind = VMSPY_PERF_OTHER };
	return true;
}

size_t vmspy_perf_record_user_chain(const struct vmspy_perf_record *record, const uint64_t **ret)
{
	size_t first = 0, end;

	while (first < record->chain_count && record->chain[first] != PERF_CONTEXT_USER)
		first++;
	if (first == record->chain_count)
		return 0;
	for (end = ++first; end < record->chain_count; end++)
		if (record->chain[end] >= PERF_CONTEXT_MAX)
			break;
	*ret = record->chain + first;
	return end - first;
}

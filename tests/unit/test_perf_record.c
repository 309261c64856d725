#include "test.h"

#include "format/perf_record.h"

enum {
	WORDS_MAX = 64,
	REGISTERS = 2,
	WORD = sizeof(uint64_t),
};

/* A record as the kernel writes it: whole words behind a header. */
struct made {
	uint64_t word[WORDS_MAX];
	size_t count;
};

static void add(struct made *made, uint64_t word)
{
	assert_true(made->count < WORDS_MAX);
	made->word[made->count++] = word;
}

static uint64_t halves(uint32_t first, uint32_t second)
{
	uint32_t half[] = { first, second };
	uint64_t word;

	memcpy(&word, half, sizeof(word));
	return word;
}

static struct made begin(void)
{
	return (struct made){ .count = 1 };
}

/* Write the header, now that the length is known. */
static void end(struct made *made, uint32_t type)
{
	struct perf_event_header header = { .type = type, .size = (uint16_t)(made->count * WORD) };

	memcpy(made->word, &header, sizeof(header));
}

static bool decode(const struct made *made, uint64_t sample_type, struct vmspy_perf_record *ret)
{
	struct vmspy_perf_layout layout = { sample_type, REGISTERS };

	return vmspy_perf_record_decode(&layout, (const unsigned char *)made->word,
					made->count * WORD, ret);
}

/* All that can be asked for. */
static struct made whole_sample(void)
{
	static const uint64_t words[] = {
		/* identifier, ip */
		11,
		0x401000,
		/* pid and tid: see below */
		0,
		/* time, address, chain */
		99,
		0x7000,
		3,
		PERF_CONTEXT_USER,
		0x401000,
		0x402000,
	};
	struct made made = begin();

	for (size_t i = 0; i < TEST_COUNT(words); i++)
		add(&made, i == 2 ? halves(42, 43) : words[i]);
	add(&made, halves(12, 0xa)); /* raw: 12 bytes, of which 4 stand beside the length */
	add(&made, 0xb);
	add(&made, PERF_SAMPLE_REGS_ABI_64);
	add(&made, 0x111);
	add(&made, 0x222);
	add(&made, 2 * WORD); /* stack: two words, of which one could be read */
	add(&made, 0x333);
	add(&made, 0x444);
	add(&made, WORD);
	end(&made, PERF_RECORD_SAMPLE);
	return made;
}

static void every_part_of_a_sample_is_found(void **state)
{
	struct made made = whole_sample();
	struct vmspy_perf_record record;
	const uint64_t *chain;

	(void)state;
	assert_true(decode(&made, VMSPY_PERF_SAMPLE_KNOWN, &record));
	assert_int_equal(record.kind, VMSPY_PERF_SAMPLE);
	assert_int_equal(record.event_id, 11);
	assert_int_equal(record.ip, 0x401000);
	assert_int_equal(record.pid, 42);
	assert_int_equal(record.tid, 43);
	assert_int_equal(record.time_ns, 99);
	assert_int_equal(record.address, 0x7000);
	assert_int_equal(vmspy_perf_record_user_chain(&record, &chain), 2);
	assert_int_equal(chain[1], 0x402000);
	assert_int_equal(record.raw_bytes, 12);
	assert_int_equal(record.raw[0] | record.raw[3], 0xa);
	assert_int_equal(record.register_abi, PERF_SAMPLE_REGS_ABI_64);
	assert_int_equal(record.registers[1], 0x222);
	assert_int_equal(record.stack_bytes, WORD);
	assert_memory_equal(record.stack, &(uint64_t){ 0x333 }, WORD);
}

static void what_was_not_asked_for_is_not_there(void **state)
{
	struct vmspy_perf_record record;
	struct made made = begin();

	(void)state;
	add(&made, 7);
	end(&made, PERF_RECORD_SAMPLE);
	assert_true(decode(&made, PERF_SAMPLE_TIME, &record));
	assert_int_equal(record.time_ns, 7);
	assert_int_equal(record.ip, 0);
	assert_null(record.raw);
	assert_null(record.registers);
	assert_null(record.stack);
}

static void a_sample_that_ends_early_is_none(void **state)
{
	(void)state;
	for (size_t count = 1; count < whole_sample().count; count++) {
		struct made made = whole_sample();
		struct vmspy_perf_record record;

		made.count = count;
		end(&made, PERF_RECORD_SAMPLE);
		assert_false(decode(&made, VMSPY_PERF_SAMPLE_KNOWN, &record));
	}
}

static void a_length_that_the_record_has_not_is_refused(void **state)
{
	static const struct {
		const char *name;
		uint64_t sample_type, word[3];
	} rows[] = {
		{ "a chain as long as memory", PERF_SAMPLE_CALLCHAIN, { UINT64_MAX / WORD, 1, 1 } },
		{ "a chain whose length wraps", PERF_SAMPLE_CALLCHAIN, { UINT64_MAX / WORD + 1 } },
		{ "a stack as long as memory", PERF_SAMPLE_STACK_USER, { UINT64_MAX & ~7 } },
		{ "a stack with more than it has", PERF_SAMPLE_STACK_USER, { WORD, 1, WORD + 1 } },
		{ "a stack of half a word", PERF_SAMPLE_STACK_USER, { 4, 1, 4 } },
		{ "raw bytes that end nowhere", PERF_SAMPLE_RAW, { UINT32_MAX - 3 } },
		{ "raw bytes of an odd number", PERF_SAMPLE_RAW, { 5 } },
	};
	struct vmspy_perf_record record;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct made made = begin();

		test_row(rows[i].name);
		for (size_t j = 0; j < TEST_COUNT(rows[i].word); j++)
			add(&made, rows[i].sample_type == PERF_SAMPLE_RAW
					   ? halves((uint32_t)rows[i].word[j], 0)
					   : rows[i].word[j]);
		end(&made, PERF_RECORD_SAMPLE);
		assert_false(decode(&made, rows[i].sample_type, &record));
	}
}

static void a_thread_of_the_kernel_has_no_registers_and_no_stack(void **state)
{
	struct vmspy_perf_record record;
	struct made made = begin();

	(void)state;
	add(&made, PERF_SAMPLE_REGS_ABI_NONE);
	add(&made, 0);
	end(&made, PERF_RECORD_SAMPLE);
	assert_true(decode(&made, PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER, &record));
	assert_null(record.registers);
	assert_null(record.stack);
}

static void lost_samples_are_counted(void **state)
{
	struct vmspy_perf_record record;
	struct made made = begin();

	(void)state;
	add(&made, 11);
	add(&made, 801);
	end(&made, PERF_RECORD_LOST);
	assert_true(decode(&made, PERF_SAMPLE_TIME, &record));
	assert_int_equal(record.kind, VMSPY_PERF_LOST);
	assert_int_equal(record.event_id, 11);
	assert_int_equal(record.lost_count, 801);
	made.count--;
	end(&made, PERF_RECORD_LOST);
	assert_false(decode(&made, PERF_SAMPLE_TIME, &record));
}

static void records_of_other_types_are_passed_over(void **state)
{
	struct vmspy_perf_record record;
	struct made made = begin();

	(void)state;
	end(&made, PERF_RECORD_THROTTLE);
	assert_true(decode(&made, PERF_SAMPLE_TIME, &record));
	assert_int_equal(record.kind, VMSPY_PERF_OTHER);
}

static void a_record_of_another_length_than_it_says_is_none(void **state)
{
	struct made made = whole_sample();
	struct vmspy_perf_record record;

	(void)state;
	made.count--;
	assert_false(decode(&made, PERF_SAMPLE_TIME, &record));
	made.count = 0;
	assert_false(decode(&made, PERF_SAMPLE_TIME, &record));
}

static void only_the_code_of_the_process_is_in_the_chain(void **state)
{
	static const struct {
		const char *name;
		uint64_t chain[5];
		size_t count, wanted;
	} rows[] = {
		{ "nothing", { 0 }, 0, 0 },
		{ "the kernel's alone", { PERF_CONTEXT_KERNEL, 1, 2 }, 3, 0 },
		{ "the kernel's before it",
		  { PERF_CONTEXT_KERNEL, 1, PERF_CONTEXT_USER, 8 },
		  4,
		  1 },
		{ "a mark and nothing more", { PERF_CONTEXT_USER }, 1, 0 },
		{ "another part behind it",
		  { PERF_CONTEXT_USER, 8, 9, PERF_CONTEXT_GUEST, 7 },
		  5,
		  2 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_perf_record record = { .chain = rows[i].chain,
						    .chain_count = rows[i].count };
		const uint64_t *chain = NULL;

		test_row(rows[i].name);
		assert_int_equal(vmspy_perf_record_user_chain(&record, &chain), rows[i].wanted);
		if (rows[i].wanted)
			assert_int_equal(chain[0], 8);
	}
}

TEST_MAIN(TEST(every_part_of_a_sample_is_found), TEST(what_was_not_asked_for_is_not_there),
	  TEST(a_sample_that_ends_early_is_none), TEST(a_length_that_the_record_has_not_is_refused),
	  TEST(a_thread_of_the_kernel_has_no_registers_and_no_stack),
	  TEST(lost_samples_are_counted), TEST(records_of_other_types_are_passed_over),
	  TEST(a_record_of_another_length_than_it_says_is_none),
	  TEST(only_the_code_of_the_process_is_in_the_chain))

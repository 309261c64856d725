#include "test.h"

#include "addr_resolve.h"
#include "addr_word.h"

static void words_are_read_as_what_they_are(void **state)
{
	static const struct {
		const char *text;
		struct addr_word want;
		const char *name;
	} rows[] = {
		{ "0x7f21a0000000", { .kind = ADDR_NUMBER, .number = 0x7f21a0000000 }, "" },
		{ "4096", { .kind = ADDR_NUMBER, .number = 4096 }, "" },
		{ "0xffffffffffffffff", { .kind = ADDR_NUMBER, .number = UINT64_MAX }, "" },
		{ "environ", { .kind = ADDR_NAME }, "environ" },
		{ "table+0x10",
		  { .kind = ADDR_NAME, .has_offset = true, .offset_bytes = 16 },
		  "table" },
		{ "table+16",
		  { .kind = ADDR_NAME, .has_offset = true, .offset_bytes = 16 },
		  "table" },
		{ "libc.so.6+0x1234",
		  { .kind = ADDR_NAME, .has_offset = true, .offset_bytes = 0x1234 },
		  "libc.so.6" },
		{ "libc.so.6:environ", { .kind = ADDR_NAME }, "libc.so.6:environ" },
		{ "std::cout", { .kind = ADDR_NAME }, "std::cout" },
		{ "operator+", { .kind = ADDR_NAME }, "operator+" },
		{ "operator++8",
		  { .kind = ADDR_NAME, .has_offset = true, .offset_bytes = 8 },
		  "operator+" },
		{ "a-b", { .kind = ADDR_NAME }, "a-b" },
		{ "a-8", { .kind = ADDR_NAME }, "a-8" },
		{ "a+0x", { .kind = ADDR_NAME }, "a+0x" },
		{ "a+0x1ffffffffffffffff", { .kind = ADDR_NAME }, "a+0x1ffffffffffffffff" },
		{ "counter.0", { .kind = ADDR_NAME }, "counter.0" },
		{ "7z.so+1",
		  { .kind = ADDR_NAME, .has_offset = true, .offset_bytes = 1 },
		  "7z.so" },
		{ "$sp", { .kind = ADDR_REGISTER }, "sp" },
		{ "$sp+8", { .kind = ADDR_REGISTER, .has_offset = true, .offset_bytes = 8 }, "sp" },
		{ "$rbp-0x18",
		  { .kind = ADDR_REGISTER,
		    .has_offset = true,
		    .is_negative = true,
		    .offset_bytes = 0x18 },
		  "rbp" },
		{ "\x1b[31m", { .kind = ADDR_NAME }, "\x1b[31m" },
		{ "%s%n", { .kind = ADDR_NAME }, "%s%n" },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct addr_word got;

		test_row(rows[i].text);
		assert_ok(addr_word_parse(rows[i].text, &got));
		assert_int_equal(got.kind, rows[i].want.kind);
		assert_int_equal(got.number, rows[i].want.number);
		assert_int_equal(got.has_offset, rows[i].want.has_offset);
		assert_int_equal(got.is_negative, rows[i].want.is_negative);
		if (got.has_offset)
			assert_int_equal(got.offset_bytes, rows[i].want.offset_bytes);
		assert_int_equal(got.name_length, strlen(rows[i].name));
		assert_memory_equal(got.name, rows[i].name, got.name_length);
	}
}

static void words_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "empty" },
		{ "$", "no register" },
		{ "$+8", "no register" },
		{ "+8", "no name" },
		{ "0x", "no address" },
		{ "0x1ffffffffffffffff", "no address" },
		{ "18446744073709551616", "no address" },
		{ "12x", "no address" },
		{ "7f21a0000000", "did you mean '0x7f21a0000000'" },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct addr_word word;

		test_row(rows[i].text);
		assert_error(addr_word_parse(rows[i].text, &word), VMSPY_ERROR_BAD_DATA,
			     rows[i].says);
	}
}

static void a_name_with_a_slash_or_so_is_rather_a_file(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "libc.so.6+0x10", true },
		{ "/usr/bin/sleep+16", true },
		{ "table+16", false },
		{ "libc.so.6", false },
		{ "libc.so.6:environ+8", false },
		{ "counter.0+8", false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct addr_word word;

		test_row(rows[i].text);
		assert_ok(addr_word_parse(rows[i].text, &word));
		assert_int_equal(addr_word_is_file(&word), rows[i].want);
	}
}

static uint64_t added(const char *text, uint64_t base)
{
	struct addr_word word;
	uint64_t sum;

	assert_ok(addr_word_parse(text, &word));
	assert_ok(addr_word_add(&word, base, &sum));
	return sum;
}

static void offsets_do_not_leave_the_address_space(void **state)
{
	struct addr_word word;
	uint64_t sum;

	(void)state;
	assert_int_equal(added("a+0x10", 0x1000), 0x1010);
	assert_int_equal(added("a", 0x1000), 0x1000);
	assert_int_equal(added("$sp-0x10", 0x1000), 0xff0);
	assert_ok(addr_word_parse("a+0xffffffffffffffff", &word));
	assert_error(addr_word_add(&word, 1, &sum), VMSPY_ERROR_BAD_DATA, "beyond");
	assert_ok(addr_word_parse("$sp-2", &word));
	assert_error(addr_word_add(&word, 1, &sum), VMSPY_ERROR_BAD_DATA, "beyond");
}

/* --- registers ----------------------------------------------------------------------------- */

static const struct vmspy_thread thread_list[] = {
	{ .tid = 10, .stack_pointer = 0x7000, .program_counter = 0x4000 }, /* asleep */
	{ .tid = 11 },                                                     /* it runs */
	{ .tid = 12,
	  .stack_pointer = 0x8000,
	  .program_counter = 0x5000,
	  .registers = { .known = true, .value = { [0] = 1, [1] = 2, [6] = 3, [15] = 4 } } },
	{ .tid = 13,
	  .stack_pointer = 0x9000,
	  .program_counter = 0x6000,
	  .registers = { .known = true, .is_32bit = true, .value = { [0] = 5, [5] = 6 } } },
};

static struct vmspy_error *ask(pid_t tid, const char *text, uint64_t *ret)
{
	const struct vmspy_thread_list threads = {
		.thread = (struct vmspy_thread *)(uintptr_t)thread_list,
		.count = TEST_COUNT(thread_list),
	};
	struct addr_word word;

	assert_ok(addr_word_parse(text, &word));
	return addr_resolve_register(&threads, tid, &word, ret);
}

static void registers_are_those_of_the_thread(void **state)
{
	static const struct {
		pid_t tid;
		const char *text;
		uint64_t want;
	} rows[] = {
		{ 10, "$sp", 0x7000 },  { 10, "$pc", 0x4000 },  { 10, "$rsp", 0x7000 },
		{ 10, "$rip", 0x4000 }, { 10, "$esp", 0x7000 }, { 10, "$sp+8", 0x7008 },
		{ 12, "$rax", 1 },      { 12, "$rdx", 2 },      { 12, "$rbp", 3 },
		{ 12, "$r15", 4 },      { 12, "$sp", 0x8000 },  { 12, "$rip", 0x5000 },
		{ 13, "$eax", 5 },      { 13, "$ebp", 6 },      { 13, "$esp", 0x9000 },
		{ 13, "$pc", 0x6000 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		uint64_t got;

		test_row(rows[i].text);
		assert_ok(ask(rows[i].tid, rows[i].text, &got));
		assert_int_equal(got, rows[i].want);
	}
}

static void registers_that_are_not_known_are_not_nought(void **state)
{
	uint64_t got;

	(void)state;
	assert_error(ask(10, "$rax", &got), VMSPY_ERROR_UNSUPPORTED, "--hold");
	assert_error(ask(11, "$sp", &got), VMSPY_ERROR_UNSUPPORTED, "--hold");
	assert_error(ask(11, "$pc", &got), VMSPY_ERROR_UNSUPPORTED, "--hold");
	assert_error(ask(12, "$raz", &got), VMSPY_ERROR_BAD_DATA, "did you mean");
	assert_error(ask(12, "$eax", &got), VMSPY_ERROR_BAD_DATA, "no register");
	assert_error(ask(13, "$rax", &got), VMSPY_ERROR_BAD_DATA, "no register");
	assert_error(ask(14, "$sp", &got), VMSPY_ERROR_BAD_DATA, "it has 10, 11, 12, 13");
}

TEST_MAIN(TEST(words_are_read_as_what_they_are), TEST(words_that_are_none_are_refused),
	  TEST(a_name_with_a_slash_or_so_is_rather_a_file),
	  TEST(offsets_do_not_leave_the_address_space), TEST(registers_are_those_of_the_thread),
	  TEST(registers_that_are_not_known_are_not_nought))

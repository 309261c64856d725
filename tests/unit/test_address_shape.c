#include "test.h"

#include <sys/personality.h>
#include <unistd.h>

#include "inspect/address_shape.h"
#include "kernel/process.h"

static const struct vmspy_host four_levels = {
	.machine = "x86_64",
	.page_bytes = 4096,
	.page_table_levels = 4,
};

static const struct vmspy_host five_levels = {
	.machine = "x86_64",
	.page_bytes = 4096,
	.page_table_levels = 5,
};

static const struct vmspy_host small_kernel = { .machine = "i686", .page_bytes = 4096 };
static const struct vmspy_host unheard_of = { .machine = "vax", .page_bytes = 512 };

#define KNOWN(number)                                                                              \
	{                                                                                          \
		true, number                                                                       \
	}

static const struct {
	const char *name;
	const struct vmspy_host *host;
	struct vmspy_address_facts facts;
	struct vmspy_address_shape shape;
} shapes[] = {
	{ "64 bits, four levels",
	  &four_levels,
	  { .pointer_bits = 64, .personality = KNOWN(0), .legacy_va_layout = KNOWN(0) },
	  { 64, 0x7ffffffff000, 0, 0xffff800000000000, 0, VMSPY_MMAP_DOWN } },
	{ "64 bits, five levels: mmap() goes beyond 47 bits only when asked to",
	  &five_levels,
	  { .pointer_bits = 64, .personality = KNOWN(0), .legacy_va_layout = KNOWN(1) },
	  { 64, 0xfffffffffff000, 0x7ffffffff000, 0xff00000000000000, 0, VMSPY_MMAP_UP } },
	{ "32 bits on a 64-bit kernel, which is not in their 4 GiB",
	  &four_levels,
	  { .pointer_bits = 32, .personality = KNOWN(ADDR_COMPAT_LAYOUT) },
	  { 32, 0xffffe000, 0, 0xffff800000000000, 0, VMSPY_MMAP_UP } },
	{ "32 bits with a limit of 3 GiB",
	  &five_levels,
	  { .pointer_bits = 32, .personality = KNOWN(ADDR_LIMIT_3GB) },
	  { 32, 0xc0000000, 0, 0xff00000000000000, 0, VMSPY_MMAP_UNKNOWN } },
	{ "32 bits, and the limit is hidden",
	  &four_levels,
	  { .pointer_bits = 32, .legacy_va_layout = KNOWN(0) },
	  { 32, 0, 0, 0xffff800000000000, 0, VMSPY_MMAP_UNKNOWN } },
	{ "a 32-bit kernel needs no look at the program",
	  &small_kernel,
	  { .mmap_min_addr = KNOWN(65536) },
	  { 32, 0xc0000000, 0, 0xc0000000, 65536, VMSPY_MMAP_UNKNOWN } },
	{ "nothing is known of a machine that nobody has heard of",
	  &unheard_of,
	  { .pointer_bits = 32, .personality = KNOWN(0), .legacy_va_layout = KNOWN(0) },
	  { 32, 0, 0, 0, 0, VMSPY_MMAP_UNKNOWN } },
};

static void assert_shape(const struct vmspy_address_shape *got,
			 const struct vmspy_address_shape *expected)
{
	assert_int_equal(got->pointer_bits, expected->pointer_bits);
	assert_true(got->user_end == expected->user_end);
	assert_true(got->window_end == expected->window_end);
	assert_true(got->kernel_start == expected->kernel_start);
	assert_true(got->lowest == expected->lowest);
	assert_int_equal(got->mmap, expected->mmap);
}

static void the_program_and_its_personality_decide_the_shape(void **state)
{
	const struct vmspy_layout nothing = { 0 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(shapes); i++) {
		struct vmspy_address_shape shape =
			vmspy_address_shape_find(&shapes[i].facts, shapes[i].host, &nothing);

		test_row(shapes[i].name);
		assert_shape(&shape, &shapes[i].shape);
	}
}

static void a_program_that_may_not_be_read_is_known_by_its_mappings(void **state)
{
	const struct vmspy_address_facts hidden = { 0 };
	struct vmspy_mapping mapping = { .vma = { .start = 0x1000, .end = 0xf0000000 },
					 .kind = VMSPY_KIND_ANON };
	const struct vmspy_layout layout = { .mapping = &mapping, .count = 1 };
	struct vmspy_address_shape shape;

	(void)state;
	shape = vmspy_address_shape_find(&hidden, &four_levels, &layout);
	assert_int_equal(shape.pointer_bits, 0);
	assert_true(shape.user_end == 0);
	mapping.vma.end = 0x7f0000000000;
	shape = vmspy_address_shape_find(&hidden, &four_levels, &layout);
	assert_int_equal(shape.pointer_bits, 64);
	assert_true(shape.user_end == 0x7ffffffff000);
}

static void a_stack_above_3_gib_tells_that_there_is_no_such_limit(void **state)
{
	const struct vmspy_address_facts facts = { .pointer_bits = 32 };
	struct vmspy_mapping mapping = { .vma = { .start = 0xfff00000, .end = 0xfff21000 },
					 .kind = VMSPY_KIND_STACK };
	const struct vmspy_layout layout = { .mapping = &mapping, .count = 1 };
	struct vmspy_address_shape shape = vmspy_address_shape_find(&facts, &four_levels, &layout);

	(void)state;
	assert_true(shape.user_end == 0xffffe000);
}

static const struct {
	uint32_t personality;
	const char *words;
} personalities[] = {
	{ PER_LINUX, "" },
	{ PER_LINUX32, "PER_LINUX32" },
	{ PER_LINUX32 | ADDR_NO_RANDOMIZE, "PER_LINUX32 ADDR_NO_RANDOMIZE" },
	{ ADDR_COMPAT_LAYOUT | READ_IMPLIES_EXEC | ADDR_LIMIT_3GB,
	  "ADDR_COMPAT_LAYOUT READ_IMPLIES_EXEC ADDR_LIMIT_3GB" },
	{ 0xffffff00,
	  "UNAME26 ADDR_NO_RANDOMIZE FDPIC_FUNCPTRS MMAP_PAGE_ZERO ADDR_COMPAT_LAYOUT "
	  "READ_IMPLIES_EXEC ADDR_LIMIT_32BIT SHORT_INODE WHOLE_SECONDS STICKY_TIMEOUTS "
	  "ADDR_LIMIT_3GB" },
	{ 0x00010000, "" },
};

static void a_personality_is_spelled_out(void **state)
{
	char text[VMSPY_PERSONALITY_TEXT];

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(personalities); i++)
		assert_string_equal(vmspy_personality_words(personalities[i].personality, text),
				    personalities[i].words);
}

static void our_own_facts_are_known(void **state)
{
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	struct vmspy_address_facts facts;

	(void)state;
	assert_ok(vmspy_process_init(getpid(), &process));
	facts = vmspy_address_facts_read(&process);
	assert_int_equal(facts.pointer_bits, 8 * sizeof(void *));
	assert_true(facts.is_pie.known && facts.personality.known);
	assert_null(facts.personality_refusal);
	assert_int_equal(facts.personality.value, personality(0xffffffff));
	assert_true(facts.randomize_va_space.known && facts.randomize_va_space.value <= 2);
	assert_true(facts.mmap_min_addr.known);
	vmspy_address_facts_deinit(&facts);
	vmspy_process_deinit(&process);
}

TEST_MAIN(TEST(the_program_and_its_personality_decide_the_shape),
	  TEST(a_program_that_may_not_be_read_is_known_by_its_mappings),
	  TEST(a_stack_above_3_gib_tells_that_there_is_no_such_limit),
	  TEST(a_personality_is_spelled_out), TEST(our_own_facts_are_known))

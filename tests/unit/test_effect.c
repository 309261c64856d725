#include "test.h"

#include "trace/effect.h"

enum {
	FRAME = 0x1200,
	OTHER_FRAME = 0x1300,
	ZERO_FRAME = 0xf0,
	SWAP_WORD = 0x62,
};

#define MEMORY    (VMSPY_PAGEMAP_PRESENT | FRAME)
#define OURS      (VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_EXCLUSIVE | OTHER_FRAME)
#define OF_FILE   (VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_FILE | FRAME)
#define ZERO_PAGE (VMSPY_PAGEMAP_PRESENT | ZERO_FRAME)
#define SWAPPED   (VMSPY_PAGEMAP_SWAPPED | SWAP_WORD)
#define HIDDEN    VMSPY_PAGEMAP_PRESENT

static const struct vmspy_host host = { .page_bytes = 4096, .zero_frame = ZERO_FRAME };

static const struct vmspy_mapping anonymous = { .kind = VMSPY_KIND_ANON, .page_bytes = 4096 };
static const struct vmspy_mapping data = {
	.vma = { .inode = 7, .name = "/program" },
	.kind = VMSPY_KIND_DATA,
	.page_bytes = 4096,
};
static const struct vmspy_mapping shared = {
	.vma = { .inode = 7, .name = "/file", .shared = true },
	.kind = VMSPY_KIND_SHMEM,
	.page_bytes = 4096,
};
static const struct vmspy_mapping huge = {
	.vma = { .inode = 9, .name = "/anon_hugepage (deleted)" },
	.kind = VMSPY_KIND_HUGETLB,
	.page_bytes = 2 << 20,
};

static void the_cause_and_what_stood_there_decide(void **state)
{
	static const struct {
		const char *name;
		struct vmspy_fault_facts facts;
		enum vmspy_outcome outcome;
	} cases[] = {
		{ "shared memory is copied",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_ANON, &anonymous },
		  VMSPY_OUTCOME_COPY_MEMORY },
		{ "the last one to have it needs no copy",
		  { VMSPY_CAUSE_WRITE_HERE, false, VMSPY_STANDING_ANON, &anonymous },
		  VMSPY_OUTCOME_REUSE },
		{ "the page of a file is copied",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_FILE, &data },
		  VMSPY_OUTCOME_COPY_FILE },
		{ "also if it was never looked at",
		  { VMSPY_CAUSE_WRITE_NONE, true, VMSPY_STANDING_NONE, &data },
		  VMSPY_OUTCOME_COPY_FILE },
		{ "new memory is touched",
		  { VMSPY_CAUSE_WRITE_NONE, true, VMSPY_STANDING_NONE, &anonymous },
		  VMSPY_OUTCOME_TOUCH },
		{ "also where the zero page was read before",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_ZERO, &anonymous },
		  VMSPY_OUTCOME_TOUCH },
		{ "also where memory was given back",
		  { VMSPY_CAUSE_WRITE_NONE, true, VMSPY_STANDING_ANON, &anonymous },
		  VMSPY_OUTCOME_TOUCH },
		{ "a page that was read back from swap is copied as any other",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_SWAP, &anonymous },
		  VMSPY_OUTCOME_COPY_MEMORY },
		{ "of a swapped one only the words can tell",
		  { VMSPY_CAUSE_WRITE_NONE, true, VMSPY_STANDING_SWAP, &anonymous },
		  VMSPY_OUTCOME_ASK_WORDS },
		{ "as of huge pages from the pool",
		  { VMSPY_CAUSE_WRITE_HERE, false, VMSPY_STANDING_ANON, &huge },
		  VMSPY_OUTCOME_ASK_WORDS },
		{ "what is shared by mapping is never copied",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_FILE, &shared },
		  VMSPY_OUTCOME_FILE },
		{ "reading a file maps it",
		  { VMSPY_CAUSE_READ, true, VMSPY_STANDING_NONE, &data },
		  VMSPY_OUTCOME_FILE },
		{ "reading new memory maps the zero page",
		  { VMSPY_CAUSE_READ, false, VMSPY_STANDING_NONE, &anonymous },
		  VMSPY_OUTCOME_READ },
		{ "reading swapped memory reads it back",
		  { VMSPY_CAUSE_READ, true, VMSPY_STANDING_SWAP, &anonymous },
		  VMSPY_OUTCOME_SWAP },
		{ "a guard is not written",
		  { VMSPY_CAUSE_WRITE_HERE, true, VMSPY_STANDING_GUARD, &anonymous },
		  VMSPY_OUTCOME_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(vmspy_effect_judge(&cases[i].facts), cases[i].outcome);
	}
}

static void the_words_of_a_page_tell_what_became_of_it(void **state)
{
	static const struct {
		const char *name;
		uint64_t before, now;
		const struct vmspy_mapping *mapping;
		enum vmspy_outcome outcome;
	} cases[] = {
		{ "another frame", MEMORY, OURS, &anonymous, VMSPY_OUTCOME_COPY_MEMORY },
		{ "the same frame", MEMORY, MEMORY | VMSPY_PAGEMAP_EXCLUSIVE, &anonymous,
		  VMSPY_OUTCOME_REUSE },
		{ "what nobody shared was moved", VMSPY_PAGEMAP_EXCLUSIVE | MEMORY, OURS,
		  &anonymous, VMSPY_OUTCOME_UNKNOWN },
		{ "a file's page became ours", OF_FILE, OURS, &data, VMSPY_OUTCOME_COPY_FILE },
		{ "one that was never mapped, too", 0, OURS, &data, VMSPY_OUTCOME_COPY_FILE },
		{ "new memory", 0, OURS, &anonymous, VMSPY_OUTCOME_TOUCH },
		{ "memory that was read", ZERO_PAGE, OURS, &anonymous, VMSPY_OUTCOME_TOUCH },
		{ "memory that is read", 0, ZERO_PAGE, &anonymous, VMSPY_OUTCOME_READ },
		{ "back from swap", SWAPPED, OURS, &anonymous, VMSPY_OUTCOME_SWAP },
		{ "gone to swap", MEMORY, SWAPPED, &anonymous, VMSPY_OUTCOME_UNKNOWN },
		{ "a file's page", 0, OF_FILE, &data, VMSPY_OUTCOME_FILE },
		{ "hidden, and ours alone now", HIDDEN, HIDDEN | VMSPY_PAGEMAP_EXCLUSIVE,
		  &anonymous, VMSPY_OUTCOME_COPY_MEMORY },
		{ "hidden, and still shared", HIDDEN, HIDDEN, &anonymous, VMSPY_OUTCOME_REUSE },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		struct vmspy_page_change change = {
			.before = vmspy_pagemap_decode(cases[i].before),
			.now = vmspy_pagemap_decode(cases[i].now),
			.mapping = cases[i].mapping,
			.host = &host,
		};

		print_message("%s\n", cases[i].name);
		assert_int_equal(vmspy_effect_judge_words(&change), cases[i].outcome);
	}
}

static void only_copies_are_copies(void **state)
{
	enum vmspy_copied copied = VMSPY_COPIED_COUNT;

	(void)state;
	assert_true(vmspy_outcome_is_copy(VMSPY_OUTCOME_COPY_FILE, &copied));
	assert_int_equal(copied, VMSPY_COPIED_FILE);
	for (enum vmspy_outcome outcome = VMSPY_OUTCOME_TOUCH; outcome <= VMSPY_OUTCOME_ASK_WORDS;
	     outcome++)
		assert_false(vmspy_outcome_is_copy(outcome, &copied));
	assert_int_equal(vmspy_outcome_effect(VMSPY_OUTCOME_REUSE), VMSPY_EFFECT_REUSE);
}

TEST_MAIN(TEST(the_cause_and_what_stood_there_decide),
	  TEST(the_words_of_a_page_tell_what_became_of_it), TEST(only_copies_are_copies))

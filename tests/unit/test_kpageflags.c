#include "test.h"

#include <limits.h>

#include "format/kpageflags.h"
#include "format/pagemap.h"

#define BIT(flag) VMSPY_KPF_BIT(flag)

/* As tools/mm/page-types.c has them, in its order: a letter and a name. */
static const struct {
	unsigned bit;
	const char *text;
} page_types[] = {
	{ 0, "L:locked" },
	{ 1, "E:error" },
	{ 2, "R:referenced" },
	{ 3, "U:uptodate" },
	{ 4, "D:dirty" },
	{ 5, "l:lru" },
	{ 6, "A:active" },
	{ 7, "S:slab" },
	{ 8, "W:writeback" },
	{ 9, "I:reclaim" },
	{ 10, "B:buddy" },
	{ 11, "M:mmap" },
	{ 12, "a:anonymous" },
	{ 13, "s:swapcache" },
	{ 14, "b:swapbacked" },
	{ 15, "H:compound_head" },
	{ 16, "T:compound_tail" },
	{ 17, "G:huge" },
	{ 18, "u:unevictable" },
	{ 19, "X:hwpoison" },
	{ 20, "n:nopage" },
	{ 21, "x:ksm" },
	{ 22, "t:thp" },
	{ 23, "o:offline" },
	{ 24, "z:zero_page" },
	{ 25, "i:idle_page" },
	{ 26, "g:pgtable" },
	{ 32, "r:reserved" },
	{ 33, "m:mlocked" },
	{ 34, "d:owner_2" },
	{ 35, "P:private" },
	{ 36, "p:private_2" },
	{ 37, "O:owner_private" },
	{ 38, "h:arch" },
	{ 40, "f:softdirty" },
	{ 41, "H:arch_2" },
	{ 42, "J:arch_3" }, /* ours */
	{ 47, "d:anon_exclusive" },
	{ 48, "I:readahead" },
	{ 50, "A:slub_frozen" },
	{ 51, "E:slub_debug" },
	{ 61, "F:file" },
	{ 62, "w:swap" },
	{ 63, "1:mmap_exclusive" },
};

static void names_and_letters_are_those_of_page_types(void **state)
{
	char letters[VMSPY_KPAGEFLAGS_LETTERS], names[VMSPY_KPAGEFLAGS_NAMES];
	size_t known = 0;

	(void)state;
	for (unsigned bit = 0; bit < VMSPY_KPF_COUNT; bit++)
		known += vmspy_kpageflag_name(bit) != NULL;
	assert_int_equal(known, TEST_COUNT(page_types));
	for (size_t i = 0; i < TEST_COUNT(page_types); i++) {
		uint64_t flag = BIT(page_types[i].bit);

		assert_string_equal(vmspy_kpageflag_name(page_types[i].bit),
				    page_types[i].text + 2);
		assert_string_equal(vmspy_kpageflags_names(flag, names), page_types[i].text + 2);
		vmspy_kpageflags_letters(flag, letters);
		assert_int_equal(strlen(letters), TEST_COUNT(page_types));
		assert_int_equal(letters[i], page_types[i].text[0]);
		letters[i] = '_';
		assert_int_equal(strspn(letters, "_"), TEST_COUNT(page_types));
	}
	assert_null(vmspy_kpageflag_name(VMSPY_KPF_COUNT));
	assert_null(vmspy_kpageflag_name(UINT_MAX));
}

static void a_flag_without_a_name_is_its_number(void **state)
{
	char names[VMSPY_KPAGEFLAGS_NAMES];

	(void)state;
	assert_string_equal(vmspy_kpageflags_names(BIT(43) | BIT(VMSPY_KPF_ANON), names),
			    "anonymous bit43");
	assert_string_equal(vmspy_kpageflags_names(0, names), "");
}

static void all_flags_at_once_have_room(void **state)
{
	char names[VMSPY_KPAGEFLAGS_NAMES];

	(void)state;
	vmspy_kpageflags_names(UINT64_MAX, names);
	assert_non_null(strstr(names, " mmap_exclusive"));
	assert_string_equal(strrchr(names, ' '), " mmap_exclusive");
}

static void what_helps_to_debug_the_kernel_is_not_well_known(void **state)
{
	static const uint64_t compound = BIT(15) | BIT(16);

	(void)state;
	assert_int_equal(vmspy_kpageflags_well_known(BIT(31) | BIT(32) | BIT(34) | BIT(47)),
			 BIT(31));
	assert_true(vmspy_kpageflags_well_known(BIT(48)) == BIT(48));
	assert_true(vmspy_kpageflags_well_known(compound | BIT(22)) == BIT(22));
	assert_true(vmspy_kpageflags_well_known(compound | BIT(17)) == (compound | BIT(17)));
}

static void flags_with_two_meanings_are_told_apart(void **state)
{
	static const struct {
		const char *name;
		uint64_t flags, word, want;
	} rows[] = {
		{ "owner_2 of a file", BIT(34), 0, BIT(34) },
		{ "owner_2 of an anonymous page", BIT(34) | BIT(12), 0, BIT(47) | BIT(12) },
		{ "active", BIT(6), 0, BIT(6) },
		{ "active of slab", BIT(6) | BIT(7), 0, BIT(50) | BIT(7) },
		{ "error of slab", BIT(1) | BIT(7), 0, BIT(51) | BIT(7) },
		{ "reclaim", BIT(9), 0, BIT(48) },
		{ "reclaim while it is written", BIT(9) | BIT(8), 0, BIT(9) | BIT(8) },
		{ "soft-dirty by the word", 0, VMSPY_PAGEMAP_SOFT_DIRTY, BIT(40) },
		{ "of a file by the word", BIT(3), VMSPY_PAGEMAP_FILE, BIT(61) | BIT(3) },
		{ "swapped by the word", 0, VMSPY_PAGEMAP_SWAPPED, BIT(62) },
		{ "bit 56", 0, VMSPY_PAGEMAP_EXCLUSIVE, BIT(63) },
		{ "present is no flag, nor a frame", 0, VMSPY_PAGEMAP_PRESENT | 0x1234, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name);
		assert_true(vmspy_kpageflags_expand(rows[i].flags, rows[i].word) == rows[i].want);
	}
}

/* --- which flags --------------------------------------------------------------------------- */

static void filters_are_read(void **state)
{
	static const struct {
		const char *list;
		uint64_t with, without;
	} rows[] = {
		{ "anonymous", BIT(12), 0 },
		{ "anon,!ksm", BIT(12), BIT(21) },
		{ "!thp,!huge", 0, BIT(22) | BIT(17) },
		{ "ksm,ksm", BIT(21), 0 },
		{ "zero,hugetlb,head,tail", BIT(24) | BIT(17) | BIT(15) | BIT(16), 0 },
		{ "idle", BIT(25), 0 },
		/* A name that is also the beginning of another. */
		{ "private", BIT(35), 0 },
		{ "arch", BIT(38), 0 },
		{ "swap", BIT(62), 0 },
		{ "anon_", BIT(47), 0 },
		{ "mmap", BIT(11), 0 },
		{ "anon,!anon", BIT(12), BIT(12) },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_kpageflags_filter filter;

		test_row(rows[i].list);
		assert_ok(vmspy_kpageflags_filter_parse(rows[i].list, &filter));
		assert_true(filter.with == rows[i].with);
		assert_true(filter.without == rows[i].without);
	}
}

static void what_is_no_flag_is_refused(void **state)
{
	static const struct {
		const char *list, *message;
	} rows[] = {
		{ "", "no page flag ''" },
		{ ",", "no page flag ''" },
		{ "anon,", "no page flag ''" },
		{ ",anon", "no page flag ''" },
		{ "anon,,ksm", "no page flag ''" },
		{ "!", "no page flag ''" },
		{ "!!ksm", "no page flag '!ksm'" },
		{ " ksm", "no page flag ' ksm'" },
		{ "KSM", "no page flag 'KSM'" },
		{ "ksms", "no page flag 'ksms'" },
		{ "%s%n", "no page flag '%s%n'" },
		{ "bit43", "no page flag 'bit43'" },
		{ "swapb,slub", "'slub' may be any of slub_frozen, slub_debug" },
		{ "re", "'re' may be any of referenced, reclaim, reserved, readahead" },
	};
	struct vmspy_kpageflags_filter filter = { 1, 2 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].list);
		assert_error(vmspy_kpageflags_filter_parse(rows[i].list, &filter),
			     VMSPY_ERROR_BAD_DATA, rows[i].message);
		assert_true(filter.with == 1 && filter.without == 2);
	}
}

static void a_word_of_any_length_is_refused_in_a_message(void **state)
{
	struct vmspy_kpageflags_filter filter;
	char *list = malloc(1 << 20);

	(void)state;
	assert_non_null(list);
	memset(list, 'a', (1 << 20) - 1);
	list[(1 << 20) - 1] = '\0';
	assert_error(vmspy_kpageflags_filter_parse(list, &filter), VMSPY_ERROR_BAD_DATA,
		     "no page flag 'aaaa");
	free(list);
}

static void a_filter_takes_pages_with_all_and_without_any(void **state)
{
	const struct vmspy_kpageflags_filter filter = { BIT(12) | BIT(3), BIT(21) | BIT(22) };

	(void)state;
	assert_true(vmspy_kpageflags_filter_takes(&filter, BIT(12) | BIT(3) | BIT(5)));
	assert_false(vmspy_kpageflags_filter_takes(&filter, BIT(12)));
	assert_false(vmspy_kpageflags_filter_takes(&filter, BIT(12) | BIT(3) | BIT(22)));
	assert_false(vmspy_kpageflags_filter_takes(&filter, 0));
}

TEST_MAIN(TEST(names_and_letters_are_those_of_page_types),
	  TEST(a_flag_without_a_name_is_its_number), TEST(all_flags_at_once_have_room),
	  TEST(what_helps_to_debug_the_kernel_is_not_well_known),
	  TEST(flags_with_two_meanings_are_told_apart), TEST(filters_are_read),
	  TEST(what_is_no_flag_is_refused), TEST(a_word_of_any_length_is_refused_in_a_message),
	  TEST(a_filter_takes_pages_with_all_and_without_any))

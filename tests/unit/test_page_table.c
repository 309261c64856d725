#include "test.h"

#include "format/page_table.h"

/* Addresses split by hand: the bits written out, and cut where the manuals of the machines cut them. */
static void an_address_is_split_where_the_machine_splits_it(void **state)
{
	static const struct {
		const char *machine;
		uint32_t page_bytes;
		unsigned levels;
		uint64_t address;
		struct vmspy_page_indices want;
	} rows[] = {
		/* 0x7ffd12345678 = 0.1111.1111 1.1111.0100 0.1001.0001 1.0100.0101 0x678 */
		{ "x86_64", 4096, 4, 0x7ffd12345678, { { 255, 0, 500, 145, 325 }, 0x678 } },
		/* The vsyscall page: every index is the last but one of its table, or the last. */
		{ "x86_64", 4096, 4, 0xffffffffff600000, { { 511, 0, 511, 507, 0 }, 0 } },
		{ "x86_64", 4096, 5, 0x7ffd12345678, { { 0, 255, 500, 145, 325 }, 0x678 } },
		/* Bit 48 is the first one that only five levels look at. */
		{ "x86_64", 4096, 5, 0x1000000000000, { { 1, 0, 0, 0, 0 }, 0 } },
		/* The base of programs without PIE: 0x08048000 = 0000.1000.00 00.0100.1000 0x000 */
		{ "i686", 4096, 2, 0x08048abc, { { 32, 0, 0, 0, 72 }, 0xabc } },
		{ "i686", 4096, 3, 0xbffff123, { { 2, 0, 0, 511, 511 }, 0x123 } },
		{ "aarch64", 4096, 3, 0x7f80201004, { { 510, 0, 0, 1, 1 }, 4 } },
		{ "aarch64", 4096, 4, 0xffff80201004, { { 511, 0, 510, 1, 1 }, 4 } },
		{ "aarch64", 4096, 5, 0xf000080201004, { { 15, 0, 2, 1, 1 }, 4 } },
		{ "aarch64", 16384, 2, 0xfffffc001, { { 2047, 0, 0, 0, 2047 }, 1 } },
		{ "aarch64", 16384, 3, 0x7ff002004001, { { 2047, 0, 0, 1, 1 }, 1 } },
		{ "aarch64", 16384, 4, 0x800002004001, { { 1, 0, 0, 1, 1 }, 1 } },
		{ "aarch64", 65536, 2, 0x3ffe0010001, { { 8191, 0, 0, 0, 1 }, 1 } },
		{ "aarch64", 65536, 3, 0xfc0020010001, { { 63, 0, 0, 1, 1 }, 1 } },
		{ "riscv64", 4096, 3, 0x3fc0201fff, { { 255, 0, 0, 1, 1 }, 0xfff } },
		{ "riscv64", 4096, 4, 0x7f8040201fff, { { 255, 0, 1, 1, 1 }, 0xfff } },
		{ "riscv64", 4096, 5, 0x1008040201fff, { { 1, 1, 1, 1, 1 }, 0xfff } },
		/* 64 KiB pages have 32 entries in the lowest table: bits 16 to 20. */
		{ "ppc64le", 65536, 4, 0x8040210001, { { 1, 0, 1, 1, 1 }, 1 } },
		{ "ppc64le", 4096, 4, 0x8040201001, { { 1, 0, 1, 1, 1 }, 1 } },
		{ "s390x", 4096, 3, 0x80101001, { { 0, 0, 1, 1, 1 }, 1 } },
		{ "s390x", 4096, 5, 0x20040080101001, { { 1, 1, 1, 1, 1 }, 1 } },
		{ "armv7l", 4096, 2, 0xb6f01fff, { { 1463, 0, 0, 0, 257 }, 0xfff } },
		{ "armv7l", 4096, 3, 0x40201fff, { { 1, 0, 0, 1, 1 }, 0xfff } },
		{ "loongarch64", 16384, 3, 0x7ff002004001, { { 2047, 0, 0, 1, 1 }, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct vmspy_page_table *table =
			vmspy_page_table_find(rows[i].machine, rows[i].page_bytes, rows[i].levels);
		struct vmspy_page_indices got;

		test_row(rows[i].machine);
		assert_non_null(table);
		got = vmspy_page_table_split(table, rows[i].address);
		for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
			assert_int_equal(got.index[level], rows[i].want.index[level]);
		assert_int_equal(got.offset_bytes, rows[i].want.offset_bytes);
	}
}

/* Bits of an address that a table looks at: as wide as the documentation says. */
static void tables_are_as_wide_as_addresses(void **state)
{
	static const struct {
		const char *machine;
		uint32_t page_bytes;
		unsigned levels, bits;
	} rows[] = {
		{ "x86_64", 4096, 4, 48 },       { "x86_64", 4096, 5, 57 },
		{ "i686", 4096, 2, 32 },         { "i686", 4096, 3, 32 },
		{ "aarch64", 4096, 3, 39 },      { "aarch64", 4096, 4, 48 },
		{ "aarch64", 4096, 5, 52 },      { "aarch64", 16384, 2, 36 },
		{ "aarch64", 16384, 3, 47 },     { "aarch64", 16384, 4, 48 },
		{ "aarch64", 65536, 2, 42 },     { "aarch64", 65536, 3, 48 },
		{ "riscv64", 4096, 3, 39 },      { "riscv64", 4096, 4, 48 },
		{ "riscv64", 4096, 5, 57 },      { "ppc64le", 4096, 4, 52 },
		{ "ppc64le", 65536, 4, 52 },     { "s390x", 4096, 3, 42 },
		{ "s390x", 4096, 4, 53 },        { "s390x", 4096, 5, 64 },
		{ "armv7l", 4096, 2, 32 },       { "armv7l", 4096, 3, 32 },
		{ "loongarch64", 4096, 3, 39 },  { "loongarch64", 4096, 4, 48 },
		{ "loongarch64", 16384, 2, 36 }, { "loongarch64", 16384, 3, 47 },
		{ "loongarch64", 65536, 2, 42 }, { "loongarch64", 65536, 3, 55 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct vmspy_page_table *table =
			vmspy_page_table_find(rows[i].machine, rows[i].page_bytes, rows[i].levels);
		unsigned bits;

		test_row(rows[i].machine);
		assert_non_null(table);
		bits = table->offset_bits;
		for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
			bits += table->bits[level];
		assert_int_equal(bits, rows[i].bits);
		assert_int_equal(1u << table->offset_bits, rows[i].page_bytes);
	}
}

/* ret: the address made again, by what an entry of each level maps. */
static uint64_t joined(const struct vmspy_page_table *table,
		       const struct vmspy_page_indices *indices)
{
	uint64_t address = indices->offset_bytes;

	for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
		address += indices->index[level] * vmspy_page_table_reach(table, level);
	return address;
}

/* Every table that is known, by rules of their own: divisions, never shifts. */
static void what_was_split_can_be_joined(void **state)
{
	static const uint64_t addresses[] = { 0,          0x1000,         0x7ffd12345678,
					      0xdeadbeef, 0x123456789abc, UINT64_MAX };
	const struct vmspy_page_table *table;

	(void)state;
	for (size_t i = 0; (table = vmspy_page_table_at(i)); i++) {
		uint64_t reach = table->page_bytes, span;

		test_row(table->machine);
		for (size_t level = VMSPY_LEVEL_COUNT; level--;) {
			if (!table->bits[level]) {
				assert_int_equal(vmspy_page_table_reach(table, level), 0);
				continue;
			}
			assert_int_equal(vmspy_page_table_reach(table, level), reach);
			for (unsigned bit = 0; bit < table->bits[level]; bit++)
				reach *= 2;
		}
		span = reach; /* 0: all 64 bits */
		for (size_t j = 0; j < TEST_COUNT(addresses); j++) {
			struct vmspy_page_indices indices =
				vmspy_page_table_split(table, addresses[j]);

			assert_int_equal(joined(table, &indices),
					 span ? addresses[j] % span : addresses[j]);
		}
	}
}

static void levels_that_are_folded_are_not_counted(void **state)
{
	const struct vmspy_page_table *table;

	(void)state;
	for (size_t i = 0; (table = vmspy_page_table_at(i)); i++) {
		unsigned levels = 0;

		test_row(table->machine);
		for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
			levels += table->bits[level] != 0;
		assert_int_equal(levels, table->levels);
		assert_true(table->bits[VMSPY_LEVEL_PTE] > 0);
	}
}

static void user_space_ends_before_the_kernel_begins(void **state)
{
	const struct vmspy_page_table *table;

	(void)state;
	for (size_t i = 0; (table = vmspy_page_table_at(i)); i++)
		if (table->user_end && table->kernel_start)
			assert_true(table->user_end <= table->kernel_start);
}

static void what_is_not_known_is_not_made_up(void **state)
{
	(void)state;
	assert_null(vmspy_page_table_find("x86_64", 4096, 3));
	assert_null(vmspy_page_table_find("x86_64", 8192, 4));
	assert_null(vmspy_page_table_find("pdp11", 4096, 4));
	assert_null(vmspy_page_table_find("aarch64", 4096, 0));
	assert_null(vmspy_page_table_find("", 0, 0));
}

/* 48 and 52 bits of arm64: what fits in the narrower one is split alike. */
static void tables_that_differ_in_width_alone_agree_on_what_both_have(void **state)
{
	const struct vmspy_page_table *narrow = vmspy_page_table_find("aarch64", 65536, 3), *wide;
	size_t wider = 0;

	(void)state;
	for (size_t i = 0; (wide = vmspy_page_table_at(i)); i++) {
		struct vmspy_page_indices a, b;

		if (strcmp(wide->machine, narrow->machine) != 0 ||
		    wide->page_bytes != narrow->page_bytes || wide->levels != narrow->levels ||
		    wide == narrow)
			continue;
		wider++;
		assert_true(wide->bits[VMSPY_LEVEL_PGD] > narrow->bits[VMSPY_LEVEL_PGD]);
		a = vmspy_page_table_split(narrow, 0xfc0020010001);
		b = vmspy_page_table_split(wide, 0xfc0020010001);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	assert_int_equal(wider, 1);
}

TEST_MAIN(TEST(an_address_is_split_where_the_machine_splits_it),
	  TEST(tables_are_as_wide_as_addresses), TEST(what_was_split_can_be_joined),
	  TEST(levels_that_are_folded_are_not_counted),
	  TEST(user_space_ends_before_the_kernel_begins), TEST(what_is_not_known_is_not_made_up),
	  TEST(tables_that_differ_in_width_alone_agree_on_what_both_have))

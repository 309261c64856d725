#include "test.h"

#include "report/filter.h"
#include "symbol/values.h"

enum {
	PAGE = 4096,
	NEED_ONE = 1,
	NEED_TWO = 2
};

struct row {
	uint64_t bytes, pages, count, address, device, flag;
	const char *text, *path, *words;
	struct vmspy_value value;
};

#define COLUMN(heading, member, unit, needs)                                                       \
	{                                                                                          \
		heading, #member, "help", unit, VMSPY_SHOW, needs, offsetof(struct row, member)    \
	}

static const struct vmspy_column columns[] = {
	COLUMN("RSS", bytes, VMSPY_UNIT_BYTES, NEED_ONE),
	COLUMN("ONLY-A", pages, VMSPY_UNIT_PAGES, NEED_TWO),
	COLUMN("COUNT", count, VMSPY_UNIT_COUNT, 0),
	COLUMN("START", address, VMSPY_UNIT_ADDRESS, 0),
	COLUMN("DEVICE", device, VMSPY_UNIT_DEVICE, 0),
	COLUMN("THP", flag, VMSPY_UNIT_BOOL, 0),
	COLUMN("COMM", text, VMSPY_UNIT_TEXT, 0),
	COLUMN("OBJECT", path, VMSPY_UNIT_PATH, 0),
	COLUMN("FLAGS", words, VMSPY_UNIT_WORDS, 0),
	COLUMN("A", value, VMSPY_UNIT_VALUE, 0),
	{ 0 },
};

static const struct row known = {
	.bytes = 1 << 20,
	.pages = 12,
	.count = 7,
	.address = 0x7f21a0000000,
	.device = VMSPY_DEVICE(8, 1),
	.flag = 1,
	.text = "a name",
	.path = "/usr/lib/libc.so.6",
	.words = "rd wr mr",
};

static const struct row unknown = {
	.bytes = VMSPY_UNKNOWN,
	.pages = VMSPY_UNKNOWN,
	.count = VMSPY_UNKNOWN,
	.address = VMSPY_UNKNOWN,
	.device = VMSPY_UNKNOWN,
	.flag = VMSPY_UNKNOWN,
};

static bool takes(const char *list, const struct row *row)
{
	struct vmspy_filter filter;
	bool taken;

	test_row(list);
	assert_ok(vmspy_filter_parse(columns, list, PAGE, &filter));
	taken = vmspy_filter_takes(&filter, row);
	vmspy_filter_deinit(&filter);
	return taken;
}

static void conditions_hold_or_do_not(void **state)
{
	static const struct {
		const char *condition;
		bool holds;
	} rows[] = {
		{ "RSS=1M", true },
		{ "bytes=1024K", true },
		{ "rss=1048576", true },
		{ "RSS=0x100000", true },
		{ "RSS!=1M", false },
		{ "RSS<1M", false },
		{ "RSS<=1M", true },
		{ "RSS>1M", false },
		{ "RSS>1048575", true },
		{ "RSS>=1M", true },
		{ "RSS<1G", true },
		{ "RSS<1T", true },
		{ "ONLY-A=12", true },
		{ "ONLY-A=48K", true },
		{ "ONLY-A>11", true },
		{ "ONLY-A>48K", false },
		{ "ONLY-A<1M", true },
		{ "COUNT>=7", true },
		{ "COUNT<7", false },
		{ "START=0x7f21a0000000", true },
		{ "START>=0x7f21a0000001", false },
		{ "START<128T", true },
		{ "DEVICE=8:1", true },
		{ "DEVICE!=8:1", false },
		{ "DEVICE=1:8", false },
		{ "THP=yes", true },
		{ "THP=no", false },
		{ "THP!=no", true },
		{ "COMM=a name", true },
		{ "COMM=a*", true },
		{ "COMM=name", false },
		{ "COMM!=a*", false },
		{ "COMM~nam", true },
		{ "COMM~Nam", false },
		{ "COMM!~nam", false },
		{ "COMM!~x", true },
		{ "OBJECT=libc.so.*", true },
		{ "OBJECT=/usr/*", true },
		{ "OBJECT=lib", false },
		{ "OBJECT!=libc.so.6", false },
		{ "OBJECT~/lib/", true },
		{ "FLAGS~wr", true },
		{ "FLAGS~r", false },
		{ "FLAGS~rd wr", false },
		{ "FLAGS!~wr", false },
		{ "FLAGS!~hg", true },
		{ "FLAGS=rd *", true },
		{ "FLAGS=rd", false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		assert_int_equal(takes(rows[i].condition, &known), rows[i].holds);
}

static void all_conditions_must_hold(void **state)
{
	(void)state;
	assert_true(takes("RSS>=1M,OBJECT~libc,FLAGS~rd", &known));
	assert_false(takes("RSS>=1M,OBJECT~libd,FLAGS~rd", &known));
	assert_false(takes("RSS>1M,OBJECT~libc", &known));
}

static void no_condition_takes_every_row(void **state)
{
	const struct vmspy_filter filter = { 0 };

	(void)state;
	assert_true(vmspy_filter_takes(&filter, &known));
	assert_true(vmspy_filter_takes(&filter, &unknown));
}

static void what_is_unknown_never_matches(void **state)
{
	static const char *const conditions[] = {
		"RSS=0",     "RSS!=0",    "RSS>0",     "RSS<1T",   "RSS=0xffffffffffffffff",
		"ONLY-A>0",  "ONLY-A>4K", "COUNT!=1",  "START>=0", "DEVICE!=8:1",
		"THP=no",    "THP!=yes",  "COMM=*",    "COMM!=x",  "COMM!~x",
		"OBJECT!=x", "FLAGS!~hg", "FLAGS!=rd",
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(conditions); i++)
		assert_false(takes(conditions[i], &unknown));
}

static void what_the_columns_need_is_told(void **state)
{
	struct vmspy_filter filter;

	(void)state;
	assert_ok(vmspy_filter_parse(columns, "COUNT>1", PAGE, &filter));
	assert_int_equal(filter.needs, 0);
	vmspy_filter_deinit(&filter);
	assert_ok(vmspy_filter_parse(columns, "COUNT>1,RSS>0,ONLY-A>0", PAGE, &filter));
	assert_int_equal(filter.needs, NEED_ONE | NEED_TWO);
	vmspy_filter_deinit(&filter);
}

static void what_is_no_condition_is_told(void **state)
{
	static const struct {
		const char *list, *message;
	} rows[] = {
		{ "", "'' is no condition" },
		{ "RSS", "'RSS' is no condition (COLUMN OP VALUE" },
		{ "=1", "'=1' is no condition" },
		{ "RSS!1", "'RSS!1' is no condition" },
		{ "RSS>1,", "'' is no condition" },
		{ ",RSS>1", "'' is no condition" },
		{ "RSS>1,,RSS>2", "'' is no condition" },
		{ "RSX>1", "no column 'RSX' (did you mean 'RSS'?)" },
		{ "RSS>", "'' is nothing that 'RSS' can be (like 4096, 64K or 2M)" },
		{ "RSS>1k", "'1k' is nothing that 'RSS' can be" },
		{ "RSS>-1", "'-1' is nothing" },
		{ "RSS>1KB", "'1KB' is nothing" },
		{ "RSS>16777216T", "'16777216T' is nothing" },
		{ "RSS==1", "'=1' is nothing" },
		{ "COUNT>1K", "'1K' is nothing that 'COUNT' can be (like 12)" },
		{ "RSS~1", "'RSS~1' is no condition: 'RSS' can be asked for = != < <= > >=" },
		{ "COMM<a", "'COMM' can be asked for = != ~ !~" },
		{ "DEVICE<8:1", "'DEVICE' can be asked for = !=" },
		{ "DEVICE=8", "'8' is nothing that 'DEVICE' can be (like 8:1)" },
		{ "THP=1", "'1' is nothing that 'THP' can be (like yes or no)" },
		{ "A=1", "rows cannot be filtered by 'A'" },
	};
	struct vmspy_filter filter;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].list);
		assert_error(vmspy_filter_parse(columns, rows[i].list, PAGE, &filter),
			     VMSPY_ERROR_BAD_DATA, rows[i].message);
	}
}

TEST_MAIN(TEST(conditions_hold_or_do_not), TEST(all_conditions_must_hold),
	  TEST(no_condition_takes_every_row), TEST(what_is_unknown_never_matches),
	  TEST(what_the_columns_need_is_told), TEST(what_is_no_condition_is_told))

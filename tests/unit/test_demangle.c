#include "test.h"

#include "symbol/demangle.h"

static const struct {
	const char *name, *wanted; /* wanted NULL: it is left as it is */
} rows[] = {
	{ "_ZN2ns7counterE", "ns::counter" },
	{ "_ZZ3foovE7counter", "foo()::counter" },
	{ "_ZN12_GLOBAL__N_16hiddenE", "(anonymous namespace)::hidden" },
	{ "_ZTV7Derived", "vtable for Derived" },
	{ "_ZN4demo5STATE17h05af221e174051e9E", "demo::STATE" },
	{ "_RNvCs1234_7mycrate3foo", "mycrate::foo" },
	{ "main", NULL },
	{ "_Znonsense", NULL },
	{ "_Z", NULL },
	{ "", NULL },
	{ NULL, NULL },
};

static void names_of_cxx_and_rust_are_written_as_people_write_them(void **state)
{
	const char *names[TEST_COUNT(rows)];
	char *found[TEST_COUNT(rows)];

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		names[i] = rows[i].name;
	assert_ok(vmspy_demangle(names, TEST_COUNT(rows), found));
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name ? rows[i].name : "no name");
		if (rows[i].wanted)
			assert_string_equal(found[i], rows[i].wanted);
		else
			assert_null(found[i]);
		free(found[i]);
	}
}

/* Each argument is a type of twice the one before it. */
static struct vmspy_buf bomb(void)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct vmspy_buf name = { 0 };

	assert_ok(vmspy_buf_printf(&name, "_Z1f1XIiiE"));
	for (int i = 0; i < 35; i++)
		assert_ok(vmspy_buf_printf(&name, "S_IS%c_S%c_E", digits[i], digits[i]));
	return name;
}

static void a_name_that_stands_for_gigabytes_costs_only_itself(void **state)
{
	struct vmspy_buf name = bomb();
	const char *names[] = { "_ZN2ns1aE", name.text, "_ZN2ns1bE" };
	char *found[TEST_COUNT(names)];

	(void)state;
	assert_ok(vmspy_demangle(names, TEST_COUNT(names), found));
	assert_string_equal(found[0], "ns::a");
	assert_null(found[1]);
	assert_string_equal(found[2], "ns::b");
	free(found[0]);
	free(found[2]);
	vmspy_buf_deinit(&name);
}

TEST_MAIN(TEST(names_of_cxx_and_rust_are_written_as_people_write_them),
	  TEST(a_name_that_stands_for_gigabytes_costs_only_itself))

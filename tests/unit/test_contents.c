#include "test.h"

#include "compare/contents.h"
#include "random.h"

enum {
	PAGE = 4096
};

static void every_byte_that_differs_counts_once(void **state)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff };
	unsigned char a[PAGE] = { 0 }, b[PAGE] = { 0 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(values); i++)
		for (size_t k = 0; k < TEST_COUNT(values); k++) {
			memset(a, 0x55, sizeof(a));
			memcpy(b, a, sizeof(b));
			a[1003] = values[i];
			b[1003] = values[k];
			assert_int_equal(vmspy_contents_count_changed(a, b, PAGE), i != k);
			memset(a, values[i], sizeof(a));
			memset(b, values[k], sizeof(b));
			assert_int_equal(vmspy_contents_count_changed(a, b, PAGE),
					 i == k ? 0 : PAGE);
		}
}

static void as_many_are_counted_as_one_by_one(void **state)
{
	unsigned char a[PAGE], b[PAGE];
	struct random random = { 1 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		uint32_t expected = 0;

		for (size_t i = 0; i < PAGE; i++) {
			a[i] = (unsigned char)random_below(&random, 3);
			b[i] = (unsigned char)random_below(&random, 3);
			expected += a[i] != b[i];
		}
		assert_int_equal(vmspy_contents_count_changed(a, b, PAGE), expected);
	}
}

TEST_MAIN(TEST(every_byte_that_differs_counts_once), TEST(as_many_are_counted_as_one_by_one))

#include "test.h"

#include "base/array.h"

static void it_grows_only_when_it_is_full(void **state)
{
	int *items = NULL, *before;
	size_t room = 0;

	(void)state;
	assert_ok(vmspy_array_grow(&items, &room, 0, sizeof(*items)));
	assert_true(room >= 1);
	before = items;
	for (size_t count = 0; count < room; count++) {
		size_t old = room;

		assert_ok(vmspy_array_grow(&items, &room, count, sizeof(*items)));
		assert_int_equal(room, old);
		assert_ptr_equal(items, before);
	}
	free(items);
}

static void items_survive_growing(void **state)
{
	size_t *items = NULL, room = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		assert_ok(vmspy_array_grow(&items, &room, i, sizeof(*items)));
		items[i] = i * 3;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i * 3);
	free(items);
}

/* AddressSanitizer ends the program on a size that overflows, unless it is told not to. */
VMSPY_PUBLIC const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void a_size_that_overflows_is_out_of_memory(void **state)
{
	char *items = NULL;
	size_t room = SIZE_MAX / 4;

	(void)state;
	assert_error(vmspy_array_grow(&items, &room, SIZE_MAX / 4, 1024), VMSPY_ERROR_NO_MEMORY,
		     "out of memory");
	assert_null(items);
	assert_true(room == SIZE_MAX / 4);
}

TEST_MAIN(TEST(it_grows_only_when_it_is_full), TEST(items_survive_growing),
	  TEST(a_size_that_overflows_is_out_of_memory))

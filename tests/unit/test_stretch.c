#include "compare/stretch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "space/ops.h"
#include "test.h"

enum {
	PAGE = 4096,
	PAGES = 5001, /* odd: the halves differ */
	FIRST_PAGE = 100,
	ROUNDS = 200,
};

static const struct vmspy_host host = { .page_bytes = PAGE, .frames_visible = true };

/* A space whose words say where they are from; from the page `gone_from` on it is gone. */
struct plain_space {
	struct vmspy_space space;
	uint64_t salt;
	uint64_t gone_from;
};

static struct vmspy_error *plain_words(struct vmspy_space *space, uint64_t start, size_t count,
				       uint64_t *ret)
{
	const struct plain_space *plain = (struct plain_space *)space;

	for (size_t i = 0; i < count; i++) {
		if (start / PAGE + i >= plain->gone_from)
			return vmspy_error_create(VMSPY_ERROR_GONE, "page %zu is gone", i);
		ret[i] = plain->salt + start / PAGE + i;
	}
	return NULL;
}

static bool plain_is_concurrent(const struct vmspy_space *space)
{
	(void)space;
	return true;
}

static void plain_close(struct vmspy_space *space)
{
	(void)space;
}

static const struct vmspy_space_ops plain_ops = {
	.words = plain_words,
	.is_concurrent = plain_is_concurrent,
	.close = plain_close,
};

struct fixture {
	struct plain_space a, b;
	struct vmspy_second *second;
	uint64_t first_a[PAGES], first_b[PAGES], second_a[PAGES];
	struct vmspy_stretch stretch;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	vmspy_space_init(&fixture->a.space, &plain_ops, &host);
	vmspy_space_init(&fixture->b.space, &plain_ops, &host);
	fixture->a.salt = 1000000;
	fixture->b.salt = 2000000;
	fixture->a.gone_from = fixture->b.gone_from = UINT64_MAX;
	fixture->stretch = (struct vmspy_stretch){
		.a = &fixture->a.space,
		.b = &fixture->b.space,
		.start = FIRST_PAGE * PAGE,
		.count = PAGES,
		.first_a = fixture->first_a,
		.first_b = fixture->first_b,
		.second_a = fixture->second_a,
	};
	*state = fixture;
	return vmspy_second_create(&fixture->second) ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	vmspy_second_destroy(fixture->second);
	free(fixture);
	return 0;
}

static void check_words(const struct fixture *fixture)
{
	for (size_t i = 0; i < PAGES; i++) {
		assert_int_equal(fixture->first_a[i], 1000000 + FIRST_PAGE + i);
		assert_int_equal(fixture->first_b[i], 2000000 + FIRST_PAGE + i);
		assert_int_equal(fixture->second_a[i], fixture->first_a[i]);
	}
}

static void two_threads_read_what_one_reads(void **state)
{
	struct fixture *fixture = *state;

	for (int round = 0; round < ROUNDS; round++) {
		memset(fixture->first_a, 0, sizeof(fixture->first_a));
		memset(fixture->first_b, 0, sizeof(fixture->first_b));
		memset(fixture->second_a, 0, sizeof(fixture->second_a));
		assert_null(vmspy_stretch_share(fixture->second, &fixture->stretch));
		check_words(fixture);
	}
	assert_null(vmspy_stretch_read(&fixture->stretch));
	check_words(fixture);
}

static void an_error_of_either_half_is_told_once(void **state)
{
	struct fixture *fixture = *state;

	fixture->b.gone_from = FIRST_PAGE + PAGES - 1; /* in the second half */
	assert_error(vmspy_stretch_share(fixture->second, &fixture->stretch), VMSPY_ERROR_GONE,
		     "gone");
	fixture->b.gone_from = FIRST_PAGE; /* in both */
	assert_error(vmspy_stretch_share(fixture->second, &fixture->stretch), VMSPY_ERROR_GONE,
		     "gone");
	fixture->b.gone_from = UINT64_MAX;
	assert_null(vmspy_stretch_share(fixture->second, &fixture->stretch));
	check_words(fixture);
}

static void a_second_thread_without_work_ends(void **state)
{
	(void)state; /* set up and torn down: that is all */
	vmspy_second_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_threads_read_what_one_reads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_error_of_either_half_is_told_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_second_thread_without_work_ends, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

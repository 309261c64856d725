#include "test.h"

#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "kernel/host.h"
#include "symbol/apart.h"

#define MEBIBYTE UINT64_C(1048576)

enum {
	RECORDS = 3,
	ROOM = 64
};

typedef struct vmspy_error *work_function(void *context, struct vmspy_apart_answer *answer);

static struct vmspy_error *run(work_function *work, void *context, struct vmspy_buf *ret)
{
	const struct vmspy_apart_job job = {
		.work = work,
		.context = context,
		.time_ns = UINT64_C(20000000000),
		.memory_bytes = 64 * MEBIBYTE,
		.answer_bytes = ROOM,
	};

	return vmspy_apart_run(&job, ret);
}

/* Some records, and then whatever the test is about. */
static void add_records(struct vmspy_apart_answer *answer)
{
	for (uint64_t i = 0; i < RECORDS; i++)
		assert_ok(vmspy_apart_add(answer, &i, sizeof(i)));
}

static void assert_records(struct vmspy_buf *found)
{
	assert_int_equal(found->length, RECORDS * sizeof(uint64_t));
	for (uint64_t i = 0; i < RECORDS; i++)
		assert_memory_equal(found->text + i * sizeof(i), &i, sizeof(i));
	vmspy_buf_deinit(found);
}

static struct vmspy_error *count_up(void *context, struct vmspy_apart_answer *answer)
{
	*(int *)context += 1;
	add_records(answer);
	return NULL;
}

static void what_was_found_comes_back_and_nothing_else_does(void **state)
{
	struct vmspy_buf found = { 0 };
	int count = 0;

	(void)state;
	assert_ok(run(count_up, &count, &found));
	assert_records(&found);
	assert_int_equal(count, 0);
}

static struct vmspy_error *crash(void *context, struct vmspy_apart_answer *answer)
{
	add_records(answer);
	raise(*(int *)context);
	return NULL;
}

static void a_crash_costs_only_what_was_not_found_yet(void **state)
{
	static const struct {
		int signal;
		const char *told;
	} crashes[] = { { SIGSEGV, "Segmentation fault" },
			{ SIGABRT, "Aborted" },
			{ SIGBUS, "Bus error" },
			{ SIGKILL, "Killed" } };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(crashes); i++) {
		struct vmspy_buf found = { 0 };
		int number = crashes[i].signal;

		test_row(crashes[i].told);
		assert_error(run(crash, &number, &found), VMSPY_ERROR_BAD_DATA, crashes[i].told);
		assert_records(&found);
	}
}

static struct vmspy_error *leave(void *context, struct vmspy_apart_answer *answer)
{
	(void)context;
	add_records(answer);
	_exit(0);
}

static void a_worker_that_leaves_without_an_answer_has_not_done_its_work(void **state)
{
	struct vmspy_buf found = { 0 };

	(void)state;
	assert_error(run(leave, NULL, &found), VMSPY_ERROR_BAD_DATA, "failed badly");
	assert_records(&found);
}

static void a_crash_is_seen_where_the_kernel_keeps_no_exit_status(void **state)
{
	void (*before)(int) = signal(SIGCHLD, SIG_IGN);
	struct vmspy_buf found = { 0 };
	int number = SIGSEGV, count = 0;

	(void)state;
	assert_error(run(crash, &number, &found), VMSPY_ERROR_BAD_DATA, "failed badly");
	assert_records(&found);
	assert_ok(run(count_up, &count, &found));
	assert_records(&found);
	signal(SIGCHLD, before);
}

static struct vmspy_error *hang(void *context, struct vmspy_apart_answer *answer)
{
	(void)context;
	add_records(answer);
	while (pause())
		;
	return NULL;
}

static void a_worker_without_end_is_ended(void **state)
{
	struct vmspy_buf found = { 0 };
	const struct vmspy_apart_job job = {
		.work = hang,
		.time_ns = UINT64_C(200000000),
		.memory_bytes = MEBIBYTE,
		.answer_bytes = ROOM,
	};

	(void)state;
	assert_error(vmspy_apart_run(&job, &found), VMSPY_ERROR_BAD_DATA, "took too long");
	assert_records(&found);
}

static struct vmspy_error *eat(void *context, struct vmspy_apart_answer *answer)
{
	(void)context;
	add_records(answer);
	for (int i = 0; i < 1024; i++) {
		volatile char *piece = malloc(MEBIBYTE);

		if (!piece)
			return vmspy_error_no_memory();
		piece[0] = 1;
	}
	return NULL;
}

/* A sanitizer reserves terabytes: the limit cannot be set beside it. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void memory_has_an_end(void **state)
{
	struct vmspy_buf found = { 0 };

	(void)state;
#ifdef SANITIZED
	(void)eat;
	(void)found;
	skip();
#else
	assert_error(run(eat, NULL, &found), VMSPY_ERROR_BAD_DATA, "too much memory");
	assert_records(&found);
#endif
}

static struct vmspy_error *complain(void *context, struct vmspy_apart_answer *answer)
{
	add_records(answer);
	return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "%s", (const char *)context);
}

static void the_message_of_the_worker_comes_back_escaped(void **state)
{
	static char message[] = "cannot \033[31mread";
	struct vmspy_buf found = { 0 };

	(void)state;
	assert_error(run(complain, message, &found), VMSPY_ERROR_UNSUPPORTED,
		     "cannot \\x1b[31mread");
	assert_records(&found);
}

static struct vmspy_error *fill(void *context, struct vmspy_apart_answer *answer)
{
	static const char record[ROOM / 4 * 3];
	struct vmspy_error *err = vmspy_apart_add(answer, record, sizeof(record));

	(void)context;
	return err ? err : vmspy_apart_add(answer, record, sizeof(record));
}

static void a_record_that_has_no_room_is_left_out_whole(void **state)
{
	struct vmspy_buf found = { 0 };

	(void)state;
	assert_error(run(fill, NULL, &found), VMSPY_ERROR_UNSUPPORTED, "too much");
	assert_int_equal(found.length, ROOM / 4 * 3);
	vmspy_buf_deinit(&found);
}

TEST_MAIN(TEST(what_was_found_comes_back_and_nothing_else_does),
	  TEST(a_crash_costs_only_what_was_not_found_yet),
	  TEST(a_worker_that_leaves_without_an_answer_has_not_done_its_work),
	  TEST(a_crash_is_seen_where_the_kernel_keeps_no_exit_status),
	  TEST(a_worker_without_end_is_ended), TEST(memory_has_an_end),
	  TEST(the_message_of_the_worker_comes_back_escaped),
	  TEST(a_record_that_has_no_room_is_left_out_whole))

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "kernel/pump.h"

/* What was taken, and when to refuse. */
struct taker {
	struct vmspy_buf text;
	size_t pieces;
	size_t refuse_at; /* 0: never */
	bool ends_in_lines;
};

static struct vmspy_error *take(void *context, const char *text, size_t length)
{
	struct taker *taker = context;

	if (taker->refuse_at && ++taker->pieces == taker->refuse_at)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "refused");
	taker->ends_in_lines = !length || text[length - 1] == '\n';
	return vmspy_buf_append(&taker->text, text, length);
}

/* A file of so many lines, each of another length. */
static int file_of(size_t lines, struct vmspy_buf *ret)
{
	char path[] = "/tmp/vmspy-pump-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	for (size_t i = 0; i < lines; i++)
		assert_ok(vmspy_buf_printf(ret, "%zu %*s\n", i, (int)(i % 97), ""));
	assert_int_equal(write(fd, vmspy_buf_text(ret), ret->length), ret->length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void all_of_a_file_is_taken_in_order_and_in_whole_lines(void **state)
{
	static const size_t lines[] = { 0, 1, 100, 2000, 100000 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(lines); i++) {
		struct vmspy_buf expected = { 0 };
		struct taker taker = { 0 };
		struct vmspy_pump_sink sink = { &taker, take };
		int fd = file_of(lines[i], &expected), code = -1;

		assert_ok(vmspy_pump(fd, &sink, &code));
		assert_int_equal(code, 0);
		assert_int_equal(taker.text.length, expected.length);
		assert_string_equal(vmspy_buf_text(&taker.text), vmspy_buf_text(&expected));
		assert_true(taker.ends_in_lines);
		vmspy_buf_deinit(&taker.text);
		vmspy_buf_deinit(&expected);
		close(fd);
	}
}

static void who_takes_can_end_the_reading(void **state)
{
	static const size_t refuse_at[] = { 1, 2, 5 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(refuse_at); i++) {
		struct vmspy_buf text = { 0 };
		struct taker taker = { .refuse_at = refuse_at[i] };
		struct vmspy_pump_sink sink = { &taker, take };
		int fd = file_of(200000, &text), code;

		assert_error(vmspy_pump(fd, &sink, &code), VMSPY_ERROR_BAD_DATA, "refused");
		assert_int_equal(taker.pieces, refuse_at[i]);
		vmspy_buf_deinit(&taker.text);
		vmspy_buf_deinit(&text);
		close(fd);
	}
}

static void a_read_that_fails_is_told_by_its_errno(void **state)
{
	struct taker taker = { 0 };
	struct vmspy_pump_sink sink = { &taker, take };
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = 0;

	(void)state;
	assert_ok(vmspy_pump(fd, &sink, &code));
	assert_int_equal(code, EISDIR);
	vmspy_buf_deinit(&taker.text);
	close(fd);
}

static void a_line_longer_than_a_block_does_no_harm(void **state)
{
	enum {
		LENGTH = 1 << 20
	};
	char path[] = "/tmp/vmspy-pump-XXXXXX", *line = malloc(LENGTH);
	struct taker taker = { 0 };
	struct vmspy_pump_sink sink = { &taker, take };
	int fd = mkstemp(path), code;

	(void)state;
	assert_non_null(line);
	unlink(path);
	memset(line, 'x', LENGTH);
	assert_int_equal(write(fd, line, LENGTH), LENGTH);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_ok(vmspy_pump(fd, &sink, &code));
	assert_int_equal(taker.text.length, LENGTH);
	assert_memory_equal(taker.text.text, line, LENGTH);
	vmspy_buf_deinit(&taker.text);
	free(line);
	close(fd);
}

TEST_MAIN(TEST(all_of_a_file_is_taken_in_order_and_in_whole_lines),
	  TEST(who_takes_can_end_the_reading), TEST(a_read_that_fails_is_told_by_its_errno),
	  TEST(a_line_longer_than_a_block_does_no_harm))

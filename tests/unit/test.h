/* What the unit tests share. Include it first: cmocka wants these headers before its own. */
#ifndef VMSPY_TESTS_TEST_H
#define VMSPY_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"

#define TEST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Run a list of tests, named by the file. */
#define TEST_MAIN(...)                                                                             \
	int main(void)                                                                             \
	{                                                                                          \
		const struct CMUnitTest tests[] = { __VA_ARGS__ };                                 \
		return cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL);                   \
	}

#define TEST(function) cmocka_unit_test(function)

static inline void test_ok(struct vmspy_error *err, const char *file, int line)
{
	if (!err)
		return;
	print_error("unexpected error: %s\n", vmspy_error_message(err));
	vmspy_error_destroy(err);
	_fail(file, line);
}

/* The call must succeed. */
#define assert_ok(call) test_ok(call, __FILE__, __LINE__)

/* The error must be of this kind and its message hold this text. It is destroyed. */
#define assert_error(err, kind, substring) test_error(err, kind, substring, __FILE__, __LINE__)

static inline void test_error(struct vmspy_error *err, enum vmspy_error_kind kind,
			      const char *substring, const char *file, int line)
{
	if (!err) {
		print_error("no error, expected: %s\n", substring);
		_fail(file, line);
		return;
	}
	if (vmspy_error_kind(err) != kind || !strstr(vmspy_error_message(err), substring)) {
		print_error("error of kind %d: %s\n", (int)vmspy_error_kind(err),
			    vmspy_error_message(err));
		vmspy_error_destroy(err);
		_fail(file, line);
		return;
	}
	vmspy_error_destroy(err);
}

/* Say which row of a table is looked at, so that a failure names it. */
#define test_row(name) print_message("# %s\n", name)

/* Read a file of tests/data; the tests run from the top of the tree. */
static inline struct vmspy_buf test_data(const char *name)
{
	struct vmspy_buf buf = { 0 };
	char path[256], piece[4096];
	size_t count;
	FILE *file;

	snprintf(path, sizeof(path), "tests/data/%s", name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("cannot open '%s'", path);
	while ((count = fread(piece, 1, sizeof(piece), file)) > 0)
		assert_ok(vmspy_buf_append(&buf, piece, count));
	fclose(file);
	return buf;
}

#endif

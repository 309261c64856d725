#include "test.h"

#include "types/member_record.h"

static void write_one(struct vmspy_buf *buf, const char *path)
{
	const struct vmspy_record record = {
		.kind = VMSPY_RECORD_MEMBER,
		.index = 7,
		.start = 0x1000,
		.size_bytes = 4,
		.value_a = { .known = true, .text = "1" },
		.path = path,
		.type = "int",
	};

	assert_ok(vmspy_record_write(&record, buf));
}

static void what_was_written_is_read(void **state)
{
	struct vmspy_buf buf = { 0 };
	struct vmspy_record record;
	size_t at = 0;

	(void)state;
	write_one(&buf, "a.b");
	write_one(&buf, "");
	assert_true(vmspy_record_read(&buf, &at, &record));
	assert_string_equal(record.path, "a.b");
	assert_string_equal(record.type, "int");
	assert_string_equal(record.value_a.text, "1");
	assert_int_equal(record.index, 7);
	assert_true(vmspy_record_read(&buf, &at, &record));
	assert_string_equal(record.path, "");
	assert_false(vmspy_record_read(&buf, &at, &record));
	vmspy_buf_deinit(&buf);
}

static void a_record_that_was_cut_is_none(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	write_one(&buf, "a.b");
	for (size_t length = 0; length < buf.length; length++) {
		struct vmspy_buf cut = { 0 };
		struct vmspy_record record;
		size_t at = 0;

		/* A copy of its own, so that a sanitizer sees what is read behind it. */
		assert_ok(vmspy_buf_append(&cut, buf.text, length));
		assert_false(vmspy_record_read(&cut, &at, &record));
		assert_int_equal(at, 0);
		vmspy_buf_deinit(&cut);
	}
	vmspy_buf_deinit(&buf);
}

static void any_bytes_are_a_record_that_ends_or_none(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	write_one(&buf, "a.b");
	for (size_t i = 0; i < buf.length; i++) {
		unsigned char before = (unsigned char)buf.text[i];

		for (int byte = 0; byte < 256; byte += 51) {
			struct vmspy_record record;
			size_t at = 0;

			buf.text[i] = (char)byte;
			if (!vmspy_record_read(&buf, &at, &record))
				continue;
			assert_true(at <= buf.length);
			assert_true(strlen(record.path) + strlen(record.type) + 2 <=
				    record.bytes - sizeof(record));
			assert_true(strlen(record.value_a.text) < sizeof(record.value_a.text));
			assert_true(record.value_a.known == 0 || record.value_a.known == 1);
		}
		buf.text[i] = (char)before;
	}
	vmspy_buf_deinit(&buf);
}

TEST_MAIN(TEST(what_was_written_is_read), TEST(a_record_that_was_cut_is_none),
	  TEST(any_bytes_are_a_record_that_ends_or_none))

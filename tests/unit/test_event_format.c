#include "test.h"

#include "format/event_format.h"

/* As Linux 6.18 tells it, but for the length of its last line. */
static const char page_alloc[] =
	"name: mm_page_alloc\n"
	"ID: 653\n"
	"format:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
	"\n"
	"\tfield:unsigned long pfn;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:unsigned int order;\toffset:16;\tsize:4;\tsigned:0;\n"
	"\tfield:char name[16];\toffset:20;\tsize:16;\tsigned:0;\n"
	"\n"
	"print fmt: \"pfn=0x%lx order=%d\", REC->pfn, REC->order\n";

static struct vmspy_scan over(const char *text)
{
	return vmspy_scan_over(text, strlen(text));
}

static void fields_are_found_by_their_names(void **state)
{
	struct vmspy_event_field fields[] = { { "order" }, { "pfn" }, { "common_type" } };
	uint64_t id;

	(void)state;
	assert_ok(vmspy_event_format_parse(over(page_alloc), fields, TEST_COUNT(fields), &id));
	assert_int_equal(id, 653);
	assert_int_equal(fields[0].offset_bytes, 16);
	assert_int_equal(fields[0].size_bytes, 4);
	assert_int_equal(fields[1].offset_bytes, 8);
	assert_int_equal(fields[1].size_bytes, 8);
	assert_int_equal(fields[2].size_bytes, 2);
}

static void a_field_that_is_missing_is_named(void **state)
{
	struct vmspy_event_field fields[] = { { "pfn" }, { "pf" } };
	uint64_t id = 1;

	(void)state;
	assert_error(vmspy_event_format_parse(over(page_alloc), fields, TEST_COUNT(fields), &id),
		     VMSPY_ERROR_BAD_DATA, "no number 'pf'");
	assert_int_equal(fields[0].size_bytes, 0);
	assert_int_equal(id, 1);
}

static void a_field_of_text_is_no_number(void **state)
{
	struct vmspy_event_field field = { "name[16]" };
	uint64_t id;

	(void)state;
	assert_error(vmspy_event_format_parse(over(page_alloc), &field, 1, &id),
		     VMSPY_ERROR_BAD_DATA, "'name[16]'");
}

static void a_format_that_is_broken_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"ID: \n\tfield:int pfn;\toffset:8;\tsize:4;\tsigned:0;\n",
		"ID: 6x\n\tfield:int pfn;\toffset:8;\tsize:4;\tsigned:0;\n",
		"ID: 6\n\tfield:int pfn;\toffset:8;\tsize:3;\tsigned:0;\n",
		"ID: 6\n\tfield:int pfn;\toffset:-8;\tsize:4;\tsigned:0;\n",
		"ID: 6\n\tfield:int pfn;\toffset:65536;\tsize:4;\tsigned:0;\n",
		"ID: 6\n\tfield:int pfn;\toffset:8;\n",
		"ID: 6\n\tfield:int pfn\n",
		"ID: 6\nprint fmt: field:int pfn;\toffset:8;\tsize:4;\n",
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(texts); i++) {
		struct vmspy_event_field field = { "pfn" };
		uint64_t id;

		test_row(texts[i]);
		assert_error(vmspy_event_format_parse(over(texts[i]), &field, 1, &id),
			     VMSPY_ERROR_BAD_DATA, "the tracepoint has no number");
	}
}

static void a_field_is_read_with_its_size(void **state)
{
	uint64_t number = UINT64_C(0x1122334455667788);
	unsigned char bytes[1 + sizeof(number)] = { 0 };
	static const struct {
		uint32_t size_bytes;
		uint64_t mask;
	} rows[] = { { 1, 0xff }, { 2, 0xffff }, { 4, 0xffffffff }, { 8, UINT64_MAX } };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_event_field field = { "a", 1, rows[i].size_bytes };
		uint64_t wanted = number & rows[i].mask, value;

		memset(bytes, 0xee, sizeof(bytes));
		memcpy(bytes + 1,
		       (const char *)&wanted + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
							? sizeof(wanted) - rows[i].size_bytes
							: 0),
		       rows[i].size_bytes);
		assert_true(vmspy_event_field_read(&field, bytes, sizeof(bytes), &value));
		assert_int_equal(value, wanted);
		assert_false(vmspy_event_field_read(&field, bytes, rows[i].size_bytes, &value));
	}
}

static void a_field_behind_the_end_is_not_read(void **state)
{
	struct vmspy_event_field field = { "a", 16, 8 };
	unsigned char bytes[8] = { 0 };
	uint64_t value;

	(void)state;
	assert_false(vmspy_event_field_read(&field, bytes, sizeof(bytes), &value));
}

TEST_MAIN(TEST(fields_are_found_by_their_names), TEST(a_field_that_is_missing_is_named),
	  TEST(a_field_of_text_is_no_number), TEST(a_format_that_is_broken_is_refused),
	  TEST(a_field_is_read_with_its_size), TEST(a_field_behind_the_end_is_not_read))

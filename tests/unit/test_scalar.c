#include "test.h"

#include "types/scalar.h"

static const struct {
	const char *what;
	struct vmspy_scalar scalar;
	unsigned char bytes[VMSPY_SCALAR_BYTES_MAX];
	const char *wanted;
} rows[] = {
	{ "minus one of one byte", { VMSPY_SCALAR_SIGNED, 1, 0 }, { 0xff }, "-1" },
	{ "the same without a sign", { VMSPY_SCALAR_UNSIGNED, 1, 0 }, { 0xff }, "255" },
	{ "the lowest of eight bytes",
	  { VMSPY_SCALAR_SIGNED, 8, 0 },
	  { 0, 0, 0, 0, 0, 0, 0, 0x80 },
	  "-9223372036854775808" },
	{ "the lowest of sixteen bytes",
	  { VMSPY_SCALAR_SIGNED, 16, 0 },
	  { [15] = 0x80 },
	  "-170141183460469231731687303715884105728" },
	{ "a size that nobody has", { VMSPY_SCALAR_UNSIGNED, 3, 0 }, { 1, 2, 3 }, "197121" },
	{ "no bytes at all", { VMSPY_SCALAR_SIGNED, 0, 0 }, { 0 }, "" },
	{ "more bytes than numbers have", { VMSPY_SCALAR_SIGNED, 17, 0 }, { 0 }, "" },
	{ "a field of three bits, with a sign", { VMSPY_SCALAR_SIGNED, 1, 3 }, { 0x05 }, "-3" },
	{ "a field of three bits", { VMSPY_SCALAR_UNSIGNED, 1, 3 }, { 0x05 }, "5" },
	{ "a field of one bit, with a sign", { VMSPY_SCALAR_SIGNED, 1, 1 }, { 0x01 }, "-1" },
	{ "true", { VMSPY_SCALAR_BOOL, 1, 0 }, { 1 }, "true" },
	{ "false", { VMSPY_SCALAR_BOOL, 1, 0 }, { 0 }, "false" },
	{ "neither", { VMSPY_SCALAR_BOOL, 1, 0 }, { 2 }, "2" },
	{ "a letter", { VMSPY_SCALAR_CHAR, 1, 0 }, { 'x' }, "120 'x'" },
	{ "no letter", { VMSPY_SCALAR_CHAR, 1, 0 }, { 0x9b }, "-101" },
	{ "a control character", { VMSPY_SCALAR_UNSIGNED_CHAR, 1, 0 }, { 0x1b }, "27" },
	{ "a letter of four bytes", { VMSPY_SCALAR_CODE_POINT, 4, 0 }, { 'x' }, "120 'x'" },
	{ "a tenth", { VMSPY_SCALAR_FLOAT, 4, 0 }, { 0xcd, 0xcc, 0xcc, 0x3d }, "0.1" },
	{ "a tenth, better",
	  { VMSPY_SCALAR_FLOAT, 8, 0 },
	  { 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f },
	  "0.1" },
	{ "minus zero", { VMSPY_SCALAR_FLOAT, 4, 0 }, { 0, 0, 0, 0x80 }, "-0" },
	{ "infinity", { VMSPY_SCALAR_FLOAT, 4, 0 }, { 0, 0, 0x80, 0x7f }, "inf" },
	{ "no number", { VMSPY_SCALAR_FLOAT, 4, 0 }, { 0, 0, 0xc0, 0x7f }, "nan" },
	{ "half a float", { VMSPY_SCALAR_FLOAT, 2, 0 }, { 0, 0x3c }, "" },
	{ "a complex number",
	  { VMSPY_SCALAR_COMPLEX, 8, 0 },
	  { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0 },
	  "1.5-2i" },
	{ "an address of four bytes",
	  { VMSPY_SCALAR_ADDRESS, 4, 0 },
	  { 0xef, 0xbe, 0xad, 0xde },
	  "0xdeadbeef" },
	{ "an address of nobody's size", { VMSPY_SCALAR_ADDRESS, 16, 0 }, { [15] = 1 }, "" },
	{ "nobody knows what", { VMSPY_SCALAR_OPAQUE, 4, 0 }, { 1 }, "" },
};

static void numbers_are_written_as_people_write_them(void **state)
{
	char text[VMSPY_SCALAR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].what);
		vmspy_scalar_text(&rows[i].scalar, rows[i].bytes, text);
		assert_string_equal(text, rows[i].wanted);
	}
}

TEST_MAIN(TEST(numbers_are_written_as_people_write_them))

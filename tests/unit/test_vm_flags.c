#include "test.h"

#include "format/vm_flags.h"

static void assert_spelled(const char *flags, const char *expected)
{
	struct vmspy_buf buf = { 0 };

	test_row(flags);
	assert_ok(vmspy_vm_flags_spell(flags, &buf));
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
}

static void flags_are_spelled_out_in_their_order(void **state)
{
	(void)state;
	assert_spelled("rd wr mr mw me ac sd",
		       "readable writable may-read may-write may-execute accounted soft-dirty");
	assert_spelled("hg dc dd", "huge-page dont-fork no-dump");
	assert_spelled("", "");
}

static void letters_that_are_not_known_are_kept(void **state)
{
	(void)state;
	assert_spelled("rd ?? wr", "readable ?? writable");
	assert_spelled("zz", "zz");
	assert_spelled("rdwr x", "rdwr x");
}

static void no_two_flags_have_one_word(void **state)
{
	static const char letters[] =
		"rd wr ex sh mr mw me ms gd pf dw lo lf io sr rr dc de ac nr "
		"ht sf nl ar wf dd mp bt sd mm hg nh mg um uw ui mt ss sl dp gu";
	struct vmspy_buf seen = { 0 };

	(void)state;
	for (const char *at = letters; at < letters + sizeof(letters) - 1; at += 3) {
		const char *word = vmspy_vm_flag_word(at);
		char marked[64];

		assert_non_null(word);
		assert_null(strpbrk(word, " ,"));
		snprintf(marked, sizeof(marked), " %s ", word);
		assert_null(strstr(vmspy_buf_text(&seen), marked));
		assert_ok(vmspy_buf_printf(&seen, "%s", marked));
	}
	vmspy_buf_deinit(&seen);
}

TEST_MAIN(TEST(flags_are_spelled_out_in_their_order), TEST(letters_that_are_not_known_are_kept),
	  TEST(no_two_flags_have_one_word))

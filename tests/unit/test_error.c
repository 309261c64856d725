#include "test.h"

#include <errno.h>

static void a_message_is_formatted(void **state)
{
	(void)state;
	assert_error(vmspy_error_create(VMSPY_ERROR_GONE, "no process '%d'", 42), VMSPY_ERROR_GONE,
		     "no process '42'");
}

static const struct {
	int code;
	enum vmspy_error_kind kind;
} codes[] = {
	{ ESRCH, VMSPY_ERROR_GONE },          { ENOENT, VMSPY_ERROR_GONE },
	{ EPERM, VMSPY_ERROR_NOT_PERMITTED }, { EACCES, VMSPY_ERROR_NOT_PERMITTED },
	{ ENOMEM, VMSPY_ERROR_NO_MEMORY },    { EIO, VMSPY_ERROR_SYSTEM },
	{ EINVAL, VMSPY_ERROR_SYSTEM },
};

static void the_kind_follows_from_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(codes); i++) {
		struct vmspy_error *err =
			vmspy_error_system(codes[i].code, "cannot open '%s'", "x");

		assert_int_equal(vmspy_error_errno(err), codes[i].code);
		assert_non_null(strstr(vmspy_error_message(err), strerror(codes[i].code)));
		assert_error(err, codes[i].kind, "cannot open 'x': ");
	}
}

static void an_error_of_our_own_has_no_errno(void **state)
{
	struct vmspy_error *err = vmspy_error_create(VMSPY_ERROR_BAD_DATA, "x");

	(void)state;
	assert_int_equal(vmspy_error_errno(err), 0);
	vmspy_error_destroy(err);
}

static void no_memory_is_one_static_error(void **state)
{
	struct vmspy_error *err = vmspy_error_no_memory();

	(void)state;
	vmspy_error_destroy(err);
	assert_ptr_equal(err, vmspy_error_no_memory());
	assert_int_equal(vmspy_error_errno(err), ENOMEM);
	assert_error(err, VMSPY_ERROR_NO_MEMORY, "out of memory");
}

static void no_error_may_be_destroyed(void **state)
{
	(void)state;
	vmspy_error_destroy(NULL);
}

static void an_error_is_passed_over_unless_memory_ran_out(void **state)
{
	struct vmspy_error *err = vmspy_error_no_memory();

	(void)state;
	assert_null(vmspy_error_unless_no_memory(NULL));
	assert_null(vmspy_error_unless_no_memory(vmspy_error_create(VMSPY_ERROR_GONE, "x")));
	assert_null(vmspy_error_unless_no_memory(vmspy_error_system(EIO, "x")));
	assert_ptr_equal(vmspy_error_unless_no_memory(err), err);
	assert_error(vmspy_error_unless_no_memory(vmspy_error_system(ENOMEM, "x")),
		     VMSPY_ERROR_NO_MEMORY, "x: ");
}

TEST_MAIN(TEST(a_message_is_formatted), TEST(the_kind_follows_from_errno),
	  TEST(an_error_of_our_own_has_no_errno), TEST(no_memory_is_one_static_error),
	  TEST(no_error_may_be_destroyed), TEST(an_error_is_passed_over_unless_memory_ran_out))

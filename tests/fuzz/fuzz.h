/* What the fuzz targets share. */
#ifndef VMSPY_TESTS_FUZZ_H
#define VMSPY_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* What a header promises. Not assert(): it must hold, and be looked at, in every build. */
#define promise(condition)                                                                         \
	do {                                                                                       \
		if (!(condition))                                                                  \
			__builtin_trap();                                                          \
	} while (0)

/* The call may not fail, whatever the input. */
#define promise_ok(call) promise((call) == NULL)

/* Ends an error; it must be one that input can cause. ret: whether there was none. */
static inline bool fuzz_succeeded(struct vmspy_error *err)
{
	if (!err)
		return true;
	promise(vmspy_error_kind(err) == VMSPY_ERROR_BAD_DATA);
	promise(strlen(vmspy_error_message(err)) < 512);
	vmspy_error_destroy(err);
	return false;
}

VMSPY_PUBLIC int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

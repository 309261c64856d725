/* How a library of the fixtures tells what it has. */
#ifndef VMSPY_TESTS_LIBRARY_H
#define VMSPY_TESTS_LIBRARY_H

#include <stddef.h>

typedef void tell_function(const char *kind, const char *name, const void *address, size_t size,
			   const char *section);
typedef void library_tell_function(tell_function *tell);

#endif

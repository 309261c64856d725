/* Which of the names that exist was probably meant. */
#ifndef VMSPY_REPORT_NEAREST_H
#define VMSPY_REPORT_NEAREST_H

#include <stddef.h>

/* A search: start it with vmspy_nearest_to(), offer every name, then look at `name`. */
struct vmspy_nearest {
	const char *wanted; /* borrowed, need not end in NUL */
	size_t length;
	size_t distance;  /* of name; at first more than what may count as a slip of the hand */
	const char *name; /* NULL: nothing is near enough. Borrowed */
};

struct vmspy_nearest vmspy_nearest_to(const char *wanted, size_t length);

/* Offer a name; the first of equally near ones is kept. Upper and lower case are the same. */
void vmspy_nearest_try(struct vmspy_nearest *nearest, const char *name);

#endif

/* A second thread, for work in two halves that are done at once. */
#ifndef VMSPY_KERNEL_SECOND_H
#define VMSPY_KERNEL_SECOND_H

#include <stdbool.h>

#include "base/error.h"

struct vmspy_second;

/* ret: end it with vmspy_second_destroy(). Errors: NO_MEMORY, SYSTEM. */
struct vmspy_error *vmspy_second_create(struct vmspy_second **ret) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_second_destroy(struct vmspy_second *second);

/* One half: is_second tells whose. Neither may touch what the other writes. */
typedef struct vmspy_error *vmspy_half(void *context, bool is_second);

/*
 * Do both halves, the first by who calls.
 * Errors: of the first, otherwise of the second.
 */
struct vmspy_error *vmspy_second_share(struct vmspy_second *second, vmspy_half *half,
				       void *context) VMSPY_MUST_CHECK;

#endif

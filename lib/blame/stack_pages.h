/* The diverged pages of a part of a stack, and what changed on them. Pure. */
#ifndef VMSPY_BLAME_STACK_PAGES_H
#define VMSPY_BLAME_STACK_PAGES_H

#include <stdint.h>

#include "compare/pair.h"

/* ret: how many diverged pages [start, end) lies on. */
uint64_t vmspy_stack_pages(const struct vmspy_pair *pair, uint64_t start, uint64_t end);

/*
 * ret: the bytes that differ on those of them that were compared, whole pages; UINT64_MAX: none
 *      was compared.
 */
uint64_t vmspy_stack_changed(const struct vmspy_pair *pair, uint64_t start, uint64_t end);

/* ret: the bytes of [start, end) that differ; UINT64_MAX: not known of all of them. */
uint64_t vmspy_stack_changed_inside(const struct vmspy_pair *pair, uint64_t start, uint64_t end);

#endif

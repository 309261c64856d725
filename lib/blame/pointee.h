/* What a word points to, if it points to something that has a name. Pure. */
#ifndef VMSPY_BLAME_POINTEE_H
#define VMSPY_BLAME_POINTEE_H

#include <stdint.h>

#include "symbol/lookup.h"

/*
 * symbols: that lie at the address.
 * ret:     the variable that the address is the first byte of, or the vtable that it lies in; NULL:
 *          none. A pointer to the middle of anything else may be any number. Borrowed.
 */
const struct vmspy_symbol *vmspy_pointee_of(const struct vmspy_symbol_list *symbols,
					    uint64_t address);

#endif

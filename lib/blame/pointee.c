#include "blame/pointee.h"

#include <stdbool.h>
#include <string.h>

#include "base/banned.h"

/* Objects point behind the first words of a table of virtual functions, or far into it. */
static bool is_vtable(const char *name)
{
	static const char of_cxx[] = "_ZTV";

	return !strncmp(name, of_cxx, sizeof(of_cxx) - 1);
}

const struct vmspy_symbol *vmspy_pointee_of(const struct vmspy_symbol_list *symbols,
					    uint64_t address)
{
	for (size_t i = 0; i < symbols->count; i++) {
		const struct vmspy_symbol *symbol = &symbols->symbol[i];

		if (symbol->name && (symbol->start == address || is_vtable(symbol->name)))
			return symbol;
	}
	return NULL;
}

/* What libdwfl is not shown of an ELF file, because it would believe too much of it. */
#ifndef VMSPY_SYMBOL_CURB_H
#define VMSPY_SYMBOL_CURB_H

#include <libelf.h>

/*
 * Hide from libelf's copy of the headers what would make libdwfl read past a buffer, unpack a few
 * bytes into all memory, or walk without end. The file is not touched; sections keep their place.
 * elf: opened for reading, nothing asked of it yet.
 */
void vmspy_curb_elf(Elf *elf);

#endif

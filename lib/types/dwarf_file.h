/*
 * The DWARF of a program: in the file, in a separate one, or shared with others (dwz). For
 * processes apart only: nothing of what is opened is ended.
 */
#ifndef VMSPY_TYPES_DWARF_FILE_H
#define VMSPY_TYPES_DWARF_FILE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	VMSPY_BUILD_ID_MAX = 64,
	VMSPY_DEBUG_PATH_MAX = 1024
};

struct vmspy_dwarf_file {
	Dwarf *dwarf; /* NULL: there is none */
	uid_t owner;  /* of the program: whose files are believed beside ours */
	char directory[VMSPY_DEBUG_PATH_MAX]; /* of the file that has the DWARF; empty: not known */
	char build_id[2 * VMSPY_BUILD_ID_MAX + 1]; /* of the program, in hex; empty: none */
};

/*
 * fd:      the program; stays open.
 * object:  as maps names it: where a separate debug file may be found.
 * fetched: a debug file that was got from elsewhere; NULL.
 */
void vmspy_dwarf_open(int fd, const char *object, const char *fetched,
		      struct vmspy_dwarf_file *ret);

/*
 * Open a file of split DWARF.
 * name, directory: as the unit gives them; the directory may be NULL.
 * ret:   NULL: there is none, or none that may be read.
 */
Dwarf *vmspy_dwarf_open_split(const struct vmspy_dwarf_file *file, const char *name,
			      const char *directory);

/* ret: a section of the file that has the DWARF, unpacked; NULL if it has none. Borrowed. */
const Elf_Data *vmspy_dwarf_section(Dwarf *dwarf, const char *name);

#endif

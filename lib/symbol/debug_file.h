/* Separate debug files, found by the name that a program gives for its own. */
#ifndef VMSPY_SYMBOL_DEBUG_FILE_H
#define VMSPY_SYMBOL_DEBUG_FILE_H

#include <stdint.h>

#define VMSPY_DEBUG_ROOT "/usr/lib/debug"

/*
 * Look below VMSPY_DEBUG_ROOT, then beside the program and in .debug there.
 * object: the program, as maps names it.
 * link:   the file's name, from .gnu_debuglink: whatever the program says. With a slash in it, or
 *         dots alone, it is refused: it would lead elsewhere.
 * crc:    of the whole file; one with another is not taken.
 * ret:    read-only, close-on-exec, the caller's; -1: there is none.
 * Note:   only regular files of root or of ourselves are taken: libdwfl maps them, and whoever can
 *         truncate a mapped file ends the program that reads it.
 */
int vmspy_debug_file_open(const char *object, const char *link, uint32_t crc);

#endif

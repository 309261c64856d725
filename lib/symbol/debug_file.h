/* Separate debug files, found by the name that a program gives for its own. */
#ifndef VMSPY_SYMBOL_DEBUG_FILE_H
#define VMSPY_SYMBOL_DEBUG_FILE_H

#include <stdint.h>
#include <sys/types.h>

#define VMSPY_DEBUG_ROOT "/usr/lib/debug"

/*
 * Look below VMSPY_DEBUG_ROOT, then beside the program and in .debug there.
 * object: the program, as maps names it.
 * link:   the file's name, from .gnu_debuglink: whatever the program says. With a slash in it, or
 *         dots alone, it is refused: it would lead elsewhere.
 * crc:    of the whole file; one with another is not taken.
 * ret:    read-only, close-on-exec, the caller's; -1: there is none.
 * owner:  only regular files of root, of ourselves or of this user are taken. Where the file is
 *         read in this very process that must be ourselves: libdwfl maps it, and whoever can
 *         truncate a mapped file ends the program that reads it.
 */
int vmspy_debug_file_open(const char *object, const char *link, uint32_t crc, uid_t owner);

/*
 * Open a path that a program gives.
 * owner:  as above. In a process apart that of the program is as good as we are: what it says could
 *         stand in the program itself.
 * ret:    as above. No device, FIFO or empty file: most of those of /proc are, and to read one may
 *         take what it holds from others.
 */
int vmspy_debug_file_open_path(const char *path, uid_t owner);

#endif

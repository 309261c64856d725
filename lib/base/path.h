/* Paths of files, as they are told to people. */
#ifndef VMSPY_BASE_PATH_H
#define VMSPY_BASE_PATH_H

#include <string.h>

/* ret: what follows the last slash, all of it if nothing does. Borrowed. path: NULL stays NULL. */
static inline const char *vmspy_path_last(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash && slash[1] ? slash + 1 : path;
}

#endif

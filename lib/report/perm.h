/* Permissions as maps prints them: "rw-p". */
#ifndef VMSPY_REPORT_PERM_H
#define VMSPY_REPORT_PERM_H

#include "format/maps.h"

enum {
	VMSPY_PERM_TEXT = 5
};

/* ret: `text`, filled. */
const char *vmspy_perm_format(const struct vmspy_vma *vma, char text[VMSPY_PERM_TEXT]);

#endif

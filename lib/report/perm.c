#include "report/perm.h"

#include "base/banned.h"

const char *vmspy_perm_format(const struct vmspy_vma *vma, char text[VMSPY_PERM_TEXT])
{
	text[0] = vma->readable ? 'r' : '-';
	text[1] = vma->writable ? 'w' : '-';
	text[2] = vma->executable ? 'x' : '-';
	text[3] = vma->shared ? 's' : 'p';
	text[4] = '\0';
	return text;
}

#include "format/vm_flags.h"

#include <string.h>

#include "base/banned.h"

/* clang-format off */
static const struct vm_flag {
	char letters[3];
	const char *word;
} vm_flags[] = {
	{ "rd", "readable" },
	{ "wr", "writable" },
	{ "ex", "executable" },
	{ "sh", "shared" },
	{ "mr", "may-read" },
	{ "mw", "may-write" },
	{ "me", "may-execute" },
	{ "ms", "may-share" },
	{ "gd", "grows-down" },
	{ "pf", "pure-frames" },            /* VM_PFNMAP: frames without a struct page */
	{ "dw", "deny-write" },             /* to Linux 5.15 */
	{ "lo", "locked" },
	{ "lf", "lock-on-fault" },
	{ "io", "device-memory" },
	{ "sr", "sequential-read" },
	{ "rr", "random-read" },
	{ "dc", "dont-fork" },
	{ "de", "dont-expand" },
	{ "ac", "accounted" },
	{ "nr", "no-reserve" },
	{ "ht", "hugetlb" },
	{ "sf", "synchronous-fault" },
	{ "nl", "nonlinear" },              /* to Linux 3.19 */
	{ "ar", "architecture" },
	{ "wf", "wipe-on-fork" },
	{ "dd", "no-dump" },
	{ "mp", "bounds-tables" },          /* MPX, to Linux 5.5 */
	{ "bt", "branch-targets" },         /* arm64 */
	{ "sd", "soft-dirty" },
	{ "mm", "mixed-frames" },           /* VM_MIXEDMAP: with and without a struct page */
	{ "hg", "huge-page" },
	{ "nh", "no-huge-page" },
	{ "mg", "mergeable" },
	{ "um", "userfault-missing" },
	{ "uw", "userfault-write-protect" },
	{ "ui", "userfault-minor" },
	{ "mt", "memory-tagging" },         /* arm64 */
	{ "ss", "shadow-stack" },
	{ "sl", "sealed" },
	{ "dp", "droppable" },
	{ "gu", "maybe-guards" },           /* guard regions were installed in it */
};
/* clang-format on */

const char *vmspy_vm_flag_word(const char letters[2])
{
	for (size_t i = 0; i < sizeof(vm_flags) / sizeof(vm_flags[0]); i++)
		if (!memcmp(vm_flags[i].letters, letters, 2))
			return vm_flags[i].word;
	return NULL;
}

struct vmspy_error *vmspy_vm_flags_spell(const char *flags, struct vmspy_buf *buf)
{
	struct vmspy_error *err = NULL;

	while (*flags && !err) {
		size_t length = strcspn(flags, " ");
		const char *word = length == 2 ? vmspy_vm_flag_word(flags) : NULL;

		err = word ? vmspy_buf_append(buf, word, strlen(word))
			   : vmspy_buf_append(buf, flags, length);
		flags += length;
		if (!err && *flags)
			err = vmspy_buf_append(buf, flags++, 1);
	}
	return err;
}

#include "format/bad_line.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"

#include "base/banned.h"

enum {
	QUOTED_MAX = 80
}; /* bytes of a bad line that are shown; a path may have 4096 */

struct vmspy_error *vmspy_bad_line(const char *file, uint64_t number, struct vmspy_scan line,
				   const char *why)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	size_t length = (size_t)(line.end - line.at);
	bool cut = length > QUOTED_MAX;
	struct vmspy_error *err;

	if (number)
		err = vmspy_buf_printf(&text, "cannot read %s: line %" PRIu64 " '", file, number);
	else
		err = vmspy_buf_printf(&text, "cannot read %s: '", file);
	if (err || (err = vmspy_escape_line(&text, line.at, cut ? QUOTED_MAX : length)) ||
	    (err = vmspy_buf_printf(&text, "%s' %s", cut ? "..." : "", why)))
		return err;
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "%s", vmspy_buf_text(&text));
}

#include "title.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"

#include "base/banned.h"

struct vmspy_error *title_print(const struct output *output, struct render *render,
				const struct vmspy_identity *identity)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf title = { 0 };
	struct vmspy_error *err;

	if (output->style.no_headings)
		return NULL;
	err = vmspy_escape_line(&title, identity->comm, strlen(identity->comm));
	if (!err && identity->exe)
		err = vmspy_buf_append(&title, "  ", 2);
	if (!err && identity->exe)
		err = vmspy_escape_line(&title, identity->exe, strlen(identity->exe));
	if (!err)
		render_line(render, "%d  %s", (int)identity->pid, vmspy_buf_text(&title));
	return err;
}

#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "command.h"
#include "render/render.h"

#include "base/banned.h"

#define AT(member) offsetof(struct failure, member)

static const struct vmspy_column failure_columns[] = {
	{ "TARGET", "target", "as it was given", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(target) },
	{ "REASON", "reason", "what failed and why", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(reason) },
	{ "REMEDY", "remedy", "what helps", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(remedy) },
	{ 0 },
};

/* Results on their way to the same terminal come first. */
static void print_message(const char *text)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	VMSPY_AUTO(vmspy_guard_error)
	struct vmspy_error *err = vmspy_escape_line(&buf, text, strlen(text));

	fflush(stdout);
	fprintf(stderr, "vmspy: %s\n", err ? vmspy_error_message(err) : vmspy_buf_text(&buf));
}

void say(const char *format, ...)
{
	VMSPY_AUTO(vmspy_guard_free) char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	print_message(text ? text : "out of memory");
}

int trouble(struct vmspy_error *err)
{
	print_message(vmspy_error_message(err));
	vmspy_error_destroy(err);
	return STATUS_TROUBLE;
}

/* Messages end with the remedy in brackets, if there is one. */
static void split_remedy(struct failure *failure)
{
	size_t length = strlen(failure->text);
	char *open = strrchr(failure->text, '(');

	failure->reason = failure->text;
	if (!open || open == failure->text || open[-1] != ' ' || failure->text[length - 1] != ')')
		return;
	failure->text[length - 1] = '\0';
	open[-1] = '\0';
	failure->remedy = open + 1;
}

void failures_add(struct failures *failures, const char *target, struct vmspy_error *err)
{
	struct failure failure = { .target = target, .text = strdup(vmspy_error_message(err)) };
	struct vmspy_error *no_room;

	trouble(err);
	no_room = vmspy_array_grow(&failures->failure, &failures->room, failures->count,
				   sizeof(failure));
	if (no_room || !failure.text) {
		vmspy_error_destroy(no_room);
		free(failure.text);
		return;
	}
	split_remedy(&failure);
	failures->failure[failures->count++] = failure;
}

void failures_deinit(struct failures *failures)
{
	for (size_t i = 0; i < failures->count; i++)
		free(failures->failure[i].text);
	free(failures->failure);
	*failures = (struct failures){ 0 };
}

int failures_status(const struct failures *failures, size_t asked_count)
{
	if (!failures->count)
		return STATUS_DONE;
	return failures->count < asked_count ? STATUS_PART : STATUS_TROUBLE;
}

void failures_render(const struct failures *failures, struct render *render)
{
	struct vmspy_selection columns = vmspy_selection_default(failure_columns, VMSPY_SHOW_JSON);

	render_open_array(render, "errors");
	for (size_t i = 0; i < failures->count; i++)
		render_object(render, NULL, &columns, &failures->failure[i]);
	render_close(render);
}

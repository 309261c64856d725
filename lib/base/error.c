#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

struct vmspy_error {
	enum vmspy_error_kind kind;
	int code;
	char *message;
};

static char no_memory_message[] = "out of memory";
static struct vmspy_error no_memory = {
	.kind = VMSPY_ERROR_NO_MEMORY,
	.code = ENOMEM,
	.message = no_memory_message,
};

enum vmspy_error_kind vmspy_error_kind(const struct vmspy_error *err)
{
	return err->kind;
}

int vmspy_error_errno(const struct vmspy_error *err)
{
	return err->code;
}

const char *vmspy_error_message(const struct vmspy_error *err)
{
	return err->message;
}

void vmspy_error_destroy(struct vmspy_error *err)
{
	if (!err || err == &no_memory)
		return;
	free(err->message);
	free(err);
}

struct vmspy_error *vmspy_error_unless_no_memory(struct vmspy_error *err)
{
	if (!err || err->kind == VMSPY_ERROR_NO_MEMORY)
		return err;
	vmspy_error_destroy(err);
	return NULL;
}

/* Takes message over, also when it fails. */
static struct vmspy_error *build(enum vmspy_error_kind kind, int code, char *message)
{
	struct vmspy_error *err = message ? malloc(sizeof(*err)) : NULL;

	if (!err) {
		free(message);
		return &no_memory;
	}
	*err = (struct vmspy_error){ .kind = kind, .code = code, .message = message };
	return err;
}

struct vmspy_error *vmspy_error_create(enum vmspy_error_kind kind, const char *format, ...)
{
	char *message;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	return build(kind, 0, message);
}

static enum vmspy_error_kind kind_of_errno(int code)
{
	switch (code) {
	case ESRCH:
	case ENOENT:
		return VMSPY_ERROR_GONE;
	case EPERM:
	case EACCES:
		return VMSPY_ERROR_NOT_PERMITTED;
	case ENOMEM:
		return VMSPY_ERROR_NO_MEMORY;
	default:
		return VMSPY_ERROR_SYSTEM;
	}
}

struct vmspy_error *vmspy_error_system(int code, const char *format, ...)
{
	char *what, *message;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	if (!what)
		return &no_memory;
	if (asprintf(&message, "%s: %s", what, strerror(code)) < 0)
		message = NULL;
	free(what);
	return build(kind_of_errno(code), code, message);
}

struct vmspy_error *vmspy_error_no_memory(void)
{
	return &no_memory;
}

/* What went wrong, in words that a person can act on. */
#ifndef VMSPY_BASE_ERROR_H
#define VMSPY_BASE_ERROR_H

#define VMSPY_MUST_CHECK   __attribute__((warn_unused_result))
#define VMSPY_PUBLIC       __attribute__((visibility("default")))
#define VMSPY_PRINTF(f, a) __attribute__((format(printf, f, a)))

enum vmspy_error_kind {
	VMSPY_ERROR_NO_MEMORY,
	VMSPY_ERROR_SYSTEM,        /* a system call failed; vmspy_error_errno() says how */
	VMSPY_ERROR_BAD_DATA,      /* what was read or given is not what it should be */
	VMSPY_ERROR_GONE,          /* the process, or what was mapped, is no longer there */
	VMSPY_ERROR_NOT_PERMITTED, /* the message names the right that is missing */
	VMSPY_ERROR_UNSUPPORTED,   /* this kernel or this target cannot answer */
};

/*
 * An error. Functions that can fail return `struct vmspy_error *`: NULL is success, anything
 * else is the caller's to end with vmspy_error_destroy(). Outputs are written on success only.
 */
struct vmspy_error;

VMSPY_PUBLIC enum vmspy_error_kind vmspy_error_kind(const struct vmspy_error *err);

/* ret: the errno behind the error, 0 if there was none. */
VMSPY_PUBLIC int vmspy_error_errno(const struct vmspy_error *err);

/*
 * The message: lower case, no full stop, what failed first, then why and the remedy.
 * ret:  borrowed, valid until err is destroyed. Text that came from a target is already escaped.
 */
VMSPY_PUBLIC const char *vmspy_error_message(const struct vmspy_error *err);

/* Ends an error. NULL is allowed. */
VMSPY_PUBLIC void vmspy_error_destroy(struct vmspy_error *err);

/*
 * For who can do without an answer: ends an error, unless it is that memory has run out.
 * err: NULL is allowed. ret: NULL, or the error.
 */
struct vmspy_error *vmspy_error_unless_no_memory(struct vmspy_error *err) VMSPY_MUST_CHECK;

/* An error from a format. Never NULL: without memory it is the static "no memory" error. */
struct vmspy_error *vmspy_error_create(enum vmspy_error_kind kind, const char *format, ...)
	VMSPY_PRINTF(2, 3) __attribute__((returns_nonnull)) VMSPY_MUST_CHECK;

/*
 * An error from an errno: the message is "FORMAT: strerror(code)", the kind follows from the code
 * (ESRCH and ENOENT: GONE; EPERM and EACCES: NOT_PERMITTED; ENOMEM; all others: SYSTEM).
 */
struct vmspy_error *vmspy_error_system(int code, const char *format, ...) VMSPY_PRINTF(2, 3)
	__attribute__((returns_nonnull)) VMSPY_MUST_CHECK;

/* Static: reporting that memory has run out needs none. */
struct vmspy_error *vmspy_error_no_memory(void) __attribute__((returns_nonnull)) VMSPY_MUST_CHECK;

#endif

/* A cursor over text that stays inside it. */
#ifndef VMSPY_BASE_SCAN_H
#define VMSPY_BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is left to read: [at, end). Every function returns whether it found what it was asked
 * for; if not, the cursor has not moved.
 */
struct vmspy_scan {
	const char *at;
	const char *end;
};

static inline struct vmspy_scan vmspy_scan_over(const char *text, size_t length)
{
	return (struct vmspy_scan){ .at = text, .end = text + length };
}

/* Take this one character. */
bool vmspy_scan_char(struct vmspy_scan *scan, char wanted);

/* Take this text. */
bool vmspy_scan_text(struct vmspy_scan *scan, const char *wanted);

/* Take any number of this character, also none. ret: how many. */
size_t vmspy_scan_skip(struct vmspy_scan *scan, char skipped);

/* Take an unsigned number: at least one digit, no sign, no prefix, and it fits in 64 bits. */
bool vmspy_scan_decimal(struct vmspy_scan *scan, uint64_t *ret);
bool vmspy_scan_hex(struct vmspy_scan *scan, uint64_t *ret);

/* Take a decimal number with an optional minus sign. */
bool vmspy_scan_signed(struct vmspy_scan *scan, int64_t *ret);

/*
 * Take everything up to the delimiter or the end, and the delimiter.
 * ret:  what came before it, as a scan of its own; false only at the end of the text.
 */
bool vmspy_scan_until(struct vmspy_scan *scan, char delimiter, struct vmspy_scan *ret);

#endif

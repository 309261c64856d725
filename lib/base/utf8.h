/* Where the characters of UTF-8 text begin. Text that is none has some all the same. */
#ifndef VMSPY_BASE_UTF8_H
#define VMSPY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a byte is one of a character, and not its first. */
static inline bool vmspy_utf8_continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* ret: how many characters begin in so many bytes. */
size_t vmspy_utf8_count(const char *text, size_t length);

/* ret: how many bytes the first so many characters have; length, if there are no more. */
size_t vmspy_utf8_span(const char *text, size_t length, size_t characters);

/*
 * Text is to be cut: take back what is no whole character.
 * length: text[length] is looked at.
 * ret:    where to cut it.
 */
size_t vmspy_utf8_cut(const char *text, size_t length);

#endif

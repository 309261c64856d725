#include "base/utf8.h"

#include "base/banned.h"

size_t vmspy_utf8_count(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += !vmspy_utf8_continues(text[i]);
	return count;
}

size_t vmspy_utf8_span(const char *text, size_t length, size_t characters)
{
	size_t at = 0, begun = 0;

	for (; at < length; at++) {
		begun += !vmspy_utf8_continues(text[at]);
		if (begun > characters)
			break;
	}
	return at;
}

size_t vmspy_utf8_cut(const char *text, size_t length)
{
	while (length && vmspy_utf8_continues(text[length]))
		length--;
	return length;
}

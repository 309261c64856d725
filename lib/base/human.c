#include "base/human.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/banned.h"

static const char byte_suffixes[] = "KMGTPE";

/* ret: behind the last digit. A long table has many numbers: printf takes five times as long. */
static char *print_number(uint64_t number, char *to)
{
	char digits[VMSPY_HUMAN_MAX], *at = digits;

	do
		*at++ = (char)('0' + number % 10);
	while (number /= 10);
	while (at > digits)
		*to++ = *--at;
	return to;
}

/*
 * Three digits that count: one behind the point below 100, none from there on; a nought behind
 * the point is not written. tenths: the number times ten, rounded.
 */
static void print_tenths(uint64_t tenths, const char *suffix, char ret[VMSPY_HUMAN_MAX])
{
	bool has_point = tenths < 1000 && tenths % 10;
	char *to = print_number(has_point ? tenths / 10 : (tenths + 5) / 10, ret);

	if (has_point) {
		*to++ = '.';
		*to++ = (char)('0' + tenths % 10);
	}
	while ((*to++ = *suffix++))
		;
}

/* Round to tenths of a unit without leaving 64 bits. */
static uint64_t tenths_of(uint64_t number, uint64_t unit)
{
	return number / unit * 10 + (number % unit * 10 + unit / 2) / unit;
}

/*
 * ret: the index of the suffix for at least 1024 bytes: the next one as soon as rounding would
 *      write 1024.
 */
static size_t scale_bytes(uint64_t bytes, uint64_t *unit)
{
	size_t step = 0;

	*unit = 1024;
	while (step + 1 < sizeof(byte_suffixes) - 1 && tenths_of(bytes, *unit) + 5 >= 10240) {
		*unit *= 1024;
		step++;
	}
	return step;
}

void vmspy_human_bytes(uint64_t bytes, char ret[VMSPY_HUMAN_MAX])
{
	uint64_t unit;
	size_t step;

	if (bytes < 1024) {
		*print_number(bytes, ret) = '\0';
		return;
	}
	step = scale_bytes(bytes, &unit);
	print_tenths(tenths_of(bytes, unit), (const char[]){ byte_suffixes[step], '\0' }, ret);
}

void vmspy_human_size(uint64_t bytes, char ret[VMSPY_HUMAN_MAX])
{
	char suffix[] = " ?iB";
	uint64_t unit;

	if (bytes < 1024) {
		snprintf(ret, VMSPY_HUMAN_MAX, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
		return;
	}
	suffix[1] = byte_suffixes[scale_bytes(bytes, &unit)];
	print_tenths(tenths_of(bytes, unit), suffix, ret);
}

void vmspy_human_duration(uint64_t duration_ns, char ret[VMSPY_HUMAN_MAX])
{
	static const char *const suffixes[] = { "ns", "us", "ms", "s" };
	uint64_t unit = 1;
	size_t step = 0;

	while (step + 1 < sizeof(suffixes) / sizeof(suffixes[0]) &&
	       tenths_of(duration_ns, unit) + 5 >= 10000) {
		unit *= 1000;
		step++;
	}
	print_tenths(tenths_of(duration_ns, unit), suffixes[step], ret);
}

void vmspy_human_count(uint64_t count, char ret[VMSPY_HUMAN_MAX])
{
	char digits[VMSPY_HUMAN_MAX], *to = ret;
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
}

void vmspy_human_ratio(uint64_t thousandths, char ret[VMSPY_HUMAN_MAX])
{
	char *end = ret;

	if (tenths_of(thousandths, 1000) < 100) {
		print_tenths(tenths_of(thousandths, 1000), "x", ret);
		return;
	}
	vmspy_human_count(thousandths / 1000 + (thousandths % 1000 >= 500), ret);
	while (*end)
		end++;
	*end++ = 'x';
	*end = '\0';
}

void vmspy_human_percent(uint64_t part, uint64_t whole, char ret[VMSPY_HUMAN_MAX])
{
	uint64_t tenths = (uint64_t)(1000.0 * (double)part / (double)whole + 0.5);

	if (!tenths && part)
		snprintf(ret, VMSPY_HUMAN_MAX, "under 0.1%%");
	else if (tenths >= 1000 && part < whole)
		snprintf(ret, VMSPY_HUMAN_MAX, "over 99.9%%");
	else
		print_tenths(tenths, "%", ret);
}

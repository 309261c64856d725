#include "report/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/banned.h"

enum {
	LENGTH_MAX = 64
}; /* longer words are nobody's slip of the hand */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * The edit distance, with two neighbours swapped as one edit (optimal string alignment).
 * The three rows are those of the two previous characters of a, and of the present one.
 */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t row[3][LENGTH_MAX + 1] = { 0 };

	for (size_t j = 0; j <= b_length; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			now[j] = smallest(before[j] + 1, now[j - 1] + 1,
					  before[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = smallest(now[j], earlier[j - 2] + 1, now[j]);
		}
	}
	return row[a_length % 3][b_length];
}

struct vmspy_nearest vmspy_nearest_to(const char *wanted, size_t length)
{
	/* A third of the word may be wrong, and at least one character. */
	return (struct vmspy_nearest){
		.wanted = wanted,
		.length = length,
		.distance = length / 3 + 2,
	};
}

void vmspy_nearest_try(struct vmspy_nearest *nearest, const char *name)
{
	size_t length = strlen(name), found;

	if (!nearest->length || nearest->length > LENGTH_MAX || length > LENGTH_MAX)
		return;
	found = distance(nearest->wanted, nearest->length, name, length);
	if (found >= nearest->distance || found >= length)
		return;
	nearest->distance = found;
	nearest->name = name;
}

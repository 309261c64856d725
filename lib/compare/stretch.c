#include "compare/stretch.h"

#include <stdbool.h>

#include "base/banned.h"

struct vmspy_error *vmspy_stretch_read(const struct vmspy_stretch *stretch)
{
	struct vmspy_error *err;

	err = vmspy_space_words(stretch->a, stretch->start, stretch->count, stretch->first_a);
	if (!err)
		err = vmspy_space_words(stretch->b, stretch->start, stretch->count,
					stretch->first_b);
	if (!err)
		err = vmspy_space_words(stretch->a, stretch->start, stretch->count,
					stretch->second_a);
	return err;
}

static struct vmspy_stretch part_of(const struct vmspy_stretch *stretch, size_t from, size_t to)
{
	struct vmspy_stretch part = *stretch;

	part.start += from * vmspy_space_host(stretch->a)->page_bytes;
	part.count = to - from;
	part.first_a += from;
	part.first_b += from;
	part.second_a += from;
	return part;
}

static struct vmspy_error *read_half(void *context, bool is_second)
{
	const struct vmspy_stretch *stretch = context;
	size_t middle = stretch->count / 2;
	struct vmspy_stretch half =
		part_of(stretch, is_second ? middle : 0, is_second ? stretch->count : middle);

	return vmspy_stretch_read(&half);
}

struct vmspy_error *vmspy_stretch_share(struct vmspy_second *second,
					const struct vmspy_stretch *stretch)
{
	struct vmspy_stretch shared = *stretch;

	return vmspy_second_share(second, read_half, &shared);
}

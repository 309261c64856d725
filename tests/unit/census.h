/* One page counted as it is read: looked at, then counted. */
#ifndef VMSPY_TESTS_CENSUS_H
#define VMSPY_TESTS_CENSUS_H

#include "test.h"

#include "compare/census.h"

static inline void census_add(struct vmspy_census *census, const struct vmspy_census_page *page)
{
	size_t room = vmspy_census_room(census, page->page_bytes);
	struct vmspy_census_places places = {
		.near = calloc(room, sizeof(uint16_t)),
		.changed = calloc(room, sizeof(uint16_t)),
	};

	assert_non_null(places.near);
	assert_non_null(places.changed);
	vmspy_census_look(census, page, &places);
	vmspy_census_count(census, page, &places);
	free(places.near);
	free(places.changed);
}

#endif

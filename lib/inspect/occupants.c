#include "inspect/occupants.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

/* One pointer of a thread, and the mapping that it leads into. */
struct place {
	size_t mapping_index;
	size_t thread; /* its index in the list */
	bool is_tls;
};

struct places {
	struct place *place;
	size_t count;
};

static void places_deinit(struct places *places)
{
	free(places->place);
}

static void add_place(struct places *places, const struct vmspy_layout *layout, uint64_t address,
		      struct place place)
{
	const struct vmspy_mapping *mapping = address ? vmspy_layout_find(layout, address) : NULL;

	if (!mapping)
		return;
	place.mapping_index = (size_t)(mapping - layout->mapping);
	places->place[places->count++] = place;
}

static int compare_index(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Both places of a thread in one mapping are neighbours then. */
static int by_mapping_and_thread(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int order = compare_index(a->mapping_index, b->mapping_index);

	return order ? order : compare_index(a->thread, b->thread);
}

static struct vmspy_error *find_places(const struct vmspy_layout *layout,
				       const struct vmspy_thread_list *threads, struct places *ret)
{
	ret->place = calloc(2 * threads->count + 1, sizeof(*ret->place));
	if (!ret->place)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < threads->count; i++) {
		const struct vmspy_thread *thread = &threads->thread[i];

		add_place(ret, layout, thread->stack_pointer, (struct place){ .thread = i });
		add_place(ret, layout, thread->thread_pointer,
			  (struct place){ .thread = i, .is_tls = true });
	}
	qsort(ret->place, ret->count, sizeof(*ret->place), by_mapping_and_thread);
	return NULL;
}

static void count_thread(struct vmspy_occupants *occupants, enum vmspy_occupancy occupancy,
			 size_t thread)
{
	size_t at = occupants->group[occupancy].count++;

	if (at < VMSPY_OCCUPANTS_TOLD)
		occupants->group[occupancy].first[at] = thread;
}

static void note_lowest(struct vmspy_occupants *occupants, const struct vmspy_thread_list *threads,
			size_t thread)
{
	if (occupants->lowest == VMSPY_NO_THREAD ||
	    threads->thread[thread].stack_pointer <
		    threads->thread[occupants->lowest].stack_pointer)
		occupants->lowest = thread;
}

static struct vmspy_error *add_occupants(struct vmspy_occupants_list *list, size_t mapping_index)
{
	struct vmspy_error *err;

	if (list->count && list->occupants[list->count - 1].mapping_index == mapping_index)
		return NULL;
	err = vmspy_array_grow(&list->occupants, &list->room, list->count,
			       sizeof(*list->occupants));
	if (!err)
		list->occupants[list->count++] = (struct vmspy_occupants){
			.mapping_index = mapping_index,
			.lowest = VMSPY_NO_THREAD,
		};
	return err;
}

struct vmspy_error *vmspy_occupants_find(const struct vmspy_layout *layout,
					 const struct vmspy_thread_list *threads,
					 struct vmspy_occupants_list *ret)
{
	VMSPY_AUTO(places_deinit) struct places places = { 0 };
	VMSPY_AUTO(vmspy_occupants_list_deinit) struct vmspy_occupants_list list = { 0 };
	struct vmspy_error *err = find_places(layout, threads, &places);

	for (size_t i = 0; !err && i < places.count; i++) {
		const struct place *place = &places.place[i], *next = place + 1;
		bool has_both = i + 1 < places.count && !by_mapping_and_thread(place, next);
		struct vmspy_occupants *occupants;

		if ((err = add_occupants(&list, place->mapping_index)))
			break;
		occupants = &list.occupants[list.count - 1];
		if (has_both || !place->is_tls)
			note_lowest(occupants, threads, place->thread);
		count_thread(occupants,
			     has_both        ? VMSPY_OCCUPANCY_BOTH
			     : place->is_tls ? VMSPY_OCCUPANCY_TLS
					     : VMSPY_OCCUPANCY_STACK,
			     place->thread);
		i += has_both;
	}
	if (err)
		return err;
	*ret = list;
	list = (struct vmspy_occupants_list){ 0 }; /* the caller's now */
	return NULL;
}

static int compare_mapping(const void *key, const void *item)
{
	const struct vmspy_occupants *occupants = item;

	return compare_index(*(const size_t *)key, occupants->mapping_index);
}

const struct vmspy_occupants *vmspy_occupants_of(const struct vmspy_occupants_list *list,
						 size_t mapping_index)
{
	if (!list->count)
		return NULL;
	return bsearch(&mapping_index, list->occupants, list->count, sizeof(*list->occupants),
		       compare_mapping);
}

void vmspy_occupants_list_deinit(struct vmspy_occupants_list *list)
{
	free(list->occupants);
	*list = (struct vmspy_occupants_list){ 0 };
}

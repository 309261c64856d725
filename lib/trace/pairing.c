#include "trace/pairing.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/banned.h"

enum {
	FIRST_ROOM = 64,
};

void vmspy_pairing_deinit(struct vmspy_pairing *pairing)
{
	for (size_t i = 0; i < pairing->room; i++)
		vmspy_trace_item_destroy(pairing->slot[i].fault.item);
	free(pairing->slot);
	*pairing = (struct vmspy_pairing){ 0 };
}

/* ret: the slot of a thread, or the free one where it would be. There is one. */
static struct vmspy_waiting *find(const struct vmspy_pairing *pairing, pid_t tid)
{
	size_t place = (size_t)(unsigned)tid & (pairing->room - 1);

	while (pairing->slot[place].tid && pairing->slot[place].tid != tid)
		place = (place + 1) & (pairing->room - 1);
	return &pairing->slot[place];
}

struct vmspy_waiting *vmspy_pairing_find(struct vmspy_pairing *pairing, pid_t tid)
{
	struct vmspy_waiting *waiting = pairing->room ? find(pairing, tid) : NULL;

	return waiting && waiting->tid ? waiting : NULL;
}

/*
 * Make room, and leave behind the threads for which nothing waits: most of those that ever
 * faulted have ended.
 */
static struct vmspy_error *rebuild(struct vmspy_pairing *pairing)
{
	struct vmspy_pairing fresh = { .room = FIRST_ROOM };
	size_t waiting_count = 0;

	for (size_t i = 0; i < pairing->room; i++)
		waiting_count += pairing->slot[i].fault.item != NULL;
	while (fresh.room < 4 * waiting_count)
		fresh.room *= 2;
	fresh.slot = calloc(fresh.room, sizeof(*fresh.slot));
	if (!fresh.slot)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < pairing->room; i++)
		if (pairing->slot[i].fault.item)
			*find(&fresh, pairing->slot[i].tid) = pairing->slot[i];
	fresh.count = waiting_count;
	free(pairing->slot);
	*pairing = fresh;
	return NULL;
}

struct vmspy_error *vmspy_pairing_place(struct vmspy_pairing *pairing, pid_t tid,
					struct vmspy_waiting **ret)
{
	struct vmspy_error *err;

	if (2 * (pairing->count + 1) > pairing->room && !vmspy_pairing_find(pairing, tid) &&
	    (err = rebuild(pairing)))
		return err;
	*ret = find(pairing, tid);
	pairing->count += !(*ret)->tid;
	(*ret)->tid = tid;
	return NULL;
}

#include "compare/team.h"

#include <stdlib.h>

#include "base/banned.h"

struct vmspy_error *vmspy_team_init(struct vmspy_team *ret, struct vmspy_space *a,
				    struct vmspy_space *b)
{
	struct vmspy_window *window = calloc(1, sizeof(*window));

	if (!window)
		return vmspy_error_no_memory();
	window->a.space = a;
	window->b.space = b;
	*ret = (struct vmspy_team){ .count = 1, .window = { window } };
	return NULL;
}

/* What two threads must not open at once is opened here. ret: whether several may read. */
static struct vmspy_error *open_all(const struct vmspy_window *window, bool *ret)
{
	struct vmspy_space *a = window->a.space, *b = window->b.space;
	const struct vmspy_frames none = { 0 };
	uint64_t word;

	*ret = vmspy_space_is_concurrent(a) && vmspy_space_is_concurrent(b);
	if (!*ret || !vmspy_space_host(a)->fact_visible[VMSPY_FRAME_FLAGS])
		return NULL;
	return vmspy_space_frame_facts(a, VMSPY_FRAME_FLAGS, none, &word);
}

static struct vmspy_window *window_like(const struct vmspy_window *pattern)
{
	struct vmspy_window *window = calloc(1, sizeof(*window));

	if (!window)
		return NULL;
	window->a.space = pattern->a.space;
	window->b.space = pattern->b.space;
	window->four_reads = pattern->four_reads;
	window->ask_merged = pattern->ask_merged;
	return window;
}

struct vmspy_error *vmspy_team_grow(struct vmspy_team *team)
{
	struct vmspy_error *err;
	bool possible;

	if (team->is_grown)
		return NULL;
	team->is_grown = true;
	if ((err = open_all(team->window[0], &possible)) || !possible)
		return err;
	vmspy_error_destroy(vmspy_pool_create(&team->pool));
	while (team->count < vmspy_pool_count(team->pool)) {
		struct vmspy_window *window = window_like(team->window[0]);

		if (!window)
			break;
		team->window[team->count++] = window;
	}
	return NULL;
}

void vmspy_team_read_four_times(struct vmspy_team *team)
{
	for (unsigned i = 0; i < team->count; i++)
		team->window[i]->four_reads = true;
}

void vmspy_team_deinit(struct vmspy_team *team)
{
	vmspy_pool_destroy(team->pool);
	for (unsigned i = 0; i < team->count; i++)
		free(team->window[i]);
	*team = (struct vmspy_team){ 0 };
}

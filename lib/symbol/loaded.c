#include "symbol/loaded.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"

#include "base/banned.h"

bool vmspy_loaded_is_called(const char *object, const char *word, size_t length)
{
	const char *slash = object ? strrchr(object, '/') : NULL;
	const char *last = slash ? slash + 1 : object;

	return object && ((strlen(object) == length && !memcmp(object, word, length)) ||
			  (strlen(last) == length && !memcmp(last, word, length)));
}

/* Every file of a program has code; a file is loaded in one piece. */
struct vmspy_error *vmspy_loaded_visit_all(struct vmspy_modules *modules,
					   const struct vmspy_loaded_visit *visit)
{
	const struct vmspy_layout *layout = vmspy_space_layout(vmspy_modules_space(modules));
	struct vmspy_place last = { 0 };
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < layout->count; i++) {
		const struct vmspy_mapping *mapping = &layout->mapping[i];
		struct vmspy_place place;

		if (mapping->kind != VMSPY_KIND_TEXT && mapping->kind != VMSPY_KIND_VDSO)
			continue;
		if ((err = vmspy_place_find(modules, mapping->vma.start, &place)))
			return err;
		if (!place.image || !place.object ||
		    (place.image == last.image && place.bias == last.bias))
			continue;
		last = place;
		err = visit->visit(&place, visit->context);
	}
	return err;
}

struct loaded {
	const char *object;
	uint64_t link_address, address;
	size_t count;
	struct vmspy_buf all; /* the paths of those that match */
};

static void end_loaded(struct loaded *loaded)
{
	vmspy_buf_deinit(&loaded->all);
}

static struct vmspy_error *match_place(const struct vmspy_place *place, void *context)
{
	struct loaded *loaded = context;
	struct vmspy_error *err;

	if (!vmspy_loaded_is_called(place->object, loaded->object, strlen(loaded->object)))
		return NULL;
	if (loaded->count++ && (err = vmspy_buf_append(&loaded->all, ", ", 2)))
		return err;
	loaded->address = loaded->link_address + place->bias;
	return vmspy_escape_line(&loaded->all, place->object, strlen(place->object));
}

struct vmspy_error *vmspy_object_address(struct vmspy_modules *modules, const char *object,
					 uint64_t link_address, uint64_t *ret)
{
	VMSPY_AUTO(end_loaded)
	struct loaded loaded = { .object = object, .link_address = link_address };
	const struct vmspy_loaded_visit files = { .visit = match_place, .context = &loaded };
	struct vmspy_error *err = vmspy_loaded_visit_all(modules, &files);

	if (err)
		return err;
	if (!loaded.count)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no program or library '%s' is mapped", object);
	if (loaded.count > 1)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "'%s' is more than one file: %s (say the whole path)",
					  object, vmspy_buf_text(&loaded.all));
	*ret = loaded.address;
	return NULL;
}

#include "blame/place_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#include "base/banned.h"

enum {
	FIRST_SLOTS = 256,
};

#define FREE SIZE_MAX

/* No device has this number. */
#define NO_DEVICE UINT64_MAX

void vmspy_place_names_deinit(struct vmspy_place_names *names)
{
	free(names->name);
	vmspy_slots_deinit(&names->slots);
	vmspy_texts_deinit(&names->texts);
	*names = (struct vmspy_place_names){ 0 };
}

/* --- keys ---------------------------------------------------------------------------------- */

static bool has_file(const struct vmspy_vma *vma)
{
	return vma->inode && !vma->shared;
}

/* The mapping of a file that an address lies in, or whose bss it does. */
static const struct vmspy_vma *file_of(const struct vmspy_layout *layout,
				       const struct vmspy_mapping *mapping)
{
	const struct vmspy_vma *vma = &mapping->vma, *before;

	if (has_file(vma))
		return vma;
	if (mapping->kind != VMSPY_KIND_BSS || mapping == layout->mapping)
		return NULL;
	before = &mapping[-1].vma;
	return has_file(before) && before->end == vma->start ? before : NULL;
}

bool vmspy_place_key_of(const struct vmspy_space *space, uint64_t address, bool is_code,
			struct vmspy_place_key *ret)
{
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	const struct vmspy_identity *identity = vmspy_space_identity(space);
	const struct vmspy_mapping *mapping = vmspy_layout_find(layout, address);
	const struct vmspy_vma *file = mapping ? file_of(layout, mapping) : NULL;

	if (!mapping)
		return false;
	*ret = (struct vmspy_place_key){ .is_code = is_code };
	if (file) {
		ret->device = (uint64_t)file->device_major << 32 | file->device_minor;
		ret->inode = file->inode;
		ret->offset_bytes = file->offset_bytes + (address - file->start);
	} else {
		ret->device = NO_DEVICE;
		ret->inode = (uint64_t)identity->pid << 32 ^ identity->start_time_ticks;
		ret->offset_bytes = address;
	}
	return true;
}

/* --- names --------------------------------------------------------------------------------- */

/* Source: splitmix64, https://prng.di.unimi.it/splitmix64.c. */
static uint64_t mix(uint64_t number)
{
	number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
	return number ^ number >> 31;
}

static uint64_t hash_of_key(const struct vmspy_place_key *key)
{
	return mix(mix(mix(key->device) ^ key->inode) ^ key->offset_bytes) ^ key->is_code;
}

static uint64_t hash_of(const void *names, size_t index)
{
	return hash_of_key(&((const struct vmspy_place_name *)names)[index].key);
}

static bool is_same(const void *names, size_t index, const void *key)
{
	const struct vmspy_place_key *a = &((const struct vmspy_place_name *)names)[index].key;
	const struct vmspy_place_key *b = key;

	return a->device == b->device && a->inode == b->inode &&
	       a->offset_bytes == b->offset_bytes && a->is_code == b->is_code;
}

static size_t *find(const struct vmspy_place_names *names, const struct vmspy_place_key *key)
{
	const struct vmspy_slots_key sought = { hash_of_key(key), is_same, names->name, key };

	return vmspy_slots_find(&names->slots, &sought);
}

struct vmspy_place_name *vmspy_place_names_find(const struct vmspy_place_names *names,
						const struct vmspy_place_key *key)
{
	size_t *slot = find(names, key);

	return slot && *slot != VMSPY_SLOT_FREE ? &names->name[*slot] : NULL;
}

struct vmspy_error *vmspy_place_names_add(struct vmspy_place_names *names,
					  const struct vmspy_place_key *key,
					  struct vmspy_place_name **ret)
{
	const struct vmspy_slots_items items = { hash_of, names->name, names->count };
	struct vmspy_error *err;

	if ((err = vmspy_slots_reserve(&names->slots, &items)) ||
	    (err = vmspy_array_grow(&names->name, &names->room, names->count,
				    sizeof(*names->name))))
		return err;
	*find(names, key) = names->count;
	names->name[names->count] = (struct vmspy_place_name){ .key = *key };
	*ret = &names->name[names->count++];
	return NULL;
}

struct vmspy_error *vmspy_place_names_keep(struct vmspy_place_names *names, const char *text,
					   const char **ret)
{
	*ret = NULL;
	return text ? vmspy_texts_add(&names->texts, text, strlen(text), ret) : NULL;
}

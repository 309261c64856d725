#include "choice.h"

#include <fnmatch.h>
#include <string.h>

#include "base/scan.h"
#include "report/nearest.h"

#include "base/banned.h"

static struct vmspy_error *unknown_kind(const char *word, size_t length)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(word, length);

	for (enum vmspy_mapping_kind kind = 0; kind < VMSPY_KIND_COUNT; kind++)
		vmspy_nearest_try(&nearest, vmspy_mapping_kind_name(kind));
	if (nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "unknown kind '%.*s' (did you mean '%s'?)", (int)length,
					  word, nearest.name);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "unknown kind '%.*s' ('vmspy help --list-kinds' lists them)",
				  (int)length, word);
}

static struct vmspy_error *add_kind(const char *word, size_t length, uint64_t *kinds)
{
	for (enum vmspy_mapping_kind kind = 0; kind < VMSPY_KIND_COUNT; kind++) {
		const char *name = vmspy_mapping_kind_name(kind);

		if (strlen(name) == length && !memcmp(name, word, length)) {
			*kinds |= UINT64_C(1) << kind;
			return NULL;
		}
	}
	return unknown_kind(word, length);
}

static struct vmspy_error *parse_kinds(const char *list, uint64_t *kinds)
{
	struct vmspy_error *err;

	for (;;) {
		size_t length = strcspn(list, ",");

		if ((err = add_kind(list, length, kinds)) || !list[length])
			return err;
		list += length + 1;
	}
}

struct vmspy_error *choice_parse(const struct arguments *arguments, struct choice *ret)
{
	const char *range = arguments->value[OPTION_RANGE];
	const char *kinds = arguments->value[OPTION_KIND];
	struct choice choice = {
		.range = { 0, UINT64_MAX },
		.object = arguments->value[OPTION_OBJECT],
	};
	struct vmspy_error *err;

	if (range && (err = address_parse_range(range, &choice.range)))
		return err;
	if (kinds && (err = parse_kinds(kinds, &choice.kinds)))
		return err;
	*ret = choice;
	return NULL;
}

static bool object_matches(const char *pattern, const char *object)
{
	const char *slash;

	if (!object)
		return false;
	slash = strrchr(object, '/');
	return !fnmatch(pattern, object, FNM_NOESCAPE) ||
	       (slash && !fnmatch(pattern, slash + 1, FNM_NOESCAPE));
}

bool choice_takes(const struct choice *choice, const struct vmspy_mapping *mapping)
{
	if (mapping->vma.end <= choice->range.start || mapping->vma.start >= choice->range.end)
		return false;
	if (choice->kinds && !(choice->kinds & UINT64_C(1) << mapping->kind))
		return false;
	return !choice->object || object_matches(choice->object, mapping->vma.name);
}

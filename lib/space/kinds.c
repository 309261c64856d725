#include "space/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

enum {
	THREAD_GUARD_MAX = 64 << 10, /* bytes; pthread_attr_setguardsize() is one page by default */
	THREAD_STACK_STEP = 64 << 10, /* bytes; stacks are asked for in round sizes */
};

/*
 * Names that no file can have, because the path of a file begins with a slash: whole names of
 * mappings that the kernel makes. Source: arch_vma_name(), get_vma_name() of fs/proc/task_mmu.c.
 */
static const struct special {
	const char *name;
	enum vmspy_mapping_kind kind;
} specials[] = {
	{ "[heap]", VMSPY_KIND_HEAP },         { "[stack]", VMSPY_KIND_STACK },
	{ "[vdso]", VMSPY_KIND_VDSO },         { "[uprobes]", VMSPY_KIND_VDSO },
	{ "[vvar]", VMSPY_KIND_VVAR },         { "[vvar_vclock]", VMSPY_KIND_VVAR },
	{ "[vsyscall]", VMSPY_KIND_VSYSCALL },
};

/* Beginnings of names that a program, or its C library, gave to anonymous memory. */
static const struct special labels[] = {
	{ "[stack:", VMSPY_KIND_THREAD_STACK }, /* Linux 3.4 to 4.4 */
	{ "[anon: glibc: pthread", VMSPY_KIND_THREAD_STACK },
	{ "[anon:stack_and_tls:", VMSPY_KIND_THREAD_STACK }, /* bionic */
	{ "[anon:.bss]", VMSPY_KIND_BSS },                   /* bionic */
};

/* Files that are not what their form says. The first row that fits decides. */
static const struct object {
	const char *prefix;
	bool nameless; /* never linked to a name, on no disk: tells it from a real file's path */
	bool loadable; /* a private mapping of it may be a library or the main program */
	enum vmspy_mapping_kind kind;
} objects[] = {
	{ "/SYSV", true, false, VMSPY_KIND_SYSV },
	{ "/anon_hugepage", true, false, VMSPY_KIND_HUGETLB },
	{ "/dev/hugepages/", false, true, VMSPY_KIND_HUGETLB },
	{ "/memfd:", true, true, VMSPY_KIND_SHMEM },
	{ "/secretmem", true, false, VMSPY_KIND_SHMEM },
	{ "[anon_shmem:", false, false, VMSPY_KIND_SHMEM },
	{ "/dev/shm/", false, true, VMSPY_KIND_SHMEM },
	{ "/dev/zero (deleted)", false, false, VMSPY_KIND_SHMEM }, /* MAP_SHARED | MAP_ANONYMOUS */
	{ "/dev/", false, false, VMSPY_KIND_DEVICE },
	{ "/[aio]", true, false, VMSPY_KIND_DEVICE },
	{ "/drm mm object", true, false, VMSPY_KIND_DEVICE },
	{ "/dmabuf:", false, false, VMSPY_KIND_DEVICE },
	{ "anon_inode:", false, false, VMSPY_KIND_DEVICE },
	{ "socket:[", false, false, VMSPY_KIND_DEVICE },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), wanted = strlen(suffix);

	return length >= wanted && strcmp(name + length - wanted, suffix) == 0;
}

static const char *name_of(const struct vmspy_vma *vma)
{
	return vma->name ? vma->name : "";
}

static bool has_file(const struct vmspy_vma *vma)
{
	return vma->inode || name_of(vma)[0] == '/';
}

/* A private mapping of /dev/zero is anonymous memory that kept the name. */
static bool is_zero_device(const struct vmspy_vma *vma)
{
	return vma->name && begins_with(vma->name, "/dev/zero") &&
	       (strcmp(vma->name, "/dev/zero") == 0 ||
		strcmp(vma->name, "/dev/zero (deleted)") == 0);
}

static bool is_anonymous(const struct vmspy_vma *vma)
{
	return !vma->shared && (!has_file(vma) || is_zero_device(vma));
}

static bool is_unnamed(const struct vmspy_vma *vma)
{
	return !vma->shared && !vma->inode && !vma->name;
}

bool vmspy_mapping_is_anonymous(const struct vmspy_mapping *mapping)
{
	const struct vmspy_vma *vma = &mapping->vma;

	if (mapping->kind == VMSPY_KIND_VDSO || mapping->kind == VMSPY_KIND_VVAR ||
	    mapping->kind == VMSPY_KIND_VSYSCALL)
		return false;
	return is_anonymous(vma) ||
	       (!vma->shared && strcmp(name_of(vma), "/anon_hugepage (deleted)") == 0);
}

static bool holds(const struct vmspy_vma *vma, uint64_t address)
{
	return vma->start <= address && address < vma->end;
}

static bool overlaps(const struct vmspy_vma *vma, uint64_t start, uint64_t end)
{
	return start < end && vma->start < end && start < vma->end;
}

/* The files that are mapped private and executable: programs and libraries. Sorted. */
struct images {
	const struct vmspy_vma **vma; /* one mapping of each, the first met */
	size_t count;
	size_t room;
};

static void images_deinit(struct images *images)
{
	free(images->vma);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_files(const void *left, const void *right)
{
	const struct vmspy_vma *a = *(const struct vmspy_vma *const *)left;
	const struct vmspy_vma *b = *(const struct vmspy_vma *const *)right;
	int order = compare_numbers(a->inode, b->inode);

	if (!order)
		order = compare_numbers(a->device_major, b->device_major);
	return order ? order : compare_numbers(a->device_minor, b->device_minor);
}

static struct vmspy_error *images_collect(struct images *images,
					  const struct vmspy_mapping *mapping, size_t count)
{
	struct vmspy_error *err;

	for (size_t i = 0; i < count; i++) {
		const struct vmspy_vma *vma = &mapping[i].vma;

		if (vma->shared || !vma->executable || !has_file(vma) || is_zero_device(vma))
			continue;
		err = vmspy_array_grow(&images->vma, &images->room, images->count,
				       sizeof(*images->vma));
		if (err)
			return err;
		images->vma[images->count++] = vma;
	}
	if (images->count)
		qsort(images->vma, images->count, sizeof(*images->vma), compare_files);
	return NULL;
}

static bool images_have(const struct images *images, const struct vmspy_vma *vma)
{
	return images->count && bsearch(&vma, images->vma, images->count, sizeof(*images->vma),
					compare_files) != NULL;
}

/* What the kinds are decided from. */
struct view {
	const struct vmspy_mm_bounds *bounds;
	const struct vmspy_vma *main; /* a mapping of the main program's file, NULL if unknown */
	const struct images *images;
};

static const struct vmspy_vma *find_file_at(const struct vmspy_mapping *mapping, size_t count,
					    uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (holds(&mapping[i].vma, address))
			return has_file(&mapping[i].vma) ? &mapping[i].vma : NULL;
	return NULL;
}

/* Code may have been moved to anonymous huge pages: the data is still the file's then. */
static const struct vmspy_vma *find_main(const struct vmspy_mapping *mapping, size_t count,
					 const struct vmspy_mm_bounds *bounds)
{
	const struct vmspy_vma *code;

	if (!bounds->known)
		return NULL;
	code = find_file_at(mapping, count, bounds->start_code);
	return code ? code : find_file_at(mapping, count, bounds->start_data);
}

static bool is_main(const struct view *view, const struct vmspy_vma *vma)
{
	return view->main && has_file(vma) && compare_files(&view->main, &vma) == 0;
}

static bool holds_code(const struct view *view, const struct vmspy_vma *vma)
{
	return view->bounds->known &&
	       overlaps(vma, view->bounds->start_code, view->bounds->end_code);
}

static bool holds_data(const struct view *view, const struct vmspy_vma *vma)
{
	return view->bounds->known &&
	       overlaps(vma, view->bounds->start_data, view->bounds->end_data);
}

/*
 * Code before data: with -z noseparate-code and tiny programs both can lie in one mapping.
 * Data before permission: start_data lies in RELRO, which is read-only by now.
 */
static enum vmspy_mapping_kind image_kind(const struct view *view, const struct vmspy_vma *vma)
{
	if (is_main(view, vma)) {
		if (holds_code(view, vma))
			return VMSPY_KIND_TEXT;
		if (holds_data(view, vma))
			return VMSPY_KIND_DATA;
	}
	if (vma->executable)
		return VMSPY_KIND_TEXT;
	return vma->writable ? VMSPY_KIND_DATA : VMSPY_KIND_RODATA;
}

static bool is_behind(const struct vmspy_mapping *before, const struct vmspy_mapping *mapping)
{
	return before && before->vma.end == mapping->vma.start;
}

static bool is_bss(const struct view *view, const struct vmspy_mapping *before,
		   const struct vmspy_mapping *mapping)
{
	if (is_behind(before, mapping) && before->kind == VMSPY_KIND_DATA && has_file(&before->vma))
		return true;
	/* A data segment with no bytes in the file has no mapping of it to follow. */
	return view->bounds->known && view->bounds->end_data &&
	       view->bounds->start_data == view->bounds->end_data &&
	       holds(&mapping->vma, view->bounds->end_data);
}

/* The guess of VMSPY_KIND_THREAD_STACK's help. */
static bool has_shape_of_stack(const struct vmspy_mapping *before,
			       const struct vmspy_mapping *mapping)
{
	const struct vmspy_vma *vma = &mapping->vma;

	return is_behind(before, mapping) && before->kind == VMSPY_KIND_GUARD &&
	       before->vma.end - before->vma.start <= THREAD_GUARD_MAX && vma->readable &&
	       vma->writable && !vma->executable &&
	       (vma->end - vma->start) % THREAD_STACK_STEP == 0;
}

static enum vmspy_mapping_kind unnamed_kind(const struct view *view,
					    const struct vmspy_mapping *before,
					    const struct vmspy_mapping *mapping)
{
	if (mapping->vma.executable && holds_code(view, &mapping->vma))
		return VMSPY_KIND_TEXT;
	if (holds_data(view, &mapping->vma))
		return VMSPY_KIND_DATA;
	if (is_bss(view, before, mapping))
		return VMSPY_KIND_BSS;
	if (mapping->vma.executable)
		return VMSPY_KIND_JIT;
	return has_shape_of_stack(before, mapping) ? VMSPY_KIND_THREAD_STACK : VMSPY_KIND_ANON;
}

static enum vmspy_mapping_kind labelled_kind(const struct vmspy_vma *vma)
{
	for (size_t i = 0; i < COUNT(labels); i++)
		if (begins_with(name_of(vma), labels[i].name))
			return labels[i].kind;
	return vma->executable ? VMSPY_KIND_JIT : VMSPY_KIND_ANON;
}

static enum vmspy_mapping_kind anonymous_kind(const struct view *view,
					      const struct vmspy_mapping *before,
					      const struct vmspy_mapping *mapping)
{
	const struct vmspy_vma *vma = &mapping->vma;

	if (!vma->readable && !vma->writable && !vma->executable)
		return VMSPY_KIND_GUARD;
	return is_unnamed(vma) ? unnamed_kind(view, before, mapping) : labelled_kind(vma);
}

static const struct special *find_special(const struct vmspy_vma *vma)
{
	if (!vma->name || vma->inode)
		return NULL;
	for (size_t i = 0; i < COUNT(specials); i++)
		if (strcmp(vma->name, specials[i].name) == 0)
			return &specials[i];
	return NULL;
}

static bool is_nameless(const struct vmspy_vma *vma)
{
	return vma->device_major == 0 && ends_with(name_of(vma), " (deleted)");
}

static const struct object *find_object(const struct vmspy_vma *vma)
{
	for (size_t i = 0; i < COUNT(objects); i++)
		if (begins_with(name_of(vma), objects[i].prefix) &&
		    (!objects[i].nameless || is_nameless(vma)))
			return &objects[i];
	return NULL;
}

bool vmspy_mapping_is_nameless(const struct vmspy_mapping *mapping)
{
	const struct object *object = find_object(&mapping->vma);

	return is_zero_device(&mapping->vma) || (object && object->nameless);
}

static enum vmspy_mapping_kind file_kind(const struct view *view, const struct vmspy_vma *vma)
{
	const struct object *object = find_object(vma);

	if (object && !object->loadable)
		return object->kind;
	if (!vma->shared && (is_main(view, vma) || images_have(view->images, vma)))
		return image_kind(view, vma);
	if (object)
		return object->kind;
	return has_file(vma) ? VMSPY_KIND_FILE : VMSPY_KIND_SHMEM;
}

/*
 * Older kernels call a mapping [heap] already if it ends where the heap may begin: the bss of a
 * program without address randomisation.
 */
static bool is_bss_called_heap(const struct view *view, const struct vmspy_mapping *before,
			       const struct vmspy_mapping *mapping)
{
	return view->bounds->known && mapping->vma.end <= view->bounds->start_brk &&
	       is_bss(view, before, mapping);
}

static enum vmspy_mapping_kind decide(const struct view *view, const struct vmspy_mapping *before,
				      const struct vmspy_mapping *mapping)
{
	const struct special *special = find_special(&mapping->vma);

	if (special && special->kind == VMSPY_KIND_HEAP &&
	    is_bss_called_heap(view, before, mapping))
		return VMSPY_KIND_BSS;
	if (special)
		return special->kind;
	if (is_anonymous(&mapping->vma))
		return anonymous_kind(view, before, mapping);
	return file_kind(view, &mapping->vma);
}

struct vmspy_error *vmspy_kinds_decide(struct vmspy_mapping *mapping, size_t count,
				       const struct vmspy_mm_bounds *bounds)
{
	VMSPY_AUTO(images_deinit) struct images images = { 0 };
	struct vmspy_error *err = images_collect(&images, mapping, count);
	struct view view;

	if (err)
		return err;
	view = (struct view){ bounds, find_main(mapping, count, bounds), &images };
	for (size_t i = 0; i < count; i++)
		if (mapping[i].kind != VMSPY_KIND_HUGETLB)
			mapping[i].kind = decide(&view, i ? &mapping[i - 1] : NULL, &mapping[i]);
	return NULL;
}

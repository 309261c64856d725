#include "inspect/notes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/human.h"
#include "inspect/note_words.h"
#include "inspect/occupants.h"
#include "space/arena.h"

#include "base/banned.h"

enum {
	REGIONS_MAX = 64,
	GUARD_BYTES_MAX = 1 << 20,  /* below a stack; more is a reservation that it lies in */
	STACK_BYTES_MAX = 64 << 20, /* that are searched for guards: more is a heap with stacks */
};

struct vmspy_notes {
	struct vmspy_space *space;
	const struct vmspy_layout *layout;
	struct vmspy_thread_list threads;
	struct vmspy_occupants_list occupants;
	char **text; /* one for each mapping, NULL: none; NULL: not written yet */
};

/* --- what is read while it stands still ---------------------------------------------------- */

static uint64_t guards_of(const struct vmspy_populated *populated)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < populated->count; i++)
		if (populated->region[i].categories & VMSPY_PAGE_IS_GUARD)
			bytes += populated->region[i].end - populated->region[i].start;
	return bytes;
}

/* Guard pages inside of a mapping: MADV_GUARD_INSTALL, which leaves the mapping whole. */
static struct vmspy_error *count_guards(const struct vmspy_notes *notes,
					struct vmspy_occupants *occupants)
{
	const struct vmspy_vma *vma = &notes->layout->mapping[occupants->mapping_index].vma;
	struct vmspy_page_region region[REGIONS_MAX];
	struct vmspy_populated populated = { .region = region, .room = REGIONS_MAX };
	struct vmspy_error *err;

	if (occupants->lowest == VMSPY_NO_THREAD || vma->end - vma->start > STACK_BYTES_MAX)
		return NULL;
	for (uint64_t at = vma->start; at < vma->end; at = populated.next) {
		err = vmspy_space_populated(notes->space, at, vma->end, &populated);
		if (err)
			return vmspy_error_unless_no_memory(err);
		occupants->guard_bytes += guards_of(&populated);
	}
	return NULL;
}

/* Unknown is no error here: what cannot be asked is not noted. */
static struct vmspy_error *look(struct vmspy_notes *notes)
{
	struct vmspy_error *err = vmspy_space_threads(notes->space, &notes->threads);

	if ((err = vmspy_error_unless_no_memory(err)) ||
	    (err = vmspy_occupants_find(notes->layout, &notes->threads, &notes->occupants)))
		return err;
	for (size_t i = 0; !err && i < notes->occupants.count; i++)
		err = count_guards(notes, &notes->occupants.occupants[i]);
	return err;
}

static void end_notes(struct vmspy_notes **notes)
{
	vmspy_notes_destroy(*notes);
}

struct vmspy_error *vmspy_notes_create(struct vmspy_space *space, struct vmspy_notes **ret)
{
	VMSPY_AUTO(end_notes) struct vmspy_notes *notes = calloc(1, sizeof(*notes));
	struct vmspy_error *err;

	if (!notes)
		return vmspy_error_no_memory();
	notes->space = space;
	notes->layout = vmspy_space_layout(space);
	if ((err = look(notes)))
		return err;
	*ret = notes;
	notes = NULL; /* the caller's now */
	return NULL;
}

/* --- whose it is --------------------------------------------------------------------------- */

static size_t told_of(const struct vmspy_occupants *occupants, size_t group)
{
	size_t count = occupants->group[group].count;

	return count < VMSPY_OCCUPANTS_TOLD ? count : VMSPY_OCCUPANTS_TOLD;
}

/* Only of those that are told, and of those who stand above a guard. */
static struct vmspy_error *name_threads(struct vmspy_notes *notes)
{
	VMSPY_AUTO(vmspy_guard_free)
	bool *wanted = calloc(notes->threads.count + 1, sizeof(*wanted));

	if (!wanted)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < notes->occupants.count; i++) {
		const struct vmspy_occupants *occupants = &notes->occupants.occupants[i];

		if (occupants->lowest != VMSPY_NO_THREAD)
			wanted[occupants->lowest] = true;
		for (size_t group = 0; group < VMSPY_OCCUPANCY_COUNT; group++)
			for (size_t j = 0; j < told_of(occupants, group); j++)
				wanted[occupants->group[group].first[j]] = true;
	}
	vmspy_space_name_threads(notes->space, wanted, &notes->threads);
	return NULL;
}

static struct vmspy_error *add_thread(struct vmspy_buf *note, const struct vmspy_thread *thread)
{
	struct vmspy_error *err = vmspy_buf_printf(note, "%d", (int)thread->tid);

	if (err || !thread->comm[0])
		return err;
	if ((err = vmspy_buf_append(note, " (", 2)) ||
	    (err = vmspy_escape_line(note, thread->comm, strlen(thread->comm))))
		return err;
	return vmspy_buf_append(note, ")", 1);
}

static const char *const group_words[VMSPY_OCCUPANCY_COUNT] = {
	[VMSPY_OCCUPANCY_STACK] = "stack of ",
	[VMSPY_OCCUPANCY_TLS] = "TLS of ",
	[VMSPY_OCCUPANCY_BOTH] = "stack and TLS of ",
};

static struct vmspy_error *add_group(struct vmspy_buf *note, const struct vmspy_notes *notes,
				     const struct vmspy_occupants *occupants, size_t group)
{
	size_t told = told_of(occupants, group), more = occupants->group[group].count - told;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < told; i++) {
		err = i ? vmspy_buf_append(note, ", ", 2)
			: vmspy_note_add(note, "%s", group_words[group]);
		if (!err)
			err = add_thread(note,
					 &notes->threads.thread[occupants->group[group].first[i]]);
	}
	return err || !more ? err : vmspy_buf_printf(note, " and %zu more", more);
}

static struct vmspy_error *add_occupants(struct vmspy_buf *note, const struct vmspy_notes *notes,
					 size_t index)
{
	const struct vmspy_occupants *occupants = vmspy_occupants_of(&notes->occupants, index);
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_error *err = NULL;

	if (!occupants)
		return NULL;
	for (size_t group = 0; !err && group < VMSPY_OCCUPANCY_COUNT; group++)
		err = add_group(note, notes, occupants, group);
	if (err || !occupants->guard_bytes)
		return err;
	vmspy_human_bytes(occupants->guard_bytes, size);
	return vmspy_note_add(note, "%s of guard pages", size);
}

/* ret: the mapping right behind one, NULL if there is none. */
static const struct vmspy_mapping *next_of(const struct vmspy_notes *notes, size_t index)
{
	const struct vmspy_mapping *mapping = &notes->layout->mapping[index];

	if (index + 1 == notes->layout->count || mapping[1].vma.start != mapping->vma.end)
		return NULL;
	return mapping + 1;
}

static struct vmspy_error *add_guard(struct vmspy_buf *note, const struct vmspy_notes *notes,
				     size_t index)
{
	const struct vmspy_mapping *mapping = &notes->layout->mapping[index];
	const struct vmspy_occupants *above =
		next_of(notes, index) ? vmspy_occupants_of(&notes->occupants, index + 1) : NULL;
	struct vmspy_error *err;

	if (mapping->kind != VMSPY_KIND_GUARD || !above || above->lowest == VMSPY_NO_THREAD ||
	    mapping->vma.end - mapping->vma.start > GUARD_BYTES_MAX)
		return NULL;
	err = vmspy_note_add(note, "guard of the stack of ");
	return err ? err : add_thread(note, &notes->threads.thread[above->lowest]);
}

/* --- what it is ---------------------------------------------------------------------------- */

static struct vmspy_error *add_memory(struct vmspy_buf *note, const struct vmspy_notes *notes,
				      size_t index)
{
	const struct vmspy_mapping *mapping = &notes->layout->mapping[index];

	if (mapping->kind == VMSPY_KIND_HEAP && mapping->vma.end == notes->layout->brk)
		return vmspy_note_add(note, "up to the program break");
	if (vmspy_mapping_is_arena(mapping, next_of(notes, index),
				   vmspy_layout_word_bytes(notes->layout)))
		return vmspy_note_add(note, "arena of malloc");
	return NULL;
}

/* What is looked up while notes are written. */
struct writing {
	const struct vmspy_notes *notes;
	const struct vmspy_smaps_list *smaps; /* NULL: not read */
	struct vmspy_space_perf_map perf_map;
	bool has_perf_map;            /* it was looked for */
	const struct vmspy_vma *file; /* that was looked at last */
	bool file_is_deleted;
};

/* ret: whether no name leads to the file any more: by its links, or else by the kernel's word. */
static struct vmspy_error *ask_file(const struct writing *writing,
				    const struct vmspy_mapping *mapping, bool *ret)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_error *err = vmspy_space_open_file(writing->notes->space, mapping, &fd);
	struct stat file;

	if (!err)
		*ret = !fstat(fd, &file) && !file.st_nlink;
	else
		*ret = vmspy_error_kind(err) == VMSPY_ERROR_GONE ||
		       vmspy_error_kind(err) == VMSPY_ERROR_NOT_PERMITTED;
	return vmspy_error_unless_no_memory(err);
}

/* The mappings of one file are neighbours: it is asked once. */
static struct vmspy_error *add_deleted(struct vmspy_buf *note, struct writing *writing,
				       const struct vmspy_mapping *mapping)
{
	struct vmspy_error *err;

	if (!vmspy_note_may_be_deleted(mapping))
		return NULL;
	if (!writing->file || !vmspy_vma_same_inode(writing->file, &mapping->vma)) {
		if ((err = ask_file(writing, mapping, &writing->file_is_deleted)))
			return err;
		writing->file = &mapping->vma;
	}
	return writing->file_is_deleted ? vmspy_note_add(note, "deleted") : NULL;
}

static struct vmspy_error *add_code(struct vmspy_buf *note, struct writing *writing,
				    const struct vmspy_mapping *mapping)
{
	const struct vmspy_perf_map *map = &writing->perf_map.map;
	struct vmspy_error *err;
	size_t first, count = 0;

	if (!mapping->vma.executable || mapping->kind == VMSPY_KIND_TEXT ||
	    mapping->kind == VMSPY_KIND_VDSO || mapping->kind == VMSPY_KIND_VSYSCALL)
		return NULL;
	if (!writing->has_perf_map &&
	    (err = vmspy_space_perf_map(writing->notes->space, &writing->perf_map)))
		return err;
	writing->has_perf_map = true;
	first = vmspy_perf_map_at(map, mapping->vma.start);
	while (first + count < map->count && map->entry[first + count].start < mapping->vma.end)
		count++;
	if (!count)
		return NULL;
	return vmspy_note_add(note, "%zu %s named by its perf map", count,
			      count == 1 ? "function" : "functions");
}

/* ret: NULL: not read. */
static const char *flags_of(const struct writing *writing, const struct vmspy_vma *vma)
{
	const struct vmspy_smaps *smaps =
		writing->smaps ? vmspy_smaps_find(writing->smaps, vma->start, vma->end) : NULL;

	return smaps ? vmspy_smaps_flags(writing->smaps, smaps) : NULL;
}

static struct vmspy_error *write_note(struct vmspy_buf *note, struct writing *writing, size_t index)
{
	const struct vmspy_notes *notes = writing->notes;
	const struct vmspy_mapping *mapping = &notes->layout->mapping[index];
	const struct vmspy_vma *vma = &mapping->vma;
	struct vmspy_error *err = NULL;

	/* First, for it is what nobody may overlook. */
	if (vma->writable && vma->executable)
		err = vmspy_note_add(note, "w+x");
	if (err || (err = add_occupants(note, notes, index)) ||
	    (err = add_guard(note, notes, index)) || (err = vmspy_note_origin(note, mapping)) ||
	    (err = add_memory(note, notes, index)) || (err = add_deleted(note, writing, mapping)) ||
	    (err = add_code(note, writing, mapping)))
		return err;
	return vmspy_note_userfaultfd(note, flags_of(writing, vma));
}

static struct vmspy_error *write_all(struct vmspy_notes *notes, struct writing *writing)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf note = { 0 };
	struct vmspy_error *err;

	for (size_t i = 0; i < notes->layout->count; i++) {
		note.length = 0;
		if ((err = write_note(&note, writing, i)))
			return err;
		if (note.length && !(notes->text[i] = strdup(vmspy_buf_text(&note))))
			return vmspy_error_no_memory();
	}
	return NULL;
}

struct vmspy_error *vmspy_notes_write(struct vmspy_notes *notes,
				      const struct vmspy_smaps_list *smaps)
{
	struct writing writing = { .notes = notes, .smaps = smaps };
	struct vmspy_error *err = name_threads(notes);

	if (err)
		return err;
	notes->text = calloc(notes->layout->count + 1, sizeof(*notes->text));
	if (!notes->text)
		return vmspy_error_no_memory();
	err = write_all(notes, &writing);
	vmspy_space_perf_map_deinit(&writing.perf_map);
	return err;
}

/* --- what came out ------------------------------------------------------------------------- */

const char *vmspy_notes_of(const struct vmspy_notes *notes, size_t mapping_index)
{
	return notes->text ? notes->text[mapping_index] : NULL;
}

bool vmspy_notes_are_refused(const struct vmspy_notes *notes)
{
	return notes->threads.refused;
}

void vmspy_notes_destroy(struct vmspy_notes *notes)
{
	if (!notes)
		return;
	for (size_t i = 0; notes->text && i < notes->layout->count; i++)
		free(notes->text[i]);
	free(notes->text);
	vmspy_occupants_list_deinit(&notes->occupants);
	vmspy_thread_list_deinit(&notes->threads);
	free(notes);
}

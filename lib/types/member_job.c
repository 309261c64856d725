#include "types/member_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "types/die.h"
#include "types/dwarf_file.h"
#include "types/dwarf_find.h"
#include "types/member_record.h"
#include "types/walk.h"

#include "base/banned.h"

/* The job while it is done. */
struct work {
	const struct vmspy_member_job *job;
	struct vmspy_walk *walk;
};

/*
 * What the variable is called: by its symbol, unless that is mangled, or was made up for something
 * that is known by another name, as "counter.0" of a function was.
 */
static struct vmspy_error *name_variable(const struct work *work,
					 const struct vmspy_dwarf_found *found)
{
	const char *symbol = work->job->query->symbol[found->index]->name;
	const char *demangled = work->job->names[found->index];
	const char *name = vmspy_die_name(found->variable);
	char scoped[VMSPY_TYPE_NAME_MAX];
	struct vmspy_error *err = NULL;

	work->walk->path.length = 0;
	if (demangled)
		return vmspy_walk_name(work->walk, demangled);
	if (!name || !strcmp(name, symbol))
		return vmspy_walk_name(work->walk, symbol);
	if (!found->function) {
		vmspy_type_scoped_name(&work->walk->namer, found->variable, scoped);
		return vmspy_walk_name(work->walk, scoped);
	}
	if (!(err = vmspy_walk_name(work->walk, found->function)) &&
	    !(err = vmspy_walk_name(work->walk, "::")))
		err = vmspy_walk_name(work->walk, name);
	return err;
}

static struct vmspy_error *walk_variable(const struct vmspy_dwarf_found *found, void *context)
{
	const struct work *work = context;
	const struct vmspy_symbol *symbol = work->job->query->symbol[found->index];
	struct vmspy_walk *walk = work->walk;
	struct vmspy_error *err;
	Dwarf_Die type;

	if (!vmspy_die_type(found->variable, &type))
		return NULL;
	walk->index = found->index;
	walk->start = symbol->start;
	walk->end = symbol->start + symbol->size_bytes;
	walk->namer.is_c = vmspy_type_unit_is_c(found->unit);
	err = name_variable(work, found);
	return err ? err : vmspy_walk_variable(walk, &type);
}

static int by_address(const void *x, const void *y)
{
	const struct vmspy_dwarf_wanted *a = x, *b = y;

	return (a->address > b->address) - (a->address < b->address);
}

static struct vmspy_error *list_wanted(const struct vmspy_member_job *job,
				       struct vmspy_dwarf_wanted **ret)
{
	struct vmspy_dwarf_wanted *wanted = calloc(job->count, sizeof(*wanted));

	if (!wanted)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < job->count; i++)
		wanted[i] = (struct vmspy_dwarf_wanted){
			.address = job->query->symbol[job->index[i]]->start - job->bias,
			.index = (uint32_t)job->index[i],
		};
	qsort(wanted, job->count, sizeof(*wanted), by_address);
	*ret = wanted;
	return NULL;
}

static struct vmspy_error *tell_no_dwarf(const struct vmspy_dwarf_file *file,
					 struct vmspy_apart_answer *answer)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf written = { 0 };
	const struct vmspy_record record = {
		.kind = VMSPY_RECORD_NO_DWARF,
		.path = file->build_id,
		.type = "",
	};
	struct vmspy_error *err = vmspy_record_write(&record, &written);

	return err ? err : vmspy_apart_add(answer, written.text, written.length);
}

static struct vmspy_error *search(const struct vmspy_member_job *job, struct vmspy_walk *walk,
				  const struct vmspy_dwarf_file *file)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_dwarf_wanted *wanted = NULL;
	struct work work = { .job = job, .walk = walk };
	struct vmspy_dwarf_search looked = {
		.file = file,
		.count = job->count,
		.found = walk_variable,
		.context = &work,
	};
	struct vmspy_error *err = list_wanted(job, &wanted);

	looked.wanted = wanted;
	if (!err)
		err = vmspy_dwarf_find(&looked);
	if (!err && looked.missing)
		err = vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					 "'%s' is missing, or is of somebody else", looked.missing);
	return err;
}

struct vmspy_error *vmspy_member_job_run(void *context, struct vmspy_apart_answer *answer)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_walk *walk = calloc(1, sizeof(*walk));
	const struct vmspy_member_job *job = context;
	struct vmspy_dwarf_file file;
	struct vmspy_error *err;

	if (!walk)
		return vmspy_error_no_memory();
	vmspy_dwarf_open(job->fd, job->object, job->fetched, &file);
	if (!file.dwarf)
		return tell_no_dwarf(&file, answer);
	walk->reader.bytes = &job->query->bytes;
	walk->answer = answer;
	walk->members_max = job->query->members_max;
	err = search(job, walk, &file);
	vmspy_buf_deinit(&walk->path);
	return err;
}

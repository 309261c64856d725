#include "types/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "kernel/host.h"
#include "symbol/apart.h"
#include "symbol/demangle.h"
#include "symbol/place.h"
#include "types/fetch.h"
#include "types/member_job.h"
#include "types/member_record.h"
#include "types/typed_fill.h"

#include "base/banned.h"

#define READING_NS       UINT64_C(1000000000)  /* all files together */
#define FETCHING_NS      UINT64_C(30000000000) /* all that servers are asked for, together */
#define MEMORY_BYTES     (UINT64_C(256) << 20)
#define MEMBER_BYTES     4096 /* of an answer: paths and types are rarely that long */
#define ANSWER_BYTES_MAX (UINT64_C(64) << 20)

/* A variable that lies in a file. */
struct located {
	size_t index; /* in the query */
	struct vmspy_place place;
};

/* A search while it is done. */
struct finding {
	const struct vmspy_members_query *query;
	struct vmspy_modules *modules;
	struct vmspy_typed_list *list;
	struct vmspy_filling filling;
	struct located *located;
	size_t located_count;
	char **names;    /* demangled, for each variable */
	size_t *indexes; /* of one file's variables */
	uint64_t reading_left_ns, fetching_left_ns;
	size_t note_room;
};

static void end_finding(struct finding *finding)
{
	for (size_t i = 0; finding->names && i < finding->query->count; i++)
		free(finding->names[i]);
	free(finding->names);
	free(finding->indexes);
	free(finding->located);
	vmspy_filling_deinit(&finding->filling);
}

static void end_typed(struct vmspy_typed *typed)
{
	for (size_t i = 0; i < typed->member_count; i++) {
		free(typed->member[i].path);
		free(typed->member[i].type);
	}
	free(typed->member);
	free(typed->name);
	free(typed->type);
}

void vmspy_typed_list_deinit(struct vmspy_typed_list *list)
{
	for (size_t i = 0; list->typed && i < list->count; i++)
		end_typed(&list->typed[i]);
	for (size_t i = 0; i < list->note_count; i++)
		free(list->note[i]);
	free(list->typed);
	free(list->note);
	*list = (struct vmspy_typed_list){ 0 };
}

/* --- one file ------------------------------------------------------------------------------ */

/* A file, its variables, and how the work went. */
struct file_job {
	struct finding *finding;
	struct vmspy_member_job job;
	bool found_any;
	char build_id[128]; /* of a file without DWARF; empty: it has some, or no build-id */
};

static bool is_of_job(const struct file_job *file, uint32_t index)
{
	for (size_t i = 0; i < file->job.count; i++)
		if (file->job.index[i] == index)
			return true;
	return false;
}

/* Only what a build-id is made of goes on to a server. */
static void take_build_id(struct file_job *file, const char *build_id)
{
	size_t length = strlen(build_id);

	if (length < sizeof(file->build_id) && strspn(build_id, "0123456789abcdef") == length)
		memcpy(file->build_id, build_id, length + 1);
}

static struct vmspy_error *take_answer(struct file_job *file, const struct vmspy_buf *answer)
{
	struct vmspy_error *err = NULL;
	struct vmspy_record record;
	size_t at = 0;

	while (!err && vmspy_record_read(answer, &at, &record)) {
		if (record.kind == VMSPY_RECORD_NO_DWARF) {
			take_build_id(file, record.path);
		} else if (is_of_job(file, record.index)) {
			file->found_any = true;
			err = vmspy_filling_take(&file->finding->filling, &record);
		}
	}
	return err;
}

static void spend(uint64_t *left_ns, uint64_t since_ns)
{
	uint64_t spent_ns = vmspy_host_now_ns() - since_ns;

	*left_ns = spent_ns < *left_ns ? *left_ns - spent_ns : 0;
}

/* ret_failed: why not all is known, the caller's; NULL. */
static struct vmspy_error *read_file(struct file_job *file, struct vmspy_error **ret_failed)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf answer = { 0 };
	struct finding *finding = file->finding;
	uint64_t begin_ns = vmspy_host_now_ns();
	uint64_t room =
		MEMBER_BYTES * (uint64_t)file->job.count * (finding->query->members_max + 1);
	const struct vmspy_apart_job job = {
		.work = vmspy_member_job_run,
		.context = &file->job,
		.time_ns = finding->reading_left_ns,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes = room < ANSWER_BYTES_MAX ? (size_t)room : ANSWER_BYTES_MAX,
	};

	file->build_id[0] = '\0';
	*ret_failed = vmspy_apart_run(&job, &answer);
	spend(&finding->reading_left_ns, begin_ns);
	return take_answer(file, &answer);
}

/* Ask servers for the DWARF that the file lacks, and read that. */
static struct vmspy_error *fetch_and_read(struct file_job *file, struct vmspy_error **ret_failed)
{
	VMSPY_AUTO(vmspy_guard_free) char *path = NULL;
	struct finding *finding = file->finding;
	uint64_t begin_ns = vmspy_host_now_ns();
	struct vmspy_error *err;

	*ret_failed = vmspy_fetch_debug_file(file->build_id, finding->fetching_left_ns, &path);
	spend(&finding->fetching_left_ns, begin_ns);
	/* What one file could not be got from, the others cannot either. */
	if (*ret_failed)
		finding->fetching_left_ns = 0;
	if (!path)
		return NULL;
	file->job.fetched = path;
	err = read_file(file, ret_failed);
	file->job.fetched = NULL;
	return err;
}

static struct vmspy_error *add_note(struct file_job *file, const struct vmspy_error *why)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct finding *finding = file->finding;
	struct vmspy_typed_list *list = finding->list;
	struct vmspy_error *err = vmspy_array_grow(&list->note, &finding->note_room,
						   list->note_count, sizeof(*list->note));

	if (!err)
		err = vmspy_buf_printf(&text, "types of '");
	if (!err)
		err = vmspy_escape_line(&text, file->job.object, strlen(file->job.object));
	if (!err)
		err = vmspy_buf_printf(&text, "' are not %sknown: %s",
				       file->found_any ? "all " : "", vmspy_error_message(why));
	if (!err)
		list->note[list->note_count++] = vmspy_buf_take(&text);
	return err;
}

/* failed: ended here. */
static struct vmspy_error *note_failure(struct file_job *file, struct vmspy_error *failed)
{
	struct vmspy_error *err;

	if (!failed)
		return NULL;
	err = add_note(file, failed);
	vmspy_error_destroy(failed);
	return err;
}

static struct vmspy_error *look_at_file(struct file_job *file, const struct vmspy_place *place)
{
	struct finding *finding = file->finding;
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_error *failed, *err;

	if (!finding->reading_left_ns)
		return note_failure(file,
				    vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
						       "reading those of others took too long"));
	if ((failed = vmspy_place_open(finding->modules, place, &fd)))
		return note_failure(file, failed);
	file->job.fd = fd;
	if ((err = read_file(file, &failed)))
		return err;
	if (!failed && file->build_id[0] && finding->fetching_left_ns &&
	    vmspy_fetch_is_configured())
		err = fetch_and_read(file, &failed);
	if (err) {
		vmspy_error_destroy(failed);
		return err;
	}
	return note_failure(file, failed);
}

/* --- all of them --------------------------------------------------------------------------- */

static bool is_one_file(const struct vmspy_place *x, const struct vmspy_place *y)
{
	return x->image == y->image && x->bias == y->bias;
}

/* All variables of the file that this one lies in; they are no longer looked for then. */
static struct vmspy_error *look_at_file_of(struct finding *finding, const struct located *first)
{
	const struct vmspy_place place = first->place;
	struct file_job file = {
		.finding = finding,
		.job = {
			.query = finding->query,
			.names = (const char *const *)finding->names,
			.index = finding->indexes,
			.bias = place.bias,
			.object = place.object ? place.object : "",
		},
	};

	for (size_t i = 0; i < finding->located_count; i++) {
		if (!is_one_file(&finding->located[i].place, &place))
			continue;
		finding->indexes[file.job.count++] = finding->located[i].index;
		finding->located[i].place.image = NULL;
	}
	return look_at_file(&file, &place);
}

static struct vmspy_error *locate(struct finding *finding)
{
	const struct vmspy_members_query *query = finding->query;

	for (size_t i = 0; i < query->count; i++) {
		struct located *located = &finding->located[finding->located_count];
		struct vmspy_error *err = vmspy_place_find(
			finding->modules, query->symbol[i]->start, &located->place);

		if (err)
			return err;
		located->index = i;
		finding->located_count += located->place.image != NULL;
	}
	return NULL;
}

static struct vmspy_error *demangle(struct finding *finding)
{
	const struct vmspy_members_query *query = finding->query;
	VMSPY_AUTO(vmspy_guard_free) const char **names = calloc(query->count, sizeof(*names));
	struct vmspy_error *err = NULL;

	if (!names)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < query->count; i++)
		names[i] = query->symbol[i]->name;
	if ((err = vmspy_demangle(names, query->count, finding->names)))
		return err;
	for (size_t i = 0; !err && i < query->count; i++) {
		char **name = &finding->list->typed[i].name;

		if (finding->names[i] && !(*name = strdup(finding->names[i])))
			err = vmspy_error_no_memory();
	}
	return err;
}

static struct vmspy_error *prepare(struct finding *finding)
{
	size_t count = finding->query->count;

	finding->located = calloc(count, sizeof(*finding->located));
	finding->names = calloc(count, sizeof(*finding->names));
	finding->indexes = calloc(count, sizeof(*finding->indexes));
	finding->filling.member_room = calloc(count, sizeof(*finding->filling.member_room));
	finding->list->typed = calloc(count, sizeof(*finding->list->typed));
	if (!finding->located || !finding->names || !finding->indexes ||
	    !finding->filling.member_room || !finding->list->typed)
		return vmspy_error_no_memory();
	finding->list->count = count;
	finding->filling.query = finding->query;
	finding->filling.list = finding->list;
	return NULL;
}

struct vmspy_error *vmspy_members_find(struct vmspy_modules *modules,
				       const struct vmspy_members_query *query,
				       struct vmspy_typed_list *ret)
{
	VMSPY_AUTO(vmspy_typed_list_deinit) struct vmspy_typed_list list = { 0 };
	VMSPY_AUTO(end_finding)
	struct finding finding = {
		.query = query,
		.modules = modules,
		.list = &list,
		.reading_left_ns = READING_NS,
		.fetching_left_ns = FETCHING_NS,
	};
	struct vmspy_error *err = NULL;

	if (query->count &&
	    ((err = prepare(&finding)) || (err = demangle(&finding)) || (err = locate(&finding))))
		return err;
	for (size_t i = 0; !err && i < finding.located_count; i++)
		if (finding.located[i].place.image)
			err = look_at_file_of(&finding, &finding.located[i]);
	if (!err && query->count)
		err = vmspy_filling_finish(&finding.filling, modules);
	if (err)
		return err;
	*ret = list;
	list = (struct vmspy_typed_list){ 0 }; /* the caller owns it now */
	return NULL;
}

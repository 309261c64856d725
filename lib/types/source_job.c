#include "types/source_job.h"

#include <elfutils/libdwfl.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/place.h"
#include "symbol/session.h"
#include "symbol/spot.h"
#include "types/dwarf_file.h"
#include "types/dwarf_find.h"

#include "base/banned.h"

/* An address while its line is looked for. */
struct line_work {
	const struct vmspy_source_job *job;
	struct vmspy_apart_answer *answer;
	size_t index;
};

static void guard_session(struct vmspy_session **session)
{
	vmspy_session_destroy(*session);
}

static struct vmspy_error *tell(const struct line_work *work, const char *file, int line)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf written = { 0 };
	size_t length = file ? strnlen(file, VMSPY_SOURCE_FILE_MAX) : 0;
	struct vmspy_source_record record = {
		.index = work->index,
		.line = line > 0 ? (uint32_t)line : 0,
		.file_bytes = (uint32_t)length,
	};
	struct vmspy_error *err;

	if (!length || length == VMSPY_SOURCE_FILE_MAX)
		return NULL;
	if ((err = vmspy_buf_append(&written, &record, sizeof(record))) ||
	    (err = vmspy_buf_append(&written, file, length)))
		return err;
	return vmspy_apart_add(work->answer, written.text, written.length);
}

/* --- variables: the line that declares them ------------------------------------------------ */

static struct vmspy_error *tell_declaration(const struct vmspy_dwarf_found *found, void *context)
{
	const struct line_work *work = context;
	const char *file = dwarf_decl_file(found->variable);
	int line = 0;

	if (!file || dwarf_decl_line(found->variable, &line))
		return NULL;
	return tell(work, file, line);
}

/* start: of the variable, in the file's own numbering. */
static struct vmspy_error *search_dwarf(struct line_work *work, const struct vmspy_place *place,
					uint64_t start)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_dwarf_wanted wanted = { .address = start };
	struct vmspy_dwarf_file file;
	struct vmspy_dwarf_search search = {
		.file = &file,
		.wanted = &wanted,
		.count = 1,
		.found = tell_declaration,
		.context = work,
	};
	struct vmspy_error *err = vmspy_place_open(work->job->modules, place, &fd);

	if (err)
		return err;
	vmspy_dwarf_open(fd, place->object ? place->object : "", NULL, &file);
	return file.dwarf ? vmspy_dwarf_find(&search) : NULL;
}

static struct vmspy_error *look_at_variable(struct line_work *work, const struct vmspy_spot *spot)
{
	struct vmspy_place place;
	struct vmspy_error *err = vmspy_place_find(work->job->modules, spot->symbol_start, &place);

	if (err || !place.image)
		return err;
	return search_dwarf(work, &place, spot->symbol_start - place.bias);
}

/* --- code: the line table ------------------------------------------------------------------ */

/* libdwfl asks .debug_aranges which unit an address is of, and clang writes none. */
static const char *search_units(Dwfl_Module *module, uint64_t address, int *ret_line)
{
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	while ((unit = dwfl_module_nextcu(module, unit, &bias))) {
		Dwarf_Line *found = NULL;

		if (dwarf_haspc(unit, address - bias) > 0)
			found = dwarf_getsrc_die(unit, address - bias);
		if (found && !dwarf_lineno(found, ret_line))
			return dwarf_linesrc(found, NULL, NULL);
	}
	return NULL;
}

static struct vmspy_error *look_at_code(struct line_work *work, Dwfl *dwfl)
{
	uint64_t address = work->job->addresses[work->index];
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	Dwfl_Line *found = module ? dwfl_module_getsrc(module, address) : NULL;
	const char *file = NULL;
	int line = 0;

	if (found)
		file = dwfl_lineinfo(found, NULL, &line, NULL, NULL, NULL);
	else if (module)
		file = search_units(module, address, &line);
	return tell(work, file, line);
}

static struct vmspy_error *look_at(struct line_work *work, Dwfl *dwfl)
{
	VMSPY_AUTO(vmspy_spot_deinit) struct vmspy_spot spot = { 0 };
	struct vmspy_error *err =
		vmspy_spot_find(work->job->modules, work->job->addresses[work->index], &spot);

	if (err)
		return err;
	if (spot.is_function || !spot.symbol)
		return look_at_code(work, dwfl);
	/* A file that cannot be opened or read has no lines. */
	return vmspy_error_unless_no_memory(look_at_variable(work, &spot));
}

struct vmspy_error *vmspy_source_job_run(void *context, struct vmspy_apart_answer *answer)
{
	const struct vmspy_source_job *job = context;
	VMSPY_AUTO(guard_session) struct vmspy_session *session = NULL;
	struct line_work work = { .job = job, .answer = answer };
	struct vmspy_error *err = vmspy_session_create(vmspy_modules_space(job->modules), &session);

	for (; !err && work.index < job->count; work.index++)
		err = look_at(&work, vmspy_session_dwfl(session));
	return err;
}

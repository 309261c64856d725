#include "types/source_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "symbol/apart.h"
#include "types/source_job.h"

#include "base/banned.h"

#define READING_NS   UINT64_C(1000000000) /* all addresses together */
#define MEMORY_BYTES (UINT64_C(256) << 20)

void vmspy_source_line_deinit(struct vmspy_source_line *line)
{
	free(line->file);
	*line = (struct vmspy_source_line){ 0 };
}

/* ret: false: there is none, or what stands there is none. */
static bool take_record(const struct vmspy_buf *answer, size_t *at, struct vmspy_source_record *ret,
			const char **ret_file)
{
	size_t left = answer->length - *at;

	if (left < sizeof(*ret))
		return false;
	memcpy(ret, answer->text + *at, sizeof(*ret));
	if (ret->file_bytes > left - sizeof(*ret) || ret->file_bytes >= VMSPY_SOURCE_FILE_MAX)
		return false;
	*ret_file = answer->text + *at + sizeof(*ret);
	*at += sizeof(*ret) + ret->file_bytes;
	return true;
}

static struct vmspy_error *take_answer(const struct vmspy_buf *answer, size_t count,
				       struct vmspy_source_line *lines)
{
	struct vmspy_source_record record;
	const char *file;
	size_t at = 0;

	while (take_record(answer, &at, &record, &file)) {
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
		struct vmspy_error *err;

		if (record.index >= count || lines[record.index].file)
			continue;
		if ((err = vmspy_escape_line(&text, file, record.file_bytes)))
			return err;
		lines[record.index] = (struct vmspy_source_line){
			.file = vmspy_buf_take(&text),
			.line = record.line,
		};
	}
	return NULL;
}

struct vmspy_error *vmspy_source_lines_find(struct vmspy_modules *modules,
					    const uint64_t *addresses, size_t count,
					    struct vmspy_source_line *lines)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf answer = { 0 };
	struct vmspy_source_job context = { modules, addresses, count };
	const struct vmspy_apart_job job = {
		.work = vmspy_source_job_run,
		.context = &context,
		.time_ns = READING_NS,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes =
			count * (sizeof(struct vmspy_source_record) + VMSPY_SOURCE_FILE_MAX),
	};
	struct vmspy_error *err;

	for (size_t i = 0; i < count; i++)
		lines[i] = (struct vmspy_source_line){ 0 };
	if (!count)
		return NULL;
	if ((err = vmspy_error_unless_no_memory(vmspy_apart_run(&job, &answer))))
		return err;
	if ((err = take_answer(&answer, count, lines)))
		for (size_t i = 0; i < count; i++)
			vmspy_source_line_deinit(&lines[i]);
	return err;
}

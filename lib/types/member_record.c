#include "types/member_record.h"

#include <string.h>

#include "base/banned.h"

struct vmspy_error *vmspy_record_write(const struct vmspy_record *record, struct vmspy_buf *buf)
{
	size_t path_bytes = strlen(record->path) + 1, type_bytes = strlen(record->type) + 1;
	struct vmspy_record written = *record;
	struct vmspy_error *err;

	written.bytes = (uint32_t)(sizeof(written) + path_bytes + type_bytes);
	written.path = written.type = NULL;
	if ((err = vmspy_buf_append(buf, &written, sizeof(written))) ||
	    (err = vmspy_buf_append(buf, record->path, path_bytes)))
		return err;
	return vmspy_buf_append(buf, record->type, type_bytes);
}

/* ret: whether a text ends before `end`; *at is moved behind it. */
static bool take_text(const char **at, const char *end, const char **ret)
{
	const char *nul = memchr(*at, '\0', (size_t)(end - *at));

	if (!nul)
		return false;
	*ret = *at;
	*at = nul + 1;
	return true;
}

/* A bool of another's making may hold any byte. */
static void settle(bool *flag)
{
	unsigned char byte;

	memcpy(&byte, flag, sizeof(byte));
	*flag = byte != 0;
}

static void settle_value(struct vmspy_value *value)
{
	settle(&value->known);
	settle(&value->truncated);
	value->hex[sizeof(value->hex) - 1] = '\0';
	value->text[sizeof(value->text) - 1] = '\0';
	value->excerpt[sizeof(value->excerpt) - 1] = '\0';
}

bool vmspy_record_read(const struct vmspy_buf *buf, size_t *at, struct vmspy_record *ret)
{
	const char *text, *end;

	if (buf->length - *at < sizeof(*ret))
		return false;
	memcpy(ret, buf->text + *at, sizeof(*ret));
	if (ret->bytes < sizeof(*ret) || ret->bytes > buf->length - *at)
		return false;
	text = buf->text + *at + sizeof(*ret);
	end = buf->text + *at + ret->bytes;
	if ((unsigned)ret->kind > VMSPY_RECORD_NO_DWARF || !take_text(&text, end, &ret->path) ||
	    !take_text(&text, end, &ret->type))
		return false;
	settle(&ret->in_union);
	settle(&ret->is_pointer);
	settle_value(&ret->value_a);
	settle_value(&ret->value_b);
	*at += ret->bytes;
	return true;
}

#include "space/lists.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/banned.h"

enum {
	SMAPS_PIECE_BYTES = 64 * 1024,
	LIST_ATTEMPTS = 10,
};

/*
 * Whether a list of mappings is worth another reading: one that a running process merges with those
 * before it, while the kernel is between two lines, is told again from its new start.
 * err:  forgotten if so.
 */
static bool is_torn(struct vmspy_error **err, int attempts)
{
	if (!*err || vmspy_error_kind(*err) != VMSPY_ERROR_BAD_DATA || attempts >= LIST_ATTEMPTS)
		return false;
	vmspy_error_destroy(*err);
	*err = NULL;
	return true;
}

static struct vmspy_error *try_vmas(const struct vmspy_process *process, struct vmspy_vma_list *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_process_read(process, "maps", &text);

	if (err)
		return err;
	/* The last thread that had it has left, or the reader has ended: maps reads 0 bytes then. */
	if (!text.length)
		return vmspy_error_create(VMSPY_ERROR_GONE,
					  "cannot read 'maps' of '%d': its address space is gone",
					  process->pid);
	return vmspy_maps_parse(text.text, text.length, ret);
}

struct vmspy_error *vmspy_vmas_read(const struct vmspy_process *process, struct vmspy_vma_list *ret)
{
	struct vmspy_error *err;
	int attempts = 0;

	do
		err = try_vmas(process, ret);
	while (is_torn(&err, ++attempts));
	return err;
}

/* Feed what the buffer holds, and keep what is not a complete line yet. */
static struct vmspy_error *feed_smaps(struct vmspy_smaps_list *list, struct vmspy_buf *text)
{
	size_t used;
	struct vmspy_error *err = vmspy_smaps_feed(list, text->text, text->length, &used);

	if (err)
		return err;
	memmove(text->text, text->text + used, text->length - used);
	text->length -= used;
	return NULL;
}

static struct vmspy_error *try_smaps(const struct vmspy_process *process,
				     struct vmspy_smaps_list *ret)
{
	VMSPY_AUTO(vmspy_smaps_list_deinit) struct vmspy_smaps_list list = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	VMSPY_AUTO(vmspy_guard_close) int smaps_fd = -1;
	struct vmspy_error *err;
	ssize_t got;

	if ((err = vmspy_process_open(process, "smaps", &smaps_fd)))
		return err;
	do {
		if ((err = vmspy_buf_reserve(&text, SMAPS_PIECE_BYTES)))
			return err;
		got = read(smaps_fd, text.text + text.length, SMAPS_PIECE_BYTES);
		if (got < 0 && errno != EINTR)
			return vmspy_error_system(errno, "cannot read 'smaps' of '%d'",
						  process->pid);
		text.length += got > 0 ? (size_t)got : 0;
		if (got > 0 && (err = feed_smaps(&list, &text)))
			return err;
	} while (got);
	*ret = list;
	list = (struct vmspy_smaps_list){ 0 }; /* the caller's now */
	return NULL;
}

struct vmspy_error *vmspy_smaps_read(const struct vmspy_process *process,
				     struct vmspy_smaps_list *ret)
{
	struct vmspy_error *err;
	int attempts = 0;

	do
		err = try_smaps(process, ret);
	while (is_torn(&err, ++attempts));
	return err;
}

#include "maps_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/path.h"
#include "render/grid.h"

#include "base/banned.h"

#define THREE_GIB UINT64_C(0xc0000000)

/* How one block of a sort is called, and several that were put together. */
static const struct {
	const char *one;
	const char *several; /* NULL: it is called the same */
	bool is_named;       /* one is called by its name, if it has one */
} titles[VMSPY_BLOCK_TYPE_COUNT] = {
	[VMSPY_BLOCK_CODE] = { "code (text)", NULL, false },
	[VMSPY_BLOCK_RODATA] = { "read-only data", NULL, false },
	[VMSPY_BLOCK_DATA] = { "data", NULL, false },
	[VMSPY_BLOCK_BSS] = { "bss (begins as zero)", NULL, false },
	[VMSPY_BLOCK_HEAP] = { "heap", NULL, false },
	[VMSPY_BLOCK_STACK] = { "stack", NULL, false },
	[VMSPY_BLOCK_VECTORS] = { "argc, argv[], envp[], auxv[]", NULL, false },
	[VMSPY_BLOCK_ARGUMENTS] = { "arguments", NULL, false },
	[VMSPY_BLOCK_ENVIRONMENT] = { "environment", NULL, false },
	[VMSPY_BLOCK_EXECFN] = { "name given to exec()", NULL, false },
	[VMSPY_BLOCK_OBJECT] = { "library", "files", true },
	[VMSPY_BLOCK_FILE] = { "file", "files", true },
	[VMSPY_BLOCK_FILES] = { "files", "files", false },
	[VMSPY_BLOCK_ANON] = { "anonymous", "anonymous mappings", true },
	[VMSPY_BLOCK_THREAD_STACK] = { "thread stack", "thread stacks", false },
	[VMSPY_BLOCK_GUARD] = { "reserved, no access", "reserved ranges, no access", true },
	[VMSPY_BLOCK_SHMEM] = { "shared memory", "pieces of shared memory", true },
	[VMSPY_BLOCK_SYSV] = { "System V shared memory", "System V segments", true },
	[VMSPY_BLOCK_HUGETLB] = { "huge pages", "mappings of huge pages", true },
	[VMSPY_BLOCK_DEVICE] = { "device", "mappings of devices", true },
	[VMSPY_BLOCK_JIT] = { "code made at run time", "pieces of code made at run time", true },
	[VMSPY_BLOCK_VDSO] = { "[vdso] code of the kernel", NULL, false },
	[VMSPY_BLOCK_VVAR] = { "[vvar] data of the kernel", NULL, false },
	[VMSPY_BLOCK_VSYSCALL] = { "[vsyscall]", NULL, false },
	[VMSPY_BLOCK_MAPPINGS] = { "mappings", "mappings", false },
	[VMSPY_BLOCK_GAP] = { "... not mapped ...", NULL, false },
	[VMSPY_BLOCK_WIDE] = { "... only if mmap() is asked to ...", NULL, false },
	[VMSPY_BLOCK_LOWEST] = { "never mapped: for NULL pointers", NULL, false },
	[VMSPY_BLOCK_BEYOND] = { "never mapped", NULL, false },
	[VMSPY_BLOCK_HOLE] = { "no such addresses (non-canonical)", NULL, false },
	[VMSPY_BLOCK_KERNEL] = { "kernel", NULL, false },
};

size_t words_width(const char *text, size_t bytes)
{
	char *part = strndup(text, bytes);
	size_t width = part ? grid_text_width(part) : bytes;

	free(part);
	return width;
}

/* --- titles -------------------------------------------------------------------------------- */

/* Append the path, its last part, or what of that fits: the end says more than the beginning. */
static struct vmspy_error *append_path(struct vmspy_buf *buf, const char *path, size_t length,
				       size_t columns)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf escaped = { 0 };
	struct vmspy_error *err = vmspy_escape_line(&escaped, path, length);
	const char *dots = grid_ellipsis(), *text;
	size_t dots_width = grid_text_width(dots);

	if (err)
		return err;
	text = vmspy_buf_text(&escaped);
	if (grid_text_width(text) > columns)
		text = vmspy_path_last(text);
	if (grid_text_width(text) <= columns)
		return vmspy_buf_printf(buf, "%s", text);
	if (columns <= dots_width)
		return NULL;
	return vmspy_buf_printf(buf, "%s%s", dots,
				text + grid_text_suffix(text, columns - dots_width));
}

static struct vmspy_error *append_several(const struct vmspy_block *block, size_t columns,
					  struct vmspy_buf *buf)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf count = { 0 };
	char number[VMSPY_HUMAN_MAX];
	size_t width;
	struct vmspy_error *err;

	vmspy_human_count(block->type == VMSPY_BLOCK_MAPPINGS ? block->mapping_count
							      : block->part_count,
			  number);
	if ((err = vmspy_buf_printf(&count, "%s %s", number, titles[block->type].several)) ||
	    (err = vmspy_buf_printf(buf, "%s", vmspy_buf_text(&count))))
		return err;
	width = grid_text_width(vmspy_buf_text(&count)) + strlen(" ()");
	if (!block->name || block->name[0] != '/' || !block->name_length || width + 4 > columns)
		return NULL;
	if ((err = vmspy_buf_printf(buf, " (")) ||
	    (err = append_path(buf, block->name, block->name_length, columns - width)))
		return err;
	return vmspy_buf_printf(buf, ")");
}

/* What is said of a block whose title alone says too little. */
static const char *remark_on(const struct vmspy_block *block,
			     const struct vmspy_address_shape *shape)
{
	bool is_far = shape->pointer_bits == 32 && shape->kernel_start >> 32;

	switch ((int)block->type) {
	case VMSPY_BLOCK_KERNEL:
		return is_far ? ": not in these 4 GiB" : ": the same in every process";
	case VMSPY_BLOCK_HOLE:
		return is_far ? NULL : "";
	case VMSPY_BLOCK_BEYOND:
		return block->start == THREE_GIB ? ": ADDR_LIMIT_3GB" : "";
	case VMSPY_BLOCK_DATA:
		return block->mapping->vma.writable ? "" : ", read-only by now (RELRO)";
	default:
		return "";
	}
}

static struct vmspy_error *append_title(const struct vmspy_block *block,
					const struct vmspy_address_shape *shape,
					const struct words_style *style, struct vmspy_buf *buf)
{
	const char *remark = remark_on(block, shape);

	if (block->part_count > 1 && titles[block->type].several)
		return append_several(block, style->columns, buf);
	if (titles[block->type].is_named && block->name)
		return append_path(buf, block->name, block->name_length, style->columns);
	if (block->type == VMSPY_BLOCK_HEAP)
		return vmspy_buf_printf(buf, "heap %s grows up", style->up);
	if (block->type == VMSPY_BLOCK_STACK)
		return vmspy_buf_printf(buf, "stack %s grows down", style->down);
	if (!remark)
		return vmspy_buf_printf(buf, "addresses beyond 32 bits");
	return vmspy_buf_printf(buf, "%s%s", titles[block->type].one, remark);
}

/* --- parts --------------------------------------------------------------------------------- */

/* ret: the kind with the most bytes, below those of the last one; VMSPY_KIND_COUNT: none is left. */
static size_t next_kind(const struct vmspy_block *block, size_t last)
{
	size_t found = VMSPY_KIND_COUNT;

	for (size_t i = 0; i < VMSPY_KIND_COUNT; i++) {
		uint64_t bytes = block->kind_bytes[i];
		bool is_left = last == VMSPY_KIND_COUNT || bytes < block->kind_bytes[last] ||
			       (bytes == block->kind_bytes[last] && i > last);

		if (bytes && is_left &&
		    (found == VMSPY_KIND_COUNT || bytes > block->kind_bytes[found]))
			found = i;
	}
	return found;
}

struct vmspy_error *words_of_parts(const struct vmspy_block *block, size_t columns,
				   struct vmspy_buf *ret)
{
	bool has_parts = block->part_count > 1 || block->type == VMSPY_BLOCK_OBJECT;
	struct vmspy_error *err = NULL;
	size_t used = 0;

	for (size_t kind = next_kind(block, VMSPY_KIND_COUNT);
	     has_parts && !err && kind < VMSPY_KIND_COUNT; kind = next_kind(block, kind)) {
		VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf part = { 0 };
		char size[VMSPY_HUMAN_MAX];

		vmspy_human_bytes(block->kind_bytes[kind], size);
		err = vmspy_buf_printf(&part, "%s%s %s", used ? ", " : "",
				       vmspy_mapping_kind_name((enum vmspy_mapping_kind)kind),
				       size);
		used += part.length;
		if (err || used > columns)
			break;
		err = vmspy_buf_append(ret, vmspy_buf_text(&part), part.length);
	}
	return err;
}

struct vmspy_error *words_of_block(const struct vmspy_block *block,
				   const struct vmspy_address_shape *shape,
				   const struct words_style *style, struct vmspy_buf *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf parts = { 0 };
	bool has_name = titles[block->type].is_named && block->name;
	struct vmspy_error *err = append_title(block, shape, style, ret);
	size_t used;

	if (err)
		return err;
	if (block->part_count == 1 && !has_name &&
	    grid_text_width(vmspy_buf_text(ret)) > style->columns) {
		vmspy_buf_deinit(ret);
		return vmspy_buf_printf(ret, "%s", vmspy_block_type_name(block->type));
	}
	if (!style->with_parts)
		return NULL;
	used = grid_text_width(vmspy_buf_text(ret)) + 2;
	if (used >= style->columns ||
	    (err = words_of_parts(block, style->columns - used, &parts)) || !parts.length)
		return err;
	return vmspy_buf_printf(ret, "  %s", vmspy_buf_text(&parts));
}

/* --- areas --------------------------------------------------------------------------------- */

struct vmspy_error *words_of_area(const struct vmspy_block *block, const struct picture *picture,
				  bool is_user_end, struct vmspy_buf *ret)
{
	static const char *const names[VMSPY_AREA_SORTS] = {
		[VMSPY_AREA_NONE] = "",
		[VMSPY_AREA_PROGRAM] = "program",
		[VMSPY_AREA_HEAP] = "heap: malloc(), brk()",
		[VMSPY_AREA_MAPPED] = "memory mappings",
		[VMSPY_AREA_STACK] = "main stack",
		[VMSPY_AREA_BEYOND] = "",
		[VMSPY_AREA_KERNEL] = "kernel space",
	};
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_error *err = NULL;

	if (is_user_end) {
		vmspy_human_size(picture->shape->user_end, size);
		err = vmspy_buf_printf(ret, "user space: %s%s", size,
				       *names[block->area] ? "; " : "");
	}
	if (!err)
		err = vmspy_buf_printf(ret, "%s", names[block->area]);
	if (err || block->area != VMSPY_AREA_PROGRAM)
		return err;
	if ((err = vmspy_buf_printf(ret, ": ")))
		return err;
	return vmspy_escape_line(ret, picture->comm, strlen(picture->comm));
}

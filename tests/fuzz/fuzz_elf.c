#include <sys/mman.h>
#include <unistd.h>

#include "space/ops.h"
#include "symbol/elf.h"
#include "symbol/lookup.h"

#include "fuzz.h"

#define PAGE_BYTES UINT64_C(4096)
#define BIAS       UINT64_C(0x7f0000000000) /* where a file that can be anywhere is put */
#define LOADS_MAX  8
#define STEPS_MAX  64

/* A space in which one file is mapped as a loader would, with a bss behind, and once as data. */
struct made_up {
	struct vmspy_space space;
	struct vmspy_mapping mapping[2 * LOADS_MAX + 1];
	int fd;
};

static struct vmspy_error *open_file(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				     int *ret_fd)
{
	(void)mapping;
	*ret_fd = dup(((struct made_up *)space)->fd);
	promise(*ret_fd >= 0);
	return NULL;
}

static void close_space(struct vmspy_space *space)
{
	close(((struct made_up *)space)->fd);
}

static const struct vmspy_space_ops ops = { .open_file = open_file, .close = close_space };
static const struct vmspy_host host = { .page_bytes = PAGE_BYTES };

static int file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	promise(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	return fd;
}

static uint64_t page_up(uint64_t address)
{
	return (address + PAGE_BYTES - 1) & -PAGE_BYTES;
}

static void add_mapping(struct made_up *made_up, const struct vmspy_vma *vma)
{
	struct vmspy_layout *layout = &made_up->space.layout;

	if (vma->start >= vma->end ||
	    (layout->count && layout->mapping[layout->count - 1].vma.end > vma->start))
		return;
	layout->mapping[layout->count++].vma = *vma;
}

static void add_load(struct made_up *made_up, const struct vmspy_elf_load *load, uint64_t bias)
{
	uint64_t start = (load->start + bias) & -PAGE_BYTES;
	uint64_t file_end = page_up(load->start + load->file_bytes + bias);
	uint64_t end = page_up(load->start + load->memory_bytes + bias);

	add_mapping(made_up, &(struct vmspy_vma){
				     .start = start,
				     .end = file_end,
				     .offset_bytes = load->offset_bytes & -PAGE_BYTES,
				     .inode = 7,
				     .executable = load->executable,
				     .name = "/fuzz",
			     });
	add_mapping(made_up, &(struct vmspy_vma){ .start = file_end, .end = end });
}

static void lay_out(struct made_up *made_up)
{
	struct vmspy_elf elf = { 0 };

	made_up->space.layout.mapping = made_up->mapping;
	if (!fuzz_succeeded(vmspy_elf_read(made_up->fd, &elf)))
		return;
	for (size_t i = 0; i < elf.count && i < LOADS_MAX; i++)
		add_load(made_up, &elf.load[i], elf.is_fixed ? 0 : BIAS);
	add_mapping(made_up, &(struct vmspy_vma){
				     .start = UINT64_MAX - 16 * PAGE_BYTES + 1,
				     .end = UINT64_MAX - PAGE_BYTES + 1,
				     .inode = 7,
				     .name = "/fuzz",
			     });
	vmspy_elf_deinit(&elf);
}

/* What symbol/lookup.h promises. */
static void ask(struct vmspy_modules *modules, uint64_t start, uint64_t end)
{
	struct vmspy_symbol_list list = { 0 };
	uint64_t covered = 0;

	promise_ok(vmspy_symbols_in(modules, start, end, &list));
	for (size_t i = 0; i < list.count; i++) {
		const struct vmspy_symbol *row = &list.symbol[i];
		uint64_t row_end = row->start + row->size_bytes;

		promise(row->start < row_end && row->start < end && row_end > start);
		promise(!i || list.symbol[i - 1].start <= row->start);
		promise(row->name || (row->section && row->start >= covered));
		promise(row->object && (!row->name || strlen(row->name)));
		if (row_end > covered)
			covered = row_end;
	}
	vmspy_symbol_list_deinit(&list);
}

static void ask_all(struct made_up *made_up)
{
	const struct vmspy_layout *layout = &made_up->space.layout;
	struct vmspy_modules *modules;
	const char *reason;

	promise_ok(vmspy_modules_create(&made_up->space, &modules));
	for (size_t i = 0; i < layout->count; i++) {
		const struct vmspy_vma *vma = &layout->mapping[i].vma;
		uint64_t at = vma->start;

		ask(modules, vma->start, vma->end);
		for (int step = 0; step < STEPS_MAX && at < vma->end; step++, at += PAGE_BYTES)
			ask(modules, at + (uint64_t)step, at + PAGE_BYTES);
	}
	promise(!!vmspy_modules_failed(modules, &reason) == !!reason);
	vmspy_modules_destroy(modules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct made_up made_up = { .fd = file_of(data, size) };

	vmspy_space_init(&made_up.space, &ops, &host);
	lay_out(&made_up);
	ask_all(&made_up);
	vmspy_space_close(&made_up.space);
	return 0;
}

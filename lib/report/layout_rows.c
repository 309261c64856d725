#include "report/layout_rows.h"

#include "base/banned.h"

#define AT(member) offsetof(struct vmspy_address_space_row, member)

const struct vmspy_column vmspy_address_space_columns[] = {
	{ "POINTER-BITS", "pointer_bits", "width of an address of the program", VMSPY_UNIT_ID,
	  VMSPY_SHOW, 0, AT(pointer_bits) },
	{ "LEVELS", "page_table_levels", "levels of page tables", VMSPY_UNIT_ID, VMSPY_SHOW, 0,
	  AT(page_table_levels) },
	{ "USER-END", "user_end", "first byte that no process can map", VMSPY_UNIT_ADDRESS,
	  VMSPY_SHOW, 0, AT(user_end) },
	{ "KERNEL-START", "kernel_start", "where the kernel begins", VMSPY_UNIT_ADDRESS, VMSPY_SHOW,
	  0, AT(kernel_start) },
	{ "MMAP-MIN-ADDR", "mmap_min_addr", "lowest address that can be mapped", VMSPY_UNIT_ADDRESS,
	  VMSPY_SHOW, 0, AT(mmap_min_addr) },
	{ "MMAP", "mmap_direction", "from where mmap() gives addresses out", VMSPY_UNIT_WORD,
	  VMSPY_SHOW, 0, AT(mmap_direction) },
	{ "PIE", "pie", "whether the program can be loaded anywhere", VMSPY_UNIT_BOOL, VMSPY_SHOW,
	  0, AT(is_pie) },
	{ "RANDOMIZE", "randomize_va_space", "what the machine places at random", VMSPY_UNIT_ID,
	  VMSPY_SHOW, 0, AT(randomize_va_space) },
	{ "PERSONALITY", "personality", "personality of the process", VMSPY_UNIT_OFFSET, VMSPY_SHOW,
	  0, AT(personality) },
	{ "FLAGS", "personality_flags", "the same in words", VMSPY_UNIT_WORDS, VMSPY_SHOW, 0,
	  AT(personality_flags) },
	{ 0 },
};

#undef AT

static uint64_t unless_zero(uint64_t number)
{
	return number ? number : VMSPY_UNKNOWN;
}

static uint64_t number_of(struct vmspy_setting setting)
{
	return setting.known ? setting.value : VMSPY_UNKNOWN;
}

static const char *direction_name(enum vmspy_mmap_direction direction)
{
	static const char *const names[] = {
		[VMSPY_MMAP_DOWN] = "down",
		[VMSPY_MMAP_UP] = "up",
	};

	return names[direction];
}

void vmspy_address_space_row_fill(const struct vmspy_address_facts *facts,
				  const struct vmspy_address_shape *shape,
				  const struct vmspy_host *host,
				  struct vmspy_address_space_row *row)
{
	*row = (struct vmspy_address_space_row){
		.pointer_bits = unless_zero(shape->pointer_bits),
		.page_table_levels = unless_zero(host->page_table_levels),
		.user_end = unless_zero(shape->user_end),
		.kernel_start = unless_zero(shape->kernel_start),
		.mmap_min_addr = number_of(facts->mmap_min_addr),
		.mmap_direction = direction_name(shape->mmap),
		.is_pie = number_of(facts->is_pie),
		.randomize_va_space = number_of(facts->randomize_va_space),
		.personality = number_of(facts->personality),
	};
	if (facts->personality.known)
		row->personality_flags =
			vmspy_personality_words((uint32_t)facts->personality.value, row->flag_text);
}

#define AT(member) offsetof(struct vmspy_block_row, member)

const struct vmspy_column vmspy_block_columns[] = {
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(pid) },
	{ "COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW_ASKED, 0, AT(comm) },
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(end) },
	{ "SIZE", "size_bytes", "size of the address range", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0,
	  AT(size_bytes) },
	{ "BLOCK", "block", "what is there", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(block) },
	{ "PERM", "perm", "read, write, execute; private or shared", VMSPY_UNIT_WORD, VMSPY_SHOW, 0,
	  AT(perm) },
	{ "MAPPINGS", "mappings", "how many mappings it is made of", VMSPY_UNIT_COUNT, VMSPY_SHOW,
	  0, AT(mappings) },
	{ "MAPPED", "mapped_bytes", "how much of the range is mapped", VMSPY_UNIT_BYTES, VMSPY_SHOW,
	  0, AT(mapped_bytes) },
	{ "OBJECT", "object", "file, or name of the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, 0,
	  AT(object) },
	{ 0 },
};

void vmspy_block_row_fill(const struct vmspy_identity *identity, const struct vmspy_block *block,
			  struct vmspy_block_row *row)
{
	*row = (struct vmspy_block_row){
		.pid = (uint64_t)identity->pid,
		.comm = identity->comm,
		.start = block->start,
		.end = unless_zero(block->start + block->size_bytes),
		.size_bytes = block->size_bytes,
		.mapped_bytes = block->mapped_bytes,
		.block = vmspy_block_type_name(block->type),
		.mappings = block->mapping_count,
		.object = block->part_count == 1 ? block->name : NULL,
	};
	if (block->is_uniform)
		row->perm = vmspy_perm_format(&block->mapping->vma, row->perm_text);
}

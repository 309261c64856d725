#include "symbol/dynamic.h"

#include <gelf.h>

#include "base/banned.h"

#define TABLE_BYTES_MAX (UINT64_C(16) << 20) /* the largest libraries have 4 MiB */

/* What PT_DYNAMIC says; 0: it does not. */
struct said {
	uint64_t symbols; /* addresses, as linked */
	uint64_t names;
	uint64_t names_bytes;
	uint64_t hash;
};

/* A piece of the file by the address that it is loaded to. NULL: not in the file, or too large. */
static Elf_Data *piece_at(const struct vmspy_elf *elf, Elf *file, uint64_t address,
			  const Elf_Data *wanted)
{
	const struct vmspy_elf_load *load;

	if (!wanted->d_size || wanted->d_size > TABLE_BYTES_MAX ||
	    address > UINT64_MAX - wanted->d_size)
		return NULL;
	load = vmspy_elf_load_of(elf, address, address + wanted->d_size);
	if (!load || address - load->start + wanted->d_size > load->file_bytes)
		return NULL;
	return elf_getdata_rawchunk(file, (int64_t)(load->offset_bytes + (address - load->start)),
				    wanted->d_size, wanted->d_type);
}

static void note_entry(struct said *said, const GElf_Dyn *entry)
{
	switch (entry->d_tag) {
	case DT_SYMTAB:
		said->symbols = entry->d_un.d_ptr;
		break;
	case DT_STRTAB:
		said->names = entry->d_un.d_ptr;
		break;
	case DT_STRSZ:
		said->names_bytes = entry->d_un.d_val;
		break;
	case DT_HASH:
		said->hash = entry->d_un.d_ptr;
		break;
	default:
		break;
	}
}

static struct said read_entries(const struct vmspy_elf *elf, Elf *file)
{
	struct said said = { 0 };
	GElf_Dyn entry;
	Elf_Data *data = NULL;

	if (elf->dynamic_bytes)
		data = elf_getdata_rawchunk(file, (int64_t)elf->dynamic_offset_bytes,
					    elf->dynamic_bytes, ELF_T_DYN);
	for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
		note_entry(&said, &entry);
	return said;
}

/* The old hash table says how many; without it, every linker puts the names right behind. */
static uint64_t count_symbols(const struct vmspy_elf *elf, Elf *file, const struct said *said)
{
	const Elf_Data wanted = { .d_size = 2 * sizeof(uint32_t), .d_type = ELF_T_WORD };
	const Elf_Data *header = said->hash ? piece_at(elf, file, said->hash, &wanted) : NULL;

	if (header)
		return ((const uint32_t *)header->d_buf)[1];
	if (said->names <= said->symbols)
		return 0;
	return (said->names - said->symbols) / gelf_fsize(file, ELF_T_SYM, 1, EV_CURRENT);
}

bool vmspy_dynamic_find(const struct vmspy_elf *elf, Elf *file, struct vmspy_dynamic *ret)
{
	struct said said = read_entries(elf, file);
	Elf_Data names = { .d_size = said.names_bytes, .d_type = ELF_T_BYTE };
	Elf_Data symbols = { .d_type = ELF_T_SYM };
	uint64_t count = count_symbols(elf, file, &said);

	if (count > TABLE_BYTES_MAX)
		return false;
	symbols.d_size = count * gelf_fsize(file, ELF_T_SYM, 1, EV_CURRENT);
	ret->symbols = piece_at(elf, file, said.symbols, &symbols);
	ret->names = piece_at(elf, file, said.names, &names);
	return ret->symbols && ret->names &&
	       !((const char *)ret->names->d_buf)[ret->names->d_size - 1];
}

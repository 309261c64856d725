#include "symbol/curb.h"

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/banned.h"

#define SYMBOLS_BYTES_MAX (UINT64_C(256) << 20) /* one table: 11 million symbols */
#define READ_BYTES_MAX    (UINT64_C(1) << 30)   /* all tables that libdwfl may read, together */
#define SECTION_NAMES_MAX (UINT64_C(16) << 20)

struct curb {
	Elf *elf;
	size_t section_names; /* index of the section that names the sections */
	uint64_t left_bytes;  /* that may still be read */
};

/* Sections that libdwfl finds by their names, whatever type they say they are of. */
static const struct {
	const char *name;
	uint64_t least_bytes, most_bytes;
} named[] = {
	/* xz: may unpack to 7000 times its size, and libdw sets no limit. */
	{ ".gnu_debugdata", 0, UINT64_C(256) << 10 },
	/* Taken for an ELF header, without a look at its size. */
	{ ".gnu.prelink_undo", sizeof(Elf64_Ehdr), UINT64_C(16) << 20 },
	{ ".gnu_debuglink", 0, UINT64_C(64) << 10 },
};

static void hide(Elf_Scn *section)
{
	GElf_Shdr header = { .sh_type = SHT_NULL };

	gelf_update_shdr(section, &header);
}

/*
 * Without sections libdwfl counts symbols by their hash chains, four bytes at a time and as far
 * as the file reaches, and trusts the size of their names. symbol/dynamic.h does that instead.
 */
static void hide_dynamic_segments(Elf *elf)
{
	GElf_Phdr segment;
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return;
	for (int i = 0; i < (int)count; i++) {
		if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_DYNAMIC)
			continue;
		segment.p_type = PT_NULL;
		gelf_update_phdr(elf, i, &segment);
	}
}

/* libdwfl hands out names without a look for their end. */
static bool ends_in_nul(Elf_Scn *section)
{
	const Elf_Data *data = elf_rawdata(section, NULL);
	const char *bytes = data ? data->d_buf : NULL;

	return bytes && data->d_size && !bytes[data->d_size - 1];
}

static bool is_sound_table(const struct curb *curb, const GElf_Shdr *header)
{
	size_t entry_bytes = gelf_fsize(curb->elf, ELF_T_SYM, 1, EV_CURRENT);

	return header->sh_entsize == entry_bytes && header->sh_size <= SYMBOLS_BYTES_MAX &&
	       header->sh_info <= header->sh_size / entry_bytes;
}

static bool is_harmless_name(const char *name, const GElf_Shdr *header)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!strcmp(name, named[i].name))
			return header->sh_size >= named[i].least_bytes &&
			       header->sh_size <= named[i].most_bytes;
	return true;
}

/* What is read whole because of its type: not packed, and not more than is left. */
static bool may_be_read(struct curb *curb, const GElf_Shdr *header, const char *name)
{
	static const char packed[] = ".zdebug";

	if (header->sh_flags & SHF_COMPRESSED || !strncmp(name, packed, sizeof(packed) - 1) ||
	    header->sh_size > curb->left_bytes)
		return false;
	curb->left_bytes -= header->sh_size;
	return true;
}

static bool is_harmless(struct curb *curb, Elf_Scn *section, const GElf_Shdr *header)
{
	const char *name = elf_strptr(curb->elf, curb->section_names, header->sh_name);

	if (!name || !is_harmless_name(name, header))
		return false;
	switch (header->sh_type) {
	case SHT_SYMTAB:
	case SHT_DYNSYM:
		return is_sound_table(curb, header) && may_be_read(curb, header, name);
	case SHT_STRTAB:
		return may_be_read(curb, header, name) && ends_in_nul(section);
	case SHT_SYMTAB_SHNDX:
	case SHT_NOTE:
		return may_be_read(curb, header, name);
	default:
		return true;
	}
}

/* The names are read to judge the others: they come first. */
static bool section_names_are_small(const struct curb *curb)
{
	Elf_Scn *section = elf_getscn(curb->elf, curb->section_names);
	GElf_Shdr header;

	return section && gelf_getshdr(section, &header) && header.sh_size <= SECTION_NAMES_MAX;
}

void vmspy_curb_elf(Elf *elf)
{
	struct curb curb = { .elf = elf, .left_bytes = READ_BYTES_MAX };
	bool named_sections =
		!elf_getshdrstrndx(elf, &curb.section_names) && section_names_are_small(&curb);
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	hide_dynamic_segments(elf);
	while ((section = elf_nextscn(elf, section)))
		if (!named_sections || !gelf_getshdr(section, &header) ||
		    !is_harmless(&curb, section, &header))
			hide(section);
}

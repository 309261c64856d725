#include "symbol/image.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "symbol/curb.h"
#include "symbol/debug_file.h"
#include "symbol/dynamic.h"

#include "base/banned.h"

/* A file on its way to libdwfl, which ends elf and fd once it has them. */
struct source {
	int fd;
	Elf *elf;
	const char *object;
};

static void end_source(struct source *source)
{
	elf_end(source->elf);
	vmspy_guard_close(&source->fd);
	*source = (struct source){ .fd = -1 };
}

static void end_session(Dwfl **session)
{
	dwfl_end(*session);
}

/* The signature is Dwfl_Callbacks.find_elf's. */
static int hand_over_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			 char **file_name, Elf **elf)
{
	struct source *source = *userdata;
	int fd = source->fd;

	(void)module;
	(void)name;
	(void)base;
	*file_name = NULL;
	*elf = source->elf;
	source->elf = NULL;
	source->fd = -1;
	return fd;
}

/*
 * The stock callback asks debuginfod servers in the end, and opens paths that the file names.
 * By build-id only the debug root is searched. The signature is Dwfl_Callbacks.find_debuginfo's.
 */
static int find_debug_file(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			   const char *file_name, const char *link, GElf_Word crc,
			   char **found_name)
{
	const struct source *source = *userdata;
	int fd = dwfl_build_id_find_debuginfo(module, userdata, name, base, file_name, link, crc,
					      found_name);

	if (fd < 0 && link)
		fd = vmspy_debug_file_open(source->object, link, crc, geteuid());
	return fd;
}

static struct vmspy_error *bad(void)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "cannot read ELF file: %s", elf_errmsg(-1));
}

/* Sections that are memory of every thread: not what they hold of .tbss, which none maps. */
static bool is_in_memory(const GElf_Shdr *header)
{
	bool thread_zeros = header->sh_flags & SHF_TLS && header->sh_type == SHT_NOBITS;

	return header->sh_flags & SHF_ALLOC && header->sh_size && !thread_zeros;
}

static struct vmspy_error *add_sections(struct vmspy_image *image, Elf *elf)
{
	struct vmspy_error *err = NULL;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while (!err && (section = elf_nextscn(elf, section))) {
		const char *name;
		uint64_t end;

		if (!gelf_getshdr(section, &header) || !is_in_memory(&header) ||
		    __builtin_add_overflow(header.sh_addr, header.sh_size, &end) ||
		    !vmspy_elf_load_of(&image->elf, header.sh_addr, end))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name)
			err = vmspy_table_add_section(&image->table, header.sh_addr, end, name);
	}
	return err;
}

static bool is_function(unsigned int type)
{
	return type == STT_FUNC || type == STT_GNU_IFUNC;
}

static bool is_of_type(const struct vmspy_image *image, unsigned int type)
{
	bool is_data = type == STT_OBJECT || type == STT_COMMON;

	if (image->content == VMSPY_IMAGE_VISITED)
		return is_data || is_function(type);
	return image->content == VMSPY_IMAGE_FUNCTIONS ? is_function(type) : is_data;
}

/* STT_TLS has an offset, not an address; a label has no size. */
static bool is_wanted(const struct vmspy_image *image, const GElf_Sym *symbol, GElf_Word section)
{
	return is_of_type(image, GELF_ST_TYPE(symbol->st_info)) && symbol->st_size &&
	       section != SHN_UNDEF && section != SHN_ABS && section != (GElf_Word)-1;
}

static enum vmspy_table_rank rank_of(const GElf_Sym *symbol)
{
	switch (GELF_ST_BIND(symbol->st_info)) {
	case STB_LOCAL:
		return VMSPY_TABLE_LOCAL;
	case STB_WEAK:
		return VMSPY_TABLE_WEAK;
	default:
		return VMSPY_TABLE_GLOBAL;
	}
}

static struct vmspy_error *show_symbol(const struct vmspy_image *image, const GElf_Sym *symbol,
				       const struct vmspy_table_row *row, const char *name)
{
	const struct vmspy_image_symbol shown = {
		.name = name,
		.start = row->start,
		.size_bytes = row->end - row->start,
		.rank = row->rank,
		.is_function = is_function(GELF_ST_TYPE(symbol->st_info)),
	};

	return image->visit->visit(&shown, image->visit->context);
}

/* start: the symbol's address, as linked. */
static struct vmspy_error *add_symbol(struct vmspy_image *image, const GElf_Sym *symbol,
				      uint64_t start, const char *name)
{
	struct vmspy_table_row row = { .start = start, .rank = rank_of(symbol) };

	if (!name[0] || __builtin_add_overflow(start, symbol->st_size, &row.end) ||
	    !vmspy_elf_load_of(&image->elf, row.start, row.end))
		return NULL;
	if (image->visit)
		return show_symbol(image, symbol, &row, name);
	return vmspy_table_add_object(&image->table, &row, name);
}

/* bias: what libdwfl adds to the addresses of the file. */
static struct vmspy_error *add_symbol_at(struct vmspy_image *image, Dwfl_Module *module, int index,
					 uint64_t bias)
{
	GElf_Word section;
	GElf_Sym symbol;
	GElf_Addr address;
	const char *name =
		dwfl_module_getsym_info(module, index, &symbol, &address, &section, NULL, NULL);

	if (!name || !is_wanted(image, &symbol, section))
		return NULL;
	return add_symbol(image, &symbol, address - bias, name);
}

/* A file without symbols is no error. */
static struct vmspy_error *add_symbols(struct vmspy_image *image, Dwfl_Module *module)
{
	struct vmspy_error *err = NULL;
	GElf_Addr bias;
	int count;

	if (!dwfl_module_getelf(module, &bias))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "cannot read ELF file: %s",
					  dwfl_errmsg(-1));
	count = dwfl_module_getsymtab(module);
	for (int i = 0; !err && i < count; i++)
		err = add_symbol_at(image, module, i, bias);
	return err;
}

/* One session for one file: its addresses are those it was linked for, and no module is near. */
static struct vmspy_error *ask_libdwfl(struct vmspy_image *image, struct source *source)
{
	char debug_root[] = VMSPY_DEBUG_ROOT, *debug_path = debug_root;
	const Dwfl_Callbacks callbacks = {
		.find_elf = hand_over_elf,
		.find_debuginfo = find_debug_file,
		.debuginfo_path = &debug_path,
	};
	const struct vmspy_elf_load *first = &image->elf.load[0];
	VMSPY_AUTO(end_session) Dwfl *session = dwfl_begin(&callbacks);
	Dwfl_Module *module;
	void **userdata;

	if (!session)
		return vmspy_error_no_memory();
	module = dwfl_report_module(session, source->object, first->start,
				    first->start + first->memory_bytes);
	if (!module || dwfl_report_end(session, NULL, NULL))
		return vmspy_error_no_memory();
	dwfl_module_info(module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = source;
	return add_symbols(image, module);
}

/* Of a file that has no section headers at all. */
static struct vmspy_error *add_dynamic_symbols(struct vmspy_image *image, Elf *elf)
{
	struct vmspy_error *err = NULL;
	struct vmspy_dynamic dynamic;
	GElf_Sym symbol;

	if (!vmspy_dynamic_find(&image->elf, elf, &dynamic))
		return NULL;
	for (int i = 0; !err && gelf_getsym(dynamic.symbols, i, &symbol); i++)
		if (symbol.st_name < dynamic.names->d_size &&
		    is_wanted(image, &symbol, symbol.st_shndx))
			err = add_symbol(image, &symbol, symbol.st_value,
					 (const char *)dynamic.names->d_buf + symbol.st_name);
	return err;
}

static struct vmspy_error *read_image(struct source *source, struct vmspy_image *image)
{
	struct vmspy_error *err = vmspy_elf_read(source->fd, &image->elf);

	if (err || !image->elf.count)
		return err;
	elf_version(EV_CURRENT);
	/* Read, not mapped: a file that shrinks while it is mapped ends its reader with SIGBUS. */
	source->elf = elf_begin(source->fd, ELF_C_READ, NULL);
	if (!source->elf)
		return bad();
	vmspy_curb_elf(source->elf);
	if ((err = add_sections(image, source->elf)))
		return err;
	err = elf_getscn(source->elf, 1) ? ask_libdwfl(image, source)
					 : add_dynamic_symbols(image, source->elf);
	if (err)
		return err;
	return vmspy_table_finish(&image->table);
}

/* ret: its content says what is wanted. */
static struct vmspy_error *init_image(int fd, const char *object, struct vmspy_image *ret)
{
	VMSPY_AUTO(end_source) struct source source = { .fd = fd, .object = object };
	VMSPY_AUTO(vmspy_image_deinit)
	struct vmspy_image image = { .content = ret->content, .visit = ret->visit };
	struct vmspy_error *err = read_image(&source, &image);

	if (err)
		return err;
	*ret = image;
	image = (struct vmspy_image){ 0 }; /* the caller's now */
	return NULL;
}

struct vmspy_error *vmspy_image_init(int fd, const char *object, struct vmspy_image *ret)
{
	*ret = (struct vmspy_image){ .content = VMSPY_IMAGE_DATA };
	return init_image(fd, object, ret);
}

struct vmspy_error *vmspy_image_init_functions(int fd, const char *object, struct vmspy_image *ret)
{
	*ret = (struct vmspy_image){ .content = VMSPY_IMAGE_FUNCTIONS };
	return init_image(fd, object, ret);
}

struct vmspy_error *vmspy_image_visit(int fd, const char *object,
				      const struct vmspy_image_visit *visit)
{
	VMSPY_AUTO(vmspy_image_deinit)
	struct vmspy_image image = { .content = VMSPY_IMAGE_VISITED, .visit = visit };

	return init_image(fd, object, &image);
}

void vmspy_image_deinit(struct vmspy_image *image)
{
	vmspy_table_deinit(&image->table);
	vmspy_elf_deinit(&image->elf);
}

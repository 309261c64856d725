#include "symbol/session.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "symbol/bias.h"
#include "symbol/curb.h"
#include "symbol/debug_file.h"
#include "symbol/vdso.h"

#include "base/banned.h"

/* What libdwfl is told of a mapping, and what its callbacks get back. */
struct source {
	struct vmspy_space *space;
	const struct vmspy_mapping *mapping;
	unsigned char *image; /* of [vdso]; NULL: not read */
};

struct vmspy_session {
	Dwfl *dwfl;
	Dwfl_Callbacks callbacks;
	char debug_root[sizeof(VMSPY_DEBUG_ROOT)];
	char *debug_path;
	struct source *source; /* of each mapping of the layout */
	size_t count;
};

static const char *name_of(const struct vmspy_mapping *mapping)
{
	return mapping->vma.name ? mapping->vma.name : "";
}

/* --- what libdwfl asks for ----------------------------------------------------------------- */

/*
 * Whether libdwfl puts the file where it is: it takes the base that it was told for the first
 * segment's address, rounded down to what that segment says of its alignment.
 * Source: libdwfl/dwfl_module_getdwarf.c:open_elf().
 */
static bool begins_on_its_page(Elf *elf, uint64_t page_bytes)
{
	GElf_Phdr segment;
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return false;
	for (int i = 0; i < (int)count; i++)
		if (gelf_getphdr(elf, i, &segment) && segment.p_type == PT_LOAD)
			return (segment.p_vaddr & -segment.p_align) ==
			       (segment.p_vaddr & -page_bytes);
	return false;
}

static int open_elf(const struct source *source, Elf **ret)
{
	struct vmspy_error *err;
	int fd;

	if ((err = vmspy_space_open_file(source->space, source->mapping, &fd))) {
		vmspy_error_destroy(err);
		return -1;
	}
	*ret = elf_begin(fd, ELF_C_READ, NULL);
	if (*ret)
		return fd;
	vmspy_guard_close(&fd);
	return -1;
}

static Elf *elf_in_memory(struct source *source)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	size_t size;

	if (source->image)
		return NULL; /* it was asked for before */
	err = vmspy_vdso_read(source->space, source->mapping, &source->image, &size);
	return err ? NULL : elf_memory((char *)source->image, size);
}

/* The signature is Dwfl_Callbacks.find_elf's. */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		    char **file_name, Elf **elf)
{
	struct source *source = *userdata;
	int fd = -1;

	(void)module;
	(void)name;
	(void)base;
	*file_name = NULL;
	*elf = NULL;
	if (source->mapping->kind == VMSPY_KIND_VDSO)
		*elf = elf_in_memory(source);
	else
		fd = open_elf(source, elf);
	if (!*elf)
		return -1;
	vmspy_curb_elf(*elf);
	if (begins_on_its_page(*elf, vmspy_space_host(source->space)->page_bytes))
		return fd;
	elf_end(*elf);
	*elf = NULL;
	vmspy_guard_close(&fd);
	return -1;
}

/* No server is asked: see symbol/image.c. The signature is Dwfl_Callbacks.find_debuginfo's. */
static int find_debug_file(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			   const char *file_name, const char *link, GElf_Word crc,
			   char **found_name)
{
	const struct source *source = *userdata;
	int fd = dwfl_build_id_find_debuginfo(module, userdata, name, base, file_name, link, crc,
					      found_name);

	if (fd < 0 && link)
		fd = vmspy_debug_file_open(name_of(source->mapping), link, crc, geteuid());
	return fd;
}

/* --- what it is told ----------------------------------------------------------------------- */

static void report(struct vmspy_session *session, struct source *source, uint64_t start,
		   uint64_t end)
{
	Dwfl_Module *module =
		dwfl_report_module(session->dwfl, name_of(source->mapping), start, end);
	void **userdata;

	if (!module)
		return;
	dwfl_module_info(module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = source;
}

/*
 * A file that is loaded around this mapping.
 * reach: the end of the last one that was told; moved on to that of this one.
 */
static void report_file(struct vmspy_session *session, struct source *source, uint64_t *reach)
{
	VMSPY_AUTO(vmspy_elf_deinit) struct vmspy_elf elf = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *ignored = NULL;
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_bias_query query = {
		.layout = vmspy_space_layout(source->space),
		.mapping = source->mapping,
		.elf = &elf,
		.page_bytes = vmspy_space_host(source->space)->page_bytes,
	};
	uint64_t bias, start, end = 0;

	if ((ignored = vmspy_space_open_file(source->space, source->mapping, &fd)) ||
	    (ignored = vmspy_elf_read(fd, &elf)) || !vmspy_bias_find(&query, &bias))
		return;
	start = (elf.load[0].start + bias) & -query.page_bytes;
	for (size_t i = 0; i < elf.count; i++) {
		uint64_t load_end = elf.load[i].start + elf.load[i].memory_bytes + bias;

		end = load_end > end ? load_end : end;
	}
	if (start < *reach || end <= start)
		return;
	report(session, source, start, end);
	*reach = end;
}

static void report_all(struct vmspy_session *session, struct vmspy_space *space)
{
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	uint64_t reach = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct vmspy_mapping *mapping = &layout->mapping[i];
		struct source *source = &session->source[i];

		*source = (struct source){ .space = space, .mapping = mapping };
		if (!mapping->vma.executable || mapping->vma.start < reach)
			continue;
		if (mapping->kind == VMSPY_KIND_VDSO)
			report(session, source, mapping->vma.start, mapping->vma.end);
		else if (mapping->vma.inode && !mapping->vma.shared)
			report_file(session, source, &reach);
	}
}

struct vmspy_error *vmspy_session_create(struct vmspy_space *space, struct vmspy_session **ret)
{
	struct vmspy_session *session = calloc(1, sizeof(*session));

	if (!session)
		return vmspy_error_no_memory();
	memcpy(session->debug_root, VMSPY_DEBUG_ROOT, sizeof(session->debug_root));
	session->debug_path = session->debug_root;
	session->callbacks = (Dwfl_Callbacks){
		.find_elf = find_elf,
		.find_debuginfo = find_debug_file,
		.debuginfo_path = &session->debug_path,
	};
	elf_version(EV_CURRENT);
	session->count = vmspy_space_layout(space)->count;
	session->source = calloc(session->count + 1, sizeof(*session->source));
	session->dwfl = dwfl_begin(&session->callbacks);
	if (!session->source || !session->dwfl) {
		vmspy_session_destroy(session);
		return vmspy_error_no_memory();
	}
	report_all(session, space);
	if (dwfl_report_end(session->dwfl, NULL, NULL)) {
		vmspy_session_destroy(session);
		return vmspy_error_no_memory();
	}
	*ret = session;
	return NULL;
}

void vmspy_session_destroy(struct vmspy_session *session)
{
	if (!session)
		return;
	dwfl_end(session->dwfl);
	for (size_t i = 0; session->source && i < session->count; i++)
		free(session->source[i].image);
	free(session->source);
	free(session);
}

Dwfl *vmspy_session_dwfl(const struct vmspy_session *session)
{
	return session->dwfl;
}

#include "types/dwarf_file.h"

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbol/debug_file.h"

#include "base/banned.h"

enum {
	BUILD_ID_MIN = 3, /* a directory of two digits, and a name */
};

/* --- sections ------------------------------------------------------------------------------ */

static Elf_Scn *find_section(Elf *elf, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *found = gelf_getshdr(section, &header)
					    ? elf_strptr(elf, names, header.sh_name)
					    : NULL;

		if (found && header.sh_type != SHT_NOBITS && !strcmp(found, name))
			return section;
	}
	return NULL;
}

static const Elf_Data *section_data(Elf *elf, const char *name)
{
	Elf_Scn *section = find_section(elf, name);
	const Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;

	return data && data->d_buf && data->d_size ? data : NULL;
}

const Elf_Data *vmspy_dwarf_section(Dwarf *dwarf, const char *name)
{
	return section_data(dwarf_getelf(dwarf), name);
}

/* A file, which stays open: what libelf has of it is mapped, or read when it is asked for. */
struct opened {
	int fd;
	Elf *elf; /* NULL: it is none */
};

static struct opened open_elf(int fd)
{
	elf_version(EV_CURRENT);
	return (struct opened){ fd, fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL) };
}

static bool has_info(Elf *elf)
{
	return find_section(elf, ".debug_info") || find_section(elf, ".zdebug_info");
}

/* --- separate files ------------------------------------------------------------------------ */

/* ret: the bytes of the build-id, 0 if there is none. */
static size_t build_id_of(Elf *elf, const unsigned char **ret)
{
	const void *bytes = NULL;
	ssize_t length = dwelf_elf_gnu_build_id(elf, &bytes);

	*ret = bytes;
	return length >= BUILD_ID_MIN && length <= VMSPY_BUILD_ID_MAX ? (size_t)length : 0;
}

static bool has_build_id(Elf *elf, const unsigned char *wanted, size_t length)
{
	const unsigned char *found;

	return build_id_of(elf, &found) == length && !memcmp(found, wanted, length);
}

static void write_hex(const unsigned char *bytes, size_t length, char *ret)
{
	for (size_t i = 0; i < length; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

static struct opened open_by_build_id(const unsigned char *id, size_t length, uid_t owner)
{
	char hex[2 * VMSPY_BUILD_ID_MAX + 1], path[VMSPY_DEBUG_PATH_MAX];
	struct opened found = { .fd = -1 };

	if (!length)
		return found;
	write_hex(id, length, hex);
	snprintf(path, sizeof(path), VMSPY_DEBUG_ROOT "/.build-id/%.2s/%s.debug", hex, hex + 2);
	found = open_elf(vmspy_debug_file_open_path(path, owner));
	if (found.elf && !has_build_id(found.elf, id, length))
		found.elf = NULL;
	return found;
}

static struct opened open_by_link(Elf *program, const char *object, uid_t owner)
{
	GElf_Word crc;
	const char *link = dwelf_elf_gnu_debuglink(program, &crc);

	return open_elf(link ? vmspy_debug_file_open(object, link, crc, owner) : -1);
}

/* The first that has DWARF. */
static struct opened open_separate(Elf *program, const char *object, const char *fetched,
				   uid_t owner)
{
	const unsigned char *id;
	size_t length = build_id_of(program, &id);
	struct opened found = open_by_build_id(id, length, owner);

	if (!found.elf || !has_info(found.elf))
		found = open_by_link(program, object, owner);
	if ((!found.elf || !has_info(found.elf)) && fetched)
		found = open_elf(vmspy_debug_file_open_path(fetched, geteuid()));
	if (found.elf && !has_info(found.elf))
		found.elf = NULL;
	return found;
}

/* --- what dwz moved elsewhere -------------------------------------------------------------- */

/* libdw would open the file that the section names, whatever it is: a tape, a FIFO. */
static void hide(Elf_Scn *section)
{
	GElf_Shdr header;

	if (!gelf_getshdr(section, &header))
		return;
	header.sh_type = SHT_NOBITS;
	gelf_update_shdr(section, &header);
}

/* ret: whether there was room. */
static bool join_path(const char *directory, const char *name, char *ret)
{
	bool whole = name[0] == '/' || !directory;
	int length = snprintf(ret, VMSPY_DEBUG_PATH_MAX, "%s%s%s", whole ? "" : directory,
			      whole ? "" : "/", name);

	return length > 0 && length < VMSPY_DEBUG_PATH_MAX;
}

/* The section: a path, its end, and a build-id. ret: NULL: no such file. */
static Elf *open_alternative(const struct vmspy_dwarf_file *file, const Elf_Data *link)
{
	const char *name = link->d_buf;
	size_t name_length = strnlen(name, link->d_size), id_length;
	const unsigned char *id = (const unsigned char *)name + name_length + 1;
	char path[VMSPY_DEBUG_PATH_MAX];
	struct opened found;

	if (name_length + 1 + BUILD_ID_MIN > link->d_size)
		return NULL;
	id_length = link->d_size - name_length - 1;
	if (id_length > VMSPY_BUILD_ID_MAX)
		return NULL;
	found = open_by_build_id(id, id_length, file->owner);
	if (found.elf || !join_path(file->directory, name, path))
		return found.elf;
	found = open_elf(vmspy_debug_file_open_path(path, file->owner));
	return found.elf && has_build_id(found.elf, id, id_length) ? found.elf : NULL;
}

/* ret: the DWARF of the file, with what it shares with others. */
static Dwarf *begin(const struct vmspy_dwarf_file *file, Elf *elf)
{
	Elf_Scn *section = find_section(elf, ".gnu_debugaltlink");
	const Elf_Data *link = section ? elf_rawdata(section, NULL) : NULL;
	Elf *alternative = link && link->d_buf ? open_alternative(file, link) : NULL;
	Dwarf *dwarf, *other;

	if (section)
		hide(section);
	dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	other = alternative ? dwarf_begin_elf(alternative, DWARF_C_READ, NULL) : NULL;
	if (dwarf && other)
		dwarf_setalt(dwarf, other);
	return dwarf;
}

/* --- all of it ----------------------------------------------------------------------------- */

static void set_directory(struct vmspy_dwarf_file *file, int fd)
{
	char link[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	char *path, *slash;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	path = realpath(link, NULL);
	slash = path ? strrchr(path, '/') : NULL;
	if (slash && (size_t)(slash - path) < sizeof(file->directory))
		memcpy(file->directory, path, (size_t)(slash - path));
	free(path);
}

/* A file that is none any more, or stands elsewhere for us: what maps calls it is left. */
static void set_directory_of(struct vmspy_dwarf_file *file, const char *object)
{
	const char *slash = strrchr(object, '/');

	if (slash && object[0] == '/' && (size_t)(slash - object) < sizeof(file->directory))
		memcpy(file->directory, object, (size_t)(slash - object));
}

void vmspy_dwarf_open(int fd, const char *object, const char *fetched, struct vmspy_dwarf_file *ret)
{
	struct opened program = open_elf(fd), found;
	const unsigned char *id;
	struct stat file;
	size_t length;

	*ret = (struct vmspy_dwarf_file){ .owner = geteuid() };
	if (!program.elf || fstat(fd, &file))
		return;
	ret->owner = file.st_uid;
	length = build_id_of(program.elf, &id);
	write_hex(id, length, ret->build_id);
	found = has_info(program.elf) ? program
				      : open_separate(program.elf, object, fetched, ret->owner);
	if (!found.elf)
		return;
	if (found.elf == program.elf)
		set_directory_of(ret, object);
	else
		set_directory(ret, found.fd);
	ret->dwarf = begin(ret, found.elf);
}

Dwarf *vmspy_dwarf_open_split(const struct vmspy_dwarf_file *file, const char *name,
			      const char *directory)
{
	const char *const directories[] = { directory, file->directory };
	char path[VMSPY_DEBUG_PATH_MAX];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		struct opened found;
		Dwarf *dwarf;

		if (!join_path(directories[i], name, path) || path[0] != '/')
			continue;
		found = open_elf(vmspy_debug_file_open_path(path, file->owner));
		dwarf = found.elf ? begin(file, found.elf) : NULL;
		if (dwarf)
			return dwarf;
	}
	return NULL;
}

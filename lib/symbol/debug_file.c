#include "symbol/debug_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	PIECE_BYTES = 64 * 1024,
	BYTE_VALUES = 256,
};

#define CRC32_POLYNOMIAL UINT32_C(0xedb88320) /* reflected, as zlib and gdb use it */

static void fill_crc_table(uint32_t *table)
{
	for (uint32_t value = 0; value < BYTE_VALUES; value++) {
		uint32_t crc = value;

		for (int bit = 0; bit < CHAR_BIT; bit++)
			crc = crc & 1 ? crc >> 1 ^ CRC32_POLYNOMIAL : crc >> 1;
		table[value] = crc;
	}
}

/* ret: whether all of the file could be read and has this checksum. */
static bool has_crc(int fd, uint32_t wanted)
{
	uint32_t table[BYTE_VALUES], crc = UINT32_MAX;
	unsigned char piece[PIECE_BYTES];
	ssize_t count;

	fill_crc_table(table);
	while ((count = read(fd, piece, sizeof(piece)))) {
		if (count < 0 && errno != EINTR)
			return false;
		for (ssize_t i = 0; i < count; i++)
			crc = table[(crc ^ piece[i]) % BYTE_VALUES] ^ crc >> CHAR_BIT;
	}
	return ~crc == wanted;
}

static bool is_taken(const struct stat *file, uid_t owner)
{
	return S_ISREG(file->st_mode) && file->st_size &&
	       (!file->st_uid || file->st_uid == geteuid() || file->st_uid == owner);
}

/* O_PATH first: a device or a FIFO of that name is not opened. */
int vmspy_debug_file_open_path(const char *path, uid_t owner)
{
	VMSPY_AUTO(vmspy_guard_close) int found_fd = open(path, O_PATH | O_CLOEXEC);
	char again[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	struct stat file;

	if (found_fd < 0 || fstat(found_fd, &file) || !is_taken(&file, owner))
		return -1;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", found_fd);
	return open(again, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* A debug file that is looked for. */
struct wanted {
	const char *link;
	uint32_t crc;
	uid_t owner;
};

static int try_directory(const struct wanted *wanted, const char *root, const char *directory)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s%s/%s", root, directory, wanted->link), found;

	if (length < 0 || (size_t)length >= sizeof(path))
		return -1;
	fd = vmspy_debug_file_open_path(path, wanted->owner);
	if (fd < 0 || !has_crc(fd, wanted->crc))
		return -1;
	found = fd;
	fd = -1; /* the caller's now */
	return found;
}

static bool is_plain_name(const char *link)
{
	return link[0] && !strchr(link, '/') && strcmp(link, ".") && strcmp(link, "..");
}

/* Without what leads upwards: a name of maps has none, but any text may stand there. */
static bool split_directory(const char *object, char *directory, size_t size)
{
	const char *slash = strrchr(object, '/');

	if (object[0] != '/' || strstr(object, "/../") || (size_t)(slash - object) >= size)
		return false;
	memcpy(directory, object, (size_t)(slash - object));
	directory[slash - object] = '\0';
	return true;
}

int vmspy_debug_file_open(const char *object, const char *link, uint32_t crc, uid_t owner)
{
	const struct wanted wanted = { link, crc, owner };
	static const char *const roots[] = { VMSPY_DEBUG_ROOT, "", "" };
	static const char *const below[] = { "", "", "/.debug" };
	char directory[PATH_MAX];
	int fd;

	if (!is_plain_name(link) || !split_directory(object, directory, sizeof(directory)))
		return -1;
	fd = try_directory(&wanted, VMSPY_DEBUG_ROOT, "");
	for (size_t i = 0; fd < 0 && i < sizeof(roots) / sizeof(roots[0]); i++) {
		char place[PATH_MAX + sizeof("/.debug")];

		snprintf(place, sizeof(place), "%s%s", directory, below[i]);
		fd = try_directory(&wanted, roots[i], place);
	}
	return fd;
}

#include "test.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "symbol/elf.h"
#include "symbol/image.h"

/* This test itself is the sound file that the others are made of. */
static struct vmspy_buf own_file(void)
{
	struct vmspy_buf buf = { 0 };
	char piece[65536];
	ssize_t count;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	while ((count = read(fd, piece, sizeof(piece))) > 0)
		assert_ok(vmspy_buf_append(&buf, piece, (size_t)count));
	close(fd);
	return buf;
}

static int file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t done = 0; done < size;) {
		ssize_t count = write(fd, (const char *)bytes + done, size - done);

		assert_true(count > 0);
		done += (size_t)count;
	}
	return fd;
}

static void files_that_are_no_programs_are_empty(void **state)
{
	static const struct {
		const char *name;
		const void *bytes;
		size_t size;
	} rows[] = {
		{ "an empty file", "", 0 },
		{ "three bytes", "\177EL", 3 },
		{ "a script", "#!/bin/sh\n", 10 },
		{ "four bytes of magic", "\177ELF", 4 },
		{ "an archive", "!<arch>\n", 8 },
		{ "the other byte order", "\177ELF\2\2\1\0\0\0\0\0\0\0\0\0", 16 },
		{ "a class that is neither 32 nor 64 bits", "\177ELF\3\1\1\0\0\0\0\0\0\0\0\0", 16 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_image image = { 0 };

		test_row(rows[i].name);
		assert_ok(vmspy_image_init(file_of(rows[i].bytes, rows[i].size), "/x", &image));
		assert_int_equal(image.elf.count, 0);
		assert_int_equal(image.table.rows.count, 0);
		vmspy_image_deinit(&image);
	}
}

/* A field of the header of a sound file, overwritten. */
static const struct {
	const char *name;
	size_t offset, size;
	uint64_t value;
	const char *reason; /* NULL: it may be read, and must not crash */
} mutations[] = {
	{ "no segments", offsetof(Elf64_Ehdr, e_phnum), 2, 0, "no segments" },
	{ "too many segments", offsetof(Elf64_Ehdr, e_phnum), 2, 0xffff, "too many" },
	{ "segments behind the end", offsetof(Elf64_Ehdr, e_phoff), 8, 1 << 30, "ends inside" },
	{ "segments beyond all files", offsetof(Elf64_Ehdr, e_phoff), 8, UINT64_MAX,
	  "ends inside" },
	{ "segments of no size", offsetof(Elf64_Ehdr, e_phentsize), 2, 0, "unknown size" },
	{ "sections of no size", offsetof(Elf64_Ehdr, e_shentsize), 2, 0, "unknown size" },
	{ "sections that count themselves", offsetof(Elf64_Ehdr, e_shnum), 2, 0,
	  "too many sections" },
	{ "sections behind the end", offsetof(Elf64_Ehdr, e_shoff), 8, 1 << 30, NULL },
	{ "sections beyond all files", offsetof(Elf64_Ehdr, e_shoff), 8, UINT64_MAX, NULL },
	{ "sections inside the header", offsetof(Elf64_Ehdr, e_shoff), 8, 1, NULL },
	{ "more sections than there are", offsetof(Elf64_Ehdr, e_shnum), 2, 0xfeff, NULL },
	{ "section names that are no section", offsetof(Elf64_Ehdr, e_shstrndx), 2, 0xfffe, NULL },
	{ "section names in another table", offsetof(Elf64_Ehdr, e_shstrndx), 2, SHN_XINDEX, NULL },
	{ "a relocatable file", offsetof(Elf64_Ehdr, e_type), 2, ET_REL, NULL },
	{ "an unknown machine", offsetof(Elf64_Ehdr, e_machine), 2, 0xabcd, NULL },
	{ "an unknown version", offsetof(Elf64_Ehdr, e_version), 4, 77, NULL },
};

static void a_broken_header_is_an_error_or_has_no_symbols(void **state)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf sound = own_file();

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(mutations); i++) {
		char kept[8], *field = sound.text + mutations[i].offset;
		struct vmspy_image image = { 0 };
		struct vmspy_error *err;

		test_row(mutations[i].name);
		memcpy(kept, field, sizeof(kept));
		memcpy(field, &mutations[i].value, mutations[i].size);
		err = vmspy_image_init(file_of(sound.text, sound.length), "/x", &image);
		memcpy(field, kept, sizeof(kept));
		if (mutations[i].reason)
			assert_error(err, VMSPY_ERROR_BAD_DATA, mutations[i].reason);
		else
			vmspy_error_destroy(err);
		vmspy_image_deinit(&image);
	}
}

/* Every segment and section, with a field that lies. */
static void lies_in_segments_and_sections_are_survived(void **state)
{
	static const uint64_t lies[] = { 0, 1, 0x7fffffff, UINT64_C(1) << 40, UINT64_MAX };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf sound = own_file();
	const Elf64_Ehdr *header = (const void *)sound.text;
	size_t shdrs = header->e_shoff, phdrs = header->e_phoff;
	size_t words = (header->e_shnum * sizeof(Elf64_Shdr) / 8);

	(void)state;
	for (size_t i = 0; i < words + header->e_phnum * sizeof(Elf64_Phdr) / 8; i++) {
		char *field = sound.text + (i < words ? shdrs + i * 8 : phdrs + (i - words) * 8);
		struct vmspy_image image = { 0 };
		char kept[8];

		memcpy(kept, field, sizeof(kept));
		memcpy(field, &lies[i % TEST_COUNT(lies)], sizeof(kept));
		vmspy_error_destroy(
			vmspy_image_init(file_of(sound.text, sound.length), "/x", &image));
		memcpy(field, kept, sizeof(kept));
		vmspy_image_deinit(&image);
	}
}

static void a_file_cut_anywhere_is_survived(void **state)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf sound = own_file();
	size_t step = sound.length / 40;

	(void)state;
	for (size_t size = 0; size < sound.length; size += size < 256 ? 16 : step) {
		struct vmspy_image image = { 0 };

		vmspy_error_destroy(vmspy_image_init(file_of(sound.text, size), "/x", &image));
		vmspy_image_deinit(&image);
	}
}

static volatile int looked_for = 12345;

/* Whether the table of a file names a variable of this test. */
static bool names_the_variable(const struct vmspy_buf *file)
{
	struct vmspy_image image = { 0 };
	bool seen = false;

	assert_ok(vmspy_image_init(file_of(file->text, file->length), "/x", &image));
	assert_true(image.elf.count >= 2);
	for (size_t i = 0; i < image.table.rows.count; i++) {
		const char *name = vmspy_table_name(&image.table, image.table.rows.row[i].name);

		seen |= name && !strcmp(name, "looked_for");
	}
	vmspy_image_deinit(&image);
	return seen;
}

static void a_sound_file_is_read_in_full(void **state)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf sound = own_file();

	(void)state;
	assert_int_equal(looked_for, 12345);
	assert_true(names_the_variable(&sound));
}

/* ret: the first section of this type. */
static Elf64_Shdr *section_of(struct vmspy_buf *file, uint32_t type)
{
	Elf64_Ehdr *header = (void *)file->text;
	Elf64_Shdr *section = (void *)(file->text + header->e_shoff);

	for (size_t i = 0; i < header->e_shnum; i++)
		if (section[i].sh_type == type)
			return &section[i];
	fail_msg("no section of type %u", type);
	return NULL;
}

static void what_libdwfl_must_not_believe_is_hidden_from_it(void **state)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf sound = own_file();
	Elf64_Ehdr *header = (void *)sound.text;
	Elf64_Shdr *symbols = section_of(&sound, SHT_SYMTAB), kept = *symbols;
	Elf64_Shdr *names = (Elf64_Shdr *)(void *)(sound.text + header->e_shoff) + symbols->sh_link;
	char *last = sound.text + names->sh_offset + names->sh_size - 1;

	(void)state;
	test_row("names that do not end");
	*last = 'x';
	assert_false(names_the_variable(&sound));
	*last = '\0';
	test_row("names that are packed");
	names->sh_flags |= SHF_COMPRESSED;
	assert_false(names_the_variable(&sound));
	names->sh_flags &= ~(uint64_t)SHF_COMPRESSED;
	test_row("symbols of another size");
	symbols->sh_entsize = 1;
	assert_false(names_the_variable(&sound));
	*symbols = kept;
	test_row("more local symbols than symbols");
	symbols->sh_info = UINT32_MAX;
	assert_false(names_the_variable(&sound));
	*symbols = kept;
	test_row("as it was");
	assert_true(names_the_variable(&sound));
}

TEST_MAIN(TEST(files_that_are_no_programs_are_empty),
	  TEST(a_broken_header_is_an_error_or_has_no_symbols),
	  TEST(lies_in_segments_and_sections_are_survived), TEST(a_file_cut_anywhere_is_survived),
	  TEST(a_sound_file_is_read_in_full), TEST(what_libdwfl_must_not_believe_is_hidden_from_it))

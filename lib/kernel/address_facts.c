#include "kernel/address_facts.h"

#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "kernel/proc_file.h"
#include "kernel/process.h"

#include "base/banned.h"

enum {
	MACHINE_ORDER = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB,
	PERSONALITY_DOMAIN = 0xff, /* the rest are flags */
};

/* --- the program --------------------------------------------------------------------------- */

/* The beginning of an ELF file, which is the same in both classes. */
struct elf_begin {
	unsigned char ident[EI_NIDENT];
	uint16_t type;
};

static void take_program(const struct elf_begin *begin, struct vmspy_address_facts *facts)
{
	static const unsigned bits[] = { [ELFCLASS32] = 32, [ELFCLASS64] = 64 };
	unsigned char elf_class = begin->ident[EI_CLASS];

	if (memcmp(begin->ident, ELFMAG, SELFMAG) || begin->ident[EI_DATA] != MACHINE_ORDER ||
	    elf_class >= sizeof(bits) / sizeof(bits[0]))
		return;
	facts->pointer_bits = bits[elf_class];
	facts->is_pie = (struct vmspy_setting){ true, begin->type == ET_DYN };
}

static void read_program(const struct vmspy_process *process, struct vmspy_address_facts *facts)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct elf_begin begin;

	err = vmspy_process_open(process, "exe", &fd);
	if (!err && pread(fd, &begin, sizeof(begin), 0) == sizeof(begin))
		take_program(&begin, facts);
}

/* --- its personality ----------------------------------------------------------------------- */

static void read_personality(const struct vmspy_process *process, struct vmspy_address_facts *facts)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_setting *personality = &facts->personality;
	struct vmspy_scan scan;

	facts->personality_refusal = vmspy_process_read(process, "personality", &text);
	if (facts->personality_refusal)
		return;
	scan = vmspy_scan_over(vmspy_buf_text(&text), text.length);
	personality->known = vmspy_scan_hex(&scan, &personality->value);
}

static const struct {
	uint32_t flag;
	const char *name;
} flags[] = {
	{ UNAME26, "UNAME26" },
	{ ADDR_NO_RANDOMIZE, "ADDR_NO_RANDOMIZE" },
	{ FDPIC_FUNCPTRS, "FDPIC_FUNCPTRS" },
	{ MMAP_PAGE_ZERO, "MMAP_PAGE_ZERO" },
	{ ADDR_COMPAT_LAYOUT, "ADDR_COMPAT_LAYOUT" },
	{ READ_IMPLIES_EXEC, "READ_IMPLIES_EXEC" },
	{ ADDR_LIMIT_32BIT, "ADDR_LIMIT_32BIT" },
	{ SHORT_INODE, "SHORT_INODE" },
	{ WHOLE_SECONDS, "WHOLE_SECONDS" },
	{ STICKY_TIMEOUTS, "STICKY_TIMEOUTS" },
	{ ADDR_LIMIT_3GB, "ADDR_LIMIT_3GB" },
};

static void add_word(char text[VMSPY_PERSONALITY_TEXT], const char *word)
{
	size_t length = strlen(text), bytes = strlen(word);

	if (length + 1 + bytes + 1 > VMSPY_PERSONALITY_TEXT)
		return;
	if (length)
		text[length++] = ' ';
	memcpy(text + length, word, bytes + 1);
}

const char *vmspy_personality_words(uint32_t personality, char text[VMSPY_PERSONALITY_TEXT])
{
	text[0] = '\0';
	if ((personality & PERSONALITY_DOMAIN) == PER_LINUX32)
		add_word(text, "PER_LINUX32");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (personality & flags[i].flag)
			add_word(text, flags[i].name);
	return text;
}

/* --- the machine --------------------------------------------------------------------------- */

static struct vmspy_setting read_setting(const char *path)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_setting setting = { 0 };
	struct vmspy_scan scan;

	if (vmspy_proc_file_read(AT_FDCWD, path, &text))
		return setting;
	scan = vmspy_scan_over(vmspy_buf_text(&text), text.length);
	setting.known = vmspy_scan_decimal(&scan, &setting.value);
	return setting;
}

struct vmspy_address_facts vmspy_address_facts_read(const struct vmspy_process *process)
{
	struct vmspy_address_facts facts = {
		.randomize_va_space = read_setting("/proc/sys/kernel/randomize_va_space"),
		.legacy_va_layout = read_setting("/proc/sys/vm/legacy_va_layout"),
		.mmap_min_addr = read_setting("/proc/sys/vm/mmap_min_addr"),
	};

	read_program(process, &facts);
	read_personality(process, &facts);
	return facts;
}

void vmspy_address_facts_deinit(struct vmspy_address_facts *facts)
{
	vmspy_error_destroy(facts->personality_refusal);
	*facts = (struct vmspy_address_facts){ 0 };
}

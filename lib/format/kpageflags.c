#include "format/kpageflags.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "format/pagemap.h"

#include "base/banned.h"

/* Source: tools/mm/page-types.c. Two flags may have one letter there. */
static const struct {
	char letter;
	const char *name;
} flags_of[VMSPY_KPF_COUNT] = {
	[0] = { 'L', "locked" },
	[VMSPY_KPF_ERROR] = { 'E', "error" },
	[2] = { 'R', "referenced" },
	[3] = { 'U', "uptodate" },
	[4] = { 'D', "dirty" },
	[5] = { 'l', "lru" },
	[VMSPY_KPF_ACTIVE] = { 'A', "active" },
	[VMSPY_KPF_SLAB] = { 'S', "slab" },
	[VMSPY_KPF_WRITEBACK] = { 'W', "writeback" },
	[VMSPY_KPF_RECLAIM] = { 'I', "reclaim" },
	[10] = { 'B', "buddy" },
	[11] = { 'M', "mmap" },
	[VMSPY_KPF_ANON] = { 'a', "anonymous" },
	[VMSPY_KPF_SWAPCACHE] = { 's', "swapcache" },
	[VMSPY_KPF_SWAPBACKED] = { 'b', "swapbacked" },
	[VMSPY_KPF_COMPOUND_HEAD] = { 'H', "compound_head" },
	[VMSPY_KPF_COMPOUND_TAIL] = { 'T', "compound_tail" },
	[VMSPY_KPF_HUGE] = { 'G', "huge" },
	[18] = { 'u', "unevictable" },
	[19] = { 'X', "hwpoison" },
	[20] = { 'n', "nopage" },
	[VMSPY_KPF_KSM] = { 'x', "ksm" },
	[VMSPY_KPF_THP] = { 't', "thp" },
	[23] = { 'o', "offline" },
	[VMSPY_KPF_ZERO_PAGE] = { 'z', "zero_page" },
	[25] = { 'i', "idle_page" },
	[26] = { 'g', "pgtable" },
	[VMSPY_KPF_RESERVED] = { 'r', "reserved" },
	[33] = { 'm', "mlocked" },
	[VMSPY_KPF_OWNER_2] = { 'd', "owner_2" },
	[35] = { 'P', "private" },
	[36] = { 'p', "private_2" },
	[37] = { 'O', "owner_private" },
	[38] = { 'h', "arch" },
	[VMSPY_KPF_SOFTDIRTY] = { 'f', "softdirty" },
	[41] = { 'H', "arch_2" },
	[42] = { 'J', "arch_3" }, /* page-types has no letter for it */
	[VMSPY_KPF_ANON_EXCLUSIVE] = { 'd', "anon_exclusive" },
	[VMSPY_KPF_READAHEAD] = { 'I', "readahead" },
	[VMSPY_KPF_SLUB_FROZEN] = { 'A', "slub_frozen" },
	[VMSPY_KPF_SLUB_DEBUG] = { 'E', "slub_debug" },
	[VMSPY_KPF_FILE] = { 'F', "file" },
	[VMSPY_KPF_SWAP] = { 'w', "swap" },
	[VMSPY_KPF_MMAP_EXCLUSIVE] = { '1', "mmap_exclusive" },
};

#define HACKERS_BITS (UINT64_C(0xffff) << 32)
#define COMPOUND_BITS                                                                              \
	(VMSPY_KPF_BIT(VMSPY_KPF_COMPOUND_HEAD) | VMSPY_KPF_BIT(VMSPY_KPF_COMPOUND_TAIL))

const char *vmspy_kpageflag_name(unsigned bit)
{
	return bit < VMSPY_KPF_COUNT ? flags_of[bit].name : NULL;
}

uint64_t vmspy_kpageflags_well_known(uint64_t flags)
{
	flags &= ~HACKERS_BITS;
	return vmspy_kpageflags_has(flags, VMSPY_KPF_HUGE) ? flags : flags & ~COMPOUND_BITS;
}

/* A flag that means another thing where some flag is set. */
static const struct {
	enum vmspy_kpageflag flag, where, meaning;
} overloaded[] = {
	{ VMSPY_KPF_OWNER_2, VMSPY_KPF_ANON, VMSPY_KPF_ANON_EXCLUSIVE },
	{ VMSPY_KPF_ACTIVE, VMSPY_KPF_SLAB, VMSPY_KPF_SLUB_FROZEN },
	{ VMSPY_KPF_ERROR, VMSPY_KPF_SLAB, VMSPY_KPF_SLUB_DEBUG },
};

/* A bit of a page word, and the flag that tells it. */
static const struct {
	uint64_t bit;
	enum vmspy_kpageflag flag;
} of_word[] = {
	{ VMSPY_PAGEMAP_SOFT_DIRTY, VMSPY_KPF_SOFTDIRTY },
	{ VMSPY_PAGEMAP_FILE, VMSPY_KPF_FILE },
	{ VMSPY_PAGEMAP_SWAPPED, VMSPY_KPF_SWAP },
	{ VMSPY_PAGEMAP_EXCLUSIVE, VMSPY_KPF_MMAP_EXCLUSIVE },
};

uint64_t vmspy_kpageflags_expand(uint64_t flags, uint64_t word)
{
	for (size_t i = 0; i < sizeof(overloaded) / sizeof(overloaded[0]); i++)
		if (vmspy_kpageflags_has(flags, overloaded[i].where) &&
		    vmspy_kpageflags_has(flags, overloaded[i].flag))
			flags ^= VMSPY_KPF_BIT(overloaded[i].flag) |
				 VMSPY_KPF_BIT(overloaded[i].meaning);
	if (vmspy_kpageflags_has(flags, VMSPY_KPF_RECLAIM) &&
	    !vmspy_kpageflags_has(flags, VMSPY_KPF_WRITEBACK))
		flags ^= VMSPY_KPF_BIT(VMSPY_KPF_RECLAIM) | VMSPY_KPF_BIT(VMSPY_KPF_READAHEAD);
	for (size_t i = 0; i < sizeof(of_word) / sizeof(of_word[0]); i++)
		if (word & of_word[i].bit)
			flags |= VMSPY_KPF_BIT(of_word[i].flag);
	return flags;
}

const char *vmspy_kpageflags_letters(uint64_t flags, char buf[static VMSPY_KPAGEFLAGS_LETTERS])
{
	char *at = buf;

	for (unsigned bit = 0; bit < VMSPY_KPF_COUNT; bit++)
		if (flags_of[bit].name)
			*at++ = flags >> bit & 1 ? flags_of[bit].letter : '_';
	*at = '\0';
	return buf;
}

const char *vmspy_kpageflags_names(uint64_t flags, char buf[static VMSPY_KPAGEFLAGS_NAMES])
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned bit = 0; bit < VMSPY_KPF_COUNT; bit++) {
		const char *space = at ? " " : "";

		if (!(flags >> bit & 1))
			continue;
		if (flags_of[bit].name)
			at += (size_t)snprintf(buf + at, VMSPY_KPAGEFLAGS_NAMES - at, "%s%s", space,
					       flags_of[bit].name);
		else
			at += (size_t)snprintf(buf + at, VMSPY_KPAGEFLAGS_NAMES - at, "%sbit%u",
					       space, bit);
	}
	return buf;
}

/* --- which flags --------------------------------------------------------------------------- */

/* What a beginning may be short for. */
struct matches {
	unsigned count, bit;
	struct vmspy_buf names;
};

static void end_matches(struct matches *matches)
{
	vmspy_buf_deinit(&matches->names);
}

static struct vmspy_error *match(const char *word, size_t length, struct matches *matches)
{
	struct vmspy_error *err;

	for (unsigned bit = 0; bit < VMSPY_KPF_COUNT; bit++) {
		const char *name = flags_of[bit].name;

		if (!name || strncmp(name, word, length) != 0)
			continue;
		if (!name[length]) {
			matches->count = 1;
			matches->bit = bit;
			return NULL;
		}
		if ((err = vmspy_buf_printf(&matches->names, "%s%s", matches->count ? ", " : "",
					    name)))
			return err;
		matches->count++;
		matches->bit = bit;
	}
	return NULL;
}

/* Everybody calls these so. */
static const struct {
	const char *word;
	enum vmspy_kpageflag flag;
} short_names[] = {
	{ "anon", VMSPY_KPF_ANON },          { "zero", VMSPY_KPF_ZERO_PAGE },
	{ "hugetlb", VMSPY_KPF_HUGE },       { "head", VMSPY_KPF_COMPOUND_HEAD },
	{ "tail", VMSPY_KPF_COMPOUND_TAIL },
};

static bool find_short_name(const char *word, size_t length, unsigned *ret)
{
	for (size_t i = 0; i < sizeof(short_names) / sizeof(short_names[0]); i++)
		if (strlen(short_names[i].word) == length &&
		    !memcmp(short_names[i].word, word, length)) {
			*ret = short_names[i].flag;
			return true;
		}
	return false;
}

static struct vmspy_error *find_flag(const char *word, size_t length, unsigned *ret)
{
	VMSPY_AUTO(end_matches) struct matches matches = { 0 };
	struct vmspy_error *err;

	if (find_short_name(word, length, ret))
		return NULL;
	if (length && (err = match(word, length, &matches)))
		return err;
	if (!matches.count)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no page flag '%.*s' (vmspy-pages(1) lists them)",
					  (int)length, word);
	if (matches.count > 1)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "page flag '%.*s' may be any of %s (say more of it)",
					  (int)length, word, vmspy_buf_text(&matches.names));
	*ret = matches.bit;
	return NULL;
}

struct vmspy_error *vmspy_kpageflags_filter_parse(const char *list,
						  struct vmspy_kpageflags_filter *ret)
{
	struct vmspy_kpageflags_filter filter = { 0 };
	struct vmspy_error *err;
	unsigned bit;

	for (;;) {
		bool is_unwanted = *list == '!';
		size_t length;

		list += is_unwanted;
		length = strcspn(list, ",");
		if ((err = find_flag(list, length, &bit)))
			return err;
		*(is_unwanted ? &filter.without : &filter.with) |= VMSPY_KPF_BIT(bit);
		if (!list[length])
			break;
		list += length + 1;
	}
	*ret = filter;
	return NULL;
}

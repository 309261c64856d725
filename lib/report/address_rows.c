#include "report/address_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/kpageflags.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_address_row, member)
const struct vmspy_column vmspy_address_columns[] = {
	{ "WORD", "word", "what was asked for", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(word) },
	{ "SIDE", "side", "whose: a, or b of --against", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT | VMSPY_SHOW_UNLESS_ZERO, 0, AT(side) },
	{ "ADDRESS", "address", "the address", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(address) },
	{ "STATE", "state", "what is behind the page: frame, zero, swap ...", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "MEANS", "means", "the same in a sentence", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(means) },
	{ "VERDICT", "verdict_state", "what diff says of the page in both", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT | VMSPY_SHOW_UNLESS_ZERO, 0, AT(verdict) },
	{ "CLASS", "verdict_class", "the finer word", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT | VMSPY_SHOW_UNLESS_ZERO, 0, AT(page_class) },
	{ "BACKING", "backing", "what is in the frame: anon or file", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(backing) },
	{ "FRAME", "frame", "number of the page frame", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame) },
	{ "PHYSICAL", "physical", "physical address", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0, AT(physical) },
	{ "MAPPED", "map_count", "how often the frame is mapped", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(map_count) },
	{ "EXCLUSIVE", "exclusive", "whether it is mapped here alone", VMSPY_UNIT_BOOL, VMSPY_SHOW, 0, AT(exclusive) },
	{ "HUGE", "huge", "no, entry, folio or hugetlb", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(huge) },
	{ "HUGE-SIZE", "huge_bytes", "size of the huge page or folio", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, 0, AT(huge_bytes) },
	{ "HUGE-AT", "huge_position_bytes", "where in it the page is", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, 0, AT(huge_position_bytes) },
	{ "PAGE-FLAGS", "page_flags", "kernel page flags", VMSPY_UNIT_WORDS, VMSPY_SHOW, 0, AT(page_flags) },
	{ "UFFD-WP", "write_protected", "whether userfaultfd has it write-protected", VMSPY_UNIT_BOOL, VMSPY_SHOW_JSON, 0, AT(write_protected) },
	{ "SOFT-DIRTY", "soft_dirty", "whether it was written since clear_refs", VMSPY_UNIT_BOOL, VMSPY_SHOW_JSON, 0, AT(soft_dirty) },
	{ "CGROUP", "cgroup", "memory cgroup that pays for the frame", VMSPY_UNIT_PATH, VMSPY_SHOW_JSON, 0, AT(cgroup) },
	{ "CGROUP-INODE", "cgroup_inode", "its inode", VMSPY_UNIT_ID, VMSPY_SHOW_JSON, 0, AT(cgroup_inode) },
	{ "SWAP-AREA", "swap_type", "number of the swap area", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(swap_type) },
	{ "SWAP-OFFSET", "swap_offset_pages", "slot in the swap area", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(swap_offset_pages) },
	{ "PGD", "pgd", "index in the highest table", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(index[VMSPY_LEVEL_PGD]) },
	{ "P4D", "p4d", "index in the next table", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(index[VMSPY_LEVEL_P4D]) },
	{ "PUD", "pud", "index in the next table", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(index[VMSPY_LEVEL_PUD]) },
	{ "PMD", "pmd", "index in the next table", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(index[VMSPY_LEVEL_PMD]) },
	{ "PTE", "pte", "index in the lowest table", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(index[VMSPY_LEVEL_PTE]) },
	{ "PAGE-OFFSET", "page_offset", "offset in the page", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(page_offset) },
	{ "START", "mapping_start", "where its mapping begins", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_ASKED, 0, AT(start) },
	{ "END", "mapping_end", "where its mapping ends", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_ASKED, 0, AT(end) },
	{ "PERM", "perm", "permissions of its mapping", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT, 0, AT(perm) },
	{ "KIND", "kind", "what its mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT, 0, AT(kind) },
	{ "SECTION", "section", "section of the ELF file", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(section) },
	{ "SYMBOL", "symbol", "function or variable", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(symbol) },
	{ "SYMBOL-OFFSET", "symbol_offset", "bytes from its beginning", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(symbol_offset) },
	{ "SYMBOL-SIZE", "symbol_bytes", "its size", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, 0, AT(symbol_bytes) },
	{ "SOURCE", "source", "file and line of the source", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(source) },
	{ "FILE-OFFSET", "file_offset", "where in the file it is", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0, AT(file_offset_bytes) },
	{ "LINK-ADDRESS", "link_address", "the address in the numbering of the file", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0, AT(link_address) },
	{ "HIDDEN", "hidden", "what could not be seen, and what would show it", VMSPY_UNIT_ROWS, VMSPY_SHOW_JSON, 0, AT(hidden) },
	{ "OBJECT", "object", "the file, or the kernel's name for its mapping", VMSPY_UNIT_PATH, VMSPY_SHOW_TEXT, 0, AT(object) },
	{ 0 },
};

const struct vmspy_column vmspy_indices_columns[] = {
	{ "PGD", "pgd", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(index[VMSPY_LEVEL_PGD]) },
	{ "P4D", "p4d", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(index[VMSPY_LEVEL_P4D]) },
	{ "PUD", "pud", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(index[VMSPY_LEVEL_PUD]) },
	{ "PMD", "pmd", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(index[VMSPY_LEVEL_PMD]) },
	{ "PTE", "pte", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(index[VMSPY_LEVEL_PTE]) },
	{ "OFFSET", "offset", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(page_offset) },
	{ 0 },
};

const struct vmspy_column vmspy_swap_columns[] = {
	{ "TYPE", "type", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(swap_type) },
	{ "OFFSET", "offset_pages", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(swap_offset_pages) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_hidden, member)
const struct vmspy_column vmspy_hidden_columns[] = {
	{ "WHAT", "what", "the column", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(what) },
	{ "NEEDS", "needs", "the right that would show it", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(needs) },
	{ "REMEDY", "remedy", "what helps", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(remedy) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_near_row, member)
const struct vmspy_column vmspy_near_columns[] = {
	{ "START", "start", "", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "END", "end", "", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(end) },
	{ "PERM", "perm", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(perm) },
	{ "OFFSET", "offset", "", VMSPY_UNIT_OFFSET, VMSPY_SHOW, 0, AT(offset_bytes) },
	{ "DEVICE", "device", "", VMSPY_UNIT_DEVICE, VMSPY_SHOW, 0, AT(device) },
	{ "INODE", "inode", "", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(inode) },
	{ "KIND", "kind", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OBJECT", "object", "", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ "SIZE", "size_bytes", "", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(size_bytes) },
	{ "GAP", "gap_bytes", "", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(gap_bytes) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_verdict_row, member)
const struct vmspy_column vmspy_verdict_columns[] = {
	{ "STATE", "state", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "CLASS", "class", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(page_class) },
	{ "REASON", "reason", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(reason) },
	{ "REMEDY", "remedy", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(remedy) },
	{ "LEFT", "left", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(left) },
	{ "LEFT-SOURCE", "left_source", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(left_source) },
	{ 0 },
};
#undef AT

/* --- what stands there --------------------------------------------------------------------- */

/* Whose memory a mapping is. */
enum owner { OWNER_ANONYMOUS, OWNER_FILE, OWNER_SHARED, OWNER_COUNT };

#define ALL(text) { text, text, text }

static const struct {
	const char *state;
	const char *means[OWNER_COUNT];
} standings[VMSPY_STANDING_COUNT] = {
	[VMSPY_STANDING_NONE] = { "none", {
		"no page: never touched, or given back; a read gets the zero page, a write a frame",
		"no page here: not touched yet; the page of the file may be in memory all the same",
		"no page here: not touched yet, or swapped out (shared memory leaves no trace of that)",
	} },
	[VMSPY_STANDING_ANON] = { "frame", {
		"private memory in a frame",
		"a private copy of the file's page in a frame",
		"private memory in a frame",
	} },
	[VMSPY_STANDING_FILE] = { "frame", {
		"a page of a file or of the kernel",
		"the file's own page, not copied: a write makes a private copy",
		"a page of a file or of shared memory: all who map it see what is written",
	} },
	[VMSPY_STANDING_ZERO] = { "zero", ALL("the zero page, which is nobody's: a write gets a frame of its own") },
	[VMSPY_STANDING_SWAP] = { "swap", ALL("swapped out: an access reads it back") },
	[VMSPY_STANDING_GUARD] = { "guard", ALL("a guard region (MADV_GUARD_INSTALL): an access is SIGSEGV") },
	[VMSPY_STANDING_MARKER] = { "marker", ALL("no page, but a marker: write protection by userfaultfd, or poison; before Linux 6.15 a guard region, too") },
	[VMSPY_STANDING_IN_FLIGHT] = { "in-flight", ALL("on its way to another frame; or memory of a device, or poisoned") },
	[VMSPY_STANDING_UNTRACKED] = { "untracked", ALL("pages of the kernel's own, of which it tells nothing") },
	[VMSPY_STANDING_NO_MAPPING] = { "none", ALL("nothing is mapped here: an access is SIGSEGV") },
};
#undef ALL
/* clang-format on */

static enum owner owner_of(const struct vmspy_mapping *mapping)
{
	if (!mapping || mapping->kind == VMSPY_KIND_VDSO || vmspy_mapping_is_anonymous(mapping))
		return OWNER_ANONYMOUS;
	return mapping->vma.shared ? OWNER_SHARED : OWNER_FILE;
}

static bool is_present(const struct vmspy_address_sight *sight)
{
	return !sight->refused && sight->facts->is_settled &&
	       vmspy_standing_is_present(sight->facts->standing);
}

static const struct vmspy_page_table *table_of(const struct vmspy_host *host)
{
	return vmspy_page_table_find(host->machine, host->page_bytes, host->page_table_levels);
}

/* ret: what an address that no process can map is; NULL: one could. */
static const char *means_beyond(const struct vmspy_address_sight *sight)
{
	const struct vmspy_page_table *table = table_of(sight->host);

	if (!table || !table->user_end || sight->address < table->user_end)
		return NULL;
	if (table->kernel_start && sight->address >= table->kernel_start)
		return "the kernel's half of the addresses: a process has nothing here";
	return "beyond user space: no process can have anything here";
}

static void add_state(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const struct vmspy_page_facts *facts = sight->facts;

	row->state = "unknown";
	if (sight->refused) {
		row->means = sight->refused;
	} else if (!facts->is_settled) {
		row->means = "it kept changing while it was read";
	} else if (facts->page.place == VMSPY_PAGE_SWAP_HIDDEN) {
		row->means = "swapped out, or on its way to another frame: which of them is hidden";
	} else {
		row->state = standings[facts->standing].state;
		row->means = standings[facts->standing].means[owner_of(facts->mapping)];
		if (!facts->mapping && means_beyond(sight))
			row->means = means_beyond(sight);
	}
	if (!is_present(sight))
		return;
	if (facts->standing != VMSPY_STANDING_ZERO)
		row->backing = facts->standing == VMSPY_STANDING_ANON ? "anon" : "file";
}

/* --- its frame ----------------------------------------------------------------------------- */

static uint64_t known(uint64_t fact)
{
	return fact == VMSPY_FACT_UNKNOWN ? VMSPY_UNKNOWN : fact;
}

static void add_frame(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const struct vmspy_page_facts *facts = sight->facts;
	uint64_t flags = facts->fact[VMSPY_FRAME_FLAGS];

	if (facts->page.place != VMSPY_PAGE_IN_FRAME)
		return;
	row->frame = facts->page.frame;
	row->physical = row->frame * sight->host->page_bytes + row->page_offset;
	row->map_count = known(facts->fact[VMSPY_FRAME_MAP_COUNT]);
	row->cgroup_inode = known(facts->fact[VMSPY_FRAME_CGROUP]);
	row->cgroup = sight->cgroup;
	if (flags != VMSPY_FACT_UNKNOWN)
		row->page_flags =
			vmspy_kpageflags_names(vmspy_kpageflags_expand(flags, 0), row->flags_text);
}

/*
 * Bit 56 of a page behind a huge entry is that of another page, the first one; and without
 * PAGEMAP_SCAN nothing tells huge entries from others.
 */
static uint64_t exclusive_of(const struct vmspy_address_sight *sight)
{
	const struct vmspy_page_facts *facts = sight->facts;

	if (facts->standing == VMSPY_STANDING_ZERO)
		return false;
	if (!facts->marks_known || sight->huge->how == VMSPY_HUGE_ENTRY)
		return VMSPY_UNKNOWN;
	return facts->page.exclusive;
}

static void add_page(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const struct vmspy_page *page = &sight->facts->page;

	if (sight->refused || !sight->facts->is_settled)
		return;
	if (page->place == VMSPY_PAGE_IN_SWAP) {
		row->swap_type = page->swap_type;
		row->swap_offset_pages = page->swap_offset;
	}
	if (sight->facts->standing != VMSPY_STANDING_NO_MAPPING &&
	    sight->facts->standing != VMSPY_STANDING_UNTRACKED) {
		row->write_protected = page->write_protected;
		if (sight->host->soft_dirty_tracked)
			row->soft_dirty = page->soft_dirty;
	}
	if (!is_present(sight))
		return;
	add_frame(sight, row);
	row->exclusive = exclusive_of(sight);
	row->huge = vmspy_huge_name(sight->huge->how);
	if (!sight->huge->size_bytes)
		return;
	row->huge_bytes = sight->huge->size_bytes;
	row->huge_position_bytes = sight->huge->position_bytes;
}

/* --- what is hidden ------------------------------------------------------------------------ */

static void hide(struct vmspy_address_row *row, const char *what, const char *needs,
		 const char *remedy)
{
	row->hidden_row[row->hidden.count++] = (struct vmspy_hidden){ what, needs, remedy };
}

/* The files of frames, and what reading each would have shown. */
static const struct {
	const char *what, *needs;
} frame_files[VMSPY_FRAME_FACT_COUNT] = {
	[VMSPY_FRAME_FLAGS] = { "page_flags", "uid 0, to read /proc/kpageflags" },
	[VMSPY_FRAME_MAP_COUNT] = { "map_count", "uid 0, to read /proc/kpagecount" },
	[VMSPY_FRAME_CGROUP] = { "cgroup_inode",
				 "uid 0, to read /proc/kpagecgroup (a kernel with memory cgroups "
				 "has it)" },
};

static const char needs_frames[] = "CAP_SYS_ADMIN in the first user namespace";
static const char run_as_root[] = "run with sudo";

/* ret: what would show a fact of the frame, NULL: it is shown. */
static const char *needs_of(const struct vmspy_address_sight *sight, enum vmspy_frame_fact fact)
{
	if (!sight->host->fact_visible[fact])
		return frame_files[fact].needs;
	return sight->facts->page.place == VMSPY_PAGE_FRAME_HIDDEN ? needs_frames : NULL;
}

static void add_hidden_frame(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const char *needs;

	if (sight->facts->page.place == VMSPY_PAGE_FRAME_HIDDEN)
		hide(row, "frame", needs_frames, run_as_root);
	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		if ((needs = needs_of(sight, fact)))
			hide(row, frame_files[fact].what, needs, run_as_root);
	if (sight->huge->how != VMSPY_HUGE_UNKNOWN)
		return;
	if (!sight->facts->marks_known)
		hide(row, "huge", "PAGEMAP_SCAN, of Linux 6.7 and later", NULL);
	else if ((needs = needs_of(sight, VMSPY_FRAME_FLAGS)))
		hide(row, "huge", needs, run_as_root);
}

static void add_hidden(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	row->hidden = (struct vmspy_nested){
		.columns = vmspy_hidden_columns,
		.rows = row->hidden_row,
		.row_bytes = sizeof(row->hidden_row[0]),
	};
	if (sight->refused)
		hide(row, "state", sight->refused, NULL);
	else if (sight->facts->page.place == VMSPY_PAGE_SWAP_HIDDEN)
		hide(row, "swap", needs_frames, run_as_root);
	else if (is_present(sight))
		add_hidden_frame(sight, row);
}

/* --- where it is --------------------------------------------------------------------------- */

static void add_indices(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const struct vmspy_host *host = sight->host;
	const struct vmspy_page_table *table =
		vmspy_page_table_find(host->machine, host->page_bytes, host->page_table_levels);
	struct vmspy_page_indices indices;

	row->page_offset = sight->address & (host->page_bytes - 1);
	if (!table)
		return;
	indices = vmspy_page_table_split(table, sight->address);
	for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
		if (table->bits[level])
			row->index[level] = indices.index[level];
}

static void add_mapping(const struct vmspy_mapping *mapping, struct vmspy_address_row *row)
{
	if (!mapping)
		return;
	row->start = mapping->vma.start;
	row->end = mapping->vma.end;
	row->perm = vmspy_perm_format(&mapping->vma, row->perm_text);
	row->kind = vmspy_mapping_kind_name(mapping->kind);
	row->object = mapping->vma.name;
}

static void add_names(const struct vmspy_address_sight *sight, struct vmspy_address_row *row)
{
	const struct vmspy_spot *spot = sight->spot;
	const struct vmspy_source_line *source = sight->source;

	row->section = spot->section;
	row->symbol = spot->symbol;
	if (spot->symbol) {
		row->symbol_offset = sight->address - spot->symbol_start;
		row->symbol_bytes = spot->symbol_bytes ? spot->symbol_bytes : VMSPY_UNKNOWN;
	}
	if (spot->has_file_offset)
		row->file_offset_bytes = spot->file_offset_bytes;
	if (spot->object)
		row->link_address = spot->link_address;
	if (!source->file)
		return;
	if (source->line)
		snprintf(row->source_text, sizeof(row->source_text), "%s:%u", source->file,
			 source->line);
	else
		snprintf(row->source_text, sizeof(row->source_text), "%s", source->file);
	row->source = row->source_text;
}

static void forget(struct vmspy_address_row *row)
{
	*row = (struct vmspy_address_row){
		.start = VMSPY_UNKNOWN,
		.end = VMSPY_UNKNOWN,
		.symbol_offset = VMSPY_UNKNOWN,
		.symbol_bytes = VMSPY_UNKNOWN,
		.file_offset_bytes = VMSPY_UNKNOWN,
		.link_address = VMSPY_UNKNOWN,
		.frame = VMSPY_UNKNOWN,
		.physical = VMSPY_UNKNOWN,
		.swap_type = VMSPY_UNKNOWN,
		.swap_offset_pages = VMSPY_UNKNOWN,
		.map_count = VMSPY_UNKNOWN,
		.exclusive = VMSPY_UNKNOWN,
		.write_protected = VMSPY_UNKNOWN,
		.soft_dirty = VMSPY_UNKNOWN,
		.huge_bytes = VMSPY_UNKNOWN,
		.huge_position_bytes = VMSPY_UNKNOWN,
		.cgroup_inode = VMSPY_UNKNOWN,
	};
	for (size_t level = 0; level < VMSPY_LEVEL_COUNT; level++)
		row->index[level] = VMSPY_UNKNOWN;
}

void vmspy_address_row_get(const struct vmspy_address_sight *sight, struct vmspy_address_row *ret)
{
	forget(ret);
	ret->word = sight->word;
	ret->address = sight->address;
	add_mapping(sight->facts->mapping, ret);
	add_indices(sight, ret);
	add_names(sight, ret);
	add_state(sight, ret);
	add_page(sight, ret);
	add_hidden(sight, ret);
}

/* --- mappings ------------------------------------------------------------------------------ */

bool vmspy_near_row_get(const struct vmspy_layout *layout, uint64_t address, enum vmspy_near near,
			struct vmspy_near_row *row)
{
	size_t at = vmspy_layout_end_above(layout, address);
	bool is_mapped = at < layout->count && layout->mapping[at].vma.start <= address;
	/* What the gaps are measured from. */
	uint64_t start = is_mapped ? layout->mapping[at].vma.start : address;
	uint64_t end = is_mapped ? layout->mapping[at].vma.end : address;
	size_t index =
		near == VMSPY_NEAR_BELOW ? at - 1 : at + (near == VMSPY_NEAR_ABOVE && is_mapped);
	const struct vmspy_vma *vma;

	if (index >= layout->count || (near == VMSPY_NEAR_HERE && !is_mapped))
		return false;
	vma = &layout->mapping[index].vma;
	*row = (struct vmspy_near_row){
		.start = vma->start,
		.end = vma->end,
		.size_bytes = vma->end - vma->start,
		.offset_bytes = vma->inode ? vma->offset_bytes : VMSPY_UNKNOWN,
		.device = VMSPY_DEVICE(vma->device_major, vma->device_minor),
		.inode = vma->inode,
		.kind = vmspy_mapping_kind_name(layout->mapping[index].kind),
		.object = vma->name,
		.gap_bytes = near == VMSPY_NEAR_ABOVE   ? vma->start - end
			     : near == VMSPY_NEAR_BELOW ? start - vma->end
							: 0,
	};
	row->perm = vmspy_perm_format(vma, row->perm_text);
	return true;
}

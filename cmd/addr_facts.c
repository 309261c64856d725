/* vmspy addr: what is known of one side, a sentence for each fact. */
#include "addr_facts.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/human.h"

#include "base/banned.h"

/* --- where it is --------------------------------------------------------------------------- */

struct vmspy_error *addr_append_text(struct vmspy_buf *buf, const char *text)
{
	return text ? vmspy_escape_line(buf, text, strlen(text)) : NULL;
}

static struct vmspy_error *tell_near(const struct addr_view *view, enum vmspy_near near,
				     struct vmspy_buf *buf)
{
	char size[VMSPY_HUMAN_MAX], gap[VMSPY_HUMAN_MAX];
	struct vmspy_near_row row;
	struct vmspy_error *err;

	if (!vmspy_near_row_get(view->sight->layout, view->sight->address, near, &row))
		return near == VMSPY_NEAR_HERE ? vmspy_buf_printf(buf, "nothing is mapped here")
					       : NULL;
	vmspy_human_bytes(row.size_bytes, size);
	if ((err = vmspy_buf_printf(buf, "%" PRIx64 "-%" PRIx64 " %s %s %s", row.start, row.end,
				    row.perm, row.kind, size)))
		return err;
	if (row.object && (err = vmspy_buf_printf(buf, " ")))
		return err;
	if ((err = addr_append_text(buf, row.object)) || near == VMSPY_NEAR_HERE)
		return err;
	vmspy_human_size(row.gap_bytes, gap);
	return row.gap_bytes ? vmspy_buf_printf(buf, " (a gap of %s between)", gap)
			     : vmspy_buf_printf(buf, " (no gap between)");
}

static struct vmspy_error *tell_above(const struct addr_view *view, struct vmspy_buf *buf)
{
	return tell_near(view, VMSPY_NEAR_ABOVE, buf);
}

static struct vmspy_error *tell_mapping(const struct addr_view *view, struct vmspy_buf *buf)
{
	return tell_near(view, VMSPY_NEAR_HERE, buf);
}

static struct vmspy_error *tell_below(const struct addr_view *view, struct vmspy_buf *buf)
{
	return tell_near(view, VMSPY_NEAR_BELOW, buf);
}

static struct vmspy_error *tell_symbol(const struct addr_view *view, struct vmspy_buf *buf)
{
	const struct vmspy_address_row *row = view->row;
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_error *err;

	if (!row->symbol && !row->section)
		return NULL;
	if (!row->symbol) {
		err = vmspy_buf_printf(buf, "none, in ");
		return err ? err : addr_append_text(buf, row->section);
	}
	if ((err = addr_append_text(buf, row->symbol)))
		return err;
	if (row->symbol_offset && (err = vmspy_buf_printf(buf, "+0x%" PRIx64, row->symbol_offset)))
		return err;
	if (row->symbol_bytes != VMSPY_UNKNOWN) {
		vmspy_human_size(row->symbol_bytes, size);
		if ((err = vmspy_buf_printf(buf, ", %s", size)))
			return err;
	}
	if (row->section && (err = vmspy_buf_printf(buf, " in ")))
		return err;
	return addr_append_text(buf, row->section);
}

static struct vmspy_error *tell_source(const struct addr_view *view, struct vmspy_buf *buf)
{
	return addr_append_text(buf, view->row->source);
}

static struct vmspy_error *tell_file(const struct addr_view *view, struct vmspy_buf *buf)
{
	const struct vmspy_address_row *row = view->row;
	struct vmspy_error *err = NULL;

	if (row->link_address != VMSPY_UNKNOWN)
		err = vmspy_buf_printf(buf, "address 0x%" PRIx64 " as nm and objdump count%s",
				       row->link_address,
				       row->file_offset_bytes != VMSPY_UNKNOWN ? ", " : "");
	if (!err && row->file_offset_bytes != VMSPY_UNKNOWN)
		err = vmspy_buf_printf(buf, "byte 0x%" PRIx64 " of the file",
				       row->file_offset_bytes);
	return err;
}

static struct vmspy_error *tell_indices(const struct addr_view *view, struct vmspy_buf *buf)
{
	static const char *const levels[VMSPY_LEVEL_COUNT] = { "PGD", "P4D", "PUD", "PMD", "PTE" };
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < VMSPY_LEVEL_COUNT; i++)
		if (view->row->index[i] != VMSPY_UNKNOWN)
			err = vmspy_buf_printf(buf, "%s %" PRIu64 "  ", levels[i],
					       view->row->index[i]);
	if (err || !buf->length)
		return err;
	return vmspy_buf_printf(buf, "offset 0x%" PRIx64, view->row->page_offset);
}

/* --- what stands there --------------------------------------------------------------------- */

static struct vmspy_error *tell_page(const struct addr_view *view, struct vmspy_buf *buf)
{
	struct vmspy_error *err = vmspy_buf_printf(buf, "%s: ", view->row->state);

	return err ? err : addr_append_text(buf, view->row->means);
}

static struct vmspy_error *tell_swap(const struct addr_view *view, struct vmspy_buf *buf)
{
	if (view->row->swap_type == VMSPY_UNKNOWN)
		return NULL;
	return vmspy_buf_printf(buf, "area %" PRIu64 ", page 0x%" PRIx64 " of it",
				view->row->swap_type, view->row->swap_offset_pages);
}

/* Tell what would show it, where something is hidden. */
static struct vmspy_error *tell_hidden(const struct addr_view *view, const char *what,
				       struct vmspy_buf *buf)
{
	for (size_t i = 0; i < view->row->hidden.count; i++) {
		const struct vmspy_hidden *hidden = &view->row->hidden_row[i];

		if (!strcmp(hidden->what, what))
			return vmspy_buf_printf(buf, "hidden: needs %s%s%s%s", hidden->needs,
						hidden->remedy ? " (" : "",
						hidden->remedy ? hidden->remedy : "",
						hidden->remedy ? ")" : "");
	}
	return NULL;
}

static struct vmspy_error *tell_frame(const struct addr_view *view, struct vmspy_buf *buf)
{
	if (view->row->frame == VMSPY_UNKNOWN)
		return tell_hidden(view, "frame", buf);
	return vmspy_buf_printf(buf, "0x%" PRIx64 ", physical address 0x%" PRIx64, view->row->frame,
				view->row->physical);
}

static struct vmspy_error *tell_slot(const struct addr_view *view, struct vmspy_buf *buf)
{
	return view->row->swap_type == VMSPY_UNKNOWN ? tell_hidden(view, "swap", buf)
						     : tell_swap(view, buf);
}

static struct vmspy_error *tell_flags(const struct addr_view *view, struct vmspy_buf *buf)
{
	if (!view->row->page_flags)
		return tell_hidden(view, "page_flags", buf);
	return vmspy_buf_printf(buf, "%s", *view->row->page_flags ? view->row->page_flags : "none");
}

static struct vmspy_error *tell_map_count(const struct addr_view *view, struct vmspy_buf *buf)
{
	uint64_t count = view->row->map_count;

	if (count == VMSPY_UNKNOWN)
		return tell_hidden(view, "map_count", buf);
	return vmspy_buf_printf(buf, "%" PRIu64 " %s", count, count == 1 ? "time" : "times");
}

static struct vmspy_error *tell_exclusive(const struct addr_view *view, struct vmspy_buf *buf)
{
	const struct vmspy_address_row *row = view->row;

	if (row->exclusive != VMSPY_UNKNOWN)
		return vmspy_buf_printf(buf, "%s",
					row->exclusive ? "yes, mapped here alone" : "no");
	if (row->huge && view->sight->huge->how == VMSPY_HUGE_ENTRY)
		return vmspy_buf_printf(buf,
					"not known: behind a huge entry the bit is that of the "
					"first page of the huge page (there it is %s)",
					view->sight->facts->page.exclusive ? "set" : "clear");
	return NULL;
}

static struct vmspy_error *tell_huge(const struct addr_view *view, struct vmspy_buf *buf)
{
	static const char *const what[VMSPY_HUGE_COUNT] = {
		[VMSPY_HUGE_ENTRY] = "transparent huge page behind one huge entry",
		[VMSPY_HUGE_FOLIO] = "large folio, with an entry for each page",
		[VMSPY_HUGE_HUGETLB] = "page of hugetlb",
	};
	const struct vmspy_address_row *row = view->row;
	char size[VMSPY_HUMAN_MAX], at[VMSPY_HUMAN_MAX];

	if (!row->huge)
		return tell_hidden(view, "huge", buf);
	if (!what[view->sight->huge->how])
		return NULL;
	if (row->huge_bytes == VMSPY_UNKNOWN)
		return vmspy_buf_printf(buf, "part of a %s", what[view->sight->huge->how]);
	vmspy_human_bytes(row->huge_bytes, size);
	vmspy_human_bytes(row->huge_position_bytes, at);
	return vmspy_buf_printf(buf, "part of a %s of %s, %s into it", what[view->sight->huge->how],
				size, at);
}

static struct vmspy_error *tell_marks(const struct addr_view *view, struct vmspy_buf *buf)
{
	const struct vmspy_address_row *row = view->row;
	struct vmspy_error *err = NULL;

	if (row->write_protected != VMSPY_UNKNOWN && row->write_protected)
		err = vmspy_buf_printf(buf, "write-protected by userfaultfd: a write is told to it "
					    "(the write bit of the page table is not visible)");
	if (!err && row->soft_dirty != VMSPY_UNKNOWN && row->soft_dirty)
		err = vmspy_buf_printf(buf, "%ssoft-dirty", buf->length ? "; " : "");
	return err;
}

static struct vmspy_error *tell_cgroup(const struct addr_view *view, struct vmspy_buf *buf)
{
	const struct vmspy_address_row *row = view->row;
	struct vmspy_error *err;

	if (row->cgroup_inode == VMSPY_UNKNOWN)
		return tell_hidden(view, "cgroup_inode", buf);
	if (!row->cgroup_inode)
		return NULL;
	if (row->cgroup &&
	    ((err = addr_append_text(buf, row->cgroup)) || (err = vmspy_buf_printf(buf, ", "))))
		return err;
	return vmspy_buf_printf(buf, "inode %" PRIu64, row->cgroup_inode);
}

/* In the order of an explanation: from the address space down to the frame. */
const struct addr_fact addr_facts[] = {
	{ "above", tell_above },
	{ "mapping", tell_mapping },
	{ "below", tell_below },
	{ "symbol", tell_symbol },
	{ "source", tell_source },
	{ "file", tell_file },
	{ "indices", tell_indices },
	{ "page", tell_page },
	{ "swap", tell_slot },
	{ "frame", tell_frame },
	{ "huge", tell_huge },
	{ "flags", tell_flags },
	{ "mapped", tell_map_count },
	{ "exclusive", tell_exclusive },
	{ "marks", tell_marks },
	{ "cgroup", tell_cgroup },
	{ 0 },
};

#include "symbol/bias.h"

#include <string.h>

#include "base/banned.h"

static uint64_t page_of(const struct vmspy_bias_query *query, uint64_t address)
{
	return address & -query->page_bytes;
}

static const char *name_of(const struct vmspy_vma *vma)
{
	return vma->name ? vma->name : "";
}

bool vmspy_bias_same_file(const struct vmspy_vma *a, const struct vmspy_vma *b)
{
	return vmspy_vma_same_inode(a, b) && !strcmp(name_of(a), name_of(b));
}

enum fit {
	CONTRADICTS, /* something else is mapped there */
	ALLOWS,      /* nothing of the file is expected there, or memory was put over it */
	CONFIRMS,
};

/* Whether the first page of the segment is where this bias puts it. */
static enum fit load_fits(const struct vmspy_bias_query *query, const struct vmspy_elf_load *load,
			  uint64_t bias)
{
	uint64_t start = load->start + bias, page = page_of(query, start);
	const struct vmspy_mapping *there;
	const struct vmspy_vma *vma;

	if (start > UINT64_MAX - load->memory_bytes)
		return CONTRADICTS;
	if (!load->file_bytes)
		return ALLOWS;
	there = vmspy_layout_find(query->layout, page);
	if (!there)
		return CONTRADICTS;
	vma = &there->vma;
	if (!vma->inode)
		return ALLOWS;
	if (!vmspy_bias_same_file(vma, &query->mapping->vma) || vma->shared ||
	    vma->offset_bytes + (page - vma->start) != page_of(query, load->offset_bytes) ||
	    (load->executable && !vma->executable))
		return CONTRADICTS;
	return CONFIRMS;
}

/* ret: how many segments confirm the bias; 0 if one contradicts it. */
static size_t count_fits(const struct vmspy_bias_query *query, uint64_t bias)
{
	size_t count = 0;

	for (size_t i = 0; i < query->elf->count; i++) {
		enum fit fit = load_fits(query, &query->elf->load[i], bias);

		if (fit == CONTRADICTS)
			return 0;
		count += fit == CONFIRMS;
	}
	return count;
}

/* ret: the bias, if the mapping begins inside this segment; false if it does not. */
static bool bias_by(const struct vmspy_bias_query *query, const struct vmspy_elf_load *load,
		    uint64_t *ret)
{
	const struct vmspy_vma *vma = &query->mapping->vma;
	uint64_t first = page_of(query, load->offset_bytes);

	if (!load->file_bytes || (load->start - load->offset_bytes) % query->page_bytes)
		return false;
	if (vma->offset_bytes < first || vma->offset_bytes >= load->offset_bytes + load->file_bytes)
		return false;
	*ret = vma->start - (vma->offset_bytes - first) - page_of(query, load->start);
	return true;
}

/* Segments of a small file may all share its first page: the bias that most of them confirm wins. */
bool vmspy_bias_find(const struct vmspy_bias_query *query, uint64_t *ret)
{
	size_t best = 0;

	/* It lies in memory as the kernel has it, in one piece. */
	if (query->mapping->kind == VMSPY_KIND_VDSO && query->elf->count) {
		*ret = query->mapping->vma.start - page_of(query, query->elf->load[0].start);
		return true;
	}
	if (!query->mapping->vma.inode || query->mapping->vma.shared)
		return false;
	for (size_t i = 0; i < query->elf->count; i++) {
		uint64_t bias;
		size_t count;

		if (!bias_by(query, &query->elf->load[i], &bias) || (query->elf->is_fixed && bias))
			continue;
		count = count_fits(query, bias);
		if (count > best) {
			best = count;
			*ret = bias;
		}
	}
	return best;
}

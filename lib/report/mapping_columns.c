/* The columns of `vmspy maps`. */
#include "report/mapping_rows.h"

#include "base/banned.h"

#define AT(member) offsetof(struct vmspy_mapping_row, member)
#define SMAPS      VMSPY_NEED_SMAPS
#define DETAILS    (VMSPY_NEED_SMAPS | VMSPY_NEED_DETAILS)

/* A size that is only shown when it is asked for. */
#define DETAIL(heading, member, help)                                                              \
	{                                                                                          \
		heading, #member, help, VMSPY_UNIT_BYTES, VMSPY_SHOW_ASKED, DETAILS, AT(member)    \
	}

/* The mapping, and who has it. */
#define IDENTITY_COLUMNS                                                                           \
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(pid) },               \
	{                                                                                          \
		"COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW_ASKED, 0,       \
			AT(comm)                                                                   \
	}

/* What can be added up, and is shown unless others are chosen. */
#define SIZE_COLUMNS                                                                               \
	{ "SIZE", "size_bytes",  "size of the address range", VMSPY_UNIT_BYTES, VMSPY_SHOW,        \
	  0,      AT(size_bytes) },                                                                \
		{ "RSS",                                                                           \
		  "resident_bytes",                                                                \
		  "in memory now (resident set), without hugetlb pages",                           \
		  VMSPY_UNIT_BYTES,                                                                \
		  VMSPY_SHOW,                                                                      \
		  SMAPS,                                                                           \
		  AT(resident_bytes) },                                                            \
		{ "PSS",                                                                           \
		  "proportional_bytes",                                                            \
		  "resident, each page divided by how many map it",                                \
		  VMSPY_UNIT_BYTES,                                                                \
		  VMSPY_SHOW,                                                                      \
		  SMAPS,                                                                           \
		  AT(proportional_bytes) },                                                        \
		{ "SHARED",         "shared_bytes", "resident and mapped more than once",          \
		  VMSPY_UNIT_BYTES, VMSPY_SHOW,     SMAPS,                                         \
		  AT(shared_bytes) },                                                              \
		{ "PRIVATE",        "private_bytes", "resident and mapped only here",              \
		  VMSPY_UNIT_BYTES, VMSPY_SHOW,      SMAPS,                                        \
		  AT(private_bytes) },                                                             \
		{ "SWAP", "swap_bytes",  "swapped out", VMSPY_UNIT_BYTES, VMSPY_SHOW_NONZERO,      \
		  SMAPS,  AT(swap_bytes) },                                                        \
		{ "ANON",                                                                          \
		  "anonymous_bytes",                                                               \
		  "resident and not, or no longer, the page of a file",                            \
		  VMSPY_UNIT_BYTES,                                                                \
		  VMSPY_SHOW_JSON,                                                                 \
		  SMAPS,                                                                           \
		  AT(anonymous_bytes) },                                                           \
		{ "HUGE",                                                                          \
		  "huge_bytes",                                                                    \
		  "in huge pages: transparent ones of any memory, and hugetlb",                    \
		  VMSPY_UNIT_BYTES,                                                                \
		  VMSPY_SHOW_JSON,                                                                 \
		  SMAPS,                                                                           \
		  AT(huge_bytes) },                                                                \
	{                                                                                          \
		"LOCKED", "locked_bytes", "locked in memory (mlock)", VMSPY_UNIT_BYTES,            \
			VMSPY_SHOW_JSON, SMAPS, AT(locked_bytes)                                   \
	}

/* The other sizes that can be added up, as the kernel tells them. */
#define DETAIL_COLUMNS                                                                             \
	DETAIL("PSS-DIRTY", proportional_dirty_bytes, "PSS of pages that are dirty"),              \
		DETAIL("SHARED-CLEAN", shared_clean_bytes, "shared, as the file has it"),          \
		DETAIL("SHARED-DIRTY", shared_dirty_bytes, "shared, and written to"),              \
		DETAIL("PRIVATE-CLEAN", private_clean_bytes, "private, as the file has it"),       \
		DETAIL("PRIVATE-DIRTY", private_dirty_bytes, "private, and written to"),           \
		DETAIL("REFERENCED", referenced_bytes, "resident and used of late"),               \
		DETAIL("KSM", ksm_bytes, "merged with pages of equal content"),                    \
		DETAIL("LAZY-FREE", lazy_free_bytes, "given back, not taken yet (MADV_FREE)"),     \
		DETAIL("ANON-HUGE", anonymous_huge_bytes,                                          \
		       "in transparent huge pages without a file"),                                \
		DETAIL("SHMEM-HUGE", shmem_huge_bytes, "in huge pages of shared memory"),          \
		DETAIL("FILE-HUGE", file_huge_bytes, "in huge pages of files"),                    \
		DETAIL("SHARED-HUGETLB", shared_hugetlb_bytes,                                     \
		       "in hugetlb pages that are mapped more than once"),                         \
		DETAIL("PRIVATE-HUGETLB", private_hugetlb_bytes,                                   \
		       "in hugetlb pages that are mapped only here"),                              \
		DETAIL("SWAP-PSS", proportional_swap_bytes,                                        \
		       "swapped out, each page divided by the number of its users")

const struct vmspy_column vmspy_mapping_columns[] = {
	IDENTITY_COLUMNS,
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS,
	  VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(end) },
	{ "PERM", "perm", "r read, w write, x execute, p private or s shared", VMSPY_UNIT_WORD,
	  VMSPY_SHOW, 0, AT(perm) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OFFSET", "offset", "where in the file it begins", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0,
	  AT(offset_bytes) },
	{ "DEVICE", "device", "device of the file, major:minor", VMSPY_UNIT_DEVICE, VMSPY_SHOW_JSON,
	  0, AT(device) },
	{ "INODE", "inode", "inode of the file, 0 without a file", VMSPY_UNIT_ID, VMSPY_SHOW_JSON,
	  0, AT(inode) },
	SIZE_COLUMNS,
	DETAIL_COLUMNS,
	{ "KERNEL-PAGE", "kernel_page_bytes", "size of the pages that the kernel gives it",
	  VMSPY_UNIT_SIZE, VMSPY_SHOW_ASKED, DETAILS, AT(kernel_page_bytes) },
	{ "MMU-PAGE", "mmu_page_bytes", "size of the pages that the processor maps",
	  VMSPY_UNIT_SIZE, VMSPY_SHOW_ASKED, DETAILS, AT(mmu_page_bytes) },
	{ "THP", "thp_eligible", "may get transparent huge pages", VMSPY_UNIT_BOOL,
	  VMSPY_SHOW_ASKED, DETAILS, AT(thp_eligible) },
	{ "PKEY", "protection_key", "protection key, where the processor has them", VMSPY_UNIT_ID,
	  VMSPY_SHOW_ASKED, DETAILS, AT(protection_key) },
	{ "FLAGS", "flags", "the kernel's two-letter flags (VmFlags of smaps)", VMSPY_UNIT_WORDS,
	  VMSPY_SHOW_JSON, SMAPS, AT(flags) },
	{ "FLAG-NAMES", "flag_names", "the same, spelled out", VMSPY_UNIT_WORDS, VMSPY_SHOW_ASKED,
	  SMAPS | VMSPY_NEED_FLAG_NAMES, AT(flag_names) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH,
	  VMSPY_SHOW, 0, AT(object) },
	{ "NOTE", "note", "what else is known: whose stack, writable code, deleted ...",
	  VMSPY_UNIT_TEXT, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_NOTES, AT(note) },
	{ 0 },
};

const struct vmspy_column vmspy_summary_columns[] = {
	IDENTITY_COLUMNS,
	{ "KIND", "kind", "what the mappings are for", VMSPY_UNIT_WORD, VMSPY_SHOW, VMSPY_NEED_KIND,
	  AT(kind) },
	{ "MAPPINGS", "mapping_count", "how many mappings", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0,
	  AT(mapping_count) },
	SIZE_COLUMNS,
	DETAIL_COLUMNS,
	{ "OBJECT", "object", "the file, or the kernel's name for the mappings", VMSPY_UNIT_PATH,
	  VMSPY_SHOW, VMSPY_NEED_OBJECT, AT(object) },
	{ 0 },
};

const struct vmspy_column vmspy_gap_columns[] = {
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(end) },
	{ "SIZE", "size_bytes", "size of the address range", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0,
	  AT(size_bytes) },
	{ 0 },
};

#include "space/kinds.h"

#include "base/banned.h"

static const char *const names[VMSPY_KIND_COUNT] = {
	[VMSPY_KIND_TEXT] = "text",
	[VMSPY_KIND_RODATA] = "rodata",
	[VMSPY_KIND_DATA] = "data",
	[VMSPY_KIND_BSS] = "bss",
	[VMSPY_KIND_HEAP] = "heap",
	[VMSPY_KIND_STACK] = "stack",
	[VMSPY_KIND_THREAD_STACK] = "thread-stack",
	[VMSPY_KIND_VDSO] = "vdso",
	[VMSPY_KIND_VVAR] = "vvar",
	[VMSPY_KIND_VSYSCALL] = "vsyscall",
	[VMSPY_KIND_ANON] = "anon",
	[VMSPY_KIND_FILE] = "file",
	[VMSPY_KIND_SHMEM] = "shmem",
	[VMSPY_KIND_SYSV] = "sysv",
	[VMSPY_KIND_HUGETLB] = "hugetlb",
	[VMSPY_KIND_GUARD] = "guard",
	[VMSPY_KIND_DEVICE] = "device",
	[VMSPY_KIND_JIT] = "jit",
};

static const char *const helps[VMSPY_KIND_COUNT] = {
	[VMSPY_KIND_TEXT] = "code: the main program's between start_code and end_code, or an "
			    "executable private mapping of a file",
	[VMSPY_KIND_RODATA] = "any other private mapping of the main program or of a file that is "
			      "mapped executable, also its data that was made read-only (RELRO)",
	[VMSPY_KIND_DATA] = "initialised variables: the main program's between start_data and "
			    "end_data, or a writable private mapping of a file that is mapped "
			    "executable",
	[VMSPY_KIND_BSS] = "variables that begin as zero: the unnamed private mapping that begins "
			   "where data ends; the first of them are in data's last page",
	[VMSPY_KIND_HEAP] = "what brk() extends, [heap]; small malloc()s of the main thread",
	[VMSPY_KIND_STACK] = "the main thread's stack, [stack]: holds start_stack, the arguments "
			     "and the environment",
	[VMSPY_KIND_THREAD_STACK] = "another thread's stack: the name says so, or by its shape: "
				    "unnamed, writable, a multiple of 64 KiB, right above a guard "
				    "of at most 64 KiB",
	[VMSPY_KIND_VDSO] = "code of the kernel in every process: [vdso]",
	[VMSPY_KIND_VVAR] = "data of the kernel that [vdso] reads: [vvar], [vvar_vclock]",
	[VMSPY_KIND_VSYSCALL] = "the fixed page that older programs call, [vsyscall]; not in the "
				"page tables of a process",
	[VMSPY_KIND_ANON] = "any other private memory without a file: mmap(), large malloc()s, "
			    "arenas; also private mappings of /dev/zero",
	[VMSPY_KIND_FILE] = "a file that is never mapped private and executable",
	[VMSPY_KIND_SHMEM] = "memory that has only a file's form: shared anonymous memory, memfd, "
			     "memfd_secret, /dev/shm; also a private mapping of one, unless it is "
			     "mapped executable like a library",
	[VMSPY_KIND_SYSV] = "a System V shared memory segment, /SYSV and its key",
	[VMSPY_KIND_HUGETLB] = "memory in reserved huge pages: the kernel's page size of the "
			       "mapping, or /anon_hugepage",
	[VMSPY_KIND_GUARD] = "private memory without a file that nobody may touch (PROT_NONE): a "
			     "guard, or address space kept for later",
	[VMSPY_KIND_DEVICE] = "what a driver or a kernel object maps: /dev/NAME, anon_inode:NAME, "
			      "socket:[N], a DMA buffer",
	[VMSPY_KIND_JIT] = "executable private memory without a file: code made at run time",
};

const char *vmspy_mapping_kind_name(enum vmspy_mapping_kind kind)
{
	return names[kind];
}

const char *vmspy_mapping_kind_help(enum vmspy_mapping_kind kind)
{
	return helps[kind];
}

/*
 * Variables of every sort, where they are, and how they should be named. One line each:
 *   KIND NAME ADDRESS SIZE SECTION
 * KIND: global (also in .dynsym with -rdynamic), local (in .symtab alone), section (no symbol
 * there). Then `ready`; it waits until its standard input is closed.
 * Arguments: libraries to load, each of which has `int library_counter` and says so itself.
 */
#define _GNU_SOURCE /* dlmopen, dl_iterate_phdr */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "library.h"

#ifdef __PIE__
#define POINTERS_SECTION ".data.rel.ro"
#else
#define POINTERS_SECTION ".rodata"
#endif

int global_counter = 100;
char zeros_behind_the_file[65536];
static int hidden_counter = 7;
static long hidden_zeros[3];
const char *const constant_pointers[] = { "a", "b", "c" };
__thread int in_every_thread = 5;

int plain_name = 1;
extern int _underscored_name __attribute__((weak, alias("plain_name")));

/* One object around two others, as assemblers make them. The one of size 0 is not told. */
__asm__(".data\n.balign 64\n"
	".globl outer, inner_one, inner_two, of_no_size\n"
	".type outer, @object\n.size outer, 32\nouter:\n"
	".type inner_one, @object\n.size inner_one, 8\ninner_one:\n.quad 1\n"
	".type inner_two, @object\n.size inner_two, 4\ninner_two:\n.long 2\n"
	".type of_no_size, @object\n.size of_no_size, 0\nof_no_size:\n.zero 20\n"
	".globl absolute_number\n.type absolute_number, @object\n.size absolute_number, 8\n"
	".set absolute_number, 0x1234\n.text\n");
extern char outer[32], inner_one[8], inner_two[4], of_no_size[20];

extern char dynamic_section[] __asm__("_DYNAMIC") __attribute__((weak, visibility("hidden")));
extern char init_array[] __asm__("__init_array_start") __attribute__((visibility("hidden")));

static void tell(const char *kind, const char *name, const void *address, size_t size,
		 const char *section)
{
	printf("%s %s %p %zu %s\n", kind, name, address, size, section);
}

#define TELL(kind, variable, section) tell(kind, #variable, &variable, sizeof(variable), section)

/* The first that is told of is the program itself. */
static int tell_thread_image(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS && info->dlpi_phdr[i].p_filesz)
			tell("section", "-", (char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr,
			     0, ".tdata");
	return 1;
}

static void tell_all(void)
{
	TELL("global", global_counter, ".data");
	TELL("global", zeros_behind_the_file, ".bss");
	tell("global", "zeros_behind_the_file", zeros_behind_the_file + 60000,
	     sizeof(zeros_behind_the_file), ".bss");
	TELL("local", hidden_counter, ".data");
	TELL("local", hidden_zeros, ".bss");
	TELL("global", constant_pointers, POINTERS_SECTION);
	tell("global", "plain_name", &_underscored_name, sizeof(int), ".data");
	TELL("global", outer, ".data");
	TELL("global", inner_one, ".data");
	TELL("global", inner_two, ".data");
	if (dynamic_section)
		tell("section", "-", dynamic_section, 0, ".dynamic");
	tell("section", "-", init_array, 0, ".init_array");
	dl_iterate_phdr(tell_thread_image, NULL);
}

/* Another copy of the library and of all that it needs. */
static void *load(const char *library)
{
	static const char again[] = "again:";

	if (!strncmp(library, again, sizeof(again) - 1))
		return dlmopen(LM_ID_NEWLM, library + sizeof(again) - 1, RTLD_NOW);
	return dlopen(library, RTLD_NOW | RTLD_LOCAL);
}

int main(int argc, char **argv)
{
	char until_closed;

	hidden_counter += hidden_zeros[0] + in_every_thread + of_no_size[0];
	tell_all();
	for (int i = 1; i < argc; i++) {
		void *library = load(argv[i]);
		library_tell_function *library_tell =
			library ? (library_tell_function *)dlsym(library, "library_tell") : NULL;

		if (!library_tell) {
			fprintf(stderr, "cannot load '%s': %s\n", argv[i], dlerror());
			return 1;
		}
		library_tell(tell);
	}
	puts("ready");
	fflush(stdout);
	return read(STDIN_FILENO, &until_closed, 1) != 0;
}

/* A library with variables. copied_number is copied into a program that refers to it. */
#include "library.h"

int library_counter = 1;
int copied_number = 42;
static int library_hidden = 2;
char library_zeros[20000];
int *const library_pointers[] = { &library_counter, &copied_number };

library_tell_function library_tell;

void library_tell(tell_function *tell)
{
	library_hidden += library_zeros[0];
	tell("global", "library_counter", &library_counter, sizeof(library_counter), ".data");
	tell("local", "library_hidden", &library_hidden, sizeof(library_hidden), ".data");
	tell("global", "library_zeros", library_zeros, sizeof(library_zeros), ".bss");
	tell("global", "library_zeros", library_zeros + sizeof(library_zeros) - 1,
	     sizeof(library_zeros), ".bss");
	tell("global", "library_pointers", library_pointers, sizeof(library_pointers),
	     ".data.rel.ro");
}

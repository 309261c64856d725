/* Like variables.c, but with another variable: for one path that leads to two files. */
#include <stdio.h>
#include <unistd.h>

#ifndef NAME
#define NAME this_variable
#endif
#define TEXT_OF(name) #name
#define TEXT(name)    TEXT_OF(name)

int NAME = 1;

int main(void)
{
	char until_closed;

	printf("global " TEXT(NAME) " %p %zu .data\nready\n", (void *)&NAME, sizeof(NAME));
	fflush(stdout);
	return read(STDIN_FILENO, &until_closed, 1) != 0;
}

/* A program with a variable of its library, copied into its own .bss (R_COPY). */
#include <stdio.h>
#include <unistd.h>

extern int copied_number;

int main(void)
{
	char until_closed;

	printf("global copied_number %p %zu .bss\nready\n", (void *)&copied_number,
	       sizeof(copied_number));
	fflush(stdout);
	return read(STDIN_FILENO, &until_closed, 1) != 0;
}

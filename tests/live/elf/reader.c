/* Maps a file as data, private and writable, and tells where. Argument: the file. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	struct stat file;
	char until_closed;
	char *start;

	if (fd < 0 || fstat(fd, &file))
		return 1;
	start = mmap(NULL, (size_t)file.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (start == MAP_FAILED)
		return 1;
	printf("nothing - %p %zu -\nready\n", (void *)start, (size_t)file.st_size);
	fflush(stdout);
	return read(STDIN_FILENO, &until_closed, 1) != 0;
}

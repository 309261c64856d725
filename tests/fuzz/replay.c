/*
 * Give files to a fuzz target, one by one: fuzz_NAME FILE...
 * Links in place of libFuzzer, so that the corpus is a test with every compiler.
 */
#include <stdio.h>

#include "fuzz.h"

static bool replay(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *data = NULL;
	long size = -1;
	bool done = false;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size >= 0)
		data = malloc((size_t)size + !size); /* exact: a sanitizer sees each byte beyond */
	if (data && fseek(file, 0, SEEK_SET) == 0 &&
	    fread(data, 1, (size_t)size, file) == (size_t)size) {
		LLVMFuzzerTestOneInput(data, (size_t)size);
		done = true;
	}
	free(data);
	if (file)
		fclose(file);
	return done;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!replay(argv[i])) {
			fprintf(stderr, "%s: cannot read '%s'\n", argv[0], argv[i]);
			return 1;
		}
	}
	printf("%s: %d inputs\n", argv[0], argc - 1);
	return argc > 1 ? 0 : 1;
}

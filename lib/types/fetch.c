#include "types/fetch.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "symbol/apart.h"

#include "base/banned.h"

enum {
	PATH_BYTES_MAX = 4096
};

#define MEMORY_BYTES (UINT64_C(512) << 20) /* most of it is what threads and TLS reserve */

/* The part of libdebuginfod.h that is used: its package need not be there to build. */
struct client;
typedef struct client *begin_function(void);
typedef int find_function(struct client *client, const unsigned char *build_id, int length,
			  char **path);

bool vmspy_fetch_is_configured(void)
{
	const char *servers = getenv("DEBUGINFOD_URLS");

	return servers && servers[0];
}

static struct vmspy_error *fetch_apart(void *context, struct vmspy_apart_answer *answer)
{
	void *library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	begin_function *begin;
	find_function *find;
	struct client *client;
	char *path = NULL;
	int fd;

	if (!library)
		return vmspy_error_create(
			VMSPY_ERROR_UNSUPPORTED,
			"DEBUGINFOD_URLS is set, but libdebuginfod is not installed");
	begin = (begin_function *)(uintptr_t)dlsym(library, "debuginfod_begin");
	find = (find_function *)(uintptr_t)dlsym(library, "debuginfod_find_debuginfo");
	client = begin ? begin() : NULL;
	if (!client || !find)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "libdebuginfod cannot be used");
	/* Length 0: the build-id is text. */
	fd = find(client, context, 0, &path);
	if (fd == -ENOENT || (fd >= 0 && !path))
		return NULL;
	if (fd < 0)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot fetch its debug file: %s", strerror(-fd));
	return vmspy_apart_add(answer, path, strlen(path));
}

struct vmspy_error *vmspy_fetch_debug_file(const char *build_id, uint64_t time_ns, char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf path = { 0 };
	const struct vmspy_apart_job job = {
		.work = fetch_apart,
		.context = (void *)(uintptr_t)build_id,
		.time_ns = time_ns,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes = PATH_BYTES_MAX,
	};
	struct vmspy_error *err = vmspy_apart_run(&job, &path);

	if (err)
		return err;
	*ret = path.length ? vmspy_buf_take(&path) : NULL;
	return NULL;
}

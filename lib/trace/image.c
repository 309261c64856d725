#include "trace/image.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/banned.h"

struct vmspy_image {
	atomic_uint references;
	struct vmspy_space *space;
};

struct vmspy_error *vmspy_image_create(pid_t pid, const struct vmspy_host *host,
				       struct vmspy_image **ret)
{
	struct vmspy_image *image = calloc(1, sizeof(*image));
	struct vmspy_error *err;

	if (!image)
		return vmspy_error_no_memory();
	atomic_init(&image->references, 1);
	if ((err = vmspy_space_open(pid, host, &image->space)) ||
	    (err = vmspy_space_load(image->space))) {
		vmspy_image_drop(image);
		return err;
	}
	*ret = image;
	return NULL;
}

struct vmspy_image *vmspy_image_keep(struct vmspy_image *image)
{
	atomic_fetch_add(&image->references, 1);
	return image;
}

void vmspy_image_drop(struct vmspy_image *image)
{
	if (!image || atomic_fetch_sub(&image->references, 1) > 1)
		return;
	vmspy_space_close(image->space);
	free(image);
}

struct vmspy_space *vmspy_image_space(const struct vmspy_image *image)
{
	return image->space;
}

/* Compare two processes with libvmspy as it was installed: `compare PID PID`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <vmspy.h>

static void must(struct vmspy_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "compare: %s\n", vmspy_error_message(err));
	exit(2);
}

int main(int argc, char **argv)
{
	const struct vmspy_pair_options options = { .content = VMSPY_CONTENT_NONE };
	struct vmspy_space *a, *b;
	struct vmspy_pair pair;
	struct vmspy_host host;

	if (argc != 3)
		return 2;
	must(vmspy_host_probe(&host));
	must(vmspy_space_open((pid_t)strtol(argv[1], NULL, 10), &host, &a));
	must(vmspy_space_open((pid_t)strtol(argv[2], NULL, 10), &host, &b));
	must(vmspy_pair_compare(a, b, &options, &pair));
	printf("%s %" PRIu64 " %" PRIu64 "\n", vmspy_relation_name(pair.relation),
	       pair.totals.state_pages[VMSPY_STATE_SHARED],
	       pair.totals.state_pages[VMSPY_STATE_DIVERGED]);
	vmspy_pair_deinit(&pair);
	vmspy_space_close(b);
	vmspy_space_close(a);
}

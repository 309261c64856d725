/* A parent and its child that differ in one of the variables of symbols.s. */
#include "fixture.h"

extern int variable_750000;

int main(void)
{
	struct gate done = gate_create();
	pid_t child = fork_bound();

	if (child == 0) {
		variable_750000 = 200;
		gate_pass(done);
		stay();
	}
	gate_wait(done);
	printf("%d %d %lx\n", getpid(), child, (unsigned long)&variable_750000);
	ready_until_looked_at();
	return 0;
}

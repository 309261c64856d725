/* What decides the shape of an address space: the program, its personality, the machine's settings. */
#ifndef VMSPY_KERNEL_ADDRESS_FACTS_H
#define VMSPY_KERNEL_ADDRESS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct vmspy_process;

/* A number that may not be known. */
struct vmspy_setting {
	bool known;
	uint64_t value;
};

/* A zeroed struct: nothing is known. */
struct vmspy_address_facts {
	unsigned pointer_bits;       /* of the main program: 32 or 64; 0: not known */
	struct vmspy_setting is_pie; /* 1: it can be loaded anywhere (ET_DYN) */
	struct vmspy_setting personality;
	struct vmspy_error *personality_refusal; /* why it is not known; NULL: it is */

	/* Of the machine, as they are now: the process was laid out by those of its exec. */
	struct vmspy_setting randomize_va_space;
	struct vmspy_setting legacy_va_layout;
	struct vmspy_setting mmap_min_addr;
};

/*
 * Read them. What may not be read is not known.
 * Source: elf(5); personality(2); /proc/PID/personality needs the right to attach to the process;
 *         Documentation/admin-guide/sysctl/{kernel,vm}.rst.
 * ret:    end it with vmspy_address_facts_deinit().
 */
struct vmspy_address_facts vmspy_address_facts_read(const struct vmspy_process *process);

void vmspy_address_facts_deinit(struct vmspy_address_facts *facts);

/*
 * The words for a personality: "PER_LINUX32 ADDR_NO_RANDOMIZE", one space between them; empty for
 * an ordinary one. Bits without a name are left out. Pure.
 * ret:    `text`, filled.
 * Source: include/uapi/linux/personality.h.
 */
enum {
	VMSPY_PERSONALITY_TEXT = 256
};
const char *vmspy_personality_words(uint32_t personality, char text[VMSPY_PERSONALITY_TEXT]);

#endif

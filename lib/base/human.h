/* Numbers for people. */
#ifndef VMSPY_BASE_HUMAN_H
#define VMSPY_BASE_HUMAN_H

#include <stdint.h>

enum {
	VMSPY_HUMAN_MAX = 32
};

/* A size with three digits that count, in powers of 1024: 0 512 84K 1.6M 61.3M 512M 1023G. */
void vmspy_human_bytes(uint64_t bytes, char ret[VMSPY_HUMAN_MAX]);

/* The same for a sentence: "1 byte", "512 bytes", "61.3 MiB". */
void vmspy_human_size(uint64_t bytes, char ret[VMSPY_HUMAN_MAX]);

/* A duration: 0ns 850ns 3.1us 3.1ms 12s. */
void vmspy_human_duration(uint64_t duration_ns, char ret[VMSPY_HUMAN_MAX]);

/* A number with its thousands apart: 41,000. */
void vmspy_human_count(uint64_t count, char ret[VMSPY_HUMAN_MAX]);

/* How many times, from thousandths: 0.1x 4.2x 12x 1,300x. */
void vmspy_human_ratio(uint64_t thousandths, char ret[VMSPY_HUMAN_MAX]);

/* A part of a whole: "99.1%"; "100%" and "0%" only where all or nothing is meant. whole > 0. */
void vmspy_human_percent(uint64_t part, uint64_t whole, char ret[VMSPY_HUMAN_MAX]);

#endif

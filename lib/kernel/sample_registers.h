/* The registers that perf puts into a sample, by their DWARF numbers. */
#ifndef VMSPY_KERNEL_SAMPLE_REGISTERS_H
#define VMSPY_KERNEL_SAMPLE_REGISTERS_H

#include <stdint.h>

#include "format/perf_record.h"
#include "kernel/threads.h"

/* ret: what to ask for (sample_regs_user); 0: not known of this machine. */
uint64_t vmspy_sample_registers_wanted(void);

/* record: has registers, those that were wanted. */
struct vmspy_registers vmspy_sample_registers_of(const struct vmspy_perf_record *record);

#endif

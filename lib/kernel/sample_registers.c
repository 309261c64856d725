#include "kernel/sample_registers.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __x86_64__
#include <asm/perf_regs.h>
#endif

#include "base/banned.h"

#ifdef __x86_64__

/* perf's numbers, by those of DWARF; the last one is the return address: where it stands. */
static const uint8_t numbers_64[] = {
	PERF_REG_X86_AX,  PERF_REG_X86_DX,  PERF_REG_X86_CX,  PERF_REG_X86_BX,  PERF_REG_X86_SI,
	PERF_REG_X86_DI,  PERF_REG_X86_BP,  PERF_REG_X86_SP,  PERF_REG_X86_R8,  PERF_REG_X86_R9,
	PERF_REG_X86_R10, PERF_REG_X86_R11, PERF_REG_X86_R12, PERF_REG_X86_R13, PERF_REG_X86_R14,
	PERF_REG_X86_R15, PERF_REG_X86_IP,
};

static const uint8_t numbers_32[] = {
	PERF_REG_X86_AX, PERF_REG_X86_CX, PERF_REG_X86_DX, PERF_REG_X86_BX, PERF_REG_X86_SP,
	PERF_REG_X86_BP, PERF_REG_X86_SI, PERF_REG_X86_DI, PERF_REG_X86_IP,
};

uint64_t vmspy_sample_registers_wanted(void)
{
	uint64_t wanted = 0;

	for (size_t i = 0; i < sizeof(numbers_64); i++)
		wanted |= UINT64_C(1) << numbers_64[i];
	return wanted;
}

/* ret: a register of a sample; they stand in the order of their bits. */
static uint64_t value_of(const struct vmspy_perf_record *record, uint8_t number)
{
	uint64_t below = vmspy_sample_registers_wanted() & ((UINT64_C(1) << number) - 1);

	return record->registers[__builtin_popcountll(below)];
}

struct vmspy_registers vmspy_sample_registers_of(const struct vmspy_perf_record *record)
{
	bool is_32bit = record->register_abi == PERF_SAMPLE_REGS_ABI_32;
	const uint8_t *numbers = is_32bit ? numbers_32 : numbers_64;
	size_t count = is_32bit ? sizeof(numbers_32) : sizeof(numbers_64);
	struct vmspy_registers registers = { .known = true, .is_32bit = is_32bit };

	for (size_t i = 0; i < count; i++)
		registers.value[i] = value_of(record, numbers[i]);
	registers.pc = registers.value[count - 1];
	return registers;
}

#else

uint64_t vmspy_sample_registers_wanted(void)
{
	return 0;
}

struct vmspy_registers vmspy_sample_registers_of(const struct vmspy_perf_record *record)
{
	(void)record;
	return (struct vmspy_registers){ 0 };
}

#endif

#include "symbol/stack_walk.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/session.h"

#include "base/banned.h"

enum {
	RED_ZONE_BYTES = 128, /* psABI of x86-64, 3.2.2; i386 has none */
	REGISTERS_X86_64 = 17,
	REGISTERS_I386 = 9,
	ANY_THREAD = 1, /* libdwfl wants numbers, and has no use for them here */
};

/* A header that says nothing but the machine: libdwfl wants a file to tell it. */
union machine {
	Elf32_Ehdr i386;
	Elf64_Ehdr x86_64;
};

/* One for each kind of code: libdwfl takes all of a session to be of one machine. */
struct walker {
	const struct vmspy_stack_walk *walk;
	struct vmspy_apart_answer *answer;
	struct vmspy_session *session; /* NULL: no thread of this kind was met yet */
	union machine header;
	Elf *machine;
	const struct vmspy_unwind_thread *thread; /* that is being unwound */
	bool missed; /* since the last frame memory was asked for that was not kept */
	void *named; /* tsearch(3): addresses whose functions were told */
};

/* A frame as libdwfl tells it. */
struct step {
	uint64_t pc;
	uint64_t at;
	uint64_t stack_pointer;
};

/* The steps of one thread. */
struct path {
	struct walker *walker;
	int stack_number; /* of the stack pointer among the registers */
	uint64_t red_zone_bytes;
	size_t count;
	struct step step[VMSPY_STACK_WALK_FRAMES_MAX];
};

/* --- what libdwfl asks for ----------------------------------------------------------------- */

/* Threads are asked for by number, never listed. The signature is Dwfl_Thread_Callbacks's. */
static pid_t next_thread(Dwfl *dwfl, void *context, void **thread)
{
	(void)dwfl;
	(void)context;
	(void)thread;
	return 0;
}

/* Whatever its number: there is one at a time. The signature is Dwfl_Thread_Callbacks's. */
static bool get_thread(Dwfl *dwfl, pid_t number, void *context, void **thread)
{
	(void)dwfl;
	(void)number;
	*thread = context;
	return true;
}

static bool set_initial_registers(Dwfl_Thread *thread, void *context)
{
	const struct vmspy_registers *registers =
		((const struct walker *)context)->thread->registers;

	return dwfl_thread_state_registers(thread, 0,
					   registers->is_32bit ? REGISTERS_I386 : REGISTERS_X86_64,
					   registers->value);
}

/* ret: whether all of the word was kept. */
static bool read_word(const struct vmspy_unwind_thread *thread, uint64_t address, uint64_t *ret)
{
	size_t word_bytes = thread->registers->is_32bit ? sizeof(uint32_t) : sizeof(uint64_t);
	uint32_t small;

	if (address < thread->start || thread->size_bytes < word_bytes ||
	    address - thread->start > thread->size_bytes - word_bytes)
		return false;
	if (word_bytes == sizeof(*ret)) {
		memcpy(ret, thread->bytes + (address - thread->start), sizeof(*ret));
		return true;
	}
	memcpy(&small, thread->bytes + (address - thread->start), sizeof(small));
	*ret = small;
	return true;
}

/* The stack that was kept is all the memory there is. The signature is Dwfl_Thread_Callbacks's. */
static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret, void *context)
{
	struct walker *walker = context;

	(void)dwfl;
	if (read_word(walker->thread, address, ret))
		return true;
	walker->missed = true;
	return false;
}

static const Dwfl_Thread_Callbacks callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_memory,
	.set_initial_registers = set_initial_registers,
};

/* --- frames -------------------------------------------------------------------------------- */

/* The signature is dwfl_getthread_frames()'s. */
static int add_step(Dwfl_Frame *frame, void *context)
{
	struct path *path = context;
	struct step *step = &path->step[path->count];
	bool is_exact;

	/* Before dwfl_frame_pc(): it unwinds the next frame to see whether that is a signal's. */
	path->walker->missed = false;
	if (path->count == VMSPY_STACK_WALK_FRAMES_MAX ||
	    !dwfl_frame_pc(frame, &step->pc, &is_exact) ||
	    dwfl_frame_reg(frame, (unsigned int)path->stack_number, &step->stack_pointer))
		return DWARF_CB_ABORT;
	/* Behind a call that does not return another function may begin. */
	step->at = is_exact ? step->pc : step->pc - 1;
	path->count++;
	return DWARF_CB_OK;
}

static struct vmspy_error *add_text(struct walker *walker, struct vmspy_stack_walk_record record,
				    const char *text)
{
	char bytes[sizeof(record) + VMSPY_STACK_WALK_NAME_MAX];
	size_t length = text ? strlen(text) : 0;

	record.name_bytes = length <= VMSPY_STACK_WALK_NAME_MAX ? (uint32_t)length : 0;
	memcpy(bytes, &record, sizeof(record));
	if (record.name_bytes)
		memcpy(bytes + sizeof(record), text, record.name_bytes);
	return vmspy_apart_add(walker->answer, bytes, sizeof(record) + record.name_bytes);
}

/*
 * ret: the function at an address; NULL: none has it. Of the symbols only functions with a size:
 *      libdwfl answers with whatever label comes before, too.
 */
static const char *function_at(Dwfl *dwfl, uint64_t address)
{
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	const char *name;
	GElf_Sym symbol;
	GElf_Off offset;
	int type;

	if (!module)
		return NULL;
	name = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL);
	type = GELF_ST_TYPE(symbol.st_info);
	if (!name || !*name || (type != STT_FUNC && type != STT_GNU_IFUNC) ||
	    offset >= symbol.st_size)
		return NULL;
	return name;
}

static int compare_address(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

/* Threads that wait do so in few places: each is looked up once, which is slow, and told once. */
static struct vmspy_error *add_name(struct walker *walker, uint64_t address)
{
	uint64_t *key = malloc(sizeof(*key));
	uint64_t **found;

	if (!key)
		return vmspy_error_no_memory();
	*key = address;
	found = tsearch(key, &walker->named, compare_address);
	if (!found || *found != key) {
		free(key);
		return found ? NULL : vmspy_error_no_memory();
	}
	return add_text(
		walker,
		(struct vmspy_stack_walk_record){ .kind = VMSPY_STACK_WALK_NAME, .at = address },
		function_at(vmspy_session_dwfl(walker->session), address));
}

static struct vmspy_stack_walk_record frame_of(const struct path *path, size_t index)
{
	const struct step *step = &path->step[index];
	uint64_t start = step->stack_pointer, next = start;

	if (index + 1 < path->count)
		next = path->step[index + 1].stack_pointer;
	/* Downwards it goes where a signal is handled on a stack of its own. */
	if (next < start)
		next = start;
	if (!index && next > start)
		start -= start < path->red_zone_bytes ? start : path->red_zone_bytes;
	return (struct vmspy_stack_walk_record){
		.kind = VMSPY_STACK_WALK_FRAME,
		.at = step->at,
		.pc = step->pc,
		.start = start,
		.end = next,
	};
}

static struct vmspy_error *add_path(struct walker *walker, const struct path *path)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < path->count; i++) {
		struct vmspy_stack_walk_record record = frame_of(path, i);

		record.thread_index = (uint64_t)(walker->thread - walker->walk->thread);
		err = vmspy_apart_add(walker->answer, &record, sizeof(record));
	}
	for (size_t i = 0; !err && i < path->count; i++)
		err = add_name(walker, path->step[i].at);
	return err;
}

static struct vmspy_error *walk_thread(struct walker *walker)
{
	const struct vmspy_registers *registers = walker->thread->registers;
	struct path path = {
		.walker = walker,
		.stack_number = vmspy_registers_stack_number(registers),
		.red_zone_bytes = registers->is_32bit ? 0 : RED_ZONE_BYTES,
	};
	int left = dwfl_getthread_frames(vmspy_session_dwfl(walker->session), ANY_THREAD, add_step,
					 &path);
	const char *why = left < 0 ? dwfl_errmsg(-1) : NULL;
	struct vmspy_error *err = add_path(walker, &path);

	/* To libdwfl a return address that cannot be read is an end like any other. */
	if (!left && walker->missed)
		why = "the rest was not kept";
	if (err || (!left && !walker->missed))
		return err;
	return add_text(walker,
			(struct vmspy_stack_walk_record){
				.kind = VMSPY_STACK_WALK_CUT,
				.thread_index = (uint64_t)(walker->thread - walker->walk->thread),
			},
			why);
}

/* --- all of them --------------------------------------------------------------------------- */

static Elf *describe_machine(bool is_32bit, union machine *header)
{
	*header = (union machine){ 0 };
	memcpy(header, ELFMAG, SELFMAG);
	header->i386.e_ident[EI_CLASS] = is_32bit ? ELFCLASS32 : ELFCLASS64;
	header->i386.e_ident[EI_DATA] = ELFDATA2LSB;
	header->i386.e_ident[EI_VERSION] = EV_CURRENT;
	/* Both kinds have the next three at the same place. */
	header->i386.e_type = ET_CORE;
	header->i386.e_machine = is_32bit ? EM_386 : EM_X86_64;
	header->i386.e_version = EV_CURRENT;
	if (is_32bit)
		header->i386.e_ehsize = sizeof(header->i386);
	else
		header->x86_64.e_ehsize = sizeof(header->x86_64);
	return elf_memory((char *)header, is_32bit ? sizeof(header->i386) : sizeof(header->x86_64));
}

static struct vmspy_error *begin(struct walker *walker, bool is_32bit)
{
	struct vmspy_error *err;

	if (walker->session)
		return NULL;
	if ((err = vmspy_session_create(walker->walk->space, &walker->session)))
		return err;
	walker->machine = describe_machine(is_32bit, &walker->header);
	if (!walker->machine || !dwfl_attach_state(vmspy_session_dwfl(walker->session),
						   walker->machine, ANY_THREAD, &callbacks, walker))
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "%s", dwfl_errmsg(-1));
	return NULL;
}

static void end(struct walker *walker)
{
	vmspy_session_destroy(walker->session);
	elf_end(walker->machine);
	tdestroy(walker->named, free);
}

struct vmspy_error *vmspy_stack_walk_run(void *context, struct vmspy_apart_answer *answer)
{
	const struct vmspy_stack_walk *walk = context;
	VMSPY_AUTO(end) struct walker of_64bit = { .walk = walk, .answer = answer };
	VMSPY_AUTO(end) struct walker of_32bit = { .walk = walk, .answer = answer };
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < walk->count; i++) {
		bool is_32bit = walk->thread[i].registers->is_32bit;
		struct walker *walker = is_32bit ? &of_32bit : &of_64bit;

		if ((err = begin(walker, is_32bit)))
			return err;
		walker->thread = &walk->thread[i];
		err = walk_thread(walker);
	}
	return err;
}

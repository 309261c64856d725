#include "addr_resolve.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "report/nearest.h"
#include "symbol/loaded.h"
#include "symbol/named.h"

#include "base/banned.h"

enum {
	LISTED_MAX = 8 /* more places than that do not help to choose */
};

/* --- names --------------------------------------------------------------------------------- */

/* "object:symbol" tells files apart; within one file nothing but the address does. */
static struct vmspy_error *several(const struct addr_word *word,
				   const struct vmspy_named_list *list)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf places = { 0 };
	size_t shown = list->count < LISTED_MAX ? list->count : LISTED_MAX;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < shown; i++)
		err = vmspy_buf_printf(&places, "%s0x%" PRIx64 " in %s", i ? ", " : "",
				       list->named[i].start,
				       vmspy_path_last(list->named[i].object));
	if (!err && shown < list->count)
		err = vmspy_buf_printf(&places, " and %zu more", list->count - shown);
	if (err)
		return err;
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%.*s' is the name of %zu things: %s (use FILE:SYMBOL, or an "
				  "address)",
				  (int)word->name_length, word->name, list->count,
				  vmspy_buf_text(&places));
}

/* One place may have been found by several names. */
static bool is_one_place(const struct vmspy_named_list *list)
{
	for (size_t i = 1; i < list->count; i++)
		if (list->named[i].start != list->named[0].start)
			return false;
	return list->count;
}

/* ret_found: whether there is one. */
static struct vmspy_error *find_symbol(struct vmspy_modules *modules, const struct addr_word *word,
				       const char *name, uint64_t *ret, bool *ret_found)
{
	VMSPY_AUTO(vmspy_named_list_deinit) struct vmspy_named_list list = { 0 };
	struct vmspy_error *err = vmspy_named_find(modules, name, &list);

	if (err)
		return err;
	*ret_found = list.count;
	if (!list.count)
		return NULL;
	if (!is_one_place(&list))
		return several(word, &list);
	return addr_word_add(word, list.named[0].start, ret);
}

/* The error is that of the file, where it must be one; a symbol is looked for by its name alone. */
static struct vmspy_error *find_place(struct vmspy_modules *modules, const struct addr_word *word,
				      const char *name, uint64_t *ret)
{
	return vmspy_object_address(modules, name, word->offset_bytes, ret);
}

static struct vmspy_error *no_symbol(const struct vmspy_modules *modules, const char *name)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	const char *reason;
	uint64_t number;

	/* "7f21a0000000", as tables print it, has a hint of its own. */
	err = address_parse(name, strlen(name), &number);
	if (err && strstr(vmspy_error_message(err), "did you mean")) {
		struct vmspy_error *hint = err;

		err = NULL;
		return hint;
	}
	if (vmspy_modules_failed(modules, &reason))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no symbol '%s'; not all files could be read, the first: "
					  "%s",
					  name, reason);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "no symbol '%s' in the files that are mapped (a stripped file "
				  "has none)",
				  name);
}

struct vmspy_error *addr_resolve_name(struct vmspy_modules *modules, const struct addr_word *word,
				      uint64_t *ret)
{
	VMSPY_AUTO(vmspy_guard_free) char *name = strndup(word->name, word->name_length);
	struct vmspy_error *err;
	bool is_found;

	if (!name)
		return vmspy_error_no_memory();
	if (addr_word_is_file(word))
		return find_place(modules, word, name, ret);
	err = find_symbol(modules, word, name, ret, &is_found);
	if (err || is_found)
		return err;
	if (!word->has_offset)
		return no_symbol(modules, name);
	err = find_place(modules, word, name, ret);
	if (!err || vmspy_error_kind(err) != VMSPY_ERROR_BAD_DATA)
		return err;
	vmspy_error_destroy(err);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is neither a symbol nor one of the files that are mapped",
				  name);
}

/* --- registers ----------------------------------------------------------------------------- */

/* By DWARF number, as struct vmspy_registers has them. */
static const char *const names_64[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi",
					"rbp", "rsp", "r8",  "r9",  "r10", "r11",
					"r12", "r13", "r14", "r15", "rip" };
static const char *const names_32[] = { "eax", "ecx", "edx", "ebx", "esp",
					"ebp", "esi", "edi", "eip" };

/* The registers of one kind of thread. */
struct names {
	const char *const *name;
	size_t count;
	size_t sp, pc; /* the two that are known without a hold */
};

static struct names names_of(const struct vmspy_thread *thread)
{
	if (thread->registers.is_32bit)
		return (struct names){ names_32, sizeof(names_32) / sizeof(names_32[0]), 4, 8 };
	return (struct names){ names_64, sizeof(names_64) / sizeof(names_64[0]), 7, 16 };
}

static bool is_called(const struct addr_word *word, const char *name)
{
	return strlen(name) == word->name_length && !memcmp(name, word->name, word->name_length);
}

static struct vmspy_error *no_register(const struct addr_word *word, const struct names *names)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(word->name, word->name_length);

	for (size_t i = 0; i < names->count; i++)
		vmspy_nearest_try(&nearest, names->name[i]);
	if (nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no register '$%.*s' (did you mean '$%s'?)",
					  (int)word->name_length, word->name, nearest.name);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "no register '$%.*s' ($sp, $pc, or one of this machine)",
				  (int)word->name_length, word->name);
}

/* A 32-bit thread that is not held cannot be told from others: either name will do. */
static struct vmspy_error *find_number(const struct vmspy_thread *thread,
				       const struct addr_word *word, size_t *ret)
{
	struct names names = names_of(thread);

	if (is_called(word, "sp") || (!thread->registers.known && is_called(word, "esp"))) {
		*ret = names.sp;
		return NULL;
	}
	if (is_called(word, "pc") || (!thread->registers.known && is_called(word, "eip"))) {
		*ret = names.pc;
		return NULL;
	}
	for (size_t i = 0; i < names.count; i++)
		if (is_called(word, names.name[i])) {
			*ret = i;
			return NULL;
		}
	return no_register(word, &names);
}

static const struct vmspy_thread *find_thread(const struct vmspy_thread_list *threads, pid_t tid)
{
	for (size_t i = 0; i < threads->count; i++)
		if (threads->thread[i].tid == tid)
			return &threads->thread[i];
	return NULL;
}

static struct vmspy_error *no_thread(const struct vmspy_thread_list *threads, pid_t tid)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf tids = { 0 };
	size_t shown = threads->count < LISTED_MAX ? threads->count : LISTED_MAX;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < shown; i++)
		err = vmspy_buf_printf(&tids, "%s%d", i ? ", " : "", (int)threads->thread[i].tid);
	if (!err && shown < threads->count)
		err = vmspy_buf_printf(&tids, " and %zu more", threads->count - shown);
	if (err)
		return err;
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "it has no thread '%d' (it has %s; --tid chooses one)", (int)tid,
				  threads->count ? vmspy_buf_text(&tids) : "none that can be seen");
}

struct vmspy_error *addr_resolve_register(const struct vmspy_thread_list *threads, pid_t tid,
					  const struct addr_word *word, uint64_t *ret)
{
	const struct vmspy_thread *thread = find_thread(threads, tid);
	struct names names;
	struct vmspy_error *err;
	uint64_t value = 0;
	size_t number;

	if (!thread)
		return no_thread(threads, tid);
	if ((err = find_number(thread, word, &number)))
		return err;
	names = names_of(thread);
	if (number == names.sp)
		value = thread->stack_pointer;
	else if (number == names.pc)
		value = thread->program_counter;
	else if (thread->registers.known)
		return addr_word_add(word, thread->registers.value[number], ret);
	if (value)
		return addr_word_add(word, value, ret);
	return vmspy_error_create(
		VMSPY_ERROR_UNSUPPORTED,
		"cannot read '$%.*s' of thread '%d': of a thread that is not held only $sp and "
		"$pc are known, and those only while it sleeps (use --hold)",
		(int)word->name_length, word->name, (int)tid);
}

#include "test.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "child.h"
#include "fake_space.h"
#include "random.h"
#include "symbol/unwind.h"

enum {
	STACK_BYTES = 64 << 10,
	FLIPS = 60,
	FLIPPED_BYTES = 40,
	FRAMES_MAX = 256,
};

/* --- a child three functions deep ---------------------------------------------------------- */

void unwind_outer(struct child_page *page);
void unwind_middle(struct child_page *page);
void unwind_inner(struct child_page *page);

/* What each function has on its stack, for the test to find again. */
#define FRAME(function, next, number)                                                              \
	__attribute__((noinline)) void function(struct child_page *page)                           \
	{                                                                                          \
		volatile unsigned char room[512];                                                  \
                                                                                                   \
		room[0] = number;                                                                  \
		atomic_store(&page->counter[number], (uintptr_t)room);                             \
		next(page);                                                                        \
		room[1] = room[0]; /* not a tail call */                                           \
	}

FRAME(unwind_inner, child_idle, 0)
FRAME(unwind_middle, unwind_inner, 1)
FRAME(unwind_outer, unwind_middle, 2)

static const char *const function_names[] = { "unwind_inner", "unwind_middle", "unwind_outer" };

/* --- a space that is the child's, but for one file ----------------------------------------- */

struct fixture {
	struct child child;
	struct vmspy_host host;
	struct vmspy_space *live;
	struct vmspy_space space; /* what is unwound: its files may be others */
	const char *replaced_by;  /* the file that the test program is replaced by; NULL: none */
	struct vmspy_modules *modules;
	struct vmspy_thread_list threads;
	struct vmspy_unwind_thread thread;
	unsigned char bytes[STACK_BYTES];
	struct vmspy_unwound unwound;
};

static struct fixture *fixture_of(struct vmspy_space *space)
{
	return (struct fixture *)((char *)space - offsetof(struct fixture, space));
}

static struct vmspy_error *open_file(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				     int *ret_fd)
{
	const struct fixture *fixture = fixture_of(space);
	const char *name = mapping->vma.name ? mapping->vma.name : "";

	if (!fixture->replaced_by || !strstr(name, "/test_unwind"))
		return vmspy_space_open_file(fixture->live, mapping, ret_fd);
	*ret_fd = open(fixture->replaced_by, O_RDONLY | O_CLOEXEC);
	return *ret_fd < 0 ? vmspy_error_system(errno, "cannot open the copy") : NULL;
}

static void close_space(struct vmspy_space *space)
{
	vmspy_space_close(fixture_of(space)->live);
}

static const struct vmspy_space_ops ops = { .open_file = open_file, .close = close_space };

/* The stack of the child's one thread, as far as it goes. */
static void keep_stack(struct fixture *fixture)
{
	const struct vmspy_thread *thread = &fixture->threads.thread[0];
	uint64_t start = thread->stack_pointer & ~UINT64_C(4095);
	const struct vmspy_mapping *mapping =
		vmspy_layout_find(vmspy_space_layout(fixture->live), start);
	uint64_t size = mapping->vma.end - start;
	size_t got;

	size = size < STACK_BYTES ? size : STACK_BYTES;
	assert_ok(vmspy_space_bytes(fixture->live, start, fixture->bytes, size, &got));
	fixture->thread = (struct vmspy_unwind_thread){
		.registers = &thread->registers,
		.bytes = fixture->bytes,
		.start = start,
		.size_bytes = got,
	};
}

static struct fixture *begin(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->child = child_start(unwind_outer);
	child_wait_until(child_state(fixture->child.pid) == 'S');
	assert_ok(vmspy_host_probe(&fixture->host));
	assert_ok(vmspy_space_open(fixture->child.pid, &fixture->host, &fixture->live));
	assert_ok(vmspy_space_hold(fixture->live));
	assert_ok(vmspy_space_load(fixture->live));
	assert_ok(vmspy_space_threads(fixture->live, &fixture->threads));
	assert_int_equal(fixture->threads.count, 1);
	keep_stack(fixture);
	vmspy_space_release(fixture->live);
	vmspy_space_init(&fixture->space, &ops, &fixture->host);
	fixture->space.layout = *vmspy_space_layout(fixture->live);
	assert_ok(vmspy_modules_create(&fixture->space, &fixture->modules));
	return fixture;
}

static void end(struct fixture *fixture)
{
	vmspy_unwound_deinit(&fixture->unwound);
	vmspy_modules_destroy(fixture->modules);
	vmspy_thread_list_deinit(&fixture->threads);
	vmspy_space_close(&fixture->space);
	child_end(&fixture->child);
	free(fixture);
}

static void unwind(struct fixture *fixture)
{
	vmspy_unwound_deinit(&fixture->unwound);
	assert_ok(vmspy_unwind(fixture->modules, &fixture->thread, 1, &fixture->unwound));
}

/* What every answer promises. */
static void check_promises(const struct fixture *fixture)
{
	const struct vmspy_unwound *unwound = &fixture->unwound;

	assert_true(unwound->count <= FRAMES_MAX);
	assert_true(unwound->cut_count <= 1);
	for (size_t i = 0; i < unwound->count; i++) {
		assert_int_equal(unwound->frame[i].thread_index, 0);
		assert_true(unwound->frame[i].start <= unwound->frame[i].end);
	}
}

/* ret: the frame of a function, NULL if it was not found. */
static const struct vmspy_unwind_frame *frame_of(const struct fixture *fixture, const char *name)
{
	for (size_t i = 0; i < fixture->unwound.count; i++) {
		const struct vmspy_unwind_frame *frame = &fixture->unwound.frame[i];

		if (frame->function && !strcmp(frame->function, name))
			return frame;
	}
	return NULL;
}

/* --- tests --------------------------------------------------------------------------------- */

static void each_function_has_the_part_of_the_stack_that_its_variables_lie_in(void **state)
{
	struct fixture *fixture = begin();
	const struct vmspy_unwind_frame *last = NULL;

	(void)state;
	unwind(fixture);
	check_promises(fixture);
	for (size_t i = 0; i < TEST_COUNT(function_names); i++) {
		const struct vmspy_unwind_frame *frame = frame_of(fixture, function_names[i]);
		uint64_t room = atomic_load(&fixture->child.page->counter[i]);

		assert_non_null(frame);
		assert_true(frame->start <= room && room + 512 <= frame->end);
		assert_non_null(strstr(frame->object, "test_unwind"));
		assert_true(!last || frame == last + 1);
		assert_true(!last || frame->start == last->end);
		last = frame;
	}
	assert_non_null(frame_of(fixture, "main"));
	assert_int_equal(fixture->unwound.cut_count, 0);
	assert_null(fixture->unwound.reason);
	end(fixture);
}

static void a_stack_that_was_not_kept_whole_is_followed_as_far_as_it_goes(void **state)
{
	struct fixture *fixture = begin();
	uint64_t outer;

	(void)state;
	unwind(fixture);
	outer = frame_of(fixture, "unwind_outer")->start;
	fixture->thread.size_bytes = outer - fixture->thread.start;
	unwind(fixture);
	check_promises(fixture);
	assert_non_null(frame_of(fixture, "unwind_inner"));
	assert_null(frame_of(fixture, "main"));
	assert_int_equal(fixture->unwound.cut_count, 1);
	assert_non_null(fixture->unwound.reason);
	end(fixture);
}

static void a_stack_pointer_that_leads_nowhere_is_one_frame(void **state)
{
	struct fixture *fixture = begin();
	struct vmspy_registers registers = *fixture->thread.registers;

	(void)state;
	registers.value[vmspy_registers_stack_number(&registers)] = UINT64_MAX - 4;
	fixture->thread.registers = &registers;
	unwind(fixture);
	check_promises(fixture);
	assert_int_equal(fixture->unwound.count, 1);
	assert_int_equal(fixture->unwound.cut_count, 1);
	end(fixture);
}

static void a_place_in_the_program_that_is_none_has_no_name(void **state)
{
	struct fixture *fixture = begin();
	struct vmspy_registers registers = *fixture->thread.registers;

	(void)state;
	registers.pc = registers.value[16] = 0x10;
	fixture->thread.registers = &registers;
	unwind(fixture);
	check_promises(fixture);
	assert_null(fixture->unwound.frame[0].function);
	assert_null(fixture->unwound.frame[0].object);
	end(fixture);
}

static void without_threads_nothing_is_asked(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	assert_ok(vmspy_unwind(fixture->modules, &fixture->thread, 0, &fixture->unwound));
	assert_int_equal(fixture->unwound.count, 0);
	assert_int_equal(fixture->unwound.cut_count, 0);
	end(fixture);
}

/* --- files that mean harm ------------------------------------------------------------------ */

struct copy {
	char path[64];
	unsigned char *bytes;
	size_t size;
};

static struct copy copy_program(void)
{
	struct copy copy = { .path = "/tmp/vmspy-test-XXXXXX" };
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), out = mkstemp(copy.path);
	struct stat stat;

	assert_true(in >= 0 && out >= 0 && !fstat(in, &stat));
	copy.size = (size_t)stat.st_size;
	copy.bytes = malloc(copy.size);
	assert_non_null(copy.bytes);
	assert_int_equal(read(in, copy.bytes, copy.size), copy.size);
	close(in);
	close(out);
	return copy;
}

static void write_copy(const struct copy *copy)
{
	int fd = open(copy->path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, copy->bytes, copy->size), copy->size);
	close(fd);
}

/* ret: a section of the program. */
static Elf64_Shdr section_of(const struct copy *copy, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)copy->bytes;
	const Elf64_Shdr *sections =
		(const Elf64_Shdr *)(const void *)(copy->bytes + header->e_shoff);
	const char *names = (const char *)copy->bytes + sections[header->e_shstrndx].sh_offset;

	for (int i = 0; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return sections[i];
	fail_msg("the test program has no section '%s'", name);
	return (Elf64_Shdr){ 0 };
}

/* Whatever stands there, an answer comes back, and keeps its promises. */
static void flip(const char *section_name)
{
	struct fixture *fixture = begin();
	struct copy copy = copy_program();
	Elf64_Shdr section = section_of(&copy, section_name);
	struct random random = { 4711 };

	fixture->replaced_by = copy.path;
	for (int i = 0; i < FLIPS; i++) {
		unsigned char *bytes = copy.bytes + section.sh_offset;
		VMSPY_AUTO(vmspy_guard_free) unsigned char *before = malloc(section.sh_size);

		assert_non_null(before);
		memcpy(before, bytes, section.sh_size);
		for (int j = 0; j < FLIPPED_BYTES; j++)
			bytes[random_below(&random, (unsigned)section.sh_size)] =
				(unsigned char)random_next(&random);
		write_copy(&copy);
		memcpy(bytes, before, section.sh_size);
		unwind(fixture);
		check_promises(fixture);
	}
	unlink(copy.path);
	free(copy.bytes);
	end(fixture);
}

static void broken_unwind_tables_are_less_detail(void **state)
{
	(void)state;
	flip(".eh_frame");
	flip(".eh_frame_hdr");
}

static void broken_headers_are_less_detail(void **state)
{
	(void)state;
	flip(".symtab");
	flip(".strtab");
}

static void a_file_that_is_no_program_is_less_detail(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->replaced_by = "/etc/passwd";
	unwind(fixture);
	check_promises(fixture);
	assert_true(fixture->unwound.count > 0);
	assert_null(frame_of(fixture, "unwind_inner"));
	end(fixture);
}

TEST_MAIN(TEST(each_function_has_the_part_of_the_stack_that_its_variables_lie_in),
	  TEST(a_stack_that_was_not_kept_whole_is_followed_as_far_as_it_goes),
	  TEST(a_stack_pointer_that_leads_nowhere_is_one_frame),
	  TEST(a_place_in_the_program_that_is_none_has_no_name),
	  TEST(without_threads_nothing_is_asked), TEST(broken_unwind_tables_are_less_detail),
	  TEST(broken_headers_are_less_detail), TEST(a_file_that_is_no_program_is_less_detail))

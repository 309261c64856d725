/* Programs of tests/live/elf, compiled, run, and held against what the library says of them. */
#ifndef VMSPY_TESTS_ELF_FIXTURE_H
#define VMSPY_TESTS_ELF_FIXTURE_H

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "symbol/lookup.h"
#include "symbol/modules.h"

extern char **environ;

enum {
	FIXTURE_ARGUMENTS_MAX = 24,
	FIXTURE_LINES_MAX = 64
};

/* What a program says of one of its variables. */
struct fixture_line {
	char kind[16], name[64], section[64];
	uint64_t address, size_bytes;
};

struct fixture {
	pid_t pid;
	int stdin_fd;
	struct fixture_line line[FIXTURE_LINES_MAX];
	size_t count;
	struct vmspy_host host;
	struct vmspy_space *space;
	struct vmspy_modules *modules;
};

/* How a program is started: the fields that are NULL stand for "as it is". */
struct fixture_start {
	const char *const *arguments; /* the program first; ends in NULL */
	const char *root;             /* change the root to it */
	const char *bind_over[2];     /* in a mount namespace of its own: [0] bound over [1] */
};

/* A reason why a test cannot run here. Said aloud; with VMSPY_REQUIRE_LIVE=1 it is a failure. */
static inline void skip_loudly(const char *why)
{
	const char *required = getenv("VMSPY_REQUIRE_LIVE");

	if (required && !strcmp(required, "1"))
		fail_msg("cannot run, and must: %s", why);
	print_message("# skipped: %s\n", why);
	skip();
}

/* ret: the exit status; 127 if there is no such program. Its complaints are not shown. */
static inline int fixture_command(const char *const *arguments)
{
	char *list[FIXTURE_ARGUMENTS_MAX] = { 0 };
	posix_spawn_file_actions_t actions;
	int status = 0, failed;
	pid_t pid;

	for (size_t i = 0; arguments[i]; i++) {
		assert_true(i + 1 < FIXTURE_ARGUMENTS_MAX);
		list[i] = (char *)(uintptr_t)arguments[i];
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&pid, list[0], &actions, NULL, list, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return 127;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

#define COMMAND(...) fixture_command((const char *const[]){ __VA_ARGS__, NULL })

/* The directory that everything is made in; the tests run from the top of the tree. */
static inline const char *fixture_directory(void)
{
	static char path[PATH_MAX];
	const char *parent = getenv("TMPDIR");

	if (!path[0]) {
		snprintf(path, sizeof(path), "%s/vmspy-elf-XXXXXX", parent ? parent : "/tmp");
		if (!mkdtemp(path))
			fail_msg("cannot make '%s'", path);
	}
	return path;
}

static inline int fixture_unlink(const char *path, const struct stat *file, int type,
				 struct FTW *walk)
{
	(void)file;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int fixture_clean(void **state)
{
	(void)state;
	return nftw(fixture_directory(), fixture_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

/* ret: a path in the directory; borrowed until it is asked for eight more. */
static inline const char *fixture_path(const char *name)
{
	static char paths[8][PATH_MAX + 64];
	static size_t at;
	char *path = paths[at++ % TEST_COUNT(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", fixture_directory(), name);
	return path;
}

static inline const char *fixture_compiler(void)
{
	const char *compiler = getenv("VMSPY_TEST_CC");

	return compiler ? compiler : "cc";
}

/* Compile tests/live/elf/SOURCE. ret: whether this compiler could. */
static inline bool fixture_compile(const char *source, const char *output, const char *const *flags)
{
	const char *arguments[FIXTURE_ARGUMENTS_MAX] = { fixture_compiler(), "-w", "-g", "-o",
							 output };
	char path[PATH_MAX];
	size_t count = 5;

	snprintf(path, sizeof(path), "tests/live/elf/%s", source);
	arguments[count++] = path;
	for (size_t i = 0; flags && flags[i]; i++)
		arguments[count++] = flags[i];
	return !fixture_command(arguments);
}

#define COMPILE(source, output, ...)                                                               \
	fixture_compile(source, output, (const char *const[]){ __VA_ARGS__, NULL })

/* Which symbols a program still has: those in .symtab, those in .dynsym, none. */
enum kept {
	ALL,
	DYNAMIC,
	NONE,
};

/* A way to link a program. */
struct fixture_flavour {
	const char *name;
	const char *flags[6];
	enum kept kept;
};

/* variables.c in each of these ways; what this compiler cannot link is skipped at the end. */
static inline void fixture_each_flavour(const struct fixture_flavour *flavours, size_t count,
					void (*check)(const char *program,
						      const struct fixture_flavour *flavour))
{
	const char *missing = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *program = fixture_path("variables");

		test_row(flavours[i].name);
		if (fixture_compile("variables.c", program, flavours[i].flags))
			check(program, &flavours[i]);
		else
			missing = flavours[i].name;
	}
	if (missing)
		skip_loudly(missing);
}

/* Defined by the test that starts programs elsewhere. ret: whether it could. */
bool fixture_enter(const struct fixture_start *start);

static inline void fixture_exec(const struct fixture_start *start, int in_fd, int out_fd)
{
	if (!fixture_enter(start) || dup2(in_fd, STDIN_FILENO) < 0 ||
	    dup2(out_fd, STDOUT_FILENO) < 0)
		_exit(126);
	execv(start->arguments[0], (char *const *)(uintptr_t)start->arguments);
	_exit(127);
}

/* ret: false if it ended before it was ready. */
static inline bool fixture_listen(struct fixture *fixture, FILE *out)
{
	char text[512];

	while (fgets(text, sizeof(text), out)) {
		struct fixture_line *line = &fixture->line[fixture->count];

		if (!strcmp(text, "ready\n"))
			return true;
		assert_true(fixture->count < FIXTURE_LINES_MAX);
		if (sscanf(text, "%15s %63s %" SCNx64 " %" SCNu64 " %63s", line->kind, line->name,
			   &line->address, &line->size_bytes, line->section) != 5)
			fail_msg("the fixture said '%s'", text);
		fixture->count++;
	}
	return false;
}

/* ret: whether it runs, says what it has, and waits. */
static inline bool fixture_begin(struct fixture *fixture, const struct fixture_start *start)
{
	int in[2], out[2];
	bool ready;
	FILE *heard;

	*fixture = (struct fixture){ 0 };
	assert_false(pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC));
	fixture->pid = fork();
	assert_true(fixture->pid >= 0);
	if (!fixture->pid)
		fixture_exec(start, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	fixture->stdin_fd = in[1];
	heard = fdopen(out[0], "re");
	assert_non_null(heard);
	ready = fixture_listen(fixture, heard);
	fclose(heard);
	return ready;
}

/* Let it end, and end what was made of it. */
static inline void fixture_end(struct fixture *fixture)
{
	vmspy_modules_destroy(fixture->modules);
	vmspy_space_close(fixture->space);
	if (fixture->stdin_fd >= 0)
		close(fixture->stdin_fd);
	if (fixture->pid > 0)
		waitpid(fixture->pid, NULL, 0);
}

/* Load its address space and prepare look-ups. */
static inline void fixture_load(struct fixture *fixture)
{
	assert_ok(vmspy_host_probe(&fixture->host));
	assert_ok(vmspy_space_open(fixture->pid, &fixture->host, &fixture->space));
	assert_ok(vmspy_space_load(fixture->space));
	assert_ok(vmspy_modules_create(fixture->space, &fixture->modules));
}

#define RUN(fixture, ...)                                                                          \
	fixture_begin(fixture, &(const struct fixture_start){                                      \
				       .arguments = (const char *const[]){ __VA_ARGS__, NULL } })

/* ret: the row of this name, or any that holds the address; NULL if there is none. */
static inline const struct vmspy_symbol *find_row(const struct vmspy_symbol_list *list,
						  const char *name, uint64_t address)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_symbol *row = &list->symbol[i];
		bool holds = address - row->start < row->size_bytes;

		if (name ? row->name && !strcmp(row->name, name) : holds)
			return row;
	}
	return NULL;
}

/* gold keeps the sections of the compiler: .data.rel.ro.local */
static inline bool is_section(const struct vmspy_symbol *row, const char *name)
{
	return row->section && !strncmp(row->section, name, strlen(name));
}

/* Whether what lookup.h promises of a list holds. */
static inline void check_rows(const struct vmspy_symbol_list *list, uint64_t start, uint64_t end)
{
	uint64_t covered = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_symbol *row = &list->symbol[i];
		uint64_t row_end = row->start + row->size_bytes;

		assert_true(row->start < end && row_end > start && row->start < row_end);
		assert_true(!i || list->symbol[i - 1].start <= row->start);
		assert_true(row->name || (row->section && row->start >= covered));
		if (row_end > covered)
			covered = row_end;
	}
}

static inline void look_up(struct fixture *fixture, uint64_t start, uint64_t end,
			   struct vmspy_symbol_list *ret)
{
	assert_ok(vmspy_symbols_in(fixture->modules, start, end, ret));
	check_rows(ret, start, end);
}

static inline void show_rows(const struct vmspy_symbol_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_message("# %" PRIx64 " %" PRIu64 " %s %s %s\n", list->symbol[i].start,
			      list->symbol[i].size_bytes, list->symbol[i].name,
			      list->symbol[i].section, list->symbol[i].object);
}

/* One line of a program, against what is found there. named: whether a symbol is expected. */
static inline void check_line(struct fixture *fixture, const struct fixture_line *line, bool named)
{
	struct vmspy_symbol_list list = { 0 };
	const struct vmspy_symbol *row;
	uint64_t page_bytes = fixture->host.page_bytes;
	uint64_t page = line->address & -page_bytes;

	look_up(fixture, page, page + page_bytes, &list);
	row = find_row(&list, named ? line->name : NULL, line->address);
	if (!row || !is_section(row, line->section) ||
	    (named && row->size_bytes != line->size_bytes) ||
	    (named && row->start > line->address)) {
		show_rows(&list);
		fail_msg("%s '%s' of %" PRIu64 " bytes at 0x%" PRIx64 " in %s was not found",
			 line->kind, line->name, line->size_bytes, line->address, line->section);
	}
	vmspy_symbol_list_deinit(&list);
}

#endif

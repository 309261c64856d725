#include "elf_fixture.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "space/ops.h"

bool fixture_enter(const struct fixture_start *start)
{
	const char *const *bind = start->bind_over;

	if (bind[0] && (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
			mount(bind[0], bind[1], NULL, MS_BIND, NULL)))
		return false;
	return !start->root || (!chroot(start->root) && !chdir("/"));
}

static void need_root(void)
{
	if (geteuid())
		skip_loudly("needs root");
}

/* All that a program said must be found by name. */
static void check_all(struct fixture *fixture)
{
	fixture_load(fixture);
	assert_true(fixture->count > 0);
	for (size_t i = 0; i < fixture->count; i++)
		check_line(fixture, &fixture->line[i], strcmp(fixture->line[i].kind, "section"));
}

/* Two programs, one with `this_variable`, one with `that_variable` in its place. */
static void compile_both(const char *first, const char *second)
{
	assert_true(COMPILE("other.c", first, "-g"));
	assert_true(COMPILE("other.c", second, "-DNAME=that_variable"));
}

static void a_replaced_program_is_named_by_the_file_that_still_runs(void **state)
{
	struct fixture fixture;

	(void)state;
	need_root();
	compile_both(fixture_path("running"), fixture_path("newer"));
	assert_true(RUN(&fixture, fixture_path("running")));
	assert_int_equal(rename(fixture_path("newer"), fixture_path("running")), 0);
	check_all(&fixture);
	fixture_end(&fixture);
}

static void a_deleted_program_is_named(void **state)
{
	struct fixture fixture;

	(void)state;
	need_root();
	assert_true(COMPILE("other.c", fixture_path("deleted"), "-g"));
	assert_true(RUN(&fixture, fixture_path("deleted")));
	assert_int_equal(unlink(fixture_path("deleted")), 0);
	check_all(&fixture);
	fixture_end(&fixture);
}

static void a_program_of_another_mount_namespace_is_named_by_its_own_file(void **state)
{
	const char *const arguments[] = { fixture_path("here"), NULL };
	struct fixture_start start = {
		.arguments = arguments,
		.bind_over = { fixture_path("there"), fixture_path("here") },
	};
	struct fixture fixture;

	(void)state;
	need_root();
	compile_both(fixture_path("here"), fixture_path("there"));
	if (!fixture_begin(&fixture, &start))
		skip_loudly("cannot mount in a namespace");
	assert_string_equal(fixture.line[0].name, "that_variable");
	check_all(&fixture);
	fixture_end(&fixture);
}

static void a_program_in_a_changed_root_is_named(void **state)
{
	const char *const arguments[] = { "/program", NULL };
	struct fixture_start start = { .arguments = arguments, .root = fixture_path("root") };
	struct fixture fixture;

	(void)state;
	need_root();
	assert_int_equal(mkdir(start.root, 0700), 0);
	assert_true(COMPILE("other.c", fixture_path("root/program"), "-static"));
	assert_true(fixture_begin(&fixture, &start));
	check_all(&fixture);
	fixture_end(&fixture);
}

static const struct {
	const char *name;
	const char *flags[5];
} libraries[] = {
	{ "linked for address 0", { "-shared", "-fPIC" } },
	{ "linked for an address of its own, as prelink does",
	  { "-shared", "-fPIC", "-Wl,-Ttext-segment=0x41000000" } },
	{ "the same by lld",
	  { "-shared", "-fPIC", "-fuse-ld=lld", "-Wl,--image-base=0x41000000" } },
	{ "with text and data on one page", { "-shared", "-fPIC", "-Wl,-z,noseparate-code" } },
};

static void a_library_loaded_twice_is_named_at_both_places(void **state)
{
	char again[PATH_MAX + 16];

	(void)state;
	assert_true(COMPILE("variables.c", fixture_path("loader"), "-g"));
	snprintf(again, sizeof(again), "again:%s", fixture_path("library.so"));
	for (size_t i = 0; i < TEST_COUNT(libraries); i++) {
		struct fixture fixture;

		test_row(libraries[i].name);
		if (!fixture_compile("library.c", fixture_path("library.so"), libraries[i].flags))
			skip_loudly(libraries[i].name);
		assert_true(
			RUN(&fixture, fixture_path("loader"), fixture_path("library.so"), again));
		check_all(&fixture);
		fixture_end(&fixture);
	}
}

static void a_program_mapped_as_data_has_no_variables(void **state)
{
	struct vmspy_symbol_list list = { 0 };
	struct fixture fixture;
	const char *reason;
	uint64_t start;

	(void)state;
	assert_true(COMPILE("reader.c", fixture_path("reader"), "-g"));
	assert_true(COMPILE("variables.c", fixture_path("read"), "-g"));
	assert_true(RUN(&fixture, fixture_path("reader"), fixture_path("read")));
	fixture_load(&fixture);
	start = fixture.line[0].address;
	for (uint64_t at = 0; at < fixture.line[0].size_bytes; at += fixture.host.page_bytes) {
		look_up(&fixture, start + at, start + at + fixture.host.page_bytes, &list);
		assert_int_equal(list.count, 0);
	}
	assert_int_equal(vmspy_modules_failed(fixture.modules, &reason), 0);
	fixture_end(&fixture);
}

static void addresses_that_no_file_is_behind_have_no_names(void **state)
{
	struct vmspy_symbol_list list = { 0 };
	struct fixture fixture;

	(void)state;
	assert_true(COMPILE("other.c", fixture_path("plain"), "-g"));
	assert_true(RUN(&fixture, fixture_path("plain")));
	fixture_load(&fixture);
	look_up(&fixture, 0, 4096, &list);
	assert_int_equal(list.count, 0);
	look_up(&fixture, UINT64_MAX - 4095, UINT64_MAX, &list);
	assert_int_equal(list.count, 0);
	for (size_t i = 0; i < vmspy_space_layout(fixture.space)->count; i++) {
		const struct vmspy_vma *vma = &vmspy_space_layout(fixture.space)->mapping[i].vma;

		if (!vma->name || strcmp(vma->name, "[stack]"))
			continue;
		look_up(&fixture, vma->start, vma->end, &list);
		assert_int_equal(list.count, 0);
	}
	fixture_end(&fixture);
}

static void a_process_that_ended_before_the_question_is_counted_once(void **state)
{
	struct vmspy_symbol_list list = { 0 };
	struct fixture fixture;
	const char *reason;
	uint64_t address;

	(void)state;
	assert_true(COMPILE("other.c", fixture_path("short-lived"), "-g"));
	assert_true(RUN(&fixture, fixture_path("short-lived")));
	fixture_load(&fixture);
	address = fixture.line[0].address;
	close(fixture.stdin_fd);
	fixture.stdin_fd = -1;
	assert_int_equal(waitpid(fixture.pid, NULL, 0), fixture.pid);
	fixture.pid = 0;
	unlink(fixture_path("short-lived"));
	for (int i = 0; i < 3; i++) {
		look_up(&fixture, address, address + 4, &list);
		assert_int_equal(list.count, 0);
	}
	assert_int_equal(vmspy_modules_failed(fixture.modules, &reason), 1);
	assert_non_null(strstr(reason, "cannot read symbols of '"));
	assert_non_null(strstr(reason, "short-lived"));
	fixture_end(&fixture);
}

static void no_server_is_asked_for_symbols(void **state)
{
	struct fixture fixture;
	struct stat cache;

	(void)state;
	assert_int_equal(setenv("DEBUGINFOD_URLS", "file:///nonexistent", 1), 0);
	assert_int_equal(setenv("DEBUGINFOD_CACHE_PATH", fixture_path("asked"), 1), 0);
	assert_true(COMPILE("other.c", fixture_path("asking"), "-s", "-Wl,--build-id=sha1"));
	assert_true(RUN(&fixture, fixture_path("asking")));
	fixture_load(&fixture);
	check_line(&fixture, &fixture.line[0], false);
	assert_int_equal(stat(fixture_path("asked"), &cache), -1);
	fixture_end(&fixture);
}

/* A space of one mapping, whose file is a descriptor of ours; some first attempts fail. */
struct made_up {
	struct vmspy_space space;
	struct vmspy_mapping mapping[2];
	int fd, failures, opened;
};

static struct vmspy_error *open_ours(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				     int *ret_fd)
{
	struct made_up *made_up = (struct made_up *)space;

	(void)mapping;
	made_up->opened++;
	if (made_up->failures-- > 0)
		return vmspy_error_system(ENOENT, "cannot open '%s'", "it");
	*ret_fd = dup(made_up->fd);
	return NULL;
}

static const struct vmspy_space_ops made_up_ops = { .open_file = open_ours };
static const struct vmspy_host made_up_host = { .page_bytes = 4096 };

/* Two mappings of one file, of a kind. */
static void make_up(struct made_up *made_up, enum vmspy_mapping_kind kind)
{
	*made_up = (struct made_up){ .fd = memfd_create("file", MFD_CLOEXEC) };
	assert_true(made_up->fd >= 0);
	vmspy_space_init(&made_up->space, &made_up_ops, &made_up_host);
	for (size_t i = 0; i < TEST_COUNT(made_up->mapping); i++)
		made_up->mapping[i] = (struct vmspy_mapping){
			.kind = kind,
			.vma = { .start = 0x10000 + 0x10000 * i,
				 .end = 0x11000 + 0x10000 * i,
				 .inode = 1,
				 .name = "/a\033file" },
		};
	made_up->space.layout.mapping = made_up->mapping;
	made_up->space.layout.count = TEST_COUNT(made_up->mapping);
}

/* Ask for both mappings, twice. ret: how many files failed. */
static size_t ask_twice(struct made_up *made_up, char *reason, size_t size)
{
	struct vmspy_symbol_list list = { 0 };
	struct vmspy_modules *modules;
	const char *text;
	size_t failed;

	assert_ok(vmspy_modules_create(&made_up->space, &modules));
	assert_int_equal(vmspy_modules_failed(modules, &text), 0);
	assert_int_equal(made_up->opened, 0);
	for (int i = 0; i < 4; i++) {
		uint64_t start = made_up->mapping[i % 2].vma.start;

		assert_ok(vmspy_symbols_in(modules, start, start + 8, &list));
		assert_int_equal(list.count, 0);
	}
	failed = vmspy_modules_failed(modules, &text);
	snprintf(reason, size, "%s", text ? text : "");
	vmspy_modules_destroy(modules);
	close(made_up->fd);
	return failed;
}

static void a_file_is_opened_once_and_when_it_is_asked_for(void **state)
{
	struct made_up made_up;
	char reason[256];

	(void)state;
	make_up(&made_up, VMSPY_KIND_DATA);
	assert_int_equal(ask_twice(&made_up, reason, sizeof(reason)), 0);
	assert_int_equal(made_up.opened, 1);
}

static void a_file_that_cannot_be_opened_by_one_mapping_is_tried_by_another(void **state)
{
	struct made_up made_up;
	char reason[256];

	(void)state;
	make_up(&made_up, VMSPY_KIND_DATA);
	made_up.failures = 1;
	assert_int_equal(ask_twice(&made_up, reason, sizeof(reason)), 0);
	assert_int_equal(made_up.opened, 2);
	assert_string_equal(reason, "");
}

static void a_file_that_cannot_be_opened_is_counted_once_and_its_name_escaped(void **state)
{
	struct made_up made_up;
	char reason[256];

	(void)state;
	make_up(&made_up, VMSPY_KIND_TEXT);
	made_up.failures = 100;
	assert_int_equal(ask_twice(&made_up, reason, sizeof(reason)), 1);
	assert_non_null(strstr(reason, "cannot read symbols of '/a\\x1bfile': cannot open 'it': "));
	make_up(&made_up, VMSPY_KIND_FILE);
	made_up.failures = 100;
	assert_int_equal(ask_twice(&made_up, reason, sizeof(reason)), 0);
}

static void a_broken_program_is_counted_whatever_it_is_mapped_as(void **state)
{
	struct made_up made_up;
	unsigned char header[64] = "\177ELF\2\1\1";
	char reason[256];

	(void)state;
	make_up(&made_up, VMSPY_KIND_FILE);
	header[16] = 2; /* ET_EXEC, and no segment */
	assert_int_equal(write(made_up.fd, header, sizeof(header)), sizeof(header));
	assert_int_equal(ask_twice(&made_up, reason, sizeof(reason)), 1);
	assert_int_equal(made_up.opened, 1);
	assert_non_null(strstr(reason, "no segments"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_replaced_program_is_named_by_the_file_that_still_runs),
		TEST(a_deleted_program_is_named),
		TEST(a_program_of_another_mount_namespace_is_named_by_its_own_file),
		TEST(a_program_in_a_changed_root_is_named),
		TEST(a_library_loaded_twice_is_named_at_both_places),
		TEST(a_program_mapped_as_data_has_no_variables),
		TEST(addresses_that_no_file_is_behind_have_no_names),
		TEST(a_process_that_ended_before_the_question_is_counted_once),
		TEST(no_server_is_asked_for_symbols),
		TEST(a_file_is_opened_once_and_when_it_is_asked_for),
		TEST(a_file_that_cannot_be_opened_by_one_mapping_is_tried_by_another),
		TEST(a_file_that_cannot_be_opened_is_counted_once_and_its_name_escaped),
		TEST(a_broken_program_is_counted_whatever_it_is_mapped_as),
	};

	return cmocka_run_group_tests_name(__FILE__, tests, NULL, fixture_clean);
}

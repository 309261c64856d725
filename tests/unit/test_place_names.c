#include "fake_space.h"

#include "blame/place_names.h"

#define FIRST  UINT64_C(0x10000000)
#define SECOND UINT64_C(0x70000000)
#define PAGE   UINT64_C(4096)

enum {
	INODE = 77,
	MANY = 5000,
};

static struct fake_machine machine;
static struct fake_space one, other;

/* One file in two processes, at different addresses: code, data, and the bss behind it. */
static void map_file(struct fake_space *fake, pid_t pid, uint64_t at)
{
	struct vmspy_mapping *mapping;

	fake_init(fake, &machine, pid);
	mapping = fake_map(fake, at, 4);
	mapping->vma.inode = INODE;
	mapping->kind = VMSPY_KIND_TEXT;
	mapping = fake_map(fake, at + 4 * PAGE, 4);
	mapping->vma.inode = INODE;
	mapping->vma.offset_bytes = 4 * PAGE;
	mapping->kind = VMSPY_KIND_DATA;
	fake_map(fake, at + 8 * PAGE, 4)->kind = VMSPY_KIND_BSS;
	fake_map(fake, at + 32 * PAGE, 4)->kind = VMSPY_KIND_ANON;
	assert_ok(vmspy_space_load(&fake->space));
}

static int set_up(void **state)
{
	(void)state;
	machine = fake_machine();
	map_file(&one, FAKE_PARENT_PID, FIRST);
	map_file(&other, FAKE_CHILD_PID, SECOND);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmspy_space_close(&one.space);
	vmspy_space_close(&other.space);
	return 0;
}

/* Whether a place of both processes is the same. */
static bool is_one(uint64_t offset)
{
	struct vmspy_place_names names = { 0 };
	struct vmspy_place_key first, second;
	struct vmspy_place_name *name;
	bool is;

	assert_true(vmspy_place_key_of(&one.space, FIRST + offset, false, &first));
	assert_true(vmspy_place_key_of(&other.space, SECOND + offset, false, &second));
	assert_ok(vmspy_place_names_add(&names, &first, &name));
	is = vmspy_place_names_find(&names, &second);
	vmspy_place_names_deinit(&names);
	return is;
}

static void a_place_of_a_file_is_one_in_all_processes(void **state)
{
	(void)state;
	assert_true(is_one(0x123));
	assert_true(is_one(5 * PAGE));
	assert_true(is_one(9 * PAGE + 8)); /* its bss */
}

static void memory_without_a_file_is_of_one_process(void **state)
{
	(void)state;
	assert_false(is_one(33 * PAGE));
}

static void code_and_data_at_one_place_are_two(void **state)
{
	struct vmspy_place_names names = { 0 };
	struct vmspy_place_key code, data;
	struct vmspy_place_name *name;

	(void)state;
	assert_true(vmspy_place_key_of(&one.space, FIRST, true, &code));
	assert_true(vmspy_place_key_of(&one.space, FIRST, false, &data));
	assert_ok(vmspy_place_names_add(&names, &code, &name));
	assert_null(vmspy_place_names_find(&names, &data));
	assert_non_null(vmspy_place_names_find(&names, &code));
	vmspy_place_names_deinit(&names);
}

static void what_is_not_mapped_is_no_place(void **state)
{
	struct vmspy_place_key key;

	(void)state;
	assert_false(vmspy_place_key_of(&one.space, SECOND, true, &key));
}

static void many_places_are_all_found(void **state)
{
	struct vmspy_place_names names = { 0 };
	struct vmspy_place_key key = { .inode = INODE };
	struct vmspy_place_name *name;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		key.offset_bytes = i;
		assert_null(vmspy_place_names_find(&names, &key));
		assert_ok(vmspy_place_names_add(&names, &key, &name));
		name->line = (unsigned)i;
	}
	for (uint64_t i = 0; i < MANY; i++) {
		key.offset_bytes = i;
		assert_int_equal(vmspy_place_names_find(&names, &key)->line, i);
	}
	vmspy_place_names_deinit(&names);
}

#define LIVE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(LIVE(a_place_of_a_file_is_one_in_all_processes),
	  LIVE(memory_without_a_file_is_of_one_process), LIVE(code_and_data_at_one_place_are_two),
	  LIVE(what_is_not_mapped_is_no_place), TEST(many_places_are_all_found))

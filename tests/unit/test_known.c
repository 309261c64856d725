#include "fake_space.h"

#include "trace/known.h"
#include "trace/walk.h"

#define AT   UINT64_C(0x10000000)
#define PAGE UINT64_C(4096)

enum {
	FRAME = 0x1200,
	MANY = 10000,
};

#define WORD(n) (VMSPY_PAGEMAP_PRESENT | (FRAME + (uint64_t)(n)))

static struct fake_machine machine;
static struct fake_space fake;

/* Two mappings of 16 pages with a gap between them; the second one is shared. */
static int set_up(void **state)
{
	(void)state;
	machine = fake_machine();
	fake_init(&fake, &machine, FAKE_PARENT_PID);
	fake_map(&fake, AT, 16);
	fake_map(&fake, AT + 32 * PAGE, 16)->vma.shared = true;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmspy_space_close(&fake.space);
	return 0;
}

static struct vmspy_snapshot *read_all(void)
{
	struct vmspy_snapshot *snapshot;

	assert_ok(vmspy_space_load(&fake.space));
	assert_ok(vmspy_snapshot_create(&fake.space, &snapshot));
	return snapshot;
}

static void a_snapshot_keeps_private_pages_alone(void **state)
{
	struct vmspy_snapshot *snapshot;

	(void)state;
	fake_put(&fake, AT + 3 * PAGE, WORD(3));
	fake_put(&fake, AT + 5 * PAGE, WORD(5));
	fake_put(&fake, AT + 33 * PAGE, WORD(33));
	snapshot = read_all();
	assert_int_equal(vmspy_snapshot_word(snapshot, AT + 3 * PAGE), WORD(3));
	assert_int_equal(vmspy_snapshot_word(snapshot, AT + 5 * PAGE), WORD(5));
	assert_int_equal(vmspy_snapshot_word(snapshot, AT + 4 * PAGE), 0);
	assert_int_equal(vmspy_snapshot_word(snapshot, AT + 6 * PAGE), 0);
	assert_int_equal(vmspy_snapshot_word(snapshot, AT - PAGE), 0);
	assert_int_equal(vmspy_snapshot_word(snapshot, AT + 33 * PAGE), 0);
	assert_int_equal(vmspy_snapshot_word(NULL, AT), 0);
	vmspy_snapshot_drop(snapshot);
}

struct seen {
	size_t count;
	uint64_t last;
};

static struct vmspy_error *see(void *context, uint64_t page_start, uint64_t word)
{
	struct seen *seen = context;

	assert_true(!seen->count || page_start > seen->last);
	assert_int_equal(word, WORD((page_start - AT) / PAGE));
	seen->last = page_start;
	seen->count++;
	return NULL;
}

static void a_snapshot_is_read_in_ascending_order_without_holes(void **state)
{
	struct seen seen = { 0 };
	struct vmspy_snapshot_reader reader = { see, &seen };
	struct vmspy_snapshot *snapshot;

	(void)state;
	for (int i = 1; i < 16; i += 3)
		fake_put(&fake, AT + (uint64_t)i * PAGE, WORD(i));
	snapshot = read_all();
	assert_ok(vmspy_snapshot_read(snapshot, &reader));
	assert_int_equal(seen.count, 5);
	vmspy_snapshot_drop(snapshot);
}

static void what_changed_hides_what_was_there(void **state)
{
	struct vmspy_known known = { 0 };
	struct vmspy_snapshot *snapshot;
	uint64_t time_ns = 1;

	(void)state;
	fake_put(&fake, AT, WORD(0));
	snapshot = read_all();
	vmspy_known_rebase(&known, snapshot);
	vmspy_snapshot_drop(snapshot);
	assert_int_equal(vmspy_known_word(&known, AT, &time_ns), WORD(0));
	assert_int_equal(time_ns, 0);
	assert_ok(vmspy_known_set(&known, AT, WORD(9), 77));
	assert_int_equal(vmspy_known_word(&known, AT, &time_ns), WORD(9));
	assert_int_equal(time_ns, 77);
	vmspy_known_rebase(&known, NULL);
	assert_int_equal(vmspy_known_word(&known, AT, &time_ns), 0);
	vmspy_known_deinit(&known);
}

static void many_changes_are_all_kept(void **state)
{
	struct vmspy_known known = { 0 };

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		assert_ok(vmspy_known_set(&known, AT + i * PAGE, WORD(i), i));
	for (uint64_t i = 0; i < MANY; i += 2)
		assert_ok(vmspy_known_set(&known, AT + i * PAGE, WORD(i + 1), i));
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(vmspy_known_word(&known, AT + i * PAGE, NULL), WORD(i | 1));
	assert_int_equal(known.count, MANY);
	vmspy_known_deinit(&known);
}

#define LIVE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(LIVE(a_snapshot_keeps_private_pages_alone),
	  LIVE(a_snapshot_is_read_in_ascending_order_without_holes),
	  LIVE(what_changed_hides_what_was_there), TEST(many_changes_are_all_kept))

#include "test.h"

#include "compare/draw.h"

enum {
	PAGE = 4096,
	RUNS = 600
};

/* One anonymous interval, and runs of diverged pages of 1 to 7 with gaps between them. */
struct fixture {
	struct vmspy_mapping mapping;
	struct vmspy_interval interval;
	struct vmspy_counts counts;
	struct vmspy_run run[RUNS];
	struct vmspy_pair pair;
	uint64_t pages;
	struct vmspy_draw draw;
};

static struct fixture *begin(size_t runs, bool in_order)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint64_t at = 0x10000;

	assert_non_null(f);
	for (size_t i = 0; i < runs; i++) {
		f->run[i] = (struct vmspy_run){ .start = at,
						.page_count = 1 + i % 7,
						.page_class = VMSPY_CLASS_DIVERGED };
		f->pages += f->run[i].page_count;
		at += (f->run[i].page_count + 1 + i % 3) * PAGE;
	}
	f->mapping = (struct vmspy_mapping){ .vma = { .start = 0x10000, .end = at },
					     .kind = VMSPY_KIND_ANON };
	f->interval = (struct vmspy_interval){ 0x10000, at, &f->mapping, &f->mapping, { 0 } };
	f->pair = (struct vmspy_pair){
		.intervals = { &f->interval, 1, 1 },
		.counts = &f->counts,
		.runs = { .run = f->run, .count = runs, .page_bytes = PAGE },
	};
	assert_ok(vmspy_draw_init(&f->pair, in_order, &f->draw));
	return f;
}

static void end(struct fixture *f)
{
	vmspy_draw_deinit(&f->draw);
	free(f);
}

static bool lies_in(const struct fixture *f, const struct vmspy_draw_page *page)
{
	return page->run->start <= page->address &&
	       page->address < vmspy_run_end(&f->pair.runs, page->run);
}

/* ret: the position of a page among all that can be drawn. */
static uint64_t position_of(const struct fixture *f, const struct vmspy_draw_page *page)
{
	uint64_t position = (page->address - page->run->start) / PAGE;

	for (const struct vmspy_run *run = f->run; run < page->run; run++)
		position += run->page_count;
	return position;
}

static void every_page_is_drawn_once(struct fixture *f)
{
	struct vmspy_draw_list *list = &f->draw.list[VMSPY_DRAW_OTHER];
	unsigned char *drawn = calloc(f->pages + 1, 1);
	struct vmspy_cluster cluster;
	uint64_t count = 0;

	assert_non_null(drawn);
	assert_int_equal(list->page_count, f->pages);
	assert_int_equal(f->counts.comparable_pages, f->pages);
	while (vmspy_draw_next(&f->pair, &f->draw, list, &cluster)) {
		assert_in_range(cluster.count, 1, VMSPY_CLUSTER_PAGES);
		for (size_t i = 0; i < cluster.count; i++) {
			uint64_t position = position_of(f, &cluster.page[i]);

			assert_true(lies_in(f, &cluster.page[i]));
			assert_true(!i || cluster.page[i - 1].address < cluster.page[i].address);
			assert_false(drawn[position]);
			if (f->draw.in_order)
				assert_int_equal(position, count);
			drawn[position] = 1;
			count++;
		}
	}
	assert_int_equal(count, f->pages);
	assert_int_equal(list->drawn_pages, f->pages);
	free(drawn);
}

static void every_page_is_drawn_once_in_either_order(void **state)
{
	static const size_t runs[] = { 0, 1, 2, 5, 6, 9, 17, 100, RUNS };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(runs); i++)
		for (int in_order = 0; in_order < 2; in_order++) {
			struct fixture *f = begin(runs[i], in_order);

			every_page_is_drawn_once(f);
			end(f);
		}
}

/* Wherever it ends, each quarter of the pages has its share, but for a few clusters. */
static void what_was_drawn_is_spread_evenly_wherever_it_ends(void **state)
{
	struct fixture *f = begin(RUNS, false);
	struct vmspy_draw_list *list = &f->draw.list[VMSPY_DRAW_OTHER];
	uint64_t quarter[4] = { 0 };
	struct vmspy_cluster cluster;

	(void)state;
	for (uint64_t drawn = 1; vmspy_draw_next(&f->pair, &f->draw, list, &cluster); drawn++) {
		quarter[position_of(f, &cluster.page[0]) * 4 / f->pages]++;
		for (int i = 0; i < 4; i++)
			assert_in_range(quarter[i] + 3, drawn / 4, drawn / 4 + 6);
	}
	end(f);
}

/* Allocators begin arenas at multiples of powers of two: a sample may not favour those. */
static void what_comes_at_every_power_of_two_is_met_as_often_as_it_is_there(void **state)
{
	enum {
		DRAWN = 1024,
		PART = 16
	};

	(void)state;
	for (uint64_t period = 4; period <= 256; period *= 2) {
		struct fixture *f = begin(1, false);
		struct vmspy_draw_list *list = &f->draw.list[VMSPY_DRAW_OTHER];
		struct vmspy_cluster cluster;
		uint64_t met = 0;

		/* One large run. */
		f->run[0].page_count = list->page_count = DRAWN * PART;
		for (int drawn = 0; drawn < DRAWN / 2; drawn++) {
			assert_true(vmspy_draw_next(&f->pair, &f->draw, list, &cluster));
			met += position_of(f, &cluster.page[0]) % period < period / 2;
		}
		assert_in_range(met, DRAWN / 4 - DRAWN / 16, DRAWN / 4 + DRAWN / 16);
		end(f);
	}
}

static void what_can_have_names_comes_first(void **state)
{
	static const struct {
		const char *name;
		enum vmspy_mapping_kind kind;
		uint64_t inode;
		const char *file;
		enum vmspy_page_class page_class;
		enum vmspy_reason reason;
		int sort; /* -1: none */
	} rows[] = {
		{ "the program", VMSPY_KIND_DATA, 7, "/bin/it", VMSPY_CLASS_DIVERGED, 0,
		  VMSPY_DRAW_PROGRAM },
		{ "its bss", VMSPY_KIND_BSS, 0, NULL, VMSPY_CLASS_DIVERGED_ZERO, 0,
		  VMSPY_DRAW_PROGRAM },
		{ "a library", VMSPY_KIND_DATA, 8, "/lib/so", VMSPY_CLASS_DIVERGED_FILE, 0,
		  VMSPY_DRAW_LIBRARY },
		{ "its bss", VMSPY_KIND_BSS, 0, NULL, VMSPY_CLASS_DIVERGED, 0, VMSPY_DRAW_LIBRARY },
		{ "a stack", VMSPY_KIND_STACK, 0, "[stack]", VMSPY_CLASS_DIVERGED, 0,
		  VMSPY_DRAW_STACK },
		{ "the heap", VMSPY_KIND_HEAP, 0, "[heap]", VMSPY_CLASS_DIVERGED, 0,
		  VMSPY_DRAW_OTHER },
		{ "hidden variables", VMSPY_KIND_DATA, 8, "/lib/so", VMSPY_CLASS_UNKNOWN,
		  VMSPY_REASON_FRAMES_HIDDEN, VMSPY_DRAW_HIDDEN_NAMED },
		{ "hidden memory", VMSPY_KIND_ANON, 0, NULL, VMSPY_CLASS_UNKNOWN,
		  VMSPY_REASON_FRAMES_HIDDEN, VMSPY_DRAW_HIDDEN },
		{ "swapped", VMSPY_KIND_HEAP, 0, "[heap]", VMSPY_CLASS_SWAP_DIFF, 0, -1 },
		{ "shared", VMSPY_KIND_HEAP, 0, "[heap]", VMSPY_CLASS_SHARED, 0, -1 },
		{ "a device", VMSPY_KIND_DEVICE, 9, "/dev/it", VMSPY_CLASS_DIVERGED, 0, -1 },
	};
	struct vmspy_mapping mapping[TEST_COUNT(rows)] = { 0 };
	struct vmspy_interval interval[TEST_COUNT(rows)] = { 0 };
	struct vmspy_counts counts[TEST_COUNT(rows)] = { 0 };
	struct vmspy_run run = { .page_count = 1 };
	struct vmspy_pair pair = {
		.a.held = true,
		.b.held = true,
		.program = "/bin/it",
		.intervals = { interval, TEST_COUNT(rows), TEST_COUNT(rows) },
		.counts = counts,
		.runs = { .run = &run, .count = 1, .page_bytes = PAGE },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		mapping[i].kind = rows[i].kind;
		mapping[i].vma.inode = rows[i].inode;
		mapping[i].vma.name = rows[i].file;
		interval[i].a = interval[i].b = &mapping[i];
	}
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_draw draw;

		test_row(rows[i].name);
		run.interval_index = (uint32_t)i;
		run.page_class = rows[i].page_class;
		run.reason = rows[i].reason;
		assert_ok(vmspy_draw_init(&pair, false, &draw));
		for (int sort = 0; sort < VMSPY_DRAW_SORTS; sort++)
			assert_int_equal(draw.list[sort].page_count, sort == rows[i].sort);
		vmspy_draw_deinit(&draw);
	}
}

TEST_MAIN(TEST(every_page_is_drawn_once_in_either_order),
	  TEST(what_was_drawn_is_spread_evenly_wherever_it_ends),
	  TEST(what_comes_at_every_power_of_two_is_met_as_often_as_it_is_there),
	  TEST(what_can_have_names_comes_first))

#include "test.h"

#include <inttypes.h>
#include <sys/personality.h>

#include "format/maps.h"
#include "format/stat.h"
#include "inspect/blocks.h"

enum {
	KIB = 1024
};

/* An address space made up of the text of a maps file. */
struct made {
	struct vmspy_vma_list vmas;
	struct vmspy_layout layout;
	struct vmspy_blocks blocks;
};

static const struct vmspy_address_shape shape_64 = {
	.pointer_bits = 64,
	.user_end = 0x7ffffffff000,
	.kernel_start = 0xffff800000000000,
	.lowest = 0x1000,
};

static const struct vmspy_address_shape shape_32 = {
	.pointer_bits = 32,
	.user_end = 0xffffe000,
	.kernel_start = 0xffff800000000000,
	.lowest = 0x1000,
};

static void made_deinit(struct made *made)
{
	vmspy_blocks_deinit(&made->blocks);
	free(made->layout.mapping);
	vmspy_vma_list_deinit(&made->vmas);
}

/* Blocks and gaps lie side by side, from 0 to the end of user space, and further to 2^64. */
static void check_tiles(const struct vmspy_blocks *blocks, const struct vmspy_address_shape *shape)
{
	uint64_t at = 0, user_bytes = 0;
	unsigned lines = 1;

	for (size_t i = 0; i < blocks->count; i++) {
		const struct vmspy_block *block = &blocks->block[i];

		assert_true(block->start == at && block->size_bytes && block->lines);
		assert_true(block->mapped_bytes <= block->size_bytes);
		at += block->size_bytes;
		if (block->start < shape->user_end)
			user_bytes += block->size_bytes;
		lines += block->lines + vmspy_block_has_border(blocks, i);
	}
	assert_true(!shape->user_end || user_bytes == shape->user_end);
	assert_true(!shape->kernel_start || at == 0);
	assert_int_equal(lines, blocks->lines);
	for (size_t i = 0; i < blocks->label_count; i++) {
		const struct vmspy_block_label *label = &blocks->label[i];

		assert_true(label->block < blocks->count);
		assert_true(label->line < blocks->block[label->block].lines);
		if (i && label[-1].block == label->block)
			assert_true(label[-1].line < label->line);
	}
}

static struct made make(const char *maps, const struct vmspy_mm_bounds *bounds,
			const struct vmspy_address_shape *shape, unsigned lines_max)
{
	struct made made = { 0 };
	struct vmspy_layout *layout = &made.layout;

	assert_ok(vmspy_maps_parse(maps, strlen(maps), &made.vmas));
	layout->mapping = calloc(made.vmas.count + 1, sizeof(*layout->mapping));
	assert_non_null(layout->mapping);
	layout->count = made.vmas.count;
	for (size_t i = 0; i < layout->count; i++)
		layout->mapping[i].vma = made.vmas.vma[i];
	if (bounds)
		layout->bounds = *bounds;
	assert_ok(vmspy_kinds_decide(layout->mapping, layout->count, &layout->bounds));
	for (size_t i = 0; i < layout->count; i++)
		if (layout->mapping[i].kind == VMSPY_KIND_HEAP)
			layout->brk = layout->mapping[i].vma.end;
	assert_ok(vmspy_blocks_make(layout, shape, lines_max, &made.blocks));
	check_tiles(&made.blocks, shape);
	return made;
}

static void assert_words(const struct vmspy_blocks *blocks, const char *expected)
{
	struct vmspy_buf words = { 0 };

	for (size_t i = 0; i < blocks->count; i++)
		assert_ok(vmspy_buf_printf(&words, "%s%s", i ? " " : "",
					   vmspy_block_type_name(blocks->block[i].type)));
	assert_string_equal(vmspy_buf_text(&words), expected);
	vmspy_buf_deinit(&words);
}

/* The recording of a process, maps and stat. */
static struct made make_recorded(const char *name, const struct vmspy_address_shape *shape,
				 unsigned lines_max)
{
	struct vmspy_buf path = { 0 }, maps, text;
	struct vmspy_stat stat;
	struct made made;

	assert_ok(vmspy_buf_printf(&path, "maps/%s", name));
	maps = test_data(vmspy_buf_text(&path));
	vmspy_buf_deinit(&path);
	assert_ok(vmspy_buf_printf(&path, "stat/%s", name));
	text = test_data(vmspy_buf_text(&path));
	vmspy_buf_deinit(&path);
	assert_ok(vmspy_stat_parse(vmspy_buf_text(&text), text.length, &stat));
	made = make(vmspy_buf_text(&maps), &stat.bounds, shape, lines_max);
	vmspy_buf_deinit(&text);
	vmspy_buf_deinit(&maps);
	return made;
}

#define ABOVE_64 "gap beyond hole kernel vsyscall kernel"
#define STACK    "stack vectors arguments environment execfn "

static const struct {
	const char *name;
	const struct vmspy_address_shape *shape;
	const char *words;
} recordings[] = {
	{ "threads", &shape_64,
	  "lowest gap rodata code rodata data data bss gap heap gap thread-stack thread-stack "
	  "anon object gap anon vvar vdso object gap " STACK ABOVE_64 },
	{ "non-pie", &shape_64,
	  "lowest gap rodata code rodata data data bss gap heap gap anon object gap anon vvar vdso "
	  "object gap " STACK ABOVE_64 },
	{ "32-bit", &shape_32,
	  "lowest gap rodata code rodata data data bss gap heap gap object gap anon vvar vdso "
	  "object gap " STACK "gap beyond hole kernel" },
	{ "static-fixed", &shape_64,
	  "lowest gap rodata code rodata data data bss heap gap vvar vdso gap " STACK
	  "beyond hole kernel vsyscall kernel" }, /* without randomisation */
};

static void recorded_processes_have_the_blocks_that_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(recordings); i++) {
		struct made made = make_recorded(recordings[i].name, recordings[i].shape, 0);

		test_row(recordings[i].name);
		assert_words(&made.blocks, recordings[i].words);
		made_deinit(&made);
	}
}

static void recorded_processes_fit_on_a_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(recordings); i++) {
		struct made made = make_recorded(recordings[i].name, recordings[i].shape, 56);

		assert_true(made.blocks.lines <= 56);
		made_deinit(&made);
	}
}

static void a_process_without_mappings_is_one_gap(void **state)
{
	struct made made = make("", NULL, &shape_64, 56);

	(void)state;
	assert_words(&made.blocks, "lowest gap beyond hole kernel");
	made_deinit(&made);
}

static void without_a_known_shape_user_space_ends_with_the_last_mapping(void **state)
{
	const struct vmspy_address_shape unknown = { 0 };
	struct made made = make("1000-2000 rw-p 00000000 00:00 0 \n", NULL, &unknown, 56);

	(void)state;
	assert_words(&made.blocks, "gap anon");
	made_deinit(&made);
	made = make("", NULL, &unknown, 56);
	assert_int_equal(made.blocks.count, 0);
	made_deinit(&made);
}

static void hidden_bounds_leave_the_program_an_object_like_others(void **state)
{
	struct made made = make("400000-401000 r--p 00000000 08:01 7 /bin/x\n"
				"401000-402000 r-xp 00001000 08:01 7 /bin/x\n"
				"402000-403000 rw-p 00002000 08:01 7 /bin/x\n"
				"403000-404000 rw-p 00000000 00:00 0 \n"
				"500000-521000 rw-p 00000000 00:00 0 [heap]\n",
				NULL, &shape_64, 56);

	(void)state;
	assert_words(&made.blocks, "lowest gap object gap heap gap beyond hole kernel");
	assert_int_equal(made.blocks.label_count, 1); /* brk is the end of [heap] */
	assert_true(made.blocks.block[2].kind_bytes[VMSPY_KIND_BSS] == 4 * KIB);
	made_deinit(&made);
}

static void the_page_that_data_ends_in_begins_bss(void **state)
{
	const struct vmspy_mm_bounds bounds = {
		.known = true,
		.start_code = 0x401000,
		.end_code = 0x401800,
		.start_data = 0x402100,
		.end_data = 0x402210,
		.start_brk = 0x404123,
	};
	struct made made = make("401000-402000 r-xp 00001000 08:01 7 /bin/x\n"
				"402000-403000 rw-p 00002000 08:01 7 /bin/x\n"
				"403000-425000 rw-p 00000000 00:00 0 [heap]\n",
				&bounds, &shape_64, 56);
	const struct vmspy_block *bss = &made.blocks.block[4];

	(void)state;
	assert_words(&made.blocks, "lowest gap code data bss heap gap beyond hole kernel");
	/* Without randomisation the heap is merged with the bss below it. */
	assert_true(bss->start == 0x402210 && bss->start + bss->size_bytes == 0x404123);
	made_deinit(&made);
}

static void arguments_that_were_moved_elsewhere_are_not_cut_out_of_the_stack(void **state)
{
	const struct vmspy_mm_bounds bounds = {
		.known = true,
		.start_stack = 0x7ffe00008000,
		.arg_start = 0x1234,
		.arg_end = 0x1240,
		.env_start = 0x7ffe0000f000,
		.env_end = 0x7ffe0000f800,
	};
	struct made made = make("7ffe00000000-7ffe00010000 rw-p 00000000 00:00 0 [stack]\n",
				&bounds, &shape_64, 56);

	(void)state;
	assert_words(&made.blocks, "lowest gap stack vectors gap beyond hole kernel");
	made_deinit(&made);
}

static void with_five_levels_what_is_above_47_bits_is_told_apart(void **state)
{
	const struct vmspy_address_shape shape = {
		.pointer_bits = 64,
		.user_end = 0xfffffffffff000,
		.window_end = 0x7ffffffff000,
		.kernel_start = 0xff00000000000000,
	};
	struct made made = make("1000-2000 rw-p 00000000 00:00 0 \n", NULL, &shape, 56);

	(void)state;
	assert_words(&made.blocks, "gap anon gap wide beyond hole kernel");
	made_deinit(&made);
	made = make("7fffffffe000-800000000000 rw-p 00000000 00:00 0 \n", NULL, &shape, 56);
	assert_words(&made.blocks, "gap anon wide beyond hole kernel");
	made_deinit(&made);
}

static void a_32_bit_kernel_is_in_the_fourth_gibibyte(void **state)
{
	const struct vmspy_address_shape shape = {
		.pointer_bits = 32,
		.user_end = 0xc0000000,
		.kernel_start = 0xc0000000,
	};
	struct vmspy_blocks blocks;
	struct vmspy_layout layout = { 0 };

	(void)state;
	assert_ok(vmspy_blocks_make(&layout, &shape, 56, &blocks));
	assert_words(&blocks, "gap kernel");
	assert_true(blocks.block[1].start + blocks.block[1].size_bytes == UINT64_C(1) << 32);
	vmspy_blocks_deinit(&blocks);
}

static void a_block_grows_with_the_logarithm_of_its_size(void **state)
{
	static const struct {
		uint64_t bytes;
		unsigned lines;
	} sizes[] = {
		{ UINT64_C(4) * KIB, 1 },
		{ UINT64_C(64) * KIB, 1 },
		{ UINT64_C(68) * KIB, 2 },
		{ UINT64_C(1) * KIB * KIB, 2 },
		{ UINT64_C(16) * KIB * KIB, 3 },
		{ UINT64_C(1) * KIB * KIB * KIB, 5 },
		{ UINT64_C(16) * KIB * KIB * KIB * KIB, 8 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		char maps[128];
		struct made made;

		snprintf(maps, sizeof(maps), "10000000-%" PRIx64 " rw-p 00000000 00:00 0 \n",
			 0x10000000 + sizes[i].bytes);
		made = make(maps, NULL, &shape_64, 56);
		assert_int_equal(made.blocks.block[2].lines, sizes[i].lines);
		made_deinit(&made);
	}
}

static struct vmspy_buf many(unsigned count, const char *name)
{
	struct vmspy_buf maps = { 0 };

	for (unsigned i = 0; i < count; i++)
		assert_ok(vmspy_buf_printf(&maps, "%x-%x r%s-p 00000000 08:01 %u /usr/%s/%u\n",
					   0x10000000 + i * 0x4000,
					   0x10000000 + i * 0x4000 + 0x1000, i % 2 ? "w" : "-",
					   100 + i, name, i));
	return maps;
}

static void sixty_thousand_mappings_fit_on_a_page(void **state)
{
	struct vmspy_buf maps = many(60000, "share");
	struct made made = make(vmspy_buf_text(&maps), NULL, &shape_64, 56);
	uint64_t mapped_bytes = 0;
	size_t mappings = 0;

	(void)state;
	assert_true(made.blocks.lines <= 56);
	assert_int_equal(made.blocks.block[2].type, VMSPY_BLOCK_FILES);
	assert_false(made.blocks.block[2].is_uniform);
	for (size_t i = 0; i < made.blocks.count; i++) {
		mappings += made.blocks.block[i].mapping_count;
		mapped_bytes += made.blocks.block[i].mapped_bytes;
	}
	assert_int_equal(mappings, 60000);
	assert_true(mapped_bytes == UINT64_C(60000) * 4 * KIB);
	made_deinit(&made);
	made = make(vmspy_buf_text(&maps), NULL, &shape_64, 0);
	assert_int_equal(made.blocks.count, 2 * 60000 + 5);
	made_deinit(&made);
	vmspy_buf_deinit(&maps);
}

static void files_that_are_put_together_have_the_name_of_their_directory(void **state)
{
	struct vmspy_buf maps = many(100, "share/locale");
	struct made made = make(vmspy_buf_text(&maps), NULL, &shape_64, 56);
	const struct vmspy_block *files = &made.blocks.block[2];

	(void)state;
	assert_int_equal(files->name_length, strlen("/usr/share/locale"));
	assert_memory_equal(files->name, "/usr/share/locale", files->name_length);
	made_deinit(&made);
	vmspy_buf_deinit(&maps);
}

static void even_a_program_that_is_all_pieces_fits_on_a_page(void **state)
{
	const struct vmspy_mm_bounds bounds = {
		.known = true,
		.start_code = 0x10000000,
		.end_code = 0x20000000,
	};
	struct vmspy_buf maps = many(20000, "bin");
	struct made made = make(vmspy_buf_text(&maps), &bounds, &shape_64, 56);

	(void)state;
	assert_true(made.blocks.lines <= 56);
	made_deinit(&made);
	vmspy_buf_deinit(&maps);
}

static void small_neighbours_are_put_together_before_large_ones(void **state)
{
	struct vmspy_buf maps = many(60, "lib");
	struct made made;

	(void)state;
	assert_ok(vmspy_buf_printf(&maps, "40000000-40800000 r-xp 00000000 08:01 7 /lib/big.so\n"));
	made = make(vmspy_buf_text(&maps), NULL, &shape_64, 56);
	assert_true(made.blocks.lines <= 56);
	assert_int_equal(made.blocks.block[2].type, VMSPY_BLOCK_FILES);
	assert_int_equal(made.blocks.block[made.blocks.count - 5].type, VMSPY_BLOCK_OBJECT);
	assert_int_equal(made.blocks.block[made.blocks.count - 5].part_count, 1);
	made_deinit(&made);
	vmspy_buf_deinit(&maps);
}

static void a_stack_of_a_thread_takes_its_guard_along(void **state)
{
	struct vmspy_buf maps = { 0 };
	struct made made;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_ok(vmspy_buf_printf(&maps,
					   "%x-%x ---p 00000000 00:00 0 \n"
					   "%x-%x rw-p 00000000 00:00 0 \n",
					   0x10000000 + i * 0x801000, 0x10001000 + i * 0x801000,
					   0x10001000 + i * 0x801000, 0x10801000 + i * 0x801000));
	made = make(vmspy_buf_text(&maps), NULL, &shape_64, 0);
	assert_words(&made.blocks,
		     "lowest gap thread-stack thread-stack thread-stack gap beyond hole kernel");
	assert_true(made.blocks.block[2].mapping->kind == VMSPY_KIND_THREAD_STACK);
	assert_true(made.blocks.block[2].size_bytes == 0x801000);
	made_deinit(&made);
	made = make(vmspy_buf_text(&maps), NULL, &shape_64, 14);
	assert_words(&made.blocks, "lowest gap thread-stack gap beyond hole kernel");
	assert_int_equal(made.blocks.block[2].part_count, 3);
	made_deinit(&made);
	vmspy_buf_deinit(&maps);
}

static void writable_code_is_told_of_blocks_of_many(void **state)
{
	struct made made = make("10000000-10001000 rw-p 00000000 00:00 0 \n"
				"10001000-10002000 rwxp 00000000 00:00 0 \n",
				NULL, &shape_64, 1);

	(void)state;
	assert_true(made.blocks.block[2].is_write_exec && !made.blocks.block[2].is_uniform);
	assert_int_equal(made.blocks.block[2].type, VMSPY_BLOCK_MAPPINGS);
	made_deinit(&made);
}

static void every_type_has_a_name(void **state)
{
	(void)state;
	for (enum vmspy_block_type type = 0; type < VMSPY_BLOCK_TYPE_COUNT; type++)
		assert_non_null(vmspy_block_type_name(type));
}

TEST_MAIN(TEST(recorded_processes_have_the_blocks_that_they_should),
	  TEST(recorded_processes_fit_on_a_page), TEST(a_process_without_mappings_is_one_gap),
	  TEST(without_a_known_shape_user_space_ends_with_the_last_mapping),
	  TEST(hidden_bounds_leave_the_program_an_object_like_others),
	  TEST(the_page_that_data_ends_in_begins_bss),
	  TEST(arguments_that_were_moved_elsewhere_are_not_cut_out_of_the_stack),
	  TEST(with_five_levels_what_is_above_47_bits_is_told_apart),
	  TEST(a_32_bit_kernel_is_in_the_fourth_gibibyte),
	  TEST(a_block_grows_with_the_logarithm_of_its_size),
	  TEST(sixty_thousand_mappings_fit_on_a_page),
	  TEST(files_that_are_put_together_have_the_name_of_their_directory),
	  TEST(even_a_program_that_is_all_pieces_fits_on_a_page),
	  TEST(small_neighbours_are_put_together_before_large_ones),
	  TEST(a_stack_of_a_thread_takes_its_guard_along),
	  TEST(writable_code_is_told_of_blocks_of_many), TEST(every_type_has_a_name))

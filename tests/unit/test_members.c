#include "elf_fixture.h"

#include <gelf.h>

#include "random.h"
#include "symbol/apart.h"
#include "symbol/image.h"
#include "types/member_job.h"
#include "types/member_record.h"
#include "types/typed_fill.h"

enum {
	VARIABLES_MAX = 64,
	MEMBERS_MAX = 16,
	FLIPS = 1000, /* VMSPY_MEMBERS_FLIPS: more */
	FLIPS_AT_ONCE_MAX = 4,
	STRETCHES_MAX = 16,
};

bool fixture_enter(const struct fixture_start *start)
{
	return !start->root && !start->bind_over[0];
}

/* A file with its variables, and where its DWARF lies. */
struct subject {
	int fd;
	struct vmspy_image image;
	struct vmspy_symbol symbols[VARIABLES_MAX];
	const struct vmspy_symbol *query[VARIABLES_MAX];
	size_t index[VARIABLES_MAX];
	const char *names[VARIABLES_MAX];
	size_t count;
	struct {
		uint64_t offset, size_bytes;
	} stretch[STRETCHES_MAX]; /* sections of DWARF */
	size_t stretch_count;
};

/* Every byte differs. */
static bool read_made_up(void *context, bool of_b, uint64_t address, void *bytes, size_t size)
{
	(void)context;
	for (size_t i = 0; i < size; i++)
		((unsigned char *)bytes)[i] = (unsigned char)((address + i) * 7 + of_b);
	return true;
}

static struct vmspy_error *add_variable(const struct vmspy_table_row *row, void *context)
{
	struct subject *subject = context;
	const char *name = vmspy_table_name(&subject->image.table, row->name);
	size_t at = subject->count;

	if (!name || at == VARIABLES_MAX)
		return NULL;
	subject->symbols[at] = (struct vmspy_symbol){
		.name = name,
		.start = row->start,
		.size_bytes = row->end - row->start,
	};
	subject->query[at] = &subject->symbols[at];
	subject->index[at] = at;
	subject->count++;
	return NULL;
}

static void find_stretches(struct subject *subject)
{
	Elf *elf = elf_begin(subject->fd, ELF_C_READ, NULL);
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	assert_non_null(elf);
	assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
	while ((section = elf_nextscn(elf, section))) {
		assert_non_null(gelf_getshdr(section, &header));
		if (strncmp(elf_strptr(elf, names, header.sh_name), ".debug_", 7))
			continue;
		assert_true(subject->stretch_count < STRETCHES_MAX);
		subject->stretch[subject->stretch_count].offset = header.sh_offset;
		subject->stretch[subject->stretch_count++].size_bytes = header.sh_size;
	}
	elf_end(elf);
	assert_true(subject->stretch_count > 2);
}

static void begin_subject(struct subject *subject, const char *program)
{
	struct vmspy_table_query query = {
		.end = UINT64_MAX,
		.found = add_variable,
		.context = subject,
	};

	*subject = (struct subject){ .fd = open(program, O_RDWR | O_CLOEXEC) };
	assert_true(subject->fd >= 0);
	assert_ok(vmspy_image_init(open(program, O_RDONLY | O_CLOEXEC), program, &subject->image));
	assert_ok(vmspy_table_find(&subject->image.table, &query));
	find_stretches(subject);
}

static void end_subject(struct subject *subject)
{
	vmspy_image_deinit(&subject->image);
	close(subject->fd);
}

/* What types/members.h promises of what is known of a variable. */
static void check_typed(const struct vmspy_typed *typed, const struct vmspy_symbol *symbol)
{
	assert_true(typed->member_count <= MEMBERS_MAX);
	for (size_t i = 0; i < typed->member_count; i++) {
		const struct vmspy_member *member = &typed->member[i];

		assert_true(member->path && member->type);
		assert_true(member->start >= symbol->start && member->size_bytes &&
			    member->start + member->size_bytes <=
				    symbol->start + symbol->size_bytes);
		assert_true(strlen(member->value_a.text) < sizeof(member->value_a.text));
	}
}

/* ret: how many members were found. */
static size_t look(struct subject *subject, struct vmspy_error **ret_failed)
{
	const struct vmspy_members_query query = {
		.symbol = subject->query,
		.count = subject->count,
		.bytes = { .read = read_made_up },
		.members_max = MEMBERS_MAX,
	};
	struct vmspy_member_job job = {
		.query = &query,
		.names = subject->names,
		.index = subject->index,
		.count = subject->count,
		.fd = subject->fd,
		.object = "/nowhere/program",
	};
	const struct vmspy_apart_job apart = {
		.work = vmspy_member_job_run,
		.context = &job,
		.time_ns = UINT64_C(300000000),
		.memory_bytes = UINT64_C(256) << 20,
		.answer_bytes = (size_t)16 << 20,
	};
	size_t member_room[VARIABLES_MAX] = { 0 }, at = 0, count = 0;
	struct vmspy_typed typed[VARIABLES_MAX] = { 0 };
	struct vmspy_typed_list list = { .typed = typed, .count = subject->count };
	struct vmspy_filling filling = {
		.query = &query,
		.list = &list,
		.member_room = member_room,
	};
	struct vmspy_buf answer = { 0 };
	struct vmspy_record record;

	*ret_failed = vmspy_apart_run(&apart, &answer);
	while (vmspy_record_read(&answer, &at, &record))
		if (record.index < subject->count)
			assert_ok(vmspy_filling_take(&filling, &record));
	for (size_t i = 0; i < subject->count; i++) {
		check_typed(&typed[i], &subject->symbols[i]);
		count += typed[i].member_count;
		for (size_t j = 0; j < typed[i].member_count; j++) {
			free(typed[i].member[j].path);
			free(typed[i].member[j].type);
		}
		free(typed[i].member);
		free(typed[i].name);
		free(typed[i].type);
	}
	free(filling.pointer);
	vmspy_buf_deinit(&answer);
	return count;
}

/* A byte of the DWARF that is another for a while. */
struct flipped {
	off_t offset;
	unsigned char before;
};

static struct flipped flip(struct subject *subject, struct random *random)
{
	size_t which = random_below(random, (unsigned)subject->stretch_count);
	uint64_t size = subject->stretch[which].size_bytes;
	struct flipped flipped = {
		.offset = (off_t)(subject->stretch[which].offset +
				  random_below(random, (unsigned)size)),
	};
	unsigned char byte = (unsigned char)random_next(random);

	assert_int_equal(pread(subject->fd, &flipped.before, 1, flipped.offset), 1);
	assert_int_equal(pwrite(subject->fd, &byte, 1, flipped.offset), 1);
	return flipped;
}

static void flip_back(struct subject *subject, const struct flipped *flipped, int count)
{
	while (count--)
		assert_int_equal(
			pwrite(subject->fd, &flipped[count].before, 1, flipped[count].offset), 1);
}

static const char *build(const char *name, const char *version)
{
	const char *program = fixture_path(name);

	if (!COMPILE("../types/values.c", program, "-D_GNU_SOURCE", "-no-pie", "-fno-pie", version))
		skip_loudly("needs a compiler that knows the flags");
	return program;
}

static void broken_dwarf_costs_detail_and_nothing_else(void **state)
{
	static const char *const versions[] = { "-gdwarf-4", "-gdwarf-5" };
	const char *wanted = getenv("VMSPY_MEMBERS_FLIPS");
	long flips = wanted ? strtol(wanted, NULL, 10) : FLIPS;

	(void)state;
	for (size_t v = 0; v < TEST_COUNT(versions); v++) {
		struct random random = { 0x1234567 };
		struct subject subject;
		size_t whole, broken = 0;
		struct vmspy_error *failed;

		test_row(versions[v]);
		begin_subject(&subject, build("values", versions[v]));
		whole = look(&subject, &failed);
		assert_ok(failed);
		assert_true(whole > 5 * (size_t)MEMBERS_MAX / 2);
		for (long i = 0; i < flips / 2; i++) {
			struct flipped flipped[FLIPS_AT_ONCE_MAX];
			int count = 1 + (int)random_below(&random, FLIPS_AT_ONCE_MAX);

			for (int j = 0; j < count; j++)
				flipped[j] = flip(&subject, &random);
			broken += look(&subject, &failed) != whole || failed;
			assert_true(!failed || strlen(vmspy_error_message(failed)) < 512);
			vmspy_error_destroy(failed);
			flip_back(&subject, flipped, count);
		}
		/* The bytes that were flipped were read. */
		assert_true(broken > 0);
		assert_int_equal(look(&subject, &failed), whole);
		assert_ok(failed);
		end_subject(&subject);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(broken_dwarf_costs_detail_and_nothing_else),
	};

	return cmocka_run_group_tests_name(__FILE__, tests, NULL, fixture_clean);
}

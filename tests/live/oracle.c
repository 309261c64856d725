/*
 * What two processes no longer share, read page by page, in the simplest way that can be right.
 *
 * Own code from the first to the last line: it shares nothing with libvmspy, so that a mistake
 * made there is not made here again. It holds nothing: both processes must be stopped, or asleep,
 * while it reads. It looks at every page of every mapping: keep it away from large reservations.
 *
 *   oracle totals A B               the counts, as the JSON keys of `vmspy diff` name them
 *   oracle runs A B                 START END CLASS, adjacent pages of one class in one line
 *   oracle region A B START PAGES   the class of each page of a region, as WORD*COUNT
 *   oracle bytes A B                of the diverged pages that both have: how many, and what differs
 *   oracle words PID                ADDRESS WORD for every page-table entry that is not empty
 *   oracle mapped PID               ADDRESS COUNT for every anonymous page: how many map its frame
 *   oracle frames PID               ADDRESS FRAME COUNT FLAGS of every page that is in a frame
 *   oracle page PID ADDRESS         FRAME COUNT FLAGS CGROUP of a page, as the files of the kernel
 *                                   have them; "swap TYPE OFFSET" of a swapped one, or "absent"
 *
 * Source: Documentation/admin-guide/mm/pagemap.rst; include/uapi/linux/kernel-page-flags.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE           UINT64_C(4096)

#define WORD_PRESENT   (UINT64_C(1) << 63)
#define WORD_SWAPPED   (UINT64_C(1) << 62)
#define WORD_FILE      (UINT64_C(1) << 61)
#define WORD_GUARD     (UINT64_C(1) << 58)
#define WORD_EXCLUSIVE (UINT64_C(1) << 56)
#define WORD_LOW_BITS  ((UINT64_C(1) << 55) - 1) /* the frame, or the swap type and slot */

/* Swap types from here on are no swap areas but migration entries, markers and the like. */
enum {
	FIRST_SPECIAL_SWAP_TYPE = 23,
	MARKER_SWAP_TYPE = 31
};

#define FLAG_SWAPCACHE (UINT64_C(1) << 13)
#define FLAG_HUGETLB   (UINT64_C(1) << 17)
#define FLAG_KSM       (UINT64_C(1) << 21)
#define FLAG_ZERO      (UINT64_C(1) << 24)

struct mapping {
	uint64_t start, end, offset, inode;
	unsigned int major, minor;
	bool shared;
};

enum place {
	NOTHING,
	GUARD,
	MARKER,
	MOVING,
	SWAP,
	ZERO,
	FILE_PAGE,
	ANON
};

struct page {
	bool mapped;
	enum place place;
	uint64_t low;   /* frame or slot */
	uint64_t flags; /* of the frame */
};

struct side {
	pid_t pid;
	struct mapping *mapping;
	size_t mapping_count;
	int pagemap;
	uint64_t present, swapped, zero, hugetlb, uncounted;
};

struct run {
	uint64_t start, end;
	const char *class;
};

struct comparison {
	struct side a, b;
	struct run *run;
	size_t run_count, run_room;
	uint64_t common; /* anonymous frames and swap slots that both have at one address */
};

static int kpageflags = -1;

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("oracle: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		die("cannot open %s: %s", path, strerror(errno));
	return file;
}

static void read_mappings(struct side *side)
{
	FILE *file = open_proc(side->pid, "maps");
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, file) > 0) {
		struct mapping m;
		char perm[5];

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64, &m.start,
			   &m.end, perm, &m.offset, &m.major, &m.minor, &m.inode) != 7)
			die("a line of maps that is none: %s", line);
		m.shared = perm[3] == 's';
		side->mapping = realloc(side->mapping, (side->mapping_count + 1) * sizeof(m));
		if (!side->mapping)
			die("no memory");
		side->mapping[side->mapping_count++] = m;
	}
	free(line);
	fclose(file);
}

static struct side side_open(pid_t pid)
{
	struct side side = { .pid = pid };
	char path[64];

	read_mappings(&side);
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	side.pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (side.pagemap < 0)
		die("cannot open %s: %s", path, strerror(errno));
	return side;
}

static const struct mapping *mapping_at(const struct side *side, uint64_t address)
{
	size_t low = 0, high = side->mapping_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (side->mapping[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < side->mapping_count && side->mapping[low].start <= address)
		return &side->mapping[low];
	return NULL;
}

/* [vsyscall] lies above all page tables: nothing is read there, nothing is there. */
static uint64_t read_word(const struct side *side, uint64_t address)
{
	uint64_t word = 0;
	ssize_t n =
		pread(side->pagemap, &word, sizeof(word), (off_t)(address / PAGE * sizeof(word)));

	if (n < 0)
		die("cannot read the pagemap of %d: %s", side->pid, strerror(errno));
	return n == (ssize_t)sizeof(word) ? word : 0;
}

/* Memory of devices has no flags. */
static uint64_t read_flags(uint64_t frame)
{
	uint64_t flags = 0;

	if (frame == 0)
		die("the frames are hidden: needs CAP_SYS_ADMIN");
	if (pread(kpageflags, &flags, sizeof(flags), (off_t)(frame * sizeof(flags))) !=
	    (ssize_t)sizeof(flags))
		return 0;
	return flags;
}

static struct page page_of_word(uint64_t word)
{
	struct page page = { .mapped = true, .low = word & WORD_LOW_BITS };
	unsigned int type = word & 31;

	if (word & WORD_PRESENT) {
		page.flags = read_flags(page.low);
		if (page.flags & FLAG_ZERO)
			page.place = ZERO;
		else
			page.place = word & WORD_FILE ? FILE_PAGE : ANON;
	} else if (word & WORD_SWAPPED) {
		if (word & WORD_GUARD)
			page.place = GUARD;
		else if (type == MARKER_SWAP_TYPE)
			page.place = MARKER;
		else if (type >= FIRST_SPECIAL_SWAP_TYPE || (word & WORD_FILE))
			page.place = MOVING;
		else
			page.place = SWAP;
	}
	return page;
}

static struct page read_page(struct side *side, const struct mapping *mapping, uint64_t address)
{
	struct page page;

	if (!mapping)
		return (struct page){ .mapped = false, .place = NOTHING };
	page = page_of_word(read_word(side, address));
	side->present += page.place == ZERO || page.place == FILE_PAGE || page.place == ANON;
	side->swapped += page.place == SWAP;
	side->zero += page.place == ZERO;
	side->hugetlb += page.flags & FLAG_HUGETLB ? 1 : 0;
	return page;
}

static bool is_empty(struct page page)
{
	return page.place == NOTHING || page.place == GUARD || page.place == MARKER;
}

static const char *class_of_empty(struct page a, struct page b)
{
	if (a.place == GUARD || b.place == GUARD)
		return "guard";
	return a.place == MARKER || b.place == MARKER ? "marker" : "none";
}

static const char *class_one_sided(struct page full, struct page empty, bool full_is_a)
{
	if (full.place == FILE_PAGE || full.place == ZERO)
		return full_is_a ? "lazy-A" : "lazy-B";
	if (!empty.mapped)
		return full_is_a ? "novma-A" : "novma-B";
	return full_is_a ? "only-A" : "only-B";
}

static bool is_remapped(const struct mapping *a, const struct mapping *b)
{
	if (a->shared != b->shared || a->inode != b->inode || a->major != b->major ||
	    a->minor != b->minor)
		return true;
	return a->inode != 0 && a->offset - a->start != b->offset - b->start;
}

static const char *class_of_equal_places(struct page a, struct page b)
{
	bool same = a.low == b.low;

	if (a.place == ZERO)
		return "zero";
	if (a.place == FILE_PAGE)
		return same ? "shared-file" : "unstable";
	if (a.place == SWAP)
		return same ? "swap-same" : "swap-diff";
	if (!same)
		return "diverged";
	return a.flags & FLAG_KSM ? "shared-ksm" : "shared";
}

/* The address was used for something else: what is on one side is none of the other side's. */
static const char *class_of_remapped(struct page a, struct page b)
{
	if (a.place == ZERO && b.place == ZERO)
		return "zero";
	if (a.place == FILE_PAGE && b.place == FILE_PAGE && a.low == b.low)
		return "shared-file";
	return "remapped";
}

static const char *class_of_pair(struct page a, struct page b, bool remapped)
{
	if (a.place == MOVING || b.place == MOVING)
		return "unstable";
	if (is_empty(a) && is_empty(b))
		return class_of_empty(a, b);
	if (is_empty(b))
		return class_one_sided(a, b, true);
	if (is_empty(a))
		return class_one_sided(b, a, false);
	if (remapped)
		return class_of_remapped(a, b);
	if (a.place == b.place)
		return class_of_equal_places(a, b);
	if (a.place == FILE_PAGE || b.place == FILE_PAGE)
		return "diverged-file";
	if (a.place == ZERO || b.place == ZERO)
		return "diverged-zero";
	return (a.flags | b.flags) & FLAG_SWAPCACHE ? "swap-frame-unknown" : "swap-frame-diverged";
}

static void add_page(struct comparison *c, uint64_t address, const char *class)
{
	struct run *last = c->run_count ? &c->run[c->run_count - 1] : NULL;

	if (last && last->end == address && strcmp(last->class, class) == 0) {
		last->end += PAGE;
		return;
	}
	if (c->run_count == c->run_room) {
		c->run_room = c->run_room ? 2 * c->run_room : 1024;
		c->run = realloc(c->run, c->run_room * sizeof(*c->run));
		if (!c->run)
			die("no memory");
	}
	c->run[c->run_count++] = (struct run){ address, address + PAGE, class };
}

static void compare_range(struct comparison *c, uint64_t start, uint64_t end)
{
	const struct mapping *in_a = mapping_at(&c->a, start);
	const struct mapping *in_b = mapping_at(&c->b, start);
	bool remapped = in_a && in_b && is_remapped(in_a, in_b);

	if (!in_a && !in_b)
		return;
	for (uint64_t address = start; address < end; address += PAGE) {
		struct page a = read_page(&c->a, in_a, address);
		struct page b = read_page(&c->b, in_b, address);
		const char *class = class_of_pair(a, b, remapped);

		c->common += strcmp(class, "shared") == 0 || strcmp(class, "swap-same") == 0;
		if (strcmp(class, "zero") == 0) {
			c->a.uncounted++;
			c->b.uncounted++;
		}
		add_page(c, address, class);
	}
}

static int by_value(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* Every address where a mapping begins or ends, ascending: between two, each side has one or none. */
static void compare_all(struct comparison *c)
{
	size_t count = 0, room = 2 * (c->a.mapping_count + c->b.mapping_count);
	uint64_t *edge = calloc(room ? room : 1, sizeof(*edge));

	if (!edge)
		die("no memory");
	for (size_t i = 0; i < c->a.mapping_count; i++) {
		edge[count++] = c->a.mapping[i].start;
		edge[count++] = c->a.mapping[i].end;
	}
	for (size_t i = 0; i < c->b.mapping_count; i++) {
		edge[count++] = c->b.mapping[i].start;
		edge[count++] = c->b.mapping[i].end;
	}
	qsort(edge, count, sizeof(*edge), by_value);
	for (size_t i = 1; i < count; i++)
		if (edge[i - 1] < edge[i])
			compare_range(c, edge[i - 1], edge[i]);
	free(edge);
}

/* The fields behind the last ')': field 3 is index 0. ret: how many were read. */
static int read_stat(pid_t pid, char text[1024], char *field[64])
{
	FILE *file = open_proc(pid, "stat");
	size_t n = fread(text, 1, 1023, file);
	int count = 0;
	char *at;

	fclose(file);
	text[n] = '\0';
	at = strrchr(text, ')');
	for (at = at ? strtok(at + 1, " \n") : NULL; at && count < 64; at = strtok(NULL, " \n"))
		field[count++] = at;
	return count;
}

static pid_t parent_of(pid_t pid)
{
	char text[1024], *field[64];

	return read_stat(pid, text, field) > 1 ? (pid_t)strtol(field[1], NULL, 10) : 0;
}

static bool is_ancestor(pid_t ancestor, pid_t pid)
{
	while (pid > 1)
		if ((pid = parent_of(pid)) == ancestor)
			return true;
	return false;
}

/* fork copies the bounds of the program, exec draws new ones. */
static bool same_image(pid_t a, pid_t b)
{
	static const int bounds[] = { 26, 27, 28, 45, 46, 47, 48, 49, 50, 51 };
	char text_a[1024], text_b[1024], *field_a[64] = { 0 }, *field_b[64] = { 0 };

	if (read_stat(a, text_a, field_a) < 49 || read_stat(b, text_b, field_b) < 49)
		return false;
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (strcmp(field_a[bounds[i] - 3], field_b[bounds[i] - 3]) != 0)
			return false;
	return true;
}

/*
 * Processes that share no private page, and cannot have inherited any from one another: what they
 * have is separate. That is only known when all pages have been seen.
 */
static void part_strangers(struct comparison *c)
{
	static const char *const inherited[] = {
		"diverged",  "diverged-file",       "diverged-zero",
		"swap-diff", "swap-frame-diverged", "swap-frame-unknown"
	};
	pid_t a = c->a.pid, b = c->b.pid;
	bool family = is_ancestor(a, b) || is_ancestor(b, a) || parent_of(a) == parent_of(b);

	if (c->common > 0 || (family && same_image(a, b)))
		return;
	for (size_t i = 0; i < c->run_count; i++)
		for (size_t k = 0; k < sizeof(inherited) / sizeof(inherited[0]); k++)
			if (strcmp(c->run[i].class, inherited[k]) == 0)
				c->run[i].class = "separate";
}

static uint64_t rss_pages(pid_t pid)
{
	FILE *file = open_proc(pid, "smaps_rollup");
	uint64_t kib = UINT64_MAX;
	char line[256];

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Rss: %" SCNu64 " kB", &kib) == 1)
			break;
	fclose(file);
	if (kib == UINT64_MAX)
		die("smaps_rollup of %d does not tell Rss", pid);
	return kib * 1024 / PAGE;
}

/* Which count a class belongs to; classes that are not here are nobody's memory. */
static const struct {
	const char *class;
	const char *count;
} counts[] = {
	{ "shared", "shared_pages" },
	{ "shared-ksm", "shared_pages" },
	{ "shared-file", "shared_pages" },
	{ "swap-same", "shared_pages" },
	{ "diverged", "diverged_pages" },
	{ "diverged-file", "diverged_pages" },
	{ "diverged-zero", "diverged_pages" },
	{ "swap-diff", "diverged_pages" },
	{ "swap-frame-diverged", "diverged_pages" },
	{ "only-A", "only_a_pages" },
	{ "novma-A", "only_a_pages" },
	{ "only-B", "only_b_pages" },
	{ "novma-B", "only_b_pages" },
	{ "lazy-A", "lazy_a_pages" },
	{ "lazy-B", "lazy_b_pages" },
	{ "separate", "separate_pages" },
	{ "remapped", "separate_pages" },
	{ "swap-frame-unknown", "unknown_pages" },
	{ "unstable", "unknown_pages" },
};

static uint64_t pages_counted_as(const struct comparison *c, const char *count)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < c->run_count; i++)
		for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
			if (strcmp(counts[k].count, count) == 0 &&
			    strcmp(counts[k].class, c->run[i].class) == 0)
				pages += (c->run[i].end - c->run[i].start) / PAGE;
	return pages;
}

static void print_side(const char *name, const struct side *side)
{
	printf(",\n \"%s\": { \"present_pages\": %" PRIu64 ", \"swapped_pages\": %" PRIu64
	       ", \"zero_pages\": %" PRIu64 ", \"hugetlb_pages\": %" PRIu64
	       ", \"uncounted_pages\": %" PRIu64 ", \"rss_pages\": %" PRIu64 " }",
	       name, side->present, side->swapped, side->zero, side->hugetlb, side->uncounted,
	       rss_pages(side->pid));
}

static void print_totals(const struct comparison *c)
{
	static const char *const keys[] = { "shared_pages",   "diverged_pages", "only_a_pages",
					    "only_b_pages",   "lazy_a_pages",   "lazy_b_pages",
					    "separate_pages", "unknown_pages" };

	printf("{ \"totals\": {");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf("%s \"%s\": %" PRIu64, i ? "," : "", keys[i], pages_counted_as(c, keys[i]));
	printf(" }");
	print_side("a", &c->a);
	print_side("b", &c->b);
	printf(" }\n");
}

static bool is_counted(const char *class)
{
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
		if (strcmp(counts[k].class, class) == 0)
			return true;
	return false;
}

static void print_runs(const struct comparison *c)
{
	for (size_t i = 0; i < c->run_count; i++)
		if (is_counted(c->run[i].class))
			printf("%" PRIx64 " %" PRIx64 " %s\n", c->run[i].start, c->run[i].end,
			       c->run[i].class);
}

static void print_region(const struct comparison *c, uint64_t start, uint64_t pages)
{
	uint64_t end = start + pages * PAGE;
	const char *space = "";

	for (size_t i = 0; i < c->run_count; i++) {
		uint64_t from = c->run[i].start > start ? c->run[i].start : start;
		uint64_t to = c->run[i].end < end ? c->run[i].end : end;

		if (from >= to)
			continue;
		printf("%s%s", space, c->run[i].class);
		if (to - from > PAGE)
			printf("*%" PRIu64, (to - from) / PAGE);
		space = " ";
	}
	printf("\n");
}

/*
 * Bit 56 of a file page tells how many map it, and those may be others that come and go. Of
 * anonymous pages it stays: only the processes that we look at have them.
 */
static uint64_t steady(uint64_t word)
{
	return word & WORD_FILE ? word & ~WORD_EXCLUSIVE : word;
}

static int open_memory(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	return fd;
}

/* Only of pages that are there: another would be made by looking. */
static bool read_bytes(struct side *side, int memory, uint64_t address, unsigned char *bytes)
{
	struct page page = page_of_word(read_word(side, address));

	if (page.place != ZERO && page.place != FILE_PAGE && page.place != ANON)
		return false;
	return pread(memory, bytes, PAGE, (off_t)address) == (ssize_t)PAGE;
}

static void print_bytes(struct comparison *c)
{
	int memory_a = open_memory(c->a.pid), memory_b = open_memory(c->b.pid);
	uint64_t compared = 0, identical = 0, changed = 0;
	static unsigned char a[PAGE], b[PAGE];

	for (size_t i = 0; i < c->run_count; i++) {
		if (strncmp(c->run[i].class, "diverged", strlen("diverged")) != 0)
			continue;
		for (uint64_t at = c->run[i].start; at < c->run[i].end; at += PAGE) {
			uint64_t before = changed;

			if (!read_bytes(&c->a, memory_a, at, a) ||
			    !read_bytes(&c->b, memory_b, at, b))
				continue;
			for (size_t k = 0; k < PAGE; k++)
				changed += a[k] != b[k];
			compared++;
			identical += changed == before;
		}
	}
	printf("{ \"compared_pages\": %" PRIu64 ", \"identical_pages\": %" PRIu64
	       ", \"changed_bytes\": %" PRIu64 " }\n",
	       compared, identical, changed);
}

/* Of file pages others that come and go count, too. */
static void print_mapped(pid_t pid)
{
	struct side side = side_open(pid);
	int kpagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);

	if (kpagecount < 0)
		die("cannot open /proc/kpagecount: %s", strerror(errno));
	for (size_t i = 0; i < side.mapping_count; i++)
		for (uint64_t at = side.mapping[i].start; at < side.mapping[i].end; at += PAGE) {
			uint64_t word = read_word(&side, at), count = 0;

			if (!(word & WORD_PRESENT) || word & WORD_FILE)
				continue;
			if (pread(kpagecount, &count, sizeof(count),
				  (off_t)((word & WORD_LOW_BITS) * sizeof(count))) !=
			    (ssize_t)sizeof(count))
				die("cannot read /proc/kpagecount: %s", strerror(errno));
			printf("%" PRIx64 " %" PRIu64 "\n", at, count);
		}
}

static uint64_t word_at(int fd, uint64_t frame)
{
	uint64_t word = 0;

	if (pread(fd, &word, sizeof(word), (off_t)(frame * sizeof(word))) != (ssize_t)sizeof(word))
		die("cannot read what is known of frame %" PRIx64, frame);
	return word;
}

static void print_frames(pid_t pid)
{
	struct side side = side_open(pid);
	int kpagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	int of_flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < side.mapping_count; i++)
		for (uint64_t at = side.mapping[i].start; at < side.mapping[i].end; at += PAGE) {
			uint64_t word = read_word(&side, at), frame = word & WORD_LOW_BITS;

			if (word & WORD_PRESENT)
				printf("%" PRIx64 " %" PRIx64 " %" PRIu64 " %" PRIx64 "\n", at,
				       frame, word_at(kpagecount, frame), word_at(of_flags, frame));
		}
}

/* ret: the word of a frame in one of the files that have one for each. */
static uint64_t read_of_frame(const char *path, uint64_t frame)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t word = 0;

	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	if (pread(fd, &word, sizeof(word), (off_t)(frame * sizeof(word))) != (ssize_t)sizeof(word))
		die("cannot read %s: %s", path, strerror(errno));
	close(fd);
	return word;
}

/* Also where nothing is mapped: pagemap is asked, and no list. */
static void print_page(pid_t pid, uint64_t address)
{
	char path[64];
	uint64_t word = 0, number;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", path, strerror(errno));
	if (pread(fd, &word, sizeof(word), (off_t)(address / PAGE * sizeof(word))) < 0)
		die("cannot read %s: %s", path, strerror(errno));
	close(fd);
	number = word & WORD_LOW_BITS;
	if (word & WORD_PRESENT)
		printf("0x%" PRIx64 " %" PRIu64 " %" PRIx64 " %" PRIu64 "\n", number,
		       read_of_frame("/proc/kpagecount", number),
		       read_of_frame("/proc/kpageflags", number),
		       read_of_frame("/proc/kpagecgroup", number));
	else if (word & WORD_SWAPPED && (number & 31) < FIRST_SPECIAL_SWAP_TYPE)
		printf("swap %" PRIu64 " %" PRIu64 "\n", number & 31, number >> 5);
	else
		printf("absent\n");
}

static void print_words(pid_t pid)
{
	struct side side = side_open(pid);

	for (size_t i = 0; i < side.mapping_count; i++)
		for (uint64_t at = side.mapping[i].start; at < side.mapping[i].end; at += PAGE) {
			uint64_t word = read_word(&side, at);

			if (word)
				printf("%" PRIx64 " %016" PRIx64 "\n", at, steady(word));
		}
}

static struct comparison compare(const char *a, const char *b)
{
	struct comparison c = { 0 };

	kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (kpageflags < 0)
		die("cannot open /proc/kpageflags: %s", strerror(errno));
	c.a = side_open((pid_t)strtol(a, NULL, 10));
	c.b = side_open((pid_t)strtol(b, NULL, 10));
	compare_all(&c);
	part_strangers(&c);
	return c;
}

int main(int argc, char **argv)
{
	struct comparison c;

	if (argc == 3 && strcmp(argv[1], "words") == 0) {
		print_words((pid_t)strtol(argv[2], NULL, 10));
		return fflush(stdout) ? 2 : 0;
	}
	if (argc == 3 && strcmp(argv[1], "mapped") == 0) {
		print_mapped((pid_t)strtol(argv[2], NULL, 10));
		return fflush(stdout) ? 2 : 0;
	}
	if (argc == 3 && strcmp(argv[1], "frames") == 0) {
		print_frames((pid_t)strtol(argv[2], NULL, 10));
		return fflush(stdout) ? 2 : 0;
	}
	if (argc == 4 && strcmp(argv[1], "page") == 0) {
		print_page((pid_t)strtol(argv[2], NULL, 10), strtoull(argv[3], NULL, 0));
		return fflush(stdout) ? 2 : 0;
	}
	if (argc < 4)
		die("usage: oracle totals|runs|bytes A B, oracle region A B START PAGES, oracle "
		    "words|mapped|frames PID, oracle page PID ADDRESS");
	c = compare(argv[2], argv[3]);
	if (strcmp(argv[1], "totals") == 0)
		print_totals(&c);
	else if (strcmp(argv[1], "runs") == 0)
		print_runs(&c);
	else if (strcmp(argv[1], "bytes") == 0)
		print_bytes(&c);
	else if (strcmp(argv[1], "region") == 0 && argc == 6)
		print_region(&c, strtoull(argv[4], NULL, 16), strtoull(argv[5], NULL, 10));
	else
		die("what is '%s'", argv[1]);
	return fflush(stdout) ? 2 : 0;
}

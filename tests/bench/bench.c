/*
 * What a comparison costs: `bench VMSPY BIG`.
 *
 * Makes a dense pair of BENCH_GIB (4) GiB of which the child wrote 1% at random, then, in turns,
 * BENCH_ROUNDS (7) times: reads both pagemaps once with a buffer of 1 MiB and nothing else, and
 * runs `vmspy diff --json`, with and without bytes. Neighbours on the machine disturb all alike.
 * Prints minimum and median of each, and the ratios that matter. Then a reservation of 16 TiB, and
 * `vmspy maps --raw` of 60,000 mappings beside plain reads of the file that it reads; and `vmspy
 * pages` of 2 GiB, beside the kernel's own page-types if PAGE_TYPES names it. BENCH_ONLY is one of
 * diff, maps, pages.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE_BYTES = 4096,
	BUFFER_BYTES = 1 << 20,
	ROUNDS_MAX = 101,
	ANSWER_MAX = 64 << 20
};

struct pair {
	pid_t fixture;
	int input; /* the fixture lives until this is closed */
	pid_t pid[2];
	const char *content; /* of which pages vmspy compares the bytes */
};

struct series {
	const char *name;
	double ms[ROUNDS_MAX];
	int count;
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static long number_from(const char *variable, long otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtol(text, NULL, 10) : otherwise;
}

static struct pair pair_start(const char *big, const char *kind, const char *number)
{
	int in[2], out[2], pid_a, pid_b;
	struct pair pair = { .content = "sample" };
	char line[256];
	FILE *says;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	pair.fixture = fork();
	if (pair.fixture == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl(big, "big", kind, number, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	pair.input = in[1];
	says = fdopen(out[0], "r");
	if (!says || !fgets(line, sizeof(line), says) ||
	    sscanf(line, "%d %d", &pid_a, &pid_b) != 2 || !fgets(line, sizeof(line), says) ||
	    strcmp(line, "ready\n") != 0)
		die("the fixture was not ready");
	fclose(says);
	pair.pid[0] = pid_a;
	pair.pid[1] = pid_b;
	return pair;
}

static void pair_end(struct pair *pair)
{
	close(pair->input);
	waitpid(pair->fixture, NULL, 0);
}

/* Every word of every mapping, in order, once. */
static void read_plainly(pid_t pid, char *buffer)
{
	char path[64], line[8192];
	uint64_t start, end;
	FILE *maps;
	int pagemap;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (!maps || pagemap < 0)
		die(path);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) != 2 ||
		    strstr(line, "[vsyscall]"))
			continue;
		start = start / PAGE_BYTES * sizeof(uint64_t);
		end = end / PAGE_BYTES * sizeof(uint64_t);
		while (start < end) {
			size_t wanted = end - start < BUFFER_BYTES ? end - start : BUFFER_BYTES;
			ssize_t n = pread(pagemap, buffer, wanted, (off_t)start);

			if (n <= 0)
				die(path);
			start += (uint64_t)n;
		}
	}
	close(pagemap);
	fclose(maps);
}

static double time_plain_reads(const struct pair *pair, char *buffer)
{
	double begin = now_ms();

	read_plainly(pair->pid[0], buffer);
	read_plainly(pair->pid[1], buffer);
	return now_ms() - begin;
}

/* ret: how long the whole command took; answer is what it printed. */
static double time_command(const char *vmspy, const struct pair *pair, char *answer)
{
	double begin = now_ms();
	char command[1024];
	size_t length;
	FILE *says;
	int status;

	snprintf(command, sizeof(command), "exec '%s' diff --json --content=%s %d %d", vmspy,
		 pair->content, pair->pid[0], pair->pid[1]);
	says = popen(command, "re");
	if (!says)
		die(command);
	length = fread(answer, 1, ANSWER_MAX - 1, says);
	answer[length] = '\0';
	status = pclose(says);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 2 || WEXITSTATUS(status) > 3)
		die(command);
	return now_ms() - begin;
}

/* ret: the number behind the first such key, or -1. */
static double number_in(const char *answer, const char *key)
{
	const char *at = strstr(answer, key);

	at = at ? strchr(at, ':') : NULL;
	return at ? strtod(at + 1, NULL) : -1;
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static void add(struct series *series, double ms)
{
	series->ms[series->count++] = ms;
}

static double median_of(struct series *series)
{
	qsort(series->ms, (size_t)series->count, sizeof(double), by_value);
	return series->ms[series->count / 2];
}

static void print_series(struct series *series)
{
	double median = median_of(series);

	printf("  %-34s min %9.1f ms   median %9.1f ms\n", series->name, series->ms[0], median);
}

static void print_ratio(const char *name, struct series *ours, struct series *plain)
{
	double median = median_of(ours) / median_of(plain);

	printf("  %-34s min %9.2f      median %9.2f\n", name, ours->ms[0] / plain->ms[0], median);
}

static long rounds_of_bench(void)
{
	long rounds = number_from("BENCH_ROUNDS", 7);

	return rounds < 1 || rounds > ROUNDS_MAX ? 7 : rounds;
}

static void bench_dense(const char *vmspy, const char *big, char *buffer, char *answer)
{
	struct series plain = { .name = "plain reads of both pagemaps" };
	struct series words = { .name = "vmspy: page words (hold.words_ns)" };
	struct series held = { .name = "vmspy: targets held" };
	struct series byteless = { .name = "vmspy: held with --content=none" };
	struct series whole = { .name = "vmspy: whole command" };
	long gib = number_from("BENCH_GIB", 4), rounds = rounds_of_bench();
	struct pair pair;
	char mib[32];

	snprintf(mib, sizeof(mib), "%ld", gib * 1024);
	pair = pair_start(big, "dense", mib);
	for (long round = 0; round < rounds; round++) {
		add(&plain, time_plain_reads(&pair, buffer));
		add(&whole, time_command(vmspy, &pair, answer));
		add(&words, number_in(answer, "\"words_ns\"") / 1e6);
		add(&held, number_in(answer, "\"hold_ns\"") / 1e6);
		pair.content = "none";
		time_command(vmspy, &pair, answer);
		pair.content = "sample";
		add(&byteless, number_in(answer, "\"hold_ns\"") / 1e6);
	}
	printf("a dense pair of %ld GiB, 1%% of it copied at random, %ld rounds:\n", gib, rounds);
	print_series(&plain);
	print_series(&words);
	print_series(&held);
	print_series(&byteless);
	print_series(&whole);
	print_ratio("page words / plain reads", &words, &plain);
	print_ratio("whole command / plain reads", &whole, &plain);
	print_ratio("held with bytes / without", &held, &byteless);
	pair_end(&pair);
}

static void bench_reservation(const char *vmspy, const char *big, const char *kind, char *answer)
{
	struct series whole = { .name = "vmspy: whole command" };
	struct pair pair = pair_start(big, kind, "16");

	for (int round = 0; round < 5; round++)
		add(&whole, time_command(vmspy, &pair, answer));
	printf("a reservation of 16 TiB (%s):\n", kind);
	print_series(&whole);
	pair_end(&pair);
}

/* A file of /proc, once, with a buffer of 1 MiB and nothing else. */
static double time_plain_read(pid_t pid, const char *name, char *buffer)
{
	double begin = now_ms();
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	while ((n = read(fd, buffer, BUFFER_BYTES)) > 0)
		;
	if (n < 0)
		die(path);
	close(fd);
	return now_ms() - begin;
}

/* ret: how long the whole command took, from its start to its end; nobody reads what it prints. */
static double time_silent(const char *const *words)
{
	double begin = now_ms();
	int status;
	pid_t pid;

	pid = vfork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		execv(words[0], (char *const *)(uintptr_t)words);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die(words[0]);
	return now_ms() - begin;
}

static double time_maps(const char *vmspy, pid_t target, const char *columns)
{
	char number[32];

	snprintf(number, sizeof(number), "%d", target);
	return time_silent((const char *[]){ vmspy, "maps", "--raw", "-o", columns, number, NULL });
}

static void bench_maps(const char *vmspy, const char *big, char *buffer)
{
	static const struct {
		const char *file, *columns, *title;
	} rows[] = {
		{ "maps", "START,END,PERM,OFFSET,OBJECT", "60,000 mappings without sizes" },
		{ "smaps", "START,END,PERM,KIND,SIZE,RSS,PSS,SHARED,PRIVATE,SWAP,OBJECT",
		  "60,000 mappings with sizes" },
	};
	long rounds = rounds_of_bench();
	struct pair pair = pair_start(big, "mappings", "60000");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct series plain = { .name = "plain read of the file" };
		struct series whole = { .name = "vmspy maps --raw: whole command" };

		for (long round = 0; round < rounds; round++) {
			add(&plain, time_plain_read(pair.pid[0], rows[i].file, buffer));
			add(&whole, time_maps(vmspy, pair.pid[0], rows[i].columns));
		}
		printf("%s (%s), %ld rounds:\n", rows[i].title, rows[i].file, rounds);
		print_series(&plain);
		print_series(&whole);
		print_ratio("whole command / plain read", &whole, &plain);
	}
	pair_end(&pair);
}

/* PAGE_TYPES: the kernel's own, built from tools/mm/page-types.c. */
static void bench_pages(const char *vmspy, const char *big)
{
	static const struct {
		const char *kind, *title;
	} rows[] = {
		{ "dense", "pages of 2 GiB in small pages" },
		{ "huge", "pages of 2 GiB in huge pages" },
	};
	const char *page_types = getenv("PAGE_TYPES");
	long rounds = rounds_of_bench();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pair pair = pair_start(big, rows[i].kind, "2048");
		struct series theirs = { .name = "page-types -p" };
		struct series ours = { .name = "vmspy pages" };
		char number[32];

		snprintf(number, sizeof(number), "%d", pair.pid[0]);
		for (long round = 0; round < rounds; round++) {
			if (page_types)
				add(&theirs, time_silent((const char *[]){ page_types, "-p", number,
									   NULL }));
			add(&ours, time_silent((const char *[]){ vmspy, "pages", number, NULL }));
		}
		printf("%s, %ld rounds:\n", rows[i].title, rounds);
		print_series(&ours);
		if (page_types) {
			print_series(&theirs);
			print_ratio("page-types / vmspy (goal: 5)", &theirs, &ours);
		}
		pair_end(&pair);
	}
}

static bool is_wanted(const char *part)
{
	const char *only = getenv("BENCH_ONLY");

	return !only || !strcmp(only, part);
}

int main(int argc, char **argv)
{
	char *buffer = malloc(BUFFER_BYTES), *answer = malloc(ANSWER_MAX);

	if (argc != 3 || !buffer || !answer) {
		fprintf(stderr, "usage: bench VMSPY BIG\n");
		return 2;
	}
	if (is_wanted("diff")) {
		bench_dense(argv[1], argv[2], buffer, answer);
		bench_reservation(argv[1], argv[2], "none", answer);
		bench_reservation(argv[1], argv[2], "noreserve", answer);
	}
	if (is_wanted("maps"))
		bench_maps(argv[1], argv[2], buffer);
	if (is_wanted("pages"))
		bench_pages(argv[1], argv[2]);
	free(buffer);
	free(answer);
	return fflush(stdout) ? 2 : 0;
}

/* The bench: what vmspy costs, beside what anybody would do instead, in one run. */
#ifndef VMSPY_TESTS_BENCH_H
#define VMSPY_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	BENCH_PAGE_BYTES = 4096,
	BENCH_ROUNDS_MAX = 101,
};

/* Where the programs are, and how often each thing is measured. */
struct bench {
	const char *vmspy;
	const char *targets;    /* folder of the programs that are looked at */
	const char *here;       /* folder of the bench's own scripts */
	const char *page_types; /* NULL: there is none */
	long rounds;
	long gib; /* of the large pair */
};

/* End the bench: what is missing to measure at all. */
void die(const char *what) __attribute__((noreturn));

/* --- series -------------------------------------------------------------------------------- */

struct series {
	const char *title;
	double value[BENCH_ROUNDS_MAX];
	int count;
};

void series_add(struct series *series, double value);
double series_median(const struct series *series);
double series_min(const struct series *series);

/* --- targets ------------------------------------------------------------------------------- */

/* A parent and its child, made by a program that says `PARENT CHILD ...` and `ready`. */
struct target {
	pid_t fixture;
	int input; /* the program lives until this is closed */
	pid_t pid[2];
	uint64_t address;
	uint64_t bytes;
};

/* ret: false, and why on stderr, if the program cannot make its state here. */
bool target_start(const char *path, const char *const *arguments, struct target *ret);
void target_end(struct target *target);

/* --- measuring ----------------------------------------------------------------------------- */

double now_ms(void);

/* What running a command came to. */
struct run {
	double ms;
	long peak_kib; /* its resident set at most; but not less than that of the bench */
	int status;    /* as exit(3), or 128 and the signal */
	char *output;  /* NULL: it was not kept */
};

enum {
	RUN_KEEP_OUTPUT = 1,
	RUN_ONE_CPU = 2, /* on the first of the processors that we may use */
};

/* Run a command to its end; free(ret.output). */
struct run run_command(const char *const *words, unsigned flags);

/* The same; a command that cannot be run, or ends in trouble, ends the bench. */
struct run run_or_die(const char *const *words, unsigned flags);

/* Whether a command is on the PATH. */
bool is_installed(const char *command);

/* ret: the number behind the first such key of a JSON text, or a bad one (negative). */
double number_in(const char *json, const char *key);

/* --- yardsticks ---------------------------------------------------------------------------- */

/* Every word of every mapping of both, in order, with a buffer of 1 MiB. ret: milliseconds. */
double time_plain_pagemaps(const struct target *target);

/* A file of /proc, with a buffer of 1 MiB. ret: milliseconds. */
double time_plain_file(pid_t pid, const char *name);

/* One PAGEMAP_SCAN over a range, for what is populated. ret: milliseconds; negative: not here. */
double time_scan(pid_t pid, uint64_t start, uint64_t bytes);

/* --- reporting ----------------------------------------------------------------------------- */

enum direction {
	AT_MOST, /* ours / theirs */
	AT_LEAST /* theirs / ours: so many times as fast */
};

enum {
	NO_GOAL = 0,
};

/* One line of the table. */
struct result {
	const char *group;
	const char *name;
	const char *unit; /* of both series */
	const struct series *ours;
	const struct series *theirs; /* NULL: the goal is an amount */
	enum direction direction;
	double goal;
};

enum {
	PLOT_POINTS = 6,
};

/* What grows with the size of a pair. */
struct plot {
	const char *name;
	const char *unit;
	double gib[PLOT_POINTS], value[PLOT_POINTS];
	size_t count;
};

struct report;

struct report *report_begin(void);
void report_title(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_add(struct report *report, const struct result *result);
void report_missing(struct report *report, const char *group, const char *what, const char *why);
void report_plot(struct report *report, const struct plot *plot);
/* Write JSON to a file, and end. */
void report_end(struct report *report, const char *path);

/* --- groups: each measures and reports ----------------------------------------------------- */

void bench_diff(const struct bench *bench, struct report *report);
void bench_thp(const struct bench *bench, struct report *report);
void bench_sparse(const struct bench *bench, struct report *report);
void bench_threads(const struct bench *bench, struct report *report);
void bench_maps(const struct bench *bench, struct report *report);
void bench_pages(const struct bench *bench, struct report *report);
void bench_python(const struct bench *bench, struct report *report);
void bench_start(const struct bench *bench, struct report *report);
void bench_naming(const struct bench *bench, struct report *report);
void bench_trace(const struct bench *bench, struct report *report);
void bench_growth(const struct bench *bench, struct report *report);

#endif

/*
 * `bench VMSPY TARGETS HERE JSON`: measure, print a table, and write JSON. See README.md.
 * BENCH_ONLY names groups, BENCH_ROUNDS how often, BENCH_GIB the large pair, PAGE_TYPES the
 * kernel's page-types where it is not on the PATH.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*run)(const struct bench *bench, struct report *report);
} groups[] = {
	{ "diff", bench_diff },       { "thp", bench_thp },       { "sparse", bench_sparse },
	{ "threads", bench_threads }, { "maps", bench_maps },     { "pages", bench_pages },
	{ "python", bench_python },   { "start", bench_start },   { "naming", bench_naming },
	{ "trace", bench_trace },     { "growth", bench_growth },
};

void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long number_from(const char *variable, long otherwise, long max)
{
	const char *text = getenv(variable);
	long number = text && *text ? strtol(text, NULL, 10) : otherwise;

	return number < 1 || number > max ? otherwise : number;
}

/* Whether a group is one of a list with commas. */
static bool is_wanted(const char *name, const char *only)
{
	size_t length = strlen(name);

	if (!only || !*only)
		return true;
	for (const char *at = only; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) && (at[length] == ',' || !at[length]))
			return true;
	}
	return false;
}

static const char *find_page_types(void)
{
	const char *named = getenv("PAGE_TYPES");

	if (named && *named)
		return named;
	return is_installed("page-types") ? "page-types" : NULL;
}

int main(int argc, char **argv)
{
	enum {
		ROUNDS = 7,
		GIB = 4,
		GIB_MAX = 1024,
	};
	const char *only = getenv("BENCH_ONLY");
	struct bench bench = { 0 };
	struct report *report;

	if (argc != 5) {
		fprintf(stderr, "usage: bench VMSPY TARGETS HERE JSON\n");
		return 2;
	}
	bench.vmspy = argv[1];
	bench.targets = argv[2];
	bench.here = argv[3];
	bench.page_types = find_page_types();
	bench.rounds = number_from("BENCH_ROUNDS", ROUNDS, BENCH_ROUNDS_MAX);
	bench.gib = number_from("BENCH_GIB", GIB, GIB_MAX);
	report = report_begin();
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (is_wanted(groups[i].name, only))
			groups[i].run(&bench, report);
	report_end(report, argv[4]);
	return fflush(stdout) ? 2 : 0;
}

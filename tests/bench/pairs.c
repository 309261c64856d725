/* Comparisons of pairs: dense, of huge pages, nearly empty, and of many threads. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	NS_PER_US = 1000,
	NS_PER_MS = 1000000,
	KIB_PER_MIB = 1024,
	THREAD_US = 20,
	GIB_MIB = 1024,
};

/* One `vmspy diff --json`, and what it tells of itself. */
struct look {
	double words_ms, hold_ms, whole_ms, compared_pages, peak_mib;
};

static struct look look_at(const struct bench *bench, const struct target *target,
			   const char *content, unsigned flags)
{
	char a[16], b[16], option[32];
	const char *words[] = { bench->vmspy, "diff", "--json", option, a, b, NULL };
	struct look look;
	struct run run;

	snprintf(a, sizeof(a), "%d", (int)target->pid[0]);
	snprintf(b, sizeof(b), "%d", (int)target->pid[1]);
	snprintf(option, sizeof(option), "--content=%s", content);
	run = run_or_die(words, RUN_KEEP_OUTPUT | flags);
	look = (struct look){
		.words_ms = number_in(run.output, "words_ns") / NS_PER_MS,
		.hold_ms = number_in(run.output, "hold_ns") / NS_PER_MS,
		.whole_ms = run.ms,
		.compared_pages = number_in(run.output, "compared_pages"),
		.peak_mib = (double)run.peak_kib / KIB_PER_MIB,
	};
	free(run.output);
	return look;
}

static bool start_pair(const struct bench *bench, const char *const *arguments, struct target *ret)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/big", bench->targets);
	return target_start(path, arguments, ret);
}

/* --- dense --------------------------------------------------------------------------------- */

struct dense {
	struct series plain, words, alone, hold, least, sampled, peak, whole;
};

static void measure_dense(const struct bench *bench, const struct target *target,
			  struct dense *dense)
{
	for (long round = 0; round < bench->rounds; round++) {
		struct look look, alone, sampled;
		double cost_us;

		series_add(&dense->plain, time_plain_pagemaps(target));
		look = look_at(bench, target, "none", 0);
		series_add(&dense->words, look.words_ms);
		series_add(&dense->hold, look.hold_ms);
		/* The reads alone, and two threads to stop and to let go. */
		series_add(&dense->least, look.words_ms + 2.0 * THREAD_US / 1000);
		alone = look_at(bench, target, "none", RUN_ONE_CPU);
		series_add(&dense->alone, alone.words_ms);
		sampled = look_at(bench, target, "sample", 0);
		/* Words take longer in one look than in the other: what comes on top is compared. */
		cost_us = (sampled.hold_ms - sampled.words_ms - (look.hold_ms - look.words_ms)) *
			  1000;
		series_add(&dense->sampled,
			   sampled.compared_pages ? cost_us / sampled.compared_pages : 0);
		series_add(&dense->peak, sampled.peak_mib);
		series_add(&dense->whole, look.whole_ms);
	}
}

/* Goals are of the large pair: of a small one the command itself is the most. */
static void report_dense(struct report *report, const struct dense *dense, int percent, bool large)
{
	const double words = percent == 1 ? 0.65 : percent == 100 ? 1.1 : NO_GOAL;
	const struct result results[] = {
		{ "diff", "page words, all threads", "ms", &dense->words, &dense->plain, AT_MOST,
		  large ? words : NO_GOAL },
		{ "diff", "page words, one processor", "ms", &dense->alone, &dense->plain, AT_MOST,
		  large && percent == 1 ? 1.05 : NO_GOAL },
		{ "diff", "hold / words and 20 us a thread", "ms", &dense->hold, &dense->least,
		  AT_MOST, large ? 1.15 : NO_GOAL },
		{ "diff", "whole command", "ms", &dense->whole, &dense->plain, AT_MOST, NO_GOAL },
		{ "diff", "peak memory", "MiB", &dense->peak, NULL, AT_MOST,
		  percent == 1 ? 24 : NO_GOAL },
		/* The last: where nothing was copied there is nothing to compare. */
		{ "diff", "hold for bytes, each compared pair", "us", &dense->sampled, NULL,
		  AT_MOST, large ? 2.2 : NO_GOAL },
	};

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]) - !percent; i++)
		report_add(report, &results[i]);
}

static void bench_dense(const struct bench *bench, struct report *report, long mib, int percent)
{
	struct dense dense = { .plain = { "two plain reads of pagemap" },
			       .words = { "hold.words_ns" },
			       .alone = { "hold.words_ns on one processor" },
			       .hold = { "hold_ns" },
			       .least = { "hold.words_ns and 20 us a thread" },
			       .sampled = { "hold_ns of the sample, a compared page" },
			       .peak = { "ru_maxrss with a sample" },
			       .whole = { "vmspy diff --json --content=none" } };
	char size[16], permille[16];
	struct target target;

	snprintf(size, sizeof(size), "%ld", mib);
	snprintf(permille, sizeof(permille), "%d", percent * 10);
	if (!start_pair(bench, (const char *[]){ "dense", size, permille, NULL }, &target))
		return;
	report_title(report,
		     "dense pair of %ld MiB, %d%% of it copied, against plain reads of both", mib,
		     percent);
	measure_dense(bench, &target, &dense);
	report_dense(report, &dense, percent, mib >= bench->gib * GIB_MIB);
	target_end(&target);
}

void bench_diff(const struct bench *bench, struct report *report)
{
	static const int percents[] = { 0, 1, 50, 100 };

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		bench_dense(bench, report, bench->gib * GIB_MIB, percents[i]);
	bench_dense(bench, report, GIB_MIB / 4, 1);
}

/* --- huge pages, holes --------------------------------------------------------------------- */

void bench_thp(const struct bench *bench, struct report *report)
{
	struct series plain = { "two plain reads of pagemap" }, words = { "hold.words_ns" };
	struct target target;

	if (!start_pair(bench, (const char *[]){ "huge", "2048", NULL }, &target)) {
		report_missing(report, "thp", "2 GiB of huge pages", "none can be had");
		return;
	}
	report_title(report, "pair of 2 GiB in huge pages, against plain reads of both");
	for (long round = 0; round < bench->rounds; round++) {
		series_add(&plain, time_plain_pagemaps(&target));
		series_add(&words, look_at(bench, &target, "none", 0).words_ms);
	}
	report_add(report, &(struct result){ "thp", "page words, all threads", "ms", &words, &plain,
					     AT_MOST, NO_GOAL });
	target_end(&target);
}

void bench_sparse(const struct bench *bench, struct report *report)
{
	struct series scan = { "one PAGEMAP_SCAN of a" }, words = { "hold.words_ns" };
	const uint64_t tib = UINT64_C(1) << 40;
	struct target target;

	if (!start_pair(bench, (const char *[]){ "noreserve", "1", NULL }, &target))
		return;
	report_title(report, "1 TiB with 1,000 pages in it, against one PAGEMAP_SCAN of one side");
	if (time_scan(target.pid[0], target.address, tib) < 0)
		report_missing(report, "sparse", "PAGEMAP_SCAN", "not before Linux 6.7");
	for (long round = 0; round < bench->rounds; round++) {
		series_add(&scan, time_scan(target.pid[0], target.address, tib));
		series_add(&words, look_at(bench, &target, "none", 0).words_ms);
	}
	report_add(report, &(struct result){ "sparse", "page words of both", "ms", &words, &scan,
					     AT_MOST, 2 });
	target_end(&target);
}

/* --- threads ------------------------------------------------------------------------------- */

void bench_threads(const struct bench *bench, struct report *report)
{
	struct series hold = { "hold_ns" }, least = { "hold.words_ns and 20 us a thread" };
	struct series each = { "hold_ns without words, a thread" };
	const double threads = 2000;
	struct target target;

	if (!start_pair(bench, (const char *[]){ "threads", "2000", NULL }, &target))
		return;
	report_title(report, "a pair with 2,000 threads on one side, held and let go");
	for (long round = 0; round < bench->rounds; round++) {
		struct look look = look_at(bench, &target, "none", 0);

		series_add(&hold, look.hold_ms);
		series_add(&least, look.words_ms + threads * THREAD_US / 1000);
		series_add(&each, (look.hold_ms - look.words_ms) * 1000 / threads);
	}
	report_add(report, &(struct result){ "threads", "hold / words and 20 us a thread", "ms",
					     &hold, &least, AT_MOST, 1.15 });
	report_add(report, &(struct result){ "threads", "hold without words, a thread", "us", &each,
					     NULL, AT_MOST, THREAD_US });
	target_end(&target);
}

/* --- growth -------------------------------------------------------------------------------- */

static void add_point(struct plot *plot, double gib, const struct series *series)
{
	plot->gib[plot->count] = gib;
	plot->value[plot->count++] = series_median(series);
}

void bench_growth(const struct bench *bench, struct report *report)
{
	static const long sizes_mib[PLOT_POINTS] = { 256, 512, 1024, 2048, 4096, 8192 };
	struct plot words = { .name = "page words", .unit = "ms" };
	struct plot whole = { .name = "whole command, with a sample of the bytes", .unit = "ms" };
	struct plot peak = { .name = "peak memory", .unit = "MiB" };

	printf("\ngrowth: dense pairs, 1%% of each copied\n");
	for (size_t i = 0; i < PLOT_POINTS; i++) {
		struct series words_ms = { "words" }, whole_ms = { "whole" }, peak_mib = { "peak" };
		double gib = (double)sizes_mib[i] / GIB_MIB;
		struct target target;
		char size[16];

		snprintf(size, sizeof(size), "%ld", sizes_mib[i]);
		if (!start_pair(bench, (const char *[]){ "dense", size, "10", NULL }, &target))
			return;
		for (long round = 0; round < bench->rounds; round++) {
			struct look look = look_at(bench, &target, "sample", 0);

			series_add(&words_ms, look.words_ms);
			series_add(&whole_ms, look.whole_ms);
			series_add(&peak_mib, look.peak_mib);
		}
		target_end(&target);
		add_point(&words, gib, &words_ms);
		add_point(&whole, gib, &whole_ms);
		add_point(&peak, gib, &peak_mib);
	}
	report_plot(report, &words);
	report_plot(report, &whole);
	report_plot(report, &peak);
}

/* Lists of mappings and pages, names, traces and scripts: each beside the tool that people use today. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_BYTES = 4096,
	PID_BYTES = 16,
};

static bool start(const struct bench *bench, const char *name, const char *const *arguments,
		  struct target *ret)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", bench->targets, name);
	return target_start(path, arguments, ret);
}

/* Run two commands by turns, each as often as the bench is to. */
static void measure_both(const struct bench *bench, const char *const *ours,
			 const char *const *theirs, struct series *our_ms, struct series *their_ms)
{
	for (long round = 0; round < bench->rounds; round++) {
		series_add(their_ms, run_or_die(theirs, 0).ms);
		series_add(our_ms, run_or_die(ours, 0).ms);
	}
}

/* --- mappings ------------------------------------------------------------------------------ */

static const char *const plain_columns = "START,END,PERM,OFFSET,OBJECT";
static const char *const sized_columns =
	"START,END,PERM,KIND,SIZE,RSS,PSS,SHARED,PRIVATE,SWAP,OBJECT";

static void bench_list(const struct bench *bench, struct report *report, pid_t pid, bool sized)
{
	struct series plain = { sized ? "plain read of smaps" : "plain read of maps" };
	struct series ours = { "vmspy maps --raw" };
	char target[PID_BYTES];
	const char *words[] = {
		bench->vmspy, "maps", "--raw", "-o", sized ? sized_columns : plain_columns,
		target,       NULL
	};

	snprintf(target, sizeof(target), "%d", (int)pid);
	for (long round = 0; round < bench->rounds; round++) {
		series_add(&plain, time_plain_file(pid, sized ? "smaps" : "maps"));
		series_add(&ours, run_or_die(words, 0).ms);
	}
	report_add(report, &(struct result){
				   "maps", sized ? "with sizes / reading smaps" : "without / maps",
				   "ms", &ours, &plain, AT_MOST, sized ? 1.15 : 1.5 });
}

static void bench_pmap(const struct bench *bench, struct report *report, pid_t pid)
{
	struct series ours = { "vmspy maps" }, theirs = { "pmap" };
	char target[PID_BYTES];
	const char *words[] = { bench->vmspy, "maps", target, NULL };
	const char *pmap[] = { "pmap", target, NULL };

	snprintf(target, sizeof(target), "%d", (int)pid);
	measure_both(bench, words, pmap, &ours, &theirs);
	report_add(report, &(struct result){ "maps", "text / pmap, which has no sizes", "ms", &ours,
					     &theirs, AT_MOST, NO_GOAL });
}

/* The same figures, for scripts and for people. */
static void bench_pmap_sizes(const struct bench *bench, struct report *report, pid_t pid)
{
	struct series raw = { "vmspy maps --raw" }, text = { "vmspy maps" };
	struct series theirs = { "pmap -X" };
	char target[PID_BYTES];
	const char *raw_words[] = {
		bench->vmspy, "maps", "--raw", "-o", sized_columns, target, NULL
	};
	const char *text_words[] = { bench->vmspy, "maps", target, NULL };
	const char *pmap[] = { "pmap", "-X", target, NULL };

	snprintf(target, sizeof(target), "%d", (int)pid);
	measure_both(bench, raw_words, pmap, &raw, &theirs);
	for (long round = 0; round < bench->rounds; round++)
		series_add(&text, run_or_die(text_words, 0).ms);
	report_add(report, &(struct result){ "maps", "pmap -X / raw, times as fast", "ms", &raw,
					     &theirs, AT_LEAST, 7 });
	report_add(report, &(struct result){ "maps", "pmap -X / text, times as fast", "ms", &text,
					     &theirs, AT_LEAST, NO_GOAL });
}

static void bench_smem(const struct bench *bench, struct report *report, pid_t pid)
{
	struct series ours = { "vmspy maps --summary" }, theirs = { "smem" };
	char target[PID_BYTES];
	const char *words[] = { bench->vmspy, "maps", "--summary", target, NULL };
	const char *smem[] = { "smem", "-P", "^big", NULL };

	if (!is_installed("smem")) {
		report_missing(report, "maps", "smem", "not installed");
		return;
	}
	snprintf(target, sizeof(target), "%d", (int)pid);
	measure_both(bench, words, smem, &ours, &theirs);
	report_add(report, &(struct result){ "maps", "smem, times as fast", "ms", &ours, &theirs,
					     AT_LEAST, NO_GOAL });
}

void bench_maps(const struct bench *bench, struct report *report)
{
	struct target target;

	if (!start(bench, "big", (const char *[]){ "mappings", "60000", NULL }, &target)) {
		report_missing(report, "maps", "60,000 mappings", "vm.max_map_count");
		return;
	}
	report_title(report, "60,000 mappings, listed: whole commands");
	bench_list(bench, report, target.pid[0], false);
	bench_list(bench, report, target.pid[0], true);
	bench_pmap(bench, report, target.pid[0]);
	bench_pmap_sizes(bench, report, target.pid[0]);
	bench_smem(bench, report, target.pid[0]);
	target_end(&target);
}

/* --- pages --------------------------------------------------------------------------------- */

static void bench_page_types(const struct bench *bench, struct report *report, const char *kind)
{
	struct series ours = { "vmspy pages" }, theirs = { "page-types -p" };
	struct target target;
	char pid[PID_BYTES];
	const char *words[] = { bench->vmspy, "pages", pid, NULL };
	const char *page_types[] = { bench->page_types, "-p", pid, NULL };

	if (!start(bench, "big", (const char *[]){ kind, "2048", NULL }, &target))
		return;
	snprintf(pid, sizeof(pid), "%d", (int)target.pid[0]);
	measure_both(bench, words, page_types, &ours, &theirs);
	report_add(report, &(struct result){ "pages", kind, "ms", &ours, &theirs, AT_LEAST, 5 });
	target_end(&target);
}

void bench_pages(const struct bench *bench, struct report *report)
{
	report_title(report, "every page of 2 GiB, against the kernel's page-types: times as fast");
	if (!bench->page_types) {
		report_missing(report, "pages", "page-types",
			       "not installed (build tools/mm/page-types.c, set PAGE_TYPES)");
		return;
	}
	bench_page_types(bench, report, "dense");
	bench_page_types(bench, report, "huge");
}

/* --- a script ------------------------------------------------------------------------------ */

static void bench_script(const struct bench *bench, struct report *report,
			 const struct target *target, const char *how)
{
	bool by_page = !strcmp(how, "page");
	struct series ours = { "vmspy diff --json --content=none" };
	struct series theirs = { by_page ? "pagemap_diff.py page" : "pagemap_diff.py mapping" };
	char script[PATH_BYTES], a[PID_BYTES], b[PID_BYTES];
	const char *words[] = { bench->vmspy, "diff", "--json", "--content=none", a, b, NULL };
	const char *python[] = { "python3", script, how, a, b, NULL };

	snprintf(script, sizeof(script), "%s/pagemap_diff.py", bench->here);
	snprintf(a, sizeof(a), "%d", (int)target->pid[0]);
	snprintf(b, sizeof(b), "%d", (int)target->pid[1]);
	measure_both(bench, words, python, &ours, &theirs);
	report_add(report,
		   &(struct result){ "python",
				     by_page ? "a read for each page, times as fast"
					     : "a read for each mapping, times as fast",
				     "ms", &ours, &theirs, AT_LEAST, by_page ? 40 : NO_GOAL });
}

void bench_python(const struct bench *bench, struct report *report)
{
	struct target target;

	report_title(report, "1 GiB, 1%% copied, against a script that people write");
	if (!is_installed("python3")) {
		report_missing(report, "python", "pagemap_diff.py", "python3 is not installed");
		return;
	}
	if (!start(bench, "big", (const char *[]){ "dense", "1024", NULL }, &target))
		return;
	bench_script(bench, report, &target, "page");
	bench_script(bench, report, &target, "mapping");
	target_end(&target);
}

/* --- from start to exit -------------------------------------------------------------------- */

void bench_start(const struct bench *bench, struct report *report)
{
	enum {
		TIMES = 40, /* a round: one alone is over too soon */
	};
	struct series ours = { "vmspy maps" }, theirs = { "pmap" };
	char pid[PID_BYTES];
	const char *words[] = { bench->vmspy, "maps", pid, NULL };
	const char *pmap[] = { "pmap", pid, NULL };
	struct target target;

	if (!start(bench, "big", (const char *[]){ "dense", "1", NULL }, &target))
		return;
	report_title(report, "a small process, from start to exit");
	snprintf(pid, sizeof(pid), "%d", (int)target.pid[0]);
	for (long round = 0; round < bench->rounds; round++) {
		double our_ms = 0, their_ms = 0;

		for (int i = 0; i < TIMES; i++) {
			their_ms += run_or_die(pmap, 0).ms;
			our_ms += run_or_die(words, 0).ms;
		}
		series_add(&theirs, their_ms / TIMES);
		series_add(&ours, our_ms / TIMES);
	}
	report_add(report, &(struct result){ "start", "vmspy maps / pmap", "ms", &ours, &theirs,
					     AT_MOST, 1.3 });
	target_end(&target);
}

/* --- names --------------------------------------------------------------------------------- */

void bench_naming(const struct bench *bench, struct report *report)
{
	struct series ours = { "vmspy diff --json" }, theirs = { "eu-readelf -s" };
	char program[PATH_BYTES], a[PID_BYTES], b[PID_BYTES];
	const char *words[] = { bench->vmspy, "diff", "--json", a, b, NULL };
	const char *readelf[] = { "eu-readelf", "-s", program, NULL };
	struct target target;

	report_title(report, "one variable of 1.5 million is named: whole commands");
	if (!is_installed("eu-readelf")) {
		report_missing(report, "naming", "eu-readelf", "not installed (elfutils)");
		return;
	}
	if (!start(bench, "symbols", (const char *[]){ NULL }, &target))
		return;
	snprintf(program, sizeof(program), "%s/symbols", bench->targets);
	snprintf(a, sizeof(a), "%d", (int)target.pid[0]);
	snprintf(b, sizeof(b), "%d", (int)target.pid[1]);
	measure_both(bench, words, readelf, &ours, &theirs);
	report_add(report, &(struct result){ "naming", "vmspy diff / eu-readelf -s", "ms", &ours,
					     &theirs, AT_MOST, 1.5 });
	target_end(&target);
}

/* --- trace --------------------------------------------------------------------------------- */

/* How long the program itself says that its copies took. */
static double own_ms(const char *const *words)
{
	struct run run = run_or_die(words, RUN_KEEP_OUTPUT);
	double ms = number_in(run.output, "own_ms");

	free(run.output);
	return ms;
}

void bench_trace(const struct bench *bench, struct report *report)
{
	struct series alone = { "the program alone" };
	struct series plain = { "traced, no stacks" }, stacks = { "traced, stacks" };
	char program[PATH_BYTES];
	const char *untraced[] = { program, NULL };
	const char *traced[] = { bench->vmspy, "trace", "--summary", "--call-graph=none",
				 "--",         program, NULL };
	const char *stacked[] = { bench->vmspy, "trace", "--summary", "--call-graph=fp",
				  "--",         program, NULL };

	snprintf(program, sizeof(program), "%s/copies", bench->targets);
	report_title(report, "200,000 copies: what the program itself says that they took");
	for (long round = 0; round < bench->rounds; round++) {
		series_add(&alone, own_ms(untraced));
		series_add(&plain, own_ms(traced));
		series_add(&stacks, own_ms(stacked));
	}
	report_add(report, &(struct result){ "trace", "without stacks", "ms", &plain, &alone,
					     AT_MOST, 1.5 });
	report_add(report, &(struct result){ "trace", "stacks by frame pointers", "ms", &stacks,
					     &alone, AT_MOST, 2.0 });
}

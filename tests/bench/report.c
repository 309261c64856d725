#include "bench.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum {
	BAR_WIDTH = 40,
};

struct report {
	json_t *root, *results, *missing, *points;
};

struct report *report_begin(void)
{
	struct report *report = calloc(1, sizeof(*report));
	struct utsname system;
	char when[32];
	time_t now = time(NULL);

	if (!report || uname(&system))
		die("report");
	strftime(when, sizeof(when), "%FT%TZ", gmtime(&now));
	report->results = json_array();
	report->missing = json_array();
	report->points = json_array();
	report->root = json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "time", when, "kernel",
				 system.release, "machine", system.machine, "cpus",
				 (int)sysconf(_SC_NPROCESSORS_ONLN), "results", report->results,
				 "missing", report->missing, "growth", report->points);
	if (!report->root)
		die("report");
	return report;
}

void report_title(struct report *report, const char *format, ...)
{
	va_list arguments;

	(void)report;
	printf("\n");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n  %-40s %12s %12s %7s  %s\n", "", "ours", "yardstick", "ratio", "goal");
	fflush(stdout);
}

/* What is compared with the goal. */
static double ratio_of(const struct result *result)
{
	double ours = series_median(result->ours);

	if (!result->theirs)
		return ours;
	return result->direction == AT_LEAST ? series_median(result->theirs) / ours
					     : ours / series_median(result->theirs);
}

static bool is_met(const struct result *result, double ratio)
{
	return result->direction == AT_LEAST ? ratio >= result->goal : ratio <= result->goal;
}

static void print_goal(const struct result *result, double ratio)
{
	double by = result->direction == AT_LEAST ? result->goal - ratio : ratio - result->goal;

	if (result->goal == NO_GOAL) {
		printf("\n");
		return;
	}
	printf("%s %g", result->direction == AT_LEAST ? ">=" : "<=", result->goal);
	if (is_met(result, ratio))
		printf("\n");
	else
		printf("  missed by %.2f\n", by);
}

static json_t *json_of(const struct series *series, const char *unit)
{
	json_t *values = json_array();

	if (!series) {
		json_decref(values);
		return json_null();
	}
	for (int i = 0; i < series->count; i++)
		json_array_append_new(values, json_real(series->value[i]));
	return json_pack("{s:s, s:s, s:f, s:f, s:o}", "what", series->title, "unit", unit, "min",
			 series_min(series), "median", series_median(series), "all", values);
}

void report_add(struct report *report, const struct result *result)
{
	static const char *const direction[] = { "at_most", "at_least" };
	bool has_goal = result->goal != NO_GOAL;
	double ratio = ratio_of(result);
	char ours[32], theirs[32] = "";

	snprintf(ours, sizeof(ours), "%.2f %s", series_median(result->ours), result->unit);
	if (result->theirs)
		snprintf(theirs, sizeof(theirs), "%.2f %s", series_median(result->theirs),
			 result->unit);
	printf("  %-40s %12s %12s %7.2f  ", result->name, ours, theirs, ratio);
	print_goal(result, ratio);
	fflush(stdout);
	json_array_append_new(
		report->results,
		json_pack("{s:s, s:s, s:o, s:o, s:f, s:s, s:o, s:o}", "group", result->group,
			  "name", result->name, "ours", json_of(result->ours, result->unit),
			  "yardstick", json_of(result->theirs, result->unit), "ratio", ratio,
			  "direction", direction[result->direction], "goal",
			  has_goal ? json_real(result->goal) : json_null(), "met",
			  has_goal ? json_boolean(is_met(result, ratio)) : json_null()));
}

void report_missing(struct report *report, const char *group, const char *what, const char *why)
{
	printf("  not measured: %s: %s\n", what, why);
	fflush(stdout);
	json_array_append_new(report->missing, json_pack("{s:s, s:s, s:s}", "group", group, "what",
							 what, "why", why));
}

/* Bars as long as their share of the largest. */
void report_plot(struct report *report, const struct plot *plot)
{
	double max = 0;

	for (size_t i = 0; i < plot->count; i++)
		if (plot->value[i] > max)
			max = plot->value[i];
	printf("  %s\n", plot->name);
	for (size_t i = 0; i < plot->count; i++) {
		double gib = plot->gib[i], value = plot->value[i];
		int length = (int)(value / max * BAR_WIDTH + 0.5);

		printf("  %6.2f GiB %9.2f %-3s %9.3f %s a GiB  %.*s\n", gib, value, plot->unit,
		       value / gib, plot->unit, length, "########################################");
		json_array_append_new(report->points,
				      json_pack("{s:s, s:f, s:f, s:s}", "name", plot->name, "gib",
						gib, "value", value, "unit", plot->unit));
	}
	fflush(stdout);
}

void report_end(struct report *report, const char *path)
{
	if (json_dump_file(report->root, path, JSON_INDENT(1)))
		die(path);
	printf("\nall values: %s\n", path);
	json_decref(report->root);
	free(report);
}

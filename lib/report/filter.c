#include "report/filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

/* Longer ones first: the first that fits is taken. */
static const struct {
	const char *text;
	enum vmspy_filter_op op;
} operators[] = {
	{ "!=", VMSPY_OP_UNEQUAL }, { "<=", VMSPY_OP_AT_MOST }, { ">=", VMSPY_OP_AT_LEAST },
	{ "!~", VMSPY_OP_LACKS },   { "=", VMSPY_OP_EQUAL },    { "<", VMSPY_OP_LESS },
	{ ">", VMSPY_OP_MORE },     { "~", VMSPY_OP_HAS },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a condition is made of, as it was written. */
struct written {
	struct vmspy_scan whole, column, value;
};

#define AS_WRITTEN(scan) (int)((scan).end - (scan).at), (scan).at

static bool take_operator(struct vmspy_scan *scan, enum vmspy_filter_op *ret)
{
	for (size_t i = 0; i < COUNT(operators); i++)
		if (vmspy_scan_text(scan, operators[i].text)) {
			*ret = operators[i].op;
			return true;
		}
	return false;
}

static struct vmspy_error *split(struct vmspy_scan whole, struct written *written,
				 enum vmspy_filter_op *op)
{
	struct vmspy_scan scan = whole;

	while (scan.at < scan.end && !strchr("!=<>~", *scan.at))
		scan.at++;
	written->whole = whole;
	written->column = (struct vmspy_scan){ whole.at, scan.at };
	if (scan.at == whole.at || !take_operator(&scan, op))
		return vmspy_error_create(
			VMSPY_ERROR_BAD_DATA,
			"'%.*s' is no condition (COLUMN OP VALUE, with = != < <= > >= ~ !~)",
			AS_WRITTEN(whole));
	written->value = scan;
	return NULL;
}

/* ---- numbers ---- */

/* ret: what the suffix multiplies by; 0: it is none. */
static uint64_t factor_of(char suffix)
{
	static const char suffixes[] = "KMGT";
	const char *at = suffix ? strchr(suffixes, suffix) : NULL;

	return at ? UINT64_C(1) << (10 * (at - suffixes + 1)) : 0;
}

static bool take_number(struct vmspy_scan *scan, uint64_t *ret)
{
	return vmspy_scan_text(scan, "0x") ? vmspy_scan_hex(scan, ret)
					   : vmspy_scan_decimal(scan, ret);
}

static bool read_size(struct vmspy_scan scan, struct vmspy_condition *condition)
{
	uint64_t factor = 1;

	if (!take_number(&scan, &condition->number))
		return false;
	if (scan.at < scan.end && (factor = factor_of(*scan.at)))
		scan.at++;
	return scan.at == scan.end && factor &&
	       !__builtin_mul_overflow(condition->number, factor, &condition->number);
}

/* A number of pages is one; with a suffix it is their size. */
static bool read_pages(struct vmspy_scan scan, uint64_t page_bytes,
		       struct vmspy_condition *condition)
{
	bool is_size = scan.at < scan.end && factor_of(scan.end[-1]);

	condition->scale = is_size ? page_bytes : 1;
	return read_size(scan, condition);
}

static bool read_plain(struct vmspy_scan scan, struct vmspy_condition *condition)
{
	return take_number(&scan, &condition->number) && scan.at == scan.end;
}

static bool read_device(struct vmspy_scan scan, struct vmspy_condition *condition)
{
	uint64_t major, minor;

	if (!vmspy_scan_decimal(&scan, &major) || !vmspy_scan_char(&scan, ':') ||
	    !vmspy_scan_decimal(&scan, &minor) || scan.at != scan.end || major > UINT32_MAX ||
	    minor > UINT32_MAX)
		return false;
	condition->number = VMSPY_DEVICE(major, minor);
	return true;
}

static bool read_bool(struct vmspy_scan scan, struct vmspy_condition *condition)
{
	condition->number = vmspy_scan_text(&scan, "yes");
	return (condition->number || vmspy_scan_text(&scan, "no")) && scan.at == scan.end;
}

static bool read_number(struct vmspy_scan scan, uint64_t page_bytes,
			struct vmspy_condition *condition)
{
	condition->scale = 1;
	switch ((int)condition->column->unit) {
	case VMSPY_UNIT_BYTES:
	case VMSPY_UNIT_SIZE:
	case VMSPY_UNIT_ADDRESS:
	case VMSPY_UNIT_OFFSET:
		return read_size(scan, condition);
	case VMSPY_UNIT_PAGES:
		return read_pages(scan, page_bytes, condition);
	case VMSPY_UNIT_DEVICE:
		return read_device(scan, condition);
	case VMSPY_UNIT_BOOL:
		return read_bool(scan, condition);
	default:
		return read_plain(scan, condition);
	}
}

/* ---- what a column can be asked ---- */

#define OP(op)    (1u << VMSPY_OP_##op)
#define EQUALITY  (OP(EQUAL) | OP(UNEQUAL))
#define ORDER     (OP(LESS) | OP(AT_MOST) | OP(MORE) | OP(AT_LEAST))
#define INCLUSION (OP(HAS) | OP(LACKS))

static unsigned ops_of(enum vmspy_unit unit)
{
	if (vmspy_unit_is_text(unit))
		return EQUALITY | INCLUSION;
	switch ((int)unit) {
	case VMSPY_UNIT_VALUE:
	case VMSPY_UNIT_ROWS:
	case VMSPY_UNIT_DISTANCE:
		return 0;
	case VMSPY_UNIT_DEVICE:
	case VMSPY_UNIT_BOOL:
		return EQUALITY;
	default:
		return EQUALITY | ORDER;
	}
}

static struct vmspy_error *check_op(const struct written *written,
				    const struct vmspy_condition *condition)
{
	unsigned ops = ops_of(condition->column->unit);
	const char *can = ops == EQUALITY                 ? "= !="
			  : ops == (EQUALITY | ORDER)     ? "= != < <= > >="
			  : ops == (EQUALITY | INCLUSION) ? "= != ~ !~"
							  : NULL;

	if (ops & 1u << condition->op)
		return NULL;
	if (!can)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "rows cannot be filtered by '%s'",
					  condition->column->heading);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%.*s' is no condition: '%s' can be asked for %s",
				  AS_WRITTEN(written->whole), condition->column->heading, can);
}

static const char *example_of(enum vmspy_unit unit)
{
	switch ((int)unit) {
	case VMSPY_UNIT_BYTES:
	case VMSPY_UNIT_SIZE:
		return "4096, 64K or 2M";
	case VMSPY_UNIT_PAGES:
		return "12 pages, 64K or 2M";
	case VMSPY_UNIT_ADDRESS:
	case VMSPY_UNIT_OFFSET:
	case VMSPY_UNIT_FRAME:
		return "0x7f21a0000000";
	case VMSPY_UNIT_DEVICE:
		return "8:1";
	case VMSPY_UNIT_BOOL:
		return "yes or no";
	default:
		return "12";
	}
}

static struct vmspy_error *read_value(const struct written *written, uint64_t page_bytes,
				      struct vmspy_condition *condition)
{
	struct vmspy_scan value = written->value;

	if (vmspy_unit_is_text(condition->column->unit)) {
		condition->text = strndup(value.at, (size_t)(value.end - value.at));
		return condition->text ? NULL : vmspy_error_no_memory();
	}
	if (read_number(value, page_bytes, condition))
		return NULL;
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%.*s' is nothing that '%s' can be (like %s)", AS_WRITTEN(value),
				  condition->column->heading, example_of(condition->column->unit));
}

static struct vmspy_error *add_condition(const struct vmspy_column *columns,
					 struct vmspy_scan whole, uint64_t page_bytes,
					 struct vmspy_filter *filter)
{
	struct vmspy_condition condition = { 0 };
	struct written written;
	struct vmspy_error *err;

	if ((err = split(whole, &written, &condition.op)) ||
	    (err = vmspy_column_find(columns, &written.column, &condition.column)) ||
	    (err = check_op(&written, &condition)) ||
	    (err = vmspy_array_grow(&filter->condition, &filter->room, filter->count,
				    sizeof(*filter->condition))) ||
	    (err = read_value(&written, page_bytes, &condition)))
		return err;
	filter->condition[filter->count++] = condition;
	filter->needs |= condition.column->needs;
	return NULL;
}

struct vmspy_error *vmspy_filter_parse(const struct vmspy_column *columns, const char *list,
				       uint64_t page_bytes, struct vmspy_filter *ret)
{
	VMSPY_AUTO(vmspy_filter_deinit) struct vmspy_filter filter = { 0 };
	struct vmspy_scan scan = vmspy_scan_over(list, strlen(list)), whole;
	struct vmspy_error *err;

	do {
		if (!vmspy_scan_until(&scan, ',', &whole))
			whole = scan; /* nothing is there: no condition */
		if ((err = add_condition(columns, whole, page_bytes, &filter)))
			return err;
	} while (scan.at < scan.end || scan.at[-1] == ',');
	*ret = filter;
	filter = (struct vmspy_filter){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_filter_deinit(struct vmspy_filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		free(filter->condition[i].text);
	free(filter->condition);
	*filter = (struct vmspy_filter){ 0 };
}

/* ---- rows ---- */

static bool number_holds(const struct vmspy_condition *condition, uint64_t number)
{
	uint64_t wanted = condition->number;

	if (__builtin_mul_overflow(number, condition->scale, &number))
		number = UINT64_MAX;
	switch ((int)condition->op) {
	case VMSPY_OP_EQUAL:
		return number == wanted;
	case VMSPY_OP_UNEQUAL:
		return number != wanted;
	case VMSPY_OP_LESS:
		return number < wanted;
	case VMSPY_OP_AT_MOST:
		return number <= wanted;
	case VMSPY_OP_MORE:
		return number > wanted;
	default:
		return number >= wanted;
	}
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t count = strcspn(words, " ");

		if (count == length && !memcmp(words, word, length))
			return true;
		words += count + (words[count] == ' ');
	}
	return false;
}

static bool matches(enum vmspy_unit unit, const char *pattern, const char *text)
{
	const char *slash = unit == VMSPY_UNIT_PATH ? strrchr(text, '/') : NULL;

	return !fnmatch(pattern, text, FNM_NOESCAPE) ||
	       (slash && !fnmatch(pattern, slash + 1, FNM_NOESCAPE));
}

static bool includes(enum vmspy_unit unit, const char *text, const char *part)
{
	return unit == VMSPY_UNIT_WORDS ? has_word(text, part) : strstr(text, part) != NULL;
}

static bool text_holds(const struct vmspy_condition *condition, const char *text)
{
	enum vmspy_unit unit = condition->column->unit;
	const char *wanted = condition->text;

	switch ((int)condition->op) {
	case VMSPY_OP_EQUAL:
		return matches(unit, wanted, text);
	case VMSPY_OP_UNEQUAL:
		return !matches(unit, wanted, text);
	case VMSPY_OP_HAS:
		return includes(unit, text, wanted);
	default:
		return !includes(unit, text, wanted);
	}
}

static bool holds(const struct vmspy_condition *condition, const void *row)
{
	const struct vmspy_column *column = condition->column;

	if (vmspy_column_is_unknown(column, row))
		return false;
	return vmspy_unit_is_text(column->unit)
		       ? text_holds(condition, vmspy_column_text(column, row))
		       : number_holds(condition, vmspy_column_number(column, row));
}

bool vmspy_filter_takes(const struct vmspy_filter *filter, const void *row)
{
	for (size_t i = 0; i < filter->count; i++)
		if (!holds(&filter->condition[i], row))
			return false;
	return true;
}

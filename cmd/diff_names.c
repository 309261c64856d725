/* vmspy diff: names for what was found, once both processes run again. */
#include "blame/typed.h"
#include "diff.h"
#include "message.h"
#include "watch_rows.h"

#include "base/banned.h"

enum {
	MEMBERS_MAX = 256,  /* of one variable */
	VALUES_MAX = 65536, /* the same with --values */
};

/* What could not be named in the first round cannot in the others: once is enough. */
static bool tells_notes(const struct diff *diff)
{
	return !watch_is_later(diff->watch);
}

static struct vmspy_error *name_variables(struct diff *diff)
{
	size_t members_max = is_given(diff->arguments, OPTION_VALUES) ? VALUES_MAX : MEMBERS_MAX;
	struct vmspy_error *err;

	if ((err = vmspy_changed_find(&diff->pair, diff->modules, &diff->changed)) ||
	    (err = vmspy_typed_find(&diff->pair, diff->modules, &diff->changed, members_max,
				    &diff->typed)))
		return err;
	for (size_t i = 0; tells_notes(diff) && i < diff->typed.note_count; i++)
		say("%s", diff->typed.note[i]);
	return NULL;
}

static struct vmspy_error *name_all(struct diff *diff)
{
	const char *reason;
	struct vmspy_error *err;
	size_t failed;

	if (!diff->pair.kept.a.bytes && !diff->pair.census &&
	    (!diff_wants_symbols(diff) || !diff->pair.compared.count))
		return NULL;
	if ((err = vmspy_modules_create(diff->a, &diff->modules)))
		return err;
	vmspy_modules_set_kin(diff->modules, diff->b);
	if (diff_wants_symbols(diff) && (err = name_variables(diff)))
		return err;
	if ((err = vmspy_clues_find(&diff->pair, diff->modules, &diff->clues)))
		return err;
	failed = vmspy_modules_failed(diff->modules, &reason);
	if (failed && tells_notes(diff))
		say("%zu of the mapped files gave no names, the first: %s", failed, reason);
	return NULL;
}

static struct vmspy_error *blame_stacks(struct diff *diff)
{
	struct vmspy_error *err;

	if (!diff_wants_frames(diff))
		return vmspy_stacks_find(&diff->pair, NULL, NULL, &diff->stacks);
	if (!diff->modules && (err = vmspy_modules_create(diff->a, &diff->modules)))
		return err;
	if ((err = vmspy_modules_create(diff->b, &diff->modules_b)) ||
	    (err = vmspy_stacks_find(&diff->pair, diff->modules, diff->modules_b, &diff->stacks)))
		return err;
	for (size_t i = 0; tells_notes(diff) && i < diff->stacks.note_count; i++)
		say("%s", diff->stacks.note[i]);
	return NULL;
}

/* The raw format prints one table, and findings are none. */
static struct vmspy_error *make_findings(struct diff *diff)
{
	const struct vmspy_evidence evidence = {
		.pair = &diff->pair,
		.changed = &diff->changed,
		.typed = &diff->typed,
		.clues = &diff->clues,
		.stacks = &diff->stacks,
	};

	if (is_given(diff->arguments, OPTION_QUIET) || diff->output.style.format == RENDER_RAW)
		return NULL;
	return vmspy_findings_make(&evidence, &diff->findings);
}

struct vmspy_error *diff_name(struct diff *diff)
{
	struct vmspy_error *err;

	if ((err = name_all(diff)) || (err = blame_stacks(diff)))
		return err;
	return make_findings(diff);
}

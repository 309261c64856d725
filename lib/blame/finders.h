/* What the finders of blame/findings.h work with. Each adds one sentence, or none. */
#ifndef VMSPY_BLAME_FINDERS_H
#define VMSPY_BLAME_FINDERS_H

#include "blame/findings.h"

enum {
	VMSPY_FINDING_NAME_BYTES = 64 /* of a name in a sentence */
};

struct vmspy_findings_maker {
	const struct vmspy_evidence *evidence;
	const struct vmspy_pair *pair;
	const char *id;   /* of the finder at work */
	bool in_headline; /* of its finding */
	struct vmspy_finding_list list;
};

/* What a sentence is about. */
struct vmspy_finding_draft {
	uint64_t pages;
	const char *subject; /* NULL: all of them; copied */
};

/* A name as it may stand in a sentence: escaped, and cut. */
struct vmspy_finding_name {
	char text[VMSPY_FINDING_NAME_BYTES + sizeof("...")];
};

struct vmspy_finding_name vmspy_finding_name_of(const char *name);

/* The same of the last part of a path; other names as they are. */
struct vmspy_finding_name vmspy_finding_short_name_of(const char *object);

uint64_t vmspy_finding_bytes(const struct vmspy_findings_maker *maker, uint64_t pages);

struct vmspy_error *vmspy_finding_add(struct vmspy_findings_maker *maker,
				      const struct vmspy_finding_draft *draft, const char *format,
				      ...) VMSPY_PRINTF(3, 4) VMSPY_MUST_CHECK;

struct vmspy_error *vmspy_find_still_shared(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_separate(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_one_sided(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_unknown(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_identical(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_amplified(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_who_left(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_largest_mapping(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_small_change(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_variable(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_clue(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_field(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_find_stack(struct vmspy_findings_maker *maker) VMSPY_MUST_CHECK;

#endif

/*
 * libvmspy: what two address spaces share, and what broke the sharing.
 *
 * The way through it: vmspy_host_probe() finds out what can be seen; vmspy_space_open() finds and
 * pins a process; vmspy_pair_compare() holds two of them, compares them page by page and lets them
 * go; vmspy_modules_create() and vmspy_changed_find() name the variables that differ, and
 * vmspy_typed_find() their members.
 *
 * Every function that can fail returns `struct vmspy_error *`, NULL for success, and writes its
 * last parameter on success only. The library prints nothing and ends no program.
 *
 * The interface may change until version 1.0; there is no shared library before that.
 */
#ifndef VMSPY_H
#define VMSPY_H

#include "base/error.h"
#include "blame/changed.h"
#include "blame/clues.h"
#include "blame/findings.h"
#include "blame/page.h"
#include "blame/stacks.h"
#include "blame/typed.h"
#include "compare/align.h"
#include "compare/areas.h"
#include "compare/pair.h"
#include "compare/runs.h"
#include "compare/verdict.h"
#include "format/kpageflags.h"
#include "format/page_table.h"
#include "inspect/folios.h"
#include "inspect/huge.h"
#include "inspect/notes.h"
#include "inspect/page_facts.h"
#include "inspect/page_sums.h"
#include "inspect/survey.h"
#include "kernel/cgroups.h"
#include "space/relation.h"
#include "space/space.h"
#include "symbol/loaded.h"
#include "symbol/lookup.h"
#include "symbol/modules.h"
#include "symbol/named.h"
#include "symbol/spot.h"
#include "symbol/values.h"
#include "types/members.h"
#include "types/source_line.h"

#endif

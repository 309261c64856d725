#include "types/type_name.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "types/die.h"

#include "base/banned.h"

enum {
	DEPTH_MAX = 16,
	PARAMETERS_MAX = 8, /* the rest is "..." */
};

static void __attribute__((format(printf, 2, 3))) add(char *text, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, VMSPY_TYPE_NAME_MAX - length, format, arguments);
	va_end(arguments);
}

bool vmspy_type_unit_is_c(Dwarf_Die *unit)
{
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_ObjC:
	case DW_LANG_Mips_Assembler:
		return true;
	default:
		return false;
	}
}

/* --- what it lies in ----------------------------------------------------------------------- */

static const char *scope_name(Dwarf_Die *scope)
{
	const char *name = vmspy_die_name(scope);

	switch (dwarf_tag(scope)) {
	case DW_TAG_namespace:
		return name ? name : "(anonymous namespace)";
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_module:
		return name;
	default:
		return NULL;
	}
}

/*
 * Step into the child that holds the entry: entries stand in the order of their offsets.
 * ret: false: it is none of them, or the child itself.
 */
static bool step_into(Dwarf_Die *scope, Dwarf_Off wanted)
{
	Dwarf_Die child, next;

	if (!vmspy_die_first(scope, &child))
		return false;
	for (next = child; vmspy_die_next(&next) && dwarf_dieoffset(&next) <= wanted; child = next)
		;
	if (dwarf_dieoffset(&child) >= wanted)
		return false;
	*scope = child;
	return true;
}

/* What is defined apart from its declaration lies where that does. */
static void find_scopes(Dwarf_Die *die, char *ret)
{
	Dwarf_Die declaration, scope;
	Dwarf_Off wanted;

	if (!vmspy_die_refers(die, DW_AT_specification, &declaration))
		declaration = *die;
	if (!dwarf_diecu(&declaration, &scope, NULL, NULL))
		return;
	wanted = dwarf_dieoffset(&declaration);
	for (int depth = 0; depth < DEPTH_MAX && step_into(&scope, wanted); depth++) {
		const char *name = scope_name(&scope);

		if (name)
			add(ret, "%s::", name);
	}
}

void vmspy_type_scoped_name(struct vmspy_type_namer *namer, Dwarf_Die *die, char *ret)
{
	size_t slot = (uintptr_t)die->addr / sizeof(void *) % VMSPY_TYPE_NAMER_ROOM;
	const char *name = vmspy_die_name(die);

	ret[0] = '\0';
	if (!name)
		return;
	if (namer->is_c) {
		add(ret, "%s", name);
		return;
	}
	if (namer->known[slot].type != die->addr) {
		char *known = namer->known[slot].name;

		known[0] = '\0';
		find_scopes(die, known);
		add(known, "%s", name);
		namer->known[slot].type = die->addr;
	}
	add(ret, "%s", namer->known[slot].name);
}

/* --- declarations -------------------------------------------------------------------------- */

/* What is being spelled: ret is filled from the left, the declarator grows around nothing. */
struct spelling {
	struct vmspy_type_namer *namer;
	char *ret;
	int depth;
};

static void spell(const struct spelling *spelling, Dwarf_Die *type, const char *declarator);

static const char *keyword_of(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
		return "struct";
	case DW_TAG_class_type:
		return "class";
	case DW_TAG_union_type:
		return "union";
	case DW_TAG_enumeration_type:
		return "enum";
	default:
		return NULL;
	}
}

/* gcc writes out what nobody does. */
static const char *plain_name(const char *name)
{
	static const struct {
		const char *name, *plain;
	} names[] = {
		{ "short int", "short" },
		{ "short unsigned int", "unsigned short" },
		{ "long int", "long" },
		{ "long unsigned int", "unsigned long" },
		{ "long long int", "long long" },
		{ "long long unsigned int", "unsigned long long" },
		{ "__int128 unsigned", "unsigned __int128" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, name))
			return names[i].plain;
	return name;
}

static void spell_named(const struct spelling *spelling, Dwarf_Die *type, const char *declarator)
{
	const char *keyword = keyword_of(dwarf_tag(type));
	char name[VMSPY_TYPE_NAME_MAX];

	vmspy_type_scoped_name(spelling->namer, type, name);
	if (keyword && !name[0])
		add(spelling->ret, "%s {...}", keyword);
	else if (keyword && spelling->namer->is_c)
		add(spelling->ret, "%s %s", keyword, name);
	else
		add(spelling->ret, "%s", name[0] ? plain_name(name) : "?");
	if (declarator[0])
		add(spelling->ret, " %s", declarator);
}

/* A type that is made of another: its own mark stands before, around or behind the declarator. */
static void spell_inner(const struct spelling *spelling, Dwarf_Die *type, const char *declarator)
{
	const struct spelling deeper = { spelling->namer, spelling->ret, spelling->depth + 1 };
	Dwarf_Die inner;

	spell(&deeper, vmspy_die_type(type, &inner) ? &inner : NULL, declarator);
}

static void spell_pointer(const struct spelling *spelling, Dwarf_Die *type, const char *mark,
			  const char *declarator)
{
	char text[VMSPY_TYPE_NAME_MAX] = "";
	Dwarf_Die inner;
	int tag = vmspy_die_type(type, &inner) ? dwarf_tag(&inner) : DW_TAG_invalid;
	bool binds_later = tag == DW_TAG_array_type || tag == DW_TAG_subroutine_type;

	/* Rust names its pointers itself. */
	if (vmspy_die_name(type)) {
		spell_named(spelling, type, declarator);
		return;
	}
	add(text, binds_later ? "(%s%s)" : "%s%s", mark, declarator);
	spell_inner(spelling, type, text);
}

static void spell_array(const struct spelling *spelling, Dwarf_Die *type, const char *declarator)
{
	char text[VMSPY_TYPE_NAME_MAX] = "";
	Dwarf_Die child;
	bool any = vmspy_die_first(type, &child);

	add(text, "%s", declarator);
	for (; any; any = vmspy_die_next(&child)) {
		uint64_t count;

		if (dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (vmspy_die_count(&child, &count))
			add(text, "[%" PRIu64 "]", count);
		else
			add(text, "[]");
	}
	spell_inner(spelling, type, text);
}

static void spell_function(const struct spelling *spelling, Dwarf_Die *type, const char *declarator)
{
	char text[VMSPY_TYPE_NAME_MAX] = "", parameter[VMSPY_TYPE_NAME_MAX];
	const struct spelling inside = { spelling->namer, parameter, spelling->depth + 1 };
	Dwarf_Die child, inner;
	bool any = vmspy_die_first(type, &child);
	int count = 0;

	add(text, "%s(", declarator);
	for (; any && count < PARAMETERS_MAX; any = vmspy_die_next(&child)) {
		int tag = dwarf_tag(&child);

		if (tag != DW_TAG_formal_parameter && tag != DW_TAG_unspecified_parameters)
			continue;
		parameter[0] = '\0';
		if (tag == DW_TAG_unspecified_parameters)
			add(parameter, "...");
		else
			spell(&inside, vmspy_die_type(&child, &inner) ? &inner : NULL, "");
		add(text, "%s%s", count++ ? ", " : "", parameter);
	}
	if (!count)
		add(text, "%s", vmspy_die_has(type, DW_AT_prototyped) ? "void" : "");
	add(text, "%s)", any ? ", ..." : "");
	spell_inner(spelling, type, text);
}

/* Words before a type, or behind the star of a pointer; in the order in which people write them. */
static const struct {
	int tag;
	const char *word;
} qualifiers[] = {
	{ DW_TAG_const_type, "const" },
	{ DW_TAG_volatile_type, "volatile" },
	{ DW_TAG_restrict_type, "restrict" },
	{ DW_TAG_atomic_type, "_Atomic" },
};

enum {
	QUALIFIERS = sizeof(qualifiers) / sizeof(qualifiers[0])
};

static int qualifier_of(int tag)
{
	for (int i = 0; i < QUALIFIERS; i++)
		if (qualifiers[i].tag == tag)
			return i;
	return QUALIFIERS;
}

static void add_qualifiers(char *text, const bool *set)
{
	for (int i = 0; i < QUALIFIERS; i++)
		if (set[i])
			add(text, "%s ", qualifiers[i].word);
}

/* "char *const", but "const char". */
static void spell_qualified(const struct spelling *spelling, Dwarf_Die *type,
			    const char *declarator)
{
	const struct spelling deeper = { spelling->namer, spelling->ret, spelling->depth + 1 };
	char text[VMSPY_TYPE_NAME_MAX] = "";
	bool set[QUALIFIERS] = { false };
	Dwarf_Die inner = *type;
	size_t length;
	int which, tag = dwarf_tag(&inner);

	while (tag && (which = qualifier_of(tag)) < QUALIFIERS && !set[which]) {
		set[which] = true;
		tag = vmspy_die_type(&inner, &inner) ? dwarf_tag(&inner) : 0;
	}
	if (tag != DW_TAG_pointer_type) {
		add_qualifiers(spelling->ret, set);
		spell(&deeper, tag ? &inner : NULL, declarator);
		return;
	}
	add_qualifiers(text, set);
	add(text, "%s", declarator);
	length = strlen(text);
	if (length && text[length - 1] == ' ')
		text[length - 1] = '\0';
	spell(&deeper, &inner, text);
}

static void spell_member_pointer(const struct spelling *spelling, Dwarf_Die *type,
				 const char *declarator)
{
	char mark[VMSPY_TYPE_NAME_MAX] = "", name[VMSPY_TYPE_NAME_MAX] = "";
	Dwarf_Die class;

	if (vmspy_die_refers(type, DW_AT_containing_type, &class))
		vmspy_type_scoped_name(spelling->namer, &class, name);
	add(mark, "%s::*", name);
	spell_pointer(spelling, type, mark, declarator);
}

static void spell(const struct spelling *spelling, Dwarf_Die *type, const char *declarator)
{
	int tag = type ? dwarf_tag(type) : DW_TAG_unspecified_type;

	if (!type || spelling->depth > DEPTH_MAX) {
		add(spelling->ret, "%s%s%s", type ? "..." : "void", declarator[0] ? " " : "",
		    declarator);
		return;
	}
	switch (tag) {
	case DW_TAG_pointer_type:
		spell_pointer(spelling, type, "*", declarator);
		break;
	case DW_TAG_reference_type:
		spell_pointer(spelling, type, "&", declarator);
		break;
	case DW_TAG_rvalue_reference_type:
		spell_pointer(spelling, type, "&&", declarator);
		break;
	case DW_TAG_ptr_to_member_type:
		spell_member_pointer(spelling, type, declarator);
		break;
	case DW_TAG_array_type:
		spell_array(spelling, type, declarator);
		break;
	case DW_TAG_subroutine_type:
		spell_function(spelling, type, declarator);
		break;
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		spell_qualified(spelling, type, declarator);
		break;
	default:
		spell_named(spelling, type, declarator);
	}
}

/* A name that was cut says so. */
static void mark_end(char *text)
{
	static const char cut[] = "...";

	if (strlen(text) + 1 == VMSPY_TYPE_NAME_MAX)
		memcpy(text + VMSPY_TYPE_NAME_MAX - sizeof(cut), cut, sizeof(cut));
}

void vmspy_type_name(struct vmspy_type_namer *namer, Dwarf_Die *type, char *ret)
{
	const struct spelling spelling = { .namer = namer, .ret = ret };

	ret[0] = '\0';
	spell(&spelling, type, "");
	mark_end(ret);
}

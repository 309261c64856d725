#include "addr_word.h"

#include <ctype.h>
#include <string.h>

#include "address.h"
#include "base/scan.h"

#include "base/banned.h"

/* An offset: "0x10" or "16", to the end of the word. */
static bool parse_offset(const char *text, uint64_t *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(text, strlen(text));
	bool found = vmspy_scan_text(&scan, "0x") ? vmspy_scan_hex(&scan, ret)
						  : vmspy_scan_decimal(&scan, ret);

	return found && scan.at == scan.end;
}

/*
 * Cut the offset off the name, if there is one: "operator+" has none, and only what is behind the
 * last sign may be one. Symbols and files may have a minus sign in them, registers have none.
 */
static void split(struct addr_word *word)
{
	const char *plus = strrchr(word->name, '+');
	const char *minus = word->kind == ADDR_REGISTER ? strrchr(word->name, '-') : NULL;
	const char *sign = minus && (!plus || minus > plus) ? minus : plus;

	word->name_length = strlen(word->name);
	if (!sign || !parse_offset(sign + 1, &word->offset_bytes))
		return;
	word->has_offset = true;
	word->is_negative = sign == minus;
	word->name_length = (size_t)(sign - word->name);
}

static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[0]) && !text[strspn(text, "0123456789abcdefABCDEFxX")];
}

static struct vmspy_error *bad(const struct addr_word *word, const char *why)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "'%s' is no address: %s", word->text, why);
}

struct vmspy_error *addr_word_parse(const char *text, struct addr_word *ret)
{
	struct addr_word word = { .kind = ADDR_NAME, .text = text, .name = text };

	if (!*text)
		return bad(&word, "it is empty");
	if (is_number(text)) {
		word.kind = ADDR_NUMBER;
		word.name_length = 0;
		*ret = word;
		return address_parse(text, strlen(text), &ret->number);
	}
	if (text[0] == '$') {
		word.kind = ADDR_REGISTER;
		word.name++;
	}
	split(&word);
	if (!word.name_length)
		return bad(&word, word.kind == ADDR_REGISTER ? "no register is named (like $sp)"
							     : "no name stands before the offset");
	*ret = word;
	return NULL;
}

static bool contains(const char *text, size_t length, const char *part)
{
	return memmem(text, length, part, strlen(part));
}

bool addr_word_is_file(const struct addr_word *word)
{
	return word->has_offset && !contains(word->name, word->name_length, ":") &&
	       (contains(word->name, word->name_length, "/") ||
		contains(word->name, word->name_length, ".so"));
}

struct vmspy_error *addr_word_add(const struct addr_word *word, uint64_t base, uint64_t *ret)
{
	uint64_t sum = word->is_negative ? base - word->offset_bytes : base + word->offset_bytes;

	if (word->is_negative ? sum > base : sum < base)
		return bad(word, "it lies beyond the address space");
	*ret = sum;
	return NULL;
}

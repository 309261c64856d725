/*
 * One of everything that a variable of C may be made of; valid C++ as well. The child changes it
 * member by member; the parent says what must be said of each: PATH | TYPE | before | after | bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../fixtures/fixture.h"

#ifdef __cplusplus
#define KEYWORD(word)
#define BOOL               "bool"
#define INT_FUNCTION(name) name "(int)"
#else
#define KEYWORD(word)      word " "
#define BOOL               "_Bool"
#define INT_FUNCTION(name) name
#endif

#ifdef __clang__
#define COMPLEX "complex"
#else
#define COMPLEX "complex double"
#endif

enum colour {
	RED,
	GREEN = 5,
	BLUE
};
enum rights {
	MAY_READ = 1,
	MAY_WRITE = 2,
	MAY_EXECUTE = 4
};
enum depth {
	BELOW = -1,
	LEVEL
};
typedef unsigned long counter_t;
typedef counter_t ticks_t;

struct point {
	int x, y;
};

struct list {
	struct list *next;
	int number;
};

union either {
	int number;
	float ratio;
	unsigned char bytes[4];
};

struct values {
	char tag;
	bool flag;
	short small;
	long long large;
	unsigned char octet;
	ticks_t ticks;
	const volatile unsigned fixed;
	float ratio;
	double precise;
	long double exact;
#ifdef __SIZEOF_INT128__
	__int128 wide;
#endif
	_Complex double waves;
	enum colour colour, strange;
	enum rights rights;
	enum depth depth;
	struct point point;
	struct {
		struct point corner[2];
	} box;
	union either either;
	struct {
		int hidden;
		union {
			int left;
			float right;
		};
	};
	unsigned bits_a : 3;
	signed bits_b : 5;
	unsigned bits_c : 20;
	unsigned long long bits_d : 40;
	enum colour bits_e : 4;
	unsigned : 2;
	bool bits_f : 1;
	int grid[3][4];
	char name[16], names[2][8];
	char message[16];
	const char *text;
	void *nothing;
	struct list *list;
	struct point (*points)[2];
	int (*call)(int);
	int (*calls[2])(int);
	struct list nodes[3];
	char behind[8];
	int same;
};

static int first_handler(int number)
{
	return number + 1;
}

static int second_handler(int number)
{
	return number + 2;
}

struct values values = {
	.tag = 'a',
	.flag = false,
	.small = -1,
	.large = -5000000000,
	.octet = 7,
	.ticks = 10,
	.fixed = 3,
	.ratio = 0.1F,
	.precise = 0.1,
	.exact = 1.5L,
#ifdef __SIZEOF_INT128__
	.wide = -1,
#endif
	.waves = 0,
	.colour = RED,
	.strange = GREEN,
	.rights = MAY_READ,
	.depth = LEVEL,
};

long plain = 41;
int numbers[1000];
double table[2][3][2];
const char *title = "before";

/* A variable that only this function knows. ret: its address. */
static int *count_calls(int more)
{
	static int calls = 100;

	calls += more;
	return &calls;
}

static void prepare(void)
{
	strcpy(values.name, "parent");
	strcpy(values.names[1], "one");
	strcpy(values.message, "hello");
	strcpy(values.behind, "ab");
	values.behind[4] = 'x';
	values.text = values.message;
	values.list = &values.nodes[0];
	values.points = &values.box.corner;
	values.call = first_handler;
	values.calls[1] = first_handler;
	values.either.ratio = 1.5F;
	values.bits_b = -3;
	values.bits_d = 1;
	title = values.message;
	numbers[0] = numbers[999] = 1; /* its pages are there before the fork */
}

static void change(void)
{
	values.tag = 'b';
	values.flag = true;
	values.small = -2;
	values.large = 5000000000;
	values.octet = 200;
	values.ticks = 11;
	*(unsigned *)(uintptr_t)&values.fixed = 4;
	values.ratio = 0.25F;
	values.precise = -1e300;
	values.exact = 0.1L;
#ifdef __SIZEOF_INT128__
	values.wide = (__int128)1 << 100;
#endif
	__real__ values.waves = 1.5;
	__imag__ values.waves = -2;
	values.colour = BLUE;
	values.strange = (enum colour)42;
	values.rights = (enum rights)(MAY_WRITE | MAY_EXECUTE);
	values.depth = BELOW;
	values.point.y = 9;
	values.box.corner[1].x = 8;
	values.either.ratio = 2.5F;
	values.hidden = 3;
	values.right = 1.5F;
	values.bits_a = 5;
	values.bits_b = 4;
	values.bits_c = 0xfffff;
	values.bits_d = 0xff00000001;
	values.bits_e = GREEN;
	values.bits_f = true;
	values.grid[2][1] = 21;
	strcpy(values.name, "child \x1b\xc3\xa4");
	strcpy(values.names[1], "two");
	values.text = values.message + 1;
	values.nothing = &plain;
	values.list = &values.nodes[2];
	values.points = NULL;
	values.call = second_handler;
	values.calls[0] = second_handler;
	values.nodes[1].number = 1;
	values.behind[4] = 'y';
	plain = 42;
	title = NULL;
	count_calls(1);
	for (size_t i = 990; i < 999; i++)
		numbers[i] = (int)i;
	table[1][2][0] = 0.5;
}

#define OF(member) sizeof(values.member)

static void say_members(void)
{
	printf("member values.tag | char | 97 'a' | 98 'b' | 1\n");
	printf("member values.flag | " BOOL " | false | true | 1\n");
	printf("member values.small | short | -1 | -2 | 2\n");
	printf("member values.large | long long | -5000000000 | 5000000000 | 8\n");
	printf("member values.octet | unsigned char | 7 | 200 | 1\n");
	printf("member values.ticks | ticks_t | 10 | 11 | %zu\n", OF(ticks));
	printf("member values.fixed | const volatile unsigned int | 3 | 4 | 4\n");
	printf("member values.ratio | float | 0.1 | 0.25 | 4\n");
	printf("member values.precise | double | 0.1 | -1e+300 | 8\n");
	printf("member values.exact | long double | 1.5 | 0.1 | %zu\n", OF(exact));
#ifdef __SIZEOF_INT128__
	printf("member values.wide | __int128 | -1 | 1267650600228229401496703205376 | 16\n");
#endif
	printf("member values.waves | " COMPLEX " | 0+0i | 1.5-2i | 16\n");
	printf("member values.colour | " KEYWORD("enum") "colour | RED | BLUE | 4\n");
	printf("member values.strange | " KEYWORD("enum") "colour | GREEN | 42 | 4\n");
	printf("member values.rights | " KEYWORD("enum") "rights | MAY_READ | "
							 "MAY_WRITE|MAY_EXECUTE | 4\n");
	printf("member values.depth | " KEYWORD("enum") "depth | LEVEL | BELOW | 4\n");
	printf("member values.point.y | int | 0 | 9 | 4\n");
	printf("member values.box.corner[1].x | int | 0 | 8 | 4\n");
	printf("member values.either.number | int | 1069547520 | 1075838976 | 4 union\n");
	printf("member values.either.ratio | float | 1.5 | 2.5 | 4 union\n");
	printf("member values.either.bytes | unsigned char [4] | \"\\x00\\x00\\xc0?\" | "
	       "\"\\x00\\x00 @\" | 4 union\n");
	printf("member values.hidden | int | 0 | 3 | 4\n");
	printf("member values.left | int | 0 | 1069547520 | 4 union\n");
	printf("member values.right | float | 0 | 1.5 | 4 union\n");
	printf("member values.grid[2][1] | int | 0 | 21 | 4\n");
	printf("member values.nodes[1].number | int | 0 | 1 | 4\n");
}

static void say_bits(void)
{
	printf("member values.bits_a | unsigned int | 0 | 5 | 1\n");
	printf("member values.bits_b | int | -3 | 4 | 1\n");
	printf("member values.bits_c | unsigned int | 0 | 1048575 | 3\n");
	printf("member values.bits_d | unsigned long long | 1 | 1095216660481 | 5\n");
	printf("member values.bits_e | " KEYWORD("enum") "colour | RED | GREEN | 1\n");
	printf("member values.bits_f | " BOOL " | false | true | 1\n");
}

#define AT(member) offsetof(struct values, member)

static void say_pointers(void)
{
	printf("member values.text | const char * | %p <values+%zu> \"hello\" | %p <values+%zu> "
	       "\"ello\" | %zu\n",
	       (void *)values.message, AT(message), (void *)(values.message + 1), AT(message) + 1,
	       sizeof(void *));
	printf("member values.nothing | void * | 0x0 | %p <plain> | %zu\n", (void *)&plain,
	       sizeof(void *));
	printf("member values.list | " KEYWORD(
		       "struct") "list * | %p <values+%zu> | %p <values+%zu> "
				 "| %zu\n",
	       (void *)&values.nodes[0], AT(nodes), (void *)&values.nodes[2], AT(nodes[2]),
	       sizeof(void *));
	printf("member values.points | " KEYWORD("struct") "point (*)[2] | %p <values+%zu> | 0x0 | "
							   "%zu\n",
	       (void *)&values.box.corner, AT(box), sizeof(void *));
	printf("member values.call | int (*)(int) | %p <" INT_FUNCTION(
		       "first_handler") "> | %p <" INT_FUNCTION("second_handler") "> | %zu\n",
	       (void *)(uintptr_t)first_handler, (void *)(uintptr_t)second_handler, sizeof(void *));
	printf("member values.calls[0] | int (*)(int) | 0x0 | %p <" INT_FUNCTION(
		       "second_handler") "> | %zu\n",
	       (void *)(uintptr_t)second_handler, sizeof(void *));
}

static void say_texts(void)
{
	printf("member values.name | char [16] | \"parent\" | \"child \\x1b\xc3\xa4\" | 16\n");
	printf("member values.names[1] | char [8] | \"one\" | \"two\" | 8\n");
	printf("member values.behind | char [8] | \"ab\\x00\\x00x\" | \"ab\\x00\\x00y\" | 8\n");
}

static void say_others(void)
{
	printf("variable values | " KEYWORD("struct") "values | - | - | 0\n");
	printf("variable plain | long | 41 | 42 | 0\n");
	printf("variable title | const char * | %p <values+%zu> \"hello\" | 0x0 | 0\n",
	       (void *)values.message, AT(message));
	printf("variable " INT_FUNCTION("count_calls") "::calls | int | 100 | 101 | 0\n");
	printf("variable numbers | int [1000] | - | - | 0\n");
	for (int i = 990; i < 999; i++)
		printf("member numbers[%d] | int | 0 | %d | 4\n", i, i);
	printf("variable table | double [2][3][2] | - | - | 0\n");
	printf("member table[1][2][0] | double | 0 | 0.5 | 8\n");
}

int main(void)
{
	struct gate gate = gate_create();
	pid_t child;

	prepare();
	child = fork_bound();
	if (!child) {
		change();
		gate_pass(gate);
		stay();
	}
	gate_wait(gate);
	printf("%d %d\n", getpid(), child);
	say_members();
	say_bits();
	say_pointers();
	say_texts();
	say_others();
	ready_until_looked_at();
	return *count_calls(0) != 100;
}

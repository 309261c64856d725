/*
 * What C++ has beyond C. The child changes it member by member; the parent says what must be said
 * of each: PATH | TYPE | before | after | bytes.
 */
#include <cstddef>
#include <string>

#include "../fixtures/fixture.h"

namespace shop
{

enum class Size : unsigned char {
	Small = 1,
	Large = 200
};
enum Plain {
	None,
	Some = 3
};

struct Named {
	long id = 1;
	int shared = 2;
	static int count;
};

struct Priced {
	double price = 1.5;
	int shared = 3;
};

struct Base {
	virtual ~Base() = default;
	int level = 4;
};

template <typename T, int N> struct Box {
	T content[N] = {};
};

struct Item : Base, Named, Priced {
	Size size = Size::Small;
	Plain plain = None;
	Box<short, 3> box;
	struct Inner {
		Box<bool, 2> flags;
	} inner;
	int &reference;
	int &&moved;
	std::string text = "parent";
	int Named::*which = nullptr;
	char32_t letter = U'a';
	explicit Item(int &target) : reference(target), moved(static_cast<int &&>(target))
	{
	}
};

int Named::count = 10;
int first = 1, second = 2;
Item item(first);

} // namespace shop

namespace
{
struct Hidden {
	int number;
} hidden = { 1 };
} // namespace

template <typename T> struct Counter {
	static T total;
};
template <typename T> T Counter<T>::total = 5;
template struct Counter<long>;

struct Machine {
	static int *steps(int more)
	{
		static int taken = 7;

		taken += more;
		return &taken;
	}
};

using namespace shop;

static void change()
{
	Item *other = new Item(second);

	item.id = 11;
	item.Named::shared = 12;
	item.price = 2.5;
	item.Priced::shared = 13;
	item.level = 14;
	item.size = Size::Large;
	item.plain = Some;
	item.box.content[2] = 5;
	item.inner.flags.content[1] = true;
	memcpy((char *)&item + ((char *)&item.text - (char *)&item) - 2 * sizeof(void *),
	       (char *)other + ((char *)&other->text - (char *)other) - 2 * sizeof(void *),
	       sizeof(void *));
	item.text = "child";
	item.which = &Named::shared;
	item.letter = U'b';
	Named::count = 15;
	hidden.number = 2;
	Counter<long>::total = 6;
	Machine::steps(1);
}

static void say()
{
	printf("variable shop::item | shop::Item | - | - | 0\n");
	printf("member shop::item.level | int | 4 | 14 | 4\n");
	printf("member shop::item.id | long | 1 | 11 | %zu\n", sizeof(long));
	printf("member shop::item.Named::shared | int | 2 | 12 | 4\n");
	printf("member shop::item.price | double | 1.5 | 2.5 | 8\n");
	printf("member shop::item.Priced::shared | int | 3 | 13 | 4\n");
	printf("member shop::item.size | shop::Size | Size::Small | Size::Large | 1\n");
	printf("member shop::item.plain | shop::Plain | None | Some | 4\n");
	printf("member shop::item.box.content[2] | short | 0 | 5 | 2\n");
	printf("member shop::item.inner.flags.content[1] | bool | false | true | 1\n");
	printf("member shop::item.reference | int & | %p <shop::first> | %p <shop::second> | %zu\n",
	       (void *)&first, (void *)&second, sizeof(void *));
	printf("member shop::item.which | int shop::Named::* | 0xffffffff%s | 0x%zx | %zu\n",
	       sizeof(void *) == 8 ? "ffffffff" : "", offsetof(Named, shared), sizeof(void *));
	printf("member shop::item.letter | char32_t | 97 'a' | 98 'b' | 4\n");
	printf("variable shop::Named::count | int | 10 | 15 | 0\n");
	printf("variable (anonymous namespace)::hidden | (anonymous namespace)::Hidden | - | - | "
	       "0\n");
	printf("member (anonymous namespace)::hidden.number | int | 1 | 2 | 4\n");
	printf("variable Counter<long>::total | long | 5 | 6 | 0\n");
	printf("variable Machine::steps(int)::taken | int | 7 | 8 | 0\n");
}

int main()
{
	struct gate gate = gate_create();
	pid_t child;

	Machine::steps(0);
	child = fork_bound();
	if (!child) {
		change();
		gate_pass(gate);
		stay();
	}
	gate_wait(gate);
	printf("%d %d\n", getpid(), child);
	say();
	printf("member shop::item.text | std::string | \"parent\" | \"child\" | %zu\n",
	       sizeof(std::string));
	ready_until_looked_at();
	return hidden.number;
}

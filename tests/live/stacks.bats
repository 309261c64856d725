#!/usr/bin/env bats
# Whose stack a diverged page is, and whose frame.

load lib

setup() {
	need_root
}

# build NAME FLAG...: the fixture, by $CC and these flags.
build() {
	local name=$1
	shift
	mkdir -p "$BATS_TEST_TMPDIR/$name"
	"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -pthread "$@" -o "$BATS_TEST_TMPDIR/$name/stacks" \
		"$LIVE/fixtures/stacks.c"
}

# The stack that has the page at ADDRESS, as JSON.
stack_at() { # stack_at ADDRESS
	ask '.stacks[] | select((.start | hex) <= ($at | hex) and ($at | hex) < (.end | hex)) | tojson' \
		--arg at "0x$1"
}

# Each page that was written to lies on the stack of the thread that wrote to it.
threads_are_right() {
	local region side tid name function address stack
	for region in "${REGIONS[@]:1}"; do
		read -r side tid name function address <<<"$region"
		stack=$(stack_at "$address")
		is "$(jq -r "[.tid_$side, .comm_$side] | @tsv" <<<"$stack")" "$tid	$name" \
			"whose stack has $function's page on side $side" || return
	done
}

# Only the thread that forked goes on in the child: the other stacks are nobody's there.
others_are_nobodys() {
	local region side tid name function address b
	for region in "${REGIONS[@]:1}"; do
		read -r side tid name function address <<<"$region"
		b=$(stack_at "$address" | jq -r .comm_b)
		case $name in
		blue | kid) is "$b" kid "who stands on the stack of $name in b" || return ;;
		*) is "$b" null "who stands on the stack of $name in b" || return ;;
		esac
	done
}

# frame_at SIDE ADDRESS: the function whose frame has the page.
frame_at() {
	stack_at "$2" | jq -r -L "$LIVE" --arg side "$1" --arg at "0x$2" 'include "answer";
		.frames[] | select(.side == $side and (.start | hex) <= ($at | hex) and ($at | hex) < (.end | hex)) |
		.function'
}

functions_are_right() {
	local region side tid name function address
	for region in "${REGIONS[@]:1}"; do
		read -r side tid name function address <<<"$region"
		is "$(frame_at "$side" "$address")" "$function" "whose frame has the page of $name" || return
	done
}

# red wrote to one byte of middle's frame: outer's, above it, was not copied.
only_frames_on_diverged_pages_are_told() {
	local red
	red=$(ask '.stacks[] | select(.comm_a == "red") | tojson')
	is "$(jq -r '[.frames[] | select(.function == "outer")] | length' <<<"$red")" 0 "outer's frames"
	is "$(jq -r '.frames[] | select(.function == "middle") | .changed_bytes // 1' <<<"$red")" 1 \
		"bytes that changed in middle's frame"
	# Both sides wrote one byte each to outer's frame on the stack of the thread that forked.
	is "$(ask '.stacks[] | select(.comm_b == "kid") | .frames[] |
		select(.function == "outer") | .changed_bytes // 2' | sort -u)" 2 \
		"bytes that changed in outer's frame"
}

frames_are_in_order() {
	is "$(ask '[.stacks[].frames | (map(select(.side == "a")), map(select(.side == "b"))) |
		map((.start | hex)) | . == sort] | all')" true "innermost first"
}

# What started a thread has the name of that function, or none where the C library is stripped: not
# that of whatever function is named last before it.
no_name_is_wrong() {
	is "$(ask '[.stacks[].frames | . as $frames | range(1; length) |
		select($frames[. - 1].function == "run_actor") | $frames[.].function] - [null, "start_thread"] |
		unique | tojson')" '[]' "names of what started the threads"
}

stacks_are_right() {
	look diff --json --stacks "$A" "$B"
	threads_are_right
	others_are_nobodys
	functions_are_right
	frames_are_in_order
	no_name_is_wrong
	nothing_is_left_on "$A" "$B"
}

stacks_of_build() { # stacks_of_build NAME FLAG...
	build "$@"
	FIXTURE_DIR=$BATS_TEST_TMPDIR/$1 fixture stacks depths
	stacks_are_right
}

@test "a diverged stack page belongs to its thread, whoever forked" {
	fixture stacks depths
	look diff --json "$A" "$B"
	threads_are_right
	others_are_nobodys
	is "$(ask '[.stacks[] | has("frames")] | any')" false "whether frames are told unasked"
}

@test "a diverged stack page belongs to the functions whose frames lie on it" {
	fixture stacks depths
	stacks_are_right
	only_frames_on_diverged_pages_are_told
}

@test "the functions are those of code without frame pointers" {
	stacks_of_build plain -O2 -fomit-frame-pointer
}

@test "the functions are those of code with frame pointers and no unwind tables" {
	stacks_of_build pointers -O1 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables \
		-fno-unwind-tables -fno-exceptions
}

@test "the functions are those of code that is not optimised" {
	stacks_of_build slow -O0
}

@test "the functions are those of a program that is linked statically" {
	stacks_of_build static -O2 -static
}

@test "the functions are those of a program that lies at a fixed address" {
	stacks_of_build fixed -O2 -no-pie -fno-pie
}

@test "the functions are those of 32-bit code" {
	build small -m32 -O2 2>/dev/null || skip_loudly "cannot build 32-bit programs"
	stacks_of_build small -m32 -O2
}

@test "the functions are those of the other compiler" {
	local CC=clang
	need_command clang
	stacks_of_build clang -O2
}

@test "a stripped program has frames without names" {
	build stripped -O2 -s
	FIXTURE_DIR=$BATS_TEST_TMPDIR/stripped fixture stacks depths
	look diff --json --stacks "$A" "$B"
	threads_are_right
	is "$(ask '[.stacks[].frames[] | select(.object | endswith("/stacks")) | .function] | unique | tojson')" \
		'[null]' "names of a stripped program"
	frames_are_in_order
}

@test "the functions are those of the file that is mapped, not of the one that has its name" {
	build replaced -O2
	FIXTURE_DIR=$BATS_TEST_TMPDIR/replaced fixture stacks depths
	cp /bin/true "$BATS_TEST_TMPDIR/replaced/other"
	mv "$BATS_TEST_TMPDIR/replaced/other" "$BATS_TEST_TMPDIR/replaced/stacks"
	stacks_are_right
}

@test "without a hold threads that wait are known, and their functions are not" {
	fixture stacks depths
	asleep "$A" "$B"
	look diff --json --no-hold --stacks "$A" "$B"
	threads_are_right
	is "$(ask '[.stacks[].frames[]] | length')" 0 "frames"
	message_has 'could not be unwound.*held'
}

@test "the names of threads may hold any bytes" {
	fixture stacks depths $'a"\n\033[31m\xff'
	look diff --json "$A" "$B"
	is "$(ask '.stacks[] | select(.comm_a | startswith("a\"")) | .comm_a | tojson')" \
		'"a\"\n\u001b[31mÿ"' "the name in JSON"
	look diff "$A" "$B"
	is "$(grep -c $'\033' "$ANSWER")" 0 "lines with control characters"
}

@test "text and raw tell the same stacks" {
	fixture stacks depths
	look diff --raw --noheadings --stacks -o STACK,TID-A,TID-B "$A" "$B"
	is "$(wc -l <"$ANSWER")" 4 "rows"
	look diff --stacks "$A" "$B"
	grep -q 'the stack at .*: .* blue in a, .* kid in b' "$ANSWER" || fail "blue's stack is not told"
	grep -qE ' b .* outer ' "$ANSWER" || fail "outer's frame in b is not told"
}

@test "a thousand threads are told apart" {
	fixture stacks many 1000
	look diff --json --stacks "$A" "$B"
	is "$(ask '[.stacks[] | select(.tid_a != null)] | length >= 1000')" true "threads of a"
	is "$(ask '[.stacks[] | .tid_a | select(. != null)] | length == (unique | length)')" true \
		"whether each is told once"
	is "$(ask '[.stacks[] | select(.tid_b != null)] | length')" 1 "threads of b"
	nothing_is_left_on "$A" "$B"
}

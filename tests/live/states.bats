#!/usr/bin/env bats
# One state of memory at a time: what fixtures/states.c makes is what vmspy diff says.

load lib

setup() {
	need_root
}

states_like() { # states_like PATTERN: in STATES
	mapfile -t STATES < <("$BUILT/states" list | grep -E "^($1)\$")
	((${#STATES[@]} > 0)) || fail "no state is called like '$1'"
}

@test "a page of anonymous memory diverges when a side writes it, and not before" {
	states_like 'anon-.*'
	each_state "${STATES[@]}"
}

@test "data, bss, heap, stack and locked memory are copied like any other private memory" {
	states_like 'data.*|bss|heap|stack|locked'
	each_state "${STATES[@]}"
}

@test "a page of a private file is shared until it is written, and nothing is said before both looked" {
	states_like 'file-.*'
	each_state "${STATES[@]}"
}

@test "zero pages, small and huge, are nobody's memory until one side writes" {
	states_like 'zero-.*|huge-zero-.*'
	each_state "${STATES[@]}"
}

@test "shared memory stays shared, and what one side has not touched yet says nothing" {
	states_like 'shared-.*|memfd-.*'
	each_state "${STATES[@]}"
}

@test "of a huge page only the small page that was written has diverged" {
	states_like 'thp-.*'
	each_state "${STATES[@]}"
}

@test "memory that one side dropped, unmapped, moved or did not inherit is on one side only" {
	states_like 'dropped-.*|freed-.*|dontfork|wipeonfork|unmapped-.*|moved-.*'
	each_state "${STATES[@]}"
}

@test "permissions do not matter, another file at the same address does" {
	states_like 'made-inaccessible-.*|replaced-.*|file-replaced-.*'
	each_state "${STATES[@]}"
}

@test "guard regions and write-protection markers are neither swapped nor present" {
	states_like 'guard-.*|uffd-.*'
	each_state "${STATES[@]}"
}

@test "every state of the fixture is part of a test" {
	local here
	here=$(sed -n "s/^\tstates_like '\(.*\)'$/\1/p" "$BATS_TEST_FILENAME" | paste -sd'|')
	is "$("$BUILT/states" list | grep -vE "^($here)\$")" "" "states that nobody tests"
}

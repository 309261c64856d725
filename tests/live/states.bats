#!/usr/bin/env bats
# One state of memory at a time: what fixtures/states.c makes is what vmspy diff says.

load lib

setup() {
	need_root
}

@test "a page of anonymous memory diverges when a side writes it, and not before" {
	made_like 'anon-.*' states
	each_state "${MADE[@]}"
}

@test "data, bss, heap, stack and locked memory are copied like any other private memory" {
	made_like 'data.*|bss|heap|stack|locked' states
	each_state "${MADE[@]}"
}

@test "a page of a private file is shared until it is written, and nothing is said before both looked" {
	made_like 'file-.*' states
	each_state "${MADE[@]}"
}

@test "zero pages, small and huge, are nobody's memory until one side writes" {
	made_like 'zero-.*|huge-zero-.*' states
	each_state "${MADE[@]}"
}

@test "shared memory stays shared, and what one side has not touched yet says nothing" {
	made_like 'shared-.*|memfd-.*' states
	each_state "${MADE[@]}"
}

@test "of a huge page only the small page that was written has diverged" {
	made_like 'thp-.*' states
	each_state "${MADE[@]}"
}

@test "memory that one side dropped, unmapped, moved or did not inherit is on one side only" {
	made_like 'dropped-.*|freed-.*|dontfork|wipeonfork|unmapped-.*|moved-.*' states
	each_state "${MADE[@]}"
}

@test "permissions do not matter, another file at the same address does" {
	made_like 'made-inaccessible-.*|replaced-.*|file-replaced-.*' states
	each_state "${MADE[@]}"
}

@test "guard regions and write-protection markers are neither swapped nor present" {
	made_like 'guard-.*|uffd-.*' states
	each_state "${MADE[@]}"
}

@test "every state of the fixture is part of a test" {
	none_is_left_out states
}

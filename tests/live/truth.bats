#!/usr/bin/env bats
# Whole address spaces, both stopped: every count and every run is that of an independent reader.

load lib

setup() {
	need_root
}

true_for() {
	fixture "$@"
	stop "$A" "$B"
	counts_are_true "$A" "$B"
}

@test "the counts are true where the child wrote" {
	true_for states anon-child-wrote
}

@test "the counts are true with huge pages" {
	true_for states thp-both-wrote
}

@test "the counts are true with zero pages" {
	true_for states bss
	finish_fixtures
	true_for states huge-zero-child-wrote
}

@test "the counts are true with shared memory and private files" {
	true_for states memfd-both-touched
	finish_fixtures
	true_for states file-half-written
}

@test "the counts are true with guard regions and other files at one address" {
	true_for states guard-by-child
	finish_fixtures
	true_for states replaced-by-child
	finish_fixtures
	true_for states replaced-by-child-who-only-looked
	finish_fixtures
	true_for states file-replaced-by-child
}

@test "the counts are true for layouts that differ" {
	true_for states moved-by-child
}

@test "the counts are true for siblings" {
	true_for family siblings
}

@test "the counts are true for a child that runs another program" {
	true_for family executed
}

@test "the counts are true for a process with threads" {
	fixture family threads
	local a=$A
	fixture states anon-nobody-wrote
	stop "$a" "$A"
	counts_are_true "$a" "$A"
}

@test "the counts are true for hostile names" {
	true_for odd names
}

@test "the counts are true for a dense pair with pages copied at random" {
	true_for big dense 128
}

@test "the counts are true for thousands of mappings" {
	true_for big mappings 3000
}

@test "the counts are true whatever both did to their memory" {
	local seed
	for seed in ${VMSPY_SOUP_SEEDS:-1 2 3}; do
		true_for soup "$seed"
		undisturbed "$A" "$B" look diff --json --runs "$A" "$B" || (($? == 3))
		finish_fixtures
	done
}

frame_of() { # frame_of WORDS ADDRESS: as 0x..., the low 55 bits
	local word
	word=$(sed -n "s/^${2#0x} //p" "$1")
	printf '0x%x' $((0x${word:-0} & ((1 << 55) - 1)))
}

frames_are_true() { # frames_are_true SIDE PID
	local start frame frames=0
	look_at_runs "$A" "$B" || return
	"$BUILT/oracle" words "$2" >"$BATS_TEST_TMPDIR/words" || return
	while read -r start frame; do
		is "$(frame_of "$BATS_TEST_TMPDIR/words" "$start")" "$frame" "the frame of $2 at $start" || return
		frames=$((frames + 1))
	done < <(ask ".runs[] | select(.frame_$1 != null) | \"\(.start) \(.frame_$1)\"")
	((frames > 10)) || fail "only $frames frames were told"
}

@test "the frames of a run are those of its first page" {
	fixture states anon-both-wrote
	stop "$A" "$B"
	steadily frames_are_true a "$A"
	steadily frames_are_true b "$B"
}

# identical_in_region: of the mapping that holds the first region
identical_in_region() {
	local start
	read -r _ _ start _ <<<"${REGIONS[0]}"
	ask ".mappings[] | select((.start | hex) <= (\"$start\" | hex) and (.end | hex) > (\"$start\" | hex))
		| .identical_pages"
}

@test "copies with equal bytes are identical, and others are not" {
	local same different
	fixture states data-both-wrote-the-same
	look_at_runs "$A" "$B"
	same=$(identical_in_region)
	finish_fixtures
	fixture states data
	look_at_runs "$A" "$B"
	different=$(identical_in_region)
	is "$((same - different))" 1 "one page more was copied for nothing ($same, $different)"
}

# What does not depend on where the kernel has put a page by now, nor on which CPU a thread ran last: that
# stands in its rseq area.
lasting_part() {
	ask '[.totals, .runs] | map(del(.. | .left?, .left_source?, .frame_a?, .frame_b?, .frames_contiguous?, .identical_pages?, .changed_bytes?))'
}

@test "without a hold the answer is the same for processes that sleep" {
	fixture states anon-both-wrote
	asleep "$A" "$B"
	look_at_runs "$A" "$B"
	lasting_part >"$BATS_TEST_TMPDIR/held"
	look_at_runs --no-hold "$A" "$B"
	is "$(ask '"\(.a.held) \(.b.held)"')" "false false" "held"
	lasting_part >"$BATS_TEST_TMPDIR/free"
	diff "$BATS_TEST_TMPDIR/held" "$BATS_TEST_TMPDIR/free" >&2
}

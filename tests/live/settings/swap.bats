#!/usr/bin/env bats
# Swapped pages, on a swap area in compressed memory that only lives as long as a test.

load settings
load ../maps

setup() {
	need_root
	trap restore_and_exit INT TERM HUP
	swap_to_memory
}

@test "a swap slot is shared, copied and left like a frame, and a page only read says nothing" {
	made_like 'swap-.*' states settings
	each_state "${MADE[@]}"
}

@test "the counts are true with swapped pages" {
	local state
	for state in swap-nobody-looked swap-child-looked swap-child-wrote swap-both-wrote; do
		counts_are_true_for states "$state"
		(($(ask '.a.swapped_pages') > 0)) || fail "nothing is swapped in $state"
		finish_fixtures
	done
}

@test "the counts are true whatever both did to their memory, some of it swapped" {
	local seed
	for seed in 11 12 13; do
		counts_are_true_for soup "$seed"
		(($(ask .b.swapped_pages) > 0)) || fail "nothing is swapped"
		finish_fixtures
	done
}

@test "no page is swapped in by looking" {
	local state
	for state in swap-nobody-looked swap-child-looked swap-both-wrote; do
		fixture states "$state"
		asleep "$A" "$B"
		undisturbed "$A" "$B" look diff --json --runs --content=all "$A" "$B"
		finish_fixtures
	done
}

@test "without privilege what is swapped is unknown" {
	fixture states swap-both-wrote
	RUN_AS=(setpriv --bounding-set -sys_admin --)
	look_at_runs "$A" "$B"
	local start
	read -r _ _ start _ <<<"${REGIONS[0]}"
	is "$(ask "words(\"$start\"; 4; .host.page_bytes)")" "unknown*4" "the region"
}

@test "what is swapped out is counted as pmap counts it" {
	local area
	need_command pmap
	fixture mapped swap
	steadily readers_of_smaps_agree "$A"
	area=$(printf '%s\n' "${REGIONS[@]}" | sed -n 's/^swapped //p')
	look maps --raw --noheadings --filter 'SWAP>=256K' -o START,RSS,SWAP,SWAP-PSS "$A"
	is "$(cat "$ANSWER")" "$area 0 262144 262144" "the pages that were swapped out"
}

#!/usr/bin/env bats
# --max-hold: the same answer in slices, between which both run on.

load lib

runs_of_answer() {
	jq -S '[.runs[] | del(.frame_a, .frame_b)], [.totals | .shared_pages, .diverged_pages]' "$ANSWER"
}

@test "in slices the answer is the same, and no slice is longer than was asked or it is told" {
	fixture big dense 512
	asleep "$A" "$B"
	look_at_runs "$A" "$B"
	is "$(jq .hold.slices "$ANSWER")" 1 "slices without a limit"
	is "$(jq .hold.max_ns "$ANSWER")" null "the limit, without one"
	runs_of_answer >"$BATS_TEST_TMPDIR/at-once"
	look_at_runs --max-hold=2 "$A" "$B"
	runs_of_answer | diff "$BATS_TEST_TMPDIR/at-once" - >&2 || fail "another answer"
	(($(jq .hold.slices "$ANSWER") > 2)) || fail "it was not cut" "$(jq .hold "$ANSWER")"
	is "$(jq .hold.max_ns "$ANSWER")" 2000000 "the limit"
	is "$(jq '.a.held and .b.held' "$ANSWER")" true "held"
	is "$(jq '.hold.longest_ns <= .hold.max_ns' "$ANSWER")" "$(grep -q 'longer than the 2ms' "$MESSAGES" && echo false || echo true)" \
		"what is told of the longest slice"
	nothing_is_left_on "$A" "$B"
	asleep "$A" "$B"
}

@test "slices disturb no page" {
	local tries result
	for ((tries = 0; tries < 5; tries++)); do
		fixture big dense 64
		asleep "$A" "$B"
		result=0
		undisturbed "$A" "$B" look diff --json --max-hold=1 "$A" "$B" || result=$?
		((result == 3)) || return "$result"
		finish_fixtures
	done
	skip_loudly "the kernel moves pages all the time"
}

@test "between slices both run on" {
	fixture odd busy
	look diff --json --max-hold=0.5 "$A" "$B"
	is "$STATUS" 1 "status"
	(($(jq .hold.slices "$ANSWER") > 1)) || fail "it was not cut" "$(jq .hold "$ANSWER")"
	nothing_is_left_on "$A" "$B"
}

@test "people are told of slices, and that not all is of one instant" {
	fixture big dense 256
	look diff --max-hold=1 "$A" "$B"
	grep -q 'held in [0-9]* slices: each page is judged at an instant of its own' "$ANSWER" || fail "not told" "$(cat "$ANSWER")"
	tail -1 "$ANSWER" | grep -q '^held .* in [0-9]* slices of at most .* page words' || fail "no last line" "$(tail -1 "$ANSWER")"
	look diff "$A" "$B"
	! grep -q slices "$ANSWER" || fail "slices are told where there are none"
	tail -1 "$ANSWER" | grep -q '^held [0-9.]*ms: .* page words' || fail "no last line" "$(tail -1 "$ANSWER")"
}

@test "killed between slices or in one, vmspy leaves nothing" {
	fixture big dense 256
	asleep "$A" "$B"
	local round
	for ((round = 0; round < 10; round++)); do
		timeout -s KILL "0.0$((round + 1))" "$VMSPY" diff --max-hold=0.5 "$A" "$B" >/dev/null 2>&1 3>&- || :
		wait_until free_of_us "$A" "$B"
		asleep "$A" "$B"
	done
}

free_of_us() {
	local pid
	for pid; do [[ $(tracer_of "$pid") == 0 ]] || return 1; done
}

@test "a limit that is none is refused" {
	local limit
	for limit in 0 -1 x '' 1x 0.0000001; do
		refused diff --max-hold="$limit" $$ $$
		message_has "no time above 0"
	done
	refused diff --max-hold=1 --no-hold $$ $$
	message_has "exclude each other"
}

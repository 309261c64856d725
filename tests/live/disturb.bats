#!/usr/bin/env bats
# Looking changes nothing: not the page tables, not the processes.

load lib

setup() {
	need_root
}

# undisturbed_fixture FIXTURE CASE DIFF-ARG...: between the first two processes that it names.
undisturbed_fixture() {
	local name=$1 case=$2 tries result
	shift 2
	for ((tries = 0; tries < 5; tries++)); do
		fixture "$name" "$case"
		asleep "$A" "$B"
		[[ ${STOPPED:-} ]] && stop "$A" "$B"
		result=0
		undisturbed "$A" "$B" look diff --json "$@" "$A" "$B" || result=$?
		((result == 3)) || return "$result"
		finish_fixtures
	done
	skip_loudly "the kernel moves pages all the time"
}

undisturbed_state() {
	undisturbed_fixture states "$@"
}

@test "no page changes its frame, comes or goes, or loses its sharing" {
	local state
	for state in anon-child-wrote anon-never-touched bss file-half-written zero-child-wrote \
		memfd-only-parent-touched dropped-by-child guard-by-child made-inaccessible-by-child; do
		undisturbed_state "$state" --runs
		finish_fixtures
	done
}

@test "no huge page is split" {
	undisturbed_state thp-nobody-wrote --runs
	finish_fixtures
	undisturbed_state thp-both-wrote --runs
	finish_fixtures
	undisturbed_state huge-zero-nobody-wrote --runs
}

@test "no page of a stopped process changes" {
	STOPPED=1 undisturbed_state anon-both-wrote --runs
}

@test "names, values and bytes are read without a trace" {
	undisturbed_state data --runs --symbols
}

@test "reading all bytes leaves every page as it is" {
	local state
	for state in anon-both-filled bss file-half-written file-child-wrote dropped-and-used-again \
		zero-both-looked guard-by-child uffd-marker-child-filled made-inaccessible-by-child \
		memfd-only-parent-touched thp-child-wrote-page-9 thp-both-wrote thp-child-collapsed \
		huge-zero-child-wrote dontfork stack; do
		undisturbed_state "$state" --content=all
		(($(ask .content.compared_pages) > 0)) || fail "no bytes were read of $state"
		finish_fixtures
	done
}

# Page 3 differs between the siblings; the second shares it with the parent.
@test "a page whose bytes are read stays shared with third processes" {
	undisturbed_fixture family siblings
	(($(ask .totals.compared_pages) > 0)) || fail "no bytes were read"
	steadily regions_are_true
}

@test "processes run on without a tracer" {
	fixture states anon-child-wrote
	look_at_runs "$A" "$B"
	nothing_is_left_on "$A" "$B"
	asleep "$A" "$B"
}

@test "a stopped process stays stopped, and goes on when it is told to" {
	fixture states anon-child-wrote
	stop "$A" "$B"
	look_at_runs "$A" "$B"
	nothing_is_left_on "$A" "$B"
	is "$(state_of "$A")$(state_of "$B")" TT "the states"
	kill -CONT "$A" "$B"
	asleep "$A" "$B"
}

@test "no signal is added and none is lost" {
	local line
	fixture odd signals
	grep -E '^(SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt)' "/proc/$A/status" >"$BATS_TEST_TMPDIR/before"
	look_at_runs "$A" "$B"
	grep -E '^(SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt)' "/proc/$A/status" >"$BATS_TEST_TMPDIR/after"
	cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	echo >&"${FIXTURE_INPUTS[0]}"
	for ((looks = 0; looks < 500; looks++)); do
		look diff "$A" "$B"
		read -r -t 0 -u "$FIXTURE_OUTPUT" && break # there is something to read; nothing is read yet
	done
	read -r -t "$PATIENCE" -u "$FIXTURE_OUTPUT" line
	is "$line" "all signals came" "what the target says"
}

@test "a process with a signal on its way gets it" {
	fixture odd alarmed
	for ((looks = 0; looks < 30; looks++)); do
		look_at_runs "$A" "$B"
	done
	nothing_is_left_on "$A" "$B"
	kill -0 "$A" || fail "the target died"
}

free_of_us() {
	local pid
	for pid; do
		[[ $(tracer_of "$pid") == 0 && $(state_of "$pid") != t ]] || return 1
	done
}

# kill_at_any_moment ROUNDS A B CHECK...: the check must hold after each.
kill_at_any_moment() {
	local rounds=$1 a=$2 b=$3 moment
	shift 3
	for ((round = 0; round < rounds; round++)); do
		printf -v moment '0.0%03d' $((RANDOM % 300))
		timeout -s KILL "$moment" "$VMSPY" diff --json --runs "$a" "$b" >/dev/null 2>&1 3>&- || true
		wait_until free_of_us "$a" "$b"
		"$@"
	done
}

both_stopped() {
	wait_until has_state "$A" T
	wait_until has_state "$B" T
}

@test "killed at any moment, vmspy leaves no tracer and no stop" {
	fixture big dense 512
	asleep "$A" "$B"
	kill_at_any_moment 30 "$A" "$B" asleep "$A" "$B"
	for ((round = 0; round < 5; round++)); do
		signal_while_held KILL "$A" "$B"
		is "$STATUS" 137 "the status of vmspy"
		wait_until free_of_us "$A" "$B"
		asleep "$A" "$B"
	done
}

@test "killed at any moment, vmspy leaves a stopped process stopped" {
	fixture big dense 512
	stop "$A" "$B"
	kill_at_any_moment 15 "$A" "$B" both_stopped
	for ((round = 0; round < 5; round++)); do
		signal_while_held KILL "$A" "$B"
		wait_until free_of_us "$A" "$B"
		both_stopped
	done
}

@test "interrupted while it holds, vmspy lets the targets go" {
	fixture big dense 512
	asleep "$A" "$B"
	signal_while_held INT "$A" "$B"
	is "$STATUS" 130 "the status of vmspy"
	wait_until free_of_us "$A" "$B"
	asleep "$A" "$B"
}

@test "a closed pipe ends vmspy quietly, and leaves nothing" {
	fixture big dense 16
	timeout 20 "$VMSPY" diff --json --runs "$A" "$B" 2>"$BATS_TEST_TMPDIR/messages" 3>&- | head -c 10 >/dev/null
	is "$(cat "$BATS_TEST_TMPDIR/messages")" "" "messages"
	nothing_is_left_on "$A" "$B"
	asleep "$A" "$B"
}

@test "a full disk is trouble, and leaves nothing" {
	fixture states anon-child-wrote
	local status=0
	timeout 20 "$VMSPY" diff --json --runs "$A" "$B" 2>"$BATS_TEST_TMPDIR/messages" 3>&- >/dev/full || status=$?
	is "$status" 2 "the status"
	nothing_is_left_on "$A" "$B"
}

@test "a target that is always busy is answered, and runs on" {
	fixture odd busy
	for ((looks = 0; looks < 5; looks++)); do
		look_at_runs "$A" "$B"
		look_at_runs --no-hold "$A" "$B"
	done
	nothing_is_left_on "$A" "$B"
}

@test "stacks are read without a trace" {
	undisturbed_fixture stacks depths --stacks
}

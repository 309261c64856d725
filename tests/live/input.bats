#!/usr/bin/env bats
# What cannot be answered is refused in one line, with status 2 and nothing on stdout.

load lib

@test "what is no process is refused" {
	local gone target
	sleep 0 3>&- &
	gone=$!
	wait "$gone"
	for target in "$gone" 0 -1 abc 99999999999 99999999999999999999999 4194305 '' ' 1' 1x 0x1 /; do
		refused diff "$target" $$
		refused diff $$ "$target"
	done
}

@test "a zombie is refused" {
	fixture odd zombie
	refused diff "$A" "$B"
	message_has "$B"
	nothing_is_left_on "$A"
}

@test "a kernel thread is refused" {
	need_root
	[[ -d /proc/2 && $(readlink /proc/2/exe) == "" ]] || skip_loudly "no kernel thread is seen here"
	fixture states anon-nobody-wrote
	refused diff 2 "$A"
	nothing_is_left_on "$A"
}

@test "a process that is traced is refused, and by whom is said" {
	need_root
	fixture odd traced
	local tracer=$A tracee=$B
	fixture states anon-nobody-wrote
	refused diff "$tracee" "$A"
	message_has "$tracer"
	nothing_is_left_on "$A"
	look diff --json --no-hold "$tracee" "$A"
	[[ $STATUS != 2 ]] || fail "it can be read without a hold: $(cat "$MESSAGES")"
	is "$(tracer_of "$tracee")" "$tracer" "the tracer"
}

@test "an unknown option is refused with the nearest one" {
	refused diff --runz $$ 1
	message_has 'runs'
}

@test "an unknown column is refused with the nearest one" {
	fixture states anon-nobody-wrote
	refused diff -o DIVERGD "$A" "$B"
	message_has 'DIVERGED'
}

@test "an unknown command is refused with the nearest one" {
	refused dif $$ 1
	message_has 'diff'
}

@test "too many and too few arguments are refused" {
	refused diff 1 2 3
	refused diff
}

# An answer, or one line of why not: never a crash, a hang, or half an answer.
sane_answer() {
	case $STATUS in
	2)
		is "$(wc -c <"$ANSWER")" 0 "bytes on stdout"
		is "$(wc -l <"$MESSAGES")" 1 "lines on stderr ($(cat "$MESSAGES"))"
		;;
	0 | 1 | 3) jq -e 'has("totals")' "$ANSWER" >/dev/null || fail "no whole JSON object" ;;
	*) fail "ended with $STATUS: $(cat "$MESSAGES")" ;;
	esac
}

@test "a process that execs while we look gets an answer or a refusal" {
	need_root
	fixture odd execs
	for ((looks = 0; looks < 40; looks++)); do
		LOOK_SECONDS=10 look diff --json --runs "$A" "$B"
		sane_answer
		LOOK_SECONDS=10 look diff --json --runs --no-hold "$A" "$B"
		sane_answer
	done
	nothing_is_left_on "$A"
}

@test "a process that exits while we look gets an answer or a refusal" {
	need_root
	local child
	fixture odd exits
	for ((looks = 0; looks < 40; looks++)); do
		child=$(pgrep -P "$B" | head -1)
		LOOK_SECONDS=10 look diff --json --runs "$B" "${child:-99999999}"
		sane_answer
	done
	nothing_is_left_on "$A" "$B"
}

@test "a process that is killed while it is held gets an answer or a refusal" {
	need_root
	local vmspy hits=0
	for ((round = 0; round < 20 && hits < 3; round++)); do
		fixture big dense 256
		ANSWER=$BATS_TEST_TMPDIR/answer
		MESSAGES=$BATS_TEST_TMPDIR/messages
		STATUS=0
		timeout 20 "$VMSPY" diff --json --runs "$A" "$B" >"$ANSWER" 2>"$MESSAGES" 3>&- &
		vmspy=$!
		wait_until_held "$B" "$vmspy" && kill -KILL "$B" && hits=$((hits + 1))
		wait "$vmspy" || STATUS=$?
		sane_answer
		nothing_is_left_on "$A"
		finish_fixtures
	done
	((hits > 0)) || fail "vmspy was never seen to hold its target"
}

@test "a process that splits and merges its mappings while we look is answered" {
	fixture odd splits
	local looks
	for ((looks = 0; looks < 100; looks++)); do
		look maps "$A"
		((STATUS != 2)) || fail "maps is in trouble: $(cat "$MESSAGES")"
		look diff --no-hold --quiet "$A" "$B"
		((STATUS != 2)) || fail "diff is in trouble: $(cat "$MESSAGES")"
	done
}

@test "hostile names are printed harmlessly" {
	need_root
	fixture odd names
	look diff "$A" "$B"
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$ANSWER" || fail "control characters reach the terminal"
	! grep -q $'\u202e' "$ANSWER" || fail "a bidirectional control reaches the terminal"
	look_at_runs "$A" "$B"
	is "$(ask '.a.pid')" "$A" "the pid"
}

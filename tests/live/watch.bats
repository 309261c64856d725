#!/usr/bin/env bats
# diff --watch: what a round tells is what changed since the one before, and nothing is left held.

load lib

setup() {
	need_root
	WATCHER=
	fixture steps
	AREA=${REGIONS[0]##* }
	asleep "$A" "$B"
}

teardown() {
	if [[ $WATCHER ]]; then
		kill -CONT "$WATCHER" 2>/dev/null || true
		kill -KILL "$WATCHER" 2>/dev/null || true
		wait "$WATCHER" 2>/dev/null || true
	fi
	finish_fixtures
}

# watch ARG...: start it; ANSWER and MESSAGES grow. Back when the first round was printed.
watch() {
	ANSWER=$BATS_TEST_TMPDIR/answer
	MESSAGES=$BATS_TEST_TMPDIR/messages
	: >"$ANSWER"
	"$VMSPY" diff "$@" "$A" "$B" >"$ANSWER" 2>"$MESSAGES" 3>&- &
	WATCHER=$!
	wait_until test -s "$ANSWER"
}

# end_of_watch [SIGNAL]: STATUS is how it ended.
end_of_watch() {
	[[ -z ${1:-} ]] || kill -"$1" "$WATCHER"
	wait_until has_ended "$WATCHER" || return
	STATUS=0
	wait "$WATCHER" || STATUS=$?
	WATCHER=
}

has_ended() {
	! [[ -d /proc/$1 ]] || [[ $(state_of "$1" 2>/dev/null) == Z ]]
}

is_let_go() {
	[[ $(tracer_of "$A") == 0 && $(tracer_of "$B") == 0 ]]
}

# Stop vmspy between two rounds, so that what the fixture does falls into one of them.
pause_watch() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		kill -STOP "$WATCHER"
		wait_until has_state "$WATCHER" T || return
		is_let_go && return
		kill -CONT "$WATCHER"
	done
	fail "the two were never let go"
}

# step STEP...: the child takes them, all between the same two rounds.
step() {
	local step said
	pause_watch || return
	for step; do
		echo "$step" >&"${FIXTURE_INPUTS[0]}"
		read -r -t "$PATIENCE" -u "$FIXTURE_OUTPUT" said
		is "$said" "done" "what the fixture says of step $step" || return
	done
	kill -CONT "$WATCHER"
}

# rounds N: let so many rounds begin and end.
rounds() {
	local round
	for ((round = 0; round < $1; round++)); do
		wait_until_held "$A" "$WATCHER" || fail "it ended: $(cat "$MESSAGES")" || return
		wait_until is_let_go || return
	done
}

has_line() {
	grep -qE -- "$1" "$ANSWER"
}

# Whether the last whole line of JSON is of a round that so many lines come before.
has_rounds() {
	(($(wc -l <"$ANSWER") >= $1))
}

# told FILTER: of all rounds but the first, as an array.
told() {
	jq -rs "[.[] | select(.round > 1)] | $1" "$ANSWER"
}

# After a step: some more rounds, then the end.
look_on() {
	local lines
	lines=$(wc -l <"$ANSWER")
	wait_until has_rounds $((lines + 3)) || return
	end_of_watch INT || return
	is "$STATUS" 0 "the status of an interrupted watch"
}

@test "a round tells exactly the pages that were written since" {
	watch --watch=0.05 --json
	step 5
	look_on
	is "$(told '[.[].changed.diverged_pages] | map(select(. != 0)) | join(" ")')" 5 "diverged pages"
	is "$(told '[.[].changed.shared_pages] | map(select(. != 0)) | join(" ")')" -5 "shared pages"
	is "$(told '[.[].mappings[] | select(.start == "0x'"$AREA"'") | .diverged_pages] | join(" ")')" 5 \
		"the mapping is told once, with what it has now"
}

@test "every round is one line of JSON, numbered and with all totals" {
	watch --watch=0.05 --json
	look_on
	jq -es '[.[].round] == [range(1; length + 1)]' "$ANSWER"
	jq -es 'all(.command == "diff" and .vmspy != null and .time != null and .totals.shared_pages > 0 and .errors == [])' \
		"$ANSWER"
	jq -es '(.[0] | .mappings | length > 5) and (.[0] | has("changed") | not)' "$ANSWER"
	is "$(wc -l <"$ANSWER")" "$(jq -s length "$ANSWER")" "lines"
}

# However slow the machine is, rounds are never closer.
@test "from the start of a round to that of the next it is at least the interval" {
	local before_us=${EPOCHREALTIME//[.,]/}
	watch --watch=0.5 --json
	wait_until has_rounds 3
	((${EPOCHREALTIME//[.,]/} - before_us >= 1000000)) || fail "the third round was too early"
	end_of_watch INT
}

@test "a quiet round prints nothing" {
	local size
	watch --watch=0.05
	rounds 1 # the second begins when all of the first was printed
	size=$(wc -c <"$ANSWER")
	rounds 4
	end_of_watch INT
	is "$(wc -c <"$ANSWER")" "$size" "the size of the answer"
	is "$(cat "$MESSAGES")" "" "what was said"
}

@test "text tells the time, the totals, and how much each mapping changed" {
	watch --watch=0.05
	step 3
	wait_until has_line '^[0-9]{2}:[0-9]{2}:[0-9]{2} .*diverged [0-9.]+K \+12K .*shared .* -12K'
	wait_until has_line "^ *$AREA .*-12K +\+12K"
	end_of_watch INT
	is "$(grep -c "^ *$AREA " "$ANSWER")" 1 "lines about the mapping"
	is "$(grep -cE '^[0-9]{2}:[0-9]{2}:[0-9]{2} ' "$ANSWER")" 1 "headlines"
}

@test "a variable is told when its value is another one, and not again" {
	watch --watch=0.05 --json
	step c
	look_on
	is "$(told '[.[].symbols[] | select(.name == "steps_counter") | .value_b.text] | join(" ")')" 101 "values"
	watch --watch=0.05
	step c
	wait_until has_line '^steps_counter .* 100 +102 '
	rounds 2
	end_of_watch INT
	is "$(grep -c '^steps_counter ' "$ANSWER")" 2 "lines about the variable"
}

@test "a script that takes the raw rows has the table that diff prints" {
	local columns=START,END,IN,PERM,KIND,SHARED,DIVERGED,ONLY-A,ONLY-B,SEPARATE,UNKNOWN
	watch --watch=0.05 --raw -o "$columns"
	step 4 m
	rounds 3
	step u
	rounds 3
	step n
	rounds 3
	end_of_watch INT
	is "$STATUS" 0 "the status"
	is "$(grep -c '^START ' "$ANSWER")" 1 "headings"
	awk 'NR > 1 { row[$1] = $0; if ($2 == "-") delete row[$1] }
		END { for (start in row) print row[start] }' "$ANSWER" | sort >"$BATS_TEST_TMPDIR/kept"
	look diff --raw --noheadings -o "$columns" "$A" "$B"
	sort "$ANSWER" | diff - "$BATS_TEST_TMPDIR/kept"
}

@test "memory that is gone is told" {
	watch --watch=0.05 --json
	step 2
	look_on
	watch --watch=0.05 --json
	step u
	look_on
	is "$(told '[.[].changed.diverged_pages] | add')" -2 "diverged pages"
	is "$(told '[.[].mappings[] | select(.start == "0x'"$AREA"'") | .in] | join(" ")')" a "who has it still"
}

@test "an interrupt ends it with status 0, also while they are held" {
	local tries signal
	for signal in INT TERM HUP; do
		watch --watch=0.001 --json
		wait_until_held "$A" "$WATCHER"
		end_of_watch "$signal"
		is "$STATUS" 0 "the status after $signal"
		nothing_is_left_on "$A" "$B"
		asleep "$A" "$B"
		jq -es 'length > 0' "$ANSWER"
	done
}

@test "an interrupt ends a long wait at once" {
	watch --watch=1000
	wait_until is_let_go
	end_of_watch INT
	is "$STATUS" 0 "the status"
	nothing_is_left_on "$A" "$B"
}

@test "killed while it holds them, it leaves them running" {
	watch --watch=0.001 --json
	wait_until_held "$A" "$WATCHER"
	end_of_watch KILL
	wait_until is_let_go
	nothing_is_left_on "$A" "$B"
	asleep "$A" "$B"
}

@test "it ends when one of the two ends, and says which" {
	watch --watch=1000
	echo q >&"${FIXTURE_INPUTS[0]}"
	end_of_watch
	is "$STATUS" 0 "the status"
	message_has "'$B' .* has ended"
	is "$(wc -l <"$MESSAGES")" 1 "lines on stderr"
	nothing_is_left_on "$A"
}

@test "it ends when one of the two runs another program" {
	watch --watch=0.05 --json
	step e
	end_of_watch
	is "$STATUS" 0 "the status"
	message_has "'$B' \(sleep\) runs another program"
	jq -es 'all(.totals.diverged_pages > 0)' "$ANSWER"
	nothing_is_left_on "$A" "$B"
}

@test "it ends when nobody reads it any more" {
	local reader pipe=$BATS_TEST_TMPDIR/pipe first
	mkfifo "$pipe"
	head -n 1 <"$pipe" >"$BATS_TEST_TMPDIR/first" 3>&- &
	reader=$!
	"$VMSPY" diff --watch=1000 "$A" "$B" >"$pipe" 2>/dev/null 3>&- &
	WATCHER=$!
	wait "$reader"
	end_of_watch
	nothing_is_left_on "$A" "$B"
}

@test "without a hold nobody is ever stopped" {
	watch --watch=0.02 --json --no-hold
	step 7
	look_on
	is "$(told '[.[].changed.diverged_pages] | add')" 7 "diverged pages"
	jq -es 'all(.a.held == false and .b.held == false)' "$ANSWER"
}

@test "what cannot be compared in the first round is trouble, as without it" {
	refused diff --watch=0.05 "$A" 999999999
	look diff --watch=0.05 "$A" "$A"
	is "$STATUS" 0 "the status of one process beside itself"
	message_has "nothing to compare"
}

# A process group of its own, whose leader has a parent in the same session: only then does the
# kernel suspend it.
@test "suspended, it holds nobody" {
	local tries
	set -m
	watch --watch=0.001 --json
	set +m
	for ((tries = 0; tries < 5; tries++)); do
		wait_until_held "$A" "$WATCHER"
		kill -TSTP "$WATCHER"
		wait_until has_state "$WATCHER" T
		is_let_go || fail "one of the two is held by who is suspended"
		kill -CONT "$WATCHER"
	done
	end_of_watch INT
	is "$STATUS" 0 "the status"
}

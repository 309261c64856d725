#!/usr/bin/env bats
# vmspy trace: every copy is told once, with both frames and who wrote; and nothing of those that
# are traced is changed by it.

load lib

setup() {
	need_root
	TRACER=
	SCRIPT=
	EVENTS=$BATS_TEST_TMPDIR/events
	MESSAGES=$BATS_TEST_TMPDIR/messages
}

teardown() {
	if [[ $TRACER ]]; then
		kill -KILL "$TRACER" 2>/dev/null || true
		wait "$TRACER" 2>/dev/null || true
	fi
	if [[ $SCRIPT ]]; then
		pkill -KILL -P "$(pgrep -P "$SCRIPT" | head -1)" 2>/dev/null || true
		pkill -KILL -P "$SCRIPT" 2>/dev/null || true
		wait "$SCRIPT" 2>/dev/null || true
	fi
	finish_fixtures
}

# trace ARG...: start it, as JSON. Back when everybody is followed.
trace() {
	: >"$EVENTS"
	"$VMSPY" trace --json "$@" >"$EVENTS" 2>"$MESSAGES" 3>&- &
	TRACER=$!
	wait_until has_begun
}

has_begun() {
	grep -q '"event": *"start"' "$EVENTS" || ! kill -0 "$TRACER" 2>/dev/null
}

# end_trace [SIGNAL]: wait for its end, which is a normal one.
end_trace() {
	local status=0
	[[ -z ${1:-} ]] || kill -"$1" "$TRACER"
	wait "$TRACER" || status=$?
	TRACER=
	is "$status" 0 "the status of the trace: $(cat "$MESSAGES")"
}

# told FILTER: of all events, as an array.
told() {
	jq -rs "$1" "$EVENTS"
}

has_told() { # has_told CONDITION: of one event
	jq -e "select($1)" "$EVENTS" >/dev/null 2>&1
}

# step STEP...: the fixture takes them. CHILD is what `f` made.
step() {
	local step said
	for step; do
		echo "$step" >&"${FIXTURE_INPUTS[0]}"
		read -r -t "$PATIENCE" -u "$FIXTURE_OUTPUT" said
		[[ $step != f ]] || CHILD=${said#done }
		[[ $said == done* ]] || fail "the fixture says of step $step: $said" || return
	done
}

frame_at() { # frame_at PID ADDRESS
	"$VMSPY" addr --json "$1" "$2" | jq -r '.addresses[0].frame'
}

# copies_in NAME: what jq takes for the copies in a part of the fixture's area.
copies_in() {
	local line name start pages end
	for line in "${REGIONS[@]}"; do
		read -r name start pages _ <<<"$line"
		[[ $name == "$1" ]] || continue
		printf -v end '0x%x' $((start + pages * 4096))
		echo ".[] | select(.event == \"copy\" and .page_start >= \"$start\" and .page_start < \"$end\")"
	done
}

# Each page of each part is copied as often as the fixture says, by whom it says.
every_copy_is_told() {
	local line name copies writer access got
	for line in "${REGIONS[@]:1}"; do
		read -r name _ _ copies writer access <<<"$line"
		got=$(told "[$(copies_in "$name")
			| [.page_start, .writer, .access // \"null\"]] | unique | \"\(length) \(map(.[1]) | unique | join(\",\")) \(map(.[2]) | unique | join(\",\"))\"") || return
		((copies)) || writer='' access=''
		is "$got" "$copies $writer $access" "copies in $name" || return
		is "$(told "[$(copies_in "$name")] | length")" "$copies" "events in $name" || return
	done
}

# Of some copies: the frame of the event is the one that the page has now.
frames_are_those_of_the_pages() {
	local page new
	while read -r page new; do
		is "$(frame_at "$CHILD" "$page")" "$new" "the frame at $page" || return
	done < <(told "$(copies_in childs), $(copies_in kernels) | \"\(.page_start) \(.frame_new)\"" | awk 'NR % 5 == 1')
}

everybody_is_let_go() {
	local pid task
	for pid; do
		for task in "/proc/$pid/task"/*; do
			is "$(tracer_of "$pid/task/${task##*/}")" 0 "the tracer of $task" || return
			[[ $(state_of "$pid/task/${task##*/}") != [tT] ]] || fail "$task was left stopped" || return
		done
	done
}

@test "every copy is told once, with who wrote, and its frame is that of the page" {
	fixture tracee
	A=${REGIONS[0]}
	trace "$A"
	step f w
	frames_are_those_of_the_pages
	end_trace INT
	every_copy_is_told
	is "$(told 'last.totals | "\(.lost_events) \(.at_least)"')" "0 false" "what was missed"
	everybody_is_let_go "$A" "$CHILD"
	step e
}

@test "a family that was there before is followed from now on" {
	fixture tracee
	A=${REGIONS[0]}
	step f
	trace "$A"
	step w
	end_trace INT
	every_copy_is_told
	is "$(told "[.[] | select(.event == \"fork\")] | map(.pid) | join(\" \")")" "$CHILD" "the child"
}

# shellcheck disable=SC2016 # dollars are jq's
@test "the function that wrote is named, with its line" {
	local source line
	fixture tracee
	trace "${REGIONS[0]}"
	step f w
	end_trace INT
	is "$(told "[$(copies_in childs) | .code.symbol] | unique | join(\" \")")" write_childs "who wrote the child's"
	is "$(told "[$(copies_in parents) | .code.symbol] | unique | join(\" \")")" write_parents "who wrote the parent's"
	is "$(told "[$(copies_in threads) | .code.symbol] | unique | join(\" \")")" write_threads "who wrote the thread's"
	is "$(told "[$(copies_in threads) | select(.tid != .pid)] | length")" 16 "copies by the second thread"
	is "$(told "[$(copies_in kernels) | .code.object] | unique | join(\" \")")" "[kernel]" "whose code reads into pages"
	# The function is inlined: its line is that of the write itself.
	source=$(told "first($(copies_in childs)) | .code.file")
	line=$(told "first($(copies_in childs)) | .code.line")
	[[ $source == */fixture.h ]] || fail "the file: $source"
	[[ $(sed -n "${line}p" "$LIVE/fixtures/fixture.h") == *'PAGE_BYTES + 8] ='* ]] || fail "line $line of it"
}

@test "the member that was written is named" {
	fixture tracee
	trace "${REGIONS[0]}"
	step f w
	end_trace INT
	is "$(told '[.[] | select(.event == "copy" and .symbol == "tracee_server") | "\(.member) \(.kind) \(.writer) \(.stack[0].symbol)"] | join(",")')" \
		"tracee_server.stats.fds[2] data child act" "copies of the server"
}

# The program of the textbook, attached to after it has forked: the child writes three seconds after
# its birth. PARENT is its pid.
fixture_of_textbook() {
	script -qfec "exec '$BUILT/textbook-now'" /dev/null </dev/null >"$BATS_TEST_TMPDIR/textbook" 2>/dev/null 3>&- &
	SCRIPT=$!
	wait_until grep -q '^\[Child\]' "$BATS_TEST_TMPDIR/textbook" || return
	PARENT=$(sed -n 's/^\[Child\].*PPID:\([0-9]*\),.*/\1/p' "$BATS_TEST_TMPDIR/textbook" | head -1)
}

@test "the textbook program makes one copy of global_counter, at the line that writes it" {
	local page old new
	fixture_of_textbook
	trace "$PARENT"
	wait_until has_told '.event == "copy" and .symbol == "global_counter"'
	read -r page old new CHILD <<<"$(told 'first(.[] | select(.symbol == "global_counter")) | "\(.page_start) \(.frame_old) \(.frame_new) \(.pid)"')"
	end_trace INT
	is "$(told '[.[] | select(.symbol == "global_counter") | "\(.writer) \(.code.symbol) \(.code.file | split("/") | last):\(.code.line)"] | join(",")')" \
		"child main textbook.c:$(grep -n 'global_counter = 200' "$LIVE/fixtures/textbook.c" | cut -d: -f1)" "copies of global_counter"
	is "$("$VMSPY" diff --json --runs "$PARENT" "$CHILD" | jq -r ".runs[] | select(.start <= \"$page\" and .end > \"$page\") | \"\(.frame_a) \(.frame_b)\"" | head -1)" \
		"$old $new" "the frames that diff sees"
}

@test "stacks are unwound from dumps where there are no frame pointers" {
	fixture tracee
	trace --call-graph=dwarf "${REGIONS[0]}"
	step f w
	end_trace INT
	every_copy_is_told
	is "$(told "[$(copies_in childs) | .stack | map(.symbol) | .[:1] + (map(select(. == \"act\" or . == \"main\"))) | join(\" \")] | unique | join(\",\")")" \
		"write_childs act main" "the stack of the child's writes"
}

@test "without events the page words tell of every copy, and nothing of who wrote" {
	fixture tracee
	REGIONS=("${REGIONS[@]/%parent user/unobserved null}")
	REGIONS=("${REGIONS[@]/%child user/unobserved null}")
	REGIONS=("${REGIONS[@]/%child kernel/unobserved null}")
	trace --no-events "${REGIONS[0]}"
	step f w
	end_trace INT
	REGIONS=("${REGIONS[@]/dropped*/}")
	REGIONS=("${REGIONS[0]}" "${REGIONS[@]:1:5}")
	every_copy_is_told
	is "$(told 'first.source')" polling "how copies are seen"
}

@test "what a small ring loses is counted, and found in the page words" {
	local line name copies
	fixture tracee
	trace --ring 4K "${REGIONS[0]}"
	step f w
	end_trace INT
	for line in "${REGIONS[@]:1}"; do
		read -r name _ _ copies _ <<<"$line"
		# That a page was given back before it was written is known to the events alone.
		((copies)) || continue
		is "$(told "[$(copies_in "$name") | .page_start] | unique | length")" "$copies" "pages of $name" || return
	done
	is "$(told '(last.totals.lost_events == ([.[] | select(.event == "lost") | .lost] | add // 0))')" true "lost events"
}

@test "children alone, some of the copies, and no children" {
	fixture tracee
	A=${REGIONS[0]}
	trace --children-only --filter 'WRITER=child,ACCESS=user' "$A"
	step f w
	end_trace INT
	is "$(told '[.[] | select(.event == "copy") | "\(.access) \(.writer)"] | unique | join(",")')" "user child" "copies"
	is "$(told "[.[] | select(.event == \"copy\" and .pid == $A)] | length")" 0 "copies by the target"
	trace --depth 0 "$A"
	step w v
	end_trace INT
	is "$(told "[.[] | select(.event == \"fork\" or (.event == \"copy\" and .pid != $A))] | length")" 0 "events of children"
}

@test "a command is traced from its first instruction, and its status is told" {
	trace -- sh -c 'true & wait; exit 7'
	end_trace
	is "$(told '[.[] | select(.event == "exec") | .exe | split("/") | last] | first')" \
		"$(basename "$(realpath "$(command -v sh)")")" "the program"
	is "$(told 'last.command.exited')" 7 "the status of the command"
	is "$(told '[.[] | select(.event == "exit")] | length')" 2 "processes that ended"
	trace -- sh -c 'kill -KILL $$'
	end_trace
	is "$(told 'last.command | "\(.exited) \(.signal)"')" "null SIGKILL" "the end of the command"
}

@test "a program that runs with more rights is still seen" {
	need_command su
	trace -- su nobody -s /bin/sh -c true
	end_trace
	is "$(told '[.[] | select(.event == "copy" and .comm == "su" and .code != null)] | length > 20')" true "copies of su"
}

@test "vfork and exec are followed" {
	fixture tracee
	trace "${REGIONS[0]}"
	step v
	end_trace INT
	is "$(told '[.[] | select(.event == "fork" or .event == "exec" or .event == "exit") | .event] | join(" ")')" \
		"fork exec exit" "the events"
	is "$(told '[.[] | select(.event == "copy" and .kind != null and .object == null and .comm == "true" and .writer == "child")] | length')" \
		0 "copies of what was not inherited"
}

@test "a file takes the events, and stdout the sums" {
	local file=$BATS_TEST_TMPDIR/file
	run --separate-stderr "$VMSPY" trace -w "$file" -- sh -c true
	is "$status" 0 "the status"
	[[ $output == *copies* ]] || fail "no sums: $output"
	is "$(jq -rs 'map(.event) | "\(first) \(last)"' "$file")" "start summary" "what is in the file"
	is "$(stat -c %a "$file")" 600 "who may read the file"
}

@test "stacks are folded for flame graphs" {
	run --separate-stderr "$VMSPY" trace --folded -- sh -c true
	is "$status" 0 "the status"
	[[ ${#lines[@]} -gt 3 ]] || fail "too few stacks: $output"
	for line in "${lines[@]}"; do
		[[ $line =~ ^sh\;.+\ [0-9]+$ ]] || fail "no folded stack: $line"
	done
}

@test "a summary is all that is printed when it is asked for" {
	run --separate-stderr "$VMSPY" trace --summary -- sh -c true
	is "$status" 0 "the status"
	[[ $output == *copies* && $output == *COMM* ]] || fail "no sums: $output"
	[[ $output != *PAGE* ]] || fail "events too: $output"
}

@test "a process that is traced by somebody else is refused" {
	fixture tracee
	trace "${REGIONS[0]}"
	run --separate-stderr "$VMSPY" trace "${REGIONS[0]}"
	is "$status" 2 "the status"
	is "$output" "" "stdout"
	[[ $stderr == "vmspy: "*"already traced by 'vmspy' (pid $TRACER)"* ]] || fail "$stderr"
	end_trace INT
}

@test "a killed trace leaves everybody as they were" {
	local tries
	fixture tracee
	A=${REGIONS[0]}
	step f
	for tries in 1 2 3 4 5 6 7 8; do
		trace "$A"
		[[ $((tries % 2)) == 0 ]] || step w
		kill -KILL "$TRACER"
		wait "$TRACER" || true
		TRACER=
		wait_until is_let_go "$A"
		everybody_is_let_go "$A" "$CHILD"
		step w
	done
	step e
}

is_let_go() {
	[[ $(tracer_of "$1") == 0 ]]
}

@test "a stopped process stays stopped, and goes on when it is told to" {
	fixture tracee
	A=${REGIONS[0]}
	kill -STOP "$A"
	wait_until has_state "$A" T
	trace "$A"
	wait_until has_state "$A" t
	kill -CONT "$A"
	step f
	kill -STOP "$CHILD"
	wait_until has_state "$CHILD" tT
	end_trace INT
	wait_until has_state "$CHILD" T
	kill -CONT "$CHILD"
	wait_until has_state "$CHILD" S
	step w e
}

@test "who may not see tracepoints sees the copies of own processes" {
	need_command setpriv
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	"${RUN_AS[@]}" "$VMSPY" trace --json -- sh -c '(:) & wait' >"$EVENTS" 2>"$MESSAGES" 3>&-
	[[ $(told 'first.source') == faults || $(told 'first.source') == polling ]] || fail "$(cat "$EVENTS" "$MESSAGES")"
	grep -q '^vmspy: ' "$MESSAGES" || fail "nothing says why: $(cat "$MESSAGES")"
}

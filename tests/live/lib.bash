# What the live tests share. VMSPY names the program; VMSPY_REQUIRE_LIVE=1 makes a skip a failure.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

LIVE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$LIVE/../.." && pwd)
VMSPY=$(realpath "${VMSPY:-$ROOT/build/cc/vmspy}")
BUILT=${VMSPY_FIXTURES:-$(dirname "$VMSPY")/tests/live}
PATIENCE=20 # seconds; nothing here takes one when it works

RUN_AS=() # what vmspy and the fixtures are started through: other rights, other namespaces
FIXTURE_PIDS=()
FIXTURE_INPUTS=()

# A check that fails returns 1. Functions here pass that on by `|| return`: where a caller asks
# `f || ...`, bash does not end f at the first command that fails.
fail() {
	printf '%s\n' "$@" >&2
	return 1
}

is() { # is ACTUAL EXPECTED WHAT
	[[ $1 == "$2" ]] || fail "$3" "  expected: $2" "  got:      $1"
}

skip_loudly() {
	[[ ${VMSPY_REQUIRE_LIVE:-0} == 1 ]] && fail "cannot run, and must: $1"
	echo "# skipped: $BATS_TEST_DESCRIPTION: $1" >&3
	skip "$1"
}

# Frames are shown to CAP_SYS_ADMIN in the first user namespace only: ask the kernel, not our uid.
need_root() {
	[[ $EUID == 0 && -r /proc/kpageflags ]] || skip_loudly "needs root"
	"$BUILT/oracle" runs $$ $$ >/dev/null 2>&1 || skip_loudly "frames are hidden here"
}

need_command() {
	command -v "$1" >/dev/null || skip_loudly "needs the program $1"
}

# start_fixture NAME ARG...: REGIONS are the lines that it says before it is ready, A and B the
# first two words of the first. SKIPPED says why it could not make its state.
start_fixture() {
	local n=${#FIXTURE_PIDS[@]} dir=$BATS_TEST_TMPDIR in out line
	rm -f "$dir/in$n" "$dir/out$n"
	mkfifo "$dir/in$n" "$dir/out$n"
	exec {in}<>"$dir/in$n" {out}<>"$dir/out$n"
	"${RUN_AS[@]}" "${FIXTURE_DIR:-$BUILT}/$1" "${@:2}" <"$dir/in$n" >"$dir/out$n" {in}>&- {out}>&- 3>&- &
	FIXTURE_PIDS+=($!)
	FIXTURE_INPUTS+=("$in")
	FIXTURE_OUTPUT=$out
	REGIONS=()
	SKIPPED=
	while IFS= read -r -t "$PATIENCE" -u "$out" line; do
		case $line in
		ready)
			read -r A B _ <<<"${REGIONS[0]}"
			return 0
			;;
		skip*)
			SKIPPED=${line#skip }
			return 0
			;;
		*) REGIONS+=("$line") ;;
		esac
	done
	fail "the fixture '$*' was not ready in time"
}

fixture() {
	start_fixture "$@" || return
	[[ -z $SKIPPED ]] || skip_loudly "$SKIPPED"
}

# made_like PATTERN FIXTURE [settings]: MADE is what the fixture can make that is called so; settings:
# of what needs one.
made_like() {
	mapfile -t MADE < <("$BUILT/$2" "${3:-list}" | grep -E "^($1)\$")
	((${#MADE[@]} > 0)) || fail "nothing that '$2' makes is called like '$1'"
}

# none_is_left_out FIXTURE: all that it makes without a setting is asked for in this file of tests.
none_is_left_out() {
	local here
	here=$(sed -n "s/^\tmade_like '\(.*\)' $1\$/\1/p" "$BATS_TEST_FILENAME" | paste -sd'|')
	is "$("$BUILT/$1" list | grep -vE "^($here)\$")" "" "what nobody tests"
}

# A fixture ends with its stdin; its children end with it, also when they are stopped.
finish_fixtures() {
	local i tries input
	for ((i = ${#FIXTURE_PIDS[@]} - 1; i >= 0; i--)); do
		input=${FIXTURE_INPUTS[i]}
		exec {input}>&-
		kill -CONT "${FIXTURE_PIDS[i]}" 2>/dev/null || true
		for ((tries = 0; tries < 500; tries++)); do
			kill -0 "${FIXTURE_PIDS[i]}" 2>/dev/null || break
			sleep 0.01
		done
		kill -KILL "${FIXTURE_PIDS[i]}" 2>/dev/null || true
		wait "${FIXTURE_PIDS[i]}" 2>/dev/null || true
	done
	FIXTURE_PIDS=()
	FIXTURE_INPUTS=()
}

teardown() {
	finish_fixtures
}

state_of() {
	sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status"
}

tracer_of() {
	sed -n 's/^TracerPid:[[:space:]]*//p' "/proc/$1/status"
}

# wait_until COMMAND...: bounded; asks again and again, does not count on time.
wait_until() {
	local tries
	for ((tries = 0; tries < 100 * PATIENCE; tries++)); do
		"$@" && return 0
		sleep 0.01
	done
	fail "never came true: $*"
}

has_state() { # has_state PID STATES
	[[ $2 == *$(state_of "$1")* ]]
}

asleep() {
	local pid
	for pid; do wait_until has_state "$pid" SD || return; done
}

stop() {
	local pid
	for pid; do
		kill -STOP "$pid"
		wait_until has_state "$pid" T || return
	done
}

# look ARG...: run vmspy; STATUS, ANSWER and MESSAGES are its exit status, stdout and stderr.
look() {
	ANSWER=$BATS_TEST_TMPDIR/answer
	MESSAGES=$BATS_TEST_TMPDIR/messages
	STATUS=0
	"${RUN_AS[@]}" timeout -k 5 "${LOOK_SECONDS:-60}" "$VMSPY" "$@" >"$ANSWER" 2>"$MESSAGES" 3>&- ||
		STATUS=$?
	((STATUS <= 3)) || fail "vmspy $* ended with $STATUS" "$(head -c 2000 "$MESSAGES")"
}

# look_at_runs ARG...: the same, and the answer is JSON with runs that keep their promises.
look_at_runs() {
	look diff --json --runs "$@" || return
	((STATUS != 2)) || fail "vmspy diff $* is in trouble: $(cat "$MESSAGES")" || return
	keeps_promises
}

ask() { # ask FILTER [JQ-ARG...]: of the answer
	jq -r "${@:2}" -L "$LIVE" "include \"answer\"; $1" "$ANSWER"
}

keeps_promises() {
	local broken
	broken=$(ask 'if .totals == null then empty else broken_promises[] end') || return
	is "$broken" "" "promises are broken" || return
	exit_status_is_true
}

# 1: diverged; 3: not seen to, but not all could be judged; 0: neither.
exit_status_is_true() {
	is "$STATUS" "$(ask 'if .totals == null then 0 elif .totals.diverged_pages > 0 then 1
		elif .totals.unknown_pages > 0 then 3 else 0 end')" "the exit status"
}

# pages_in WORD...: how many pages they stand for.
pages_in() {
	local word pages=0
	for word; do
		[[ $word == *\** ]] || word+='*1'
		((pages += ${word#*\*}))
	done
	echo "$pages"
}

# What vmspy says of nobody's memory: nothing. Adjacent pages of it are one.
as_runs() {
	local word name pages=0 out=()
	for word in "$@" end; do
		name=${word%\**}
		case $name in
		none | zero | guard | marker)
			pages=$((pages + $(pages_in "$word")))
			continue
			;;
		esac
		((pages == 1)) && out+=("-")
		((pages > 1)) && out+=("-*$pages")
		pages=0
		[[ $name == end ]] || out+=("$word")
	done
	echo "${out[*]}"
}

# The answer of vmspy for each region is what the fixture says.
regions_are_seen() {
	local region a b start words pages seen
	for region in "${REGIONS[@]}"; do
		read -r a b start words <<<"$region"
		# shellcheck disable=SC2086
		pages=$(pages_in $words)
		look_at_runs "$a" "$b" || return
		seen=$(ask "words(\"$start\"; $pages; .host.page_bytes)") || return
		# shellcheck disable=SC2086
		is "$seen" "$(as_runs $words)" "the region at $start of $a and $b" || return
	done
}

# The independent reader says so as well: a fixture that lies is no test.
regions_are_true() {
	local region a b start words
	for region in "${REGIONS[@]}"; do
		read -r a b start words <<<"$region"
		# shellcheck disable=SC2086
		is "$("$BUILT/oracle" region "$a" "$b" "$start" "$(pages_in $words)")" "$words" \
			"the fixture promises for $start of $a and $b" || return
	done
}

# What the kernel moved by itself since boot.
kernel_moves() {
	grep -E '^(pgmigrate_success|pgmigrate_fail|pswpin|pswpout|thp_collapse_alloc|thp_split_pmd|ksm_swpin_copy|numa_pages_migrated) ' \
		/proc/vmstat
}

# steadily CHECK...: a check that fails while the kernel moves pages has proven nothing: check again.
steadily() {
	local tries moves result why=$BATS_TEST_TMPDIR/why
	for ((tries = 0; tries < 10; tries++)); do
		moves=$(kernel_moves)
		result=0
		"$@" 2>"$why" || result=$?
		((result == 0)) && return
		[[ $moves == "$(kernel_moves)" ]] && break
	done
	cat "$why" >&2
	return "$result"
}

# A fixture that cannot make the state is no failure here: SKIPPED says why.
state_is_seen() {
	local result=0
	start_fixture states "$1" || return
	[[ $SKIPPED ]] || { regions_are_true && regions_are_seen; } || result=$?
	finish_fixtures
	return "$result"
}

# each_state NAME...: all of them are seen; those that fail are all told.
each_state() {
	local state failed=() skipped=()
	for state; do
		steadily state_is_seen "$state" 2>"$BATS_TEST_TMPDIR/failure" ||
			failed+=("$state:" "$(cat "$BATS_TEST_TMPDIR/failure")")
		[[ -z $SKIPPED ]] || skipped+=("$state: $SKIPPED")
	done
	((${#failed[@]} == 0)) || fail "${failed[@]}"
	((${#skipped[@]} == 0)) || skip_loudly "${skipped[*]}"
}

# All counts are those of the independent reader, and so is every run; both are stopped. Where the
# kernel moved pages between the readings they may rightly differ: read again.
counts_are_true() { # counts_are_true A B
	local tries moves
	for ((tries = 0; tries < 20; tries++)); do
		moves=$(kernel_moves)
		read_twice "$1" "$2" || return
		[[ $moves == "$(kernel_moves)" ]] || continue
		grep -q unstable "$BATS_TEST_TMPDIR/oracle-runs" && continue
		readers_agree
		return
	done
	skip_loudly "the kernel moves pages all the time"
}

read_twice() { # read_twice A B: by the oracle and by vmspy
	local dir=$BATS_TEST_TMPDIR
	"$BUILT/oracle" totals "$1" "$2" >"$dir/oracle" || return
	"$BUILT/oracle" runs "$1" "$2" >"$dir/oracle-runs" || return
	look_at_runs "$1" "$2" || return
	"$BUILT/oracle" totals "$1" "$2" >"$dir/oracle-after"
}

readers_agree() {
	local dir=$BATS_TEST_TMPDIR start end class
	cmp "$dir/oracle" "$dir/oracle-after" || fail "the processes were not quiet" || return
	is "$(ask counts -S)" "$(jq -S 'del(.a.rss_pages, .b.rss_pages)' "$dir/oracle")" "the counts" ||
		return
	ask 'joined_runs[] | "\(.start) \(.end) \(.class)"' >"$dir/seen-runs"
	while read -r start end class; do
		echo "$((0x$start)) $((0x$end)) $class"
	done <"$dir/oracle-runs" >"$dir/true-runs"
	diff "$dir/true-runs" "$dir/seen-runs" >&2 ||
		fail "the runs are not those of the reader" || return
	rss_is_true
}

# Present pages, less the zero pages and those of hugetlb, are the resident set.
rss_is_true() {
	local side
	for side in a b; do
		is "$(ask ".$side | .present_pages - .zero_pages - .hugetlb_pages")" \
			"$(jq -r ".$side.rss_pages" "$BATS_TEST_TMPDIR/oracle")" "the resident set of $side" ||
			return
	done
}

words_of() {
	local pid
	for pid; do
		echo "process $pid"
		"$BUILT/oracle" words "$pid" || return
		"$BUILT/oracle" mapped "$pid" || return
	done
}

# undisturbed A B COMMAND...: no word of either page table is another after it, and no anonymous
# frame is mapped by more or fewer. Where the kernel moved something meanwhile, nothing is said: try
# again on processes that were not looked at yet.
undisturbed() {
	local a=$1 b=$2 dir=$BATS_TEST_TMPDIR moves
	shift 2
	moves=$(kernel_moves)
	words_of "$a" "$b" >"$dir/words-before" || return
	"$@" || return
	words_of "$a" "$b" >"$dir/words-after" || return
	cmp -s "$dir/words-before" "$dir/words-after" && return 0
	[[ $moves == "$(kernel_moves)" ]] || return 3
	diff "$dir/words-before" "$dir/words-after" | head -20 >&2
	fail "the page tables are not what they were"
}

nothing_is_left_on() {
	local pid task
	for pid; do
		for task in "/proc/$pid/task"/*; do
			[[ -e $task ]] || continue
			is "$(tracer_of "$pid/task/${task##*/}")" 0 "the tracer of ${task##*/}" || return
			[[ $(state_of "$pid/task/${task##*/}") != t ]] ||
				fail "${task##*/} is left in a tracing stop" || return
		done
	done
}

# wait_until_held PID WHILE-PID: returns 1 when the second ended before the first was traced. Without
# a process of its own: what it waits for lasts some milliseconds.
wait_until_held() {
	local key value
	while [[ -d /proc/$2 ]]; do
		while read -r key value; do
			[[ $key == TracerPid: ]] && break
		done <"/proc/$1/status"
		[[ $value == 0 ]] || return 0
	done 2>/dev/null
	return 1
}

# signal_while_held SIGNAL A B: vmspy gets the signal while it holds A. STATUS is how it ended.
# Bash lets what it starts in the background ignore SIGINT: env(1) takes that back.
signal_while_held() {
	local tries vmspy
	for ((tries = 0; tries < 50; tries++)); do
		env --default-signal=INT "$VMSPY" diff --json --runs "$2" "$3" >/dev/null 2>&1 3>&- &
		vmspy=$!
		STATUS=0
		if wait_until_held "$2" "$vmspy"; then
			kill -"$1" "$vmspy"
			wait "$vmspy" || STATUS=$?
			return 0
		fi
		wait "$vmspy" || true
	done
	fail "vmspy was never seen to hold $2"
}

# refused ARG...: one line on stderr, nothing on stdout, status 2.
refused() {
	look "$@" || return
	is "$STATUS" 2 "the status of: vmspy $*" || return
	is "$(wc -c <"$ANSWER")" 0 "bytes on stdout of: vmspy $*" || return
	is "$(wc -l <"$MESSAGES")" 1 "lines on stderr of: vmspy $* ($(cat "$MESSAGES"))" || return
	[[ $(cat "$MESSAGES") == vmspy:* ]] || fail "the message does not say whose it is: $(cat "$MESSAGES")"
}

message_has() {
	grep -qiE -- "$1" "$MESSAGES" || fail "the message lacks '$1': $(cat "$MESSAGES")"
}

# noted ADDRESS: the remarks on the mapping there, one a line.
noted() {
	# shellcheck disable=SC2016 # $at is jq's
	ask '.processes[0].mappings[] | select((.start | hex) <= ($at | hex) and ($at | hex) < (.end | hex))
		| .note / "; " | .[]' --arg at "0x$1"
}

# remarks_are_true held|loose: of every region of the fixture.
remarks_are_true() {
	local region when address remark seen count
	for region in "${REGIONS[@]:1}"; do
		read -r when address remark <<<"$region"
		seen=$(noted "$address") || return
		count=$(grep -cFx -- "$remark" <<<"$seen") || true
		case $when in
		always | "$1") is "$count" 1 "\"$remark\" at $address, where is noted: $seen" || return ;;
		never) is "$count" 0 "\"$remark\" at $address" || return ;;
		cannot) echo "# the fixture $region" >&3 ;;
		esac
	done
}

# Real servers on loopback. Each test starts what it needs, and ends that by its pid.
# shellcheck shell=bash

load ../live/lib

STARTED=()

setup() {
	need_root
	DIR=$(mktemp -d /tmp/vmspy-program-XXXXXX)
	chmod 755 "$DIR"
}

teardown() {
	end_started
	rm -rf "$DIR"
}

# start COMMAND...: in the background; its output is in $DIR/log.
start() {
	"$@" >>"$DIR/log" 2>&1 </dev/null 3>&- &
	STARTED+=($!)
}

descendants_of() {
	local pid
	for pid in $(pgrep -P "$1"); do
		echo "$pid"
		descendants_of "$pid"
	done
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# The children are listed before their parent ends: afterwards nobody knows whose they were.
end_started() {
	local pid family
	for pid in "${STARTED[@]}"; do
		mapfile -t family < <(descendants_of "$pid")
		kill -"${END_SIGNAL:-TERM}" "$pid" 2>/dev/null || true
		for ((tries = 0; tries < 500; tries++)); do
			gone "$pid" && break
			sleep 0.01
		done
		kill -KILL "$pid" "${family[@]}" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	STARTED=()
}

answers_on() { # answers_on PORT
	(exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
	local port
	for ((port = 20000 + RANDOM % 20000; ; port++)); do
		answers_on "$port" || break
	done
	echo "$port"
}

has_children() { # has_children PID COUNT
	(($(pgrep -P "$1" | wc -l) >= $2))
}

# Both are stopped while two readers count, so that they count the same; then both go on.
true_and_undisturbed() { # true_and_undisturbed A B
	local result=0
	stop "$1" "$2" || return
	told_truly_while_stopped "$1" "$2" || result=$?
	kill -CONT "$1" "$2"
	((result == 0)) || return "$result"
	nothing_is_left_on "$1" "$2"
}

# Pages that the kernel moved by itself say nothing: look again.
told_truly_while_stopped() {
	local tries result=3
	for ((tries = 0; tries < 5 && result == 3; tries++)); do
		result=0
		undisturbed "$1" "$2" look diff --json "$1" "$2" || result=$?
	done
	((result == 0)) || fail "the kernel moved pages all the time, or we did ($result)" || return
	counts_are_true "$1" "$2"
}

figures() { # figures NAME: of the last answer
	echo "# $1: $(ask '"\(.a.comm) \(.a.pid) and \(.b.comm) \(.b.pid) (\(.relation)), held \(([.a.hold_ns, .b.hold_ns] | max) / 1e6 | . * 10 | round / 10) ms: "
		+ ([.totals | to_entries[] | select(.value != null and .value != 0)
		| "\(.key | rtrimstr("_pages")) \(.value)"] | join(", "))')" >&3
}

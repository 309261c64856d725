#!/usr/bin/env bats
# The program of the textbook: the answer is global_counter, 100 and 200, and nothing beside it.

load lib

# Both builds at once: the child writes three seconds after its birth. A terminal makes them print
# line by line.
setup_file() {
	local build
	for build in textbook textbook-now; do
		timeout -s KILL 120 script -qfec "exec '$BUILT/$build'" /dev/null \
			</dev/null >"$BATS_FILE_TMPDIR/$build" 2>/dev/null 3>&- &
		echo $! >"$BATS_FILE_TMPDIR/$build.pid"
	done
}

teardown_file() {
	local build pid
	for build in textbook textbook-now; do
		for pid in $(pids_of "$build"); do
			kill -KILL "$pid" 2>/dev/null || true
		done
		wait "$(cat "$BATS_FILE_TMPDIR/$build.pid")" 2>/dev/null || true
	done
}

pids_of() { # pids_of BUILD: PARENT CHILD
	sed -n 's/^\[Child\] PID:\([0-9]*\), PPID:\([0-9]*\),.*/\2 \1/p' "$BATS_FILE_TMPDIR/$1" | head -1
}

# Twice: then every function that the loops call has been bound.
has_written() {
	(($(grep -c '^\[Child\].*value:200' "$BATS_FILE_TMPDIR/$1") >= 1))
}

the_answer_is_global_counter() { # BUILD
	local address
	wait_until has_written "$1"
	read -r A B <<<"$(pids_of "$1")"
	address=$(sed -n 's/^\[Child\].*value:200, addr:\(0x[0-9a-f]*\).*/\1/p' "$BATS_FILE_TMPDIR/$1" | head -1)
	look_at_runs "$A" "$B"
	is "$STATUS" 1 "the status"
	is "$(ask '[.symbols[] | select(.object | endswith("/'"$1"'")) | select(.name != null and .changed_bytes > 0)
		| "\(.name) \(.section) \(.start) \(.size_bytes) \(.diverged_pages) \(.changed_bytes)"] | join(", ")')" \
		"global_counter .data $address 4 1 1" "the symbols that changed"
	is "$(ask '.symbols[] | select(.name == "global_counter")
		| "\(.value_a.text) \(.value_b.text) \(.value_a.hex) \(.value_b.hex)"')" \
		"100 200 64000000 c8000000" "the values"
}

setup() {
	need_root
	need_command script
}

@test "the textbook program as it is: only global_counter differs, 100 and 200" {
	the_answer_is_global_counter textbook
}

@test "the textbook program without lazy binding: only global_counter differs, 100 and 200" {
	the_answer_is_global_counter textbook-now
}

@test "the page of global_counter is one page that has diverged" {
	local address page
	wait_until has_written textbook-now
	read -r A B <<<"$(pids_of textbook-now)"
	address=$(sed -n 's/^\[Child\].*value:200, addr:\(0x[0-9a-f]*\).*/\1/p' "$BATS_FILE_TMPDIR/textbook-now" | head -1)
	page=$(printf '0x%x' $((address / 4096 * 4096)))
	look_at_runs "$A" "$B"
	is "$(ask "words(\"$page\"; 1; .host.page_bytes)")" diverged "the page of global_counter"
	is "$("$BUILT/oracle" region "$A" "$B" "$page" 1)" diverged "the same, read independently"
}

#!/usr/bin/env bats
# What is noted of a mapping is what was made of it.

load lib

teardown() {
	finish_fixtures
	rm -rf "${PUBLIC:-}"
}

@test "without a hold what is noted is true, and nothing is said of what only registers tell" {
	fixture notes "$BATS_TEST_TMPDIR"
	asleep "$A"
	look maps --json "$A"
	is "$STATUS" 0 "the status"
	remarks_are_true loose
	is "$(ask '[.processes[0].mappings[].note | select(contains("TLS of"))] | length')" 0 \
		"mappings with TLS"
}

@test "of a held process also the TLS of each thread is noted" {
	fixture notes "$BATS_TEST_TMPDIR"
	look maps --json --hold "$A"
	is "$STATUS" 0 "the status"
	remarks_are_true held
	is "$(tracer_of "$A")" 0 "who traces it afterwards"
}

@test "a held process is not disturbed by a look at its notes" {
	fixture notes "$BATS_TEST_TMPDIR"
	asleep "$A"
	undisturbed "$A" "$A" look maps --hold "$A"
}

@test "text has the notes if there is room, and raw has them as well" {
	fixture notes "$BATS_TEST_TMPDIR"
	look maps -o start,note "$A"
	grep -q "stack of .* (crowd), .* and 2 more$" "$ANSWER" || fail "not in the table"
	look maps --raw -o start,note,kind "$A"
	is "$(awk 'NF != 3' "$ANSWER")" "" "rows without three fields"
	grep -q 'memfd' "$ANSWER" || fail "not in raw"
}

@test "what is not shown costs nothing: without the column no thread is looked at" {
	need_command strace
	fixture notes "$BATS_TEST_TMPDIR"
	strace -f -e trace=openat -o "$BATS_TEST_TMPDIR/calls" "$VMSPY" maps -o start,kind "$A" >/dev/null
	is "$(grep -c '/task\|"task\|map_files\|syscall' "$BATS_TEST_TMPDIR/calls" || true)" 0 "files that were opened"
}

@test "a process that may be listed and not traced: its stacks are not noted, which is said" {
	need_root
	need_command setpriv
	fixture notes "$BATS_TEST_TMPDIR"
	asleep "$A"
	PUBLIC=$(mktemp -d)
	cp "$VMSPY" "$PUBLIC/vmspy"
	chmod 755 "$PUBLIC" "$PUBLIC/vmspy"
	VMSPY=$PUBLIC/vmspy
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all,+sys_ptrace
		--ambient-caps -all,+sys_ptrace --)
	look maps --json "$A"
	is "$(ask '[.processes[0].mappings[].note | select(contains("stack of"))] | length')" 0 \
		"mappings with stacks"
	grep -q "whose stacks.*CAP_SYS_PTRACE" "$MESSAGES" || fail "not said: $(cat "$MESSAGES")"
	# What the names tell needs no right.
	ask '[.processes[0].mappings[].note] | join("\n")' | grep -qF 'memfd ends (deleted)' ||
		fail "the memfd is not noted"
	look maps -o start,kind "$A"
	is "$(cat "$MESSAGES")" "" "what is said where no note is shown"
}

@test "without privilege the notes on one's own process are the same" {
	need_root
	need_command setpriv
	PUBLIC=$(mktemp -d)
	chmod 777 "$PUBLIC"
	cp "$VMSPY" "$BUILT/notes" "$PUBLIC"
	VMSPY=$PUBLIC/vmspy
	FIXTURE_DIR=$PUBLIC
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
	fixture notes "$PUBLIC"
	asleep "$A"
	look maps --json "$A"
	is "$(cat "$MESSAGES")" "" "what is said"
	remarks_are_true loose
	look maps --json --hold "$A"
	remarks_are_true held
}

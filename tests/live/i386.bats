#!/usr/bin/env bats
# Programs of 32 bits: what is said of them is as true as of those of 64. Their clues, stacks and
# types have tests beside those of other programs: clues.bats, stacks.bats, types.bats.

load lib

setup() {
	need_root
	FIXTURE_DIR=$BATS_TEST_TMPDIR
}

# built NAME FLAG...: a fixture as a program of 32 bits.
built() {
	"${CC:-cc}" -m32 -std=gnu11 -D_GNU_SOURCE -O2 -g -pthread "${@:2}" -o "$FIXTURE_DIR/$1" \
		"$LIVE/fixtures/$1.c" || skip_loudly "cannot build programs of 32 bits (gcc-multilib)"
}

notes_are_true() { # notes_are_true FLAG...
	built notes "$@"
	fixture notes "$BATS_TEST_TMPDIR"
	asleep "$A"
	look maps --json "$A"
	remarks_are_true loose
	look maps --json --hold "$A"
	remarks_are_true held
	finish_fixtures
}

@test "the notes on mappings are true of programs of 32 bits" {
	notes_are_true
}

@test "the notes are true of a program of 32 bits at a fixed address" {
	notes_are_true -no-pie -fno-pie
}

@test "the notes are true of a program of 32 bits that is linked statically" {
	notes_are_true -static
}

@test "each state of memory is seen in a program of 32 bits" {
	local states
	built states
	mapfile -t states < <("$FIXTURE_DIR/states" list)
	each_state "${states[@]}"
}

# kind_at ADDRESS: of the mapping there.
kind_at() {
	ask '.processes[0].mappings[] | select((.start | hex) <= ($at | hex) and ($at | hex) < (.end | hex))
		| .kind' --arg at "$1"
}

@test "the mappings of a program of 32 bits have their kinds, and its bounds lie in 4 GiB" {
	local bound
	built notes
	fixture notes "$BATS_TEST_TMPDIR"
	look maps --json "$A"
	for bound in start_code:text start_data:data start_brk:heap start_stack:stack \
		arg_start:stack env_start:stack; do
		is "$(kind_at "$(ask ".processes[0].mm.${bound%:*}")")" "${bound#*:}" "what ${bound%:*} is in" ||
			return
	done
	is "$(ask '[.processes[0].mappings[] | select(.end | ltrimstr("0x") | length > 8)
		| select(.end != "0x100000000")] | length')" 0 "mappings above 4 GiB"
}

# The textbook's program writes after some seconds, and prints line by line on a terminal only.
has_written() {
	(($(grep -c '^\[Child\].*value:200' "$BATS_TEST_TMPDIR/said") >= 1))
}

textbook_is_true() { # textbook_is_true FLAG...
	local pid
	need_command script
	"${CC:-cc}" -m32 -O0 -g -Wl,-z,now "$@" -o "$FIXTURE_DIR/textbook" "$LIVE/fixtures/textbook.c" ||
		skip_loudly "cannot build programs of 32 bits (gcc-multilib)"
	timeout -s KILL 60 script -qfec "exec '$FIXTURE_DIR/textbook'" /dev/null \
		</dev/null >"$BATS_TEST_TMPDIR/said" 2>/dev/null 3>&- &
	pid=$!
	wait_until has_written
	read -r A B < <(sed -n 's/^\[Child\] PID:\([0-9]*\), PPID:\([0-9]*\),.*/\2 \1/p' "$BATS_TEST_TMPDIR/said")
	look_at_runs "$A" "$B"
	kill -KILL "$A" "$B" || true
	wait "$pid" || true
	is "$(ask '.symbols[] | select(.name == "global_counter")
		| "\(.section) \(.size_bytes) \(.changed_bytes) \(.value_a.text) \(.value_b.text)"')" \
		".data 4 1 100 200" "global_counter"
}

@test "the textbook program of 32 bits: global_counter differs, 100 and 200" {
	textbook_is_true
}

@test "the textbook program of 32 bits, static and at a fixed address: global_counter differs" {
	textbook_is_true -static -no-pie
}

@test "after random operations both readers agree on programs of 32 bits" {
	local seed
	built soup
	for seed in 1 2 3; do
		fixture soup "$seed"
		stop "$A" "$B"
		counts_are_true "$A" "$B"
		finish_fixtures
	done
}

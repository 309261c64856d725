#!/usr/bin/env bats
# One address: what is said of it is what is there.

load addr

setup() {
	need_root
}

teardown() {
	finish_fixtures
	[[ ! ${PUBLIC:-} ]] || rm -rf "$PUBLIC"
}

@test "private memory is told, alone and shared with a child, and what was dropped is none" {
	made_like 'none|anon|dropped|locked|inaccessible' pages
	each_kind "${MADE[@]}"
}

@test "pages of files and of shared memory are told from private copies" {
	made_like 'file|shared|device' pages
	each_kind "${MADE[@]}"
}

@test "zero pages are nobody's, and told as such" {
	made_like 'zero|huge-zero' pages
	each_kind "${MADE[@]}"
}

@test "a huge page is told with its size and the place in it, behind one entry and behind many" {
	made_like 'thp|thp-by-entries' pages
	each_kind "${MADE[@]}"
}

@test "guards, markers and write protection are told from swap" {
	made_like 'guard|write-protected' pages
	each_kind "${MADE[@]}"
}

@test "what is not mapped, and what is the kernel's, is told as such" {
	made_like 'unmapped|kernels' pages
	each_kind "${MADE[@]}"
}

@test "every kind of page of the fixture is part of a test" {
	none_is_left_out pages
}

@test "the mapping and its neighbours are those of maps, with the gaps between" {
	local line start end before_end next_start
	fixture pages anon
	read -r _ _ start _ <<<"${REGIONS[0]}"
	look addr --json "$A" "$start"
	while IFS=' -' read -r line end _; do
		if ((16#$line > start)); then
			next_start=$line
			break
		fi
		((16#$end > start)) || before_end=$end
	done <"/proc/$A/maps"
	is "$(ask '.addresses[0] | "\(.below.end) \(.above.start)"')" \
		"0x${before_end##0} 0x${next_start##0}" "the neighbours"
	is "$(ask '.addresses[0] | "\(.below.gap_bytes) \(.above.gap_bytes)"')" \
		"$(ask '.addresses[0] | "\((.mapping.start | hex) - (.below.end | hex)) \((.above.start | hex) - (.mapping.end | hex))"')" \
		"the gaps"
}

@test "registers of a sleeping thread are known without stopping it, the others are not made up" {
	fixture pages anon
	asleep "$A"
	local sp pc
	read -r sp pc < <(awk '{ print $(NF - 1), $NF }' "/proc/$A/syscall")
	look addr --json "$A" '$sp' '$pc' '$sp+8'
	is "$STATUS" 0 "the status"
	is "$(ask '[.addresses[].address] | join(" ")')" "$sp $pc $(printf '0x%x' $((sp + 8)))" "the addresses"
	is "$(ask '.addresses[0].mapping.kind')" stack "where sp is"
	is "$(ask '.addresses[1].mapping.kind')" text "where pc is"
	refused addr "$A" '$rax'
	message_has -- '--hold'
}

@test "all registers are known while it is held, and it is let go" {
	fixture pages anon
	asleep "$A"
	look addr --json --hold "$A" '$sp' '$rsp' '$rip' '$rdi'
	is "$STATUS" 0 "the status: $(cat "$MESSAGES")"
	is "$(ask '.addresses[0].address == .addresses[1].address')" true "sp and rsp"
	nothing_is_left_on "$A"
}

@test "what cannot be resolved is said, and the rest is answered" {
	fixture pages anon
	look addr --json "$A" no_such_symbol 0x1000
	is "$STATUS" 3 "the status"
	is "$(ask '"\(.addresses | length) \(.errors[0].target)"')" "1 no_such_symbol" "the answer"
	refused addr "$A" no_such_symbol
	refused addr "$A" 7f21a0000000
	message_has "did you mean '0x7f21a0000000'"
	refused addr --tid 1 "$A" '$sp'
	message_has 'no thread'
}

@test "looking at an address disturbs nothing" {
	local kind region address addresses
	for kind in none anon file zero thp guard shared; do
		start_fixture pages "$kind"
		[[ -z $SKIPPED ]] || continue
		addresses=()
		for region in "${REGIONS[@]}"; do
			read -r _ _ address _ <<<"$region"
			addresses+=("$address")
		done
		asleep "$A" "$B"
		undisturbed "$A" "$B" look addr "$A" "${addresses[@]}" || (($? == 3))
		undisturbed "$A" "$B" look addr --hold "$A" "${addresses[@]}" || (($? == 3))
		undisturbed "$A" "$B" look addr "$A" --against "$B" "${addresses[@]}" || (($? == 3))
		finish_fixtures
	done
}

# --- without privilege ---

# What others may run, by a user who may do nothing.
as_nobody() {
	PUBLIC=$(mktemp -d)
	chmod 755 "$PUBLIC"
	cp "$VMSPY" "$BUILT/pages" "$PUBLIC"
	VMSPY=$PUBLIC/vmspy
	FIXTURE_DIR=$PUBLIC
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
}

@test "without privilege states are told, and what is hidden is said to be hidden, with the right that shows it" {
	local address
	need_command setpriv
	as_nobody
	fixture pages file
	read -r _ _ address _ <<<"${REGIONS[1]}"
	look addr --json "$A" "$address"
	is "$STATUS" 0 "the status"
	is "$(ask '.addresses[0] | "\(.state) \(.backing) \(.exclusive) \(.frame) \(.physical) \(.page_flags) \(.map_count) \(.cgroup_inode) \(.huge)"')" \
		"frame anon false null null null null null null" "the page"
	is "$(ask '[.addresses[0].hidden[] | .what] | join(" ")')" \
		"frame page_flags map_count cgroup_inode huge" "what is hidden"
	is "$(ask '.addresses[0].hidden[0].needs | contains("CAP_SYS_ADMIN")')" true "the right for frames"
	is "$(ask '[.addresses[0].hidden[1:][].needs | contains("uid 0")] | all')" true "the right for the rest"
	look addr "$A" "$address"
	grep -q '^  frame .*hidden: needs CAP_SYS_ADMIN in the first user namespace (run with sudo)' "$ANSWER"
	grep -q '^  flags .*hidden: needs uid 0, to read /proc/kpageflags (run with sudo)' "$ANSWER"
	finish_fixtures
	fixture pages zero
	read -r _ _ address _ <<<"${REGIONS[0]}"
	look addr --json "$A" "$address"
	is "$(said state)" zero "a zero page without frames"
	finish_fixtures
	fixture pages guard
	read -r _ _ address _ <<<"${REGIONS[0]}"
	look addr --json "$A" "$address"
	is "$(said state)" guard "a guard without frames"
}

@test "a process of somebody else is refused, with the right that would show it" {
	fixture pages anon
	as_nobody
	refused addr "$A" 0x1000
	message_has CAP_SYS_PTRACE
}

@test "where only the mappings may be seen the page is unknown, and the answer in part" {
	fixture pages anon
	local address
	read -r _ _ address _ <<<"${REGIONS[0]}"
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +sys_ptrace --ambient-caps +sys_ptrace --)
	PUBLIC=$(mktemp -d)
	chmod 755 "$PUBLIC"
	cp "$VMSPY" "$PUBLIC"
	VMSPY=$PUBLIC/vmspy
	look addr --json "$A" "$address"
	is "$STATUS" 3 "the status"
	is "$(ask '.addresses[0] | "\(.state) \(.mapping.kind) \(.frame)"')" "unknown anon null" "the page"
	is "$(ask '.addresses[0].hidden[0] | "\(.what) \(.needs | contains("CAP_DAC_READ_SEARCH"))"')" "state true" "what is hidden"
}

# --- beside another process ---

@test "the verdict is that of diff, with both frames" {
	local state a b start words class page address
	for state in anon-child-wrote anon-nobody-wrote anon-child-filled file-half-written \
		zero-child-wrote dropped-by-child unmapped-by-child replaced-by-child guard-by-child \
		shared-only-parent-touched thp-child-wrote-first-page; do
		start_fixture states "$state"
		[[ -z $SKIPPED ]] || continue
		read -r a b start words <<<"${REGIONS[0]}"
		for page in 0 1 2 3; do
			address=$(printf '0x%x' $((16#$start + page * 4096)))
			look diff --json --hex "$address" "$a" "$b"
			class=$(ask '.page | "\(.state) \(.class) \(.reason) \(.frame_a) \(.frame_b)"')
			look addr --json "$a" --against "$b" "$address"
			is "$(ask '.addresses[0] | "\(.verdict.state) \(.verdict.class) \(.verdict.reason) \(.frame) \(.against.frame)"')" \
				"$class" "page $page of $state"
		done
		finish_fixtures
	done
}

@test "a process beside itself is not compared" {
	local address first
	fixture pages anon
	first=$A
	read -r _ _ address _ <<<"${REGIONS[0]}"
	look addr --json "$first" --against "$first" "$address"
	is "$STATUS" 0 "the status"
	is "$(ask '.addresses[0].verdict')" null "the verdict of one address space"
	look addr --json --hold "$first" --against "$first" "$address"
	is "$STATUS" 0 "the status of one address space, held"
	nothing_is_left_on "$first"
}

@test "held, both are stopped together and let go" {
	local address
	fixture states anon-child-wrote
	read -r _ _ address _ <<<"${REGIONS[0]}"
	look addr --json --hold "$A" --against "$B" "$(printf '0x%x' $((16#$address + 4096)))"
	is "$STATUS" 0 "the status: $(cat "$MESSAGES")"
	is "$(ask '.addresses[0].verdict.state')" diverged "the verdict"
	nothing_is_left_on "$A" "$B"
}

@test "the program of the textbook: global_counter diverged, 200 and 100 in two frames" {
	local out=$BATS_TEST_TMPDIR/textbook program
	need_command script
	timeout -s KILL 120 script -qfec "exec '$BUILT/textbook'" /dev/null </dev/null >"$out" 2>/dev/null 3>&- &
	program=$!
	has_written() { grep -q '^\[Child\].*value:200' "$out"; }
	wait_until has_written
	read -r A B <<<"$(sed -n 's/^\[Child\] PID:\([0-9]*\), PPID:\([0-9]*\),.*/\2 \1/p' "$out" | head -1)"
	look addr --json "$B" --against "$A" global_counter || true
	kill -KILL "$A" "$B"
	wait "$program" || true
	is "$STATUS" 0 "the status: $(cat "$MESSAGES")"
	is "$(ask '.addresses[0] | "\(.address) \(.symbol) \(.section)"')" \
		"$(sed -n 's/^\[Child\].*value:200, addr:\(0x[0-9a-f]*\).*/\1/p' "$out" | head -1) global_counter .data" "the variable"
	is "$(ask '.addresses[0] | "\(.verdict.state) \(.variable.type) \(.variable.value_a.text) \(.variable.value_b.text)"')" \
		"diverged int 200 100" "the verdict and the values"
	is "$(ask '.addresses[0] | .frame != null and .against.frame != null and .frame != .against.frame')" true "two frames"
}

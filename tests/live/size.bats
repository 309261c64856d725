#!/usr/bin/env bats
# Large address spaces cost what is in them.

load lib

setup() {
	need_root
}

# cost ARG...: KIB and MILLISECONDS of vmspy
cost() {
	local status=0
	timeout 120 "$BUILT/peak" "$BATS_TEST_TMPDIR/cost" "$VMSPY" "$@" >"$BATS_TEST_TMPDIR/answer" \
		2>"$BATS_TEST_TMPDIR/messages" 3>&- || status=$?
	((status == 1 || status == 0)) || fail "vmspy $* ended with $status: $(cat "$BATS_TEST_TMPDIR/messages")"
	read -r KIB MILLISECONDS <"$BATS_TEST_TMPDIR/cost"
}

need_memory() { # need_memory MIB
	(($(sed -n 's/^MemAvailable:[^0-9]*\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024 > $1)) ||
		skip_loudly "needs $1 MiB of free memory"
}

@test "a dense pair of 4 GiB, 1% copied at random, is compared in less than 32 MiB" {
	need_memory 5500
	fixture big dense 4096 10
	cost diff --json "$A" "$B"
	((KIB < 32 * 1024)) || fail "it took $KIB KiB"
	ANSWER=$BATS_TEST_TMPDIR/answer
	(($(ask .totals.diverged_pages) > 10000)) || fail "the copies were not seen"
}

@test "a reservation of 16 TiB without access costs next to nothing" {
	fixture big none 16
	cost diff --json "$A" "$B"
	((MILLISECONDS < 2000)) || fail "it took $MILLISECONDS ms"
}

@test "a writable reservation of 16 TiB costs what was written to it" {
	local start
	fixture big noreserve 16
	cost diff --json --runs "$A" "$B"
	((MILLISECONDS < 2000)) || fail "it took $MILLISECONDS ms"
	ANSWER=$BATS_TEST_TMPDIR/answer
	read -r _ _ start <<<"${REGIONS[0]}"
	is "$(ask "[.runs[] | select((.start | hex) >= (\"$start\" | hex) and
		(.start | hex) < (\"$start\" | hex) + 17592186044416)] | \"\(map(select(.state == \"diverged\").pages)
		| add) \(map(select(.state == \"shared\").pages) | add)\"")" "500 500" "diverged and shared pages"
}

# The promises of every answer are checked on smaller ones: jq takes seconds for this one.
@test "sixty thousand mappings are compared" {
	fixture big mappings 60000
	LOOK_SECONDS=20 look diff --json "$A" "$B"
	is "$STATUS" 1 "the status"
	is "$(ask '"\(.totals.diverged_pages >= 6000) \(.mappings | length >= 60000)"')" "true true" \
		"every tenth of them was written, and all are told"
}

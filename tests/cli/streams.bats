load helper

# A terminal of 80 columns: what comes out of it.
on_terminal() {
	script -qec "stty cols 80 rows 50; $*" /dev/null </dev/null | tr -d '\r'
}

@test "a reader that goes away ends it quietly" {
	start many_mappings 20000
	"$VMSPY" maps "$fixture" 2>"$BATS_TEST_TMPDIR/err" | head -1 >"$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	(trap '' PIPE; "$VMSPY" maps --json "$fixture") 2>"$BATS_TEST_TMPDIR/err" | head -1 >/dev/null
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "a full disk is trouble" {
	for arguments in "maps $$" "maps $$ --json" "maps $$ --raw" "help" "help maps" "--version"; do
		status=0
		# shellcheck disable=SC2086 # words on purpose
		"$VMSPY" $arguments >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
		[ "$status" -eq 2 ]
		[ "$(cat "$BATS_TEST_TMPDIR/err")" = "vmspy: cannot write the results: No space left on device" ]
	done
}

@test "a closed stdout is trouble" {
	status=0
	"$VMSPY" maps $$ >&- 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 2 ]
	grep -q "cannot write the results" "$BATS_TEST_TMPDIR/err"
}

@test "a closed stdout is not missed when there is nothing to say" {
	status=0
	"$VMSPY" diff --quiet $$ $$ >&- 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 0 ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "colour is for terminals, and for those who ask" {
	coloured() { "$@" | grep -q $'\033'; }
	refute coloured "$VMSPY" maps $$
	coloured "$VMSPY" maps --color $$
	coloured "$VMSPY" maps --color=always $$
	export TERM=xterm
	coloured on_terminal "$VMSPY" maps $$
	refute coloured on_terminal "$VMSPY" maps --color=never $$
	export NO_COLOR=1
	refute coloured on_terminal "$VMSPY" maps $$
	coloured on_terminal "$VMSPY" maps --color=always $$
	unset NO_COLOR
	export TERM=dumb
	refute coloured on_terminal "$VMSPY" maps $$
}

@test "machines get no colour" {
	refute grep -q $'\033' <("$VMSPY" maps --color=always --raw $$)
	refute grep -q $'\033' <("$VMSPY" maps --color=always --json $$)
}

@test "a table fits a terminal of 80 columns" {
	on_terminal "$VMSPY" maps --color=never $$ >"$BATS_TEST_TMPDIR/out"
	grep -q '^ *START PERM KIND' "$BATS_TEST_TMPDIR/out"
	[ "$(wc -L <"$BATS_TEST_TMPDIR/out")" -le 80 ]
}

@test "a pipe gets lines as wide as they are" {
	vmspy maps $$
	grep -q ' /.*/libc' "$out"
	refute grep -q '…' "$out"
	head -2 "$out" | grep -q '^ *START  *END '
}

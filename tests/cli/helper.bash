# shellcheck shell=bash
# What all tests of the program share. Run them from the top of the tree:
#   VMSPY=build/cc/vmspy FIXTURES=build/cc/tests/cli/fixtures bats tests/cli

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VMSPY=$(realpath "${VMSPY:-$TOP/build/cc/vmspy}")
FIXTURES=$(realpath "${FIXTURES:-$TOP/build/cc/tests/cli/fixtures}")
export LC_ALL=C.UTF-8
unset NO_COLOR

# Run vmspy with stdout and stderr apart: status, $out (a file), $err (text).
vmspy() {
	out=$BATS_TEST_TMPDIR/out
	status=0
	"$VMSPY" "$@" >"$out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	err=$(cat "$BATS_TEST_TMPDIR/err")
}

# Trouble: status 2, nothing on stdout, one line on stderr, with this in it.
trouble_says() {
	[ "$status" -eq 2 ]
	[ ! -s "$out" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ]
	[[ $err == "vmspy: "* ]]
	[[ $err == *"$1"* ]] || { echo "stderr: $err"; false; }
}

# Whether the program was built with the address sanitizer.
sanitized() {
	grep -q __asan_init "$VMSPY"
}

# The command must fail. (`! command` is no assertion: errexit does not look at it.)
refute() {
	if "$@"; then
		echo "did not expect: $*"
		return 1
	fi
}

# Start a fixture and wait until it is ready: $fixture is its pid, $said the file of what it said.
start() {
	local name=$1 hold=$BATS_TEST_TMPDIR/hold
	shift
	said=$BATS_TEST_TMPDIR/said
	mkfifo "$hold"
	"$FIXTURES/$name" "$@" <"$hold" >"$said" 3>&- &
	fixture=$!
	exec 7>"$hold"
	for _ in $(seq 200); do
		grep -q '^ready$' "$said" && return
		sleep 0.05
	done
	echo "'$name' did not become ready"
	false
}

# Let the fixture of this test end, if there was one.
stop() {
	exec 7>&-
	[ -z "$fixture" ] || wait "$fixture" || true
	fixture=
}

teardown() {
	stop
}

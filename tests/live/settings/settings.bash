# Settings of the machine: what a test writes is written back when it ends, however it ends.
# shellcheck shell=bash

load "$(dirname "${BASH_SOURCE[0]}")/../lib"

SAVED_FILES=()
SAVED_VALUES=()

# set_to FILE VALUE
set_to() {
	[[ -w $1 ]] || skip_loudly "$1 cannot be written"
	# "always [madvise] never" is written back as the word in brackets.
	local value
	value=$(<"$1")
	[[ $value =~ \[(.*)\] ]] && value=${BASH_REMATCH[1]}
	SAVED_FILES+=("$1")
	SAVED_VALUES+=("$value")
	echo "$2" >"$1"
}

restore_settings() {
	local i
	for ((i = ${#SAVED_FILES[@]} - 1; i >= 0; i--)); do
		echo "${SAVED_VALUES[i]}" >"${SAVED_FILES[i]}" || true
	done
	SAVED_FILES=()
	SAVED_VALUES=()
}

setup() {
	need_root
	trap restore_and_exit INT TERM HUP
}

restore_and_exit() {
	teardown
	exit 130
}

teardown() {
	finish_fixtures
	restore_settings
}

counts_are_true_for() {
	fixture "$@"
	stop "$A" "$B"
	counts_are_true "$A" "$B"
}

#!/usr/bin/env bats
# What diverged pages without symbols point to, and what they are: every number is the fixture's.

load lib

setup() {
	need_root
}

# built SOURCE FLAG...: the fixture, built as a program of another kind.
built() {
	local compiler=${CC:-cc} name
	[[ $1 != *.cc ]] || compiler=${CXX:-c++}
	FIXTURE_DIR=$BATS_TEST_TMPDIR
	name=$(basename "${1%.*}")
	"$compiler" -D_GNU_SOURCE -O2 -pthread "${@:2}" -o "$FIXTURE_DIR/$name" "$LIVE/fixtures/$1" ||
		skip_loudly "cannot build $1 with ${*:2}"
}

# All clues that the fixture promises are there, with exactly these counts.
clues_are_true() {
	local line name
	look diff --json "$A" "$B" || return
	for line in "${REGIONS[@]:1}"; do
		name=${line% * * * *}
		is "$(ask '.clues[] | select(.name == $name)
			| "\(.name) \(.pages) \(.words) \(.changed_distance) \(.changed_words)"' --arg name "$name")" \
			"$line" "the clue $name" || return
	done
}

@test "objects are known by what they point to, and a count by its distance from that" {
	fixture clues pointers
	clues_are_true
	undisturbed "$A" "$B" look diff --json "$A" "$B"
}

@test "the same in a program without address randomisation" {
	built clues.c -no-pie -fno-pie -std=gnu11
	fixture clues pointers
	clues_are_true
}

@test "the same in a program of 32 bits" {
	built clues.c -m32 -std=gnu11
	fixture clues pointers
	clues_are_true
}

@test "objects of C++ are known by their tables of virtual functions, also by the second" {
	built clues.cc
	fixture clues
	clues_are_true
}

@test "objects of C++ are known in a program of 32 bits" {
	built clues.cc -m32
	fixture clues
	clues_are_true
}

@test "clues are in the order of their words, and all of them have a name" {
	fixture clues pointers
	look diff --json "$A" "$B"
	is "$(ask '[.clues[].words] | . == (sort | reverse)')" true "descending"
	is "$(ask '[.clues[] | select(.name == null or .object == null or .words < .pages)] | length')" 0 "bad clues"
}

@test "text says that clues are evidence, and --clues --raw is the table alone" {
	fixture clues pointers
	look diff "$A" "$B"
	grep -q 'evidence of what lies there, not proof' "$ANSWER" || fail "$(cat "$ANSWER")"
	grep -Eq '^shape_operations +8 +512 +8 +100 ' "$ANSWER" || fail "$(cat "$ANSWER")"
	look diff --clues --raw -n -o CLUE,WORDS,CHANGED-AT "$A" "$B"
	grep -qx 'shape_operations 512 8' "$ANSWER" || fail "$(cat "$ANSWER")"
	grep -qx 'second_operations 128 -' "$ANSWER" || fail "$(cat "$ANSWER")"
}

reads_of_memory() { # reads_of_memory ARG...: how many reads of another process's bytes
	strace -f -y -e trace=pread64 -o "$BATS_TEST_TMPDIR/calls" "$VMSPY" diff "$@" >/dev/null || (($? == 1))
	grep -c '/mem>' "$BATS_TEST_TMPDIR/calls" || true
}

@test "where clues are not shown nothing is read for them" {
	need_command strace
	fixture clues pointers
	is "$(reads_of_memory --raw -o DIVERGED "$A" "$B")" 0 "reads for another table"
	is "$(reads_of_memory -q --clues "$A" "$B")" 0 "reads for no answer"
	(($(reads_of_memory --raw --clues "$A" "$B") > 0)) || fail "no reads for clues"
}

# area_at ADDRESS
area_at() {
	ask '.mappings[] | select((.start | hex) <= ($at | hex) and (.end | hex) > ($at | hex)) | .area' --arg at "$1"
}

arena_is_named() {
	local of_thread of_main
	read -r of_thread of_main <<<"${REGIONS[1]}"
	look diff --json "$A" "$B"
	is "$(area_at "$of_thread")" glibc-arena "the area of $of_thread" || return
	is "$(area_at "$of_main")" main-heap "the area of $of_main"
}

@test "the heaps of further threads are known by their shape" {
	fixture clues arena
	arena_is_named
}

@test "the heaps of further threads are known in a program of 32 bits" {
	built clues.c -m32 -std=gnu11
	fixture clues arena
	arena_is_named
}

made_code_is() { # made_code_is EXPECTED WHAT
	look diff --json "$A" "$B" || return
	is "$(ask '.symbols[] | select(.section == "jit")
		| "\(.name)|\(.section)|\(.size_bytes)|\(.changed_bytes)"')" "$1" "the symbols of made code: $2"
}

@test "code that is made at run time has the names of its perf map" {
	fixture clues code
	made_code_is "${REGIONS[1]}" "its own map"
	is "$(ask '.symbols[] | select(.section == "jit") | .object')" "${REGIONS[0]##* }" "where the names come from"
	is "$(ask '[.mappings[] | select(.kind == "jit") | .area] | unique[]')" jit "the area"
}

@test "code that is made at run time has the names of the other side's perf map" {
	local map
	fixture clues code
	map=${REGIONS[0]##* }
	mv "$map" "/tmp/perf-$B.map"
	made_code_is "${REGIONS[1]}" "the map of b" || { rm -f "/tmp/perf-$B.map"; return 1; }
	is "$(ask '.symbols[] | select(.section == "jit") | .object')" "/tmp/perf-$B.map" "where the names come from"
	mv "/tmp/perf-$B.map" "$map"
}

@test "a perf map of somebody else is not believed" {
	fixture clues code
	chown 1 "${REGIONS[0]##* }"
	made_code_is "" "another owner"
}

@test "a perf map that is a link, a pipe or a folder is not read" {
	local map
	fixture clues code
	map=${REGIONS[0]##* }
	mv "$map" "$BATS_TEST_TMPDIR/map"
	ln -s "$BATS_TEST_TMPDIR/map" "$map"
	made_code_is "" "a link"
	rm "$map"
	mkfifo "$map"
	made_code_is "" "a pipe"
	rm "$map"
	mkdir "$map"
	made_code_is "" "a folder"
	rmdir "$map"
	mv "$BATS_TEST_TMPDIR/map" "$map"
	made_code_is "${REGIONS[1]}" "the file again"
}

@test "a perf map is that of the process's own namespaces" {
	local outer
	# The fixture may lie below what is mounted over.
	RUN_AS=(unshare --pid --mount --fork --kill-child sh -c \
		'exec 9<"$1" && shift && mount -t tmpfs none /tmp && exec /proc/self/fd/9 "$@"' sh)
	fixture clues code
	RUN_AS=()
	is "${REGIONS[0]%% *} ${REGIONS[0]##* }" "1 /tmp/perf-1.map" "the pid in the namespace"
	outer=$(pgrep -P "${FIXTURE_PIDS[0]}")
	A=$outer B=$(pgrep -P "$outer")
	made_code_is "${REGIONS[1]}" "the map under its own root"
}

#!/usr/bin/env bats
# With fewer rights less is seen, what is missing is said, and nothing is guessed.

load lib

setup() {
	need_root
	need_command setpriv
	PUBLIC=$(mktemp -d)
	chmod 755 "$PUBLIC"
	cp "$VMSPY" "$BUILT/states" "$BUILT/odd" "$PUBLIC"
	VMSPY=$PUBLIC/vmspy
	FIXTURE_DIR=$PUBLIC
	NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
}

teardown() {
	finish_fixtures
	rm -rf "$PUBLIC"
}

# region_is WORDS: what is said of the first region.
region_is() {
	local start
	read -r _ _ start _ <<<"${REGIONS[0]}"
	is "$(ask "words(\"$start\"; 4; .host.page_bytes)")" "$1" "the region at $start"
}

what_is_missing_is_said() {
	is "$(ask .host.frames)" hidden "the frames"
	ask '.unknown[].remedy' | grep -q CAP_SYS_ADMIN || fail "no remedy names the capability: $(ask .unknown)"
}

@test "without privilege a copy is proven where one side has its page alone, the rest is unknown" {
	RUN_AS=("${NOBODY[@]}")
	fixture states anon-child-wrote
	look_at_runs "$A" "$B"
	region_is "unknown diverged unknown*2"
	what_is_missing_is_said
}

@test "without privilege pages that are unknown may still be shared" {
	local line least most
	RUN_AS=("${NOBODY[@]}")
	fixture states anon-child-wrote
	look diff "$A" "$B"
	line=$(grep 'of what b inherited' "$ANSWER")
	[[ $line =~ inherited\ ([0-9.]+)%\ to\ ([0-9.]+)%\ is ]] || fail "no range: $line"
	least=${BASH_REMATCH[1]} most=${BASH_REMATCH[2]}
	RUN_AS=()
	look diff "$A" "$B"
	line=$(grep 'of what b inherited' "$ANSWER")
	[[ $line =~ inherited\ ([0-9.]+)%\ is ]] || fail "no share: $line"
	awk "BEGIN { exit !($least <= ${BASH_REMATCH[1]} && ${BASH_REMATCH[1]} <= $most) }" ||
		fail "$least to $most, and in truth ${BASH_REMATCH[1]}"
}

@test "without privilege a page of a file is told from its copy" {
	RUN_AS=("${NOBODY[@]}")
	fixture states file-half-written
	look_at_runs "$A" "$B"
	region_is "unknown diverged shared-file diverged-file"
}

@test "without privilege a zero page is told from its copy" {
	RUN_AS=("${NOBODY[@]}")
	fixture states zero-child-wrote
	look_at_runs "$A" "$B"
	region_is "unknown diverged-zero -*2"
}

@test "without privilege what only one side has is told" {
	RUN_AS=("${NOBODY[@]}")
	fixture states dropped-by-child
	look_at_runs "$A" "$B"
	region_is "unknown only-A unknown*2"
}

@test "without privilege nothing is called shared or diverged that is not" {
	local state start pages class
	RUN_AS=("${NOBODY[@]}")
	for state in anon-nobody-wrote anon-both-wrote heap stack locked freed-lazily \
		thp-child-wrote-page-9 thp-child-wrote-first-page; do
		RUN_AS=("${NOBODY[@]}")
		[[ $state == thp* ]] && RUN_AS=()
		start_fixture states "$state"
		[[ -z $SKIPPED ]] || continue
		RUN_AS=("${NOBODY[@]}")
		[[ $state == thp* ]] && RUN_AS=(setpriv --bounding-set -sys_admin --)
		look_at_runs "$A" "$B"
		ask '.runs[] | select(.class == ("shared", "diverged")) | "\(.start) \(.pages) \(.class)"' \
			>"$BATS_TEST_TMPDIR/claims"
		while read -r start pages class; do
			is "$("$BUILT/oracle" region "$A" "$B" "$start" "$pages")" \
				"$class$( ((pages == 1)) || echo "*$pages")" "the claim for $start of $state"
		done <"$BATS_TEST_TMPDIR/claims"
		finish_fixtures
	done
}

@test "without privilege another user's process is refused, and the remedy is said" {
	fixture states anon-nobody-wrote
	RUN_AS=("${NOBODY[@]}")
	refused diff "$A" "$B"
	message_has 'root|sudo|CAP_SYS_PTRACE'
}

@test "without privilege a process that is not dumpable is refused" {
	RUN_AS=("${NOBODY[@]}")
	fixture odd nodump
	refused diff "$A" "$B"
	nothing_is_left_on "$A" "$B"
}

@test "root without CAP_SYS_ADMIN sees no frames, and says so" {
	fixture states anon-child-wrote
	RUN_AS=(setpriv --bounding-set -sys_admin --)
	look_at_runs "$A" "$B"
	region_is "unknown diverged unknown*2"
	what_is_missing_is_said
}

@test "root of a user namespace sees no frames, and says so" {
	unshare -Ur true 2>/dev/null || skip_loudly "user namespaces cannot be made here"
	RUN_AS=(unshare -Ur --)
	fixture states anon-child-wrote
	RUN_AS=(nsenter -U --preserve-credentials -t "$A" --)
	look_at_runs "$A" "$B"
	region_is "unknown diverged unknown*2"
	is "$(ask .host.frames)" hidden "the frames"
}

@test "where /proc hides other users' processes they are refused, and own ones answered" {
	fixture states anon-child-wrote
	# shellcheck disable=SC2016
	local hidden=(unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' sh)
	RUN_AS=("${hidden[@]}" "${NOBODY[@]}")
	refused diff "$A" "$B"
	RUN_AS=("${NOBODY[@]}")
	fixture states anon-child-wrote
	RUN_AS=("${hidden[@]}" "${NOBODY[@]}")
	look_at_runs "$A" "$B"
	region_is "unknown diverged unknown*2"
}

@test "without /proc everything is refused" {
	fixture states anon-child-wrote
	# shellcheck disable=SC2016
	RUN_AS=(unshare -m sh -c 'umount -l /proc && exec "$@"' sh)
	refused diff "$A" "$B"
	message_has /proc
}

#!/usr/bin/env bats
# The kernel moves pages of stopped processes, too: a moved page is not a copied one.

load settings

# All memory is compacted again and again until the test ends.
compact_without_end() {
	[[ -w /proc/sys/vm/compact_memory ]] || skip_loudly "this kernel cannot compact memory on demand"
	while :; do echo 1 >/proc/sys/vm/compact_memory; done 2>/dev/null 3>&- &
	COMPACTOR=$!
}

teardown() {
	if [[ ${COMPACTOR:-} ]]; then
		kill "$COMPACTOR" 2>/dev/null || true
		wait "$COMPACTOR" 2>/dev/null || true
	fi
	finish_fixtures
	restore_settings
}

never_a_false_copy() { # never_a_false_copy DIFF-ARG...
	local start looks migrated seen=0
	fixture big still 64
	stop "$A" "$B"
	read -r _ _ start <<<"${REGIONS[0]}"
	[[ ${COMPACTOR:-} ]] || compact_without_end
	migrated=$(kernel_moves | sed -n 's/^pgmigrate_success //p')
	for ((looks = 0; looks < 60; looks++)); do
		look_at_runs "$@" "$A" "$B"
		is "$(ask "[.runs[] | select((.start | hex) >= (\"$start\" | hex) and
			(.start | hex) < (\"$start\" | hex) + 67108864) | .state] | unique
			| map(select(. != \"shared\" and . != \"unknown\")) | join(\" \")")" "" \
			"states of memory that nobody wrote"
		(($(ask .totals.shared_pages) >= 15000)) && seen=$((seen + 1))
	done
	migrated=$(($(kernel_moves | sed -n 's/^pgmigrate_success //p') - migrated))
	echo "# $migrated pages were migrated during $looks looks; nearly all judged in $seen" >&3
	((migrated > 1000)) || skip_loudly "the kernel found nothing to compact"
	((seen * 2 > looks)) || fail "most pages are unknown in most looks"
}

@test "while memory is compacted nothing is falsely diverged" {
	never_a_false_copy
}

@test "while memory is compacted nothing is falsely diverged without a hold" {
	never_a_false_copy --no-hold
}

@test "while memory is compacted nothing is falsely diverged in slices" {
	never_a_false_copy --max-hold=1
}

# Both processes have other memory beside it that is merged and collapsed meanwhile.
@test "while memory is compacted, merged and collapsed nothing is falsely diverged" {
	local khugepaged=/sys/kernel/mm/transparent_hugepage/khugepaged
	merge_eagerly
	set_to "$khugepaged/scan_sleep_millisecs" 1
	set_to "$khugepaged/alloc_sleep_millisecs" 1
	set_to "$khugepaged/pages_to_scan" 65536
	never_a_false_copy
	never_a_false_copy --max-hold=1
}

@test "while memory is compacted nothing is falsely proven where frames are hidden" {
	local start looks
	fixture big dense 64 0
	stop "$A" "$B"
	read -r _ _ start <<<"${REGIONS[0]}"
	compact_without_end
	RUN_AS=(setpriv --bounding-set -sys_admin --)
	for ((looks = 0; looks < 60; looks++)); do
		look_at_runs "$A" "$B"
		is "$(ask "[.runs[] | select((.start | hex) >= (\"$start\" | hex) and
			(.start | hex) < (\"$start\" | hex) + 67108864) | .state] | unique
			| map(select(. != \"unknown\")) | join(\" \")")" "" "states of memory that nobody wrote"
	done
}

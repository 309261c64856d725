#!/usr/bin/env bats
# The bytes of diverged pages: how many were copied for nothing, and how much of the others changed.

load lib

setup() {
	need_root
}

# content_fixture PAGES PERMILLE BYTES: IDENTICAL and CHANGED pages, of those at START
content_fixture() {
	fixture content "$@" || return
	read -r _ _ START IDENTICAL CHANGED <<<"${REGIONS[0]}"
}

# ask_area FILTER: of the mapping at START
ask_area() {
	ask ".mappings[] | select(.start == \"0x$START\") | $1"
}

@test "pages that were copied for nothing and pages that changed are told apart, to the byte" {
	local bytes
	for bytes in 1 7 500 4096; do
		content_fixture 1000 300 "$bytes"
		look diff --json --content=all "$A" "$B"
		is "$(ask_area '"\(.diverged_pages) \(.compared_pages) \(.identical_pages) \(.changed_bytes)"')" \
			"1000 1000 $IDENTICAL $((CHANGED * bytes))" "pages, and bytes that changed"
		is "$(ask_area '"\(.estimated_identical_pages) \(.estimated_changed_bytes)"')" \
			"$IDENTICAL $((CHANGED * bytes))" "the estimate of what is known"
		is "$(ask_area ".amplification * $((CHANGED * bytes)) / 4096 | round")" 1000 "the amplification"
		is "$(ask '.content | "\(.mode) \(.exact) \(.sampled_of_pages)"')" "all true null" "what it rests on"
		finish_fixtures
	done
}

@test "--content without a word is all" {
	content_fixture 1000 300 8
	look diff --json --content "$A" "$B"
	is "$(ask '.content.mode')" all "the mode"
	is "$(ask_area '.compared_pages')" 1000 "compared pages"
}

@test "the histogram has every compared page once" {
	content_fixture 1000 300 65
	look diff --json --content=all "$A" "$B"
	is "$(ask '.totals.compared_pages - ([.content.histogram[].pages] | add)')" 0 "pages that are missing"
	is "$(ask '.totals.identical_pages - .content.histogram[0].pages')" 0 "pages in the first step"
	(($(ask '.content.histogram[] | select(.from_bytes == 65) | .pages') >= CHANGED)) ||
		fail "the pages with 65 changed bytes are in another step"
	is "$(ask '[.content.histogram[] | .from_bytes, .to_bytes] | map(tostring) | join(" ")')" \
		"0 0 1 8 9 64 65 512 513 2048 2049 4096" "the steps"
}

# All counts of bytes are those of the independent reader; both are stopped.
bytes_are_true() {
	stop "$A" "$B"
	look diff --json --content=all "$A" "$B" || return
	is "$(ask '.totals | {compared_pages, identical_pages, changed_bytes}' -c)" \
		"$("$BUILT/oracle" bytes "$A" "$B" | jq -c .)" "the bytes"
}

bytes_are_true_for() {
	fixture "$@"
	steadily bytes_are_true
	finish_fixtures
}

@test "the bytes are those that an independent reader finds" {
	bytes_are_true_for content 3000 500 100
	bytes_are_true_for states data
	bytes_are_true_for states bss
	bytes_are_true_for states thp-both-wrote
	bytes_are_true_for states thp-child-collapsed
	bytes_are_true_for states anon-both-filled
	bytes_are_true_for states file-half-written
	bytes_are_true_for states dropped-and-used-again
	bytes_are_true_for big dense 64 500
	bytes_are_true_for soup 4
}

# Each page was chosen by itself: the estimate is within six standard deviations of the truth.
@test "a sample of many pages gives an estimate, and says that it is one" {
	(($(sed -n 's/^MemAvailable:[^0-9]*\([0-9]*\) kB/\1/p' /proc/meminfo) > 1500000)) ||
		skip_loudly "needs 1500 MiB of free memory"
	local pages=120000
	content_fixture "$pages" 300 16
	look diff --json "$A" "$B"
	is "$(ask '.content | "\(.mode) \(.exact)"')" "sample false" "what was compared"
	is "$(ask '.content.sampled_of_pages >= '$pages' and .content.compared_pages >= 256 and
		.content.compared_pages < .content.sampled_of_pages')" true "the size of the sample"
	is "$(ask_area ".identical_pages < $IDENTICAL and .compared_pages < $pages")" true "what was counted"
	is "$(ask_area "(.estimated_identical_pages - $IDENTICAL | fabs) <=
		6 * $pages * (0.3 * 0.7 / .compared_pages | sqrt)")" true \
		"the estimate is near $IDENTICAL: $(ask_area '"\(.estimated_identical_pages) from \(.compared_pages)"')"
	is "$(ask_area "(.estimated_changed_bytes / 16 - $CHANGED | fabs) <=
		6 * $pages * (0.3 * 0.7 / .compared_pages | sqrt)")" true "the changed bytes are near the truth"
	look diff "$A" "$B"
	grep -q 'identical *~.*estimate from [0-9,]* of [0-9,]* pages' "$ANSWER" ||
		fail "people are not told: $(head -12 "$ANSWER")"
}

# bytes_read ARG...: how often vmspy reads memory of another process
bytes_read() {
	strace -f -y -e trace=pread64,process_vm_readv,preadv -o "$BATS_TEST_TMPDIR/calls" \
		"$VMSPY" diff "$@" "$A" "$B" >/dev/null 2>&1 3>&- || (($? == 1)) || return
	grep -cE '/proc/[0-9]+/mem>|process_vm_readv' "$BATS_TEST_TMPDIR/calls" || true
}

@test "no byte is read where nothing is told of bytes, or none is wanted" {
	need_command strace
	content_fixture 100 300 8
	(($(bytes_read --json) > 0)) || fail "the test would not see bytes being read"
	(($(bytes_read -r -o DIVERGED --content) > 0)) || fail "--content reads none"
	(($(bytes_read -r -o EST-CHANGED) > 0)) || fail "a column about bytes reads none"
	is "$(bytes_read --json --content=none)" 0 "reads with --content=none"
	is "$(bytes_read -q)" 0 "reads with -q"
	is "$(bytes_read -r -o DIVERGED,START)" 0 "reads with -r and no column about bytes"
}

@test "without bytes nothing is said of them" {
	content_fixture 100 300 8
	look diff --json --content=none "$A" "$B"
	is "$(ask '.content | "\(.mode) \(.exact) \(.compared_pages) \(.estimated_identical_pages) \(.amplification)"')" \
		"none null 0 null null" "what is said"
	is "$(ask '.totals | "\(.identical_pages) \(.changed_bytes)"')" "null null" "the totals"
	look diff --content=none "$A" "$B"
	grep -qiE 'identical|changed' "$ANSWER" && fail "text speaks of bytes: $(cat "$ANSWER")"
	true
}

@test "another word for --content is refused" {
	refused diff --content=some $$ $$
	message_has "'some'.*all, sample or none"
}

@test "people are told what was copied for nothing, and what looking cost" {
	content_fixture 1000 300 8
	look diff --content "$A" "$B"
	grep -qE '^  identical .*copied for nothing$' "$ANSWER" || fail "identical: $(cat "$ANSWER")"
	grep -qE '^  changed .*amplification [0-9,.]+x' "$ANSWER" || fail "amplification: $(cat "$ANSWER")"
	grep -qE '^  changed bytes a page: 0 in [0-9]+, 1-8 in [0-9]+' "$ANSWER" || fail "histogram: $(cat "$ANSWER")"
	grep -qE '^  bytes of [0-9,]+ pages read in [0-9.]+[mu]s$' "$ANSWER" || fail "the cost: $(cat "$ANSWER")"
}

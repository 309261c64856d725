#!/usr/bin/env bats
# The sentences that matter most: true, the largest first, and known by their ids.

load lib

setup() {
	need_root
}

# The ids that the manual promises.
ids_of_manual() {
	sed -n '/^\.Sh FINDINGS/,/^\.Sh /s/^\.It Sy //p' "$BATS_TEST_DIRNAME/../../man/vmspy-diff.1" | sort
}

# finding ID FILTER
finding() {
	ask ".findings[] | select(.id == \"$1\") | $2"
}

@test "at most seven findings are told, those about the most memory first, each by an id of the manual" {
	fixture content 1000 300 8
	look diff --json --content "$A" "$B"
	is "$(ask '(.findings | length) as $n | $n >= 3 and $n <= 7')" true "how many there are"
	is "$(ask '[.findings[].bytes] | . == (sort | reverse)')" true "that they descend"
	is "$(ask '[.findings[].id] | length == (unique | length)')" true "that each is told once"
	is "$(ask '.findings[].id' | sort | comm -23 - <(ids_of_manual))" "" "what the manual does not know"
}

@test "what was copied for nothing is a finding with the numbers of the totals" {
	fixture content 1000 300 8
	look diff --json --content "$A" "$B"
	is "$(finding copied-for-nothing .bytes)" "$(ask '.totals.identical_pages * .host.page_bytes')" "the bytes"
	finding copied-for-nothing .text | grep -qE '^[0-9.]+% of the copied pages are byte-identical: ' ||
		fail "$(ask .findings)"
	look diff --content "$A" "$B"
	grep -qE '^  - [0-9.]+% of the copied pages are byte-identical: ' "$ANSWER" || fail "$(cat "$ANSWER")"
}

@test "without bytes no finding speaks of them" {
	fixture content 1000 300 8
	look diff --json --content=none "$A" "$B"
	is "$(ask '[.findings[].id] - ["still-shared", "who-left", "largest-mapping", "stack", "only-one-side"]')" \
		"[]" "what is found"
}

@test "of one address space there are no findings" {
	look diff --json $$ $$
	is "$(ask .findings)" "[]" "what is found"
	look diff $$ $$
	is "$(cat "$ANSWER")" "" "what people see"
}

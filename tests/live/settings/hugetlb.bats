#!/usr/bin/env bats
# Reserved huge pages.

load settings
load ../maps

@test "a huge page is copied whole, and shared until then" {
	reserve_huge_pages
	made_like 'hugetlb-.*' states settings
	each_state "${MADE[@]}"
}

@test "the counts are true with huge pages, which are in no resident set" {
	reserve_huge_pages
	counts_are_true_for states hugetlb-child-wrote
	(($(ask .a.hugetlb_pages) == 512)) || fail "they are counted as such"
}

@test "the counts are true with shared huge pages" {
	reserve_huge_pages
	counts_are_true_for states hugetlb-shared-both-touched
	finish_fixtures
	counts_are_true_for states hugetlb-memfd-both-touched
}

undisturbed_huge_page() {
	fixture states "$1"
	asleep "$A" "$B"
	undisturbed "$A" "$B" look diff --json --runs --content=all "$A" "$B"
}

@test "no huge page is touched by looking" {
	reserve_huge_pages
	undisturbed_huge_page hugetlb-nobody-wrote
	finish_fixtures
	undisturbed_huge_page hugetlb-child-wrote
	finish_fixtures
	undisturbed_huge_page hugetlb-shared-only-parent-touched
}

@test "huge pages are compared as small ones, and the size of the copy is told" {
	local start identical changed
	reserve_huge_pages
	fixture content 1024 300 8 huge
	read -r _ _ start identical changed <<<"${REGIONS[0]}"
	look diff --json --content=all "$A" "$B"
	is "$(ask ".mappings[] | select(.start == \"0x$start\")
		| \"\(.copy_bytes) \(.diverged_pages) \(.identical_pages) \(.changed_bytes)\"")" \
		"2097152 1024 $identical $((8 * changed))" "the copy, and what is in it"
	look diff "$A" "$B"
	grep -qE '^  huge +4M .*each write copies a page of 2M' "$ANSWER" || fail "$(cat "$ANSWER")"
}

@test "huge pages are counted as pmap counts them" {
	local area
	need_command pmap
	reserve_huge_pages
	fixture mapped hugetlb
	steadily readers_of_smaps_agree "$A"
	area=$(printf '%s\n' "${REGIONS[@]}" | sed -n 's/^hugetlb //p')
	look maps --raw --noheadings --filter KIND=hugetlb \
		-o START,RSS,PRIVATE-HUGETLB,HUGE,KERNEL-PAGE,MMU-PAGE "$A"
	is "$(cat "$ANSWER")" "$area 0 2097152 2097152 2097152 2097152" "the huge page"
}

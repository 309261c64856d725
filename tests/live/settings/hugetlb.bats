#!/usr/bin/env bats
# Reserved huge pages.

load settings

reserve() {
	set_to /proc/sys/vm/nr_hugepages 8
	(($(</proc/sys/vm/nr_hugepages) >= 3)) || skip_loudly "no huge pages can be reserved now"
}

@test "a huge page is copied whole, and shared until then" {
	reserve
	states_like 'hugetlb-.*'
	each_state "${STATES[@]}"
}

@test "the counts are true with huge pages, which are in no resident set" {
	reserve
	counts_are_true_for states hugetlb-child-wrote
	(($(ask .a.hugetlb_pages) == 512)) || fail "they are counted as such"
}

@test "the counts are true with shared huge pages" {
	reserve
	counts_are_true_for states hugetlb-shared-both-touched
	finish_fixtures
	counts_are_true_for states hugetlb-memfd-both-touched
}

undisturbed_huge_page() {
	fixture states "$1"
	asleep "$A" "$B"
	undisturbed "$A" "$B" look diff --json --runs "$A" "$B"
}

@test "no huge page is touched by looking" {
	reserve
	undisturbed_huge_page hugetlb-nobody-wrote
	finish_fixtures
	undisturbed_huge_page hugetlb-shared-only-parent-touched
}

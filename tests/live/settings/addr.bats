#!/usr/bin/env bats
# Pages that need a setting: large folios, reserved huge pages, swap, merged pages.

load ../addr
load settings

@test "a large folio of small pages is told with its size and the place in it" {
	allow_large_folios
	each_kind mthp
}

@test "a page of hugetlb is told with its size and the place in it" {
	reserve_huge_pages
	each_kind hugetlb
}

@test "a merged page is told as such" {
	merge_eagerly
	each_kind ksm
}

@test "a swapped page is told with its area and slot, and is not brought back" {
	swap_to_memory
	each_kind swapped
	fixture pages swapped
	local address
	read -r _ _ address _ <<<"${REGIONS[0]}"
	asleep "$A" "$B"
	undisturbed "$A" "$B" look addr "$A" --against "$B" "$address" || (($? == 3))
	RUN_AS=(setpriv --bounding-set -sys_admin --)
	look addr --json "$A" "$address"
	is "$STATUS" 3 "the status without frames"
	is "$(ask '.addresses[0] | "\(.state) \(.swap) \(.hidden[0].what)"')" "unknown null swap" "what is swapped, hidden"
}

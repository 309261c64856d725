#!/usr/bin/env bats
# Pages that need a setting: large folios, reserved huge pages, swap, merged pages.

load settings
load ../addr

ZRAM=/dev/zram0

teardown() {
	finish_fixtures
	restore_settings
	if [[ ${SWAP_IS_ON:-} ]]; then
		swapoff "$ZRAM"
		echo 1 >/sys/block/zram0/reset
	fi
}

@test "a large folio of small pages is told with its size and the place in it" {
	local setting=/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
	[[ -e $setting ]] || skip_loudly "this kernel has no large folios of 64 KiB"
	set_to "$setting" madvise
	each_kind mthp
}

@test "a page of hugetlb is told with its size and the place in it" {
	set_to /proc/sys/vm/nr_hugepages 8
	(($(</proc/sys/vm/nr_hugepages) >= 3)) || skip_loudly "no huge pages can be reserved now"
	each_kind hugetlb
}

@test "a merged page is told as such" {
	[[ -d /sys/kernel/mm/ksm ]] || skip_loudly "this kernel has no KSM"
	set_to /sys/kernel/mm/ksm/pages_to_scan 5000
	set_to /sys/kernel/mm/ksm/sleep_millisecs 5
	set_to /sys/kernel/mm/ksm/run 1
	each_kind ksm
}

@test "a swapped page is told with its area and slot, and is not brought back" {
	modprobe zram 2>/dev/null || true
	[[ -b $ZRAM ]] || skip_loudly "there is no $ZRAM"
	[[ $(</sys/block/zram0/disksize) == 0 ]] || skip_loudly "$ZRAM is in use"
	echo 256M >/sys/block/zram0/disksize
	mkswap "$ZRAM" >/dev/null
	swapon "$ZRAM"
	SWAP_IS_ON=1
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

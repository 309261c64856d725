# Settings of the machine: what a test writes is written back when it ends, however it ends.
# shellcheck shell=bash

load "$(dirname "${BASH_SOURCE[0]}")/../lib"

SAVED_FILES=()
SAVED_VALUES=()
ZRAM=/dev/zram0

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

# A swap area in compressed memory, that lives as long as the test.
swap_to_memory() {
	modprobe zram 2>/dev/null || true
	[[ -b $ZRAM ]] || skip_loudly "there is no $ZRAM"
	[[ $(</sys/block/zram0/disksize) == 0 ]] || skip_loudly "$ZRAM is in use"
	echo 256M >/sys/block/zram0/disksize
	mkswap "$ZRAM" >/dev/null
	swapon "$ZRAM"
	SWAP_IS_ON=1
}

end_swap() {
	[[ ${SWAP_IS_ON:-} ]] || return 0
	swapoff "$ZRAM"
	echo 1 >/sys/block/zram0/reset
}

merge_eagerly() {
	[[ -d /sys/kernel/mm/ksm ]] || skip_loudly "this kernel has no KSM"
	set_to /sys/kernel/mm/ksm/pages_to_scan 5000
	set_to /sys/kernel/mm/ksm/sleep_millisecs 5
	set_to /sys/kernel/mm/ksm/run 1
}

reserve_huge_pages() {
	set_to /proc/sys/vm/nr_hugepages 8
	(($(</proc/sys/vm/nr_hugepages) >= 3)) || skip_loudly "no huge pages can be reserved now"
}

allow_large_folios() {
	local setting=/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
	[[ -e $setting ]] || skip_loudly "this kernel has no large folios of 64 KiB"
	set_to "$setting" madvise
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
	end_swap
}

counts_are_true_for() {
	fixture "$@"
	stop "$A" "$B"
	counts_are_true "$A" "$B"
}

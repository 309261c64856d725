# What the tests of `vmspy maps` share: two other readers of smaps.
# shellcheck shell=bash

# The columns of `pmap -XX` and ours.
PMAP_COLUMNS=(Size:size_bytes KernelPageSize:kernel_page_bytes MMUPageSize:mmu_page_bytes
	Rss:resident_bytes Pss:proportional_bytes Pss_Dirty:proportional_dirty_bytes
	Shared_Clean:shared_clean_bytes Shared_Dirty:shared_dirty_bytes
	Private_Clean:private_clean_bytes Private_Dirty:private_dirty_bytes
	Referenced:referenced_bytes Anonymous:anonymous_bytes KSM:ksm_bytes
	LazyFree:lazy_free_bytes AnonHugePages:anonymous_huge_bytes
	ShmemPmdMapped:shmem_huge_bytes FilePmdMapped:file_huge_bytes
	Shared_Hugetlb:shared_hugetlb_bytes Private_Hugetlb:private_hugetlb_bytes
	Swap:swap_bytes SwapPss:proportional_swap_bytes Locked:locked_bytes
	THPeligible:thp_eligible ProtectionKey:protection_key)

# Every figure that `pmap -XX PID` has is ours, column by column. Its sizes are in kB.
pmap_agrees() { # pmap_agrees PID
	local dir=$BATS_TEST_TMPDIR pair
	pmap -XX "$1" >"$dir/pmap" || return
	for pair in "${PMAP_COLUMNS[@]}"; do
		grep -qw "${pair%:*}" "$dir/pmap" || continue
		awk -v wanted="${pair%:*}" '
			NR == 2 { for (i = 1; i <= NF; i++) if ($i == wanted) at = i }
			NR > 2 && /^ *=/ { exit }
			NR > 2 { sub(/^0+/, "", $1); print $1, (wanted ~ /THP|Key/) ? $at : $at * 1024 }' \
			"$dir/pmap" >"$dir/theirs"
		look maps -rn -o "start,${pair#*:}" "$1" || return
		sed 's/ yes$/ 1/; s/ no$/ 0/' "$ANSWER" >"$dir/ours"
		diff "$dir/theirs" "$dir/ours" >&2 || fail "${pair%:*} differs from pmap's" || return
		COMPARED+=("${pair%:*}")
	done
}

# What pmap has and we do not: nothing.
pmap_has_no_more() {
	local column columns known=" Address Perm Offset Device Inode VmFlags Mapping ${COMPARED[*]} "
	read -ra columns < <(sed -n 2p "$BATS_TEST_TMPDIR/pmap")
	for column in "${columns[@]}"; do
		[[ $known == *" $column "* ]] || fail "pmap has a column '$column' that was not compared" ||
			return
	done
}

# The first five columns too, whose form differs: devices are hexadecimal there.
pmap_agrees_on_places() { # pmap_agrees_on_places PID
	local dir=$BATS_TEST_TMPDIR
	awk 'NR > 2 && /^ *=/ { exit }
		NR > 2 { split($4, device, ":"); sub(/^0+/, "", $1); sub(/^0+/, "", $3)
			print $1, $2, $3 ? $3 : 0, device[1] ":" device[2], $5 }' "$dir/pmap" >"$dir/theirs"
	look maps -rn -o start,perm,offset,device,inode "$1" || return
	awk '{ split($4, device, ":"); $4 = sprintf("%02x:%02x", device[1], device[2]); print }' \
		"$ANSWER" >"$dir/ours"
	diff "$dir/theirs" "$dir/ours" >&2 || fail "the places differ from pmap's"
}

# Every sum of the kernel's figures is ours to the byte: added up by awk.
sums_agree() { # sums_agree PID
	local dir=$BATS_TEST_TMPDIR pair key ours
	cat "/proc/$1/smaps" >"$dir/smaps"
	look maps --json --output-all "$1" || return
	for pair in "${PMAP_COLUMNS[@]}"; do
		key=${pair#*:}
		ours=$(jq -r ".processes[0].totals.$key | values" "$ANSWER")
		[[ $ours ]] || continue
		is "$ours" "$(awk -v key="${pair%:*}:" '$1 == key { sum += $2 }
			END { printf "%.0f", sum * 1024 }' "$dir/smaps")" "the sum of ${pair%:*}" || return
		SUMMED+=("$key")
	done
}

flags_agree() { # flags_agree PID
	local dir=$BATS_TEST_TMPDIR
	sed -n 's/ *$//; s/^VmFlags: *//p' "/proc/$1/smaps" >"$dir/theirs"
	look maps --json -o flags "$1" || return
	jq -r '.processes[0].mappings[].flags | join(" ")' "$ANSWER" >"$dir/ours"
	diff "$dir/theirs" "$dir/ours" >&2 || fail "the flags differ"
}

# smaps is read as it is by three parties while the process stands still.
readers_of_smaps_agree() { # readers_of_smaps_agree PID
	COMPARED=()
	SUMMED=()
	stop "$1" || return
	pmap_agrees "$1" && pmap_has_no_more && pmap_agrees_on_places "$1" && sums_agree "$1" &&
		flags_agree "$1" || return
	((${#SUMMED[@]} >= 19)) || fail "only these were added up: ${SUMMED[*]}"
}

#!/usr/bin/env bats
# What `vmspy maps` says of a process is what the kernel says, as others read it.

load lib
load maps

setup() {
	need_command pmap
	need_command jq
}

# Who else has a file's page open may refer to it between two looks: that is no move, and says so
# only once.
@test "every figure of pmap -XX is ours, and the sums are those of smaps to the byte" {
	fixture mapped
	steadily readers_of_smaps_agree "$A" || steadily readers_of_smaps_agree "$A"
	steadily readers_of_smaps_agree "$B" || steadily readers_of_smaps_agree "$B"
}

@test "what was made of memory is told" {
	fixture mapped
	stop "$A"
	look maps --json --output-all "$A"
	# The kernel counts a locked page as it counts it in PSS: half of it is the child's.
	jq -e '[.processes[0].mappings[] | select(.locked_bytes > 0)]
		| length == 1 and .[0].resident_bytes == 131072 and .[0].locked_bytes == 65536' "$ANSWER"
	jq -e '.processes[0].totals | .shared_dirty_bytes > 0 and .private_dirty_bytes > 0' "$ANSWER"
	jq -e '[.processes[0].mappings[].flag_names[]] | unique
		| index("locked") and index("no-dump") and index("dont-fork") and index("random-read")
		and index("no-huge-page") and index("huge-page") and index("wipe-on-fork")' "$ANSWER"
}

@test "huge pages are where they were made" {
	local huge
	fixture mapped
	stop "$A"
	huge=$(printf '%s\n' "${REGIONS[@]}" | sed -n 's/^huge //p')
	look maps --json -o start,ANON-HUGE,THP,KERNEL-PAGE --range "0x$huge-" "$A"
	jq -e --arg start "0x$huge" '.processes[0].mappings[0]
		| .start == $start and .kernel_page_bytes == 4096' "$ANSWER"
	jq -e '.processes[0].mappings[0].thp_eligible' "$ANSWER" ||
		skip_loudly "transparent huge pages are switched off"
	[[ $(jq '.processes[0].mappings[0].anonymous_huge_bytes' "$ANSWER") == 2097152 ]] ||
		skip_loudly "there was no free huge page"
}

@test "the sums of kinds and of objects are the sums of their mappings" {
	local by
	fixture mapped
	stop "$A"
	look maps --json "$A"
	cp "$ANSWER" "$BATS_TEST_TMPDIR/list"
	for by in kind object; do
		look maps --json --summary=$by "$A"
		jq -e --slurpfile list "$BATS_TEST_TMPDIR/list" --arg by "$by" '
			def name: if $by == "object" then .object // "[anon]" else .kind end;
			def added: reduce .[] as $row ({}; .[$row | name] |= {
				mapping_count: ((.mapping_count // 0) + 1),
				size_bytes: ((.size_bytes // 0) + $row.size_bytes),
				proportional_bytes: ((.proportional_bytes // 0) + $row.proportional_bytes),
				private_bytes: ((.private_bytes // 0) + $row.private_bytes) });
			(.processes[0].summary | map({ key: name, value: { mapping_count, size_bytes,
				proportional_bytes, private_bytes } }) | from_entries)
			== ($list[0].processes[0].mappings | added)
			and (.processes[0].totals | del(.mapping_count)) == $list[0].processes[0].totals' \
			"$ANSWER"
	done
	look maps -rn --summary=object -o OBJECT "$A"
	# Kernels without CONFIG_ANON_VMA_NAME take no names.
	if grep -q 'anon:arena one' "/proc/$A/maps"; then
		grep -qx '\[anon:arena\\x20one\]' "$ANSWER"
	fi
	grep -qx '\[anon\]' "$ANSWER"
}

@test "mappings and gaps together are all of user space" {
	fixture mapped
	stop "$A"
	look maps --raw --noheadings --gaps -o START,END,KIND,PERM "$A"
	awk '$3 == "vsyscall" { next } $1 != at { print "hole at " at; exit 1 }
		($3 == "gap") != ($4 == "-") { print "a gap without a kind"; exit 1 }
		{ at = $2 } BEGIN { at = "0" } END { print at }' "$ANSWER" >"$BATS_TEST_TMPDIR/end"
	if [[ $(uname -m) == x86_64 ]]; then
		grep -qE '^(7ffffffff000|fffffffffff000)$' "$BATS_TEST_TMPDIR/end"
	fi
}

@test "mappings are read once, and in smaps only where sizes are shown" {
	need_command strace
	fixture mapped
	count_opens() { # count_opens FILE COLUMNS
		strace -f -e trace=openat -o "$BATS_TEST_TMPDIR/trace" "$VMSPY" maps -o "$2" "$A" >/dev/null
		grep -c "\"$1\"" "$BATS_TEST_TMPDIR/trace" || true
	}
	is "$(count_opens smaps START,KIND,SIZE)" 0 "smaps is opened"
	is "$(count_opens smaps START,RSS)" 1 "smaps is opened"
}

#!/usr/bin/env bats
load helper

@test "pages are counted, and the total is the sum of the rows" {
	start many_mappings 5
	vmspy pages --json "$fixture"
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	jq -e '.command == "pages" and .errors == [] and (has("ranges") or has("pages") | not)
	       and (.summary | length > 0 and all(.size_bytes == .pages * 4096 and (has("letters") | not)))' "$out"
}

@test "each table has its key in JSON, and one of them is raw" {
	start many_mappings 5
	vmspy pages --json --list --each --sharers --huge "$fixture"
	jq -e 'has("summary") and has("ranges") and has("pages") and has("sharers") and has("huge")
	       and (.pages[0] | has("address") and has("map_count") and has("exclusive") and has("swap")
	            and (has("cgroup") | not))' "$out"
	vmspy pages --raw --huge --sharers "$fixture"
	[ "$(head -n1 "$out")" = "MAPPED SIZE ANON SHMEM FILE OTHER" ]
}

@test "what prints while it looks neither stops the process nor sorts" {
	vmspy pages --each --hold 99999999
	trouble_says "exclude each other"
	vmspy pages --each --sort address 99999999
	trouble_says "exclude each other"
}

@test "flags that are none are refused before any process is touched" {
	for list in nope '' 'anon,' '!!ksm' 'KSM'; do
		vmspy pages --flags "$list" 99999999
		trouble_says "no page flag"
	done
	vmspy pages --flags slub 99999999
	trouble_says "any of slub_frozen, slub_debug"
	vmspy pages --flags $'\e[31m' 99999999
	trouble_says '\x1b[31m'
}

@test "columns are those of the table that was asked for" {
	vmspy pages -o NOPE 99999999
	trouble_says "NOPE"
	start many_mappings 5
	vmspy pages --list -rn -o start,PAGES "$fixture"
	refute grep -vqE '^[0-9a-f]+ [0-9]+$' "$out"
	vmspy pages --sharers -o start 99999999
	trouble_says "start"
}

@test "a pid that nobody has is trouble" {
	vmspy pages 99999999
	trouble_says "99999999"
	vmspy pages
	trouble_says "too few arguments"
}

@test "a table is told in full also beside another one" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: map counts are hidden"
	start many_mappings 5
	vmspy pages --json --list --each "$fixture"
	[ "$status" -eq 0 ]
	jq -e '.ranges and ([.pages[] | select(.state == "frame") | .map_count] | length > 0 and all(. != null))' "$out"
}

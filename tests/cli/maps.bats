load helper

@test "every mapping of /proc/PID/maps is shown, in its order" {
	start many_mappings 50
	vmspy maps -rno START,END,PERM,INODE "$fixture"
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	sed -E 's/^0*([0-9a-f]+)-0*([0-9a-f]+) (....) [0-9a-f]+ [^ ]+ ([0-9]+).*/\1 \2 \3 \4/' \
		"/proc/$fixture/maps" | diff - "$out"
}

@test "sizes are those of smaps" {
	start many_mappings 50
	vmspy maps -rno size,rss,swap,locked "$fixture"
	awk '/^Size:/ { size = $2 * 1024 } /^Rss:/ { rss = $2 * 1024 }
	     /^Swap:/ { swap = $2 * 1024 } /^Locked:/ { print size, rss, swap, $2 * 1024 }' \
		"/proc/$fixture/smaps" | diff - "$out"
}

@test "the totals are the sums of the rows" {
	start many_mappings 50
	vmspy maps --json "$fixture"
	jq -e '.processes[0] | . as $p | .totals | to_entries
	       | all(.key as $k | .value == ($p.mappings | map(.[$k]) | add))' "$out"
	rss=$(awk '/^Rss:/ { print $2 * 1024 }' "/proc/$fixture/smaps_rollup")
	jq -e --argjson rss "$rss" '.processes[0].totals.resident_bytes == $rss' "$out"
}

@test "60,000 mappings are shown" {
	start many_mappings 60000
	vmspy maps "$fixture"
	[ "$status" -eq 0 ]
	[ "$(wc -l <"$out")" -gt 60000 ]
	tail -1 "$out" | grep -q '^ *total '
	vmspy maps -J -o start "$fixture"
	[ "$(jq '.processes[0].mappings | length' "$out")" -eq "$(wc -l <"/proc/$fixture/maps")" ]
}

@test "60,000 mappings take little memory" {
	sanitized && skip "the sanitizer reserves terabytes"
	start many_mappings 60000
	(ulimit -v 100000 && "$VMSPY" maps "$fixture" >/dev/null)
}

@test "rows that are streamed stand under their headings" {
	start many_mappings 6000
	vmspy maps -o start,end,perm,kind,size "$fixture"
	grep 'anon' "$out" | awk '{ print length($0) }' | sort -u >"$BATS_TEST_TMPDIR/widths"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/widths")" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR/widths")" -eq "$(sed -n '2{p;q}' "$out" | wc -L)" ]
}

@test "a column that is not shown is not read for: smaps stays closed" {
	command -v strace >/dev/null || skip "strace is not installed"
	export ASAN_OPTIONS=detect_leaks=0 # the leak sanitizer cannot be traced
	strace -f -e trace=open,openat -o "$BATS_TEST_TMPDIR/trace" \
		"$VMSPY" maps -o START,END,SIZE,KIND,OBJECT $$ >/dev/null
	grep -q '"maps"\|/maps"' "$BATS_TEST_TMPDIR/trace"
	refute grep -q 'smaps' "$BATS_TEST_TMPDIR/trace"
	strace -f -e trace=open,openat -o "$BATS_TEST_TMPDIR/trace" "$VMSPY" maps -o RSS $$ >/dev/null
	grep -q 'smaps' "$BATS_TEST_TMPDIR/trace"
}

@test "names are shown as they are, or escaped" {
	mkdir "$BATS_TEST_TMPDIR/odd"
	start odd_names "$BATS_TEST_TMPDIR/odd"
	vmspy maps -o START,OBJECT "$fixture"
	[ "$status" -eq 0 ]
	object_of() { grep -E "^ *$(awk -v what="$1" '$1 == what { print $2 }' "$said") " "$out"; }
	[[ $(object_of spaces) == *"/odd/a name  with spaces" ]]
	[[ $(object_of newline) == *'/odd/two\012lines' ]]
	[[ $(object_of escape) == *'/odd/red\x1b[31m' ]]
	[[ $(object_of latin1) == *'/odd/caf\xe9' ]]
	[[ $(object_of utf8) == *'/odd/café' ]]
	[[ $(object_of deleted) == *'/odd/gone (deleted)' ]]
	head -1 "$out" | grep -qF 'odd \xff) R 1 ('
}

@test "in raw a row has as many cells as there are headings, whatever the names" {
	mkdir "$BATS_TEST_TMPDIR/odd"
	start odd_names "$BATS_TEST_TMPDIR/odd"
	vmspy maps --raw --output-all "$fixture"
	[ "$status" -eq 0 ]
	[ "$(awk '{ print gsub(/ /, "") }' "$out" | sort -u | wc -l)" -eq 1 ]
	grep -qF '/odd/a\x20name\x20\x20with\x20spaces' "$out"
	grep -qF '/odd/back\x5cslash' "$out"
	grep -qF '/odd/gone\x20(deleted)' "$out"
	LC_ALL=C tr -d ' -~\n' <"$out" >"$BATS_TEST_TMPDIR/rest"
	[ "$(cat "$BATS_TEST_TMPDIR/rest")" = é ]
}

@test "JSON is valid, and tells which texts are no UTF-8" {
	mkdir "$BATS_TEST_TMPDIR/odd"
	start odd_names "$BATS_TEST_TMPDIR/odd"
	vmspy maps --json "$fixture"
	[ "$status" -eq 0 ]
	jq -e '.vmspy and .schema == 1 and .command == "maps" and .errors == []
	       and (.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T"))
	       and .host.page_bytes >= 4096 and (.host.frames | IN("visible", "hidden"))' "$out"
	jq -e '.processes[0] | .comm == "odd \u00ff) R 1 (" and .escaped == ["comm"]' "$out"
	jq -e '.processes[0].mappings[] | select(.escaped) | .object | endswith("/odd/caf\u00e9")' "$out"
	jq -e '[.processes[0].mappings[] | select(.object and (.object | endswith("/odd/caf\u00e9")))]
	       | map(has("escaped")) | sort == [false, true]' "$out"
}

@test "JSON has the keys of the manual" {
	vmspy maps --json $$
	jq -e '.processes[0] | keys_unsorted == ["pid", "comm", "exe", "start_time_ticks", "mm",
	       "totals", "mappings"]' "$out"
	jq -e '.processes[0].mappings[0] | keys == (["start", "end", "perm", "offset", "device",
	       "inode", "object", "kind", "size_bytes", "resident_bytes", "proportional_bytes",
	       "shared_bytes", "private_bytes", "swap_bytes", "anonymous_bytes", "huge_bytes",
	       "locked_bytes", "flags", "note"] | sort)' "$out"
	jq -e '.processes[0].mm | keys_unsorted == ["start_code", "end_code", "start_data", "end_data",
	       "start_brk", "brk", "start_stack", "arg_start", "arg_end", "env_start", "env_end"]' "$out"
	jq -e '.processes[0].mappings[0] | (.start | test("^0x[0-9a-f]+$")) and (.flags | type) == "array"' "$out"
}

@test "-o chooses the keys of the mappings, and only those" {
	vmspy maps --json -o START,kind $$
	jq -e '.processes[0].mappings | all(keys_unsorted == ["start", "kind"])' "$out"
	jq -e '.processes[0] | .totals | keys == ["size_bytes"]' "$out"
}

@test "+LIST adds columns behind the usual ones" {
	vmspy maps --raw $$
	usual=$(head -1 "$out")
	vmspy maps --raw -o +FLAGS,start $$
	[ "$(head -1 "$out")" = "$usual FLAGS" ]
}

@test "-n leaves out the headings, -b tells bytes" {
	vmspy maps -n -b -o SIZE,START $$
	refute grep -q SIZE "$out"
	first=$(head -1 "/proc/$$/maps" | cut -d' ' -f1)
	[ "$(awk 'NR == 1 { print $1 }' "$out")" -eq $((0x${first#*-} - 0x${first%-*})) ]
}

@test "-H lists the columns without a target" {
	vmspy maps -H
	[ "$status" -eq 0 ]
	grep -q '^mappings RSS  *resident_bytes  *bytes  *text,json' "$out"
	for column in $("$VMSPY" maps -Hrn | sed -n 's/^mappings \([^ ]*\) .*/\1/p'); do
		"$VMSPY" maps -o "$column" $$ >/dev/null
	done
	for column in $("$VMSPY" maps --summary -Hrn | cut -d' ' -f2); do
		"$VMSPY" maps --summary -o "$column" $$ >/dev/null
	done
	for column in $("$VMSPY" maps --layout -Hrn | cut -d' ' -f2); do
		"$VMSPY" maps --layout -o "$column" $$ >/dev/null
	done
}

@test "the layout has the bounds of the address space beside it" {
	vmspy maps --layout $$
	[ "$status" -eq 0 ]
	for bound in start_code end_code start_data end_data start_brk brk start_stack arg_start \
		arg_end env_start env_end; do
		grep -q " ◄ $bound\$" "$out"
	done
	start_stack=$(printf '%x' "$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f26)")
	grep -q "^ *$start_stack .*argv.* ◄ start_stack\$" "$out"
}

@test "the layout is 80 columns wide where there is no terminal, and has no mappings below it" {
	vmspy maps --layout $$
	[ "$(wc -L <"$out")" -le 80 ]
	[ "$(wc -l <"$out")" -le 64 ]
	refute grep -q '^START' "$out"
	vmspy maps --layout -n $$
	head -1 "$out" | grep -q 'kernel'
}

@test "the layout is drawn in ASCII where the locale has no more" {
	LC_ALL=C vmspy maps --layout $$
	grep -q ' < start_code$' "$out"
	[ -z "$(LC_ALL=C tr -d ' -~\n' <"$out")" ]
}

@test "the layout has colours if they are asked for" {
	vmspy maps --layout --color=always $$
	grep -q "$(printf '\033')\[35m.*stack" "$out"
	vmspy maps --layout $$
	refute grep -q "$(printf '\033')" "$out"
}

@test "the layout as a table: blocks side by side, from the lowest address on" {
	vmspy maps --layout --raw -no START,END,SIZE,BLOCK $$
	[ "$status" -eq 0 ]
	awk 'NR > 1 && $1 != end { exit 1 } { end = $2 }' "$out"
	[ "$(head -1 "$out" | cut -d' ' -f1)" = 0 ]
	grep -q ' heap$' "$out"
	vmspy maps --layout -o START,BLOCK $$
	head -2 "$out" | grep -q '^ *START BLOCK'
	refute grep -q 'kernel space' "$out"
}

@test "JSON has the layout beside the mappings, where it is asked for" {
	vmspy maps --json --layout $$
	jq -e '.processes[0] | keys_unsorted == ["pid", "comm", "exe", "start_time_ticks", "mm",
	       "address_space", "layout", "totals", "mappings"]' "$out"
	jq -e '.processes[0].address_space | keys_unsorted == ["pointer_bits", "page_table_levels",
	       "user_end", "kernel_start", "mmap_min_addr", "mmap_direction", "pie",
	       "randomize_va_space", "personality", "personality_flags"]' "$out"
	jq -e '.processes[0].layout[0] | keys_unsorted == ["start", "end", "size_bytes", "block",
	       "perm", "mappings", "mapped_bytes", "object"]' "$out"
	jq -e '.processes[0].mappings[0] | has("resident_bytes")' "$out"
}

@test "names of targets are escaped in the layout" {
	hostile=$BATS_TEST_TMPDIR/$(printf 'odd\033[31m')
	mkdir "$hostile"
	start odd_names "$hostile"
	vmspy maps --layout "$fixture"
	[ "$status" -eq 0 ]
	refute grep -q "$(printf '\033')" "$out"
	grep -qF 'odd\x1b[31m' "$out"
	vmspy maps --layout -o START,OBJECT "$fixture"
	grep -qF 'odd\x1b[31m/red\x1b[31m' "$out"
	grep -qF '/caf\xe9' "$out"
}

@test "the layout is that of all: options that choose mappings exclude it" {
	for option in --sort=SIZE --kind=heap --range=0- --object=x; do
		vmspy maps --layout "$option" $$
		[ "$status" -eq 2 ]
		[ ! -s "$out" ]
		[[ $err == *"--layout' and '--"* || $err == *"unknown option"* ]]
	done
}

@test "several targets are answered one after another" {
	start many_mappings 4
	vmspy maps $$ "$fixture"
	[ "$status" -eq 0 ]
	grep -q "^$$  " "$out"
	grep -q "^$fixture  many_mappings  " "$out"
	vmspy maps --raw -o PID,START $$ "$fixture"
	[ "$(grep -c PID "$out")" -eq 1 ]
	[ "$(cut -d' ' -f1 "$out" | uniq | tr '\n' ' ')" = "PID $$ $fixture " ]
}

@test "targets that cannot be answered make it an answer in part" {
	vmspy maps --json $$ 0 nosuchprocess
	[ "$status" -eq 3 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 2 ]
	jq -e '(.processes | length) == 1 and (.errors | map(.target)) == ["0", "nosuchprocess"]' "$out"
	jq -e '.errors | all(has("reason") and has("remedy"))' "$out"
}

@test "no target answered is trouble, and stdout stays empty, also with JSON" {
	vmspy maps --json 0
	trouble_says "'0' is no pid"
	vmspy maps --json 0 abc
	[ "$status" -eq 2 ]
	[ ! -s "$out" ]
}

@test "numbers that are no pids are told" {
	vmspy maps abc
	trouble_says "'abc' is no pid and no process name"
	vmspy maps -1
	trouble_says "'-1' is no pid"
	vmspy maps 99999999999
	trouble_says "no process '99999999999'"
	vmspy maps 99999999999999999999999999
	trouble_says "no process '99999999999999999999999999'"
	vmspy maps "$(($(cat /proc/sys/kernel/pid_max) + 1))"
	trouble_says "no process"
	vmspy maps 1x
	trouble_says "'1x' is no pid"
	vmspy maps ""
	trouble_says "'' is no pid"
	vmspy maps x.vmspy
	trouble_says "'x.vmspy' is no pid and no process name"
}

@test "a name means the one process that has it" {
	cp "$FIXTURES/many_mappings" "$BATS_TEST_TMPDIR/vmspy_only_one"
	FIXTURES=$BATS_TEST_TMPDIR
	start vmspy_only_one 4
	vmspy maps -J vmspy_only_one
	[ "$status" -eq 0 ]
	jq -e --argjson pid "$fixture" '.processes[0].pid == $pid' "$out"
	vmspy maps vmspy_only_noe
	trouble_says "did you mean 'vmspy_only_one'?"
	"$BATS_TEST_TMPDIR/vmspy_only_one" 4 </dev/null >/dev/null || true
	mkfifo "$BATS_TEST_TMPDIR/hold2"
	"$BATS_TEST_TMPDIR/vmspy_only_one" 4 <"$BATS_TEST_TMPDIR/hold2" >"$BATS_TEST_TMPDIR/said2" 3>&- &
	second=$!
	exec 8>"$BATS_TEST_TMPDIR/hold2"
	for _ in $(seq 200); do
		grep -q ready "$BATS_TEST_TMPDIR/said2" && break
		sleep 0.05
	done
	vmspy maps vmspy_only_one
	exec 8>&-
	wait "$second"
	trouble_says "is the name of 2 processes: "
	[[ $err == *" $fixture"* && $err == *" $second"* && $err == *"(give one pid)" ]]
}

@test "all that smaps tells is a column, and unknown is no number" {
	start many_mappings 50
	vmspy maps --json --output-all "$fixture"
	[ "$status" -eq 0 ]
	jq -e '.processes[0].mappings[0] | .kernel_page_bytes >= 4096 and (.flag_names | index("readable"))
	       and has("protection_key") and .ksm_bytes == 0 and (.thp_eligible | type) == "boolean"' "$out"
	grep -q ProtectionKey "/proc/$fixture/smaps" ||
		jq -e '.processes[0].mappings | all(.protection_key == null)' "$out"
}

@test "a summary adds up by kind, by object, or by both" {
	start many_mappings 50
	vmspy maps --summary --raw -n -o KIND,MAPPINGS,SIZE "$fixture"
	[ "$status" -eq 0 ]
	grep -qE '^stack 1 ' "$out"
	[ "$(awk '{ sum += $2 } END { print sum }' "$out")" -eq "$(wc -l <"/proc/$fixture/maps")" ]
	[ "$(cut -d' ' -f1 "$out" | sort | uniq -d)" = "" ]
	vmspy maps --summary=object --raw -n -o OBJECT,MAPPINGS "$fixture"
	grep -qx '\[stack\] 1' "$out"
	[ "$(grep -c many_mappings "$out")" -eq 1 ]
	vmspy maps --summary=kind,object --raw "$fixture"
	[[ $(head -1 "$out") == "KIND MAPPINGS SIZE RSS "*" OBJECT" ]]
	[ "$(grep -c many_mappings "$out")" -gt 1 ]
}

@test "a summary is sorted by what it is asked to, and by memory otherwise" {
	start many_mappings 50
	vmspy maps --summary -rn -o RSS "$fixture"
	sort -rnc "$out"
	vmspy maps --summary -rn -o SIZE "$fixture"
	sort -rnc "$out"
	vmspy maps --summary -rn -o MAPPINGS --sort +MAPPINGS "$fixture"
	sort -nc "$out"
	vmspy maps --summary --json --sort KIND "$fixture"
	jq -e '.processes[0] | has("mappings") | not' "$out"
	jq -e '.processes[0].summary | map(.kind) | . == sort and length > 3' "$out"
	vmspy maps --summary "$fixture"
	tail -1 "$out" | grep -q '^total '
	head -2 "$out" | tail -1 | grep -q '^KIND .*MAPPINGS'
	refute grep -q OBJECT "$out"
}

@test "what mappings can be added up by is told" {
	vmspy maps --summary=size $$
	trouble_says "cannot be added up by 'size' (kind, object or kind,object)"
	vmspy maps --summary --gaps $$
	trouble_says "exclude each other"
	vmspy maps --summary -o START $$
	trouble_says "no column 'START'"
}

@test "gaps are rows of their own, and an array of their own in JSON" {
	start many_mappings 50
	vmspy maps --gaps -rn -o START,END,KIND,PERM,RSS "$fixture"
	[ "$status" -eq 0 ]
	grep -q '^0 [0-9a-f]* gap - -$' "$out"
	[ "$(grep -vc ' gap ' "$out")" -eq "$(wc -l <"/proc/$fixture/maps")" ]
	gaps=$(grep -c ' gap ' "$out")
	vmspy maps --gaps --json "$fixture"
	jq -e --argjson gaps "$gaps" '.processes[0] | (.gaps | length) == $gaps
	       and (.gaps[0] | keys == ["end", "size_bytes", "start"]) and .gaps[0].start == "0x0"
	       and (.mappings | all(.kind != "gap"))' "$out"
	vmspy maps --json "$fixture"
	jq -e '.processes[0] | has("gaps") | not' "$out"
	vmspy maps --gaps -rn -o KIND --filter 'KIND=gap' "$fixture"
	[ "$(sort -u "$out")" = gap ]
	vmspy maps --gaps -rn -o KIND --kind stack "$fixture"
	[ "$(cat "$out")" = stack ]
}

@test "gaps add nothing to the total" {
	start many_mappings 50
	vmspy maps --gaps -b -o SIZE,START "$fixture"
	total=$(tail -1 "$out" | awk '{ print $1 }')
	vmspy maps -b -o SIZE,START "$fixture"
	[ "$(tail -1 "$out" | awk '{ print $1 }')" = "$total" ]
}

@test "--range, --kind and --object choose mappings, and totals are theirs" {
	start many_mappings 50
	vmspy maps --kind stack,heap -rn -o KIND "$fixture"
	[ "$(sort -u "$out" | tr '\n' ' ')" = "heap stack " ] || [ "$(sort -u "$out")" = stack ]
	vmspy maps --object many_mapp* -rn -o OBJECT "$fixture"
	[ "$(grep -vc '/many_mappings$' "$out")" -eq 0 ]
	first=$(awk 'NR == 3 { print $1 }' "/proc/$fixture/maps")
	vmspy maps --range "0x${first%-*}-0x${first#*-}" --json "$fixture"
	jq -e --arg start "0x${first%-*}" '.processes[0] | (.mappings | length) == 1
	       and .mappings[0].start == $start and .totals.size_bytes == .mappings[0].size_bytes' "$out"
	vmspy maps --kind stakc "$fixture"
	trouble_says "unknown kind 'stakc' (did you mean 'stack'?)"
	vmspy maps --range 5-4 "$fixture"
	trouble_says "ends before it begins"
}

@test "--filter takes the rows of which all is true" {
	start many_mappings 50
	vmspy maps --filter 'PERM=r-x*,OBJECT~libc' -rn -o PERM,OBJECT "$fixture"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^r-xp .*libc' "$out")" -eq "$(wc -l <"$out")" ]
	[ -s "$out" ]
	vmspy maps --filter 'rss>=4K,FLAGS~wr,FLAGS!~gd' -rn -o RSS,FLAGS "$fixture"
	[ -s "$out" ]
	awk '$1 < 4096 || $2 !~ /wr/ || $2 ~ /gd/ { exit 1 }' "$out"
	vmspy maps --filter 'OBJECT!=nothing' -rn -o OBJECT "$fixture"
	refute grep -qx -- - "$out"
	vmspy maps --filter 'KIND=nothing' "$fixture"
	[ "$status" -eq 0 ]
	vmspy maps --filter 'KIND=nothing' --json "$fixture"
	jq -e '.processes[0] | .mappings == [] and .totals.size_bytes == 0' "$out"
}

@test "a filter reads what it needs, and only that" {
	command -v strace >/dev/null || skip "strace is not installed"
	export ASAN_OPTIONS=detect_leaks=0 # the leak sanitizer cannot be traced
	strace -f -e trace=open,openat -o "$BATS_TEST_TMPDIR/trace" \
		"$VMSPY" maps -o START --filter 'KIND=stack' $$ >/dev/null
	refute grep -q 'smaps' "$BATS_TEST_TMPDIR/trace"
	strace -f -e trace=open,openat -o "$BATS_TEST_TMPDIR/trace" \
		"$VMSPY" maps -o START --filter 'RSS>0' $$ >/dev/null
	grep -q 'smaps' "$BATS_TEST_TMPDIR/trace"
}

@test "a filter that is none is told, before any process is looked at" {
	vmspy maps --filter 'RSS' 0
	trouble_says "'RSS' is no condition (COLUMN OP VALUE, with = != < <= > >= ~ !~)"
	vmspy maps --filter 'RSX>1' 0
	trouble_says "no column 'RSX' (did you mean 'RSS'?)"
	vmspy maps --filter 'RSS>many' 0
	trouble_says "'many' is nothing that 'RSS' can be (like 4096, 64K or 2M)"
	vmspy maps --filter 'RSS~1' 0
	trouble_says "'RSS' can be asked for = != < <= > >="
	vmspy maps --filter 'KIND>a' 0
	trouble_says "'KIND' can be asked for = != ~ !~"
	vmspy maps --filter '' 0
	trouble_says "'' is no condition"
}

@test "mappings are sorted by any column" {
	start many_mappings 50
	vmspy maps --sort SIZE -rn -o SIZE "$fixture"
	sort -rnc "$out"
	vmspy maps --sort +RSS -rn -o RSS "$fixture"
	sort -nc "$out"
	vmspy maps --sort RSS -rn -o START "$fixture"
	[ "$status" -eq 0 ]
	vmspy maps --sort KIND -rn -o KIND "$fixture"
	LC_ALL=C sort -c "$out"
	vmspy maps --sort SIEZ "$fixture"
	trouble_says "no column 'SIEZ' (did you mean 'SIZE'?)"
}

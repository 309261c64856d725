#!/usr/bin/env bats
# The pages of a process: what is counted and listed is what a reader of its own finds.

load lib

setup() {
	need_root
	BUILT=$(realpath "$BUILT")
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	finish_fixtures
	[[ ! ${PUBLIC:-} ]] || rm -rf "$PUBLIC"
}

# A process with one of each thing, and its child; both stand still.
look_at_one_of_each() {
	fixture mapped
	stop "$A" "$B"
}

# Flags that do not change while nobody runs: DAMON and reclaim look at pages whenever they like.
# Bit 2: referenced, 5: lru, 6: active, 25: idle. From 40 on they are not of the kernel's file; some
# of those tell a flag with two meanings: 47 is 34 of private memory, 48 is 9. Whose page is mapped
# how often changes with every process that comes or goes, but for private memory (bit 12).
steady() { # stdin: ADDRESS FRAME COUNT FLAGS
	python3 -c '
import sys
unsteady = 1 << 2 | 1 << 5 | 1 << 6 | 1 << 25
for line in sys.stdin:
    *words, flags = line.split()
    flags = int(flags, 16)
    flags |= (flags >> 47 & 1) << 34 | (flags >> 48 & 1) << 9
    if not flags >> 12 & 1:
        words[2] = "-"
    print(*words, "%x" % (flags & ((1 << 40) - 1) & ~unsteady))'
}

@test "every page is told with its frame, its flags and how often it is mapped" {
	look_at_one_of_each
	"$BUILT/oracle" frames "$A" | steady >wanted
	(($(wc -l <wanted) > 500)) || fail "too few pages to be a test"
	look pages --each --all-flags --raw -n -o ADDRESS,FRAME,MAPPED,FLAGS,STATE "$A"
	is "$STATUS" 0 "status"
	awk '$5 == "frame" || $5 == "zero" { print $1, $2, $3, $4 }' "$ANSWER" | steady >got
	diff wanted got >&2 || fail "not what the kernel's files say"
}

@test "the summary adds up to all pages, and the ranges to the summary" {
	look_at_one_of_each
	look pages --json --list "$A"
	is "$STATUS" 0 "status"
	is "$(jq '[.summary[] | select(.state == "frame" or .state == "zero") | .pages] | add' "$ANSWER")" \
		"$("$BUILT/oracle" frames "$A" | wc -l)" "pages in frames"
	is "$(jq '[.ranges[].pages] | add' "$ANSWER")" "$(jq '[.summary[].pages] | add' "$ANSWER")" "pages of ranges"
	jq -r '.ranges[] | [.start, .end] | @tsv' "$ANSWER" | python3 -c '
import sys
last = 0
for line in sys.stdin:
    start, end = (int(word, 16) for word in line.split())
    assert last <= start < end, line
    last = end'
}

@test "pages are counted by how often their frames are mapped" {
	look_at_one_of_each
	"$BUILT/oracle" mapped "$A" >mapped
	look pages --each --kind anon --flags anon,!zero --raw -n -o ADDRESS "$A"
	cut -d' ' -f1 "$ANSWER" | sort >addresses
	sort mapped | join addresses - | awk '{ n = $2 == 1 ? "1" : $2 == 2 ? "2" : $2 <= 4 ? "3-4" : "more"; count[n]++ }
		END { for (n in count) print n, count[n] }' | sort >wanted
	look pages --sharers --kind anon --flags anon,!zero --json "$A"
	jq -r '.sharers[] | "\(.mapped) \(.anonymous_pages)"' "$ANSWER" | sort >got
	diff wanted got >&2 || fail "map counts"
	grep -q '^2 ' got || fail "nothing is shared with the child: no test"
}

@test "huge pages are those that smaps counts" {
	look_at_one_of_each
	printf '%s\n' "${REGIONS[@]}" | grep -q '^huge' || skip_loudly "no huge page was made"
	look pages --huge --json "$A"
	is "$STATUS" 0 "status"
	is "$(jq '[.huge[] | select(.mapped_by == "pmd" and .memory == "anon") | .huge_pages] | add * 4' "$ANSWER")" \
		"$(awk '$1 == "AnonHugePages:" { kb += $2 } END { print kb }' "/proc/$A/smaps")" "kB by huge entries"
	is "$(jq -r '[.huge[] | select(.mapped_by == "pmd") | "\(.folio_bytes) \(.alignment)"] | unique | join(",")' "$ANSWER")" \
		"2097152 aligned" "their size"
}

@test "a choice of mappings, addresses and flags is all that is counted" {
	look_at_one_of_each
	look pages --kind stack --json "$A"
	is "$(jq '[.summary[].pages] | add * 4' "$ANSWER")" \
		"$(awk '/\[stack\]/ { inside = 1 } inside && $1 == "Rss:" { print $2; exit }' "/proc/$A/smaps")" "kB of the stack"
	look pages --list --json --flags anon "$A"
	is "$(jq '[.ranges[] | select(.page_flags | index("anonymous") | not)] | length' "$ANSWER")" 0 "other pages"
	look pages --list --json --flags '!anon' "$A"
	is "$(jq '[.ranges[] | select(.page_flags // [] | index("anonymous"))] | length' "$ANSWER")" 0 "private pages"
	local start end
	read -r start end < <(awk '/\[stack\]/ { split($1, a, "-"); print a[1], a[2] }' "/proc/$A/maps")
	look pages --list --json --range "0x$start-0x$end" "$A"
	is "$(jq -r '[.ranges[].kind] | unique | join(" ")' "$ANSWER")" stack "kinds in the range"
}

@test "looking at pages disturbs none" {
	fixture states anon-nobody-wrote
	stop "$A" "$B"
	"$BUILT/oracle" words "$A" >before
	for option in --list --each --sharers --huge; do
		look pages "$option" "$A"
		is "$STATUS" 0 "status"
	done
	"$BUILT/oracle" words "$A" | diff before - >&2 || fail "words changed"
}

@test "a process that was held runs on, and was not stopped otherwise" {
	fixture mapped
	look pages --hold "$A"
	is "$STATUS" 0 "status"
	is "$(tracer_of "$A")" 0 "tracer"
	asleep "$A"
}

@test "without rights frames are said to be hidden, and the rest is told" {
	sleep 60 3>&- &
	local pid=$!
	PUBLIC=$(mktemp -d /tmp/vmspy-pages-XXXXXX)
	chmod 755 "$PUBLIC"
	cp "$VMSPY" "$PUBLIC/vmspy"
	setpriv --reuid=65534 --regid=65534 --clear-groups sleep 60 3>&- &
	local own=$!
	wait_until grep -qx sleep "/proc/$own/comm" # Before, it is a shell of ours.
	STATUS=0
	setpriv --reuid=65534 --regid=65534 --clear-groups "$PUBLIC/vmspy" pages --json "$own" >answer 2>messages || STATUS=$?
	is "$STATUS" 3 "status of its own"
	grep -q 'CAP_SYS_ADMIN' messages || fail "no right is named" "$(cat messages)"
	(($(jq '[.summary[].pages] | add' answer) > 50)) || fail "pages are not told"
	is "$(jq '[.summary[].page_flags[]? | select(. != "file" and . != "mmap_exclusive" and . != "softdirty")] | length' answer)" 0 "flags that cannot be known"
	STATUS=0
	setpriv --reuid=65534 --regid=65534 --clear-groups "$PUBLIC/vmspy" pages --json "$pid" >answer 2>messages || STATUS=$?
	is "$STATUS" 2 "status of another's"
	[[ ! -s answer ]] || fail "data before trouble"
	kill "$pid" "$own"
}

@test "counts that are hidden are said to be, where they were asked for" {
	need_command unshare
	sleep 60 3>&- &
	local pid=$! option
	# What is a socket cannot be opened, by nobody.
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("nothing")'
	RUN_AS=(unshare -m sh -c 'mount --bind nothing /proc/kpagecount && exec "$@"' sh)
	"${RUN_AS[@]}" true || skip_loudly "nothing can be mounted over /proc/kpagecount"
	for option in --sharers --each; do
		look pages --json "$option" "$pid"
		is "$STATUS" 3 "status of $option"
		grep -q "how often [1-9][0-9]* pages of '$pid' are mapped: '/proc/kpagecount'" "$MESSAGES" ||
			fail "nothing is said of counts" "$(cat "$MESSAGES")"
		is "$(jq '[.pages[]?.map_count, .sharers[]? | values] | length' "$ANSWER")" 0 "counts of $option"
	done
	look pages "$pid"
	is "$STATUS" 0 "status where no counts were asked for"
	is "$(cat "$MESSAGES")" "" "messages where no counts were asked for"
	kill "$pid"
}

@test "a 32-bit process is counted like any other" {
	need_command gcc
	printf '#include <stdio.h>\nint main(void) { return getchar(); }\n' >program.c
	gcc -m32 -o program program.c 2>/dev/null || skip_loudly "cannot build 32-bit programs"
	sleep 60 3>&- | ./program 3>&- &
	wait_until pgrep -nx program
	local pid
	pid=$(pgrep -nx program)
	stop "$pid"
	look pages --json "$pid"
	is "$(jq '[.summary[] | select(.state == "frame" or .state == "zero") | .pages] | add' "$ANSWER")" \
		"$("$BUILT/oracle" frames "$pid" | wc -l)" "pages"
	kill -KILL "$pid"
}

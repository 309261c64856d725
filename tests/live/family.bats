#!/usr/bin/env bats
# Two processes of any kinship.

load lib

setup() {
	need_root
}

@test "siblings share what neither wrote, and the parent's write leaves the older one alone" {
	fixture family siblings
	steadily regions_are_true
	steadily regions_are_seen
	is "$(ask .relation)" parent "the relation of the last pair"
	look diff --json "$A" "$B"
	is "$(ask .relation)" sibling "the relation"
}

@test "a grandchild is compared with its grandparent, in either order" {
	fixture family grandchild
	steadily regions_are_true
	steadily regions_are_seen
	look diff --json "$A" "$B"
	is "$(ask .relation)" ancestor "the relation"
	look diff --json "$B" "$A"
	is "$(ask .relation)" descendant "the relation the other way round"
}

@test "one target is compared with its parent" {
	fixture states anon-child-wrote
	look_at_runs "$B"
	is "$(ask '"\(.a.pid) \(.b.pid) \(.relation)"')" "$A $B parent" "who was compared"
}

@test "a target without a parent of its own is asked for both" {
	local orphan
	orphan=$(bash -c 'sleep 1000 >/dev/null 2>&1 3>&- & echo $!')
	wait_until orphaned "$orphan"
	look diff "$orphan"
	kill "$orphan"
	is "$STATUS" 2 "the status"
	is "$(wc -c <"$ANSWER")" 0 "bytes on stdout"
}

orphaned() {
	grep -q "^PPid:[[:space:]]*1$" "/proc/$1/status"
}

@test "a child that runs another program has nothing that diverged" {
	fixture family executed
	asleep "$A" "$B"
	look_at_runs "$A" "$B"
	is "$(ask .totals.diverged_pages)" 0 "diverged pages"
	is "$STATUS" 0 "the status"
}

# Without address randomisation two runs of one program have the same addresses. The second is
# started by a process between, so that it is nobody's sibling.
@test "unrelated processes share file pages, and their private pages are separate" {
	need_command setarch
	local first
	RUN_AS=(setarch -R)
	fixture states anon-child-wrote
	first=$A
	# shellcheck disable=SC2016
	RUN_AS=(setarch -R sh -c '"$@"; true' sh)
	fixture states anon-child-wrote
	RUN_AS=()
	stop "$first" "$A"
	counts_are_true "$first" "$A"
	is "$(ask '"\(.relation) \(.totals.diverged_pages)"')" "unrelated 0" "relation and diverged pages"
	(($(ask .totals.shared_pages) > 0)) || fail "the pages of the same file are shared"
	(($(ask .totals.separate_pages) > 0)) || fail "the private pages are separate"
	[[ -s $MESSAGES ]] || grep -q note "$ANSWER" || fail "no note says why"
	kill -CONT "$first" "$A"
}

@test "a process is the same as itself" {
	fixture states anon-nobody-wrote
	look diff --json "$A" "$A"
	is "$STATUS" 0 "the status"
	is "$(ask '"\(.relation) \(.totals) \(.mappings | length)"')" "same null 0" "the answer"
	is "$(ask '[.a, .b | .present_pages, .uncounted_pages] | unique | tojson')" "[null]" \
		"pages that nobody read"
	[[ -s $MESSAGES ]] || fail "there is no note on stderr"
}

@test "a thread means its process" {
	fixture family threads
	local tid
	tid=$(find "/proc/$A/task" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -1)
	[[ $tid != "$A" ]] || fail "the fixture has no threads"
	look diff --json "$A" "$tid"
	is "$STATUS" 0 "the status"
	is "$(ask .relation)" same "the relation"
}

@test "all threads of a process are held, and all run on" {
	fixture family threads
	local a=$A
	fixture states anon-nobody-wrote
	look_at_runs "$a" "$A"
	is "$(ask '"\(.a.held) \(.b.held)"')" "true true" "held"
	nothing_is_left_on "$a" "$A"
}

@test "two processes with one memory have nothing to compare" {
	fixture family same-memory
	look diff --json "$A" "$B"
	is "$STATUS" 0 "the status"
	is "$(ask '"\(.relation) \(.totals) \(.mappings | length)"')" "same-address-space null 0" "the answer"
	[[ -s $MESSAGES ]] || fail "there is no note on stderr"
}

@test "a vfork parent and its child are one memory" {
	fixture family vfork
	look diff --json "$A" "$B"
	is "$STATUS" 0 "the status"
	is "$(ask .relation)" same-address-space "the relation"
	nothing_is_left_on "$A" "$B"
}

@test "a vfork parent cannot be held: it is read without, after a bounded wait" {
	fixture family vfork
	local waiting=$A
	fixture states anon-nobody-wrote
	LOOK_SECONDS=10 look diff --json "$waiting" "$A"
	[[ $STATUS != 2 ]] || fail "trouble: $(cat "$MESSAGES")"
	is "$(ask .a.held)" false "held"
	[[ -s $MESSAGES ]] || fail "there is no note on stderr"
	nothing_is_left_on "$waiting" "$A"
}

@test "a process whose main thread has ended is read through another" {
	fixture family dead-leader
	look_at_runs "$A" "$B"
	(($(ask .totals.shared_pages) > 0)) || fail "nothing was seen of it"
	nothing_is_left_on "$A" "$B"
}

#!/usr/bin/env bats
# Which side left the frame that parent and child had in common: the truth, or null.

load lib

setup() {
	need_root
}

# What the answer says of each page that the fixture names: ADDRESS TRUTH KNOWN LEFT SOURCE CLASS.
judgements() {
	printf '%s\n' "${REGIONS[@]}" | sed -n 's/^page //p' >"$BATS_TEST_TMPDIR/pages"
	ask '[.runs[] | { start: (.start | hex), end: (.end | hex), left, left_source, class }] as $runs
		| $pages | split("\n")[:-1][] | split(" ") as [$address, $truth, $known]
		| ($address | hex) as $at
		| ([$runs[] | select(.start <= $at and $at < .end)][0]) as $run
		| "\($address) \($truth) \($known) \($run.left) \($run.left_source) \($run.class)"' \
		--rawfile pages "$BATS_TEST_TMPDIR/pages"
}

# Nothing but the truth, or null; and the truth wherever a sibling or the file proves it.
only_truth_is_told() {
	local page truth known left source class told=0
	while read -r page truth known left source class; do
		if [[ $left == null ]]; then
			[[ $known != known ]] || fail "who left $page ($class) is not known: $truth" || return
			is "$source" null "the source of nothing" || return
			continue
		fi
		((told += 1))
		is "$left" "$truth" "who left $page ($class, by $source)" || return
		[[ $source == "${1:-sibling}" ]] || fail "$page is known by $source" || return
	done <<<"$(judgements)"
	TOLD=$told
}

# The same seen from the other side: a is b, and b is a.
swap_sides() {
	local i
	for i in "${!REGIONS[@]}"; do
		[[ ${REGIONS[i]} =~ ^(page\ [^\ ]*)\ (a|b)\ (.*)$ ]] || continue
		REGIONS[i]="${BASH_REMATCH[1]} $([[ ${BASH_REMATCH[2]} == a ]] && echo b || echo a) ${BASH_REMATCH[3]}"
	done
}

course_is_seen() { # course_is_seen COURSE [SOURCE]
	fixture left "$1" || return
	look_at_runs "$A" "$B" || return
	only_truth_is_told "${2:-}" || return
	swap_sides
	look_at_runs "$B" "$A" || return
	only_truth_is_told "${2:-}" || return
	swap_sides
}

siblings() {
	printf '%s\n' "${REGIONS[@]}" | sed -n 's/^sibling //p'
}

asked() {
	ask '[.siblings.asked[].pid] | sort | map(tostring) | join(" ")'
}

@test "in every order of writes only the truth is told, and all that a sibling proves" {
	steadily course_is_seen orders
	((TOLD > 15)) || fail "only $TOLD pages were told"
	is "$(asked)" "$(siblings | sort -n | tr '\n' ' ' | sed 's/ $//')" "who was asked"
}

@test "the same of private copies in the mapping of a file" {
	steadily course_is_seen orders-in-file
}

@test "a child alone is compared with its parent, and its siblings are asked" {
	fixture left orders
	look_at_runs "$B"
	steadily only_truth_is_told
	((TOLD > 15)) || fail "only $TOLD pages were told"
}

@test "siblings that ended tell nothing" {
	steadily course_is_seen siblings-exit
	is "$TOLD $(asked)" "0 " "pages told, and who was asked"
}

@test "siblings that run another program tell nothing" {
	steadily course_is_seen siblings-execute
	is "$TOLD $(asked)" "0 " "pages told, and who was asked"
}

@test "who has private memory where the other has the page of the file has left that" {
	steadily course_is_seen file file
}

@test "a copy that was dropped is not taken for the page that the file had at the fork" {
	steadily course_is_seen dropped
	((TOLD == 2)) || fail "$TOLD pages were told"
}

@test "huge pages are nobody's evidence" {
	fixture left huge
	look_at_runs "$A" "$B"
	is "$(judgements | cut -d' ' -f4 | sort -u)" null "who left"
}

@test "of a sibling of the same clock tick nobody knows whether it is older" {
	steadily course_is_seen same-tick
	is "$(ask '.siblings.asked[0].age')" equal "its age"
}

@test "of many siblings the nearest in age are asked, older and younger ones" {
	local expected
	fixture left many
	look_at_runs "$A" "$B"
	expected=$(siblings | sed -n '3,10p' | sort -n | tr '\n' ' ')
	is "$(asked) " "$expected" "who was asked"
	is "$(ask '.siblings | "\(.known_count) \(.asked_count)"')" "12 8" "how many there are, and were asked"
	is "$(ask '[.siblings.asked[].age] | group_by(.) | map("\(length) \(.[0])") | join(" ")')" \
		"4 older 4 younger" "their ages"
}

@test "a grandchild that was adopted has another history: nobody is asked" {
	steadily course_is_seen adopted
	is "$TOLD $(asked)" "0 " "pages told, and who was asked"
}

@test "a sibling that runs in the parent's memory is no witness" {
	steadily course_is_seen same-memory
	is "$TOLD $(asked)" "0 " "pages told, and who was asked"
}

@test "--no-siblings asks nobody" {
	fixture left orders
	look_at_runs --no-siblings "$A" "$B"
	is "$(judgements | cut -d' ' -f4 | sort -u)" null "who left"
	is "$(ask '.siblings | "\(.known_count) \(.asked_count) \(.asked)"')" "null 0 []" "who was asked"
}

@test "two siblings have no parent to ask about" {
	local both
	fixture left orders
	mapfile -t both < <(siblings)
	look_at_runs "${both[@]}"
	is "$(asked)" "" "who was asked"
	is "$(ask '[.runs[].left_source | select(. == "sibling")] | length')" 0 "runs known by siblings"
}

@test "every diverged page was left by a, by b, by both or by who knows" {
	fixture left orders
	look_at_runs "$A" "$B"
	is "$(ask '[.mappings[], .totals | select(.left_a_pages + .left_b_pages + .left_both_pages > .diverged_pages)] | length')" \
		0 "counts that are too large"
	is "$(ask '.totals | "\(.left_a_pages) \(.left_b_pages) \(.left_both_pages)"')" \
		"$(ask '[("a", "b", "both") as $side | sum(.runs[] | select(.left == $side) | .pages)] | join(" ")')" \
		"the totals, and the runs"
	is "$(ask '[.runs[] | select(.left and .state != "diverged")] | length')" 0 "runs that were left and have not diverged"
}

@test "people are told how much of the inheritance is left, in the order of the family" {
	fixture left orders
	look diff "$A" "$B"
	grep -Eq '^  of what b inherited [0-9.]+% is still shared; a left [0-9.]+[KM]?, b left [0-9.]+[KM]?, both left [0-9.]+[KM]?, unknown [0-9.]+[KM]?$' "$ANSWER" ||
		fail "$(cat "$ANSWER")"
	look diff "$B" "$A"
	grep -Eq '^  of what a inherited [0-9.]+% is still shared; b left [0-9.]+[KM]?, a left ' "$ANSWER" ||
		fail "$(cat "$ANSWER")"
}

# A stop would end them: they wait in epoll_wait(), which returns after one.
@test "siblings are not stopped, and no word of theirs changes" {
	local both
	fixture left orders
	mapfile -t both < <(siblings)
	asleep "${both[@]}" "$A" "$B"
	steadily undisturbed "${both[@]}" look_at_runs "$A" "$B"
	is "$(asked)" "$(siblings | sort -n | tr '\n' ' ' | sed 's/ $//')" "who was asked"
	nothing_is_left_on "${both[@]}"
	asleep "${both[@]}"
	for sibling in "${both[@]}"; do
		[[ -d /proc/$sibling && $(state_of "$sibling") != Z ]] || fail "$sibling was stopped"
	done
}

@test "a sibling that ends while it is asked is no trouble" {
	local tries sibling
	fixture left orders
	for sibling in $(siblings); do
		for ((tries = 0; tries < 5; tries++)); do
			look_at_runs "$A" "$B"
			only_truth_or_null
		done &
		kill -KILL "$sibling"
		wait $!
	done
	look_at_runs "$A" "$B"
	is "$(asked)" "" "who was asked"
}

only_truth_or_null() {
	REGIONS=("${REGIONS[@]/ known/ -}")
	only_truth_is_told
}

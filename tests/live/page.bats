#!/usr/bin/env bats
# --hex: one page, whatever its state; and the order and number of rows of other tables.

load lib

setup() {
	need_root
}

# The words of a region, one for each page: "shared*2" is two.
each_word() {
	local word
	for word; do
		if [[ $word == *\** ]]; then
			yes "${word%\**}" | head -n "${word#*\*}"
		else
			echo "$word"
		fi
	done
}

bytes_of() { # bytes_of PID ADDRESS: of its page, in hex
	dd if="/proc/$1/mem" bs=4096 count=1 skip=$(($2 / 4096)) 2>/dev/null | od -An -v -tx1 | tr -d ' \n'
}

# Where vmspy shows bytes they are those of the process; where it shows none it says why.
side_is_true() { # side_is_true SIDE PID ADDRESS
	local shown missing
	shown=$(ask ".page.hex_$1")
	missing=$(ask ".page.missing_$1")
	if [[ $shown == null ]]; then
		[[ $missing != null ]] || fail "no bytes of $1, and no reason"
	else
		is "$shown" "$(bytes_of "$2" "$3")" "the bytes of $1" || return
		is "$missing" null "what is missing of $1"
	fi
}

page_is_told() { # page_is_told A B ADDRESS CLASS
	look diff --json --hex "$3" "$1" "$2" || return
	is "$(ask .page.address)" "$(printf '0x%x' $(($3 / 4096 * 4096)))" "the address" || return
	is "$(ask .page.class)" "$4" "the page at $3" || return
	side_is_true a "$1" "$3" || return
	side_is_true b "$2" "$3"
}

state_is_told() { # state_is_told NAME: every page of its first region
	local a b start words word i=0
	fixture states "$1"
	read -r a b start words <<<"${REGIONS[0]}"
	# shellcheck disable=SC2086
	for word in $(each_word $words | head -4); do
		page_is_told "$a" "$b" $((0x${start#0x} + i * 4096 + 17)) "$word" ||
			fail "page $i of $1" || return
		i=$((i + 1))
	done
	finish_fixtures
}

@test "a page is shown whatever its state" {
	local state
	for state in anon-child-wrote anon-child-filled anon-both-wrote data bss heap stack locked \
		file-half-written file-only-parent-looked zero-child-wrote zero-both-looked \
		shared-only-child-touched memfd-private dropped-by-child unmapped-by-child; do
		state_is_told "$state"
	done
}

@test "looking at one page disturbs neither it nor others" {
	local state start
	for state in anon-child-wrote anon-never-touched zero-child-wrote dropped-by-child \
		shared-only-parent-touched; do
		fixture states "$state"
		read -r _ _ start _ <<<"${REGIONS[0]}"
		asleep "$A" "$B"
		undisturbed "$A" "$B" look diff --json --hex "0x${start#0x}" "$A" "$B" || (($? == 3))
		finish_fixtures
	done
}

@test "addresses where there is nothing are told as such" {
	local address
	fixture states anon-child-wrote
	for address in 0 1 4095 0x1000 0x7ffffffff000 0xffffffffffffffff 18446744073709551615; do
		look diff --json --hex "$address" "$A" "$B"
		is "$(ask '"\(.page.state) \(.page.missing_a) \(.page.hex_b) \(.page.changed_bytes)"')" \
			"null not-mapped null null" "the page at $address"
		look diff --hex "$address" "$A" "$B"
		grep -q 'nothing is mapped there' "$ANSWER"
	done
	address=$(awk '$6 == "[vvar]" { print "0x" $1 }' "/proc/$A/maps" | cut -d- -f1)
	[[ ! $address ]] || look diff --json --hex "$address" "$A" "$B"
	[[ ! $address ]] || is "$(ask '.page | "\(.hex_a) \(.class)"')" "null untracked" "the page of [vvar]"
}

@test "of one address space no page is shown" {
	look diff --json --hex 0x1000 $$ $$
	is "$(ask '.page')" null "the page"
	look diff --hex 0x1000 $$ $$
	is "$STATUS" 0 "the status"
}

@test "people get the page after the totals, and tables only by name" {
	local start
	fixture states data
	read -r _ _ start _ <<<"${REGIONS[0]}"
	look diff --hex "0x${start#0x}" "$A" "$B"
	grep -q "^page ${start#0x}  " "$ANSWER"
	grep -q "^  a  frame " "$ANSWER"
	is "$(grep -c '^START\|^ *START' "$ANSWER")" 0 "the tables"
	look diff --hex "0x${start#0x}" --symbols "$A" "$B"
	grep -q '^SYMBOL' "$ANSWER"
	is "$(awk 'length > 80 && /^[0-9a-f]{4} |^     [ab] /' "$ANSWER")" "" "lines that are too long"
}

# sorted_by COLUMN FLAGS-OF-SORT DIFF-ARG...
sorted_by() {
	local column=$1 flags=$2
	shift 2
	look diff --raw --noheadings -o "${column#[-+]}" --sort "$column" "$@" "$A" "$B"
	[[ -s $ANSWER ]] || fail "nothing to sort"
	# shellcheck disable=SC2086
	grep -vx -- - "$ANSWER" | LC_ALL=C sort -c -s $flags || fail "not sorted by $column"
	[[ $(grep -nx -- - "$ANSWER" | head -1 | cut -d: -f1) == "" ]] ||
		is "$(sed -n '/^-$/,$p' "$ANSWER" | sort -u)" - "what is unknown comes last"
}

@test "rows are sorted by any column, the unknown ones last" {
	fixture states data
	sorted_by DIVERGED -nr
	sorted_by +SHARED -n
	sorted_by -IDENTICAL -nr
	sorted_by KIND ''
	sorted_by -OBJECT -r
	sorted_by PAGES -nr --runs
	sorted_by +CLASS '' --runs
	sorted_by SYMBOL '' --symbols
	sorted_by CHANGED -nr --symbols
	sorted_by +SIZE -n --symbols
}

@test "json is sorted as the table that was chosen" {
	fixture states data
	look diff --json --sort DIVERGED "$A" "$B"
	is "$(ask '[.mappings[].diverged_pages] | . == (sort | reverse)')" true "the mappings"
	look diff --json --runs --sort -PAGES "$A" "$B"
	is "$(ask '[.runs[].pages] | . == (sort | reverse)')" true "the runs"
	is "$(ask '[.mappings[].start] | . == sort')" true "the mappings, which were not chosen"
}

@test "a number of variables is those on the most diverged pages" {
	local all
	fixture states data
	look diff --json "$A" "$B"
	all=$(ask '.symbols | length')
	((all > 2)) || fail "too few variables differ"
	is "$(ask '[.symbols[].diverged_pages] | sort | reverse | .[:2] | tostring')" \
		"$("$VMSPY" diff --json --symbols=2 "$A" "$B" | jq -c '[.symbols[].diverged_pages]')" \
		"the first two"
	look diff -rn --symbols=1 -o SYMBOL "$A" "$B"
	is "$(wc -l <"$ANSWER")" 1 "the rows"
	look diff -rn --symbols=99999 -o SYMBOL "$A" "$B"
	sort "$ANSWER" >"$BATS_TEST_TMPDIR/many"
	look diff -rn --symbols=all -o SYMBOL "$A" "$B"
	sort "$ANSWER" | diff "$BATS_TEST_TMPDIR/many" - >&2 || fail "all are not all"
	is "$(wc -l <"$ANSWER")" "$all" "the rows"
	look diff --symbols=1 "$A" "$B"
	grep -qx "and $((all - 1)) more (--symbols shows all)" "$ANSWER"
}

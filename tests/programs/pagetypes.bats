#!/usr/bin/env bats
# Every figure that the kernel's own page-types has of a stopped process is ours. PAGE_TYPES is the
# program: it is built from tools/mm/page-types.c of the kernel's source.

# The dollars in single quotes are awk's.
# shellcheck disable=SC2016

load ../live/settings/settings

setup() {
	need_root
	[[ -x ${PAGE_TYPES:-} ]] || skip_loudly "PAGE_TYPES names no program (tools/mm/page-types of the kernel)"
	trap restore_and_exit INT TERM HUP
}

teardown() {
	finish_fixtures
	restore_settings
	[[ -z ${PYTHON_PID:-} ]] || kill -KILL "$PYTHON_PID" || true
	end_swap
}

# Lines of FLAGS PAGES, of one reader each. What page-types has of words with bit 62 is called "swap"
# (with --raw) or adds to 0: we have no flags of those. Bit 56 of a file's page changes whenever
# another process maps it, also one of the two readers: it is left out. So is "referenced" of a page
# that is on no list of the kernel: that of [vdso] is turned by the end of whoever mapped it.
ADDED='
	function digit(c) { return index("0123456789abcdef", c) - 1 }
	function key(flags,   first, last) {
		flags = substr("0000000000000000" flags, length(flags) + 1)
		first = digit(substr(flags, 1, 1))
		if (int(first / 4) % 2) return "swap"
		if (int(first / 2) % 2) first %= 8
		last = digit(substr(flags, 16))
		if (int(digit(substr(flags, 15, 1)) / 2) % 2 == 0 && int(last / 4) % 2) last -= 4
		return first substr(flags, 2, 14) substr("0123456789abcdef", last + 1, 1)
	}
	{ pages[$1 == "-" ? none : key($1)] += $2 }
	END { for (flags in pages) print flags, pages[flags] }'

theirs() { # theirs PID [-r]
	local none=0000000000000000
	"$PAGE_TYPES" -p "$1" ${2:+"$2"} | awk '/^0x/ { print substr($1, 3), $2 }' |
		awk -v none="$none" "$ADDED" | sort
}

ours() { # ours PID [-r]
	local none=0000000000000000 all=()
	[[ -z ${2:-} ]] || { none=swap all=(--all-flags); }
	look pages -rn -o FLAGS,PAGES "${all[@]}" "$1" || return
	awk -v none="$none" "$ADDED" "$ANSWER" | sort
}

# A line for each page: its number, its frame, letters; of what is in no frame the number alone.
NUMBER='
	function number(hex,   n, i) {
		for (i = 1; i <= length(hex); i++) n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return n
	}
	function settled(letters) {
		return substr(letters, 6, 1) == "_" ? substr(letters, 1, 2) "_" substr(letters, 4) : letters
	}'

their_pages() { # their_pages PID
	"$PAGE_TYPES" -p "$1" -l -N | awk "$NUMBER"'
		NF == 4 && $1 ~ /^[0-9a-f]+$/ {
			for (i = 0; i < number($3); i++)
				if ($4 ~ /^_*$/) printf "%.0f\n", number($1) + i
				else printf "%.0f %.0f %s\n", number($1) + i, number($2) + i, settled($4) }'
}

# The letter of arch_3, the 37th, page-types does not have.
our_pages() { # our_pages PID
	look pages --each -rn -o ADDRESS,FRAME,LETTERS "$1" || return
	awk "$NUMBER"'$2 == "-" { printf "%.0f\n", number($1) / 4096; next }
		{ printf "%.0f %.0f %s\n", number($1) / 4096, number($2), settled(substr($3, 1, 36) substr($3, 38)) }' \
		"$ANSWER"
}

# The kernel moves pages from list to list, and their flags with them: ours must be what they say
# before or after, at last.
agrees() { # agrees OURS THEIRS ARG...
	local ours=$1 theirs=$2 dir=$BATS_TEST_TMPDIR tries
	shift 2
	"$theirs" "$@" >"$dir/theirs" || return
	for ((tries = 0; tries < 20; tries++)); do
		"$ours" "$@" >"$dir/ours" || return
		! cmp -s "$dir/ours" "$dir/theirs" || break
		"$theirs" "$@" >"$dir/theirs" || return
		! cmp -s "$dir/ours" "$dir/theirs" || break
	done
	[[ -s $dir/theirs ]] || fail "page-types sees nothing of $1" || return
	diff "$dir/theirs" "$dir/ours" >&2 || fail "$ours differ from page-types (<) of $*"
}

all_agree() { # all_agree PID
	stop "$1" || return
	agrees ours theirs "$1" && agrees ours theirs "$1" -r && agrees our_pages their_pages "$1"
}

kinds_agree() { # kinds_agree KIND...
	local kind result=0
	for kind; do
		start_fixture pages "$kind" || return
		[[ -z $SKIPPED ]] || echo "# no page of kind $kind: $SKIPPED" >&3
		[[ $SKIPPED ]] || all_agree "$A" || result=$?
		finish_fixtures
		((result == 0)) || fail "of the kind $kind" || return
	done
}

@test "pages of every kind that needs no setting are counted as page-types does" {
	mapfile -t KINDS < <("$BUILT/pages" list)
	kinds_agree "${KINDS[@]}"
}

@test "a process of all that smaps counts, and its child, are counted as page-types does" {
	fixture mapped
	all_agree "$A"
	all_agree "$B"
}

@test "a dense process is counted as page-types does" {
	fixture big dense 256
	all_agree "$A"
	all_agree "$B"
}

@test "a python is counted as page-types does" {
	need_command python3
	python3 -c 'import json, os, time; x = [str(i) for i in range(200000)]; print("made", flush=True); time.sleep(1000)' \
		>"$BATS_TEST_TMPDIR/python" 3>&- &
	PYTHON_PID=$!
	wait_until grep -q made "$BATS_TEST_TMPDIR/python"
	all_agree "$PYTHON_PID"
}

@test "merged pages are counted as page-types does" {
	merge_eagerly
	kinds_agree ksm
}

@test "hugetlb is counted as page-types does" {
	reserve_huge_pages
	kinds_agree hugetlb
}

@test "large folios are counted as page-types does" {
	allow_large_folios
	kinds_agree mthp
}

@test "swapped pages are counted as page-types does" {
	swap_to_memory
	kinds_agree swapped
}

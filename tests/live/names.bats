#!/usr/bin/env bats
# Names, addresses and lines of source: what vmspy says is what nm and addr2line say of the file.

load lib

setup() {
	need_root
	need_command nm
	need_command addr2line
	FIXTURE_DIR=$BATS_TEST_TMPDIR
	BUILT=$(realpath "$BUILT")
	TYPES=$LIVE/types
	cd "$BATS_TEST_TMPDIR" || return
}

built() { # built COMMAND...: a compiler that is not here is no failure of ours
	need_command "$1"
	"$@" >build.log 2>&1 || {
		cat build.log >&2
		skip_loudly "cannot build with: $*"
	}
}

c_program() { # c_program COMPILER FLAG...
	built "$1" -g -w -D_GNU_SOURCE -std=gnu11 "${@:2}" -o program "$TYPES/values.c"
}

asked() {
	"$BUILT/names" "$A"
}

# Functions and variables with an address and a name of their own, some hundred of them: address,
# size in hex, name. Variables of threads have none, and what the linker and the C library add has no lines.
own_symbols() { # own_symbols FILE
	readelf -sW "$1" | awk '$4 == "TLS" { print $8 }' >of_threads
	nm -S --defined-only "$1" | awk '
		FILENAME == "of_threads" { skip[$1]; next }
		{ count[$1]++; named[$NF]++ }
		NF == 4 && $3 ~ /^[tTdDbBrR]$/ && $4 !~ /^_|@/ && !($4 in skip) { line[++n] = $0 }
		END {
			for (i = 1; i <= n; i++) {
				split(line[i], f)
				if (count[f[1]] == 1 && named[f[4]] == 1)
					print line[i]
			}
		}' of_threads - | grep -vE ' (frame_dummy|completed\.0)$' | head -n 300
}

# every_name_is_right FILE: of each symbol the address, and of each address the name and the line.
# addr2line may name the wrong file for code of a header; the line is right.
every_name_is_right() {
	local address size kind name line wanted
	own_symbols "$1" >symbols
	(($(wc -l <symbols) > 8)) || fail "the program has no symbols to ask for" || return
	awk '{ print "program:" $4; print "program+0x" $1 }' symbols | asked >said || return
	cut -d' ' -f1 symbols | addr2line -e "$1" | sed 's/ .*//; s/.*://' >lines
	paste -d' ' symbols lines | while read -r address size kind name line; do
		printf 'program:%s | %016x | %d\n' "$name" "$((16#$address))" "$((16#$size))"
		printf 'program+0x%s | %s | 0 | %d | ' "$address" "$name" "$((16#$size))"
		[[ $kind == [tT] && $line != '?' ]] && echo "$line" || echo
	done >wanted
	# Variables have no line there, nor has what was built without.
	awk -F' \\| ' -v OFS=' | ' '
		FILENAME == "wanted" { if (NF == 5) has_line[$1] = $5 != ""; next }
		$1 ~ /^program:/ { print $1, $2, $3; next }
		{ sub(/.*:/, "", $6); print $1, $2, $3, $4, (has_line[$1] ? $6 : "") }' wanted said >got
	diff wanted got >&2 || fail "not what nm and addr2line say" || return
}

look() { # look FLAG...: build, run, and ask
	c_program "$@" || return
	nm --defined-only program >/dev/null || return
	fixture program || return
	every_name_is_right program
}

@test "names and lines of C are those of nm and addr2line" {
	look gcc -O0
	finish_fixtures
	look clang -O1 -gdwarf-4
}

@test "of a program that is loaded where it was linked" {
	look gcc -no-pie -fno-pie
}

@test "of a static program" {
	look gcc -static
	finish_fixtures
	look gcc -static-pie
}

@test "of a 32-bit program" {
	look gcc -m32
	finish_fixtures
	look gcc -m32 -no-pie -fno-pie
}

@test "of compressed and of split debugging information" {
	look gcc -gz
	finish_fixtures
	look gcc -gsplit-dwarf
}

@test "a stripped program has the names of its dynamic symbols" {
	c_program gcc -rdynamic
	strip program
	fixture program
	echo "main" | asked >said
	is "$(cut -d'|' -f1,4 said)" "main | $PWD/program" "what is left"
	is "$(echo no_such_name | asked)" "no_such_name | none" "what there is not"
}

@test "a variable has the line that declares it" {
	c_program gcc -O0
	fixture program
	local address line
	address=$(nm program | awk '$3 == "values" { print $1 }')
	line=$(grep -nE 'values = \{$' "$TYPES/values.c" | cut -d: -f1)
	echo "program+0x$address" | asked | grep -qE "values\.c:$line\$" ||
		fail "not line $line" "$(echo "program+0x$address" | asked)"
}

@test "C++ is asked for as people write it" {
	built g++ -g -w -std=gnu++20 -o program "$TYPES/values.cc"
	fixture program
	local mangled plain address
	read -r address mangled < <(nm program | awk '$2 ~ /[dDbB]/ && $3 ~ /^_ZN/ { print $1, $3; exit }')
	plain=$(c++filt "$mangled")
	printf '%s\n' "$plain" "$mangled" | asked >said
	is "$(awk -F'[| ]+' '{ print $(NF - 2) }' said | sort -u)" "$address" "where $plain is"
}

@test "a name that is in several files leads to each, and to one by the file's name" {
	c_program gcc -O0
	fixture program
	is "$(echo environ | asked | wc -l)" 2 "environ of libc and of ld.so"
	is "$(echo libc.so.6:environ | asked | wc -l)" 1 "that of libc"
}

@test "code of the kernel has names once the process has called it" {
	: "$EPOCHREALTIME"
	A=$BASHPID
	is "$(echo __vdso_clock_gettime | asked | cut -d'|' -f4)" " [vdso]" "where it is"
}

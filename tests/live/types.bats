#!/usr/bin/env bats
# Which members differ, their types and both values: each program says itself what must be said.

load lib

setup() {
	need_root
	FIXTURE_DIR=$BATS_TEST_TMPDIR
	BUILT=$(realpath "$BUILT")
	TYPES=$LIVE/types
	SEEN=$BATS_TEST_TMPDIR/seen
	cd "$BATS_TEST_TMPDIR" || return
}

# built COMMAND...: a compiler that is not here is no failure of ours.
built() {
	need_command "$1"
	"$@" >build.log 2>&1 || {
		cat build.log >&2
		skip_loudly "cannot build with: $*"
	}
}

C_FLAGS=(-g -w -D_GNU_SOURCE)

c_program() { # c_program COMPILER FLAG...
	built "$1" "${C_FLAGS[@]}" -std=gnu11 "${@:2}" -o program "$TYPES/values.c"
}

cxx_program() { # cxx_program COMPILER FLAG...: C++ that is C as well, and C++ of its own
	built "$1" "${C_FLAGS[@]}" -std=gnu++20 -x c++ "${@:2}" -o program "$TYPES/values.c"
	built "$1" "${C_FLAGS[@]}" -std=gnu++20 "${@:2}" -o classes "$TYPES/values.cc"
}

# look_at PROGRAM: SEEN is all that is said of its variables, sorted; WANTED what must be.
look_at() {
	fixture "$1" || return
	"$BUILT/members" "$A" "$B" >said || return
	WANTED=$(printf '%s\n' "${REGIONS[@]:1}" | LC_ALL=C sort)
	# The C library has variables of its own, which are none of ours.
	LC_ALL=C sort said | grep -E "^note|^(variable|member) ($VARIABLES)" >"$SEEN" || true
}

VARIABLES='values|plain|title|numbers|table|count_calls|shop|Counter|Machine|\(anonymous'

# every_member_is_right PROGRAM...
every_member_is_right() {
	local program
	for program; do
		look_at "$program" || return
		diff <(echo "$WANTED") "$SEEN" >&2 || fail "of $program not that is said which must be" ||
			return
		finish_fixtures
	done
}

# Nothing but what can be known without types. A note is no error.
less_is_said() { # less_is_said PROGRAM NOTE
	look_at "$1" || return
	[[ $(grep -c '^member' "$SEEN") == 0 ]] || fail "members of a program without types" "$(cat "$SEEN")" ||
		return
	grep -q '^variable values | - |' "$SEEN" || fail "the variable is not said" "$(cat "$SEEN")" || return
	if [[ $2 ]]; then
		grep -q "^note types of .*$2" "$SEEN" || fail "no note of '$2'" "$(cat "$SEEN")" || return
	else
		[[ $(grep -c "^note.*program" "$SEEN") == 0 ]] || fail "a note" "$(cat "$SEEN")" || return
	fi
	finish_fixtures
}

@test "C by gcc, DWARF 4" {
	c_program gcc -gdwarf-4
	every_member_is_right program
}

@test "C by gcc, DWARF 5" {
	c_program gcc -gdwarf-5
	every_member_is_right program
}

@test "C by clang, DWARF 4" {
	c_program clang -gdwarf-4
	every_member_is_right program
}

@test "C by clang, DWARF 5" {
	c_program clang -gdwarf-5
	every_member_is_right program
}

@test "C++ by gcc, DWARF 4" {
	cxx_program g++ -gdwarf-4
	every_member_is_right program classes
}

@test "C++ by gcc, DWARF 5" {
	cxx_program g++ -gdwarf-5
	every_member_is_right program classes
}

@test "C++ by clang, DWARF 4" {
	cxx_program clang++ -gdwarf-4
	every_member_is_right program classes
}

@test "C++ by clang, DWARF 5" {
	cxx_program clang++ -gdwarf-5
	every_member_is_right program classes
}

@test "Rust" {
	built rustc -g --crate-name values -o program "$TYPES/values.rs"
	every_member_is_right program
}

@test "a program of 32 bits" {
	c_program gcc -m32
	cxx_program g++ -m32
	every_member_is_right program classes
}

@test "bit fields as DWARF 3 counts them" {
	c_program gcc -gdwarf-3 -gstrict-dwarf
	every_member_is_right program
}

@test "an optimized program" {
	c_program gcc -O2
	every_member_is_right program
}

@test "types in units of their own" {
	c_program gcc -fdebug-types-section
	every_member_is_right program
	cxx_program g++ -gdwarf-4 -fdebug-types-section
	every_member_is_right program classes
}

@test "types in split files, DWARF 4 and 5, gcc and clang" {
	local compiler version
	for compiler in gcc clang; do
		for version in 4 5; do
			c_program "$compiler" "-gdwarf-$version" -gsplit-dwarf
			every_member_is_right program
		done
	done
}

@test "a split file that is missing is a note" {
	c_program gcc -gsplit-dwarf
	rm -f ./*.dwo
	less_is_said program '\.dwo.* is missing'
}

@test "a split file of somebody else is not read" {
	c_program gcc -gsplit-dwarf
	chown 12345 ./*.dwo
	less_is_said program '\.dwo.* is missing'
}

@test "a split file that is a FIFO is not opened" {
	local file
	c_program gcc -gsplit-dwarf
	for file in ./*.dwo; do
		rm "$file"
		mkfifo "$file"
	done
	less_is_said program '\.dwo.* is missing'
}

@test "compressed sections" {
	c_program gcc -gz
	every_member_is_right program
	c_program gcc -gz=zlib-gnu
	every_member_is_right program
}

@test "a debug file beside the program" {
	c_program gcc
	objcopy --only-keep-debug program program.debug
	strip program
	objcopy --add-gnu-debuglink=program.debug program
	every_member_is_right program
}

@test "types that dwz shares between units, and between programs" {
	need_command dwz
	c_program gcc
	cp program other
	dwz program
	every_member_is_right program
	cp other program
	dwz -m common -M "$PWD/common" program other
	[[ -e common ]] || skip_loudly "dwz found nothing to share"
	every_member_is_right program
}

# serve FOLDER: as a debuginfod server does, which is plain files by build-id; any port that is free.
serve() {
	python3 -u -m http.server --bind 127.0.0.1 --directory "$1" 0 >served.log 2>&1 3>&- &
	SERVER=$!
	wait_until grep -q "Serving HTTP" served.log || return
	PORT=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' served.log)
}

build_id_of() {
	readelf --notes "$1" | sed -n 's/.*Build ID: //p'
}

teardown() {
	finish_fixtures
	[[ -z ${SERVER-} ]] || kill "$SERVER" 2>/dev/null || true
}

@test "a debug file from a server, if the user has one" {
	local folder
	need_command python3
	c_program gcc -Wl,--build-id
	folder=served/buildid/$(build_id_of program)
	mkdir -p "$folder"
	objcopy --only-keep-debug program "$folder/debuginfo"
	strip -g program
	serve served
	export DEBUGINFOD_CACHE_PATH=$PWD/cache
	less_is_said program ''
	DEBUGINFOD_URLS=http://127.0.0.1:$PORT every_member_is_right program
	kill "$SERVER"
	wait "$SERVER" || true
	rm -rf cache
	DEBUGINFOD_URLS=http://127.0.0.1:$PORT less_is_said program 'cannot fetch'
}

@test "without types there are none, and no note" {
	c_program gcc -g1
	less_is_said program ''
	c_program gcc -g0
	less_is_said program ''
}

@test "elements beyond the bound are counted" {
	c_program gcc
	fixture program
	"$BUILT/members" "$A" "$B" 3 >said
	is "$(grep -c '^member numbers' said)" 3 "members of numbers"
	is "$(grep '^variable numbers' said)" 'variable numbers | int [1000] | - | - | 6' "numbers"
}

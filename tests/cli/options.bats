load helper

@test "an unknown option is told with the nearest one" {
	vmspy maps $$ --jsno
	trouble_says "unknown option '--jsno' (did you mean '--json'?)"
}

@test "an option is not guessed from its first letters" {
	vmspy maps $$ --nohead
	trouble_says "unknown option '--nohead'"
}

@test "an unknown letter is told" {
	vmspy maps $$ -z
	trouble_says "unknown option '-z' ('vmspy help maps' lists them)"
}

@test "an unknown option is told before the target is looked for" {
	vmspy maps 0 --bogus
	trouble_says "--bogus"
}

@test "an unknown column is told with the nearest one" {
	vmspy maps $$ -o STRAT
	trouble_says "no column 'STRAT' (did you mean 'START'?)"
	vmspy maps $$ -o +resident_byte
	trouble_says "no column 'resident_byte' (did you mean 'resident_bytes'?)"
}

@test "an empty list of columns is told" {
	vmspy maps $$ -o ""
	trouble_says "no columns in ''"
	vmspy maps $$ -o +
	trouble_says "no columns in '+'"
	vmspy maps $$ -o START,,END
	trouble_says "no column ''"
}

@test "options that exclude each other are told" {
	vmspy maps $$ --json --raw
	trouble_says "options '--json' and '--raw' exclude each other"
	vmspy maps $$ -o START --output-all
	trouble_says "options '--output' and '--output-all' exclude each other"
}

@test "a watch is every so many seconds, and answers by no status" {
	local bad option
	for bad in '' 0 -1 +1 x 1s 1e3 0x10 nan inf ' 1' 1.2.3 1000000001; do
		vmspy diff --watch="$bad" 0 0
		trouble_says "cannot watch every '$bad' seconds"
	done
	for option in --quiet --max-diverged=1 --hex=0x1000; do
		vmspy diff --watch "$option" 0 0
		trouble_says "exclude each other"
	done
	vmspy diff --watch 2 0 0
	trouble_says "too many arguments"
	vmspy maps --watch $$
	trouble_says "unknown option '--watch'"
}

@test "an option without its argument, or with one too many, is told" {
	vmspy maps $$ -o
	trouble_says "option '--output' needs an argument: LIST"
	vmspy maps $$ --json=yes
	trouble_says "option '--json' takes no argument"
	vmspy maps $$ --color=sometimes
	trouble_says "cannot colour 'sometimes'"
}

@test "too few and too many arguments are told" {
	vmspy maps
	trouble_says "too few arguments (usage: vmspy maps [OPTION...] TARGET...)"
	vmspy help maps maps
	trouble_says "too many arguments"
}

# The target is a process that does nothing: a shell's heap may grow between two looks at it.
@test "options may stand behind the target, together, and with their arguments" {
	local pid
	sleep 100 3>&- &
	pid=$!
	until grep -q sleep "/proc/$pid/comm" && grep -q '^State:.S' "/proc/$pid/status"; do :; done
	vmspy maps -rno START,SIZE "$pid"
	cp "$out" "$BATS_TEST_TMPDIR/together"
	[ "$(head -1 "$out" | wc -w)" -eq 2 ]
	vmspy maps "$pid" --raw --noheadings --output=start,size_bytes
	cmp "$out" "$BATS_TEST_TMPDIR/together"
	vmspy maps "$pid" -r -n -oSTART -o Start,Size
	cmp "$out" "$BATS_TEST_TMPDIR/together"
	kill "$pid"
}

@test "two minus signs end the options" {
	vmspy maps -- --json
	trouble_says "'--json' is no pid and no process name"
}

@test "a number of variables that is none is told" {
	for number in 0 -1 x 1x '' ' 1' 99999999999999999999999; do
		vmspy diff "--symbols=$number" $$
		trouble_says "cannot list '$number' variables"
	done
}

@test "a column to sort by that the chosen table does not have is told" {
	vmspy diff --sort DIVERGD 0 0
	trouble_says "no column 'DIVERGD' (did you mean 'DIVERGED'?)"
	vmspy diff --sort -FRAME-A 0 0
	trouble_says "no column 'FRAME-A'"
	vmspy diff --runs --sort +frame_c 0 0
	trouble_says "no column 'frame_c' (did you mean 'frame_a'?)"
	vmspy diff --sort "" 0 0
	trouble_says "no column ''"
	vmspy diff --sort
	trouble_says "option '--sort' needs an argument: COLUMN"
	vmspy demo --sort START
	trouble_says "unknown option '--sort'"
}

@test "an address that is none is told, also one that a table printed" {
	for address in '' x 0x 0xg -1 0x1000000000000000000000 '0x10 ' 1.5; do
		vmspy diff --hex "$address" 0 0
		trouble_says "'$address' is no address"
	done
	vmspy diff --hex 7f21a0000000 0 0
	trouble_says "'7f21a0000000' is no address (did you mean '0x7f21a0000000'?)"
}

@test "one page is for people and JSON" {
	vmspy diff --hex 0x1000 --raw $$
	trouble_says "options '--hex' and '--raw' exclude each other"
	vmspy diff --hex 0x1000 -q $$
	trouble_says "options '--hex' and '--quiet' exclude each other"
}

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

@test "options may stand behind the target, together, and with their arguments" {
	vmspy maps -rno START,SIZE $$
	cp "$out" "$BATS_TEST_TMPDIR/together"
	[ "$(head -1 "$out" | wc -w)" -eq 2 ]
	vmspy maps $$ --raw --noheadings --output=start,size_bytes
	cmp "$out" "$BATS_TEST_TMPDIR/together"
	vmspy maps $$ -r -n -oSTART -o Start,Size
	cmp "$out" "$BATS_TEST_TMPDIR/together"
}

@test "two minus signs end the options" {
	vmspy maps -- --json
	trouble_says "'--json' is no pid and no process name"
}

load helper

@test "without a command vmspy says how it is used, on stderr" {
	vmspy
	[ "$status" -eq 2 ]
	[ ! -s "$out" ]
	[[ $err == "usage: vmspy COMMAND"* ]]
}

@test "help names every command" {
	vmspy --help
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	for command in $("$VMSPY" help --list-commands --raw -n -o name); do
		grep -q "^  $command " "$out"
	done
}

@test "-h, --help and help are the same" {
	[ "$("$VMSPY" -h)" = "$("$VMSPY" help)" ]
	[ "$("$VMSPY" --help)" = "$("$VMSPY" help)" ]
	[ "$("$VMSPY" maps --help)" = "$("$VMSPY" help maps)" ]
	[ "$("$VMSPY" maps 1 -h)" = "$("$VMSPY" help maps)" ]
}

@test "no line of a help ends with a blank" {
	for command in $("$VMSPY" help --list-commands --raw -n -o name); do
		vmspy help "$command"
		[ -z "$(grep ' $' "$out")" ]
	done
}

@test "help of a command tells all its options and columns" {
	for command in $("$VMSPY" help --list-commands --raw -n -o name); do
		vmspy help "$command"
		[ "$status" -eq 0 ]
		for option in $("$VMSPY" help --list-options "$command" -rn -o option); do
			grep -q -- "--$option" "$out"
		done
	done
	vmspy help maps
	for column in $("$VMSPY" maps -H --raw -n | cut -d' ' -f2); do
		grep -q "^[* ] $column " "$out"
	done
}

@test "help fits 80 columns and leaves no blanks behind a line" {
	for topic in "" $("$VMSPY" help --list-commands --raw -n -o name); do
		vmspy help $topic
		[ "$(grep -cE '.{81}| $' "$out")" -eq 0 ]
	done
	vmspy demo surplus
	[ "$err" = "vmspy: too many arguments (usage: vmspy demo [OPTION...])" ]
}

@test "the version is one line" {
	vmspy --version
	[ "$status" -eq 0 ]
	[[ $(cat "$out") =~ ^vmspy\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ "$("$VMSPY" maps -V)" = "$(cat "$out")" ]
}

@test "an unknown command is told with the nearest one" {
	vmspy mpas
	trouble_says "unknown command 'mpas' (did you mean 'maps'?)"
	vmspy help hlep
	trouble_says "did you mean 'help'?"
}

@test "a command that is like no other is told without a guess" {
	vmspy xyzzyplugh
	trouble_says "unknown command 'xyzzyplugh' ('vmspy help' lists them)"
}

@test "an unknown option before the command is told" {
	vmspy --bogus
	trouble_says "unknown option '--bogus'"
}

@test "control characters of an argument do not reach the terminal" {
	vmspy $'\033[31mred'
	trouble_says '\x1b[31mred'
}

@test "lists are tables, and JSON too" {
	vmspy help --list-kinds --json
	[ "$status" -eq 0 ]
	jq -e '.command == "help" and .host == null and (.kinds | length) >= 18' "$out"
	jq -e 'any(.kinds[]; .kind == "thread-stack" and (.recognised | length) > 20)' "$out"
}

@test "a list that needs a command says so" {
	vmspy help --list-options
	trouble_says "'--list-options' needs one command"
	vmspy help --list-kinds maps
	trouble_says "'--list-kinds' needs no command"
	vmspy help --list-options nosuch
	trouble_says "unknown command 'nosuch'"
}

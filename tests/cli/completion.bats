load helper

# What the completion offers for these words; the last one is being typed.
offered() {
	# shellcheck source=/dev/null
	. "$TOP/cmd/completion.bash"
	COMP_WORDS=("$VMSPY" "$@")
	COMP_CWORD=$#
	_vmspy "$VMSPY" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "the first word is completed to a command" {
	[ "$(offered ma)" = maps ]
	[ "$(offered '' | sort)" = "$("$VMSPY" help --list-commands -rn -o name | sort)" ]
}

@test "options are completed for the command" {
	[ "$(offered maps --lay)" = --layout ]
	[ -z "$(offered help --lay)" ]
	offered maps - | grep -qx -- -o
	for option in $("$VMSPY" help --list-options maps -rn -o option); do
		offered maps -- | grep -qx -- "--$option"
	done
}

@test "columns are completed, also behind others" {
	[ "$(offered maps -o STA)" = START ]
	[ "$(offered maps --output START,EN)" = START,END ]
	[ "$(offered maps -o +LOC)" = +LOCKED ]
	[ "$(offered maps -o '' | wc -l)" -eq "$("$VMSPY" maps -Hrn | grep -c '^mappings')" ]
	[ "$(offered maps --layout -o BLO)" = BLOCK ]
	[ -z "$(offered maps -o BLO)" ]
	[ "$(offered maps --summary -o MAP)" = MAPPINGS ]
	[ "$(offered maps --summary -o STA)" = "" ]
}

@test "the columns are those of the table that was chosen" {
	[ "$(offered diff --runs -o FRAME-)" = $'FRAME-A\nFRAME-B' ]
	[ -z "$(offered diff --symbols -o FRAME-)" ]
	[ "$(offered diff --symbols -o SYM)" = SYMBOL ]
}

@test "the column to sort by is completed, in both directions" {
	[ "$(offered diff --sort DIV)" = DIVERGED ]
	[ "$(offered diff --sort -DIV)" = -DIVERGED ]
	[ "$(offered diff --sort +DIV)" = +DIVERGED ]
	[ "$(offered diff --runs --sort -FRAME-)" = $'-FRAME-A\n-FRAME-B' ]
	[ "$(offered diff --symbols = 5 --sort SYM)" = SYMBOL ]
}

@test "the words of an option are completed" {
	[ "$(offered diff --content = s)" = sample ]
	[ -z "$(offered diff --hex '')" ]
}

@test "nothing is offered where nothing can be known" {
	[ -z "$(offered diff --max-diverged '')" ]
	[ -z "$(offered demo '')" ]
	offered diff --max-diverged 10% "$$" | grep -qx "$$"
	offered diff --runs "$$" | grep -qx "$$"
}

@test "colour and the targets are completed" {
	[ "$(offered maps --color = al)" = always ]
	offered maps "$$" | grep -qx "$$"
	offered help ma | grep -qx maps
}

@test "the name of a process is not run by the completion" {
	cp "$FIXTURES/many_mappings" "$BATS_TEST_TMPDIR/\$(echo pwned)"
	FIXTURES=$BATS_TEST_TMPDIR
	start '$(echo pwned)' 4
	[ "$(offered maps '\$')" = '\$\(echo\ pwned\)' ]
}

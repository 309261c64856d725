#!/bin/sh
# The manual and the program say the same: options, columns of each table, commands, kinds of
# mappings, classes and reasons of pages, functions of the library.
# Run from the top of the tree. VMSPY is the program.

VMSPY=${VMSPY:-build/cc/vmspy}
if ! "$VMSPY" help --list-commands >/dev/null; then
	echo "cannot ask '$VMSPY' what it can do (build it first)"
	exit 2
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

# same WHAT PAGE: the two lists in $work must be equal.
same() {
	sort "$work/program" >"$work/program.sorted"
	sort "$work/manual" >"$work/manual.sorted"
	if ! diff "$work/program.sorted" "$work/manual.sorted" >"$work/diff"; then
		echo "$2: $1 differ (< program, > manual):"
		grep '^[<>]' "$work/diff"
		status=1
	fi
}

# The .It line of each option, from what the program says.
option_lines() {
	"$VMSPY" help --list-options "$1" --raw --noheadings -o LETTER,OPTION,ARGUMENT |
		while read -r letter option argument; do
			line=".It"
			[ "$letter" = - ] || line="$line Fl $letter ,"
			line="$line Fl Fl $option"
			case $argument in
			-) ;;
			\[=*) line="$line Ns Op = Ns Ar $(echo "$argument" | tr -d '[=]')" ;;
			*) line="$line Ar $argument" ;;
			esac
			echo "$line"
		done
}

# The .It line of each column, behind its table where a command has several: the page lists each
# under ".Ss Of TABLE".
column_lines() {
	"$VMSPY" help --list-options "$1" -rn -o OPTION | grep -qx list-columns || return 0
	"$VMSPY" "$1" --list-columns --raw --noheadings |
		awk '{ line[NR] = ".It Cm " $2 " Pq Cm " $3; table[NR] = $1; several += $1 != table[1] }
			END { for (i = 1; i <= NR; i++) print several ? table[i] : "", line[i] }'
}

check_command() {
	page=man/vmspy-$1.1
	if [ ! -e "$page" ]; then
		echo "$page: is missing"
		status=1
		return
	fi
	option_lines "$1" >"$work/program"
	grep '^\.It Fl ' "$page" >"$work/manual"
	same "options" "$page"

	column_lines "$1" >"$work/program"
	awk '/^\.S[hs] / { table = /^\.Ss Of / ? $3 : "" }
		/^\.It Cm [A-Z]/ { print table, $0 }' "$page" >"$work/manual"
	same "columns" "$page"
}

# A page as one line of words.
words_of() {
	mandoc -Tascii -O width=1000 "$1" | sed "s/.$(printf '\b')//g" | tr -s '[:space:]' ' '
}

check_kinds() {
	page=man/vmspy-maps.1
	words_of "$page" >"$work/words"
	"$VMSPY" help --list-kinds --raw --noheadings | sed 's/\\x20/ /g; s/\\x5c/\\/g' >"$work/kinds"
	cut -d' ' -f1 "$work/kinds" >"$work/program"
	sed -n 's/^\.It Sy //p' "$page" >"$work/manual"
	same "kinds" "$page"
	while read -r kind text; do
		if ! grep -qF -- " $kind $text" "$work/words"; then
			echo "$page: the kind '$kind' is not explained as the program does: $text"
			status=1
		fi
	done <"$work/kinds"
}

check_classes() {
	page=man/vmspy-diff.1
	awk -F'"' '/\[VMSPY_CLASS_.*= { "/ {
		sub(/.*VMSPY_STATE_/, "", $3)
		sub(/ .*/, "", $3)
		print ".It Sy " $2 " Pq Sy " tolower($3)
	}' lib/compare/verdict.c >"$work/program"
	grep '^\.It Sy .* Pq Sy ' "$page" >"$work/manual"
	same "classes" "$page"
}

check_reasons() {
	page=man/vmspy-diff.1
	awk -F'"' '/\[VMSPY_REASON_.*= { "/ && $2 != "none" { print $2, $4 }' lib/compare/verdict.c >"$work/reasons"
	cut -d' ' -f1 "$work/reasons" >"$work/program"
	sed -n '/^\.Sh REASONS/,/^\.El/s/^\.It Sy //p' "$page" >"$work/manual"
	same "reasons" "$page"
	words_of "$page" >"$work/words"
	while read -r reason remedy; do
		if ! grep -qF -- "$remedy" "$work/words"; then
			echo "$page: the reason '$reason' has another remedy in the program: $remedy"
			status=1
		fi
	done <"$work/reasons"
}

check_findings() {
	page=man/vmspy-diff.1
	sed -n 's/^\t{ "\([a-z-]*\)", vmspy_find_.*/\1/p' lib/blame/findings.c >"$work/program"
	sed -n '/^\.Sh FINDINGS/,/^\.El/s/^\.It Sy //p' "$page" >"$work/manual"
	same "findings" "$page"
}

# Every function that is public is in the manual of the library, and no other.
check_functions() {
	page=man/vmspy.3
	find lib -name '*.h' -exec cat {} + | tr '\n' ' ' | sed 's/VMSPY_PUBLIC /\n&/g' |
		sed -n 's/^VMSPY_PUBLIC [^(]*\(vmspy_[a-z_]*\)(.*/\1/p' >"$work/program"
	grep '^\.It Fn ' "$page" | grep -o 'vmspy_[a-z_]*' >"$work/manual"
	same "functions" "$page"
}

for command in $("$VMSPY" help --list-commands --raw --noheadings -o NAME); do
	check_command "$command"
done
check_kinds
check_classes
check_reasons
check_findings
check_functions

"$VMSPY" help --list-commands --raw --noheadings -o NAME >"$work/program"
sed -n 's/^\.It Xr vmspy-\([a-z]*\) 1$/\1/p' man/vmspy.1 >"$work/manual"
same "commands" man/vmspy.1

mandoc -Tlint -W warning man/*.[1-9] || status=1
exit $status

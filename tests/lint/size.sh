#!/bin/sh
# Rooms stay small: 60 lines a function, 400 a file, 5 parameters (4 and an output). A line
# `clang-format off` begins a table, which may be long; where a comment says that the signature is
# another library's, it has as many parameters as that library wants.
# clang-format puts the braces of a function, and only those, into the first column.
set -eu

awk '
function fail(line, what) { printf "%s:%d: %s\n", FILENAME, line, what; bad = 1 }
function end_of_file() { if (lines > 400) { printf "%s: %d lines (at most 400)\n", name, lines; bad = 1 } }
function parameters(text,   i, c, depth, commas) {
	sub(/^[^(]*\(/, "", text)
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "(") depth++
		if (c == ")" && depth-- == 0) break
		if (c == "," && depth == 0) commas++
	}
	return commas + 1
}
FNR == 1 { end_of_file(); name = FILENAME; lines = 0; table = 0; head = "" }
/clang-format off/ { table = 1 }
/clang-format on/ { table = 0 }
!table { lines++ }
/^$/ { head = ""; foreign = 0 }
/[Tt]he signature is / { foreign = 1 }
/^[a-zA-Z\t]/ { head = head $0 }
/^\{/ {
	start = FNR
	if (!foreign && parameters(head) > 5)
		fail(FNR, "more than 4 parameters and an output: use a struct")
}
/^\}/ && start {
	if (FNR - start - 1 > 60)
		fail(start, "function of " FNR - start - 1 " lines (at most 60)")
	start = 0
}
END { end_of_file(); exit bad }
' lib/*/*.c lib/*/*.h cmd/*.c cmd/*.h cmd/*/*.c cmd/*/*.h

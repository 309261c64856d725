#!/bin/sh
# An include names its own folder or a lower floor: the house has one direction.
set -eu

floor_of() {
	case $1 in
	base) echo 0 ;;
	format) echo 1 ;;
	kernel) echo 2 ;;
	space) echo 3 ;;
	compare | inspect | symbol) echo 4 ;;
	types | trace) echo 5 ;;
	blame) echo 6 ;;
	report) echo 7 ;;
	render) echo 8 ;;
	cmd) echo 9 ;;
	*) echo none ;;
	esac
}

# The folder that decides a file's floor: lib/kernel/pages.c -> kernel, cmd/render/json.c -> render.
room_of() {
	case $1 in
	lib/*/* | cmd/*/*) room=${1#*/} && echo "${room%%/*}" ;;
	cmd/*) echo cmd ;;
	esac
}

# The folder of an include: "kernel/pages.h" -> kernel, and what has none is of cmd.
room_of_include() {
	case $1 in
	*/*) echo "${1%%/*}" ;;
	*) echo cmd ;;
	esac
}

status=0
for file in lib/*/*.[ch] cmd/*.[ch] cmd/*/*.[ch]; do
	[ -e "$file" ] || continue
	room=$(room_of "$file")
	own=$(floor_of "$room")
	if [ "$own" = none ]; then
		echo "$file: '$room' is no floor of the house (see lib/README.md)"
		status=1
		continue
	fi
	includes=$(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file")
	for include in $includes; do
		other=$(room_of_include "$include")
		[ "$other" != "$room" ] || continue
		level=$(floor_of "$other")
		if [ "$level" = none ] || [ "$level" -ge "$own" ]; then
			echo "$file: includes '$include', which is not below '$room'"
			status=1
		fi
	done
done
exit $status

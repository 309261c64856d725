#!/bin/sh
# The top level holds what it is meant to hold, and every .c ends its includes with banned.h.
set -eu

status=0
for entry in $(git ls-files | cut -d/ -f1 | sort -u); do
	case $entry in
	cmd | lib | man | tests | Makefile | README.md | LICENSE | .*) ;;
	*)
		echo "$entry: does not belong at the top level"
		status=1
		;;
	esac
done
for file in lib/*/*.c cmd/*.c cmd/*/*.c; do
	[ -e "$file" ] || continue
	last=$(sed -n 's/^#include //p' "$file" | tail -1)
	if [ "$last" != '"base/banned.h"' ]; then
		echo "$file: the last include is not \"base/banned.h\""
		status=1
	fi
done
exit $status

#!/bin/sh
# Every symbol that libvmspy.a exports between its objects begins with vmspy_, and lib/ keeps no
# state that can change.
# usage: tests/lint/names.sh LIBRARY
set -eu

status=0
foreign=$(nm -g --defined-only "$1" | awk 'NF == 3 && $3 !~ /^vmspy_/ { print $3 }' | sort -u)
if [ -n "$foreign" ]; then
	echo "symbols without the prefix vmspy_: $foreign"
	status=1
fi
# The static no-memory error and its message are never written; .data.rel.ro is not writable.
state=$(nm -f sysv "$1" | awk -F'|' '{ gsub(/ /, "") }
	$7 ~ /^\.(data|bss)/ && $7 !~ /^\.data\.rel\.ro/ && $4 == "OBJECT" && $1 !~ /^no_memory/ { print $1 }' |
	sort -u)
if [ -n "$state" ]; then
	echo "state at file scope in lib/: $state"
	status=1
fi
exit $status

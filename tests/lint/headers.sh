#!/bin/sh
# Every header compiles alone.
set -eu

status=0
for header in lib/*.h lib/*/*.h cmd/*.h cmd/*/*.h; do
	[ -e "$header" ] || continue
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Ilib -Icmd -fsyntax-only -x c "$header" || {
		echo "$header: does not compile alone"
		status=1
	}
done
exit $status

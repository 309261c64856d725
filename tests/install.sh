#!/bin/sh
# Install into a folder of our own, build tests/example/compare.c against what is there alone, run
# it on two processes, and see that uninstall leaves nothing behind.
# usage: tests/install.sh BUILD
set -eu

root=$(mktemp -d)
child=
trap 'kill $child 2>/dev/null || :; rm -rf "$root"' EXIT

make -s install BUILD="$1" DESTDIR="$root" PREFIX=/usr
PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$root/usr/lib/pkgconfig
export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH
cflags=$(pkg-config --cflags vmspy)
libs=$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --libs vmspy)
# shellcheck disable=SC2086 # lists of words
${CC:-cc} -std=gnu11 -Wall -Wextra -Werror $cflags -o "$root/compare" tests/example/compare.c \
	-L"$root/usr/lib" $libs

include=$root/usr/include/vmspy
for header in "$include"/*.h "$include"/*/*.h; do
	${CC:-cc} -std=gnu11 -I"$include" -fsyntax-only -x c "$header"
done

"$root/usr/bin/vmspy" --version >/dev/null
sh -c 'sleep 1000; :' &
parent=$!
until child=$(pgrep -P $parent) && [ "$(cat "/proc/$child/comm")" = sleep ]; do :; done
answer=$("$root/compare" $parent "$child")
kill $parent
case $answer in
parent\ [0-9]*\ 0) ;; # another program since exec: file pages are shared, nothing diverged
*)
	echo "compare said '$answer' of a shell and its child" >&2
	exit 1
	;;
esac

make -s uninstall BUILD="$1" DESTDIR="$root" PREFIX=/usr
rm "$root/compare"
left=$(find "$root" -type f)
[ -z "$left" ] || {
	echo "uninstall left:" "$left" >&2
	exit 1
}
echo "1 passed, 0 failed"

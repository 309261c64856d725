#!/bin/sh
# Install what is missing to build (`build`) or to test (`test`) vmspy: on Debian and Ubuntu, as root.
# Otherwise say which command to run.
set -eu

build='gcc libc6-dev make pkg-config libelf-dev libdw-dev libiberty-dev libproc2-dev
 libsmartcols-dev libjansson-dev'
test='clang clang-format llvm libcmocka-dev bats jq perl mandoc shellcheck gcc-multilib g++-multilib strace tmux
 time procps util-linux binutils xz-utils lld dwz libdebuginfod1 python3'

case ${1-} in
build) wanted=$build ;;
test)
	wanted="$build $test"
	command -v rustc >/dev/null || wanted="$wanted rustc"
	;;
*)
	echo "usage: tests/packages.sh build|test" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "vmspy: not a Debian or Ubuntu machine: expecting the equivalents of: $wanted" >&2
	exit 0
fi

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "vmspy: packages are missing; run: sudo apt-get install$missing" >&2
	exit 1
fi
echo "vmspy: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2
# shellcheck disable=SC2086 # a list of words
apt-get -qq install --no-install-recommends $missing >&2

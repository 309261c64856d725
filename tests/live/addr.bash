# What is said of one address, held against what its fixture made and what the files of the kernel say.
# The dollars in single quotes are jq's.
# shellcheck shell=bash disable=SC2016

load "$(dirname "${BASH_SOURCE[0]}")/lib"

# said KEY: of the first address of the answer; of its mapping, where it has no such key itself.
said() {
	ask '.addresses[0] | if has($key) then .[$key] else .mapping[$key] end | tostring' --arg key "$1"
}

# promise_is_kept KEY=VALUE: FLAG=NAME is one of the page flags.
promise_is_kept() {
	local key=${1%%=*} value=${1#*=}
	if [[ $key == FLAG ]]; then
		is "$(ask '.addresses[0].page_flags | index($flag) != null' --arg flag "$value")" true \
			"page flag $value ($(said page_flags))"
	else
		is "$(said "$key")" "$value" "$key"
	fi
}

# How many bits of a hex number are set.
bits_in() {
	local number=$((16#$1)) bits=0
	while ((number)); do
		((bits += number & 1, number = number >> 1 & 0x7fffffffffffffff))
	done
	echo "$bits"
}

# What was said of the frame is what the files of the kernel say of it.
frame_is_true() { # frame_is_true ADDRESS, and what the oracle says: FRAME COUNT FLAGS CGROUP
	local address=$1 frame=$2 count=${3:-} flags=${4:-} cgroup=${5:-}
	case $frame in
	absent) is "$(said frame)" null "the frame" ;;
	swap) is "$(ask '.addresses[0].swap | "\(.type) \(.offset_pages)"')" "$count $flags" "the slot" ;;
	*)
		is "$(said frame)" "$frame" "the frame" || return
		is "$(said physical)" "$(printf '0x%x' $((frame * 4096 + address % 4096)))" "the physical address" ||
			return
		# All processes have [vdso], and they come and go.
		[[ $(said kind) != vdso ]] || return 0
		is "$(said map_count)" "$count" "the map count" || return
		is "$(ask '.addresses[0].page_flags | length')" "$(bits_in "$flags")" "how many page flags" ||
			return
		is "$(said cgroup_inode)" "$cgroup" "the cgroup"
		;;
	esac
}

# Indices, each of nine bits, cut out of the address by division.
indices_are_true() { # indices_are_true ADDRESS
	local low=$(($1 >> 1 & 0x7fffffffffffffff)) # a shell has signed numbers only
	is "$(ask '.addresses[0].indices | "\(.pgd) \(.pud) \(.pmd) \(.pte) \(.offset)"')" \
		"$((low / 2 ** 38 % 512)) $((low / 2 ** 29 % 512)) $((low / 2 ** 20 % 512)) $((low / 2 ** 11 % 512)) $(($1 & 4095))" \
		"the indices of $1"
}

# The kernel moves pages from list to list, and with them some of their flags: TRUTH is what the
# oracle said both before and after.
look_while_it_stands() { # look_while_it_stands PID ADDRESS
	local tries
	for ((tries = 0; tries < 50; tries++)); do
		TRUTH=$("$BUILT/oracle" page "$1" "$2") || return
		look addr --json "$1" "$2" || return
		[[ $("$BUILT/oracle" page "$1" "$2") != "$TRUTH" ]] || return 0
		# [vdso] is mapped by all that is started, also by us.
		[[ $(said kind) != vdso ]] || return 0
	done
	fail "the page at $2 never stands"
}

page_is_told() { # page_is_told PID ADDRESS KEY=VALUE...
	local pid=$1 address=$2 promise
	shift 2
	look_while_it_stands "$pid" "$address" || return
	is "$STATUS" 0 "the status at $address ($(cat "$MESSAGES"))" || return
	for promise; do
		promise_is_kept "$promise" || return
	done
	# shellcheck disable=SC2086
	frame_is_true "$address" $TRUTH || return
	[[ $(uname -m) != x86_64 || $(ask '.addresses[0].indices.p4d') != null ]] ||
		indices_are_true "$address"
}

# All pages of a kind: of the process that made them.
kind_is_told() { # kind_is_told NAME
	local region pid address says result=0
	start_fixture pages "$1" || return
	for region in "${REGIONS[@]}"; do
		read -r pid _ address says <<<"$region"
		# shellcheck disable=SC2086
		page_is_told "$pid" "$address" $says || {
			result=$?
			echo "at $address of kind $1" >&2
		}
	done
	finish_fixtures
	return "$result"
}

each_kind() { # each_kind NAME...
	local kind failed=() skipped=()
	for kind; do
		steadily kind_is_told "$kind" 2>"$BATS_TEST_TMPDIR/failure" ||
			failed+=("$kind:" "$(cat "$BATS_TEST_TMPDIR/failure")")
		[[ -z $SKIPPED ]] || skipped+=("$kind: $SKIPPED")
	done
	((${#failed[@]} == 0)) || fail "${failed[@]}" || return
	((${#skipped[@]} == 0)) || skip_loudly "${skipped[*]}"
}

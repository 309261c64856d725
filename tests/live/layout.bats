#!/usr/bin/env bats
# maps --layout: what is where, what decides the shape, and what it says to whom.

load lib

# build NAME FLAG...: a variant of the fixture that tells places, in FIXTURE_DIR.
build() {
	FIXTURE_DIR=$BATS_TEST_TMPDIR
	"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O1 -pthread "${@:2}" -o "$FIXTURE_DIR/$1" \
		"$LIVE/fixtures/places.c" 2>"$BATS_TEST_TMPDIR/messages" ||
		skip_loudly "cannot build with ${*:2}: $(head -c 200 "$BATS_TEST_TMPDIR/messages")"
}

NUMBERS='def number: ltrimstr("0x") | explode
	| reduce .[] as $c (0; . * 16 + (if $c >= 97 then $c - 87 else $c - 48 end));
	.processes[0] as $p | ($p.address_space.user_end | number) as $user_end
	| [$p.layout[] | select((.start | number) < $user_end)
		| { start: (.start | number), end: (.end | number), size_bytes, block }] as $user | '

# tiles: the blocks of user space lie side by side from 0 to its end.
tiles() {
	jq -e "$NUMBERS"' $user[0].start == 0 and $user[-1].end == $user_end
		and ($user | map(.size_bytes) | add) == $user_end
		and all(range(1; $user | length); $user[.].start == $user[. - 1].end)
		and all($user[]; .end - .start == .size_bytes and .size_bytes > 0)' \
		"$ANSWER" >/dev/null || fail "the blocks do not tile user space: $(jq -c "$NUMBERS \$user" "$ANSWER")"
}

# block_at ADDRESS: the block that it lies in.
block_at() {
	jq -r --arg at "$1" "$NUMBERS"' ($at | number) as $at
		| $user[] | select(.start <= $at and $at < .end) | .block' "$ANSWER"
}

# places FIXTURE: everything that it tells lies in the block that it tells.
places() {
	local address block
	look maps --layout --json "$A" || return
	tiles || return
	for line in "${REGIONS[@]:1}"; do
		read -r address block <<<"$line"
		is "$(block_at "$address")" "$block" "what lies at $address" || return
	done
}

shape() {
	jq -r ".processes[0].address_space | $1" "$ANSWER"
}

@test "what a program has lies in the blocks that are drawn for it" {
	fixture places
	places
	is "$(shape '"\(.pointer_bits) \(.pie) \(.mmap_direction)"')" "64 true down" "the shape"
}

@test "the same of a static program, with and without fixed addresses" {
	build places-static -static-pie -fPIE -DSTATIC
	fixture places-static
	places
	is "$(shape .pie)" true "static, position-independent"
	build places-fixed -static -no-pie -DSTATIC
	fixture places-fixed
	A=${REGIONS[0]}
	places
	is "$(shape .pie)" false "static, at fixed addresses"
}

@test "a program at fixed addresses without randomisation has its heap right behind its bss" {
	build places-fixed -static -no-pie -DSTATIC
	RUN_AS=(setarch -R)
	fixture places-fixed
	RUN_AS=()
	places
	is "$(shape '.personality_flags[]')" ADDR_NO_RANDOMIZE "the personality"
	look maps --layout "$A"
	grep -q '^random *nothing' "$ANSWER" || fail "randomness is claimed: $(head -5 "$ANSWER")"
}

@test "a 32-bit program has nearly all of 4 GiB, and the kernel is not in them" {
	build places-32 -m32
	fixture places-32
	places
	is "$(shape .pointer_bits)" 32 "the width of a pointer"
	if [[ $(uname -m) == x86_64 ]]; then
		is "$(shape .user_end)" 0xffffe000 "the end of user space"
		look maps --layout "$A"
		grep -q 'kernel: not in these 4 GiB' "$ANSWER" || fail "the kernel is not told apart"
	fi
}

@test "a 32-bit program with a limit of 3 GiB has the classic layout" {
	build places-32 -m32
	RUN_AS=(setarch -3)
	fixture places-32
	RUN_AS=()
	places
	is "$(shape .user_end)" 0xc0000000 "the end of user space"
	is "$(shape '.personality_flags[]')" ADDR_LIMIT_3GB "the personality"
}

@test "the legacy layout gives addresses out upwards" {
	RUN_AS=(setarch --addr-compat-layout)
	fixture places
	RUN_AS=()
	places
	is "$(shape .mmap_direction)" up "the direction"
	jq -e "$NUMBERS"' ($user | map(select(.block == "object"))[0].start) < $user_end / 2' \
		"$ANSWER" >/dev/null || fail "libraries are not in the lower half"
}

@test "the bounds of the mm stand at the block that they are of" {
	local bound block
	fixture places
	look maps --layout "$A"
	while read -r bound block; do
		grep -qE " $block .*◄ $bound\$" <(LC_ALL=C.UTF-8 "$VMSPY" maps --layout "$A") ||
			grep -qE "◄ $bound\$" "$ANSWER" || fail "no $bound: $(cat "$ANSWER")"
	done <<-'END'
		start_code code
		start_data data
		start_brk heap
		start_stack argc
		arg_start arguments
		env_start environment
	END
}

@test "who may not attach is told that the personality is hidden, and the right that shows it" {
	need_root
	need_command setpriv
	PUBLIC=$(mktemp -d)
	chmod 755 "$PUBLIC"
	cp "$VMSPY" "$BUILT/places" "$PUBLIC"
	fixture places
	# Reading mappings needs CAP_SYS_PTRACE alone; the file of the personality is its owner's.
	VMSPY=$PUBLIC/vmspy
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups
		--inh-caps +sys_ptrace --ambient-caps +sys_ptrace --)
	look maps --layout --json "$A"
	is "$(shape '"\(.personality) \(.personality_flags)"')" "null null" "what is hidden"
	look maps --layout "$A"
	grep -q '^personality *hidden: .*CAP_DAC_READ_SEARCH' "$ANSWER" || fail "$(head -5 "$ANSWER")"
	# Its own process it may look at.
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
	FIXTURE_DIR=$PUBLIC
	fixture places
	A=${REGIONS[0]}
	places
	is "$(shape .personality)" 0x0 "the personality of its own process"
	rm -rf "$PUBLIC"
}

@test "thousands of mappings are put together, and the picture stays short" {
	fixture big mappings 20000
	look maps --layout "$A"
	(($(wc -l <"$ANSWER") <= 64)) || fail "$(wc -l <"$ANSWER") lines"
	look maps --layout --json "$A"
	tiles
}

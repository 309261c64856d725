#!/usr/bin/env bats
# Redis while it saves in the background: the case that copy-on-write was made for.

load programs

# Keys of 400 bytes; a few hundred MiB.
KEYS=${REDIS_KEYS:-1000000}

# Microseconds of sleep for each key that is saved: a save of a million keys takes two minutes.
DELAY=${REDIS_DELAY:-50}

cli() {
	timeout 60 redis-cli -p "$PORT" "$@"
}

is_up() {
	[[ $(cli ping 2>/dev/null) == PONG ]]
}

info() { # info KEY
	cli info persistence | tr -d '\r' | sed -n "s/^$1://p"
}

# A redis of your own, built with -g: its variables have types then.
REDIS_SERVER=${REDIS_SERVER:-redis-server}

start_redis() {
	need_command "$REDIS_SERVER"
	PORT=$(free_port)
	start "$REDIS_SERVER" --port "$PORT" --bind 127.0.0.1 --save '' --rdb-key-save-delay "$DELAY" --dir "$DIR" \
		--enable-debug-command local
	SERVER=${STARTED[0]}
	wait_until is_up
	cli debug populate "$KEYS" key 400 >/dev/null
}

save_in_background() {
	cli bgsave >/dev/null
	wait_until has_children "$SERVER" 1
	SAVER=$(pgrep -P "$SERVER" | head -1)
}

# Every hundredth key gets a new value.
rewrite() { # rewrite COUNT
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'SET key:%d %0400d\r\n' $((i * (KEYS / $1))) "$i"
	done | timeout 60 redis-cli -p "$PORT" --pipe >/dev/null
}

saved() {
	[[ $(info rdb_bgsave_in_progress) == 0 ]]
}

@test "redis: while it saves, the counts are true and nothing is disturbed" {
	start_redis
	save_in_background
	rewrite 10000
	true_and_undisturbed "$SERVER" "$SAVER"
	figures "redis during bgsave, 1% of the keys rewritten"
	is_up || fail "redis does not answer any more"
	gone "$SAVER" && fail "the save ended early"
	true
}

@test "redis: what diverged is what redis itself calls copy-on-write" {
	local bytes said
	start_redis
	save_in_background
	rewrite 10000
	look_at_runs "$SERVER" "$SAVER"
	bytes=$(ask '(.totals.diverged_pages + .totals.only_b_pages) * .host.page_bytes')
	figures "redis during bgsave, held and not stopped"
	# Redis looks at its own smaps when the save is done; the child keeps the delay it was born with.
	PATIENCE=400 wait_until saved
	said=$(info rdb_last_cow_size)
	echo "# diverged + only in the child: $bytes bytes; rdb_last_cow_size: $said bytes" >&3
	# Redis went on writing a little, and looked a little later.
	((said * 100 > bytes * 95 && bytes * 100 > said * 95)) ||
		fail "vmspy saw $bytes bytes, redis says $said"
}

@test "redis: it answers while it is looked at again and again" {
	start_redis
	save_in_background
	for ((looks = 0; looks < 10; looks++)); do
		rewrite 100
		look_at_runs "$SERVER" "$SAVER"
		is_up || fail "redis does not answer"
	done
	nothing_is_left_on "$SERVER" "$SAVER"
}

has_types() {
	readelf -S --wide "$(command -v "$REDIS_SERVER")" | grep -q '\.debug_info'
}

@test "redis: members of its server that changed are named, with their values" {
	need_command "$REDIS_SERVER"
	has_types || skip_loudly "$REDIS_SERVER has no types: set REDIS_SERVER to one that was built with -g"
	KEYS=100000 start_redis
	save_in_background
	rewrite 1000
	look_at_runs "$SERVER" "$SAVER"
	is "$(ask '.symbols[] | select(.name == "server") | .members[] | select(.path == "server.dirty") |
		"\(.type) \(.value_a.text) \(.value_b.text)"')" "long long 1000 0" "server.dirty"
	is "$(ask '.symbols[] | select(.name == "server") | .members[] | select(.path == "server.child_pid") |
		"\(.type) \(.value_a.text) \(.value_b.text)"')" "pid_t $SAVER -1" "server.child_pid"
}

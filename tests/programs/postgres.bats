#!/usr/bin/env bats
# PostgreSQL: a postmaster, its backends, and shared memory between all of them.

load programs

find_postgres() {
	local dir
	for dir in /usr/lib/postgresql/*/bin; do
		[[ -x $dir/initdb ]] && BIN=$dir
	done
	[[ ${BIN:-} ]] || skip_loudly "needs postgresql"
	id postgres >/dev/null 2>&1 || skip_loudly "needs a user postgres"
}

END_SIGNAL=INT # a fast shutdown: sessions are ended, too
AS_POSTGRES=(setpriv --reuid postgres --regid postgres --clear-groups --)

as_postgres() {
	(cd "$DIR" && "${AS_POSTGRES[@]}" "$@")
}

is_ready() {
	as_postgres "$BIN/pg_isready" -q -h "$DIR" -p "$PORT"
}

query() {
	as_postgres "$BIN/psql" -h "$DIR" -p "$PORT" -d postgres -XAtqc "$1"
}

start_postgres() {
	find_postgres
	PORT=$(free_port)
	chown postgres "$DIR"
	as_postgres "$BIN/initdb" -D "$DIR/data" -A trust -N >"$DIR/log" 2>&1
	start env -C "$DIR" "${AS_POSTGRES[@]}" "$BIN/postgres" -D "$DIR/data" -k "$DIR" -h '' -p "$PORT" -c fsync=off
	wait_until is_ready
	SERVER=${STARTED[0]}
	query 'create table t as select i, md5(i::text) as m from generate_series(1, 50000) i'
}

has_backend() {
	BACKEND=$(query "select pid from pg_stat_activity where application_name = 'watched'")
	[[ $BACKEND ]]
}

@test "postgres: postmaster and backend are told truly, and go on working" {
	start_postgres
	mkfifo "$DIR/queries"
	exec {queries}<>"$DIR/queries"
	PGAPPNAME=watched start env -C "$DIR" "${AS_POSTGRES[@]}" "$BIN/psql" -h "$DIR" -p "$PORT" -d postgres -Xqf "$DIR/queries"
	echo 'select count(*), sum(length(m)) from t;' >&"$queries"
	wait_until has_backend
	asleep "$BACKEND"
	true_and_undisturbed "$SERVER" "$BACKEND"
	figures "postgres, postmaster and backend"
	is "$(query 'select count(*) from t')" 50000 "what postgres answers"
	exec {queries}>&-
}

@test "postgres: it answers while it is looked at again and again" {
	local worker
	start_postgres
	worker=$(pgrep -P "$SERVER" | head -1)
	for ((looks = 0; looks < 10; looks++)); do
		look_at_runs "$SERVER" "$worker"
		is "$(query 'select count(*) from t')" 50000 "what postgres answers"
	done
	nothing_is_left_on "$SERVER" "$worker"
}

#!/usr/bin/env bats
# A python server that loads its program before it forks: reference counts copy what is only read.

load programs

PYTHON=/usr/bin/python3

write_program() {
	cat >"$DIR/app.py" <<-'END'
		import os
		data = {i: ("value %d" % i, [i, str(i)]) for i in range(100000)}

		def app(environ, start_response):
		    total = sum(len(v[0]) for v in data.values())
		    start_response("200 OK", [("Content-Type", "text/plain")])
		    return [b"works %d\n" % total]

		if __name__ == "__main__":
		    import sys
		    from wsgiref.simple_server import make_server
		    server = make_server("127.0.0.1", int(sys.argv[1]), app)
		    for _ in range(2):
		        if os.fork() == 0:
		            server.serve_forever()
		    os.wait()
	END
}

start_server() {
	[[ -x $PYTHON ]] || skip_loudly "needs $PYTHON"
	write_program
	PORT=$(free_port)
	if [[ -x /usr/bin/gunicorn ]]; then
		SERVER="gunicorn --preload"
		start env -C "$DIR" /usr/bin/gunicorn --preload --workers 2 --bind "127.0.0.1:$PORT" app:app
	else
		SERVER="python3, forked after loading"
		start env -C "$DIR" "$PYTHON" app.py "$PORT"
	fi
	wait_until answers_on "$PORT"
	wait_until has_children "${STARTED[0]}" 2
	mapfile -t WORKERS < <(pgrep -P "${STARTED[0]}")
}

serves() {
	local answer
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET / HTTP/1.0\r\n\r\n' >&5
	answer=$(timeout 20 cat <&5)
	exec 5>&-
	[[ $answer == *works* ]]
}

@test "python: a server that preloads is told truly, and goes on serving" {
	start_server
	for ((requests = 0; requests < 4; requests++)); do
		serves || fail "$SERVER does not serve"
	done
	true_and_undisturbed "${STARTED[0]}" "${WORKERS[0]}"
	figures "$SERVER, master and worker"
	true_and_undisturbed "${WORKERS[@]:0:2}"
	figures "$SERVER, two workers"
	serves || fail "$SERVER does not serve any more"
}

write_reader() {
	cat >"$DIR/reader.py" <<-'END'
		import os, sys, time
		data = [{"key %d" % i: i + 1000} for i in range(100000)]
		go, said = os.pipe()
		child = os.fork()
		if child == 0:
		    for d in data:
		        for key in d:
		            d[key]
		    os.write(said, b".")
		    time.sleep(1000000)
		os.read(go, 1)
		open(sys.argv[1], "w").write("%d %d\n" % (os.getpid(), child))
		os.wait()
	END
}

has_text() {
	[[ -s $1 ]]
}

# Reference counts go up and down again: what is only read is copied, and equal.
@test "python: a child that only reads has copies of dicts, texts and numbers, nearly all identical" {
	local a b name
	[[ -x $PYTHON ]] || skip_loudly "needs $PYTHON"
	write_reader
	start "$PYTHON" "$DIR/reader.py" "$DIR/pids"
	wait_until has_text "$DIR/pids"
	read -r a b <"$DIR/pids"
	look diff --json --content=all "$a" "$b"
	figures "python3, a child that only read"
	echo "# $(ask '[.clues[:5][] | "\(.words) \(.name)"] | join(", ")')" >&3
	for name in PyUnicode_Type PyDict_Type PyLong_Type; do
		is "$(ask '[.clues[:5][] | select(.name == $name and .words >= 90000) | .name] | length' --arg name $name)" \
			1 "the clue $name"
	done
	is "$(ask '.totals | .compared_pages == .diverged_pages and .identical_pages > 0.9 * .diverged_pages')" \
		true "nearly all are identical: $(ask '.totals | tojson')"
}

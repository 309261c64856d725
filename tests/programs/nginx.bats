#!/usr/bin/env bats
# nginx: a master and its workers.

load programs

start_nginx() {
	need_command nginx
	PORT=$(free_port)
	mkdir "$DIR/temp"
	echo works >"$DIR/index.html"
	cat >"$DIR/nginx.conf" <<-END
		daemon off;
		user nobody nogroup;
		worker_processes 2;
		pid $DIR/nginx.pid;
		error_log $DIR/error.log;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path $DIR/temp/body;
			proxy_temp_path $DIR/temp/proxy;
			fastcgi_temp_path $DIR/temp/fastcgi;
			uwsgi_temp_path $DIR/temp/uwsgi;
			scgi_temp_path $DIR/temp/scgi;
			server { listen 127.0.0.1:$PORT; root $DIR; }
		}
	END
	start nginx -e "$DIR/error.log" -p "$DIR" -c "$DIR/nginx.conf"
	MASTER=${STARTED[0]}
	wait_until answers_on "$PORT"
	wait_until has_children "$MASTER" 2
	mapfile -t WORKERS < <(pgrep -P "$MASTER")
}

serves() {
	local line
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /index.html HTTP/1.0\r\n\r\n' >&5
	line=$(timeout 5 cat <&5)
	exec 5>&-
	[[ $line == *works* ]]
}

@test "nginx: master and worker are told truly, and go on serving" {
	start_nginx
	serves || fail "nginx does not serve"
	true_and_undisturbed "$MASTER" "${WORKERS[0]}"
	figures "nginx, master and worker"
	serves || fail "nginx does not serve any more"
}

@test "nginx: two workers are told truly, and go on serving" {
	start_nginx
	serves || fail "nginx does not serve"
	true_and_undisturbed "${WORKERS[@]:0:2}"
	is "$(ask .relation)" sibling "the relation"
	figures "nginx, two workers"
	serves || fail "nginx does not serve any more"
}

@test "nginx: it serves while it is looked at again and again" {
	start_nginx
	for ((looks = 0; looks < 20; looks++)); do
		look_at_runs "$MASTER" "${WORKERS[0]}"
		serves || fail "nginx does not serve after $looks looks"
	done
	nothing_is_left_on "$MASTER" "${WORKERS[@]}"
}

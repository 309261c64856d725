#!/usr/bin/env bats
# A browser: many processes from one zygote, thousands of mappings, reservations of terabytes.

load programs

start_chromium() {
	need_command chromium
	PORT=$(free_port)
	echo '<title>works</title><p id=p>' >"$DIR/page.html"
	start chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$DIR/profile" --remote-debugging-port="$PORT" "file://$DIR/page.html"
	BROWSER=${STARTED[0]}
	wait_until answers_on "$PORT"
	wait_until has_renderer
}

has_renderer() {
	local pid
	for pid in $(descendants_of "$BROWSER"); do
		[[ $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) == *--type=renderer* ]] && RENDERER=$pid && return 0
	done
	return 1
}

serves() {
	local answer
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /json/version HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&5
	answer=$(timeout 20 head -c 200 <&5)
	exec 5>&-
	[[ $answer == *200* ]]
}

# The oracle looks at every page of every mapping, and here are terabytes of reservations: only
# what vmspy promises of itself is checked, and the resident set.
told_and_undisturbed() {
	local pid rss
	look_at_runs "$1" "$2"
	figures "$3"
	nothing_is_left_on "$1" "$2"
	stop "$1" "$2"
	look_at_runs "$1" "$2"
	for side in a b; do
		pid=$(ask ".$side.pid")
		rss=$(sed -n 's/^Rss:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup")
		is "$(ask ".$side | (.present_pages - .zero_pages - .hugetlb_pages) * 4")" "$rss" \
			"the resident set of $pid in KiB"
	done
	kill -CONT "$1" "$2"
}

@test "chromium: renderer and zygote are told truly, and the browser goes on" {
	local zygote
	start_chromium
	zygote=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$RENDERER/status")
	serves || fail "chromium does not answer"
	told_and_undisturbed "$zygote" "$RENDERER" "chromium, zygote and renderer"
	told_and_undisturbed "$BROWSER" "$RENDERER" "chromium, browser and renderer"
	serves || fail "chromium does not answer any more"
}

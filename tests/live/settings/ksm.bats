#!/usr/bin/env bats
# Pages that the kernel merged because their bytes were equal.

load settings

@test "merged pages are shared by content, and said to be" {
	merge_eagerly
	made_like 'ksm-.*' states settings
	each_state "${MADE[@]}"
}

@test "the counts are true with merged pages" {
	merge_eagerly
	counts_are_true_for states ksm-merged
}

@test "merged pages are nobody's evidence of who left them" {
	merge_eagerly
	fixture left merged
	look_at_runs "$A" "$B"
	local page truth
	while read -r page truth _; do
		is "$(ask '[.runs[] | select((.start | hex) <= ($at | hex) and ($at | hex) < (.end | hex)) | .left] | tostring' \
			--arg at "$page")" "[null]" "who left $page (in truth $truth)"
	done < <(printf '%s\n' "${REGIONS[@]}" | sed -n 's/^page //p')
}

load helper

@test "an address is explained in lines that begin with what they are about" {
	start many_mappings 5
	address=0x$(sed -n '3s/-.*//p' "/proc/$fixture/maps")
	vmspy addr "$fixture" "$address"
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	grep -q "^0x${address#0x}  $fixture " "$out"
	for label in above mapping below page; do
		grep -q "^  $label  " "$out"
	done
}

@test "bad words are refused before any process is touched" {
	for word in "" 0x 12x '$' '$+8' +8 0x1ffffffffffffffff; do
		vmspy addr 99999999 "$word"
		trouble_says "is no address"
	done
	vmspy addr 99999999 7f21a0000000
	trouble_says "did you mean '0x7f21a0000000'"
	vmspy addr --tid x 99999999 0x1000
	trouble_says "is no tid"
	vmspy addr -o NOPE 99999999 0x1000
	trouble_says "NOPE"
}

@test "without an address there is nothing to explain" {
	vmspy addr $$
	trouble_says "too few arguments"
	vmspy addr
	trouble_says "too few arguments"
}

@test "control characters in words are escaped in messages" {
	start many_mappings 1
	vmspy addr "$fixture" $'\e[31mred'
	trouble_says '\x1b[31mred'
}

@test "chosen columns are one table, whatever the number of addresses" {
	start many_mappings 5
	vmspy addr -o ADDRESS,state "$fixture" 0x1000 4096 0x2000
	[ "$status" -eq 0 ]
	[ "$(wc -l <"$out")" -eq 4 ]
	vmspy addr -rn -o word,address,pte "$fixture" 0x1000 8192
	[ "$(cat "$out")" = "$(printf '0x1000 1000 1\n8192 2000 2\n')" ] || [ "$(uname -m)" != x86_64 ]
}

@test "JSON has every key, null where nothing is known" {
	start many_mappings 5
	vmspy addr --json "$fixture" 0x1000
	jq -e '.command == "addr" and .errors == [] and .process.pid == '"$fixture"'
	       and (.addresses | length == 1)
	       and (.addresses[0] | .state == "none" and .frame == null and .mapping == null
	            and .below == null and .above != null and .swap == null and .symbol == null
	            and has("source") and has("page_flags") and has("map_count")
	            and has("exclusive") and has("section") and has("symbol_offset")
	            and (has("against") | not))' "$out"
}

@test "the same process beside itself is one address space" {
	start many_mappings 5
	vmspy addr "$fixture" --against "$fixture" 0x1000
	[ "$status" -eq 0 ]
	grep -q 'one address space' "$out"
	vmspy addr "$fixture" --against 99999999 0x1000
	trouble_says "no process"
}

@test "memory behind a bss is no part of the file, though it is one mapping with it" {
	start behind_bss
	vmspy addr --json "$fixture" "$(sed -n 's/^bss //p' "$said")" "$(sed -n 's/^behind //p' "$said")"
	[ "$status" -eq 0 ]
	jq -e '.addresses[0] | .section == ".bss" and .link_address != null' "$out"
	jq -e '.addresses[1] | .section == null and .link_address == null' "$out"
}

@test "no empty line stands above the first answer, whatever came before it" {
	start many_mappings 5
	vmspy addr "$fixture" no_such_symbol 0x1000 0x2000
	[ "$status" -eq 3 ]
	head -n 1 "$out" | grep -q '^0x1000 '
	[ "$(grep -c '^$' "$out")" -eq 1 ]
}

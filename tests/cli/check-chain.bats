#!/usr/bin/env bats
# data/check-chain.sh, which proves an order file without deed.

bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	n=0
}

# entry SECOND PARENTS TEXT: write the next of the files 1, 2, 3 ..., each one
# entry, and 1.withheld, ...; $last is its id.  After deed-order(5) alone.
entry() {
	local after body envelope id

	after=$(tr ' ' '\n' <<<"$2" | sort | sed 's/.*/"&"/' | paste -sd, | sed 's/,/, /g')
	[ -n "$2" ] || after=
	body=$(printf 'nonce: "%032d"\ntext: %s' "$1" "$3")
	envelope=$(printf 'deed: 1\nkind: note\nafter: [%s]\nrecorded: "2026-11-21T22:55:%02dZ"\ncontent: "%s"' \
		"$after" "$1" "$(printf '%s\n' "$body" | sha256sum | cut -c1-64)")
	id=$(printf '%s\n' "$envelope" | sha256sum | cut -c1-64)
	n=$((n + 1))
	printf -- '---\n%s\n' "$envelope" >"$n.withheld"
	printf -- '---\n%s\n%s\n' "$envelope" "$body" >"$n"
	last=$id
}

# One root, two that fork, one that joins them, one more: 1 to 5.
history() {
	local root_id left

	entry 1 "" "the order"
	root_id=$last
	entry 2 "$root_id" "on the laptop"
	left=$last
	entry 3 "$root_id" "in the office"
	entry 4 "$left $last" "both"
	entry 5 "$last" "the end"
}

check() {
	run --separate-stderr dash "$root/data/check-chain.sh" "$@"
}

@test "check-chain: a good file is ok, and nothing is written beside it" {
	history
	cat 1 2 3 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 0 ]
	[ "$output" = "ok 5 entries, 0 withheld" ]
	[ -z "$stderr" ]
	[ "$(find . -type f | wc -l)" -eq 11 ]
}

@test "check-chain: sh, mawk and sha256sum are all it needs, beside coreutils and xargs" {
	history
	cat 1 2 3.withheld 4 5 >order.yaml
	mkdir bin
	ln -s "$(command -v mawk)" bin/awk
	for tool in sha256sum ls tail mktemp rm xargs; do
		ln -s "$(command -v "$tool")" bin
	done
	run env -i PATH="$PWD/bin" "$(command -v dash)" "$root/data/check-chain.sh" order.yaml "$last"
	[ "$output" = "ok 5 entries, 1 withheld" ]
}

@test "check-chain: withheld entries are counted" {
	history
	cat 1 2.withheld 3 4.withheld 5 >"an order.yaml"
	check "an order.yaml"
	[ "$status" -eq 0 ]
	[ "$output" = "ok 5 entries, 2 withheld" ]
}

@test "check-chain: a forged content is named with its line" {
	history
	sed 's/office/palace/' 3 >3.forged
	cat 1 2 3.forged 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == "order.yaml:17: entry "*": not its content" ]]
}

@test "check-chain: a content put under a withheld entry is named" {
	history
	{ cat 1 2 3 4 5.withheld; echo 'nonce: "made up"'; } >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == "order.yaml:33: entry "*": not its content" ]]
}

@test "check-chain: a changed envelope breaks the chain behind it" {
	history
	sed 's/22:55:02/22:55:01/' 2 >2.forged
	cat 1 2.forged 3 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == "order.yaml:25: entry "*" names one that does not stand above: "* ]]
}

@test "check-chain: an entry cut out of the middle is missed" {
	history
	for rest in "2 3 4 5" "1 3 4 5" "1 2 4 5" "1 2 3 5"; do
		xargs cat <<<"$rest" >order.yaml
		check order.yaml
		[ "$status" -eq 1 ]
		[[ "$output" == *"names one that does not stand above"* ]]
	done
}

@test "check-chain: entries in another order, or twice, are named" {
	history
	cat 1 3 2 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == *"not in stream order" ]]
	cat 2 1 3 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == *"does not stand above"* ]]
	cat 1 2 2.withheld 3 4 5 >order.yaml
	check order.yaml
	[ "$status" -eq 1 ]
	[[ "$output" == *"stands twice" ]]
}

@test "check-chain: a tail cut inside an entry shows by itself, between entries only against a known tip" {
	history
	cat 1 2 3 4 5 >order.yaml
	whole=$(wc -c <order.yaml)
	start=$(cat 1 2 3 4 | wc -c)
	envelope=$(cat 1 2 3 4 5.withheld | wc -c)
	for at in $start $((start + 1)) $((start + 3)) $((envelope - 1)) \
		$envelope $((envelope + 1)) $((whole - 1)) \
		$(seq $((start + 2)) 9 $((whole - 2))); do
		head -c "$at" order.yaml >cut.yaml
		check cut.yaml
		if [ "$at" -eq "$start" ] || [ "$at" -eq "$envelope" ]; then
			[ "$status" -eq 0 ]
		else
			[ "$status" -eq 1 ]
		fi
	done
	head -c "$start" order.yaml >cut.yaml
	check cut.yaml "$last"
	[ "$status" -eq 1 ]
	[[ "$output" == *"there is no entry $last" ]]
	check order.yaml "$last"
	[ "$status" -eq 0 ]
}

@test "check-chain: what is no order file is refused" {
	: >empty
	echo hello >text
	printf -- '---\n---\n' >bare
	for file in empty text bare; do
		check "$file"
		[ "$status" -eq 1 ]
		[[ "$output" == "$file:"* ]]
	done
	check
	[ "$status" -eq 2 ]
	check absent
	[ "$status" -eq 2 ]
}

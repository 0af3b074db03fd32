#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Four times as much of anything is at most five times the work: counted in
# instructions, which are the same on a busy machine.  Ten minutes.

load ../lib

setup() {
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	! grep -q __asan_init "$DEED" || skip 'sanitizers count as well'
	project
	export DEED_NOW=2026-11-28T10:00:00Z DEED_ORDER=FO1
}

# Thousands of instructions.
work() {
	local count

	count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=main \
		"$DEED" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\)$/\1/p')
	[ -n "$count" ] && echo $((count / 1000))
}

# flat WHAT ONE FOUR
flat() {
	echo "# $1: $2 and $3 thousand instructions" >&3
	[ "$3" -le $((5 * $2)) ]
}

# A ledger with FO1 in that shape, under the name of its size.
shaped() {
	deed -q init --ledger "$PWD/$2"
	mkdir -p "$2/orders/2026-11"
	/usr/bin/python3 "$repo/tests/lib/shapes.py" "$1" "$2" >"$2/orders/2026-11/FO1.yaml"
	git -C "$2" add orders
	git -C "$2" commit -qm "open FO1"
}

@test "traps: many entries in a row, many that nobody names, many forks" {
	for shape in row tips diamonds; do
		rm -rf 1500 6000
		shaped "$shape" 1500
		shaped "$shape" 6000
		for words in 'log -m x' status 'show @' verify export 'log -n 1' check; do
			# shellcheck disable=SC2086
			flat "$shape, $words" "$(work --ledger 1500 $words)" "$(work --ledger 6000 $words)"
		done
	done
}

@test "traps: many deliveries, each of other bytes" {
	shaped deliveries 1500
	shaped deliveries 6000
	flat 'deliveries, list' "$(work --ledger 1500 list)" "$(work --ledger 6000 list)"
}

# with_remote NAME: it may be pushed to, and another one cloned.
with_remote() {
	git init -q --bare "$1.git"
	git -C "$1" remote add origin "$PWD/$1.git"
	deed -q --ledger "$1" sync
}

@test "traps: two sides of an order that grew apart" {
	for n in 500 2000; do
		deed -q init --ledger "$PWD/a$n"
		deed -q --ledger "a$n" open FO1
		with_remote "a$n"
		deed -q clone "a$n.git" "b$n"
		for side in a b; do
			seq "$n" | jq -c '{kind: "message", text: "line \(.)"}' | deed -q --ledger "$side$n" log --batch
		done
		deed -q --ledger "a$n" sync
	done
	flat sync "$(work --ledger b500 sync)" "$(work --ledger b2000 sync)"
}

@test "traps: an entry that plain git changed, of many" {
	for n in 1500 6000; do
		shaped row "$n"
		with_remote "$n"
		sed -i 's/^text: message 3$/text: another/' "$n/orders/2026-11/FO1.yaml"
		git -C "$n" commit -qam 'it was never so'
	done
	flat 'sync, putting back' "$(work --ledger 1500 sync)" "$(work --ledger 6000 sync)"
	deed --ledger 6000 verify >/dev/null
}

@test "traps: a ledger of many orders taken in by another" {
	for n in 200 800; do
		deed -q init --ledger "$PWD/theirs$n"
		"$repo/tests/bench/ledger.py" "$n" 3 "$(git -C "theirs$n" rev-parse HEAD)" |
			git -C "theirs$n" fast-import --quiet
		git -C "theirs$n" reset --quiet --hard bench
		with_remote "theirs$n"
		deed -q init --ledger "$PWD/ours$n"
		deed -q --ledger "ours$n" open FO1
		git -C "ours$n" remote add origin "$PWD/theirs$n.git"
	done
	flat 'sync of histories apart' "$(work --ledger ours200 sync)" "$(work --ledger ours800 sync)"
}

@test "traps: one huge line, in each kind of text that is imported" {
	deed -q init
	line() { head -c "$1" /dev/zero | tr '\0' x; }
	for n in 250000 1000000; do
		printf '20/11/2026, 10:00 - Tom: %s\n20/11/2026, 10:01 - Jane: fine\n' "$(line "$n")" >"whatsapp.$n.txt"
		printf 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n%s\n' "$(line "$n")" >"vtt.$n.vtt"
		printf '{"from":"tom","date":"2026-11-20T10:00:00Z","text":"%s"}\n' "$(line "$n")" >"jsonl.$n.jsonl"
		printf 'time,author,text\n2026-11-20T10:00:00Z,tom,"%s"\n' "$(line "$n")" >"csv.$n.csv"
	done
	for kind in whatsapp.txt vtt.vtt jsonl.jsonl csv.csv; do
		# an order each: a second export would be compared with the first
		deed -q open "small-${kind%.*}"
		deed -q open "large-${kind%.*}"
		small=$(work -o "small-${kind%.*}" import --tz UTC "${kind%.*}.250000.${kind#*.}")
		large=$(work -o "large-${kind%.*}" import --tz UTC "${kind%.*}.1000000.${kind#*.}")
		flat "a line of $kind" "$small" "$large"
	done
}

@test "traps: many tiny files in a delivery" {
	deed -q init
	deed -q open FO1
	for n in 2000 8000; do
		mkdir "$n"
		(cd "$n" && seq "$n" | split -l 1 -a 4 -d -)
	done
	small=$(work deliver -m 'many small files, as agreed' 2000)
	large=$(work deliver -m 'many more small files, as agreed' 8000)
	flat 'files of a delivery' "$small" "$large"
	flat 'files found again' "$(work match 2000)" "$(work match 8000)"
}

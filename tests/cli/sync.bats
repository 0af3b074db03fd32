#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Two ledgers and a remote between them.

load ../lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD/home TZ=UTC LC_ALL=C.UTF-8 DEED_ORDER=X1
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_NOW
	mkdir home
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	git config --global init.defaultBranch main
	git init -q --bare remote.git
	in_ledger a init
	git -C a remote add origin "$PWD/remote.git"
	in_ledger a open X1
	in_ledger a sync
	"$DEED" -q clone remote.git b
}

in_ledger() { "$DEED" -q --ledger "$@"; }

# The texts of an order's messages, sorted, on one line.
texts() {
	"$DEED" --json --ledger "$1" log -k message |
		jq -r .content.text | sort | paste -sd,
}

# Both ledgers hold the same commit, clean and sound.
assert_same() {
	[ "$(git -C a rev-parse HEAD)" = "$(git -C b rev-parse HEAD)" ]
	for l in a b; do
		[ -z "$(git -C "$l" status --porcelain)" ]
		[ -z "$(git -C "$l" fsck --no-dangling 2>&1)" ]
		"$DEED" --ledger "$l" verify
	done
}

@test "sync: what two ledgers recorded in one order is in both" {
	in_ledger a log -k message -m "from a"
	in_ledger b log -k message -m "from b"
	in_ledger a sync
	in_ledger b sync
	in_ledger a sync
	assert_same
	[ "$(texts a)" = "from a,from b" ]
}

@test "sync: clones that record and sync at once lose nothing" {
	for i in 1 2 3 4 5 6; do "$DEED" -q clone remote.git "c$i"; done
	for i in 1 2 3 4 5 6; do
		(for n in 1 2 3 4 5; do
			in_ledger "c$i" log -k message -m "c$i $n"
			in_ledger "c$i" sync
		done) &
	done
	wait
	in_ledger a sync
	in_ledger b sync
	assert_same
	[ "$(texts a | tr , '\n' | wc -l)" -eq 30 ]
}

@test "sync: one id opened on both sides in two months moves to the earlier" {
	DEED_NOW=2026-10-31T23:00:00Z in_ledger a open Y1 --title first
	DEED_NOW=2026-11-01T01:00:00Z in_ledger b open Y1 --title second
	in_ledger b sync
	in_ledger a sync
	in_ledger b sync
	assert_same
	[ -e a/orders/2026-10/Y1.yaml ]
	[ ! -e a/orders/2026-11/Y1.yaml ]
	[ "$("$DEED" --json --ledger b status Y1 | jq .opened_twice)" = true ]
}

@test "sync: bytes arrive as pointers and are fetched when asked for" {
	echo hello >hello.txt
	in_ledger a deliver -m "the text" hello.txt
	in_ledger a sync
	in_ledger b sync
	run -0 --separate-stderr "$DEED" --json --ledger b verify
	[ "$(jq -r '.checks[]|select(.name=="archive").result' <<<"$output")" = skipped ]
	in_ledger b sync --fetch d1
	run -0 --separate-stderr "$DEED" --json --ledger b verify
	[ "$(jq -r '.checks[]|select(.name=="archive").result' <<<"$output")" = pass ]
	assert_same
}

@test "sync: a conflict that plain git left is read from our side, then mended" {
	git -C a config merge.deed.driver false
	in_ledger a log -k message -m ours
	in_ledger b log -k message -m theirs
	in_ledger b sync
	run -1 git -C a pull -q --no-rebase origin main
	run -0 --separate-stderr "$DEED" --json --ledger a log -k message
	[ "$(jq -r .content.text <<<"$output")" = ours ]
	[[ $stderr = *"left a merge undone"* ]]
	in_ledger a log -k message -m after
	[ ! -e a/.git/MERGE_HEAD ]
	in_ledger a sync
	in_ledger b sync
	assert_same
	[ "$(texts a)" = after,ours,theirs ]
}

@test "sync: plain git pull unites streams through the merge driver" {
	in_ledger a log -k message -m ours
	in_ledger b log -k message -m theirs
	in_ledger b sync
	PATH="$(dirname "$DEED"):$PATH" git -C a pull -q --no-rebase origin main
	[ "$(texts a)" = ours,theirs ]
	"$DEED" --ledger a verify
}

@test "sync: without a remote it says how to name one" {
	in_ledger c init
	run -2 --separate-stderr "$DEED" --ledger c sync
	[[ $stderr = *"remote add origin"* ]]
}

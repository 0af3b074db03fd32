#!/usr/bin/env bats
# What is longer than the terminal goes through git's pager, and only that.

load ../lib

setup() {
	project
	order
	export PAGER="tr a-z A-Z >$BATS_TEST_TMPDIR/paged"
	for i in {1..30}; do
		printf '{"kind":"message","text":"number %d"}\n' "$i"
	done | deed -q log --batch
}

# on_terminal ROWS WORD...: deed with a terminal for its output
on_terminal() {
	script -qec "stty rows $1 2>/dev/null; $DEED ${*:2}" /dev/null </dev/null \
		>"$BATS_TEST_TMPDIR/seen"
}

@test "pager: a long table on a terminal is paged" {
	on_terminal 10 log
	grep -q 'NUMBER 30' "$BATS_TEST_TMPDIR/paged"
	run -1 grep 'number 30' "$BATS_TEST_TMPDIR/seen"
}

@test "pager: what fits, what is JSON and what goes elsewhere is not" {
	on_terminal 60 log
	on_terminal 10 --json log
	deed log >plain
	[ ! -e "$BATS_TEST_TMPDIR/paged" ]
	grep -q 'number 30' "$BATS_TEST_TMPDIR/seen"
	grep -q 'number 30' plain
}

@test "pager: git's cat is none, and core.pager is heeded" {
	PAGER=cat on_terminal 10 log
	grep -q 'number 30' "$BATS_TEST_TMPDIR/seen"
	git config --global core.pager 'head -n 1'
	on_terminal 10 log
	[ "$(grep -c number "$BATS_TEST_TMPDIR/seen")" -eq 0 ]
}

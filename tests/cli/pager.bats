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

@test "pager: a long line takes the rows it wraps to, its colours none" {
	deed -q log -k message -m "$(printf 'long %.0s' {1..60})"
	script -qec "stty rows 8 cols 40; $DEED log -n 2" /dev/null </dev/null >seen
	grep -q LONG "$BATS_TEST_TMPDIR/paged"
	rm "$BATS_TEST_TMPDIR/paged"
	TERM=xterm script -qec "stty rows 4 cols 45; $DEED log -n 1 --grep 'number 30'" /dev/null </dev/null >seen
	[ ! -e "$BATS_TEST_TMPDIR/paged" ]
	grep -q 'number 30' seen
}

@test "pager: --no-pager is none, before the command and after it" {
	on_terminal 10 --no-pager log
	on_terminal 10 log --no-pager
	[ ! -e "$BATS_TEST_TMPDIR/paged" ]
}

@test "pager: git's cat is none, and core.pager is heeded" {
	PAGER='cat' on_terminal 10 log
	grep -q 'number 30' "$BATS_TEST_TMPDIR/seen"
	git config --global core.pager 'head -n 1'
	on_terminal 10 log
	[ "$(grep -c number "$BATS_TEST_TMPDIR/seen")" -eq 0 ]
}

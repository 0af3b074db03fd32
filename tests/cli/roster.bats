#!/usr/bin/env bats
# A ledger of many orders: list and completion read a line of each, which is
# kept, disposable, and never believed when the order's file has changed.

load ../lib

setup() {
	sandbox
	deed -q init
	"$repo/tests/bench/ledger.py" 150 6 "$(git -C "$ledger" rev-parse HEAD)" |
		git -C "$ledger" fast-import --quiet
	git -C "$ledger" reset --quiet --hard bench
	git -C "$ledger" branch --quiet -D bench
	kept=$ledger/.git/deed/roster
	# what changed in the last second is read again
	find "$ledger/orders" -name '*.yaml' -exec touch -d '1 hour ago' {} +
}

# How many order files a command opens.
opened() {
	strace -f -qq -e trace=openat -o "$BATS_TEST_TMPDIR/trace" "$DEED" "$@" >"$BATS_TEST_TMPDIR/out"
	grep -c 'orders/.*\.yaml"' "$BATS_TEST_TMPDIR/trace" || true
}

@test "roster: the first list reads every order, the next none" {
	[ "$(opened list)" -eq 150 ]
	cp "$BATS_TEST_TMPDIR/out" first
	[ "$(opened list)" -eq 0 ]
	diff first "$BATS_TEST_TMPDIR/out"
	[ "$(opened --json list --state accepted)" -eq 0 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 150 ]
	[ "$(opened __complete orders)" -eq 0 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 150 ]
	ledger_is_clean
	deed verify
}

@test "roster: a changed order is read again, and only that one" {
	deed -q list
	deed -q open NEW --title 'a new one'
	deed -q cancel --by buyer -o FO000007 -m 'no more'
	deed -q cancel --accept -o FO000007
	run -0 deed --json list
	[ "$(jq -r 'select(.order == "FO000007").state' <<<"$output")" = cancelled ]
	[ "$(jq -r 'select(.order == "NEW").title' <<<"$output")" = 'a new one' ]
	touch -d '1 hour ago' "$ledger"/orders/*/NEW.yaml "$ledger"/orders/*/FO000007.yaml
	[ "$(opened list)" -eq 2 ]
	[ "$(opened list)" -eq 0 ]
}

@test "roster: a file edited in place, with its old size and time, is read again" {
	deed -q list
	file=$(echo "$ledger"/orders/*/FO000009.yaml)
	touch -r "$file" stamp
	sed 's/^platform: fiverr$/platform: upwork/' "$file" >edited
	cat edited >"$file"
	touch -r stamp "$file"
	# its digest is wrong now, which only reading it can tell: it says nothing
	run -0 deed --json list
	[ "$(jq -r 'select(.order == "FO000009").platform' <<<"$output")" = null ]
}

@test "roster: what time alone changes is never told as it was" {
	export DEED_NOW=2026-03-01T12:00:00Z
	deed -q open LATE --platform fiverr --contract gig --due '2026-03-20' --title x
	deed -q open SOLD --platform fiverr --contract gig --title x
	deed -q deliver -o SOLD -m 'the whole work, ready to use' "$kept/../../../deed.yaml"
	deed -q submit -o SOLD
	deed -q accept -o SOLD --kind button
	for DEED_NOW in 2026-03-02 2026-03-05 2026-03-15 2026-03-25 2026-06-01 2028-01-01 2026-03-02 2029-01-01; do
		export DEED_NOW=${DEED_NOW}T12:00:00Z
		deed --json list >kept.list
		deed --json due >kept.due
		rm "$kept"
		deed --json list >fresh.list
		rm "$kept"
		deed --json due >fresh.due
		diff kept.list fresh.list
		diff kept.due fresh.due
		jq -r 'select(.order == "SOLD").state' fresh.list >>states
	done
	grep -qx exposed states
	grep -qx closed states
	[ "$(head -n1 states)" = "$(sed -n 7p states)" ]
}

@test "roster: due reads only orders of which a clock runs" {
	deed -q due
	[ "$(opened due)" -eq 0 ]
	deed -q open NEW --due '2099-01-01'
	touch -d '1 hour ago' "$ledger"/orders/*/NEW.yaml
	[ "$(opened due)" -eq 2 ] # to make its line, and to tell it
	[ "$(opened due)" -eq 1 ]
	grep -q NEW "$BATS_TEST_TMPDIR/out"
}

@test "roster: what is damaged, foreign or cannot be written changes nothing" {
	export DEED_NOW=2026-10-01T12:00:00Z
	run -0 deed list
	expected=$output
	cp "$kept" whole
	sed 's/accepted/rejected/' whole >one
	sed 's/^deed roster [0-9]*/deed roster 1/' whole >two
	head -c 4000 whole >three
	: >four
	cp /bin/sh five
	{
		cat whole
		tail -n1 whole
	} >six
	for damaged in one two three four five six; do
		! cmp -s "$damaged" whole
		cp "$damaged" "$kept"
		run -0 --separate-stderr deed list
		[ "$output" = "$expected" ]
		[ -z "$stderr" ]
		cmp "$kept" whole
	done
	rm "$kept"
	mkdir "$kept"
	run -0 --separate-stderr deed list
	[ "$output" = "$expected" ]
	[ -z "$stderr" ]
	rm -r "$ledger/.git/deed"
	: >"$ledger/.git/deed"
	run -0 --separate-stderr deed list
	[ "$output" = "$expected" ]
	[ -z "$stderr" ]
}

@test "roster: it is no part of the record, and verify does not look at it" {
	deed -q list
	strace -f -qq -e trace=openat -o "$BATS_TEST_TMPDIR/trace" "$DEED" -q verify
	run -1 grep roster "$BATS_TEST_TMPDIR/trace"
	rm "$kept"
	deed -q verify
	[ ! -e "$kept" ]
}

@test "roster: commands that only read neither start libgit2 nor read certificates" {
	export DEED_DIR=$ledger DEED_ORDER=FO000001
	for command in list log status 'show @' check version '__complete orders'; do
		# shellcheck disable=SC2086
		strace -f -qq -e trace=openat,execve,socket -o "$BATS_TEST_TMPDIR/trace" "$DEED" $command >/dev/null || [ "$command" = check ]
		run -1 grep -E 'ca-certificates|\.git/(HEAD|config|objects|index|refs)' "$BATS_TEST_TMPDIR/trace"
		[ "$(grep -c execve "$BATS_TEST_TMPDIR/trace")" -eq 1 ]
	done
	# and recording reads no certificates either
	strace -f -qq -e trace=openat -o "$BATS_TEST_TMPDIR/trace" "$DEED" -q log -m one
	run -1 grep ca-certificates "$BATS_TEST_TMPDIR/trace"
}

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
	cp "$file" edited
	sed -i 's/^platform: fiverr$/platform: upwork/' edited
	mv edited "$file"
	touch -r stamp "$file"
	# its digest is wrong now, which only reading it can tell
	run -2 deed list
}

@test "roster: what is damaged, foreign or cannot be written changes nothing" {
	run -0 deed list
	expected=$output
	for damage in 'truncate -s 100' 'truncate -s 0' 'sed -i s/accepted/rejected/;1d' 'cp /bin/sh' rm; do
		case $damage in
		cp*) cp /bin/sh "$kept" ;;
		sed*) sed -i '1s/.*/deed roster 1 another/; s/accepted/rejected/' "$kept" ;;
		*) $damage "$kept" ;;
		esac
		run -0 deed list
		[ "$output" = "$expected" ]
	done
	rm "$kept"
	mkdir "$kept"
	run -0 --separate-stderr deed list
	[ "$output" = "$expected" ]
	[ -z "$stderr" ]
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

#!/usr/bin/env bats
# deed clone: join a ledger that is elsewhere.

load ../lib

setup() {
	sandbox
	git init -q --bare remote.git
	"$DEED" -q --ledger a init
	git -C a remote add origin "$PWD/remote.git"
	"$DEED" -q --ledger a open X1
	echo 'a picture' >logo.png
	"$DEED" -q --ledger a -o X1 deliver -m 'the logo in one file' logo.png
	"$DEED" -q --ledger a sync
}

@test "clone: without a folder it is the person's own ledger, whole but for the bytes" {
	run -0 --separate-stderr deed --json clone remote.git
	[ "$(get .ledger)" = "$ledger" ]
	[[ $stderr == *"deed sync --fetch"* ]]
	[ "$(stat -c %a "$ledger")" = 700 ]
	run -0 --separate-stderr deed list
	[[ $output == *X1* ]]
	[ "$(head -c 7 "$ledger"/archives/*/X1/*.zip)" = version ]
	deed -q -o X1 log -k message -m 'from here'
	deed -q sync
	"$DEED" -q --ledger a sync
	"$DEED" --ledger a -o X1 log | grep -q 'from here'
	ledger_is_clean
}

@test "clone: into a folder that is named, with deed's guards and driver set" {
	run -0 --separate-stderr deed clone remote.git b
	[ "$output" = "$PWD/b" ]
	[ "$(git -C b config --local core.hooksPath)" = .git/hooks ]
	[ "$(git -C b config --local core.autocrlf)" = false ]
	[ "$(git -C b config --local merge.deed.driver)" = 'deed __merge %A %B' ]
	[ -x b/.git/hooks/pre-push ]
	[ -x b/.git/hooks/pre-commit ]
}

@test "clone: bytes come when they are asked for" {
	deed -q clone remote.git b
	run -0 --separate-stderr deed --ledger b -o X1 sync --fetch d1
	unzip -p b/archives/*/X1/*.zip logo.png | cmp - logo.png
	ledger_is_clean b
}

@test "clone: a repository that is no ledger is refused and nothing stays" {
	git init -q --bare empty.git
	run -2 --separate-stderr "$DEED" clone empty.git d
	[ ! -e d ]
}

@test "clone: a folder that exists is left alone" {
	mkdir e
	run -2 --separate-stderr "$DEED" clone remote.git e
	[ -z "$(ls -A e)" ]
}

@test "clone: an address that leads nowhere is told, with what to try" {
	run -2 --separate-stderr deed clone nowhere.git d
	said_once
	[[ $stderr == *'git ls-remote'* ]]
	[ ! -e d ]
}

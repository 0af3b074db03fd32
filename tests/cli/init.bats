#!/usr/bin/env bats
# deed init: make or join a ledger.

load ../lib

setup() {
	project
}

@test "init: makes the default ledger the first time and prints where it is" {
	run -0 --separate-stderr deed init
	[ "$output" = "$ledger" ]
	[[ $stderr == *"made a ledger in $ledger"* ]]
	ledger_is_clean
}

@test "init: prints the absolute path as JSON" {
	run -0 --separate-stderr deed --json init
	[ "$(keys)" = ledger ]
	[ "$(get .ledger)" = "$ledger" ]
}

@test "init: a second time joins what is there" {
	deed -q init
	before=$(snapshot)
	run -0 --separate-stderr deed init
	[ "$output" = "$ledger" ]
	[[ $stderr == *joined* ]]
	[ "$before" = "$(snapshot)" ]
}

@test "init: the project's own git config names the ledger, nothing else changes" {
	before=$(cat .git/info/exclude)
	deed -q init
	[ "$(git config --local deed.ledger)" = "$ledger" ]
	[ -z "$(git status --porcelain --ignored)" ]
	[ "$before" = "$(cat .git/info/exclude)" ]
}

@test "init: never writes the user's git config" {
	before=$(sha256sum "$GIT_CONFIG_GLOBAL")
	deed -q init
	deed -q init --here
	deed -q init --ledger "$BATS_TEST_TMPDIR/other"
	[ "$before" = "$(sha256sum "$GIT_CONFIG_GLOBAL")" ]
	[ "$(find "$HOME" -maxdepth 1 -name '.git*' | wc -l)" -eq 1 ]
	[ ! -e "$HOME/.config" ]
}

@test "init: a ledger holds the files the design names, committed" {
	deed -q init
	[ "$(git -C "$ledger" ls-files | xargs)" = '.gitattributes deed.yaml' ]
	[ "$(cat "$ledger/deed.yaml")" = 'format: 1' ]
	diff "$ledger/.gitattributes" - <<-'END'
		* -text
		orders/** -text diff merge=deed
		archives/** -text -merge filter=lfs diff=lfs
	END
	[ -d "$ledger/.git/deed" ]
}

@test "init: only the owner may look into a ledger" {
	umask 000
	deed -q init
	[ "$(stat -c %a "$ledger")" = 700 ]
	[ "$(find "$ledger" -maxdepth 1 -type f -printf '%m\n' | sort -u)" = 600 ]
	[ "$(stat -c %a "$ledger/.git/deed")" = 700 ]
	[ -z "$(find "$ledger/.git/deed" -type f ! -perm 600)" ]
}

@test "init: XDG_DATA_HOME moves the default ledger" {
	XDG_DATA_HOME=$BATS_TEST_TMPDIR/data run -0 --separate-stderr deed init
	[ "$output" = "$BATS_TEST_TMPDIR/data/deed/ledger" ]
	[ ! -e "$ledger" ]
}

@test "init: a relative XDG_DATA_HOME is ignored, as its specification wants" {
	XDG_DATA_HOME=data run -0 --separate-stderr deed init
	[ "$output" = "$ledger" ]
	[ ! -e data ]
}

@test "init: --ledger makes one anywhere, on either side of the verb" {
	run -0 --separate-stderr deed init --ledger "$BATS_TEST_TMPDIR/one"
	[ "$output" = "$BATS_TEST_TMPDIR/one" ]
	run -0 --separate-stderr deed --ledger "$BATS_TEST_TMPDIR/two" init
	[ "$output" = "$BATS_TEST_TMPDIR/two" ]
	ledger_is_clean "$BATS_TEST_TMPDIR/one"
	ledger_is_clean "$BATS_TEST_TMPDIR/two"
	[ "$(git config deed.ledger)" = "$BATS_TEST_TMPDIR/two" ]
}

@test "init: --ledger is relative to the folder after -C" {
	mkdir "$BATS_TEST_TMPDIR/sub"
	run -0 --separate-stderr deed -C "$BATS_TEST_TMPDIR/sub" --json init --ledger mine
	[ "$(get .ledger)" = "$BATS_TEST_TMPDIR/sub/mine" ]
}

@test "init: a current order that the ledger joined now does not have is forgotten" {
	deed -q init
	deed -q open FO1
	deed -q init
	[ "$(git config deed.order)" = FO1 ]
	deed -q init --ledger "$BATS_TEST_TMPDIR/other"
	run -1 git config deed.order
	deed -q open FO2
	deed -q init --here
	run -1 git config deed.order
}

@test "init: --here and --ledger exclude each other" {
	refused init --here --ledger x
}

@test "init: a folder with other things in it is no place for a ledger" {
	mkdir "$BATS_TEST_TMPDIR/full"
	touch "$BATS_TEST_TMPDIR/full/file"
	refused init --ledger "$BATS_TEST_TMPDIR/full"
	[ "$(ls -A "$BATS_TEST_TMPDIR/full")" = file ]
	refused init --ledger "$PWD"
}

@test "init: a file is no place for a ledger" {
	run -2 --separate-stderr deed init --ledger main.c
	[[ $stderr == *'main.c is a file, not a folder'* ]]
}

@test "init: an empty folder will do" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	run -0 --separate-stderr deed init --ledger "$BATS_TEST_TMPDIR/empty"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/empty")" = 700 ]
}

@test "init: where nothing can be made it says so and leaves nothing" {
	touch "$BATS_TEST_TMPDIR/file"
	refused init --ledger "$BATS_TEST_TMPDIR/file/below"
	refused init --ledger /proc/none/ledger
}

@test "init: killed half-way, it can be run again" {
	for ms in 5 10 20 30 40 60; do
		timeout -s KILL "0.0$(printf %02d "$ms")" "$DEED" -q init || true
	done
	run -0 --separate-stderr deed init
	ledger_is_clean
	deed -q open FO1
	ledger_is_clean
}

@test "init: several at once make one ledger" {
	for _ in 1 2 3 4 5 6; do
		"$DEED" -q init &
	done
	wait
	run -0 --separate-stderr deed init
	ledger_is_clean
	[ "$(git -C "$ledger" rev-list --count HEAD)" -eq 1 ]
	[ "$(ls -A "$(dirname "$ledger")")" = ledger ]
}

@test "init: the ledger's own config keeps the user's out" {
	git config --global core.hooksPath "$BATS_TEST_TMPDIR/hooks"
	git config --global core.autocrlf true
	deed -q init
	[ "$(git -C "$ledger" config --local core.hooksPath)" = .git/hooks ]
	[ "$(git -C "$ledger" config --local core.autocrlf)" = false ]
	[ "$(git -C "$ledger" config --local core.splitIndex)" = false ]
}

@test "init: outside of any git project a ledger is made all the same" {
	cd "$HOME"
	run -0 --separate-stderr deed init
	[ "$output" = "$ledger" ]
}

#!/usr/bin/env bats
# Promises of deed-security(7) that no other file holds.

load ../lib

setup() {
	project
}

# is_hardened PROGRAM
is_hardened() {
	readelf -h "$1" | grep -q 'DYN (Position-Independent Executable file)'
	readelf -lW "$1" | grep -q GNU_RELRO
	readelf -dW "$1" | grep -q BIND_NOW
	readelf -sW "$1" | grep -q __stack_chk_fail
	readelf -sW "$1" | grep -q '_chk@\?'
}

@test "security: the programs are built to resist" {
	! ldd "$DEED" | grep -q asan || skip 'a sanitizer is built another way'
	command -v readelf >/dev/null || skip 'there is no readelf'
	is_hardened "$DEED"
	is_hardened "${DEED%/*}/libexec/deed-mail"
	is_hardened "${DEED%/*}/libexec/deed-fetch"
}

@test "security: no word becomes an option of git" {
	order
	evil="--upload-pack=touch $PWD/pwned"
	refused sync -- "$evil"
	git -C "$ledger" config branch.main.remote "$evil"
	refused sync
	run -2 deed sync --fetch
	refused deliver --ref "--output=$PWD/pwned" -m 'the first version, ready to run'
	run -2 deed clone -- "$evil" "$BATS_TEST_TMPDIR/c"
	run -2 deed -q open -- --template
	[ ! -e pwned ]
}

@test "security: a clone runs no hook and no filter that came along" {
	order
	delivered
	printf '#!/bin/sh\ntouch %s/pwned\n' "$PWD" >hook
	chmod +x hook
	for name in post-checkout post-merge pre-commit; do
		cp hook "$ledger/.git/hooks/$name"
	done
	git -C "$ledger" config filter.lfs.smudge "touch $PWD/pwned"
	git -C "$ledger" config filter.lfs.process "touch $PWD/pwned"
	run -0 deed -q clone "$ledger" "$BATS_TEST_TMPDIR/c"
	run -0 deed --ledger "$BATS_TEST_TMPDIR/c" -o FO1 log -m one
	[ ! -e pwned ]
}

@test "security: text of an entry is never a word of a shell, nor a trailer" {
	order
	text=$'$(touch pwned) `touch pwned`; touch pwned\n\nDeed-Entry: 0000'
	run -0 deed log -k message -m "$text"
	[ ! -e pwned ]
	[ "$(git -C "$ledger" log -1 --format='%(trailers:key=Deed-Entry,valueonly)' | grep -c .)" -eq 1 ]
	run -0 deed verify
}

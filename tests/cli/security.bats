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

# An order, and a remote that has it.
remote_order() {
	order
	git init -q --bare "$HOME/remote.git"
	git -C "$ledger" remote add origin "$HOME/remote.git"
	deed -q sync
}

# What no git would check out: a file in .git, or above, or a link to anywhere.
evil_commit() {
	local blob tree

	blob=$(echo "touch $PWD/pwned" | git -C "$1" hash-object -w --stdin)
	if [ "$2" = link ]; then
		tree=$(printf '120000 blob %s\tplace\n' "$blob")
	else
		tree=$(printf '100755 blob %s\tpost-commit\n' "$blob" | git -C "$1" mktree)
		tree=$(printf '040000 tree %s\thooks\n' "$tree" | git -C "$1" mktree)
		tree=$(printf '040000 tree %s\t%s\n' "$tree" "$2")
	fi
	tree=$({ git -C "$1" ls-tree HEAD; echo "$tree"; } | git -C "$1" mktree)
	git -C "$1" commit-tree -m evil -p HEAD "$tree"
}

@test "security: no file of a remote is put where it does not stay" {
	remote_order
	start=$(git -C "$ledger" rev-parse HEAD)
	for name in .git .GIT 'git~1' '.git.' .. link; do
		evil=$(evil_commit "$ledger" "$name")
		git -C "$ledger" push -q --no-verify -f origin "$evil:refs/heads/main"
		# nothing of ours is new, then something is
		for _ in forward merge; do
			refused sync
			[[ $stderr == *'outside of its folder'* || $stderr == *'symbolic link'* ]]
			[ -z "$(find "$HOME" -name post-commit -o -name place)" ]
			deed -q log -m 'meanwhile'
		done
		run -2 deed -q clone "$HOME/remote.git" "$BATS_TEST_TMPDIR/c"
		[ ! -e "$BATS_TEST_TMPDIR/c" ]
		git -C "$ledger" reset -q --hard "$start"
	done
	[ ! -e pwned ]
}

# Seven folders, each of ten times the one before: 100 million files.
endless_commit() {
	local tree

	tree=$(echo x | git -C "$1" hash-object -w --stdin)
	tree=$(printf "100644 blob $tree\tf%d\n" {0..9} | git -C "$1" mktree)
	for _ in 1 2 3 4 5 6 7; do
		tree=$(printf "040000 tree $tree\td%d\n" {0..9} | git -C "$1" mktree)
	done
	tree=$({ git -C "$1" ls-tree HEAD; printf '040000 tree %s\tzz\n' "$tree"; } | git -C "$1" mktree)
	git -C "$1" commit-tree -m endless -p HEAD "$tree"
}

@test "security: a commit with files without end is refused, and none of them written" {
	remote_order
	git -C "$ledger" push -q --no-verify origin "$(endless_commit "$ledger"):refs/heads/main"
	for words in sync "clone $HOME/remote.git $BATS_TEST_TMPDIR/c"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr timeout 60 "$DEED" $words
		said_once
		[[ $stderr == *'more files than a ledger can hold'* ]]
	done
	[ -z "$(find "$BATS_TEST_TMPDIR" -name zz)" ]
	[ ! -e "$BATS_TEST_TMPDIR/c" ]
	[ ! -e "$BATS_TEST_TMPDIR/c.deed-clone" ]
	deed -q log
}

@test "security: text of an entry is never a word of a shell, nor a trailer" {
	order
	text=$'$(touch pwned) `touch pwned`; touch pwned\n\nDeed-Entry: 0000'
	run -0 deed log -k message -m "$text"
	[ ! -e pwned ]
	[ "$(git -C "$ledger" log -1 --format='%(trailers:key=Deed-Entry,valueonly)' | grep -c .)" -eq 1 ]
	run -0 deed verify
}

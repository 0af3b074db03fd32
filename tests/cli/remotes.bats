#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Remotes as people have them: over HTTP with a password, over ssh, in a folder;
# by the user's own git, with what he configured for it.

load ../lib

setup() {
	sandbox
	cd "$BATS_TEST_TMPDIR" || return
	export DEED_ORDER=X1
	mkdir host
	git init -q --bare host/records.git
	on a init
	on a open X1
	echo text >page.txt
	on a deliver -m 'the page, as agreed' page.txt
}

teardown() {
	[ -z "${server:-}" ] || kill "$server"
}

on() { deed -q --ledger "$@"; }

# The repositories in host/, over HTTP; $url is where.
serve() {
	/usr/bin/python3 "$repo/tests/lib/git-server.py" host >server.log 2>&1 3>&- &
	server=$!
	until [ -e host/port ]; do sleep 0.05; done
	url=http://127.0.0.1:$(cat host/port)/records.git
}

# knows NAME PASSWORD: git's own way to remember.
knows() {
	git config --global credential.helper store
	printf 'url=%s\nusername=%s\npassword=%s\n\n' "$url" "$1" "$2" | git credential approve
}

# What is there can be had elsewhere, with all its bytes.
comes_back() {
	run -0 deed -q clone "$1" b
	on b log -k message -m 'from b'
	on b sync
	on a sync
	run -0 --separate-stderr deed --json --ledger b sync --fetch
	[ "$(get .fetched)" -eq 1 ]
	[ "$(git -C a rev-parse HEAD)" = "$(git -C b rev-parse HEAD)" ]
	for l in a b; do
		ledger_is_clean "$l"
		run -0 deed --ledger "$l" verify
		[[ $output == *' 0 failed, 0 skipped' ]]
	done
	git -C b lfs fsck
}

@test "remotes: over HTTP, with the password that git knows" {
	serve
	knows jane 'a secret'
	git -C a remote add origin "$url"
	run -0 deed --ledger a sync
	[ "$(find host/objects -type f | wc -l)" -eq 1 ]
	comes_back "$url"
}

@test "remotes: one who may only read is told so, and nothing is lost" {
	serve
	knows tom another
	git -C a remote add origin "$url"
	run -2 --separate-stderr deed --ledger a sync
	said_once
	[[ $stderr == *403*'contents: write'* ]]
	ledger_is_clean a
}

@test "remotes: where nobody can be asked for a password it is an error at once" {
	serve
	git -C a remote add origin "$url"
	run -2 --separate-stderr env CI=true timeout 20 "$DEED" --ledger a sync
	said_once
	[[ $stderr == *'nobody could be asked'* ]]
	run -2 --separate-stderr env CI=true timeout 20 "$DEED" clone "$url" b
	said_once
	[ ! -e b ]
}

@test "remotes: over ssh, the bytes where the host says" {
	serve
	# in the place of ssh: what is asked of the host is done here
	cat >ssh <<-END
		#!/bin/sh
		while [ "\$1" != host ]; do shift; done
		shift
		PATH=$PWD/bin:\$PATH exec sh -c "\$*"
	END
	mkdir bin
	cat >bin/git-lfs-authenticate <<-END
		#!/bin/sh
		printf '{"href":"%s/info/lfs","header":{"Authorization":"Basic %s"}}\n' "$url" "$(printf 'jane:a secret' | base64)"
	END
	chmod +x ssh bin/git-lfs-authenticate
	export GIT_SSH_COMMAND=$PWD/ssh GIT_SSH_VARIANT=ssh
	git -C a remote add origin "ssh://host$PWD/host/records.git"
	run -0 deed --ledger a sync
	[ "$(find host/objects -type f | wc -l)" -eq 1 ]
	comes_back "ssh://host$PWD/host/records.git"
}

@test "remotes: in a folder, by its path and by file://" {
	git -C a remote add origin "$PWD/host/records.git"
	run -0 deed --ledger a sync
	comes_back "file://$PWD/host/records.git"
}

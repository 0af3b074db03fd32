#!/usr/bin/env bats
# Commits of the ledger are signed when git's config says so, as git signs.

load ../lib

setup() {
	project
	keys=$BATS_TEST_TMPDIR/keys
	mkdir "$keys"
}

teardown() {
	[ -z "${SSH_AGENT_PID:-}" ] || ssh-agent -k >/dev/null
}

# sign_with TYPE [OPTION]...: a key, known as Jane's, and a config that signs.
sign_with() {
	ssh-keygen -q -t "$@" -N '' -C '' -f "$keys/id"
	echo "jane@example.org namespaces=\"git\" $(cut -d' ' -f1,2 "$keys/id.pub")" >"$keys/signers"
	git config --global gpg.format ssh
	git config --global user.signingkey "$keys/id.pub"
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	git config --global commit.gpgsign true
}

# Every commit but the one of init carries a good signature.
all_good() {
	git -C "$ledger" log --format='%G? %s' | tee /dev/stderr |
		awk '$2 != "init:" && $1 != "G" { bad = 1 } $1 == "G" { good++ } END { exit bad || !good }'
}

@test "an ed25519 key signs every commit that records" {
	sign_with ed25519
	order
	deed -q log -m 'a call'
	delivered
	all_good
	git -C "$ledger" verify-commit HEAD
	ledger_is_clean
}

@test "an rsa key signs" {
	sign_with rsa -b 2048
	order
	all_good
	ledger_is_clean
}

@test "an ecdsa key signs" {
	sign_with ecdsa -b 384
	order
	all_good
}

@test "a key that only an agent holds signs" {
	sign_with ed25519
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$keys/id"
	rm "$keys/id"
	order
	all_good
}

@test "a key that stands in the config itself signs, with an agent" {
	sign_with ed25519
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$keys/id"
	git config --global user.signingkey "key::$(cat "$keys/id.pub")"
	order
	all_good
}

@test "gpg signs where the format is openpgp, which it is by default" {
	export GNUPGHOME=$BATS_TEST_TMPDIR/gnupg
	command -v gpg >/dev/null || skip 'no gpg'
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key 'Jane Dev <jane@example.org>' ed25519 sign never 2>/dev/null
	git config --global commit.gpgsign true
	order
	git -C "$ledger" verify-commit HEAD
	gpgconf --kill all
}

@test "gpg.ssh.program is the program that signs" {
	sign_with ed25519
	printf '#!/bin/sh\necho used >>"%s/used"\nexec ssh-keygen "$@"\n' "$keys" >"$keys/program"
	chmod +x "$keys/program"
	git config --global gpg.ssh.program "$keys/program"
	order
	[ -s "$keys/used" ]
	all_good
}

@test "without the key nothing is recorded, and nothing is left behind" {
	order
	sign_with ed25519
	rm "$keys/id" "$keys/id.pub"
	refused log -m 'a call'
	[[ $stderr == *'cannot sign'* ]]
	[[ $stderr == *'commit.gpgsign false'* ]]
	refused deliver -m 'the first version, ready to run'
	ledger_is_clean
	[ -z "$(find "$ledger/.git/lfs" -type f 2>/dev/null)" ]
	git -C "$ledger" config commit.gpgsign false
	deed -q log -m 'a call'
	ledger_is_clean
}

@test "a format nobody knows is refused" {
	order
	git config --global commit.gpgsign yes
	git config --global gpg.format pigeon
	refused log -m 'a call'
	[[ $stderr == *pigeon* ]]
}

@test "ssh without a key is refused with the line that names one" {
	order
	git config --global commit.gpgsign true
	git config --global gpg.format ssh
	refused log -m 'a call'
	[[ $stderr == *'user.signingkey'* ]]
}

@test "commit.gpgsign that says no signs nothing" {
	sign_with ed25519
	git config --global commit.gpgsign off
	order
	[ "$(git -C "$ledger" log -1 --format=%G?)" = N ]
}

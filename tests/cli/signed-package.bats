#!/usr/bin/env bats
# Packages that are signed: by hand with ssh-keygen, and by deed verify, which
# trusts no key that came with what it verifies.

load ../lib

setup() {
	project
	keys=$BATS_TEST_TMPDIR/keys
	mkdir "$keys"
	ssh-keygen -q -t ed25519 -N '' -C 'jane@home' -f "$keys/id"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/other"
	git config --global deed.signingkey "$keys/id"
	order
	delivered
	deed --json dispute pack --yes -O .. >../packed.json 2>/dev/null
	zip=$(jq -r .package.path ../packed.json)
	top=$(basename "$zip" .zip)
	cd ..
	unzip -q "$zip"
}

signers() {
	echo "jane@example.org namespaces=\"deed\" $(cut -d' ' -f1,2 "$keys/$1.pub")" >"$keys/signers"
}

# What verify says of the signature.
says() {
	run --separate-stderr deed --json verify "$@"
	get '.checks[] | select(.name == "signature") | .result'
}

# Every command of HOW-TO-VERIFY.txt.
by_hand() {
	unzip -p "$zip" "$top/data/HOW-TO-VERIFY.txt" | sed -n 's/^\$ //p' >steps
	while IFS= read -r line; do
		(cd "$top" && env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1) || return 1
	done <steps
}

@test "ssh-keygen agrees, by hand and by the steps in the package" {
	by_hand
	grep -q 'ssh-keygen -Y verify' steps
	ssh-keygen -Y check-novalidate -n deed -s "$top/root.txt.sig" <"$top/root.txt"
	signers id
	ssh-keygen -Y verify -f "$keys/signers" -I jane@example.org -n deed -s "$top/root.txt.sig" <"$top/root.txt"
}

@test "no list of the package names the signature, and no address travels" {
	run ! grep -r root.txt.sig "$top"/*.txt
	grep -q ' Jane Dev$' "$top/data/proofs/allowed_signers"
	run ! grep -rqE 'jane@(home|example)' "$top"
}

@test "the key that came along vouches for nothing" {
	[ "$(says "$zip")" = skipped ]
	run -0 --separate-stderr deed --json verify "$zip"
	get '.checks[] | select(.name == "signature") | .detail' | grep -q "$(ssh-keygen -lf "$keys/id.pub" | cut -d' ' -f2)"
	get '.checks[].detail' | grep -q 'nobody vouches'
}

@test "the reader's own signers do, named or from his git config" {
	signers id
	[ "$(says --signers "$keys/signers" "$zip")" = pass ]
	run -0 --separate-stderr deed --json verify --signers "$keys/signers" "$zip"
	get '.checks[] | select(.name == "signature") | .detail' | grep -q 'jane@example.org'
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	[ "$(says "$top")" = pass ]
}

@test "a config beside the package is not the reader's" {
	signers id
	git init -q "$top/.."
	git -C "$top/.." config gpg.ssh.allowedSignersFile "$keys/signers"
	[ "$(says "$zip")" = skipped ]
}

@test "another's signature is not the one that was asked for" {
	signers other
	run -1 deed verify --signers "$keys/signers" "$zip"
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	[ "$(says "$zip")" = skipped ]
}

@test "a key for commits signs no package" {
	signers id
	sed -i 's/"deed"/"git"/' "$keys/signers"
	run -1 deed verify --signers "$keys/signers" "$zip"
}

@test "a certificate is good by an authority of the reader's list, for the purpose and time it allows" {
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/ca"
	ssh-keygen -q -s "$keys/ca" -I jane -n jane@example.org -V 20200101:20990101 "$keys/id.pub"
	ssh-keygen -q -Y sign -f "$keys/id-cert.pub" -n deed <"$top/root.txt" >"$top/root.txt.sig" 2>/dev/null
	[ "$(says "$top")" = skipped ]
	echo "*@example.org cert-authority,namespaces=\"deed\" $(cat "$keys/ca.pub")" >"$keys/signers"
	ssh-keygen -q -Y verify -f "$keys/signers" -I jane@example.org -n deed -s "$top/root.txt.sig" <"$top/root.txt"
	run -0 --separate-stderr deed --json verify --signers "$keys/signers" "$top"
	get '.checks[] | select(.name == "signature") | .detail' | grep -q 'signed by jane@example.org'
	PATH=$(dirname "$DEED") "$DEED" --json verify "$top" >said || true
	[ "$(jq -r '.checks[] | select(.name == "signature") | .result' said)" = skipped ]
	sed -i 's/"deed"/"git"/' "$keys/signers"
	[ "$(says --signers "$keys/signers" "$top")" = fail ]
	echo "bob@example.org cert-authority $(cat "$keys/ca.pub")" >"$keys/signers"
	[ "$(says --signers "$keys/signers" "$top")" = fail ]
	ssh-keygen -q -s "$keys/ca" -I jane -n jane@example.org -V 20200101:20210101 "$keys/id.pub"
	ssh-keygen -q -Y sign -f "$keys/id-cert.pub" -n deed <"$top/root.txt" >"$top/root.txt.sig" 2>/dev/null
	echo "*@example.org cert-authority $(cat "$keys/ca.pub")" >"$keys/signers"
	[ "$(says --signers "$keys/signers" "$top")" = fail ]
	sed -i 's/./!/' "$top/root.txt"
	[ "$(says "$top")" = fail ]
}

@test "a list of signers that cannot be read is an error that names the line" {
	printf '# mine\njane@example.org\n' >"$keys/signers"
	run -2 --separate-stderr deed verify --signers "$keys/signers" "$zip"
	[ -z "$output" ]
	said_once
	[[ $stderr == *"$keys/signers:2: "* ]]
}

@test "a signature that was removed is missed" {
	rm "$top/root.txt.sig"
	[ "$(says "$top")" = fail ]
	run -1 by_hand
}

@test "a signature of something else fails" {
	ssh-keygen -q -Y sign -f "$keys/id" -n deed <<<hello >"$top/root.txt.sig"
	[ "$(says "$top")" = fail ]
	run -1 by_hand
	ssh-keygen -q -Y sign -f "$keys/id" -n git <"$top/root.txt" >"$top/root.txt.sig"
	[ "$(says "$top")" = fail ]
	echo rubbish >"$top/root.txt.sig"
	[ "$(says "$top")" = fail ]
}

@test "user.signingkey serves where gpg.format is ssh, and only there" {
	git config --global --unset deed.signingkey
	git config --global user.signingkey "$keys/id.pub"
	cd work
	mkdir ../two ../three
	DEED_NOW=2026-11-23T10:00:00Z deed -q dispute pack --yes -O ../two 2>/dev/null
	run ! sh -c 'unzip -l ../two/*.zip | grep -q root.txt.sig'
	git config --global gpg.format ssh
	DEED_NOW=2026-11-23T10:00:00Z deed -q dispute pack --yes -O ../three 2>/dev/null
	unzip -l ../three/*.zip | grep -q root.txt.sig
}

@test "without the key no package is made, and nothing is recorded" {
	rm "$keys/id"
	cd work
	mkdir ../two
	before=$(snapshot)
	run -2 --separate-stderr deed dispute pack --yes -O ../two
	[[ $stderr == *'cannot sign'* ]]
	[ "$before" = "$(snapshot)" ]
	[ -z "$(ls ../two)" ]
}

@test "verify opens no socket" {
	unshare -rn true 2>/dev/null || skip 'no namespaces here'
	signers id
	unshare -rn "$DEED" verify --signers "$keys/signers" "$zip"
	type -P strace >/dev/null || return 0
	strace -f -e trace=socket -o trace "$DEED" verify --signers "$keys/signers" "$zip"
	run ! grep -q 'AF_INET' trace
}

@test "a key that the reader lists as revoked fails, known or not, in both forms of list" {
	signers id
	git config --global gpg.ssh.revocationFile "$keys/revoked"
	cp "$keys/other.pub" "$keys/revoked"
	[ "$(says --signers "$keys/signers" "$zip")" = pass ]
	[ "$(says "$zip")" = skipped ]
	ssh-keygen -q -k -f "$keys/krl" "$keys/id.pub"
	for list in "$keys/id.pub" "$keys/krl"; do
		cp "$list" "$keys/revoked"
		run -1 --separate-stderr deed --json verify --signers "$keys/signers" "$zip"
		get '.checks[] | select(.name == "signature") | .detail' | grep -q 'it was revoked'
		[ "$(says "$zip")" = fail ]
	done
	rm "$keys/revoked"
	run -0 --separate-stderr deed verify --signers "$keys/signers" "$zip"
	grep -q 'gpg.ssh.revocationFile' <<<"$stderr"
}

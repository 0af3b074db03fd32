#!/usr/bin/env bats
# What others vouch for, as it travels in packages: time stamps, the buyer's
# signature, signed mails; and that no anchor of trust comes from a package.

load ../lib
load ../lib/authority

setup_file() {
	authority_starts "$BATS_FILE_TMPDIR/a" 'DigiCert Timestamp 2026'
}

teardown_file() {
	authority_ends "$BATS_FILE_TMPDIR/a"
}

setup() {
	project
	order --buyer anna@client.example
	delivered
	tsa=$BATS_FILE_TMPDIR/a
	git config --global deed.tsa "http://127.0.0.1:$(cat "$tsa/port")/good"
}

packed() {
	deed --json dispute pack --yes -O .. >../packed.json 2>/dev/null
	zip=$(jq -r .package.path ../packed.json)
	top=$(basename "$zip" .zip)
}

# RESULT GRADE of the checks of a name.
results() {
	run --separate-stderr deed --json verify "${@:2}"
	get ".checks[] | select(.name == \"$1\") | \"\(.result) \(.grade // \"\")\"" | sort -u
}

# Every command of HOW-TO-VERIFY.txt.
by_hand() {
	sed -n 's/^\$ //p' "$top/data/HOW-TO-VERIFY.txt" >steps
	while IFS= read -r line; do
		(cd "$top" && env -i PATH=/usr/bin:/bin HOME=/nowhere dash -c "$line" </dev/null >/dev/null 2>&1) || {
			echo "failed: $line"
			return 1
		}
	done <steps
}

@test "stamps travel, and are verified by the reader's roots alone" {
	deed -q log -k message -m 'stamped'
	deed -q stamp 2>/dev/null
	deed -q log -k message -m 'later'
	packed
	[ "$(results token "$zip")" = 'skipped ' ]
	[ "$(results token --roots "$tsa/root.pem" "$zip")" = 'pass ' ]
	[ "$(results anchor --roots "$tsa/root.pem" "$zip")" = 'pass ' ]
	run -0 --separate-stderr deed --json verify --roots "$tsa/root.pem" "$zip"
	get '.checks[] | select(.name == "anchor") | .detail' | grep -q '^3 of 5 entries existed by'
	cd ..
	unzip -q "$zip"
	by_hand
	grep -q '^openssl ts -verify' "$top/data/HOW-TO-VERIFY.txt"
	line=$(sed -n 's/^\(openssl ts -verify.*\)ROOT.pem$/\1/p' "$top/data/HOW-TO-VERIFY.txt")
	(cd "$top" && sh -c "$line $tsa/root.pem")
	echo >>"$(find "$top/data/proofs" -name '*Z.txt')"
	run -1 by_hand
	run -1 deed verify "$top"
}

@test "without a stamp nothing is said of one" {
	packed
	cd ..
	unzip -q "$zip"
	run ! grep -q 'openssl ts' "$top/data/HOW-TO-VERIFY.txt"
	by_hand
	[ -z "$(results token "$zip")" ]
}

@test "show says the earliest stamp that covers an entry, or that there is none" {
	deed -q stamp 2>/dev/null
	deed -q log -k message -m 'later'
	run -0 --separate-stderr deed --json show d1
	[ "$(get .anchor.trusted)" = false ]
	[ "$(get .anchor.authority)" = 'DigiCert Timestamp 2026' ]
	git config --global deed.roots "$tsa/root.pem"
	run -0 --separate-stderr deed --json show d1
	[ "$(get .anchor.trusted)" = true ]
	run -0 --separate-stderr deed show d1
	[[ $output == *'anchor    existed by 20'*'says "DigiCert Timestamp 2026"'* ]]
	run -0 --separate-stderr deed --json show @
	[ "$(get .anchor)" = null ]
	run -0 --separate-stderr deed show @
	[[ $output == *'anchor    no outside anchor'* ]]
}

@test "a root in the package, under a famous name, makes nobody trusted" {
	deed -q log -k file --attach "$tsa/root.pem" -m 'the root of DigiCert'
	deed -q stamp 2>/dev/null
	packed
	[ "$(results token "$zip")" = 'skipped ' ]
	[ "$(results anchor "$zip")" = 'skipped ' ]
	run -0 --separate-stderr deed --json verify "$zip"
	get '.checks[].detail' | grep -q 'nobody vouches'
	run ! grep -q '"grade":"signed"' <<<"$output"
	unzip -p "$zip" "$top/data/index.html" >page
	run ! grep -qi 'grade-signed' page
}

@test "a token under the package itself is judged like any other" {
	packed
	cd ..
	unzip -q "$zip"
	openssl ts -query -data "$top/root.txt" -sha256 -cert -out q 2>/dev/null
	(cd "$tsa" && openssl ts -reply -config tsa.cnf -section tsa -queryfile "$OLDPWD/q") >"$top/root.txt.tsr" 2>/dev/null
	[ "$(results token "$top")" = 'skipped ' ]
	[ "$(results token --roots "$tsa/root.pem" "$top")" = 'pass ' ]
	run -0 --separate-stderr deed verify --roots "$tsa/root.pem" "$top"
	[[ $output != *'nobody vouches'* ]]
	cp "$top/root.txt" "$top/root.txt.tsr"
	[ "$(results token "$top")" = 'fail ' ]
}

keys() {
	keys=$BATS_TEST_TMPDIR/keys
	mkdir "$keys"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/anna"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/other"
	deed --json deliver -O "$keys" -m 'the first version once more' >/dev/null 2>&1 || :
	text=$keys/FO1-delivery-1-CHECKSUMS.txt
	[ -s "$text" ]
}

# signed KEY [NAMESPACE]: by ssh-keygen alone, as a buyer would
signed() {
	rm -f "$text.sig"
	ssh-keygen -q -Y sign -f "$keys/$1" -n "${2:-deed}" "$text" 2>/dev/null
}

@test "the buyer's signature under the CHECKSUMS of a delivery is kept and checked" {
	keys
	signed anna
	deed -q accept d1 --signature "$text.sig" --signer "anna@client.example=$keys/anna.pub"
	ledger_is_clean
	"$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = self ]
	[ "$(get .content.signature.principal)" = anna@client.example ]
	[ "$(results acceptance)" = 'skipped self' ]
	echo "anna@client.example namespaces=\"deed\" $(cat "$keys/anna.pub")" >"$keys/signers"
	[ "$(results acceptance --signers "$keys/signers")" = 'pass signed' ]
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = signed ]
	packed
	unset GIT_CONFIG_GLOBAL
	[ "$(GIT_CONFIG_GLOBAL=/dev/null results acceptance "$zip")" = 'skipped self' ]
	[ "$(results acceptance --signers "$keys/signers" "$zip")" = 'pass signed' ]
	echo "bob@example.org namespaces=\"deed\" $(cat "$keys/other.pub")" >"$keys/signers"
	[ "$(results acceptance --signers "$keys/signers" "$zip")" = 'skipped self' ]
	cd ..
	unzip -q "$zip"
	(cd "$top/data/proofs" && echo "anna $(cat "$keys/anna.pub")" >"$keys/list" &&
		ssh-keygen -q -Y verify -f "$keys/list" -I anna -n deed -s FO1-*accepted*.sig <"$(echo FO1-*accepted*.txt)")
}

@test "a signature that the reader knows as another's, or as the recorder's own, gives no grade" {
	keys
	signed other
	deed -q accept d1 --signature "$text.sig" --signer anna@client.example
	echo "bob@example.org $(cat "$keys/other.pub")" >"$keys/signers"
	[ "$(results acceptance --signers "$keys/signers")" = 'skipped self' ]
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	[ "$(deed --json show @ | jq -r .grade)" = self ]
	echo "anna@*,bob@example.org $(cat "$keys/other.pub")" >"$keys/signers"
	[ "$(results acceptance)" = 'pass signed' ]
	[ "$(deed --json show @ | jq -r .grade)" = signed ]
	# the same key under the commits, and under the package
	git config --global gpg.format ssh
	git config --global user.signingkey "$keys/other"
	git config --global commit.gpgsign true
	deed -q log -k message -m 'thanks'
	[ "$(results acceptance)" = 'skipped self' ]
	[ "$(deed --json show @~1 | jq -r .grade)" = self ]
	packed
	[ "$(results acceptance "$zip")" = 'skipped self' ]
	run -0 --separate-stderr deed --json verify "$zip"
	get '.checks[] | select(.name == "acceptance") | .detail' | grep -q 'signs this record itself'
}

@test "a signature of something else, for something else or of another is refused" {
	keys
	signed anna
	echo x >>"$text"
	refused accept d1 --signature "$text.sig" --signer anna
	[[ $stderr == *'does not sign'* ]]
	signed anna git
	refused accept d1 --signature "$text.sig" --signer anna
	signed other
	refused accept d1 --signature "$text.sig" --signer "anna=$keys/anna.pub"
	[[ $stderr == *'none of those named'* ]]
	refused accept d1 --signature "$text.sig"
	refused accept d1 --signature "$text"
	refused accept d1 --signer anna
	deed -q accept d1 --signature "$text.sig" --signer "anna=$keys/anna.pub" --signer "bob=$keys/other.pub"
	[ "$(deed --json show @ | jq -r .content.signature.principal)" = bob ]
}

@test "a signed text that does not name the delivery gives no grade" {
	keys
	text=$keys/letter.txt
	echo 'I like it' >"$text"
	signed anna
	deed -q accept d1 --signature "$text.sig" --signer anna
	echo "anna $(cat "$keys/anna.pub")" >"$keys/signers"
	[ "$(results acceptance --signers "$keys/signers")" = 'pass self' ]
	git config --global gpg.ssh.allowedSignersFile "$keys/signers"
	[ "$(deed --json show @ | jq -r .grade)" = self ]
}

@test "a changed signature or text is noticed, in the ledger and in a package" {
	keys
	signed anna
	deed -q accept d1 --signature "$text.sig" --signer anna
	for file in "$ledger"/proofs/*/FO1/*accepted*; do
		cp "$file" ../kept
		sed -i '2s/./!/' "$file"
		run -1 deed verify
		cp ../kept "$file"
	done
	deed verify
}

@test "mails: signed by the reader's own keys, never by those that came along" {
	signer() { "$repo/tests/lib/sign-mail.py" --key "$BATS_TEST_TMPDIR/key.pem" -d client.example -s s1 "$@"; }
	openssl genpkey -algorithm ed25519 -out "$BATS_TEST_TMPDIR/key.pem" 2>/dev/null
	signer --record >../keys
	printf '%s\n' 'From: Anna <anna@client.example>' 'To: me@example.org' 'Subject: fine' \
		'Date: Mon, 23 Nov 2026 10:01:00 +0100' 'Message-ID: <1@client.example>' '' 'I accept.' | signer >mail.eml
	deed -q import --keys ../keys mail.eml
	[ "$(results transcript)" = 'pass ' ]
	[ "$(results dkim)" = 'pass counterpart' ]
	[ "$(results dkim --keys ../keys)" = 'pass signed' ]
	packed
	[ "$(results dkim "$zip")" = 'pass counterpart' ]
	[ "$(results dkim --keys ../keys "$zip")" = 'pass signed' ]
	[ "$(results transcript "$zip")" = 'pass ' ]
	openssl genpkey -algorithm ed25519 -out "$BATS_TEST_TMPDIR/key.pem" 2>/dev/null
	signer --record >../others
	[[ "$(results dkim --keys ../others "$zip")" != *signed* ]]
	run -2 deed verify --keys /nowhere "$zip"
}

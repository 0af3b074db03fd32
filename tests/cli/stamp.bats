#!/usr/bin/env bats
# Time stamps: by an authority of our own on the loopback, good and broken.

load ../lib
load ../lib/authority

setup_file() {
	authority_starts "$BATS_FILE_TMPDIR/a" 'Stamps of Record'
}

teardown_file() {
	authority_ends "$BATS_FILE_TMPDIR/a"
}

setup() {
	project
	order
	tsa=$BATS_FILE_TMPDIR/a
	url=http://127.0.0.1:$(cat "$tsa/port")
}

asks() {
	for name; do git config --global --add deed.tsa "$url/$name"; done
}

trusts() {
	git config --global deed.roots "$tsa/root.pem"
}

stamps() {
	find "$ledger/proofs/stamps" -name "*.$1" 2>/dev/null | sort
}

@test "without an authority in the config nothing is asked" {
	refused stamp
	[[ $stderr == *deed.tsa* ]]
}

@test "a stamp covers all tips, and openssl agrees" {
	asks good
	trusts
	deed -q open FO2
	tips=$(for o in FO1 FO2; do deed --json -o $o log | jq -r .entry; done | sort)
	run -0 --separate-stderr deed --json stamp
	[ "$(get .tips)" = 2 ]
	[ "$(get '.tokens[0].trusted')" = true ]
	[ "$(get .queued)" = false ]
	[ "$(cat "$(stamps txt)")" = "$tips" ]
	openssl ts -verify -data "$(stamps txt)" -in "$(stamps tsr)" -CAfile "$tsa/root.pem"
	ledger_is_clean
	run -0 --separate-stderr deed --json log -k timestamp
	[ "$(get .kind)" = timestamp ]
	[ "$(get .content.token.sha256)" = "$(sha256sum <"$(stamps tsr)" | cut -c1-64)" ]
	deed verify
}

@test "verify says of each entry which stamp covers it first, or that none does" {
	asks good
	deed -q stamp 2>/dev/null
	deed -q log -k message -m 'later'
	deed -q open FO2
	run -0 --separate-stderr deed --json verify
	[ "$(get '.checks[] | select(.name == "anchor") | "\(.subject) \(.result)"')" = $'FO1 skipped\nFO2 skipped' ]
	trusts
	run -0 --separate-stderr deed --json verify
	[ "$(get '.checks[] | select(.name == "anchor") | "\(.subject) \(.result)"')" = $'FO1 pass\nFO2 skipped' ]
	get '.checks[] | select(.name == "anchor") | .detail' >said
	grep -q '^1 of 3 entries existed by .*; without outside anchor: 2$' said
	grep -q '^no outside anchor for any of 1 entries$' said
	[ "$(get '.checks[] | select(.subject == "FO1") | .entries[].anchor.authority')" = $'Stamps of Record\nnull\nnull' ]
	[ "$(get '.checks[] | select(.subject == "FO1") | .entries[].entry' | sort)" = "$(deed --json -o FO1 log | jq -r .entry | sort)" ]
	[ "$(deed --json verify FO1 | jq -r '.checks[] | select(.name == "anchor") | .subject')" = FO1 ]
}

@test "check names what no stamp covers, until one does" {
	asks good
	trusts
	deed -q stamp 2>/dev/null
	run -0 --separate-stderr deed --json check --for dispute
	[ "$(get '[.findings[] | select(.rule == "no-timestamp")] | length')" -eq 0 ]
	deed -q log -m 'and one more'
	run -0 --separate-stderr deed --json check --for dispute
	[ "$(get '.findings[] | select(.rule == "no-timestamp") | .what')" = '1 of 3 entries have no time stamp of an authority' ]
}

@test "what is covered is not stamped again, what is new is" {
	asks good
	trusts
	deed -q stamp
	[ "$(deed stamp)" = 'nothing waits for a stamp' ]
	[ "$(stamps txt | wc -l)" = 1 ]
	deed -q log -k message -m 'one more'
	deed -q stamp
	[ "$(stamps txt | wc -l)" = 2 ]
	deed verify
	ledger_is_clean
}

@test "several authorities are asked, once each" {
	asks good also
	trusts
	deed -q stamp
	[ "$(stamps txt | wc -l)" = 1 ]
	[ "$(stamps tsr | wc -l)" = 2 ]
	for t in $(stamps tsr); do
		openssl ts -verify -data "$(stamps txt)" -in "$t" -CAfile "$tsa/root.pem"
	done
}

@test "an authority that is not trusted is asked once; another one, or a root, changes that" {
	asks good
	deed -q stamp 2>/dev/null
	[ "$(deed stamp 2>/dev/null)" = 'nothing waits for a stamp' ]
	asks also
	deed -q stamp 2>/dev/null
	[ "$(stamps tsr | wc -l)" = 3 ]
	[ "$(deed stamp 2>/dev/null)" = 'nothing waits for a stamp' ]
	trusts
	asks third
	[ "$(deed stamp 2>/dev/null)" = 'nothing waits for a stamp' ]
}

@test "a slow authority ends after a bounded time, and the others count" {
	trusts
	asks slow good
	started=$SECONDS
	run -0 --separate-stderr deed --json stamp
	[ $((SECONDS - started)) -lt 40 ]
	[ "$(get '[.tokens[] | select(.ok)] | length')" = 1 ]
	[[ $stderr == *slow*'timed out'* || $stderr == *slow*imed* ]]
}

@test "a record verified by deed is verified by everybody else's tools" {
	ssh-keygen -q -t ed25519 -N '' -C '' -f ../id
	echo "jane@example.org $(cut -d' ' -f1,2 ../id.pub)" >../signers
	git config --global gpg.format ssh
	git config --global user.signingkey "$(realpath ../id)"
	git config --global gpg.ssh.allowedSignersFile "$(realpath ../signers)"
	git config --global commit.gpgsign true
	asks good
	trusts
	delivered
	deed -q stamp
	deed verify --signers ../signers
	ledger_is_clean
	git -C "$ledger" fsck --full --strict
	git -C "$ledger" verify-commit HEAD
	git -C "$ledger" lfs fsck
	openssl ts -verify -data "$(stamps txt)" -in "$(stamps tsr)" -CAfile "$tsa/root.pem"
	unzip -tqq "$ledger"/archives/*/FO1/*.zip
	mkdir ../out
	unzip -qq "$ledger"/archives/*/FO1/*.zip -d ../out
	(cd ../out && sha256sum --quiet -c "$ledger"/proofs/*/FO1/*.sha256sums)
	deed --json dispute pack --yes -O .. >../packed.json 2>/dev/null
	zip=$(jq -r .package.path ../packed.json)
	deed verify --signers ../signers --roots "$tsa/root.pem" "$zip"
	cd ..
	unzip -qq "$zip"
	cd "$(basename "$zip" .zip)"
	sha256sum --quiet --strict -c manifest-sha256.txt
	sha256sum --quiet --strict -c tagmanifest-sha256.txt
	ssh-keygen -q -Y verify -f ../signers -I jane@example.org -n deed -s root.txt.sig <root.txt
}

@test "broken authorities are a warning beside a good one" {
	trusts
	cp "$tsa/last.tsr" "$tsa/replay.tsr" 2>/dev/null || {
		git config --global deed.tsa "$url/good"
		deed -q stamp
		cp "$tsa/last.tsr" "$tsa/replay.tsr"
		git config --global --unset-all deed.tsa
		deed -q log -k message -m more
	}
	asks html error expired replay nonce refuse huge good
	git config --global --add deed.tsa http://127.0.0.1:1/closed
	git config --global --add deed.tsa file:///etc/passwd
	before=$(stamps tsr | wc -l)
	run -0 --separate-stderr deed --json stamp
	[ "$(get '[.tokens[] | select(.ok)] | length')" = 1 ]
	[ "$(grep -c 'warning:' <<<"$stderr")" = 9 ]
	[[ $stderr == *'/nonce: '*'nonce mismatch'* ]]
	[[ $stderr == *'/expired: '*'certificate has expired'* ]]
	[[ $stderr == *'/refuse: the authority refused'* ]]
	[ "$(stamps tsr | wc -l)" = $((before + 1)) ]
	deed verify
	ledger_is_clean
}

# An authority of its own, whose certificates name a list of revoked ones.
listed() {
	tsa=$BATS_TEST_TMPDIR/b
	authority_starts "$tsa" 'Stamps of Record'
	authority_lists "$tsa"
	url=http://127.0.0.1:$(cat "$tsa/port")
	asks good
	trusts
}

# What verify says of the token, with a reader's file of these.
token_is() {
	cat "$@" >../reader.pem
	deed --json verify --roots ../reader.pem | jq -r '.checks[] | select(.name == "token") | "\(.result) \(.detail)"'
}

@test "the chain up to the root and what it has revoked are kept, and travel" {
	listed
	deed -q stamp
	authority_ends "$tsa"
	chain=$(stamps pem)
	[ "$(grep -c 'BEGIN CERTIFICATE' "$chain")" = 3 ]
	[ "$(grep -c 'BEGIN X509 CRL' "$chain")" = 1 ]
	run -0 --separate-stderr deed --json log -k timestamp
	[ "$(get .content.chain.sha256)" = "$(sha256sum <"$chain" | cut -c1-64)" ]
	openssl ts -verify -data "$(stamps txt)" -in "$(stamps tsr)" -CAfile "$tsa/root.pem" -untrusted "$chain"
	[[ $(token_is "$tsa/root.pem") == 'pass '* ]]
	[[ $(token_is "$chain") == 'pass '* ]]
	[[ $(token_is "$tsa/between.pem") == 'skipped '* ]]
	ledger_is_clean
	"$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
	deed --json dispute pack --yes -O .. >../packed.json 2>/dev/null
	unzip -p "$(jq -r .package.path ../packed.json)" '*/data/proofs/*.pem' | cmp - "$chain"
	deed verify --roots "$tsa/root.pem" "$(jq -r .package.path ../packed.json)"
}

@test "what a certificate vouched for before it was revoked holds if its key is unharmed" {
	listed
	deed -q stamp
	sleep 1
	authority_revokes "$tsa" superseded
	[[ $(token_is "$tsa/root.pem" "$tsa/crl.pem") == 'pass '* ]]
	deed -q log -k message -m 'more'
	run -0 --separate-stderr deed --json stamp
	authority_ends "$tsa"
	[ "$(get .queued)" = true ]
	[[ $stderr == *"warning: $url/good: a certificate of the authority was revoked on "* ]]
}

@test "what a certificate vouched for with a key that is not its own any more does not hold" {
	listed
	deed -q stamp
	authority_revokes "$tsa" keyCompromise
	authority_ends "$tsa"
	[[ $(token_is "$tsa/root.pem") == 'pass '* ]]
	[[ $(token_is "$tsa/root.pem" "$tsa/crl.pem") == 'fail a certificate of the authority was revoked on '* ]]
	# a list by somebody else says nothing
	(cd "$tsa" && openssl ca -config list.cnf -gencrl -keyfile root.key -cert root.pem -out crl.pem 2>/dev/null)
	[[ $(token_is "$tsa/root.pem" "$tsa/crl.pem") == 'pass '* ]]
}

@test "a list of revoked certificates that cannot be had is a warning" {
	listed
	rm "$tsa/crl.der"
	run -0 --separate-stderr deed --json stamp
	[ "$(get '.tokens[0].trusted')" = true ]
	[[ $stderr == *"warning: $url/good: what it has revoked is not kept: $url/list: "* ]]
	deed -q log -k message -m more
	cp "$tsa/root.pem" "$tsa/crl.der"
	run -0 --separate-stderr deed --json stamp
	[[ $stderr == *'it is no list of revoked certificates'* ]]
	authority_ends "$tsa"
	deed verify
}

@test "offline, the stamp waits, says so, and nothing else is hindered" {
	git config --global deed.tsa http://127.0.0.1:1/closed
	trusts
	before=$(snapshot)
	run -0 --separate-stderr deed --json stamp
	[ "$(get .queued)" = true ]
	[ "$before" = "$(snapshot)" ]
	[ -s "$ledger/.git/deed/queue" ]
	run -0 --separate-stderr deed status
	[[ "$output$stderr" == *stamp* ]]
	deed -q log -k message -m 'more'
	git config --global --replace-all deed.tsa "$url/good"
	deed -q stamp
	[ ! -e "$ledger/.git/deed/queue" ]
	run -0 --separate-stderr deed status
	[[ "$output$stderr" != *'deed stamp'* ]]
}

@test "a famous name with a root of its own stays an unknown authority" {
	asks good
	run -0 --separate-stderr deed --json stamp
	[ "$(get '.tokens[0].trusted')" = false ]
	[[ $stderr == *deed.roots* ]]
	run -0 --separate-stderr deed --json verify
	[ "$(get '.checks[] | select(.name == "token") | .result')" = skipped ]
	get '.checks[] | select(.name == "token") | .detail' | grep -q 'unknown authority'
	run -0 --separate-stderr deed --json log
	run ! grep -q '"grade":"signed"' <<<"$output"
	run -0 --separate-stderr deed --json verify --roots "$tsa/root.pem"
	[ "$(get '.checks[] | select(.name == "token") | .result')" = pass ]
	run -2 deed verify --roots /nowhere.pem
}

@test "a changed list, token or swapped pair is noticed" {
	asks good
	trusts
	deed -q stamp
	deed -q log -k message -m more
	deed -q stamp
	mapfile -t lists < <(stamps txt)
	mapfile -t tokens < <(stamps tsr)
	cp -r "$ledger" ../kept
	sed -i 'y/0123456789/1234567890/' "${lists[0]}"
	run -1 deed verify
	cp "../kept/proofs/stamps/$(basename "${lists[0]}")" "${lists[0]}"
	chmod u+w "${tokens[0]}"
	cp "${tokens[1]}" "${tokens[0]}"
	run -1 deed verify
	head -c 100 "../kept/proofs/stamps/$(basename "${tokens[0]}")" >"${tokens[0]}"
	run -1 deed verify
	rm "${tokens[0]}"
	run -1 deed verify
}

@test "an entry that a history made anew has lost is missed by the stamp over it" {
	asks good
	trusts
	deed -q log -k message -m 'to be lost'
	deed -q stamp
	file=$(cd "$ledger" && echo orders/*/FO1.yaml)
	git -C "$ledger" checkout -q HEAD~2 -- "$file"
	git -C "$ledger" reset -q --hard "$(git -C "$ledger" commit-tree -m 'made anew' "$(git -C "$ledger" write-tree)")"
	git -C "$ledger" reflog expire --expire=all --all
	run -1 --separate-stderr deed --json verify
	[ "$(get '.checks[] | select(.result == "fail") | "\(.name) \(.detail)"')" = \
		'token its list names 1 entry that is not here any more' ]
}

@test "no other command opens a socket" {
	type -P strace >/dev/null || skip 'no strace'
	asks good
	echo '12/03/2026, 14:05 - Anna: hello' >chat.txt
	for words in 'log -k call -m x' 'recap @ --posted' 'import --tz UTC --date-order dmy chat.txt' status verify check \
		'deliver -m first.version.of.the.whole.thing' submit accept 'complete -m the.last.hand-in.of.it.all' list show due \
		stats draft 'dispute open --claim late' 'dispute pack --yes' 'correct @ --void -m x' 'export --format json' 'cancel --by buyer'; do
		# shellcheck disable=SC2086
		run strace -f -e trace=socket -o trace "$DEED" $words
		echo "$words: $status"
		[ "$status" -eq 0 ] || [ "$words" = check ]
		run ! grep -q 'AF_INET' trace
	done
}

#!/usr/bin/env bats
load ../lib

NOW=1795428900 # 2026-11-23T10:15:00Z
SAMPLES=${DEED_SAMPLES:-$repo/../shared/samples}

setup_file() {
	export KEYS=$BATS_FILE_TMPDIR/keys
	cd "$BATS_FILE_TMPDIR" || return
	openssl genrsa -out rsa.pem 2048 2>&-
	openssl genrsa -out weak.pem 1024 2>&-
	openssl genrsa -out tiny.pem 512 2>&-
	openssl genpkey -algorithm ed25519 -out ed.pem
	{
		record rsa rsa
		record ed ed
		record weak weak
		record tiny tiny
		record pkcs1 rsa --pkcs1
		record test rsa --record-tags t=y
		record strict rsa --record-tags t=s
		record sha1 rsa --record-tags h=sha1
		record tls rsa --record-tags s=tlsrpt
		record g rsa --record-tags g=other
		echo "gone._domainkey.client.example v=DKIM1; p="
	} >keys
}

setup() {
	sandbox
	MAIL=$(dirname "$DEED")/libexec/deed-mail
	printf '%s\n' 'From: Anna <anna@client.example>' 'To: me@example.org' \
		'Subject: the  logo' 'Date: Mon, 23 Nov 2026 10:15:00 +0100' \
		'Message-ID: <1@client.example>' '' 'I accept  delivery 2. ' '' '' >plain
}

# sign KEY SELECTOR [options] <mail: sign it for client.example
sign() {
	local key=$1 selector=$2
	shift 2
	"$repo/tests/lib/sign-mail.py" --key "$BATS_FILE_TMPDIR/$key.pem" \
		-d client.example -s "$selector" --scratch "$BATS_TEST_TMPDIR/scratch" "$@"
}

# record SELECTOR KEY [options]: the line for a file of keys
record() {
	local selector=$1 key=$2
	shift 2
	"$repo/tests/lib/sign-mail.py" --key "$key.pem" -d client.example \
		-s "$selector" --record "$@"
}

# check FILE [options]: run deed-mail on it with the keys of this file
check() {
	local file=$1
	shift
	run -0 --separate-stderr "$MAIL" --keys "$KEYS" --now $NOW "$@" "$file"
	[ "$(tail -n1 <<<"$output" | jq -r .end)" = true ]
	output=$(head -n1 <<<"$output")
}

# is RESULT [WORDS]: the first signature came to that, and the detail says so
is() {
	[ "$(get '.dkim[0].result')" = "$1" ]
	[[ $(get '.dkim[0].detail') == *"$2"* ]]
}

@test "deed-mail: both algorithms and all four forms, saved with LF or CRLF" {
	for key in rsa ed; do
		for form in simple/simple simple/relaxed relaxed/simple relaxed/relaxed simple relaxed; do
			sign $key $key -c $form <plain >crlf
			tr -d '\r' <crlf >lf
			check crlf
			is pass "covers the body and from, to, subject, date, message-id"
			check lf
			is pass
			[ "$(get '.dkim[0].algorithm')" = $key-sha256 ] || [ $key = ed ]
			[ "$(get '.dkim[0].aligned')" = true ]
			[ "$(get '.dkim[0].unsigned | length')" = 0 ]
		done
	done
}

@test "deed-mail: relaxed forgives blanks, simple does not" {
	sign rsa rsa -c relaxed/relaxed <plain | sed 's/the  logo/the \t logo/; s/accept  /accept /' >mail
	check mail
	is pass
	sign rsa rsa -c simple/relaxed <plain | sed 's/the  logo/the logo/' >mail
	check mail
	is fail "does not fit"
	sign rsa rsa -c relaxed/simple <plain | sed 's/accept  /accept /' >mail
	check mail
	is fail "the body is not the one that was signed"
}

@test "deed-mail: a changed word, header field or name fails" {
	sign ed ed <plain >mail
	for change in 's/delivery 2/delivery 3/' 's/Subject: the/Subject: no/' \
		's/Anna/Anne/' 's/^To: me/To: us/' 's/23 Nov/24 Nov/' 's/; *s=ed/; s=rsa/'; do
		sed "$change" mail >changed
		cmp -s mail changed && continue
		check changed
		is fail
	done
}

@test "deed-mail: without a key nothing is proved, and a changed body is still seen" {
	sign rsa rsa <plain >mail
	run -0 --separate-stderr "$MAIL" mail
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].result, .dkim[0].detail')" = "unverifiable
no key at hand" ]
	sed -i 's/accept/refuse/' mail
	run -0 --separate-stderr "$MAIL" mail
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].result')" = fail ]
}

@test "deed-mail: a mail without a signature says so" {
	check plain
	is none
	[ "$(get '.dkim | length')" = 1 ]
	[ "$(get '.dkim[0].domain')" = null ]
}

@test "deed-mail: several signatures are judged each by itself" {
	sign rsa rsa <plain | sign ed ed >mail
	{
		printf 'DKIM-Signature: nonsense\r\n'
		cat mail
	} >three
	check three
	[ "$(get '[.dkim[].result] | join(" ")')" = "fail pass pass" ]
}

@test "deed-mail: what l= leaves open is told" {
	sign rsa rsa --length 8 <plain >mail
	echo "P.S. and the source code" >>mail
	check mail
	is pass "of the body only the first 8 of "
	[ "$(get '.dkim[0].whole')" = false ]
	sign rsa rsa --length 10 <plain | sed 's/l=10/l=1000/' >mail
	check mail
	is fail "shorter than l="
}

@test "deed-mail: an expired signature fails, and is told from a wrong one" {
	sign rsa rsa --time $((NOW - 20)) --expires $((NOW - 10)) <plain >mail
	check mail
	is fail "it expired 2026-11-23T10:14:50Z, and holds otherwise"
	run -0 --separate-stderr "$MAIL" --keys "$KEYS" --now $((NOW - 15)) mail
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].result')" = pass ]
	sign rsa rsa --time $((NOW + 7200)) <plain >mail
	check mail
	is pass "t= is in the future"
	sign rsa rsa --time $((NOW + 40000)) <plain >mail
	check mail
	is fail "t= is in the future: 2026-11-23T21:21:40Z, and holds otherwise"
}

@test "deed-mail: a second From, Subject or Date that nobody signed fails" {
	sign rsa rsa <plain >mail
	for field in "From: Boss <boss@client.example>" "Subject: refund" "Date: Tue, 24 Nov 2026 10:15:00 +0100"; do
		{
			printf '%s\r\n' "$field"
			cat mail
		} >two
		check two
		is fail "more than one ${field%%:*}"
	done
}

@test "deed-mail: fields a reader goes by that are not signed are listed" {
	sign rsa rsa --headers from:date <plain >mail
	check mail
	is pass "does not cover subject, to"
	[ "$(get '.dkim[0].unsigned | join(" ")')" = "subject to" ]
	# signed as absent: adding one breaks the signature
	sign rsa rsa --headers from:to:cc:subject:date <plain >mail
	check mail
	is pass
	sed -i 's/^To:/Cc: you@example.org\r\nTo:/' mail
	check mail
	is fail
}

@test "deed-mail: keys are weak, revoked, for something else, or of another form" {
	sign tiny tiny <plain >mail
	check mail
	is fail "too weak to prove anything"
	[ "$(get '.dkim[0].bits')" = 512 ]
	sign weak weak <plain >mail
	check mail
	is pass "a key of 1024 bits is weak"
	sign rsa pkcs1 <plain >mail
	check mail
	is pass
	sign rsa test <plain >mail
	check mail
	is pass "only testing"
	[ "$(get '.dkim[0].testing')" = true ]
	sign rsa g <plain >mail
	check mail
	is pass "g= of the key record is obsolete"
	sign rsa gone <plain >mail
	check mail
	is fail revoked
	# whatever else is wrong with the signature
	sed -i 's/accept/refuse/' mail
	check mail
	is fail "the body is not the one that was signed; the key was revoked"
	sign tiny tiny --algorithm rsa-sha1 <plain >mail
	check mail
	is fail "RFC 8301); a key of 512 bits is weak"
	sign rsa sha1 <plain >mail
	check mail
	is fail "not for SHA-256"
	sign rsa tls <plain >mail
	check mail
	is fail "not for mail"
	sign rsa ed <plain >mail
	check mail
	is fail "of another type than a="
	sign weak rsa <plain >mail
	check mail
	is fail "does not fit"
}

@test "deed-mail: t=s of a key keeps subdomains out of i=" {
	sign rsa strict --identity @client.example <plain >mail
	check mail
	is pass
	sign rsa strict --identity @sub.client.example <plain >mail
	check mail
	is fail "not for subdomains"
	sign rsa rsa --identity =40sub.client.example <plain >mail
	check mail
	is pass
	[ "$(get '.dkim[0].identity')" = @sub.client.example ]
}

@test "deed-mail: algorithms and ways to the key that are not known" {
	sign rsa rsa --algorithm rsa-sha1 <plain >mail
	check mail
	is fail "RFC 8301"
	sign rsa rsa --algorithm rsa-sha999 <plain >mail
	check mail
	is unverifiable "an algorithm not known"
	sign rsa rsa --tag q=http <plain >mail
	check mail
	is unverifiable "q="
	sign rsa rsa --tag q=http:dns/txt --tag xtag=y <plain >mail
	check mail
	is pass
}

@test "deed-mail: From is aligned with its own domain, and not with another's" {
	sed 's/@client.example>$/@news.client.example>/' plain | sign rsa rsa >mail
	check mail
	is pass
	[ "$(get '.dkim[0].aligned')" = true ]
	for from in anna@example.com anna@clientxexample anna@xclient.example 'anna@client.example, b@c.example'; do
		sed "s/^From:.*/From: $from/" plain | sign rsa rsa >mail
		check mail
		is pass "From is of another domain"
		[ "$(get '.dkim[0].aligned')" = false ]
	done
}

@test "deed-mail: under a public suffix everybody is somebody else" {
	sed 's/^From:.*/From: anna@victim.co.uk/' plain |
		"$repo/tests/lib/sign-mail.py" --key "$BATS_FILE_TMPDIR/rsa.pem" \
			-d thief.co.uk -s rsa >mail
	sed 's/client.example/thief.co.uk/' "$KEYS" >keys
	run -0 --separate-stderr "$MAIL" --keys keys mail
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].result, .dkim[0].aligned')" = "pass
false" ]
}

@test "deed-mail: of several records under one name the one that fits decides" {
	sign rsa rsa <plain >mail
	{
		sed -n 's/^ed\./rsa./p' "$KEYS"
		cat "$KEYS"
	} >keys
	run -0 --separate-stderr "$MAIL" --keys keys mail
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].result')" = pass ]
}

@test "deed-mail: the fingerprint is what the tools at hand compute from the record" {
	sign rsa rsa <plain >mail
	check mail
	want=$(sed -n 's/^rsa\..*p=//p' "$KEYS" | base64 -d | sha256sum)
	[ "$(get '.dkim[0].key.fingerprint')" = "${want%% *}" ]
	[ "$(get '.dkim[0].key.fetched')" = false ]
}

@test "deed-mail: a bad file of keys is refused with its line" {
	printf 'a._domainkey.b.c v=DKIM1; p=\na._domainkey.b.c TXT "v=DKIM1\n' >keys
	run -2 --separate-stderr "$MAIL" --keys keys plain
	[ "$stderr" = "keys:2: the quotes do not match" ]
	[ -z "$output" ]
}

@test "deed-mail: an mbox that writes >From still holds its signatures" {
	printf '%s\n' 'From: Anna <anna@client.example>' 'Subject: x' '' \
		'From now on:' '' 'From A to B.' >from
	sign rsa rsa --headers from:subject <from | tr -d '\r' | sed 's/^From \([nA]\)/>From \1/' >quoted
	{
		echo 'From anna Mon Nov 23 10:15:00 2026'
		cat quoted
		echo
		echo 'From anna Mon Nov 23 10:16:00 2026'
		sign rsa rsa <plain | tr -d '\r'
	} >mbox
	run -0 --separate-stderr "$MAIL" --keys "$KEYS" mbox
	[ "$(jq -r 'select(.dkim).dkim[0].result' <<<"$output" | tr '\n' ' ')" = "pass pass " ]
	[ "$(head -n1 <<<"$output" | jq -r .unquoted)" = true ]
	[ "$(head -n1 <<<"$output" | jq -r .text)" = "From now on:

From A to B." ]
	[ "$(tail -n1 <<<"$output" | jq -r .mails)" = 2 ]
	# where each mail stands in the file is told: its bytes are those digested
	for i in 1 2; do
		line=$(sed -n ${i}p <<<"$output")
		sum=$(tail -c +$(($(jq .at <<<"$line") + 1)) mbox | head -c "$(jq .size <<<"$line")" | sha256sum)
		[ "${sum%% *}" = "$(jq -r .sha256 <<<"$line")" ]
	done
}

@test "deed-mail: what is no mail, or too large a one, is an error of that mail" {
	echo "hello there" >no
	check no
	[ "$(get .error)" = "there is no mail header" ]
	# its fields would run into one
	tr '\n' '\r' <plain >cr
	check cr
	[[ $(get .error) == *"end in CR alone"* ]]
	{
		cat plain
		head -c 60M /dev/zero
	} >large
	check large
	[[ $(get .error) == *"larger than 48 MiB"* ]]
	run -2 --separate-stderr "$MAIL" none
	[[ $stderr == *"cannot read none"* ]]
}

@test "deed-mail: a mail that is not read whole says so" {
	{
		printf 'From: a@b.example\nSubject: x\n'
		yes 'X-Filler: y' | head -n 6000
		printf 'Date: Mon, 23 Nov 2026 10:15:00 +0100\n\nhello\n'
	} >crowded
	check crowded
	[ "$(get .text)" = hello ]
	[ "$(get '.warnings[0]')" = "the header has too many fields" ]
}

@test "deed-mail: a header that takes hours is refused, with the mail it is of" {
	{
		printf 'From a@b.c Mon Nov 23 10:15:00 2026\nFrom: a@b.c\n\nfine\n\n'
		printf 'From a@b.c Mon Nov 23 10:15:00 2026\nFrom: '
		yes '=?x?Q?a' | head -n 200000 | tr -d '\n'
		printf '\n\nx\n'
	} >slow
	run -2 --separate-stderr "$MAIL" --patience 1 slow
	[ "$stderr" = "slow: mail 2 takes too long to read" ]
	[ "$(jq -s 'map(select(.end)) | length' <<<"$output")" = 0 ]
}

@test "deed-mail: no socket is opened, whatever the mail says" {
	sign rsa rsa <plain >mail
	printf 'From: a@b.c\nContent-Type: text/html\n\n<img src="http://example.com/x.png"><link rel=stylesheet href="http://example.com/s.css">' >html
	sign rsa lost <plain >nokey
	strace -f -e trace=network -o trace "$MAIL" --keys "$KEYS" mail html nokey >out
	[ "$(jq -s 'map(select(.dkim)) | length' out)" = 3 ]
	run grep -E 'socket|connect|sendto' trace
	[ "$status" -eq 1 ]
}

@test "deed-mail: --fetch-keys asks the DNS, once for each name" {
	sign rsa rsa <plain >mail
	sign rsa lost <plain >nokey
	"$repo/tests/lib/dns.py" "$KEYS" >port &
	dns=$!
	while [ ! -s port ]; do sleep 0.05; done
	run -0 --separate-stderr strace -f -e trace=sendto,sendmmsg -o trace \
		"$MAIL" --fetch-keys --resolver "127.0.0.1:$(cat port)" mail mail nokey nokey
	kill $dns
	[ "$(jq -r 'select(.dkim).dkim[0] | .result' <<<"$output" | tr '\n' ' ')" = \
		"pass pass unverifiable unverifiable " ]
	[ "$(jq -r 'select(.dkim).dkim[0].detail' <<<"$output" | tail -n1)" = "the DNS has no such key" ]
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].key.fetched')" = true ]
	# the text of a long record, whose strings were put together
	[ "$(head -n1 <<<"$output" | jq -r '.dkim[0].key.text')" = "$(sed -n 's/^rsa[^ ]* //p' "$KEYS")" ]
	[ "$(grep -c domainkey trace)" = 2 ]
}

@test "deed-mail: a key given is not asked for" {
	sign rsa rsa <plain >mail
	strace -f -e trace=network -o trace "$MAIL" --keys "$KEYS" --fetch-keys \
		--resolver 127.0.0.1:9 mail >out
	[ "$(head -n1 out | jq -r '.dkim[0].result')" = pass ]
	run grep -E 'socket' trace
	[ "$status" -eq 1 ]
}

@test "deed-mail: the samples of others give what their index says" {
	[ -d "$SAMPLES/dkim" ] || skip "no samples at $SAMPLES"
	cat "$SAMPLES"/dkim/*/DNS.txt "$SAMPLES/dkim/mail-dkim/FAKE_DNS.dat" >keys
	run -0 "$repo/tests/lib/mail-index.py" "$MAIL" "$SAMPLES" keys
}

#!/usr/bin/env bats
# Mails through deed import; what deed-mail makes of them is in deed-mail.bats.
load ../lib

setup() {
	sandbox
	export DEED_NOW=2026-11-23T12:00:00Z
	deed -q init
	deed -q open FO1 --platform fiverr --buyer anna
	export DEED_ORDER=FO1
	openssl genpkey -algorithm ed25519 -out key.pem
	signer --record >keys
	letter 1 'the logo' 'I accept delivery 2.' >mail.eml
}

signer() {
	"$repo/tests/lib/sign-mail.py" --key key.pem -d client.example -s s1 "$@"
}

# letter N SUBJECT TEXT: the Nth signed mail, of 10:0N
letter() {
	printf '%s\n' "From: Anna <anna@client.example>" 'To: me@example.org' \
		"Subject: $2" "Date: Mon, 23 Nov 2026 10:0$1:00 +0100" \
		"Message-ID: <$1@client.example>" '' "$3" | signer
}

# mbox LETTER...: files into a mailbox
mbox() {
	for file in "$@"; do
		echo 'From anna Mon Nov 23 10:15:00 2026'
		tr -d '\r' <"$file"
		echo
	done
}

@test "import: a mail gives who, what, and what its signatures came to" {
	run -0 --separate-stderr deed --json import --keys keys mail.eml
	[ "$(get .kind)" = mail ]
	[ "$(get .mail.from)" = "Anna <anna@client.example>" ]
	[ "$(get .mail.subject)" = "the logo" ]
	[ "$(get '.mail.dkim | length')" = 1 ]
	[ "$(get '.mail.dkim[0] | .domain, .selector, .result' | tr '\n' ' ')" = "client.example s1 pass " ]
	[ "$(get '.mail.dkim[0].detail | type')" = string ]
	[ "$(get .mail.mails)" = 1 ]
	[ "$(get .mail.format)" = eml ]
	[ "$(get .happened)" = 2026-11-23T09:01:00Z ]
	[ "$(get .recorded)" = 2026-11-23T12:00:00Z ]
	[ -f "$(get .archive.path)" ]
	ledger_is_clean
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = counterpart ]
	run -0 "$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "import: without a key a signature is unverifiable, without one there is none" {
	run -0 --separate-stderr deed --json import mail.eml
	[ "$(get '.mail.dkim[0].result')" = unverifiable ]
	[ -z "$(find "$ledger/proofs" -type f 2>&-)" ]
	printf 'From: a@b.example\nTo: c@d.example\nSubject: x\n\ny\n' >plain.eml
	run -0 --separate-stderr deed --json import plain.eml
	[ "$(get '.mail.dkim | length')" = 1 ]
	[ "$(get '.mail.dkim[0] | .domain, .selector, .result' | tr '\n' ' ')" = "null null none " ]
	[ "$(get .happened)" = 2026-11-23T12:00:00Z ]
}

@test "import: the mail is kept byte for byte, and the record of the key beside it" {
	run -0 --separate-stderr deed --json import --keys keys mail.eml
	archive=$(get .archive.path)
	unzip -p "$archive" source/mail.eml | cmp - mail.eml
	[ "$(get .mail.source.sha256)" = "$(sha256sum <mail.eml | cut -d' ' -f1)" ]
	unzip -p "$archive" messages.jsonl | while IFS= read -r line; do
		printf %s "$line" | sha256sum | cut -d' ' -f1
	done | cmp - <(unzip -p "$archive" messages.sha256)
	[ "$(unzip -p "$archive" messages.jsonl | jq -r .text)" = "I accept delivery 2." ]
	[ "$(unzip -p "$archive" messages.jsonl | jq -r '.more.dkim[0].result')" = pass ]
	proof=$(get '.mail.keys[0].path')
	[[ $proof == proofs/2026-11/FO1/* ]]
	[ "$(get '.mail.keys[0].sha256')" = "$(sha256sum <"$ledger/$proof" | cut -d' ' -f1)" ]
	# it is of the form that --keys takes
	deed -q open FO2
	run -0 --separate-stderr deed --json -o FO2 import --keys "$ledger/$proof" mail.eml
	[ "$(get '.mail.dkim[0].result')" = pass ]
}

@test "import: the same mail twice is one, new keys make a second look" {
	deed -q import mail.eml
	before=$(entries)
	run -0 --separate-stderr deed --json import mail.eml
	[ "$(get .also)" = true ]
	[ "$(get .kind)" = mail ]
	[ "$(entries)" = "$before" ]
	run -0 --separate-stderr deed --json import --keys keys mail.eml
	[ "$(get .also)" = null ]
	[ "$(get '.mail.dkim[0].result')" = pass ]
	run -0 --separate-stderr deed --json import --keys keys mail.eml
	[ "$(get .also)" = true ]
	run -0 --separate-stderr deed --json import mail.eml
	[ "$(get .also)" = true ]
	[ "$(entries)" = $((before + 1)) ]
}

@test "import: a changed mail fails, and is taken in all the same" {
	sed 's/delivery 2/delivery 3/' mail.eml >changed.eml
	run -0 --separate-stderr deed --json import --keys keys changed.eml
	[ "$(get '.mail.dkim[0].result')" = fail ]
	[[ $(get '.mail.dkim[0].detail') == *"not the one that was signed"* ]]
}

@test "import: a mailbox of many counts its signatures, and each mail is a line" {
	letter 2 'Re: the logo' 'And thanks!' >two
	letter 3 'Re: the logo' 'One more thing' | sed 's/more/less/' >three
	printf 'From: me@example.org\nTo: anna@client.example\nSubject: Re: the logo\n\nyes?\n' >four
	mbox mail.eml two three four >all.mbox
	run -0 --separate-stderr deed --json import --keys keys all.mbox
	[ "$(get .mail.mails)" = 4 ]
	[ "$(get '.mail.dkim | tojson')" = '{"pass":2,"fail":1,"none":1,"unverifiable":0}' ]
	[ "$(get .mail.format)" = mbox ]
	[ "$(get '.mail.authors | length')" = 2 ]
	entry=$(get .entry)
	run -0 --separate-stderr deed --json show "$entry:2"
	[ "$(get .message.text)" = "And thanks!" ]
	[ "$(get .message.channel)" = "the logo" ]
	deed -q accept --cites "$entry:1" -m "I accept delivery 2."
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = counterpart ]
	run -2 --separate-stderr deed accept --cites "$entry:5" -m x
	[[ $stderr == *"has no line 5"* ]]
	ledger_is_clean
}

@test "import: what does not belong to the order is left out of the counts" {
	letter 2 'the bill' 'Paid.' >two
	letter 3 'Re: the bill' 'Really.' >three
	mbox mail.eml two three >all.mbox
	run -0 --separate-stderr deed --json import --keys keys --channel "the bill" all.mbox
	[ "$(get .mail.mails)" = 2 ]
	[ "$(get .mail.dkim.pass)" = 2 ]
	[ "$(get .mail.selected.left_out)" = 1 ]
	run -0 --separate-stderr deed --json import --keys keys --until 2026-11-23T09:01:30Z all.mbox
	[ "$(get .mail.dkim.pass)" = 1 ]
	run -0 --separate-stderr deed --json import --with anna@client.example all.mbox
	[ "$(get .mail.mails)" = 3 ]
	run -2 --separate-stderr deed import --with bert all.mbox
	said_once
}

@test "import: a maildir, a folder and an archive of mails" {
	letter 2 'Re: the logo' 'And thanks!' >two.eml
	mkdir -p dir/cur dir/new dir/tmp folder
	cp mail.eml dir/cur/1.host:2,S
	cp two.eml dir/new/2.host
	echo junk >dir/tmp/3.host
	echo 3 >dir/dovecot-uidlist
	cp mail.eml two.eml folder
	(cd folder && zip -q ../mails.zip mail.eml two.eml)
	for source in dir folder mails.zip; do
		run -0 --separate-stderr deed --json import --keys keys $source
		[ "$(get .mail.mails)" = 2 ]
		[ "$(get .mail.dkim.pass)" = 2 ]
		run -0 --separate-stderr deed --json import $source
		[ "$(get .also)" = true ]
	done
	[ "$(deed --json log | jq -r 'select(.kind=="mail").content.format' | sort | tr '\n' ' ')" = "eml eml maildir " ]
}

@test "import: a mail is known whatever its file is called" {
	cp mail.eml letter.txt
	printf 'DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s1;\n\th=from; bh=; b=\n\nx\n' >bare.txt
	printf 'From a@b.example Mon Nov 23 10:15:00 2026\nFrom: a@b.example\n\nx\n' >letters.txt
	for file in letter bare letters; do
		run -0 --separate-stderr deed --json import $file.txt
		[ "$(get .kind)" = mail ]
	done
	[ "$(get .mail.format)" = mbox ]
}

@test "import: a mail from standard input" {
	run -0 --separate-stderr sh -c '"$0" --json import --keys keys - <mail.eml' "$DEED"
	[ "$(get '.mail.dkim[0].result')" = pass ]
}

@test "import: what cannot be read is refused, and nothing is recorded" {
	refused import --keys none mail.eml
	[[ $stderr == *"there is no file none"* ]]
	printf 's1._domainkey.client.example TXT "v=DKIM1\n' >broken
	refused import --keys broken mail.eml
	[[ ${stderr_lines[0]} == "deed: "*"/broken:1: the quotes do not match" ]]
	[[ $stderr != *deed-mail* ]]
	echo "hello" >no.eml
	refused import --format eml no.eml
	[[ $stderr == *"no message that can be read"* ]]
	DEED_LIBEXEC=/nowhere refused import mail.eml
	[[ $stderr == *"deed-mail is not installed"* ]]
}

@test "import: hostile text of a mail does not reach the terminal" {
	printf 'From: =?utf-8?q?=1B[2JEve=E2=80=AE?= <e@e.example>\nTo: x@y.example\nSubject: =?utf-8?q?=1B]0;x=07?=\nMessage-ID: <x\x1b[1m>\n\n\x1b[31mred\xe2\x80\xae\n' >evil.eml
	run -0 --separate-stderr deed import evil.eml
	no_raw "$stderr"
	run -0 --separate-stderr deed show @
	no_raw "$output"
	run -0 --separate-stderr deed show @:1
	no_raw "$output"
	ledger_is_clean
}

@test "import: no socket is opened for a mail" {
	printf 'From: a@b.example\nTo: x@y.example\nSubject: x\nContent-Type: text/html\n\n<img src="http://example.com/x.png">\n' >html.eml
	strace -f -e trace=network -o trace "$DEED" -q import --keys keys mail.eml html.eml
	run grep -E 'AF_INET' trace
	[ "$status" -eq 1 ]
}

@test "import: --fetch-keys asks the DNS and keeps what it said" {
	"$repo/tests/lib/dns.py" keys >port &
	dns=$!
	while [ ! -s port ]; do sleep 0.05; done
	git config --global deed.resolver "127.0.0.1:$(cat port)"
	run -0 --separate-stderr deed --json import --fetch-keys mail.eml
	kill $dns
	[ "$(get '.mail.dkim[0].result')" = pass ]
	[ "$(get '.mail.keys[0].fetched')" = true ]
	grep -q '^; the DNS gave this on 2026-11-23T12:00:00Z' "$ledger/$(get '.mail.keys[0].path')"
}

@test "import: a package takes the mail and the record of its key along" {
	deed -q import --keys keys mail.eml
	run -0 --separate-stderr deed --json dispute pack --yes
	run -0 unzip -l "$(get .package.path)"
	[[ $output == *"data/mail/"* ]]
	[[ $output == *"dkim-keys"* ]]
}

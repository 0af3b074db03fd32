#!/usr/bin/env bats
# Chats through deed import; what each format is read as is in
# import-readings.bats, mails are in import-mail.bats.
load ../lib

setup() {
	sandbox
	export DEED_NOW=2026-11-23T12:00:00Z
	deed -q init
	deed -q open FO1 --buyer anna
	export DEED_ORDER=FO1
	cat >chat.txt <<-'END'
		18/03/2024, 14:56 - Anna: Hello
		19/03/2024, 14:57 - Jane: 250 USD
		20/03/2024, 14:58 - Anna: ok, I accept
	END
}

# An export as Telegram writes it: lines of messages from stdin.
telegram() {
	echo '{"name": "Anna", "type": "personal_chat", "id": 1, "messages": ['
	paste -sd,
	echo ']}'
}

# said ID TEXT [MORE]
said() {
	printf '{"id": %s, "type": "message", "date": "2024-03-01T10:0%s:00", "date_unixtime": "%s", "from": "Anna", "from_id": "user1", "text": "%s"%s}\n' \
		"$1" "$1" $((1709287200 + $1 * 60)) "$2" "$3"
}

@test "import: the source stays byte for byte, and each line has its digest" {
	run -0 --separate-stderr deed --json import --tz Europe/Berlin chat.txt
	archive=$(get .archive.path)
	unzip -p "$archive" source/chat.txt | cmp - chat.txt
	[ "$(get .transcript.source.sha256)" = "$(sha256sum <chat.txt | cut -d' ' -f1)" ]
	unzip -p "$archive" messages.jsonl | while IFS= read -r line; do
		printf %s "$line" | sha256sum | cut -d' ' -f1
	done | cmp - <(unzip -p "$archive" messages.sha256)
	[ "$(get .archive.files)" = "$(unzip -Z1 "$archive" | wc -l)" ]
	for name in messages.jsonl messages.sha256 transcript.txt; do
		[ "$(get ".transcript.digests.${name/./_}")" = "$(unzip -p "$archive" $name | sha256sum | cut -d' ' -f1)" ]
	done
	[ "$(get .transcript.first)" = 2024-03-18T13:56:00Z ]
	[ "$(unzip -p "$archive" messages.jsonl | jq -s 'map(.nonce) | unique | length')" = 3 ]
	unzip -p "$archive" messages.jsonl | jq -se 'map(.nonce | test("^[0-9a-f]{32}$")) | all'
	ledger_is_clean
}

@test "import: every key of a message is told in deed-order(5)" {
	keys=$(sed -n '/^Each line of$/,/^.Ss mail/s/^.It Ic //p' "$repo/man/deed-order.5" | tr -d ' ' | tr , '\n')
	grep -q nonce <<<"$keys"
	for file in telegram-single.json discord.json zoom-4.txt vtt-teams.vtt whatsapp-ios-notices.txt signal-desktop.jsonl skype.json; do
		run -0 --separate-stderr deed --json import --tz UTC --start 2024-03-01 "$repo/tests/fuzz/corpus/intake/$file"
		for key in $(unzip -p "$(get .archive.path)" messages.jsonl | jq -r 'keys[]' | sort -u); do
			grep -qx "$key" <<<"$keys" || {
				echo "$file: $key"
				return 1
			}
		done
	done
}

@test "import: the same file again records nothing, another way of reading does" {
	deed -q import chat.txt
	before=$(git -C "$ledger" rev-parse HEAD)
	run -0 --separate-stderr deed --json import chat.txt
	[ "$(get .also)" = true ]
	run -0 --separate-stderr deed import chat.txt
	[[ $stderr == *"is in the ledger already; nothing new is recorded"* ]]
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$before" ]
	run -0 --separate-stderr deed --json import --tz Europe/Berlin chat.txt
	[ "$(get .also)" = null ]
	run -0 --separate-stderr deed --json import --since 2024-03-20 chat.txt
	[ "$(get .also)" = null ]
	[ "$(get .transcript.messages)" = 1 ]
}

@test "import: a later export tells what is new, edited and deleted; earlier words stay" {
	{
		said 1 hello
		said 2 'I accept'
		said 3 'a slip'
		said 4 bye
	} | telegram >result.json
	run -0 --separate-stderr deed --json import result.json
	first=$(get .entry)
	[ "$(get .transcript.continues)" = null ]
	{
		said 1 hello
		said 2 'I do not accept' ', "edited_unixtime": "1709300000"'
		said 4 bye
		said 5 'one more'
		said 6 'and more'
	} | telegram >result.json
	run -0 --separate-stderr deed import result.json
	[[ $stderr == *"it goes on from ${first:0:8}: 2 new, 1 edited, 1 deleted"* ]]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.continues)" = "$first" ]
	[ "$(get '.content.compared | "\(.same) \(.new) \(.edited) \(.deleted) \(.absent)"')" = "2 2 1 1 0" ]
	[ "$(get '.content.compared.changes | tojson')" = '[{"change":"edited","before":2,"line":2},{"change":"deleted","before":3}]' ]
	# what was said first can still be cited
	run -0 deed show "${first:0:8}:2"
	[[ $output == *"I accept"* ]]
	run -0 deed show "${first:0:8}:3"
	[[ $output == *"a slip"* ]]
	run -0 "$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "import: messages without ids are the same by author, time and order" {
	deed -q import chat.txt
	sed -e 's/250 USD/300 USD <This message was edited>/' -e '1d' chat.txt >later.txt
	echo '20/03/2024, 14:59 - Jane: thanks' >>later.txt
	run -0 --separate-stderr deed --json import --tz Europe/Berlin later.txt
	# the oldest is missing as in an export that was too long, not deleted
	[ "$(get '.transcript.compared | "\(.same) \(.new) \(.edited) \(.deleted) \(.absent)"')" = "1 1 1 0 1" ]
	sed -i 's/ok, I accept/This message was deleted/' later.txt
	run -0 --separate-stderr deed --json import later.txt
	[ "$(get '.transcript.compared | "\(.same) \(.new) \(.edited) \(.deleted) \(.absent)"')" = "2 0 0 1 0" ]
	# with files and without them, it is the same chat
	printf '18/03/2024, 14:56 - Eve: <Media omitted>\nthe logo\n19/03/2024, 14:56 - Eve: ok\n' >without.txt
	printf '18/03/2024, 14:56 - Eve: IMG-20240318-WA0001.jpg (file attached)\nthe logo\n19/03/2024, 14:56 - Eve: ok\n' >with.txt
	deed -q import without.txt
	run -0 --separate-stderr deed --json import with.txt
	[ "$(get '.transcript.compared | "\(.same) \(.new) \(.edited) \(.deleted) \(.absent)"')" = "2 0 0 0 0" ]
	# another conversation is none that goes on
	printf '18/03/2024, 14:56 - Bob: Hi\n' >bob.txt
	run -0 --separate-stderr deed --json import bob.txt
	[ "$(get .transcript.continues)" = null ]
}

@test "import: what is left out by --since, --until, --with and --channel is counted" {
	run -0 --separate-stderr deed --json import --since 2024-03-19 --until 2024-03-19 chat.txt
	[ "$(get .transcript.messages)" = 1 ]
	[ "$(get .transcript.selected.left_out)" = 2 ]
	[ "$(get .transcript.selected.since)" = 2024-03-19 ]
	mkdir slack slack/general slack/other
	echo '[{"id": "U1", "name": "anna"}, {"id": "U2", "name": "bob"}]' >slack/users.json
	echo '[{"id": "C1", "name": "general"}, {"id": "C2", "name": "other"}]' >slack/channels.json
	echo '[{"type": "message", "ts": "1709283600.000200", "user": "U1", "text": "a"},
		{"type": "message", "ts": "1709283601.000200", "user": "U2", "text": "b"}]' >slack/general/2024-03-01.json
	echo '[{"type": "message", "ts": "1709283602.000200", "user": "U2", "text": "c"}]' >slack/other/2024-03-01.json
	run -0 --separate-stderr deed --json import --with anna slack
	[ "$(get '"\(.transcript.messages) \(.transcript.selected.left_out)"')" = "2 1" ]
	run -0 --separate-stderr deed --json import --channel other slack
	[ "$(get '"\(.transcript.messages) \(.transcript.selected.left_out)"')" = "1 2" ]
	unzip -p "$(get .archive.path)" messages.jsonl | jq -r .text | cmp - <(echo c)
	# what was not chosen was not deleted
	deed -q import slack
	run -0 --separate-stderr deed --json import --since 2024-02-01 --channel general slack
	[ "$(get .transcript.continues)" = null ]
	# an export of one conversation is of the one it is called after
	said 1 hello | telegram >result.json
	run -0 --separate-stderr deed --json import --channel anna result.json
	[ "$(get .transcript.messages)" = 1 ]
	run -2 --separate-stderr deed import --channel bob result.json
	[[ $stderr == *"none of its 1 messages is chosen"* ]]
	run -2 --separate-stderr deed import --channel nowhere slack
	[[ $stderr == *"none of its 3 messages is chosen"* ]]
}

@test "import: a line is cited by accept, scope and revise, which lifts the grade" {
	deed -q import chat.txt
	id=$(deed --json log | jq -r 'select(.kind == "transcript") | .entry')
	id=${id:0:8}
	run -0 --separate-stderr deed --json accept --cites "$id:3" -m 'ok, I accept'
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = counterpart ]
	[[ $(get '.content.cites[0]') == "$id"*:3 ]]
	run -2 --separate-stderr deed accept --cites "$id:4" -m 'no'
	[[ $stderr == *"has no line 4: it has 3 messages"* ]]
	refused accept --cites "$id:0" -m 'lines are counted from 1'
	refused show "$id:0"
	run -0 --separate-stderr deed scope add -m 'a shop' --cites "$id:2"
	run -0 --separate-stderr deed --json show @
	[[ $(get '.content.cites[0]') == "$id"*:2 ]]
	run -0 --separate-stderr deed revise -m 'bigger' --new 'a logo' --cites "$id:1"
	run -0 --separate-stderr deed --json show "$id:3"
	[[ $output == *"ok, I accept"* ]]
}

@test "import: what somebody forwarded is told as that, wherever it is quoted" {
	said 1 'I accept' ', "forwarded_from": "Bob"' | telegram >result.json
	run -0 --separate-stderr deed --json import result.json
	unzip -p "$(get .archive.path)" transcript.txt | grep -q 'Anna: (forwarded from Bob) I accept'
	run -0 --separate-stderr deed --json show @:1
	[ "$(get '.message | "\(.author) \(.forwarded_from) \(.text)"')" = "Anna Bob I accept" ]
	deed -q accept --cites @:1 -m 'I accept'
	deed -q dispute pack --yes --for court -O .
	unzip -p ./*-evidence-*.zip '*/data/index.html' | grep -q 'Anna, forwarding Bob'
	unzip -p ./*-evidence-*.zip '*/data/statement.txt' | grep -q 'In the chat, Anna, forwarding Bob: "I accept"'
}

@test "import: what could act on a terminal is kept, spelled, and can be shown and compared" {
	printf '13/01/2024, 10:00 - An\033[31mna: \033]0;evil\007 \342\200\256 \0 end\n' >chat.txt
	run -0 --separate-stderr deed --json import chat.txt
	archive=$(get .archive.path)
	unzip -p "$archive" messages.jsonl | jq -e '.text == "\u001b]0;evil\u0007 \u202e \u0000 end"'
	[ -z "$(unzip -p "$archive" transcript.txt | tr -d '\n\t' | LC_ALL=C tr -d ' -~')" ]
	run -0 deed show @:1
	[[ $output == *'\x1b]0;evil\x07'*'end'* ]]
	run -0 --separate-stderr deed --json import --tz UTC chat.txt
	[ "$(get .transcript.compared.same)" = 1 ]
}

@test "import: texts in which a message can be forged say so" {
	for file in whatsapp-bom.txt zoom-3.txt signal.md discord-txt.txt imessage.txt otter.txt fiverr-md.md upwork-paste.txt; do
		run -0 --separate-stderr deed --json import "$repo/tests/fuzz/corpus/intake/$file"
		get '.transcript.warnings[]' | grep -q 'a line pasted into a message cannot be told from a message'
	done
}

@test "import: attachments that are there are kept with digest and size, others named" {
	mkdir export
	cat >export/_chat.txt <<-END
		[3/18/24, 14:56:01] Anna: hello
		$(printf '\u200e')[3/18/24, 14:56:02] Anna: $(printf '\u200e')<attached: 00000001-brief.pdf>
		$(printf '\u200e')[3/18/24, 14:56:03] Anna: $(printf '\u200e')<attached: 00000002-PHOTO-2024-03-18-14-56-03.jpg>
		$(printf '\u200e')[3/18/24, 14:56:04] Anna: $(printf '\u200e')<attached: ../../etc.pdf>
	END
	echo 'the brief' >export/00000001-brief.pdf
	(cd export && zip -q '../WhatsApp Chat - Anna.zip' ./*)
	run -0 --separate-stderr deed --json import 'WhatsApp Chat - Anna.zip'
	[ "$(get .transcript.title)" = Anna ]
	[ "$(get '.transcript.included | "\(.present) \(.missing)"')" = "1 2" ]
	[ "$(get '.transcript.attachments[0] | "\(.name) \(.sha256) \(.size)"')" = "00000001-brief.pdf $(sha256sum <export/00000001-brief.pdf | cut -d' ' -f1) 10" ]
	[ "$(get '.transcript.attachments[1:] | map([.name, .missing]) | tojson')" = '[["00000002-PHOTO-2024-03-18-14-56-03.jpg",true],["../../etc.pdf",true]]' ]
	unzip -p "$(get .archive.path)" attachments/00000001-brief.pdf | cmp - export/00000001-brief.pdf
	unzip -p "$(get .archive.path)" 'source/WhatsApp Chat - Anna.zip' | cmp - 'WhatsApp Chat - Anna.zip'
	# the folder gives the same messages
	run -0 --separate-stderr deed --json import export
	[ "$(get '.transcript.included | "\(.present) \(.missing)"')" = "1 2" ]
	[ "$(get .transcript.messages)" = 4 ]
}

@test "import: a person after whom a chat is called has typed what he typed, a group has not" {
	mark=$(printf '\u200e')
	cat >_chat.txt <<-END
		[3/18/24, 14:56:01] Anna: ${mark}Messages and calls are end-to-end encrypted.
		[3/18/24, 14:56:02] Anna: hello
		[3/18/24, 14:56:03] Anna: ${mark}I accept 250 USD
	END
	zip -q 'WhatsApp Chat - Anna.zip' _chat.txt
	run -0 --separate-stderr deed --json import 'WhatsApp Chat - Anna.zip'
	[ "$(get .transcript.system)" = 1 ]
	# in the name of the shop WhatsApp speaks, in whatever language
	sed -e 's/Anna/Shop/' -e '2s/.*/[3\/18\/24, 14:56:02] Anna: hello/' -e '3s/I accept 250 USD/Anna bytte ikon/' -i _chat.txt
	zip -q 'WhatsApp Chat - Shop.zip' _chat.txt
	run -0 --separate-stderr deed --json import 'WhatsApp Chat - Shop.zip'
	[ "$(get '"\(.transcript.system) \(.transcript.authors)"')" = '2 ["Anna"]' ]
}

@test "import: of several chats in an archive, the one it is called after is read" {
	printf '13/03/2024, 14:56 - Ann: hello\n' >'WhatsApp Chat with Ann.txt'
	printf '14/03/2024, 14:56 - Bob: a chat that was attached\n' >'WhatsApp Chat with Bob and others.txt'
	printf '15/03/2024, 14:56 - Eve: notes\n' >a.txt
	zip -q 'WhatsApp Chat with Ann.zip' ./*.txt
	run -0 --separate-stderr deed --json import 'WhatsApp Chat with Ann.zip'
	[ "$(get .transcript.authors[0])" = Ann ]
	# else the one whose name says what it is, else the shorter one
	zip -q export.zip 'WhatsApp Chat with Bob and others.txt' a.txt
	run -0 --separate-stderr deed --json import export.zip
	[ "$(get .transcript.authors[0])" = Bob ]
}

@test "import: the text is found behind any number of attachments" {
	mkdir all
	seq -f 'all/%08.0f-PHOTO.jpg' 2100 | xargs touch
	sed 's/^/[/;s/ - /:00] /' chat.txt >all/_chat.txt
	(cd all && zip -qr ../'WhatsApp Chat - Anna.zip' .)
	for export in all 'WhatsApp Chat - Anna.zip'; do
		run -0 --separate-stderr deed --json import --tz UTC "$export"
		[ "$(get .transcript.format)" = whatsapp ]
		[ "$(get .transcript.messages)" = 3 ]
	done
	# nor is it looked for long
	rm all/_chat.txt
	run -2 --separate-stderr deed import all
	[[ $stderr == *'all: it is no export that deed knows'* ]]
}

@test "import: a chat is read before whatever was sent in it" {
	printf 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nhello\n' >captions.vtt
	printf '{"messages":[{"createdAt":1709287200000,"sender":"a","body":"x"}]}' >a.json
	printf '{"messages":[{"createdAt":1709287200000,"sender":"a","sender_name":"a"}]}' >two.json
	printf 'From: a@example.org\nTo: b@example.org\nSubject: x\n\nhello\n' >mail.eml
	for name in 'WhatsApp Chat with Anna.txt' _chat.txt; do
		cp chat.txt "$name"
		zip -q x.zip "$name" captions.vtt a.json mail.eml two.json
		run -0 --separate-stderr deed --json import --tz UTC x.zip
		[ "$(get .transcript.format)" = whatsapp ]
		[ "$(get .transcript.messages)" = 3 ]
		rm x.zip
	done
	run -2 --separate-stderr deed import two.json
	[[ $stderr == *'two.json: it can be read as fiverr and as messenger'* ]]
	# unless it lies deeper, as what was sent does
	mkdir files
	said 1 hello | telegram >result.json
	cp chat.txt files/
	zip -qr y.zip result.json files
	run -0 --separate-stderr deed --json import y.zip
	[ "$(get .transcript.format)" = telegram ]
}

@test "import: hostile archives are refused whole, and leave no trace" {
	before=$(git -C "$ledger" rev-parse HEAD)
	python3 - <<-'END'
		import os, stat, struct, zipfile
		chat = b"18/03/2024, 14:56 - Anna: Hello\n"
		def make(name, *members):
		    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
		        for member, data in members:
		            z.writestr(member, data)
		make("traversal.zip", ("_chat.txt", chat), ("../../evil", b"x"))
		make("absolute.zip", ("_chat.txt", chat), ("/tmp/deed-evil", b"x"))
		make("backslash.zip", ("_chat.txt", chat), ("..\\evil", b"x"))
		make("twice.zip", ("_chat.txt", chat), ("_chat.txt", chat + chat))
		make("case.zip", ("_chat.txt", chat), ("a/X.jpg", b"1"), ("A/x.JPG", b"2"))
		make("bomb.zip", ("_chat.txt", chat), ("zeros", bytes(300 << 20)))
		link = zipfile.ZipInfo("link")
		link.external_attr = (stat.S_IFLNK | 0o777) << 16
		make("symlink.zip", ("_chat.txt", chat), (link, b"/etc/passwd"))
		# two entries of the directory that share one member's bytes
		make("plain.zip", ("_chat.txt", chat), ("b.txt", bytes(range(256)) * 64))
		data = bytearray(open("plain.zip", "rb").read())
		first = data.index(b"PK\1\2")
		second = data.index(b"PK\1\2", first + 4)
		at = struct.unpack_from("<I", data, first + 42)[0]
		struct.pack_into("<I", data, second + 42, at)
		open("overlap.zip", "wb").write(data)
		open("cut.zip", "wb").write(open("plain.zip", "rb").read()[:-30])
	END
	for name in traversal absolute backslash twice case bomb symlink overlap cut; do
		run -2 --separate-stderr deed import $name.zip
		[[ $stderr == *"$name.zip"* ]]
		[ -z "$output" ]
	done
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$before" ]
	[ ! -e /tmp/deed-evil ] && [ ! -e ../evil ] && [ ! -e ../../evil ]
	[ -z "$(ls "$ledger/.git/deed/scratch")" ]
	deed -q import plain.zip
	ledger_is_clean
}

@test "import: no reader opens a socket" {
	type -P strace >/dev/null || skip "no strace"
	strace -o trace true || skip "strace may not trace here"
	mkdir in
	for file in "$repo"/tests/fuzz/corpus/intake/*; do
		case $file in *tie.txt | *mixed.txt | *cut.json | *empty.json | *.folder) ;; *) cp "$file" in/ ;; esac
	done
	printf 'From: a@b.example\nDate: Fri, 1 Mar 2024 10:00:00 +0100\nSubject: x\nDKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h=from; bh=AAAA; b=AAAA\n\ny\n' >in/mail.eml
	run -0 strace -f -e trace=network,execve -e signal=none -o trace "$DEED" -q import in/*
	grep -q 'execve.*deed-mail' trace
	# the C library asks a local daemon for the user's name
	run ! grep -E 'socket\(' <(grep -v 'socket(AF_UNIX' trace)
	run ! grep -E 'connect\(|sendto\(|bind\(' <(grep -v 'sa_family=AF_UNIX' trace)
}

@test "import: two readings of the days are shown where nothing decides" {
	printf '03/04/2024, 14:05 - Anna: hello\n' >tie.txt
	run -2 --separate-stderr deed import tie.txt
	[[ $stderr == *2024-04-03* ]] && [[ $stderr == *2024-03-04* ]] && [[ $stderr == *"--date-order dmy or --date-order mdy"* ]]
	run -0 --separate-stderr deed --json import --date-order mdy tie.txt
	[ "$(get .transcript.first)" = 2024-03-04T14:05:00 ]
	run -0 --separate-stderr deed --json import --date-order dmy tie.txt
	[ "$(get .transcript.first)" = 2024-04-03T14:05:00 ]
	# a date that is the same in both is no question
	printf '05/05/2024, 14:05 - Anna: hello\n06/06/2024, 14:05 - Anna: bye\n' >same.txt
	run -0 --separate-stderr deed --json import same.txt
	[ "$(get .transcript.last)" = 2024-06-06T14:05:00 ]
}

@test "import: a date of another form, quoted in a chat, decides nothing and is no message" {
	printf '01/02/24, 10:00 - Anna: look:\n2024-02-01, 10:00 - Bob: yes\n15/02/24, 10:00 - Anna: well\n' >dmy.txt
	run -0 --separate-stderr deed --json import dmy.txt
	[ "$(get '"\(.transcript.messages) \(.transcript.first) \(.transcript.authors)"')" = '2 2024-02-01T10:00:00 ["Anna"]' ]
	get '.transcript.warnings[]' | grep -q 'look like messages, but not like those of this file: 1'
	# where the year stands first, no order of the other two is asked for
	printf '2024-02-01, 10:00 - Bob: look:\n01/02/24, 10:00 - Anna: yes\n' >ymd.txt
	run -0 --separate-stderr deed --json import --date-order dmy ymd.txt
	[ "$(get '"\(.transcript.messages) \(.transcript.first)"')" = '1 2024-02-01T10:00:00' ]
}

@test "import: times of a recording count from --start" {
	printf 'WEBVTT\n\n00:00:05.500 --> 00:00:06.000\nhello\n' >call.vtt
	run -0 --separate-stderr deed --json import --start 2026-11-20T10:00:00Z call.vtt
	[ "$(get '"\(.transcript.first) \(.transcript.last) \(.transcript.time_kind)"')" = "2026-11-20T10:00:05.500Z 2026-11-20T10:00:06Z relative" ]
	run -0 --separate-stderr deed --json import --tz Europe/Berlin --start 2026-11-20T10:00:00 call.vtt
	[ "$(get .transcript.first)" = 2026-11-20T09:00:05.500Z ]
	# the clock of a chat says the hour itself
	printf '10:01:00 From  Ann  to  Everyone:\n  hello\n' >chat.txt
	run -0 --separate-stderr deed --json import --tz Europe/Berlin --start 2026-11-20T09:30:00 chat.txt
	[ "$(get .transcript.first)" = 2026-11-20T09:01:00Z ]
	run -0 --separate-stderr deed --json import --start 2026-11-20 --tz +02:00 chat.txt
	[ "$(get .transcript.first)" = 2026-11-20T08:01:00Z ]
}

@test "import: an export larger than the memory it may take stays below it" {
	# what takes longer is in tests/soak/import.bats
	for kind in whatsapp telegram; do
		sh "$repo/tests/lib/big-export.sh" $kind 66 >export
		used=$("$repo/tests/lib/memory.py" "$DEED" -q import export)
		echo "$kind: $used kB"
		[ "$used" -lt 65536 ] || ldd "$DEED" | grep -q libasan
	done
}

@test "import: a long id that is told is cut between characters" {
	id=$(printf 'ü%.0s' {1..40})
	printf 'time,author,text,id\n2026-11-20T08:00:00Z,Anna,%s,x%s\n' \
		yes "$id" no "$id" | awk 'NR != 3' >export.csv
	run -0 --separate-stderr "$DEED" import --json export.csv
	[ "$(get .transcript.messages)" = 2 ]
	[[ $(get '.transcript.warnings[]') == *"have the id x"* ]]
}

@test "import: conversations are counted only where somebody in them chooses" {
	printf 'time,author,text,channel\n' >export.csv
	seq 100001 | sed 's/.*/2026-11-20T08:00:00Z,Anna,hi,thread &/' >>export.csv
	printf '2026-11-21T08:00:00Z,Tom,hi,thread 7\n' >>export.csv
	refused import --with Tom export.csv
	[[ ${stderr_lines[0]} == *'more than 100000 conversations' ]]
	[[ ${stderr_lines[1]} == *--since* ]]
	deed -q import --with Tom --since 2026-11-21 export.csv
	deed -q import --channel 'thread 7' export.csv
	run --separate-stderr "$DEED" import --json export.csv
	[ "$(get .transcript.messages)" = 100002 ]
}

@test "import: where one record is a whole conversation, a larger one is refused" {
	for kind in github-gql github-cli-pr jira; do
		"$repo/tests/lib/swell.py" "$repo/tests/fuzz/corpus/intake/$kind.json" 20 >export.json
		run -2 --separate-stderr deed import export.json
		[[ $stderr == *'one record has more than 16777216 bytes'* ]]
	done
	# a list of them is none
	"$repo/tests/lib/swell.py" "$repo/tests/fuzz/corpus/intake/github-comments.json" 20 >export.json
	run -0 --separate-stderr deed import export.json
}

@test "import: what is too long is refused, with the limit" {
	{
		printf '13/01/2024, 10:00 - Anna: '
		head -c 5000000 /dev/zero | tr '\0' x
	} >line.txt
	{
		printf '{"name": "A", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": "1709287200", "from": "A", "text": "'
		head -c 17000000 /dev/zero | tr '\0' x
		printf '"}]}'
	} >record.json
	printf '13/01/2024, 10:00 - Anna: hi\n' >huge.txt
	truncate -s 5G huge.txt
	while read -r file limit; do
		run -2 --separate-stderr deed import $file
		[[ $stderr == *"$file"*"$limit bytes"* ]]
		grep -q "$(printf "%s" "$limit" | sed 's/4194304/4 MiB/; s/16777216/16 MiB/; s/4294967296/4 GiB/')" "$repo/man/deed-import.1"
	done <<-'END'
		line.txt 4194304
		record.json 16777216
		huge.txt 4294967296
	END
	rm huge.txt
	ledger_is_clean
}

@test "import: an export is known by what stands first, however long that is" {
	jq -n '{prefs: {}, actions: [range(900) | {
		id: "65e1a3b0\(1000000000000000 + .)", type: "commentCard",
		idMemberCreator: "m", date: "2024-03-01T10:00:00.000Z",
		data: {text: ("x" * 200), board: {name: "Shop"}}}],
		cards: [], lists: []}' >board.json
	jq -n '{key: "SHOP-1", changelog: {histories: [range(900) | {
		id: "\(.)", author: {displayName: "Anna"},
		created: "2024-03-01T10:00:00.000+0000",
		items: [{field: "summary", toString: ("x" * 200)}]}]},
		fields: {summary: "Shop", created: "2024-03-01T09:00:00.000+0000"}}' >issue.json
	run -0 --separate-stderr deed --json import board.json
	[ "$(get .transcript.format)" = trello ]
	[ "$(get .transcript.messages)" = 900 ]
	run -0 --separate-stderr deed --json import issue.json
	[ "$(get .transcript.format)" = jira ]
	[ "$(get .transcript.messages)" = 901 ]
}

@test "import: what only looks like a chat is refused" {
	printf '12:30:00 server up\n12:30:01 listening\n12:30:02 error: 0\n' >log
	run -2 --separate-stderr deed import log
	[[ $stderr == *"no export that deed knows"* ]]
}

@test "import: what is exported by mistake is refused, and says what to do" {
	printf '<!DOCTYPE html><html><body>chat</body></html>' >messages.html
	printf 'SQLite format 3\0 and more' >chat.db
	run -2 --separate-stderr deed import messages.html
	[[ $stderr == *"export again as JSON"* ]]
	mkdir download
	cp messages.html download/message_1.html
	run -2 --separate-stderr deed import download
	[[ $stderr == *"export again as JSON"* ]]
	run -2 --separate-stderr deed import chat.db
	[[ $stderr == *"it is a database"* ]]
	echo 'just a note' >note.txt
	run -2 --separate-stderr deed import note.txt
	[[ $stderr == *"say what it is with --format: whatsapp "* ]]
	# the end of a note is no message of it
	printf 'blue, he said\n- logo\n3 hours ago\n' >note.txt
	run -2 --separate-stderr deed import note.txt
	printf 'The meeting\nMonday\nat 10:30 AM\n' >note.txt
	run -2 --separate-stderr deed import note.txt
	[[ $stderr == *"no export that deed knows"* ]]
}

#!/usr/bin/env bats
# deed dispute pack: what is withheld, by entry, by message, by file and by
# name; the rest still verifies, and what is disclosed later proves itself.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	order --title 'Landing page' --requirement 'a page'
	delivered --covers r1 -O ..
}

pack() {
	rm -rf ../out ../case ../copy
	mkdir ../out ../case
	cp -r "$ledger" ../copy
	run -0 --separate-stderr deed --ledger ../copy -o FO1 --json dispute pack --yes -O ../out "$@"
	packed=$output
	unzip -q ../out/*.zip -d ../case
	mv ../case/* ../case/package
	package=../case/package
	zip=$(echo ../out/*.zip)
}

chat() {
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect, thank you' \
		'12/03/2026, 14:06 - Jane: my key is in the safe' \
		'12/03/2026, 14:07 - Anna: and my house number is twelve' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	chat=$(deed --json log -k transcript | jq -r .entry)
	short=${chat:0:12}
}

get() { jq -r "$1" <<<"${packed:-$output}"; }

by_hand() {
	local line

	(
		cd $package || return
		sed -n 's/^\$ //p' data/HOW-TO-VERIFY.txt >"$BATS_TEST_TMPDIR/steps"
		while IFS= read -r line; do
			env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1 || {
				echo "failed: $line"
				return 1
			}
		done <"$BATS_TEST_TMPDIR/steps"
	)
}

@test "withhold: a reason goes with each, into the page and the JSON" {
	deed -q log -k message --from bob -m 'my sister is ill'
	entry=$(deed --json log -n1 | jq -r .entry)
	pack --withhold "${entry:0:12}: it is about a third person"
	run -1 grep -rq 'sister' $package
	grep -q 'it is about a third person' $package/data/index.html
	[ "$(get '.held[0] | [.entry, .why, .masked] | map(tostring) | join(" ")')" = "$entry it is about a third person false" ]
	[[ "$stderr" == *'it is about a third person'* ]]
	pack --withhold "${entry:0:12}"
	grep -q 'no reason is given' $package/data/index.html
}

@test "withhold: of a chat with a message withheld the parts travel, and verify" {
	chat
	pack --withhold "$short:2: a secret of mine"
	run -1 grep -rq 'in the safe' $package
	run -1 grep -rqa 'in the safe' "$zip"
	parts=$package/data/transcripts/E03-chat
	[ "$(ls $parts | tr '\n' ' ')" = 'messages.jsonl messages.sha256 transcript.txt ' ]
	[ -z "$(find $package/data/transcripts -name '*.zip')" ]
	[ "$(wc -l <$parts/messages.sha256)" -eq 3 ]
	[ "$(wc -l <$parts/messages.jsonl)" -eq 2 ]
	grep -q 'Looks perfect' $parts/transcript.txt
	grep -q 'message 2 is withheld' $parts/transcript.txt
	grep -q 'nobody can compare it with the source' $package/data/index.html
	deed -q verify "$zip"
	deed --json verify "$zip" | jq -e '[.checks[] | select(.subject | endswith("messages.jsonl")) | .result] | index("pass")'
	by_hand
	sh $package/data/check-chain.sh $package/data/orders/FO1.yaml
	python3 "$repo/tests/lib/validate-bag.py" $package
}

@test "withhold: a message disclosed later proves itself, another does not" {
	chat
	pack --withhold "$short:2"
	unzip -p "$ledger"/archives/*/FO1/*chat*.zip messages.jsonl | sed -n 2p >../line
	[ "$(tr -d '\n' <../line | sha256sum | cut -c1-64)" = "$(sed -n 2p $package/data/transcripts/*/messages.sha256)" ]
	run -1 grep -qx "$(sed 's/safe/shop/' ../line | tr -d '\n' | sha256sum | cut -c1-64)" $package/data/transcripts/*/messages.sha256
}

@test "withhold: an edited message among the rest is noticed, by hand and by deed" {
	chat
	pack --withhold "$short:2"
	sed -i 's/perfect/dreadful/' $package/data/transcripts/*/messages.jsonl
	(
		cd $package
		find data -type f | LC_ALL=C sort | xargs -d '\n' sha256sum >manifest-sha256.txt
	)
	run -1 by_hand
	run -1 --separate-stderr deed --json verify $package
	jq -e '[.checks[] | select(.result == "fail") | .subject] | any(endswith("messages.jsonl"))' <<<"$output"
	jq -e '[.checks[] | select(.result == "fail") | .detail] | any(. == "a line of it is not among those of messages.sha256")' <<<"$output"
	# whatever the order of the files in a ZIP
	(cd $package && find . -type f | LC_ALL=C sort -r | zip -q "$BATS_TEST_TMPDIR/turned.zip" -@)
	run -1 --separate-stderr deed --json verify "$BATS_TEST_TMPDIR/turned.zip"
	jq -e '[.checks[] | select(.result == "fail") | .detail] | any(. == "a line of it is not among those of messages.sha256")' <<<"$output"
}

@test "withhold: messages without the list of their digests are nobody's" {
	chat
	pack --withhold "$short:2"
	rm $package/data/transcripts/*/messages.sha256
	run -1 --separate-stderr deed --json verify $package
	[ "$(jq -r '.checks[] | select(.detail == "no entry names these bytes").subject' <<<"$output")" = "data/transcripts/E03-chat/messages.jsonl
data/transcripts/E03-chat/transcript.txt" ]
}

@test "withhold: a withheld message is quoted nowhere" {
	chat
	deed -q accept --cites "$chat:1" -m 'she was pleased'
	pack --withhold "$short:1"
	run -1 grep -rq 'Looks perfect' $package
	grep -q 'she was pleased' $package/data/index.html
}

@test "withhold: a file stays at home, its entry travels" {
	echo 'our contract' >contract.txt
	deed -q log -k message -m 'see attached' --attach contract.txt
	entry=$(deed --json log -n1 | jq -r .entry)
	pack --withhold "${entry:0:12}/contract.txt: it has an address"
	run -1 grep -rq 'our contract' $package
	grep -q 'see attached' $package/data/orders/FO1.yaml
	grep -q 'it has an address' $package/data/index.html
	deed -q verify "$zip"
	by_hand
}

@test "withhold: what the entry does not have is refused, with nothing written" {
	chat
	mkdir -p ../out
	for what in "$short:4" "$short/nothing.txt" d7 d7:1; do
		run -2 --separate-stderr deed dispute pack --yes -O ../out --withhold "$what"
		[ -z "$output" ]
		[ -z "$(ls ../out)" ]
	done
}

@test "mask: a name is hidden in the pages, and every entry that has it withheld" {
	deed -q log -k message --from 'Bob Miller' -m 'Hello from BOB MILLER himself'
	deed -q log -k message --from jane -m 'hello'
	pack --mask 'Bob Miller'
	run -1 grep -rqi 'miller' $package
	run -1 grep -rqai 'miller' "$zip"
	grep -q 'Hello from \[masked\] himself' $package/data/index.html
	grep -q 'masked: withheld in the record' $package/data/index.html
	grep -q '\[masked\]' $package/data/statement.txt
	[ "$(get .withheld)" = 1 ]
	deed -q verify "$zip"
	by_hand
}

@test "mask: messages of a chat and files of text that have the name stay too" {
	chat
	echo 'to Anna, with love' >letter.txt
	echo 'to all' >other.txt
	deed -q log -k file --attach letter.txt
	deed -q log -k file --attach other.txt
	pack --mask 'house number'
	run -1 grep -rqi 'house number' $package
	[ "$(wc -l <$package/data/transcripts/*/messages.jsonl)" -eq 2 ]
	pack --mask 'with love'
	run -1 grep -rqi 'with love' $package
	[ "$(ls $package/data/exhibits)" = E04-other.txt ]
	deed -q verify "$zip"
}

@test "mask: an order whose own terms have the name is still told" {
	deed -q open FO2 --buyer 'Bob Miller' --title 'A shop' --requirement 'a cart'
	DEED_NOW=2026-11-01T10:00:00Z run -0 --separate-stderr deed --json -o FO2 dispute pack --yes -O .. --mask Miller
	unzip -q "$(get .package.path)" -d ../case2
	run -1 grep -rqi miller ../case2
	grep -rq 'A shop' ../case2/*/data/index.html
	grep -rq 'Bob \[masked\]' ../case2/*/data/index.html
	run -2 deed -o FO2 dispute pack --yes -O .. --mask x
}

@test "propose: secrets and personal data that would leave are found and told" {
	chat
	deed -q log -k message -m 'write to bob@example.org'
	deed -q log -k message -m 'call +49 151 2345 6789'
	deed -q log -k message -m 'pay to DE89 3704 0044 0532 0130 00'
	deed -q log -k message -m 'card 4111 1111 1111 1111'
	deed -q log -k message -m "token ghp_$(printf 'a1B2%.0s' 1 2 3 4 5 6 7 8 9)"
	deed -q log -k message -m 'order 4111 1111 1111 1112, at 10:15, costs 250.00 USD'
	pack
	[ "$(jq -r '.proposed[].what' <<<"$output" | sort | tr '\n' ,)" = \
		'a GitHub token,a bank account,a card number,a telephone number,an e-mail address,' ]
	[[ "$stderr" == *'an e-mail address in message of 1 Nov 2026: --withhold '* ]]
	what=$(jq -r '.proposed[] | select(.what == "an e-mail address") | .withhold' <<<"$output")
	pack --withhold "$what: private"
	run -1 grep -rq 'bob@example.org' $package
	[ "$(get '.proposed | length')" = 4 ]
}

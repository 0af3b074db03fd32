#!/usr/bin/env bats
# deed log: record what happened, and show it.

load ../lib

setup() {
	project
	order --platform fiverr --buyer bob
}

# The contents of the newest entry, without what every content has.
content() {
	run -0 --separate-stderr deed --json show @
	get '.content | del(.nonce, .happened, .by)' | jq -cS .
}

@test "log: -m records a note and prints its short id" {
	run -0 --separate-stderr deed log -m 'remember this'
	[[ $output =~ ^[0-9a-f]{8}$ ]]
	run -0 --separate-stderr deed --json show "$output"
	[ "$(get .kind)" = note ]
	[ "$(get .content.text)" = 'remember this' ]
	ledger_is_clean
}

@test "log: prints as JSON what every recording command prints" {
	run -0 --separate-stderr deed --json log -k message -m hi
	for key in order entry commit kind happened recorded; do
		[ "$(get "has(\"$key\")")" = true ]
	done
	[ "$(get .order)" = FO1 ]
	[ "$(get .kind)" = message ]
	[[ $(get .happened) =~ ^[0-9-]{10}T[0-9:]{8}Z$ ]]
	[ "$(get .recorded)" = "$(get .happened)" ]
	[ "$(get .commit)" = "$(git -C "$ledger" rev-parse HEAD)" ]
}

@test "log: -q prints nothing" {
	run -0 --separate-stderr deed -q log -m x
	[ -z "$output$stderr" ]
	run -0 --separate-stderr deed log -q -k message -m x
	[ -z "$output$stderr" ]
}

@test "log: says once that a note stays at home, and which kinds travel" {
	run -0 --separate-stderr deed log -m x
	[[ $stderr == *note*message*-k* ]]
	run -0 --separate-stderr deed log -m x
	[ -z "$stderr" ]
}

@test "log: a message keeps who, where, when and to whom" {
	deed -q log -k message -m 'see you' --from bob --to 'Jane Dev' --channel fiverr \
		--at 2026-11-23T10:15:00Z --url https://example.org/1
	[ "$(content)" = '{"channel":"fiverr","from":"bob","text":"see you","to":"Jane Dev","url":"https://example.org/1"}' ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .happened)" = 2026-11-23T10:15:00Z ]
	[ "$(get .grade)" = platform ]
}

@test "log: a call keeps how long, and that it was outside the platform" {
	deed -q log -k call -m 'talked it over' --with bob --channel zoom --off-platform --duration '45 min'
	[ "$(content)" = '{"channel":"zoom","duration":"45 min","off_platform":true,"text":"talked it over","with":"bob"}' ]
}

@test "log: -F reads a file, - reads standard input" {
	printf 'one\ntwo\n' >text.txt
	deed -q log -F text.txt
	[ "$(content)" = '{"text":"one\ntwo"}' ]
	deed -q log -F - <<<'from stdin'
	[ "$(content)" = '{"text":"from stdin"}' ]
	refused log -F gone.txt
	[[ $stderr == *gone.txt* ]]
	refused log -F .
	refused log -m x -F text.txt
}

@test "log: -m given again adds a paragraph, as in git commit" {
	deed -q log -m one -m 'two words' -m three
	[ "$(content)" = '{"text":"one\n\ntwo words\n\nthree"}' ]
}

@test "log: an empty text is refused" {
	refused log -m ''
	refused log -m $' \n\t '
	refused log -F /dev/null
	refused log -k message -m ''
}

@test "log: a text that is not UTF-8, holds NUL or is longer than 1 MiB is refused" {
	refused log -m $'a\xffb'
	[[ $stderr == *UTF-8* ]]
	printf 'a\0b' >nul.txt
	refused log -F nul.txt
	[[ $stderr == *nul.txt*NUL* ]]
	head -c 1048577 /dev/zero | tr '\0' x >long.txt
	refused log -F long.txt
	head -c 1048576 /dev/zero | tr '\0' x >longest.txt
	deed -q log -F longest.txt
	run -0 --separate-stderr deed show @
	ledger_is_clean
}

@test "log: --attach keeps the bytes of a file, also without a text" {
	head -c 100000 /dev/urandom >shot.png
	run -0 --separate-stderr deed log -k file --attach shot.png --captured 2026-11-20T09:00:00Z
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.files[0] | keys_unsorted | join(" ")')" = 'name sha256 size path' ]
	[ "$(get '.content.files[0].size')" = 100000 ]
	[ "$(get .content.captured)" = 2026-11-20T09:00:00Z ]
	[ "$(get .grade)" = counterpart ]
	cmp shot.png "$ledger/$(get '.content.files[0].path')"
	rm shot.png
	ledger_is_clean
}

@test "log: several files, equal ones kept once" {
	echo a >a.txt
	echo a >b.txt
	deed -q log -k file --attach a.txt --attach b.txt --attach a.txt
	run -0 --separate-stderr deed --json show @
	[ "$(get '[.content.files[].name] | join(" ")')" = 'a.txt b.txt a.txt' ]
	ledger_is_clean
	[ "$(find "$ledger/.git/lfs/objects" -type f | wc -l)" -eq 1 ]
}

@test "log: what is no file cannot be attached, and nothing is recorded" {
	mkfifo pipe
	mkdir folder
	for what in gone folder pipe /dev/null; do
		refused log -k file --attach "$what"
		[[ $stderr == *"$what"* ]]
	done
}

@test "log: a file that changes its name's folder is attached by its last component" {
	mkdir -p sub/dir
	echo a >sub/dir/a.txt
	deed -q -C sub log -k file --attach dir/a.txt
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.files[0].name')" = a.txt ]
}

@test "log: --at takes dates as git's users write them" {
	export DEED_NOW=2026-11-25T12:00:00Z
	for pair in yesterday=2026-11-24T12:00:00Z '3 days ago=2026-11-22T12:00:00Z' 'in 2 hours=2026-11-25T14:00:00Z' \
		'2026-11-20 10:15=2026-11-20T10:15:00Z' '2026-11-20T10:15:00+02:00=2026-11-20T08:15:00Z'; do
		run -0 --separate-stderr deed --json log -k message -m x --at "${pair%%=*}"
		[ "$(get .happened)" = "${pair#*=}" ]
		[ "$(get .recorded)" = "$DEED_NOW" ]
	done
	refused log -m x --at 'some day'
	[[ $stderr == *'--at'* ]]
	refused log -m x --at ''
	refused log -m x --at 2026-02-30
}

@test "log: a bare date is a date in the recorder's zone and is stored with it" {
	TZ=America/New_York deed -q log -k message -m x --at 2026-11-20
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.happened)" = 2026-11-20 ]
	[ "$(get .content.zone)" = -05:00 ]
	[ "$(get .happened)" = 2026-11-20T05:00:00Z ]
}

@test "log: an entry recorded under DEED_NOW carries clock: given, always shown" {
	DEED_NOW=2026-11-25T12:00:00Z deed -q log -k message -m x
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.clock)" = given ]
	run -0 --separate-stderr deed log -k message
	[[ $output == *'clock given'* ]]
	run -0 --separate-stderr deed show @
	[[ $output == *'clock: given'* ]]
	deed -q log -k message -m y
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content | has("clock")')" = false ]
	DEED_NOW=never run -2 --separate-stderr deed log -m x
	said_once
}

@test "log: --set reaches any key, dots reach into maps, numbers and truth values are typed" {
	deed -q log -k terms -m 'a new price' --set price='50 USD' --set revisions=3 --set due=2026-12-24T10:00:00Z
	[ "$(content)" = '{"due":"2026-12-24T10:00:00Z","price":"50 USD","revisions":3,"text":"a new price"}' ]
	deed -q log -k message -m x --set off_platform=true --set party.name=bob --set party.age=33
	[ "$(content)" = '{"off_platform":true,"party":{"age":"33","name":"bob"},"text":"x"}' ]
}

@test "log: --set lists: by commas, or one by one" {
	deed -q log -k terms -m x --set 'excludes=hosting, a logo'
	[ "$(content)" = '{"excludes":["hosting","a logo"],"text":"x"}' ]
	deed -q log -k terms -m x --set 'milestones.0.name=design, first' --set 'milestones.0.amount=100 USD' --set 'milestones.1.name=build'
	[ "$(content)" = '{"milestones":[{"amount":"100 USD","name":"design, first"},{"name":"build"}],"text":"x"}' ]
}

@test "log: --set refuses what deed vouches for itself" {
	for key in deed kind after recorded content nonce by clock grade by.name nonce.x; do
		refused log -k message -m x --set "$key=1"
		[[ $stderr == *"${key%%.*}"* ]]
	done
}

@test "log: --set refuses what is no key or no value of it" {
	refused log -k message -m x --set novalue
	refused log -k message -m x --set =x
	refused log -k message -m x --set 'a key=x'
	refused log -k message -m x --set a..b=x
	refused log -k message -m x --set .a=x
	refused log -k message -m x --set $'a\nb=x'
	refused log -k terms -m x --set revisions=some
	refused log -k terms -m x --set price=cheap
	refused log -k message -m x --set captured=once
	refused log -k message -m x --set off_platform=maybe
	refused log -k message -m x --set "text=$(printf 'a\xff')"
	refused log -k terms -m x --set contract=handshake
	[[ $stderr == *'gig, custom-offer'* ]]
	refused log -k milestone -m x --set label=first
	refused log -k milestone -m x --set label=r3
	refused log -k message -m x --set zone=Berlin
	refused log -k message -m x --set files.0.name=shot.png
	refused log -k terms -m x --set milestones.0.amount=cheap
	refused log -k message -m x --set "$(printf 'k%.0s' {1..2000})=x"
	refused log -k message -m x --set "$(printf 'a.%.0s' {1..100})b=x"
}

@test "log: dots of --set lead into maps and lists, never into a text" {
	for pair in text.a=x revisions.0=3 price.a=x party.0=x excludes.a=x excludes.0.a=x requirements.0=x milestones.a.due=x; do
		refused log -k terms -m x --set "$pair"
	done
	deed -q log -k terms -m x --set party.name=Bob --set excludes.0=fonts --set requirements.0.label=r1 \
		--set 'requirements.0.text=a page' --set milestones.0.label=m1 --set milestones.0.due=2026-12-24
	"$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "log: an unknown key is kept and mentioned" {
	run -0 --separate-stderr deed log -k message -m x --set mood=good
	[[ $stderr == *mood* ]]
	[ "$(content)" = '{"mood":"good","text":"x"}' ]
	run -0 --separate-stderr deed log -k message -m x --duration '5 min'
	[[ $stderr == *duration* ]]
	[ "$(content)" = '{"duration":"5 min","text":"x"}' ]
}

@test "log: -k takes every kind that has no verb of its own" {
	for kind in terms message call note file milestone refund ticket payment handover platform; do
		deed -q log -k "$kind" -m x
		run -0 --separate-stderr deed --json show @
		[ "$(get .kind)" = "$kind" ]
	done
	ledger_is_clean
}

@test "log: -k refuses kinds that have their own verb, and names it" {
	for pair in order=open delivery=deliver submission=submit acceptance=accept completion=complete \
		cancellation=cancel correction=correct recap=recap requirement='scope add' revision=revise; do
		refused log -k "${pair%=*}" -m x
		[[ $stderr == *"deed ${pair#*=}"* ]]
	done
	refused log -k mesage -m x
	[[ $stderr == *'did you mean "message"'* ]]
}

@test "log: labels count up and are printed" {
	run -0 --separate-stderr deed log -k milestone -m 'the design'
	[ "$output" = m1 ]
	run -0 --separate-stderr deed log -k milestone -m 'the build'
	[ "$output" = m2 ]
	run -0 --separate-stderr deed --json show m2
	[ "$(get .content.text)" = 'the build' ]
}

@test "log: shows newest first, one JSON line each, with the keys of the design" {
	deed -q log -k message -m one
	deed -q log -k message -m two
	run -0 --separate-stderr deed --json log
	[ "${#lines[@]}" -eq 3 ]
	[ "$(jq -r '.content.text // .kind' <<<"$output" | xargs)" = 'two one order' ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"${lines[0]}")" = 'order entry kind label recorded happened grade withheld content' ]
	run -0 --separate-stderr deed --json log -r
	[ "$(jq -r '.content.text // .kind' <<<"$output" | xargs)" = 'order one two' ]
}

@test "log: goes by what happened, not by when it was recorded" {
	deed -q log -k message -m late --at 2026-01-01
	run -0 --separate-stderr deed --json log -r
	[ "$(jq -r '.content.text // .kind' <<<"$output" | xargs)" = 'late order' ]
}

@test "log: filters by kind, time, text and number" {
	deed -q log -k message -m 'the Blue one' --at 2026-11-01T10:00:00Z
	deed -q log -k call -m 'a blue call' --at 2026-11-02T10:00:00Z
	deed -q log -k message -m 'red' --at 2026-11-03T10:00:00Z
	run -0 --separate-stderr deed --json log -k message
	[ "${#lines[@]}" -eq 2 ]
	run -0 --separate-stderr deed --json log --grep blue
	[ "${#lines[@]}" -eq 2 ]
	run -0 --separate-stderr deed --json log -n 1 -k message --until 2026-11-30
	[ "$(get .content.text)" = red ]
	run -0 --separate-stderr deed --json log --since 2026-11-02 --until 2026-11-02
	[ "$(get .content.text)" = 'a blue call' ]
	run -0 --separate-stderr deed --json log -n 0
	[ -z "$output" ]
	run -0 --separate-stderr deed --json log --grep nothing-like-that
	[ -z "$output" ]
	run -2 deed log --since someday
	run -2 deed log -k nokind
	refused log -k nokind -m x
	[[ $stderr == *'message, call'* ]]
	run -2 deed log -n x
}

@test "log: what shows and what records do not go together" {
	for words in '--since yesterday' '--until tomorrow' '--grep x' '-n 3' -r; do
		# shellcheck disable=SC2086
		refused log -m x $words
	done
}

@test "log: --grep does not look at nonces, which hold any short word by chance" {
	deed -q log -k message -m 'a cart'
	nonce=$(deed --json show @ | jq -r .content.nonce)
	run -0 --separate-stderr deed --json log --grep "$nonce"
	[ -z "$output" ]
	run -0 --separate-stderr deed --json log --grep CART
	[ "${#lines[@]}" -eq 1 ]
}

@test "log: as a table for people, with the day in local time" {
	deed -q log -k message -m 'hello bob' --from jane --channel fiverr --at 2026-11-01T10:00:00Z
	TZ=Asia/Tokyo run -0 --separate-stderr deed log
	[[ ${lines[0]} == HAPPENED* ]]
	[[ $output == *'2026-11-01 19:00'*message*platform*'hello bob'* ]]
}

@test "log: -z ends every value with NUL" {
	deed -q log -k message -m 'a b'
	deed -z log -n1 | tr '\0' '|' >fields
	[[ $(cat fields) =~ ^[0-9TZ:-]+\|[0-9a-f]{8}\|message\|self\|a\ b\|$ ]]
}

@test "log: records nothing without a text or a file" {
	for words in '--at yesterday' '--set a=b' '-k message --from bob' '--to bob' '--with bob' '--channel zoom' \
		'--url http://x.example' '--duration 5' '--captured yesterday' --off-platform '--cites @'; do
		# shellcheck disable=SC2086
		refused log $words
	done
	before=$(snapshot)
	run -0 deed log
	[ "$before" = "$(snapshot)" ]
}

@test "log: --cites takes an entry, and keeps the full id" {
	run -0 --separate-stderr deed --json log -k message -m 'as agreed' --from bob --channel fiverr
	id=$(get .entry)
	deed -q log -k message -m 'a cart, then' --cites "${id:0:6}"
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.cites[0]')" = "$id" ]
	deed -q log -k message -m 'a cart, then' --set "cites=${id:0:6},@~1"
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.cites | length')" -eq 2 ]
	[ "$(get '.content.cites[0]')" = "$id" ]
	refused log -k message -m x --set cites=zzzz
	refused log -k message -m x --cites "${id:0:6}:12"
	refused log -k message -m x --cites zzzz
	refused log -k message -m x --cites 00000000
}

@test "log: a grade is computed: no typed key makes an entry more than self" {
	deed -q log -k message -m 'love it' --from bob --set cites=@
	deed -q log -k message -m 'love it' --captured 2026-11-20 --set platform=fiverr --set native_id=FO1
	deed -q correct @ --set cites.0=@ --set files.0.name=shot.png --set captured=2026-11-20 -m 'typed'
	run -0 --separate-stderr deed --json log
	[ "$(get .grade | sort -u)" = self ]
	echo picture >shot.png
	deed -q log -k message --attach shot.png --captured 2026-11-20
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = counterpart ]
}

@test "log: a recording command does not wait for a terminal that is not there" {
	run -2 --separate-stderr timeout 5 "$DEED" correct @ --set a=b </dev/null
	said_once
}

@test "log: the state of an order never keeps a fact out" {
	deed -q cancel --by support
	deed -q log -k message -m 'after the end'
	deed -q submit
	deed -q accept
	deed -q cancel --reason again
	ledger_is_clean
}

@test "log: appends only: what was written stays byte for byte" {
	file=$(echo "$ledger"/orders/*/FO1.yaml)
	cp "$file" before
	deed -q log -k message -m x
	deed -q correct @ --set text=y -m 'typo'
	cmp -n "$(stat -c %s before)" before "$file"
	[ "$(tail -c1 "$file")" = '' ]
}

@test "log: an entry is an envelope of five keys in order, a digest, and its content" {
	deed -q log -k message -m 'hello'
	file=$(echo "$ledger"/orders/*/FO1.yaml)
	awk '/^---$/ { n++ } n == 2' "$file" >entry
	[ "$(sed -n '2,6s/:.*//p' entry | xargs)" = 'deed kind after recorded content' ]
	[ "$(sed -n 6p entry)" = "content: \"$(tail -n +7 entry | sha256sum | cut -d' ' -f1)\"" ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .entry)" = "$(sed -n 2,6p entry | sha256sum | cut -d' ' -f1)" ]
	[ "$(sed -n 4p entry)" = "after: [\"$(awk '/^---$/ { n++ } n == 1' "$file" | sed -n 2,6p | sha256sum | cut -d' ' -f1)\"]" ]
	[[ $(sed -n 7p entry) =~ ^nonce:\ \"[0-9a-f]{32}\"$ ]]
	[ "$(sed -n 3p "$file")" = 'kind: order' ]
	[ "$(sed -n 4p "$file")" = 'after: []' ]
}

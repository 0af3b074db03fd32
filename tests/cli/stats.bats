#!/usr/bin/env bats
load ../lib

# ended ID DAY: an order of anna that was cancelled; or completed, with "completed".
ended() {
	DEED_NOW=2026-0$2T10:00:00Z deed -q open "$1" --buyer "${4:-anna}" --platform fiverr --due "2026-0$2"
	if [ "$3" = completed ]; then
		DEED_NOW=2026-0$2T12:00:00Z deed -q -o "$1" submit
		DEED_NOW=2026-0$2T13:00:00Z deed -q -o "$1" accept --kind button
	else
		DEED_NOW=2026-0$2T11:00:00Z deed -q -o "$1" cancel --by "$3" --reason "changed his mind"
		DEED_NOW=2026-0$2T12:00:00Z deed -q -o "$1" cancel --accept
	fi
}

setup() {
	sandbox
	deed -q init
	export DEED_NOW=2026-06-30T00:00:00Z
}

@test "stats: mutual cancellations, their reasons, and what one more would do" {
	for n in 1 2 3 4 5 6 7 8 9; do ended "A$n" "6-0$n" completed; done
	ended B1 6-10 buyer
	run -0 --separate-stderr deed --json stats
	[ "$(get .orders)" = 10 ]
	[ "$(get .rate)" = 90.0 ]
	[ "$(get .rate_after_one_more)" = 81.8 ]
	[ "$(get '.reasons[0].name')" = "changed his mind" ]
	[ "$(get '.initiators[0].name')" = buyer ]
	[ "$(get '.buyers[0].name')" = anna ]
	[ "$(get .on_time.on_time)" = 9 ]
}

@test "stats: a window counts what ended within it" {
	ended A1 1-05 seller
	ended A2 6-20 completed
	run -0 --separate-stderr deed --json stats
	[ "$(get '.windows[]|select(.days==30).rate')" = 100.0 ]
	[ "$(get '.windows[]|select(.days==365).rate')" = 50.0 ]
}

@test "stats: the longest wait of a buyer is from his first word to our next" {
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W1 --buyer anna
	export DEED_ORDER=W1
	deed -q log -k message --from anna -m "hello?" --at 2026-06-02T00:00:00Z
	deed -q log -k message --from anna -m "are you there?" --at 2026-06-03T00:00:00Z
	deed -q log -k message --from me -m "yes" --at 2026-06-04T06:00:00Z
	run -0 --separate-stderr deed --json stats
	[ "$(get .silence.hours)" = 54 ]
}

@test "stats: without orders there is no rate" {
	run -0 --separate-stderr deed --json stats
	[ "$(get .rate)" = null ]
}

@test "stats: buyers have what they completed, too, and revisions are told by order" {
	ended A1 6-01 completed
	ended A2 6-02 buyer
	ended B1 6-03 completed bob
	deed -q -o A1 revise --formal -m 'once more' --at 2026-06-01T11:00:00Z 2>/dev/null
	run -0 --separate-stderr deed --json stats
	[ "$(get '.buyers[] | select(.name == "anna") | "\(.completed) \(.cancelled)"')" = '1 1' ]
	[ "$(get '.buyers[] | select(.name == "bob") | "\(.completed) \(.cancelled)"')" = '1 0' ]
	[ "$(get .revisions.per_order)" = 0.3 ]
	run -0 --separate-stderr deed stats
	[[ $output == *'1 completed, 1 cancelled  anna'*'0.3 an order'* ]]
}

@test "stats: how soon buyers were answered, and who still waits" {
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W1 --buyer anna
	export DEED_ORDER=W1
	say() { deed -q log -k message --from "$1" -m word --at "$2"; }
	say anna 2026-06-02T00:00:00Z
	say me 2026-06-02T02:00:00Z
	say anna 2026-06-03T00:00:00Z
	say me 2026-06-04T00:00:00Z
	say anna 2026-06-05T00:00:00Z
	say me 2026-06-06T00:00:01Z
	say anna 2026-06-29T06:00:00Z
	run -0 --separate-stderr deed --json stats
	[ "$(get '.responses | "\(.answered) \(.within_24h) \(.median_hours) \(.waiting)"')" = '3 2 24 1' ]
	[ "$(get '.silence | "\(.hours) \(.until)"')" = '24 2026-06-06T00:00:01Z' ]
	DEED_NOW=2026-07-01T18:00:00Z run -0 --separate-stderr deed --json stats
	[ "$(get '.silence | "\(.hours) \(.until)"')" = '60 2026-07-01T18:00:00Z' ]
	run -0 --separate-stderr deed stats
	[[ $output == *'3, 2 of them within 24 hours, the middle one after 24 hours; 1 still waits'* ]]
	deed -q cancel --by support
	run -0 --separate-stderr deed --json stats
	[ "$(get .responses.waiting)" -eq 0 ]
}

@test "stats: what was seen on the platform ends an order on the day it was seen" {
	DEED_NOW=2026-01-05T00:00:00Z deed -q open P1 --platform fiverr
	DEED_NOW=2026-01-09T00:00:00Z deed -q -o P1 log -k platform --set state=completed -m seen
	DEED_NOW=2026-06-05T00:00:00Z deed -q open P2 --platform fiverr
	DEED_NOW=2026-06-09T00:00:00Z deed -q -o P2 log -k platform --set state=cancelled -m seen
	DEED_NOW=2026-06-05T00:00:00Z deed -q open P3 --platform upwork
	DEED_NOW=2026-06-09T00:00:00Z deed -q -o P3 log -k platform --set state=completed -m seen
	DEED_NOW=2026-06-10T00:00:00Z deed -q -o P3 log -k platform --set state=proposal -m seen
	run -0 --separate-stderr deed --json stats
	[ "$(get '"\(.completed) \(.cancelled) \(.open)"')" = '1 1 1' ]
	[ "$(get '.windows[] | select(.days == 30) | "\(.completed) \(.cancelled)"')" = '0 1' ]
}

@test "stats: on time is by what was agreed last, to the end of that day where it was written" {
	DEED_NOW=2026-06-01T00:00:00Z TZ=America/New_York deed -q open W1 --due 2026-06-10
	deed -q -o W1 submit --at 2026-06-11T03:59:59Z
	DEED_NOW=2026-06-01T00:00:00Z TZ=America/New_York deed -q open W2 --due 2026-06-10
	deed -q -o W2 submit --at 2026-06-11T04:00:00Z
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W3 --due 2026-06-10
	deed -q -o W3 scope change --class included --days 2 --answer accepted -m 'two days more'
	deed -q -o W3 submit --at 2026-06-12T12:00:00Z
	run -0 --separate-stderr deed --json stats
	[ "$(get '.on_time | "\(.on_time) \(.late)"')" = '2 1' ]
}

@test "stats: an imported chat tells how long the buyer waited, where it is known who is who" {
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W1 --buyer anna
	printf '%s\n' '02/06/2026, 10:00 - anna: hello?' '02/06/2026, 11:00 - anna: are you there?' \
		'03/06/2026, 16:00 - Jane Dev: yes' '05/06/2026, 10:00 - anna: thanks' >'WhatsApp Chat with anna.txt'
	deed -q -o W1 import 'WhatsApp Chat with anna.txt' --tz UTC --date-order dmy
	run -0 --separate-stderr deed --json stats
	[ "$(get '.responses | "\(.answered) \(.median_hours) \(.waiting)"')" = '1 30 1' ]
	run -0 --separate-stderr deed --json -o W1 check --for dispute
	[[ $(get '.findings[] | select(.rule == "unanswered-buyer") | .what') == *'since 2026-06-05T10:00:00Z'*':4)' ]]
	# of two who talk the other is the buyer, whatever he is called there
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W2 --buyer a_nna77
	deed -q -o W2 import 'WhatsApp Chat with anna.txt' --tz UTC --date-order dmy
	run -0 --separate-stderr deed --json stats
	[ "$(get .responses.answered)" -eq 2 ]
	# among strangers nobody knows
	DEED_NOW=2026-06-01T00:00:00Z deed -q open W3 --buyer a_nna77
	sed 's/Jane Dev/Bob/' 'WhatsApp Chat with anna.txt' >'WhatsApp Chat with bob.txt'
	deed -q -o W3 import 'WhatsApp Chat with bob.txt' --tz UTC --date-order dmy
	run -0 --separate-stderr deed --json stats
	[ "$(get .responses.answered)" -eq 2 ]
}

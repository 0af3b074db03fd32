#!/usr/bin/env bats
# deed accept: the buyer's, the clock's or support's acceptance.

load ../lib

setup() {
	project
	order --platform fiverr --requirement 'a cart'
	delivered --covers r1 2>/dev/null
}

state() {
	run -0 --separate-stderr deed --json status
	get .state
}

@test "accept: an explicit one accepts the newest delivery, with the quote" {
	id=$(deed --json show d1 | jq -r .entry)
	run -0 --separate-stderr deed --json accept -m 'looks great' --from bob --channel fiverr
	[ "$(get .kind)" = acceptance ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.delivery)" = "$id" ]
	[ "$(get .content.how)" = explicit ]
	[ "$(get .content.text)" = 'looks great' ]
	[ "$(get .grade)" = self ]
	[ "$(state)" = accepted ]
}

@test "accept: by button or by the clock the order is exposed, and the platform vouches" {
	for how in button auto; do
		deed -q accept --kind "$how"
		run -0 --separate-stderr deed --json show @
		[ "$(get .content.how)" = "$how" ]
		[ "$(get .grade)" = platform ]
		[ "$(state)" = exposed ]
	done
}

@test "accept: the other ways, and no others" {
	for how in review tip use; do
		deed -q accept --kind "$how" -m 'five stars'
		run -0 --separate-stderr deed --json show @
		[ "$(get .content.how)" = "$how" ]
		[ "$(get .grade)" = self ]
	done
	refused accept --kind silence
	[[ $stderr == *'explicit, button, auto, review, tip, use'* ]]
}

@test "accept: is never refused, in no state" {
	deed -q cancel --by support
	deed -q accept -m 'thank you anyway'
	[ "$(state)" = cancelled ]
}

@test "accept: without a delivery it is recorded all the same" {
	deed -q open FO2
	run -0 deed accept -m 'fine'
}

@test "accept: --cites of a captured file makes it the counterpart's word, of a typed one it does not" {
	echo picture >shot.png
	deed -q log -k file --attach shot.png --captured 2026-11-20 -m 'his message'
	deed -q accept --cites @
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = counterpart ]
	deed -q log -k message -m 'love it' --from bob
	deed -q accept --cites @
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = self ]
	refused accept --cites zzzz
}

@test "accept: of what is no delivery is refused" {
	refused accept d2
	refused accept @~2
	refused accept r1
}

#!/usr/bin/env bats
load ../lib

setup() {
	project
	deed -q init
}

step() { get ".steps[]|select(.name==\"$1\").result"; }

@test "weigh: a partial refund, with the platform's limit, fee and dates" {
	deed -q open FO1 --platform fiverr --price "250 USD"
	run -0 --separate-stderr deed --json weigh refund
	[ "$(step "most that can be offered")" = "150.00 USD" ]
	[ "$(step left)" = "100.00 USD" ]
	[ "$(step "you keep")" = "80.00 USD" ]
	[ "$(get '[.inputs[]|select(.source!="the order")|.as_of]|index(null)')" = null ]
	[ "$(get '[.rules[].as_of]|index(null)')" = null ]
}

@test "weigh: a refund over the limit says by how much" {
	deed -q open FO1 --platform fiverr --price "250 USD"
	run -0 --separate-stderr deed --json weigh refund --amount "175.50 USD"
	[ "$(step "over the limit by")" = "25.50 USD" ]
}

@test "weigh: arbitration dearer than the order, and who gets the money if nobody pays" {
	deed -q open UP1 --platform upwork --contract fixed --price "195 USD"
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(step "if you arbitrate and are awarded all")" = "-142.50 USD" ]
	[[ $(get '.rules[].text') = *"neither side pays"* ]]
	run -0 --separate-stderr deed weigh arbitration
	[[ $output = *"as of"* ]]
}

@test "weigh: arbitration says what an unpaid fee does, in money" {
	deed -q open UP1 --platform upwork --contract fixed --price "1000 USD"
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(step "if neither side pays")" = "0.00 USD" ]
	[ "$(step "if the buyer alone pays")" = "0.00 USD" ]
	[ "$(step "if you alone pay")" = "662.50 USD" ]
	[ "$(step "if you pay both fees and are awarded all")" = "325.00 USD" ]
	[ "$(step "a settlement of this much leaves you no worse than an award of all")" = "662.50 USD" ]
}

@test "weigh: at stake is what is funded and not approved yet, else the price" {
	deed -q open UP1 --platform upwork --contract milestone --price "1000 USD" \
		--milestone 'one: 400 USD' --milestone 'two: 600 USD'
	deed -q log -k milestone --set name=m1 --set state=funded -m seen
	deed -q log -k milestone --set name=m1 --set state=approved -m seen
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(get '.inputs[0] | "\(.name): \(.value) \(.source)"')" = "at stake: 1000 USD the order" ]
	deed -q log -k milestone --set name=m2 --set state=funded -m seen
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(get '.inputs[0] | "\(.name): \(.value)"')" = "at stake: 600.00 USD" ]
	[[ $(get '.inputs[0].source') = "your record: funded"* ]]
	run -0 --separate-stderr deed --json weigh arbitration --amount "500 USD"
	[ "$(step "if you alone pay")" = "162.50 USD" ]
}

@test "weigh: a fee that is a share, by who bears it" {
	deed -q open FR1 --platform freelancer --price "60 USD"
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(step fee)" = "5.00 USD" ]
	[ "$(step "if you arbitrate and are awarded all")" = "60.00 USD" ]
	[ "$(step "if you arbitrate and are awarded nothing")" = "-5.00 USD" ]
	deed -q open GU1 --platform guru --price "50 USD"
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(step "if you arbitrate and are awarded all")" = "25.00 USD" ]
	[ "$(step "if you arbitrate and are awarded nothing")" = "0.00 USD" ]
	[ "$(step "if it is split without a ruling")" = "25.00 USD" ]
	deed -q open GU2 --platform guru --price "1000 USD"
	run -0 --separate-stderr deed --json weigh arbitration
	[ "$(step fee)" = "50.00 USD" ]
	[ -z "$(step "if it is split without a ruling")" ]
}

@test "weigh: a cancellation, and what it does to the rates" {
	for id in A1 A2 A3; do
		deed -q open $id --platform fiverr --price "250 USD"
		deed -q -o $id accept --kind button
	done
	deed -q open FO1 --platform fiverr --price "250 USD"
	rate() {
		run -0 --separate-stderr deed --json -o $1 weigh cancel
		get '.steps[] | select(.name == "rate of all orders, in percent") | "\(.before) \(.result)"'
	}
	[ "$(rate FO1)" = "100.0 75.0" ]
	# one that was completed is then no longer
	[ "$(rate A1)" = "100.0 66.6" ]
	deed -q -o FO1 cancel --by support
	[ "$(rate FO1)" = "75.0 75.0" ]
	run -0 --separate-stderr deed weigh cancel -o A1
	[[ $output = *"this one cancelled = 50.0 (now 75.0)"* ]]
}

@test "weigh: where nothing goes in, what comes out is the first line" {
	deed -q open FO1
	run -0 --keep-empty-lines --separate-stderr deed weigh cancel
	[[ ${lines[0]} == 'rate of all orders'* ]]
}

@test "weigh: a rule that does not hold here is marked, with its number and date" {
	deed -q open FO1 --platform fiverr --price "50 USD"
	run -0 --separate-stderr deed --json weigh refund --amount "4.99 USD"
	[ "$(get '[.rules[] | select(.met == false) | .text[0:6]] | join(",")')" = "50 USD,5 USD" ]
	run -0 --separate-stderr deed weigh refund --amount "5 USD"
	[[ $output = *"NOT SO HERE: the order must cost more than: 50 USD"*"as of 2025"* ]]
	[[ $output != *"NOT SO HERE: the least"* ]]
	deed -q open FO2 --platform fiverr --price "50.01 USD"
	run -0 --separate-stderr deed --json weigh refund
	[ "$(get '[.rules[] | select(.met == false)] | length')" = 0 ]
}

@test "weigh: without a known limit a refund is of all, and that is said" {
	deed -q open UP1 --platform upwork --price "195 USD"
	run -0 --separate-stderr deed --json weigh refund
	[ "$(step refund)" = "195.00 USD" ]
	[[ $(get '.rules[].text') = *"180 days"* ]]
}

@test "weigh: what is not known is said, with where to put it" {
	deed -q open D1 --platform contra --price "100 EUR"
	refused weigh arbitration
	[[ $stderr = *deed-platform* ]]
	deed -q open D2 --platform fiverr
	refused weigh refund -o D2
}

@test "weigh: two currencies are never reckoned together" {
	deed -q open FO1 --platform fiverr --price "250 USD"
	refused weigh refund --amount "20 EUR"
}

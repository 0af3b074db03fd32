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

@test "weigh: a cancellation, and what it does to the rates" {
	deed -q open FO1 --platform fiverr --price "250 USD"
	deed -q accept --kind button
	run -0 --separate-stderr deed --json weigh cancel
	[ "$(step "rate of all orders, in percent")" = 50.0 ]
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

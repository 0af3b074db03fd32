#!/usr/bin/env bats
# deed cancel: a cancellation request, and its answer.

load ../lib

setup() {
	project
	order --platform fiverr
}

state() {
	run -0 --separate-stderr deed --json status
	get .state
}

# The pending request, as status shows it, or nothing.
pending() {
	deed --json status | jq -r ".pending // empty | $1"
}

newest() {
	run -0 --separate-stderr deed --json show @
	get "$1"
}

@test "cancel: a request leaves the state and shows beside it" {
	run -0 --separate-stderr deed --json cancel --by buyer --reason 'changed my mind' -m 'his words'
	[ "$(get .kind)" = cancellation ]
	[ "$(newest '.content | [.initiator, .state, .reason, .text] | join("|")')" = 'buyer|requested|changed my mind|his words' ]
	[ "$(state)" = open ]
	[ "$(pending .initiator)" = buyer ]
	run -0 --separate-stderr deed status
	[[ $output == *open*cancel*buyer* ]]
}

@test "cancel: accepted, the order is cancelled" {
	deed -q cancel --by buyer
	request=$(deed --json show @ | jq -r .entry)
	deed -q cancel --accept
	[ "$(newest .content.state)" = accepted ]
	[ "$(newest .content.answers)" = "$request" ]
	[ "$(state)" = cancelled ]
	[ -z "$(pending .)" ]
}

@test "cancel: declined, the order goes on" {
	deed -q cancel --by buyer
	deed -q cancel --decline -m 'the work is done'
	[ "$(newest .content.state)" = declined ]
	[ "$(state)" = open ]
	[ -z "$(pending .)" ]
}

@test "cancel: support decides without anybody's answer" {
	deed -q cancel --by support --reason 'payment failed'
	[ "$(state)" = cancelled ]
}

@test "cancel: support declining a request cancels nothing" {
	deed -q cancel --by buyer
	deed -q cancel --by support --decline
	[ "$(state)" = open ]
	[ -z "$(pending .)" ]
}

@test "cancel: an answer means the newest open request" {
	deed -q cancel --by buyer --reason one
	deed -q cancel --decline
	deed -q cancel --by buyer --reason two
	request=$(deed --json show @ | jq -r .entry)
	deed -q cancel --accept
	[ "$(newest .content.answers)" = "$request" ]
}

@test "cancel: an older request is still open when the newer one is answered" {
	deed -q cancel --by buyer --reason one
	first=$(deed --json show @ | jq -r .entry)
	deed -q cancel --by seller --reason two
	deed -q cancel --decline
	[ "$(state)" = open ]
	[ "$(pending .entry)" = "$first" ]
	deed -q cancel --accept
	[ "$(newest .content.answers)" = "$first" ]
	[ "$(state)" = cancelled ]
}

@test "cancel: withdrawn, nothing is pending" {
	deed -q cancel --by buyer
	deed -q cancel --withdraw
	[ "$(state)" = open ]
	[ -z "$(pending .)" ]
}

@test "cancel: accept, decline and withdraw exclude each other" {
	refused cancel --accept --decline
	refused cancel --decline --withdraw
	refused cancel --by nobody
	[[ $stderr == *'buyer, seller, support'* ]]
}

@test "cancel: the platform is where a judge finds it" {
	deed -q cancel --by buyer
	[ "$(newest .grade)" = platform ]
}

@test "cancel: an answer to a request that is not recorded says whose it was" {
	run -0 --separate-stderr deed --json cancel --decline -m 'it was delivered'
	[[ $stderr == *'no request is open'* ]]
	[ "$(newest '.content | [.initiator, .state, .answers] | join(",")')" = buyer,declined, ]
	deed -q cancel --withdraw
	[ "$(newest .content.initiator)" = seller ]
	deed -q cancel --accept --by support
	[ "$(newest .content.initiator)" = support ]
	"$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "cancel: is never refused, in no state" {
	deed -q cancel --by support
	deed -q cancel --by buyer --reason 'once more'
	deed -q cancel --accept
	deed -q cancel --accept
	ledger_is_clean
}

@test "cancel: an answer to no request is recorded, and that is said" {
	run -0 --separate-stderr deed cancel --accept
	[[ $stderr == *'no open request is recorded'* ]]
	[ "$(state)" = cancelled ]
	deed -q open FO2 --platform fiverr
	deed -q cancel --by buyer
	run -0 --separate-stderr deed cancel --decline
	[ -z "$stderr" ]
}

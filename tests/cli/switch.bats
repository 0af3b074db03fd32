#!/usr/bin/env bats
# deed switch: choose this project's current order.

load ../lib

setup() {
	project
	order
	deed -q open FO2
}

@test "switch: makes an order current in the project's config and prints it" {
	run -0 --separate-stderr deed switch FO1
	[ "$output" = FO1 ]
	[ "$(git config --local deed.order)" = FO1 ]
	run -0 --separate-stderr deed --json status
	[ "$(get .order)" = FO1 ]
	run -0 --separate-stderr deed --json switch FO2
	[ "$(get .order)" = FO2 ]
}

@test "switch: records nothing" {
	before=$(snapshot)
	deed -q switch FO1
	[ "$before" = "$(snapshot)" ]
}

@test "switch: each project has its own current order" {
	git_project "$BATS_TEST_TMPDIR/second"
	cd "$BATS_TEST_TMPDIR/second"
	deed -q init
	deed -q switch FO1
	cd "$BATS_TEST_TMPDIR/work"
	run -0 --separate-stderr deed --json status
	[ "$(get .order)" = FO2 ]
}

@test "switch: an unknown order is refused with the nearest name, the choice stays" {
	refused switch FO3
	[[ $stderr == *'did you mean FO'* ]]
	refused switch zzzzzzzz
	[[ $stderr == *'deed list'* ]]
	[ "$(git config --local deed.order)" = FO2 ]
	refused switch ../x
	refused switch
}

@test "switch: -o and DEED_ORDER go before the current order" {
	run -0 --separate-stderr deed --json -o FO1 status
	[ "$(get .order)" = FO1 ]
	run -0 --separate-stderr deed --json status -o FO1
	[ "$(get .order)" = FO1 ]
	DEED_ORDER=FO1 run -0 --separate-stderr deed --json status
	[ "$(get .order)" = FO1 ]
	DEED_ORDER=FO1 run -0 --separate-stderr deed --json status -o FO2
	[ "$(get .order)" = FO2 ]
}

@test "switch: without a choice and a terminal a recording command is refused" {
	git config --unset deed.order
	refused log -m x
	[[ $stderr == *'-o ORDER'* ]]
	[[ $stderr == *'deed switch'* ]]
}

@test "switch: for reading the only active order will do" {
	git config --unset deed.order
	run -2 --separate-stderr deed status
	said_once
	[[ $stderr == *FO1*FO2* || $stderr == *FO2*FO1* ]]
	[[ $stderr == *'-o'* ]]
	deed -q -o FO2 cancel --by support
	run -0 --separate-stderr deed --json status
	[ "$(get .order)" = FO1 ]
}

@test "switch: a current order that is gone says so" {
	git config deed.order GONE
	run -2 --separate-stderr deed status
	said_once
	[[ $stderr == *GONE* ]]
}

@test "switch: one order more than a command takes is an error" {
	refused -o FO1 -o FO2 log -m x
	run -0 --separate-stderr deed --json -o FO1 -o FO2 status
	[ "$(jq -r .order <<<"$output" | xargs)" = 'FO1 FO2' ]
}

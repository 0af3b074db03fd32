#!/usr/bin/env bats
# deed alone: where you stand, and the next sensible step.

load ../lib

@test "deed alone: without a ledger it says what deed is for, and how to begin" {
	sandbox
	run -0 --separate-stderr deed
	[[ $output == *"deed init"* ]]
	[[ $output == *"deed help"* ]]
	run -0 --separate-stderr deed --json
	[ "$output" = '{"ledger":null}' ]
	[ ! -e "$HOME/.local" ]
}

@test "deed alone: with an order it says where that stands, and what is next" {
	project
	order
	run -0 --separate-stderr deed
	[[ $output == FO1*open* ]]
	[[ $output == *"next: deed draft confirm"*"deed deliver"* ]]
	run -0 --separate-stderr deed --json
	[ "$(get .order)" = FO1 ]
}

@test "deed alone: where several orders could be meant it lists them, and says how to choose" {
	project
	order
	deed -q open X2
	git config --unset deed.order
	run -0 --separate-stderr deed
	[[ $output == *FO1*X2* ]]
	[[ $stderr == *"deed switch ORDER"* ]]
}

@test "deed alone: in a ledger without orders it says once how to start one" {
	project
	deed -q init
	run -0 --separate-stderr deed
	[ -z "$output" ]
	[ "$stderr" = 'deed: there are no orders yet; start one: deed open ORDER' ]
	run -2 --separate-stderr deed status
	[[ $stderr == *'hint: start one: deed open ORDER' ]]
}

@test "deed alone: where all orders are over it lists them, and says how to start one" {
	project
	order
	deed -q cancel --by support --reason fraud
	git config --unset deed.order
	run -0 --separate-stderr deed
	[[ $output == *FO1*cancelled* ]]
	[ "$stderr" = "deed: start one: deed open ORDER; or name one of 'deed list': -o ORDER" ]
}

@test "deed alone: a ledger that was named and is not there is an error" {
	sandbox
	run -2 --separate-stderr deed --ledger nowhere
	[[ $stderr == *"is not a ledger"* ]]
}

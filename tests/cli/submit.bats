#!/usr/bin/env bats
# deed submit: record that a delivery was handed in with the platform's button.

load ../lib

setup() {
	project
	order --platform fiverr
}

@test "submit: means the newest delivery, and moves the state" {
	delivered 2>/dev/null
	id=$(deed --json show d1 | jq -r .entry)
	run -0 --separate-stderr deed --json submit --at 2026-11-21T22:55:27Z
	[ "$(get .kind)" = submission ]
	[ "$(get .happened)" = 2026-11-21T22:55:27Z ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.delivery)" = "$id" ]
	[ "$(get .grade)" = platform ]
	ledger_is_clean
}

@test "submit: the state is submitted" {
	delivered 2>/dev/null
	run -0 --separate-stderr deed --json status
	[ "$(get .state)" = delivered ]
	deed -q submit
	run -0 --separate-stderr deed --json status
	[ "$(get .state)" = submitted ]
}

@test "submit: a label means that delivery" {
	delivered 2>/dev/null
	echo more >more.txt
	git add more.txt
	git commit -qm more
	delivered 2>/dev/null
	id=$(deed --json show d1 | jq -r .entry)
	deed -q submit d1
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.delivery)" = "$id" ]
	deed -q submit
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.delivery)" = "$(deed --json show d2 | jq -r .entry)" ]
}

@test "submit: what is no delivery is refused" {
	refused submit d1
	refused submit @
	[[ $stderr == *"is an order, not a delivery"* ]]
	refused submit zzzz
	delivered
	refused submit d1:1
	[[ $stderr == *'"d1:1" is a line of a delivery, not a delivery'* ]]
	refused submit d1:0
}

@test "submit: a fact is never refused: without a delivery it is recorded all the same" {
	run -0 --separate-stderr deed submit -m 'handed in by hand'
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content | has("delivery")')" = false ]
}

@test "submit: --proof keeps a picture of it" {
	echo png >proof.png
	delivered 2>/dev/null
	deed -q submit --proof proof.png --attach main.c
	run -0 --separate-stderr deed --json show @
	[ "$(get '[.content.files[].name] | sort | join(" ")')" = 'main.c proof.png' ]
	ledger_is_clean
	refused submit --proof gone.png
}

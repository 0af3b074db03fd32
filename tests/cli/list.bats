#!/usr/bin/env bats
# deed list: the orders.

load ../lib

setup() {
	project
	deed -q init
}

@test "list: no orders, no lines, and that is no error" {
	run -0 --separate-stderr deed list
	[ -z "$output" ]
	run -0 --separate-stderr deed --json list
	[ -z "$output" ]
}

@test "list: one JSON object a line, with the keys of the design" {
	deed -q open FO1 --platform fiverr --buyer bob --title 'A shop' --due 2026-12-24T10:00:00Z
	deed -q open FO2
	run -0 --separate-stderr deed --json list
	[ "${#lines[@]}" -eq 2 ]
	for line in "${lines[@]}"; do
		[ "$(jq -r 'keys_unsorted | sort | join(" ")' <<<"$line")" = 'buyer due order platform state title' ]
	done
	[ "$(jq -c 'select(.order == "FO1") | [.platform, .buyer, .title, .state, .due]' <<<"$output")" = \
		'["fiverr","bob","A shop","open","2026-12-24T10:00:00Z"]' ]
	[ "$(jq -c 'select(.order == "FO2") | [.platform, .buyer, .title, .state, .due]' <<<"$output")" = \
		'[null,null,null,"open",null]' ]
}

@test "list: newest month first" {
	DEED_NOW=2026-01-05T00:00:00Z deed -q open OLD
	DEED_NOW=2026-11-05T00:00:00Z deed -q open NEW
	DEED_NOW=2026-05-05T00:00:00Z deed -q open MID
	run -0 --separate-stderr deed --json list
	[ "$(jq -r .order <<<"$output" | xargs)" = 'NEW MID OLD' ]
}

@test "list: -o chooses which, and one that is not there is not found" {
	for id in FO1 FO2 FO3; do
		deed -q open $id
	done
	run -0 --separate-stderr deed --json -o FO3 list -o FO1
	[ "$(jq -r .order <<<"$output" | sort | xargs)" = 'FO1 FO3' ]
	DEED_ORDER=FO1 run -0 --separate-stderr deed --json list
	[ "${#lines[@]}" -eq 3 ]
	refused list -o FO1 -o FO4
	[[ $stderr == *'there is no order FO4'* ]]
}

@test "list: by state and by platform" {
	deed -q open FO1 --platform fiverr
	deed -q open UP1 --platform upwork
	deed -q -o FO1 cancel --by support
	run -0 --separate-stderr deed --json list --state cancelled
	[ "$(jq -r .order <<<"$output")" = FO1 ]
	run -0 --separate-stderr deed --json list --platform upwork
	[ "$(jq -r .order <<<"$output")" = UP1 ]
	run -0 --separate-stderr deed --json list --state disputed
	[ -z "$output" ]
	run -2 --separate-stderr deed list --state asleep
	said_once
}

@test "list: follows corrections and changed terms" {
	deed -q open FO1 --title one
	deed -q log -k terms -m 'as agreed today' --set title=two
	run -0 --separate-stderr deed --json list
	[ "$(get .title)" = two ]
	deed -q correct @ --set title=three -m typo
	run -0 --separate-stderr deed --json list
	[ "$(get .title)" = three ]
}

@test "list: as a table, and as fields" {
	deed -q open FO1 --title 'A shop' --buyer bob
	run -0 --separate-stderr deed list
	[[ ${lines[0]} == ORDER* ]]
	[[ ${lines[1]} == FO1*open*bob*'A shop'* ]]
	deed -z list | tr '\0' '|' >fields
	[ "$(cat fields)" = 'FO1|open|||bob|A shop|' ]
}

@test "list: what is no order among the files is passed over" {
	deed -q open FO1
	month=$(echo "$ledger"/orders/*)
	touch "$month/README" "$month/.FO1.yaml.swp" "$ledger/orders/notes.txt"
	mkdir "$ledger/orders/later"
	run -0 --separate-stderr deed --json list
	[ "$(get .order)" = FO1 ]
}

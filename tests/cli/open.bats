#!/usr/bin/env bats
# deed open: start an order, freeze its terms, make it current.

load ../lib

setup() {
	project
	deed -q init
}

@test "open: prints the id and makes the order current" {
	run -0 --separate-stderr deed open FO8154C2A7
	[ "$output" = FO8154C2A7 ]
	[ "$(git config --local deed.order)" = FO8154C2A7 ]
	run -0 --separate-stderr deed --json status
	[ "$(get .order)" = FO8154C2A7 ]
	ledger_is_clean
}

@test "open: nothing is put into the project's tree" {
	deed -q open FO1
	[ -z "$(git status --porcelain --ignored)" ]
}

@test "open: prints what every recording command prints, as JSON" {
	run -0 --separate-stderr deed --json open FO1
	for key in order entry commit kind happened recorded; do
		[ "$(get "has(\"$key\")")" = true ]
	done
	[ "$(get .order)" = FO1 ]
	[ "$(get .kind)" = order ]
	[ "$(get .commit)" = "$(git -C "$ledger" rev-parse HEAD)" ]
	[[ $(get .entry) =~ ^[0-9a-f]{64}$ ]]
}

@test "open: lies in the folder of the month it was recorded in, in UTC" {
	TZ=Pacific/Auckland DEED_NOW=2026-10-31T23:30:00Z deed -q open FO1 --at 2025-01-01
	[ -f "$ledger/orders/2026-10/FO1.yaml" ]
}

@test "open: keeps every term it was given" {
	deed -q open FO1 --platform fiverr --contract gig --buyer bob \
		--title 'A shop' --price '250 USD' --due 2026-12-24 --revisions 3 \
		--requirement 'a cart' --requirement 'a checkout' --exclude hosting \
		--exclude 'a logo' --url https://example.org/FO1 \
		--party-name 'Bob Buyer' --party-address '1 High St'
	run -0 --separate-stderr deed --json show @
	diff <(get '.content | del(.nonce, .happened, .by)' | jq -S .) <(jq -S . <<-'END'
		{"id": "FO1", "platform": "fiverr", "native_id": "FO1", "contract": "gig",
		 "buyer": "bob", "title": "A shop", "price": "250 USD",
		 "due": "2026-12-24", "zone": "Z", "revisions": 3,
		 "requirements": [{"label": "r1", "text": "a cart"},
		                  {"label": "r2", "text": "a checkout"}],
		 "excludes": ["hosting", "a logo"], "url": "https://example.org/FO1",
		 "party": {"name": "Bob Buyer", "address": "1 High St"}}
	END
	)
}

@test "open: a platform is known by its name as people write it, and so is a channel" {
	n=0
	for name in Fiverr FIVERR.com fiverr; do
		n=$((n + 1))
		deed -q open "F$n" --platform "$name"
		run -0 --separate-stderr deed --json show @
		[ "$(get .content.platform)" = fiverr ]
		deed -q log -k message --channel "$name" -m hi
		run -0 --separate-stderr deed --json show @
		[ "$(get '.grade + " " + .content.channel')" = "platform $name" ]
	done
	deed -q log -k message --channel Fiverr --off-platform -m hi
	run -0 --separate-stderr deed --json show @
	[ "$(get .grade)" = self ]
	deed -q open X1 --platform 'My Market'
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.platform)" = 'My Market' ]
}

@test "open: milestones have a label, a name, an amount and perhaps a date" {
	deed -q open FO1 --milestone 'design: 100 USD @ 2026-12-01' --milestone 'a: b: 50.50 EUR'
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.milestones[0] | [.label, .name, .amount, .due] | join("|")')" = 'm1|design|100 USD|2026-12-01' ]
}

@test "open: a milestone without an amount, or with a bad one, is refused" {
	refused open FO1 --milestone 'design'
	refused open FO1 --milestone 'design: lots'
	refused open FO1 --milestone 'design: 100 USD @ someday'
	[[ $stderr == *someday* ]]
}

@test "open: freezes the files of the terms as they stand" {
	echo 'the terms of today' >terms.txt
	deed -q open FO1 --terms terms.txt
	echo 'the terms of tomorrow' >terms.txt
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content.terms[0].name')" = terms.txt ]
	[ "$(cat "$ledger/$(get '.content.terms[0].path')")" = 'the terms of today' ]
	[ "$(get '.content.terms[0].sha256')" = "$(echo 'the terms of today' | sha256sum | cut -d' ' -f1)" ]
	ledger_is_clean
}

@test "open: the same file of terms twice is kept once" {
	echo terms >terms.txt
	deed -q open FO1 --terms terms.txt --terms terms.txt --attach terms.txt
	ledger_is_clean
	[ "$(find "$ledger/archives" -type f | wc -l)" -eq 1 ]
}

@test "open: a file of terms that is missing is named, and nothing is opened" {
	refused open FO1 --terms gone.txt
	[[ $stderr == *gone.txt* ]]
	[ -z "$(git config --local deed.order)" ]
}

@test "open: an id that exists is refused, in any case and in any month" {
	DEED_NOW=2026-01-05T00:00:00Z deed -q open FO1
	refused open FO1
	[[ $stderr == *'deed switch FO1'* ]]
	refused open fo1
}

@test "open: ids are letters, digits, dot, dash and underscore, up to 64" {
	deed -q open "$(printf 'A%.0s' {1..64})"
	deed -q open 7.x_y-z
	refused open "$(printf 'A%.0s' {1..65})"
	refused open 'a b'
	refused open ../x
	refused open .x
	refused open _x
	refused open x.
	refused open ''
	refused open 'é'
	refused open -- -x
}

@test "open: no name of a Windows device is an id" {
	for id in con CON nul aux.txt com1 LPT9 PRN.a; do
		refused open "$id"
	done
	deed -q open com0
	deed -q open console
}

@test "open: values are held to their rules" {
	refused open FO1 --price 'a lot'
	refused open FO1 --price '250'
	refused open FO1 --due someday
	refused open FO1 --revisions many
	refused open FO1 --revisions -1
	refused open FO1 --contract handshake
	[[ $stderr == *'gig, custom-offer, fixed, hourly, milestone, direct'* ]]
	refused open FO1 --requirement ' '
	refused open FO1 --exclude ''
	refused open FO1 --milestone ': 5 USD'
	refused open FO1 --set contract=handshake
	refused open FO1 --set id=FO2
}

@test "open: the id is missing" {
	refused open
	[[ $stderr == *id* ]]
}

@test "open: --at opens what began in the past, visibly late" {
	deed -q open FO1 --at '2026-01-02T10:00:00Z'
	run -0 --separate-stderr deed --json show @
	[ "$(get .happened)" = 2026-01-02T10:00:00Z ]
	[[ $(get .recorded) > 2026-01-03 ]]
}

@test "open: --set reaches keys that no option has" {
	deed -q open FO1 --platform upwork --set native_id=~0123abc --set party.email=b@example.org
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.native_id)" = '~0123abc' ]
	[ "$(get .content.party.email)" = b@example.org ]
}

@test "open: -q prints nothing" {
	run -0 --separate-stderr deed -q open FO1
	[ -z "$output$stderr" ]
}

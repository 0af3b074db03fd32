#!/usr/bin/env bats
# deed status: where an order stands, and what is next.

load ../lib

setup() {
	project
}

state() {
	deed --json status | jq -r .state
}

@test "status: has the keys of the design" {
	order --revisions 3 --due 2026-12-24T10:00:00Z
	run -0 --separate-stderr deed --json status
	for key in order state native_state due revisions clocks next; do
		[ "$(get "has(\"$key\")")" = true ]
	done
	[ "$(get .order)" = FO1 ]
	[ "$(get .due)" = 2026-12-24T10:00:00Z ]
	[ "$(get '.revisions | tojson')" = '{"used":0,"allowed":3}' ]
	[ "$(get '.clocks | type')" = array ]
	[ "$(get '.next | type')" = array ]
}

@test "status: what is not recorded is null" {
	order
	run -0 --separate-stderr deed --json status
	[ "$(get .due)" = null ]
	[ "$(get .revisions.allowed)" = null ]
	[ "$(get .native_state)" = null ]
}

@test "status: goes through the states of the design" {
	order --platform direct
	[ "$(state)" = open ]
	delivered 2>/dev/null
	[ "$(state)" = delivered ]
	deed -q submit
	[ "$(state)" = submitted ]
	deed -q revise -m 'bluer' 2>/dev/null
	[ "$(state)" = revision ]
	deed -q accept
	[ "$(state)" = accepted ]
	deed -q accept --kind button
	[ "$(state)" = exposed ]
	deed -q dispute open --claim quality -m 'too blue'
	[ "$(state)" = disputed ]
	deed -q dispute close
	[ "$(state)" = exposed ]
	deed -q cancel --by support
	[ "$(state)" = cancelled ]
}

@test "status: the platform's word that it is completed makes it exposed" {
	order --platform fiverr
	deed -q log -k platform -m 'the page says so' --set state=completed
	[ "$(state)" = exposed ]
}

@test "status: goes by what happened, whenever it was recorded" {
	order --at 2026-01-01T00:00:00Z
	deed -q accept --at 2026-01-03T00:00:00Z
	deed -q submit --at 2026-01-02T00:00:00Z
	[ "$(state)" = accepted ]
}

@test "status: a bare date that is due counts from its start, where it was written" {
	TZ=America/New_York order --due 2026-12-24
	for zone in UTC Asia/Tokyo America/New_York; do
		TZ=$zone run -0 --separate-stderr deed --json status
		[ "$(get .due)" = 2026-12-24T05:00:00Z ]
		TZ=$zone run -0 --separate-stderr deed --json list
		[ "$(get .due)" = 2026-12-24T05:00:00Z ]
	done
}

@test "status: only formal revisions count against the quota" {
	order --revisions 2
	deed -q revise -m 'a bug' 2>/dev/null
	deed -q revise --formal -m 'another colour' 2>/dev/null
	run -0 --separate-stderr deed --json status
	[ "$(get '.revisions | tojson')" = '{"used":1,"allowed":2}' ]
}

@test "status: next names commands that exist" {
	order --platform fiverr --requirement 'a cart'
	for step in true 'delivered' 'deed -q submit' 'deed -q cancel --by buyer' 'deed -q dispute open --claim quality'; do
		$step 2>/dev/null
		run -0 --separate-stderr deed --json status
		get '.next[]' >next
		[ "$(sort next | uniq -d)" = '' ]
		while read -r _ command _; do
			deed help "$command" >/dev/null
		done <next
		run ! grep -v '^deed ' next
	done
}

# what is next, one command a line
next_of() {
	run -0 --separate-stderr deed --json status "$@"
	get '.next[]'
}

@test "status: next follows one's own clocks, by what the platform wants" {
	order --platform fiverr
	delivered 2>/dev/null
	deed -q submit
	deed -q cancel --by buyer
	[ "$(next_of FO1 | head -n 3)" = 'deed draft decline
deed cancel --decline
deed draft ticket' ]
	# on Upwork a word is not enough: only a dispute keeps the money
	deed -q open UP1 --platform upwork --contract fixed
	deed -q cancel --by buyer
	next_of UP1 >next
	grep -qx 'deed weigh arbitration' next
	grep -qx 'deed dispute open --by seller' next
	run ! grep -q 'deed cancel' next
	run -0 --separate-stderr deed --json check --for dispute
	[ "$(get '.findings[] | select(.rule == "unanswered-buyer") | .fix')" = 'deed dispute open --by seller' ]
}

@test "status: next records what ran out" {
	export DEED_NOW=2026-11-01T10:00:00Z
	order --platform fiverr
	delivered 2>/dev/null
	deed -q submit
	DEED_NOW=2026-11-04T10:00:01Z
	[ "$(next_of | head -n 1)" = 'deed accept --kind auto' ]
	deed -q accept --kind auto
	run -0 --separate-stderr deed --json status
	[ "$(get .state)" = exposed ]
	[ "$(get .lapsed)" = null ]
}

@test "status: next after support cancelled what was delivered is a word to support" {
	order --platform fiverr
	delivered 2>/dev/null
	deed -q cancel --by support --reason 'nothing was delivered'
	[ "$(next_of)" = 'deed draft ticket
deed check --for dispute
deed dispute pack --for fiverr' ]
	# one's own cancellation needs no such word
	deed -q open FO2 --platform fiverr
	deed -q deliver -m 'the first version, ready to run' 2>/dev/null
	deed -q cancel --by seller
	deed -q cancel --accept
	[ -z "$(next_of FO2)" ]
}

@test "status: for people, on a few lines" {
	order --platform fiverr --buyer bob --title 'A shop' --price '250 USD' --due 2026-12-24
	run -0 --separate-stderr deed status
	[[ ${lines[0]} == 'FO1  open'* ]]
	for word in 'A shop' bob fiverr '250 USD' 2026-12-24 'next: deed'; do
		[[ $output == *"$word"* ]]
	done
}

@test "status: an order as a word, or as -o" {
	order
	deed -q open FO2
	run -0 --separate-stderr deed --json status FO1
	[ "$(get .order)" = FO1 ]
	run -0 --separate-stderr deed -o FO1 --json status
	[ "$(get .order)" = FO1 ]
	run -2 --separate-stderr deed status FO3
	said_once
}

@test "status: writes nothing" {
	order
	chmod -R a-w "$ledger/orders"
	before=$(snapshot)
	run -0 deed status
	run -0 deed list
	run -0 deed log
	run -0 deed show @
	run deed check
	[ "$before" = "$(snapshot)" ]
	chmod -R u+w "$ledger/orders"
}

@test "status: an order opened twice says so until one is voided" {
	order --title one
	python3 - "$ledger"/orders/*/FO1.yaml <<-'END'
		import hashlib, sys
		body = 'nonce: "%s"\nhappened: "2026-11-22T00:00:00Z"\nby: x\nid: FO1\ntitle: two\n' % ('1' * 32)
		env = ('deed: 1\nkind: order\nafter: []\nrecorded: "2030-01-01T00:00:00Z"\ncontent: "%s"\n'
		       % hashlib.sha256(body.encode()).hexdigest())
		open(sys.argv[1], "a").write("---\n" + env + body)
		open("second", "w").write(hashlib.sha256(env.encode()).hexdigest())
	END
	git -C "$ledger" commit -qam 'opened twice'
	run -0 --separate-stderr deed status
	[[ $output == *'opened twice'* ]]
	# the first in stream order sets the terms, the other changes them
	deed -q correct "$(cat second)" --void -m 'the same order'
	run -0 --separate-stderr deed status
	[[ $output != *'opened twice'* ]]
	[[ $output == *one* ]]
	ledger_is_clean
}

@test "status: a state that the platform does not know is kept, and doubted" {
	order --platform upwork --contract fixed
	deed -q submit
	run -0 --separate-stderr deed log -k platform --set state=change_requested -m seen
	[[ $stderr == *'Upwork knows no state "change_requested"; did you mean "changes_requested"?'* ]]
	[ "$(state)" = submitted ]
	run -0 --separate-stderr deed log -k platform --set state=changes_requested -m seen
	[ -z "$stderr" ]
	[ "$(state)" = revision ]
	run -0 --separate-stderr deed log -k milestone --set name=x --set state=fundid -m seen
	[[ $stderr == *'did you mean "funded"?'* ]]
	run -0 --separate-stderr deed log -k handover --set item=credentials -m 'password: hunter2'
	[[ $stderr == *'tells the secret itself'* ]]
	ledger_is_clean
}

@test "status: of a direct client the words of the bank count" {
	order --platform direct --contract direct
	deed -q log -k platform --set state=needs_response -m 'the bank asks'
	[ "$(state)" = disputed ]
	run -0 --separate-stderr deed status
	[[ ${lines[0]} == *'Needs response'* ]]
	deed -q log -k platform --set state=won -m 'the bank decided'
	[ "$(state)" = exposed ]
}

@test "status: a new order begins with a message that repeats what was agreed" {
	order --platform fiverr --buyer bob --requirement 'a cart'
	[ "$(next_of | head -n 1)" = 'deed draft confirm' ]
	deed -q log -k message --from me --channel fiverr -m 'this is what I will do'
	[ "$(next_of | grep -c confirm || :)" -eq 0 ]
}

@test "status: what was handed over stays on the list" {
	order --platform fiverr
	deed -q log -k handover --set item=source --set to=bob -m 'the repository'
	deed -q log -k handover --set item=domain --set to=bob -m 'example.org'
	run -0 --separate-stderr deed --json status
	[ "$(get '[.handover[] | "\(.item) \(.to)"] | join(", ")')" = 'source bob, domain bob' ]
	run -0 --separate-stderr deed status
	[[ $output == *'handed over source, domain'* ]]
}

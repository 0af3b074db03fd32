#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Upwork, fixed price.  Three versions, five days of silence, the contract
# ended, 195 USD in escrow, and arbitration dearer than the order: what the
# clocks say at each step, what each way out comes to, and one submission only.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export HOME=$PWD/home TZ=America/New_York LC_ALL=C.UTF-8
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER DEED_NOW DEED_SHARE
	mkdir home project upload
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	cd project || return
	git init -q
	echo 'one' >app.py
	git add -A
	git commit -qm "a first version"
}

setup() {
	cd "$BATS_FILE_TMPDIR/project" || return
	load ../lib
}

# on TIME WORD...
on() {
	local DEED_NOW=$1

	shift
	export DEED_NOW
	"$DEED" "$@"
}

# The clock of this name in the JSON lines of $output.
clock() {
	jq -e "select(.name == \"$1\")" <<<"$output"
}

@test "story 5: the contract is recorded; silence would make it dormant" {
	on 2026-10-19T13:00:00Z -q init
	on 2026-10-19T13:05:00Z -q open UP38120044 --platform upwork \
		--contract fixed --buyer marc --title "Scraper" \
		--price '195 USD' --due 2026-10-30T16:00:00Z \
		--requirement 'reads the catalogue' --requirement 'writes CSV'
	run -0 --separate-stderr on 2026-10-19T14:00:00Z --json due --within 2w
	[ "$(clock delivery | jq -r '.who + " " + .earliest')" = 'seller 2026-10-30T16:00:00Z' ]
}

@test "story 5: each version that is submitted gives the client fourteen days" {
	local day=22 version

	for version in one two three; do
		echo $version >app.py
		git commit -qam "version $version" --allow-empty
		on 2026-10-${day}T15:00:00Z -q deliver -O ../upload --covers r1,r2 \
			-m "Version $version of the scraper, ready to run" 2>/dev/null
		on 2026-10-${day}T15:10:00Z -q submit
		run -0 --separate-stderr on 2026-10-${day}T15:10:01Z --json due
		# across the end of summer time: fourteen days are fourteen times 24 hours
		[ "$(clock auto-release | jq -r .earliest)" = "$(TZ=UTC date -d "2026-10-$day 15:10 UTC +14 days" +%FT%TZ)" ]
		[[ $(clock auto-release | jq -r .if_missed) == *'funded in escrow'* ]]
		[ "$version" = three ] ||
			on 2026-10-${day}T20:00:00Z -q revise --formal -m "please change this" \
				--fix "it fails on page 2"
		day=$((day + 2))
	done
	run -0 --separate-stderr on 2026-10-27T00:00:00Z --json status
	[ "$(get .state)" = submitted ]
	[ "$(get .native_state)" = submitted ]
}

@test "story 5: a request for changes had stopped the client's time" {
	run -0 --separate-stderr on 2026-10-27T00:00:00Z --json due
	# of three submissions only the last one counts
	[ "$(jq -s '[.[] | select(.name == "auto-release")] | length' <<<"$output")" -eq 1 ]
	[ "$(clock auto-release | jq -r .earliest)" = 2026-11-09T15:10:00Z ]
}

@test "story 5: five days of silence, and the money is still some days away" {
	run -0 --separate-stderr on 2026-10-31T15:10:00Z due --within 10d
	[[ $output == *'2026-11-09 10:10'*'the buyer'*'auto-release'*'2026'*'released to you'* ]]
	run -1 --separate-stderr on 2026-10-31T15:10:00Z due --within 10d --exit-code
	run -0 --separate-stderr on 2026-10-31T15:10:00Z due --within 1w --exit-code
	[ -z "$output" ]
}

@test "story 5: the contract is ended; now the seller's silence costs the money" {
	on 2026-10-31T16:00:00Z -q cancel --by buyer --reason 'not satisfied'
	run -0 --separate-stderr on 2026-10-31T16:05:00Z --json due
	[ -z "$(jq -r 'select(.name == "auto-release")' <<<"$output")" ]
	[ "$(clock refund-request | jq -r '.who + " " + .earliest')" = 'seller 2026-11-07T16:00:00Z' ]
	[[ $(clock refund-request | jq -r .if_missed) == *'goes back to the client'* ]]
	[ "$(clock refund-request | jq -r .as_of)" = 2024 ]
	run -0 --separate-stderr on 2026-10-31T16:05:00Z status
	[[ $output == *'cancellation asked for by the buyer'* ]]
	# noon in New York, an hour earlier by the clock on the wall after the change
	[[ $output == *'refund-request (you): 2026-11-07 11:00 (16:00 UTC), in 6 days'* ]]
	[[ $output == *'over a year ago, check it: Upwork help, Dispute non-release'* ]]
}

@test "story 5: the seven days run to their last second" {
	run -0 --separate-stderr on 2026-11-07T16:00:00Z --json due
	clock refund-request
	run -0 --separate-stderr on 2026-11-07T16:00:01Z --json due
	[ -z "$(jq -r 'select(.name == "refund-request")' <<<"$output")" ]
	run -0 --separate-stderr on 2026-11-07T16:00:01Z --json status
	[ "$(get '.lapsed | map(.name) | index("refund-request") != null')" = true ]
}

@test "story 5: to settle or to arbitrate, in money: the fee is dearer than the order" {
	run -0 --separate-stderr on 2026-11-01T10:00:00Z weigh arbitration
	[[ $output == *'at stake: 195 USD'*'arbitration fee: 337.50 USD'*'as of 2025-08'* ]]
	[[ $output == *'even an award of all leaves you short by'*'142.50 USD'* ]]
	[[ $output == *'if neither side pays = the money goes to the buyer = 0.00 USD'* ]]
	[[ $output == *'if you alone pay'*'-142.50 USD'* ]]
	run -0 --separate-stderr on 2026-11-01T10:00:00Z --json status
	[ "$(get '.next | index("deed weigh arbitration") != null')" = true ]
	# a word to the client stops nothing: that is not what is proposed
	[ "$(get '.next | index("deed cancel --decline")')" = null ]
}

@test "story 5: one submission only, so it must be complete before it is one" {
	run -0 --separate-stderr on 2026-11-02T10:00:00Z --json check --for dispute
	[[ $(get '.findings[] | select(.rule == "one-submission") | .why') == *'as of 2024'* ]]
	run -1 --separate-stderr on 2026-11-02T10:00:00Z --json dispute pack --for upwork \
		--claim not-as-described --yes -O ../upload
	[ "$(get '[.findings[] | select(.severity == "block") | .rule] | join(" ")')" = no-source ]
	printf '%s\n' '22/10/2026, 17:00 - marc: It fails on page 2' \
		'26/10/2026, 17:30 - Jane Dev: Version three is handed in' >'../WhatsApp Chat with marc.txt'
	on 2026-11-02T10:10:00Z -q import '../WhatsApp Chat with marc.txt' --tz Europe/Paris --date-order dmy
	run -0 --separate-stderr on 2026-11-02T10:20:00Z --json dispute pack --for upwork \
		--claim not-as-described --yes -O ../upload
	run -0 --separate-stderr on 2026-11-02T10:21:00Z --json verify "$(get .package.path)"
	[ "$(get .ok)" = true ]
}

@test "story 5: a dispute turns the clock round, with two readings" {
	on 2026-11-04T14:00:00Z -q dispute open --for upwork --claim not-as-described \
		--set initiator=seller -m "Three versions, as agreed; five days of silence."
	run -0 --separate-stderr on 2026-11-04T14:01:00Z --json due
	[ -z "$(jq -r 'select(.name == "refund-request")' <<<"$output")" ]
	# five days; or five business days, over a weekend; or seven days
	[ "$(clock dispute-client-answer | jq -r '.who + " " + .earliest + " " + .latest')" = \
		'buyer 2026-11-09T14:00:00Z 2026-11-11T14:00:00Z' ]
	[[ $(clock dispute-client-answer | jq -r .if_missed) == *'released to you'* ]]
	run -0 --separate-stderr on 2026-11-04T14:01:00Z --json status
	[ "$(get .state)" = disputed ]
}

@test "story 5: both filed, a proposal, no resolution: each step has its clock" {
	on 2026-11-06T14:00:00Z -q log -k platform --set state=both_filed -m "marc filed, too"
	run -0 --separate-stderr on 2026-11-06T15:00:00Z --json due
	[ "$(clock proposal | jq -r '.who + " " + .earliest')" = 'platform 2026-11-08T14:00:00Z' ]
	on 2026-11-08T14:00:00Z -q log -k platform --set state=proposal -m "half each"
	run -0 --separate-stderr on 2026-11-08T15:00:00Z --json due
	[ "$(clock proposal-answer | jq -r '.who + " " + .earliest')" = 'both 2026-11-10T14:00:00Z' ]
	on 2026-11-10T14:00:00Z -q log -k platform --set state=non_resolution -m "marc declined"
	run -0 --separate-stderr on 2026-11-10T15:00:00Z --json due
	[ "$(clock arbitration-payment | jq -r '.who + " " + .earliest')" = 'both 2026-11-17T14:00:00Z' ]
	[ "$(clock arbitration-payment | jq -r .if_missed)" = \
		'if neither side agrees and pays, the money goes to the client; if one side pays, to that side' ]
	run -0 --separate-stderr on 2026-11-10T15:00:00Z --json status
	[ "$(get .native_state)" = non_resolution ]
}

@test "story 5: of what is due a calendar is made" {
	on 2026-11-10T15:00:00Z due --ics ../due.ics
	grep -q $'^DTSTART:20261117T140000Z\r$' ../due.ics
	[ "$(grep -c $'^BEGIN:VALARM\r$' ../due.ics)" -eq 1 ]
}

@test "story 5: the money is released; what can still be taken back stays on the list" {
	on 2026-11-16T14:00:00Z -q dispute close --outcome "settled: 120 USD to the seller"
	on 2026-11-16T15:00:00Z -q accept --kind button -m "120 USD released"
	run -0 --separate-stderr on 2026-11-17T00:00:00Z --json status
	[ "$(get .state)" = exposed ]
	[ "$(get '[.clocks[].name] | join(" ")')" = 'pending mediation-window refund-limit' ]
	run -0 --separate-stderr on 2027-05-16T00:00:00Z --json status
	[ "$(get .state)" = closed ]
	[ "$(get '.clocks | length')" -eq 0 ]
	run -0 --separate-stderr on 2027-05-16T00:00:00Z due
	[ -z "$output" ]
}

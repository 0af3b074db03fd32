#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# deed due, and the clocks in status and list.

load ../lib

setup() {
	sandbox
	export DEED_NOW=2026-11-23T10:00:00Z
	deed -q init
}

# fiverr [OPTION]...: the order FO1 there, submitted with three days to go.
fiverr() {
	deed -q open FO1 --platform fiverr --contract gig "$@"
	deed -q -o FO1 submit
}

# at TIME WORD...: deed at that time.
at() {
	local DEED_NOW=$1

	shift
	export DEED_NOW
	deed "$@"
}

# own NAME [FOLDER]: a rule of one's own from stdin.
own() {
	local dir=${2:-$HOME/.config/deed/platforms}

	mkdir -p "$dir"
	{
		printf 'profile: 1\nname: %s\n' "$1"
		cat
	} >"$dir/$1.yaml"
}

@test "due: a clock has the keys scripts rely on, and says its source and date" {
	fiverr
	run -0 --separate-stderr deed --json due
	[ "${#lines[@]}" -eq 1 ]
	[ "$(get .order)" = FO1 ]
	[ "$(get .name)" = auto-complete ]
	[ "$(get .who)" = buyer ]
	[ "$(get .earliest)" = 2026-11-26T10:00:00Z ]
	[ "$(get .latest)" = 2026-11-26T10:00:00Z ]
	[ "$(get .as_of)" = 2025 ]
	[[ $(get .if_missed) == 'the order completes by itself'* ]]
	[[ $(get .source) == *https://help.fiverr.com/* ]]
	[ "$(get .platform)" = fiverr ]
	[ "$(get .confidence)" = high ]
	[ "$(get .stale)" = null ]
	[ -z "$stderr" ]
}

@test "due: delivered early, Fiverr completes between two readings" {
	fiverr --due 2026-11-30T12:00:00Z
	run -0 --separate-stderr deed --json due
	[ "$(get .earliest)" = 2026-11-26T10:00:00Z ]
	[ "$(get .latest)" = 2026-12-03T12:00:00Z ]
}

@test "due: all orders, the soonest first; or those named" {
	fiverr
	deed -q open UP1 --platform upwork --contract fixed --due 2026-11-24T10:00:00Z
	deed -q -o FO1 cancel --by buyer
	run -0 --separate-stderr deed --json due
	[ "$(jq -r '.order + " " + .name' <<<"$output")" = "UP1 delivery
FO1 cancel-answer
FO1 auto-complete
UP1 dormant" ]
	run -0 --separate-stderr deed --json -o FO1 due
	[ "$(jq -r .order <<<"$output" | sort -u)" = FO1 ]
	run -2 --separate-stderr deed -o FO9 due
	[ -z "$output" ]
}

@test "due: as text it names who acts, when in local time, what silence does, as of when" {
	export TZ=America/New_York
	fiverr
	deed -q -o FO1 cancel --by buyer
	run -0 --separate-stderr deed due
	[[ ${lines[0]} =~ ^ENDS\ +OR\ AS\ LATE\ AS\ +ORDER\ +WHO\ ACTS\ +CLOCK\ +AS\ OF\ +IF ]]
	[[ ${lines[1]} =~ ^2026-11-25\ 05:00\ +FO1\ +you\ +cancel-answer\ +2025\ +the\ order\ is\ cancelled ]]
	[[ ${lines[2]} =~ ^2026-11-26\ 05:00\ +FO1\ +the\ buyer\ +auto-complete\ +2025 ]]
	[ -z "$stderr" ]
}

@test "due: -z gives every column, times in UTC" {
	fiverr
	deed -z due >fields
	mapfile -d '' lines <fields
	[ "${lines[0]}" = 2026-11-26T10:00:00Z ]
	[ "${lines[1]}" = 2026-11-26T10:00:00Z ]
	[ "${lines[2]}" = FO1 ]
	[ "${lines[3]}" = 'the buyer' ]
	[ "${lines[4]}" = auto-complete ]
	[ "${lines[5]}" = 2025 ]
	[ "${#lines[@]}" -eq 7 ]
}

@test "due: a clock runs a second before its end and at it, and not after" {
	deed -q open FO1 --platform fiverr
	deed -q -o FO1 cancel --by buyer
	for time in 2026-11-25T09:59:59Z 2026-11-25T10:00:00Z; do
		run -0 --separate-stderr at $time --json due
		[ "$(get .name)" = cancel-answer ]
	done
	run -0 --separate-stderr at 2026-11-25T10:00:01Z --json due
	[ -z "$output" ]
}

@test "due: --within keeps what ends by then" {
	fiverr
	deed -q -o FO1 cancel --by buyer
	for within in 2d 48h '2 days' 2026-11-25 2026-11-25T10:00:00Z; do
		run -0 --separate-stderr deed --json due --within "$within"
		[ "$(get .name)" = cancel-answer ]
	done
	for within in 47h 2026-11-24; do
		run -0 --separate-stderr deed --json due --within "$within"
		[ -z "$output" ]
	done
	run -0 --separate-stderr deed --json due --within 1w
	[ "${#lines[@]}" -eq 2 ]
	refused due --within soon
}

@test "due: --exit-code is 1 if something is shown, 0 if not" {
	fiverr
	run -1 --separate-stderr deed --json due --within 3d --exit-code
	[ "$(get .name)" = auto-complete ]
	run -0 --separate-stderr deed --json due --within 2d --exit-code
	[ -z "$output" ]
	run -0 --separate-stderr deed due --within 3d
}

@test "due: the recipe of the page for systemd tells what is due, and only then" {
	fiverr
	# as systemd would run it
	command=$(sed -n '/^ExecStart=sh -c/,/^\.Ed/p' "$repo/man/deed-due.1" | sed -n "s/^ExecStart=//; /^$/q; s/\\\\e$/\\\\/; s/\\\$\\\$/\$/; p")
	mkdir bin
	ln -s "$DEED" bin/deed
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >told\n' >bin/notify-send
	chmod +x bin/notify-send
	PATH=$PWD/bin:$PATH
	eval "$command"
	[ ! -e told ]
	deed -q -o FO1 cancel --by buyer
	eval "$command"
	[ "$(head -n1 told)" = 'Something is due' ]
	grep -q cancel-answer told
}

@test "due: nothing running prints nothing" {
	run -0 --separate-stderr deed due
	[ -z "$output" ]
	[ -z "$stderr" ]
}

@test "due: an order that cannot be read does not hide the others" {
	fiverr
	deed -q open FO2 --platform fiverr --due 2026-11-24
	echo "--- x" >>"$(echo "$ledger"/orders/*/FO2.yaml)"
	run -2 --separate-stderr deed --json due
	[ "$(get .order)" = FO1 ]
	[[ $stderr == *FO2.yaml* ]]
}

@test "due: a rule over a year old is marked, and told" {
	fiverr
	run -0 --separate-stderr at 2026-11-23T11:00:00Z due
	[[ $stderr != *'a year ago'* ]]
	# the same rule two years on
	DEED_NOW=2028-11-23T10:00:00Z
	deed -q open FO2 --platform fiverr
	deed -q -o FO2 submit
	run -0 --separate-stderr deed -o FO2 due
	[[ ${lines[1]} == *'2025, old'* ]]
	[[ $stderr == *'1 of these rules was last confirmed more than a year ago'* ]]
	run -0 --separate-stderr deed --json -o FO2 due
	[ "$(get .stale)" = true ]
	run -0 --separate-stderr deed status FO2
	[[ $output == *'as of 2025, over a year ago, check it: Fiverr help'* ]]
}

@test "due: no line asserts a rule without its date" {
	fiverr --due 2026-11-30
	deed -q -o FO1 cancel --by buyer
	deed -q -o FO1 dispute open --due 2026-12-01
	deed -q open UP1 --platform upwork
	deed -q -o UP1 dispute open
	deed -q open D1 --due 2026-12-01
	deed -q -o D1 dispute open --for stripe
	run -0 --separate-stderr deed --json due
	[ "${#lines[@]}" -ge 7 ]
	[ "$(jq -s 'all(.[]; (.as_of | test("^[0-9]{4}")) and (.source | length > 0))' <<<"$output")" = true ]
	run -0 --separate-stderr deed status UP1
	[ "$(grep -c '^  [a-z-]* (' <<<"$output")" -eq "$(grep -c '^      as of ' <<<"$output")" ]
}

#
# Dates that others set.
#

@test "due: the date a bank gives is what counts" {
	deed -q open D1 --contract direct
	deed -q -o D1 dispute open --for stripe --due 2026-12-02T23:59:59Z
	run -0 --separate-stderr deed --json due
	[ "${#lines[@]}" -eq 1 ]
	[ "$(get .name)" = card-dispute-answer ]
	[ "$(get .who)" = seller ]
	[ "$(get .earliest)" = 2026-12-02T23:59:59Z ]
	[ "$(get .as_of)" = 2026-11-23 ]
	[[ $(get .source) == 'your record, dispute '* ]]
}

@test "due: a date alone counts from its start, in the zone of who wrote it" {
	TZ=America/New_York deed -q open FO1 --platform fiverr --due 2026-11-30
	run -0 --separate-stderr deed --json due --within 2026-11-30
	[ "$(get .name)" = delivery ]
	[ "$(get .earliest)" = 2026-11-30T05:00:00Z ]
	[ "$(get .latest)" = 2026-11-30T05:00:00Z ]
}

@test "due: new terms move what is due, and one clock alone" {
	fiverr --due 2026-11-24
	deed -q -o FO1 log -k terms --set clocks.auto-complete=2026-12-05T10:00:00Z -m 'more time'
	run -0 --separate-stderr deed --json due
	[ "$(get .earliest)" = 2026-12-05T10:00:00Z ]
	[[ $(get .source) == 'your record, terms '* ]]
	deed -q open FO2 --platform fiverr --due 2026-11-24
	deed -q -o FO2 log -k terms --set due=2026-11-28T18:00:00Z -m 'agreed'
	run -0 --separate-stderr deed --json -o FO2 due
	[ "$(jq -r '.name + " " + .earliest' <<<"$output")" = 'delivery 2026-11-28T18:00:00Z
very-late 2026-11-29T18:00:00Z' ]
	run -0 --separate-stderr deed -o FO1 log -k terms --set clocks.auto-complete='in 3 days' -m x
	run -2 --separate-stderr deed -o FO1 log -k terms --set clocks.auto-complete=soon -m x
	[[ $stderr == *'not a date or time'* ]]
}

@test "due: each milestone has its own date" {
	deed -q open UP1 --platform upwork --contract milestone \
		--milestone 'draft: 100 USD @ 2026-11-25T10:00:00Z' \
		--milestone 'final: 200 USD @ 2026-12-25T10:00:00Z'
	run -0 --separate-stderr deed --json due --within 60d
	[ "$(jq -r 'select(.name == "delivery") | .milestone + " " + .earliest' <<<"$output")" = \
		'm1 2026-11-25T10:00:00Z
m2 2026-12-25T10:00:00Z' ]
}

#
# The calendar.
#

@test "due: --ics writes a calendar, to a file or to standard output" {
	fiverr --due 2026-11-30T12:00:00Z
	deed -q -o FO1 cancel --by buyer --reason 'a, b; c'
	run -0 --separate-stderr deed due --ics cal.ics
	[ -z "$output" ]
	deed due --ics - >out.ics
	cmp cal.ics out.ics
	grep -q $'^BEGIN:VCALENDAR\r$' cal.ics
	[ "$(grep -c $'^BEGIN:VEVENT\r$' cal.ics)" -eq 2 ]
	[ "$(grep -c $'^BEGIN:VALARM\r$' cal.ics)" -eq 1 ]
	grep -q $'^DTSTART:20261125T100000Z\r$' cal.ics
	grep -q $'^DTEND:20261203T120000Z\r$' cal.ics
	[ "$(grep -vc $'\r$' cal.ics)" -eq 0 ]
	[ "$(awk '{ if (length($0) > 76) print }' cal.ics)" = '' ]
	# unfolded, commas are escaped
	tr -d '\r' <cal.ics | sed -e ':a;N;$!ba;s/\n //g' | grep -q '^DESCRIPTION:.*\\, '
}

@test "due: --ics keeps UIDs, so a calendar is renewed and not doubled" {
	fiverr
	deed due --ics a.ics
	at 2026-11-24T10:00:00Z due --ics b.ics
	[ "$(grep '^UID' a.ics)" = "$(grep '^UID' b.ics)" ]
	[ "$(grep -c '^UID:FO1-auto-complete-' a.ics)" -eq 1 ]
}

@test "due: --ics honours --within and --exit-code" {
	fiverr
	run -1 --separate-stderr deed due --ics a.ics --exit-code
	run -0 --separate-stderr deed due --ics b.ics --within 1d --exit-code
	[ "$(grep -c VEVENT b.ics || true)" -eq 0 ]
}

#
# Rules of one's own.
#

mine() {
	own fiverr "$@" <<-END
		clocks:
		  auto-complete:
		    readings:
		      - from: entry
		        window: {value: ${days:-5}, unit: days}
		        source: mail of the support
		        as_of: "2026-11-01"
		        confidence: high
	END
}

@test "due: a rule of one's own is used, and shown as such" {
	fiverr
	mine
	run -0 --separate-stderr deed --json due
	[ "$(get .earliest)" = 2026-11-28T10:00:00Z ]
	[ "$(get .source)" = 'mail of the support' ]
	[ "$(get .as_of)" = 2026-11-01 ]
	[ "$(get .override)" = "$HOME/.config/deed/platforms/fiverr.yaml" ]
	run -0 --separate-stderr deed due
	[[ $output == *"[your own rule, $HOME/.config/deed/platforms/fiverr.yaml]"* ]]
	run -0 --separate-stderr deed status FO1
	[[ $output == *"your own rule, from $HOME/.config/deed/platforms/fiverr.yaml"* ]]
}

@test "due: the ledger's rule goes before the user's" {
	fiverr
	mine
	days=6 mine "$ledger/platforms"
	run -0 --separate-stderr deed --json due
	[ "$(get .earliest)" = 2026-11-29T10:00:00Z ]
	[ "$(get .override)" = "$ledger/platforms/fiverr.yaml" ]
}

@test "due: XDG_CONFIG_HOME is honoured" {
	fiverr
	mine "$BATS_TEST_TMPDIR/config/deed/platforms"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config run -0 --separate-stderr deed --json due
	[ "$(get .earliest)" = 2026-11-28T10:00:00Z ]
}

@test "due: an unknown key is refused with file and line; facts are recorded all the same" {
	fiverr
	own fiverr <<-END
		clocks:
		  auto-complete:
		    windows: 5
	END
	for command in due status list; do
		run -2 --separate-stderr deed $command
		[ -z "$output" ]
		[[ $stderr == *'/fiverr.yaml:5: unknown key "windows"'* ]]
	done
	run -0 --separate-stderr deed -o FO1 accept -m 'Looks great'
	[[ $stderr == *'warning: '*'/fiverr.yaml:5: unknown key "windows"'* ]]
	[ "$(entries)" -eq 3 ]
}

@test "due: of a platform nobody wrote about only recorded dates count, and that is said" {
	deed -q open M1 --platform malt --due 2026-11-30T10:00:00Z
	run -0 --separate-stderr deed --json due
	[ "$(get .name)" = delivery ]
	[[ $stderr == *'no rules of malt are known'* ]]
	own malt <<-END
		look_up: true
		clocks:
		  auto-release:
		    when: submitted
		    who: buyer
		    readings:
		      - from: entry
		        window: {value: 7, unit: business-days}
		        source: https://example.org/terms
		        as_of: "2026-11"
		        confidence: high
		    if_missed: the money is released
	END
	deed -q -o M1 submit
	run -0 --separate-stderr deed --json due
	[ "$(get .name)" = auto-release ]
	[ "$(get .earliest)" = 2026-12-02T10:00:00Z ]
	[ -z "$stderr" ]
}

@test "due: DEED_SHARE is where the profiles lie" {
	fiverr
	mkdir empty
	DEED_SHARE=$PWD/empty run -0 --separate-stderr deed --json due
	[ -z "$output" ]
	[[ $stderr == *'no rules of fiverr are known'* ]]
}

#
# status and list.
#

@test "status: says what silence causes, and the platform's word" {
	fiverr
	deed -q -o FO1 cancel --by buyer
	run -0 --separate-stderr deed status FO1
	[[ ${lines[0]} == 'FO1  submitted (Fiverr: Delivered), cancellation asked for by the buyer' ]]
	[[ $output == *'if nothing is done:
  cancel-answer (you): 2026-11-25 10:00, in 48 hours
      the order is cancelled; silence counts as consent
      as of 2025: Fiverr help, How cancellations work for freelancers'* ]]
	run -0 --separate-stderr deed --json status FO1
	[ "$(get .native_state)" = delivered ]
	[ "$(get .due)" = 2026-11-25T10:00:00Z ]
	[ "$(get '[.clocks[].name] | join(" ")')" = 'cancel-answer auto-complete' ]
	[ "$(get .lapsed)" = null ]
}

@test "status: what ran out unanswered is named until it is recorded" {
	deed -q open FO1 --platform fiverr
	deed -q -o FO1 cancel --by buyer
	DEED_NOW=2026-11-26T10:00:00Z
	run -0 --separate-stderr deed status FO1
	[[ $output == *'ran out, record what became of it:
  cancel-answer (you): 2026-11-25 10:00, 24 hours ago'* ]]
	run -0 --separate-stderr deed --json status FO1
	[ "$(get '[.lapsed[].name] | join(" ")')" = cancel-answer ]
	[ "$(get .state)" = open ]
	deed -q -o FO1 cancel --accept
	run -0 --separate-stderr deed --json status FO1
	[ "$(get .lapsed)" = null ]
	[ "$(get .state)" = cancelled ]
	[ "$(get .native_state)" = cancelled ]
	[ "$(get '.clocks | length')" -eq 0 ]
}

@test "status: the platform's own words tell the state" {
	deed -q open UP1 --platform upwork --contract fixed
	deed -q -o UP1 submit
	deed -q -o UP1 log -k platform --set state=changes_requested -m seen
	run -0 --separate-stderr deed --json status UP1
	[ "$(get .state)" = revision ]
	[ "$(get .native_state)" = changes_requested ]
	[ "$(get '[.clocks[].name] | index("auto-release")')" = null ]
}

@test "status: after completion the exposure stays on the list; then the order is closed" {
	fiverr
	deed -q -o FO1 accept --kind button
	run -0 --separate-stderr deed --json status FO1
	[ "$(get .state)" = exposed ]
	[ "$(get '[.clocks[] | select(.exposure) | .name] | join(" ")')" = 'support-window chargeback-window' ]
	[ "$(get '[.clocks[].name] | index("attachments-deleted") != null')" = true ]
	DEED_NOW=2028-06-01T10:00:00Z
	run -0 --separate-stderr deed --json status FO1
	[ "$(get .state)" = closed ]
	run -0 --separate-stderr deed --json list --state closed
	[ "$(get .order)" = FO1 ]
	# a draft for a closed order is refused, a fact is not
	echo more >more.txt
	before=$(snapshot)
	for draft in 'deliver more.txt' complete; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr deed --json -o FO1 $draft -m 'All of it, once more and in full'
		[ "$(get .ok)" = false ]
		[[ $(get '.findings[].rule') == *order-over* ]]
	done
	[ "$before" = "$(snapshot)" ]
	run -0 --separate-stderr deed -o FO1 log -k message -m 'one more word'
}

@test "list: due is the soonest thing" {
	deed -q open FO1 --platform fiverr --due 2026-11-30T12:00:00Z
	run -0 --separate-stderr deed --json list
	[ "$(get .due)" = 2026-11-30T12:00:00Z ]
	deed -q -o FO1 cancel --by buyer
	run -0 --separate-stderr deed --json list
	[ "$(get .due)" = 2026-11-25T10:00:00Z ]
	deed -q open FO2 --platform fiverr
	run -0 --separate-stderr deed --json list
	[ "$(jq -r 'select(.order == "FO2") | .due' <<<"$output")" = null ]
}

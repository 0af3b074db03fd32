#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Hours of an hourly contract: work diaries and time logs against what a
# platform protects.

load ../lib

setup() {
	project
	deed -q init
	deed -q open HR1 --platform upwork --contract hourly --at 2026-11-10 --set weekly_hours=2
}

diary() {
	printf 'Date,Start Time,End Time,Memo,Activity Level,Type\n' >diary.csv
	printf '%s\n' "$@" >>diary.csv
	deed -q import diary.csv --tz UTC
}

finding() {
	run --separate-stderr deed --json check --for deliver
	get '.findings[] | select(.rule == "unprotected-hours") | '"$1"
}

flaws() {
	run -0 --separate-stderr deed --json status
	get '.hours.flaws | to_entries | map(select(.value != "0.0") | "\(.key) \(.value)") | join(", ")'
}

@test "hours: without a flaw nothing is said" {
	diary '2026-11-16,09:00,10:00,build the form,8,tracked'
	[ -z "$(finding .what)" ]
	run -0 --separate-stderr deed --json status
	[ "$(get '.hours | "\(.logs) \(.hours) \(.unflawed)"')" = '1 1.0 1.0' ]
	run -0 --separate-stderr deed status
	[[ $output == *'hours      1.0, 1.0 of them without a flaw'* ]]
}

@test "hours: manual time, missing memos, idle and low activity are named, with the rule's date" {
	diary '2026-11-16,09:00,09:30,,8,tracked' \
		'2026-11-16,09:30,09:45,build the form,0,tracked' \
		'2026-11-16,09:45,10:00,build the form,2,tracked' \
		'2026-11-16,10:00,10:15,build the form,3,tracked' \
		'2026-11-16,14:00,14:30,fix tests,,manual'
	[ "$(flaws)" = 'manual 0.5, no_memo 0.5, idle 0.2, low_activity 0.2' ]
	[ "$(finding .what)" = '1.5 of 1.7 hours may not be protected: 0.5 manual, 0.5 no memo, 0.2 idle, 0.2 low activity' ]
	[[ $(finding .why) == *'as of '*'Upwork help'* ]]
	# the command that mends it leads to the first of them
	fix=$(finding .fix)
	run -0 --separate-stderr deed --json ${fix#deed }
	[ "$(get .line)" -eq 1 ]
}

@test "hours: activity may be a percentage" {
	printf 'Date,Start,Stop,Memo,Overall Activity\n' >diary.csv
	printf '%s\n' '2026-11-16,09:00,09:30,form,21%' '2026-11-16,09:30,10:00,form,20%' >>diary.csv
	deed -q import diary.csv --tz UTC --format worklog
	[ "$(flaws)" = 'low_activity 0.5' ]
}

@test "hours: beyond the week's limit, to the second, and a new week begins on Monday" {
	diary '2026-11-16,09:00,10:30,form,8,tracked' '2026-11-22,22:00,22:30,form,8,tracked'
	[ -z "$(flaws)" ]
	diary '2026-11-16,09:00,10:30,form,8,tracked' '2026-11-17,22:00,23:30,tests,8,tracked' \
		'2026-11-23,09:00,11:00,more,8,tracked'
	deed -q correct "$(deed --json log -k transcript -r -n1 | jq -r .entry)" --void -m 'another log'
	[ "$(flaws)" = 'over_limit 1.0' ]
	deed -q log -k terms --set weekly_hours=3 -m 'three hours a week from now on'
	[ -z "$(flaws)" ]
}

@test "hours: work that a later export holds again counts once, as it stands there" {
	diary '2026-11-16,09:00,10:00,,8,tracked'
	diary '2026-11-16,09:00,10:00,build the form,8,tracked' '2026-11-17,09:00,09:30,tests,8,tracked'
	run -0 --separate-stderr deed --json status
	[ "$(get '.hours | "\(.logs) \(.hours) \(.unflawed)"')" = '2 1.5 1.5' ]
}

@test "hours: before the contract, and after it, nothing is protected" {
	diary '2026-11-09,09:00,09:30,form,8,tracked' '2026-11-16,09:00,09:30,form,8,tracked'
	[ "$(flaws)" = 'outside 0.5' ]
	deed -q cancel --by support --at 2026-11-15
	[ "$(flaws)" = 'outside 1.0' ]
}

@test "hours: an hourly contract without a diary is told before a dispute, others are not" {
	run --separate-stderr deed --json check --for dispute
	[ "$(get '[.findings[].rule] | index("no-diary") != null')" = true ]
	diary '2026-11-16,09:00,10:00,build the form,8,tracked'
	run --separate-stderr deed --json check --for dispute
	[ "$(get '[.findings[].rule] | index("no-diary")')" = null ]
	deed -q open FX1 --platform upwork --contract fixed
	run --separate-stderr deed --json check --for dispute
	[ "$(get '[.findings[].rule] | index("no-diary")')" = null ]
}

@test "hours: how long is read however it is written, and a rate is none" {
	printf 'Date;Member;Hourly Rate;Duration;Memo\n' >diary.csv
	printf '2026-11-%s;Jane;50;%s;form\n' 09 1,5 10 '2h 30m' 11 '90 min' \
		12 PT1H15M 13 0:45 14 'a while' >>diary.csv
	deed -q import diary.csv --tz UTC
	run -0 --separate-stderr deed --json status
	[ "$(get .hours.hours)" = 7.5 ]
}

@test "hours: seconds are read where the title or start and end say so" {
	for title in 'Duration (seconds)' 'Duration (s)' Seconds 'Time Spent (seconds)'; do
		deed -q open "S$((++n))" --platform upwork --contract hourly --at 2026-11-10
		printf 'Date,User,Task,%s\n2026-11-16,Anna,the form,5400\n' "$title" >log.csv
		deed -q import --tz UTC log.csv
		run -0 --separate-stderr deed --json status
		[ "$(get .hours.hours)" = 1.5 ]
	done
	# 90 hours do not fit into one and a half
	for long in 5400 90 1.5; do
		deed -q open "S$((++n))" --platform upwork --contract hourly --at 2026-11-10
		printf 'Date,Start,End,Task,Duration\n2026-11-16,09:00,10:30,the form,%s\n' $long >log.csv
		deed -q import --tz UTC log.csv
		run -0 --separate-stderr deed --json status
		[ "$(get .hours.hours)" = 1.5 ]
	done
}

@test "hours: a tracker's \"Time\" beside a project is how long, not when" {
	printf 'Client,Project,Date,Member,Time,Activity\n' >log.csv
	printf 'Anna,Shop,2026-11-%s,Jane,%s,%s\n' 16 2:30:00 65% 17 0:30:00 12% >>log.csv
	deed -q import log.csv --tz UTC
	run -0 --separate-stderr deed --json status
	[ "$(get .hours.hours)" = 3.0 ]
	[[ $(flaws) == *'low_activity 0.5'* ]]
}

#!/usr/bin/env bats
# deed check: what is missing before you act.

load ../lib

setup() {
	project
	order --platform fiverr --requirement 'a cart'
}

@test "check: is {ok, findings}, each with five keys; blockers make it exit 1" {
	run -1 --separate-stderr deed --json check
	[ "$(keys)" = 'findings ok' ]
	[ "$(get .ok)" = false ]
	[ "$(get '[.findings[] | keys_unsorted | join(" ")] | unique[]')" = 'rule severity what why fix' ]
	[ "$(get '[.findings[].severity] | unique - ["block", "warn", "info"] | length')" -eq 0 ]
	[ "$(get '[.findings[] | select(.severity == "block") | .rule] | sort | join(" ")')" = 'no-delivery undelivered-requirement' ]
}

@test "check: without a blocker exit 0, warnings or not" {
	delivered --covers r1 2>/dev/null
	run -0 --separate-stderr deed --json check
	[ "$(get .ok)" = true ]
	[ "$(get '[.findings[].rule] | join(" ")')" = not-submitted ]
	deed -q submit
	run -0 --separate-stderr deed --json check
	[ "$(get '.findings | length')" -eq 0 ]
	run -0 --separate-stderr deed check
	[ -n "$output" ]
}

@test "check: --for says before what" {
	for act in open deliver complete dispute; do
		run deed --json check --for "$act"
		[ "$(get '.ok | type')" = boolean ]
		[ "$status" -le 1 ]
	done
	run -2 --separate-stderr deed check --for fun
	said_once
}

@test "check: every fix is a command that exists" {
	deed -q log -k call -m talked --channel zoom
	run -1 --separate-stderr deed --json check
	get '.findings[].fix' >fixes
	[ "$(wc -l <fixes)" -ge 3 ]
	while read -r fix; do
		[[ $fix == 'deed '* ]]
		eval "$fix -h" >/dev/null </dev/null
	done <fixes
}

@test "check: for people: what, why and the fix" {
	run -1 --separate-stderr deed check
	[[ $output == *block*undelivered-requirement*'a cart'*why:*fix:*deed* ]]
}

@test "check: records nothing" {
	before=$(snapshot)
	run deed check
	[ "$before" = "$(snapshot)" ]
}

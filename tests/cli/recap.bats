#!/usr/bin/env bats
# deed recap: sum up a talk, to post on the platform.

load ../lib

setup() {
	project
	order --platform fiverr --buyer bob
	deed -q log -k call -m 'we agreed on blue' --channel zoom --duration '20 min' --at 2026-11-20T10:00:00Z
}

@test "recap: prints the text alone and records nothing" {
	before=$(snapshot)
	run -0 --separate-stderr deed recap @
	[[ $output == *'we agreed on blue'* ]]
	[[ $output == *zoom* ]]
	[[ $output == *2026-11-20* ]]
	[ -z "$stderr" ]
	[ "$before" = "$(snapshot)" ]
}

@test "recap: as JSON the text is under paste" {
	run -0 --separate-stderr deed --json recap @
	[[ $(get .paste) == *'we agreed on blue'* ]]
	[ "$(get .order)" = FO1 ]
}

@test "recap: the text never holds codes or long numbers, which platforms hold back" {
	deed -q log -k call -m $'see commit 5f1c0a9b22e4d3, call +49 30 12345678 or 0123456789\nsum 9a77c1e4b0d2f3a4' --channel zoom
	run -0 --separate-stderr deed recap @
	run ! grep -qE '[0-9]{7,}|[0-9a-f]{12,}' <<<"$output"
}

@test "recap: --posted records that it was, with the talk and the text" {
	call=$(deed --json show @ | jq -r .entry)
	run -0 --separate-stderr deed --json recap @ --posted
	[ "$(get .kind)" = recap ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.target)" = "$call" ]
	[ "$(get .content.posted)" = true ]
	[ "$(get .content.channel)" = fiverr ]
	[[ $(get .content.text) == *'we agreed on blue'* ]]
	ledger_is_clean
}

@test "recap: -m is what was really posted" {
	run -0 --separate-stderr deed recap @ --posted -m 'Blue it is.' --at 2026-11-20T11:00:00Z
	[[ $output =~ ^[0-9a-f]{8}$ ]]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.text)" = 'Blue it is.' ]
	[ "$(get .happened)" = 2026-11-20T11:00:00Z ]
}

@test "recap: what belongs to the record is refused without --posted" {
	refused recap @ -m 'Blue it is.'
	[[ $stderr == *--posted* ]]
}

@test "recap: check nags for a talk outside the platform until it is recapped" {
	run deed --json check
	[ "$(get '[.findings[] | select(.rule == "no-recap")] | length')" -eq 1 ]
	[ "$(get '.findings[] | select(.rule == "no-recap") | .severity')" = warn ]
	eval "$(get '.findings[] | select(.rule == "no-recap") | .fix') --posted -q"
	run deed --json check
	[ "$(get '[.findings[] | select(.rule == "no-recap")] | length')" -eq 0 ]
}

@test "recap: only a talk can be summed up" {
	refused recap @~1
	refused recap zzzz
	refused recap
	deed -q log -m 'a note'
	refused recap @ --posted
	[[ $stderr == *note* ]]
}

@test "recap: a place whose name the platform's filter holds is left out, a word in the text is named" {
	sandbox
	deed -q init
	deed -q open FO5 --platform fiverr
	export DEED_DIR=$ledger DEED_ORDER=FO5
	deed -q log -k call --channel whatsapp -m 'we agreed on blue'
	run -0 --separate-stderr deed --json recap @
	[[ $(get .paste) == *'our call of '* ]]
	[ "$(get '.findings | length')" -eq 0 ]
	deed -q log -k call --channel zoom -m 'send it to my email'
	run -0 --separate-stderr deed recap @
	[[ $output == *'on zoom'* ]]
	[[ $stderr == *'held-word'*'as of 2022'* ]]
}

@test "recap: a long talk is cut to the platform's box, and that is said" {
	deed -q log -k call --channel zoom -m "$(seq -s ' ' -f 'item%g' 900)"
	run -0 --separate-stderr deed --json recap @
	[ "$(get '.paste | length <= 2500 and length > 2000')" = true ]
	[[ $(get .paste) == *'item1 '*'Please tell me here'* ]]
	[ "$(get '[.findings[].rule] | join(" ")')" = too-long ]
}

@test "recap: is a template that users may replace" {
	mkdir -p "$HOME/.config/deed/templates"
	printf 'Notes of our {talk}, {when}:\n{text}\n' >"$HOME/.config/deed/templates/recap.txt"
	run -0 --separate-stderr deed recap @
	[ "$output" = 'Notes of our call on zoom, 2026-11-20 (20 min):
we agreed on blue' ]
}

@test "recap: of a talk nobody put into words it says so" {
	echo x >shot.png
	deed -q log -k call --channel zoom --attach shot.png
	run -0 --separate-stderr deed recap @
	[[ $stderr == *'nothing is recorded of what was said'* ]]
}

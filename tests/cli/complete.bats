#!/usr/bin/env bats
# deed complete: the seller's last hand-in, after a check.

load ../lib

note='all of it as agreed, with the sources'

setup() {
	project
	order --platform fiverr
}

# The rules of the findings in $output with this severity.
rules() {
	get "[.findings[] | select(.severity == \"$1\") | .rule] | sort | join(\" \")"
}

# declined WORD...: exit 1 with nothing recorded.
declined() {
	local before

	before=$(snapshot)
	run -1 --separate-stderr deed "$@"
	[ "$before" = "$(snapshot)" ]
}

@test "complete: a blank note is refused with exit 1, nothing is recorded" {
	delivered 2>/dev/null
	for blank in '' ' ' $'\n\t ' $'\u00a0\u2003' $'\u200b'; do
		declined --json complete -m "$blank"
		[ "$(get .ok)" = false ]
		[[ $(rules block) == *blank-note* ]]
		[ "$(get '.findings[0] | keys_unsorted | join(" ")')" = 'rule severity what why fix' ]
	done
	declined complete -m ''
	[ -z "$output" ]
	[[ $stderr == *blank-note* ]]
	[[ $stderr == *--anyway* ]]
}

@test "complete: a note under 20 letters is refused" {
	delivered 2>/dev/null
	for thin in 'done' '   nineteen letters yy   ' 1234567890123456789 $'x\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nx' $'x\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0x'; do
		declined --json complete -m "$thin"
		[[ $(rules block) == *thin-note* ]]
	done
	run -0 deed complete -m 12345678901234567890
	run -0 deed complete -m 'これは納品物です。ご確認をよろしくお願いします。'
}

@test "complete: without a note on no terminal it is refused as blank" {
	delivered 2>/dev/null
	declined --json complete </dev/null
	[[ $(rules block) == *blank-note* ]]
}

@test "complete: without a delivery it is refused, and the fix is a command that exists" {
	declined --json complete -m "$note"
	[ "$(rules block)" = no-delivery ]
	fix=$(get '.findings[] | select(.rule == "no-delivery") | .fix')
	[[ $fix == 'deed '* ]]
	run -0 deed help "$(cut -d' ' -f2 <<<"$fix")"
}

@test "complete: a requirement in no delivery is refused, and its fix mends it" {
	deed -q open FO2 --requirement 'a cart' --requirement 'a checkout'
	deed -q scope add -m 'a sitemap'
	delivered --covers r2 2>/dev/null
	declined --json complete -m "$note"
	[ "$(rules block)" = 'undelivered-requirement undelivered-requirement' ]
	[[ $(get '.findings[0].what') == *r1*'a cart'* ]]
	for _ in 1 2; do
		fix=$(get '[.findings[] | select(.severity == "block") | .fix][0] // "deed status"')
		eval "$fix" >/dev/null
		run deed --json check
	done
	run -0 --separate-stderr deed --json complete -m "$note"
	run -0 --separate-stderr deed --json show d1
	[ "$(get '.content.covers | sort | join(" ")')" = 'r1 r2 r3' ]
}

@test "complete: warns of links only, of talks without recap, of what is not submitted" {
	delivered 2>/dev/null
	deed -q log -k call -m 'talked' --channel zoom
	run -0 --separate-stderr deed --json complete -m 'https://example.org/the/very/long/link'
	[ "$(rules warn)" = 'links-only no-recap not-submitted' ]
	[ -z "$(rules block)" ]
}

@test "complete: no warning without a reason" {
	delivered 2>/dev/null
	deed -q submit
	run -0 --separate-stderr deed --json complete -m "$note"
	[ "$(get '.findings | length')" -eq 0 ]
	[ "$(get .kind)" = completion ]
}

@test "complete: a talk on the platform needs no recap" {
	delivered 2>/dev/null
	deed -q log -k message -m hi --channel fiverr
	run -0 --separate-stderr deed --json complete -m "$note" --submitted
	[ "$(get '.findings | length')" -eq 0 ]
}

@test "complete: prints the text for the platform's box, and what to upload with it" {
	delivered 2>/dev/null
	run -0 --separate-stderr deed complete -m "$note"
	[[ $output =~ ^[0-9a-f]{8}$ ]]
	[[ $stderr == *"$note"* ]]
	[[ $stderr == *FO1-delivery-1.zip* ]]
	run -0 --separate-stderr deed --json complete -m "$note"
	[[ $(get .paste) == *"$note"* ]]
	[[ $(get .paste) == *FO1-delivery-1.zip* ]]
	[ "$(get '.upload | join(" ")')" = 'FO1-delivery-1.zip FO1-delivery-1-CHECKSUMS.txt' ]
	run -0 --separate-stderr deed -q complete -m "$note"
	[ -z "$output$stderr" ]
}

@test "complete: the text to paste holds no codes and no long numbers" {
	delivered 2>/dev/null
	run -0 --separate-stderr deed --json complete -m "$note, commit $(git rev-parse HEAD), call 0123456789"
	run ! grep -qE '[0-9]{7,}|[0-9a-f]{12,}' <<<"$(get .paste)"
}

@test "complete: --anyway records past any blocker and keeps the reason" {
	run -0 --separate-stderr deed --json complete -m short --anyway 'the buyer waits'
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.anyway)" = 'the buyer waits' ]
	[ "$(get '.content.blockers | sort | join(" ")')" = 'no-delivery thin-note' ]
	ledger_is_clean
}

@test "complete: --anyway needs its reason" {
	refused complete -m short --anyway ''
	refused complete -m short --anyway '  '
}

@test "complete: --anyway is not kept where nothing stood in the way" {
	delivered 2>/dev/null
	deed -q complete -m "$note" --anyway 'just in case'
	run -0 --separate-stderr deed --json show @
	[ "$(get '.content | has("anyway")')" = false ]
}

@test "complete: --submitted also writes a submission, in the same commit" {
	delivered 2>/dev/null
	run -0 --separate-stderr deed --json complete --submitted -m "$note" --at 2026-11-21T10:00:00Z
	[ "$(get .kind)" = completion ]
	run -0 --separate-stderr deed --json log -k submission
	[ "$(get .happened)" = 2026-11-21T10:00:00Z ]
	[ "$(get .content.delivery)" = "$(deed --json show d1 | jq -r .entry)" ]
	run -0 --separate-stderr deed --json log -k completion
	[ "$(get .content.submitted)" = true ]
	[ "$(get .grade)" = platform ]
}

@test "complete: on a cancelled order it is a draft, refused with exit 1" {
	delivered 2>/dev/null
	deed -q cancel --by support
	declined --json complete -m "$note"
	[ "$(get .ok)" = false ]
	[[ $(rules block) == order-over ]]
	run -0 deed -q complete -m "$note" --anyway 'support asked for it'
}

@test "complete: -F reads the note from a file" {
	delivered 2>/dev/null
	echo "$note" >note.txt
	run -0 deed -q complete -F note.txt
	run -0 --separate-stderr deed --json show @
	[[ $(get .content.text) == "$note"* ]]
}

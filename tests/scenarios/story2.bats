#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The buyer dislikes the samples and wants his money.  The terms were frozen
# when the order came in; the reply cites them, not his taste; support hears of
# it from the seller first.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export HOME=$PWD/home TZ=UTC LC_ALL=C.UTF-8
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER DEED_NOW DEED_SHARE
	mkdir home project
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	cd project || return
	git init -q
	mkdir samples
	echo one >samples/one.svg
	echo two >samples/two.svg
	git add -A
	git commit -qm "two samples"
	printf 'Two logo samples, flat style\n' >gig.html
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

@test "story 2: the terms are frozen as they stand when the order comes in" {
	on 2026-11-02T09:00:00Z -q init
	on 2026-11-02T09:01:00Z -q open FO2200A1B2C3 --platform fiverr --buyer leo \
		--title 'Logo samples' --price '120 USD' --due 2026-11-06 --revisions 1 \
		--requirement 'two samples in flat style' --exclude 'the final logo' \
		--terms gig.html
	frozen=$(sha256sum <gig.html | cut -d' ' -f1)
	run -0 --separate-stderr on 2026-11-02T09:02:00Z --json check --for open
	[ "$(get '[.findings[].rule] | index("terms-not-frozen")')" = null ]
	# the page of the gig is edited later; what was frozen stays
	echo 'Five samples' >gig.html
	[ "$("$DEED" --json show @ | jq -r '.content.terms[0].sha256')" = "$frozen" ]
	"$DEED" verify
}

@test "story 2: without frozen terms check says what is missing, and since when that matters" {
	on 2026-11-02T09:03:00Z -q open FO9999 --platform fiverr
	run -0 --separate-stderr on 2026-11-02T09:03:00Z check --for open
	[[ $output == *'terms-not-frozen'*'as of 2025-06'* ]]
	on 2026-11-02T09:04:00Z -q switch FO2200A1B2C3
}

@test "story 2: the samples are delivered as described" {
	on 2026-11-05T10:00:00Z -q deliver samples --covers r1 -O .. \
		-m 'Two samples in flat style, as described' 2>/dev/null
	on 2026-11-05T10:05:00Z -q submit
}

@test "story 2: he does not like them and asks to cancel: two days, and silence is consent" {
	on 2026-11-05T20:00:00Z -q log -k message --channel fiverr --from leo \
		-m 'I do not like the style, I want my money back'
	on 2026-11-05T20:10:00Z -q cancel --by buyer --reason 'I do not like it'
	run -0 --separate-stderr on 2026-11-05T20:15:00Z --json due --within 3d
	[ "$(jq -r 'select(.name == "cancel-answer") | .who + " " + .earliest' <<<"$output")" = \
		'seller 2026-11-07T20:10:00Z' ]
	[[ $(jq -r 'select(.name == "cancel-answer") | .if_missed' <<<"$output") == *'silence counts as consent'* ]]
}

@test "story 2: status says to answer, and to write to support before he does" {
	run -0 --separate-stderr on 2026-11-05T20:15:00Z --json status
	[ "$(get '.next | index("deed draft decline") != null')" = true ]
	[ "$(get '.next | index("deed draft ticket") != null')" = true ]
	run -0 --separate-stderr on 2026-11-05T20:15:00Z draft
	[[ $output == *'ticket'*'before the buyer does'* ]]
}

@test "story 2: the reply cites what was described, and says that taste is no part of it" {
	run -0 --separate-stderr on 2026-11-05T20:20:00Z draft decline
	[[ $output == *'two samples in flat style'* ]]
	[[ $output == *'delivered on 2026-11-05, as described'*'Taste is not part'* ]]
	[ -z "$stderr" ] # nothing in it that a filter would hold
}

@test "story 2: the ticket for support is short, and from recorded facts alone" {
	run -0 --separate-stderr on 2026-11-05T20:25:00Z --json draft ticket
	[[ $(get .paste) == *FO2200A1B2C3*'two samples in flat style'* ]]
	[ "$(get '.paste | length < 2500')" = true ]
	[ "$(get '.findings | length')" -eq 0 ]
	on 2026-11-05T20:30:00Z -q log -k ticket --set number=88123 -m 'asked support to look at it'
	on 2026-11-05T20:31:00Z -q cancel --decline -m 'delivered as described'
	run -0 --separate-stderr on 2026-11-05T20:32:00Z --json status
	[ "$(get '.pending')" = null ]
	[ "$(get '.state')" = submitted ]
}

@test "story 2: the package for support holds the terms as they stood" {
	run -0 --separate-stderr on 2026-11-06T09:00:00Z --json dispute pack \
		--claim not-as-described --yes -O ..
	mkdir ../package && unzip -q "$(get .package.path)" -d ../package
	grep -rqs 'Two logo samples, flat style' ../package
	[[ $(cat ../package/*/data/statement.txt) == *'two samples in flat style'* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# deed adopt: an order for work that is already done.

load ../lib

setup() {
	sandbox
	export DEED_NOW=2026-11-22T12:00:00Z
	git init -q
	at 2026-10-01T10:00:00Z commit 'begin the page'
	git tag v0.9
	at 2026-10-05T10:00:00Z commit 'add the form'
	at 2026-10-06T09:00:00Z git tag -m 'First version' v1.0
	at 2026-10-08T10:00:00Z commit 'mend the form'
	deed -q init
}

# at TIME WORD...: as if git had been called then.
at() {
	local GIT_COMMITTER_DATE=$1 GIT_AUTHOR_DATE=$1

	export GIT_COMMITTER_DATE GIT_AUTHOR_DATE
	shift
	"$@"
}

commit() {
	echo "$1" >>page.html
	git add page.html
	git commit -qm "$1"
}

chat() {
	printf '%s\n' '27/10/2026, 10:15 - tom: Looks great!' \
		'27/10/2026, 10:16 - Jane Dev: Thank you' >'WhatsApp Chat with tom.txt'
}

sent() {
	mkdir ../sent
	echo layers >../sent/page.psd
	touch -d 2026-10-07T11:00:00Z ../sent/page.psd
}

adopt() {
	deed --json adopt FO1 --platform fiverr --buyer tom --title Page "$@"
}

@test "adopt: one command, one commit: the order, its deliveries, its chats" {
	chat
	sent
	before=$(git -C "$ledger" rev-list --count HEAD)
	run -0 --separate-stderr adopt --price '250 USD' --opened 2026-10-02 \
		--from v0.9..v1.0 --deliver v1.0 --folder ../sent \
		--chat 'WhatsApp Chat with tom.txt' --tz UTC --submitted --yes
	[ "$(get '.order + " " + .kind + " " + .happened')" = 'FO1 order 2026-10-02T00:00:00Z' ]
	[ "$(get '[.entries[].kind] | join(" ")')" = \
		'order delivery submission delivery submission transcript' ]
	[ "$(get '[.entries[].happened] | join(" ")')" = \
		'2026-10-02T00:00:00Z 2026-10-06T09:00:00Z 2026-10-06T09:00:00Z 2026-10-07T11:00:00Z 2026-10-07T11:00:00Z 2026-10-27T10:16:00Z' ]
	[ "$(get '[.entries[].recorded] | unique | join(" ")')" = 2026-11-22T12:00:00Z ]
	[ "$(git -C "$ledger" rev-list --count HEAD)" -eq $((before + 1)) ]
	[ "$(git config deed.order)" = FO1 ]
	ledger_is_clean
	deed verify
}

@test "adopt: a delivery is what the commit holds, byte for byte" {
	run -0 --separate-stderr adopt --opened 2026-10-02 --deliver v1.0 --yes
	run -0 --separate-stderr deed --json show d1
	[ "$(get .content.source.commit)" = "$(git rev-parse 'v1.0^{commit}')" ]
	[ "$(get .content.text)" = 'First version (v1.0)' ]
	git archive --format=zip -o ../other.zip v1.0
	run -0 --separate-stderr deed --json match ../other.zip
	[ "$(get .result)" = content ]
}

@test "adopt: every entry is visibly late" {
	adopt --opened 2026-10-02 --deliver v1.0 --yes
	run -0 --separate-stderr deed log
	[ "$(grep -c '\[recorded 2026-11-22\]' <<<"$output")" -eq 2 ]
	deed -q log -m 'on the day itself'
	run -0 --separate-stderr deed log -n 1
	[[ $output != *'[recorded'* ]]
}

@test "adopt: without names the tags are proposed, of a range or since the order came in" {
	run -0 --separate-stderr adopt --from v0.9.. --dry-run
	[ "$(get '[.deliveries[].ref] | join(" ")')" = v1.0 ]
	[ "$(get '.opened + " " + .opened_by')" = '2026-10-05T10:00:00Z first commit' ]
	[ "$(get '.work | join(", ")')" = 'add the form, mend the form' ]
	run -0 --separate-stderr adopt --opened 2026-09-30 --dry-run
	[ "$(get '[.deliveries[].ref] | join(" ")')" = 'v0.9 v1.0' ]
	[ "$(get '[.deliveries[].dated_by] | join(" ")')" = 'tag tag' ]
}

@test "adopt: where there is no tag it is the last commit" {
	run -0 --separate-stderr adopt --opened 2026-10-07 --dry-run
	[ "$(get '[.deliveries[].ref] | join(" ")')" = "$(git rev-parse HEAD)" ]
	[ "$(get '.deliveries[0].happened')" = 2026-10-08T10:00:00Z ]
}

@test "adopt: a time behind a name is the one that counts" {
	sent
	run -0 --separate-stderr adopt --opened 2026-10-02 --dry-run \
		--deliver 'v1.0 @ 2026-10-10 08:00' --folder '../sent @ 2026-10-09'
	[ "$(get '[.deliveries[] | .happened + " " + .dated_by] | join(", ")')" = \
		'2026-10-09 you, 2026-10-10T08:00:00Z you' ]
	refused adopt FO1 --opened 2026-10-02 --deliver 'v1.0 @ sometime' --yes
}

@test "adopt: the items of lists in the terms are proposed as requirements" {
	printf '# Offer\n- responsive page\n  * contact form\n3. a footer\n-no item\nprose\n' >offer.md
	run -0 --separate-stderr adopt --opened 2026-10-02 --terms offer.md --dry-run
	[ "$(get '.requirements | join(", ")')" = 'responsive page, contact form, a footer' ]
	run -0 --separate-stderr adopt --opened 2026-10-02 --terms offer.md --deliver v1.0 \
		--covers r1,r2 --yes
	run -0 --separate-stderr deed --json scope
	[ "$(jq -s 'map(select(.delivered == "d1")) | length' <<<"$output")" -eq 2 ]
	[ "$(jq -s 'length' <<<"$output")" -eq 3 ]
}

@test "adopt: requirements that are named are the only ones" {
	printf -- '- responsive page\n' >offer.md
	run -0 --separate-stderr adopt --opened 2026-10-02 --terms offer.md --requirement 'a form' --dry-run
	[ "$(get '.requirements | join(", ")')" = 'a form' ]
}

@test "adopt: a dry run names the gaps, before anything is recorded" {
	gaps() {
		run -0 --separate-stderr adopt --opened 2026-10-02 --deliver v1.0 --dry-run "$@"
		get '[.gaps[].rule] | unique | join(" ")'
	}
	[ "$(gaps)" = 'no-acceptance no-requirement not-submitted terms-not-frozen' ]
	printf -- '- responsive page\n' >offer.md
	[ "$(gaps --terms offer.md --submitted)" = 'no-acceptance undelivered-requirement' ]
	[ "$(gaps --terms offer.md --submitted --covers r1)" = no-acceptance ]
	[[ $(gaps --platform upwork --price '20 USD') == *price-under-fee*unfunded-milestone* ]]
	run -0 --separate-stderr deed adopt FO1 --opened 2026-10-02 --deliver v1.0 -n
	[[ $output == *'would not show yet'*'no-requirement'* ]]
}

@test "adopt: a dry run shows the plan and records nothing" {
	before=$(snapshot)
	run -0 --separate-stderr deed adopt FO1 --opened 2026-10-02 --deliver v1.0 -n
	[[ $output == *'delivery of v1.0, 2026-10-06 09:00 (by tag): First version'* ]]
	[[ $output == *'recorded as late'* ]]
	[ "$before" = "$(snapshot)" ]
	refused show @
}

@test "adopt: where nobody can be asked, nothing is recorded without --yes" {
	before=$(snapshot)
	run -2 --separate-stderr deed adopt FO1 --opened 2026-10-02 --deliver v1.0 </dev/null
	[ -z "$output" ]
	[[ $stderr == *'delivery of v1.0'*'needs your consent'*'--dry-run'*'--yes'* ]]
	[ "$before" = "$(snapshot)" ]
}

@test "adopt: it ends by naming what the record does not show" {
	run -0 --separate-stderr deed adopt FO1 --platform fiverr --opened 2026-10-02 \
		--requirement 'a page' --deliver v1.0 --yes
	[ "$output" = FO1 ]
	[[ $stderr == *'does not show yet'*'fix: deed '* ]]
	run -0 --separate-stderr adopt --help
	run -0 --separate-stderr deed --json adopt FO2 --opened 2026-10-02 --yes --folder page.html
	[ "$(get '.gaps | length > 0')" = true ]
}

@test "adopt: the opening is told by the first message, if nothing else tells it" {
	chat
	run -0 --separate-stderr adopt --chat 'WhatsApp Chat with tom.txt' --tz UTC --dry-run
	[ "$(get '.opened + " " + .opened_by')" = '2026-10-27T10:15:00Z first message' ]
	[ "$(get '.transcripts[0] | .format + " " + (.messages | tostring)')" = 'whatsapp 2' ]
	refused adopt FO1 --deliver v1.0 --yes
	[[ $stderr == *'--opened'* ]]
}

@test "adopt: of one chat about two orders each takes its part" {
	chat
	printf '%s\n' '09/11/2026, 10:15 - tom: Another page, please' >>'WhatsApp Chat with tom.txt'
	run -0 --separate-stderr adopt --chat 'WhatsApp Chat with tom.txt' --tz UTC \
		--until 2026-11-01 --date-order dmy --dry-run
	[ "$(get '.transcripts[0].messages')" -eq 2 ]
}

@test "adopt: equal content is one delivery" {
	git tag v1.0-again v1.0^{}
	run -0 --separate-stderr adopt --opened 2026-10-02 --deliver v1.0 --deliver v1.0-again --yes
	[[ $stderr == *'counts once'* ]]
	[ "$(deed --json log -k delivery | wc -l)" -eq 1 ]
}

@test "adopt: without any history folders are enough" {
	mkdir "$BATS_TEST_TMPDIR/plain"
	cd "$BATS_TEST_TMPDIR/plain"
	mkdir sent
	echo hello >sent/hello.txt
	touch -d 2026-10-07T11:00:00Z sent/hello.txt
	DEED_DIR=$ledger run -0 --separate-stderr adopt --opened 2026-10-02 --folder sent --yes
	DEED_DIR=$ledger DEED_ORDER=FO1 run -0 --separate-stderr deed --json show d1
	[ "$(get .content.archive.files)" -eq 1 ]
	[ "$(get .content.source)" = null ]
}

@test "adopt: an order that exists, a name that is none, a time to come" {
	deed -q open FO7
	refused adopt FO7 --opened 2026-10-02 --yes
	refused adopt FO1 --opened 2026-10-02 --deliver nothing --yes
	refused adopt FO1 --opened 2026-10-02 --deliver=--output=x --yes
	refused adopt FO1 --opened 2026-10-02 --from nothing..v1.0 --yes
	refused adopt FO1 --opened 2026-10-02 --folder nowhere --yes
	refused adopt FO1 --opened 2026-12-24 --yes
	refused adopt FO1 --opened 2026-10-02 --at 2026-10-02 --yes
	before=$(snapshot)
	run -2 --separate-stderr adopt --opened 2026-10-02 --deliver v1.0 --covers r9 --yes
	[ "$before" = "$(snapshot)" ]
	[[ $stderr == *'no requirement'*r9* ]]
}

@test "adopt: hostile subjects and names do not reach the terminal" {
	# shellcheck disable=SC2059
	commit "$(printf 'a \033[31mred\033[0m line')"
	git tag -m "$(printf 'tag \033]0;x\007')" v2.0
	export DEED_NOW=2027-01-01T00:00:00Z
	run -0 --separate-stderr deed adopt FO1 --opened 2026-10-02 --from v1.0 --dry-run
	no_raw "$output"
	run -0 --separate-stderr deed adopt FO1 --opened 2026-10-02 --from v1.0 --yes
	no_raw "$stderr"
	ledger_is_clean
}

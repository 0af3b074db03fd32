#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Story 1 once more, as it happens to most: nothing was recorded.  The day
# after support cancelled both orders the developer installs deed, and adopts
# what lies about: a git history, a folder, an exported chat.

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
	commit 2026-10-30T09:00:00Z 'an empty page'
	commit 2026-11-03T12:00:00Z 'the landing page'
	commit 2026-11-06T15:00:00Z 'greet in German'
	GIT_COMMITTER_DATE=2026-11-07T15:50:00Z git tag -m 'The page, as agreed' v1.0
	commit 2026-11-13T15:00:00Z 'a second page'
	printf '%s\n' \
		'03/11/2026, 11:00 - anna: Can it greet in German?' \
		'03/11/2026, 11:20 - Jane Dev: Of course' \
		'08/11/2026, 09:00 - anna: Wonderful, five stars!' \
		'09/11/2026, 09:00 - anna: Now a second page, please' \
		'15/11/2026, 08:00 - anna: Got it, looks great' \
		>'../WhatsApp Chat with anna.txt'
	printf -- 'My gig\n- a landing page\n- it greets\n' >../gig.txt
	# the day after
	export DEED_NOW=2026-11-23T09:00:00Z
	"$DEED" -q init
}

commit() {
	echo "$2" >>index.html
	git add -A
	GIT_COMMITTER_DATE=$1 GIT_AUTHOR_DATE=$1 git commit -qm "$2"
}

setup() {
	cd "$BATS_FILE_TMPDIR/project" || return
	load ../lib
}

@test "story 1, late: a dry run proposes the delivery, the requirements and the talk" {
	run -0 --separate-stderr "$DEED" --json adopt FO8154C2A7 --platform fiverr \
		--buyer anna --title 'Landing page' --price '250 USD' \
		--opened 2026-11-02T09:05:00Z --due 2026-11-09 --terms ../gig.txt \
		--from HEAD~3..v1.0 --chat '../WhatsApp Chat with anna.txt' --tz UTC \
		--date-order dmy --until 2026-11-08T12:00:00Z --dry-run
	[ "$(get '[.deliveries[].ref] | join(" ")')" = v1.0 ]
	[ "$(get '.deliveries[0].happened')" = 2026-11-07T15:50:00Z ]
	[ "$(get '.requirements | join(", ")')" = 'a landing page, it greets' ]
	[ "$(get '.transcripts[0].messages')" -eq 3 ]
	run -0 --separate-stderr "$DEED" list
	[ -z "$output" ]
}

@test "story 1, late: both orders are adopted, each with its part of the chat" {
	"$DEED" -q adopt FO8154C2A7 --platform fiverr --contract custom-offer \
		--buyer anna --title 'Landing page' --price '250 USD' \
		--opened 2026-11-02T09:05:00Z --due 2026-11-09 --terms ../gig.txt \
		--deliver 'v1.0 @ 2026-11-07T16:05:00Z' --covers r1,r2 --submitted \
		--chat '../WhatsApp Chat with anna.txt' --tz UTC --date-order dmy \
		--until 2026-11-08T12:00:00Z --yes
	"$DEED" -q adopt FO8154C2B9 --platform fiverr --contract custom-offer \
		--buyer anna --title 'A second page' --price '150 USD' \
		--opened 2026-11-09T09:00:00Z --requirement 'a second page' \
		--deliver 'HEAD @ 2026-11-14T09:05:00Z' --covers r1 --submitted \
		--chat '../WhatsApp Chat with anna.txt' --tz UTC --date-order dmy \
		--since 2026-11-08T12:00:00Z --yes
	[ "$("$DEED" --json list | wc -l)" -eq 2 ]
	run -0 --separate-stderr "$DEED" -o FO8154C2A7 log
	[ "$(grep -c '\[recorded 2026-11-23\]' <<<"$output")" -eq 4 ]
}

@test "story 1, late: the clocks run as if they had been recorded in time" {
	# three days after the submission, or after the day it was due
	DEED_NOW=2026-11-10T16:05:00Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json due
	[ "$(jq -r 'select(.name == "auto-complete") | .earliest + " " + .latest' <<<"$output")" = \
		'2026-11-10T16:05:00Z 2026-11-12T23:59:59Z' ]
	DEED_NOW=2026-11-12T23:59:59Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json due
	[ -n "$(jq 'select(.name == "auto-complete")' <<<"$output")" ]
	DEED_NOW=2026-11-13T00:00:00Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json due
	[ -z "$(jq 'select(.name == "auto-complete")' <<<"$output")" ]
}

@test "story 1, late: the acceptance is recorded, and the order stays exposed" {
	"$DEED" -q -o FO8154C2A7 accept --kind button --at 2026-11-08T09:01:00Z
	"$DEED" -q -o FO8154C2B9 accept --kind button --at 2026-11-15T09:00:00Z
	run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json status
	[ "$(get .state)" = exposed ]
	# fourteen days after completion support still cancels
	DEED_NOW=2026-11-22T09:01:00Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json due
	[ "$(jq -r 'select(.name == "support-window") | .latest' <<<"$output")" = 2026-11-22T09:01:00Z ]
	DEED_NOW=2026-11-22T09:01:01Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json due
	[ -z "$(jq 'select(.name == "support-window")' <<<"$output")" ]
	# a card's owner has longer
	[ -n "$(jq 'select(.name == "chargeback-window")' <<<"$output")" ]
}

@test "story 1, late: the cancellations are recorded for the day they came" {
	for id in FO8154C2A7 FO8154C2B9; do
		"$DEED" -q -o $id cancel --by support --at 2026-11-22T09:00:00Z \
			--reason 'nothing was delivered'
		[ "$("$DEED" -o $id --json status | jq -r .state)" = cancelled ]
	done
}

@test "story 1, late: what the record does not show is named, with what mends it" {
	run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json check --for dispute
	[ "$(get '[.findings[].rule] | index("undelivered-requirement")')" = null ]
	[ "$(get '[.findings[].rule] | index("no-timestamp") != null')" = true ]
	run -0 --separate-stderr "$DEED" -o FO8154C2B9 --json check --for dispute
	[ "$(get '[.findings[].rule] | index("terms-not-frozen") != null')" = true ]
}

@test "story 1, late: both go into one package, which says how late it is" {
	run -0 --separate-stderr "$DEED" --json -o FO8154C2A7 -o FO8154C2B9 \
		dispute pack --claim not-delivered --yes -O ..
	path=$(get .package.path)
	run -0 --separate-stderr "$DEED" --json verify "$path"
	[ "$(get .ok)" = true ]
	mkdir ../package && unzip -q "$path" -d ../package
	page=$(cat ../package/*/data/index.html)
	[[ $page == *2026-11-07* && $page == *2026-11-23* ]]
	# it happened then, and was written down now
	run -0 grep -c 'recorded: "2026-11-23T09:00:00Z"' ../package/*/data/orders/FO8154C2A7.yaml
	[ "$output" -ge 4 ]
	ledger_is_clean "$("$DEED" --json init | jq -r .ledger)"
}

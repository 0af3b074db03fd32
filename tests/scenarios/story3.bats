#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Five revisions, then cancel.  Bug fixes and free extras eat the quota; the
# buyer keeps source, server and domain.  What was a mistake, what was
# included, what was new; what was handed over; what a part of the money comes
# to; and what the terms say of ownership.

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
	echo '<h1>shop</h1>' >shop.html
	git add -A
	git commit -qm "a shop"
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

@test "story 3: a shop, with two revisions included" {
	on 2026-10-01T09:00:00Z -q init
	on 2026-10-01T09:01:00Z -q open FO3300D4E5F6 --platform fiverr --buyer rita \
		--title 'A shop' --price '400 USD' --due 2026-10-20 --revisions 2 \
		--requirement 'a catalogue' --requirement 'a checkout' \
		--exclude 'product photos'
	on 2026-10-10T09:00:00Z -q deliver --covers r1,r2 -m 'The shop, complete' -O .. 2>/dev/null
	on 2026-10-10T09:05:00Z -q submit
}

@test "story 3: each item of a request is a mistake, included, or new work, with its clause" {
	on 2026-10-11T09:00:00Z -q revise --formal -m 'the button does nothing' \
		--fix 'the pay button is dead' --clause r2
	on 2026-10-12T09:00:00Z -q revise --formal -m 'other colours' \
		--included 'another palette' --clause r1
	run -0 --separate-stderr on 2026-10-12T10:00:00Z --json show rev1
	[ "$(get '.content.items[0] | .class + " " + .clause')" = 'fix r2' ]
	run -0 --separate-stderr on 2026-10-12T10:00:00Z --json show rev2
	[ "$(get '.content.items[0].class')" = included ]
	run -0 --separate-stderr on 2026-10-12T10:00:00Z --json check --for deliver
	[ "$(get '[.findings[].rule] | index("over-quota")')" = null ]
}

@test "story 3: an extra that was asked for in chat does not count, and is offered as new work" {
	run -0 --separate-stderr on 2026-10-13T09:00:00Z revise -m 'and a blog, please' --new 'a blog'
	[[ $stderr == *'does not count'*'new work'* ]]
	run -0 --separate-stderr on 2026-10-13T09:05:00Z draft new-work --price '80 USD' --days 4
	[[ $output == *'a blog'*'goes beyond what we agreed'*'Price: 80 USD'*'4 days more'* ]]
	[ -z "$stderr" ]
	on 2026-10-13T09:10:00Z -q scope change --class new -m 'a blog' --price '80 USD' --days 4 --answer declined
	run -0 --separate-stderr on 2026-10-13T09:11:00Z --json scope
	[ "$(jq -r 'select(.class == "new") | .answer + " " + .price' <<<"$output")" = 'declined 80 USD' ]
}

@test "story 3: the third request is over the quota, and everything says so" {
	for day in 14 15 16; do
		on 2026-10-${day}T09:00:00Z -q revise --formal -m 'once more' --included 'smaller text' 2>said
	done
	[[ $(cat said) == *'5 of 2 revisions are used'*'over the quota'* ]]
	run -0 --separate-stderr on 2026-10-16T10:00:00Z --json status
	[ "$(get '.revisions | "\(.used) of \(.allowed)"')" = '5 of 2' ]
	run -0 --separate-stderr on 2026-10-16T10:00:00Z --json check --for deliver
	[ "$(get '.findings[] | select(.rule == "over-quota") | .what')" = '5 revisions were asked for, and 2 are included' ]
	[[ $(get '.findings[] | select(.rule == "over-quota") | .why') == *'as of 2025-06'* ]]
}

@test "story 3: source, server, domain and passwords are handed over, without the secrets" {
	for item in source server domain; do
		on 2026-10-17T09:00:00Z -q log -k handover --set item=$item --set to=rita -m "the $item of the shop"
	done
	on 2026-10-17T09:01:00Z -q log -k handover --set item=credentials --set to=rita \
		-m 'the login of the server, sent by the password manager'
	run -0 --separate-stderr on 2026-10-17T10:00:00Z draft handover
	[[ $output == *'- source: '*'- server: '*'- domain: '*'- credentials: '*'Passwords you received from me are best changed now'* ]]
}

@test "story 3: she wants to cancel and keep it all: what a partial refund comes to" {
	on 2026-10-18T09:00:00Z -q cancel --by buyer --reason 'too many revisions'
	run -0 --separate-stderr on 2026-10-18T10:00:00Z weigh refund --amount '100 USD'
	[[ $output == *'most that can be offered'*'240.00 USD'* ]]
	[[ $output == *'left = price - refund = 300.00 USD'* ]]
	[[ $output == *'you keep = left - fee = 240.00 USD'* ]]
	[[ $output == *'as of 2025'* ]]
}

@test "story 3: what the terms say of ownership when it is cancelled, with its date" {
	run -0 --separate-stderr on 2026-10-18T10:00:00Z --json weigh cancel
	[ "$(get '.rules[] | select(.text | test("full payment")) | .as_of')" = unknown ]
	run -0 --separate-stderr on 2026-10-18T10:00:00Z weigh cancel
	[[ $output == *'passes with full payment'*'as of unknown'* ]]
}

@test "story 3: the package tells mistakes from extras, and lists what she has" {
	on 2026-10-18T11:00:00Z -q cancel --decline -m 'delivered as agreed'
	run -0 --separate-stderr on 2026-10-18T12:00:00Z --json dispute pack \
		--claim refund-after-use --yes -O ..
	mkdir ../package && unzip -q "$(get .package.path)" -d ../package
	page=$(cat ../package/*/data/index.html)
	[[ $page == *'the pay button is dead'* && $page == *'a blog'* && $page == *'the domain of the shop'* ]]
}

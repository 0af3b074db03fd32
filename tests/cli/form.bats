#!/usr/bin/env bats
# On a terminal, a form in the user's own editor asks for terms that were not said.

load ../lib

setup() {
	project
	deed -q init
	cd "$BATS_TEST_TMPDIR/work" || return
}

# edits SCRIPT: the editor does what this piece of shell does to the file $1
edits() {
	printf '#!/bin/sh\ncp "$1" "%s"\n%s\n' "$BATS_TEST_TMPDIR/shown" "$1" \
		>"$BATS_TEST_TMPDIR/editor"
	chmod +x "$BATS_TEST_TMPDIR/editor"
	export GIT_EDITOR=$BATS_TEST_TMPDIR/editor
}

# on_terminal WORD...: deed with a terminal for all its streams
on_terminal() {
	run script -qec "$DEED ${*@Q}" /dev/null
}

@test "open: on a terminal the terms are asked for, each under what it is" {
	edits 'sed -i "s/^platform: .*/platform: fiverr/; s/^price: /price: 250 USD/
		s/^requirement: .*/requirement: a page\nrequirement:  a form: with two fields /
		s/^message: .*/message: as talked over/" "$1"'
	on_terminal open FO1
	[ "$status" -eq 0 ]
	for name in platform contract buyer title price due revisions requirement exclude \
		milestone terms url party-name party-address message; do
		grep -q "^$name: $" "$BATS_TEST_TMPDIR/shown"
	done
	grep -q '^# what is bought' "$BATS_TEST_TMPDIR/shown"
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.platform)" = fiverr ]
	[ "$(get .content.price)" = '250 USD' ]
	[ "$(get '.content.requirements | map(.text) | join("|")')" = 'a page|a form: with two fields' ]
	[ "$(get .content.text)" = 'as talked over' ]
	[ "$(get '.content | has("buyer")')" = false ]
}

@test "open: a form left blank records nothing" {
	edits :
	on_terminal open FO1
	[ "$status" -eq 2 ]
	[[ $output == *'nothing recorded'* ]]
	run -2 deed show @
}

@test "open: a mistake in the form names file and line, and what was written is kept" {
	edits 'printf "title: Landing page\n\npric: 250 USD\n" >"$1"'
	on_terminal open FO1
	[ "$status" -eq 2 ]
	[[ $output == *'EDIT_TEXT:3: there is no field "pric"'* ]]
	[[ $output == *'did you mean price?'* ]]
	grep -q 'title: Landing page' "$ledger/.git/deed/EDIT_TEXT"
	edits 'printf "title: Landing page\nprice: much\n" >"$1"'
	on_terminal open FO1
	[ "$status" -eq 2 ]
	[[ $output == *much* ]]
	[[ $output == *'kept in'*EDIT_TEXT* ]]
	ledger_is_clean
}

@test "open: who is no terminal, says something, or names an order that is there is not asked" {
	edits 'echo asked >&2; exit 1'
	deed -q open FO1
	on_terminal open FO2 --title 'Landing page'
	[ "$status" -eq 0 ]
	on_terminal open fo1
	[ "$status" -eq 2 ]
	[[ $output != *asked* ]]
	[[ $output == *'order FO1 already'* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What "make demo" runs.

load ../lib

setup() {
	sandbox
}

@test "demo: it runs, and again, and touches nothing but ./demo" {
	for _ in first second; do
		run -0 sh "$repo/share/demo.sh" "$DEED"
		[[ $output == *'All of them succeed.'* ]]
		[ "$(ls -A)" = demo ]
	done
	[ -z "$(git config --global deed.ledger)" ]
	[ "$(ls -A "$HOME")" = .gitconfig ]
}

@test "demo: the package it leaves verifies, and what it points to is there" {
	sh "$repo/share/demo.sh" "$DEED" >said 2>&1
	deed verify demo/*-evidence-*.zip
	mapfile -t left < <(sed -n '/^=== That was/,$p' said | grep '^/')
	[ "${#left[@]}" -eq 4 ]
	for path in "${left[@]}"; do
		[ -e "$path" ]
	done
	ledger_is_clean demo/home/.local/share/deed/ledger
}

@test "demo: your settings have no say in it" {
	export DEED_ORDER=OTHER DEED_DIR=/nowhere GIT_DIR=/nowhere
	git config --file "$HOME/.gitconfig" commit.gpgsign true
	sh "$repo/share/demo.sh" "$DEED" >said 2>&1
}

@test "demo: a folder of that name that is not its own is left alone" {
	mkdir demo
	echo mine >demo/file
	run -2 --separate-stderr sh "$repo/share/demo.sh" "$DEED"
	[ -z "$output" ]
	[ "$(cat demo/file)" = mine ]
}

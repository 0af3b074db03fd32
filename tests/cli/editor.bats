#!/usr/bin/env bats
# Without -m, on a terminal, the editor asks for the text as in git commit.

load ../lib

setup() {
	project
	order
	delivered
	echo more >>main.c
	git commit -qam more
	export TERM=xterm EDITOR=$HOME/editor
	writes 'what I hand over, and how to check it'
}

# The editor is one that writes this, above what stands there already.
writes() {
	printf '%s\n' "$1" >"$HOME/words"
	printf '#!/bin/sh\ncat "$1" >>%s\ncat %s "$1" >%s\nmv %s "$1"\n' \
		"$HOME/asked" "$HOME/words" "$HOME/new" "$HOME/new" >"$EDITOR"
	chmod +x "$EDITOR"
}

on_terminal() {
	script -qec "$DEED $*" /dev/null </dev/null
}

newest() {
	deed --json show @ | jq -r "$1"
}

@test "editor: it asks for the text of deliver, complete, revise, scope, a correction and log -k" {
	for words in deliver complete revise 'scope add' 'correct d1 --set covers=' 'log -k call --with bob'; do
		run -0 on_terminal "$words"
		[ "$(newest .content.text)" = 'what I hand over, and how to check it' ]
	done
	[ "$(newest '[.kind, .content.with] | join(" ")')" = 'call bob' ]
	grep -q '^# ' "$HOME/asked"
	ledger_is_clean
}

@test "editor: comments and blank lines at the ends are left out" {
	writes $'\n\n# not this\nfirst line of the note\n\nsecond\n#nor this\n\n'
	run -0 on_terminal complete
	[ "$(newest .content.text)" = $'first line of the note\n\nsecond' ]
}

@test "editor: an empty text records nothing" {
	writes $'\n# nothing'
	before=$(snapshot)
	for words in deliver complete 'scope add' 'log -k call --with bob'; do
		run -2 on_terminal "$words"
		[[ $output == *'the text is empty'* ]]
	done
	[ "$before" = "$(snapshot)" ]
}

@test "editor: one that fails records nothing" {
	printf '#!/bin/sh\nexit 3\n' >"$EDITOR"
	before=$(snapshot)
	run -2 on_terminal complete
	[[ $output == *'status 3'* ]]
	[ "$before" = "$(snapshot)" ]
}

@test "editor: is chosen as git chooses it" {
	cp "$EDITOR" "$HOME/mine"
	export EDITOR=false
	git config --global core.editor "$HOME/mine"
	run -0 on_terminal complete
	[ "$(newest .content.text)" = 'what I hand over, and how to check it' ]
}

@test "editor: what needs no text opens none" {
	export EDITOR=false
	for words in submit accept 'cancel --by buyer' 'dispute open' 'log' 'log --attach main.c' 'deliver --ci'; do
		run -0 on_terminal "$words"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load ../lib

setup() {
	project
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$DEED" "$BATS_TEST_TMPDIR/bin/deed"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

an_order() {
	deed -q init
	deed -q open FO8154C2A7 --title 'Landing page' --requirement 'a form'
}

# Each of the three completes every line given and prints, for each, the word
# it found for the last one.

with_bash() {
	# shellcheck disable=SC2016 # the inner shell expands it
	bash --norc -c '
		source <(deed completion bash)
		for line in "$@"; do
			read -ra COMP_WORDS <<<"$line"
			[[ $line == *" " ]] && COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_deed
			echo "${COMPREPLY[*]}"
		done' bash "$@"
}

with_fish() {
	# shellcheck disable=SC2016 # the inner shell expands it
	fish --no-config -c '
		deed completion fish | source
		for line in $argv
			complete -C $line | cut -f1
		end' -- "$@"
}

# In zsh completion lives in the line editor: on a terminal of its own, type
# the line and TAB, then a key that tells what the line has become.
with_zsh() {
	cat >"$BATS_TEST_TMPDIR/tell.zsh" <<-'END'
		PS1=
		autoload -Uz compinit
		compinit -u -d $HOME/dump
		source <(deed completion zsh)
		tell() { print -r -- "LINE<$BUFFER>"; zle kill-buffer }
		zle -N tell
		bindkey '^T' tell
		print -r -- "RE""ADY"
	END
	cat >"$BATS_TEST_TMPDIR/type.zsh" <<-'END'
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "source $1"
		zpty -r -m z seen '*READY*'
		shift
		for line; do
			zpty -w -n z "$line"$'\t\x14'
			zpty -r -m z seen '*LINE<*>*'
			line=${${seen##*LINE<}%%>*}
			print -r -- ${${line% }##* }
		done
		zpty -d z
	END
	timeout 60 zsh -f "$BATS_TEST_TMPDIR/type.zsh" \
		"$BATS_TEST_TMPDIR/tell.zsh" "$@"
}

for_each_line() {
	"$1" 'deed swi' 'deed log --off' 'deed log -k plat' \
		'deed accept --kind rev' 'deed switch FO' 'deed -o FO' \
		'deed show @' 'deed -q show FO' 'deed completion fi'
}

expected='switch
--off-platform
platform
review
FO8154C2A7
FO8154C2A7'

@test "completion: bash knows commands, options, their values and orders" {
	an_order
	run -0 for_each_line with_bash
	[ "$(head -n6 <<<"$output")" = "$expected" ]
	[ "${lines[${#lines[@]} - 1]}" = fish ]
}

@test "completion: fish knows commands, options, their values and orders" {
	an_order
	run -0 for_each_line with_fish
	[ "$(head -n6 <<<"$output")" = "$expected" ]
	[ "${lines[${#lines[@]} - 1]}" = fish ]
}

@test "completion: zsh knows commands, options, their values and orders" {
	an_order
	run -0 for_each_line with_zsh
	[ "$(head -n6 <<<"$output")" = "$expected" ]
	[ "${lines[${#lines[@]} - 1]}" = fish ]
}

@test "completion: entries are offered by label or short id" {
	an_order
	entry=$(deed log -k call -m 'Header goes blue')
	for shell in with_bash with_fish with_zsh; do
		run -0 $shell "deed show ${entry:0:5}"
		[ "$output" = "$entry" ]
	done
}

@test "completion: what was agreed is offered where it can be covered" {
	an_order
	run -0 deed __complete choices -- deliver --covers
	[ "$output" = 'r1 a form' ]
	run -0 deed __complete choices -- scope --requirement
	[ "$output" = 'r1 a form' ]
	run -0 deed __complete choices -- open --requirement
	[ -z "$output" ]
}

@test "completion: what is typed narrows what a shell gets, as that shell goes by it" {
	deed -q init
	for id in FO1 FO12 fo3 XFO1; do deed -q open "$id" --title "page: $id"; done
	words() { deed __complete "$@" -- choices switch | sort | tr '\t' '|' | paste -sd' '; }
	[ "$(words --for bash --word FO1)" = 'FO1 FO12' ]
	[ "$(words --for fish --word fo1)" = 'FO1|page: FO1 FO12|page: FO12 XFO1|page: XFO1' ]
	[ "$(words --for zsh --word XF)" = 'XFO1:page: XFO1' ]
	deed -q switch FO1
	run -0 deed __complete --for zsh -- choices show
	[[ $output =~ ^[0-9a-f]{8}:order$|^[0-9a-f]{8}:order:\ .*$ ]]
}

@test "completion: -C and --ledger of the line are heeded" {
	deed -q --ledger "$BATS_TEST_TMPDIR/other" init
	DEED_DIR=$BATS_TEST_TMPDIR/other deed -q open ELSEWHERE
	git config --unset deed.ledger || :
	for shell in with_bash with_fish with_zsh; do
		run -0 $shell "deed --ledger $BATS_TEST_TMPDIR/other status ELS"
		[ "$output" = ELSEWHERE ]
	done
}

@test "completion: zsh also takes the script as a function on fpath" {
	mkdir "$HOME/functions"
	deed completion zsh >"$HOME/functions/_deed"
	run -0 zsh -f -c "fpath=($HOME/functions \$fpath)
		autoload -Uz compinit; compinit -u -d $HOME/dump
		print -r -- \$_comps[deed]"
	[ "$output" = _deed ]
}

@test "completion: without a ledger there is no complaint" {
	for what in orders labels "choices -- switch" "choices -- log -o"; do
		# shellcheck disable=SC2086 # words on purpose
		run -0 --separate-stderr deed __complete $what
		[ -z "$output" ]
		[ -z "$stderr" ]
	done
}

@test "completion: an option without a value is told from one that takes any" {
	run -1 --separate-stderr deed __complete choices -- log --off-platform
	[ -z "$output$stderr" ]
	run -0 --separate-stderr deed __complete choices -- log -m
	[ -z "$output$stderr" ]
}

@test "completion: a word that a shell would expand is not offered" {
	an_order
	id=$(deed scope add -m 'a map')
	[ -n "$id" ]
	# shellcheck disable=SC2016 # it must stay as it is
	by_hand milestone 'label: "$(touch pwned)"' 'text: half'
	[[ $(deed log) == *pwned* ]]
	run -0 --separate-stderr deed __complete labels
	[[ $output != *pwned* ]]
	[[ $output == *"r2 requirement: a map"* ]]
}

@test "completion: what an order is called cannot add a word" {
	deed -q init
	deed -q open FO1 --title $'one\nTWO \e[31m'
	run -0 --separate-stderr deed __complete orders
	[ "$output" = 'FO1 one\nTWO \x1b[31m' ]
}

@test "completion: hidden commands are neither listed nor offered" {
	run -0 --separate-stderr deed help
	[[ $output != *__complete* ]]
	run -0 --separate-stderr deed __complete commands
	[[ $output != *__complete* ]]
}

@test "completion: --json holds the script, an unknown shell is refused" {
	run -0 --separate-stderr deed completion bash --json
	[ "$(jq -r .script <<<"$output")" = "$(deed completion bash)" ]
	run -2 --separate-stderr deed completion tcsh
	[ -z "$output" ]
	[[ $stderr == *"bash, zsh, fish"* ]]
}

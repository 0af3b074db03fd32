#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What every command promises, for each one that "deed help" lists: a new
# command fails here until it has all of it.

load ../lib

setup() {
	sandbox
	mapfile -t commands < <(deed help --json | jq -r .name)
	[ "${#commands[@]}" -gt 10 ]
}

# for_each FUNCTION: call it for every command, and name those it fails for.
for_each() {
	local command bad=''

	for command in "${commands[@]}"; do
		"$1" "$command" || bad+=" $command"
	done
	[ -z "$bad" ] || {
		echo "not so:$bad"
		return 1
	}
}

page() {
	echo "$repo/man/deed-$1.1"
}

help_works() {
	local out

	out=$(deed "$1" -h 2>err) && [ ! -s err ] &&
		[[ $out == "usage: deed $1"* && $out == *'-h, --help'* ]] &&
		[ "$(deed -h "$1" | head -n1)" = "$(head -n1 <<<"$out")" ]
}

@test "every command: -h works without a ledger, on standard output" {
	for_each help_works
}

page_is_well() {
	[ -e "$(page "$1")" ] || {
		echo "there is no man/deed-$1.1"
		return 1
	}
	mandoc -T lint -W warning "$(page "$1")"
}

has_tests() {
	grep -q '^@test' "$repo/tests/cli/$1.bats"
}

@test "every command: there is a file of tests by its name" {
	for_each has_tests
}

@test "every command: there is a manual page without a warning" {
	for_each page_is_well
}

page_is_complete() {
	local sections

	sections=$(sed -n 's/^\.Sh //p' "$(page "$1")" |
		grep -vxE 'ENVIRONMENT|FILES|CAVEATS' | paste -sd,)
	[ "$sections" = 'NAME,SYNOPSIS,DESCRIPTION,EXIT STATUS,EXAMPLES,SEE ALSO' ] || {
		echo "man/deed-$1.1 has the sections $sections"
		return 1
	}
}

@test "every command: the page has the same sections in the same order, and no other but a few" {
	for_each page_is_complete
}

# Words one blank apart, whatever the line breaks.
flat() {
	tr -s ' \n' '  ' | sed 's/^ //; s/ $//'
}

synopsis_is_usage() {
	local says usage

	says=$(mandoc -T ascii "$(page "$1")" | col -bx |
		sed -n '/^SYNOPSIS/,/^[A-Z]/{/^[A-Z]/d;p}' | flat)
	usage=$(deed "$1" -h | sed -n '1s/^usage: //p' | flat)
	[ "$says" = "$usage" ] || {
		printf 'page:  %s\nusage: %s\n' "$says" "$usage"
		return 1
	}
}

@test "every command: SYNOPSIS is what -h prints" {
	for_each synopsis_is_usage
}

# "-k --kind kind" for each option of -h up to the common ones, and of the page.
options_of_help() {
	deed "$1" -h | sed -n '/^  -C dir/,$d; s/^  \(-.*\)/\1/p' |
		sed 's/   .*//; s/,//' | sort
}

options_of_page() {
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh EXIT/s/^\.It Fl //p' "$(page "$1")" |
		sed 's/^/-/; s/ , Fl / -/; s/ Ar / /; s/ Ns = Ns Ar /=/; s/ = Ar /=/; s/ Ns//g' | sort
}

options_are_told() {
	diff <(options_of_help "$1") <(options_of_page "$1")
}

@test "every command: each option stands in the page, and no other" {
	for_each options_are_told
}

@test "import: every format stands in the page, once" {
	for format in $(deed __complete choices -- import --format | cut -d' ' -f1); do
		[ "$(grep -cx "\.It Li $format" "$(page import)")" -eq 1 ] || {
			echo "not so: $format"
			false
		}
	done
}

names_the_page() {
	[ "$(grep -c "^\.It Xr deed-$1 1" "$repo/man/deed.1")" -eq 1 ]
}

@test "every command: deed(1) names it, once" {
	for_each names_the_page
}

@test "no page is left of a command that is gone" {
	for file in "$repo"/man/deed-*.1; do
		name=$(basename "$file" .1)
		deed "${name#deed-}" -h >out
	done
}

@test "every reference from page to page leads to one" {
	missing=$(grep -ho '^\.Xr deed[a-z-]* [15]' "$repo"/man/* | sort -u |
		while read -r _ name section; do
			[ -e "$repo/man/$name.$section" ] || echo "$name($section)"
		done)
	[ -z "$missing" ] || {
		echo "there is no $missing"
		return 1
	}
}

refuses_nonsense() {
	local status=0

	deed "$1" --no-such-option >out 2>err || status=$?
	[ "$status" -eq 2 ] && [ ! -s out ] &&
		[ "$(head -n1 err)" = 'deed: there is no option --no-such-option' ] &&
		[ "$(tail -n1 err)" = "hint: see 'deed $1 -h'" ]
}

@test "every command: an unknown option is refused with a hint" {
	for_each refuses_nonsense
}

refuses_as_json() {
	local status=0

	deed "$1" --json --no-such-option >out 2>err || status=$?
	[ "$status" -eq 2 ] && [ ! -s out ] &&
		[ "$(jq -r 'keys_unsorted | join(" ")' err)" = 'error message hint' ] &&
		[ "$(jq -r .error err)" = usage ]
}

@test "every command: with --json an error is an object on standard error" {
	for_each refuses_as_json
}

# A full disk behind standard output is an error of the command.
notices_a_full_disk() {
	local status=0

	deed "$1" -h >/dev/full 2>err || status=$?
	[ "$status" -eq 2 ] && grep -q 'cannot write the output' err
}

@test "every command: output that cannot be written is an error" {
	for_each notices_a_full_disk
}

@test "every command: bash completes it and its options" {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 bash --norc -c '
		PATH=$1:$PATH; shift
		source <(deed completion bash)
		for command; do
			COMP_WORDS=(deed "${command:0:2}") COMP_CWORD=1; _deed
			[[ " ${COMPREPLY[*]} " == *" $command "* ]] || echo "$command"
			COMP_WORDS=(deed "$command" -) COMP_CWORD=2; _deed
			for option in $(deed help --json |
				jq -r "select(.name == \"$command\").options[]"); do
				[[ " ${COMPREPLY[*]} " == *" $option "* ]] ||
					echo "$command $option"
			done
		done' bash "$(dirname "$DEED")" "${commands[@]}"
	[ -z "$output" ]
}

@test "every command: fish completes it and its options" {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 fish --no-config -c '
		set -p PATH $argv[1]
		deed completion fish | source
		for command in $argv[2..]
			complete -C "deed "(string sub -l 2 $command) | cut -f1 |
				string match -q $command; or echo $command
			for option in (deed help --json |
				jq -r "select(.name == \"$command\").options[]")
				complete -C "deed $command $option" | cut -f1 |
					string match -q -- $option; or echo $command $option
			end
		end' -- "$(dirname "$DEED")" "${commands[@]}"
	[ -z "$output" ]
}

@test "every command: zsh completes it" {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 zsh -f -c '
		PATH=$1:$PATH
		compdef() { : }
		source <(deed completion zsh)
		_call_program() { shift; eval "$@" }
		_describe() { for offer in $offers; do print -r -- ${offer%%:*}; done }
		words=(deed "") CURRENT=2; _deed' zsh "$(dirname "$DEED")"
	[ "$output" = "$(printf '%s\n' "${commands[@]}")" ]
}

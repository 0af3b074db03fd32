#!/usr/bin/env bats
# deed verify on a ledger: everything is checked, every failure named.

load ../lib

setup() {
	project
	order --title 'An app'
	file=$(echo "$ledger"/orders/*/FO1.yaml)
}

# Put another text into the file of FO1 and, with plain git, into history.
forge() {
	sed -i "$1" "$file"
	git -C "$ledger" -c core.hooksPath=/dev/null commit --quiet -am 'by hand'
}

# The checks that failed, as NAME SUBJECT DETAIL.
failures() {
	run -1 --separate-stderr deed --json verify "$@"
	get '.checks[] | select(.result == "fail") | "\(.name) \(.subject) \(.detail)"'
}

@test "an entry that was changed is named, and the others are shown all the same" {
	deed -q log -k message -m 'we agreed on blue'
	deed -q log -k message -m 'see you'
	forge 's/agreed on blue/agreed on pink/'
	run -0 --separate-stderr deed log
	[[ $output == *'see you'* && $output != *pink* && $output != *blue* ]]
	[[ $output == *'(changed: see deed verify)'* ]]
	[[ $stderr == *"FO1.yaml:"*"made with"*"deed verify"* ]]
	run -0 --separate-stderr deed --json log
	[ "$(jq -s '[.[] | select(.forged)] | length' <<<"$output")" = 1 ]
	[ "$(jq -s '[.[] | select(.withheld)] | length' <<<"$output")" = 0 ]
	for words in status show list due 'show @~1' check 'log -k message -m more'; do
		# shellcheck disable=SC2086
		run --separate-stderr deed $words
		[ "$status" -lt 2 ]
	done
	[[ $(failures) == *"chain orders/"*"FO1.yaml line "*"not the one it was made with"* ]]
}

@test "what was changed never leaves in a package" {
	deed -q log -k message -m 'we agreed on blue'
	forge 's/agreed on blue/agreed on pink/'
	run -2 --separate-stderr deed dispute pack --yes -O ..
	[[ $stderr == *'not the one this entry was made with'* ]]
}

@test "deed.yaml is held to the same bytes as an order" {
	for bad in 'format: 1\r\n' '\xef\xbb\xbfformat: 1\n' 'format: 1\n# \xc2\x85\n' 'format: 1\n\x00' 'format: &a 1\n' 'format: 1'; do
		printf '%b' "$bad" >"$ledger/deed.yaml"
		run -2 --separate-stderr deed status
		[[ $stderr == *deed.yaml:* ]]
	done
}

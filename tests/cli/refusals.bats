#!/usr/bin/env bats
# Bad input: exit 2, one sentence that names what and where, perhaps with a
# hint, and the ledger as it was.  Tables of command lines.

load ../lib

setup() {
	project
	order
	deed -q log -k message -m 'a first message'
	delivered
	before=$(snapshot)
	names=$(deed __complete commands | cut -d' ' -f1)
}

# bad STATUS TEXT WORD...: this command line ends so, saying TEXT.
bad() {
	local expect=$1 text=$2

	shift 2
	run -"$expect" --separate-stderr timeout 20 "$DEED" "$@" </dev/null
	echo "deed $*"
	[ -z "$output" ]
	said_once
	[[ $stderr == *$text* ]]
}

unchanged() {
	[ "$before" = "$(snapshot)" ]
	ledger_is_clean
}

# A good command line of each, where there is one that needs the ledger.
usual() {
	case $1 in
	open) echo 'open FO2' ;;
	adopt) echo 'adopt FO2 --yes' ;;
	switch) echo 'switch FO1' ;;
	log) echo 'log -m x' ;;
	recap) echo 'recap @' ;;
	revise) echo 'revise -m x' ;;
	correct) echo 'correct @ --void -m why' ;;
	erase) echo 'erase @ --yes' ;;
	match) echo 'match main.c' ;;
	complete) echo 'complete -m the-last-hand-in-of-all' ;;
	dispute) echo 'dispute open -m x' ;;
	weigh) echo 'weigh cancel' ;;
	draft) echo 'draft confirm' ;;
	import) echo 'import chat.txt' ;;
	help | version | completion | init | clone) ;;
	*) echo "$1" ;;
	esac
}

@test "refusals: an unknown option of every command, with a hint" {
	for name in $names; do
		bad 2 --frobnicate "$name" --frobnicate
		[ "${#stderr_lines[@]}" -eq 2 ]
		bad 2 '-?' "$name" '-?'
	done
	unchanged
}

@test "refusals: an option without its value, or with one it does not take" {
	for name in $names; do
		while read -r option; do
			case $option in
			--*) bad 2 "$option" "$name" "$option" ;;
			esac
		done < <(deed "$name" -h | sed -n 's/^  \(-[A-Za-z], \)\?\(--[a-z-]*\) [a-z].*  .*/\2/p' | head -n3)
		bad 2 --quiet "$name" --quiet=x
	done
	unchanged
}

@test "refusals: a word that is missing" {
	for words in open switch recap correct match import clone completion weigh 'scope add' 'scope change' revise; do
		# shellcheck disable=SC2086
		bad 2 '' $words
	done
	unchanged
}

@test "refusals: a word too many" {
	for words in 'open FO2 FO3' 'switch FO1 FO2' 'recap @ @' 'version x' 'match main.c main.c' 'list x' 'completion bash x' \
		'submit d1 d1' 'accept d1 d1' 'status FO1 FO1' 'stats x' 'init x' 'show @ @' 'complete x' 'cancel x' 'stamp x'; do
		# shellcheck disable=SC2086
		bad 2 '' $words
	done
	unchanged
}

@test "refusals: a date that is none, wherever one is taken" {
	for words in 'log -m x --at' 'log --since' 'log --until' 'log -m x --captured' 'submit --at' 'accept --at' 'deliver -m x --at' \
		'complete -m the-last-hand-in-of-all --at' 'cancel --at' 'revise -m x --at' 'open FO2 --due' 'open FO2 --at' 'correct @ -m x --set happened=' \
		'due --within' 'recap @~1 --posted --at' 'dispute open --claim quality -m x --at'; do
		for date in 2026-13-01 2026-02-30 soon '' 2026-11-22T25:00:00Z; do
			case $words in
			*=) bad 2 "$date" ${words}"$date" ;;
			*) bad 2 "$date" $words "$date" ;;
			esac
		done
	done
	unchanged
}

@test "refusals: money that is none, wherever it is taken" {
	for words in 'open FO2 --price' 'scope change -m x --class new --price' 'log -k refund -m x --set amount='; do
		for money in 250 'USD' '250 usd' '2,50 USD' '1e3 USD' '-' '250 USDX' '250.001.1 USD'; do
			case $words in
			*=) bad 2 '' ${words}"$money" ;;
			*) bad 2 '' $words "$money" ;;
			esac
		done
	done
	bad 2 'name' open FO2 --milestone 'no amount'
	unchanged
}

@test "refusals: an entry that is not there, or is meant by two" {
	deed -q log -k message -m second
	before=$(snapshot)
	for words in show recap submit accept 'correct -m x --void' 'log -m x --cites' 'dispute pack --yes --withhold'; do
		for entry in d9 r1 rev3 @~99 0123456789abcdef abc '@~x' d1~ffff x:y "d1:99"; do
			case $words:$entry in
			log*:*:* | accept*) continue ;;
			esac
			# shellcheck disable=SC2086
			bad 2 '' $words "$entry"
			[ "$entry" = d1:99 ] || [[ $stderr == *"$entry"* ]]
		done
	done
	bad 2 r7 deliver -m 'something that was agreed on' --covers r7
	bad 2 m3 deliver -m 'something that was agreed on' --milestone m3
	unchanged
}

@test "refusals: an order that is not there names those that are near, for every command" {
	for name in $names; do
		words=$(usual "$name")
		[ -n "$words" ] || continue
		case $name in
		open | adopt | switch | import | list | stats | verify | stamp | sync) continue ;;
		esac
		# shellcheck disable=SC2086
		bad 2 FO9 -o FO9 $words
		[ "${#stderr_lines[@]}" -eq 2 ]
	done
	bad 2 FO9 switch FO9
	bad 2 FO9 verify FO9
	unchanged
}

@test "refusals: which of two orders is not guessed, and both ways to say it are told" {
	deed -q open FO2
	git config --unset deed.order
	before=$(snapshot)
	for name in $names; do
		words=$(usual "$name")
		case $name in
		open | adopt | switch | list | stats | verify | stamp | sync | export | due | dispute | match | check | log | import) ;;
		*)
			[ -z "$words" ] || {
				# shellcheck disable=SC2086
				bad 2 order $words
				[[ $stderr == *'deed switch'* && $stderr == *' -o'* ]]
			}
			;;
		esac
	done
	bad 2 order log -m x
	bad 2 order log
	bad 2 order dispute open --claim quality -m x
	bad 2 order check
	bad 2 order check --for deliver
	unchanged
}

@test "refusals: outside of any ledger every command says how to make one" {
	mv "$ledger" "$HOME/elsewhere"
	git config --unset deed.ledger
	touch chat.txt
	for name in $names; do
		words=$(usual "$name")
		[ -n "$words" ] || continue
		# shellcheck disable=SC2086
		bad 2 ledger $words
		[[ $stderr == *'deed init'* ]]
	done
	[ ! -e "$ledger" ]
	git config deed.ledger "$BATS_TEST_TMPDIR/gone"
	bad 2 gone list
	bad 2 nowhere --ledger nowhere list
}

@test "refusals: an order file that is broken is named with its line" {
	file=$(echo "$ledger"/orders/*/FO1.yaml)
	cp "$file" good
	for damage in '4s/.*/content: x/' '2s/.*/deed: 99/' '8s/^/\t/' '9s/$/\r/' '9s/.*/%x/' '1s/.*/--- x/'; do
		sed "$damage" good >"$file"
		for words in log status 'show @' check 'log -m x' 'deliver -m some-words-about-it' 'correct @ --void -m x' submit recap\ @ 'draft confirm' 'dispute pack --yes'; do
			# shellcheck disable=SC2086
			run --separate-stderr timeout 20 "$DEED" $words
			echo "$damage: deed $words: $status"
			[ "$status" -eq 2 ]
			[ "$(grep -c '^deed: ' <<<"$stderr")" -ge 1 ]
			[[ $stderr == *FO1.yaml* ]]
		done
	done
	cp good "$file"
	unchanged
}

@test "refusals: a deed.yaml that is broken or newer is named with its line" {
	for text in 'format: 99' 'format: x' 'frmat: 1' $'format: 1\nformat: 1' '' $'format: 1\n\tx' '[1]' 'format: 1 # é'$'\x85'; do
		printf '%s\n' "$text" >"$ledger/deed.yaml"
		for words in log list status 'log -m x' deliver; do
			# shellcheck disable=SC2086
			bad 2 ledger $words
			[ "$text" = 'format: 99' ] || [[ $stderr == *deed.yaml:[12]:* ]]
		done
	done
	git -C "$ledger" restore deed.yaml
	unchanged
}

@test "refusals: drafts on a cancelled or closed order, exit 1 and nothing recorded" {
	deed -q cancel --by support --reason gone
	before=$(snapshot)
	for words in 'deliver -m another-version-of-it-all' 'complete -m the-last-hand-in-of-all'; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr deed --json $words
		[ "$(get .ok)" = false ]
		[ "$(get '[.findings[] | select(.severity == "block")] | length')" -ge 1 ]
		[ "$(get '.findings[0] | keys | join(" ")')" = 'fix rule severity what why' ]
		# shellcheck disable=SC2086
		run -1 --separate-stderr deed $words
		[[ $output$stderr == *cancelled* ]]
	done
	unchanged
	echo more >>main.c
	git commit -qam more
	run -0 deed deliver -m another-version-of-it-all --anyway 'he asked for it'
	run -0 deed --json show @
	[ "$(get .kind)" = delivery ]
	[[ $(get '.content | tostring') == *'he asked for it'* ]]
}

@test "refusals: -q keeps no reason back, and nothing that wants consent" {
	run -1 --separate-stderr deed -q complete -m no
	[ -z "$output" ]
	[[ $stderr == *thin-note* ]]
	run -2 --separate-stderr deed -q dispute pack </dev/null
	[[ $stderr == *'data/orders/FO1.yaml'* ]]
	run -2 --separate-stderr deed -q adopt FO2 --opened yesterday --deliver HEAD </dev/null
	[[ $stderr == *FO2*--yes* ]]
}

@test "refusals: what is printed must arrive: a full disk or a closed stdout is exit 2" {
	[ -w /dev/full ] || skip 'there is no /dev/full'
	touch chat.txt
	for words in 'log' 'show @' 'show d1' status list stats check due scope 'match main.c' 'recap @' 'draft confirm' verify version \
		'help' 'help log' 'completion bash' 'weigh cancel' dispute; do
		for json in '' --json; do
			printed=$("$DEED" $json $words 2>/dev/null) || true
			[ -n "$printed" ] || continue
			for to in '>/dev/full' '>&-'; do
				run -2 --separate-stderr bash -c "'$DEED' $json $words $to"
				echo "deed $json $words $to: $stderr"
				[ -n "$stderr" ]
				no_raw "$stderr"
			done
		done
	done
	unchanged
}

@test "refusals: with --json they are one object on standard error" {
	for words in 'log --frobnicate' 'show d9' '-o FO9 status' 'log -m x --at soon' 'open FO1' 'match gone' 'switch FO9' 'frobnicate'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed --json $words
		[ -z "$output" ]
		[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$stderr")" = 'error message hint' ]
	done
	unchanged
}

@test "an order said twice and differently, or one too many, is refused" {
	deed -q open FO9
	for command in open adopt switch; do
		refused -o FO1 "$command" FO9
		[ "${stderr_lines[0]}" = 'deed: -o says another order than FO9: FO1' ]
	done
	deed -q -o FO1 switch FO1
	[ "$(deed --json -o FO1 stats | jq .orders)" = 1 ]
	refused -o FO8 stats
	refused -o FO1 -o FO2 deliver --detach ../x.zip -m 'the first version, ready to run'
	[ "${stderr_lines[0]}" = 'deed: this command takes one order' ]
	[ ! -e ../x.zip ]
}

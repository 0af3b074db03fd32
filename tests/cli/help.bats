#!/usr/bin/env bats
# deed help, and what is the same for every command.

load ../lib

setup() {
	sandbox
}

@test "help: lists the commands, as deed -h does" {
	run -0 --separate-stderr deed help
	[[ $output == *init* ]]
	[[ $output == *status* ]]
	[ "$output" = "$(deed -h)" ]
	[ "$output" = "$(deed --help)" ]
	[[ $output != *__complete* ]]
}

@test "help: as JSON one command a line" {
	run -0 --separate-stderr deed help --json
	while read -r line; do
		[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$line")" = 'name summary options' ]
		[ "$(jq -r '.options | type' <<<"$line")" = array ]
	done <<<"$output"
	for name in init open switch log recap correct submit accept complete cancel status list show check help version; do
		grep -q "\"name\":\"$name\"" <<<"$output"
	done
	[ "$(jq -r 'select(.name == "init") | .options | index("--here") != null' <<<"$output")" = true ]
	[ "$(deed help --json init)" = "$(jq -c 'select(.name == "init")' <<<"$output")" ]
}

@test "help: of a command is what -h says" {
	while read -r name; do
		[ "$(deed help "$name" | head -n1)" = "$(deed "$name" -h | head -n1)" ]
		[[ $(deed "$name" -h) == "usage: deed $name"* ]]
	done < <(deed help --json | jq -r .name)
}

@test "help: an unknown command is refused with the nearest" {
	run -2 --separate-stderr deed help statsu
	said_once
	[[ $stderr == *'did you mean stat'* ]]
	run -2 --separate-stderr deed acept
	said_once
	[[ $stderr == *'did you mean accept'* ]]
	run -2 --separate-stderr deed help zzzzzzzz
	said_once
}

@test "help: a prefix of a command is no command" {
	run -2 deed stat
	run -2 deed v
}

@test "deed: an external command gets its words and the place" {
	mkdir bin place
	printf '#!/bin/sh\necho "$PWD|$#|$1|$2"\nexit 7\n' >bin/deed-foo
	chmod +x bin/deed-foo
	PATH=$PWD/bin:$PATH run -7 --separate-stderr deed -C place foo 'a b' --json
	[ "$output" = "$PWD/place|2|a b|--json" ]
	run -2 deed ../bin/foo
}

@test "deed: an external command gets the ledger and the order it is about" {
	mkdir bin
	printf '#!/bin/sh\necho "$DEED_DIR|$DEED_ORDER"\n' >bin/deed-foo
	chmod +x bin/deed-foo
	PATH=$PWD/bin:$PATH
	[ "$(deed foo)" = '|' ]
	deed -q init
	deed -q open FO1
	[ "$(deed foo)" = "$ledger|FO1" ]
	[ "$(deed -o FO2 foo)" = "$ledger|FO2" ]
	[ "$(cd / && deed --ledger "$ledger" -o FO3 foo)" = "$ledger|FO3" ]
	[ "$(DEED_ORDER=FO4 deed foo)" = "$ledger|FO4" ]
	deed -q init --ledger "$PWD/other"
	[ "$(deed --ledger other foo)" = "$PWD/other|" ]
}

@test "deed: common options stand on both sides of the verb" {
	deed -q init
	(cd / && deed -q --ledger "$ledger" open FO1)
	[ "$(deed --json list)" = "$(deed list --json)" ]
	[ "$(deed -o FO1 --json status)" = "$(deed status --json -o FO1)" ]
	[ "$(deed -C / --json list)" = "$(deed list --json -C /)" ]
	[ "$(deed --order=FO1 --json status)" = "$(deed --json -oFO1 status)" ]
}

@test "deed: -C to a folder that is not there is refused" {
	run -2 --separate-stderr deed -C gone list
	said_once
	[[ $stderr == *gone* ]]
}

@test "deed: mistakes on the command line are exit 2, one sentence, perhaps a hint" {
	deed -q init
	for words in '--nonsense' 'list --nonsense' 'list -Q' 'list word' 'open' 'open A B' 'status A B' \
		'log -m' 'log --at' 'list --state' 'init --here=yes' 'log -n two' '-o'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed $words
		said_once
		[ -z "$output" ]
	done
	run -2 --separate-stderr deed list --stat open
	[[ $stderr == *--state* ]]
}

@test "deed: with --json an error is one object on stderr" {
	for words in 'list' 'show @' 'log --nonsense' 'open ../x' 'frobnicate'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed --json $words
		[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$stderr")" = 'error message hint' ]
		[ -z "$output" ]
	done
	run -2 --separate-stderr deed --json list
	[ "$(jq -r .error <<<"$stderr")" = not-found ]
	[[ $(jq -r .hint <<<"$stderr") == *'deed init'* ]]
}

@test "deed: a full disk on stdout is an error" {
	[ -w /dev/full ] || skip 'there is no /dev/full'
	deed -q init
	(cd / && deed -q --ledger "$ledger" open FO1)
	for words in help version list status 'log' 'show @' 'check' 'log -k message -m x'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr bash -c "$DEED -o FO1 $words >/dev/full"
		[[ ${stderr_lines[-2]} == 'deed: '*'No space left'* ]]
		no_raw "$stderr"
	done
	run -2 --separate-stderr bash -c "$DEED --json list >/dev/full"
	[ "$(jq -r .error <<<"$stderr")" = system ]
	ledger_is_clean
}

@test "deed: a closed pipe is none" {
	deed -q init
	(cd / && deed -q --ledger "$ledger" open FO1)
	for words in help list log; do
		run -0 bash -c "set -o pipefail; $DEED -o FO1 $words | true"
		[ -z "$output" ]
	done
}

@test "deed: closed standard streams never end up in the ledger" {
	deed -q init
	(cd / && deed -q --ledger "$ledger" open FO1)
	"$DEED" -o FO1 log -m one >&- 2>/dev/null || true
	rm "$ledger/.git/deed/note-said"
	"$DEED" -o FO1 log -m two 2>&- >/dev/null || true
	rm -f "$ledger/.git/deed/note-said"
	"$DEED" -o FO1 log -m three <&- >&- 2>&- || true
	run -0 --separate-stderr deed -o FO1 --json log -k note
	[ "${#lines[@]}" -eq 3 ]
	ledger_is_clean
	[ ! -s "$ledger/.git/deed/lock" ]
	run -2 bash -c "$DEED list >&- 2>/dev/null"
}

# hint WORD...: what an error of a mistyped line advises
hint() {
	run -2 --separate-stderr deed "$@"
	echo "# stderr: $stderr"
	[ "${#stderr_lines[@]}" -eq 2 ]
	hint=${stderr_lines[1]#hint: }
}

@test "near misses: two letters exchanged, a choice, a platform" {
	project
	hint stauts
	[ "$hint" = 'did you mean status?' ]
	hint lsit
	[ "$hint" = 'did you mean list?' ]
	order
	hint list --state opne
	[ "$hint" = 'did you mean open?' ]
	hint draft recpa
	[ "${stderr_lines[0]}" = 'deed: "recpa" is none of confirm, delivery, new-work, decline, ticket, ack, handover, demand' ]
	hint draft tiket
	[ "$hint" = 'did you mean ticket?' ]
	run -0 --separate-stderr deed open X2 --platform fivver
	[ "$output" = X2 ]
	[ "$stderr" = 'deed: warning: no platform fivver is known; if fiverr is meant: deed correct @ --set platform=fiverr -m mistyped' ]
	deed -q correct @ --set platform=fiverr -m mistyped
	run -0 deed --json list
	[[ $output == *'"order":"X2","platform":"fiverr"'* ]]
	run -0 --separate-stderr deed open X3 --platform bakery
	[ -z "$stderr" ]
}

@test "hints: every error about what was typed has one" {
	project
	hint list
	[ "$hint" = 'make one: deed init' ]
	order
	head -c 100 /dev/urandom >noise
	for words in 'verify nowhere.zip' 'verify noise' 'show d9' 'import nowhere' 'import noise' 'match nowhere' \
		'-o NONE status' 'open FO1' 'log --at never -m x' 'log -k spell -m x' 'log -m x --set by=me' \
		'correct d1 --void' 'accept d3' 'submit d3' 'recap 7777' 'draft x' 'weigh' 'export --format pdf' 'sync' \
		'clone nowhere elsewhere' 'switch' 'stamp --authority nowhere' 'due --within soon' 'scope add' \
		'erase d1' 'dispute pack --claim boredom' 'stats --platfrom x' 'list --state lost' 'revise'; do
		# shellcheck disable=SC2086
		hint $words
		[ -n "$hint" ]
	done
}

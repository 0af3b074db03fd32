#!/usr/bin/env bats
# deed erase: what an entry says goes for ever, its place stays.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	order --platform fiverr --requirement 'a page'
	echo 'SECRET bytes' >secret.txt
	message=$(deed --json log -k message --from bob --channel fiverr \
		--attach secret.txt -m 'the SECRET word' | jq -r .entry)
	deed -q log -k message -m 'an open word'
}

# Everything a ledger's .git and work tree hold, unpacked.
everything() {
	local dir=${1:-$ledger}

	git -C "$dir" cat-file --batch-all-objects --batch
	find "$dir" -type f ! -path '*/.git/objects/[0-9a-f][0-9a-f]/*' ! -name '*.pack' -exec cat {} +
}

# gone [LEDGER]: no byte of it is left.
gone() {
	[ "$(everything "$@" | grep -ac SECRET)" -eq 0 ]
}

@test "erase: what an entry says, and its files, are in no commit and no object" {
	everything >before
	[ "$(grep -ac SECRET before)" -ge 3 ]
	run -0 --separate-stderr deed erase "${message:0:8}" --yes -m 'he asked for it'
	[[ "$output" =~ ^[0-9a-f]{8}$ ]]
	gone
	ledger_is_clean
	[ -z "$(find "$ledger/archives" -type f)" ]
	[ -z "$(find "$ledger/.git/lfs/objects" -type f)" ]
	deed -q verify
}

@test "erase: no id changes, nor what was recorded before and after" {
	deed --json log | jq -r '[.entry, .recorded, .kind] | @tsv' >before
	run -0 deed -q erase "${message:0:8}" --yes
	deed --json log | jq -r '[.entry, .recorded, .kind] | @tsv' >after
	[ "$(comm -23 <(sort before) <(sort after))" = '' ]
	run -0 --separate-stderr deed --json show "${message:0:8}"
	[ "$(get .withheld)" = true ]
	[ "$(get .content)" = null ]
	run -0 deed show "${message:0:8}"
	[[ "$output" == *'the content was erased'* ]]
	sh "$repo/data/check-chain.sh" "$(echo "$ledger"/orders/*/FO1.yaml)" "$message"
}

@test "erase: the log tells that something was erased and why, and no more" {
	run -0 --separate-stderr deed --json erase "${message:0:8}" --yes -m 'he asked for it'
	[ "$(get .kind)" = correction ]
	[ "$(get '.erased[]')" = "$message" ]
	[ "$(get .files)" -eq 1 ]
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$(get .commit)" ]
	entry=$(get .entry)
	run -0 deed --json show "$entry"
	[ "$(get .content.target)" = "$message" ]
	[ "$(get .content.erased)" = true ]
	[ "$(get .content.text)" = 'he asked for it' ]
	git -C "$ledger" log --format=%s | grep -qx 'log FO1: erased'
	git -C "$ledger" log --format=%B | grep -q "^Deed-Entry: $message$"
	git -C "$ledger" log --format=%s | grep -qx 'log FO1: an open word'
}

@test "erase: a correction of it goes along; one that erased stays" {
	deed -q correct "${message:0:8}" --set text='the other SECRET' -m 'SECRET too'
	run -0 --separate-stderr deed --json erase "${message:0:8}" --yes
	[ "$(get '.erased | length')" -eq 2 ]
	gone
	refused erase @ --yes
	[[ "$stderr" == *'tells what was erased, and stays'* ]]
}

@test "erase: a file that another entry names stays" {
	deed -q log -k file --attach secret.txt
	run -0 deed -q erase "${message:0:8}" --yes
	[ "$(find "$ledger/archives" -name '*secret*' | wc -l)" -eq 1 ]
	deed -q verify
	[ "$(everything | grep -ac 'the SECRET word')" -eq 0 ]
}

@test "erase: nothing without consent, and it says first what goes and what stays" {
	deed -q recap "${message:0:8}" --posted -m 'as we said' --channel fiverr
	before=$(snapshot)
	run -2 --separate-stderr deed erase "${message:0:8}"
	[ -z "$output" ]
	[ "$before" = "$(snapshot)" ]
	[[ "$stderr" == *'These are erased for ever'*"${message:0:8}"*'secret'*'These refer to them and stay'*recap*'Copies elsewhere stay'* ]]
	[[ "$stderr" == *'hint: look at the list above'*'--yes'* ]]
}

@test "erase: an entry that is not there, or a line of a chat, is refused" {
	refused erase deadbeef --yes
	echo '12/03/2026, 14:05 - Anna: hello' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	refused erase @:1 --yes
	[[ "$stderr" == *'import the chat again without the line'* ]]
}

@test "erase: several at once, and a delivery with its archive" {
	delivered --covers r1 -O ..
	digest=$(deed --json show d1 | jq -r .content.archive.sha256)
	run -0 --separate-stderr deed --json erase d1 "${message:0:8}" --yes
	[ "$(get '.erased | length')" -eq 2 ]
	ledger_is_clean
	[ -z "$(find "$ledger/archives" "$ledger/.git/lfs/objects" -type f)" ]
	[ "$(git -C "$ledger" log --format=%B | grep -c "$digest")" -eq 0 ]
	deed -q verify
}

@test "erase: one that was cut off before git forgot is ended by the same again" {
	mkdir bin
	printf '#!/bin/sh\n[ "$1" = gc ] && exit 3\nexec %s "$@"\n' "$(command -v git)" >bin/git
	chmod +x bin/git
	PATH=$PWD/bin:$PATH run -2 --separate-stderr deed erase "${message:0:8}" --yes
	[[ "$stderr" == *'the same command ends it'* ]]
	run -0 --separate-stderr deed --json verify
	n=$(entries)
	run -0 deed -q erase "${message:0:8}" --yes
	[ "$(entries)" -eq "$n" ]
	gone
	ledger_is_clean
}

@test "erase: a killed one leaves the old record or the new one, and can be ended" {
	for step in reflog gc; do
		mkdir -p bin
		printf '#!/bin/sh\n[ "$1" = %s ] && kill -9 $PPID && exit 1\nexec %s "$@"\n' $step "$(command -v git)" >bin/git
		chmod +x bin/git
		PATH=$PWD/bin:$PATH run deed erase "${message:0:8}" --yes
		[ "$status" -eq 137 ]
		deed -q verify
		git -C "$ledger" fsck --no-dangling
	done
	deed -q erase "${message:0:8}" --yes
	gone
}

@test "erase: what plain git left in conflict in an old commit goes, too" {
	file=$(cd "$ledger" && echo orders/*/FO1.yaml)
	cp "$ledger/$file" ../good
	{ echo '<<<<<<< ours'; cat ../good; echo '=======' ; echo '>>>>>>> theirs'; } >"$ledger/$file"
	git -C "$ledger" -c core.hooksPath=/dev/null commit --quiet -am 'a merge gone wrong'
	cp ../good "$ledger/$file"
	git -C "$ledger" -c core.hooksPath=/dev/null commit --quiet -am 'back again'
	deed -q erase "${message:0:8}" --yes
	gone
	ledger_is_clean
}

@test "erase: verify tells of commits that still have it, as after git's own merge" {
	cp -r "$ledger" ../copy
	deed --ledger ../copy -q -o FO1 erase "${message:0:8}" --yes
	git -C "$ledger" fetch --quiet "$(cd ../copy && pwd)" main
	PATH=$(dirname "$DEED"):$PATH git -C "$ledger" merge --quiet -m merged FETCH_HEAD
	run -0 --separate-stderr deed verify
	[[ "$output" == *'warning: 1 erased entry still stands in older commits'* ]]
	deed -q erase "${message:0:8}" --yes
	gone
	run -0 --separate-stderr deed verify
	[[ "$output" != *warning* ]]
}

@test "erase: nobody sets it by hand" {
	refused correct "${message:0:8}" --set erased=true -m 'by hand'
	[[ "$stderr" == *'erased cannot be set'* ]]
}

# Two machines and a bare repository between them.
two_machines() {
	git init --quiet --bare ../between.git
	git -C "$ledger" remote add origin "$(cd ../between.git && pwd)"
	deed -q sync
	git -C "$ledger" push --quiet -u origin main 2>/dev/null || true
	other=$(cd .. && pwd)/other
	deed -C "$HOME" -q clone "$PWD/../between.git" "$other"
}

@test "erase, sync: the remote's history is made anew, and does not bring it back" {
	two_machines
	deed -q erase "${message:0:8}" --yes
	run -0 --separate-stderr deed sync
	[[ "$stderr" == *'gone from the history of the remote too'* ]]
	[[ "$stderr" != *rewritten* ]]
	gone
	ledger_is_clean
	git -C ../between.git reflog expire --expire=now --all
	git -C ../between.git gc --quiet --prune=now
	[ "$(git -C ../between.git cat-file --batch-all-objects --batch | grep -ac SECRET)" -eq 0 ]
	run -0 --separate-stderr deed sync
	[ "$output" = 'nothing new' ]
	deed -q verify
}

@test "erase, sync: another machine keeps it until it is told to erase, and then is one with us" {
	two_machines
	deed --ledger "$other" -q -o FO1 log -k message -m 'from the other one'
	deed -q erase "${message:0:8}" --yes
	deed -q sync
	run -2 --separate-stderr deed --ledger "$other" sync
	[[ "$stderr" == *'was erased on another machine, and is still here'*"deed -o FO1 erase ${message:0:12}"* ]]
	deed --ledger "$other" -o FO1 show "${message:0:8}" | grep -q SECRET
	deed --ledger "$other" -q -o FO1 erase "${message:0:8}" --yes
	deed --ledger "$other" -q sync
	gone "$other"
	ledger_is_clean "$other"
	deed -q sync
	gone
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$(git -C "$other" rev-parse HEAD)" ]
	deed -q log | grep -q 'from the other one'
	deed -q verify
}

@test "erase, sync: what the other machine pushed meanwhile stays, without what was erased" {
	two_machines
	deed --ledger "$other" -q -o FO1 log -k message -m 'pushed before'
	deed --ledger "$other" -q sync
	deed -q erase "${message:0:8}" --yes
	deed -q sync
	gone
	deed -q log | grep -q 'pushed before'
	ledger_is_clean
}

@test "erase: a package says that something was erased, and holds together" {
	delivered --covers r1 -O ..
	deed -q erase "${message:0:8}" --yes -m 'he asked for it'
	run -0 --separate-stderr deed --json dispute pack --yes -O ..
	[ "$(get .withheld)" -eq 1 ]
	unzip -q "$(get .package.path)" -d ../case
	grep -q 'Erased for ever: the message of' ../case/*/data/index.html
	grep -q 'nobody has it any more' ../case/*/data/index.html
	grep -q 'he asked for it' ../case/*/data/index.html
	deed -q verify "$(get .package.path)"
}

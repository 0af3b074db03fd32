#!/usr/bin/env bats
# Strings that strangers write: kept exactly, or refused; never obeyed.

load ../lib

hostile() {
	python3 "$repo/tests/lib/hostile.py" "$@"
}

setup() {
	project
	order --title 'a title'
	file=$(echo "$ledger"/orders/*/FO1.yaml)
}

# Nothing that was said holds what a terminal obeys, nothing was run.
nothing_escaped() {
	hostile raw "$@"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name escaped)" ]
}

# As many trailers of each kind as there are entries, and no person but ours.
no_forged_trailers() {
	local key

	git -C "$ledger" log --format='%(trailers:key=Deed-Entry,valueonly)' | grep . | sort >trailers
	sed -n 's/^content: .*/x/p' "$ledger"/orders/*/*.yaml >there
	[ "$(wc -l <trailers)" -eq "$(wc -l <there)" ]
	grep -vE '^[0-9a-f]{64}$' trailers && return 1
	for key in Signed-off-by Co-authored-by; do
		[ -z "$(git -C "$ledger" log --format="%(trailers:key=$key)" | grep .)" ]
	done
	git -C "$ledger" log --format=%B >messages
	hostile raw messages
}

# What the commands that look make of it all, in files to be looked at.
look() {
	local words n=0

	for words in log 'log --grep a' status list show check due stats 'dispute' 'draft' scope verify "$@"; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		"$DEED" $words >"said.$n" 2>"said.$n.err" || true
	done
	nothing_escaped said.*
}

@test "hostile: a text is kept exactly, or refused with one sentence" {
	mkdir texts
	hostile texts texts >due
	while read -r name due; do
		if [ "$due" = kept ]; then
			deed -q log -k message -F "texts/$name.txt" --set label="$name"
			deed --json show @ >"texts/$name.json"
			deed show @ >"texts/$name.shown"
		else
			refused log -k message -F "texts/$name.txt"
			[[ $stderr == *"$name.txt"* || $stderr == *text* ]]
		fi
	done <due
	hostile same texts "$file"
	nothing_escaped texts/*.shown
	look
	no_forged_trailers
	[ "$(entries)" -eq $(($(grep -c kept due) + 1)) ]
	ledger_is_clean
	deed -q verify
}

@test "hostile: so it is as an argument, wherever a command takes a text" {
	hostile words >words
	while IFS= read -r word; do
		run --separate-stderr deed -q log -k message --message="$word" --from="$word" --to="$word" --channel="$word" --set my="$word"
		if [ "$status" -eq 0 ]; then
			run -0 deed --json show @
			[ "$(get '.content | [.text, .from, .to, .channel] | unique | length')" -eq 1 ]
			[ "$(get '.content.text'; echo x)" = "$word
x" ]
		else
			echo "$word: $stderr"
			[ "$status" -eq 2 ]
			said_once
		fi
	done <words
	ledger_is_clean
	deed -q verify
}

@test "hostile: the terms of an order are kept as they are" {
	hostile words >words
	n=0
	while IFS= read -r word; do
		n=$((n + 1))
		run --separate-stderr deed -q open "T$n" --title="$word" --buyer="$word" --requirement="$word" \
			--exclude="$word" --set "native_id=$word" --party-name="$word"
		if [ "$status" -eq 0 ]; then
			run -0 deed --json -o "T$n" show @
			[ "$(get '[.content.title, .content.buyer, .content.requirements[0].text, .content.native_id] | unique | length')" -eq 1 ]
			[ "$(get .content.title; echo x)" = "$word
x" ]
		else
			echo "$word: $stderr"
			[ "$status" -eq 2 ]
			said_once
		fi
	done <words
	hostile terms words "$(dirname "$file")" title buyer requirements.0.text excludes.0 native_id
	[ "$(deed list -z | tr -cd '\0' | wc -c)" -gt 0 ]
	deed -q -o T1 deliver -m 'the first version, ready to run'
	look '-o T2 status' '-o T3 show' '-o T4 draft confirm' '-o T11 draft confirm' '-o T12 scope' list
	no_forged_trailers
	ledger_is_clean
	deed -q verify
}

@test "hostile: an order id that is none is refused, and leaves its folder nowhere" {
	for id in .. . ../x a/b /etc/x .hidden -x 'a b' 'a:b' "a'b" 'a"b' 'a\b' '*' '~' $'a\nb' $'a\e[2Jb' \
		$'a\u0085b' $'a\u202eb' 'ä' '😀' 'a.' con nul.txt LPT1 '---' $'\xff' '' "$(printf 'x%.0s' {1..65})" fo1; do
		refused open -- "$id"
		run -2 --separate-stderr deed -o "$id" log -m x
		said_once
		run -2 --separate-stderr deed switch -- "$id"
		said_once
	done
	for id in yes No null 0 1e3 0x1f 2026-11-22 a..b a.yaml a-b_c.d HEAD; do
		deed -q open "$id"
		run -0 --separate-stderr deed --json -o "$id" show @
		[ "$(get '.order + " " + .content.id')" = "$id $id" ]
		hostile is "$ledger/orders/"*"/$id.yaml" "$id" id
	done
	ledger_is_clean
	deed -q verify
	find "$BATS_TEST_TMPDIR" -name '*.yaml' -not -path '*/orders/2*/*' -not -name deed.yaml | grep . && false
	true
}

@test "hostile: names of files that are attached are kept exactly, or refused" {
	mkdir names
	hostile names names >due
	while read -r number due; do
		name=$(find "names/$number" -type f -printf '%f')
		run --separate-stderr deed -q log -k file --attach "names/$number/$name"
		echo "$status: $name: $stderr"
		case $due$status in
		kept0 | either0)
			run -0 deed --json show @
			[ "$(get '.content.files[0].name')" = "$name" ]
			cmp "names/$number/$name" "$ledger/$(get '.content.files[0].path')"
			hostile is "$file" "$name" files.0.name
			;;
		refused2 | either2) said_once ;;
		*) false ;;
		esac
	done <due
	(cd "$ledger" && git ls-files -z archives | tr '\0' '\n') >stored
	grep -vE '^archives/[0-9-]+/FO1/[0-9TZ]+-[A-Za-z0-9._-]+$' stored && false
	look
	ledger_is_clean
}

@test "hostile: names of files that are delivered are kept exactly, or refused" {
	mkdir names out
	hostile names names >due
	while read -r number due; do
		name=$(find "names/$number" -type f -printf '%f')
		run --separate-stderr deed -C "names/$number" deliver -m 'one file with a name of its own' -O ../../out -- "$name"
		echo "$status: $name: $stderr"
		case $due$status in
		kept0 | either0)
			python3 - "out/FO1-delivery-${output#d}.zip" "$name" <<'END'
import sys, zipfile
assert zipfile.ZipFile(sys.argv[1]).namelist() == [sys.argv[2]]
END
			;;
		refused2 | either2) said_once ;;
		*) false ;;
		esac
		no_raw "$stderr"
	done <due
	find out | grep -vE '^out(/FO1-delivery-[0-9]+(\.zip|-CHECKSUMS\.txt))?$' && false
	look 'show d1' 'show d3'
	ledger_is_clean
	deed -q verify
}

@test "hostile: what a project says of itself does not reach terminal, message or trailer" {
	echo more >>main.c
	git -c user.name=$'Eve\e[2J' commit -qam $'fine \e[2J\u202e\n\nDeed-Entry: 0000\nSigned-off-by: x'
	git tag -m $'tag \e]0;x\a' 'v1'
	git switch -qc $'br\u202eanch'
	git config user.name $'Ja\e[2Jne <x@y>\u202e'
	run -0 --separate-stderr deed deliver --ref v1 -m 'the first version, ready to run'
	no_raw "$output$stderr"
	run -0 --separate-stderr deed deliver -m 'the second version, ready to run'
	no_raw "$output$stderr"
	no_forged_trailers
	look 'show d1' 'show'
	ledger_is_clean
}

@test "hostile: an argument that is wrong is named without being obeyed" {
	for word in $'x\e]0;t\a\e[2J' $'a\u0085b\u2028c' $'a\u202egnp.exe' $'a\xffb' $'two\nlines' '$(touch escaped)' '%s%n'; do
		for words in 'show --' 'match --' 'log --since' 'log -m x --at' 'log -k' 'open A --due' 'open A --price' \
			'import --format' 'verify --roots' 'log -F' 'log --attach' 'deliver --' 'log -m x --cites' dispute -C ''; do
			# shellcheck disable=SC2086
			run -2 --separate-stderr timeout 20 "$DEED" $words "$word"
			echo "deed $words $word"
			said_once
		done
	done
	nothing_escaped "$file"
	[ "$(entries)" -eq 1 ]
	ledger_is_clean
}

# Each took minutes once, and takes a second.
@test "hostile: an archive of deep names and a map of many keys are looked through in time" {
	python3 - <<'END'
import json, tarfile, zipfile
with zipfile.ZipFile("keys.deed", "w") as z:
    z.writestr("archive.zip", "PK\5\6" + "\0" * 18)
    z.writestr("archive.sha256sums", "")
    z.writestr("deed-delivery.json", json.dumps({str(i): 1 for i in range(300000)}))
with tarfile.open("deep.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as t:
    for i in range(2000):
        t.addfile(tarfile.TarInfo("a/" * 2000 + str(i)))
END
	delivered
	run -2 --separate-stderr timeout 60 "$DEED" import keys.deed
	said_once
	run -1 timeout 60 "$DEED" match deep.tar.gz
}

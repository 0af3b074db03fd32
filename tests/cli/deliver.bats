#!/usr/bin/env bats
# deed deliver: the exact bytes, the same everywhere.

load ../lib

setup() {
	sandbox
	git_project "$PWD"
	mkdir -p src/sub "docs/ümlaut dir"
	printf 'one\r\ntwo\n' >src/crlf.txt
	printf '\0\1\2binary' >src/sub/data.bin
	echo text >"docs/ümlaut dir/naïve file.txt"
	printf '#!/bin/sh\n' >run.sh
	chmod +x run.sh
	printf '*.txt text\n/private export-ignore\nversion.h export-subst\n' >.gitattributes
	echo '/* $Format:%H$ */' >version.h
	mkdir private
	echo secret-plan >private/plan
	git add .
	git commit -qm 'all of it'
	order
}

@test "deliver: prints what scripts rely on, and the bytes are what it says" {
	mkdir out
	run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run' -O out
	for key in order entry commit kind happened recorded delivery archive source upload paste; do
		[ "$(get "has(\"$key\")")" = true ]
	done
	[ "$(get .delivery)" = d1 ]
	[ "$(get '.archive | [.path, .sha256, .size, .files, .content] | map(. != null) | all')" = true ]
	path=$(get .archive.path)
	[ "$(sha256sum <"$path" | cut -d' ' -f1)" = "$(get .archive.sha256)" ]
	[ "$(stat -c %s "$path")" = "$(get .archive.size)" ]
	[[ $path == "$ledger"/archives/????-??/FO1/*-delivery-1-"$(get .archive.sha256 | cut -c1-12)".zip ]]
	[ "$(get .source.commit)" = "$(git rev-parse HEAD)" ]
	[ "$(get .source.dirty)" = false ]
	cmp "$path" "$(get '.upload[0]')"
	[ "$(get '.upload | map(startswith("/")) | all')" = true ]
	unzip -qq "$path" -d unpacked
	[ "$(get .archive.files)" -eq "$(find unpacked -type f | wc -l)" ]
	[ "$(get .archive.content)" = "$(cd unpacked && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1)" ]
	(cd unpacked && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum) | cmp - "$ledger"/proofs/*/FO1/*.sha256sums
	[ ! -e unpacked/private ]
	grep -q "$(git rev-parse HEAD)" unpacked/version.h
	ledger_is_clean
}

# covering: after the newest "which: ", the commands that say what is covered.
covering() {
	sed -n 's/.*to say which: //p' <<<"$stderr" | sed 's/, then /\n/'
}

@test "deliver: without --covers it prints the line to add, which can be run as it stands" {
	run -0 --separate-stderr deed deliver -m 'the first version' run.sh
	[[ $stderr == *'deed scope add -m WHAT, then deed correct d1 --set covers=r1 -m WHY'* ]]
	eval "$(covering)"
	[ "$(deed --json show d1 | jq -c .content.covers)" = '["r1"]' ]
	deed -q scope add -m 'a form'
	run -0 --separate-stderr deed deliver -m 'the second version' version.h
	eval "$(covering)"
	[ "$(deed --json show d2 | jq -c .content.covers)" = '["r1","r2"]' ]
	run -0 --separate-stderr deed deliver -m 'the third version' --covers r2
	[ -z "$(covering)" ]
}

@test "deliver: the content is what the neutral git archive streams" {
	git config core.autocrlf true
	git config core.eol crlf
	git config core.abbrev 7
	deed -q deliver -m 'the first version, ready to run'
	mkdir ../theirs ../ours
	GIT_ATTR_NOSYSTEM=1 git -c core.autocrlf=false -c core.eol=lf -c core.attributesFile=/dev/null -c core.abbrev=40 archive HEAD |
		tar -x -C ../theirs
	unzip -qq "$ledger"/archives/*/FO1/*.zip -d ../ours
	diff -r ../theirs ../ours
	[ -x ../ours/run.sh ]
}

@test "deliver: the same commit gives the same bytes in any zone, locale, mask, folder and eol setting" {
	deed -q deliver -m 'the first version, ready to run'
	first=$(sha256sum <"$(echo "$ledger"/archives/*/FO1/*.zip)")
	git clone -q . "$BATS_TEST_TMPDIR/elsewhere/deeper" -c core.autocrlf=true -c core.eol=crlf
	cd "$BATS_TEST_TMPDIR/elsewhere/deeper/src"
	n=0
	export LOCPATH=$BATS_TEST_TMPDIR/locales
	mkdir "$LOCPATH"
	while read -r zone locale set mask; do
		n=$((n + 1))
		localedef -i "$locale" -f "$set" "$LOCPATH/$locale.$set"
		umask "$mask"
		deed -q init --ledger "$BATS_TEST_TMPDIR/l$n"
		TZ=$zone LC_ALL=$locale.$set deed -q --ledger "$BATS_TEST_TMPDIR/l$n" open X
		TZ=$zone LC_ALL=$locale.$set deed -q --ledger "$BATS_TEST_TMPDIR/l$n" -o X deliver -m 'the same once more, elsewhere'
		[ "$first" = "$(sha256sum <"$(echo "$BATS_TEST_TMPDIR/l$n"/archives/*/X/*.zip)")" ]
	done <<-END
		Asia/Kathmandu tr_TR UTF-8 077
		America/St_Johns hi_IN UTF-8 022
		Pacific/Kiritimati de_DE ISO-8859-1 002
	END
}

# Unpack with one tool, and list what came out of it.
unpacked_by() {
	local dir=$BATS_TEST_TMPDIR/by-$1

	mkdir "$dir"
	case $1 in
	unzip) unzip -qq "$zip" -d "$dir" ;;
	bsdtar) bsdtar -xf "$zip" -C "$dir" ;;
	7z) 7z x -bso0 -bsp0 -o"$dir" "$zip" ;;
	python) python3 -m zipfile -e "$zip" "$dir" ;;
	java) (cd "$dir" && jar -xf "$zip") ;;
	esac
	(cd "$dir" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum)
}

@test "deliver: the ZIP opens in unzip, bsdtar, 7z, Python and Java with the same content" {
	deed -q deliver -m 'the first version, ready to run'
	zip=$(echo "$ledger"/archives/*/FO1/*.zip)
	unzip -tqq "$zip"
	python3 -c 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)' "$zip"
	for tool in unzip bsdtar 7z python java; do
		unpacked_by "$tool" >"$tool.list"
		diff "$ledger"/proofs/*/FO1/*.sha256sums "$tool.list"
	done
}

@test "deliver: its commit bears trailers that plain git reads" {
	run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run'
	git -C "$ledger" log -1 --format=%s >subject
	[ "$(cat subject)" = 'deliver FO1: the first version, ready to run' ]
	git -C "$ledger" log -1 --format=%B | git interpret-trailers --parse | sort >trailers
	printf '%s\n' "Deed-Archive: $(get .archive.sha256)" "Deed-Entry: $(get .entry)" 'Deed-Order: FO1' \
		"Deed-Source: $(git rev-parse HEAD)" | diff - trailers
	[ "$(git -C "$ledger" log --format=%H --grep "Deed-Source: $(git rev-parse HEAD)")" = "$(get .commit)" ]
}

@test "deliver: a dirty tree is said so and recorded, and the commit is what is packed" {
	echo 'not committed' >>main.c
	echo new >untracked
	run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run'
	[ "$(get .source.dirty)" = true ]
	unzip -p "$(get .archive.path)" main.c >packed
	git show HEAD:main.c | cmp - packed
	run -0 --separate-stderr deed show d1
	[[ $output == *dirty* ]]
}

@test "deliver: where no folder for the upload is known, the way to one is told" {
	run -0 --separate-stderr deed deliver -m 'the first version, ready to run'
	[[ $stderr == *'the same again with -O DIR puts them there'* ]]
	mkdir out
	run -0 --separate-stderr deed deliver -m 'the first version, ready to run' -O out
	[[ $stderr != *'-O DIR'* ]]
	[ -f out/FO1-delivery-1.zip ]
}

@test "deliver: equal content and source is the first one again" {
	deed -q deliver -m 'the first version, ready to run'
	before=$(entries)
	run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run'
	[ "$(get .delivery)" = d1 ]
	[ "$(get .also)" = true ]
	[ "$(entries)" -eq "$before" ]
	[[ $stderr != *'keeps its own'* ]]
	run -0 --separate-stderr deed deliver -m 'the first version, and how to run it'
	[[ $stderr == *"it keeps its own text; to change that: deed correct d1 --set KEY=VALUE -m WHY"* ]]
	[ "$(entries)" -eq "$before" ]
	echo more >>main.c
	git commit -qam more
	run -0 --separate-stderr deed deliver -m 'the second version, ready to run'
	[ "$output" = d2 ]
	ledger_is_clean
}

@test "deliver: paths of the work tree have no commit, are named from here, and are dated 1980" {
	run -0 --separate-stderr deed --json -C src deliver -m 'only these two of them' sub ../main.c
	[ "$(get .source.commit)" = null ]
	python3 - "$(get .archive.path)" <<'END'
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.namelist() == sorted(z.namelist()), z.namelist()
assert set(z.namelist()) == {"main.c", "sub/data.bin"}, z.namelist()
assert {i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
assert not any(i.extra or i.flag_bits & 8 for i in z.infolist())
END
	refused deliver -m 'two of one name' main.c ./main.c
}

@test "deliver: nothing to pack is an error, whatever the reason given" {
	mkdir "$BATS_TEST_TMPDIR/empty" && cd "$BATS_TEST_TMPDIR/empty"
	refused -o FO1 --ledger "$ledger" deliver -m 'there is nothing here'
	refused -o FO1 --ledger "$ledger" deliver -m 'there is nothing here' --anyway 'he said so'
	cd "$BATS_TEST_TMPDIR/work"
	mkdir hollow
	refused deliver -m 'an empty folder of mine' hollow
	refused deliver -m 'a path that is gone' gone
	refused deliver -m 'a commit that is none' --ref nowhere
	refused deliver -m 'an option for git' --ref=--output=escaped
	[ ! -e escaped ]
}

@test "deliver: a blank note is refused with exit 1, and nothing is recorded" {
	before=$(snapshot)
	run -1 --separate-stderr deed --json deliver -m ' '
	[ "$(get .ok)" = false ]
	[ "$(get '[.findings[].rule] | index("blank-note") != null')" = true ]
	[ "$before" = "$(snapshot)" ]
	[ -z "$(find "$ledger/.git/lfs" -type f 2>/dev/null)" ]
	run -0 --separate-stderr deed deliver -m ' ' --anyway 'he wants it so'
	[ "$output" = d1 ]
}

@test "deliver: the uploader's copy goes to -O, else deed.outbox, with its list" {
	mkdir out box
	git config deed.outbox "$PWD/box"
	deed -q deliver -m 'the first version, ready to run'
	[ "$(cd box && echo *)" = 'FO1-delivery-1-CHECKSUMS.txt FO1-delivery-1.zip' ]
	(cd box && grep -E '^[0-9a-f]{64} ' FO1-delivery-1-CHECKSUMS.txt | grep -F .zip | sha256sum -c --quiet)
	deed -q deliver -m 'the first version, ready to run' -O out
	cmp out/FO1-delivery-1.zip box/FO1-delivery-1.zip
}

@test "deliver: without either it goes to the download folder, where the desktop has it" {
	mkdir -p "$HOME/Downloads" "$HOME/Téléchargements" "$HOME/.config" elsewhere
	deed -q deliver -m 'the first version, ready to run'
	[ -e "$HOME/Downloads/FO1-delivery-1.zip" ]
	printf '# of the desktop\nXDG_DESKTOP_DIR="$HOME/Bureau"\nXDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n' >"$HOME/.config/user-dirs.dirs"
	deed -q deliver -m 'the first version, ready to run'
	[ -e "$HOME/Téléchargements/FO1-delivery-1.zip" ]
	printf 'XDG_DOWNLOAD_DIR="%s"\n' "$PWD/else\\where" >"$HOME/.config/user-dirs.dirs"
	deed -q deliver -m 'the first version, ready to run'
	[ -e elsewhere/FO1-delivery-1.zip ]
	rm -r elsewhere "$HOME/Downloads"/*
	# the home itself stands for none, and so does a folder that is gone
	for value in '$HOME/' "$PWD/elsewhere" '$HOME/$(touch ran)' relative; do
		printf 'XDG_DOWNLOAD_DIR="%s"\n' "$value" >"$HOME/.config/user-dirs.dirs"
		run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run'
		case $value in
		'$HOME/' | relative) [ "$(get '.upload[0]')" = "$HOME/Downloads/FO1-delivery-1.zip" ] ;;
		*) [ "$(get .upload)" = '[]' ] ;;
		esac
	done
	[ -z "$(find "$HOME" . -name ran)" ]
}

# Fiverr's box takes no more than so many bytes.
box_takes() {
	mkdir -p "$HOME/.config/deed/platforms"
	cat >"$HOME/.config/deed/platforms/fiverr.yaml" <<-END
		profile: 1
		name: fiverr
		values:
		  file.delivery.max: {value: $1, unit: bytes, source: my own note, as_of: "2026-11", confidence: high}
	END
	deed -q open FO2 --platform fiverr
}

@test "deliver: what the venue takes in no one piece is uploaded in parts, each a ZIP of its own" {
	box_takes 30000
	for name in a b c d; do head -c 12000 /dev/urandom >$name; done
	mkdir out
	run -0 --separate-stderr deed --json deliver -m 'four files of noise' -O out a b c d run.sh
	[ "$(get '[.upload[] | sub(".*/"; "")] | join(" ")')" = \
		'FO2-delivery-1-part-1-of-2.zip FO2-delivery-1-part-2-of-2.zip FO2-delivery-1-CHECKSUMS.txt' ]
	[ "$(get '[.archive.parts[].members] | tostring')" = '[2,3]' ]
	get .paste >paste
	grep -qx -- '- FO2-delivery-1-part-2-of-2.zip' paste
	path=$(get .archive.path)
	(cd out && sha256sum -c --quiet -- *CHECKSUMS.txt)
	grep -qF "$(get .archive.sha256)" out/*CHECKSUMS.txt
	for part in out/*.zip; do
		[ "$(stat -c %s "$part")" -le 30000 ]
		unzip -tqq "$part"
		python3 -m zipfile -t "$part"
		7z t -bso0 -bsp0 "$part"
		bsdtar -xf "$part" -C out
	done
	[ -x out/run.sh ]
	(cd out && sha256sum -c --quiet "$ledger"/proofs/*/FO2/*.sha256sums)
	# the same once more: the very parts that were recorded
	rm out/*-part-2-*
	deed -q deliver -m 'four files of noise' -O out a b c d run.sh
	(cd out && sha256sum -c --quiet -- *CHECKSUMS.txt)
	run -0 --separate-stderr deed --json match out/FO2-delivery-1-part-2-of-2.zip
	[ "$(get '[.result, .delivery, .part] | tostring')" = '["bytes","d1",2]' ]
	run -0 --separate-stderr deed --json verify
	[ "$(get '[.checks[] | select(.name == "parts") | [.subject, .result]] | tostring')" = \
		"[[\"${path#"$ledger/"}\",\"pass\"]]" ]
	ledger_is_clean
}

@test "deliver: what fits is one ZIP, and so is one file alone that does not" {
	box_takes 30000
	mkdir out
	head -c 40000 /dev/urandom >d
	deed -q deliver -m 'one that fits nowhere' -O out d
	[ "$(cd out && echo *)" = 'FO2-delivery-1-CHECKSUMS.txt FO2-delivery-1.zip' ]
	deed -q deliver -m 'one that fits' -O out main.c
	[ -e out/FO2-delivery-2.zip ]
}

@test "deliver: in a clone without the bytes the copy is made of what was packed just now" {
	deed -q deliver -m 'the first version, ready to run'
	deed -q clone "$ledger" ../clone
	first=$(sha256sum <"$(echo "$ledger"/archives/*/FO1/*-delivery-1-*.zip)")
	[ "$(stat -c %s ../clone/archives/*/FO1/*-delivery-1-*.zip)" -lt 200 ]
	mkdir out
	deed -q --ledger ../clone -o FO1 deliver -m 'the first version, ready to run' -O out
	[ "$(sha256sum <out/FO1-delivery-1.zip)" = "$first" ]
}

@test "deliver: the text to paste has no code and no long number, and goes to stderr" {
	run -0 --separate-stderr deed deliver -m 'the first version, ready to run'
	[ "$output" = d1 ]
	[[ $stderr == *'the first version, ready to run'* ]]
	run -0 --separate-stderr deed --json deliver -m 'the first version, ready to run'
	get .paste >paste
	grep -qE '[0-9a-f]{12}|[0-9]{7}' paste && false
	run -0 --separate-stderr deed -q deliver -m 'the first version, ready to run'
	[ -z "$output$stderr" ]
}

@test "deliver: -z ends its one value with NUL" {
	deed -z deliver -m 'the first version, ready to run' 2>/dev/null >out
	printf 'd1\0' | cmp - out
}

@test "deliver: 5 GB are packed, kept and verified in less than 64 MB of memory" {
	grep -q __asan_init "$DEED" && skip 'a sanitizer needs memory of its own'
	room=$(df --output=avail -B1M "$BATS_TEST_TMPDIR" | tail -n1)
	[ "$room" -gt 200 ] || skip "there are only $room MB of room"
	truncate -s 5G big.img || skip 'files cannot be that large here'
	printf 'the end' >>big.img
	size=$((5 * 1024 * 1024 * 1024 + 7))
	[ "$(du -m big.img | cut -f1)" -lt 100 ] || skip 'files cannot have holes here'
	for words in "-q deliver -m a-disk-image-of-five-gigabytes big.img" "-q verify"; do
		# shellcheck disable=SC2086
		python3 - "$DEED" $words <<'END'
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
print("# %s: status %d, %.0f MB" % (" ".join(sys.argv[2:4]), status, most))
sys.exit(status != 0 or most >= 64)
END
	done
	[ "$(unzip -l "$ledger"/archives/*/FO1/*.zip | awk '$4 == "big.img" { print $1 }')" = "$size" ]
	ledger_is_clean
}

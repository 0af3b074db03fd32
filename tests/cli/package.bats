#!/usr/bin/env bats
# Evidence packages: checked by hand with standard tools, by somebody else's
# reading of RFC 8493, and by deed verify.

bats_require_minimum_version 1.5.0
load ../lib/relist

# One package for all tests; each works on a copy.
setup_file() {
	export HOME=$BATS_FILE_TMPDIR/home TZ=UTC LC_ALL=C.UTF-8
	export DEED_NOW=2026-11-01T09:00:00Z DEED_ORDER=FO8154C2A7
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR
	mkdir "$HOME" "$BATS_FILE_TMPDIR/project"
	cd "$BATS_FILE_TMPDIR/project" || return
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	git init -q
	echo 'int main(void) { return 0; }' >main.c
	echo 'grüße' >"a file's Größe.txt"
	chmod +x main.c
	git add .
	git commit -qm one
	echo 'two revisions are included' >../terms.txt
	"$DEED" -q init
	"$DEED" -q open FO8154C2A7 --platform fiverr --title 'Landing page' \
		--requirement 'a page' --requirement 'its sources' --terms ../terms.txt
	"$DEED" -q log -m 'he seems hard to please'
	"$DEED" -q log -k message --from buyer --channel fiverr -m 'please start'
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1,r2 -O ..
	"$DEED" -q submit d1
	"$DEED" --json dispute pack --yes -O .. 2>/dev/null >../packed.json
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset DEED_DIR DEED_ORDER
	repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	zip=$(jq -r .package.path "$BATS_FILE_TMPDIR/packed.json")
	fingerprint=$(jq -r .package.fingerprint "$BATS_FILE_TMPDIR/packed.json")
	top=$(basename "$zip" .zip)
	unzip -q "$zip"
	cd "$top" || return
}

# Every command of HOW-TO-VERIFY.txt, as somebody without deed runs them; ends
# with the first that fails.  The text is kept apart from the package, which
# may have lost it.
by_hand() {
	local line

	unzip -p "$zip" "$top/data/HOW-TO-VERIFY.txt" | sed -n 's/^\$ //p' >"$BATS_TEST_TMPDIR/steps"
	while IFS= read -r line; do
		env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1 || {
			echo "failed: $line"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/steps"
}

verified() {
	"$DEED" --json verify . | jq -e .ok
}

# Neither a careful person nor deed takes the package as it lies here.
noticed() {
	! by_hand >/dev/null || { echo "by hand: nothing is wrong" && return 1; }
	noticed_by_deed
}

# What agrees with itself somebody else's tools let pass: only deed knows what
# a package of its own looks like.
noticed_by_deed() {
	run --separate-stderr "$DEED" --json verify .
	[ "$status" -eq 1 ] && [ "$(jq -r .ok <<<"$output")" = false ] && [ -n "$(failures)" ]
}

failures() {
	jq -r '.checks[] | select(.result == "fail") | "\(.name) \(.subject): \(.detail)"' <<<"$output"
}

@test "package: every step by hand succeeds, with dash and standard tools only" {
	by_hand
	[ "$(wc -l <"$BATS_TEST_TMPDIR/steps")" -ge 12 ]
}

@test "package: the steps by hand leave nothing behind" {
	before=$(find . | sort)
	by_hand
	[ "$(find . | sort)" = "$before" ]
}

@test "package: somebody else's reading of RFC 8493 finds a valid bag" {
	python3 "$repo/tests/lib/validate-bag.py" .
}

@test "package: the validator of the Library of Congress agrees, where it is installed" {
	python3 -c 'import bagit' 2>/dev/null || skip 'there is no Python module bagit'
	valid='import bagit; bagit.Bag(".").validate()'
	python3 -c "$valid"
	echo >>data/statement.txt
	run ! python3 -c "$valid"
	[[ "$output" == *bagit.BagValidationError* ]]
}

@test "package: that reading refuses what the suite of others calls invalid" {
	suite=${DEED_SAMPLES:-$repo/../shared/samples}/bagit/conformance-suite
	[ -d "$suite" ] || skip "no samples at $suite"
	for bag in "$suite"/v1.0/invalid/*; do
		run -1 python3 "$repo/tests/lib/validate-bag.py" "$bag"
		[[ "$output" == invalid:* ]]
	done
}

@test "package: verify passes the folder and the ZIP, without a ledger" {
	verified
	HOME=$BATS_TEST_TMPDIR "$DEED" --json verify "$zip" | jq -e '.ok and ([.checks[] | select(.result == "fail")] == [])'
}

@test "package: whom to trust by a file that is not there is no verdict" {
	for option in --roots --keys --signers; do
		run -2 --separate-stderr "$DEED" verify "$zip" $option nothing.pem
		[ -z "$output" ]
		[[ $stderr == *'nothing.pem: no such file'* ]]
	done
}

@test "package: nobody vouches for it without its fingerprint" {
	run -0 --separate-stderr "$DEED" --json verify "$zip"
	[ "$(jq -r '.checks[] | select(.name == "fingerprint") | .result' <<<"$output")" = skipped ]
	jq -r '.checks[].detail' <<<"$output" | grep -q 'complete and consistent; nobody vouches that it is the original'
	run -0 --separate-stderr "$DEED" --json verify --fingerprint "$fingerprint" "$zip"
	[ "$(jq -r '.checks[] | select(.name == "fingerprint") | .result' <<<"$output")" = pass ]
	run -1 "$DEED" verify --fingerprint "$(tr 0-9a-f 1-9a-f0 <<<"$fingerprint")" "$zip"
	run -2 "$DEED" verify --fingerprint 12ab "$zip"
}

@test "package: the fingerprint may be pasted with blanks and capitals" {
	pasted=$(tr a-f A-F <<<"$fingerprint" | sed 's/..../& /g')
	"$DEED" verify --fingerprint "$pasted" "$zip"
}

@test "package: the fingerprint is the SHA-256 of root.txt, and stands nowhere below data" {
	[ "$(sha256sum <root.txt | cut -c1-64)" = "$fingerprint" ]
	run -1 grep -rqi "$fingerprint" data
}

@test "package: root.txt is made as the manual says" {
	relisted=$(cat root.txt)
	relist
	[ "$(cat root.txt)" = "$relisted" ]
	[ "$(wc -l <root.txt)" -eq 5 ]
}

@test "package: a byte more in any file is noticed" {
	find . -type f | sort >"$BATS_TEST_TMPDIR/all"
	while read -r file; do
		cp "$file" "$BATS_TEST_TMPDIR/kept"
		echo >>"$file"
		noticed || { echo "not noticed: $file"; false; }
		cp "$BATS_TEST_TMPDIR/kept" "$file"
	done <"$BATS_TEST_TMPDIR/all"
	verified
}

@test "package: another byte in any file is noticed" {
	find . -type f | sort >"$BATS_TEST_TMPDIR/all"
	while read -r file; do
		cp "$file" "$BATS_TEST_TMPDIR/kept"
		python3 - "$file" <<-'END'
			import sys
			b = bytearray(open(sys.argv[1], "rb").read())
			b[len(b) // 2] ^= 1
			open(sys.argv[1], "wb").write(b)
		END
		noticed || { echo "not noticed: $file"; false; }
		cp "$BATS_TEST_TMPDIR/kept" "$file"
	done <"$BATS_TEST_TMPDIR/all"
	verified
}

@test "package: any file that is gone is noticed" {
	find . -type f | sort >"$BATS_TEST_TMPDIR/all"
	while read -r file; do
		mv "$file" "$BATS_TEST_TMPDIR/kept"
		noticed || { echo "not noticed: $file"; false; }
		mv "$BATS_TEST_TMPDIR/kept" "$file"
	done <"$BATS_TEST_TMPDIR/all"
	verified
}

@test "package: a file that was added is noticed, wherever it lies" {
	for file in extra.txt data/extra.txt data/orders/FO2.yaml data/deliveries/x.zip tags/extra.txt root.txt.bak; do
		mkdir -p "$(dirname "$file")"
		echo more >"$file"
		noticed || { echo "not noticed: $file"; false; }
		rm "$file"
	done
	verified
}

@test "package: a file where a package has none is noticed though every list agrees" {
	for file in data/index2.html data/orders/notes.txt data/more/x; do
		mkdir -p "$(dirname "$file")"
		echo more >"$file"
		relist
		noticed_by_deed
		[ "$(failures)" = "files $file: it has no place in a package" ]
		rm "$file"
	done
}

@test "package: a link in place of a file is noticed" {
	mv data/statement.txt "$BATS_TEST_TMPDIR/kept"
	ln -s "$BATS_TEST_TMPDIR/kept" data/statement.txt
	noticed
}

@test "package: edited metadata is noticed though the tag manifest is gone" {
	sed -i 's/Landing/Another/' bag-info.txt
	rm tagmanifest-sha256.txt
	noticed
	sed -i 's/ tagmanifest-sha256.txt$//' root.txt
	noticed
}

@test "package: edited metadata is noticed though the tag manifest and root.txt are gone" {
	sed -i 's/Landing/Another/' bag-info.txt
	rm tagmanifest-sha256.txt root.txt
	noticed
}

@test "package: swapped manifests are noticed" {
	mv manifest-sha256.txt x
	mv tagmanifest-sha256.txt manifest-sha256.txt
	mv x tagmanifest-sha256.txt
	noticed
}

@test "package: a manifest that lists a file twice, or one outside, is noticed" {
	cp manifest-sha256.txt "$BATS_TEST_TMPDIR/kept"
	tail -n1 "$BATS_TEST_TMPDIR/kept" >>manifest-sha256.txt
	noticed
	cp "$BATS_TEST_TMPDIR/kept" manifest-sha256.txt
	echo "$(sha256sum </etc/passwd | cut -c1-64)  ../../../../../etc/passwd" >>manifest-sha256.txt
	noticed
}

@test "package: bagit.txt that says another version is noticed" {
	sed -i 's/1\.0/0.97/' bagit.txt
	relist
	noticed_by_deed
}

@test "package: an entry that was edited is noticed though every list agrees" {
	sed -i 's/please start/please stop/' data/orders/FO8154C2A7.yaml
	relist
	noticed
	failures | grep -q '^chain '
}

@test "package: an entry that was taken out is noticed though every list agrees" {
	awk '/^---$/ { n++ } n != 3' data/orders/FO8154C2A7.yaml >x
	mv x data/orders/FO8154C2A7.yaml
	relist
	noticed
	failures | grep -q '^chain '
}

@test "package: entries in another order are noticed though every list agrees" {
	awk '/^---$/ { n++ } { print >("part" n) }' data/orders/FO8154C2A7.yaml
	cat part1 part3 part2 part4 part5 >data/orders/FO8154C2A7.yaml
	rm part?
	relist
	noticed
	failures | grep -q '^chain '
}

@test "package: an order file that is no stream is noticed" {
	echo 'x: [' >data/orders/FO8154C2A7.yaml
	relist
	noticed
	failures | grep -q '^stream '
}

@test "package: another delivery in its place is noticed though every list agrees" {
	echo other >main.c
	zip -q data/deliveries/FO8154C2A7-delivery-1.zip main.c
	rm main.c
	relist
	noticed
	failures | grep -q '^file data/deliveries/FO8154C2A7-delivery-1.zip: no entry names these bytes'
}

@test "package: a package made anew from the same parts is not the original" {
	echo 'I was paid in full.' >>data/statement.txt
	relist
	verified
	run -1 --separate-stderr "$DEED" --json verify --fingerprint "$fingerprint" .
	failures | grep -q '^fingerprint root.txt: it is another package'
}

@test "package: any single top folder will do, and any ZIP that holds the same files" {
	cd ..
	mv "$top" renamed
	zip -qr other.zip renamed
	"$DEED" verify --fingerprint "$fingerprint" other.zip
	"$DEED" verify --fingerprint "$fingerprint" renamed
	(cd renamed && zip -qr ../flat.zip .)
	"$DEED" verify --fingerprint "$fingerprint" flat.zip
}

@test "package: a file beside the folder is noticed" {
	cd ..
	echo read me first >README.txt
	zip -qr other.zip "$top" README.txt
	run -1 --separate-stderr "$DEED" --json verify other.zip
	failures | grep -q '^files README.txt: '
}

# members DOUBLE: the package with one more member, in a ZIP made by Python.
members() {
	python3 - "$zip" "$1" <<-'END'
		import sys, warnings, zipfile
		warnings.simplefilter("ignore")
		old = zipfile.ZipFile(sys.argv[1])
		with zipfile.ZipFile("other.zip", "w") as new:
		    for name in old.namelist():
		        new.writestr(name, old.read(name))
		    new.writestr(old.namelist()[0].split("/")[0] + "/" + sys.argv[2], b"more")
	END
}

@test "package: a name that stands twice in the ZIP, or in another case, is noticed" {
	for name in data/statement.txt data/STATEMENT.txt Root.txt ../x data/../../x; do
		members "$name"
		run -1 --separate-stderr "$DEED" --json verify other.zip
		[ -n "$(failures)" ]
	done
}

@test "package: a name in another case is noticed in a folder too" {
	cp data/statement.txt data/Statement.txt
	relist
	noticed_by_deed
}

@test "package: a ZIP cut short, or with a byte exchanged, is noticed" {
	size=$(stat -c %s "$zip")
	head -c $((size / 2)) "$zip" >cut.zip
	run -1 "$DEED" verify cut.zip
	head -c $((size - 1)) "$zip" >cut.zip
	run -1 "$DEED" verify cut.zip
	for at in 40 $((size / 3)) $((size / 2)) $((size - 200)); do
		python3 - "$zip" "$at" <<-'END'
			import sys
			b = bytearray(open(sys.argv[1], "rb").read())
			b[int(sys.argv[2])] ^= 0x55
			open("bad.zip", "wb").write(b)
		END
		run -1 "$DEED" verify bad.zip
	done
}

@test "package: what never was a package is an error, with nothing on stdout" {
	cd ..
	echo text >text.txt
	echo text >text.zip
	mkdir folder
	echo x >folder/x
	zip -qr folder.zip folder
	for path in ./text.txt text.zip folder.zip ./folder ./absent absent.zip "$BATS_FILE_TMPDIR/FO8154C2A7-delivery-1.zip"; do
		run -2 --separate-stderr "$DEED" verify "$path"
		[ -z "$output" ]
		[[ "$stderr" == "deed: "* ]]
	done
}

# packed_at TIME OPTION...: another package of the order, and into it
packed_at() {
	local time=$1

	shift
	cd "$BATS_FILE_TMPDIR/project" || return
	DEED_NOW=2026-11-01T$time:00Z run -0 --separate-stderr "$DEED" -o FO8154C2A7 --json \
		dispute pack --yes -O "$BATS_TEST_TMPDIR" "$@"
	cd "$BATS_TEST_TMPDIR" || return
	zip=$(jq -r .package.path <<<"$output")
	top=$(basename "$zip" .zip)
	unzip -q "$zip"
	cd "$top" || return
}

@test "package: the lists of files alone are checked against the entries" {
	packed_at 10:00 --deliveries list
	[ "$(ls data/deliveries)" = FO8154C2A7-delivery-1.sha256sums ]
	[ "$(jq -r '.exhibits[] | select(.path | test("deliveries")) | .path' <<<"$output")" = data/deliveries/FO8154C2A7-delivery-1.sha256sums ]
	by_hand
	verified
	echo "$(printf x | sha256sum | cut -c1-64)  ./main.c" >data/deliveries/FO8154C2A7-delivery-1.sha256sums
	relist
	noticed
}

@test "package: the digests alone are checked against the entries" {
	packed_at 11:00 --for paypal
	by_hand
	verified
	sed -i "1s/^.\{64\}/$(printf x | sha256sum | cut -c1-64)/" data/deliveries.sha256sums
	relist
	noticed
	failures | grep -q '^delivery data/deliveries.sha256sums: line 1: no entry names this archive'
	echo FO8154C2A7-delivery-1.zip >data/deliveries.sha256sums
	relist
	noticed_by_deed
}

@test "package: other people's bags are checked as bags" {
	samples=${DEED_SAMPLES:-$repo/../shared/samples}
	[ -d "$samples/bagit" ] || skip "no samples at $samples"
	suite=$samples/bagit/conformance-suite
	for bag in "$suite"/*/valid/* "$suite"/v0.97/warning/{made-with-md5sum-tools,relative-path}; do
		"$DEED" verify "$bag" || { echo "refused: $bag"; false; }
	done
	for bag in "$suite"/*/{invalid,linux-only,windows-only}/*; do
		[ -e "$bag" ] || continue
		run -1 "$DEED" verify "$bag"
	done
}

@test "package: the steps of the manual succeed, and fail for a file more" {
	mandoc -T ascii "$repo/man/deed-package.5" | col -bx | sed -n '/^   By hand/,/^   Limits/p' |
		sed -n 's/^           //p' | sed 's/ORDER/FO8154C2A7/g' >"$BATS_TEST_TMPDIR/steps"
	grep -q check-chain.sh "$BATS_TEST_TMPDIR/steps"
	env -i PATH=/usr/bin:/bin bash -euo pipefail "$BATS_TEST_TMPDIR/steps"
	echo more >data/more.txt
	run ! env -i PATH=/usr/bin:/bin bash -euo pipefail "$BATS_TEST_TMPDIR/steps"
}

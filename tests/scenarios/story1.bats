#!/usr/bin/env bats
# Two orders in two weeks, done on GitHub and Zoom.  The delivery box would
# have been left blank; the buyer, pleased in chat, claims two weeks later
# that nothing was delivered.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export HOME=$PWD/home TZ=UTC LC_ALL=C.UTF-8
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER DEED_NOW
	mkdir home project upload
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	cd project || return
	git init -q
	printf '<h1>Grüße</h1>\n' >index.html
	head -c 100000 /dev/urandom >"größe.png"
	git add -A
	git commit -qm "a page"
}

setup() { cd "$BATS_FILE_TMPDIR/project" || return; }

@test "story 1: the first order is opened, done, and talked about on Zoom" {
	DEED_NOW=2026-11-02T09:00:00Z "$DEED" -q init
	DEED_NOW=2026-11-02T09:05:00Z "$DEED" -q open FO8154C2A7 \
		--platform fiverr --contract custom-offer --buyer anna \
		--title "Landing page" --price "250 USD" --due 2026-11-09 \
		--requirement "a landing page" --requirement "it greets"
	DEED_NOW=2026-11-03T10:00:00Z "$DEED" -q log -k call --channel zoom \
		--duration "30 min" -m "We agreed on a greeting in German."
	run -1 --separate-stderr "$DEED" --json check
	[ "$(jq -r '.findings[]|select(.rule=="no-recap").severity' <<<"$output")" = warn ]
}

@test "story 1: a recap of the call is drafted, posted and recorded" {
	run -0 --separate-stderr "$DEED" recap @
	[[ $output = *"zoom"*"greeting in German"* ]]
	DEED_NOW=2026-11-03T10:30:00Z "$DEED" -q recap @ --posted
	run --separate-stderr "$DEED" --json check
	[ -z "$(jq -r '.findings[]|select(.rule=="no-recap")' <<<"$output")" ]
}

@test "story 1: a blank completion is not drafted, and nothing is recorded" {
	before=$("$DEED" --json log | wc -l)
	run -1 --separate-stderr "$DEED" --json complete -m ""
	[ "$(jq -r '.ok' <<<"$output")" = false ]
	jq -e '[.findings[].rule]|index("blank-note") and index("no-delivery")' <<<"$output"
	[ "$("$DEED" --json log | wc -l)" -eq "$before" ]
}

@test "story 1: the exact commit is zipped, with text for the box" {
	DEED_NOW=2026-11-07T16:00:00Z run -0 --separate-stderr "$DEED" --json \
		deliver -m "The page, with its picture." --covers r1,r2 -O ../upload
	[ "$(jq -r .delivery <<<"$output")" = d1 ]
	[ "$(jq -r .source.commit <<<"$output")" = "$(git rev-parse HEAD)" ]
	zip=$(jq -r '.upload[0]' <<<"$output")
	[ "$(sha256sum <"$zip" | cut -d' ' -f1)" = "$(jq -r .archive.sha256 <<<"$output")" ]
	mkdir ../unpacked && unzip -q "$zip" -d ../unpacked
	diff -r --exclude=.git . ../unpacked
	# what a platform would hold: no commit ids, no long numbers
	run -1 grep -E '[0-9]{7,}|[0-9a-f]{12,}' <<<"$(jq -r .paste <<<"$output")"
}

@test "story 1: the completion is handed in, and the buyer is pleased" {
	DEED_NOW=2026-11-07T16:05:00Z run -0 --separate-stderr "$DEED" --json \
		complete --submitted -m "Here is the landing page as agreed, with its picture."
	[ "$(jq -r '.upload[0]' <<<"$output")" = FO8154C2A7-delivery-1.zip ]
	DEED_NOW=2026-11-08T09:00:00Z "$DEED" -q log -k message --channel fiverr \
		--from anna -m "Wonderful, five stars!"
	DEED_NOW=2026-11-08T09:01:00Z "$DEED" -q accept --kind button
	run -0 --separate-stderr "$DEED" --json status
	[ "$(jq -r .state <<<"$output")" = exposed ]
}

@test "story 1: the second order goes the same way" {
	DEED_NOW=2026-11-09T09:00:00Z "$DEED" -q open FO8154C2B9 \
		--platform fiverr --buyer anna --title "A second page" --price "150 USD"
	printf '<p>two</p>\n' >two.html
	git add -A && git commit -qm "a second page"
	DEED_NOW=2026-11-14T09:00:00Z "$DEED" -q deliver -m "The second page." -O ../upload
	DEED_NOW=2026-11-14T09:05:00Z "$DEED" -q complete --submitted \
		-m "Here is the second page as agreed, complete."
	DEED_NOW=2026-11-15T09:00:00Z "$DEED" -q accept --kind button
}

@test "story 1: both are cancelled by support, and both are packed in one case" {
	for id in FO8154C2A7 FO8154C2B9; do
		DEED_NOW=2026-11-22T09:00:00Z "$DEED" -q -o $id cancel --by support \
			--reason "nothing was delivered"
		[ "$("$DEED" -o $id --json status | jq -r .state)" = cancelled ]
	done
	DEED_NOW=2026-11-22T10:00:00Z run -0 --separate-stderr "$DEED" --json \
		-o FO8154C2A7 -o FO8154C2B9 dispute pack --claim not-delivered --yes -O ..
	path=$(jq -r .package.path <<<"$output")
	[[ $path = */FO8154C2A7-and-1-evidence-*.zip ]]
	for order in FO8154C2A7 FO8154C2B9; do
		unzip -l "$path" | grep -q "data/orders/$order.yaml"
	done
	fingerprint=$(jq -r .package.fingerprint <<<"$output")
	run -0 --separate-stderr "$DEED" --json verify "$path" --fingerprint "$fingerprint"
	[ "$(jq -r .ok <<<"$output")" = true ]
	cp "$path" ../case.zip
}

@test "story 1: an arbitrator checks the package with standard tools alone" {
	mkdir ../check && unzip -q ../case.zip -d ../check
	cd ../check/*/ || return
	grep -E '^\$ ' data/HOW-TO-VERIFY.txt | cut -c3- >../commands
	[ -s ../commands ]
	while IFS= read -r command; do
		env -i PATH=/usr/bin:/bin sh -c "$command" >/dev/null
	done <../commands
}

@test "story 1: a changed file is noticed and named" {
	cd ../check/*/ || return
	printf 'x' >>data/statement.txt
	run -1 --separate-stderr "$DEED" verify "$PWD"
	[[ $output = *"data/statement.txt"* ]]
}

@test "story 1: the ledger is clean and verifies" {
	ledger=$("$DEED" --json init | jq -r .ledger)
	[ -z "$(git -C "$ledger" status --porcelain)" ]
	[ -z "$(git -C "$ledger" fsck 2>&1)" ]
	"$DEED" verify
}

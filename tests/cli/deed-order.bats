#!/usr/bin/env bats
# deed-order(5) and the schema of an entry: what they say is so.

bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return
	sed -n '/^\.\\" example: begin/,/^\.\\" example: end/p' \
		"$root/man/deed-order.5" | grep -v '^\.' >FO8154C2A7.yaml
}

validate() {
	run --separate-stderr "$root/tests/lib/validate-stream.py" "$@"
}

# entry KIND LINE...: a file of one entry with such a content.
entry() {
	zeros=$(printf '%064d' 0)
	printf -- '---\ndeed: 1\nkind: %s\nafter: []\nrecorded: "2026-11-21T22:55:27Z"\ncontent: "%s"\n' \
		"$1" "$zeros"
	shift
	printf 'nonce: "%032d"\n' 1
	printf '%s\n' "$@"
}

accepts() {
	entry "$@" >good.yaml
	validate good.yaml
	[ "$status" -eq 0 ]
}

refuses() {
	entry "$@" >bad.yaml
	validate bad.yaml
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
}

@test "deed-order(5): the page is clean" {
	run mandoc -T lint -W warning "$root/man/deed-order.5"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "deed-order(5): the chain of its example verifies by hand" {
	run --separate-stderr sh "$root/data/check-chain.sh" FO8154C2A7.yaml
	[ "$status" -eq 0 ]
	[ "$output" = "ok 3 entries, 1 withheld" ]
}

@test "deed-order(5): its commands print what it says" {
	command=$(sed -n 's/^\$ //p' "$root/man/deed-order.5")
	wanted=$(grep -A1 '^\$ ' "$root/man/deed-order.5" | tail -n 1)
	run --separate-stderr sh -c "$command"
	[ "$status" -eq 0 ]
	[ "$output" = "$wanted" ]
}

@test "schema: the example of the page is valid" {
	validate FO8154C2A7.yaml
	[ "$status" -eq 0 ]
	[ "$output" = "FO8154C2A7.yaml: 3 entries" ]
}

@test "schema: good contents are accepted, unknown keys included" {
	accepts note 'text: hello'
	accepts note 'colour: red'
	accepts order 'id: A1' 'price: "99.50 EUR"' 'due: "2026-11-30"'
	accepts correction "target: \"$zeros\"" 'void: true'
	accepts dispute 'state: open' 'claim: not-delivered'
	accepts message 'off_platform: true' 'cites:' "  - \"$zeros:12\""
	accepts message 'files:' '  - name: a.png' "    sha256: \"$zeros\"" \
		'    size: 3' '    path: archives/2026-11/A1/a.png'
	accepts delivery 'label: d1' 'covers: []' 'archive:' '  path: a.zip' \
		"  sha256: \"$zeros\"" '  size: 3' '  files: 1' \
		"  content: \"$zeros\""
}

@test "schema: broken contents are refused" {
	refuses nonsense 'text: hello'
	refuses note 'text: 3'
	refuses note 'clock: "taken"'
	refuses note 'happened: "yesterday"'
	refuses note 'happened: "2026-11-21T22:55:27+01:00"'
	refuses note 'text: a' 'text: b'
	refuses note 'kind: order'
	refuses order 'title: no id'
	refuses order 'id: A1' 'price: "99,50 EUR"'
	refuses order 'id: A1' 'price: 99'
	refuses order 'id: A1' 'revisions: two'
	refuses order 'id: ../A1'
	refuses delivery 'label: x1'
	refuses delivery 'label: d1' 'covers: r1'
	refuses message 'off_platform: "yes"'
	refuses message 'files:' '  - name: a.png'
	refuses correction 'target: d1'
	refuses cancellation 'initiator: nobody' 'state: requested'
	refuses dispute 'state: open' 'claim: boredom'
}

@test "schema: broken envelopes are refused" {
	for change in 's/^deed: 1/deed: 2/' 's/^deed: 1/deed: "1"/' \
		'/^after:/d' 's/^after:.*/after: ["12"]/' \
		's/^recorded:.*/recorded: "2026-11-21"/' '/^content:/d' \
		'/^nonce:/d' 's/^nonce:.*/nonce: "12"/'; do
		sed "$change" FO8154C2A7.yaml >bad.yaml
		validate bad.yaml
		[ "$status" -eq 1 ]
	done
}

@test "schema: what deed records is valid, and its chain stands" {
	[ -x "$DEED" ] || skip "no deed to run"
	export HOME=$BATS_TEST_TMPDIR/home DEED_DIR=$BATS_TEST_TMPDIR/ledger
	export GIT_CONFIG_GLOBAL=/dev/null DEED_ORDER=FO1 TZ=Europe/Berlin
	mkdir "$HOME"
	echo a >a.txt
	{
		"$DEED" --ledger "$DEED_DIR" init
		"$DEED" open FO1 --platform fiverr --buyer anna --title 'A logo' \
			--price '250 USD' --due 2026-11-30 --contract gig \
			--revisions 2 --requirement svg --exclude fonts \
			--milestone 'one: 100 USD @ 2026-11-25' \
			--party-name Anna --party-address 'Street 1'
		"$DEED" log -k message --from anna --channel fiverr --attach a.txt \
			-m $'two\nlines' --captured yesterday
		"$DEED" log -k call --with anna --channel zoom --off-platform \
			--duration '45 min' -m 'about the fonts' --at 2026-11-20
		"$DEED" recap @ --posted
		"$DEED" deliver a.txt -m 'the first version of all of it' --covers r1
		"$DEED" submit
		"$DEED" accept -m great
		"$DEED" complete -m no --anyway 'he said so'
		"$DEED" cancel --by buyer --reason no -m sorry
		"$DEED" cancel --decline -m no
		"$DEED" correct d1 --set covers=r1 -m why
		"$DEED" revise -m 'one more thing' --fix typo --new animation
		"$DEED" scope add -m animation --clause 'the message of today'
		"$DEED" scope change -m animation --class new --price '50 USD' \
			--days 2 --answer accepted --requirement r2
		for kind in milestone refund ticket payment handover; do
			"$DEED" log -k "$kind" -m text
		done
	} >said 2>&1
	validate "$DEED_DIR"/orders/*/FO1.yaml
	[ "$status" -eq 0 ]
	[[ "$output" == *": 19 entries" ]]
	run --separate-stderr sh "$root/data/check-chain.sh" \
		"$DEED_DIR"/orders/*/FO1.yaml
	[ "$status" -eq 0 ]
}

#!/usr/bin/env bats
# A package changed by somebody who makes all its lists anew, so that nothing
# but what the entries say speaks against it: by deed, and by its own steps.

bats_require_minimum_version 1.5.0
load ../lib/relist

# One package of two orders for all tests; each works on a copy.
setup_file() {
	export HOME=$BATS_FILE_TMPDIR/home TZ=UTC LC_ALL=C.UTF-8
	export DEED_NOW=2026-11-01T09:00:00Z
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER
	mkdir "$HOME" "$BATS_FILE_TMPDIR/project"
	cd "$BATS_FILE_TMPDIR/project" || return
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.org
	git init -q
	"$DEED" -q init
	for order in FO1 FO2; do
		"$DEED" -q open $order --title 'a page'
		for n in 1 2; do
			echo "$order $n" >main.c
			"$DEED" -q deliver main.c -m 'the page, ready to be seen'
		done
		for n in one two; do
			echo "$order $n" >$n.txt
			"$DEED" -q log -k file --attach $n.txt -m "$n"
		done
	done
	printf '%s\n' '[10:00, 23/10/2026] Anna: I like it' '[10:01, 23/10/2026] Jane: thanks' >chat.txt
	"$DEED" -q import --format whatsapp --tz UTC --date-order dmy chat.txt
	"$DEED" -q -o FO1 -o FO2 dispute pack --yes --deliveries all -O ..
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	zip=$(echo "$BATS_FILE_TMPDIR"/*.zip)
	unzip -q "$zip"
	cd "$(basename "$zip" .zip)" || return
	sed -n 's/^\$ //p' data/HOW-TO-VERIFY.txt >../steps
}

by_hand() {
	while IFS= read -r line; do
		env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1 || return 1
	done <../steps
}

# noticed FAILURE...: by deed, which says just these.
noticed() {
	relist
	run -1 --separate-stderr "$DEED" --json verify .
	diff <(printf '%s\n' "$@" | sort) \
		<(jq -r '.checks[] | select(.result == "fail") | "\(.name) \(.subject)"' <<<"$output" | sort)
}

swap() {
	mv "$1" ../swapped
	mv "$2" "$1"
	mv ../swapped "$2"
}

one=data/deliveries/FO1-delivery-1 two=data/deliveries/FO1-delivery-2

@test "forged: as it was packed, with lists made anew, it holds" {
	relist
	"$DEED" verify .
	by_hand
}

@test "forged: two archives with each other's name" {
	swap $one.zip $two.zip
	noticed "file $one.zip" "file $two.zip"
	run ! by_hand
}

@test "forged: two archives and their lists with each other's name" {
	swap $one.zip $two.zip
	swap $one.sha256sums $two.sha256sums
	noticed "file $one.zip" "file $two.zip" "file $one.sha256sums" "file $two.sha256sums"
	run ! by_hand
}

@test "forged: the archives of two orders with each other's name" {
	swap $one.zip data/deliveries/FO2-delivery-1.zip
	noticed "file $one.zip" "file data/deliveries/FO2-delivery-1.zip"
	run ! by_hand
}

@test "forged: a delivery that never was, of bytes that were delivered" {
	cp $one.zip data/deliveries/FO1-delivery-3.zip
	noticed 'file data/deliveries/FO1-delivery-3.zip'
}

@test "forged: an exhibit under another exhibit's name, in another folder, as a delivery" {
	cd data/exhibits
	first=$(echo E*-one.txt) second=$(echo E*-two.txt)
	first=data/exhibits/${first%% *} second=data/exhibits/${second%% *}
	cd ../..
	swap "$first" "$second"
	noticed "file $first" "file $second"
	swap "$first" "$second"
	mkdir data/mail
	mv "$first" data/mail
	noticed "file data/mail/${first##*/}"
	run ! by_hand
	mv "data/mail/${first##*/}" data/deliveries/FO1-delivery-3.zip
	rmdir data/mail
	noticed 'file data/deliveries/FO1-delivery-3.zip'
}

@test "forged: digests of archives under each other's name" {
	{
		sed "s|data/deliveries/||;/FO1-delivery-[12].zip/!d" manifest-sha256.txt
	} >data/deliveries.sha256sums
	relist
	"$DEED" verify .
	sed -i 's/delivery-1/delivery-9/;s/delivery-2/delivery-1/;s/delivery-9/delivery-2/' data/deliveries.sha256sums
	noticed 'delivery data/deliveries.sha256sums' 'delivery data/deliveries.sha256sums'
}

@test "forged: an exhibit that was taken out is missed by hand" {
	rm data/exhibits/*-one.txt
	relist
	run ! by_hand
}

@test "forged: what every package has was taken out" {
	for file in index.html statement.txt HOW-TO-VERIFY.txt check-chain.sh; do
		mv data/$file ..
		noticed "files data/$file"
		mv ../$file data
	done
}

@test "forged: the bag is described as that of other orders, or not counted" {
	sed -i 's/^External-Identifier: FO2/External-Identifier: FO3/' bag-info.txt
	noticed 'place bag-info.txt'
	sed -i '/^External-Identifier: FO3/d' bag-info.txt
	noticed 'place bag-info.txt'
	sed -i 's/^External-Identifier: FO1/&\nExternal-Identifier: FO2/;/^Payload-Oxum/d' bag-info.txt
	noticed 'oxum bag-info.txt'
}

#!/usr/bin/env bats
# deed dispute pack --for VENUE: what each venue takes, held to the byte.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	order --platform fiverr --title 'Landing page' --due 2026-11-05 --buyer bob \
		--requirement 'a page' --requirement 'its sources'
	delivered --covers r1,r2 -O ..
	deed -q submit d1
	mkdir ../out
}

# Somebody's own profile overrides one value of a venue.
limit() {
	mkdir -p "$HOME/.config/deed/platforms"
	cat >"$HOME/.config/deed/platforms/$1.yaml" <<-END
		profile: 1
		name: $1
		sources: {me: {title: a test}}
		values:
		  $2: {value: $3, unit: $4, source: me, as_of: "2026", confidence: high}
	END
}

# Pack from a copy of the ledger: the note of a package is an entry more.
pack() {
	rm -rf ../out ../case ../copy
	mkdir ../out ../case
	cp -r "$ledger" ../copy
	run -0 --separate-stderr deed --ledger ../copy -o FO1 --json dispute pack --yes -O ../out "$@"
	unzip -q ../out/*.zip -d ../case
	mv ../case/* ../case/package
	package=../case/package
}

chars() { python3 -c 'import sys; print(len(open(sys.argv[1], encoding="utf-8", newline="").read()))' "$1"; }

chat() {
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect, thank you' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt
}

@test "venue: one nobody knows is an error that names the choices" {
	run -2 --separate-stderr deed dispute pack --yes -O ../out --for ebay
	[ -z "$output" ]
	[[ "$stderr" == *'no venue "ebay"'* ]]
	for venue in fiverr upwork freelancer stripe paypal court generic; do
		[[ "$stderr" == *"$venue"* ]]
	done
	[ -z "$(ls ../out)" ]
}

# Every command of HOW-TO-VERIFY.txt, as somebody without deed runs them.
by_hand() {
	local line

	sed -n 's/^\$ //p' $package/data/HOW-TO-VERIFY.txt >steps
	[ "$(wc -l <steps)" -ge 10 ]
	while IFS= read -r line; do
		(cd $package && env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1) || {
			echo "failed: $line"
			return 1
		}
	done <steps
}

@test "venue: each gets a package that verifies, with deed and by hand, and its entry names the venue" {
	chat
	for venue in fiverr upwork freelancer stripe paypal court generic; do
		pack --for $venue --claim not-delivered
		[ "$(get .venue)" = $venue ]
		deed -q verify ../out/*.zip
		by_hand
		[ "$(deed --ledger ../copy -o FO1 --json log -n1 | jq -r .content.venue)" = $venue ]
	done
}

@test "venue: platforms get the lists of files, cards digests, a court the bytes" {
	chat
	for venue in fiverr upwork freelancer; do
		pack --for $venue --claim late
		[ "$(ls $package/data/deliveries)" = FO1-delivery-1.sha256sums ]
	done
	for venue in stripe paypal; do
		pack --for $venue --claim late
		[ ! -e $package/data/deliveries ]
		[ "$(cut -c67- $package/data/deliveries.sha256sums)" = FO1-delivery-1.zip ]
		[ "$(cut -c1-64 $package/data/deliveries.sha256sums)" = "$(sha256sum <../FO1-delivery-1.zip | cut -c1-64)" ]
	done
	for venue in court generic; do
		pack --for $venue
		cmp $package/data/deliveries/FO1-delivery-1.zip ../FO1-delivery-1.zip
	done
	pack --for paypal --deliveries all
	cmp $package/data/deliveries/FO1-delivery-1.zip ../FO1-delivery-1.zip
}

@test "venue: the steps by hand hold for digests alone, and fail for another digest" {
	pack --for paypal
	cd $package
	step=$(sed -n 's/^\$ //p' data/HOW-TO-VERIFY.txt | grep deliveries.sha256sums)
	env -i PATH=/usr/bin:/bin dash -c "$step"
	sed -i 's/^...../00000/' data/deliveries.sha256sums
	run ! env -i PATH=/usr/bin:/bin dash -c "$step"
}

@test "venue: a statement as long as it may be is whole, a character more is not" {
	pack --for fiverr
	n=$(chars $package/data/statement.txt)
	[ "$n" -lt 2500 ]
	[ "$(get '.left_out | length')" = 0 ]
	cp $package/data/statement.txt ../whole.txt
	limit fiverr text.statement.max "$n" characters
	pack --for fiverr
	cmp $package/data/statement.txt ../whole.txt
	limit fiverr text.statement.max $((n - 1)) characters
	pack --for fiverr
	[ "$(chars $package/data/statement.txt)" -le $((n - 1)) ]
	get '.left_out[]' | grep -q '^statement.txt: '
	grep -q 'Statement of the seller' $package/data/statement.txt
}

@test "venue: what a judge can see stays longest, and nothing is too short a limit" {
	limit fiverr text.statement.max 700 characters
	pack --for fiverr
	[ "$(chars $package/data/statement.txt)" -le 700 ]
	grep -q 'What you can see yourself' $package/data/statement.txt
	for n in 100 1 0; do
		limit fiverr text.statement.max $n characters
		pack --for fiverr
		[ "$(chars $package/data/statement.txt)" -le $n ]
	done
}

@test "venue: a limit in words is held to the word" {
	pack --for court
	n=$(wc -w <$package/data/statement.txt)
	limit court text.statement.max "$n" words
	pack --for court
	[ "$(get '.left_out | length')" = 0 ]
	limit court text.statement.max $((n - 1)) words
	pack --for court
	[ "$(wc -w <$package/data/statement.txt)" -lt "$n" ]
	[ "$(get '.left_out | length')" != 0 ]
}

# worded VENUE LETTER N: packed, of an order with ten requirements that have N
# of these letters (or words) beyond one each.
worded() {
	local i rest=$3 these ledger=../worded words=()

	for i in 10 9 8 7 6 5 4 3 2 1; do
		these=$((rest / i))
		rest=$((rest - these))
		words+=(--requirement "x$(printf "%${these}s" '' | sed "s/ /$2/g")")
	done
	rm -rf $ledger
	deed -q init --ledger $ledger
	deed -q --ledger $ledger open FO1 "${words[@]}"
	pack --for "$1"
}

words() { wc -w <"$1"; }

@test "venue: a statement is as long as each venue takes as it ships, and not a letter or word longer" {
	while read -r venue unit max letter; do
		worded "$venue" "$letter" 0
		n=$((max - $($unit $package/data/statement.txt)))
		for over in 0 1; do
			worded "$venue" "$letter" $((n + over))
			said=$($unit $package/data/statement.txt)
			echo "$venue: $said of $max $unit"
			[ $over -eq 1 ] || [ "$said" -eq "$max" ]
			[ "$said" -le "$max" ]
			[ "$(get '.left_out | map(select(startswith("statement.txt"))) | length')" -eq $over ]
		done
	done <<-'END'
		fiverr chars 2500 é
		paypal chars 2000 é
		court words 1000 \x20a
	END
}

@test "venue: the limits that ship are those that are held" {
	chat
	for venue in fiverr upwork freelancer stripe paypal court generic; do
		pack --for $venue --claim late
		get ".limits[] | \"$venue \(.name) \(.value) \(.unit)\""
	done | diff - /dev/fd/3 3<<-END
		fiverr text.statement.max 2500 characters
		fiverr file.message.max 1 GB
		upwork file.message.max 1 GB
		stripe text.statement.max 20000 characters
		stripe text.field.max 20000 characters
		stripe text.total.max 150000 characters
		stripe file.single.max 5000000 bytes
		stripe file.total.max 4500000 bytes
		stripe pages.max 50 pages
		paypal text.statement.max 2000 characters
		paypal file.single.max 9999999 bytes
		paypal file.total.max 50 MB
		court text.statement.max 1000 words
	END
}

@test "venue: a limit of another unit in one's own profile is an error" {
	limit fiverr text.statement.max 3 pages
	run -2 --separate-stderr deed dispute pack --yes -O ../out --for fiverr
	[[ "$stderr" == *'text.statement.max must be a number of characters'* ]]
}

@test "venue: a form has one file for each field, under its exact name, and is never submitted" {
	chat
	pack --for stripe --claim not-delivered
	form=$package/data/fields/evidence.json
	[ "$(jq .submit $form)" = false ]
	for field in $(jq -r '.evidence | keys[]' $form); do
		grep -qx "$field" <<-END
			access_activity_log
			customer_name
			product_description
			refund_policy_disclosure
			refund_refusal_explanation
			service_date
			uncategorized_text
		END
		[ "$(jq -r ".evidence.$field" $form)" = "$(cat $package/data/fields/$field.txt)" ]
	done
	[ "$(jq -r .evidence.customer_name $form)" = bob ]
	[ "$(jq -r .evidence.service_date $form)" = '1 Nov 2026' ]
	jq -r .evidence.product_description $form | grep -q 'its sources'
}

@test "venue: a field holds what it may, and not a character more" {
	chat
	pack --for stripe --claim not-delivered
	n=$(chars $package/data/fields/product_description.txt)
	limit stripe text.field.max "$n" characters
	pack --for stripe --claim not-delivered
	[ "$(chars $package/data/fields/product_description.txt)" -eq "$n" ]
	run ! grep -q '^product_description' <<<"$(get '.left_out[]')"
	limit stripe text.field.max $((n - 1)) characters
	pack --for stripe --claim not-delivered
	[ "$(chars $package/data/fields/product_description.txt)" -eq $((n - 1)) ]
	grep -q '^product_description' <<<"$(get '.left_out[]')"
}

@test "venue: all fields together hold what they may, the account first" {
	chat
	pack --for stripe --claim not-delivered
	all=$(jq '[.evidence[] | length] | add' $package/data/fields/evidence.json)
	limit stripe text.total.max "$all" characters
	pack --for stripe --claim not-delivered
	[ "$(get '.left_out | length')" = 0 ]
	limit stripe text.total.max $((all - 1)) characters
	pack --for stripe --claim not-delivered
	[ "$(jq '[.evidence[] | length] | add' $package/data/fields/evidence.json)" -eq $((all - 1)) ]
	[ "$(get '.left_out | length')" = 1 ]
	limit stripe text.total.max 10 characters
	pack --for stripe --claim not-delivered
	[ "$(jq -r '.evidence | keys[]' $package/data/fields/evidence.json)" = uncategorized_text ]
}

@test "venue: a field holds 20,000 characters, and not one more, as it ships" {
	chat
	deed -q correct "$(deed --json log -k order | jq -r .entry)" --set requirements.0.text=x -m 'to be short'
	pack --for stripe --claim not-delivered
	n=$(chars $package/data/fields/product_description.txt)
	for text in $((20000 - n + 1)) $((20000 - n + 2)); do
		deed -q correct "$(deed --json log -k order | jq -r .entry)" \
			--set "requirements.0.text=$(python3 -c 'print("é" * int(__import__("sys").argv[1]))' $text)" -m 'to be long'
		pack --for stripe --claim not-delivered
		[ "$(chars $package/data/fields/product_description.txt)" -eq 20000 ]
		[ "$(get '.left_out | map(select(startswith("product_description"))) | length')" -eq $((text - 20000 + n - 1)) ]
	done
}

@test "venue: the package is as large as a message may be, and not a byte more" {
	chat
	for venue in fiverr upwork; do
		pack --for $venue --claim late
		n=$(stat -c %s ../out/*.zip)
		limit $venue file.message.max "$n" bytes
		pack --for $venue --claim late
		[ "$(stat -c %s ../out/*.zip)" -eq "$n" ]
		limit $venue file.message.max $((n - 1)) bytes
		rm -rf ../out/*
		before=$(snapshot)
		run -2 --separate-stderr deed dispute pack --yes -O ../out --for $venue --claim late
		[[ "$stderr" == *'the package has'*" takes"*'hint: leave something out: --deliveries list'* ]]
		[ -z "$(ls -A ../out)" ]
		[ "$before" = "$(snapshot)" ]
	done
}

@test "venue: files it does not take beside the PDF are named: by kind, by size, and all together" {
	printf '\211PNG\r\n\032\n%500s' x >shot.png
	cp shot.png other.png
	echo >>other.png
	echo words >letter.txt
	deed -q log -k file --attach shot.png --attach other.png --attach letter.txt
	pack --for paypal
	get '.left_out[]' >../left
	grep -q '^exhibits/E0.-letter.txt: PayPal takes jpg, jpeg, gif, png and pdf alone' ../left
	run ! grep -q png: ../left
	n=$(stat -c %s shot.png)
	limit generic file.types '[png]' list
	cat >>"$HOME/.config/deed/platforms/generic.yaml" <<-END
		  file.single.max: {value: $n, unit: bytes, source: me, as_of: "2026", confidence: high}
	END
	pack
	[ "$(get '.left_out | map(select(test("^exhibits.*shot.png"))) | length')" -eq 0 ]
	get '.left_out[]' | grep -q '^exhibits.*other.png: it is larger than a file that'
	limit generic file.types '[png]' list
	all=$(($(stat -c %s shot.png) + $(stat -c %s other.png)))
	pack
	pdf=$(stat -c %s $package/data/report.pdf)
	for over in 0 1; do
		limit generic file.types '[png]' list
		cat >>"$HOME/.config/deed/platforms/generic.yaml" <<-END
			  file.total.max: {value: $((pdf + all - over)), unit: bytes, source: me, as_of: "2026", confidence: high}
		END
		pack
		[ "$(get '.left_out | map(select(test("all files together"))) | length')" -eq $over ]
	done
}

@test "venue: PayPal takes a file below 10 MB, as it ships, and not one of 10 MB" {
	printf 'GIF89a' | tee small.gif >large.gif
	truncate -s 9999999 small.gif
	truncate -s 10000000 large.gif
	deed -q log -k file --attach small.gif --attach large.gif
	pack --for paypal
	[ "$(get '.left_out | map(select(test("^exhibits"))) | length')" -eq 1 ]
	get '.left_out[]' | grep -q '^exhibits.*large.gif: it is larger than a file that'
}

@test "venue: whoever takes one submission gets none that could still be mended" {
	for venue in upwork freelancer stripe; do
		run -1 --separate-stderr deed --json dispute pack --yes -O ../out --for $venue
		[ "$(get .ok)" = false ]
		[ "$(jq -r '[.findings[] | select(.severity == "block") | .rule] | sort | join(" ")' <<<"$output")" = 'no-claim no-source' ]
		[ -z "$(ls ../out)" ]
	done
	chat
	pack --for upwork --claim not-delivered
}

@test "venue: --anyway passes the gate, and the reason is kept" {
	run -0 deed dispute pack --yes -O ../out --for upwork --anyway 'the chat is gone'
	deed --json log -n1 | jq -e '.content | .anyway == "the chat is gone" and (.blockers | index("no-source"))'
	run -2 deed dispute pack --yes -O ../out --for upwork --anyway ''
}

@test "venue: limits are told with their date and source" {
	chat
	pack --for stripe --claim late
	[ "$(jq -r '.limits[] | select(.name == "text.field.max") | "\(.value) \(.unit) \(.as_of) \(.source)"' <<<"$output")" = \
		'20000 characters 2026-07 Stripe API, Disputes' ]
}

@test "venue: the claim orders the exhibits" {
	chat
	echo terms >terms.txt
	deed -q log -k file --attach terms.txt --at 2026-10-01
	pack --claim not-delivered
	[ "$(get '.exhibits[1].path')" = data/deliveries/FO1-delivery-1.zip ]
	pack --claim unauthorised
	[ "$(get '.exhibits[1].path')" = data/transcripts/E02-chat.zip ]
	pack
	[ "$(get '.exhibits[1].path')" = data/exhibits/E02-terms.txt ]
}

@test "venue: a folder that is not there is refused, as deliver does" {
	run -2 --separate-stderr deed dispute pack --yes -O ../nowhere
	[[ "$stderr" == *'there is no folder '* ]]
	[ ! -e ../nowhere ]
}

@test "dispute open --by: who opened it is kept, a stranger is refused" {
	deed -q dispute open --claim late --by buyer
	[ "$(deed --json log -n1 | jq -r .content.initiator)" = buyer ]
	deed -q dispute answer --by seller -m 'it came in time'
	[ "$(deed --json log -n1 | jq -r .content.initiator)" = seller ]
	run -2 --separate-stderr deed dispute open --by nobody
	[[ "$stderr" == *'none of buyer, seller, support and bank'* ]]
	run -2 deed dispute close --by buyer
}

@test "dispute certify: a declaration filled from the record, and nothing recorded" {
	chat
	deed -q dispute pack --yes -O ../out 2>/dev/null
	before=$(snapshot)
	run -0 --separate-stderr deed dispute certify
	[ "$before" = "$(snapshot)" ]
	[[ "$output" == *'My name is Jane Dev'* ]]
	[[ "$output" == *"$(sha256sum <"$(echo "$ledger"/orders/*/FO1.yaml)" | cut -c1-64)  FO1.yaml"* ]]
	[[ "$output" == *"$(sha256sum <../FO1-delivery-1.zip | cut -c1-64)  "* ]]
	[[ "$output" == *"fingerprint $(deed --json log -n1 | jq -r .content.fingerprint)"* ]]
	[[ "$output" == *"version $(cat "$repo/VERSION")"* ]]
	run ! grep -q '[{}]' <<<"$output"
	run -0 --separate-stderr deed --json dispute certify
	[ "$(get .values.entries)" = "$(entries)" ]
	run -2 deed dispute certify -m text
}

@test "dispute certify: its words are a template that can be replaced" {
	mkdir -p "$HOME/.config/deed/templates"
	echo 'I, {custodian}, keep {orders}.' >"$HOME/.config/deed/templates/certify.txt"
	run -0 deed dispute certify
	[ "$output" = 'I, Jane Dev, keep FO1.' ]
}

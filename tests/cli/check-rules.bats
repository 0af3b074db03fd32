#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# deed check: each rule where it speaks, and where it is silent.

load ../lib

setup() {
	project
	deed -q init
	git -C "$ledger" remote add origin "$HOME/nowhere.git"
	git -C "$ledger" update-ref refs/deed/seen/origin/main HEAD
}

# fires RULE ACT: check names it, with a reason, and a command that exists.
fires() {
	local found first

	run --separate-stderr deed --json check --for "$2"
	[ "$status" -le 1 ]
	found=$(get "[.findings[] | select(.rule == \"$1\")][0]")
	[ "$found" != null ] || {
		echo "not found: $1 in $(get '[.findings[].rule] | join(" ")')"
		return 1
	}
	[ "$(jq -r '.why | length > 20' <<<"$found")" = true ]
	first=$(jq -r .fix <<<"$found" | awk '{print $1 == "deed" ? $2 : "git"}')
	[ "$first" = git ] || deed "$first" -h >/dev/null
	echo "$found"
}

# silent RULE ACT
silent() {
	run --separate-stderr deed --json check --for "$2"
	[ "$status" -le 1 ]
	[ "$(get "[.findings[] | select(.rule == \"$1\")] | length")" -eq 0 ] || {
		echo "found: $1"
		return 1
	}
}

what() {
	jq -r .what <<<"$(fires "$@")"
}

@test "check rules: no-requirement speaks until one is recorded" {
	deed -q open FO1 --platform fiverr
	fires no-requirement open
	fires no-requirement dispute
	silent no-requirement complete
	deed -q scope add -m 'a page'
	silent no-requirement open
}

@test "check rules: terms-not-frozen speaks until a file holds them" {
	deed -q open FO1 --platform fiverr
	fires terms-not-frozen open
	fires terms-not-frozen dispute
	echo '<h1>gig</h1>' >gig.html
	deed -q log -k terms --attach gig.html -m 'as they stood'
	silent terms-not-frozen open
	deed -q open FO2 --terms gig.html
	silent terms-not-frozen open
}

@test "check rules: no-legal-name speaks for a direct client without name or address" {
	deed -q open D1 --platform direct
	[[ $(what no-legal-name open) == *'legal name'* ]]
	deed -q log -k terms --set party.name='Byron Ltd' -m 'who buys'
	[[ $(what no-legal-name open) == *'postal address'* ]]
	deed -q log -k terms --set party.name='Byron Ltd' --set party.address='1 High Street' -m 'where'
	silent no-legal-name open
	deed -q open FO1 --platform fiverr
	silent no-legal-name open
}

@test "check rules: unfunded-milestone speaks for each until it is seen as funded" {
	deed -q open UP1 --platform upwork --contract milestone \
		--milestone 'draft: 100 USD' --milestone 'final: 200 USD'
	run -0 --separate-stderr deed --json check --for deliver
	[ "$(get '[.findings[] | select(.rule == "unfunded-milestone")] | length')" -eq 2 ]
	deed -q log -k milestone --set name=m1 --set state=funded -m 'seen'
	[[ $(what unfunded-milestone deliver) == *'m2, final'* ]]
	deed -q log -k milestone --set name=final --set state=approved -m 'seen'
	silent unfunded-milestone deliver
}

@test "check rules: unfunded-milestone speaks of the whole where only what is held is protected" {
	deed -q open UP1 --platform upwork --contract fixed --price '195 USD'
	[[ $(fires unfunded-milestone open | jq -r .why) == *'as of 2026: Upwork help'* ]]
	silent unfunded-milestone complete
	deed -q log -k payment --set amount='195 USD' -m 'in escrow'
	silent unfunded-milestone open
	deed -q open UP2 --platform upwork --contract hourly
	silent unfunded-milestone open
	deed -q open FO1 --platform fiverr --price '195 USD'
	silent unfunded-milestone open
}

@test "check rules: price-under-fee speaks below the fee, in the same currency alone" {
	deed -q open UP1 --platform upwork --price '337.49 USD'
	[[ $(fires price-under-fee open | jq -r .why) == *'as of '*Upwork* ]]
	deed -q open UP2 --platform upwork --price '337.50 USD'
	silent price-under-fee open
	deed -q open UP3 --platform upwork --price '10 EUR'
	silent price-under-fee open
	deed -q open GU1 --platform guru --price '20 USD'
	fires price-under-fee dispute
	deed -q open GU2 --platform guru --price '25 USD'
	silent price-under-fee dispute
	deed -q open FO1 --platform fiverr --price '5 USD'
	silent price-under-fee open
}

@test "check rules: over-quota speaks when more was asked for than is included" {
	deed -q open FO1 --platform fiverr --revisions 1
	deed -q revise --formal -m one 2>/dev/null
	deed -q revise -m 'in chat, which does not count' 2>/dev/null
	silent over-quota deliver
	deed -q revise --formal -m two 2>/dev/null
	[[ $(what over-quota deliver) == '2 revisions were asked for, and 1 are included' ]]
	[[ $(fires over-quota dispute | jq -r .why) == *'as of 2025-06'* ]]
	deed -q open FO2 --platform fiverr
	deed -q revise --formal -m one 2>/dev/null
	silent over-quota deliver
}

@test "check rules: unanswered-buyer speaks after the time the platform measures" {
	deed -q open FO1 --platform fiverr --buyer anna --at 2026-11-01T00:00:00Z
	deed -q log -k message --from Anna -m 'hello?' --at 2026-11-02T10:00:00Z
	DEED_NOW=2026-11-03T10:00:00Z silent unanswered-buyer deliver
	DEED_NOW=2026-11-03T10:00:01Z fires unanswered-buyer deliver
	deed -q log -k message --from jane -m 'here I am' --at 2026-11-03T11:00:00Z
	DEED_NOW=2026-11-05T10:00:01Z silent unanswered-buyer deliver
}

@test "check rules: unanswered-buyer speaks of a request to cancel at once" {
	deed -q open FO1 --platform fiverr --buyer anna
	deed -q cancel --by seller
	silent unanswered-buyer deliver
	deed -q cancel --by buyer
	[ "$(fires unanswered-buyer deliver | jq -r .fix)" = 'deed cancel --decline' ]
	deed -q cancel --decline
	silent unanswered-buyer deliver
}

@test "check rules: no-acceptance speaks until the buyer says a word" {
	order --platform fiverr
	silent no-acceptance dispute
	delivered 2>/dev/null
	fires no-acceptance dispute
	silent no-acceptance complete
	deed -q accept -m 'thank you'
	silent no-acceptance dispute
	echo more >more
	git add more
	git commit -qm more
	delivered 2>/dev/null
	fires no-acceptance dispute
}

@test "check rules: not-submitted and no-recap speak where they did" {
	order --platform fiverr
	delivered 2>/dev/null
	fires not-submitted complete
	fires not-submitted dispute
	deed -q submit
	silent not-submitted complete
	deed -q log -k call --channel zoom -m 'in blue'
	fires no-recap open
	deed -q recap @ --posted
	silent no-recap open
}

@test "check rules: blank-note and thin-note speak of the newest delivery's own words" {
	order --platform fiverr --requirement 'a page'
	deed -q deliver --covers r1 2>/dev/null
	[ "$(what blank-note complete)" = 'd1 was packed without a word about it' ]
	[[ $(fires blank-note dispute | jq -r .why) == *'as of 2024: Fiverr help'* ]]
	# the words of the completion itself are still to come: it only warns
	run -0 --separate-stderr deed --json check --for complete
	[ "$(get .ok)" = true ]
	deed -q correct d1 --set text='short' -m 'in words'
	silent blank-note complete
	fires thin-note complete
	eval "$(fires thin-note complete | jq -r .fix)"
	silent thin-note complete
}

@test "check rules: not-submitted says whose button it is, where that is known" {
	order --platform upwork
	delivered 2>/dev/null
	[[ $(fires not-submitted complete | jq -r .why) == *'as of 2026: Upwork help'* ]]
}

@test "check rules: one-submission speaks where evidence is taken once" {
	deed -q open UP1 --platform upwork
	[[ $(fires one-submission dispute | jq -r .why) == *'as of 2024'* ]]
	silent one-submission complete
	deed -q open FO1 --platform fiverr
	silent one-submission dispute
}

@test "check rules: secret speaks of names that hold secrets" {
	order --platform fiverr
	delivered 2>/dev/null
	silent secret complete
	echo 'PASSWORD=x' >.env
	deed -q deliver --add .env -m 'with a mistake in it' 2>/dev/null
	[[ $(what secret complete) == *'d2'*'.env'* ]]
}

@test "check rules: secret speaks of a handover that tells the secret itself" {
	order --platform fiverr
	deed -q log -k handover --set item=credentials -m 'the login of the server; the password went another way'
	silent secret complete
	deed -q log -k handover --set item=credentials -m 'user jane, password: hunter2'
	[[ $(what secret complete) == *'holds a secret itself'* ]]
	id=$(deed --json log -k handover -n1 | jq -r '.entry[0:8]')
	deed -q correct "$id" --set text='the login of the server' -m 'without the secret'
	silent secret complete
}

@test "check rules: git-folder speaks of a repository in the delivery" {
	order --platform fiverr
	delivered 2>/dev/null
	silent git-folder complete
	# one that an older version or another tool packed
	sums=$(ls "$ledger"/proofs/*/FO1/*.sha256sums)
	printf '%064d  ./site/.git/config\n' 0 >>"$sums"
	[[ $(what git-folder complete) == *'site/.git/config'* ]]
}

@test "check rules: windows-name speaks of names Windows cannot open" {
	order --platform fiverr
	delivered 2>/dev/null
	silent windows-name complete
	mkdir -p 'odd' plain.dir
	touch 'odd/a:b' 'odd/what?' odd/aux.txt odd/dot. 'odd/blank ' 'odd/back\slash' odd/COM1 odd/com0 odd/nullable
	run -0 --separate-stderr deed deliver odd -m 'with odd names in it'
	[[ $stderr == *'windows-name'*'a:b'* ]]
	[[ $(what windows-name complete) == 'd2 has names Windows cannot open: '*' and 4 more' ]]
	rm -r odd/* && touch odd/com0 odd/nullable odd/.hidden odd/a..b
	deed -q deliver odd -m 'with good names in it' 2>/dev/null
	silent windows-name complete
	touch odd/Readme odd/README
	deed -q deliver odd -m 'with one name twice' 2>/dev/null
	[[ $(what windows-name complete) == *'one on Windows'* ]]
}

# A limit that small files reach.
small_limit() {
	mkdir -p "$HOME/.config/deed/platforms"
	cat >"$HOME/.config/deed/platforms/fiverr.yaml" <<-'END'
		profile: 1
		name: fiverr
		values:
		  file.delivery.max: {value: 30000, unit: bytes, source: my own note, as_of: "2026-11", confidence: high}
	END
}

@test "check rules: too-large speaks over the limit, with the split that fits" {
	small_limit
	order --platform fiverr
	for name in a b c; do head -c 12000 /dev/urandom >$name; done
	git add .
	git commit -qm three
	run -0 --separate-stderr deed deliver -m 'three files of noise'
	[[ $stderr == *'too-large'* ]]
	[[ $(what too-large complete) == *'36 kB'*'30 kB'*'2 parts fit: part 1 from a to b, 24 kB; part 2 from c to main.c, 12 kB' ]] ||
		[[ $(what too-large complete) == *'2 parts fit: part 1 from a to b, 2'*' kB; part 2 from c to main.c, 1'*' kB' ]]
	[[ $(fires too-large complete | jq -r .why) == *'as of 2026-11: my own note; your own value, from '*fiverr.yaml* ]]
	deed -q deliver a b -m 'the first two of them' 2>/dev/null
	silent too-large complete
	head -c 40000 /dev/urandom >d
	deed -q deliver d -m 'one that fits nowhere' 2>/dev/null
	[[ $(what too-large complete) == *'one file alone is larger'* ]]
}

@test "check rules: no-second-copy speaks until a remote has the ledger" {
	order
	silent no-second-copy open
	git -C "$ledger" update-ref -d refs/deed/seen/origin/main
	[[ $(what no-second-copy open) == *'nothing was pushed'* ]]
	git -C "$ledger" remote remove origin
	fires no-second-copy open
	fires no-second-copy dispute
	silent no-second-copy complete
}

@test "check rules: no-timestamp speaks before a dispute" {
	order
	[[ $(what no-timestamp dispute) == '1 of 1 entries'* ]]
	silent no-timestamp complete
}

@test "check rules: many-entries speaks at two thousand" {
	order
	silent many-entries open
}

@test "check rules: what it finds before a dispute is told as lines, too" {
	order --platform fiverr
	run -0 --separate-stderr deed check --for dispute
	[[ $output == *'warn: no-delivery: '*'  why: '*'  fix: deed deliver'* ]]
	[[ $output == *'info: no-timestamp: '* ]]
}

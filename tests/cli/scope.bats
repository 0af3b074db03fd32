#!/usr/bin/env bats
load ../lib

setup() {
	project
	order --requirement "a page" --requirement "a form"
}

@test "scope: a requirement agreed later gets the next label" {
	run -0 --separate-stderr deed --json scope add -m "a footer"
	[ "$(get .kind)" = requirement ]
	[ "$(get .label)" = r3 ]
}

@test "scope: the matrix shows gaps first, then what is delivered, then accepted" {
	delivered --covers r1
	deed -q accept
	deed -q scope add -m "a footer"
	deed -q deliver -m "the footer" main.c --covers r3
	run -0 --separate-stderr deed --json scope
	[ "$(get .label | paste -sd' ')" = "r2 r3 r1" ]
	[ "$(get 'select(.label=="r1").accepted')" = d1 ]
	[ "$(get 'select(.label=="r3").delivered')" = d2 ]
	[ "$(get 'select(.label=="r3").accepted')" = null ]
}

@test "scope: a change keeps its class, price, days and the buyer's answer" {
	run -0 --separate-stderr deed --json scope change --class new \
		--price "50 USD" --days 2 --answer accepted --requirement r1 -m "dark mode"
	[ "$(get .label)" = c1 ]
	run -0 --separate-stderr deed --json show c1
	[ "$(get '.content|[.class,.price,.answer,.requirement,.days]|join(",")')" = "new,50 USD,accepted,r1,2" ]
}

@test "scope: the matrix says where it was agreed, what it costs, and what the buyer said" {
	deed -q scope add --clause 'gig, line 3' -m 'a footer'
	deed -q scope add --channel fiverr -m 'a menu'
	deed -q scope change --class new --by buyer --price '50 USD' --days 2 --answer declined -m 'dark mode'
	run -0 --separate-stderr deed --json scope
	[ "$(get '"\(.label) \(.agreed)"' | paste -sd,)" = 'r1 order,r2 order,r3 gig, line 3,r4 fiverr,c1 null' ]
	[ "$(get 'select(.class) | "\(.price) \(.days) \(.initiator) \(.answer)"')" = '50 USD 2 buyer declined' ]
	run -0 --separate-stderr deed scope
	[[ $output == *'c1'*'new'*'50 USD, 2 days'*'declined'*'dark mode'* ]]
	refused scope change --class new --by support -m 'x'
}

@test "scope: a change without a class, an unknown requirement, a bad price are refused" {
	refused scope change -m "dark mode"
	refused scope change --class new --requirement r9 -m "dark mode"
	refused scope change --class new --price "50 dollars" -m "dark mode"
}

@test "scope: log -k points to scope for requirements and changes" {
	refused log -k requirement -m "a footer"
	[[ $stderr = *"deed scope"* ]]
}

@test "status: milestones with what is funded and approved, payments and refunds" {
	deed -q open UP1 --platform upwork --contract milestone --price '300 USD' \
		--milestone 'draft: 100 USD' --milestone 'final: 200 USD'
	export DEED_ORDER=UP1
	run -0 --separate-stderr deed status
	[[ $output == *'nothing is recorded as funded or paid'*'m1 draft: 100 USD, not recorded as funded'* ]]
	deed -q log -k milestone --set name=m1 --set state=funded -m 'in escrow'
	deed -q log -k milestone --set name=final --set state=funded -m 'in escrow'
	deed -q log -k milestone --set name=draft --set state=approved -m 'he likes it'
	deed -q log -k payment --set amount='100 USD' --set milestone=m1 -m 'released'
	deed -q log -k payment --set amount='7 EUR' -m 'a tip in another currency'
	deed -q log -k refund --set amount='20.50 USD' -m 'for the delay'
	run -0 --separate-stderr deed --json status
	[ "$(get '.money | "\(.price), \(.funded), \(.approved), \(.paid), \(.refunded)"')" = \
		'300 USD, 300.00 USD, 100.00 USD, 100.00 USD, 20.50 USD' ]
	[ "$(get '[.money.milestones[] | "\(.label) \(.state)"] | join(", ")')" = 'm1 approved, m2 funded' ]
	run -0 --separate-stderr deed status
	[[ $output == *'funded 300.00 USD, approved 100.00 USD, paid 100.00 USD, refunded 20.50 USD'* ]]
	deed -q open BARE --price '5 USD'
	run -0 --separate-stderr deed -o BARE --json status
	[ "$(get .money)" = null ]
}

# Two laptops have agreed something else at once, each as r3; the first of them
# has delivered it.  The shown labels are in $first and $second.
two_laptops() {
	git init -q --bare "$HOME/records.git"
	git -C "$ledger" remote add origin "$HOME/records.git"
	deed -q sync
	git clone -q "$HOME/records.git" "$HOME/other" 2>"$HOME/said"
	deed -q scope add -m "a footer" --at 2026-11-20
	delivered --covers r3
	deed -q --ledger "$HOME/other" -o FO1 scope add -m "a header" --at 2026-11-21
	deed -q --ledger "$HOME/other" sync
	deed -q sync
	first=$(deed --json log -r -k requirement | jq -r .label | sed -n 1p)
	second=$(deed --json log -r -k requirement | jq -r .label | sed -n 2p)
	[[ "$first $second" =~ ^r3~[0-9a-f]{4}\ r3~[0-9a-f]{4}$ ]]
}

@test "scope: of two requirements with one label a delivery covers the one it knew" {
	two_laptops
	run -0 --separate-stderr deed --json scope
	[ "$(get "select(.label == \"$first\").delivered")" = d1 ]
	[ "$(get "select(.label == \"$second\").delivered")" = null ]
}

@test "scope: a label that two requirements bear is refused bare, with both named" {
	two_laptops
	echo more >>main.c
	git commit -qam more
	for words in 'deliver --covers r3' 'correct d1 --set covers=r1,r3' 'scope change --class fix --requirement r3'; do
		# shellcheck disable=SC2086
		refused $words -m 'the header, ready to look at'
		[[ $stderr == *"$first"* && $stderr == *"$second"* ]]
	done
	deed -q deliver --covers "$second" -m 'the header, ready to look at'
	run -0 --separate-stderr deed --json scope
	[ "$(get "select(.label == \"$first\").delivered")" = d1 ]
	[ "$(get "select(.label == \"$second\").delivered")" = d2 ]
	run -1 --separate-stderr deed --json check --for complete
	fix=$(get '.findings[] | select(.rule == "undelivered-requirement") | .fix' | head -n 1)
	eval "$fix"
	run -0 --separate-stderr deed --json check --for complete
}

@test "status: a milestone recorded alone counts once, by what became of it last" {
	deed -q open UP2 --platform upwork --price '195 USD'
	deed -q log -k milestone --set name=all --set amount='195 USD' --set state=funded -m seen
	deed -q log -k milestone --set name=all --set amount='195 USD' --set state=approved -m seen
	deed -q log -k payment --set amount='7 EUR' -m 'a tip in another currency'
	deed -q log -k refund --set amount='20 USD' --set state=requested -m 'he asks for it'
	run -0 --separate-stderr deed --json status
	[ "$(get '.money | "\(.funded), \(.approved), \(.paid), \(.refunded)"')" = \
		'195.00 USD, 195.00 USD, null, null' ]
}

#!/usr/bin/env bats
# Money on the screen is written as where the user lives; everywhere else as it
# was recorded.

load ../lib

setup() {
	project
	export LOCPATH=$BATS_FILE_TMPDIR/locales
	deed -q init
	deed -q open FO1 --price '1234567.50 USD' --title 'worth 1234567.50 USD'
	deed -q log -k payment --set amount='98765.00 USD' --set state=paid -m 'of 98765.00 USD'
}

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/locales"
	for name in en_US de_DE fr_CH hi_IN; do
		localedef -i $name -f UTF-8 "$BATS_FILE_TMPDIR/locales/$name.UTF-8"
	done
}

@test "money: status, log and weigh write it in the user's locale" {
	export LC_ALL=en_US.UTF-8
	run -0 deed status
	[[ $output == *'price      1,234,567.50 USD'* ]]
	[[ $output == *'paid 98,765.00 USD'* ]]
	run -0 deed log -k payment
	[[ $output == *' 98,765.00 USD: of 98765.00 USD'* ]]
	run -0 deed weigh refund
	[[ $output == *'1,234,567.50 USD'* ]]
	LC_ALL=de_DE.UTF-8 run -0 deed status
	[[ $output == *'price      1.234.567,50 USD'* ]]
	LC_ALL=hi_IN.UTF-8 run -0 deed status
	[[ $output == *'price      12,34,567.50 USD'* ]]
}

@test "money: LC_MONETARY decides, and a locale that is not there changes nothing" {
	unset LC_ALL
	LANG=en_US.UTF-8 LC_MONETARY=de_DE.UTF-8 run -0 deed status
	[[ $output == *'price      1.234.567,50 USD'* ]]
	for name in C C.UTF-8 xx_XX.UTF-8; do
		LC_ALL=$name run -0 deed status
		[[ $output == *'price      1234567.50 USD'* ]]
	done
}

@test "money: what people wrote, JSON, fields and texts to paste stay as they are" {
	export LC_ALL=de_DE.UTF-8
	run -0 deed status
	[[ $output == *'title      worth 1234567.50 USD'* ]]
	deed -z log | tr "\0" "|" >fields
	grep -q '98765.00 USD' fields
	run -0 deed --json log -r -n 1
	[ "$(get .content.price)" = '1234567.50 USD' ]
	run -0 deed show @
	[[ $output == *'98765.00 USD'* ]]
	run -0 deed --json status
	[ "$(get .money.paid)" = '98765.00 USD' ]
	deed -q log -k payment --set amount='1000.00 USD' --set state=paid -m paid
	grep -q 'amount: "1000.00 USD"' "$ledger"/orders/*/FO1.yaml
}

@test "money: a point that may stand before thousands is refused, with what to write" {
	for option in --price --milestone; do
		amount='1.250 EUR'
		[ "$option" = --price ] || amount="half: $amount"
		run -2 deed open FO2 "$option" "$amount"
		[[ $output == *'"1.250 EUR" is 1250 EUR where a point stands before thousands'* ]]
		[[ $output == *'hint: write 1250 EUR or 1.2500 EUR'* ]]
	done
	run -2 deed log -k payment --set amount='98.765 USD' --set state=paid -m paid
	[[ $output == *'write 98765 USD or 98.7650 USD'* ]]
	# nobody groups these so, and dinars have three decimals
	for amount in '0.085 USD' '1250.125 EUR' '1.2500 EUR' '1.250 KWD'; do
		deed -q open "X${amount%% *}" --price "$amount"
	done
}

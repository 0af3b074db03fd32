#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Mutual cancellations cost a level.  Every new order begins with a message
# that repeats what was agreed; every cancellation has its reason and who asked
# for it; and before one agrees to the next, the rates say what it would do.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export HOME=$PWD/home TZ=UTC LC_ALL=C.UTF-8
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER DEED_NOW DEED_SHARE
	mkdir home work
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	cd work || return
	DEED_NOW=2026-06-01T00:00:00Z "$DEED" -q init
}

setup() {
	cd "$BATS_FILE_TMPDIR/work" || return
	load ../lib
	export DEED_DIR=$HOME/.local/share/deed/ledger
}

# on TIME WORD...
on() {
	local DEED_NOW=$1

	shift
	export DEED_NOW
	"$DEED" "$@"
}

@test "story 4: a new order begins with a message that repeats what was agreed" {
	on 2026-06-01T09:00:00Z -q open FO4400 --platform fiverr --buyer tomshop \
		--title 'A banner' --price '50 USD' --due 2026-06-05 --revisions 1 \
		--requirement 'one banner, 1200 by 400' --exclude 'animation'
	run -0 --separate-stderr on 2026-06-01T09:01:00Z -o FO4400 draft
	[[ $output == *confirm* ]]
	run -0 --separate-stderr on 2026-06-01T09:01:00Z -o FO4400 draft confirm
	[[ $output == *'one banner, 1200 by 400'*'Not included'*'animation'*'Revisions included: 1'* ]]
	[ -z "$stderr" ]
}

@test "story 4: nine orders are completed, one on the last day, one late" {
	for n in 1 2 3 4 5 6 7 8 9; do
		on 2026-06-0${n}T08:00:00Z -q open FO440$n --platform fiverr --buyer tomshop --due 2026-06-10
		on 2026-06-1$((n == 9 ? 1 : 0))T12:00:00Z -q -o FO440$n submit
		on 2026-06-12T12:00:00Z -q -o FO440$n accept --kind button
	done
	run -0 --separate-stderr on 2026-06-20T00:00:00Z --json stats
	[ "$(get '.on_time | "\(.on_time) \(.late) \(.unknown)"')" = '8 1 1' ]
	[ "$(get '.rate')" = 100.0 ]
}

@test "story 4: the buyer asks to cancel: the reason and who asked for it are kept" {
	on 2026-06-15T09:00:00Z -q -o FO4400 cancel --by buyer --reason 'changed his mind'
	# what agreeing would do, before it is done
	run -0 --separate-stderr on 2026-06-15T10:00:00Z -o FO4400 --json weigh cancel
	[ "$(get '.steps[] | select(.name == "rate of all orders, in percent") | .before + " " + .result')" = '100.0 90.0' ]
	on 2026-06-15T11:00:00Z -q -o FO4400 cancel --accept
	run -0 --separate-stderr on 2026-06-20T00:00:00Z --json stats
	[ "$(get '"\(.completed) \(.cancelled) \(.rate) \(.rate_after_one_more)"')" = '9 1 90.0 81.8' ]
	[ "$(get '.reasons[0] | "\(.name) \(.cancelled)"')" = 'changed his mind 1' ]
	[ "$(get '.initiators[0].name')" = buyer ]
	[ "$(get '.buyers[0].name')" = tomshop ]
}

@test "story 4: what one more would do is said in words, too" {
	run -0 --separate-stderr on 2026-06-20T00:00:00Z stats
	[[ $output == *90.0*81.8* ]]
	[[ $output == *'changed his mind'* ]]
}

@test "story 4: an old cancellation leaves the window it is counted in" {
	run -0 --separate-stderr on 2026-07-15T11:00:00Z --json stats
	[ "$(get '.windows[] | select(.days == 30) | .cancelled')" -eq 1 ]
	run -0 --separate-stderr on 2026-07-15T11:00:01Z --json stats
	[ "$(get '.windows[] | select(.days == 30) | .cancelled')" -eq 0 ]
	[ "$(get '.windows[] | select(.days == 60) | .cancelled')" -eq 1 ]
}

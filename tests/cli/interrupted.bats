#!/usr/bin/env bats
# Long work: it shows how far it is on a terminal and nowhere else, and may be
# ended at any moment.

load ../lib

setup() {
	project
	seq 6000000 >numbers.txt
	head -c 60000000 /dev/urandom >clip.mp4
	order
}

teardown() {
	rm -f numbers.txt clip.mp4
}

# ended SIGNAL DELAY COMMAND...: skips the test if it was done before that.
ended() {
	local signal=$1 delay=$2 pid

	shift 2
	# a shell lets what runs beside it ignore INT
	env --default-signal=INT "$DEED" -q "$@" 2>/dev/null &
	pid=$!
	sleep "$delay"
	kill -"$signal" "$pid" || true
	! wait "$pid" || skip 'this machine is done before it can be interrupted'
}

# Nothing is left of what was ended, once the next command is through.
nothing_is_left() {
	deed -q log -k message -m after
	ledger_is_clean
	deed -q verify
	[ -z "$(find "$ledger" \( -name '*.zip' -o -name '.deed-*' \) -print)" ]
	[ "$(du -s --block-size=1M "$ledger" | cut -f1)" -lt 5 ]
	[ "$(git -C "$ledger" log --oneline | wc -l)" -eq "$1" ]
}

@test "interrupted: a delivery ended by any signal at any moment leaves nothing behind" {
	commits=2
	for signal in INT TERM KILL HUP; do
		for delay in 0.02 0.15 0.4; do
			ended "$signal" "$delay" deliver -m 'the whole work, ready to use' numbers.txt clip.mp4
			commits=$((commits + 1))
			nothing_is_left "$commits"
		done
	done
}

@test "interrupted: so does a package" {
	deed -q deliver -m 'the whole work, ready to use' numbers.txt clip.mp4
	mkdir out
	for signal in INT TERM KILL; do
		ended "$signal" 0.1 dispute pack --yes --deliveries all -O out
		[ -z "$(find out -type f)" ]
	done
	deed -q log -k message -m after
	ledger_is_clean
	[ -z "$(deed --json log -k package)" ]
}

@test "interrupted: progress is shown on a terminal, and nowhere else" {
	run -0 --separate-stderr deed deliver -m 'the whole work, ready to use' numbers.txt clip.mp4
	[[ $stderr$output != *' MB'* ]]
	deed -q open FO2
	script -qec "$DEED -o FO2 deliver -m 'the whole work, ready to use' numbers.txt clip.mp4" /dev/null </dev/null >said
	grep -q 'files, [0-9]* MB' said || skip 'done before there was progress to show'
	deed -q open FO3
	script -qec "$DEED -q -o FO3 deliver -m 'the whole work, ready to use' numbers.txt clip.mp4" /dev/null </dev/null >said
	run -1 grep ' MB' said
}

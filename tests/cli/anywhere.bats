#!/usr/bin/env bats
# A ledger on an odd path, copied, restored, read-only, of another user; and
# what people do by mistake: each has a sentence that mends it.

load ../lib

setup() {
	project
}

# works_in DIR: a ledger there takes entries and deliveries, and is clean.
works_in() {
	deed -q init --ledger "$1"
	run -0 deed --ledger "$1" -q open FO1
	run -0 deed --ledger "$1" -q -o FO1 deliver -m 'the first version, ready to run'
	run -0 deed --ledger "$1" -o FO1 log -m one
	run -0 deed --ledger "$1" verify
	ledger_is_clean "$1"
}

@test "anywhere: a path with blanks, quotes and a dash" {
	works_in "$BATS_TEST_TMPDIR/-a 'b' \"c\" \$d"
}

@test "anywhere: a path with a line end and with bytes that are no UTF-8" {
	works_in "$BATS_TEST_TMPDIR/"$'x\ny\xff\xfez'
}

@test "anywhere: -C counts from the one before it, and an empty one from nowhere, as in git" {
	order
	mkdir -p one/two
	run -0 --separate-stderr deed -C one --json -C two deliver -C '' -m 'the first version' ../../main.c
	[ "$(jq -r .archive.files <<<"$output")" -eq 1 ]
	run -0 --separate-stderr deed -C '' list
	refused -C one -C one list
	[[ $stderr == *'cannot change to one: '* ]]
}

# What a copy is worth: quiet, and clean after the next command.
copy_is_good() {
	run -0 deed --ledger "$1" verify
	[[ $output == *' 0 failed, 0 skipped' ]]
	run -0 deed -q --ledger "$1" -o FO1 log -m 'in the copy'
	ledger_is_clean "$1"
	run -0 deed --ledger "$1" verify
	[[ $output == *' 0 failed, 0 skipped' ]]
}

@test "anywhere: copied with cp -r, restored from tar, copied with rsync" {
	order
	delivered
	cp -r "$ledger" copied
	copy_is_good "$PWD/copied"
	tar -C "$ledger" -cf ledger.tar .
	mkdir restored
	tar -C restored -xf ledger.tar
	chmod 0700 restored
	copy_is_good "$PWD/restored"
	if command -v rsync >/dev/null; then
		rsync -r "$ledger/" synced/
		copy_is_good "$PWD/synced"
	fi
}

# as_nobody WORD...: deed as another user, whose home is $other.
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$other" \
		GIT_CONFIG_GLOBAL="$other/.gitconfig" "$DEED" "$@"
}

@test "anywhere: a ledger that is read-only is read, and says so when written" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become another user'
	other=$(mktemp -d /tmp/deed-nobody-XXXXXX)
	cp "$GIT_CONFIG_GLOBAL" "$other/.gitconfig"
	chown -R 65534:65534 "$other"
	cd "$other"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$DEED" || skip 'others may not run deed here'
	as_nobody -q init --ledger "$other/ledger"
	as_nobody -q --ledger "$other/ledger" open FO1
	chmod -R a-w "$other/ledger"
	run -0 as_nobody --ledger "$other/ledger" -o FO1 log
	run -2 --separate-stderr as_nobody --ledger "$other/ledger" -o FO1 log -m one
	chmod -R u+w "$other/ledger"
	cd /
	[ -z "$output" ]
	said_once
	rm -rf "$other"
}

@test "anywhere: the ledger of another user is refused, with the line that allows it" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give a ledger away'
	order
	chown -R 65534:65534 "$ledger"
	run -2 --separate-stderr deed log
	said_once
	[[ $stderr == *safe.directory* ]]
}

@test "anywhere: the ledger and its order files are private" {
	order
	delivered
	[ "$(stat -c %a "$ledger")" = 700 ]
	[ -z "$(find "$ledger/orders" "$ledger/proofs" -type f -perm /077)" ]
}

@test "undo: a delivery made by mistake is voided, and both entries stay" {
	order
	delivered
	run -0 deed correct d1 --void -m 'the wrong branch'
	run -0 deed --json status
	[ "$(get .state)" = open ]
	run -0 deed verify
	[ "$(entries)" -eq 3 ]
}

@test "undo: a lost current order names the command that chooses one" {
	order
	git config --unset deed.order
	refused log -m one
	[[ $stderr == *'deed switch'* ]]
	deed -q switch FO1
	run -0 deed log -m one
}

@test "undo: a project folder that was moved still has its ledger and order" {
	order
	mv "$PWD" "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR/elsewhere"
	run -0 deed log -m one
	[ "$(entries)" -eq 2 ]
}

@test "undo: a ledger that is gone is named, and comes back by putting it there" {
	order
	mv "$ledger" "$ledger.away"
	run -2 --separate-stderr deed log
	said_once
	[[ $stderr == *"$ledger"* || $stderr == *'deed init'* ]]
	mv "$ledger.away" "$ledger"
	run -0 deed log
}

# as_told TEXT: run the git command that follows ": " in it.
as_told() {
	local words=${1#*: git }

	[ "$words" != "$1" ]
	eval "git ${words%%$'\n'*}"
}

@test "undo: an archive whose file was deleted is brought back as verify says" {
	order
	delivered
	rm -f "$ledger"/archives/*/FO1/*.zip
	run -1 deed verify
	[[ $output == *'it is missing'* ]]
	as_told "$output"
	run -0 deed verify
	ledger_is_clean
}

@test "undo: where its bytes are gone as well, it is fetched, or copied from what was uploaded" {
	order
	delivered -O "$HOME"
	git init -q --bare "$HOME/remote.git"
	git -C "$ledger" remote add origin "$HOME/remote.git"
	deed -q sync
	archive=$(echo "$ledger"/archives/*/FO1/*.zip)
	for mend in 'deed -q sync --fetch' "cp $HOME/FO1-delivery-1.zip $archive"; do
		rm -rf "$archive" "$ledger/.git/lfs/objects"
		run -1 deed verify
		[[ $output == *'its bytes are not here: deed sync --fetch, or copy what was uploaded to its place'* ]]
		$mend
		run -0 deed verify
		[[ $output == *' 0 failed, 0 skipped' ]]
		ledger_is_clean
	done
}

@test "undo: an order whose file was deleted is not begun anew, but put back" {
	order
	deed -q log -k message -m one
	for words in log status 'log -m two' 'open FO1' 'switch FO1'; do
		rm -f "$ledger"/orders/*/FO1.yaml
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed $words
		said_once
		as_told "${stderr_lines[1]}"
		[ "$(entries)" -eq 2 ]
		ledger_is_clean
	done
	rm "$ledger"/orders/*/FO1.yaml
	run -1 deed verify
	as_told "$output"
	run -0 deed verify
}

@test "undo: half a clone of plain git, and a ledger without files, are told how to be whole" {
	order
	git clone -q --no-checkout "$ledger" half
	run -2 --separate-stderr deed --ledger half list
	said_once
	as_told "${stderr_lines[1]}"
	run -0 deed --ledger half -o FO1 log -m one
	ledger_is_clean half
	rm -r half/orders half/deed.yaml
	run -2 --separate-stderr deed --ledger half list
	as_told "${stderr_lines[1]}"
	run -0 deed --ledger half verify
}

@test "undo: half a clone is in nobody's way" {
	order
	mkdir -p other.deed-clone/.git
	echo half >other.deed-clone/file
	run -0 deed -q clone "$ledger" other
	[ ! -e other.deed-clone ]
	ledger_is_clean other
}

@test "anywhere: a home that is set to nothing is the root, as in git, and not the one the machine knows" {
	HOME='' strace -f -o ../trace -e trace=file "$DEED" list || true
	grep -q '"/.local/share/deed/ledger' ../trace
	run ! grep -q "$(getent passwd "$(id -u)" | cut -d: -f6)/.local" ../trace
}

@test "anywhere: what the system refuses has a hint where one can act" {
	order
	head -c 3000000 /dev/urandom >big.bin
	# shellcheck disable=SC2016
	run -2 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 1000; "$DEED" log -k file --attach big.bin'
	[[ ${stderr_lines[0]} == 'deed: '*'File too large' ]]
	[ "${stderr_lines[1]}" = 'hint: that is more than a file may have there: see ulimit -f' ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	run -2 --separate-stderr deed -C absent list
	[ "${#stderr_lines[@]}" -eq 1 ]
}

#!/usr/bin/env bats
# What is promised on stdout is on disk, with few flushes; what a power cut
# leaves half done is put right.

load ../lib

zeros() {
	truncate -s 0 "$1"
	truncate -s 4096 "$1"
}

setup() {
	project
	order
	file=$(echo "$ledger"/orders/*/FO1.yaml)
}

# How often CALL happens while the words after it run.
calls() {
	local call=$1

	shift
	strace -f -qq -e trace="$call" -o "$BATS_TEST_TMPDIR/trace" "$DEED" "$@" >/dev/null
	grep -c "$call(" "$BATS_TEST_TMPDIR/trace" || true
}

filesystem() {
	stat -f -c %T "$1"
}

@test "durable: an entry costs two flushes where changes keep their order" {
	case $(filesystem "$ledger") in
	ext2/ext3) ;;
	*) skip "the ledger is not on ext4" ;;
	esac
	deed -q log -m 'the first, which explains what a note is'
	[ "$(calls fsync log -m one)" -eq 2 ]
	# the commit first, then the branch
	run -0 grep -n -E 'fsync' "$BATS_TEST_TMPDIR/trace"
	strace -f -y -qq -e trace=fsync,rename -o "$BATS_TEST_TMPDIR/trace" "$DEED" -q log -m two
	run -0 sed -n 's/.*fsync([0-9]*<\([^>]*\)>.*/\1/p' "$BATS_TEST_TMPDIR/trace"
	head=$(git -C "$ledger" rev-parse HEAD)
	[[ ${lines[0]} == *"/objects/${head:0:2}/${head:2}" ]]
	[[ ${lines[1]} == */refs/heads/main ]]
	ledger_is_clean
}

@test "durable: elsewhere every object and the branch are flushed" {
	[ "$(filesystem /dev/shm)" = tmpfs ] || skip 'there is no tmpfs here'
	other=$(mktemp -d /dev/shm/deed-XXXXXX)
	deed -q init --ledger "$other/ledger"
	deed -q --ledger "$other/ledger" open X
	n=$(calls fsync --ledger "$other/ledger" -o X log -m one)
	rm -rf "$other"
	[ "$n" -ge 10 ]
}

@test "durable: with ledger and order given, recording starts no other program" {
	export DEED_DIR=$ledger DEED_ORDER=FO1
	[ "$(calls execve log -m one)" -eq 1 ]
	[ "$(calls execve log)" -eq 1 ]
}

@test "durable: the index is patched as git would have written it" {
	printf 'another' >other
	deed -q log -m one
	deed -q open FO2
	deed -q log -m two -o FO1
	deed -q log -m three --attach other -o FO1
	git -C "$ledger" status --porcelain=v2 >/dev/null
	deed -q log -m four -o FO1
	[ "$(git -C "$ledger" write-tree)" = "$(git -C "$ledger" rev-parse 'HEAD^{tree}')" ]
	git -C "$ledger" ls-files --debug >with
	rm "$ledger/.git/index"
	git -C "$ledger" reset -q
	git -C "$ledger" ls-files --debug >without
	# the flags tell how git came to it; a folder that moved has another ctime
	diff <(sed '/ctime:/d; s/flags:.*//' with) <(sed '/ctime:/d; s/flags:.*//' without)
	ledger_is_clean
}

@test "durable: an index in another version, or with extensions, is still kept" {
	for setting in 'update-index --index-version 4' 'update-index --untracked-cache' \
		'update-index --index-version 2'; do
		# shellcheck disable=SC2086
		git -C "$ledger" $setting
		deed -q log -m "after $setting"
		ledger_is_clean
		[ "$(git -C "$ledger" write-tree)" = "$(git -C "$ledger" rev-parse 'HEAD^{tree}')" ]
	done
}

@test "durable: a file that a power cut left empty, short or with zeros is made whole" {
	deed -q log -m one
	whole=$(sha256sum <"$file")
	for cut in 'truncate -s 0' 'truncate -s 100' 'zeros'; do
		# shellcheck disable=SC2086
		$cut "$file"
		run -0 --separate-stderr deed log
		[[ $output == *one* ]]
		deed -q log -m "after $cut"
		grep -qF one "$file"
		ledger_is_clean
		[ "$(entries)" -eq "$(git -C "$ledger" show "HEAD:${file#"$ledger"/}" | grep -c '^---$')" ]
	done
	[ "$whole" != "$(sha256sum <"$file")" ]
}

@test "durable: a file somebody edited is not taken for one that was cut" {
	printf 'x' >>"$file"
	run -2 deed log -m one
	deed -q init
	git -C "$ledger" restore .
	sed -i 's/FO1/FO2/' "$file"
	truncate -s -1 "$file"
	run -2 --separate-stderr deed log
	[[ $stderr == *FO1.yaml* ]]
}

# Nine loose objects in the folder that git looks at, as 2000 others leave them.
loose_objects() {
	python3 - <<'END' | while read -r text; do
import hashlib
n = 0
for i in range(100000):
    data = b"%d\n" % i
    if hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest().startswith("17"):
        print(i)
        n += 1
        if n == 9:
            break
END
		echo "$text" | git -C "$ledger" hash-object -w --stdin
	done
}

packs() {
	find "$ledger/.git/objects/pack" -name '*.pack' | wc -l
}

@test "durable: many loose objects are packed, beside and after the command" {
	deed -q log -m one
	sleep 0.2
	[ "$(packs)" -eq 0 ]
	loose_objects
	deed -q log -m two
	for _ in $(seq 100); do
		[ "$(packs)" -eq 0 ] || break
		deed -q log -m "while git tidies"
		sleep 0.1
	done
	[ "$(packs)" -ge 1 ]
	while [ -e "$ledger/.git/gc.pid" ]; do sleep 0.1; done
	deed -q log -m three
	[ "$(entries)" -eq "$(git -C "$ledger" show "HEAD:${file#"$ledger"/}" | grep -c '^---$')" ]
	[ -z "$(git -C "$ledger" status --porcelain)" ]
	git -C "$ledger" fsck --no-dangling
}

@test "durable: a git that cannot tidy fails no command" {
	loose_objects
	mkdir bin
	printf '#!/bin/sh\nexit 1\n' >bin/git
	chmod +x bin/git
	DEED_DIR=$ledger DEED_ORDER=FO1 PATH=$PWD/bin:$PATH run -0 --separate-stderr deed log -m one
	[[ $stderr != *git* ]]
}

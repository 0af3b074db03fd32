#!/usr/bin/env bats
# What commands cost, in figures that are the same on a busy machine and on any
# other: instructions, files opened, libraries loaded.  How long they take is
# for make bench.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-23T10:00:00Z
}

# A ledger of so many orders, in place of the first.
orders() {
	deed -q init
	"$repo/tests/bench/ledger.py" "$1" 6 "$(git -C "$ledger" rev-parse HEAD)" |
		git -C "$ledger" fast-import --quiet
	git -C "$ledger" reset --quiet --hard bench
	git -C "$ledger" branch --quiet -D bench
	find "$ledger/orders" -name '*.yaml' -exec touch -d '1 hour ago' {} +
	deed -q list >"$BATS_TEST_TMPDIR/list"
}

# Millions of instructions from main() on: what the linker does before depends
# on the libraries of the machine.  Variables that mean nothing cost as well,
# and there may be any number of them.
instructions() {
	local meant=(PATH="$PATH")

	mapfile -t -O 1 meant < <(env | grep -E '^(HOME|TZ|LC_ALL|GIT_CONFIG|DEED)')
	env -i "${meant[@]}" valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=main \
		"$DEED" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\)$/\1/p'
}

# at_most N COMMAND...: in thousands
at_most() {
	local limit=$1 count

	shift
	count=$(instructions "$@")
	[ "$count" -gt 0 ] && [ $((count / 1000)) -le "$limit" ] || {
		echo "$*: $((count / 1000)) thousand instructions, not $limit"
		return 1
	}
}

# Files a command opened that are there, without libraries and the system's.
opened() {
	strace -f -qq -e trace=openat -o "$BATS_TEST_TMPDIR/trace" "$DEED" "$@" >"$BATS_TEST_TMPDIR/out"
	grep -v ENOENT "$BATS_TEST_TMPDIR/trace" |
		grep -cvE '"/(etc|lib|usr/lib|usr/share/locale|proc|sys|dev)/' || true
}

calls() {
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" "$DEED" "$@" >"$BATS_TEST_TMPDIR/out"
	wc -l <"$BATS_TEST_TMPDIR/trace"
}

@test "cost: the hot commands keep to their number of instructions" {
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	! grep -q __asan_init "$DEED" || skip 'sanitizers count as well'
	order --platform fiverr --buyer bob --title 'a page'
	for text in one two three four; do
		deed -q log -k message -m "$text"
	done
	# a quarter above what was counted
	at_most 105 version
	at_most 525 show @
	at_most 6250 log -k message -m 'a line'
	at_most 10800 status
	at_most 8600 verify
	# libarchive, which is loaded within, is two fifths of it
	at_most 32500 deliver -m 'the first version, ready to run'
}

@test "cost: so do many lines of a batch, and the long order they make" {
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	! grep -q __asan_init "$DEED" || skip 'sanitizers count as well'
	order
	seq 1000 | jq -c '{kind: "message", text: "line \(.)"}' >lines
	at_most 200000 log --batch <lines
	at_most 114000 log
	at_most 152000 -q log -k message -m 'a line'
}

@test "cost: so do the messages of a chat, and mails" {
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	! grep -q __asan_init "$DEED" || skip 'sanitizers count as well'
	order
	seq 5000 | awk '{
		printf "%02d/11/2026, %02d:%02d - %s: message %d, of the shop and what it sells\n",
		    $1 / 1440 + 13, $1 / 60 % 24, $1 % 60, $1 % 3 ? "Tom" : "Jane Dev", $1
	}' >chat.txt
	at_most 145000 import --tz UTC chat.txt
	seq 500 | awk '{
		printf "From b@example.org Mon Nov 23 10:00:00 2026\nFrom: b@example.org\nSubject: %d\n", $1
		printf "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <%d@example.org>\n\nyes\n\n", $1
	}' >mails.mbox
	at_most 111000 import mails.mbox
}

@test "cost: twice as many calls without a recap cost check twice as much" {
	order
	export DEED_ORDER=FO1 DEED_DIR=$ledger
	calls_at() {
		for _ in $(seq 1500); do echo '{"kind":"call","channel":"zoom","off_platform":true,"text":"a call"}'; done |
			deed -q log --batch
		instructions -q check --for dispute
	}
	few=$(calls_at)
	many=$(calls_at)
	[ "$few" -gt 0 ] && [ "$many" -le $((few * 21 / 10)) ] || {
		echo "$few instructions of 1,500 calls, $many of 3,000"
		return 1
	}
}

@test "cost: so does the list of many orders" {
	command -v valgrind >/dev/null || skip 'valgrind is not installed'
	! grep -q __asan_init "$DEED" || skip 'sanitizers count as well'
	orders 1500
	at_most 15000 list
}

@test "cost: deed itself starts without a library that few commands or a helper need" {
	run -0 ldd "$DEED"
	! grep -qE 'archive|icu|curl|gmime|libglib|pango|cairo|psl|ldap' <<<"$output" || {
		grep -E 'archive|icu|curl|gmime|libglib|pango|cairo|psl|ldap' <<<"$output"
		return 1
	}
	# sanitizers are libraries, too
	[ "${#lines[@]}" -le 24 ] || grep -q __asan_init "$DEED"
}

@test "cost: no command asks who you are, which may take a network" {
	order --platform fiverr --buyer bob
	for command in version list status 'show @' 'check --for deliver' 'log -k message -m one' 'deliver -m first.version.of.it' verify; do
		# shellcheck disable=SC2086
		strace -f -qq -e trace=socket,openat -o "$BATS_TEST_TMPDIR/trace" "$DEED" $command >"$BATS_TEST_TMPDIR/out" 2>&1
		# git, which is asked about the project, looks for itself
		run -1 grep -E "^$(head -n1 "$BATS_TEST_TMPDIR/trace" | cut -d' ' -f1) .*(socket\(|/etc/passwd|nsswitch)" "$BATS_TEST_TMPDIR/trace"
	done
}

@test "cost: commands that look open what they show, and little else" {
	order --platform fiverr --buyer bob
	deed -q log -k message -m one
	# so that git is not asked which
	export DEED_DIR=$ledger DEED_ORDER=FO1
	[ "$(opened version)" -eq 0 ]
	for command in 'show @' log; do
		# shellcheck disable=SC2086
		[ "$(opened $command)" -le 5 ] || {
			grep -v ENOENT "$BATS_TEST_TMPDIR/trace"
			return 1
		}
	done
}

@test "cost: an entry costs as many calls in a ledger of many orders as in one of few" {
	orders 10
	export DEED_ORDER=FO000003 DEED_DIR=$ledger
	deed -q log -m x
	few=$(calls -q log -m x)
	rm -rf "$ledger"
	unset DEED_DIR
	orders 400
	export DEED_DIR=$ledger
	deed -q log -m x
	many=$(calls -q log -m x)
	[ "$many" -le $((few + few / 10)) ] || {
		echo "$few calls among 10 orders, $many among 400"
		return 1
	}
}

@test "cost: an entry among many orders reads nothing twice that was there" {
	orders 1500
	export DEED_ORDER=FO000003 DEED_DIR=$ledger
	deed -q log -m x # its trees are files of their own now
	find "$ledger/.git/objects" -type f | sed 's/.*objects.//' | sort >before
	strace -f -qq -e trace=openat -o trace "$DEED" -q log -m x
	grep -v ENOENT trace | sed -n 's|.*objects/\(../[0-9a-f]*\)", O_RDONLY.*|\1|p' |
		sort | uniq -c | awk '{ print $2, $1 }' | join before - >read
	[ "$(wc -l <read)" -ge 4 ] # the commit, three trees
	run -1 grep -v ' 1$' read
}

@test "cost: an archive is stored once, and delivering it needs no second copy" {
	head -c 3000000 /dev/urandom >clip.mp4
	order
	deed -q deliver -m 'the clip, cut as you asked' clip.mp4
	archive=$(find "$ledger/archives" -name '*.zip')
	object=$(find "$ledger/.git/lfs/objects" -type f)
	if [ "$(stat -c %h "$archive")" -ge 2 ]; then
		[ "$archive" -ef "$object" ]
	else # a file system that clones has its own way to share
		cp --reflink=always "$archive" clone
	fi
	# one copy in the ledger, counted by blocks
	[ "$(du -s --block-size=1 "$ledger" | cut -f1)" -lt 4500000 ]
	[ -z "$(find "$ledger/.git/deed" -size +100k)" ]
}

@test "cost: the archive is the same from one core and from two" {
	[ "$(nproc)" -ge 2 ] || skip 'there is one core only'
	seq 400000 >numbers.txt
	head -c 9000000 /dev/urandom >clip.mp4
	seq 2000000 >long.txt
	order
	run -0 --separate-stderr taskset -c 0 "$DEED" --json deliver -m 'the whole, ready to use' numbers.txt clip.mp4 long.txt
	one=$(get .archive.sha256)
	deed -q open FO2
	run -0 --separate-stderr deed --json deliver -o FO2 -m 'the whole, ready to use' numbers.txt clip.mp4 long.txt
	[ "$(get .archive.sha256)" = "$one" ]
}

@test "cost: archives of several orders are verified side by side" {
	[ "$(nproc)" -ge 2 ] || skip 'there is one core only'
	order
	deed -q open FO2
	for id in FO1 FO2; do
		head -c 100000 /dev/urandom >clip.mp4
		deed -q deliver -o $id -m 'the clip, cut as you asked' clip.mp4
	done
	# whoever comes first is held up, and the other need not wait for him
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=read -e inject=read:delay_exit=500000:when=1 \
		-P "$(echo "$ledger"/archives/*/FO1/*.zip)" -P "$(echo "$ledger"/archives/*/FO2/*.zip)" \
		"$DEED" verify
	[ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/trace" | sort -u | wc -l)" -eq 2 ]
}

@test "cost: a large archive is sent while it is written, and then let go" {
	head -c 100000000 /dev/urandom >clip.mp4
	order
	strace -f -qq -e trace=pwrite64,sync_file_range,fadvise64 -o "$BATS_TEST_TMPDIR/trace" \
		"$DEED" -q deliver -m 'the clip, cut as you asked' clip.mp4
	last=$(grep -n 'pwrite64(' "$BATS_TEST_TMPDIR/trace" | tail -n1 | cut -d: -f1)
	[ "$(head -n "$last" "$BATS_TEST_TMPDIR/trace" | grep -c 'sync_file_range(')" -ge 5 ]
	grep -q 'POSIX_FADV_DONTNEED' "$BATS_TEST_TMPDIR/trace"
}

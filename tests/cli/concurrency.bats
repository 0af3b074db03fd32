#!/usr/bin/env bats
# Several writers at once, plain git among them, and writers that are killed.

load ../lib

setup() {
	project
	order
}

# writer N COUNT: log COUNT messages, say which were reported as recorded.
writer() {
	local i

	for i in $(seq "$2"); do
		"$DEED" --json log -k message -m "writer $1 message $i" 2>>errors || echo "writer $1 message $i failed" >>failed
	done | jq -r .entry >"reported.$1"
}

# Every entry that was reported is in the order, and the file has no others.
nothing_is_lost() {
	local missing

	deed --json log | jq -r .entry | sort >there
	cat reported.[1-9] | sort >reported
	[ "$(uniq -d there | wc -l)" -eq 0 ]
	missing=$(comm -13 there reported)
	[ -z "$missing" ] || {
		echo "lost: $missing"
		return 1
	}
	[ "$(git -C "$ledger" show "HEAD:$(cd "$ledger" && ls orders/*/FO1.yaml)" | sha256sum)" = "$(sha256sum <"$(echo "$ledger"/orders/*/FO1.yaml)")" ]
}

# As ledger_is_clean, but a killed writer may leave whole objects for git gc,
# and git may be tidying beside us.
ledger_is_sound() {
	while [ -e "$ledger/.git/gc.pid" ]; do sleep 0.1; done
	[ -z "$(git -C "$ledger" status --porcelain --untracked-files=all)" ]
	git -C "$ledger" fsck --no-dangling >fsck 2>&1
	[ ! -s fsck ]
}

@test "concurrency: 8 processes logging into one order lose none" {
	each=200
	for n in 1 2 3 4 5 6 7 8; do
		writer "$n" "$each" &
	done
	wait
	[ ! -e failed ] || {
		sort errors | uniq -c
		false
	}
	[ "$(entries)" -eq $((8 * each + 1)) ]
	nothing_is_lost
	ledger_is_sound
	deed -q verify
	deed --json log -r | jq -r .content.text >texts
	for n in 1 2 3 4 5 6 7 8; do
		[ "$(grep "^writer $n " texts | cut -d' ' -f4 | xargs)" = "$(seq -s' ' "$each")" ]
	done
}

@test "concurrency: plain git committing meanwhile costs neither an entry nor a failure" {
	for n in 1 2 3 4; do
		writer "$n" 15 &
		writers[n]=$!
	done
	committed=0
	while kill -0 "${writers[@]}" 2>/dev/null; do
		echo x >>"$ledger/README"
		git -C "$ledger" add README 2>/dev/null || continue
		git -C "$ledger" commit -qm readme 2>/dev/null && committed=$((committed + 1))
		kill -0 "${writers[1]}" 2>/dev/null || break
	done
	wait
	# git gives up at once where deed waits, so there may be few of them
	echo "# $committed plain commits"
	[ ! -e failed ] || {
		sort errors | uniq -c
		false
	}
	[ "$(entries)" -eq 61 ]
	nothing_is_lost
	git -C "$ledger" add README
	git -C "$ledger" diff --cached --quiet || git -C "$ledger" commit -qm readme
	[ -z "$(git -C "$ledger" status --porcelain)" ]
	# no commit took an entry back
	file=$(cd "$ledger" && ls orders/*/FO1.yaml)
	git -C "$ledger" log --reverse --format= --numstat -- "$file" | awk '$2 > 0 { print; bad = 1 } END { exit bad }'
}

@test "concurrency: several orders and readers at once" {
	deed -q open FO2
	for n in 1 2 3; do
		(for i in $(seq 10); do deed -q -o FO$((i % 2 + 1)) log -k message -m "$n $i" || touch failed; done) &
	done
	for _ in $(seq 20); do
		deed --json list >listed || touch failed
		[ "$(wc -l <listed)" -eq 2 ] || touch failed
		deed --json -o FO1 log >logged || touch failed
	done
	wait
	[ ! -e failed ]
	[ "$(($(entries FO1) + $(entries FO2)))" -eq 32 ]
	ledger_is_clean
}

# Kill a recording at the N-th of its calls of one kind; false when it has fewer.
killed_at() {
	local status=0

	head -c 3000 /dev/urandom >shot
	strace -qq -o /dev/null -e trace="$1" -e inject="$1:signal=KILL:when=$2" \
		"$DEED" --json log -k file -m "$1 $2" --attach shot >out 2>/dev/null &
	wait "$!" 2>/dev/null || status=$?
	cat out >>reported.all
	[ "$status" -ne 0 ]
}

# What holds after a kill, first for one who reads, then for one who writes.
recovers() {
	deed -q log >/dev/null
	[ -z "$(git -C "$ledger" status --porcelain --untracked-files=all)" ]
	deed -q log -k message -m "after $1 $2"
	ledger_is_sound
	[ -z "$(find "$ledger/.git" -name '*.lock' -o -name 'tmp_object*')" ]
	[ -z "$(find "$ledger/.git/deed/tmp" -type f 2>/dev/null)" ]
}

@test "concurrency: killed at any change of the disk, the next command recovers and nothing reported is lost" {
	for call in fsync mkdir link rename unlink rmdir; do
		n=1
		while killed_at "$call" "$n"; do
			recovers "$call" "$n" || {
				echo "after a kill at $call $n"
				false
			}
			n=$((n + 1))
		done
		echo "# $call: $n"
		recovers "$call" all
	done
	jq -r .entry reported.all >reported.1
	nothing_is_lost
	git -C "$ledger" lfs fsck
	deed -q verify
}

@test "concurrency: a lock that another git holds is waited for, and left alone" {
	: >"$ledger/.git/index.lock"
	(sleep 0.5 && rm "$ledger/.git/index.lock") &
	run -0 deed log -k message -m x
	wait
	ledger_is_clean
	: >"$ledger/.git/index.lock"
	before=$(snapshot)
	run -2 --separate-stderr timeout 30 "$DEED" log -k message -m x
	said_once
	[[ $stderr == *index.lock* ]]
	[ -e "$ledger/.git/index.lock" ]
	rm "$ledger/.git/index.lock"
	[ "$before" = "$(snapshot)" ]
	ledger_is_clean
}

@test "concurrency: a full disk leaves the ledger as it was" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can mount a small disk'
	small=$BATS_TEST_TMPDIR/small
	mkdir "$small"
	mount -t tmpfs -o size=1500k tmpfs "$small" 2>/dev/null || skip 'mounting is not allowed here'
	status=0
	(
		set -e
		deed -q init --ledger "$small/ledger"
		ledger=$small/ledger
		deed -q open FO2
		head -c 4000000 /dev/urandom >big
		for words in '-k file --attach big' '-k message -F big.txt'; do
			head -c 700000 /dev/urandom | base64 -w0 | head -c 900000 >big.txt
			before=$(snapshot "$ledger")
			# shellcheck disable=SC2086
			if deed log $words 2>said; then
				continue
			fi
			cat said
			[ "$(wc -l <said)" -le 2 ]
			[ "$before" = "$(snapshot "$ledger")" ]
			ledger_is_clean "$ledger"
		done
		for _ in $(seq 200); do
			before=$(snapshot "$ledger")
			head -c 3000 /dev/urandom | base64 -w0 >text
			deed -q log -k message -F text 2>said || break
		done
		grep -q 'No space left' said
		[ "$before" = "$(snapshot "$ledger")" ]
		run -0 deed -q list
	) || status=$?
	umount "$small"
	[ "$status" -eq 0 ]
}

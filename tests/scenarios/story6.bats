#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# CI.  Every tagged build attaches itself to the running order's delivery, from
# parallel jobs, idempotent, without handing every client's chats to the build
# machine, and laptops merge without a conflict.

bats_require_minimum_version 1.5.0

CLONES=${STORY6_CLONES:-20} ROUNDS=5 EACH=10 # 50 entries a clone

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	export HOME=$PWD/home TZ=UTC LC_ALL=C.UTF-8 GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$PWD/home/.gitconfig
	unset XDG_DATA_HOME XDG_CONFIG_HOME DEED_DIR DEED_ORDER DEED_NOW DEED_SHARE CI
	mkdir home
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	git config --global init.defaultBranch main
	git config --global tag.gpgSign false
	git init -q project
	cd project || return
	echo 'one' >app.py
	git add -A
	git commit -qm "a first version"
	git tag -a v1 -m 'Version 1, to try'
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	load ../lib
}

# Run deed in the background, and kill it somewhere in the middle, or not.
perhaps_killed() {
	local pid

	"$DEED" -q "$@" <batch.json >said 2>&1 &
	pid=$!
	if [ $((RANDOM % 3)) -eq 0 ]; then
		sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
		kill -9 "$pid" 2>/dev/null || :
	fi
	wait "$pid" 2>/dev/null || [ $? -ne 137 ] || echo "$*" >>"$BATS_FILE_TMPDIR/killed"
}

# A clone's day: rounds of entries, each perhaps cut off, and a sync each.  What
# was cut off before it was recorded is recorded again, as its user would.
work() {
	local i=$1 order=O$(($1 % 6)) round n mark

	RANDOM=$i
	cd "clone$i" || return
	mkdir -p ../work"$i" && cd ../work"$i" || return
	export DEED_DIR=$BATS_FILE_TMPDIR/clone$i DEED_ORDER=$order
	for ((round = 1; round <= ROUNDS; round++)); do
		mark="<$i.$round>"
		for ((n = 1; n <= EACH; n++)); do
			printf '{"kind":"message","text":"%s %d"}\n' "$mark" "$n"
		done >batch.json
		until [ "$("$DEED" --json log --grep "$mark" | wc -l)" -eq "$EACH" ]; do
			perhaps_killed log --batch
		done
		[ $((round % 2)) -eq 0 ] || perhaps_killed sync
	done
	"$DEED" -q sync
}

@test "twenty clones record at once, some are killed, and nothing is lost" {
	git init -q --bare remote.git
	"$DEED" -q --ledger clone1 init
	git -C clone1 remote add origin "$PWD/remote.git"
	for i in 0 1 2 3 4 5; do
		"$DEED" -q --ledger clone1 open "O$i" --requirement 'a page'
	done
	"$DEED" -q --ledger clone1 sync
	for ((i = 2; i <= CLONES; i++)); do
		"$DEED" -q clone remote.git "clone$i" &
		[ $((i % 4)) -ne 0 ] || wait
	done
	wait
	for ((i = 1; i <= CLONES; i++)); do
		work "$i" &
	done
	wait
	for i in $(seq "$CLONES") 1; do
		"$DEED" -q --ledger "clone$i" sync
	done
	[ -s killed ] # some were in the midst of it
	for ((i = 1; i < CLONES; i++)); do
		git -C "clone$i" pull -q --ff-only origin main 2>/dev/null || "$DEED" -q --ledger "clone$i" sync
	done
}

@test "in the end all clones are the same, byte for byte" {
	first=$(cd clone1 && git rev-parse HEAD)
	bytes=$(cd clone1 && find orders -type f -print0 | sort -z | xargs -0 sha256sum)
	for ((i = 1; i <= CLONES; i++)); do
		[ "$(git -C "clone$i" rev-parse HEAD)" = "$first" ]
		[ "$(cd "clone$i" && find orders -type f -print0 | sort -z | xargs -0 sha256sum)" = "$bytes" ]
		[ -z "$(git -C "clone$i" status --porcelain --untracked-files=all)" ]
	done
	[ "$(git -C remote.git rev-parse main)" = "$first" ]
}

@test "every entry that was recorded is there, once" {
	cat clone1/orders/*/*.yaml | grep -o '<[0-9]*\.[0-9]*> [0-9]*' | sort >found
	for ((i = 1; i <= CLONES; i++)); do
		for ((r = 1; r <= ROUNDS; r++)); do
			for ((n = 1; n <= EACH; n++)); do echo "<$i.$r> $n"; done
		done
	done | sort >wanted
	[ -z "$(diff wanted found | head -n 20)" ]
	[ "$(wc -l <found)" -eq $((CLONES * ROUNDS * EACH)) ]
}

@test "git fsck, git lfs fsck and verify find nothing" {
	for i in $(seq "$CLONES"); do # run has an i of its own
		[ -z "$(git -C "clone$i" fsck --full --no-dangling 2>&1)" ]
		git -C "clone$i" lfs fsck
		run -0 --separate-stderr "$DEED" --ledger "clone$i" verify
		[ -z "$stderr" ]
	done
	[ -z "$(git -C remote.git fsck --full --no-dangling 2>&1)" ]
}

# job N: one job of the tagged build, on a machine that has no ledger.
job() {
	local home=$PWD/runner$1

	git clone -q --depth 1 -b v1 "file://$PWD/project" "$home/checkout"
	mkdir -p "$home/home"
	cp "$HOME/.gitconfig" "$home/home"
	cd "$home/checkout" || return
	HOME=$home/home GIT_CONFIG_GLOBAL=$home/home/.gitconfig CI=true GITHUB_ACTIONS=true \
		GITHUB_RUN_ID=77 GITHUB_JOB="job$1" GITHUB_ACTOR=octo \
		GITHUB_SHA=$(git rev-parse HEAD) GITHUB_REF=refs/tags/v1 \
		"$DEED" -q -o O1 deliver --ci --covers r1 --detach "../../from-job$1.zip"
	[ -z "$(find "$home/home" -name '*.yaml')" ]
}

@test "jobs of a tagged build deliver without a ledger, from parallel jobs" {
	for n in 1 2 3 4; do
		job "$n" &
	done
	wait
	[ "$(cat from-job[1-4].zip | wc -c)" -gt 0 ]
	run -1 grep -aq '<1.1>' from-job1.zip
	# two laptops take them in at once, before they meet
	("$DEED" -q --ledger clone1 -o O1 import from-job1.zip from-job2.zip && "$DEED" -q --ledger clone1 sync) &
	("$DEED" -q --ledger clone2 -o O1 import from-job3.zip from-job4.zip && "$DEED" -q --ledger clone2 sync) &
	wait
	"$DEED" -q --ledger clone1 sync
	"$DEED" -q --ledger clone2 sync
}

@test "it is one delivery, with the tag's words, and both laptops agree" {
	for i in 1 2; do
		run -0 --separate-stderr "$DEED" --json --ledger "clone$i" -o O1 log -k delivery
		[ "$(jq -r 'select(.label).label' <<<"$output")" = d1 ]
		[ "$(jq -rs 'map(.content.text) | unique | join(",")' <<<"$output")" = 'Version 1, to try' ]
		[ "$("$DEED" --json --ledger "clone$i" -o O1 scope | jq -r 'select(.label == "r1").delivered')" = d1 ]
		git -C "clone$i" lfs fsck
		"$DEED" --ledger "clone$i" verify
	done
	[ "$(git -C clone1 rev-parse HEAD)" = "$(git -C clone2 rev-parse HEAD)" ]
	before=$(git -C clone1 rev-parse HEAD)
	"$DEED" -q --ledger clone1 -o O1 import from-job4.zip
	[ "$(git -C clone1 rev-parse HEAD)" = "$before" ]
}

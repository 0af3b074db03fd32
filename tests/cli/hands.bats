#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Several hands in one ledger, and people who type git in it: what plain git
# leaves behind, what a remote refuses, clones that lack something.

load ../lib

setup() {
	sandbox
	cd "$BATS_TEST_TMPDIR" || return
	export DEED_ORDER=X1
	git init -q --bare remote.git
	on a init
	git -C a remote add origin "$PWD/remote.git"
	on a open X1
	on a log -k message -m first
	on a sync
	deed -q clone remote.git b
}

on() { deed -q --ledger "$@"; }

texts() {
	deed --json --ledger "$1" log -k message | jq -r .content.text | sort | paste -sd,
}

assert_same() {
	local l

	on a sync
	on b sync
	on a sync
	[ "$(git -C a rev-parse HEAD)" = "$(git -C b rev-parse HEAD)" ]
	for l in a b; do
		is_sound "$l"
		deed --ledger "$l" verify
	done
}

# As ledger_is_clean; plain git leaves trees of its merges behind, for its gc.
is_sound() {
	[ -z "$(git -C "$1" status --porcelain --untracked-files=all)" ]
	[ -z "$(git -C "$1" fsck --full --strict --no-dangling 2>&1)" ]
}

@test "a revert with plain git is named by verify, and sync puts the entry back" {
	on a log -k message -m second
	git -C a revert --no-edit HEAD
	[ "$(texts a)" = first ]
	run -1 deed --ledger a verify
	[[ $output == *'missing'* ]]
	run -0 --separate-stderr deed --json --ledger a sync
	[ "$(get .restored)" -eq 1 ]
	[ "$(texts a)" = first,second ]
	run -0 deed --ledger a verify
	[[ $output == *'put back'* ]]
	run -0 --separate-stderr deed --json --ledger a sync
	[ "$(get .restored)" = null ]
	assert_same
	[ "$(texts b)" = first,second ]
}

@test "a revert that came from elsewhere is made good by whoever syncs" {
	on a log -k message -m second
	git -C a revert --no-edit HEAD
	git -C a push -q origin main
	on b log -k message -m third
	on b sync
	[ "$(texts b)" = first,second,third ]
	assert_same
}

@test "an order that plain git removed comes back" {
	git -C a rm -q orders/*/X1.yaml
	git -C a commit -qm 'away with it'
	run -1 deed --ledger a verify
	on a sync
	[ "$(texts a)" = first ]
	assert_same
}

@test "a conflict resolved by hand, with one side thrown away, loses nothing" {
	git -C a config merge.deed.driver false
	on a log -k message -m ours
	on b log -k message -m theirs
	on b sync
	run -1 git -C a pull -q --no-rebase origin main
	git -C a checkout -q --theirs -- orders
	git -C a add -A
	git -C a commit -qm 'resolved by hand'
	[ "$(texts a)" = first,theirs ]
	run -1 deed --ledger a verify
	assert_same
	[ "$(texts a)" = first,ours,theirs ]
	[ "$(texts b)" = first,ours,theirs ]
}

@test "marks of a conflict that were committed are named, and sync makes the order anew" {
	mkdir -p a/.git/info
	echo 'orders/** merge=text' >a/.git/info/attributes
	on a log -k message -m ours
	on b log -k message -m theirs
	on b sync
	run -1 git -C a pull -q --no-rebase origin main
	git -C a add -A
	git -C a commit -qm 'marks and all'
	run -2 --separate-stderr deed --ledger a log
	[[ $stderr == *X1.yaml* ]]
	on a sync
	rm a/.git/info/attributes
	[ "$(texts a)" = first,ours,theirs ]
	assert_same
}

# Both sides have an entry of their own, and no driver brings them together.
part_ways() {
	mkdir -p a/.git/info
	echo 'orders/** merge=text' >a/.git/info/attributes
	on a log -k message -m ours
	on b log -k message -m theirs
	on b sync
}

@test "marks that one side pushed do not stop the other" {
	part_ways
	run -1 git -C a pull -q --no-rebase origin main
	git -C a add -A
	git -C a commit -qm 'marks and all'
	git -C a push -q origin main
	on b log -k message -m more
	on b sync
	[ "$(texts b)" = first,more,ours,theirs ]
	assert_same
}

@test "a rebase that lost an entry is named by verify, and sync puts it back" {
	part_ways
	run -1 git -C a pull -q --rebase origin main
	git -C a checkout -q --theirs -- orders
	git -C a add -A
	GIT_EDITOR=true git -C a rebase --continue
	[ "$(texts a)" = first,ours ]
	run -1 deed --ledger a verify
	assert_same
	[ "$(texts b)" = first,ours,theirs ]
}

@test "in the midst of a rebase nothing is recorded, and it says how to end it" {
	part_ways
	run -1 git -C a pull -q --rebase origin main
	for words in 'log -m x' sync; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed --ledger a $words
		said_once
		[[ $stderr == *'rebase --abort'* ]]
	done
	git -C a rebase --abort
	assert_same
	[ "$(texts a)" = first,ours,theirs ]
}

@test "an edit of the past made with plain git is undone by sync" {
	sed -i 's/^text: first$/text: forged/' a/orders/*/X1.yaml
	git -C a commit -qam 'it was never so'
	run -1 deed --ledger a verify
	on a sync
	[ "$(texts a)" = first ]
	assert_same
}

@test "a cherry-pick, a revert and a squash left in conflict are finished with all sides" {
	mkdir -p a/.git/info
	echo 'orders/** merge=text' >a/.git/info/attributes
	git -C a branch other
	on a log -k message -m second
	git -C a checkout -q other
	on a log -k message -m elsewhere
	git -C a checkout -q main
	run -1 git -C a cherry-pick other
	grep -q '^<<<<<<<' a/orders/*/X1.yaml
	on a log -k message -m third
	[ "$(texts a)" = elsewhere,first,second,third ]
	[ ! -e a/.git/CHERRY_PICK_HEAD ]
	is_sound a
	run -1 git -C a revert --no-edit HEAD~2
	on a log -k message -m fourth
	[ "$(texts a)" = elsewhere,first,fourth,second,third ]
	is_sound a
	git -C a checkout -q other
	on a log -k message -m more
	git -C a checkout -q main
	run -1 git -C a merge --squash other
	on a log -k message -m fifth
	[ "$(texts a)" = elsewhere,fifth,first,fourth,more,second,third ]
	assert_same
}

# put LEDGER FILE TEXT: a file of one's own, committed with plain git.
put() {
	mkdir -p "$(dirname "$1/$2")"
	echo "$3" >"$1/$2"
	git -C "$1" add -A
	git -C "$1" commit -qm "$2: $3"
}

@test "files of one's own: a change and a removal by one side hold for both" {
	put a README one
	put a orders/NOTE one
	put a platforms/mine.yaml one
	assert_same
	put b README two
	git -C b rm -q platforms/mine.yaml
	git -C b commit -qm 'without it'
	put b orders/MORE two
	on b sync
	on a log -m 'at the same time'
	assert_same
	for l in a b; do
		[ "$(cat $l/README $l/orders/NOTE $l/orders/MORE | xargs)" = 'two one two' ]
		[ ! -e $l/platforms/mine.yaml ]
	done
}

@test "a file of one's own that both changed is one file in the end, and that is told" {
	put a README base
	assert_same
	put a README 'from a'
	put b README 'from b'
	on b sync
	run -0 --separate-stderr deed --json --ledger a sync
	[ "$(get '.twice | join(",")')" = README ]
	[[ $stderr == *'README was changed on both sides'* ]]
	assert_same
	[ "$(cat a/README b/README)" = $'from b\nfrom b' ]
	git -C a log --full-history --format=%s -- README | grep -qx 'README: from a'
}

@test "a conflict in a file of one's own that git left is settled, too" {
	put a README base
	assert_same
	put a README 'from a'
	put b README 'from b'
	on b sync
	run -1 git -C a pull -q --no-rebase origin main
	on a log -m x
	is_sound a
	assert_same
}

@test "a clone made with plain git, without the driver, is set up by the first command that records" {
	git clone -q remote.git plain
	[ -z "$(git -C plain config merge.deed.driver || :)" ]
	on plain log -k message -m here
	[ -n "$(git -C plain config merge.deed.driver)" ]
	on a log -k message -m there
	on a sync
	PATH="$(dirname "$DEED"):$PATH" git -C plain pull -q --no-rebase origin main
	[ "$(texts plain)" = first,here,there ]
	on plain sync
	assert_same
}

@test "two people open one id in one month: one order, opened twice, until one is voided" {
	export DEED_NOW=2026-11-20T10:00:00Z
	on a open Y1 --title one
	on b open Y1 --title two
	on b sync
	assert_same
	[ "$(deed --json --ledger b status Y1 | jq .opened_twice)" = true ]
	[ "$(find b/orders -name Y1.yaml | wc -l)" -eq 1 ]
	id=$(deed --json --ledger b log -o Y1 -k order | jq -rs 'sort_by(.entry)[0].entry')
	on b correct -o Y1 "$id" --void -m 'opened twice'
	assert_same
	[ "$(deed --json --ledger a status Y1 | jq '.opened_twice // false')" = false ]
}

@test "two people open one id in two months: it moves to the earlier, whoever syncs first" {
	DEED_NOW=2026-11-01T01:00:00Z on a open Y1 --title late
	DEED_NOW=2026-10-31T23:00:00Z on b open Y1 --title early
	on a sync
	on b sync
	assert_same
	[ "$(cd a && echo orders/*/Y1.yaml)" = orders/2026-10/Y1.yaml ]
	[ "$(cd b && echo orders/*/Y1.yaml)" = orders/2026-10/Y1.yaml ]
	# the other opening counts as new terms
	[ "$(deed --json --ledger a list | jq -r 'select(.order == "Y1").title')" = late ]
	[ "$(deed --json --ledger a log -o Y1 | jq -rs '.[-1].content.title')" = early ]
}

@test "one delivery recorded in two clones is one when they meet, whatever its label" {
	echo text >page.txt
	on a deliver -m 'the page' page.txt
	echo other >other.txt
	on b deliver -m 'something else' other.txt
	on b deliver -m 'the page' page.txt
	on b sync
	assert_same
	run -0 --separate-stderr deed --json --ledger a log -k delivery
	[ "$(get 'select(.label).label' | wc -l)" -eq 2 ]
	[ "$(get 'select(.also).kind')" = delivery ]
	deed --ledger a show d2
	on a sync --fetch
	git -C a lfs fsck
}

@test "a push that may not write says so at once, and what to do" {
	printf '#!/bin/sh\necho "You are not allowed to push code to this project." >&2\nexit 1\n' >remote.git/hooks/pre-receive
	chmod +x remote.git/hooks/pre-receive
	on a log -m more
	SECONDS=0
	run -2 --separate-stderr deed --ledger a sync
	[ "$SECONDS" -lt 10 ]
	[[ $stderr == *'not written to'*'contents: write'*'--detach'* ]]
	[ "$(texts a)" = first ]
}

@test "a remote that asks for a password in a build is an error, not a wait" {
	git -C a remote set-url origin http://127.0.0.1:9/none.git
	run -2 --separate-stderr env CI=true timeout 20 "$DEED" --ledger a sync
	[[ $stderr == *'git fetch'* ]]
}

@test "without git-lfs a push is refused and says what to install; recording goes on" {
	echo text >page.txt
	on a deliver -m 'the page' page.txt
	mkdir bin
	for tool in git sh sed grep head xargs tail cat env rm mkdir; do
		ln -s "$(command -v $tool)" bin
	done
	# it may also lie among git's own programs
	mkdir exec
	ln -s "$(git --exec-path)"/* exec
	rm -f exec/git-lfs
	export GIT_EXEC_PATH=$PWD/exec
	run ! env PATH="$PWD/bin" git lfs version
	run -2 --separate-stderr env PATH="$PWD/bin" "$DEED" --ledger a sync
	[[ $stderr == *'install git-lfs'* ]]
	run -1 env PATH="$PWD/bin" git -C a push -q origin main
	[[ $output == *'install git-lfs'* ]]
	env PATH="$PWD/bin" "$DEED" -q --ledger a log -k message -m second
	env PATH="$PWD/bin" "$DEED" --ledger a verify
	# what was touched or copied git would hash, and cannot
	touch a/archives/*/*/*
	run -128 env PATH="$PWD/bin" git -C a status
	cp -r a copy
	for ledger in a copy; do
		env PATH="$PWD/bin" "$DEED" --ledger $ledger verify
		run -0 env PATH="$PWD/bin" git -C $ledger status --porcelain
		[ -z "$output" ]
	done
	on a sync
	assert_same
}

@test "a shallow clone and a partial one record, sync, and are then whole" {
	git -C remote.git config uploadpack.allowFilter true
	on a log -k message -m second
	on a sync
	git clone -q --depth 1 "file://$PWD/remote.git" shallow
	git clone -q --filter=blob:none "file://$PWD/remote.git" partial
	for clone in shallow partial; do
		run -0 --separate-stderr deed --json --ledger "$clone" verify
		[[ "$(get '.checks[] | select(.name == "history") | "\(.result) \(.detail)"')" == "skipped a $clone clone lacks"* ]]
		on a log -k message -m "before $clone"
		on a sync
		on "$clone" log -k message -m "from $clone"
		on "$clone" sync
		deed --ledger "$clone" verify
		git -C "$clone" fsck --full --no-dangling
		[ ! -e "$clone/.git/shallow" ]
	done
	assert_same
	[ "$(texts b)" = 'before partial,before shallow,first,from partial,from shallow,second' ]
}

@test "missing bytes come on demand, of one entry or of all" {
	echo one >one.txt && echo two >two.txt
	on a deliver -m one one.txt
	on a deliver -m two two.txt
	on a sync
	on b sync
	[ "$(find b/.git/lfs -type f 2>/dev/null | wc -l)" -eq 0 ]
	run -0 --separate-stderr deed --json --ledger b sync --fetch d2
	[ "$(get .fetched)" -eq 1 ]
	run -0 --separate-stderr deed --json --ledger b sync --fetch
	[ "$(get .fetched)" -eq 1 ]
	git -C b lfs fsck
	is_sound b
}

@test "bytes that a plain push left behind are uploaded by the next sync" {
	echo one >one.txt
	on a deliver -m one one.txt
	git -C a push -q --no-verify origin main
	[ ! -e remote.git/lfs ]
	on a sync
	on b sync
	run -0 --separate-stderr deed --json --ledger b sync --fetch
	[ "$(get .fetched)" -eq 1 ]
	assert_same
}

@test "what an entry keeps besides a delivery comes on demand, too" {
	echo picture >shot.png
	entry=$(deed --ledger a log -k file --attach shot.png)
	on a sync
	on b sync
	run -0 --separate-stderr deed --json --ledger b sync --fetch "$entry"
	[ "$(get .fetched)" -eq 1 ]
	cmp shot.png "b/$(deed --json --ledger b show "$entry" | jq -r '.content.files[0].path')"
	run -2 --separate-stderr deed --ledger b sync --fetch @~1
	said_once
	is_sound b
}

@test "a remote that somebody emptied gets all of it again, and that is said" {
	rm -rf remote.git
	git init -q --bare remote.git
	run -0 --separate-stderr deed --json --ledger a sync
	[ "$(get .pushed)" = true ]
	[ "$(get .rewound)" != null ]
	assert_same
}

@test "a repository of something else gets nothing, and nothing comes from it" {
	git init -q --bare project.git
	git_project project
	git -C project push -q ../project.git main:main main:work
	was=$(git -C project.git for-each-ref)
	before=$(snapshot a)
	git -C a remote set-url origin "$PWD/project.git"
	run -2 --separate-stderr deed --ledger a sync
	said_once
	[[ $stderr == *'no ledger'* ]]
	git -C project.git branch -qD main
	run -2 --separate-stderr deed --ledger a sync
	said_once
	[[ $stderr == *'holds no ledger, but work'* ]]
	git -C project.git branch -q main work
	[ "$(git -C project.git for-each-ref)" = "$was" ]
	[ "$before" = "$(snapshot a)" ]
}

@test "two ledgers that began apart are one after a sync" {
	on c init
	on c open Z1
	git -C c remote add origin "$PWD/remote.git"
	on c sync
	assert_same
	[ "$(deed --json --ledger a list | jq -r .order | xargs)" = 'X1 Z1' ]
}

@test "the ledger on a branch of another name is named, with the way to it" {
	git -C a branch -m trunk
	git -C a branch --unset-upstream 2>/dev/null || :
	run -2 --separate-stderr deed --ledger a sync
	said_once
	[[ $stderr == *'its ledger is on main'*"branch -m 'main'"* ]]
	git -C a branch -m main
	assert_same
}

@test "an address serves as a remote, and what is neither is named" {
	git init -q --bare other.git
	git init -q --bare 'one %20 more.git'
	echo text >page.txt
	on a deliver -m 'the page' page.txt
	run -0 --separate-stderr deed --json --ledger a sync "$PWD/other.git"
	[ "$(get .pushed)" = true ]
	on a sync "file://$PWD/other.git"
	on a sync ./other.git
	on a sync './one %20 more.git'
	for remote in other.git 'one %20 more.git'; do
		[ "$(git -C "$remote" rev-parse main)" = "$(git -C a rev-parse HEAD)" ]
		[ "$(find "$remote/lfs/objects" -type f | wc -l)" -eq 1 ]
	done
	run -2 --separate-stderr deed --ledger a sync elsewhere
	said_once
	[[ $stderr == *'no remote "elsewhere"'*'remote add'* ]]
}

@test "the only copy of a ledger is spoken of once a week, not in the first, until it is pushed" {
	said_of_it() {
		echo 2026-01-01T00:00:00Z >c/.git/deed/alone
		run -0 --separate-stderr deed --ledger c -o Z1 log -k message -m "$1"
	}
	on c init
	run -0 --separate-stderr deed --ledger c open Z1
	[[ $stderr != *'only copy'* ]]
	said_of_it one
	[[ $stderr == *'the only copy of the ledger is on this machine'*'remote add origin URL'* ]]
	run -0 --separate-stderr deed --ledger c -o Z1 log -k message -m two
	[ -z "$stderr" ]
	git -C c remote add origin "$PWD/remote.git"
	said_of_it three
	[[ $stderr == *'only copy'*'deed sync'* ]]
	on c sync
	said_of_it four
	[ -z "$stderr" ]
	git -C c gc -q
	said_of_it five
	[ -z "$stderr" ]
}

@test "pushes under contention all arrive" {
	for i in 1 2 3 4 5 6; do deed -q clone remote.git "c$i"; done
	for i in 1 2 3 4 5 6; do
		(on "c$i" log -k message -m "from $i" && on "c$i" sync) &
	done
	wait
	assert_same
	[ "$(texts a)" = 'first,from 1,from 2,from 3,from 4,from 5,from 6' ]
}

#!/usr/bin/env bats
# Where a ledger is found, whose it is, and what git sees of it.

load ../lib

setup() {
	project
}

# A ledger in DIR with one order called after it.
make_ledger() {
	(cd / && deed -q init --ledger "$1" && deed -q --ledger "$1" open "$(basename "$1")")
}

# The ledger a command finds here, by the order in it.
found() {
	run -0 --separate-stderr deed --json "$@" list
	get .order
}

@test "ledger: --ledger, DEED_DIR, project, .deed, global config, default: in this order" {
	for name in option variable project global default; do
		make_ledger "$BATS_TEST_TMPDIR/$name"
	done
	mkdir -p "$(dirname "$ledger")"
	mv "$BATS_TEST_TMPDIR/default" "$ledger"
	[ "$(found)" = default ]

	git config --global deed.ledger "$BATS_TEST_TMPDIR/global"
	[ "$(found)" = global ]

	deed -q init --here
	deed -q open here
	[ "$(found)" = here ]
	mkdir -p sub/folder
	cd sub/folder
	[ "$(found)" = here ]

	git config --local deed.ledger "$BATS_TEST_TMPDIR/project"
	[ "$(found)" = project ]

	export DEED_DIR=$BATS_TEST_TMPDIR/variable
	[ "$(found)" = variable ]
	[ "$(found --ledger "$BATS_TEST_TMPDIR/option")" = option ]
}

@test "ledger: without one, every command says how to make one" {
	for command in list log status 'open X' 'log -m x' 'show @' check 'switch X'; do
		# shellcheck disable=SC2086
		refused $command
		[[ $stderr == *'deed init'* ]]
	done
	[ ! -e "$ledger" ]
}

@test "ledger: what is named and is no ledger is refused, not replaced by another" {
	deed -q init
	refused --ledger "$BATS_TEST_TMPDIR/none" list
	[[ $stderr == *"$BATS_TEST_TMPDIR/none"* ]]
	DEED_DIR=$BATS_TEST_TMPDIR/none refused list
	git config deed.ledger "$BATS_TEST_TMPDIR/none"
	refused list
}

@test "ledger: DEED_DIR is relative to the working directory" {
	make_ledger "$BATS_TEST_TMPDIR/work/mine"
	DEED_DIR=mine run -0 deed --json list
	[ "$(get .order)" = mine ]
}

@test "ledger: deed.ledger may begin with ~, as paths in git's config do" {
	make_ledger "$HOME/books"
	# shellcheck disable=SC2088 # deed expands it
	git config --global deed.ledger '~/books'
	[ "$(found)" = books ]
}

@test "ledger: a relative deed.ledger of a project means the project's folder" {
	make_ledger "$BATS_TEST_TMPDIR/beside"
	git config deed.ledger ../beside
	mkdir -p a/b
	cd a/b
	[ "$(found)" = beside ]
}

@test "ledger: an ordinary git repository is no ledger" {
	git_project "$BATS_TEST_TMPDIR/other"
	refused --ledger "$BATS_TEST_TMPDIR/other" list
	[[ $stderr == *deed.yaml* ]]
}

@test "ledger: a bare layout is never opened" {
	deed -q init
	git clone --quiet --bare "$ledger" "$BATS_TEST_TMPDIR/bare"
	refused --ledger "$BATS_TEST_TMPDIR/bare" list
	cp -r "$BATS_TEST_TMPDIR/bare" .deed
	cp "$ledger/deed.yaml" .deed/
	refused --ledger .deed list
}

@test "ledger: a newer format is refused and nothing is written" {
	order
	echo 'format: 2' >"$ledger/deed.yaml"
	refused list
	[[ $stderr == *newer* ]]
	refused log -m x
	echo 'format: none' >"$ledger/deed.yaml"
	refused list
	[[ $stderr == *deed.yaml* ]]
}

@test "ledger: one that belongs to somebody else is refused, with the line that allows it" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give files away'
	order
	chown -R 12345 "$ledger"
	refused list
	[[ $stderr == *"git config --global --add safe.directory '$ledger'"* ]]
	refused log -m x
	chown -R 0 "$ledger"
	chown 12345 "$ledger"
	refused list
	git config --global --add safe.directory "$ledger"
	run -0 deed list
	git config --global --add safe.directory ''
	refused list
	# shellcheck disable=SC2088 # deed expands it
	git config --global --add safe.directory '~/.local/share/deed/ledger'
	run -0 deed list
}

@test "ledger: root may open the ledger of the user who called sudo" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give files away'
	order
	chown -R 12345 "$ledger"
	SUDO_UID=12345 run -0 deed list
	SUDO_UID=12346 run -2 deed list
}

@test "ledger: --here makes .deed in the project, which git and npm do not see" {
	run -0 --separate-stderr deed init --here
	[ "$output" = "$PWD/.deed" ]
	for tool in docker zip 'git clean'; do
		[[ $stderr == *"$tool"* ]]
	done
	grep -qxF /.deed/ "$(git rev-parse --git-path info/exclude)"
	[ -z "$(git status --porcelain)" ]
	[ "$(cat .deed/.npmignore)" = '*' ]
	[ "$(git -C .deed ls-files .npmignore)" = .npmignore ]
	ledger_is_clean "$PWD/.deed"
	[ "$(stat -c %a .deed)" = 700 ]
	deed -q open FO1
	[ "$(git config --local deed.order)" = FO1 ]
	ledger_is_clean "$PWD/.deed"
	[ -z "$(git status --porcelain)" ]
}

@test "ledger: --here in a subfolder means the project" {
	mkdir sub
	cd sub
	run -0 --separate-stderr deed init --here
	[ "$output" = "$(dirname "$PWD")/.deed" ]
}

@test "ledger: --here twice changes nothing" {
	deed -q init --here
	deed -q open FO1
	before=$(snapshot "$PWD/.deed")
	run -0 deed -q init --here
	[ "$before" = "$(snapshot "$PWD/.deed")" ]
	[ "$(grep -cxF /.deed/ .git/info/exclude)" -eq 1 ]
}

@test "ledger: --here takes precedence over the ledger the project had joined" {
	deed -q init
	deed -q open OLD
	deed -q init --here
	deed -q open NEW
	[ "$(found)" = NEW ]
}

@test "ledger: a project inside a linked work tree of another one has its own" {
	git worktree add --quiet ../linked
	git_project "$BATS_TEST_TMPDIR/linked/inner"
	cd "$BATS_TEST_TMPDIR/linked/inner"
	run -0 --separate-stderr timeout 20 "$DEED" init
	[ "$output" = "$ledger" ]
	run -0 --separate-stderr timeout 20 "$DEED" init --here
	[ "$output" = "$PWD/.deed" ]
}

@test "ledger: --here in a linked work tree is the main one's" {
	git worktree add --quiet ../linked
	cd ../linked
	run -0 --separate-stderr deed init --here
	[ "$output" = "$BATS_TEST_TMPDIR/work/.deed" ]
	[ -z "$(git status --porcelain)" ]
	[ -z "$(git -C ../work status --porcelain)" ]
	deed -q open FO1
	mkdir sub
	cd sub
	[ "$(found)" = FO1 ]
}

@test "ledger: --here in a plain folder keeps the current order in .deed itself" {
	mkdir "$BATS_TEST_TMPDIR/plain"
	cd "$BATS_TEST_TMPDIR/plain"
	deed -q init --here
	deed -q open FO1
	deed -q open FO2
	[ "$(git -C .deed config --local deed.order)" = FO2 ]
	deed -q switch FO1
	mkdir sub
	cd sub
	deed -q log -k message -m hello
	run -0 --separate-stderr deed --json log -n1
	[ "$(get .order)" = FO1 ]
}

@test "ledger: outside of a git project and without --here, switch says what to do" {
	deed -q init
	deed -q open FO1
	cd "$HOME"
	refused --ledger "$ledger" switch FO1
	[[ $stderr == *DEED_ORDER* ]]
	run -0 --separate-stderr deed --ledger "$ledger" open FO2
	[ "$output" = FO2 ]
	[[ $stderr == *DEED_ORDER=FO2* ]]
}

@test "ledger: a .deed that the project tracks is refused: it is somebody else's" {
	deed -q init --here
	deed -q open FO1
	: >.git/info/exclude
	git add -f .deed 2>/dev/null
	git commit -qm 'a trap'
	run -2 --separate-stderr deed list
	said_once
	[[ $stderr == *.deed* ]]
	run -2 --separate-stderr deed init --here
	said_once
	cd ..
	run -2 --separate-stderr deed -C work log -m x
}

@test "ledger: git's environment of a hook does not lead astray" {
	order
	cat >.git/hooks/post-commit <<-END
		#!/bin/sh
		"$DEED" log -k message -m 'committed'
		"$DEED" -C / --ledger "$ledger" -o FO1 log -k message -m 'committed elsewhere'
	END
	chmod +x .git/hooks/post-commit
	echo more >>main.c
	git -c color.ui=false commit -qam 'more'
	run -0 --separate-stderr deed --json log --grep committed
	[ "${#lines[@]}" -eq 2 ]
	ledger_is_clean
	GIT_DIR=$PWD/.git GIT_INDEX_FILE=/nonexistent/index GIT_WORK_TREE=/ \
		GIT_OBJECT_DIRECTORY=/nonexistent GIT_CONFIG=/nonexistent GIT_NAMESPACE=x \
		run -0 --separate-stderr deed log -k message -m 'astray?'
	ledger_is_clean
	[ -z "$(git status --porcelain)" ]
}

@test "ledger: works in a project with SHA-256 objects" {
	git_project "$BATS_TEST_TMPDIR/sha256" --object-format=sha256
	cd "$BATS_TEST_TMPDIR/sha256"
	deed -q init
	deed -q open FO1
	deed -q log -k message -m hi
	ledger_is_clean
	deed -q init --here
	ledger_is_clean "$PWD/.deed"
	[ "$(git -C .deed rev-parse --show-object-format)" = sha1 ]
}

@test "ledger: works in a project with split index, sparse checkout and untracked cache" {
	git config core.splitIndex true
	git config core.untrackedCache true
	git update-index --split-index --untracked-cache
	git sparse-checkout set --no-cone /main.c
	deed -q init --here
	deed -q open FO1
	deed -q log -k message -m hi
	ledger_is_clean "$PWD/.deed"
	[ -z "$(git status --porcelain)" ]
}

@test "ledger: the user's global split index, fsmonitor and sha256 default stay outside" {
	git config --global core.splitIndex true
	git config --global core.fsmonitor true
	git config --global core.untrackedCache true
	GIT_DEFAULT_HASH=sha256 deed -q init
	deed -q open FO1
	deed -q log -k message -m hi
	ledger_is_clean
}

@test "ledger: a path with blanks, quotes, a backslash, a line feed and letters of any script" {
	for name in "a b'c\"d" 'back\slash $(id)' 'Ünïcode-日本語-🎉' '-dash' $'line\nfeed' '*?[x]'; do
		dir=$BATS_TEST_TMPDIR/$name
		deed -q init --ledger "$dir"
		[ "$(git config deed.ledger)" = "$dir" ]
		echo "$name" >file.txt
		deed -q open FO1 --terms file.txt
		deed -q log -k message -m hi
		run -0 --separate-stderr deed --json list
		[ "$(get .order)" = FO1 ]
		ledger_is_clean "$dir"
		run -0 --separate-stderr deed init
		no_raw "$output$stderr"
	done
}

@test "ledger: a project in such a folder" {
	dir=$BATS_TEST_TMPDIR/$'a b\'c"d 日本 \\x'
	git_project "$dir"
	cd "$dir"
	deed -q init --here
	deed -q open FO1
	ledger_is_clean "$dir/.deed"
	[ -z "$(git status --porcelain)" ]
}

@test "ledger: the identity is git's, of the ledger, the user or the system" {
	order
	[ "$(git -C "$ledger" log -1 --format='%an <%ae>')" = 'Jane Dev <jane@example.org>' ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.by)" = 'Jane Dev' ]
	git -C "$ledger" config user.name 'Jane at work'
	deed -q log -k message -m hi
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.by)" = 'Jane at work' ]
	ledger_is_clean
}

@test "ledger: git's identity is also found at ~/.gitconfig and under XDG_CONFIG_HOME" {
	order
	unset GIT_CONFIG_GLOBAL
	git config --global user.name 'At Home'
	deed -q log -k message -m hi
	[ "$(git -C "$ledger" log -1 --format=%an)" = 'At Home' ]
	mkdir -p "$HOME/conf/git"
	mv "$HOME/.gitconfig" "$HOME/conf/git/config"
	XDG_CONFIG_HOME=$HOME/conf deed -q log -k message -m hi
	[ "$(git -C "$ledger" log -1 --format='%an %ae')" = 'At Home jane@example.org' ]
}

@test "ledger: without an identity it is deed.name, else the login name, said once" {
	order
	: >"$GIT_CONFIG_GLOBAL"
	run -0 --separate-stderr deed log -k message -m hi
	[[ $stderr == *"$(id -un)"*user.name* ]]
	[ "$(git -C "$ledger" log -1 --format='%an <%ae>')" = "$(id -un) <$(id -un)@localhost>" ]
	run -0 --separate-stderr deed log -k message -m hi
	[ -z "$stderr" ]
	git config --global deed.name builder
	run -0 --separate-stderr deed log -k message -m hi
	[ "$(git -C "$ledger" log -1 --format='%an <%ae>')" = 'builder <builder@localhost>' ]
	ledger_is_clean
}

@test "ledger: a name that no commit can hold is made fit" {
	order
	for name in '<>' $'two\nlines' 'a <b@c>' $'esc\e[31m' $'latin\xfc' '  '; do
		git config --global user.name "$name"
		deed -q log -k message -m hi
		ledger_is_clean
		run -0 --separate-stderr deed show @
		no_raw "$output"
		as_yaml >/dev/null
	done
	[ "$(git -C "$ledger" log -1 --format=%an)" = "$(id -un)" ]
}

@test "ledger: a global core.hooksPath, autocrlf, attributes and excludes change nothing" {
	mkdir hooks
	printf '#!/bin/sh\nexit 1\n' | tee hooks/pre-commit >hooks/commit-msg
	chmod +x hooks/*
	git config --global core.hooksPath "$PWD/hooks"
	git config --global core.autocrlf true
	git config --global core.safecrlf true
	printf '*.yaml\n*.zip\norders\n' >"$HOME/ignore"
	git config --global core.excludesFile "$HOME/ignore"
	printf '* text eol=crlf ident\n' >"$HOME/attributes"
	git config --global core.attributesFile "$HOME/attributes"
	deed -q init
	deed -q open FO1
	printf 'a\r\nb\n' >file.txt
	deed -q log -k file --attach file.txt -m $'one\ntwo'
	ledger_is_clean
	run -0 deed list
}

@test "ledger: after every command git status is clean and git fsck silent" {
	deed -q init
	ledger_is_clean
	echo x >f.txt
	deed -q open FO1 --platform fiverr --requirement 'a cart' --terms f.txt
	ledger_is_clean
	deed -q log -k call -m 'we talked' --channel zoom
	ledger_is_clean
	deed -q log -k file --attach f.txt
	ledger_is_clean
	deed -q recap @~1 --posted
	ledger_is_clean
	deed -q correct @ --set channel=fiverr -m 'posted there'
	ledger_is_clean
	delivered 2>/dev/null
	ledger_is_clean
	deed -q correct d1 --set covers=r1 -m 'it does'
	ledger_is_clean
	deed -q submit --proof f.txt
	ledger_is_clean
	deed -q accept -m 'love it'
	ledger_is_clean
	deed -q complete -m 'all of it, as agreed, with sources' 2>/dev/null
	ledger_is_clean
	deed -q cancel --reason 'changed my mind'
	ledger_is_clean
	for look in status list log show check; do
		run deed "$look"
		ledger_is_clean
	done
	run deed complete -m ''
	ledger_is_clean
	run -2 deed log -k nonsense -m x
	run -2 deed log -k message -m x --cites zzzz
	run -2 deed log -k message -m x --attach gone
	ledger_is_clean
}

@test "ledger: a commit says what was done, and its trailers are git's to read" {
	order --title 'A shop'
	[ "$(git -C "$ledger" log -1 --format=%s)" = 'open FO1: A shop' ]
	echo data >f.bin
	run -0 --separate-stderr deed --json log -k file -m 'the design' --attach f.bin
	[ "$(git -C "$ledger" log -1 --format=%s)" = 'log FO1: the design' ]
	trailers=$(git -C "$ledger" log -1 --format=%B | git interpret-trailers --parse)
	grep -qx 'Deed-Order: FO1' <<<"$trailers"
	grep -qx "Deed-Entry: $(get .entry)" <<<"$trailers"
	grep -qx "Deed-Archive: $(sha256sum <f.bin | cut -d' ' -f1)" <<<"$trailers"
	[ "$(wc -l <<<"$trailers")" -eq 3 ]
	[ "$(git -C "$ledger" log --format=%H --grep "Deed-Entry: $(get .entry)")" = "$(get .commit)" ]
}

@test "ledger: one commit a command, also for two entries" {
	order
	delivered 2>/dev/null
	before=$(git -C "$ledger" rev-list --count HEAD)
	deed -q complete --submitted -m 'all of it, as agreed, with sources' 2>/dev/null
	[ "$(git -C "$ledger" rev-list --count HEAD)" -eq $((before + 1)) ]
	[ "$(git -C "$ledger" log -1 --format=%B | grep -c '^Deed-Entry: ')" -eq 2 ]
}

@test "ledger: no trailer can be forged, no line smuggled in" {
	order
	for text in $'x\n\nDeed-Entry: 00' $'Deed-Entry: 00' $'\nDeed-Order: X' $'x\rDeed-Entry: 00' \
		$'x\u0085Deed-Entry: 00' $'x\u2028Deed-Entry: 00' $'---\nDeed-Entry: 00' "$(printf 'x%.0s' {1..300})"; do
		deed -q log -k message -m "$text"
		git -C "$ledger" log -1 --format=%B >message
		[ "$(git interpret-trailers --parse <message | grep -c '^Deed-')" -eq 2 ]
		[ "$(grep -c '^Deed-' message)" -eq 2 ]
		no_raw "$(cat message)"
		ledger_is_clean
	done
	title=$'t\n\nDeed-Entry: 00'
	deed -q open FO2 --title "$title"
	[ "$(git -C "$ledger" log -1 --format=%B | grep -c '^Deed-')" -eq 2 ]
}

@test "ledger: nothing raw gets into the reflog either" {
	order
	deed -q log -k message -m $'a\e[31mred\u202e'
	no_raw "$(cat "$ledger/.git/logs/HEAD")"
}

@test "ledger: files are for the owner alone, whatever the umask" {
	umask 000
	order
	echo data >f.bin
	deed -q log -k file --attach f.bin
	[ -z "$(find "$ledger" -path "$ledger/.git" -prune -o -type d ! -perm 700 -print)" ]
	[ -z "$(find "$ledger/orders" -type f ! -perm 600)" ]
	[ "$(find "$ledger/archives" -type f -printf '%m\n')" = 444 ]
	[ -z "$(find "$ledger/.git/deed" -type f ! -perm 600)" ]
	[ -z "$(find "$ledger/.git/deed" -type d ! -perm 700)" ]
}

@test "ledger: attached bytes are Git LFS objects, the commit has the pointer" {
	order
	echo data >f.bin
	deed -q log -k file --attach f.bin
	sum=$(sha256sum <f.bin | cut -d' ' -f1)
	path=$(cd "$ledger" && find archives -type f)
	[[ $path =~ ^archives/[0-9]{4}-[0-9]{2}/FO1/[0-9]{8}T[0-9]{6}Z-f-${sum:0:12}\.bin$ ]]
	diff <(git -C "$ledger" cat-file blob "HEAD:$path") - <<-END
		version https://git-lfs.github.com/spec/v1
		oid sha256:$sum
		size 5
	END
	[ "$(cat "$ledger/.git/lfs/objects/${sum:0:2}/${sum:2:2}/$sum")" = data ]
	[ "$(cat "$ledger/$path")" = data ]
	git -C "$ledger" lfs fsck
}

@test "ledger: the guard keeps raw archives out of plain commits" {
	order
	mkdir -p "$ledger/archives/2026-01/FO1"
	echo raw >"$ledger/archives/2026-01/FO1/x.zip"
	git -C "$ledger" -c filter.lfs.clean=cat -c filter.lfs.process= -c filter.lfs.required=false add archives
	run git -C "$ledger" commit -m raw
	[ "$status" -ne 0 ]
	[[ $output == *archives* ]]
	# nor are they let in when they come from another folder
	git -C "$ledger" rm -qf --cached archives/2026-01/FO1/x.zip
	seq 99 >"$ledger/x.zip"
	git -C "$ledger" add x.zip
	git -C "$ledger" commit -qm outside
	git -C "$ledger" mv -f x.zip archives/2026-01/FO1/x.zip
	run git -C "$ledger" commit -m raw
	[ "$status" -ne 0 ]
	[[ $output == *archives* ]]
}

@test "ledger: in a clone the first recording command puts guard and settings in place" {
	order
	git clone --quiet "$ledger" "$BATS_TEST_TMPDIR/clone"
	export DEED_DIR=$BATS_TEST_TMPDIR/clone
	git config --global core.autocrlf true
	run -0 deed list
	deed -q log -k message -m hi
	ledger_is_clean "$DEED_DIR"
	[ "$(git -C "$DEED_DIR" config --local core.hooksPath)" = .git/hooks ]
	[ "$(git -C "$DEED_DIR" config --local core.autocrlf)" = false ]
	[ -x "$DEED_DIR/.git/hooks/pre-commit" ]
	deed -q init --ledger "$DEED_DIR"
}

@test "ledger: the branch is what HEAD names" {
	order
	git -C "$ledger" switch -qc side
	deed -q log -k message -m hi
	[ "$(git -C "$ledger" log -1 --format=%s side)" = 'log FO1: hi' ]
	[ "$(git -C "$ledger" log -1 --format=%s main)" = 'open FO1' ]
	ledger_is_clean
}

@test "ledger: with HEAD on no branch recording is refused, reading is not" {
	order
	git -C "$ledger" switch -q --detach
	refused log -k message -m hi
	[[ $stderr == *HEAD* ]]
	run -0 deed list
	ledger_is_clean
}

@test "ledger: what plain git commits is read like anything else" {
	order
	echo note >"$ledger/README"
	git -C "$ledger" add README
	git -C "$ledger" commit -qm 'a readme'
	deed -q log -k message -m hi
	[ -f "$ledger/README" ]
	ledger_is_clean
}

@test "ledger: a folder that may not be written can still be read" {
	order
	deed -q log -k message -m hi
	[ "$(id -u)" -eq 0 ] || chmod -R a-w "$ledger"
	run -0 deed --json log
	[ "${#lines[@]}" -eq 2 ]
	[ "$(id -u)" -eq 0 ] || {
		run -2 --separate-stderr deed log -k message -m hi
		said_once
		chmod -R u+w "$ledger"
	}
}

@test "ledger: an index of git that was lost or broken is made anew by what records next" {
	order
	delivered
	rm "$ledger/.git/index"
	deed -q log -k message -m 'one'
	ledger_is_clean
	echo garbage >"$ledger/.git/index"
	deed -q log -k message -m 'two'
	ledger_is_clean
	deed verify
}

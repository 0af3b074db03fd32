#!/usr/bin/env bats
# deed verify on a ledger: everything is checked, every failure named.

load ../lib

setup() {
	project
	order --title 'An app'
	file=$(echo "$ledger"/orders/*/FO1.yaml)
}

# Put another text into the file of FO1 and, with plain git, into history.
forge() {
	sed -i "$1" "$file"
	git -C "$ledger" -c core.hooksPath=/dev/null commit --quiet -am 'by hand'
}

# The checks that failed, as NAME SUBJECT DETAIL.
failures() {
	run -1 --separate-stderr deed --json verify "$@"
	get '.checks[] | select(.result == "fail") | "\(.name) \(.subject) \(.detail)"'
}

@test "an entry that was changed is named, and the others are shown all the same" {
	deed -q log -k message -m 'we agreed on blue'
	deed -q log -k message -m 'see you'
	forge 's/agreed on blue/agreed on pink/'
	run -0 --separate-stderr deed log
	[[ $output == *'see you'* && $output != *pink* && $output != *blue* ]]
	[[ $output == *'(changed: see deed verify)'* ]]
	[[ $stderr == *"FO1.yaml:"*"made with"*"deed verify"* ]]
	run -0 --separate-stderr deed --json log
	[ "$(jq -s '[.[] | select(.forged)] | length' <<<"$output")" = 1 ]
	[ "$(jq -s '[.[] | select(.withheld)] | length' <<<"$output")" = 0 ]
	for words in status show list due 'show @~1' check 'log -k message -m more'; do
		# shellcheck disable=SC2086
		run --separate-stderr deed $words
		[ "$status" -lt 2 ]
	done
	[[ $(failures) == *"chain orders/"*"FO1.yaml line "*"not the one it was made with"* ]]
}

@test "what was changed never leaves in a package" {
	deed -q log -k message -m 'we agreed on blue'
	forge 's/agreed on blue/agreed on pink/'
	run -2 --separate-stderr deed dispute pack --yes -O ..
	[[ $stderr == *'not the one this entry was made with'* ]]
}

@test "deed.yaml is held to the same bytes as an order" {
	for bad in 'format: 1\r\n' '\xef\xbb\xbfformat: 1\n' 'format: 1\n# \xc2\x85\n' 'format: 1\n\x00' 'format: &a 1\n' 'format: 1'; do
		printf '%b' "$bad" >"$ledger/deed.yaml"
		run -2 --separate-stderr deed status
		[[ $stderr == *deed.yaml:* ]]
	done
}

# What became of a check: RESULT DETAIL, a line each.
outcome() {
	run --separate-stderr deed --json verify "${@:2}"
	get ".checks[] | select(.name == \"$1\") | \"\(.result) \(.detail)\""
}

keys_of_jane() {
	keys=$BATS_TEST_TMPDIR/keys
	mkdir "$keys"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/id"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/other"
	echo "jane@example.org namespaces=\"git\" $(cut -d' ' -f1,2 "$keys/id.pub")" >"$keys/signers"
	git config --global gpg.format ssh
	git config --global user.signingkey "$keys/id.pub"
	git config --global commit.gpgsign true
}

@test "signed commits: whose they are only the reader's list says" {
	keys_of_jane
	deed -q log -k message -m 'one'
	deed -q log -k message -m 'two'
	[[ $(outcome commit) == 'skipped 2 commits signed with the key SHA256:'* ]]
	[[ $(outcome commit --signers "$keys/signers") == 'pass 2 commits signed by jane@example.org'*$'\n''skipped '*'before the first'* ]]
	deed verify --signers "$keys/signers" FO1
	sed -i 's/"git"/"deed"/' "$keys/signers"
	[[ $(outcome commit --signers "$keys/signers") == 'fail '* ]]
	echo "jane@example.org $(cut -d' ' -f1,2 "$keys/other.pub")" >"$keys/signers"
	[[ $(failures --signers "$keys/signers") == 'commit SHA256:'* ]]
	echo "jane@example.org valid-before=\"20200101\" $(cut -d' ' -f1,2 "$keys/id.pub")" >"$keys/signers"
	[[ $(failures --signers "$keys/signers") == 'commit '* ]]
}

@test "a commit without signature among signed ones is named" {
	keys_of_jane
	deed -q log -k message -m 'one'
	git config --global commit.gpgsign false
	deed -q log -k message -m 'two'
	head=$(git -C "$ledger" rev-parse HEAD)
	[[ $(outcome commit) == *'pass warning: 1 commit is not signed'* ]]
	[[ $(failures --signers "$keys/signers") == "commit $head 1 commit is not signed"* ]]
}

@test "a signature moved to another commit fails" {
	keys_of_jane
	deed -q log -k message -m 'one'
	git -C "$ledger" cat-file commit HEAD | sed 's/^Deed-Order: .*/&x/' >commit
	new=$(git -C "$ledger" hash-object -t commit -w "$PWD/commit")
	git -C "$ledger" update-ref refs/heads/main "$new"
	[[ $(failures) == "commit $new key SHA256:"* ]]
}

@test "commits signed by gpg are judged by the reader's keyring" {
	command -v gpg >/dev/null || skip 'no gpg'
	export GNUPGHOME=$BATS_TEST_TMPDIR/gnupg
	mkdir -m 700 "$GNUPGHOME" "$BATS_TEST_TMPDIR/empty"
	gpg --batch --quiet --passphrase '' --quick-generate-key 'Jane Dev <jane@example.org>' ed25519 sign never 2>/dev/null
	git config --global commit.gpgsign true
	deed -q log -k message -m 'one'
	[[ $(outcome commit) == 'pass 1 commit signed by Jane Dev'* ]]
	[[ $(GNUPGHOME=$BATS_TEST_TMPDIR/empty outcome commit) == 'skipped '*'does not have its key' ]]
}

@test "a branch that was set back is told from git's own log, with what is lost" {
	deed -q log -k message -m 'one'
	deed -q log -k message -m 'two'
	was=$(git -C "$ledger" rev-parse HEAD)
	git -C "$ledger" reset -q --hard HEAD~1
	[[ $(failures) == "history $was "*'1 of its entries are gone'* ]]
	git -C "$ledger" merge -q --ff-only "$was"
	deed verify
}

@test "an entry cut out and committed by plain git is missed" {
	deed -q log -k message -m 'one'
	printf '%s\n' "$(sed '/^---$/,$!d' "$file" | awk '/^---$/{n++} n==1')" >cut
	cp cut "$file"
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qam 'shorter'
	[[ $(failures) == *'history '*' 1 entry of its parent are missing'* ]]
}

@test "an entry whose content was taken out by plain git is missed" {
	deed -q log -k message -m 'we agreed on blue'
	python3 - "$file" <<-'EOF'
		import sys
		pieces = open(sys.argv[1]).read().split("---\n")
		end = pieces[-1].index("\n", pieces[-1].index("content: ")) + 1
		open(sys.argv[1], "w").write("---\n".join(pieces[:-1] + [pieces[-1][:end]]))
	EOF
	was=$(git -C "$ledger" rev-parse HEAD)
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qam 'forget it'
	[[ $(failures) == *'history '*' 1 entry lost the content that its parent has'* ]]
	git -C "$ledger" reset -q --hard "$was"
	rm -r "$ledger/.git/logs"
	deed verify
}

@test "a history made anew without losing an entry is a warning, and git's stand-ins are failures" {
	remote
	deed -q log -k message -m 'one'
	deed -q sync
	was=$(git -C "$ledger" rev-parse HEAD)
	new=$(git -C "$ledger" commit-tree -m 'all at once' 'HEAD^{tree}')
	git -C "$ledger" update-ref refs/heads/main "$new"
	run -0 --separate-stderr deed verify
	[[ $output == *"history $was: warning: the branch was at this commit"* ]]
	[[ $output == *"remote origin/main: warning: it had commit ${was:0:12}"* ]]
	git -C "$ledger" update-ref refs/heads/main "$was"
	rm -r "$ledger/.git/logs"
	git -C "$ledger" replace "$was" "$was~1"
	[[ $(failures) == "history $was git shows another object in its place"* ]]
	git -C "$ledger" replace -d "$was"
	mkdir -p "$ledger/.git/info"
	echo "$was" >"$ledger/.git/info/grafts"
	[[ $(failures) == 'history .git/info/grafts '* ]]
}

@test "a HEAD that left its branch for an older commit is told what is gone" {
	deed -q log -k message -m 'one'
	was=$(git -C "$ledger" rev-parse HEAD)
	git -C "$ledger" checkout -q --detach HEAD~1
	[[ $(failures) == "history $was "*'1 of its entries are gone'* ]]
	git -C "$ledger" checkout -q -b older
	[[ $(failures) == "history $was "* ]]
}

@test "files that changed, are gone or came without a commit are named" {
	delivered
	echo x >>"$ledger/deed.yaml"
	sed -i '$d' "$ledger/deed.yaml"
	deed verify
	echo x >>"$ledger/.gitattributes"
	: >"$ledger/proofs/stray"
	[ "$(failures | cut -d' ' -f1,2 | sort)" = $'worktree .gitattributes\nworktree proofs/stray' ]
	rm "$file" "$ledger/proofs/stray"
	[[ $(failures) == *"worktree ${file#"$ledger"/} it is missing"* ]]
}

@test "an order has one file, of its name and in its month" {
	other() {
		git -C "$ledger" reset -q --hard "$was"
		rm -rf "$ledger/.git/logs"
		mkdir -p "$ledger/$(dirname "$1")"
		cp "$file" "$ledger/$1"
		git -C "$ledger" add .
		git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'by hand'
		failures
	}
	was=$(git -C "$ledger" rev-parse HEAD)
	month=$(basename "$(dirname "$file")")
	[[ $(other "orders/$month/FO9.yaml") == "place orders/$month/FO9.yaml line 1 opens the order FO1" ]]
	[[ $(other "orders/$month/fo1.yaml") == "place $month/fo1 the same order is in $month/FO1, too"* ]]
	[[ $(other orders/2020-01/FO1.yaml) == "place 2020-01/FO1 the same order is in $month/FO1, too" ]]
	git -C "$ledger" rm -q "orders/$month/FO1.yaml"
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'by hand'
	[[ $(failures) == 'place orders/2020-01/FO1.yaml the order was opened in '*', and is not kept there' ]]
}

@test "an order moved to where deed keeps none is missed" {
	mkdir "$ledger/orders/old"
	git -C "$ledger" mv "${file#"$ledger"/}" orders/old/FO1.yaml
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'by hand'
	[[ $(failures) == 'history '*' the order was removed' ]]
	[ "$(outcome worktree)" = 'pass warning: deed keeps nothing there' ]
}

@test "a file that is no order's is named, and keeps none of them from being read" {
	for name in "FO1 (Jane's conflicted copy)" ._FO1 FO1~ CON; do
		cp "$file" "${file%/*}/$name.yaml"
		[[ $(failures) == "worktree orders/"*"/$name.yaml the last commit has no such file" ]]
		[ "$(deed --json list | jq -r .order)" = FO1 ]
		deed due
		deed stats
		git -C "$ledger" add .
		git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'by mistake'
		[ "$(outcome worktree)" = 'pass warning: deed keeps nothing there' ]
		git -C "$ledger" rm -q "orders/*/$name.yaml"
		git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'no order was in it'
		deed verify
	done
}

@test "a link or a pipe in the place of a file is named, and not followed" {
	delivered
	archive=$(echo "$ledger"/archives/*/FO1/*.zip)
	for path in "$file" "$archive"; do
		mv "$path" ../kept
		ln -s "$(realpath ../kept)" "$path"
		[ "$(failures)" = "worktree ${path#"$ledger"/} it is a link, and no file" ]
		rm "$path"
		mkfifo "$path"
		[ "$(failures)" = "worktree ${path#"$ledger"/} it is neither a file nor a folder" ]
		rm "$path"
		mv ../kept "$path"
	done
	deed verify
}

@test "an index that would commit something else is named" {
	delivered
	cp "$ledger/.git/index" ../index
	git -C "$ledger" rm -q --cached "${file#"$ledger"/}"
	[[ $(failures) == "index ${file#"$ledger"/} git would commit 1 file otherwise"* ]]
	rm "$ledger/.git/index"
	[[ $(failures) == 'index .gitattributes git would commit '*' files otherwise'* ]]
	echo garbage >"$ledger/.git/index"
	[[ $(failures) == 'index .git/index cannot read the index'* ]]
	cp ../index "$ledger/.git/index"
	deed verify
}

@test "attributes that would change bytes, and files deed does not know, are a warning" {
	mkdir -p "$ledger/proofs"
	echo x >"$ledger/proofs/stray"
	echo '* filter=x' >"$ledger/orders/.gitattributes"
	sed -i 1d "$ledger/.gitattributes"
	git -C "$ledger" add .
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'by hand'
	[ "$(outcome worktree)" = 'pass warning: it lacks the line "* -text", and git may change bytes
pass warning: deed keeps nothing there
pass warning: deed keeps nothing there' ]
}

@test "a pointer to other bytes is named, and so is a changed copy in the store" {
	delivered
	archive=$(cd "$ledger" && echo archives/*/FO1/*.zip)
	oid=$(sha256sum <"$ledger/$archive" | cut -c1-64)
	chmod u+w "$ledger/$archive"
	cp "$ledger/$archive" ../whole.zip
	object=$(find "$ledger/.git/lfs/objects" -name "$oid")
	rm -f "$object"
	cp ../whole.zip "$object"
	printf x >>"$object"
	[[ $(failures) == "archive $archive the copy that git-lfs keeps"* ]]
	cp ../whole.zip "$object"
	deed verify
	blob=$(git -C "$ledger" cat-file blob "HEAD:$archive" | sed 's/[0-9a-f]\{64\}/0000000000000000000000000000000000000000000000000000000000000000/' | git -C "$ledger" hash-object -w --stdin)
	git -C "$ledger" update-index --cacheinfo "100644,$blob,$archive"
	git -C "$ledger" -c core.hooksPath=/dev/null commit -qm 'other bytes'
	[[ $(failures) == *"pointer $archive the pointer in the last commit is one to other bytes"* ]]
}

@test "objects of git that rotted are named" {
	deed -q log -k message -m 'one'
	object=$(find "$ledger/.git/objects" -path '*/??/*' -type f -printf '%s %p\n' | sort -n | tail -1 | cut -d' ' -f2)
	chmod u+w "$object"
	printf 'xxxxxxxx' | dd of="$object" bs=1 seek=20 conv=notrunc status=none
	[[ $(failures) == 'object '*' this object of git was damaged' ]]
	# one that was cut off: some readers never come back from it
	head -c 24 "$object" >cut
	cp cut "$object"
	[[ $(failures) == 'object '*' this object of git was damaged' ]]
}

@test "an imported chat is checked line by line" {
	printf '%s\n' '[10:00, 23/11/2026] Anna: I like it' '[10:01, 23/11/2026] Jane: thanks' >chat.txt
	deed -q import --format whatsapp --tz UTC --date-order dmy chat.txt || skip 'no such chat'
	[[ $(outcome transcript) == 'pass 2 messages, line by line' ]]
}

# Two ledgers on one remote.
remote() {
	git init -q --bare "$BATS_TEST_TMPDIR/remote.git"
	git -C "$ledger" remote add origin "$BATS_TEST_TMPDIR/remote.git"
	deed -q sync
	# away from the project, which would join the clone
	(cd "$BATS_TEST_TMPDIR" && deed -q clone remote.git other)
}

on_other() {
	deed --ledger "$BATS_TEST_TMPDIR/other" -o FO1 "$@"
}

@test "a record that forked is told" {
	remote
	deed -q log -k message -m 'here'
	on_other -q log -k message -m 'there'
	[ -z "$(outcome fork)" ]
	on_other -q sync
	deed -q sync
	[[ $(outcome fork) == 'pass warning: it begins 1 time, forks 1 time and ends in 2 places' ]]
	deed -q log -k message -m 'joined'
	[[ $(outcome fork) == 'pass it begins 1 time, forks 1 time and ends in 1 place' ]]
}

@test "a remote that was rewound is reported by verify and by sync, which mends it" {
	remote
	deed -q log -k message -m 'one'
	deed -q sync
	[[ $(outcome remote) == 'pass it still held commit '* ]]
	was=$(git -C "$ledger" rev-parse HEAD)
	git -C "$BATS_TEST_TMPDIR/remote.git" update-ref refs/heads/main "$was~1"
	git -C "$ledger" fetch -q
	[[ $(failures) == "remote origin/main its history was rewritten: it had commit ${was:0:12}"* ]]
	run -0 --separate-stderr deed --json sync
	[ "$(get .rewound)" = "$was" ]
	[[ $stderr == *"warning: the history of the remote was rewritten"*"${was:0:12}"* ]]
	[ "$(git -C "$BATS_TEST_TMPDIR/remote.git" rev-parse main)" = "$was" ]
	deed verify
	run -0 --separate-stderr deed --json sync
	[ "$(get .rewound)" = null ]
	ledger_is_clean
}

@test "a force-push of another history is reported, and both are kept" {
	remote
	deed -q log -k message -m 'one'
	deed -q sync
	was=$(git -C "$ledger" rev-parse HEAD)
	on_other -q log -k message -m 'never heard of one'
	git -C "$BATS_TEST_TMPDIR/other" push -qf origin HEAD:main
	run -0 --separate-stderr deed --json sync
	[ "$(get .rewound)" = "$was" ]
	[ "$(get .merged)" = true ]
	[ "$(deed --json log -k message | jq -r .content.text | sort)" = $'never heard of one\none' ]
	git -C "$BATS_TEST_TMPDIR/remote.git" merge-base --is-ancestor "$was" main
	deed verify
}

@test "what a remote had and this ledger lost is named" {
	remote
	deed -q log -k message -m 'one'
	deed -q sync
	git -C "$ledger" reset -q --hard HEAD~1
	git -C "$ledger" reflog expire --expire=all --all
	[[ $(failures) == 'remote origin/main it had commit '*'1 of its entries are not here'* ]]
	deed -q sync
	deed verify
}

@test "verify asks nobody: no socket, in a namespace without a network" {
	keys_of_jane
	delivered
	unshare -rn true 2>/dev/null && unshare -rn "$DEED" verify --signers "$keys/signers"
	type -P strace >/dev/null || skip 'no strace'
	# who is traced cannot look for leaks
	strace -f -e trace=socket,connect -o trace "$DEED" verify --signers "$keys/signers"
	run ! grep -qE 'AF_INET|AF_NETLINK' trace
}

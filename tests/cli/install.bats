#!/usr/bin/env bats
# make install, uninstall and dist: what a packager and a newcomer rely on.

load ../lib

setup() {
	sandbox
	root=$BATS_TEST_TMPDIR/root
	case $DEED in
	*build-san/*) san=SAN=1 ;;
	*) san= ;;
	esac
}

make_in() {
	env -u MAKEFLAGS -u MFLAGS make -s -C "$1" ${san:+"$san"} "${@:2}"
}

@test "install: what was installed works wherever its tree is moved to" {
	make_in "$repo" install DESTDIR="$root" PREFIX=/usr
	mv "$root/usr" "$BATS_TEST_TMPDIR/elsewhere"
	PATH=$BATS_TEST_TMPDIR/elsewhere/bin:$PATH
	cd "$BATS_TEST_TMPDIR"
	run -0 type -P deed
	[ "$output" = "$BATS_TEST_TMPDIR/elsewhere/bin/deed" ]
	command deed -q init
	command deed -q open X1 --platform fiverr --price '50 USD'
	DEED_ORDER=X1 git deed -q log -m 'through git'
	run -0 --separate-stderr git deed -o X1 status
	[[ $output == *"Fiverr: In progress"* ]]
	printf 'From: a@example.org\nTo: b@example.org\nSubject: hi\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n\nhello\n' >mail.eml
	run -0 --separate-stderr command deed --json -o X1 import mail.eml
	[ "$(get .mail.subject)" = hi ]
}

@test "install: every command has its page, every shell its completion" {
	make_in "$repo" install DESTDIR="$root" PREFIX=/usr
	for command in $(deed __complete commands | cut -d' ' -f1); do
		[ -e "$root/usr/share/man/man1/deed-$command.1" ]
	done
	for page in deed.1 git-deed.1; do
		mandoc -T lint -W error "$root/usr/share/man/man1/$page"
	done
	for file in bash-completion/completions/deed \
		zsh/site-functions/_deed fish/vendor_completions.d/deed.fish; do
		[ -s "$root/usr/share/$file" ]
	done
}

@test "install: man and each shell find what belongs to it by themselves" {
	make_in "$repo" install DESTDIR="$root" PREFIX=/usr
	PATH=$root/usr/bin:$PATH
	for page in deed git-deed deed-deliver deed-order; do
		mman -M "$root/usr/share/man" $page 2>/dev/null | col -b >page
		[[ $(head -n1 page) == "${page^^}("* || $page = git-deed ]]
		grep -q '^NAME' page
	done
	cat >bash.sh <<-'END'
		. "$1/bash-completion/completions/deed"
		COMP_WORDS=(deed swi) COMP_CWORD=1
		$(complete -p deed | sed 's/.*-F \([^ ]*\).*/\1/') deed swi deed
		echo "${COMPREPLY[0]}"
	END
	run -0 bash --norc bash.sh "$root/usr/share"
	[ "$output" = switch ]
	XDG_DATA_DIRS=$root/usr/share run -0 fish -c 'complete -C "deed swi"'
	[[ $output == switch* ]]
	run -0 zsh -f -c "fpath=($root/usr/share/zsh/site-functions \$fpath)
		autoload -Uz compinit; compinit -u -d $HOME/dump
		print -r -- \$_comps[deed]; autoload +X -Uz _deed; whence -w _deed"
	[ "$output" = $'_deed\n_deed: function' ]
}

@test "uninstall: nothing is left of it" {
	make_in "$repo" install DESTDIR="$root" PREFIX=/usr
	make_in "$repo" uninstall DESTDIR="$root" PREFIX=/usr
	run -0 find "$root" ! -type d
	[ -z "$output" ]
}

@test "dist: the tarball is the same each time, and builds by itself" {
	if git -C "$repo" rev-parse -q --verify HEAD >/dev/null 2>&1; then
		git clone -q "$repo" clone
	else # from a tarball: a commit of what it held
		mkdir clone
		tar -C "$repo" --exclude='./build*' -cf - . | tar -xf - -C clone
		git -C clone init -q
		git -C clone add .
		git -C clone commit -qm 'the tarball'
	fi
	make_in clone dist
	version=$(cat "$repo/VERSION")
	mv "clone/build/deed-$version.tar.gz" .
	make_in clone dist
	cmp "deed-$version.tar.gz" "clone/build/deed-$version.tar.gz"
	tar -xzf "deed-$version.tar.gz"
	run -0 make_in "deed-$version" -n all
	[[ $output == *libdeed.a* ]]
}

@test "html: every page is there, no link leads nowhere, and a case lies beside them" {
	printf '<!DOCTYPE html>\n<title>A case</title>\n' >case-page.html
	(cd "$repo" && sh packaging/html.sh "$BATS_TEST_TMPDIR/html" "$BATS_TEST_TMPDIR/work/case-page.html")
	for page in "$repo"/man/*.[157]; do
		[ -s "$BATS_TEST_TMPDIR/html/$(basename "$page").html" ]
	done
	cmp case-page.html "$BATS_TEST_TMPDIR/html/case.html"
	links=$(cat "$BATS_TEST_TMPDIR"/html/*.html | grep -oE 'href="[^"#:]+' | cut -c7- | sort -u)
	[ "$(wc -l <<<"$links")" -gt 30 ]
	for link in $links; do
		[ -e "$BATS_TEST_TMPDIR/html/$link" ]
	done
}

@test "deb: it is built with the packages that make installs to build" {
	for package in $(make_in "$repo" -pn help 2>/dev/null |
		sed -n 's/^BUILD_DEPS := //p'); do
		case $package in
		gcc | make) ;; # every Debian package is built with these
		*) grep -qE "[ ,]$package(,|$)" "$repo/packaging/debian/control" ;;
		esac
	done
}

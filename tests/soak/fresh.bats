#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A machine that has nothing yet: a Debian 12 in a folder, with git and make.
# What the README promises there, and what the Debian package does.
#
# Needs root and debootstrap, and the packages of this machine's own sources;
# DEBIAN_MIRROR names another place to take the first ones from.

load ../lib

setup_file() {
	[ "$(id -u)" -eq 0 ] || skip 'a system in a folder needs root'
	command -v debootstrap >/dev/null || skip 'debootstrap is not installed'
	export base=$BATS_FILE_TMPDIR/base
	debootstrap --variant=minbase --include=ca-certificates,git,make bookworm "$base" \
		"${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
		tail -n 5 "$BATS_FILE_TMPDIR/log"
		return 1
	}
	cp -a /etc/apt/. "$base/etc/apt"
	cp -L /etc/resolv.conf /etc/hosts "$base/etc"
}

# machine: a new one, in $root, with the project as a newcomer clones it
machine() {
	root=$BATS_TEST_TMPDIR/root
	cp -a "$base" "$root"
	git clone -q "$repo" "$root/root/deed"
}

# on COMMAND: type it there, in the project's folder
on() {
	unshare --mount --pid --fork sh -c 'mount --rbind /dev "$1/dev" &&
		mount -t proc proc "$1/proc" && exec chroot "$1" env -i HOME=/root \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb sh -c "cd /root/deed && $2"' \
		sh "$root" "$1" </dev/null
}

@test "fresh: make demo is all that has to be typed" {
	machine
	run -0 on 'make demo'
	[[ $output == *'It left:'* ]]
	compgen -G "$root/root/deed/demo/*-evidence-*.zip"
}

@test "fresh: make check is all that has to be typed" {
	machine
	run -0 on 'make check'
	[[ ${lines[-1]} =~ ^[0-9]+\ passed,\ 0\ failed,\ [0-9]+\ skipped$ ]]
}

@test "fresh: without root and sudo, make says what is missing, and what to type" {
	machine
	run -2 on 'chown -R nobody . && setpriv --reuid=nobody --clear-groups make demo'
	[[ $output == *'As root: apt-get install'*gcc* ]]
}

@test "fresh: from the package, the tutorial is typed in as it stands, and man and completion work" {
	machine
	make -s -C "$repo" deb >&2
	cp "$repo"/build/deb/deed_*.deb "$root/root/deed"
	on 'apt-get update -q && apt-get install -y -q bats jq man-db bash-completion zsh fish' >&2
	started=$(date +%s)
	on 'apt-get install -y -q -o APT::Install-Recommends=true ./deed_*.deb' >&2
	run -0 on 'dpkg -S /usr/bin/deed /usr/bin/git-deed && deed version'
	run -0 on 'DEED=/usr/bin/deed LC_ALL=C.UTF-8 bats --tap -f tutorial tests/cli/examples.bats'
	[[ $output == *'ok 1 '* ]]
	# to install it, the first session and all six stories: minutes are for reading
	[ $(($(date +%s) - started)) -lt 200 ]
	run -0 on 'man deed | head -n 5'
	[[ $output == *DEED\(1\)* ]]
	run -0 on 'man git-deed >/dev/null && man deed-deliver >/dev/null && man 5 deed-order >/dev/null'
	run -0 on 'bash -ic ". /usr/share/bash-completion/bash_completion; COMP_WORDS=(deed del); COMP_CWORD=1
		_completion_loader deed; COMP_LINE=\"deed del\" COMP_POINT=8; f=\$(complete -p deed | sed \"s/.*-F \\([^ ]*\\).*/\\1/\")
		\$f deed del deed; echo \${COMPREPLY[0]}" 2>/dev/null'
	[[ $output == deliver* ]]
	run -0 on 'fish -c "complete -C \"deed del\""'
	[[ $output == deliver* ]]
	run -0 on 'zsh -fc "autoload -Uz compinit && compinit -u -d /tmp/dump && echo \$_comps[deed]"'
	[ "$output" = _deed ]
}

#!/usr/bin/env bats
# A file system of one mebibyte that is really full.  Only root can mount one.

load ../lib

setup() {
	sandbox
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	mount -t tmpfs -o size=1m tmpfs "$disk" 2>/dev/null || skip 'only root can mount a small file system'
	export HOME=$disk/home
	# shellcheck disable=SC2034 # tests/lib.bash looks there
	ledger=$HOME/.local/share/deed/ledger
	mkdir -p "$HOME"
	git_project "$disk/work"
	cd "$disk/work" || return
	order
	delivered
	head -c 60000 /dev/urandom >picture.png
	git add .
	git commit --quiet -m 'a second version'
}

teardown() {
	cd /
	umount "$disk" 2>/dev/null || true
}

# All but so many KiB are taken.
fill() {
	head -c 4M /dev/zero >"$disk/filler" 2>/dev/null || true
	truncate -s "-${1:-0}K" "$disk/filler"
}

# goes_on WORD...: refused while it is full, done when there is room.
goes_on() {
	local kib

	for kib in 0 4 12 40; do
		fill "$kib"
		before=$(snapshot)
		run --separate-stderr deed "$@"
		if [ "$status" -ne 0 ]; then
			[ "$status" -eq 2 ]
			[ -z "$output" ]
			said_once
			[ "$before" = "$(snapshot)" ]
		fi
		rm "$disk/filler"
		ledger_is_clean
		run -0 deed verify
		[ "$status" -eq 0 ] && [ "$before" != "$(snapshot)" ] && return
	done
	run -0 deed "$@"
	[ "$before" != "$(snapshot)" ]
	ledger_is_clean
}

@test "full disk: an entry is refused in one sentence, then taken" {
	fill 0
	refused log -m one
	rm "$disk/filler"
	goes_on log -m one
}

@test "full disk: so is a delivery" {
	fill 0
	refused deliver -m 'the second version, ready to run'
	rm "$disk/filler"
	goes_on deliver -m 'the second version, ready to run'
	[ "$(deed log -k delivery | wc -l)" -eq 3 ]
}

@test "full disk: so is a package" {
	fill 0
	before=$(snapshot)
	run -2 --separate-stderr deed -q dispute pack --yes -O "$disk"
	[ -z "$output" ]
	[ "$before" = "$(snapshot)" ]
	[ -z "$(find "$disk" -maxdepth 1 -name '*evidence*' -o -maxdepth 1 -name '.deed-*')" ]
	rm "$disk/filler"
	run -0 deed -q dispute pack --yes -O "$disk"
}

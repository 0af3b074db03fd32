#!/usr/bin/env bats
# Every call to the disk of every recording command goes wrong, and at every one
# of them the program is killed.  About 10,000 runs: an hour on two cores.  What
# the runs came to is printed.

load ../lib

shim=${DEED%/*}/tests/lib/faults.so

# faults WORD...: on a file system that flushes each change (tmpfs), where there is one.
faults() {
	local place=$BATS_TEST_TMPDIR status=0

	[ ! -w /dev/shm ] || place=$(mktemp -d /dev/shm/deed-faults-XXXXXX)
	python3 "$repo/tests/lib/faults.py" "$DEED" "$shim" "$place" "$@" >"$BATS_TEST_TMPDIR/said" ||
		status=$?
	sed 's/^/# /' "$BATS_TEST_TMPDIR/said" >&3
	[ "$place" = "$BATS_TEST_TMPDIR" ] || rm -rf "$place"
	return "$status"
}

setup() {
	[ -e "$shim" ] || skip "there is no $shim: make unit-tests"
	! ldd "$DEED" | grep -q asan || skip 'a sanitizer lets nothing be preloaded'
}

small=open,log,batch,recap,submit,accept,revise,scope,cancel,correct,complete,dispute,answer,close
large=attach,deliver,adopt,import,mail,detached,erase,pack,stamp
setting_up=init,here,clone,sync,fetch

@test "soak: short commands, killed at every call" {
	faults --modes kill --commands "$small"
}

@test "soak: short commands, every call failing, every disk full" {
	faults --modes io,full,short --commands "$small"
}

@test "soak: commands that carry files, killed at every call" {
	faults --modes kill --commands "$large"
}

@test "soak: commands that carry files, every call failing, every disk full" {
	faults --modes io,full,short --commands "$large"
}

@test "soak: init, clone and sync, killed at every call" {
	faults --modes kill --commands "$setting_up"
}

@test "soak: init, clone and sync, every call failing, every disk full" {
	faults --modes io,full,short --commands "$setting_up"
}

@test "soak: the same where changes keep their order (ext4), every fifth call" {
	[ "$(stat -f -c %T "$BATS_TEST_TMPDIR")" = ext2/ext3 ] || skip 'there is no ext4 here'
	python3 "$repo/tests/lib/faults.py" "$DEED" "$shim" "$BATS_TEST_TMPDIR" --every 5 \
		--commands open,log,deliver,pack >"$BATS_TEST_TMPDIR/said" || status=$?
	sed 's/^/# /' "$BATS_TEST_TMPDIR/said" >&3
	[ "${status:-0}" -eq 0 ]
}

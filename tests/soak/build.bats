#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Of the same sources the same programs, wherever they are built.

load ../lib

@test "build: the same sources make the same programs in any folder" {
	for place in one a/much/longer/one; do
		mkdir -p "$BATS_TEST_TMPDIR/$place"
		git -C "$repo" archive HEAD | tar -x -C "$BATS_TEST_TMPDIR/$place"
		env -u MAKEFLAGS make -s -C "$BATS_TEST_TMPDIR/$place" all >&2
	done
	for program in deed libexec/deed-mail libexec/deed-fetch libexec/deed-report; do
		cmp "$BATS_TEST_TMPDIR/one/build/$program" \
			"$BATS_TEST_TMPDIR/a/much/longer/one/build/$program"
	done
}

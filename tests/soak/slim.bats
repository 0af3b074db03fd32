#!/usr/bin/env bats
# The stories once more, told by the slim build.  Three minutes.

load ../lib

@test "soak: the slim build tells the stories, and reads no memory it did not write" {
	! grep -q __asan_init "$DEED" || skip 'a sanitizer wants shared libraries'
	make -s -C "$repo" STATIC=1
	run -0 ldd "$repo/build-slim/deed"
	[[ $output == *'statically linked'* ]]
	# memory that was not written is no accident of being zero
	MALLOC_PERTURB_=165 DEED=$repo/build-slim/deed bats --tap "$repo/tests/scenarios" >"$BATS_TEST_TMPDIR/tap" || status=$?
	grep -A5 '^not ok' "$BATS_TEST_TMPDIR/tap" || true
	[ "${status:-0}" -eq 0 ]
}

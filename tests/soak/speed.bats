#!/usr/bin/env bats
# The figures that a promise hangs on, beside git in the same minute.

load ../lib

@test "soak: a sync takes at most twice as long as git, and a completion 50 ms, at 10,000 orders" {
	! grep -q __asan_init "$DEED" || skip 'a sanitizer is slow'
	# another program may be in the way of one run, not of three
	for _ in 1 2 3; do
		run -0 /usr/bin/python3 "$repo/tests/bench/bench.py" "$DEED" "$DEED" "$BATS_TEST_TMPDIR" sync complete
		echo "$output" | sed 's/^/# /' >&3
		[[ $output != *'no row missed its figure'* ]] || return 0
	done
	false
}

#!/usr/bin/env bats
# A ledger of many years: 10,000 orders of 40 entries each.

load ../lib

@test "soak: a ledger of 10,000 orders is verified in less than 64 MiB of memory" {
	! grep -q __asan_init "$DEED" || skip 'a sanitizer needs memory of its own'
	sandbox
	deed -q init
	/usr/bin/python3 "$repo/tests/bench/ledger.py" 10000 40 "$(git -C "$ledger" rev-parse HEAD)" |
		git -C "$ledger" fast-import --quiet
	git -C "$ledger" reset -q --hard bench
	git -C "$ledger" branch -qD bench
	"$repo/tests/lib/memory.py" "$DEED" verify >used
	sed 's/^/# /' used >&3
	[ "$(tail -n1 used)" -lt $((64 * 1024)) ]
}

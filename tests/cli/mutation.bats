#!/usr/bin/env bats
# Whatever is changed, cut, added, swapped or taken away is noticed by verify.
# The long version, with more bytes and other seeds, is in tests/soak.

load ../lib

setup() {
	sandbox
	export DEED
}

@test "mutation: a package, file by file and a sample of its bytes" {
	dir=$repo/tests/golden/1
	run python3 "$repo/tests/lib/mutate.py" package "$(echo "$dir"/*.zip)" "$BATS_TEST_TMPDIR/p" \
		"${MUTATE_SEED:-1}" "${MUTATE_BYTES:-10}" --fingerprint "$(cat "$dir/fingerprint")"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == *' 0 missed' ]]
}

@test "mutation: a ledger, file by file and a sample of its bytes" {
	git_project "$PWD"
	order
	delivered
	deed -q log -k file --attach main.c -m 'as agreed'
	printf '%s\n' '[10:00, 23/11/2026] Anna: I like it' '[10:01, 23/11/2026] Jane: thanks' >chat.txt
	deed -q import --format whatsapp --tz UTC --date-order dmy chat.txt 2>/dev/null
	run python3 "$repo/tests/lib/mutate.py" ledger "$ledger" "$BATS_TEST_TMPDIR/l" \
		"${MUTATE_SEED:-1}" "${MUTATE_BYTES:-10}"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == *' 0 missed' ]]
}

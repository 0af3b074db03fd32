#!/usr/bin/env bats
# The mutations of tests/cli/mutation.bats with more bytes and other seeds, and
# of a ledger that git has packed.

load ../lib

setup() {
	sandbox
	export DEED
}

# mutated KIND SOURCE [OPTION]...
mutated() {
	for seed in 11 12 13; do
		python3 "$repo/tests/lib/mutate.py" "$1" "$2" "$BATS_TEST_TMPDIR/$seed" "$seed" 300 "${@:3}"
	done
}

@test "mutation: every golden package" {
	for dir in "$repo"/tests/golden/*/; do
		mutated package "$(echo "$dir"*.zip)" --fingerprint "$(cat "$dir/fingerprint")"
	done
}

recorded() {
	git_project "$PWD"
	order
	delivered
	for i in $(seq 20); do deed -q log -k message -m "message $i"; done
}

@test "mutation: a ledger of loose objects" {
	recorded
	mutated ledger "$ledger"
}

@test "mutation: a ledger that git has packed" {
	recorded
	git -C "$ledger" gc -q
	mutated ledger "$ledger"
}

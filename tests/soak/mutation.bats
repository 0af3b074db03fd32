#!/usr/bin/env bats
# The mutations of tests/cli/mutation.bats with more bytes and other seeds, and
# of a ledger that git has packed.

load ../lib
load ../lib/authority

setup() {
	sandbox
	export DEED
}

# mutated KIND SOURCE [OPTION]...
mutated() {
	for seed in ${MUTATE_SEEDS:-11 12 13}; do
		python3 "$repo/tests/lib/mutate.py" "$1" "$2" "$BATS_TEST_TMPDIR/$seed" "$seed" "${MUTATE_BYTES:-300}" "${@:3}"
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

@test "mutation: a ledger with signed commits, stamps and a remote" {
	ssh-keygen -q -t ed25519 -N '' -C '' -f ../id
	echo "jane@example.org $(cut -d' ' -f1,2 ../id.pub)" >../signers
	git config --global gpg.format ssh
	git config --global user.signingkey "$(realpath ../id)"
	git config --global commit.gpgsign true
	authority_starts "$BATS_TEST_TMPDIR/a" 'Stamps of Record'
	authority_lists "$BATS_TEST_TMPDIR/a"
	git config --global deed.tsa "http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/a/port")/good"
	git config --global deed.roots "$BATS_TEST_TMPDIR/a/root.pem"
	recorded
	deed -q stamp
	authority_ends "$BATS_TEST_TMPDIR/a"
	git init -q --bare ../remote.git
	git -C "$ledger" remote add origin "$(realpath ../remote.git)"
	deed -q sync
	mutated ledger "$ledger" --signers ../signers
}

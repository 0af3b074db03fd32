#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Two readers of the order file, written apart from each other, agree.

load ../lib

setup() {
	sandbox
	cd "$BATS_TEST_TMPDIR" || return
	export DEED_ORDER=X1
	git init -q --bare remote.git
	deed -q --ledger a init
	git -C a remote add origin "$PWD/remote.git"
	DEED_NOW=2026-11-20T10:00:00Z deed -q --ledger a open X1
	deed -q --ledger a sync
	deed -q clone remote.git b
}

@test "deed and the second reader see the same entries, in the same order, in random histories" {
	RANDOM=26
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		side=$([ $((RANDOM % 2)) -eq 0 ] && echo a || echo b)
		DEED_NOW="2026-11-2$((RANDOM % 10))T0$((RANDOM % 10)):00:00Z" deed -q --ledger "$side" \
			log -k message --at "2026-11-1$((RANDOM % 10))T0$((RANDOM % 10)):00:00Z" -m "entry $n"
		[ $((RANDOM % 3)) -ne 0 ] || deed -q --ledger "$side" sync
	done
	deed -q --ledger a sync
	deed -q --ledger b sync
	for side in a b; do
		diff <(deed --json --ledger "$side" log | jq -c '{entry,kind,recorded,withheld}') \
			<(python3 "$repo/tests/lib/read-stream.py" "$side"/orders/*/X1.yaml | jq -c .)
	done
	# withheld entries too
	file=$(echo b/orders/*/X1.yaml)
	python3 - "$file" <<-'EOF'
		import sys
		pieces = open(sys.argv[1]).read().split("---\n")
		for i in (3, 5):
		    end = pieces[i].index("\n", pieces[i].index("content: ")) + 1
		    pieces[i] = pieces[i][:end]
		open(sys.argv[1], "w").write("---\n".join(pieces))
	EOF
	diff <(deed --json --ledger b log | jq -c '{entry,kind,recorded,withheld}') \
		<(python3 "$repo/tests/lib/read-stream.py" "$file" | jq -c .)
	[ "$(python3 "$repo/tests/lib/read-stream.py" "$file" | jq -s 'map(select(.withheld)) | length')" -eq 2 ]
}

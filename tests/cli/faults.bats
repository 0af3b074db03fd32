#!/usr/bin/env bats
# Calls to the disk that fail, and kills: a sample, spread over all commands.
# "make soak" lets every single call go wrong.

load ../lib

shim=${DEED%/*}/tests/lib/faults.so

setup() {
	[ -e "$shim" ] || skip "there is no $shim: make unit-tests"
	! ldd "$DEED" | grep -q asan || skip 'a sanitizer lets nothing be preloaded'
	place=$BATS_TEST_TMPDIR
	[ ! -w /dev/shm ] || place=$(mktemp -d /dev/shm/deed-faults-XXXXXX)
}

teardown() {
	case ${place:-} in
	/dev/shm/*) rm -rf "$place" ;;
	esac
}

@test "faults: every command that records is attacked" {
	cd "$repo"
	for file in $(grep -lE 'record_(begin|commit)|store_begin|outgoing_|sync_|setup_init' cmd/*.c); do
		name=$(basename "$file" .c)
		grep -qE "^    \"[a-z]+\": .*\[\"$name\"" tests/lib/faults.py || {
			echo "$name is not among the commands of faults.py"
			false
		}
	done
	sed -n 's/^\(small\|large\|setting_up\)=//p' tests/soak/faults.bats | tr , '\n' | sort >"$BATS_TEST_TMPDIR/soaked"
	sed -n '/^COMMANDS/,/^}/s/^    "\([a-z]*\)":.*/\1/p' tests/lib/faults.py | sort >"$BATS_TEST_TMPDIR/known"
	cmp "$BATS_TEST_TMPDIR/soaked" "$BATS_TEST_TMPDIR/known"
}

@test "faults: kills leave the old state or the new one, and the next command goes on" {
	run -0 python3 "$repo/tests/lib/faults.py" "$DEED" "$shim" "$place" --every 89 --modes kill
}

@test "faults: so do calls that fail, and a disk that is full; nothing is claimed in vain" {
	run -0 python3 "$repo/tests/lib/faults.py" "$DEED" "$shim" "$place" --every 139 \
		--modes io,full,short
}

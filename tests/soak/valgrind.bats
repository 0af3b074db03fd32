#!/usr/bin/env bats
# The stories once more, each command under valgrind: no byte is read that was
# not written, none is lost.  Ten minutes.

load ../lib

@test "soak: the scenarios are clean under valgrind" {
	! ldd "$DEED" | grep -q asan || skip 'a sanitizer and valgrind exclude each other'
	cat >"$BATS_TEST_TMPDIR/deed" <<END
#!/bin/sh
exec valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \\
	--errors-for-leak-kinds=definite,indirect --suppressions=$repo/tests/soak/libraries.supp \\
	--log-file=$BATS_TEST_TMPDIR/log.%p "$DEED" "\$@"
END
	chmod +x "$BATS_TEST_TMPDIR/deed"
	DEED=$BATS_TEST_TMPDIR/deed bats --tap "$repo/tests/scenarios" >"$BATS_TEST_TMPDIR/tap" || status=$?
	find "$BATS_TEST_TMPDIR" -name 'log.*' -size +0 -exec cat {} + | head -60
	grep -A5 '^not ok' "$BATS_TEST_TMPDIR/tap" || true
	echo "# $(find "$BATS_TEST_TMPDIR" -name 'log.*' | wc -l) commands under valgrind" >&3
	[ "${status:-0}" -eq 0 ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name 'log.*' -size +0)" ]
}

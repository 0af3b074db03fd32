#!/bin/sh
# unit.sh FOLDER PROGRAM: run a program of unit tests, and put what it says, as
# TAP, into the folder.
name=$(basename "$2")
tap=$1/$name.tap
# what an older tree left
[ -e "tests/unit/$name.c" ] || [ -e "tests/fuzz/${name%_test}.c" ] || exit 0
CMOCKA_MESSAGE_OUTPUT=TAP "$2" >"$tap" 2>"$1/$name.log"
status=$?
[ "$status" -eq 0 ] || cat "$1/$name.log"
# cmocka calls what was skipped "not ok"
sed -i 's/^not \(ok [0-9]* # SKIP\)/\1/' "$tap"
# a crash or a leak fails no test by itself
if ! grep -q '^1\.\.' "$tap" || { [ "$status" -ne 0 ] && ! grep -q '^not ok' "$tap"; }; then
	echo "not ok 1 $name ended with status $status" >>"$tap"
fi

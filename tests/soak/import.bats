#!/usr/bin/env bats
# Exports of a gigabyte, each kind that is read as a stream, in 64 MB of memory.
# Five to ten minutes and 4 GB of disk.
load ../lib

setup() {
	sandbox
	export DEED_NOW=2026-11-23T12:00:00Z DEED_ORDER=FO1
	deed -q init
	deed -q open FO1
}

gigabyte() {
	local used

	sh "$repo/tests/lib/big-export.sh" "$1" 1024 >export
	used=$("$repo/tests/lib/memory.py" "$DEED" -q import export)
	echo "# $1: $used kB" >&3
	[ "$used" -lt 65536 ] || ldd "$DEED" | grep -q libasan
}

@test "import: a gigabyte of whatsapp in 64 MB" {
	gigabyte whatsapp
}

@test "import: a gigabyte of telegram in 64 MB" {
	gigabyte telegram
}

@test "import: a gigabyte of csv in 64 MB" {
	gigabyte csv
}

@test "import: a gigabyte of jsonl in 64 MB" {
	gigabyte jsonl
}

@test "import: a gigabyte of mbox in 64 MB" {
	gigabyte mbox
}

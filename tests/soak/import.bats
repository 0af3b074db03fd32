#!/usr/bin/env bats
# Exports of a gigabyte in 64 MB of memory, and of every kind more than that is.
# A quarter of an hour and 4 GB of disk.
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

@test "import: an export of any other kind is read in 64 MB, or refused by a limit" {
	local base kind used

	for file in "$repo"/tests/fuzz/corpus/intake/*.*; do
		base=${file##*/}
		kind=${base##*.}
		# those of WhatsApp are alike; a folder is in small files, what is
		# cut short is no JSON however long, and of nothing there is no more
		[[ $base != whatsapp-* && $kind != folder ]] || continue
		[[ $base != *-cut.json && $base != *-empty.json ]] || continue
		# some hold nothing that can be more than once
		"$repo/tests/lib/swell.py" "$file" 100 >"export.$kind" || continue
		if used=$("$repo/tests/lib/memory.py" "$DEED" -q import "export.$kind" 2>said); then
			echo "# $base: $used kB" >&3
			[ "$used" -lt 65536 ] || ldd "$DEED" | grep -q libasan
		else
			echo "# $base: refused" >&3
			grep -qE 'one (record has more than 16777216|message has more than 4194304) bytes' said
		fi
	done
}

@test "import: a million mails in 64 MB, though they must be sorted" {
	awk 'BEGIN {
		for (; i < 1000000; i++)
			printf "From a@b.example Fri Mar  1 10:00:00 2024\nFrom: a@b.example\n" \
			    "Subject: s\nMessage-ID: <%d@x>\nDate: Fri, %d Mar 2024 10:00:00 +0100\n\nx\n\n",
			    i, 1 + i * 7 % 28
	}' >export
	used=$("$repo/tests/lib/memory.py" "$DEED" -q import export)
	echo "# $used kB" >&3
	[ "$used" -lt 65536 ] || ldd "$DEED" | grep -q libasan
}

@test "import: an archive of more files than a folder may have is refused" {
	python3 -c '
import zipfile
with zipfile.ZipFile("export.zip", "w") as z:
    z.writestr("_chat.txt", "[13/01/2024, 10:00:00] Anna: hi\n")
    for i in range(200000):
        z.writestr("%d.jpg" % i, "")'
	run -2 --separate-stderr "$DEED" import export.zip
	[[ ${stderr_lines[0]} == *'holds more than 200000 files' ]]
}

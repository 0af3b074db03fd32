#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The record in other programs' formats, read back by other programs.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-23T10:00:00Z
	order --platform fiverr --buyer '=cmd|/c calc!A1' --title 'Page, "new"' \
		--requirement 'a page' --due 2026-12-01
	deed -q log -k message --from tom -m $'+1 for it\nand "more", so'
	deed -q deliver --covers r1 -m 'the page' -O "$HOME"
	deed -q submit
	deed -q open FO2 --platform upwork --title ordinary
	deed -q cancel --by buyer -o FO2 --reason '@SUM(1)'
}

@test "export: JSON has every order, its terms, clocks and entries as log shows them" {
	run -0 --separate-stderr deed export
	[ "${#lines[@]}" -eq 2 ]
	[ "$(jq -r .order <<<"$output" | sort | paste -sd,)" = FO1,FO2 ]
	run -0 --separate-stderr deed export -o FO1
	[ "$(get '.entries | length')" -eq 4 ]
	[ "$(get .terms.title)" = 'Page, "new"' ]
	[ "$(get '.requirements[0].delivered')" = d1 ]
	[ "$(get '.clocks[0].order')" = FO1 ]
	diff <(get '.entries[] | tojson' | sort) <(deed --json log -o FO1 | jq -c . | sort)
	[ "$(deed export -o FO1 -o FO2 -o FO1 | wc -l)" -eq 2 ]
	[ "$(deed --json export)" = "$(deed export --format json)" ]
}

@test "export: with -z each object ends in NUL" {
	deed -z export >out
	[ "$(tr -dc '\0' <out | wc -c)" -eq 2 ]
	[ "$(tr '\0' '\n' <out)" = "$(deed export)" ]
}

@test "export: CSV is read back, and holds no formula" {
	deed export --format csv >out.csv
	python3 - <<-'EOF'
		import csv
		raw = open("out.csv", newline="").read()
		assert "\n" not in raw.replace("\r\n", "").replace("for it\nand", ""), "line ends"
		rows = list(csv.DictReader(open("out.csv", newline="")))
		assert len(rows) == 6, len(rows)
		for row in rows:
		    for value in row.values():
		        assert value[:1] not in ("=", "+", "-", "@", "\t", "\r"), value
		first = [r for r in rows if r["order"] == "FO1"]
		assert first[0]["title"] == 'Page, "new"'
		assert first[0]["buyer"] == "'=cmd|/c calc!A1"
		assert first[1]["text"] == "'+1 for it\nand \"more\", so"
		assert [r["label"] for r in first if r["kind"] == "delivery"] == ["d1"]
		assert first[2]["sha256"] and first[2]["archive"].startswith("archives/")
	EOF
}

@test "export: CSV begins no cell as a spreadsheet would a formula" {
	texts=('=1+1' '+1' '-1' '@SUM(A1)' $'\t=1+1' ' =1+1' '"=1+1' $'two\n=1+1')
	for text in "${texts[@]}"; do deed -q log -k message -o FO1 -m "$text"; done
	deed export --format csv -o FO1 >out.csv
	python3 - "${texts[@]}" <<-'EOF'
		import csv, sys
		said = [row["text"] for row in csv.DictReader(open("out.csv", newline=""))]
		for text in sys.argv[1:]:
		    safe = "'" + text if text[0] in "=+-@\t" else text
		    assert any(s.strip("'").strip() == text.strip() for s in said), (text, said)
		    assert text not in said or text[0] not in "=+-@\t", text
	EOF
}

@test "export: CSV holds nothing a terminal would obey" {
	deed -q log -k message --from tom -m $'red \e[31m text'
	run -0 --separate-stderr deed export --format csv
	no_raw "${output//$'\r'/}"
}

@test "export: the calendar is that of due, folded and with UIDs of its own" {
	deed export --format ics >out.ics
	deed due --ics due.ics
	diff <(sort out.ics) <(sort due.ics)
	python3 - <<-'EOF'
		raw = open("out.ics", "rb").read()
		assert raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
		assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
		lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")
		uids = [l for l in lines if l.startswith("UID:")]
		assert uids and len(uids) == len(set(uids)) == lines.count("BEGIN:VEVENT")
		assert sum(l.startswith("DTSTAMP:") for l in lines) == len(uids)
	EOF
	deed export --format ics -o FO2 | grep -q FO2
	run -1 grep -q FO1 <(deed export --format ics -o FO2)
}

@test "export: an order that is not there, or a format, is refused" {
	refused export -o nothing
	refused export --format xml
}

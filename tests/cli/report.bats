#!/usr/bin/env bats
# report.pdf: the same as the page for venues that take nothing else.

load ../lib

setup() {
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	order --platform fiverr --title 'Landing page' --requirement 'a page'
	deed -q log -k message --from bob --channel fiverr \
		-m 'Please start. مرحبا، كيف حالك؟ 你好，我们开始吧。 नमस्ते 🙂'
	delivered --covers r1 -O ..
	python3 - <<-'P'
		import struct, zlib, random
		random.seed(1)
		def png(name, w, h):
		    rows = b"".join(b"\0" + random.randbytes(3 * w) for y in range(h))
		    chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
		    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0))
		        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
		png("wide.png", 900, 300)
		png("tall.png", 200, 900)
	P
	echo 'no picture at all' >broken.png
	for file in wide.png tall.png broken.png; do
		deed -q log -k file --attach $file
	done
}

limit() {
	mkdir -p "$HOME/.config/deed/platforms"
	cat >"$HOME/.config/deed/platforms/$1.yaml" <<-END
		profile: 1
		name: $1
		sources: {me: {title: a test}}
		values:
		  $2: {value: $3, unit: $4, source: me, as_of: "2026", confidence: high}
	END
}

pack() {
	rm -rf ../out ../case ../copy
	mkdir ../out ../case
	cp -r "$ledger" ../copy
	run -0 --separate-stderr deed --ledger ../copy -o FO1 --json dispute pack --yes -O ../out "$@"
	unzip -q ../out/*.zip -d ../case
	mv ../case/* ../case/package
	pdf=../case/package/data/report.pdf
}

pages() { pdfinfo "$1" | sed -n 's/^Pages: *//p'; }

@test "report.pdf: its text can be taken out, in any script" {
	pack
	pdftotext "$pdf" ../text
	for words in 'Landing page' 'Who vouches' 'How to check' '你好' 'नमस्ते' 'Page 1 of'; do
		grep -q "$words" ../text
	done
	grep -q 'حالك' ../text
	pdffonts "$pdf" | awk 'NR > 2 { print $(NF - 4) }' | sort -u | grep -qx yes
	[ "$(pdffonts "$pdf" | awk 'NR > 2 && $(NF - 4) != "yes"' | wc -l)" -eq 0 ]
}

@test "report.pdf: what is not Latin is shaped, not drawn letter by letter" {
	# one glyph for lam and alef, and for ka and ssa; a heh at the start, in the
	# middle and at the end of a word are three
	deed -q log -k message --from bob --channel fiverr -m 'لا ههه क्ष'
	pack
	[ -n "$(pdffonts "$pdf" | grep -i 'CJK')" ]
	python3 - "$pdf" <<-'END'
		import re, sys, zlib
		raw, text = open(sys.argv[1], "rb").read(), b""
		for m in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.S):
		    try:
		        text += zlib.decompress(m[1])
		    except zlib.error:
		        pass
		for letters in "\u0644\u0627", "\u0915\u094d\u0937":
		    one = letters.encode("utf-16-be").hex()
		    assert re.search(f"<(feff)?{one}>".encode(), text), letters
		assert len(set(re.findall(rb"(<[0-9a-f]+>) <0647>", text))) >= 3
	END
	pdftoppm -r 50 -png "$pdf" ../page
	[ "$(ls ../page*.png | wc -l)" -eq "$(pages "$pdf")" ]
}

@test "report.pdf: has an outline, page numbers and the exhibits' numbers" {
	pack
	python3 - "$pdf" <<-'END'
		import re, sys, zlib
		raw = open(sys.argv[1], "rb").read()
		assert b"/Outlines" in raw, "no outline"
		titles = re.findall(rb"/Title \(([^)]*)\)", raw)
		for want in b"In five lines", b"What happened", b"Exhibits", b"How to check":
		    assert want in titles, (want, titles)
	END
	pdftotext "$pdf" - | grep -q "Page $(pages "$pdf") of $(pages "$pdf")"
	pdftotext "$pdf" - | grep -q 'Exhibit E03: wide.png'
}

@test "report.pdf: pictures are in it, one that is none is told and does no harm" {
	pack
	[ "$(pdfimages -list "$pdf" | grep -c jpeg)" -ge 2 ]
	pdftotext "$pdf" - | grep -q 'broken.png'
}

@test "report.pdf: the same record gives the same bytes" {
	pack
	cp "$pdf" ../first.pdf
	TZ=Asia/Tokyo pack
	cmp "$pdf" ../first.pdf
}

@test "report.pdf: as many pages as a venue takes, and not one more" {
	pack --for paypal
	n=$(pages "$pdf")
	limit paypal pages.max "$n" pages
	pack --for paypal
	[ "$(get '.left_out | map(select(startswith("report.pdf"))) | length')" = 0 ]
	[ "$(pages "$pdf")" -eq "$n" ]
	limit paypal pages.max $((n - 1)) pages
	pack --for paypal
	[ "$(pages "$pdf")" -le $((n - 1)) ]
	get '.left_out[]' | grep -q '^report.pdf: the picture of exhibit'
}

@test "report.pdf: as many bytes as a venue takes, and not one more" {
	pack --for paypal
	n=$(stat -c %s "$pdf")
	limit paypal file.single.max "$n" bytes
	pack --for paypal
	[ "$(stat -c %s "$pdf")" -eq "$n" ]
	limit paypal file.single.max $((n - 1)) bytes
	pack --for paypal
	[ "$(stat -c %s "$pdf")" -lt "$n" ]
	limit paypal file.single.max $((n / 3)) bytes
	pack --for paypal
	[ "$(stat -c %s "$pdf")" -le $((n / 3)) ]
	get '.left_out[]' | grep -q '^report.pdf: the picture of exhibit'
	limit paypal file.single.max 10 bytes
	pack --for paypal
	[ ! -e "$pdf" ]
	get '.left_out[]' | grep -q 'does not fit, whatever is left out'
}

@test "report.pdf: a form gets one PDF for each field, together within its limits" {
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	pack --for stripe --claim not-delivered
	fields=../case/package/data/fields
	[ "$(find $fields -name '*pdf*' | wc -l)" -eq 3 ]
	[ "$(jq -r '.files | to_entries[] | .value' $fields/evidence.json | sort | tr '\n' ' ')" = \
		'customer_communication.pdf service_documentation.pdf uncategorized_file.pdf ' ]
	[ "$(cat $fields/*.pdf | wc -c)" -le 4500000 ]
	limit stripe pages.max 8 pages
	pack --for stripe --claim not-delivered
	total=0
	for file in $fields/*.pdf; do total=$((total + $(pages "$file"))); done
	[ "$total" -le 8 ]
	deed -q verify ../out/*.zip
}

@test "report.pdf: the files of a form together hold what they may, and not a byte or a page more" {
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	pack --for stripe --claim not-delivered
	fields=../case/package/data/fields
	[ "$(get '.left_out | map(select(test("pdf"))) | length')" -eq 0 ]
	bytes=$(cat $fields/*.pdf | wc -c)
	pages=0
	for file in $fields/*.pdf; do pages=$((pages + $(pages "$file"))); done
	most=$(stat -c %s $fields/*.pdf | sort -n | tail -n1)
	for limit in "file.total.max $bytes bytes" "pages.max $pages pages" "file.single.max $most bytes"; do
		limit stripe $limit
		pack --for stripe --claim not-delivered
		[ "$(cat $fields/*.pdf | wc -c)" -eq "$bytes" ]
		[ "$(get '.left_out | map(select(test("pdf"))) | length')" -eq 0 ]
	done
	limit stripe file.total.max $((bytes - 1)) bytes
	pack --for stripe --claim not-delivered
	[ "$(cat $fields/*.pdf | wc -c)" -lt "$bytes" ]
	limit stripe file.single.max $((most - 1)) bytes
	pack --for stripe --claim not-delivered
	[ "$(stat -c %s $fields/*.pdf | sort -n | tail -n1)" -lt "$most" ]
	limit stripe pages.max $((pages - 1)) pages
	pack --for stripe --claim not-delivered
	total=0
	for file in $fields/*.pdf; do total=$((total + $(pages "$file"))); done
	[ "$total" -lt "$pages" ]
	get '.left_out[]' | grep -q 'pdf: '
}

@test "report.pdf: without the helper the package is whole, and deed says so" {
	mkdir ../empty
	DEED_LIBEXEC=$(cd ../empty && pwd) pack
	[ ! -e "$pdf" ]
	[[ "$stderr" == *'the package has no PDF: deed-report is not installed'* ]]
	deed -q verify ../out/*.zip
}

@test "report.pdf: strangers' text turns nothing around" {
	deed -q log -k message -m "$(printf 'ab\342\200\256cd')"
	pack
	pdftotext "$pdf" - | grep -q 'ab\[U+202E\]cd'
}

# The words of a text, one a line: how they are broken does not matter.
words() { tr -s '[:space:]' '\n' | grep .; }

@test "report.pdf: says what the page says: lines, revisions, chats, and what is withheld" {
	deed -q revise --formal --fix 'the form fails on a phone' -m 'please mend it'
	deed -q log -m 'a private thought'
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect' '12/03/2026, 14:06 - Anna: my sister is ill' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	chat=$(deed --json log -k transcript | jq -r .entry)
	pack --withhold "${chat:0:12}:2: it is private"
	pdftotext -raw "$pdf" - | words | tr '\n' ' ' >../said
	for words in 'fix: the form fails on a phone' 'Looks perfect' 'message 2 is withheld: it is private' \
		'private notes stay with the seller' 'no outside anchor'; do
		grep -qF "$words" ../said
	done
	run -1 grep -q 'sister' ../said
	python3 - ../case/package/data/index.html ../said <<-'END'
		import html, re, sys
		page, said = open(sys.argv[1]).read(), open(sys.argv[2]).read()
		for part in re.findall("<dd>(.*?)</dd>", re.search('class="lines">(.*?)</dl>', page, re.S)[1], re.S)[:4]:
		    line = " ".join(html.unescape(re.sub("<[^>]*>", "", part)).split())
		    assert line in said.replace("\u2068", "").replace("\u2069", ""), line
	END
}

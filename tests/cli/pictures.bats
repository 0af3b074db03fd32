#!/usr/bin/env bats
# The pictures of the README: "make pictures" makes them.

load ../lib

# A sandbox, and what fixes time and chance in it.
fixed() {
	shim=${DEED%/*}/tests/lib/fixed.so
	[ -e "$shim" ] || skip "there is no $shim: make unit-tests"
	! ldd "$DEED" | grep -q asan || skip 'a sanitizer lets nothing be preloaded'
	sandbox
}

# An SVG without what changes with every change of a package.
steady() {
	sed -E 's/\b[0-9a-f]{8,64}\b/ID/g' "$1"
}

@test "pictures: the session drawn for README is what deed prints now" {
	fixed
	python3 "$repo/share/session.py" "$repo/README.md" "$DEED" "$shim" >new.svg
	diff <(steady "$repo/doc/session.svg") <(steady new.svg) || {
		echo 'make pictures'
		false
	}
}

@test "pictures: a session that shows something else is not drawn" {
	fixed
	printf '%s\n' '<!-- at: 2026-11-22T08:30:00Z -->' '```console' '$ echo one' two '```' >other.md
	run -1 --separate-stderr python3 "$repo/share/session.py" other.md "$DEED" "$shim"
	[ -z "$output" ]
	[[ $stderr == *'not as shown: two'*one* ]]
}

@test "pictures: wide characters take two columns, and colours those of the page" {
	sandbox
	printf '%s\n' '<!-- at: 2026-11-22T08:30:00Z -->' '```console' \
		"$ printf '\\346\\227\\245\\346\\234\\254x\\033[31mred<\\033[m\\n'" '```' >wide.md
	python3 "$repo/share/session.py" wide.md /bin/true /dev/null >wide.svg
	grep -q '<text x="18" y="[0-9]*" textLength="33.6" lengthAdjust="spacingAndGlyphs">日本</text>' wide.svg
	grep -q '<text x="51.6"[^>]*>x</text>' wide.svg
	grep -q '<text x="60"[^>]* class="f31">red&lt;</text>' wide.svg
}

@test "pictures: README shows them, with words for those who do not see them" {
	for picture in doc/session.svg doc/page.png; do
		[ -s "$repo/$picture" ]
		grep -Eq "<img src=\"$picture\"( width=\"[0-9]+\")?\$" "$repo/README.md"
		grep -A1 "src=\"$picture\"" "$repo/README.md" | grep -Eq '^ *alt="[^"]{60,}'
	done
	[ "$(stat -c %s "$repo/doc/session.svg")" -lt 60000 ]
	[ "$(stat -c %s "$repo/doc/page.png")" -lt 250000 ]
	run -1 grep -E '<script|<image|href|@import|url\(' "$repo/doc/session.svg"
	python3 -c '
import sys, xml.dom.minidom
xml.dom.minidom.parse(sys.argv[1])' "$repo/doc/session.svg"
}

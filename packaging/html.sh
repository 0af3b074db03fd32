#!/bin/sh
# SPDX-License-Identifier: ISC
#
# html.sh DIR CASE: the manual as pages that link to each other, index.html
# first, and beside them the page of a case, as a package holds it.
set -eu
out=${1:?usage: html.sh DIR CASE}
case=${2:?usage: html.sh DIR CASE}
mkdir -p "$out"
cat >"$out/manual.css" <<'END'
:root { color-scheme: light dark }
body { max-width: 46em; margin: 2em auto; padding: 0 1em;
	font: 16px/1.5 system-ui, sans-serif }
pre, code, .Li, .Dl, .Bd-indent { font-family: ui-monospace, monospace;
	font-size: .92em }
pre, .Dl { overflow-x: auto }
table.head, table.foot { width: 100%; opacity: .7; font-size: .85em }
td.head-rtitle, td.foot-os { text-align: right }
td.head-vol { text-align: center }
h1 { font-size: 1.15em; margin: 1.6em 0 .3em }
h2 { font-size: 1em }
a.permalink { color: inherit; text-decoration: none }
.Bl-tag > dd { margin: 0 0 .6em 2em }
.Bl-compact > dd { margin-bottom: 0 }
END
for page in man/*.[157]; do
	name=$(basename "$page")
	mandoc -T html -O style=manual.css,man=%N.%S.html "$page" >"$out/$name.html"
done
for page in "$out"/*.html; do
	sed -i "$(grep -o 'class="Xr" href="[^"]*"' "$page" |
		sed 's/.*href="//; s/"$//' | sort -u | while read -r link; do
		[ -e "$out/$link" ] ||
			printf 's|<a class="Xr" href="%s">\\([^<]*\\)</a>|\\1|g\n' "$link"
	done)" "$page"
done
{
	printf '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
	printf '<meta name="viewport" content="width=device-width">\n'
	printf '<title>deed: the manual</title>\n'
	printf '<link rel="stylesheet" href="manual.css">\n<h1>deed: the manual</h1>\n<dl>\n'
	for page in man/deed.1 man/deed-*.7 man/deed-*.1 man/deed-*.5; do
		[ -e "$page" ] || continue
		name=$(basename "$page")
		printf '<dt><a href="%s.html">%s(%s)</a></dt><dd>%s</dd>\n' "$name" \
			"${name%.*}" "${name##*.}" \
			"$(sed -n 's/^\.Nd //p' "$page")"
	done
	printf '</dl>\n<p><a href="case.html">A case</a>, as whoever decides about '
	printf 'it opens it: the page of the package that the demo makes.\n</html>\n'
} >"$out/index.html"
cp "$case" "$out/case.html"
echo "$out/index.html"

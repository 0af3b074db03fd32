#!/bin/sh
# SPDX-License-Identifier: ISC
#
# pictures.sh BUILD OUT: the pictures of the README, made of what deed prints
# now: its session, and the page of the package that the demo leaves.
set -eu
build=$(cd "${1:?usage: pictures.sh BUILD OUT}" && pwd)
out=$(cd "${2:?usage: pictures.sh BUILD OUT}" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)

python3 "$top/share/session.py" "$top/README.md" "$build/deed" \
	"$build/tests/lib/fixed.so" >"$out/session.svg.new"
mv "$out/session.svg.new" "$out/session.svg"

# The same demo every time, but for what changes in deed.
printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "$@"\n' \
	"$build/tests/lib/fixed.so" "$build/deed" >"$build/fixed-deed"
chmod +x "$build/fixed-deed"
(cd "$build" && sh "$top/share/demo.sh" "$build/fixed-deed" >demo.log 2>&1)

# From the title down to the first order's line of time.
browse() {
	node "$top/tests/lib/browse.js" "$build"/demo/case/*/data/index.html \
		--width 820 "$@"
}
# shellcheck disable=SC2016 # JavaScript
high=$(browse --eval \
	'Math.round(document.querySelector("#timeline svg").getBoundingClientRect().bottom + 70)' |
	sed 's/.*"value":\([0-9]*\).*/\1/')
browse --shot "$build/page.png" --height "$high" >/dev/null
pngquant --force --strip --speed 1 --output "$out/page.png" 64 "$build/page.png"

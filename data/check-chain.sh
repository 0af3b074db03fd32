#!/bin/sh
# check-chain.sh FILE [ID...]: prove the chain of an order file with nothing
# but sh, awk and sha256sum.  An entry's id is the SHA-256 of its envelope, the
# lines behind "---" up to "content:", which holds the SHA-256 of the lines
# below; a withheld entry has none.  Every id under "after:" must stand above,
# in stream order.  A tail that was cut off shows only if you know an ID in it.
set -eu
export LC_ALL=C
[ $# -gt 0 ] || { echo "usage: check-chain.sh FILE [ID...]" >&2; exit 2; }
exec <"$1"
[ -z "$(tail -c 1 "$1")" ] || { echo "$1: the last line is cut"; exit 1; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
file=$1
shift
file=$file tips=$* awk '
function no(line, why) { print ENVIRON["file"] ":" line ": " why; failed = 1; exit 1 }
BEGIN { split("deed:.1 kind:.[a-z]+ after:.\\[.*\\] recorded:.\"[0-9TZ:-]+\" content:.\"[0-9a-f]+\"", form) }
$0 == "---" { if (n && k < 6) no(NR, "the envelope above is cut"); close(out); out = ++n ".id"; at[n] = NR; k = 1; next }
k < 6 && $0 !~ "^" form[k] "$" { no(NR, "this is no line of an envelope") }
k == 3 { after[n] = substr($0, 7) }
k == 4 { key[n] = $2 }
k == 5 { content[n] = substr($2, 2, length($2) - 2) }
k == 6 { close(out); out = n ".content" }
{ print >out; k++ }
END {
	if (failed) exit 1
	if (k < 6) no(NR, "the last envelope is cut")
	close(out)
	while (("ls | xargs sha256sum" | getline) > 0) sum[$2] = $1
	for (i = 1; i <= n; i++) {
		id = sum[i ".id"]
		if (id in place) no(at[i], "entry " id " stands twice")
		place[id] = i; key[i] = key[i] id; last = 0
		if (!(i ".content" in sum)) withheld++
		else if (sum[i ".content"] != content[i]) no(at[i], "entry " id ": not its content")
		gsub(/[^0-9a-f]+/, " ", after[i])
		for (j = split(after[i], parent); j > 0; j--) {
			if (!(parent[j] in place)) no(at[i], "entry " id " names one that does not stand above: " parent[j])
			if (place[parent[j]] > last) last = place[parent[j]]
		}
		while (++last < i) if (key[last] > key[i]) no(at[i], "entry " id ": not in stream order")
	}
	for (j = split(ENVIRON["tips"], parent); j > 0; j--)
		if (!(parent[j] in place)) no(NR, "cut: there is no entry " parent[j])
	print "ok " n " entries, " withheld + 0 " withheld"
}'

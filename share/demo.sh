#!/bin/sh
# SPDX-License-Identifier: ISC
#
# demo.sh DEED: a freelancer's worst month, told with deed.  All of it happens
# in ./demo, with a home of its own; nothing of yours is read or touched.

set -eu
program=${1:?usage: demo.sh /path/to/deed}
case $program in
/*) ;;
*) program=$PWD/$program ;;
esac
top=$PWD/demo

if [ -e "$top" ] && [ ! -e "$top/.made-by-demo" ]; then
	echo "$top is there already, and not from an earlier demo" >&2
	exit 2
fi
rm -rf "$top"
mkdir -p "$top/home" "$top/uploads" "$top/desk"
: >"$top/.made-by-demo"

# Neither your settings nor a repository around this folder have a say.
for name in $(env | sed -n 's/^\(\(GIT\|DEED\|XDG\)_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
export HOME="$top/home" GIT_CONFIG_NOSYSTEM=1 TZ=UTC LC_ALL=C.UTF-8
git config --global user.name 'Jane Dev'
git config --global user.email jane@example.org
git config --global init.defaultBranch main

deed() {
	"$program" "$@"
}

say() {
	echo
	printf '%s\n' "$@"
}

# at TIME: it is then, for deed and for git.
at() {
	export DEED_NOW="$1" GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1"
	printf '\n\n=== %s\n' "$(date -u -d "$1" '+%A, %-d %B, %H:%M')"
}

# Show a command as one would type it, and run it.
run() {
	printf '\n$ %s\n' "$1"
	eval "$1" 2>&1
}

# The same where deed is to say no.
refused() {
	printf '\n$ %s\n' "$1"
	if eval "$1" 2>&1; then
		echo 'demo: this should have been refused' >&2
		exit 1
	fi
}

# The client's project: some history, binary files, names in several scripts.
make_project() {
	mkdir -p "$top/bakery/img"
	cd "$top/bakery"
	git init -q
	printf '<h1>Bäckerei Müller</h1>\n' >index.html
	git add .
	git commit -qm 'Start the page'
	seq 120000 | gzip -n >'img/Brötchen groß.jpg'
	printf '\211PNG\r\n\032\n\000\000' >img/パン.png
	printf 'body { color: #432 }\n' >style.css
	git add .
	git commit -qm 'Add pictures and style'
	git checkout -qb form
	printf '<form action="/order"></form>\n' >form.html
	git add .
	git commit -qm 'Add the order form'
	git checkout -q main
	git merge -q --no-ff -m 'Merge the form' form
	git tag v1
}

case_files() {
	printf '%s\n' 'I will build a landing page: responsive, with a form.' \
		'Two revisions. Texts and photos come from you.' \
		>"$top/desk/gig.txt"
	printf '\211PNG\r\n\032\n a screenshot of the chat \n' \
		>"$top/desk/five-stars.png"
	printf '%s\n' 'Subject: Your order was cancelled' '' \
		'The buyer reports that nothing was delivered.' \
		>"$top/desk/support.eml"
}

say 'Two orders in two weeks, made on GitHub, talked about on Zoom. The buyer' \
	'is pleased and leaves five stars. Then both orders are cancelled: "nothing' \
	'was delivered". This is that month, with deed.' '' \
	'(In this demo the clock is set by hand. deed notes that with each entry, and' \
	'the package says so.)'

at 2026-11-02T09:00:00Z
make_project
cd "$top/bakery"
case_files
say 'An order comes in. Its terms are frozen before the first line of work.'
run 'deed init'
run "deed open FO8154C2A7 --platform fiverr --contract gig --buyer anna \\
	--title 'Landing page' --price '250 USD' --due 2026-11-09 --revisions 2 \\
	--requirement 'a responsive landing page' --requirement 'an order form' \\
	--exclude 'texts and photos' --terms ../desk/gig.txt"

at 2026-11-03T10:30:00Z
say 'A call on Zoom. Nobody who decides a dispute will ever see it.'
run "deed log -k call --channel zoom --with anna --duration '30 min' \\
	-m 'We agreed on warm colours, and a field for the pick-up time.'"
say 'So deed nags until there is a recap on the platform.'
refused 'deed check'
run 'deed recap @'
say 'Pasted into the chat on the platform; recorded:'
run 'deed recap --posted @'

at 2026-11-07T16:00:00Z
say 'It is done, and on GitHub. Many would leave the delivery box blank now.'
refused "deed complete -m ''"
say 'Right. The exact commit is packed, and comes with the text for the box.'
run "deed deliver --ref v1 --covers r1,r2 -O ../uploads \\
	-m 'The page with its order form. Open index.html in a browser.'"
run "deed complete --submitted \\
	-m 'The landing page and the order form, as agreed. Open index.html.'"

at 2026-11-08T09:20:00Z
run "deed log -k message --channel fiverr --from anna --captured now \\
	--attach ../desk/five-stars.png -m 'Wonderful, exactly what I wanted!'"
run 'deed accept --kind button --from anna'
run "deed accept --kind review --from anna -m 'Five stars: fast and friendly.'"
say 'Complete? For the platform. The buyer can still dispute it, so for deed the' \
	'order is exposed.'
run 'deed status'

at 2026-11-09T09:00:00Z
say 'She orders again.'
run "deed open FO8154C2B9 --platform fiverr --contract gig --buyer anna \\
	--title 'Price list' --price '150 USD' --due 2026-11-16 \\
	--requirement 'a page with the price list'"
printf '<table><tr><td>Brezel</td><td>0,90</td></tr></table>\n' >preise.html
git add .
git commit -qm 'Add the price list'

at 2026-11-14T11:00:00Z
run "deed deliver --covers r1 -O ../uploads \\
	-m 'The price list, linked from the page. Open preise.html.'"
run "deed complete --submitted -m 'The page with the price list, as agreed.'"
run 'deed accept --kind button --from anna'

at 2026-11-22T08:10:00Z
say 'Two weeks after the five stars, a mail from support: both cancelled.'
for order in FO8154C2A7 FO8154C2B9; do
	run "deed -o $order cancel --by support --attach ../desk/support.eml \\
	--reason 'buyer reports that nothing was delivered'"
	run "deed -o $order dispute open --claim not-delivered --for fiverr \\
	-m 'She says that nothing was delivered.'"
done
run 'deed list'

at 2026-11-22T08:30:00Z
say 'One command, both orders, one package. What leaves is listed first.'
run 'deed -o FO8154C2A7 -o FO8154C2B9 dispute pack --yes -O ..' | tee "$top/said"
package=$(grep '^/.*\.zip$' "$top/said")
fingerprint=$(grep -oE '\b[0-9a-f]{64}$' "$top/said")
rm "$top/said"

say 'Is it whole, and the one whose fingerprint went with the ticket? deed says,' \
	'without the ledger and without the network:'
run "deed verify --fingerprint $fingerprint '$package'"

say 'Nobody has to trust deed with that. The package tells how to check it with' \
	'standard tools, HOW-TO-VERIFY.txt; typed in:'
mkdir "$top/case"
unzip -q "$package" -d "$top/case"
cd "$top"/case/*/
grep '^\$ ' data/HOW-TO-VERIFY.txt | cut -c3- >"$top/commands"
echo
while IFS= read -r command; do
	printf '$ %s\n' "$command"
	sh -c "$command" </dev/null >/dev/null
done <"$top/commands"
say 'All of them succeed.'
rm "$top/commands"

say 'One word is changed:'
cp -r . "$top/forged"
cd "$top/forged"
sed -i 's/price list/price tag/' data/orders/FO8154C2B9.yaml
refused 'deed verify .'
cd "$top"
rm -r "$top/forged"

say '=== That was the demo. It left:' '' \
	"$(find "$top/case" -name index.html)" \
	'	the case: open it in a browser, as a support agent would' \
	"$package" \
	'	the package, as it would be sent' \
	"$top/uploads" \
	'	what was uploaded to the platform' \
	"$HOME/.local/share/deed/ledger" \
	'	the record, an ordinary git repository: see git log'

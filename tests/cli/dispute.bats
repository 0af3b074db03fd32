#!/usr/bin/env bats
# deed dispute: recording a dispute, and what leaves in a package.

bats_require_minimum_version 1.5.0

setup() {
	mkdir "$BATS_TEST_TMPDIR/project" "$BATS_TEST_TMPDIR/home"
	cd "$BATS_TEST_TMPDIR/project" || return
	export HOME=$BATS_TEST_TMPDIR/home TZ=UTC LC_ALL=C.UTF-8
	export DEED_NOW=2026-11-01T09:00:00Z DEED_ORDER=FO1
	unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_DOWNLOAD_DIR DEED_DIR
	git config --global user.name "Jane Dev"
	git config --global user.email jane@example.com
	git init -q
	echo 'int main(void) { return 0; }' >main.c
	git add .
	git commit -qm one
	"$DEED" -q init
	"$DEED" -q open FO1 --platform fiverr --title 'Landing page' --due 2026-11-05 \
		--requirement 'a page' --requirement 'its sources'
	ledger=$HOME/.local/share/deed/ledger
	mkdir ../out
}

say() { "$DEED" -q log -k message "$@"; }

# Pack into ../out, unpack into ../case; $output is the JSON, $zip the package.
pack() {
	run -0 --separate-stderr "$DEED" --json dispute pack --yes -O ../out "$@" </dev/null
	zip=$(jq -r .package.path <<<"$output")
	rm -rf ../case
	unzip -q "$zip" -d ../unpacked
	mv ../unpacked/* ../case
	rmdir ../unpacked
}

gaps() { jq -r '.gaps[]' <<<"$output"; }

last() { "$DEED" --json log -n1 "$@" | jq -c .; }

commits() { git -C "$ledger" rev-list --count HEAD; }

@test "dispute: without a verb, it tells where it stands and what is next" {
	run -0 --separate-stderr "$DEED" --json dispute
	[ "$(jq -c '[.order, .state, .claim]' <<<"$output")" = '["FO1",null,null]' ]
	gaps | grep -q 'no delivery is recorded'
	jq -r '.next[]' <<<"$output" | grep -q 'deed dispute open'
	"$DEED" -q dispute open --claim late --due 2026-11-09
	run -0 --separate-stderr "$DEED" --json dispute
	[ "$(jq -c '[.state, .claim, .due]' <<<"$output")" = '["open","late","2026-11-09"]' ]
	jq -r '.next[]' <<<"$output" | grep -q 'deed dispute pack'
}

@test "dispute: opened, answered and closed, each an entry; the state follows" {
	run -0 --separate-stderr "$DEED" --json dispute open --claim not-delivered --for fiverr -m 'he says nothing came'
	[ "$(jq -r .kind <<<"$output")" = dispute ]
	[ "$(last | jq -c '.content | [.state, .claim, .venue, .text]')" = '["open","not-delivered","fiverr","he says nothing came"]' ]
	[ "$("$DEED" --json status | jq -r .state)" = disputed ]
	"$DEED" -q dispute answer -m 'here is what came'
	[ "$(last | jq -r .content.state)" = answered ]
	[ "$("$DEED" --json dispute | jq -r .state)" = answered ]
	"$DEED" -q dispute close --outcome 'paid in full'
	[ "$(last | jq -c '.content | [.state, .outcome]')" = '["closed","paid in full"]' ]
	[ "$("$DEED" --json status | jq -r .state)" = exposed ]
}

@test "dispute: a claim nobody knows is refused, with the nearest" {
	before=$(commits)
	run -2 --separate-stderr "$DEED" dispute open --claim not-deliverd
	[[ "$stderr" == *'did you mean "not-delivered"?'* ]]
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out --claim nonsense
	[[ "$stderr" == *'claims are: not-delivered, not-as-described, late, quality, scope, unauthorised, refund-after-use'* ]]
	[ "$(commits)" = "$before" ]
	[ -z "$(ls ../out)" ]
}

@test "dispute: every claim of the manual can be made" {
	for claim in not-delivered not-as-described late quality scope unauthorised refund-after-use; do
		DEED_NOW=2026-11-02T0$((n += 1)):00:00Z pack --claim "$claim"
		grep -q 'class="claim">It answers the claim' ../case/data/index.html
		[ "$(last -k package | jq -r '.content.claims[0]')" = "$claim" ]
	done
}

@test "dispute: an option that its verb does not know is an error" {
	for words in 'open --yes' 'answer --claim late' 'close --due tomorrow' '--yes' 'pack --outcome x' 'pack -m x'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$DEED" dispute $words </dev/null
		[[ "$stderr" == *'does not go with dispute'* ]]
	done
}

@test "dispute pack: an unknown venue is refused, before anything is written" {
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out --for mars
	[[ "$stderr" == *'no venue "mars"'* ]]
	[ -z "$(ls ../out)" ]
}

@test "dispute pack: without a terminal and --yes it lists what would leave, and writes nothing" {
	before=$(commits)
	run -2 --separate-stderr "$DEED" dispute pack -O ../out </dev/null
	[ -z "$output" ]
	[[ "$stderr" == *"packed for Any reader into "*/out:*"data/orders/FO1.yaml"* ]]
	[[ "$stderr" == *"Entries of FO1, in full: "*"Order agreed"* ]]
	[[ "$stderr" == *"--yes"* ]]
	[ -z "$(ls ../out)" ]
	[ "$(commits)" = "$before" ]
}

@test "dispute pack: on a terminal it asks" {
	script -qec "$DEED dispute pack -O ../out" /dev/null <<<n >../said || true
	grep -q 'Pack it?' ../said
	[ -z "$(ls ../out)" ]
	script -qec "$DEED dispute pack -O ../out" /dev/null <<<y >../said
	[ "$(find ../out -type f | wc -l)" -eq 1 ]
}

@test "dispute pack: prints the package, exhibits, gaps and what is withheld" {
	"$DEED" -q log -m 'between us'
	pack
	[ "$(jq -r '[.package | keys[]] | sort | join(" ")' <<<"$output")" = "fingerprint path sha256 size" ]
	[ "$zip" = "$(cd ../out && pwd)/FO1-evidence-20261101T090000Z.zip" ]
	[ "$(sha256sum <"$zip" | cut -c1-64)" = "$(jq -r .package.sha256 <<<"$output")" ]
	[ "$(stat -c %s "$zip")" = "$(jq -r .package.size <<<"$output")" ]
	[ "$(sha256sum <../case/root.txt | cut -c1-64)" = "$(jq -r .package.fingerprint <<<"$output")" ]
	[ "$(jq -r .withheld <<<"$output")" = 1 ]
	[ "$(jq -c '.exhibits[0] | keys' <<<"$output")" = '["grade","id","path","title"]' ]
	for path in $(jq -r '.exhibits[].path' <<<"$output"); do
		[ -f "../case/$path" ]
	done
}

@test "dispute pack: as text it prints the path, and tells the fingerprint" {
	run -0 --separate-stderr "$DEED" dispute pack --yes -O ../out
	[ "$output" = "$(cd ../out && pwd)/FO1-evidence-20261101T090000Z.zip" ]
	root=$(unzip -p "$output" '*/root.txt' | sha256sum | cut -c1-64)
	[[ "$stderr" == *"$root"* ]]
	DEED_NOW=2026-11-01T09:00:01Z run -0 --separate-stderr "$DEED" -q dispute pack --yes -O ../out
	[ -z "$output$stderr" ]
}

@test "dispute pack: never over a file that is there" {
	pack
	before=$(sha256sum <"$zip")
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out
	[[ "$stderr" == *exists* ]]
	[ "$(sha256sum <"$zip")" = "$before" ]
	[ "$(find ../out -type f | wc -l)" -eq 1 ]
}

@test "dispute pack: the same record packed at the same time is the same package" {
	"$DEED" -q deliver -m 'the page, as agreed' -O ..
	cp -r "$ledger" ../again
	pack
	mkdir ../out2
	run -0 --separate-stderr env TZ=Asia/Tokyo "$DEED" --ledger ../again --json dispute pack --yes -O ../out2
	cmp "$zip" "$(jq -r .package.path <<<"$output")"
}

@test "dispute pack: it goes to -O, else deed.outbox, else the downloads, else here" {
	mkdir ../box
	git config deed.outbox ../box
	"$DEED" -q dispute pack --yes
	[ -f ../box/FO1-evidence-20261101T090000Z.zip ]
	git config --unset deed.outbox
	mkdir "$HOME/Downloads"
	"$DEED" -q dispute pack --yes
	[ -f "$HOME/Downloads/FO1-evidence-20261101T090000Z.zip" ]
	rm -r "$HOME/Downloads"
	"$DEED" -q dispute pack --yes
	[ -f FO1-evidence-20261101T090000Z.zip ]
}

@test "dispute pack: a package entry in every order, in one commit" {
	DEED_ORDER=FO2 "$DEED" -q open FO2 --platform fiverr
	before=$(commits)
	pack -o FO1 -o FO2 --claim not-delivered
	[ "$(basename "$zip")" = FO1-and-1-evidence-20261101T090000Z.zip ]
	[ "$(commits)" -eq $((before + 1)) ]
	for order in FO1 FO2; do
		[ "$(last -o $order | jq -r .kind)" = package ]
		[ "$(last -o $order | jq -c '.content | [.name, .sha256, .size, .fingerprint, .venue, .claims, .orders]')" = \
			"$(jq -c '[(.package.path | split("/") | last | rtrimstr(".zip")), .package.sha256, .package.size, .package.fingerprint, "generic", ["not-delivered"], ["FO1", "FO2"]]' <<<"$output")" ]
	done
	git -C "$ledger" log -1 --format=%B | git interpret-trailers --parse | grep -c '^Deed-Order: FO[12]$' | grep -qx 2
	[ -z "$(git -C "$ledger" status --porcelain)" ]
	"$DEED" verify
	[ -f ../case/data/orders/FO1.yaml ] && [ -f ../case/data/orders/FO2.yaml ]
	gaps | grep -q '^FO1: no delivery is recorded'
	gaps | grep -q '^FO2: no delivery is recorded'
}

@test "dispute pack: notes and earlier packages leave as envelopes, and are counted" {
	say -m 'a word that travels'
	"$DEED" -q log -m 'a word for myself'
	pack
	first=$(jq -r .package.fingerprint <<<"$output")
	grep -q 'a word that travels' ../case/data/orders/FO1.yaml
	run -1 grep -rq 'a word for myself' ../case
	[ "$(grep -c '^kind: note$' ../case/data/orders/FO1.yaml)" -eq 1 ]
	DEED_NOW=2026-11-02T09:00:00Z pack
	[ "$(jq -r .withheld <<<"$output")" = 2 ]
	run -1 grep -rq "$first" ../case
	"$DEED" verify "$zip"
}

@test "dispute pack: --withhold leaves out an entry, its files, and what corrects it" {
	echo 'a contract of mine' >contract.txt
	say -m 'see attached, my secret plan' --attach contract.txt
	entry=$(last | jq -r .entry)
	"$DEED" -q correct "${entry:0:12}" --set 'text=my better secret plan' -m 'a secret slip'
	say -m 'a word that travels'
	pack --withhold "${entry:0:12}"
	[ "$(jq -r .withheld <<<"$output")" = 2 ]
	run -1 grep -rq 'secret' ../case
	run -1 grep -rq 'a contract of mine' ../case
	grep -q 'a word that travels' ../case/data/index.html
	grep -q 'withheld by hand, without a reason' ../case/data/index.html
	"$DEED" verify "$zip"
}

@test "dispute pack: a correction of a private note stays with it" {
	"$DEED" -q log -m 'our secret'
	"$DEED" -q correct @ --set 'text=our small secret' -m 'a slip in a secret'
	pack
	[ "$(jq -r .withheld <<<"$output")" = 2 ]
	run -1 grep -rq 'secret' ../case
}

@test "dispute pack: what to withhold must exist, in one order only" {
	DEED_ORDER=FO2 "$DEED" -q open FO2
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out --withhold d7
	[[ "$stderr" == *'no entry "d7" to withhold'* ]]
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out -o FO1 -o FO2 --withhold @
	[[ "$stderr" == *'several orders have an entry "@"'* ]]
	[ -z "$(ls ../out)" ]
}

@test "dispute pack: what speaks for the other side stays in" {
	"$DEED" -q cancel --by buyer --reason 'it came too late'
	DEED_NOW=2026-11-08T09:00:00Z "$DEED" -q deliver -m 'the page, as agreed' -O ..
	pack
	[ "$(jq -r .adverse <<<"$output")" = 2 ]
	grep -q 'it came too late' ../case/data/index.html
	grep -q 'it came too late' ../case/data/statement.txt
	grep -q 'after the due date' ../case/data/index.html
}

@test "dispute pack: gaps are named" {
	"$DEED" -q log -k call --channel zoom --at 2026-11-03 -m 'about colours'
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1 -O ..
	pack
	gaps >../gaps
	grep -qx 'requirement r2 is in no delivery' ../gaps
	grep -qx 'no submission is recorded for d1' ../gaps
	grep -qx 'no acknowledgement of delivery d1 exists' ../gaps
	grep -qx 'the call of 3 Nov 2026 has no recap' ../gaps
	[ "$(wc -l <../gaps)" -eq 4 ]
	while read -r gap; do grep -qF "$gap" ../case/data/index.html; done <../gaps
	while read -r gap; do grep -qF "$gap" ../case/data/statement.txt; done <../gaps
}

@test "dispute pack: what is mended is no gap" {
	"$DEED" -q log -k call --channel zoom --at 2026-11-03 -m 'about colours'
	"$DEED" -q recap @ --posted -m 'we spoke about colours'
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1,r2 -O ..
	"$DEED" -q submit d1
	"$DEED" -q accept d1 -m 'fine'
	pack
	[ -z "$(gaps)" ]
	grep -q 'found none' ../case/data/index.html
}

@test "dispute pack: a file that is not on this machine is a gap, not an error" {
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1,r2 -O ..
	rm -rf "$ledger/.git/lfs/objects"
	archive=$(echo "$ledger"/archives/*/FO1/*.zip)
	git -C "$ledger" cat-file blob "HEAD:${archive#"$ledger"/}" >../pointer
	chmod u+w "$archive"
	cp ../pointer "$archive"
	pack
	gaps | grep -qx 'the bytes of delivery d1 are not on this machine'
	[ "$(ls ../case/data/deliveries)" = FO1-delivery-1.sha256sums ]
	"$DEED" verify "$zip"
}

@test "dispute pack: a file that is not the recorded one is refused, and nothing is left" {
	echo 'the terms' >terms.txt
	"$DEED" -q log -k file --attach terms.txt
	for file in "$ledger"/archives/*/FO1/*.txt; do
		chmod u+w "$file"
		rm "$file"
		echo 'THE TERMS' >"$file"
	done
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out
	[[ "$stderr" == *'not the file that was recorded'* ]]
	[ -z "$(ls -A ../out)" ]
	[ "$(last | jq -r .kind)" = file ]
}

# A chat of two lines, imported; $chat is its entry.
import_chat() {
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect, thank you' \
		'12/03/2026, 14:06 - Jane: You are welcome' >chat.txt
	"$DEED" -q import --tz UTC --date-order dmy chat.txt
	chat=$(last -k transcript | jq -r .entry)
}

@test "dispute pack: a line of a chat that is cited is quoted, with the exhibit it is in" {
	import_chat
	"$DEED" -q accept --cites "$chat:1" -m 'she was pleased'
	pack
	tr -d '\n' <../case/data/index.html |
		grep -qE '<blockquote dir="auto">Looks perfect, thank you</blockquote><p class="note"><bdi>Anna</bdi>, 12 Mar 2026, 14:05 UTC; line 1 of <a href="#E02">'
	grep -q 'In the chat, Anna: "Looks perfect, thank you"' ../case/data/statement.txt
	[ "$(jq -r '.exhibits[1] | [.id, .grade, .path] | join(" ")' <<<"$output")" = 'E02 counterpart data/transcripts/E02-chat.zip' ]
	"$DEED" verify "$zip"
}

@test "dispute pack: what a withheld chat says is quoted nowhere" {
	import_chat
	"$DEED" -q accept --cites "$chat:1" -m 'she was pleased'
	pack --withhold "${chat:0:12}"
	run -1 grep -rq 'Looks perfect' ../case
	[ ! -e ../case/data/transcripts ]
	grep -q 'she was pleased' ../case/data/index.html
}

@test "dispute pack: names of files are made harmless, and kept in words" {
	name='-rf %41 "q" & (x) Größe.txt'
	echo evil >"$name"
	"$DEED" -q log -k file --attach "./$name"
	pack
	ls ../case/data/exhibits
	[ "$(ls ../case/data/exhibits)" = E02-rf-41-q-x-Gr-e.txt ]
	jq -r '.exhibits[].title' <<<"$output" | grep -qF 'Größe.txt'
	python3 "$BATS_TEST_DIRNAME/../lib/validate-bag.py" ../case
}

@test "index.html: strangers' text is text, whatever it is" {
	say --from '<script>alert(1)</script>' -m '</style><img src=x onerror=alert(1)> "quoted" & '"$(printf 'ab\342\200\256cd \033[31m')"
	"$DEED" -q correct @ --set 'channel="><b>' -m '<i>why</i>' || true
	pack
	page=../case/data/index.html
	[ "$(grep -c '<script' "$page")" -eq 1 ] # its own
	run -1 grep -qiE '<script>alert|<img|<b>"|<i>' "$page"
	grep -qF '&lt;img src=x onerror=alert(1)&gt;' "$page"
	run -1 grep -qP '[\x{202a}-\x{202e}\x{2066}-\x{2069}]' "$page"
	run -1 env LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$page"
}

@test "index.html: its policy allows its own style sheet and script, and nothing else" {
	pack
	page=../case/data/index.html
	python3 - "$page" <<-'END'
		import base64, hashlib, re, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		style = re.search("<style>(.*?)</style>", text, re.S)[1]
		script = re.search("<script>(.*?)</script>", text, re.S)[1]
		digest = lambda t: "sha256-" + base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()
		want, own = digest(style), digest(script)
		policy = re.search('Content-Security-Policy" content="([^"]*)"', text)[1]
		assert policy == f"default-src 'none'; style-src '{want}'; script-src '{own}'; base-uri 'none'; form-action 'none'", policy
		assert " style=" not in text and "://" not in text
	END
}

@test "index.html: every element is closed, every link leads somewhere" {
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1 -O ..
	"$DEED" -q accept d1 -m 'fine'
	"$DEED" -q dispute open --claim quality
	pack
	(
		cd ../case/data
		python3 - <<-'END'
			import html.parser, os, urllib.parse
			void = {"meta", "br", "hr", "img", "link", "input"}
			class Check(html.parser.HTMLParser):
			    open, ids, links = [], set(), []
			    def handle_starttag(self, tag, attrs):
			        attrs = dict(attrs)
			        if "id" in attrs:
			            assert attrs["id"] not in self.ids, attrs["id"]
			            self.ids.add(attrs["id"])
			        if "href" in attrs:
			            self.links.append(attrs["href"])
			        if tag not in void:
			            self.open.append(tag)
			    def handle_endtag(self, tag):
			        assert self.open.pop() == tag, tag
			check = Check()
			check.feed(open("index.html", encoding="utf-8").read())
			assert not check.open
			for link in check.links:
			    if link.startswith("#"):
			        assert link[1:] in check.ids, link
			    else:
			        assert os.path.isfile(urllib.parse.unquote(link)), link
			assert len(check.links) > 12
		END
	)
}

@test "index.html: says who vouches, that no anchor covers an entry, and what was not checked" {
	say --channel fiverr -m 'please start'
	pack
	page=../case/data/index.html
	grep -q 'On the platform' "$page"
	grep -q "Seller&#39;s word\|Seller's word" "$page"
	grep -q 'no outside anchor' "$page"
	grep -q 'look up on fiverr: order FO1, message of 2026-11-01 09:00 UTC; not checked by deed' "$page"
	grep -q 'keep two records and show one' "$page"
	grep -q 'clock given by hand' "$page"
}

@test "index.html: gaps stand first in what was agreed" {
	"$DEED" -q deliver -m 'the page, as agreed' --covers r1 -O ..
	pack
	grep -o '<b>r[12]</b>' ../case/data/index.html | tr '\n' ' ' | grep -qx '<b>r2</b> <b>r1</b> '
}

@test "statement.txt: no hexadecimal, no long digits, and what the judge can see comes first" {
	"$DEED" -q deliver -m "commit $(git rev-parse HEAD), call me on 004915112345678" -O ..
	"$DEED" -q submit d1
	pack
	statement=../case/data/statement.txt
	run -1 grep -qE '[0-9]{7,}|[0-9a-f]{8,}' "$statement"
	[ "$(grep -n 'What you can see yourself' "$statement" | cut -d: -f1)" -lt "$(grep -n 'What happened' "$statement" | cut -d: -f1)" ]
	grep -q 'look up on fiverr: order FO1, submission of 2026-11-01 09:00 UTC' "$statement"
}

@test "dispute pack: a date alone is the day it was written, in any zone" {
	TZ=Asia/Tokyo say --channel fiverr --at 2026-10-30 -m 'please start'
	pack
	grep -q '<span>30 Oct 2026</span>' ../case/data/index.html
	grep -q '30 Oct 2026: Message' ../case/data/statement.txt
}

@test "dispute pack: a package the ledger could not note is not left behind" {
	lock=$ledger/.git/$(git -C "$ledger" symbolic-ref HEAD).lock
	touch "$lock"
	run -2 --separate-stderr "$DEED" dispute pack --yes -O ../out
	[ -z "$output" ]
	[ -z "$(ls -A ../out)" ]
	rm "$lock"
	pack
	[ "$(last | jq -r .content.name)" = FO1-evidence-20261101T090000Z ]
}

@test "dispute pack: a full disk leaves neither package nor entry" {
	head -c 3000000 /dev/urandom >big.bin
	"$DEED" -q log -k file --attach big.bin
	before=$(commits)
	# shellcheck disable=SC2016
	run -2 --separate-stderr bash -c \
		'trap "" XFSZ; ulimit -f 1000; "$DEED" dispute pack --yes -O ../out'
	[[ "$stderr" == *'File too large'* ]]
	[ "$(commits)" = "$before" ]
	[ -z "$(find ../out -type f)" ]
}

@test "dispute pack: names of orders that are long, or look alike when made plain, are kept apart" {
	long=$(printf 'A%.0s' {1..64})
	for id in "$long" B--1 B-1; do
		"$DEED" -q open "$id"
		for n in 1 2; do
			echo "$id $n" >main.c
			"$DEED" -q -o "$id" deliver main.c -m 'the first version, ready to run'
		done
	done
	"$DEED" -o "$long" -o B--1 -o B-1 -q dispute pack --yes --deliveries all -O ../out
	zip=$(echo ../out/*.zip)
	[ "$(unzip -l "$zip" | grep -c 'data/deliveries/.*-delivery-[12].zip$')" = 6 ]
	"$DEED" verify "$zip"
}

@test "dispute pack: backslashes in names of what was delivered, also at their end, are kept" {
	printf 1 >'a\b'
	yes | head -c 300000 >'end\'
	printf 3 >'end\\'
	chmod +x 'end\\'
	"$DEED" -q deliver 'a\b' 'end\' 'end\\' main.c -m 'the first version, ready to run' 2>/dev/null
	"$DEED" -q dispute pack --yes --deliveries all -O ../out
	zip=$(echo ../out/*.zip)
	"$DEED" verify "$zip"
	unzip -q "$zip" -d ../out
	cd ../out/*/ || return
	[ "$(grep -c '^\\' data/deliveries/*.sha256sums)" = 3 ]
	sed -n 's/^\$ //p' data/HOW-TO-VERIFY.txt >../steps
	while IFS= read -r line; do
		env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null
	done <../steps
	cp -r "$OLDPWD" ../unpacked
	cd ../unpacked || return
	run -0 --separate-stderr "$DEED" --json match "$(echo ../FO1*/data/deliveries/*.zip)"
	[ "$(jq -r .result <<<"$output")" = bytes ]
}

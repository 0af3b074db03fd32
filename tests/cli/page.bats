#!/usr/bin/env bats
# index.html as a browser shows it: quiet, harmless, quick, and able to check
# the package it came in.

load ../lib
load ../lib/relist

# One package for all tests; each works on a copy.
setup_file() {
	command -v chromium >/dev/null || skip "no chromium"
	export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	ssh-keygen -q -t ed25519 -N '' -f ../key
	git config --global deed.signingkey "$(cd .. && pwd)/key.pub"
	order --platform fiverr --title '</title><script>alert(1)</script>' --due 2026-11-05 \
		--requirement '<img src=x onerror=alert(2)>'
	deed -q log -k message --from '"><svg onload=alert(3)>' --channel fiverr -m '</blockquote><script>alert(4)</script>'
	delivered --covers r1 -O ..
	printf '%s\n' '12/03/2026, 14:05 - Anna: Looks perfect <script>alert(5)</script>' \
		'12/03/2026, 14:06 - <b>Jane</b>: https://example.org/track.png' >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	chat=$(deed --json log -k transcript | jq -r .entry)
	deed -q accept --cites "$chat:1" -m 'she was pleased'
	deed -q log -m 'a private thought'
	printf 'no picture <script>alert(6)</script>' >'"><img src=x onerror=alert(7)>.png'
	base64 -d >small.png <<-'END'
		iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==
	END
	deed -q log -k file --attach small.png --attach '"><img src=x onerror=alert(7)>.png'
	deed --json dispute pack --yes -O .. >../packed.json 2>/dev/null
	zip=$(jq -r .package.path ../packed.json)
	mv "$zip" ../package.zip
	unzip -q ../package.zip -d ../unpacked
	mv ../unpacked/* ../case
}

setup() {
	top=$BATS_FILE_TMPDIR
	page=$top/case/data/index.html
	cd "$BATS_TEST_TMPDIR" || return
}

browse() {
	run -0 node "$repo/tests/lib/browse.js" "$@"
}

@test "page: asks for nothing, says nothing to the console, runs nobody's script" {
	browse "$page"
	[ "$(get '.requests | length')" -eq 0 ]
	[ "$(get '.said | length')" -eq 0 ]
	browse "$page" --eval "document.querySelectorAll('script').length + ' ' + document.querySelectorAll('iframe, object, link').length + ' ' + document.querySelectorAll('[onerror], [onload]').length"
	[ "$(get .value)" = '1 0 0' ]
	grep -q '&lt;script&gt;alert(5)' "$page"
}

@test "page: what an entry cites is marked in the chat" {
	browse "$page" --eval "[...document.querySelectorAll('.talk .cited')].map((e) => e.textContent).join('|')"
	[[ "$(get .value)" == Anna*'cited by an entry of'*'Looks perfect'* ]]
	browse "$page" --eval "document.querySelectorAll('.talk li:not(.day)').length"
	[ "$(get .value)" -eq 2 ]
}

@test "page: the reader's own time stands beside UTC" {
	browse "$page" --zone Asia/Kolkata --eval "document.querySelector('.when .here').textContent"
	[[ "$(get .value)" == *'2:30'*'your time'* ]]
	browse "$page" --zone UTC --eval "document.querySelectorAll('.here').length"
	[ "$(get .value)" -eq 0 ]
}

@test "page: a picture among the exhibits is shown small, out of the page itself" {
	browse "$page" --eval "[...document.querySelectorAll('img')].map((i) => i.closest('li').id + ' ' + i.src.slice(0, 23) + ' ' + i.naturalWidth + ' ' + !!i.alt + ' ' + i.parentNode.getAttribute('href')).join('|')"
	[[ "$(get .value)" =~ ^E0[0-9]' data:image/jpeg;base64, 2 true exhibits/E0'[0-9]-small.png$ ]]
	[ "$(get '.requests | length')" -eq 0 ]
	grep -o 'Content-Security-Policy" content="[^"]*' "$page" | grep -q "img-src data:; base-uri"
}

@test "page: an entry that is not here says why, and has its anchor" {
	browse "$page" --eval "document.querySelector('.fact.withheld .marks').textContent"
	[[ "$(get .value)" == 'private notes stay with the seller'*'no outside anchor'*'entry '* ]]
}

@test "page: sums up in five lines, and gives each fact a grade and its anchor" {
	browse "$page" --eval "document.querySelectorAll('#summary .lines > div').length + ' ' + document.querySelectorAll('.life .clock').length"
	[ "$(get .value)" = '5 1' ]
	browse "$page" --eval "[...document.querySelectorAll('.fact')].filter((f) => !/outside anchor|existed by/.test(f.textContent) || !f.matches('.withheld') && !f.querySelector('.grade')).length"
	[ "$(get .value)" = 0 ]
}

@test "page: the picture of the order's life names what it shows, and links to it" {
	browse "$page" --eval "[...document.querySelectorAll('.life a')].map((a) => !!document.querySelector(a.getAttribute('href')) + a.querySelector('title').textContent).join('|')"
	[[ "$(get .value)" == *'trueDelivery d1'* ]]
	browse "$page" --eval "document.querySelector('.life svg').getAttribute('aria-label')"
	[ -n "$(get .value)" ]
}

@test "page: nothing is wider than a phone or a laptop" {
	for width in 390 1100; do
		browse "$page" --width $width --eval "document.documentElement.scrollWidth"
		[ "$(get .value)" -le $width ]
	done
}

# Texts that are hard to read on what is behind them, by the rule of WCAG 2:
# below 4.5 to 1.
faint() {
	browse "$page" "$@" --eval "(() => {
		const rgb = (s) => s.match(/[0-9.]+/g).map(Number);
		const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const behind = (e) => {
			for (; e; e = e.parentElement) {
				const c = rgb(getComputedStyle(e).backgroundColor);
				if (c.length === 3 || c[3] === 1)
					return c;
			}
			return [255, 255, 255];
		};
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		while (walk.nextNode()) {
			const e = walk.currentNode.parentElement;
			if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest('script, svg title'))
				continue;
			const style = getComputedStyle(e), ink = rgb(e.closest('svg') ? style.fill : style.color);
			const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x);
			if ((a + 0.05) / (b + 0.05) < 4.5)
				found.push(((a + 0.05) / (b + 0.05)).toFixed(1) + ' ' + walk.currentNode.data.trim().slice(0, 40));
		}
		return getComputedStyle(document.body).backgroundColor + '|' + found.join('|');
	})()"
	get .value
}

@test "page: can be read by day, by night and on paper" {
	run faint
	echo "$output"
	[[ "$output" == rgb\(2[0-9][0-9],*'|' ]]
	run faint --dark
	echo "$output"
	[[ "$output" == rgb\(2[0-9],*'|' ]]
	for by in '' --dark; do
		run faint --media print $by
		echo "$output"
		[ "$output" = 'rgb(255, 255, 255)|' ]
	done
}

@test "page: can be read without scripts" {
	shown="(() => [document.body.innerText.includes('Looks perfect'),
		[...document.querySelectorAll('section')].every((s) => s.checkVisibility()), document.getElementById('drop').checkVisibility()].join(' '))()"
	browse "$page" --no-script --eval "$shown"
	[ "$(get .value)" = 'true true false' ]
	[ "$(get '.said | length')" -eq 0 ]
}

@test "page: on paper it fits the sheet, and leaves out what paper cannot do" {
	browse "$page" --media print --width 670 --eval "document.documentElement.scrollWidth <= 670"
	[ "$(get .value)" = true ]
	browse "$page" --media print --eval "['nav', '#drop', '.skip'].some((s) => document.querySelector(s).checkVisibility())"
	[ "$(get .value)" = false ]
	browse "$page" --pdf printed.pdf
	pdftotext printed.pdf - >printed
	for words in 'Order FO1' 'What happened' 'Looks perfect' 'HOW-TO-VERIFY.txt'; do
		grep -qi "$words" printed || { echo "not printed: $words"; false; }
	done
}

@test "page: every part can be reached by keyboard, and has a name" {
	browse "$page" --eval "[...document.querySelectorAll('section')].every((s) => document.getElementById(s.getAttribute('aria-labelledby'))) && document.activeElement === document.body && !!document.querySelector('a.skip') && ![...document.querySelectorAll('[tabindex]')].length && [...document.querySelectorAll('input')].every((i) => i.ariaLabel)"
	[ "$(get .value)" = true ]
}

@test "page: says whose word its own check is, what it cannot check, and what can" {
	browse "$page" --eval "document.getElementById('drop').innerText"
	for words in 'came from the one who wants to prove something' 'the commands in HOW-TO-VERIFY.txt are of your own system' \
		'It cannot check: time stamps'; do
		[[ "$(get .value)" == *"$words"* ]]
	done
}

@test "page: a good package is told to be one, with its signature and fingerprint" {
	browse "$page" --drop "$top/package.zip"
	[ "$(get .verdict)" = 'No fault was found in what this page can check.' ]
	[ "$(get '.checks | map(select(startswith("fail"))) | length')" -eq 0 ]
	get '.checks[]' | grep -q "fingerprint: $(jq -r .package.fingerprint "$top/packed.json")"
	get '.checks[]' | grep -q "root.txt.sig: signed by $(ssh-keygen -lf "$top/key.pub" | cut -d' ' -f2)"
	get '.checks[]' | grep -q 'data/orders/FO1.yaml: 7 entries'
	[ "$(get '.requests | length')" -eq 0 ]
	[ "$(get '.said | length')" -eq 0 ]
}

# damaged NAME WORDS: with this file changed as the command on stdin says.
damaged() {
	rm -rf bad bad.zip
	mkdir bad
	unzip -q "$top/package.zip" -d bad
	(
		cd bad/* || return
		eval "$2"
	)
	(cd bad && zip -qr ../bad.zip .)
	browse "$page" --drop bad.zip
	[[ "$(get .verdict)" == *'found.' && "$(get .verdict)" != No* ]]
	get '.checks[] | select(startswith("fail"))' | grep -q "^fail $1"
}

@test "page: a damaged package is told from a good one, with the file named" {
	damaged data/statement.txt 'echo >>data/statement.txt'
	damaged data/deliveries/FO1-delivery-1.zip 'rm data/deliveries/FO1-delivery-1.zip'
	damaged data/extra.txt 'echo more >data/extra.txt'
	damaged root.txt 'sed -i s/payload/Payload/ root.txt'
	damaged data/orders/FO1.yaml 'sed -i "s/pleased/angry/" data/orders/FO1.yaml; sed -i "s/^[0-9a-f]*  data.orders/$(sha256sum <data/orders/FO1.yaml | cut -c1-64)  data\/orders/" manifest-sha256.txt'
	get '.checks[]' | grep -q '^fail data/orders/FO1.yaml: entry 5 was changed'
	damaged root.txt.sig 'ssh-keygen -q -t ed25519 -N "" -f ../k; echo other | ssh-keygen -q -Y sign -f ../k -n deed >root.txt.sig; rm ../k ../k.pub'
}

# As somebody would who knows how: without the signature, with lists made anew.
relisted() {
	damaged "$1" 'rm root.txt.sig data/proofs/allowed_signers
		'"$2"'
		relist'
}

@test "page: lists that were made anew do not hide what was changed" {
	order=data/orders/FO1.yaml
	relisted $order 'sed -i s/pleased/angry/ data/orders/FO1.yaml'
	relisted $order 'echo hello >data/orders/FO1.yaml'
	get '.checks[]' | grep -q 'it does not begin with an entry'
	relisted $order 'sed -i s/^recorded:/Recorded:/ data/orders/FO1.yaml'
	get '.checks[]' | grep -q 'entry 1 has no such envelope'
	relisted $order 'cat data/orders/FO1.yaml >x; cat x >>data/orders/FO1.yaml; rm x'
	get '.checks[]' | grep -q 'entry 8 stands twice'
	relisted data/exhibits/E99-more.txt 'echo more >data/exhibits/E99-more.txt'
	relisted data/deliveries/FO1-delivery-1.zip 'echo >>data/deliveries/FO1-delivery-1.zip'
	relisted data/orders 'rm -r data/orders'
	relisted bagit.txt 'sed -i s/1.0/0.97/ bagit.txt'
}

@test "page: a signature that was taken away is missed" {
	damaged root.txt.sig 'rm root.txt.sig'
	get '.checks[]' | grep -q 'the package was signed, and this is missing'
}

@test "page: what is no package is an answer, not a crash" {
	echo text >text.zip
	head -c 3000 "$top/package.zip" >cut.zip
	echo x >x
	zip -q other.zip x
	for file in text.zip cut.zip other.zip; do
		browse "$page" --drop $file
		[ "$(get .verdict)" = 'This could not be read as a package.' ]
		[ "$(get '.said | length')" -eq 0 ]
	done
}

@test "page: 10,000 messages and 100 deliveries open in under two seconds" {
	export BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/large
	mkdir "$BATS_TEST_TMPDIR"
	project
	order --requirement 'a page'
	python3 - <<-'P'
		with open("chat.txt", "w") as f:
		    for i in range(10000):
		        f.write(f"{i % 28 + 1:02}/{i // 1000 + 1:02}/2025, {i % 24:02}:{i % 60:02} - {'Anna' if i % 2 else 'Jane'}: message {i}, of the usual length that people write\n")
	P
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	for i in $(seq 100); do
		echo "$i" >part.txt
		deed -q deliver -m "part $i of the page, as we agreed" part.txt -O .. >/dev/null 2>&1
	done
	deed -q dispute pack --yes -O .. 2>/dev/null
	unzip -q ../*evidence*.zip -d ../case
	browse ../case/*/data/index.html --eval "document.querySelectorAll('.talk li:not(.day)').length + ' ' + document.querySelectorAll('.fact').length"
	[ "$(get .value)" = '10000 102' ]
	echo "# load: $(get .load) ms"
	[ "$(get .load)" -lt 2000 ]
	[ "$(get '.said | length')" -eq 0 ]
}

@test "page: a name written from right to left does not turn the words around it" {
	export BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/arabic
	mkdir "$BATS_TEST_TMPDIR"
	project
	order --platform fiverr --buyer 'أحمد العلي' --requirement 'نموذج طلب'
	delivered --covers r1 -O ..
	deed -q accept --from 'أحمد العلي' -m 'ممتاز'
	deed -q dispute pack --yes -O .. 2>/dev/null
	unzip -q ../*evidence*.zip -d ../case
	browse ../case/*/data/index.html --eval "(() => {
		const dd = [...document.querySelectorAll('.lines dd')].find((e) => e.textContent.includes('accepted in words'));
		const walk = document.createTreeWalker(dd, NodeFilter.SHOW_TEXT), left = [];
		while (walk.nextNode()) {
			const r = document.createRange();
			r.selectNodeContents(walk.currentNode);
			left.push(r.getClientRects()[0].left);
		}
		return left.every((x, i) => i === 0 || x > left[i - 1]);
	})()"
	[ "$(get .value)" = true ]
}

@test "page: of a long chat it shows first what is cited, and what was said around it" {
	export BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/long
	mkdir "$BATS_TEST_TMPDIR"
	project
	export DEED_NOW=2026-11-01T09:00:00Z
	order
	for i in $(seq 10 99); do
		printf '12/10/2026, 14:%02d - %s: message %d\n' $((i % 60)) "$([ $((i % 2)) = 0 ] && echo Anna || echo Jane)" "$i"
	done >chat.txt
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	chat=$(deed --json log -k transcript | jq -r .entry)
	deed -q accept --cites "$chat:40" -m 'said so'
	deed -q dispute pack --yes -O .. --withhold "${chat:0:12}:41: it names a child" 2>/dev/null
	unzip -q ../*evidence*.zip -d ../case
	browse ../case/*/data/index.html --eval "[...document.querySelectorAll('ol.talk:not(details *) > li')].map((e) => e.className + ':' + e.textContent).join('|')"
	[[ "$(get .value)" == 'day:12 Oct 2026|'*'message 47|'*'message 48|cited'*'message 49|gone:message 41 is withheld: it names a child|'*'message 51' ]]
	browse ../case/*/data/index.html --eval "document.querySelectorAll('details .talk li:not(.day)').length"
	[ "$(get .value)" -eq 90 ]
}

@test "page: who wrote in a chat was not silent" {
	export BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/silent
	mkdir "$BATS_TEST_TMPDIR"
	project
	DEED_NOW=2026-10-01T09:00:00Z order
	for day in $(seq 2 12); do
		printf '%02d/10/2026, 14:05 - Anna: hello\n' "$day"
	done >chat.txt
	export DEED_NOW=2026-10-20T09:00:00Z
	deed -q import --tz UTC --date-order dmy chat.txt 2>/dev/null
	deed -q deliver -m 'the first version, ready' -O .. 2>/dev/null
	deed -q dispute pack --yes -O .. 2>/dev/null
	unzip -q ../*evidence*.zip -d ../case
	browse ../case/*/data/index.html --eval "[...document.querySelectorAll('.life .silence')].map((e) => e.textContent).join('|')"
	[ "$(get .value)" = '7 days silent' ]
}

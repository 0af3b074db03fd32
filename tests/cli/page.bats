#!/usr/bin/env bats
# index.html as a browser shows it: quiet, harmless, quick, and able to check
# the package it came in.

load ../lib

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
	browse "$page" --eval "document.querySelectorAll('script').length + ' ' + document.querySelectorAll('img, iframe, object, link').length + ' ' + document.querySelectorAll('[onerror], [onload]').length"
	[ "$(get .value)" = '1 0 0' ]
	grep -q '&lt;script&gt;alert(5)' "$page"
}

@test "page: what an entry cites is marked in the chat" {
	browse "$page" --eval "[...document.querySelectorAll('.talk .cited')].map((e) => e.textContent).join('|')"
	[[ "$(get .value)" == Anna*'cited by an entry of'*'Looks perfect'* ]]
	browse "$page" --eval "document.querySelectorAll('.talk li').length"
	[ "$(get .value)" -eq 2 ]
}

@test "page: the reader's own time stands beside UTC" {
	browse "$page" --zone Asia/Kolkata --eval "document.querySelector('.when .here').textContent"
	[[ "$(get .value)" == *'2:30'*'your time'* ]]
	browse "$page" --zone UTC --eval "document.querySelectorAll('.here').length"
	[ "$(get .value)" -eq 0 ]
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

@test "page: every part can be reached by keyboard, and has a name" {
	browse "$page" --eval "[...document.querySelectorAll('section')].every((s) => document.getElementById(s.getAttribute('aria-labelledby'))) && document.activeElement === document.body && !!document.querySelector('a.skip') && ![...document.querySelectorAll('[tabindex]')].length && [...document.querySelectorAll('input')].every((i) => i.ariaLabel)"
	[ "$(get .value)" = true ]
}

@test "page: a good package is told to be one, with its signature and fingerprint" {
	browse "$page" --drop "$top/package.zip"
	[ "$(get .verdict)" = 'No fault was found in what this page can check.' ]
	[ "$(get '.checks | map(select(startswith("fail"))) | length')" -eq 0 ]
	get '.checks[]' | grep -q "fingerprint: $(jq -r .package.fingerprint "$top/packed.json")"
	get '.checks[]' | grep -q "root.txt.sig: signed by $(ssh-keygen -lf "$top/key.pub" | cut -d' ' -f2)"
	get '.checks[]' | grep -q 'data/orders/FO1.yaml: 5 entries'
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
		printf '{"kind":"message","text":"we spoke of part %d"}\n' "$i"
	done >lines
	for i in $(seq 100); do
		echo "$i" >part.txt
		deed -q deliver -m "part $i of the page, as we agreed" part.txt -O .. >/dev/null 2>&1
	done
	deed -q dispute pack --yes -O .. 2>/dev/null
	unzip -q ../*evidence*.zip -d ../case
	browse ../case/*/data/index.html --eval "document.querySelectorAll('.talk li').length + ' ' + document.querySelectorAll('.fact').length"
	[ "$(get .value)" = '10000 102' ]
	echo "# load: $(get .load) ms"
	[ "$(get .load)" -lt 2000 ]
	[ "$(get '.said | length')" -eq 0 ]
}

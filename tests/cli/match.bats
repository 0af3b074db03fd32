#!/usr/bin/env bats
# deed match: what a file that came back has to do with what was delivered.

load ../lib

setup() {
	project
	printf '#!/bin/sh\n' >run.sh
	chmod +x run.sh
	git add .
	git commit -qm 'and how to run it'
	order
}

@test "match: the same bytes, the same content in another container, or what differs" {
	deed -q deliver -m 'the first version, ready to run'
	zip=$(echo "$ledger"/archives/*/FO1/*.zip)
	cp "$zip" back.zip
	run -0 --separate-stderr deed --json match back.zip
	[ "$(get '[.result, .delivery] | join(" ")')" = 'bytes d1' ]
	mkdir content
	unzip -qq back.zip -d content
	run -0 --separate-stderr deed --json match content
	[ "$(get '[.result, .delivery] | join(" ")')" = 'content d1' ]
	tar -czf again.tar.gz -C content .
	(cd content && zip -qr0 ../again.zip .)
	for container in again.tar.gz again.zip; do
		run -0 --separate-stderr deed --json match "$container"
		[ "$(get .result)" = content ]
	done
	rm content/run.sh
	echo x >>content/main.c
	echo new >content/new
	run -1 --separate-stderr deed --json match content
	[ "$(keys)" = 'changed delivery only_here only_there result' ]
	[ "$(get '[.result, .delivery] | join(" ")')" = 'differs d1' ]
	[ "$(get '[.only_here, .only_there, .changed] | tostring')" = '[["new"],["run.sh"],["main.c"]]' ]
	run -1 --separate-stderr deed match content
	[[ $output == *new*run.sh*main.c* || $output == *main.c* ]]
}

@test "match: without a delivery, or a file, it could not be told" {
	refused match gone
	[[ $stderr == *gone* ]]
	run --separate-stderr deed match main.c
	[ "$status" -ne 0 ]
	deed -q deliver -m 'the first version, ready to run'
	before=$(snapshot)
	head -c 100 "$(echo "$ledger"/archives/*/FO1/*.zip)" >cut.zip
	run --separate-stderr deed match cut.zip
	[ "$status" -ne 0 ]
	[ "$before" = "$(snapshot)" ]
}

@test "match: a delivery somebody wrote without an archive or a list is no reason to stop" {
	by_hand delivery 'label: d1' 'text: handed over on a stick'
	run -1 --separate-stderr deed --json match main.c
	[ "$(get '[.result, .delivery] | tostring')" = '["differs",null]' ]
	by_hand delivery 'label: d2' "archive: {sha256: \"$(sha256sum <main.c | cut -c1-64)\"}"
	run -0 --separate-stderr deed --json match main.c
	[ "$(get '[.result, .delivery] | join(" ")')" = 'bytes d2' ]
	run -1 --separate-stderr deed --json match run.sh
	[ "$(get '[.result, .delivery] | join(" ")')" = 'differs d2' ]
}

@test "match: what only begins like an archive is a file among others" {
	deed -q deliver -m 'the first version, ready to run'
	for magic in '\037\235\213' '\037\213\010' 'BZh9' 'PK\003\004' '\3757zXZ\000' '7z\274\257\047\034'; do
		# shellcheck disable=SC2059 # octal on purpose
		printf "$magic" >back.bin
		run --separate-stderr deed --json match back.bin
		case $status in
		1) [ "$(get .result)" = differs ] ;;
		2) [[ $stderr == *back.bin* ]] ;;
		*) false ;;
		esac
	done
}

@test "match: of several deliveries it names the one, or the nearest" {
	deed -q deliver -m 'the first version, ready to run'
	cp "$ledger"/archives/*/FO1/*.zip first.zip
	echo more >>main.c
	git commit -qam more
	deed -q deliver -m 'the second version, ready to run'
	run -0 --separate-stderr deed match first.zip
	[[ $output == *d1* ]]
	mkdir back
	cp main.c run.sh back
	echo yours >>back/main.c
	run -1 --separate-stderr deed --json match back
	[ "$(get '.changed | tojson')" = '["main.c"]' ]
}

@test "match: where libarchive cannot be loaded, what needs it says so, and the rest works" {
	ldd "$DEED" 2>&1 | grep -q libgit2 || skip 'all is inside'
	deed -q deliver -m 'the first version, ready to run'
	tar -czf back.tar.gz main.c run.sh
	mkdir lib
	echo none >lib/libarchive.so.13
	export LD_LIBRARY_PATH=$PWD/lib
	run -2 --separate-stderr deed match back.tar.gz
	[[ $stderr == 'deed: cannot read archives: '*libarchive.so.13* ]]
	[[ $stderr == *'hint: install libarchive'* ]]
	deed -q log -k message -m 'got it'
}

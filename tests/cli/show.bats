#!/usr/bin/env bats
# deed show: one entry.

load ../lib

setup() {
	project
	order --platform fiverr
}

@test "show: has the keys of the design" {
	run -0 --separate-stderr deed --json show @
	for key in order entry kind label recorded happened grade withheld content; do
		[ "$(get "has(\"$key\")")" = true ]
	done
	[ "$(get .withheld)" = false ]
	[ "$(get '.content | keys_unsorted[0]')" = nonce ]
}

@test "show: without a word it is the newest entry" {
	deed -q log -k message -m hi
	[ "$(deed --json show)" = "$(deed --json show @)" ]
	[ "$(deed --json show | jq -r .content.text)" = hi ]
}

@test "show: a delivery by its label, with its archive" {
	delivered 2>/dev/null
	run -0 --separate-stderr deed --json show d1
	[ "$(get .kind)" = delivery ]
	[ "$(get .label)" = d1 ]
	[[ $(get .content.archive.sha256) =~ ^[0-9a-f]{64}$ ]]
}

@test "show: a delivery with the names of its files" {
	mkdir -p 'a folder'
	echo x >'a folder/grün.txt'
	deed -q deliver main.c 'a folder' -m 'the first version, ready to run'
	run -0 --separate-stderr deed --json show d1
	[ "$(get '.holds | tojson')" = '["a folder/grün.txt","main.c"]' ]
	run -0 --separate-stderr deed show d1
	[[ $output == *$'holds 2 files\n\n  a folder/grün.txt\n  main.c' ]]
}

@test "show: an archive or attached file, by its path or its SHA-256, shows the entry that holds it" {
	delivered 2>/dev/null
	echo picture >shot.png
	deed -q log -k file --attach shot.png
	run -0 --separate-stderr deed --json show d1
	entry=$(get .entry)
	path=$(get .content.archive.path)
	for word in "$(get .content.archive.sha256)" "$path" "$ledger/$path" "${path##*/}"; do
		[ "$(deed --json show "$word" | jq -r .entry)" = "$entry" ]
	done
	[ "$(deed --json show "$(sha256sum <shot.png | cut -c1-64)" | jq -r .kind)" = file ]
	refused show "${path%.zip}"
	refused show "$ledger"
}

@test "show: for people it says who vouches, and where to look it up" {
	deed -q submit --at 2026-11-23T10:15:00Z
	run -0 --separate-stderr deed show @
	[[ $output == *'look up'*FO1*2026-11-23*10:15*'not checked by deed'* ]]
	[[ $output == *'happened: "2026-11-23T10:15:00Z"'* ]]
}

@test "show: a label that two entries bear is refused bare, and shown with a suffix" {
	python3 - "$ledger"/orders/*/FO1.yaml <<-'END'
		import hashlib, re, sys
		path = sys.argv[1]
		text = open(path).read()
		last = hashlib.sha256(re.findall(r"---\n((?:.*\n){5})", text)[-1].encode()).hexdigest()
		ids = []
		out = []
		for n in "12":
		    body = 'nonce: "%s"\nhappened: "2026-11-22T00:00:00Z"\nby: x\nlabel: m1\nname: part %s\n' % (n * 32, n)
		    env = ('deed: 1\nkind: milestone\nafter: ["%s"]\nrecorded: "2030-01-01T00:00:00Z"\ncontent: "%s"\n'
		           % (last, hashlib.sha256(body.encode()).hexdigest()))
		    ids.append(hashlib.sha256(env.encode()).hexdigest())
		    out.append((ids[-1], "---\n" + env + body))
		open(path, "a").write("".join(piece for _, piece in sorted(out)))
		print(*ids)
	END
	git -C "$ledger" commit -qam 'two milestones, two laptops'
	run -0 --separate-stderr deed --json log -k milestone
	jq -r .label <<<"$output" | sort >labels
	[ "$(wc -l <labels)" -eq 2 ]
	[ "$(grep -cE '^m1~[0-9a-f]{4}$' labels)" -eq 2 ]
	refused show m1
	[[ $stderr == *"$(sed -n 1p labels)"* ]]
	[[ $stderr == *"$(sed -n 2p labels)"* ]]
	run -0 --separate-stderr deed --json show "$(sed -n 1p labels)"
	run -0 --separate-stderr deed log -k milestone -m next
	[ "$output" = m2 ]
}

@test "show: a withheld entry is its envelope" {
	deed -q log -k message -m secret
	id=$(deed --json show @ | jq -r .entry)
	deed -q log -k message -m after
	python3 - "$ledger"/orders/*/FO1.yaml <<-'END'
		import sys
		path = sys.argv[1]
		pieces = open(path).read().split("---\n")
		pieces[2] = "".join(line + "\n" for line in pieces[2].split("\n")[:5])
		open(path, "w").write("---\n".join(pieces))
	END
	git -C "$ledger" commit -qam withheld
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get '[.withheld, .content, .kind] | tojson')" = '[true,null,"message"]' ]
	[ "$(get .happened)" = "$(get .recorded)" ]
	run -0 --separate-stderr deed show "$id"
	[[ $output == *withheld* ]]
	run -0 --separate-stderr deed log
	refused correct "$id" --set text=x -m why
	deed -q log -k message -m 'it goes on'
	ledger_is_clean
}

@test "show: unknown entries are refused, with what to do next" {
	refused show d9
	[[ $stderr == *'deed log'* ]]
	refused show ffffffffff
	refused show @~7
}

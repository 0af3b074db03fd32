#!/usr/bin/env bats
# deed correct: a correction beside the original.

load ../lib

setup() {
	project
	order --platform fiverr --price '250 USD'
	deed -q log -k message -m 'helo' --from bob --channel fiverr
}

@test "correct: the original stays, what counts is the correction" {
	id=$(deed --json show @ | jq -r .entry)
	run -0 --separate-stderr deed --json correct @ --set text=hello -m 'a typo'
	[ "$(get .kind)" = correction ]
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get .content.text)" = hello ]
	[ "$(get .content.from)" = bob ]
	[ "$(get .corrected)" = true ]
	grep -qx 'text: helo' "$ledger"/orders/*/FO1.yaml
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.target)" = "$id" ]
	[ "$(get .content.set.text)" = hello ]
	[ "$(get .content.text)" = 'a typo' ]
	ledger_is_clean
}

@test "correct: needs its reason, and something to correct" {
	refused correct @ --set text=hello
	[[ $stderr == *-m* ]]
	refused correct @ --set text=hello -m ' '
	refused correct @ -m why
	[[ $stderr == *--set* ]]
	refused correct -m why --void
}

@test "correct: --void takes an entry out of the count, and stays visible" {
	id=$(deed --json show @ | jq -r .entry)
	deed -q correct @ --void -m 'never happened'
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get .voided)" = true ]
	run -0 --separate-stderr deed log
	[[ $output == *voided* ]]
}

@test "correct: a voided void does not count" {
	id=$(deed --json show @ | jq -r .entry)
	deed -q correct "$id" --void -m 'a mistake'
	deed -q correct @ --void -m 'it did happen'
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get '.voided // false')" = false ]
}

@test "correct: the state follows" {
	deed -q cancel --by support
	run -0 --separate-stderr deed --json status
	[ "$(get .state)" = cancelled ]
	deed -q correct @ --void -m 'wrong order'
	run -0 --separate-stderr deed --json status
	[ "$(get .state)" = open ]
}

@test "correct: terms of the order, deep keys included" {
	deed -q correct @~1 --set 'price=300 USD' --set party.name='Bob Buyer' --set due=2026-12-24 -m 'as the page says'
	run -0 --separate-stderr deed --json show @~2
	[ "$(get .content.price)" = '300 USD' ]
	[ "$(get .content.party.name)" = 'Bob Buyer' ]
	run -0 --separate-stderr deed --json status
	[ "$(get .due)" = 2026-12-24T00:00:00Z ]
	refused correct @~2 --set price=lots -m why
	refused correct @~2 --set nonce=00 -m why
	refused correct @~2 --set by=me -m why
}

@test "correct: what is replaced keeps its type" {
	echo 'int main(void) { return 0; }' >main.c
	deed -q deliver -m 'the first version, ready to run' main.c
	deed -q correct d1 --set archive.files=2 --set submitted.by=me -m 'counted again'
	run -0 --separate-stderr deed --json show d1
	[ "$(get '.content.archive.files | tojson')" = 2 ]
	refused correct d1 --set archive.files=two -m why
	refused correct d1 --set archive.sha256=abc -m why
	refused correct d1 --set archive=abc -m why
	refused correct d1 --set label=first -m why
	refused correct "$(deed --json log -k order | jq -r .entry)" --set id=FO2 -m why
	"$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "correct: the later of two corrections decides" {
	id=$(deed --json show @ | jq -r .entry)
	deed -q correct "$id" --set text=one -m first
	deed -q correct "$id" --set text=two -m second
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get .content.text)" = two ]
	deed -q correct @ --void -m 'no, the first'
	run -0 --separate-stderr deed --json show "$id"
	[ "$(get .content.text)" = one ]
}

@test "correct: when it happened can be corrected, and the replay follows" {
	deed -q log -k message -m second
	deed -q correct @ --set happened=2026-01-01T00:00:00Z -m 'it was earlier'
	run -0 --separate-stderr deed --json log -r -k message
	[ "$(jq -r .content.text <<<"$output" | xargs)" = 'second helo' ]
}

@test "correct: entries are meant by prefix, newest, label; ambiguous ones are named" {
	run -0 --separate-stderr deed --json show @
	id=$(get .entry)
	for word in "${id:0:4}" "$id" "${id^^}" @ @~0; do
		run -0 --separate-stderr deed --json show "$word"
		[ "$(get .entry)" = "$id" ]
	done
	run -0 --separate-stderr deed --json show @~
	[ "$(get .kind)" = order ]
	for word in "${id:0:3}" @~2 @~-1 '@~ 1' @~x '@ ' d1 r9 '' "${id}0" xyzw; do
		refused show "$word"
	done
}

@test "correct: a prefix that two entries share is refused with both" {
	# pigeonholes: 65,536 prefixes of four digits, so a shared one is soon found
	for i in $(seq 40); do
		echo "message $i"
	done >/dev/null
	python3 - "$ledger"/orders/*/FO1.yaml <<-'END' >shared || true
		import hashlib, re, sys
		path = sys.argv[1]
		text = open(path).read()
		last = re.findall(r"---\n((?:.*\n){5})", text)[-1]
		after = hashlib.sha256(last.encode()).hexdigest()
		seen = {}
		pieces = []
		parent = after
		n = 0
		while True:
		    body = f'nonce: "{n:032x}"\nhappened: "2026-11-22T00:00:00Z"\nby: x\ntext: t{n}\n'
		    env = ('deed: 1\nkind: message\nafter: ["%s"]\nrecorded: "2030-01-01T00:00:00Z"\ncontent: "%s"\n'
		           % (parent, hashlib.sha256(body.encode()).hexdigest()))
		    id = hashlib.sha256(env.encode()).hexdigest()
		    if id[:4] in seen:
		        first = seen[id[:4]]
		        break
		    seen[id[:4]] = (env, body, id)
		    n += 1
		open(path, "a").write("---\n" + first[0] + first[1] + "---\n" + env + body)
		print(id[:4], first[2][:8], id[:8])
	END
	git -C "$ledger" commit -qam 'two more'
	read -r prefix one two <shared
	refused show "$prefix"
	[[ $stderr == *"$one"* ]]
	[[ $stderr == *"$two"* ]]
	run -0 deed --json show "$one"
}

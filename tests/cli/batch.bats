#!/usr/bin/env bats
# deed log --batch: entries from JSON lines, all of them in one commit or none.

load ../lib

setup() {
	project
	order --platform fiverr --buyer bob
	deed -q open FO2
	deed -q switch FO1
}

# It failed: with this sentence, and the ledger is as it was before.
refused() {
	local before

	before=$(snapshot)
	run -2 --separate-stderr deed log --batch
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "deed: $1" ] || {
		echo "$stderr"
		return 1
	}
	[ "$(snapshot)" = "$before" ]
	ledger_is_clean
}

@test "batch: each line is an entry, all in one commit, a short id printed for each" {
	head=$(git -C "$ledger" rev-parse HEAD)
	run -0 --separate-stderr deed log --batch <<'END'
{"kind":"message","text":"the colours are wrong","from":"bob","channel":"fiverr","happened":"2026-03-01T10:00:00Z"}

{"text":"call him tomorrow"}
{"kind":"call","with":"bob","channel":"zoom","duration":"45 min","off_platform":true,"text":"Header\nin blue","order":"FO2"}
END
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == *note* ]]
	[ "$(git -C "$ledger" rev-parse HEAD~1)" = "$head" ]
	[ "$(git -C "$ledger" log -1 --format=%s)" = 'log 2 orders: 3 entries' ]
	[ "$(git -C "$ledger" log -1 --format=%B | grep -c '^Deed-Entry:')" -eq 3 ]
	[ "$(git -C "$ledger" log -1 --format=%B | grep -c '^Deed-Order:')" -eq 2 ]
	ids=("${lines[@]}")
	run -0 --separate-stderr deed --json show "${ids[0]}"
	[ "$(get .content.from)" = bob ]
	[ "$(get .happened)" = 2026-03-01T10:00:00Z ]
	[ "$(get .grade)" = platform ]
	run -0 --separate-stderr deed --json show "${ids[1]}"
	[ "$(get .kind)" = note ]
	run -0 --separate-stderr deed --json show "${ids[2]}" -o FO2
	[ "$(get .content.off_platform)" = true ]
	[ "$(get .content.text)" = $'Header\nin blue' ]
	ledger_is_clean
	deed -q verify
}

@test "batch: values keep their types, and null is nothing" {
	run -0 --separate-stderr deed --json log --batch <<'END'
{"kind":"terms","price":"300 USD","revisions":3,"excludes":["hosting, mail","a logo"],"party":{"name":"Bob Ltd"},"milestones":[{"name":"half","amount":"150 USD"}],"url":null,"text":"as agreed"}
{"kind":"payment","amount":"100 USD"}
END
	run -0 --separate-stderr jq -r '.order, .kind, (.commit | length), has("happened"), has("recorded")' <<<"$output"
	[ "$(tr '\n' ' ' <<<"$output")" = 'FO1 terms 40 true true FO1 payment 40 true true ' ]
	run -0 --separate-stderr deed --json show @~1
	[ "$(get '.content | [.price, .revisions, .excludes, .party, .milestones, has("url")] | tojson')" = \
		'["300 USD",3,["hosting, mail","a logo"],{"name":"Bob Ltd"},[{"name":"half","amount":"150 USD"}],false]' ]
	run -0 --separate-stderr deed --json show @
	[ "$(get .content.amount)" = '100 USD' ]
}

@test "batch: labels count on, a line may cite one before it, and files are kept" {
	echo picture >shot.png
	run -0 --separate-stderr deed log --batch <<'END'
{"kind":"milestone","name":"half"}
{"kind":"milestone","name":"all","cites":["m1"]}
{"kind":"file","from":"bob","attach":["shot.png"]}
END
	[ "${lines[0]}" = m1 ]
	[ "${lines[1]}" = m2 ]
	run -0 --separate-stderr deed --json show m2
	[[ $(get '.content.cites[0]') =~ ^[0-9a-f]{64}$ ]]
	run -0 --separate-stderr deed --json show @
	cmp shot.png "$ledger/$(get '.content.files[0].path')"
	ledger_is_clean
	deed -q verify
}

@test "batch: a bad line is named by number, and nothing is recorded" {
	refused 'line 2: it is not JSON' <<<$'{"text":"a"}\n{"text":"b"'
	refused 'line 1: it is no JSON object' <<<'["a"]'
	refused 'line 3: there is no kind "mesage"' <<<$'{"text":"a"}\n\n{"kind":"mesage","text":"b"}'
	refused 'line 2: a delivery is not recorded with log -k' <<<$'{"text":"a"}\n{"kind":"delivery","text":"b"}'
	refused 'line 1: it says nothing: "text" is missing' <<<'{"kind":"message","text":" ","happened":"2026-01-01"}'
	refused 'line 1: text is not a text' <<<'{"text":5}'
	refused 'line 1: attach is no list of texts' <<<'{"attach":"a.png"}'
	refused 'line 2: amount: "100" is not an amount of money' <<<$'{"text":"a"}\n{"kind":"payment","amount":"100"}'
	refused 'line 1: off_platform is of another type' <<<'{"kind":"call","text":"a","off_platform":1}'
	refused 'line 1: nonce cannot be set' <<<'{"text":"a","nonce":"1"}'
	refused 'line 1: files cannot be set' <<<'{"text":"a","files":[]}'
	refused 'line 1: "A" is not a key' <<<'{"text":"a","A":"1"}'
	refused 'line 2: there is no order FO9' <<<$'{"text":"a"}\n{"text":"b","order":"FO9"}'
	echo x >file
	run -2 --separate-stderr deed log --batch <<<$'{"attach":["file"]}\n{"attach":["none"]}'
	[[ $stderr == 'deed: line 2: '*none* ]]
	ledger_is_clean
	[ -z "$(find "$ledger/archives" -type f 2>/dev/null)" ]
}

@test "batch: goes with no other option, and no line is no commit" {
	before=$(snapshot)
	run -0 --separate-stderr deed log --batch </dev/null
	[ -z "$output$stderr" ]
	for option in '-m x' '-k call' '--from bob' '--off-platform' '-n 1' '-r'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr deed log --batch $option <<<'{"text":"a"}'
		[ "${stderr_lines[0]}" = 'deed: --batch goes with no other option of log' ]
	done
	[ "$(snapshot)" = "$before" ]
	cd /
	run -2 --separate-stderr deed --ledger "$ledger" log --batch <<<'{"text":"a"}'
	[[ $stderr == 'deed: line 1: no order is meant'* ]]
}

@test "batch: many lines cost little more than one" {
	seq 2000 | jq -c '{kind: "message", text: "line \(.)"}' >lines
	run -0 --separate-stderr deed log --batch <lines
	[ "${#lines[@]}" -eq 2000 ]
	[ "$(git -C "$ledger" log --oneline | wc -l)" -eq 4 ]
	run -0 --separate-stderr deed --json log -n 1
	[ "$(get .content.text)" = 'line 2000' ]
	deed -q verify
}

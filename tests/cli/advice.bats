#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What all advice has in common: no rule without the date as of which it was
# known, a rule of one's own shown as such, and no fact that is refused.

load ../lib

setup() {
	project
	deed -q init
	export DEED_NOW=2026-11-20T10:00:00Z
}

platforms() {
	basename -s .yaml "$repo"/share/platforms/*.yaml | grep -vE '^(any|court|stripe|paypal)$'
}

# eventful PLATFORM: an order to which much has happened.
eventful() {
	deed -q open "X-$1" --platform "$1" --contract fixed --buyer anna --price '20 USD' \
		--due 2026-11-10 --revisions 0 --milestone 'all: 20 USD' --at 2026-11-01
	deed -q deliver -m 'the first version, ready to run' --at 2026-11-08T10:00:00Z 2>/dev/null
	deed -q submit --at 2026-11-08T10:00:00Z
	deed -q revise --formal -m 'once more' --at 2026-11-09T10:00:00Z 2>/dev/null
	deed -q submit --at 2026-11-10T10:00:00Z
	deed -q log -k payment --set amount='20 USD' --set method=card -m paid --at 2026-11-10
	deed -q log -k message --channel "$1" --from anna -m 'hello?' --at 2026-11-11T10:00:00Z
	deed -q cancel --by buyer --at 2026-11-18T11:00:00Z
	deed -q dispute open --claim late -m 'too late' --at 2026-11-18T12:00:00Z
}

@test "advice: what a profile says to do are commands with options that exist" {
	python3 - "$repo"/share/platforms/*.yaml >commands <<-'END'
		import sys, yaml
		for name in sys.argv[1:]:
		    for clock in yaml.safe_load(open(name)).get("clocks", {}).values():
		        for command in clock.get("act", []) + clock.get("record", []):
		            print(command)
	END
	[ "$(sort -u commands | wc -l)" -gt 10 ]
	while read -r command; do
		[[ $command == 'deed '* ]]
		eval "$command -h" >/dev/null </dev/null
	done < <(sort -u commands)
}

@test "advice: every clock on every platform has its date and its source" {
	for platform in $(platforms); do
		eventful "$platform"
		for command in due 'due -o X-'"$platform" status; do
			run -0 --separate-stderr deed --json $command
			jq -s -e 'map(if .clocks then .clocks[], (.lapsed // [])[] else . end) |
				all(.as_of != null and .source != null and .if_missed != null)' <<<"$output" ||
				{ echo "$platform: $command: $output"; false; }
		done
	done
}

@test "advice: in what people read no clock stands without it, either" {
	all=0
	for platform in $(platforms); do
		eventful "$platform"
		# a line for each clock, with a column of dates
		run -0 --separate-stderr deed due
		[ "$(tail -n +2 <<<"$output" | grep -cvE ' (unknown|20[0-9]{2}(-[0-9]{2}){0,2}(, old)?)  +[a-zA-Z]')" -eq 0 ]
		# who and when, what silence does, as of when
		run -0 --separate-stderr deed status
		clocks=$(grep -cE '^  [a-z-]+( of [a-z0-9]+)? \(' <<<"$output" || :)
		[ "$clocks" -eq "$(grep -c '^      as of ' <<<"$output" || :)" ]
		all=$((all + clocks))
		deed -q cancel --by support
	done
	echo "$all clocks"
	[ "$all" -gt 5 ]
}

@test "advice: no number of a platform stands in a finding without its date" {
	for platform in $(platforms); do
		eventful "$platform"
		for act in open deliver complete dispute; do
			run --separate-stderr deed --json check --for $act
			jq -e '.findings | all((.why | test("[0-9]") | not) or (.why | test("as of")))' <<<"$output" ||
				{ echo "$platform $act: $output"; false; }
		done
	done
	# the rules that rest on a number of the platform say so
	deed -q open UP1 --platform upwork --price '10 USD'
	run --separate-stderr deed check --for open
	[ "$(grep -A1 'price-under-fee' <<<"$output" | grep -c 'as of 2025')" -eq 1 ]
}

@test "advice: arithmetic names where each number comes from, and as of when" {
	for platform in $(platforms); do
		eventful "$platform"
		for what in refund arbitration cancel; do
			run --separate-stderr deed --json weigh $what
			[ "$status" -eq 0 ] || continue
			jq -e '(.inputs | all(.as_of != null or .source == "the order" or .source == "given" or (.source | startswith("your record")))) and
				(.rules | all(.as_of != null and .source != null))' <<<"$output" ||
				{ echo "$platform $what: $output"; false; }
			run -0 --separate-stderr deed weigh $what
			[ "$(sed -n 's/^- //p' <<<"$output" | grep -cv 'as of ')" -eq 0 ]
		done
	done
}

# mine PLATFORM: every value and every clock of it, as one's own.  The box and
# the statement are so small that what goes there does not fit.
mine() {
	mkdir -p "$HOME/.config/deed/platforms"
	python3 - "$repo/share/platforms/$1.yaml" >"$HOME/.config/deed/platforms/$1.yaml" <<-'END'
		import sys, yaml
		shipped = yaml.safe_load(open(sys.argv[1]))
		def own(item):
		    return {**item, "source": "my own note", "as_of": "2026-11", "confidence": "high"}
		values = {key: own(item) for key, item in shipped.get("values", {}).items()}
		values["file.delivery.max"] = own({"value": 100, "unit": "bytes"})
		values["text.statement.max"] = own({"value": 300, "unit": "characters"})
		clocks = {key: {"readings": [own(r) for r in clock["readings"]]}
		          for key, clock in shipped.get("clocks", {}).items()}
		yaml.safe_dump({"profile": 1, "name": shipped["name"], "values": values, "clocks": clocks}, sys.stdout)
	END
}

# all_say TEXT PATTERN: each object in $output, or each line with those that are
# indented below it, that has the TEXT has the PATTERN, too; and there is one.
all_say() {
	python3 - "$output" "$@" <<-'END'
		import json, re, sys
		said, text, pattern = sys.argv[1:]
		def parts(x):
		    if isinstance(x, dict):
		        own = {k: v for k, v in x.items() if not isinstance(v, (dict, list)) or
		               isinstance(v, list) and all(isinstance(i, str) for i in v)}
		        yield json.dumps(own, ensure_ascii=False)
		    for y in x.values() if isinstance(x, dict) else x if isinstance(x, list) else []:
		        yield from parts(y)
		try:
		    found = [p for line in said.splitlines() for p in parts(json.loads(line))]
		except ValueError:
		    found = re.split(r"\n(?!    |  why|  fix)", said)
		found = [p for p in found if re.search(text, p)]
		silent = [p for p in found if not re.search(pattern, p)]
		sys.exit("\n".join(silent) if silent else None if found else f"nowhere: {text}\n{said}")
	END
}

@test "advice: a rule of one's own is shown as such, wherever it is used" {
	for platform in fiverr upwork; do
		mine $platform
		eventful $platform
		for command in due status export 'check --for open' 'check --for complete' 'check --for dispute' \
			'draft new-work --request email' "dispute pack --for $platform --yes --anyway why -O .."; do
			# shellcheck disable=SC2086
			run --separate-stderr deed --json $command
			echo "$platform: $command"
			all_say 'my own note' 'your own value, from |"override": '
		done
		# shown to people in the same way
		for command in status 'check --for open' 'check --for complete' 'check --for dispute'; do
			# shellcheck disable=SC2086
			run deed $command
			all_say 'my own note' 'your own (value|rule), from '
		done
		run -0 deed due
		[ "$(grep -c "$platform" <<<"$output")" -gt 0 ]
		run -1 grep -v 'your own rule, ' <(grep "X-$platform" <<<"$output")
		for command in refund cancel $([ $platform != upwork ] || echo arbitration); do
			run -0 deed weigh $command
			all_say 'my own note' 'your own value, from '
			run -0 deed --json weigh $command
			all_say 'my own note' 'your own value, from '
		done
		run deed draft new-work --request email
		all_say 'my own note' 'your own value, from '
		run -0 deed dispute pack --for $platform --yes --anyway why -O "$HOME"
		all_say 'my own note' 'your own value, from '
		run -0 deed due --ics -
		output=$(tr -d '\r' <<<"$output" | sed -e ':a;N;$!ba;s/\n //g')
		all_say 'my own note' 'Your own rule\\?, from '
	done
	run deed -o X-fiverr revise -m 'in chat'
	all_say 'my own note' 'your own value, from '
}

# numbered PLATFORM: each number of it is one that no order has.
numbered() {
	mkdir -p "$HOME/.config/deed/platforms"
	python3 - "$repo/share/platforms/$1.yaml" >"$HOME/.config/deed/platforms/$1.yaml" <<-'END'
		import sys, yaml
		shipped = yaml.safe_load(open(sys.argv[1]))
		values = {}
		for key, item in shipped.get("values", {}).items():
		    source = item["source"]
		    if type(item["value"]) is int:
		        values[key] = {**item, "value": 7979, "source": "some body"}
		    elif str(item["value"]).endswith(" USD"):
		        values[key] = {**item, "value": "7979 USD", "source": "some body"}
		yaml.safe_dump({"profile": 1, "name": shipped["name"], "values": values}, sys.stdout)
	END
}

@test "advice: no number of a platform stands anywhere without its date" {
	number='(?<![0-9a-f.])7979\b' seen=''
	for platform in fiverr upwork; do
		numbered $platform
		eventful $platform
		deed -q scope add -m 'a page'
		for command in status due stats scope draft 'draft ticket' 'draft decline' dispute 'weigh cancel' \
			'check --for open' 'check --for complete' 'check --for dispute' 'revise --formal -m more' \
			'complete -m all.of.it' 'deliver -m the.first.version.ready.to.run' log; do
			for form in '' --json; do
				# shellcheck disable=SC2086
				run deed -o "X-$platform" $form $command
				grep -qP "$number" <<<"$output" || continue
				echo "$platform: $command"
				seen+=" $command"
				all_say "$number" 'as of|as_of'
			done
		done
	done
	[[ $seen == *'draft ticket'*'check --for open'* ]]
}

@test "advice: a key nobody knows is refused, with file and line" {
	mkdir -p "$HOME/.config/deed/platforms"
	printf 'profile: 1\nname: upwork\nvalues:\n  arbitration.fee: {value: 400 USD, unit: money, sauce: x, as_of: "2026", confidence: high}\n' \
		>"$HOME/.config/deed/platforms/upwork.yaml"
	deed -q open UP1 --platform upwork --price '10 USD'
	refused weigh arbitration
	[[ $stderr == *upwork.yaml:4:*sauce* ]]
}

@test "advice: a fact is refused in no state" {
	deed -q open FO1 --platform fiverr --buyer anna
	delivered 2>/dev/null
	for state in cancelled closed disputed exposed; do
		case $state in
		cancelled) deed -q cancel --by support ;;
		closed) deed -q log -k platform --set state=completed -m seen --at 2020-01-01 ;;
		disputed) deed -q dispute open --claim late -m x ;;
		exposed) deed -q dispute close --outcome won ;;
		esac
		deed -q submit
		deed -q accept -m thanks
		deed -q cancel --by buyer
		deed -q cancel --decline
		deed -q scope add -m 'one more'
		deed -q scope change --class fix -m 'a fix'
		deed -q revise -m more 2>/dev/null
		deed -q dispute open --claim late -m x
		deed -q dispute answer -m y
		deed -q dispute close --outcome settled
		deed -q correct @ --set text='so it was' -m 'a word was missing'
		deed -q log -k call --off-platform -m 'on zoom' 2>/dev/null
		deed -q recap @ --posted
		printf '%s\n' "23/11/2026, 10:15 - anna: in $state" >"WhatsApp Chat with anna $state.txt"
		deed -q import --tz UTC --date-order dmy "WhatsApp Chat with anna $state.txt"
		for kind in message call file ticket payment handover milestone platform refund terms note; do
			deed -q log -k $kind -m "in $state" 2>/dev/null
		done
	done
	ledger_is_clean
}

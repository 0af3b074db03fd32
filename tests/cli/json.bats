#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# deed-json(5) and the schemas in share/schema against what the commands print:
# every key stands in the section of its command and in its schema, and every
# command has both.

load ../lib

page=$BATS_TEST_DIRNAME/../../man/deed-json.5

setup() {
	project
}

# The keys a section explains, one a line: "deed log" or "Errors".
explained() {
	awk -v title="$1" '
		/^\.Ss / { if (!open) on = 0; open = 1; if (substr($0, 5) == title) on = 1; next }
		{ open = 0 }
		on && /^\.It Li / {
			sub(/^\.It Li /, "")
			gsub(/ /, "")
			n = split($0, keys, ",")
			for (i = 1; i <= n; i++)
				print keys[i]
		}' "$page"
}

# The keys of the JSON in $output, dotted, without what is within a list of
# texts, and without what the file of the order has.
printed() {
	jq -r '[paths | map(select(type == "string")) | join(".")] | .[]' <<<"$output" |
		sort -u | grep -Ev '^(content|message|entries|gaps|values|(transcript|mail)\.[a-z_]*)\..*|^(exhibits|pending|clocks|terms|requirements|entries|lapsed|windows|reasons|initiators|buyers|silence|package\.[a-z]*)\.' || :
}

schemas() {
	/usr/bin/python3 "$repo/tests/lib/validate-output.py" "$@"
}

# The schema of a section: a command's, or of what all have in common.
schema_of() {
	case $1 in
	Errors) echo error ;;
	"$recording") echo open ;; # which adds nothing of its own
	*) echo "${1#deed }" ;;
	esac
}

# told SECTION...: the page explains every key in $output, there, and it fits
# the schema of the first that is a command's.
told() {
	local known key missing=''

	known=$(for section; do explained "$section"; done)
	[ -n "$output" ]
	for key in $(printed); do
		grep -qE "^${key//./\\.}(\.|$)" <<<"$known" || missing+=" $key"
	done
	[ -z "$missing" ] || {
		echo "not explained under $*:$missing"
		return 1
	}
	[ "$1" != "$recording" ] || [ $# -eq 1 ] || shift
	sed "s/^/$(schema_of "$1") /" <<<"$output" >>"$BATS_TEST_TMPDIR/outputs"
}

# All that was told fits its schemas.
teardown() {
	[ ! -e "$BATS_TEST_TMPDIR/outputs" ] || schemas fits <"$BATS_TEST_TMPDIR/outputs"
}

recording='Recording commands'

@test "deed-json(5): there is one section for every command" {
	for command in $(deed help --json | jq -r .name); do
		[ "$(grep -cx "\.Ss deed $command" "$page")" -eq 1 ] || {
			echo "none, or several, for $command"
			false
		}
	done
}

@test "deed-json(5): there is one schema for every command, and each is one" {
	schemas check
	for command in $(deed help --json | jq -r .name) common error; do
		[ -s "$repo/share/schema/$command.schema.json" ]
		[ "$(jq -r '."$schema"' "$repo/share/schema/$command.schema.json")" = https://json-schema.org/draft/2020-12/schema ]
	done
	grep -q 'share/schema' "$page"
}

@test "deed-json(5): page and schemas tell of the same keys" {
	schemas keys >keys
	schemas own >own
	for command in $(deed help --json | jq -r .name); do
		explained "deed $command" | sort -u >page
		sed -n "s/^$command //p" keys | sort -u >schema
		[ -z "$(comm -23 page schema)" ] || {
			echo "not in the schema of $command: $(comm -23 page schema | xargs)"
			false
		}
		for section in "deed $command" "$recording" 'deed check' 'deed scope' 'deed due' 'deed log'; do
			explained "$section" | sed 's/\..*//'
		done | sort -u >page
		sed -n "s/^$command //p" own | sed 's/\..*//' | sort -u >schema
		[ -z "$(comm -13 page schema)" ] || {
			echo "not on the page, for $command: $(comm -13 page schema | xargs)"
			false
		}
	done
}

@test "deed-json(5): the test notices a value that does not fit" {
	good='sync {"merged":true,"pushed":true,"commit":"7c37ce3a323d4d0a085b924cdbfafc1931684f64"}'
	schemas fits <<<"$good"
	run -1 schemas fits <<<"${good/7c37/}"
	run -1 schemas fits <<<"${good/true/1}"
	run -1 schemas fits <<<"${good/\"pushed\":true,/}"
	run -1 schemas fits <<<"${good/{/{\"more\":1,}"
	run -1 schemas fits </dev/null
}

# shellcheck disable=SC2089,SC2090 # JSON
@test "deed-json(5): the test notices a key that is not explained" {
	output='{"order":"FO1","secret":1}'
	run -1 told "$recording"
	[[ $output == *secret* ]]
}

@test "deed-json(5): what the recording commands print" {
	output=$(deed --json init 2>/dev/null)
	told 'deed init'
	output=$(deed --json open FO1 --platform fiverr --price "50 USD" --requirement "a page")
	told "$recording"
	output=$(deed --json switch FO1)
	told 'deed switch'
	output=$(deed --json adopt FO0 --opened yesterday --deliver HEAD --dry-run)
	told 'deed adopt'
	output=$(deed --json adopt FO0 --opened yesterday --deliver HEAD --yes)
	told "$recording" 'deed adopt'
	deed -q switch FO1
	output=$(deed --json log -k call --channel zoom --off-platform -m 'in blue')
	told "$recording"
	output=$(deed --json recap @)
	told 'deed recap'
	output=$(deed --json recap --posted @)
	told "$recording"
	output=$(deed --json scope add -m 'a form')
	told "$recording"
	output=$(deed --json scope change --class new -m 'a shop')
	told "$recording"
	output=$(deed --json scope)
	told 'deed scope'
	output=$(deed --json deliver --covers r1,r2 -m 'a first version' -O "$HOME")
	told "$recording" 'deed deliver'
	output=$(deed --json deliver --covers r1,r2 -m 'a first version' -O "$HOME")
	told "$recording" 'deed deliver'
	output=$(deed --json revise --formal --fix 'a typo' -m 'mend it' 2>/dev/null)
	told "$recording"
	output=$(deed --json submit)
	told "$recording"
	output=$(deed --json accept -m thanks)
	told "$recording"
	output=$(deed --json complete -m 'the page and the form, as agreed')
	told "$recording" 'deed complete'
	output=$(deed --json correct d1 --set milestone=m1 -m 'it was meant so')
	told "$recording"
	output=$(deed --json cancel --by buyer)
	told "$recording"
	output=$(deed --json status)
	told 'deed status'
	output=$(deed --json dispute open --claim late -m 'too late, he says')
	told "$recording"
	output=$(deed --json dispute answer -m 'it was there on the day')
	told "$recording"
	output=$(deed --json dispute pack --yes -O "$HOME" 2>/dev/null)
	told 'deed dispute'
	output=$(deed --json dispute certify 2>/dev/null)
	told 'deed dispute'
	output=$(deed --json verify "$HOME"/FO1-evidence-*.zip)
	told 'deed verify'
	output=$(deed --json dispute)
	told 'deed dispute'
	output=$(deed --json dispute close -m 'he took it back')
	told "$recording"
	output=$(printf '{"text":"a"}\n{"kind":"message","text":"b"}\n' | deed --json log --batch 2>/dev/null)
	told "$recording"
	output=$(deed --json deliver --ci --detach "$HOME/d.zip" 2>/dev/null)
	told "$recording" 'deed deliver'
	output=$(deed --json log)
	told 'deed log'
	output=$(deed --json show d1)
	told 'deed show' 'deed log'
	output=$(deed --json list)
	told 'deed list'
	output=$(deed --json draft)
	told 'deed draft'
	output=$(deed --json draft ack)
	told 'deed draft'
	output=$(deed --json weigh refund --amount '5 USD')
	told 'deed weigh'
	output=$(deed --json weigh cancel)
	told 'deed weigh'
	output=$(deed --json stats)
	told 'deed stats'
	output=$(deed --json verify)
	told 'deed verify'
	output=$(deed --json match "$HOME/FO1-delivery-1.zip")
	told 'deed match'
}

@test "deed-json(5): findings, refusals and errors" {
	order --requirement 'a page'
	output=$(deed --json check || :)
	told 'deed check'
	output=$(deed --json complete -m '' || :)
	told 'deed complete' 'deed check'
	output=$(deed --json show nothing 2>&1 || :)
	told Errors
	[ "$(get .error)" = not-found ]
}

@test "deed-json(5): sync, clone and import" {
	order
	git init -q --bare "$HOME/records.git"
	git -C "$ledger" remote add origin "$HOME/records.git"
	output=$(deed --json sync)
	told 'deed sync'
	output=$(deed --json sync --fetch)
	told 'deed sync'
	output=$(deed export)
	told 'deed export' 'deed due' 'deed scope' 'deed log'
	output=$(deed --json clone "$HOME/records.git" "$HOME/other" 2>/dev/null)
	told 'deed clone'
}

@test "deed-json(5): a stamp that waits" {
	order
	git config --global deed.tsa http://127.0.0.1:9/tsr
	output=$(deed --json stamp 2>/dev/null)
	told 'deed stamp'
}

@test "deed-json(5): an import" {
	order
	printf '%s\n' '23/11/2026, 10:15 - tomshop: Looks great!' \
		'23/11/2026, 10:16 - Jane Dev: Thank you' >chat.txt
	output=$(deed --json import --format whatsapp --tz UTC chat.txt 2>/dev/null)
	told "$recording" 'deed import'
	printf 'From: a@b.example\nTo: c@d.example\nDate: Fri, 1 Mar 2024 10:00:00 +0100\nSubject: x\n\ny\n' >mail.eml
	output=$(deed --json import mail.eml 2>/dev/null)
	told "$recording" 'deed import'
	for _ in 1 2; do
		printf 'From a Fri Mar  1 10:00:00 2024\n'
		cat mail.eml
		echo
	done >mails.mbox
	output=$(deed --json import mails.mbox 2>/dev/null)
	told "$recording" 'deed import'
	output=$(deed --json show @~2:1)
	told 'deed show'
}

@test "deed-json(5): deed about itself" {
	for command in help version 'completion bash'; do
		# shellcheck disable=SC2086 # words on purpose
		output=$(deed --json $command)
		told "deed ${command%% *}"
	done
}

@test "deed-json(5): paths are absolute, times are in UTC" {
	order
	output=$(deed --json deliver -m 'a first version' -O . 2>/dev/null)
	[[ $(get .archive.path) == /* ]]
	[[ $(get '.upload[0]') == /* ]]
	[[ $(get .recorded) =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$ ]]
}

@test "deed-json(5): what due prints, a rule of one's own and an old one included" {
	export DEED_NOW=2026-11-23T10:00:00Z
	deed -q init
	deed -q open FO1 --platform fiverr --milestone 'draft: 5 USD @ 2026-12-01'
	deed -q accept --kind button -m thanks
	mkdir -p "$HOME/.config/deed/platforms"
	printf 'profile: 1\nname: fiverr\nclocks:\n  clearing: {who: seller}\n' \
		>"$HOME/.config/deed/platforms/fiverr.yaml"
	deed -q open FO2 --platform fiverr --milestone 'draft: 5 USD @ 2026-12-01'
	output=$(deed --json due)
	told 'deed due'
	for key in milestone override stale exposure confidence; do
		[ "$(jq -s --arg key $key 'any(has($key))' <<<"$output")" = true ]
	done
}

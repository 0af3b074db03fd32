#!/usr/bin/env bats
# What import makes of each format: exports of our own in
# tests/fuzz/corpus/intake, and those of other people in the samples, if they
# are there.
load ../lib

setup() {
	sandbox
	exports=$repo/tests/fuzz/corpus/intake
	readings=$repo/tests/lib/readings
	samples=${DEED_SAMPLES:-$repo/../shared/samples}
	export DEED_NOW=2026-11-23T12:00:00Z
	deed -q init
	deed -q open FO1
	export DEED_ORDER=FO1
}

# Read lines of import --json: what each says of itself and its messages.  The
# marks that only steer the direction of writing are shown as "^".
readings_of() {
	while IFS= read -r line; do
		jq -r '.transcript | "\(.source.name): \(.format), \(.time_kind), \(.messages) messages",
			"system \(.system), skipped \(.skipped), from \(.first) to \(.last)",
			"authors: \(.authors | join("; "))"' <<<"$line"
		unzip -p "$(jq -r .archive.path <<<"$line")" transcript.txt
		unzip -p "$(jq -r .archive.path <<<"$line")" messages.jsonl |
			jq -cS 'del(.nonce, .text, .time, .author, .system) | select(length > 1)'
	done
}

# A file of ours: "=== NAME" lines make it a folder.
unfold() {
	mkdir "$2"
	awk -v to="$2" '/^=== / {
		file = to "/" substr($0, 5)
		dir = file
		sub("/[^/]*$", "", dir)
		system("mkdir -p \"" dir "\"")
		next
	} { print >file }' "$1"
}

# Hold what stdin is against a file; with UPDATE set, make it that.
expected() {
	[ -z "$UPDATE" ] || cat >"$readings/$1"
	[ -n "$UPDATE" ] || diff -u "$readings/$1" -
}

@test "import: each format is read as it is expected to be" {
	mkdir in
	for file in "$exports"/*; do
		name=$(basename "$file")
		case $name in
		*.folder) unfold "$file" "in/${name%.folder}" ;;
		*) cp "$file" in/ ;;
		esac
	done
	mkdir refused
	for name in whatsapp-tie.txt whatsapp-mixed.txt telegram-cut.json \
		telegram-empty.json matrix-empty.json messenger-empty.json; do
		mv "in/$name" refused/
	done
	run -0 --separate-stderr deed --json import in/*
	readings_of <<<"$output" >all
	expected readings.txt <all
	for name in refused/*; do
		run -2 --separate-stderr deed import "$name"
		echo "$stderr"
	done >refusals
	expected refusals.txt <refusals
	# every reader there is, has an export here
	echo new >new
	run -2 --separate-stderr deed import --format none new
	for format in $(sed -n 's/^hint: one of: //p' <<<"$stderr"); do
		case $format in eml | mbox | maildir) continue ;; esac
		grep -q ": $format, " all || {
			echo "no export of the format $format"
			return 1
		}
	done
	ledger_is_clean
}

@test "import: the samples are read as their index says" {
	[ -d "$samples" ] || skip "no samples in $samples"
	rows=0
	while IFS='	' read -r file format messages system skipped first last authors; do
		case $file in '' | '#'*) continue ;; esac
		rows=$((rows + 1))
		run -0 --separate-stderr deed --json import "$samples/$file"
		got=$(jq -r '.transcript | [.format, .messages, .system, .skipped, .first, .last, (.authors | join(";"))] | join("\t")' <<<"$output")
		[ "$got" = "$format	$messages	$system	$skipped	$first	$last	$authors" ] || {
			echo "$file: $got"
			return 1
		}
		# each says in warnings what it skipped
		[ "$skipped" = 0 ] || jq -e '.transcript.warnings | map(select(test("not read"))) | length > 0' <<<"$output"
	done <"$repo/tests/lib/samples.tsv"
	[ "$rows" -gt 30 ]
	ledger_is_clean
}

@test "import: samples that are no exports are refused, with the reason" {
	[ -d "$samples" ] || skip "no samples in $samples"
	before=$(git -C "$ledger" rev-parse HEAD)
	while IFS='	' read -r file reason; do
		run -2 --separate-stderr deed import "$samples/$file"
		[[ $stderr == *"$reason"* ]] || {
			echo "$file: $stderr"
			return 1
		}
	done <<-'END'
		captions/webvtt-py/empty.vtt	empty
		captions/webvtt-py/invalid_format.sbv	no export that deed knows
		captions/webvtt-py/invalid_format2.srt	no export that deed knows
		captions/webvtt-py/invalid_format3.srt	no export that deed knows
		captions/webvtt-py/invalid_format4.srt	no message that can be read
		whatsapp/chat-miner/target.json	no export that deed knows
	END
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$before" ]
}

@test "import: hostile archives of the samples are refused whole" {
	[ -d "$samples" ] || skip "no samples in $samples"
	before=$(git -C "$ledger" rev-parse HEAD)
	for zip in "$samples"/zip/*/*.zip "$samples"/zip/*/*/*/*.zip; do
		run --separate-stderr deed import "$zip"
		[ "$status" -eq 2 ] && [ "$(wc -l <<<"$stderr")" -le 2 ] || {
			echo "$zip: $status $stderr"
			return 1
		}
		case $(basename "$zip") in
		*symlink* | link-* | dotdot* | relative* | absolute* | CVE* | crypt* | *aes* | *ncrypt* | *duplicate*)
			[[ $stderr != *"no export"* ]] || {
				echo "$zip: $stderr"
				return 1
			}
			;;
		esac
	done
	[ "$(git -C "$ledger" rev-parse HEAD)" = "$before" ]
	[ ! -e /tmp/moo ] && [ ! -e /tmp/gotcha-samename ]
	ledger_is_clean
}

# discord_texts NAME DATE DATE: a text and an old table of two messages.
discord_texts() {
	rule=$(printf '%62s' '' | tr ' ' =)
	printf '%s\nGuild: Shop\nChannel: general\n%s\n\n[%s] anna\nhello\n[15:58, 13/03/2024] bob: quoted\n\n[%s] jane\nlook\n\n%s\nExported 2 message(s)\n%s\n' \
		"$rule" "$rule" "$2" "$3" "$rule" "$rule" >"$1.txt"
	printf 'AuthorID,Author,Date,Content,Attachments,Reactions\n"1","anna","%s","hello","",""\n"2","jane","%s","look","",""\n' \
		"$2" "$3" >"$1.csv"
}

@test "import: Discord's text and tables have the dates of any language" {
	mark=$(printf '\u200f') blank=$(printf '\u00a0') thin=$(printf '\u202f')
	while IFS='|' read -r name first last; do
		discord_texts "$name" "$first" "$last"
		for file in "$name.txt" "$name.csv"; do
			run -0 --separate-stderr deed --json import "$file"
			got=$(jq -r '.transcript | [.messages, .skipped, .time_kind, .first, .last] | join(" ")' <<<"$output")
			[ "$got" = "2 0 local 2024-03-13T15:58:00 2024-03-14T00:05:00" ] || {
				echo "$file: $got"
				return 1
			}
		done
	done <<-END
		en-US|3/13/2024 3:58${thin}PM|3/14/2024 12:05${thin}AM
		en-CA|2024-03-13 3:58 p.m.|2024-03-14 12:05 a.m.
		es-MX|13/03/2024 03:58 p.${blank}m.|14/03/2024 12:05 a.${blank}m.
		fr-CA|2024-03-13 15 h 58|2024-03-14 00 h 05
		ko|2024-03-13 오후 3:58|2024-03-14 오전 12:05
		ko-dots|2024. 3. 13. 오후 3:58|2024. 3. 14. 오전 12:05
		zh-TW|2024/3/13 下午 03:58|2024/3/14 上午 12:05
		zh-HK|13/3/2024 下午3:58|14/3/2024 上午12:05
		ar-EG|13$mark/3$mark/2024 3:58 م|14$mark/3$mark/2024 12:05 ص
		ru|13.03.2024 15:58|14.03.2024 0:05
		hu|2024. 03. 13. 15:58|2024. 03. 14. 0:05
		hr|13. 03. 2024. 15:58|14. 03. 2024. 00:05
		bg|13.03.2024 г. 15:58|14.03.2024 г. 0:05
		el|13/3/2024 3:58 μ.μ.|14/3/2024 12:05 π.μ.
		vi|13/03/2024 3:58 CH|14/03/2024 12:05 SA
	END
}

@test "import: Discord's older exports may count from 1970, a line of it in a text is no message" {
	discord_texts count 1710345480 1710345900
	sed -i 's/^hello$/&\n[13\/03\/2024 15:58] bob/' count.txt
	for file in count.txt count.csv; do
		run -0 --separate-stderr deed --json import "$file"
		[ "$(jq -r '.transcript | [.messages, .skipped, .time_kind, .first, .last] | join(" ")' <<<"$output")" = \
			"2 0 instant 2024-03-13T15:58:00Z 2024-03-13T16:05:00Z" ]
	done
}

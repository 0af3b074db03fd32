#!/usr/bin/env bats
# Packages made by each version of the format hold for ever, by deed and by
# their own HOW-TO-VERIFY; tests/golden/make.sh made them.

load ../lib

setup() {
	sandbox
}

each() {
	for dir in "$repo"/tests/golden/*/; do
		zip=$(echo "$dir"*.zip)
		top=$(basename "$zip" .zip)
		"$@"
	done
}

by_the_reader() {
	run -0 --separate-stderr deed --json verify --roots "$dir/root.pem" --signers "$dir/signers" \
		--keys "$dir/keys" --fingerprint "$(cat "$dir/fingerprint")" "$zip"
	[ "$(get '[.checks[] | select(.result == "fail")] | length')" = 0 ]
	for check in signature token anchor acceptance transcript dkim fingerprint root chain delivery; do
		[ "$(get "[.checks[] | select(.name == \"$check\") | .result] | unique | join(\" \")")" = pass ]
	done
	[ "$(get '[.checks[] | select(.grade == "signed") | .name] | sort | join(" ")')" = 'acceptance dkim' ]
}

without_anchors() {
	run -0 --separate-stderr deed --json verify "$zip"
	for check in signature token acceptance; do
		[ "$(get "[.checks[] | select(.name == \"$check\") | .result] | unique | join(\" \")")" = skipped ]
	done
	run ! grep -q '"signed"' <<<"$output"
	run -1 deed verify --fingerprint "$(tr 0-9 1-90 <"$dir/fingerprint")" "$zip"
}

by_hand() {
	unzip -q "$zip"
	sed -n 's/^\$ //p' "$top/data/HOW-TO-VERIFY.txt" >steps
	[ "$(wc -l <steps)" -gt 10 ]
	while IFS= read -r line; do
		(cd "$top" && env -i PATH=/usr/bin:/bin dash -c "$line" </dev/null >/dev/null 2>&1) || {
			echo "failed: $line"
			return 1
		}
	done <steps
}

@test "golden packages hold, by the anchors of a reader" {
	each by_the_reader
}

@test "golden packages without anchors: complete, and vouched for by nobody" {
	each without_anchors
}

@test "golden packages hold by hand" {
	each by_hand
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# make lint finds what it is there to find.

load ../lib

# A copy of what the profiles are held against.
setup() {
	sandbox
	mkdir -p tests
	cp -r "$repo/share" .
	cp -r "$repo/tests/lint" tests
}

@test "lint: profiles and their schema are part of it, and silent as they ship" {
	grep -qx 'tests/lint/profiles' "$repo/tests/lint/all"
	run -0 tests/lint/profiles
	[ -z "$output" ]
}

# complains EXPRESSION PATTERN: of fiverr.yaml changed by sed, in such words.
complains() {
	cp "$repo/share/platforms/fiverr.yaml" share/platforms
	sed -i -E "$1" share/platforms/fiverr.yaml
	run -1 tests/lint/profiles
	[[ $output == 'fiverr.yaml: '*$2* ]]
}

@test "lint: a profile that does not fit its schema is named" {
	complains '0,/^    as_of:/s//    as_off:/' as_off
	complains '0,/^    source: F06$/s//    # &/' "'source' is a required"
	complains '0,/^    as_of: .*/s//    as_of: yesterday/' yesterday
	complains '0,/confidence: high/s//confidence: sure/' sure
	complains '0,/^    who: .*/s//    who: nobody/' nobody
	complains 's/window: \{value: 48, unit: hours\}/window: {value: 48, unit: fortnights}/' fortnights
	complains 's/^note: >-/remark: >-/' remark
}

@test "lint: so is a clock without its date, and a source that is nowhere" {
	complains '/^clocks:/,$s/^        as_of: .*/        note: x/' as_of
	complains '0,/source: F06$/s//source: F99/' 'no source F99'
	complains '/^clocks:/,$s/^    if_missed: .*//' 'if_missed'
}

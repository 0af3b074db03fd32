#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The ready action and template, run step by step as their runners would.

load ../lib

setup() {
	project
	order --requirement 'a page'
	git init -q --bare "$HOME/records.git"
	git -C "$ledger" remote add origin "$HOME/records.git"
	deed -q sync
	git tag -a v1 -m 'Version one'
	git clone -q "file://$PWD" "$HOME/checkout"
	cd "$HOME/checkout" || return
	unset DEED_ORDER
	PATH=$(dirname "$DEED"):$PATH
	export CI=true RUNNER_TEMP=$HOME/temp
	mkdir "$RUNNER_TEMP"
	commit=$(git rev-parse HEAD)
}

# A build machine has no ledger of its own.
away() {
	env HOME="$HOME/runner" "$@"
}

github() {
	mkdir -p "$HOME/runner"
	away env GITHUB_ACTIONS=true GITHUB_RUN_ID="${run_id:-7}" GITHUB_ACTOR=octo GITHUB_SHA="$commit" \
		GITHUB_REF=refs/tags/v1 GITHUB_STEP_SUMMARY="$HOME/summary" \
		python3 "$repo/tests/lib/steps.py" github "$repo/share/ci/github/action.yml" "$@"
}

gitlab() {
	mkdir -p "$HOME/runner"
	away env GITLAB_CI=true CI_PIPELINE_ID="${run_id:-7}" GITLAB_USER_LOGIN=jane CI_COMMIT_SHA="$commit" \
		CI_COMMIT_TAG=v1 python3 "$repo/tests/lib/steps.py" gitlab "$repo/share/ci/gitlab/deed.gitlab-ci.yml" "$@"
}

@test "the action: without a ledger it makes a file, which import takes in" {
	echo built >result.txt
	run -0 --separate-stderr github order=FO1 covers=r1 add=result.txt
	file=$(sed -n 's/^detached=//p' <<<"$output")
	[ -s "$file" ]
	[ -s "$HOME/summary" ]
	run -0 --separate-stderr deed --ledger "$ledger" -o FO1 import "$file"
	[ "$output" = d1 ]
	run -0 --separate-stderr deed --ledger "$ledger" --json -o FO1 show d1
	[ "$(get .content.text)" = 'Version one' ]
	[ "$(get .content.run.system)" = github ]
	[ "$(get '.content.covers[0]')" = r1 ]
}

@test "the action: with a ledger it records and pushes, and the same run again changes nothing" {
	run -0 --separate-stderr github order=FO1 ledger="$HOME/records.git" message=$'it is\n$(touch pwned)'
	grep -qx 'delivery=d1' <<<"$output"
	grep -qx 'also=false' <<<"$output"
	[ ! -e pwned ]
	before=$(git -C "$HOME/records.git" rev-parse main)
	run -0 --separate-stderr github order=FO1 ledger="$HOME/records.git"
	grep -qx 'also=true' <<<"$output"
	[ "$(git -C "$HOME/records.git" rev-parse main)" = "$before" ]
	run_id=8 run -0 --separate-stderr github order=FO1 ledger="$HOME/records.git"
	deed -q --ledger "$ledger" sync
	deed -q --ledger "$ledger" sync --fetch
	git -C "$ledger" lfs fsck
	deed --ledger "$ledger" verify
	[ "$(deed --ledger "$ledger" --json -o FO1 log -k delivery | jq -r 'select(.label).label')" = d1 ]
}

@test "the action: a token that may only read fails, and says what it lacks" {
	printf '#!/bin/sh\necho "Permission to jane/records.git denied" >&2\nexit 1\n' >"$HOME/records.git/hooks/pre-receive"
	chmod +x "$HOME/records.git/hooks/pre-receive"
	run --separate-stderr github order=FO1 ledger="$HOME/records.git"
	[ "$status" -ne 0 ]
	[[ $stderr == *'contents: write'* ]]
}

@test "the template: without a ledger an artifact, with one a record" {
	run -0 --separate-stderr gitlab DEED_ORDER=FO1 DEED_COVERS=r1
	[ -s deed-delivery.zip ]
	grep -q '^detached=' deed.env
	run -0 --separate-stderr deed --ledger "$ledger" -o FO1 import deed-delivery.zip
	[ "$output" = d1 ]
	[ "$(deed --ledger "$ledger" --json -o FO1 show d1 | jq -r .content.run.system)" = gitlab ]
	deed -q --ledger "$ledger" sync
	run_id=8 run -0 --separate-stderr gitlab DEED_ORDER=FO1 DEED_LEDGER_URL="$HOME/records.git"
	grep -qx 'delivery=d1' deed.env
	grep -qx 'also=true' deed.env
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Deliveries out of builds: what the host says of the run, one delivery however
# many jobs hand it in, and files for where no ledger is.

load ../lib

setup() {
	project
	order --requirement 'a page'
	unset "${!GITHUB_@}" "${!DEED_CI_@}" GITLAB_CI JENKINS_URL CIRCLECI
	commit=$(git rev-parse HEAD)
}

github() {
	env CI=true GITHUB_ACTIONS=true GITHUB_RUN_ID=77 GITHUB_JOB=build \
		GITHUB_RUN_ATTEMPT=1 GITHUB_ACTOR=octo GITHUB_SHA="$commit" \
		GITHUB_REF=refs/tags/v1 GITHUB_SERVER_URL=https://github.com \
		GITHUB_REPOSITORY=jane/page GITHUB_OUTPUT="$HOME/output" \
		GITHUB_STEP_SUMMARY="$HOME/summary" "$@"
}

run_of() {
	get '.run | [.system,.run,.job,.actor,.commit,.ref,.url] | join(" ")'
}

@test "deliver --ci: the run of each host it knows is recorded" {
	run -0 --separate-stderr github "$DEED" --json deliver --ci
	[ "$(run_of)" = "github 77 build octo $commit refs/tags/v1 https://github.com/jane/page/actions/runs/77" ]

	run -0 --separate-stderr github env GITEA_ACTIONS=true GITHUB_RUN_NUMBER=5 \
		GITHUB_SERVER_URL=https://git.example.org "$DEED" --json deliver --ci
	[ "$(run_of)" = "gitea 77 build octo $commit refs/tags/v1 https://git.example.org/jane/page/actions/runs/5" ]

	run -0 --separate-stderr github env FORGEJO_ACTIONS=true GITHUB_RUN_NUMBER=6 \
		GITHUB_SERVER_URL=https://git.example.org "$DEED" --json deliver --ci
	[ "$(run_of)" = "forgejo 77 build octo $commit refs/tags/v1 https://git.example.org/jane/page/actions/runs/6" ]

	run -0 --separate-stderr env CI=true GITLAB_CI=true CI_PIPELINE_ID=12 CI_JOB_NAME=pack \
		CI_JOB_ID=34 GITLAB_USER_LOGIN=jane CI_COMMIT_SHA="$commit" CI_COMMIT_TAG=v1 \
		CI_COMMIT_REF_NAME=v1 CI_JOB_URL=https://gitlab.com/j/p/-/jobs/34 \
		"$DEED" --json deliver --ci
	[ "$(run_of)" = "gitlab 12 pack jane $commit refs/tags/v1 https://gitlab.com/j/p/-/jobs/34" ]

	run -0 --separate-stderr env CI=true CIRCLECI=true CIRCLE_WORKFLOW_ID=w-1 CIRCLE_JOB=pack \
		CIRCLE_BUILD_NUM=9 CIRCLE_USERNAME=jane CIRCLE_SHA1="$commit" CIRCLE_BRANCH=main \
		CIRCLE_BUILD_URL=https://circleci.com/b/9 "$DEED" --json deliver --ci
	[ "$(run_of)" = "circleci w-1 pack jane $commit refs/heads/main https://circleci.com/b/9" ]

	run -0 --separate-stderr env JENKINS_URL=http://ci/ BUILD_NUMBER=3 JOB_NAME=page \
		BUILD_USER_ID=jane GIT_COMMIT="$commit" GIT_BRANCH=origin/main \
		BUILD_URL=http://ci/job/page/3/ "$DEED" --json deliver --ci
	[ "$(run_of)" = "jenkins 3 page jane $commit origin/main http://ci/job/page/3/" ]

	run -0 --separate-stderr env DEED_CI_SYSTEM=cron DEED_CI_RUN=1 DEED_CI_JOB=nightly \
		DEED_CI_ACTOR=root DEED_CI_COMMIT="$commit" DEED_CI_REF=refs/heads/main \
		DEED_CI_URL=https://example.org/1 "$DEED" --json deliver --ci
	[ "$(run_of)" = "cron 1 nightly root $commit refs/heads/main https://example.org/1" ]
	[ "$(get .delivery)" = d1 ]
	[ "$(entries)" -eq 8 ]
	deed verify
	python3 "$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
}

@test "deliver --ci: the same run again records nothing, another actor or run one entry without a label" {
	run -0 --separate-stderr github "$DEED" --json deliver --ci
	[ "$(get .also)" = null ]
	[ "$(get .commit)" != null ]
	before=$(snapshot)
	run -0 --separate-stderr github env GITHUB_JOB=other GITHUB_RUN_ATTEMPT=2 "$DEED" --json deliver --ci
	[ "$(get .also)" = true ]
	[ "$(get .commit)" = null ]
	[ "$before" = "$(snapshot)" ]
	run -0 --separate-stderr github env GITHUB_ACTOR=else "$DEED" --json deliver --ci
	[ "$(get .also)" = true ]
	[ "$(get .delivery)" = d1 ]
	[ "$(get .commit)" != null ]
	run -0 --separate-stderr deed --json log -k delivery
	[ "$(get .label | sort -u | paste -sd,)" = d1,null ]
	[ "$(jq -rs '.[0].content | has("label"), has("archive"), has("covers")' <<<"$output" | sort -u)" = false ]
	[ "$(deed --json status | jq -r .state)" = delivered ]
	[ "$(find "$ledger/archives" -name '*.zip' | wc -l)" -eq 1 ]
	run -0 --separate-stderr deed deliver -m 'by hand'
	[ "$output" = d1 ]
}

@test "deliver --ci: a repetition does not bring an order back to delivered" {
	github "$DEED" -q deliver --ci --covers r1
	deed -q submit
	deed -q accept -m thanks
	github env GITHUB_RUN_ID=78 "$DEED" -q deliver --ci
	[ "$(deed --json status | jq -r .state)" = accepted ]
	deed -q complete -m 'the page is done, as it was agreed' --submitted
}

@test "deliver --ci: jobs in parallel make one delivery" {
	for i in 1 2 3 4 5 6 7 8; do
		github env GITHUB_JOB="job$i" "$DEED" -q deliver --ci &
	done
	wait
	[ "$(deed --json log -k delivery | wc -l)" -eq 1 ]
	ledger_is_clean
	deed verify
}

@test "deliver --ci: without -m the tag's annotation is the message, else the commit's subject" {
	git tag light
	run -0 --separate-stderr github env GITHUB_REF=refs/tags/light "$DEED" --json deliver --ci
	[[ $(get .paste) == *'a first version'* ]]
	echo 2 >two && git add two && git commit -q -m 'second subject' -m 'its body'
	git tag -a v2 -m 'Version two' -m 'with a list'
	git tag -a v3 -m 'Version three'
	run -0 --separate-stderr env DEED_CI_REF=refs/tags/v2 "$DEED" --json deliver --ci
	[[ $(get .paste) == *$'Version two\n\nwith a list'* ]]
	[ "$(deed --json show d2 | jq -r .content.text)" = $'Version two\n\nwith a list' ]
	echo 3 >two && git commit -qa -m 'third subject' -m 'its body'
	deed -q deliver --ci
	[ "$(deed --json show d3 | jq -r .content.text)" = 'third subject' ]
	echo 4 >two && git commit -qa -m 'fourth subject'
	deed -q deliver --ci -m 'said so'
	[ "$(deed --json show d4 | jq -r .content.text)" = 'said so' ]
}

@test "deliver --ci: nothing is asked on a terminal, and no text of the order is printed" {
	run -0 script -qec "$DEED deliver --ci" /dev/null </dev/null
	[[ $output != *'text to paste'* ]]
	[[ $output == *d1* ]]
}

@test "deliver --ci: outputs and a summary where the host has them" {
	deed -q scope add -m $'secret of the contract\n::set-output name=x::y'
	run -0 --separate-stderr github "$DEED" deliver --ci
	[ "$output" = d1 ]
	grep -qx 'delivery=d1' "$HOME/output"
	grep -qx 'order=FO1' "$HOME/output"
	grep -qx 'also=false' "$HOME/output"
	sha=$(sed -n 's/^sha256=//p' "$HOME/output")
	archive=$(sed -n 's/^archive=//p' "$HOME/output")
	[ "$(sha256sum <"$archive")" = "$sha  -" ]
	grep -q "$sha" "$HOME/summary"
	run -1 grep -rq secret "$HOME/output" "$HOME/summary"
	[[ $stderr != *secret* ]]
	github "$DEED" -q deliver --ci
	grep -qx 'also=true' "$HOME/output"
	[ "$(grep -c '^delivery=' "$HOME/output")" -eq 2 ]
	DEED_CI_OUTPUT=plain.env DEED_CI_SUMMARY=plain.md deed -q deliver --ci
	grep -qx 'delivery=d1' plain.env
	[ -s plain.md ]
}

@test "deliver --ci: a refusal stands in the summary and as an annotation too" {
	deed -q cancel --by support
	run -1 --separate-stderr github "$DEED" --json deliver --ci
	[ "$(get .ok)" = false ]
	grep -q 'nothing was delivered' "$HOME/summary"
	[[ $stderr == *'::error title=deed '* ]]
}

@test "deliver --ci: hostile names in the environment go nowhere" {
	run -0 --separate-stderr github env GITHUB_REF=$'refs/heads/x\n::error::y' GITHUB_ACTOR=$'a\e[31m' \
		GITHUB_SERVER_URL=https://user:secret@github.com GITHUB_SHA=--upload-pack=x \
		"$DEED" --json deliver --ci
	[ "$(get '.run | keys | join(" ")')" = 'attempt job run system' ]
}

@test "deliver --ci: a shallow clone says that it lacks the tag's annotation" {
	git tag -a v1 -m 'Version one'
	git commit -q --allow-empty -m 'one more'
	git clone -q --depth 1 "file://$PWD" "$HOME/shallow"
	cd "$HOME/shallow"
	export DEED_ORDER=FO1
	run -0 --separate-stderr env DEED_CI_REF=refs/tags/v9 "$DEED" --ledger "$ledger" --json deliver --ci
	[ "$(get '.findings[] | select(.rule == "shallow-clone").severity')" = warn ]
	[[ $(get '.findings[] | select(.rule == "shallow-clone").fix') == 'git fetch'* ]]
}

@test "deliver --ci: missing bytes of LFS files stop it, and it says which to fetch" {
	printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 7\n' 7 >big.bin
	git -c filter.lfs.clean=cat -c filter.lfs.process= -c filter.lfs.required=false add .
	git commit -qm 'a pointer'
	run -1 --separate-stderr deed --json deliver --ci
	[ "$(get '.findings[0].rule')" = lfs-missing ]
	[ "$(get '.findings[0].fix')" = 'git lfs fetch' ]
}

@test "deliver --ci: another commit than the host says is told" {
	run -0 --separate-stderr env DEED_CI_COMMIT="$(printf '%040d' 1)" "$DEED" --json deliver --ci
	[ "$(get '.findings[].rule')" = other-commit ]
}

# statement FILE...: an in-toto statement about files.
statement() {
	for file; do
		printf '{"name":"%s","digest":{"sha256":"%s"}}\n' "$file" "$(sha256sum <"$file" | cut -d' ' -f1)"
	done | jq -sc '{_type: "https://in-toto.io/Statement/v1", subject: ., predicateType: "https://slsa.dev/provenance/v1", predicate: {}}'
}

bundle() {
	jq -nc --arg payload "$(base64 -w0)" '{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
		verificationMaterial: {}, dsseEnvelope: {payload: $payload,
		payloadType: "application/vnd.in-toto+json", signatures: [{sig: "AAAA"}]}}'
}

@test "deliver --attestation: a bundle is kept byte for byte, and told of what it speaks" {
	statement main.c | bundle >../main.sigstore.json
	statement main.c >../main.intoto.json
	{ statement main.c | bundle; statement main.c | bundle | jq -c .dsseEnvelope; } >../both.jsonl
	run -0 --separate-stderr deed --json deliver --ci --attestation ../main.sigstore.json \
		--attestation ../main.intoto.json --attestation ../both.jsonl
	[ "$(get '.findings | length')" -eq 0 ]
	run -0 --separate-stderr deed --json show d1
	[ "$(get '[.content.files[].attestation.form] | join(" ")')" = 'sigstore in-toto dsse' ]
	[ "$(get '[.content.files[].attestation.matches] | join(" ")')" = '1 1 2' ]
	[ "$(get '.content.files[0].attestation.predicate')" = https://slsa.dev/provenance/v1 ]
	cmp "$ledger/$(get '.content.files[0].path')" ../main.sigstore.json
	python3 "$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
	deed verify
	deed -q dispute pack --yes -O "$HOME"
	deed verify "$HOME"/*evidence*.zip
}

@test "deliver --attestation: what speaks of other files is told, what is none is refused" {
	echo other >../other
	(cd .. && statement other) >../other.json
	run -0 --separate-stderr deed --json deliver --ci --attestation ../other.json
	[ "$(get '.findings[].rule')" = other-attestation ]
	for bad in '{}' '' 'x' '[1]' '{"payloadType":"text/plain","payload":"AA=="}' '{"dsseEnvelope":{"payloadType":"application/vnd.in-toto+json","payload":"*"}}'; do
		printf '%s' "$bad" >../bad.json
		refused deliver --ci --attestation ../bad.json
	done
	refused deliver --ci --attestation ../none.json
}

#
# Detached.
#

@test "deliver --detach: what is packed is not written over" {
	before=$(cat main.c)
	for file in main.c ./main.c "$PWD/main.c"; do
		refused deliver --detach "$file" -m 'the first version' main.c
		[[ $stderr == *'main.c is packed itself'* ]]
	done
	refused deliver --detach main.c -m 'the first version' --ref HEAD --add main.c
	[ "$(cat main.c)" = "$before" ]
	for file in '' .; do
		refused deliver --detach "$file" -m 'the first version'
		[[ $stderr == *' is a folder'* ]]
	done
}

@test "deliver --detach: no ledger is needed, and import records the very archive" {
	(
		unset DEED_ORDER
		export HOME=$BATS_TEST_TMPDIR/runner
		mkdir "$HOME"
		git config --local --unset deed.ledger || :
		git config --local --unset deed.order || :
		run -2 deed list
		statement main.c | bundle >../p.json
		github "$DEED" --json deliver --ci --detach ../d.zip --covers r1,r7 --attestation ../p.json >../made.json
		[ ! -e "$HOME/.local" ]
	)
	jq -e '.archive.sha256 and .detached.sha256 and .run.run == "77"' ../made.json
	unzip -tq ../d.zip
	run -0 --separate-stderr deed --json import -o FO1 ../d.zip
	[ "$(get .delivery)" = d1 ]
	[ "$(get .archive.sha256)" = "$(jq -r .archive.sha256 ../made.json)" ]
	[ "$(sha256sum <"$(get .archive.path)")" = "$(get .archive.sha256)  -" ]
	[ "$(get .run.run)" = 77 ]
	[[ $stderr == *'no requirement "r7"'* ]]
	run -0 --separate-stderr deed -o FO1 --json show d1
	[ "$(get '.content.covers | join(",")')" = r1 ]
	[ "$(get '.content.text')" = 'a first version' ]
	[ "$(get '.content.detached.sha256')" = "$(sha256sum <../d.zip | cut -d' ' -f1)" ]
	[ "$(get '.content.files[0].attestation.matches')" = 1 ]
	deed -o FO1 verify
	ledger_is_clean
	python3 "$repo/tests/lib/validate-stream.py" "$ledger"/orders/*/FO1.yaml
	# the same bytes as a delivery made here
	git config deed.ledger "$ledger"
	run -0 --separate-stderr deed -o FO1 deliver -m 'by hand'
	[ "$output" = d1 ]
}

@test "import: detached deliveries of parallel jobs are one, the same run twice nothing" {
	for i in 1 2 3 4; do
		github env GITHUB_RUN_ID="$i" "$DEED" -q deliver --ci --detach "../d$i.zip" &
	done
	wait
	run -0 --separate-stderr deed import ../d1.zip ../d2.zip ../d1.zip
	[ "$output" = $'d1\nd1\nd1' ]
	(deed -q import ../d3.zip) &
	(deed -q import ../d4.zip) &
	wait
	[ "$(deed --json log -k delivery | wc -l)" -eq 4 ]
	[ "$(deed --json log -k delivery | jq -r 'select(.label).label')" = d1 ]
	before=$(snapshot)
	run -0 --separate-stderr deed --json import - <../d3.zip
	[ "$(get .also)" = true ]
	[ "$before" = "$(snapshot)" ]
	deed verify
}

@test "import: a detached delivery for another order is refused" {
	DEED_ORDER=FO1 deed -q deliver --ci --detach ../d.zip
	deed -q open FO2
	refused import -o FO2 ../d.zip
}

# change MEMBER FILTER: d.zip with one member changed, in bad.zip.
change() {
	rm -rf ../x ../bad.zip
	mkdir ../x
	(cd ../x && unzip -q ../d.zip && $2 <"$1" >new && mv new "$1" && zip -q ../bad.zip ./*)
}

@test "import: a detached delivery that was changed is refused" {
	statement main.c | bundle >../p.json
	deed -q deliver --ci --detach ../d.zip --attestation ../p.json
	change archive.sha256sums 'tr 0 1'
	refused import ../bad.zip
	change attestation-00-p.json 'tr A B'
	refused import ../bad.zip
	change deed-delivery.json 'jq .archive.files=2'
	refused import ../bad.zip
	change deed-delivery.json 'jq .detached=2'
	refused import ../bad.zip
	change deed-delivery.json 'jq .text=[1]'
	refused import ../bad.zip
	change deed-delivery.json 'jq .run={"a":{"b":1}}'
	refused import ../bad.zip
	change deed-delivery.json 'jq del(.packed)'
	refused import ../bad.zip
	change deed-delivery.json 'head -c 20'
	refused import ../bad.zip
	(cd .. && rm -rf y && mkdir y && cd y && echo other >f && zip -q other.zip f)
	change archive.zip 'cat ../y/other.zip'
	refused import ../bad.zip
	change deed-delivery.json cat
	deed -q import ../bad.zip
}

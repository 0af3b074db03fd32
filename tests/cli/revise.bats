#!/usr/bin/env bats
load ../lib

setup() {
	project
	order --revisions 1 --requirement "a page"
	delivered --covers r1
}

@test "revise: only a formal request counts against the quota" {
	deed -q revise -m "could you also"
	[ "$(deed --json status | jq -c .revisions)" = '{"used":0,"allowed":1}' ]
	deed -q revise --formal -m "please revise"
	[ "$(deed --json status | jq -c .revisions)" = '{"used":1,"allowed":1}' ]
	[ "$(deed --json status | jq -r .state)" = revision ]
}

@test "revise: every item is a fix, included or new work, with its clause" {
	run -0 --separate-stderr deed --json revise --formal -m "please" \
		--fix "a typo" --included "the colour" --new "an animation" --clause r1
	[ "$(get .label)" = rev1 ]
	run -0 --separate-stderr deed --json show rev1
	[ "$(get '[.content.items[]|"\(.class):\(.text):\(.clause)"]|join(";")')" = \
		"fix:a typo:r1;included:the colour:r1;new:an animation:r1" ]
}

@test "revise: one over the quota is recorded all the same, and said so" {
	deed -q revise --formal -m one
	run -0 --separate-stderr deed revise --formal -m two
	[ "$output" = rev2 ]
	[[ $stderr = *"over"*"quota"* ]]
}

@test "revise: that only the button counts is said with its date, where a platform says so" {
	deed -q open FO2 --platform fiverr --revisions 1
	run -0 --separate-stderr deed revise -m "could you also"
	[[ $stderr == *"only a formal request does"*"as of 2025-06: Fiverr staff"* ]]
	deed -q open UP1 --platform upwork
	run -0 --separate-stderr deed revise -m "could you also"
	[[ $stderr != *"as of"* ]]
}

@test "revise: nothing asked for is nothing to record" {
	refused revise --formal
}

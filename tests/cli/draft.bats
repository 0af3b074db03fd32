#!/usr/bin/env bats
load ../lib

setup() {
	project
	order --platform fiverr --buyer anna --title "Landing page" \
		--price "250 USD" --due 2026-12-01 --requirement "a page" --exclude "hosting" \
		--party-name "Anna Ltd" --party-address "1 Main Street"
}

# Everything a draft could be about is recorded.
filled() {
	delivered --covers r1
	deed -q submit
	deed -q accept -m "wonderful"
	deed -q log -k handover --set item=source -m "the repository"
	deed -q revise --formal -m "could you add an animation" --new "an animation"
	deed -q cancel --by buyer --reason "not my taste"
}

@test "draft: confirm repeats what was agreed, and what was not" {
	run -0 --separate-stderr deed draft confirm
	[[ $output = *anna*"Landing page"*"- a page"*"Not included"*"- hosting"* ]]
	[ -z "$stderr" ]
}

@test "draft: what is not recorded is left out, never made up" {
	deed -q open BARE
	run -0 --separate-stderr deed draft confirm -o BARE
	[[ $output != *"{"* ]]
	[[ $output != *"Not included"* ]] # nothing would stand below
	[[ $output != *Due* ]]
}

@test "draft: a text about a fact that is not recorded is refused" {
	refused draft delivery
	refused draft handover
	refused draft demand
}

@test "draft: every text passes its own reading, on every platform" {
	filled
	for platform in fiverr upwork freelancer peopleperhour guru codeable contra toptal direct; do
		deed -q correct -o FO1 "$(deed --json log -r -n1 | jq -r '.entry[0:12]')" --set platform=$platform -m "another platform"
		for what in confirm delivery new-work decline ticket ack handover demand; do
			run -0 --separate-stderr deed --json draft $what --price "50 USD"
			echo "$platform $what: $output"
			[ "$(get '.limit == null or (.paste | length) <= .limit')" = true ]
			[ "$(get '.findings|length')" = 0 ]
		done
	done
}

@test "draft: nothing is recorded by it" {
	filled
	before=$(snapshot)
	deed draft ticket
	deed draft
	[ "$before" = "$(snapshot)" ]
}

@test "draft: new-work repeats what is new in a request, not what is a fix" {
	deed -q revise --formal -m 'fix the form, and add a blog' \
		--fix 'the form' --new 'a blog'
	run -0 --separate-stderr deed draft new-work
	[[ $output == *"- a blog"* ]]
	[[ $output != *"the form"* ]]
}

@test "draft: a word that the platform's filter holds is named, with its date" {
	run -0 --separate-stderr deed --json draft new-work --request "please write to my email"
	[ "$(get '.findings[0].rule')" = held-word ]
	[[ $(get '.findings[0].why') = *"as of"* ]]
}

@test "draft: threats, wishes for reviews and long numbers are named" {
	run -0 --separate-stderr deed --json draft new-work \
		--request "or else I will sue; give me a five star rating, call 0123456789"
	[ "$(get '[.findings[].rule]|unique|join(" ")')" = "held-code review threat" ]
}

@test "draft: the user's own template goes before deed's" {
	mkdir -p "$HOME/.config/deed/templates"
	echo 'Dear {buyer}, {nonsense}' >"$HOME/.config/deed/templates/confirm.txt"
	echo 'Thanks for {title}.' >>"$HOME/.config/deed/templates/confirm.txt"
	run -0 --separate-stderr deed draft confirm
	[ "$output" = "Thanks for Landing page." ]
}

@test "draft: without a word it lists what makes sense now" {
	run -0 --separate-stderr deed --json draft
	[ "$(get .draft | head -n1)" = confirm ]
	deed -q cancel --by buyer
	run -0 --separate-stderr deed --json draft
	[[ "$(get .draft)" = *decline* ]]
}

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

@test "draft: ticket, after support cancelled, has the buyer's words and asks to look again" {
	delivered --covers r1
	deed -q submit
	deed -q accept -m "wonderful, thank you" --at 2026-11-20
	deed -q accept --kind button --at 2026-11-21
	run -0 --separate-stderr deed draft ticket
	[[ $output == *"before a decision is made"* && $output != *"cancelled"* ]]
	deed -q cancel --by support --reason "nothing was delivered"
	run -0 --separate-stderr deed draft ticket
	[[ $output == *"It was cancelled on "*"look at that decision again"*"nothing was delivered"* ]]
	[[ $output == *"On 2026-11-20 the buyer wrote: wonderful, thank you"* ]]
	[[ $output == *"On 2026-11-21 the order was completed."* ]]
	[[ $output != *"before a decision is made"* ]]
	run -0 --separate-stderr deed draft
	[[ $output == *ticket*"look again"* ]]
}

@test "draft: decline says as described only where nothing is known to be missing" {
	delivered --covers r1
	deed -q cancel --by buyer --reason "not my taste"
	run -0 --separate-stderr deed draft decline
	[[ $output == *"You wrote: not my taste"*"as described. Taste is not part"* ]]
	deed -q scope add -m "a second page"
	run -0 --separate-stderr deed draft decline
	[[ $output == *"- a second page"* && $output != *"as described"* ]]
}

@test "draft: demand asks for what is open, and no longer when nothing is" {
	deed -q open D1 --platform direct --price "600 USD" --title API --buyer byron
	delivered
	deed -q log -k payment --set amount="250 USD" -m "half of it"
	run -0 --separate-stderr deed --json draft
	[[ $(get .draft) == *demand* ]]
	run -0 --separate-stderr deed draft demand
	[[ $output == *"for 600 USD"*"So far 250.00 USD"*"The amount of 350.00 USD is still open"* ]]
	deed -q log -k payment --set amount="350 USD" -m "the rest"
	refused draft demand
	run -0 --separate-stderr deed --json draft
	[[ $(get .draft) != *demand* ]]
}

@test "draft: handover never pastes a password" {
	deed -q log -k handover --set item=credentials -m "login jane, password: hunter2" 2>/dev/null
	run -0 --separate-stderr deed draft handover
	[[ $output == *"- credentials"* && $output != *hunter2* ]]
}

@test "draft: a text longer than the box is cut to it, and that is said" {
	local many=()

	for n in $(seq 60); do
		many+=(--requirement "page number $n, with everything that was described in the gig")
	done
	deed -q open BIG --platform fiverr --buyer anna "${many[@]}"
	for what in confirm decline; do
		run -0 --separate-stderr deed --json draft $what
		[ "$(get '.paste | length <= 2500 and length > 2000')" = true ]
		[[ $(get .paste) == *"- page number 1,"*"more"* ]]
		[ "$(get '[.findings[].rule] | join(" ")')" = too-long ]
		[[ $(get '.findings[0].what') == *"cut to the 2500 characters"* ]]
	done
}

@test "draft: what a filter holds is named with its page, other words for it, and whose rule it is" {
	run -0 --separate-stderr deed --json draft new-work --request "pay me at https://example.com/form"
	[ "$(get '[.findings[].rule] | join(" ")')" = "held-word held-link" ]
	[[ $(get '.findings[0].why') == *"Fiverr"*"as of 2022: Fiverr forum"* ]]
	[[ $(get '.findings[0].fix') == *"milestone"* ]]
	mkdir -p "$HOME/.config/deed/platforms"
	cat >"$HOME/.config/deed/platforms/fiverr.yaml" <<-'END'
		profile: 1
		name: fiverr
		values:
		  filter.words: {value: [banana], unit: list, source: my own note, as_of: "2026-11", confidence: high}
	END
	run -0 --separate-stderr deed --json draft new-work --request "pay with a banana"
	[ "$(get '[.findings[].what] | join(" ")')" = '"banana" may hold the message' ]
	[[ $(get '.findings[0].why') == *"as of 2026-11: my own note; your own value, from "*fiverr.yaml* ]]
}

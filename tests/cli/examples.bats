#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The examples of the manual pages, and the README's session, are typed in as
# they stand there, one after the other, and must do what the page shows.
#
# Only what stands behind "$ " is typed in.  In a page, a comment before the first example says what it needs, so that
# nothing ever runs in a real home:
#
#	.\" setup: order delivered
#
# (see the functions named setup_...), and one before an example whose last
# command must not end with status 0 says with which:
#
#	.\" status: 1
#
# What is shown after a command must be what a terminal would show, where ids
# and times may differ, and "..." stands for any lines.

load ../lib

setup_none() {
	sandbox
}

setup_project() {
	sandbox
	mkdir -p "$HOME/page/build" "$HOME/Desktop"
	cd "$HOME/page" || return
	git init -q
	echo '<h1>hello</h1>' >index.html
	echo '<form></form>' >form.html
	echo 'build/' >.git/info/exclude
	echo '<h1>hello</h1>' >build/index.html
	git add .
	git commit -qm 'The page and its form'
	echo 'one landing page' >gig.html
	printf '\211PNG\r\n' >screenshot.png
	printf 'Subject: Your order\n\nIt was cancelled.\n' >mail.eml
}

setup_ledger() {
	setup_project
	deed -q init
}

setup_order() {
	setup_ledger
	deed -q open FO8154C2A7 --platform fiverr --buyer tomshop \
		--title 'Landing page' --price '250 USD' --due 'in 7 days' \
		--revisions 2 --requirement 'responsive page' \
		--requirement 'contact form'
}

# Further words of a setup line: what happened since.

setup_another() {
	deed -q open FO91B3D604 --platform fiverr --buyer tomshop --title Logo
}

setup_delivered() {
	deed -q deliver --covers r1,r2 -O "$HOME" -m 'The page with its form' 2>/dev/null
	mv "$HOME/FO8154C2A7-delivery-1.zip" from-buyer.zip
}

setup_submitted() {
	deed -q submit
}

# The only authority is one that nobody answers for.
setup_offline() {
	git config --global deed.tsa http://127.0.0.1:9/tsr
}

setup_chat() {
	printf '%s\n' '23/11/2026, 10:15 - tomshop: Looks great!' \
		'23/11/2026, 10:16 - Jane Dev: Thank you' \
		>'WhatsApp Chat with tomshop.txt'
}

# A ledger with this order was pushed, and is not on this machine any more.
setup_remote() {
	setup_order
	setup_delivered
	git init -q --bare "$HOME/records.git"
	git -C "$ledger" remote add origin "$HOME/records.git"
	deed -q sync
	rm -r "$ledger"
	git config --unset deed.ledger
}

# "setup WORDS", "status N", "run COMMAND", "see LINE" for each line of the
# examples of a manual page; a line feed in a command is written as \001.
of_page() {
	awk '
	function plain(s) {
		gsub(/\\\(aq/, "\047", s)
		gsub(/\\-/, "-", s)
		gsub(/\\&/, "", s)
		gsub(/\\e/, "\\", s)
		return s
	}
	function line(s) {
		if (more)
			command = command "\001" s
		else if (s ~ /^\$ /)
			command = substr(s, 3)
		else {
			print "see " s
			return
		}
		more = s ~ /[\\|]$/
		if (!more)
			print "run " command
	}
	/^\.Sh / { on = $2 == "EXAMPLES"; next }
	!on { next }
	/^\.\\" (setup|status): / { sub(/:/, ""); print substr($0, 5); next }
	/^\.Bd / { literal = 1; next }
	/^\.Ed/ { literal = 0; next }
	/^\.Dl \$ / { line(plain(substr($0, 5))); next }
	literal { line(plain($0)) }' "$1"
}

# The same of Markdown, where examples are fenced as "console".
of_markdown() {
	awk '
	/^<!-- (setup|status): .* -->$/ {
		sub(/:/, "")
		print substr($0, 6, length($0) - 9)
		next
	}
	/^```console$/ { on = 1; next }
	/^```/ { on = 0 }
	!on { next }
	more { command = command "\001" $0 }
	!more && !/^\$ / { print "see " $0; next }
	!more { command = substr($0, 3) }
	{ more = /\\$/ }
	!more { print "run " command }' "$1"
}

# What differs from one time to the next; and rules grow old.
masked() {
	sed -E "/^deed: warning: .* more than a year ago/d
		s#$HOME#/home/jane#g; s/\b[0-9a-f]{8,64}\b/ID/g
		s/[0-9]{8}T[0-9]{6}Z/WHEN/g
		s/[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:]{5,8}Z?)?/WHEN/g"
}

# matches TEXT PATTERN
matches() {
	local pattern

	pattern=$(sed 's/[^[:alnum:]]/\\&/g; s/^\(\\\.\)\{3\}$/*/' <<<"$2")
	# shellcheck disable=SC2053 # a pattern on purpose
	[[ $1 == $pattern ]]
}

# The last command typed against what was shown and wanted of it.
compare() {
	[ "$status" -eq "$wanted" ] || {
		printf '$ %s\nstatus %s instead of %s\n' "$command" "$status" "$wanted"
		cat "$BATS_TEST_TMPDIR/said"
		return 1
	}
	wanted=0
	[ -n "$shown" ] || return 0
	said=$(masked <"$BATS_TEST_TMPDIR/said")
	shown=$(masked <<<"${shown%$'\n'}")
	matches "$said" "$shown" || {
		printf '$ %s\n--- shown:\n%s\n--- printed:\n%s\n' "$command" "$shown" "$said"
		return 1
	}
}

# play FILE: in a sandbox of its own, type in what of_page or of_markdown made
# of a file; complain of the first thing that is not as shown.
play() (
	command='' shown='' said='' status=0 wanted=0 next=0 ready=''
	mkdir "$BATS_TEST_TMPDIR/$1"
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$1
	PATH=$(dirname "$DEED"):$PATH
	unset -f deed
	while IFS= read -r line <&3; do
		case $line in
		'setup '*)
			for word in ${line#setup }; do
				"setup_$word" || exit
			done
			ready=yes
			;;
		'status '*) next=${line#status } ;;
		'see '*) shown+=${line#see }$'\n' ;;
		'run '*)
			[ -n "$ready" ] || {
				echo 'the examples do not say what they need (setup:)'
				exit 1
			}
			compare || exit
			command=$(tr '\001' '\n' <<<"${line#run }")
			shown='' status=0 wanted=$next next=0
			eval "$command" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null 3<&- || status=$?
			;;
		esac
	done 3<"$BATS_TEST_TMPDIR/../$1.steps"
	[ -n "$command" ] || {
		echo 'there is no example'
		exit 1
	}
	compare
)

# Every file given, each as it is called in $of.
play_all() {
	local file name bad=0

	for file; do
		name=$(basename "$file")
		"$of" "$file" >"$BATS_TEST_TMPDIR/$name.steps"
		play "$name" || {
			echo "in $name"
			bad=1
		}
	done
	return $bad
}

@test "examples: those of every command's page do what the page shows" {
	of=of_page play_all "$repo"/man/*.1
}

@test "examples: the tutorial has a first session and six stories to type in" {
	for n in 1 2 3 4 5 6; do
		sed -n "/^\.Ss $n\. /,/^\.Ss /p" "$repo/man/deed-tutorial.7" | grep -q '^\$ deed '
	done
	# the first session: a ledger, an order, a delivery, a dispute
	for verb in init open deliver 'dispute pack'; do
		sed -n '/^\.Ss The first/,/^\.Ss 2/p' "$repo/man/deed-tutorial.7" | grep -qE "^\\$ deed (-q )?$verb"
	done
}

@test "examples: so do those of the tutorial, and of pages about formats" {
	mapfile -t pages < <(grep -l '^\.\\" setup: ' "$repo"/man/*.[57])
	[ "${#pages[@]}" -gt 0 ]
	SECONDS=0
	of=of_page play_all "${pages[@]}"
	[ "$SECONDS" -lt 300 ]
}

@test "examples: the session in README does what it shows" {
	of=of_markdown play_all "$repo/README.md"
}

page() {
	mkdir "$BATS_TEST_TMPDIR/man"
	printf '%s\n' '.Sh EXAMPLES' "$@" >"$BATS_TEST_TMPDIR/man/page.1"
	of=of_page run play_all "$BATS_TEST_TMPDIR/man/page.1"
}

@test "examples: a page that shows something else is found out" {
	page '.\" setup: none' '.Bd -literal' '$ echo 1' 2 '.Ed'
	[ "$status" -eq 1 ]
	[[ $output == *'printed:'*'1'*'in page.1' ]]
}

@test "examples: a command that fails is found out" {
	page '.\" setup: none' '.Bd -literal' '$ deed nonsense' '$ true' '.Ed'
	[ "$status" -eq 1 ]
	[[ $output == *'status 2 instead of 0'* ]]
}

@test "examples: a command that should fail and does not is found out" {
	page '.\" setup: none' '.\" status: 1' '.Dl $ true'
	[ "$status" -eq 1 ]
	[[ $output == *'status 0 instead of 1'* ]]
}

@test "examples: three dots stand for any lines, an id for any other" {
	page '.\" setup: none' '.Bd -literal' \
		'$ printf "a\enb\enc\en0123456789abcdef\en"' \
		a '\&...' 0000000000000000 '.Ed'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "examples: nothing runs that does not say what it needs" {
	page ".Dl $ touch '$BATS_TEST_TMPDIR/ran'"
	[ "$status" -eq 1 ]
	[[ $output == *'setup:'* ]]
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "examples: a page without one is found out" {
	page 'None.'
	[ "$status" -eq 1 ]
	[[ $output == *'no example'* ]]
}

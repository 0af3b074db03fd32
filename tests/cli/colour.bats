#!/usr/bin/env bats
# Colour on a terminal, as git's color.ui has it; columns that stay columns in
# every script.

load ../lib

setup() {
	project
	export TERM=xterm
	unset NO_COLOR PAGER
	export GIT_PAGER=cat
	esc=$'\033'
}

# on_terminal WORD...: what a terminal 200 columns wide is sent
on_terminal() {
	script -qec "stty cols 200 2>/dev/null; $(printf '%q ' "$DEED" "$@")" /dev/null </dev/null | tr -d '\r'
}

@test "colour: a terminal gets it, a pipe does not" {
	order
	on_terminal list >seen
	grep -q "${esc}\[33mFO1${esc}\[m  *open" seen
	run -0 deed list
	no_raw "$output"
}

@test "colour: color.ui says always or never, as to git" {
	order
	git config --global color.ui always
	deed list >seen
	grep -q "${esc}\[33mFO1${esc}\[m" seen
	for no in never false; do
		git config --global color.ui $no
		on_terminal list >seen
		run -1 grep "$esc" seen
	done
	for ask in auto true; do
		git config --global color.ui $ask
		on_terminal list >seen
		grep -q "$esc" seen
		deed list >seen
		run -1 grep "$esc" seen
	done
}

@test "colour: a script that names the ledger is not made to ask git" {
	order
	git config --global color.ui always
	DEED_DIR=$ledger deed -o FO1 list >seen
	run -1 grep "$esc" seen
	DEED_DIR=$ledger on_terminal list >seen
	grep -q "$esc" seen
}

@test "colour: NO_COLOR and a dumb terminal are heeded, unless git was told always" {
	order
	NO_COLOR=1 on_terminal list >seen
	run -1 grep "$esc" seen
	TERM=dumb on_terminal list >seen
	run -1 grep "$esc" seen
	git config --global color.ui always
	NO_COLOR=1 on_terminal list >seen
	grep -q "$esc" seen
}

@test "colour: JSON and fields have none, whatever the setting" {
	order
	git config --global color.ui always
	for form in --json -z; do
		for words in list log status check verify; do
			deed $form $words >seen || true
			run -1 grep "$esc" seen
			LC_ALL=C run -1 grep -aP '\xc0' seen
		done
	done
}

@test "colour: what is at stake is red: a blocker, a failure, a dispute" {
	order
	run on_terminal complete -m ''
	[[ $output == *"${esc}[31mblock${esc}[m: blank-note"* ]]
	deed -q dispute open --claim not-delivered -m 'nothing came'
	[[ $(on_terminal status) == *"${esc}[33mFO1${esc}[m  ${esc}[31mdisputed${esc}[m"* ]]
	sed -i 's/nothing came/nothing cane/' "$ledger"/orders/*/FO1.yaml
	on_terminal verify >seen || true
	grep -q "^${esc}\[31mfail    ${esc}\[m" seen
	grep -q "${esc}\[31m.* 1 failed\|${esc}\[31m.* [2-9] failed" seen
}

@test "colour: an error's hint has that of git's, and an error none" {
	order
	on_terminal log --limit=x >seen || true
	run -1 grep "$esc" seen
	on_terminal show d7 >seen || true
	grep -q "^deed: " seen
	grep -q "^${esc}\[33mhint:${esc}\[m " seen
}

@test "colour: what a stranger wrote can neither colour a line nor hide" {
	order --title $'\ufdd4red \033[31m'
	on_terminal status >seen
	grep -q $'  title      \ufdd4red \\\\x1b\\[31m\r*$' seen
	run -0 deed status
	[[ $output == *$'  title      \ufdd4red \\x1b[31m'* ]]
	printf 'a\300\224b' >odd
	refused log -F odd
}

# columns_of TEXT: the column at which each row of a list has its platform.
columns_of() {
	python3 -c '
import sys, unicodedata
def width(c):
    if unicodedata.category(c) in ("Mn", "Me", "Cf"): return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
for line in sys.stdin:
    at = line.rfind("  ", 0, line.index("END")) + 2
    print(sum(map(width, line[:at])))'
}

@test "columns: CJK, Hebrew with points, Arabic with marks, Thai and emoji are aligned" {
	deed -q init
	n=0
	for buyer in tom 日本語 שָׁלוֹם مُحَمَّد 'สวัสดี' '⌚ ✅ 🧑 🪐' 'é' 'हिन्दी' '한국어'; do
		deed -q open FO$((n += 1)) --buyer "$buyer" --title "END $buyer"
	done
	run -0 deed list
	[ "$(tail -n +2 <<<"$output" | columns_of | sort -u | wc -l)" -eq 1 ]
}

@test "columns: a cell from right to left does not draw the next one to its side" {
	deed -q init
	deed -q open FO1 --buyer مُحَمَّد --title שלום
	on_terminal list >seen
	grep -qP 'مُحَمَّد\x{200e}  ' seen
	run -0 deed list
	no_raw "$output"
}

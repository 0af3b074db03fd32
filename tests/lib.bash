# What the tests of the command line share: "load ../lib", then sandbox or
# project in setup(), and order where an order is needed.
bats_require_minimum_version 1.5.0

repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
DEED=${DEED:-$repo/build/deed}

deed() {
	"$DEED" "$@"
}

# LeakSanitizer cannot look while another process looks on.
strace() {
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 command strace "$@"
}

# A home of its own, an identity in git's config, and nothing of the machine's
# settings; the working directory is empty.
sandbox() {
	local name

	for name in $(env | sed -n 's/^\(GIT_[A-Z_]*\|DEED_[A-Z_]*\|XDG_[A-Z_]*\)=.*/\1/p'); do
		[ "$name" = DEED_SAMPLES ] || unset "$name"
	done
	unset CI EDITOR VISUAL SUDO_UID
	export HOME=$BATS_TEST_TMPDIR/home TZ=UTC LC_ALL=C.UTF-8
	export GIT_CONFIG_GLOBAL=$HOME/.gitconfig GIT_CONFIG_NOSYSTEM=1
	export ASAN_OPTIONS=${ASAN_OPTIONS:-} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
	export LSAN_OPTIONS=suppressions=$repo/tests/lib/leaks.supp:print_suppressions=0
	ledger=$HOME/.local/share/deed/ledger
	mkdir -p "$HOME" "$BATS_TEST_TMPDIR/work"
	printf '[user]\n\tname = Jane Dev\n\temail = jane@example.org\n[init]\n\tdefaultBranch = main\n' \
		>"$GIT_CONFIG_GLOBAL"
	cd "$BATS_TEST_TMPDIR/work" || return
}

# The sandbox, and a git project with one commit as working directory.
# Words are options of git init.
project() {
	sandbox
	git_project "$BATS_TEST_TMPDIR/work" "$@"
}

# git_project DIR [OPTION]...
git_project() {
	local dir=$1

	shift
	git init --quiet "$@" "$dir"
	echo 'int main(void) { return 0; }' >"$dir/main.c"
	git -C "$dir" add .
	git -C "$dir" commit --quiet -m 'a first version'
}

# In the project: a ledger, and the order FO1 (words are options of open).
order() {
	deed -q init
	deed -q open FO1 "$@"
}

# A delivery of FO1, from the project's commit.
delivered() {
	deed -q deliver -m 'the first version, ready to run' "$@"
}

# by_hand KIND LINE...: one entry more of the only order, as another program
# might write it.
by_hand() {
	python3 - "$(echo "$ledger"/orders/*/*.yaml)" "$@" <<-'END'
		import hashlib, re, sys
		path, kind, *lines = sys.argv[1:]
		digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
		last = digest(re.findall(r"---\n((?:.*\n){5})", open(path).read())[-1])
		content = "".join(line + "\n" for line in ['nonce: "%032d"' % 7, *lines])
		open(path, "a").write(
		    '---\ndeed: 1\nkind: %s\nafter: ["%s"]\nrecorded: "2030-01-01T00:00:00Z"\ncontent: "%s"\n%s'
		    % (kind, last, digest(content), content))
	END
	git -C "$ledger" commit -qam 'by hand'
}

# Everything a ledger holds that is not disposable.
snapshot() {
	local dir=${1:-$ledger}

	[ -e "$dir/.git" ] || {
		echo 'no ledger'
		return
	}
	git -c safe.directory='*' -C "$dir" rev-parse HEAD
	(cd "$dir" && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

# git sees nothing changed, nothing left over, nothing broken.
ledger_is_clean() {
	local dir=${1:-$ledger} said

	said=$(git -C "$dir" status --porcelain --untracked-files=all 2>&1)
	[ -z "$said" ] || {
		echo "git status: $said"
		return 1
	}
	said=$(git -C "$dir" fsck --full --strict 2>&1)
	[ -z "$said" ] || {
		echo "git fsck: $said"
		return 1
	}
}

# Nothing a terminal would obey: C0 but TAB and LF, DEL, C1, marks that
# reorder text.
no_raw() {
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$1" &&
		! grep -qP '[\x{80}-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]' <<<"$1"
}

# refused WORD...: exit 2, nothing on stdout, one sentence and perhaps a hint on
# stderr, the ledger as it was.
refused() {
	local before

	before=$(snapshot)
	run -2 --separate-stderr deed "$@"
	[ "$before" = "$(snapshot)" ]
	[ -z "$output" ]
	said_once
}

# $stderr is one sentence, perhaps with a hint.
said_once() {
	echo "# stderr: $stderr"
	[[ ${stderr_lines[0]} == 'deed: '* ]]
	[ "${#stderr_lines[@]}" -le 2 ]
	[ "${#stderr_lines[@]}" -eq 1 ] || [[ ${stderr_lines[1]} == 'hint: '* ]]
	no_raw "$stderr"
}

# gojq starts ten times faster, and tests do so thousands of times; but it
# sorts the keys of what it prints.
jq() {
	case " $*" in
	*keys_unsorted* | *tojson* | *_entries* | *' -'[Sc]* | *' -'[rsn][Sc]*) command jq "$@" ;;
	*) "$json_reader" "$@" ;;
	esac
}
json_reader=$(type -P gojq || type -P jq)

# get FILTER: of the JSON in $output.
get() {
	jq -r "$1" <<<"$output"
}

# The keys of the JSON object in $output, sorted, on one line.
keys() {
	jq -r "${1:-.} | keys | join(\" \")" <<<"$output"
}

# How many entries FO1 (or ORDER) has in the file.
entries() {
	grep -c '^---$' "$ledger"/orders/*/"${1:-FO1}.yaml"
}

# The contents of an order as PyYAML reads them, as a JSON list.
as_yaml() {
	python3 -c '
import json, sys, yaml
pieces = open(sys.argv[1], newline="").read().split("\n---\n")
print(json.dumps([yaml.load(p[4:] if p.startswith("---\n") else p, yaml.BaseLoader) for p in pieces]))
' "${1:-$(echo "$ledger"/orders/*/FO1.yaml)}"
}

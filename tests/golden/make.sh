#!/bin/sh
# make.sh DIR: a package of this version of deed, to be verified for ever.
# One is made for each version of the format, and never made again: with it are
# the fingerprint, and the anchors of a reader (signers, root.pem, keys).
# DEED is the program; openssl and ssh-keygen serve.
set -eu
deed=$(realpath "${DEED:-build/deed}")
lib=$(realpath "$(dirname "$0")/../lib")
out=$(realpath -m "$1")
[ ! -e "$out" ] || { echo "$out exists" >&2; exit 2; }
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid"; rm -rf "$work"' EXIT
mkdir "$work/home" "$work/tsa" "$work/site" "$work/keys"
export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 TZ=UTC LC_ALL=C.UTF-8
unset GIT_CONFIG_GLOBAL GIT_DIR DEED_DIR XDG_DATA_HOME XDG_CONFIG_HOME
git config --global user.name 'Jane Dev'
git config --global user.email jane@example.org
git config --global init.defaultBranch main

# an authority whose certificates outlive its reader
cd "$work/tsa"
cat >tsa.cnf <<'END'
[tsa]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
certs = root.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
[v3]
extendedKeyUsage = critical,timeStamping
END
echo 01 >serial
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj '/CN=Golden Root' -days 36500
	openssl req -new -newkey rsa:2048 -nodes -keyout signer.key -out signer.csr -subj '/CN=Golden Stamps'
	openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile tsa.cnf -extensions v3 -days 36500 -out signer.pem
} 2>/dev/null
python3 "$lib/authority.py" "$work/tsa" &
pid=$!
while [ ! -s port ]; do sleep 0.1; done
git config --global deed.tsa "http://127.0.0.1:$(cat port)/good"
git config --global deed.roots "$work/tsa/root.pem"

cd "$work/keys"
ssh-keygen -q -t ed25519 -N '' -C '' -f jane
ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f anna
git config --global deed.signingkey "$work/keys/jane"
openssl genpkey -algorithm ed25519 -out mail.pem 2>/dev/null
sign() { "$lib/sign-mail.py" --key mail.pem -d client.example -s s1 "$@"; }
sign --record >keys
printf '%s\n' 'From: Anna <anna@client.example>' 'To: jane@example.org' 'Subject: the site' \
	'Date: Mon, 23 Nov 2026 10:01:00 +0100' 'Message-ID: <1@client.example>' '' \
	'I received delivery 1, and I like it.' | sign >mail.eml

# a small order with everything others can vouch for
cd "$work/site"
git init -q .
printf 'int\nmain(void)\n{\n\treturn 0;\n}\n' >main.c
git add main.c
GIT_AUTHOR_DATE='2026-11-22T10:00:00Z' GIT_COMMITTER_DATE='2026-11-22T10:00:00Z' git commit -qm 'a first version'
"$deed" -q init
"$deed" -q open FO1 --platform fiverr --set native_id=FO1 --buyer anna@client.example --title 'A site' --price '250 USD' \
	--requirement 'one page' 2>/dev/null
"$deed" -q log -k message --from Anna -m 'Please make it blue — ☃.'
"$deed" -q log -m 'a note that stays at home' 2>/dev/null
"$deed" -q deliver --covers r1 -O "$work/keys" -m 'The first version of the site, ready to run.' 2>/dev/null
ssh-keygen -q -Y sign -f "$work/keys/anna" -n deed "$work/keys/FO1-delivery-1-CHECKSUMS.txt" 2>/dev/null
"$deed" -q accept d1 --signature "$work/keys/FO1-delivery-1-CHECKSUMS.txt.sig" \
	--signer "anna@client.example=$work/keys/anna.pub" -m 'I accept it.'
"$deed" -q import --keys "$work/keys/keys" "$work/keys/mail.eml"
"$deed" -q stamp
mkdir -p "$out"
"$deed" --json dispute pack --yes -O "$out" 2>/dev/null >"$work/packed.json"
jq -r .package.fingerprint "$work/packed.json" >"$out/fingerprint"
cp "$work/tsa/root.pem" "$work/keys/keys" "$out"
{
	printf 'jane@example.org namespaces="deed" '
	cat "$work/keys/jane.pub"
	printf 'anna@client.example namespaces="deed" '
	cat "$work/keys/anna.pub"
} >"$out/signers"

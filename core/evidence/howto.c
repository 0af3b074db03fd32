/* SPDX-License-Identifier: ISC */
#include "core/evidence/howto.h"

#include <string.h>

#include "core/evidence/enclose.h"
#include "core/util/path.h"

const char howto_chain[] =
#include "check-chain.sh.inc"
    ;

static void
add_head(struct buf *out, const char *name)
{
	buf_addf(out,
	    "HOW TO VERIFY THIS PACKAGE\n"
	    "\n"
	    "You need no deed and no network: sh, find, sort, sha256sum, awk "
	    "and unzip are\n"
	    "enough.  Unpack the package, and go to the folder %s,\n"
	    "which holds bagit.txt.\n"
	    "\n"
	    "Each line that begins with \"$ \" is one command: copy what "
	    "stands behind that.\n"
	    "A good package lets each of them end with exit status 0 and, "
	    "but for the last,\n"
	    "without saying that anything is wrong.  (To see the status: echo "
	    "$?)\n"
	    "Where there is no sha256sum, \"shasum -a 256\" does the same.\n",
	    name);
}

static void
add_files(struct buf *out, bool is_signed)
{
	buf_addf(out,
	    "\n"
	    "1. Every file is the one that was packed\n"
	    "\n"
	    "The two manifests list the SHA-256 of every file.\n"
	    "\n"
	    "$ sha256sum --quiet --strict -c manifest-sha256.txt\n"
	    "$ sha256sum --quiet --strict -c tagmanifest-sha256.txt\n"
	    "\n"
	    "2. No file was added or taken away\n"
	    "\n"
	    "There is nothing but files and folders; the files below data are "
	    "those of the\n"
	    "first manifest, the others are those that root.txt names, and "
	    "the second manifest\n"
	    "lists all of these but itself.\n"
	    "\n"
	    "$ test -z \"$(find . ! -type f ! -type d)\"\n"
	    "$ test \"$(find data -type f | LC_ALL=C sort)\" = \"$(cut -c67- "
	    "manifest-sha256.txt)\"\n"
	    "$ test \"$(find . -type f ! -path './data/*' %s| cut -c3- | "
	    "LC_ALL=C sort)\" = \"$(sed -n 's/^tags //p' root.txt | tr ' ' "
	    "'\\n')\"\n"
	    "$ test \"$(cut -c67- tagmanifest-sha256.txt; echo "
	    "tagmanifest-sha256.txt)\" = \"$(sed -n 's/^tags //p' root.txt | "
	    "tr ' ' '\\n')\"\n"
	    "\n"
	    "3. root.txt says what the rest is\n"
	    "\n"
	    "It has five lines: three digests, the size of the payload, the "
	    "names above.\n"
	    "\n"
	    "$ test \"$(head -n 3 root.txt)\" = \"$(sha256sum bagit.txt "
	    "bag-info.txt manifest-sha256.txt)\"\n"
	    "$ test \"$(sed -n 4p root.txt)\" = \"payload $(($(find data "
	    "-type f | wc -l))) files $(($(find data -type f -exec cat {} + | "
	    "wc -c))) bytes\"\n"
	    "$ test $(($(wc -l <root.txt))) = 5\n",
	    is_signed ? "! -name root.txt.sig " : "");
}

static void
add_signature(struct buf *out)
{
	buf_adds(out,
	    "\n"
	    "The signature\n"
	    "\n"
	    "The owner of the record signed root.txt, and so all of the "
	    "package, with an SSH\n"
	    "key.  Whose key that is the package says by the owner's word "
	    "alone: ask for the\n"
	    "key by another way, and compare.  The second command shows its "
	    "fingerprint.\n"
	    "\n"
	    "$ ssh-keygen -Y verify -f " HOWTO_SIGNERS " -I " HOWTO_PRINCIPAL
	    " -n deed -s root.txt.sig <root.txt\n"
	    "$ cut -d' ' -f3- " HOWTO_SIGNERS " | ssh-keygen -lf -\n");
}

static void
add_chains(struct buf *out, const struct dossier *d)
{
	buf_adds(out,
	    "\n"
	    "4. The entries are unchanged and in one chain\n"
	    "\n"
	    "Each entry holds the SHA-256 of its content and of the entries "
	    "before it.  The\n"
	    "script does by awk and sha256sum what anybody can do by hand; "
	    "read it first if\n"
	    "you like.  An entry without content is a withheld one; behind the "
	    "file stand the\n"
	    "ids of its last entries, so that none can be cut off.\n"
	    "\n");
	for (size_t i = 0; i < d->orders.n; i++) {
		struct strs tips = VEC_INIT;

		stream_tips(d->orders.v[i].stream, &tips);
		buf_addf(out, "$ sh " HOWTO_CHAIN " data/orders/%s.yaml",
		    d->orders.v[i].id);
		for (size_t j = 0; j < tips.n; j++)
			buf_addf(out, " %s", tips.v[j]);
		buf_addc(out, '\n');
		strs_release(&tips);
	}
}

/* "data/deliveries/FO1-delivery-1" of the ZIP or the list of one. */
static char *
stem_of(const struct exhibit *x)
{
	const char *dot = strrchr(x->path, '.');

	return mem_ndup(x->path, (size_t)(dot - x->path));
}

static bool
has_piece(const struct dossier *d, const char *name)
{
	const struct piece *p;

	vec_each (p, &d->pieces)
		if (strcmp(p->name, name) == 0)
			return true;
	return false;
}

/* Is the file there, and its digest among those its order holds? */
static void
add_is_recorded(struct buf *out, const char *name, const char *order)
{
	buf_addf(out,
	    "$ h=$(sha256sum <%s) && grep -qF \"${h%%%% *}\" "
	    "data/orders/%s.yaml\n",
	    name, order);
}

/*
 * The label of a delivery as its entry has it, if a line of its own says so
 * above the digests; yours, else NULL.
 */
static char *
own_label(const struct dossier *d, const struct exhibit *x)
{
	const struct stream *s = d->orders.v[x->order].order->stream;
	const char *at = s->bytes.data + x->fact->entry->content_at;
	size_t len = x->fact->entry->content_len, name;
	const char *label = memmem(at, len, "\nlabel: d", 9);
	const char *archive = memmem(at, len, "\narchive:\n", 10);

	if (label == NULL || archive == NULL || label > archive)
		return NULL;
	label += strlen("\nlabel: ");
	name = 1 + strspn(label + 1, "0123456789");
	return label[name] == '\n' ? mem_ndup(label, name) : NULL;
}

/* Does the entry of this delivery, and no other, hold the file's digest? */
static void
add_is_delivered(struct buf *out, const struct dossier *d,
    const struct exhibit *x, const char *name)
{
	const char *order = d->orders.v[x->order].id;
	char *label = own_label(d, x);

	if (label == NULL)
		add_is_recorded(out, name, order);
	else
		buf_addf(out,
		    "$ h=$(sha256sum <%s) && sed -n '/^label: "
		    "%s$/,/^---$/p' data/orders/%s.yaml | grep -qF "
		    "\"${h%%%% *}\"\n",
		    name, label, order);
	free(label);
}

static void
add_delivery(struct buf *out, const struct dossier *d, const struct exhibit *x)
{
	char *stem = stem_of(x);
	char *zip = mem_printf("%s.zip", stem);
	char *sums = mem_printf("%s.sha256sums", stem);

	buf_addf(out, "\n%s\n\n", strrchr(stem, '/') + 1);
	if (has_piece(d, sums))
		add_is_delivered(out, d, x, sums);
	if (has_piece(d, zip)) {
		add_is_delivered(out, d, x, zip);
		buf_addf(out, "$ unzip -tqq %s\n", zip);
	}
	if (has_piece(d, zip) && has_piece(d, sums))
		buf_addf(out,
		    "$ t=$(mktemp -d) && LC_ALL=C.UTF-8 unzip -qq %s -d "
		    "\"$t\" && (cd \"$t\" && find . -type f | LC_ALL=C sort | "
		    "xargs -d '\\n' sha256sum) | cmp - %s && rm -r \"$t\"\n",
		    zip, sums);
	free(sums);
	free(zip);
	free(stem);
}

static bool
is_delivery(const struct exhibit *x)
{
	return strncmp(x->path, "data/deliveries/", 16) == 0;
}

/* The archives that stayed at home, by their digests. */
static void
add_digests(struct buf *out, const struct dossier *d)
{
	if (d->digests.len > 0)
		buf_adds(out,
		    "\n"
		    "5. The deliveries are those the entries name\n"
		    "\n"
		    "Their archives are not in this package, only their "
		    "digests: compare them with\n"
		    "those of the files you were sent.\n"
		    "\n"
		    "$ test -z \"$(cut -c1-64 " ENCLOSE_DIGESTS
		    " | while read -r d; do grep -qhF \"$d\" "
		    "data/orders/*.yaml || echo \"$d\"; done)\"\n");
}

static void
add_deliveries(struct buf *out, const struct dossier *d)
{
	const struct exhibit *x;
	bool any = false;

	vec_each (x, &d->exhibits)
		any |= is_delivery(x);
	if (!any)
		return;
	buf_adds(out,
	    "\n"
	    "5. The deliveries are the ones the entries name\n"
	    "\n"
	    "The digests of an archive and of the list of its files stand in "
	    "the order; an\n"
	    "archive opens, and its files are those of the list, no more and "
	    "no less.\n");
	vec_each (x, &d->exhibits)
		if (is_delivery(x))
			add_delivery(out, d, x);
}

/* A folder with the parts of a transcript. */
static bool
is_excerpt(const char *path)
{
	static const char folder[] = "data/transcripts/";

	return strncmp(path, folder, strlen(folder)) == 0 &&
	    strchr(path + strlen(folder), '/') != NULL;
}

/* Its list of digests is recorded, and its lines are on that list. */
static void
add_excerpt(struct buf *out, const struct exhibit *x, const char *order)
{
	char *folder = path_parent(x->path);
	char *sums = mem_printf("%s/messages.sha256", folder);

	add_is_recorded(out, sums, order);
	buf_addf(out,
	    "$ test -z \"$(while IFS= read -r l; do printf %%s \"$l\" | "
	    "sha256sum | cut -c1-64; done <%s/messages.jsonl | grep -vxFf "
	    "%s)\"\n",
	    folder, sums);
	free(sums);
	free(folder);
}

static void
add_exhibits(struct buf *out, const struct dossier *d)
{
	const struct exhibit *x;
	bool any = false;

	vec_each (x, &d->exhibits) {
		if (x->fact == NULL || is_delivery(x) ||
		    strcmp(x->path, ENCLOSE_DIGESTS) == 0)
			continue;
		if (!any)
			buf_adds(out,
			    "\n"
			    "6. The other exhibits are the ones the entries "
			    "name\n"
			    "\n");
		any = true;
		if (is_excerpt(x->path))
			add_excerpt(out, x, d->orders.v[x->order].id);
		else
			add_is_recorded(out, x->path, d->orders.v[x->order].id);
	}
}

/* The list a token is about: "TIME.txt" of "TIME-1.tsr"; yours. */
static char *
list_of(const char *token)
{
	const char *dash = strrchr(token, '-');

	return mem_printf("%.*s.txt", (int)(dash - token), token);
}

static bool
is_token(const struct piece *p)
{
	size_t len = strlen(p->name);

	return strncmp(p->name, "data/proofs/", 12) == 0 && len > 16 &&
	    strcmp(p->name + len - 4, ".tsr") == 0 &&
	    strrchr(p->name, '-') != NULL;
}

static void
add_token(struct buf *out, const struct dossier *d, const char *token)
{
	char *list = list_of(token);

	if (has_piece(d, list)) {
		buf_addf(out, "\n%s\n\n", path_base(token));
		buf_addf(out,
		    "$ openssl ts -reply -in %s -token_out | openssl cms "
		    "-verify -noverify -inform DER -out /dev/null\n",
		    token);
		buf_addf(out,
		    "$ test \"$(openssl ts -reply -in %s -text | sed -n 's/^ "
		    "*[0-9a-f]* - \\(.\\{48\\}\\).*/\\1/p' | tr -dc '0-9a-f')\" = "
		    "\"$(sha256sum <%s | cut -c1-64)\"\n",
		    token, list);
		buf_addf(out, "$ grep -qFf %s data/orders/*.yaml\n", list);
		buf_addf(out,
		    "openssl ts -verify -data %s -in %s -CAfile ROOT.pem\n",
		    list, token);
	}
	free(list);
}

static void
add_tokens(struct buf *out, const struct dossier *d)
{
	const struct piece *p;
	bool any = false;

	vec_each (p, &d->pieces) {
		if (!is_token(p))
			continue;
		if (!any)
			buf_adds(out,
			    "\n"
			    "Time stamps\n"
			    "\n"
			    "An authority vouches that a list of entries "
			    "existed by the time it says, and an\n"
			    "entry holds the digests of those before it.  The "
			    "commands show that the answer is\n"
			    "whole, that it is about the list, and that the "
			    "list is about this record.  Whose\n"
			    "answer it is shows only the last line of each, "
			    "with the authority's root\n"
			    "certificate that you got by another way: no root "
			    "in a package proves anything.\n"
			    "The time it says: openssl ts -reply -in FILE "
			    "-text\n");
		any = true;
		add_token(out, d, p->name);
	}
}

static void
add_fingerprint(struct buf *out)
{
	buf_adds(out,
	    "\n"
	    "Last. It is the package that was sent\n"
	    "\n"
	    "All of the above shows that the package is complete and agrees "
	    "with itself.  That\n"
	    "nobody made another one like it shows only its fingerprint: "
	    "compare what this\n"
	    "prints with the fingerprint you were given with the package, in "
	    "the ticket or the\n"
	    "letter.\n"
	    "\n"
	    "$ sha256sum root.txt\n"
	    "\n"
	    "With deed at hand, one command does all of it, and more:\n"
	    "deed verify --fingerprint FINGERPRINT PACKAGE.zip\n");
}

void
howto_write(
    struct buf *out, const struct dossier *d, const char *name, bool is_signed)
{
	add_head(out, name);
	add_files(out, is_signed);
	add_chains(out, d);
	add_deliveries(out, d);
	add_digests(out, d);
	add_exhibits(out, d);
	add_tokens(out, d);
	if (is_signed)
		add_signature(out);
	add_fingerprint(out);
}

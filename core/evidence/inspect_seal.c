/* SPDX-License-Identifier: ISC */
#include "core/evidence/inspect_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/bag.h"
#include "core/evidence/enclose.h"
#include "core/evidence/howto.h"
#include "core/ext/tsp.h"
#include "core/util/date.h"
#include "core/verdict.h"

/*
 * root.txt, and the tag files it allows.
 */

static bool
is_signature(const char *name)
{
	return strcmp(name, BAG_SIGNATURE) == 0 || strcmp(name, BAG_TOKEN) == 0;
}

/* What root.txt would say of the bag as it is. */
static void
describe(struct buf *out, const struct bagcheck *b)
{
	static const char *const named[] = { "bagit.txt", "bag-info.txt",
		"manifest-sha256.txt" };
	const char *digests[3];
	struct strs tags = VEC_INIT;
	const struct bagcheck_file *f;

	for (size_t i = 0; i < 3; i++) {
		f = bagcheck_find(b, named[i]);
		digests[i] = f == NULL ? "" : f->sha256;
	}
	vec_each (f, &b->files)
		if (strncmp(f->name, "data/", 5) != 0 && !is_signature(f->name))
			strs_add(&tags, f->name);
	bag_root(out, digests, b->payload_files, b->payload_bytes, &tags);
	strs_release(&tags);
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void
check_root(struct inspection *in)
{
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	struct buf actual = BUF_INIT;

	describe(&actual, in->bag);
	if (root == NULL)
		inspect_note(in, "root", "root.txt", "fail", "it is missing");
	else if (!same(root, &actual))
		inspect_note(in, "root", "root.txt", "fail",
		    "it does not describe the package as it is");
	else
		inspect_note(in, "root", "root.txt", "pass", "");
	buf_release(&actual);
}

/* The tag manifest lists every tag file but itself, and no other. */
static void
check_tag_manifest(struct inspection *in)
{
	const char *name = "tagmanifest-sha256.txt";
	const struct buf *text = bagcheck_text(in->bag, name);
	const struct bagcheck_file *f;
	struct buf whole = BUF_INIT;

	vec_each (f, &in->bag->files)
		if (strncmp(f->name, "data/", 5) != 0 &&
		    !is_signature(f->name) && strcmp(f->name, name) != 0)
			buf_addf(&whole, "%s  %s\n", f->sha256, f->name);
	if (text == NULL)
		inspect_note(in, "tagmanifest", name, "fail", "it is missing");
	else if (!same(text, &whole))
		inspect_note(in, "tagmanifest", name, "fail",
		    "it does not list every tag file, one a line");
	buf_release(&whole);
}

/* Where deed-package(5) has files of the payload. */
static bool
has_place(const char *name)
{
	static const char *const files[] = { "data/index.html",
		"data/statement.txt", "data/report.pdf",
		"data/HOW-TO-VERIFY.txt", HOWTO_CHAIN, ENCLOSE_DIGESTS };
	static const char *const folders[] = { "data/deliveries/",
		"data/fields/", "data/exhibits/", "data/transcripts/",
		"data/mail/", "data/proofs/" };
	char *order = inspect_order_of(name);
	bool found = order != NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		found |= strcmp(name, files[i]) == 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		found |= strncmp(name, folders[i], strlen(folders[i])) == 0;
	free(order);
	return found;
}

/* What every package has, whatever its orders hold. */
static void
check_present(struct inspection *in)
{
	static const char *const told[] = { "data/index.html",
		"data/statement.txt", "data/HOW-TO-VERIFY.txt", HOWTO_CHAIN };

	for (size_t i = 0; bag_tags[i] != NULL; i++)
		if (bagcheck_find(in->bag, bag_tags[i]) == NULL &&
		    strcmp(bag_tags[i], "bagit.txt") != 0)
			inspect_note(
			    in, "files", bag_tags[i], "fail", "it is missing");
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (bagcheck_find(in->bag, told[i]) == NULL)
			inspect_note(
			    in, "files", told[i], "fail", "it is missing");
}

/* The values of a label in bag-info.txt, sorted. */
static void
info_values(struct strs *out, const struct bagcheck *b, const char *label)
{
	const struct buf *text = bagcheck_text(b, "bag-info.txt");
	const char *p = text == NULL ? "" : text->data;
	size_t head = strlen(label);

	while (*p != '\0') {
		size_t len = strcspn(p, "\n");

		if (len > head + 2 && strncmp(p, label, head) == 0 &&
		    strncmp(p + head, ": ", 2) == 0)
			strs_take(out, mem_ndup(p + head + 2, len - head - 2));
		p += len + (p[len] == '\n');
	}
	strs_sort(out);
}

/* bag-info.txt counts the payload, and names the orders that are here. */
static void
check_info(struct inspection *in)
{
	struct strs sizes = VEC_INIT, named = VEC_INIT, here = VEC_INIT;
	const struct bagcheck_file *f;
	bool differ;

	info_values(&sizes, in->bag, "Payload-Oxum");
	if (sizes.n != 1)
		inspect_note(in, "oxum", "bag-info.txt", "fail",
		    "it does not say Payload-Oxum once");
	info_values(&named, in->bag, "External-Identifier");
	vec_each (f, &in->bag->files) {
		char *order = inspect_order_of(f->name);

		if (order != NULL)
			strs_take(&here, order);
	}
	strs_sort(&here);
	differ = named.n != here.n;
	for (size_t i = 0; i < here.n && !differ; i++)
		differ = strcmp(named.v[i], here.v[i]) != 0;
	if (differ)
		inspect_note(in, "place", "bag-info.txt", "fail",
		    "External-Identifier names other orders than are here");
	strs_release(&sizes);
	strs_release(&named);
	strs_release(&here);
}

static void
check_places(struct inspection *in)
{
	const struct bagcheck_file *f;

	vec_each (f, &in->bag->files) {
		bool known = has_place(f->name);

		for (size_t i = 0; bag_tags[i] != NULL; i++)
			known |= strcmp(bag_tags[i], f->name) == 0;
		if (!known && !is_signature(f->name))
			inspect_note(in, "files", f->name, "fail",
			    "it has no place in a package");
	}
}

/* By whom, the reader's own list says: never the one in the package. */
static struct err *
check_signature(struct inspection *in)
{
	const struct signers *signers = in->options->judge->signers;
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	const struct buf *armour = bagcheck_text(in->bag, BAG_SIGNATURE);
	struct signature sig;
	struct err *e;

	if (armour == NULL || root == NULL) {
		if (bagcheck_find(in->bag, HOWTO_SIGNERS) != NULL)
			inspect_note(in, "signature", BAG_SIGNATURE, "fail",
			    "the package was signed, and this is missing");
		else if (signers->demanded)
			inspect_note(in, "signature", BAG_SIGNATURE, "fail",
			    "the package is not signed");
		return NULL;
	}
	const struct signature_ask ask = { "deed", root->data, root->len,
		in->options->judge->now, in->options->judge->temp_dir };

	e = signature_judge(&sig, armour->data, armour->len, &ask, signers);
	if (e == NULL) {
		inspect_note(in, "signature", BAG_SIGNATURE,
		    signature_result(&sig, signers), sig.detail);
		in->vouched = sig.verdict == SIGNATURE_GOOD;
		in->key = sig.key;
		sig.key = NULL;
	}
	signature_release(&sig);
	return e;
}

/* An authority's word about root.txt, and so about all of the package. */
static struct err *
check_token(struct inspection *in)
{
	const struct buf *root = bagcheck_text(in->bag, "root.txt");
	const struct buf *token = bagcheck_text(in->bag, BAG_TOKEN);
	struct tsp_token told;
	char digest[SHA256_HEX], time[DATE_TEXT];
	const struct tsp_ask ask = { .sha256 = digest,
		.roots = in->options->judge->roots };
	struct err *e;

	if (root == NULL || token == NULL)
		return NULL;
	digest_of(root->data, root->len, digest);
	e = tsp_judge(&told, token->data, token->len, &ask);
	if (err_is(e, ERR_NOT_FOUND))
		return e;
	date_format(time, told.time);
	if (e != NULL) {
		verdict_error(in->checks, "token", BAG_TOKEN, e);
	} else {
		in->vouched |= told.trusted;
		verdict_take(in->checks, "token", BAG_TOKEN,
		    told.trusted ? "pass" : "skipped",
		    mem_printf("the package existed by %s, %s \"%s\"", time,
			told.trusted ? "says" :
				       "says an unknown authority that calls "
				       "itself",
			told.name));
	}
	tsp_release(&told);
	return NULL;
}

static void
check_bytes_of_declaration(struct inspection *in)
{
	const struct buf *text = bagcheck_text(in->bag, "bagit.txt");

	if (text != NULL && strcmp(text->data, bag_declaration) != 0)
		inspect_note(in, "declaration", "bagit.txt", "fail",
		    "a package has BagIt 1.0 and UTF-8, and says so in two "
		    "lines");
}

struct err *
inspect_seal(struct inspection *in)
{
	struct err *e;

	check_bytes_of_declaration(in);
	if (in->bag->warnings)
		inspect_note(in, "files", "data", "fail",
		    "a package has no names or lists that a reader could "
		    "stumble over");
	check_present(in);
	check_info(in);
	check_places(in);
	check_tag_manifest(in);
	check_root(in);
	e = check_signature(in);
	return e != NULL ? e : check_token(in);
}

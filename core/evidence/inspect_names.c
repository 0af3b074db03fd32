/* SPDX-License-Identifier: ISC */
#include "core/evidence/inspect_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/filing.h"
#include "core/order.h"

/* Takes the name over. */
static void
give(struct inspect_names *n, const char *sha256, char *name)
{
	char *key = mem_printf("%s %s", sha256, name);

	firsts_add(&n->given, key, n);
	free(key);
	free(name);
}

/* The parts of a transcript have a folder; its list of digests is recorded. */
static void
give_parts(struct inspect_names *n, const struct node *file, const char *plain)
{
	const char *sha256 =
	    node_text(node_get(file, "digests"), "messages_sha256");

	if (sha256 != NULL)
		give(n, sha256,
		    mem_printf("data/transcripts/%.*s/messages.sha256",
			(int)strcspn(plain, "."), plain));
}

static void
give_file(struct inspect_names *n, const char *order, const struct fact *f,
    const struct node *file)
{
	const char *path = node_text(file, "path");
	const char *sha256 = node_text(file, "sha256");
	char *name = filing_name(file), *plain = filing_plain(name);

	if (strncmp(path, "proofs/", 7) == 0)
		give(n, sha256, filing_proof(order, path));
	else
		give(n, sha256,
		    mem_printf("data/%s/%s",
			filing_folder(f->entry->kind->name), plain));
	give_parts(n, f->content, plain);
	free(plain);
	free(name);
}

/* Maps with a path and a digest, as deep as they lie. */
static void
give_files(struct inspect_names *n, const char *order, const struct fact *f,
    const struct node *within)
{
	if (within == NULL)
		return;
	if (node_text(within, "path") != NULL &&
	    node_text(within, "sha256") != NULL)
		give_file(n, order, f, within);
	for (size_t i = 0; i < node_count(within); i++)
		give_files(n, order, f, within->kids[i]);
}

/*
 * One of two that bear one number has the beginning of its id behind it, also
 * where the other is withheld.
 */
static void
give_delivery(struct inspect_names *n, const char *order, const struct fact *f)
{
	const struct node *archive = node_get(f->content, "archive");
	const char *sha256 = node_text(archive, "sha256");
	const char *content = node_text(archive, "content");
	char *stem = filing_delivery(order, f->label);
	char *longer = mem_printf("%s-%.4s", stem, f->entry->id);
	const char *stems[] = { stem, longer };

	for (size_t i = 0; i < 2; i++) {
		if (sha256 != NULL)
			give(n, sha256,
			    mem_printf(FILING_DELIVERIES "%s.zip", stems[i]));
		if (content != NULL)
			give(n, content,
			    mem_printf(
				FILING_DELIVERIES "%s.sha256sums", stems[i]));
	}
	free(longer);
	free(stem);
}

struct err *
inspect_names_learn(
    struct inspect_names *n, struct stream *s, const char *order)
{
	struct order *o = NULL;
	struct err *e = order_replay(&o, s, order);

	for (size_t i = 0; e == NULL && i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->content == NULL) {
			n->unsure |= fact_is(f, "correction");
		} else if (fact_is(f, "delivery")) {
			give_delivery(n, order, f);
			give_files(n, order, f, node_get(f->content, "files"));
		} else {
			give_files(n, order, f, f->content);
		}
	}
	order_free(o);
	return e;
}

/* "data/mail/x.eml" of "data/mail/E03-x.eml"; yours. */
static char *
without_number(const char *name)
{
	const char *base =
	    strncmp(name, "data/", 5) == 0 ? strchr(name + 5, '/') : NULL;
	size_t digits =
	    base == NULL || base[1] != 'E' ? 0 : strspn(base + 2, "0123456789");

	return digits == 0 || base[2 + digits] != '-' ?
	    mem_dup(name) :
	    mem_printf(
		"%.*s%s", (int)(base + 1 - name), name, base + 3 + digits);
}

bool
inspect_names_fit(
    const struct inspect_names *n, const char *sha256, const char *name)
{
	char *bare =
	    strncmp(name, FILING_DELIVERIES, strlen(FILING_DELIVERIES)) == 0 ||
		strncmp(name, "data/proofs/", 12) == 0 ?
	    mem_dup(name) :
	    without_number(name);
	char *key = mem_printf("%s %s", sha256, bare);
	bool fits = n->unsure || firsts_find(&n->given, key) != NULL;

	free(key);
	free(bare);
	return fits;
}

void
inspect_names_release(struct inspect_names *n)
{
	firsts_release(&n->given);
}

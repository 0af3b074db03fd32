/* SPDX-License-Identifier: ISC */
#include "core/evidence/enclose.h"

#include <stdio.h>
#include <string.h>

#include "core/evidence/excerpt.h"
#include "core/evidence/filing.h"
#include "core/evidence/telling.h"
#include "core/evidence/withhold.h"
#include "core/lfs.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define SEARCHED_MAX (16u << 20) /* bytes of a file searched for names */

/*
 * Files.
 */

/* Take a file along; false if its bytes are not here.  name becomes its. */
static bool
add_piece(struct dossier *d, const struct ledger *l, const char *path,
    const char *sha256, char *name)
{
	char *from = lfs_find(l->dir, path, sha256);
	struct piece *piece;
	struct stat st;

	if (from == NULL || stat(from, &st) != 0) {
		free(from);
		free(name);
		return false;
	}
	piece = vec_add(&d->pieces);
	piece->name = name;
	piece->from = from;
	piece->size = st.st_size;
	snprintf(piece->sha256, sizeof(piece->sha256), "%s", sha256);
	return true;
}

/* The number is that of the exhibit that comes next. */
static char *
exhibit_id(const struct dossier *d)
{
	return mem_printf("E%02zu", d->exhibits.n + 1);
}

static void
add_exhibit(struct dossier *d, size_t order, const struct fact *f, char *told,
    const char *path)
{
	size_t n = d->exhibits.n + 1;
	struct exhibit *x = vec_add(&d->exhibits);

	snprintf(x->id, sizeof(x->id), "E%02zu", n);
	x->told = told;
	x->title = d->orders.n > 1 && f != NULL ?
	    mem_printf("%s: %s", d->orders.v[order].id, told) :
	    mem_dup(told);
	telling_plain(x->title);
	x->path = mem_dup(path);
	x->fact = f;
	x->order = order;
	x->grade =
	    f == NULL ? "self" : order_grade(d->orders.v[order].order, f);
}

/*
 * The files that entries name, as "path", "sha256" and perhaps "name" of some
 * map in them.
 */
struct finder {
	struct dossier *d;
	const struct ledger *ledger;
	size_t order;
	const struct fact *fact;
	struct err *error; /* the first */
};

static struct dossier_order *
order_of(struct finder *w)
{
	return &w->d->orders.v[w->order];
}

/* A path of ours: what a stranger's entry names elsewhere stays there. */
static bool
is_ours(const char *path)
{
	struct err *e = path_vet(path, "file");
	bool vetted = e == NULL;

	err_drop(e); /* the answer is no */
	return vetted &&
	    (strncmp(path, "archives/", 9) == 0 ||
		strncmp(path, "proofs/", 7) == 0);
}

static void
add_absent(struct finder *w, const char *what)
{
	strs_take(&order_of(w)->gaps,
	    mem_printf("the bytes of %s are not on this machine", what));
}

/* The number of an exhibit goes into the file's name, the rest is its own. */
static void
take_exhibit(struct finder *w, const struct node *file, const char *folder,
    const char *title)
{
	char *name = filing_name(file), *plain = filing_plain(name);
	char *id = exhibit_id(w->d);
	char *path = mem_printf("data/%s/%s-%s", folder, id, plain);

	if (add_piece(w->d, w->ledger, node_text(file, "path"),
		node_text(file, "sha256"), mem_dup(path)))
		add_exhibit(w->d, w->order, w->fact, mem_dup(title), path);
	else
		add_absent(w, name);
	free(path);
	free(id);
	free(plain);
	free(name);
}

/* What stands beside an entry as proof of it, not to be numbered. */
static void
take_proof(struct finder *w, const struct node *file)
{
	char *path = filing_proof(order_of(w)->id, node_text(file, "path"));

	for (size_t i = 0; i < w->d->pieces.n; i++)
		if (strcmp(w->d->pieces.v[i].name, path) == 0)
			goto done;
	if (!add_piece(w->d, w->ledger, node_text(file, "path"),
		node_text(file, "sha256"), mem_dup(path)))
		add_absent(w, path_base(path));
done:
	free(path);
}

/* Is the file to stay at home, by its name or by a name within? */
static bool
is_held(struct finder *w, const struct node *file)
{
	const char *id = w->fact->entry->id, *path = node_text(file, "path");
	const char *name = node_text(file, "name");
	struct buf text = BUF_INIT;
	char *from;
	bool held;

	if (dossier_held(w->d, id, 0, path_base(path)) != NULL ||
	    (name != NULL && dossier_held(w->d, id, 0, name) != NULL))
		return true;
	if (w->d->masks->n == 0 || fact_is(w->fact, "transcript"))
		return false;
	from = lfs_find(w->ledger->dir, path, node_text(file, "sha256"));
	held = from != NULL &&
	    (w->error = file_read(&text, from, SEARCHED_MAX)) == NULL &&
	    mask_occurs(w->d->masks, text.data, text.len);
	if (err_is(w->error, ERR_LIMIT)) {
		err_drop(w->error); /* too large to be a text of somebody's */
		w->error = NULL;
	}
	if (held)
		withhold_file(w->d, w->order, w->fact,
		    name != NULL ? name : path_base(path));
	buf_release(&text);
	free(from);
	return held;
}

static void
add_text(struct finder *w, char *name, struct buf *text)
{
	struct piece *piece = vec_add(&w->d->pieces);

	piece->name = name;
	piece->size = (int64_t)text->len;
	digest_of(text->data, text->len, piece->sha256);
	piece->text = *text;
	buf_init(text);
}

/* The parts of a transcript that travel, as an exhibit. */
static void
add_parts(struct finder *w, const struct node *file, struct excerpt *x,
    const bool *left_out)
{
	char *name = filing_name(file), *plain = filing_plain(name);
	char *id = exhibit_id(w->d), *told;
	char *folder = mem_printf(
	    "data/transcripts/%s-%.*s", id, (int)strcspn(plain, "."), plain);
	char *path = mem_printf("%s/transcript.txt", folder);
	struct buf jsonl = BUF_INIT, text = BUF_INIT;

	excerpt_write(&jsonl, &text, x, left_out);
	add_text(w, mem_printf("%s/messages.jsonl", folder), &jsonl);
	add_text(w, mem_printf("%s/messages.sha256", folder), &x->sums);
	add_text(w, mem_dup(path), &text);
	told = telling_told(order_of(w)->order, w->fact);
	add_exhibit(w->d, w->order, w->fact,
	    mem_printf("%s; some messages are withheld", told), path);
	free(told);
	free(path);
	free(folder);
	free(id);
	free(plain);
	free(name);
}

/* Which lines stay, by wish or by name.  True if there are any. */
static bool
choose_lines(struct finder *w, const struct excerpt *x, bool *left_out)
{
	bool any = false;

	for (size_t line = 1; line <= excerpt_count(x); line++) {
		size_t len;
		const char *p = excerpt_line(x, line, &len);

		if (mask_occurs(w->d->masks, p, len))
			withhold_line(w->d, w->order, w->fact, (unsigned)line);
		left_out[line - 1] = dossier_held(w->d, w->fact->entry->id,
					 (unsigned)line, NULL) != NULL;
		any |= left_out[line - 1];
	}
	return any;
}

/*
 * Keep the messages to be shown; with some withheld the chat travels in parts,
 * and the answer is true.
 */
static bool
take_excerpt(struct finder *w, const struct node *file)
{
	char *from = lfs_find(
	    w->ledger->dir, node_text(file, "path"), node_text(file, "sha256"));
	struct talk t = { w->fact, w->order, { .jsonl = BUF_INIT }, NULL };
	bool in_parts = false;
	struct err *e;

	if (from == NULL)
		return false;
	e = excerpt_open(&t.excerpt, from);
	free(from);
	if (e != NULL && withhold_has_lines(w->d, w->fact)) {
		w->error = e;
		return true;
	}
	if (e != NULL) {
		err_drop(e); /* whoever packs it will say why */
		return false;
	}
	t.left_out = mem_zero(excerpt_count(&t.excerpt), sizeof(*t.left_out));
	in_parts = choose_lines(w, &t.excerpt, t.left_out);
	if (in_parts)
		add_parts(w, file, &t.excerpt, t.left_out);
	vec_push(&w->d->talks, t);
	return in_parts;
}

static void
take_file(struct finder *w, const char *key, const struct node *file)
{
	const char *folder = filing_folder(w->fact->entry->kind->name);
	char *title, *told, *name, *marked;

	if (is_held(w, file) || w->error != NULL)
		return;
	if (strncmp(node_text(file, "path"), "proofs/", 7) == 0) {
		take_proof(w, file);
		return;
	}
	if (fact_is(w->fact, "transcript") && take_excerpt(w, file))
		return;
	name = filing_name(file);
	told = telling_told(order_of(w)->order, w->fact);
	marked = mem_printf("%c%s%c", TELLING_OPEN, name, TELLING_CLOSE);
	if (strcmp(key, "terms") == 0)
		title = mem_printf("%s: terms of the order", marked);
	else if (fact_is(w->fact, "file"))
		title = mem_printf("%s, kept on its own", marked);
	else if (strcmp(key, "files") == 0)
		title = mem_printf("%s, kept with: %s", marked, told);
	else
		title = mem_dup(told);
	take_exhibit(w, file, folder, title);
	free(title);
	free(told);
	free(marked);
	free(name);
}

static void
find_files(struct finder *w, const char *key, const struct node *n)
{
	const char *path = node_text(n, "path");
	const char *sha256 = node_text(n, "sha256");

	if (n == NULL)
		return;
	if (path != NULL && sha256 != NULL && digest_is_hex(sha256) &&
	    is_ours(path))
		take_file(w, key, n);
	for (size_t i = 0; i < node_count(n); i++)
		find_files(
		    w, n->type == NODE_MAP ? n->keys[i] : key, n->kids[i]);
}

/*
 * Deliveries: the archive under the name its uploader gave it, and the list
 * of its files.
 */

static bool
take_sums(struct finder *w, const struct node *archive, char *name)
{
	const char *path = node_text(archive, "sums");
	const char *digest = node_text(archive, "content");

	if (path != NULL && is_ours(path) && digest != NULL &&
	    digest_is_hex(digest))
		return add_piece(w->d, w->ledger, path, digest, name);
	free(name);
	return false;
}

/* Where the archive lies in the package, NULL if it does not; yours. */
static char *
take_archive(struct finder *w, const struct node *archive, const char *stem)
{
	char *zip = mem_printf(FILING_DELIVERIES "%s.zip", stem), *what;

	if (w->d->deliveries == VENUE_BYTES) {
		if (add_piece(w->d, w->ledger, node_text(archive, "path"),
			node_text(archive, "sha256"), mem_dup(zip)))
			return zip;
		what = mem_printf("delivery %s",
		    w->fact->label != NULL ? w->fact->label : "");
		add_absent(w, what);
		free(what);
	}
	free(zip);
	return NULL;
}

static void
take_delivery(struct finder *w)
{
	const struct node *archive = node_get(w->fact->content, "archive");
	char *stem = filing_delivery(order_of(w)->id, w->fact->label);
	char *path = NULL;
	char *sums = mem_printf(FILING_DELIVERIES "%s.sha256sums", stem);

	if (w->d->deliveries == VENUE_DIGESTS) {
		buf_addf(&w->d->digests, "%s  %s.zip\n",
		    node_text(archive, "sha256"), stem);
		path = mem_dup(ENCLOSE_DIGESTS);
	} else {
		bool has_sums = take_sums(w, archive, mem_dup(sums));

		path = take_archive(w, archive, stem);
		if (path == NULL && has_sums)
			path = mem_dup(sums);
	}
	if (path != NULL)
		add_exhibit(w->d, w->order, w->fact,
		    telling_told(order_of(w)->order, w->fact), path);
	free(path);
	free(sums);
	free(stem);
}

static bool
is_delivery(struct finder *w)
{
	const struct node *archive = node_get(w->fact->content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");

	return fact_is(w->fact, "delivery") && path != NULL && is_ours(path) &&
	    sha256 != NULL && digest_is_hex(sha256) && w->fact->first == NULL;
}

/*
 * What answers a claim, the most telling kind first.  Everything else follows
 * in the order of events, whomever it speaks for.
 */
static const struct {
	const char *claim;
	const char *kinds[6];
} first_kinds[] = {
	{ "not-delivered", { "delivery", "submission", "acceptance" } },
	{ "not-as-described",
	    { "order", "requirement", "change", "delivery", "acceptance" } },
	{ "late", { "order", "terms", "change", "delivery", "submission" } },
	{ "quality", { "acceptance", "delivery", "revision", "handover" } },
	{ "scope", { "order", "requirement", "change", "delivery" } },
	{ "unauthorised",
	    { "order", "payment", "message", "transcript", "mail" } },
	{ "refund-after-use",
	    { "acceptance", "handover", "delivery", "order" } },
};

#define N_FIRST (sizeof(first_kinds) / sizeof(first_kinds[0]))
#define RANKS 8 /* past the last kind of a claim */

static size_t
rank_for(const char *claim, const struct fact *f)
{
	for (size_t i = 0; i < N_FIRST; i++)
		for (size_t k = 0; strcmp(first_kinds[i].claim, claim) == 0 &&
		     k < 6 && first_kinds[i].kinds[k] != NULL;
		     k++)
			if (fact_is(f, first_kinds[i].kinds[k]))
				return k;
	return RANKS - 1;
}

/* The best place any of the claims gives it. */
static size_t
rank_of(const struct dossier *d, const struct fact *f)
{
	size_t best = RANKS - 1;

	for (size_t i = 0; i < d->claims.n; i++) {
		size_t rank = rank_for(d->claims.v[i], f);

		if (rank < best)
			best = rank;
	}
	return best;
}

static void
enclose_fact(struct finder *w)
{
	if (is_delivery(w))
		take_delivery(w);
	if (fact_is(w->fact, "delivery"))
		find_files(w, "files", node_get(w->fact->content, "files"));
	else
		find_files(w, "", w->fact->content);
}

struct err *
enclose_order(struct dossier *d, const struct ledger *l, size_t i)
{
	const struct order *o = d->orders.v[i].order;
	char *path = mem_printf("data/orders/%s.yaml", o->id);

	add_exhibit(d, i, NULL,
	    mem_printf("The record of order %s: %zu entr%s", o->id, o->n,
		o->n == 1 ? "y" : "ies"),
	    path);
	for (size_t rank = 0; rank < RANKS; rank++)
		for (size_t j = 0; j < o->n; j++) {
			struct finder w = { d, l, i, &o->v[o->replay[j]],
				NULL };

			if (!w.fact->voided && w.fact->content != NULL &&
			    !dossier_is_envelope(d, i, w.fact) &&
			    rank_of(d, w.fact) == rank)
				enclose_fact(&w);
			if (w.error != NULL) {
				free(path);
				return w.error;
			}
		}
	free(path);
	return NULL;
}

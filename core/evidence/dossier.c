/* SPDX-License-Identifier: ISC */
#include "core/evidence/dossier.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"
#include "core/lfs.h"
#include "core/transcript.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define NAME_MAX_KEPT 60 /* characters of a file's own name */

/*
 * Withholding.
 */

struct hidden {
	struct strs ids;
};

static bool
stays_in(const struct entry *entry, void *arg)
{
	const struct hidden *h = arg;

	return entry->kind->travels && strs_find(&h->ids, entry->id) < 0;
}

/*
 * A correction tells what it corrects: it cannot travel without its target.
 * It stands behind that in the stream, so one pass finds those of corrections
 * too.
 */
static void
hide_corrections(struct hidden *h, const struct order *full)
{
	for (size_t i = 0; i < full->n; i++) {
		const struct fact *f = &full->v[i], *of;
		const char *target = node_text(f->content, "target");

		if (target == NULL || !fact_is(f, "correction") ||
		    (of = order_fact(full, target)) == NULL)
			continue;
		if (!stays_in(of->entry, h))
			strs_add(&h->ids, f->entry->id);
	}
}

/* The stream as it leaves, and what it tells. */
static struct err *
reduce(struct dossier_order *d, const struct stream *full, struct hidden *h)
{
	struct buf bytes = BUF_INIT;
	struct err *e;

	stream_withhold(&bytes, full, stays_in, h);
	if ((e = stream_parse(&d->stream, &bytes, full->name)) != NULL ||
	    (e = order_replay(&d->order, d->stream, d->id)) != NULL)
		return e;
	for (size_t i = 0; i < d->order->n; i++) {
		const struct fact *f = &d->order->v[i];

		d->withheld += f->content == NULL;
		d->adverse += gaps_is_adverse(d->order, f);
	}
	d->requirements = order_requirements(d->order);
	return NULL;
}

/*
 * Which entries --withhold names, over all orders: found[i] counts the orders
 * that have entry i.
 */
static struct err *
find_hidden(struct hidden *h, const struct order *full,
    const struct strs *withhold, size_t *found)
{
	for (size_t i = 0; i < withhold->n; i++) {
		const struct fact *f;
		unsigned line;
		struct err *e = order_resolve(&f, &line, full, withhold->v[i]);

		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* perhaps it is in another order */
			continue;
		}
		if (e != NULL)
			return e;
		if (line != 0)
			return err_new(ERR_UNSUPPORTED,
			    "\"%.80s\" is one line: only whole entries can "
			    "be withheld",
			    withhold->v[i]);
		if (strs_find(&h->ids, f->entry->id) < 0)
			strs_add(&h->ids, f->entry->id);
		found[i]++;
	}
	return NULL;
}

static struct err *
add_order(struct dossier *d, struct ledger *l, const char *id,
    const struct dossier_spec *spec, size_t *found)
{
	struct dossier_order *order = vec_add(&d->orders);
	struct stream *stream = NULL;
	struct order *full = NULL;
	struct hidden h = { VEC_INIT };
	struct err *e;

	order->id = mem_dup(id);
	if ((e = ledger_month(&order->month, l, id)) != NULL ||
	    (e = ledger_load(&stream, l, id)) != NULL ||
	    (e = stream_load(stream)) != NULL || /* nothing forged leaves */
	    (e = order_replay(&full, stream, id)) != NULL ||
	    (e = find_hidden(&h, full, spec->withhold, found)) != NULL)
		goto done;
	order->by_hand = h.ids.n;
	hide_corrections(&h, full);
	if ((e = reduce(order, stream, &h)) != NULL)
		goto done;
	gaps_find(&order->gaps, order->order, spec->claims);
done:
	strs_release(&h.ids);
	order_free(full);
	stream_free(stream);
	return e;
}

static struct err *
check_found(const struct strs *withhold, const size_t *found)
{
	for (size_t i = 0; i < withhold->n; i++) {
		if (found[i] == 0)
			return err_new(ERR_NOT_FOUND,
			    "there is no entry \"%.80s\" to withhold",
			    withhold->v[i]);
		if (found[i] > 1)
			return err_hint(
			    err_new(ERR_INVALID,
				"several orders have an entry \"%.80s\"",
				withhold->v[i]),
			    "name it by its id, as deed log prints it");
	}
	return NULL;
}

/*
 * Files.
 */

/*
 * A name that every tool takes as it is, in any locale: the title keeps what
 * the file was called.
 */
static char *
plain_name(const char *name)
{
	struct buf out = BUF_INIT;
	const char *dot = strrchr(name, '.');
	size_t tail = dot == NULL || strlen(dot) > 12 ? 0 : strlen(dot);
	size_t head = strlen(name) - tail;

	for (size_t i = 0; name[i] != '\0'; i++) {
		char c = name[i];

		if (i < head && out.len + tail >= NAME_MAX_KEPT)
			continue;
		if (!isalnum((unsigned char)c) && strchr("._+", c) == NULL)
			c = '-';
		if (out.len == 0 && !isalnum((unsigned char)c))
			continue;
		if (c == '-' && out.data[out.len - 1] == '-')
			continue;
		buf_addc(&out, c);
	}
	if (out.len == 0)
		buf_adds(&out, "file");
	return buf_steal(&out);
}

/*
 * Where the bytes lie that an entry names, or NULL if they are not here: the
 * work tree has a pointer in their place, and the object store nothing.
 */
static char *
find_bytes(const struct ledger *l, const char *path, const char *sha256)
{
	char *full = path_join(l->dir, path), *object;
	struct buf head = BUF_INIT;
	struct lfs_pointer pointer;
	struct stat st;

	if (lstat(full, &st) == 0 && S_ISREG(st.st_mode)) {
		struct err *e = st.st_size > LFS_POINTER_MAX ?
		    NULL :
		    file_read(&head, full, LFS_POINTER_MAX);
		bool is_pointer = e == NULL && head.len > 0 &&
		    lfs_read_pointer(&pointer, head.data, head.len);

		buf_release(&head);
		err_drop(e); /* whoever packs it will say why */
		if (!is_pointer)
			return full;
	}
	free(full);
	object = lfs_object_path(l->dir, sha256);
	if (file_exists(object))
		return object;
	free(object);
	return NULL;
}

/* Take a file along; false if its bytes are not here.  name becomes its. */
static bool
add_piece(struct dossier *d, const struct ledger *l, const char *path,
    const char *sha256, char *name)
{
	char *from = find_bytes(l, path, sha256);
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
add_exhibit(struct dossier *d, size_t order, const struct fact *f, char *title,
    const char *path)
{
	size_t n = d->exhibits.n + 1;
	struct exhibit *x = vec_add(&d->exhibits);

	snprintf(x->id, sizeof(x->id), "E%02zu", n);
	x->title = title;
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
};

static struct dossier_order *
order_of(const struct finder *w)
{
	return &w->d->orders.v[w->order];
}

static const char *
kind_of(const struct finder *w)
{
	return w->fact->entry->kind->name;
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
add_absent(const struct finder *w, const char *what)
{
	strs_take(&order_of(w)->gaps,
	    mem_printf("the bytes of %s are not on this machine", what));
}

/* "mockup.png" of "20261123T101502Z-mockup-5f1c0a9b22e4.png"; yours. */
static char *
without_stamp(const char *base)
{
	size_t stem = strcspn(base, "."), head = 17, tail = 13;

	if (stem <= head + tail || strspn(base, "0123456789TZ") != head - 1 ||
	    base[head - 1] != '-' || base[stem - tail] != '-')
		return mem_dup(base);
	return mem_printf(
	    "%.*s%s", (int)(stem - head - tail), base + head, base + stem);
}

/* What a file was called, as far as it is known; yours. */
static char *
name_of(const struct node *file)
{
	const char *name = node_text(file, "name");

	return name != NULL && *name != '\0' ?
	    mem_dup(name) :
	    without_stamp(path_base(node_text(file, "path")));
}

/* The number of an exhibit goes into the file's name, the rest is its own. */
static void
take_exhibit(const struct finder *w, const struct node *file,
    const char *folder, const char *title)
{
	char *name = name_of(file), *plain = plain_name(name);
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
take_proof(const struct finder *w, const struct node *file)
{
	char *plain = plain_name(path_base(node_text(file, "path")));
	char *path = mem_printf("data/proofs/%s-%s", order_of(w)->id, plain);

	for (size_t i = 0; i < w->d->pieces.n; i++)
		if (strcmp(w->d->pieces.v[i].name, path) == 0)
			goto done;
	if (!add_piece(w->d, w->ledger, node_text(file, "path"),
		node_text(file, "sha256"), mem_dup(path)))
		add_absent(w, path_base(path));
done:
	free(path);
	free(plain);
}

static void
take_file(const struct finder *w, const char *key, const struct node *file)
{
	const char *folder = "exhibits";
	char *title, *told, *name;

	if (strncmp(node_text(file, "path"), "proofs/", 7) == 0) {
		take_proof(w, file);
		return;
	}
	name = name_of(file);
	if (strcmp(kind_of(w), "transcript") == 0)
		folder = "transcripts";
	else if (strcmp(kind_of(w), "mail") == 0)
		folder = "mail";
	told = telling_title(order_of(w)->order, w->fact);
	if (strcmp(key, "terms") == 0)
		title = mem_printf("%s: terms of the order", name);
	else if (strcmp(kind_of(w), "file") == 0)
		title = mem_printf("%s, kept on its own", name);
	else if (strcmp(key, "files") == 0)
		title = mem_printf("%s, kept with: %s", name, told);
	else
		title = mem_dup(told);
	take_exhibit(w, file, folder, title);
	free(title);
	free(told);
	free(name);
}

static void
find_files(const struct finder *w, const char *key, const struct node *n)
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

/* "FO1-delivery-2" of "d2"; "FO1-delivery-2-4b1c" of "d2~4b1c"; yours. */
static char *
delivery_stem(const struct finder *w)
{
	const char *label = w->fact->label != NULL ? w->fact->label : "d0";
	char *stem = mem_printf("%s-delivery-%s", order_of(w)->id, label + 1);
	char *plain;

	for (char *p = stem; *p != '\0'; p++)
		if (*p == '~')
			*p = '-';
	plain = plain_name(stem);
	free(stem);
	return plain;
}

static bool
take_sums(const struct finder *w, const struct node *archive, char *name)
{
	const char *path = node_text(archive, "sums");
	const char *digest = node_text(archive, "content");

	if (path != NULL && is_ours(path) && digest != NULL &&
	    digest_is_hex(digest))
		return add_piece(w->d, w->ledger, path, digest, name);
	free(name);
	return false;
}

static void
take_delivery(const struct finder *w)
{
	const struct node *archive = node_get(w->fact->content, "archive");
	char *stem = delivery_stem(w), *title;
	char *zip = mem_printf("data/deliveries/%s.zip", stem);
	char *sums = mem_printf("data/deliveries/%s.sha256sums", stem);
	bool has_zip = false, has_sums;

	has_sums = take_sums(w, archive, mem_dup(sums));
	if (!w->d->lists_only) {
		has_zip = add_piece(w->d, w->ledger, node_text(archive, "path"),
		    node_text(archive, "sha256"), mem_dup(zip));
		if (!has_zip) {
			char *what = mem_printf("delivery %s",
			    w->fact->label != NULL ? w->fact->label : "");

			add_absent(w, what);
			free(what);
		}
	}
	title = telling_title(order_of(w)->order, w->fact);
	if (has_zip || has_sums)
		add_exhibit(w->d, w->order, w->fact, mem_dup(title),
		    has_zip ? zip : sums);
	free(title);
	free(sums);
	free(zip);
	free(stem);
}

static bool
is_delivery(const struct finder *w)
{
	const struct node *archive = node_get(w->fact->content, "archive");
	const char *path = node_text(archive, "path");
	const char *sha256 = node_text(archive, "sha256");

	return strcmp(kind_of(w), "delivery") == 0 && path != NULL &&
	    is_ours(path) && sha256 != NULL && digest_is_hex(sha256) &&
	    node_text(w->fact->content, "also") == NULL;
}

/* First the record itself, then what its entries name, in their order. */
static void
add_exhibits(struct dossier *d, const struct ledger *l, size_t i)
{
	const struct order *o = d->orders.v[i].order;
	char *path = mem_printf("data/orders/%s.yaml", o->id);

	add_exhibit(d, i, NULL,
	    mem_printf("The record of order %s: %zu entr%s", o->id, o->n,
		o->n == 1 ? "y" : "ies"),
	    path);
	for (size_t j = 0; j < o->n; j++) {
		struct finder w = { d, l, i, &o->v[o->replay[j]] };

		if (w.fact->voided || w.fact->content == NULL)
			continue;
		if (is_delivery(&w))
			take_delivery(&w);
		if (strcmp(kind_of(&w), "delivery") == 0)
			find_files(
			    &w, "files", node_get(w.fact->content, "files"));
		else
			find_files(&w, "", w.fact->content);
	}
	free(path);
}

/*
 * Citations: what was cited is quoted, so far as its transcript travels.
 */

static struct err *
add_citation(struct dossier *d, const struct ledger *l, const struct order *o,
    const struct fact *f, const char *cited, struct strs *gaps)
{
	const char *colon = strchr(cited, ':');
	char *id = mem_ndup(
	    cited, colon == NULL ? strlen(cited) : (size_t)(colon - cited));
	const struct fact *of = order_fact(o, id);
	struct citation c = { .fact = f, .transcript = of };
	struct err *e;

	free(id);
	if (colon == NULL || of == NULL || of->content == NULL ||
	    (!fact_is(of, "transcript") && !fact_is(of, "mail")))
		return NULL;
	c.line = (unsigned)strtoul(colon + 1, NULL, 10);
	e = transcript_message(&c.message, l, of->content, c.line);
	if (e == NULL)
		vec_push(&d->citations, c);
	if (!err_is(e, ERR_NOT_FOUND))
		return e;
	err_drop(e); /* the entry stands without it */
	strs_take(gaps,
	    mem_printf("line %u of a chat is cited, and its bytes are not on "
		       "this machine",
		c.line));
	return NULL;
}

static struct err *
add_citations(struct dossier *d, const struct ledger *l, size_t i)
{
	const struct order *o = d->orders.v[i].order;
	struct err *e = NULL;

	for (size_t j = 0; j < o->n && e == NULL; j++) {
		const struct fact *f = &o->v[o->replay[j]];
		const struct node *cites = node_get(f->content, "cites");

		for (size_t k = 0; k < node_count(cites) && e == NULL; k++) {
			const char *cited = node_as_text(node_at(cites, k));

			if (cited != NULL && !f->voided)
				e = add_citation(
				    d, l, o, f, cited, &d->orders.v[i].gaps);
		}
	}
	return e;
}

/*
 * All of it.
 */

static void
sum_up(struct dossier *d)
{
	for (size_t i = 0; i < d->orders.n; i++) {
		struct dossier_order *o = &d->orders.v[i];

		d->withheld += o->withheld;
		d->by_hand += o->by_hand;
		d->adverse += o->adverse;
		for (size_t j = 0; j < o->gaps.n; j++)
			strs_take(&d->gaps,
			    d->orders.n == 1 ?
				mem_dup(o->gaps.v[j]) :
				mem_printf("%s: %s", o->id, o->gaps.v[j]));
	}
}

struct err *
dossier_open(
    struct dossier **out, struct ledger *l, const struct dossier_spec *spec)
{
	struct dossier *d = mem_zero(1, sizeof(*d));
	size_t *found = mem_zero(spec->withhold->n, sizeof(*found));
	struct err *e = NULL;

	*out = NULL;
	d->lists_only = spec->lists_only;
	for (size_t i = 0; i < spec->claims->n && e == NULL; i++)
		if ((e = claim_vet(spec->claims->v[i])) == NULL)
			strs_add(&d->claims, spec->claims->v[i]);
	for (size_t i = 0; i < spec->orders->n && e == NULL; i++)
		e = add_order(d, l, spec->orders->v[i], spec, found);
	if (e == NULL)
		e = check_found(spec->withhold, found);
	if (e != NULL)
		goto done;
	for (size_t i = 0; i < d->orders.n && e == NULL; i++) {
		add_exhibits(d, l, i);
		e = add_citations(d, l, i);
	}
	if (e != NULL)
		goto done;
	sum_up(d);
	*out = d;
	d = NULL;
done:
	free(found);
	dossier_free(d);
	return e;
}

static void
free_order(struct dossier_order *o)
{
	free(o->id);
	free(o->month);
	node_free(o->requirements);
	order_free(o->order);
	stream_free(o->stream);
	strs_release(&o->gaps);
}

void
dossier_free(struct dossier *d)
{
	struct dossier_order *o;
	struct exhibit *x;
	struct citation *c;
	struct piece *p;

	if (d == NULL)
		return;
	vec_each (c, &d->citations)
		node_free(c->message);
	vec_release(&d->citations);
	vec_each (o, &d->orders)
		free_order(o);
	vec_each (x, &d->exhibits) {
		free(x->title);
		free(x->path);
	}
	vec_each (p, &d->pieces) {
		free(p->name);
		free(p->from);
	}
	vec_release(&d->orders);
	vec_release(&d->exhibits);
	vec_release(&d->pieces);
	strs_release(&d->gaps);
	strs_release(&d->claims);
	free(d);
}

const struct exhibit *
dossier_exhibit(const struct dossier *d, const struct fact *f, size_t *at)
{
	while (*at < d->exhibits.n) {
		const struct exhibit *x = &d->exhibits.v[(*at)++];

		if (x->fact == f)
			return x;
	}
	return NULL;
}

const struct citation *
dossier_citation(const struct dossier *d, const struct fact *f, size_t *at)
{
	while (*at < d->citations.n) {
		const struct citation *c = &d->citations.v[(*at)++];

		if (c->fact == f)
			return c;
	}
	return NULL;
}

size_t
dossier_count(const struct dossier *d, const char *grade)
{
	const struct dossier_order *o;
	size_t n = 0;

	vec_each (o, &d->orders)
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f = &o->order->v[i];

			n += f->content != NULL && !f->voided &&
			    strcmp(order_grade(o->order, f), grade) == 0;
		}
	return n;
}

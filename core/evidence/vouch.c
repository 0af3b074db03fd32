/* SPDX-License-Identifier: ISC */
#include "core/evidence/vouch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/audit.h"
#include "core/countersign.h"
#include "core/mailing.h"
#include "core/stamp.h"
#include "core/transcript_check.h"
#include "core/util/file.h"
#include "core/verdict.h"

#define PROOF_MAX (16u << 20) /* bytes of a list, token or signature */

/* A file of the package that is wanted, found by its digest. */
struct wanted {
	char sha256[SHA256_HEX];
	bool here;
	char *path;      /* archives and keys: poured out; NULL till then */
	struct buf text; /* what is small */
	bool small;
};

struct vouching {
	struct node *checks;
	struct parcel *parcel;
	const struct bagcheck *bag;
	const char *own; /* the key of the package */
	const struct judge *judge;
	VEC(struct wanted) wanted;
};

static int
by_sha256(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->sha256,
	    ((const struct wanted *)b)->sha256);
}

/* Once all are known: a stranger may have named very many. */
static struct wanted *
find(struct vouching *v, const char *sha256)
{
	struct wanted key = { 0 };

	if (sha256 == NULL || !digest_is_hex(sha256) || v->wanted.n == 0)
		return NULL;
	memcpy(key.sha256, sha256, SHA256_HEX);
	return bsearch(&key, v->wanted.v, v->wanted.n, sizeof(key), by_sha256);
}

static void
want(struct vouching *v, const struct node *file, bool small)
{
	const char *sha256 = node_text(file, "sha256");
	struct wanted *w;

	if (sha256 == NULL || !digest_is_hex(sha256))
		return;
	w = vec_add(&v->wanted);
	memcpy(w->sha256, sha256, SHA256_HEX);
	w->small = small;
	buf_init(&w->text);
}

/* Sorted, and each once. */
static void
sort_wanted(struct vouching *v)
{
	size_t n = 0;

	vec_sort(&v->wanted, by_sha256);
	for (size_t i = 0; i < v->wanted.n; i++)
		if (n == 0 ||
		    strcmp(v->wanted.v[n - 1].sha256, v->wanted.v[i].sha256) !=
			0)
			v->wanted.v[n++] = v->wanted.v[i];
		else
			v->wanted.v[n - 1].small &= v->wanted.v[i].small;
	v->wanted.n = n;
}

static bool
is_import(const struct entry *entry)
{
	return strcmp(entry->kind->name, "transcript") == 0 ||
	    strcmp(entry->kind->name, "mail") == 0;
}

static const struct node *
content_of(struct stream *s, struct entry *entry)
{
	const struct node *content = NULL;

	if (!entry->forged)
		/* what cannot be read was named when it was read first */
		err_drop(entry_content(&content, s, entry));
	return content;
}

static void
want_all(struct vouching *v, struct stream *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct node *c = content_of(s, &s->v[i]);
		const struct node *keys = node_get(c, "keys");

		want(v, node_get(c, "list"), true);
		want(v, node_get(c, "token"), true);
		want(v, node_get(c, "chain"), true);
		want(v, node_get(c, "signed"), true);
		want(v, node_get(c, "signature"), true);
		if (!is_import(&s->v[i]))
			continue;
		want(v, node_get(c, "archive"), false);
		want(v, node_at(keys, 0), false);
	}
}

/*
 * Taking them out.
 */

static struct err *
pour(struct vouching *v, struct wanted *w)
{
	const void *bytes;
	size_t len;
	int fd = -1;
	struct err *e = file_temp(&w->path, &fd, v->judge->temp_dir);

	while (e == NULL &&
	    (e = parcel_read(v->parcel, &bytes, &len)) == NULL && len > 0)
		e = file_write_fd(fd, bytes, len, w->path);
	if (fd >= 0)
		close(fd);
	return e;
}

static struct err *
take_out(struct vouching *v)
{
	const struct parcel_file *file;
	struct err *e = parcel_rewind(v->parcel);

	while (e == NULL && (e = parcel_next(v->parcel, &file)) == NULL &&
	    file != NULL) {
		const struct bagcheck_file *f =
		    file->outside ? NULL : bagcheck_find(v->bag, file->name);
		struct wanted *w = f == NULL ? NULL : find(v, f->sha256);

		if (w == NULL || w->here || (w->small && f->size > PROOF_MAX))
			continue;
		w->here = true;
		if (w->small)
			e = parcel_text(&w->text, v->parcel, PROOF_MAX);
		else
			e = pour(v, w);
	}
	return e;
}

/* Its bytes, if they are here; NULL else. */
static const struct wanted *
here(struct vouching *v, const struct node *file)
{
	const struct wanted *w = find(v, node_text(file, "sha256"));

	return w != NULL && w->here ? w : NULL;
}

/*
 * Time.
 */

static void
check_token(struct vouching *v, struct stamps *stamps,
    const struct vouch_order *o, const struct node *content)
{
	const struct wanted *list = here(v, node_get(content, "list"));
	const struct wanted *token = here(v, node_get(content, "token"));
	const struct wanted *chain = here(v, node_get(content, "chain"));
	const char *path = node_text(node_get(content, "token"), "path");
	const struct buf none = BUF_INIT;
	struct timestamp s = { 0 };
	struct err *e;

	if (path == NULL)
		return;
	s.path = mem_printf("%s %s", o->id, path);
	if (list == NULL || token == NULL) {
		verdict_note(v->checks, "token", s.path, "skipped",
		    "the token or its list is not in this package");
		stamp_release(&s);
		return;
	}
	e = stamp_judge(&s, &list->text, &token->text,
	    chain != NULL ? &chain->text : &none, v->judge->roots);
	stamp_note(v->checks, &s, e);
	if (e == NULL)
		vec_push(&stamps->v, s);
	else
		stamp_release(&s);
	err_drop(e); /* noted */
}

static void
check_time(struct vouching *v, const struct vouch_order *o)
{
	struct stamps stamps = { VEC_INIT };
	struct stream *s = o->stream;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].kind->name, "timestamp") == 0)
			check_token(v, &stamps, o, content_of(s, &s->v[i]));
	stamps_anchor(v->checks, &stamps, s, o->name);
	stamps_release(&stamps);
}

/*
 * What was imported, and what the buyer signed.
 */

static struct err *
check_import(struct vouching *v, const struct order *o, const struct fact *f,
    const struct mailing_proof *proof)
{
	const struct wanted *archive = here(v, node_get(f->content, "archive"));
	const struct wanted *keys =
	    here(v, node_at(node_get(f->content, "keys"), 0));
	char *subject;
	struct err *e = NULL;

	if (archive == NULL)
		return NULL; /* parts of it are compared where they lie */
	subject = mem_printf("%s %.12s", o->id, f->entry->id);
	e = transcript_check(v->checks, subject, f->content, archive->path);
	if (e == NULL && fact_is(f, "mail"))
		e = mailing_recheck(v->checks, subject, f, archive->path,
		    keys != NULL ? keys->path : NULL, proof);
	free(subject);
	return e;
}

static struct err *
check_acceptance(
    struct vouching *v, const struct order *o, const struct fact *f)
{
	const struct wanted *text = here(v, node_get(f->content, "signed"));
	const struct wanted *sig = here(v, node_get(f->content, "signature"));
	char *subject = mem_printf("%s %.12s", o->id, f->entry->id);
	struct err *e = countersign_check(v->checks, subject, o, f,
	    text != NULL ? &text->text : NULL, sig != NULL ? &sig->text : NULL,
	    v->own, v->judge);

	free(subject);
	return e;
}

static struct err *
check_order(struct vouching *v, const struct vouch_order *vo)
{
	struct strs trusted = VEC_INIT;
	const struct mailing_proof proof = { v->judge->helper,
		v->judge->temp_dir, v->judge->keys, &trusted };
	struct order *o = NULL;
	struct err *e = order_replay(&o, vo->stream, vo->id);

	if (e != NULL) {
		err_drop(e); /* named when its entries were read */
		return NULL;
	}
	mailing_counterpart(&trusted, o);
	audit_platform_mail(&trusted, v->judge->profiles, o);
	for (size_t i = 0; i < o->n && e == NULL; i++) {
		const struct fact *f = &o->v[i];

		if (is_import(f->entry) && f->content != NULL)
			e = check_import(v, o, f, &proof);
		else if (countersign_has(f))
			e = check_acceptance(v, o, f);
	}
	order_free(o);
	strs_release(&trusted);
	return e;
}

static void
release(struct vouching *v)
{
	struct wanted *w;

	vec_each (w, &v->wanted) {
		if (w->path != NULL)
			unlink(w->path);
		free(w->path);
		buf_release(&w->text);
	}
	vec_release(&v->wanted);
}

struct err *
vouch_check(struct node *checks, struct parcel *p, const struct bagcheck *bag,
    const struct vouch_order *orders, size_t n, const char *own,
    const struct judge *judge)
{
	struct vouching v = { .checks = checks,
		.parcel = p,
		.bag = bag,
		.own = own,
		.judge = judge };
	struct err *e;

	for (size_t i = 0; i < n; i++)
		want_all(&v, orders[i].stream);
	sort_wanted(&v);
	e = v.wanted.n > 0 ? take_out(&v) : NULL;
	for (size_t i = 0; i < n && e == NULL; i++) {
		check_time(&v, &orders[i]);
		e = check_order(&v, &orders[i]);
	}
	release(&v);
	return e;
}

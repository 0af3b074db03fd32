/* SPDX-License-Identifier: ISC */
#include "core/evidence/withhold.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/transcript.h"
#include "core/util/path.h"

#define MASK "[masked]"

static const char named[] = "it has a masked name";

/*
 * Names.
 */

/* The first place in p where name stands, capitals or not. */
static const char *
find_name(const char *p, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; n > 0 && i + n <= len; i++)
		if (strncasecmp(p + i, name, n) == 0)
			return p + i;
	return NULL;
}

bool
mask_occurs(const struct strs *masks, const char *p, size_t len)
{
	for (size_t i = 0; i < masks->n; i++)
		if (find_name(p, len, masks->v[i]) != NULL)
			return true;
	return false;
}

static void
mask_text(struct node *n, const char *name)
{
	struct buf out = BUF_INIT;
	const char *p = n->text, *end = n->text + n->len, *hit;

	while ((hit = find_name(p, (size_t)(end - p), name)) != NULL) {
		buf_add(&out, p, (size_t)(hit - p));
		buf_adds(&out, MASK);
		p = hit + strlen(name);
	}
	buf_add(&out, p, (size_t)(end - p));
	free(n->text);
	n->len = out.len;
	n->text = buf_steal(&out);
}

void
mask_node(const struct strs *masks, struct node *n)
{
	for (size_t i = 0; n->type == NODE_STR && i < masks->n; i++)
		if (find_name(n->text, n->len, masks->v[i]) != NULL)
			mask_text(n, masks->v[i]);
	for (size_t i = 0; i < node_count(n); i++)
		mask_node(masks, n->kids[i]);
}

static bool
has_name(const struct strs *masks, const struct node *n)
{
	if (n == NULL)
		return false;
	if (n->type == NODE_STR)
		return mask_occurs(masks, n->text, n->len);
	for (size_t i = 0; i < node_count(n); i++)
		if (has_name(masks, n->kids[i]))
			return true;
	return false;
}

/*
 * Wishes.
 */

void
withhold_read(struct withholding *out, const struct strs *wishes,
    const struct strs *masks)
{
	memset(out, 0, sizeof(*out));
	out->masks = masks;
	for (size_t i = 0; i < wishes->n; i++) {
		const char *text = wishes->v[i], *why = strstr(text, ": ");
		struct withhold_wish *wish = vec_add(&out->wishes);

		wish->what = why == NULL ? mem_dup(text) :
					   mem_ndup(text, (size_t)(why - text));
		wish->why = why == NULL ? NULL : mem_dup(why + 2);
	}
}

void
withhold_release(struct withholding *w)
{
	struct withhold_wish *wish;

	vec_each (wish, &w->wishes) {
		free(wish->what);
		free(wish->why);
	}
	vec_release(&w->wishes);
}

static void
hold(struct dossier *d, size_t order, const struct fact *f, unsigned line,
    const char *file, const char *why, bool masked)
{
	struct held *h = vec_add(&d->held);

	h->order = order;
	memcpy(h->id, f->entry->id, SHA256_HEX);
	h->kind = f->entry->kind;
	h->line = line;
	h->file = mem_dup(file);
	h->why = mem_dup(why);
	h->masked = masked;
}

/* Does the entry keep a file of this name? */
static bool
has_file(const struct node *n, const char *name)
{
	const char *path = node_text(n, "path"), *own = node_text(n, "name");

	if (n == NULL)
		return false;
	if (path != NULL && node_text(n, "sha256") != NULL &&
	    ((own != NULL && strcmp(own, name) == 0) ||
		strcmp(path_base(path), name) == 0))
		return true;
	for (size_t i = 0; i < node_count(n); i++)
		if (has_file(n->kids[i], name))
			return true;
	return false;
}

/* "REF/FILE" cut in two; *file is NULL if there is none. */
static char *
split(const char *what, const char **file)
{
	const char *slash = strchr(what, '/');

	*file = slash == NULL ? NULL : slash + 1;
	return slash == NULL ? mem_dup(what) :
			       mem_ndup(what, (size_t)(slash - what));
}

static struct err *
grant(struct dossier *d, size_t order, struct withhold_wish *wish,
    const struct order *full)
{
	const struct fact *f;
	const char *file;
	char *ref = split(wish->what, &file);
	unsigned line;
	struct err *e = order_resolve(&f, &line, full, ref);

	free(ref);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* perhaps it is in another order */
		return NULL;
	}
	if (e != NULL)
		return e;
	if (line != 0 && (e = transcript_vet_line(f, line)) != NULL)
		return e;
	if (file != NULL && !has_file(f->content, file))
		return err_new(ERR_NOT_FOUND,
		    "\"%.80s\": the entry keeps no file of that name",
		    wish->what);
	hold(d, order, f, line, file, wish->why, false);
	wish->found++;
	return NULL;
}

struct err *
withhold_order(struct dossier *d, size_t i, struct withholding *w,
    const struct order *full)
{
	struct withhold_wish *wish;
	struct err *e = NULL;

	vec_each (wish, &w->wishes)
		if ((e = grant(d, i, wish, full)) != NULL)
			return e;
	for (size_t j = 0; w->masks->n > 0 && j < full->n; j++) {
		const struct fact *f = &full->v[j];

		if (f->entry->kind->travels &&
		    has_name(w->masks, f->entry->content) &&
		    dossier_held(d, f->entry->id, 0, NULL) == NULL)
			hold(d, i, f, 0, NULL, named, true);
	}
	return e;
}

bool
withhold_has_lines(const struct dossier *d, const struct fact *f)
{
	const struct held *h;

	if (d->masks->n > 0)
		return true;
	vec_each (h, &d->held)
		if (h->line != 0 && strcmp(h->id, f->entry->id) == 0)
			return true;
	return false;
}

void
withhold_line(
    struct dossier *d, size_t order, const struct fact *f, unsigned line)
{
	if (dossier_held(d, f->entry->id, line, NULL) == NULL)
		hold(d, order, f, line, NULL, named, true);
}

void
withhold_file(
    struct dossier *d, size_t order, const struct fact *f, const char *file)
{
	hold(d, order, f, 0, file, named, true);
}

struct err *
withhold_check(const struct withholding *w)
{
	const struct withhold_wish *wish;

	vec_each (wish, &w->wishes) {
		if (wish->found == 0)
			return err_new(ERR_NOT_FOUND,
			    "there is no entry \"%.80s\" to withhold",
			    wish->what);
		if (wish->found > 1)
			return err_hint(
			    err_new(ERR_INVALID,
				"several orders have an entry \"%.80s\"",
				wish->what),
			    "name it by its id, as deed log prints it");
	}
	return NULL;
}

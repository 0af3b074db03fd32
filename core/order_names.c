/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/order_parts.h"
#include "core/util/firsts.h"
#include "core/util/mem.h"

/* How entries of an order are named, and found by name. */

#define SHORT_LEN 8
#define PREFIX_MIN 4

static const char *
plain_label(const struct fact *f)
{
	return node_text(f->content, "label");
}

/* Under which it must be alone; yours, NULL if it bears none of its own. */
static char *
label_key(const struct fact *f)
{
	const char *label = plain_label(f);

	return label == NULL || f->first != NULL ?
	    NULL :
	    mem_printf("%s %s", f->entry->kind->name, label);
}

void
order_label(struct order *o)
{
	struct firsts once = { NULL }, twice = { NULL };

	for (size_t i = 0; i < o->n; i++) {
		char *key = label_key(&o->v[i]);

		if (firsts_find(&once, key) != NULL)
			firsts_add(&twice, key, &o->v[i]);
		firsts_add(&once, key, &o->v[i]);
		free(key);
	}
	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i];
		char *key = label_key(f);

		if (key != NULL && f->entry->kind->label != NULL)
			f->label = firsts_find(&twice, key) != NULL ?
			    mem_printf(
				"%s~%.4s", plain_label(f), f->entry->id) :
			    mem_dup(plain_label(f));
		free(key);
	}
	firsts_release(&once);
	firsts_release(&twice);
}

/* The number behind a prefix: 3 of "d3". */
static int64_t
label_number(const char *label, const char *prefix)
{
	size_t len = strlen(prefix);

	if (label == NULL || strncmp(label, prefix, len) != 0)
		return 0;
	label += len;
	if (*label == '\0' || strspn(label, "0123456789") != strlen(label) ||
	    strlen(label) > 9)
		return 0;
	return strtoll(label, NULL, 10);
}

/* The list in the terms that has labels of this kind, too, or NULL. */
static const char *
listed_as(const struct kind *kind)
{
	return strcmp(kind->name, "requirement") == 0 ? "requirements" :
	    strcmp(kind->name, "milestone") == 0      ? "milestones" :
							NULL;
}

char *
order_next_label(const struct order *o, const struct kind *kind)
{
	const char *listed = listed_as(kind);
	const struct node *list;
	int64_t most = 0, number;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->entry->kind == kind) {
			number = label_number(plain_label(f), kind->label);
			most = number > most ? number : most;
		}
		list = listed != NULL ? node_get(f->content, listed) : NULL;
		for (size_t j = 0; j < node_count(list); j++) {
			number = label_number(
			    node_text(node_at(list, j), "label"), kind->label);
			most = number > most ? number : most;
		}
	}
	return mem_printf("%s%lld", kind->label, (long long)most + 1);
}

static int
by_id(const void *a, const void *b)
{
	const struct fact *const *x = a, *const *y = b;

	return strcmp((*x)->entry->id, (*y)->entry->id);
}

/* How many facts, sorted by id, come before this id. */
static size_t
place_of(const struct order *o, const char *id)
{
	struct order *own = (struct order *)o;
	size_t low = 0, high = o->n;

	if (o->by_id == NULL) {
		own->by_id = mem_zero(o->n, sizeof(*o->by_id));
		for (size_t i = 0; i < o->n; i++)
			own->by_id[i] = &o->v[i];
		if (o->n > 1)
			qsort(own->by_id, o->n, sizeof(*o->by_id), by_id);
	}
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(o->by_id[middle]->entry->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct fact *
order_fact(const struct order *o, const char *id)
{
	size_t i = place_of(o, id);

	return i < o->n && strcmp(o->by_id[i]->entry->id, id) == 0 ?
	    o->by_id[i] :
	    NULL;
}

/* Those that begin most like it stand beside it. */
size_t
order_short_len(const struct order *o, const char *id)
{
	size_t len = SHORT_LEN, before = place_of(o, id), after = before;
	const char *beside[2] = { NULL, NULL };

	while (after < o->n && strcmp(o->by_id[after]->entry->id, id) == 0)
		after++;
	if (before > 0)
		beside[0] = o->by_id[before - 1]->entry->id;
	if (after < o->n)
		beside[1] = o->by_id[after]->entry->id;
	for (size_t i = 0; i < 2; i++)
		while (beside[i] != NULL && len < SHA256_HEX - 1 &&
		    strncmp(beside[i], id, len) == 0)
			len++;
	return len;
}

char *
order_short(const struct order *o, const struct fact *fact)
{
	const char *id = fact->entry->id;

	return mem_ndup(id, order_short_len(o, id));
}

/* "@", "@~" and "@~2": counted back from the newest. */
static bool
from_newest(const struct fact **out, const struct order *o, const char *text)
{
	const char *number = text + 2;
	size_t back = 0;

	if (text[1] == '~') {
		if (strlen(number) > 9 ||
		    strspn(number, "0123456789") != strlen(number))
			return false;
		back = *number == '\0' ? 1 : strtoul(number, NULL, 10);
	} else if (text[1] != '\0') {
		return false;
	}
	if (back < o->n)
		*out = &o->v[o->n - 1 - back];
	return back < o->n;
}

static bool
is_prefix(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_MIN && len < SHA256_HEX &&
	    strspn(text, "0123456789abcdefABCDEF") == len;
}

/* Does text name this fact, by its label or by its id? */
static bool
names(const struct fact *f, const char *text)
{
	const char *label = plain_label(f);

	if (f->label != NULL &&
	    (strcmp(f->label, text) == 0 || strcmp(label, text) == 0))
		return true;
	return is_prefix(text) &&
	    strncasecmp(f->entry->id, text, strlen(text)) == 0;
}

/* Does it have what bears this label among its terms? */
static bool
lists(const struct fact *f, const char *label)
{
	static const char *const keys[] = { "requirements", "milestones" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct node *list = node_get(f->content, keys[k]);

		for (size_t i = 0; i < node_count(list); i++)
			if (node_text_is(node_at(list, i), "label", label))
				return true;
	}
	return false;
}

/* One more that may be meant. */
static void
add_candidate(struct buf *b, const struct order *o, const struct fact *f)
{
	const char *id = f->entry->id;

	if (b->len > 0)
		buf_adds(b, ", ");
	if (f->label != NULL)
		buf_adds(b, f->label);
	else
		buf_add(b, id, order_short_len(o, id));
}

/* The entries that open the order with such a term, else one that changes it. */
static size_t
find_listed(const struct fact **out, struct buf *candidates,
    const struct order *o, const char *label)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->voided || !lists(f, label))
			continue;
		if (fact_is(f, "order")) {
			add_candidate(candidates, o, f);
			n++;
		}
		if (*out == NULL || fact_is(f, "order"))
			*out = f;
	}
	return n == 0 && *out != NULL ? 1 : n;
}

static struct err *
find_named(const struct fact **out, const struct order *o, const char *text)
{
	struct buf candidates = BUF_INIT;
	size_t n = 0;
	struct err *e = NULL;

	for (size_t i = 0; i < o->n; i++) {
		if (!names(&o->v[i], text))
			continue;
		*out = &o->v[i];
		add_candidate(&candidates, o, *out);
		n++;
	}
	for (size_t i = 0; i < o->n && n == 0; i++)
		if (o->v[i].first != NULL &&
		    node_text_is(o->v[i].content, "label", text)) {
			*out = o->v[i].first; /* as another ledger called it */
			n = 1;
		}
	if (n == 0)
		n = find_listed(out, &candidates, o, text);
	if (n == 0)
		e = err_hint(
		    err_new(ERR_NOT_FOUND, "order %s has no entry \"%.80s\"",
			o->id, text),
		    "see them: deed log -o %s", o->id);
	else if (n > 1)
		e = err_new(ERR_INVALID, "\"%.80s\" is ambiguous: it is %s",
		    text, candidates.data);
	buf_release(&candidates);
	return e;
}

/* Is it the path, or the last parts of it? */
static bool
ends_path(const char *path, const char *file)
{
	size_t len = strlen(path), end = strlen(file);

	return end > 0 && end <= len && strcmp(path + len - end, file) == 0 &&
	    (end == len || path[len - end - 1] == '/');
}

/* Does a map in it say where these bytes are, or their digest? */
static bool
holds(const struct node *n, const char *file)
{
	const char *path, *sha256;

	if (n == NULL)
		return false;
	path = n->type == NODE_MAP ? node_text(n, "path") : NULL;
	sha256 = n->type == NODE_MAP ? node_text(n, "sha256") : NULL;
	if (path != NULL && sha256 != NULL &&
	    (ends_path(path, file) || strcmp(sha256, file) == 0))
		return true;
	for (size_t i = 0; i < n->n; i++)
		if (holds(n->kids[i], file))
			return true;
	return false;
}

const struct fact *
order_holder(const struct order *o, const char *file)
{
	for (size_t i = 0; i < o->n; i++)
		if (holds(o->v[i].content, file))
			return &o->v[i];
	return NULL;
}

struct err *
order_resolve(const struct fact **out, unsigned *line, const struct order *o,
    const char *text)
{
	const char *colon = strrchr(text, ':');
	char *name = mem_dup(text);
	struct err *e = NULL;

	*out = NULL;
	*line = 0;
	if (colon != NULL && isdigit((unsigned char)colon[1]) &&
	    colon[1] != '0' && /* they are counted from 1 */
	    strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
	    strlen(colon + 1) < 10) {
		*line = (unsigned)strtoul(colon + 1, NULL, 10);
		name[colon - text] = '\0';
	}
	if (name[0] != '@' || !from_newest(out, o, name))
		e = find_named(out, o, name);
	free(name);
	return e;
}

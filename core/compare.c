/* SPDX-License-Identifier: ISC */
#include "core/compare.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/json.h"
#include "core/ext/unpack.h"
#include "core/util/path.h"

#define MESSAGE_MAX (64u << 20) /* bytes of a line */
#define CANDIDATES 8            /* earlier transcripts that are looked at */

/* What is kept of a message: halves of digests, and what became of it. */
struct item {
	uint64_t key;  /* which message it is */
	uint64_t body; /* what it says */
	uint32_t line; /* in messages.jsonl, from 1 */
	bool deleted;
	bool met; /* the other export has it, too */
};

struct side {
	VEC(struct item) v;
	struct digest *digest;
	const char *path;
};

/*
 * Reading.
 */

static uint64_t
half(struct digest *d)
{
	char hex[SHA256_HEX];

	digest_hex(d, hex);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

static void
add_key(struct digest *d, const struct node *message, const char *key)
{
	const struct node *n = node_get(message, key);
	bool is_text = n != NULL && n->type == NODE_STR;

	if (is_text)
		digest_add(d, n->text, n->len);
	digest_add(d, is_text ? "\1" : "", 1);
}

/* The time as the export has it, whatever zone or start was given for it. */
static const char *
time_key(const struct node *message)
{
	return node_get(message, "local") != NULL ? "local" :
	    node_get(message, "offset") != NULL   ? "offset" :
						    "time";
}

/*
 * What a message says.  Where the text itself tells of a file, its first line
 * differs between exports with and without files: "<Media omitted>", and the
 * file's name.
 */
static struct span
said(const struct node *message)
{
	const struct node *a = node_at(node_get(message, "attachments"), 0);
	struct span text = span_get(message, "text");
	struct span name = span_get(a, "name");
	const char *type = node_text(message, "type"), *lf;
	size_t first;

	if (a == NULL || text.p == NULL || node_get(message, "id") != NULL)
		return text;
	lf = memchr(text.p, '\n', text.len);
	first = lf != NULL ? (size_t)(lf - text.p) : text.len;
	if ((type == NULL || !span_is(span_get(a, "type"), type)) &&
	    (name.p == NULL || memmem(text.p, first, name.p, name.len) == NULL))
		return text;
	return (struct span){ text.p + first, text.len - first };
}

static struct err *
take(struct side *side, const char *p, size_t len)
{
	struct digest *d = side->digest;
	struct node *n;
	struct item item = { .line = (uint32_t)side->v.n + 1 };
	struct span text;
	struct err *e;

	if (side->v.n == COMPARE_MAX)
		return err_new(ERR_LIMIT, "%s has more than %d messages",
		    side->path, COMPARE_MAX);
	if ((e = json_parse_message(&n, p, len, side->path)) != NULL)
		return e;
	add_key(d, n, "channel");
	add_key(d, n, "id");
	if (node_get(n, "id") == NULL) {
		add_key(d, n, time_key(n));
		add_key(d, n, "author");
	}
	item.key = half(d);
	text = said(n);
	digest_add(d, text.p, text.len);
	item.body = half(d);
	item.deleted = node_get(n, "deleted") != NULL;
	vec_push(&side->v, item);
	node_free(n);
	return NULL;
}

/* Each line of the member that u is in. */
static struct err *
take_lines(struct side *side, struct unpack *u)
{
	struct buf rest = BUF_INIT;
	const void *p;
	size_t len;
	struct err *e;

	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		const char *at = p, *end = at + len, *lf;

		while (e == NULL &&
		    (lf = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			buf_add(&rest, at, (size_t)(lf - at));
			e = take(side, rest.data, rest.len);
			buf_clear(&rest);
			at = lf + 1;
		}
		if (e == NULL && rest.len > MESSAGE_MAX)
			e = err_new(
			    ERR_LIMIT, "%s has a message too long", side->path);
		if (e != NULL)
			break;
		buf_add(&rest, at, (size_t)(end - at));
	}
	buf_release(&rest);
	return e;
}

static struct err *
read_side(struct side *side, const char *path)
{
	struct unpack_limits known = { .known = true };
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	struct err *e;

	side->path = path;
	side->digest = digest_new();
	e = unpack_open(&u, path, &known);
	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (strcmp(entry->name, "messages.jsonl") != 0)
			continue;
		e = take_lines(side, u);
		break;
	}
	unpack_close(u);
	digest_free(side->digest);
	return e;
}

/*
 * Comparing: both sides sorted, and gone through once for each question.
 */

static int
by_content(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->body != y->body)
		return x->body < y->body ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static int
by_place(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static int
by_line(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

static void
note_change(struct comparison *c, const char *change, const struct item *before,
    const struct item *now)
{
	struct node *n;

	if (c->changes->n >= COMPARE_LISTED_MAX)
		return;
	n = node_push(c->changes, node_map());
	node_put_str(n, "change", change);
	node_put_int(n, "before", before->line);
	if (now != NULL)
		node_put_int(n, "line", now->line);
}

/* Two that are one message: what happened to it? */
static void
meet(struct comparison *c, struct item *before, struct item *now)
{
	before->met = now->met = true;
	if (now->deleted && !before->deleted) {
		c->deleted++;
		note_change(c, "deleted", before, now);
	} else if (now->body != before->body) {
		c->edited++;
		note_change(c, "edited", before, now);
	} else {
		c->same++;
	}
}

/* Pair what compare() says is equal and was not paired yet. */
static void
pair(struct comparison *c, struct side *a, struct side *b,
    int (*compare)(const void *, const void *), bool bodies)
{
	size_t i = 0, j = 0;

	vec_sort(&a->v, compare);
	vec_sort(&b->v, compare);
	while (i < a->v.n && j < b->v.n) {
		struct item *x = &a->v.v[i], *y = &b->v.v[j];

		if (x->met || y->met) {
			i += x->met;
			j += y->met;
		} else if (x->key != y->key) {
			i += x->key < y->key;
			j += x->key > y->key;
		} else if (bodies && x->body != y->body) {
			i += x->body < y->body;
			j += x->body > y->body;
		} else {
			meet(c, x, y);
			i++;
			j++;
		}
	}
}

/* What only one of them has. */
static void
count_rest(struct comparison *c, struct side *a, struct side *b)
{
	size_t first = a->v.n, last = 0;
	struct item *item;

	vec_sort(&a->v, by_line);
	for (size_t i = 0; i < a->v.n; i++)
		if (a->v.v[i].met) {
			first = first < i ? first : i;
			last = i;
		}
	vec_each (item, &b->v)
		c->added += !item->met;
	/* where something follows, the end is no end of the export */
	if (c->added > 0 && a->v.n > 0)
		last = a->v.n - 1;
	for (size_t i = 0; i < a->v.n; i++) {
		if (a->v.v[i].met)
			continue;
		if (i < first || i > last) {
			c->absent++;
			continue;
		}
		c->deleted++;
		note_change(c, "deleted", &a->v.v[i], NULL);
	}
}

struct err *
compare_archives(struct comparison *out, const char *earlier, const char *later)
{
	struct side a = { .path = NULL }, b = { .path = NULL };
	struct err *e;

	*out = (struct comparison){ .changes = node_list() };
	if ((e = read_side(&a, earlier)) == NULL &&
	    (e = read_side(&b, later)) == NULL) {
		pair(out, &a, &b, by_content, true);
		pair(out, &a, &b, by_place, false);
		count_rest(out, &a, &b);
	}
	vec_release(&a.v);
	vec_release(&b.v);
	return e;
}

void
comparison_release(struct comparison *c)
{
	node_free(c->changes);
	c->changes = NULL;
}

/*
 * Which earlier transcript?
 */

static bool
same_key(const struct node *a, const struct node *b, const char *key)
{
	const char *x = node_as_text(node_find(a, key));
	const char *y = node_as_text(node_find(b, key));

	return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

/*
 * Could it be an export of the same conversation?  Where other conversations
 * were chosen, what was left out would look deleted.  Times that count from
 * the beginning of a recording are alike in every recording.
 */
static bool
is_candidate(const struct node *now, const struct fact *f)
{
	const char *kind = node_text(now, "time_kind");

	if (f->content == NULL || !same_key(now, f->content, "format") ||
	    !same_key(now, f->content, "selected.with") ||
	    !same_key(now, f->content, "selected.channel"))
		return false;
	if (kind != NULL && strcmp(kind, "relative") == 0)
		return same_key(now, f->content, "source.name");
	return same_key(now, f->content, "title");
}

static void
put(struct node *content, const struct fact *f, struct comparison *c)
{
	struct node *n = node_put(content, "compared", node_map());

	node_put_str(content, "continues", f->entry->id);
	node_put_int(n, "same", (int64_t)c->same);
	node_put_int(n, "new", (int64_t)c->added);
	node_put_int(n, "edited", (int64_t)c->edited);
	node_put_int(n, "deleted", (int64_t)c->deleted);
	node_put_int(n, "absent", (int64_t)c->absent);
	if (c->changes->n > 0)
		node_put(n, "changes", node_copy(c->changes));
}

static void
warn(struct node *content, const struct fact *f, const struct err *e)
{
	struct node *list = node_get(content, "warnings");
	char *text = mem_printf("not compared with the earlier export %.8s: %s",
	    f->entry->id, err_text(e));

	if (list == NULL)
		list = node_put(content, "warnings", node_list());
	node_push_str(list, text);
	free(text);
}

/* Is it one that has messages in common with this? */
static bool
try(struct node *content, const struct ledger *l, const struct fact *f,
    const char *archive)
{
	const char *path = node_as_text(node_find(f->content, "archive.path"));
	char *full = path_join(l->dir, path != NULL ? path : "");
	struct comparison c;
	struct err *e = compare_archives(&c, full, archive);
	bool found = e == NULL && c.same + c.edited > 0;

	if (found)
		put(content, f, &c);
	if (e != NULL)
		warn(content, f, e);
	err_drop(e); /* a transcript without a comparison is one all the same */
	comparison_release(&c);
	free(full);
	return found;
}

void
compare_with_order(struct node *content, const struct order *o,
    const struct ledger *l, const char *archive)
{
	VEC(const struct fact *) facts = VEC_INIT;
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, "transcript", &at)) != NULL;)
		if (is_candidate(content, f))
			vec_push(&facts, f);
	for (size_t i = 0; i < facts.n && i < CANDIDATES; i++)
		if (try(content, l, facts.v[facts.n - 1 - i], archive))
			break;
	vec_release(&facts);
}

/* SPDX-License-Identifier: ISC */
#include "core/stamp.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

/* "TIME.txt" of "TIME-2.tsr", yours; NULL if it is no such name. */
static char *
list_of(const char *name)
{
	size_t len = strlen(name);
	const char *dash = strrchr(name, '-');

	if (len < 5 || strcmp(name + len - 4, ".tsr") != 0 || dash == NULL)
		return NULL;
	return mem_printf(STAMP_DIR "/%.*s.txt", (int)(dash - name), name);
}

static struct err *
read_ids(struct strs *out, const struct buf *text)
{
	const char *at = text->data;

	for (size_t i = 0; i < text->len; i += SHA256_HEX) {
		char id[SHA256_HEX] = "";

		if (text->len - i >= SHA256_HEX)
			memcpy(id, at + i, SHA256_HEX - 1);
		if (!digest_is_hex(id) || at[i + SHA256_HEX - 1] != '\n')
			return err_new(
			    ERR_SYNTAX, "its list is no list of entries");
		strs_add(out, id);
	}
	strs_sort(out);
	return NULL;
}

struct err *
stamp_judge(struct timestamp *s, const struct buf *list,
    const struct buf *token, const struct buf *chain, const char *roots)
{
	char digest[SHA256_HEX];
	const struct tsp_ask ask = { .sha256 = digest,
		.roots = roots,
		.beside = chain->data,
		.beside_len = chain->len };
	struct err *e;

	digest_of(list->data, list->len, digest);
	e = tsp_judge(&s->token, token->data, token->len, &ask);
	return e != NULL ? e : read_ids(&s->ids, list);
}

/* What lies beside a token: TIME-N.pem, which not every one has. */
static struct err *
read_chain(struct buf *out, const struct ledger *l, const char *token)
{
	char *path =
	    mem_printf("%s/%.*s.pem", l->dir, (int)strlen(token) - 4, token);
	struct err *e = file_read(out, path, STAMP_CHAIN_MAX);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* then it has none */
		e = NULL;
	}
	free(path);
	return e;
}

static struct err *
judge_one(struct timestamp *s, const struct ledger *l, const char *roots)
{
	char *list = path_join(l->dir, s->list), *path;
	struct buf text = BUF_INIT, token = BUF_INIT, chain = BUF_INIT;
	struct err *e = file_read(&text, list, STAMP_LIST_MAX);

	path = path_join(l->dir, s->path);
	if (e == NULL && (e = file_read(&token, path, TSP_MAX)) == NULL &&
	    (e = read_chain(&chain, l, s->path)) == NULL)
		e = stamp_judge(s, &text, &token, &chain, roots);
	buf_release(&text);
	buf_release(&token);
	buf_release(&chain);
	free(list);
	free(path);
	return e;
}

void
stamp_release(struct timestamp *s)
{
	free(s->list);
	free(s->path);
	tsp_release(&s->token);
	strs_release(&s->ids);
}

void
stamp_note(struct node *checks, const struct timestamp *s, const struct err *e)
{
	char time[DATE_TEXT], *detail;

	if (e != NULL) {
		verdict_note(checks, "token", s->path, "fail", err_text(e));
		return;
	}
	date_format(time, s->token.time);
	detail = mem_printf("%zu tip%s existed by %s, %s \"%s\"", s->ids.n,
	    s->ids.n == 1 ? "" : "s", time,
	    s->token.trusted ? "says" :
			       "says an unknown authority that calls itself",
	    s->token.name);
	verdict_note(checks, "token", s->path,
	    s->token.trusted ? "pass" : "skipped", detail);
	free(detail);
}

/* Judge one that lies here; it is kept if it holds. */
static void
take_stamp(struct stamps *out, const struct ledger *l, const char *roots,
    const char *path, struct node *checks)
{
	struct timestamp s = { .list = list_of(path_base(path)) };
	struct err *why;

	if (s.list == NULL)
		return;
	s.path = mem_dup(path);
	why = judge_one(&s, l, roots);
	if (checks != NULL)
		stamp_note(checks, &s, why);
	if (why == NULL)
		vec_push(&out->v, s);
	else
		stamp_release(&s);
	err_drop(why); /* noted, or nobody asked */
}

static struct err *
vet_roots(const char *roots)
{
	if (roots == NULL || file_exists(roots))
		return NULL;
	return err_new(ERR_NOT_FOUND, "cannot read %s: no such file", roots);
}

struct err *
stamps_read(struct stamps *out, const struct ledger *l, const char *roots,
    struct node *checks)
{
	char *dir = path_join(l->dir, STAMP_DIR);
	struct strs names = VEC_INIT;
	struct err *e = vet_roots(roots);

	memset(out, 0, sizeof(*out));
	if (e == NULL && file_is_dir(dir))
		e = file_list(&names, dir);
	for (size_t i = 0; e == NULL && i < names.n; i++) {
		char *path = mem_printf(STAMP_DIR "/%s", names.v[i]);

		take_stamp(out, l, roots, path, checks);
		free(path);
	}
	strs_release(&names);
	free(dir);
	return e;
}

/* The token an entry of kind timestamp names, or NULL. */
static const char *
token_of(struct stream *s, struct entry *entry)
{
	const struct node *content = NULL;
	const char *path;

	if (strcmp(entry->kind->name, "timestamp") != 0 || entry->forged)
		return NULL;
	/* what cannot be read names nothing; the audit says why */
	err_drop(entry_content(&content, s, entry));
	path = node_text(node_get(content, "token"), "path");
	return path != NULL &&
		strncmp(path, STAMP_DIR "/", sizeof(STAMP_DIR)) == 0 &&
		strchr(path_base(path), '/') == NULL &&
		strlen(path) == sizeof(STAMP_DIR) + strlen(path_base(path)) ?
	    path :
	    NULL;
}

struct err *
stamps_of(struct stamps *out, const struct ledger *l, struct stream *s,
    const char *roots)
{
	struct err *e = vet_roots(roots);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; e == NULL && i < s->n; i++) {
		const char *path = token_of(s, &s->v[i]);

		if (path != NULL)
			take_stamp(out, l, roots, path, NULL);
	}
	return e;
}

void
stamps_release(struct stamps *s)
{
	for (size_t i = 0; i < s->v.n; i++)
		stamp_release(&s->v.v[i]);
	vec_release(&s->v);
}

/*
 * What is covered.
 */

static const struct timestamp *
better(const struct timestamp *a, const struct timestamp *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (a->token.trusted != b->token.trusted)
		return a->token.trusted ? a : b;
	return b->token.time < a->token.time ? b : a;
}

void
stamps_cover(const struct stamps *stamps, const struct stream *s,
    const struct timestamp **out)
{
	memset(out, 0, s->n * sizeof(*out));
	/* parents stand before their children */
	for (size_t i = s->n; stamps->v.n > 0 && i-- > 0;) {
		const struct entry *entry = &s->v[i];

		for (size_t j = 0; j < stamps->v.n; j++)
			if (strs_has(&stamps->v.v[j].ids, entry->id))
				out[i] = better(out[i], &stamps->v.v[j]);
		for (size_t j = 0; out[i] != NULL && j < entry->after.n; j++) {
			const struct entry *parent =
			    stream_find(s, entry->after.v[j]);

			if (parent != NULL)
				out[parent - s->v] =
				    better(out[parent - s->v], out[i]);
		}
	}
}

void
stamp_words(struct buf *out, const struct timestamp *s)
{
	char time[DATE_TEXT];

	if (s == NULL) {
		buf_adds(out, "no outside anchor");
		return;
	}
	date_format(time, s->token.time);
	buf_addf(out, "existed by %s, %s \"%s\"", time,
	    s->token.trusted ? "says" :
			       "says an unknown authority that calls itself",
	    s->token.name);
}

struct node *
stamp_node(const struct timestamp *s)
{
	struct node *n;
	char time[DATE_TEXT];

	if (s == NULL)
		return node_null();
	n = node_map();
	date_format(time, s->token.time);
	node_put_str(n, "time", time);
	node_put_str(n, "authority", s->token.name);
	node_put_bool(n, "trusted", s->token.trusted);
	node_put_str(n, "token", s->path);
	return n;
}

/* "4 of 5 entries existed by ..."; the latest of those that cover some. */
static char *
anchor_words(const struct timestamp *const *cover, size_t n)
{
	const struct timestamp *last = NULL;
	size_t trusted = 0, unknown = 0;
	char time[DATE_TEXT];

	for (size_t i = 0; i < n; i++) {
		trusted += cover[i] != NULL && cover[i]->token.trusted;
		unknown += cover[i] != NULL && !cover[i]->token.trusted;
		if (cover[i] != NULL &&
		    (last == NULL || cover[i]->token.time > last->token.time))
			last = cover[i];
	}
	if (last == NULL)
		return mem_printf(
		    "no outside anchor for any of %zu entries", n);
	date_format(time, last->token.time);
	return mem_printf("%zu of %zu entries existed by %s at the latest, by "
			  "authorities you trust; by unknown ones alone: %zu; "
			  "without outside anchor: %zu",
	    trusted, n, time, unknown, n - trusted - unknown);
}

void
stamps_anchor(struct node *checks, const struct stamps *stamps,
    const struct stream *s, const char *subject)
{
	const struct timestamp **cover = mem_zero(s->n + 1, sizeof(*cover));
	struct node *entries, *one;
	bool trusted = false;

	stamps_cover(stamps, s, cover);
	for (size_t i = 0; i < s->n; i++)
		trusted |= cover[i] != NULL && cover[i]->token.trusted;
	verdict_take(checks, "anchor", subject, trusted ? "pass" : "skipped",
	    anchor_words(cover, s->n));
	entries = node_put(
	    node_at(checks, node_count(checks) - 1), "entries", node_list());
	for (size_t i = 0; i < s->n; i++) {
		one = node_push(entries, node_map());
		node_put_str(one, "entry", s->v[i].id);
		node_put(one, "anchor", stamp_node(cover[i]));
	}
	free(cover);
}

/* All ids there are, and what stamps come to for those orders. */
static struct err *
read_orders(struct strs *out, struct node *checks, struct ledger *l,
    const struct stamps *stamps, const struct strs *orders)
{
	struct strs all = VEC_INIT;
	struct err *e = ledger_orders(&all, l);

	for (size_t i = 0; i < all.n && e == NULL; i++) {
		const char *id = path_base(all.v[i]);
		struct stream *s = NULL;

		/* one that cannot be read the audit has named already */
		err_drop(ledger_load(&s, l, id));
		for (size_t j = 0; s != NULL && j < s->n; j++)
			strs_add(out, s->v[j].id);
		if (s != NULL && (orders == NULL || strs_find(orders, id) >= 0))
			stamps_anchor(checks, stamps, s, id);
		stream_free(s);
	}
	strs_sort(out);
	strs_release(&all);
	return e;
}

struct err *
stamps_audit(struct node *checks, struct ledger *l, const struct stamps *stamps,
    const struct strs *orders)
{
	struct strs ids = VEC_INIT;
	struct err *e = stamps->v.n == 0 ?
	    NULL :
	    read_orders(&ids, checks, l, stamps, orders);

	/* what a list names has to be somewhere: entries do not go away */
	for (size_t i = 0; i < stamps->v.n && e == NULL; i++) {
		const struct timestamp *s = &stamps->v.v[i];
		size_t lost = 0;

		for (size_t j = 0; j < s->ids.n; j++)
			lost += !strs_has(&ids, s->ids.v[j]);
		if (lost > 0)
			verdict_take(checks, "token", s->path, "fail",
			    mem_printf("its list names %zu entr%s that %s not "
				       "here any more",
				lost, lost == 1 ? "y" : "ies",
				lost == 1 ? "is" : "are"));
	}
	strs_release(&ids);
	return e;
}

/* Which entries one of some stamps covers; takes is asked about each. */
static void
mark_covered(bool *out, const struct stamps *stamps, struct stream *s,
    bool (*takes)(
	const struct timestamp *, struct stream *, const char *authority),
    const char *authority)
{
	const struct timestamp **cover = mem_zero(s->n + 1, sizeof(*cover));
	struct stamps some = { VEC_INIT };

	for (size_t i = 0; i < stamps->v.n; i++)
		if (takes(&stamps->v.v[i], s, authority))
			vec_push(&some.v, stamps->v.v[i]); /* borrowed */
	stamps_cover(&some, s, cover);
	for (size_t i = 0; i < s->n; i++)
		out[i] = cover[i] != NULL;
	vec_release(&some.v);
	free(cover);
}

static bool
is_trusted(const struct timestamp *t, struct stream *s, const char *authority)
{
	(void)s;
	(void)authority;
	return t->token.trusted;
}

/* Is it this authority's, as an entry of the order says? */
static bool
is_of(const struct timestamp *t, struct stream *s, const char *authority)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *path = token_of(s, &s->v[i]);

		if (path != NULL && strcmp(path, t->path) == 0 &&
		    node_text_is(s->v[i].content, "authority", authority))
			return true;
	}
	return false;
}

/*
 * An entry waits until a trusted authority vouches for it.  Those that are not
 * trusted are not asked twice about the same, or each stamp would be followed
 * by another; one that is new, or did not answer, is.
 */
static bool
waits(struct stream *s, const struct stamps *stamps, const struct strs *urls)
{
	bool *trusted = mem_zero(s->n + 1, sizeof(*trusted));
	bool *answered = mem_zero(s->n + 1, sizeof(*answered));
	bool found = false;

	mark_covered(trusted, stamps, s, is_trusted, NULL);
	for (size_t j = 0; j < urls->n && !found; j++) {
		mark_covered(answered, stamps, s, is_of, urls->v[j]);
		for (size_t i = 0; i < s->n; i++)
			found |= !trusted[i] && !answered[i] &&
			    strcmp(s->v[i].kind->name, "timestamp") != 0 &&
			    strcmp(s->v[i].kind->name, "package") != 0;
	}
	free(answered);
	free(trusted);
	return found;
}

struct err *
stamps_pending(struct strs *tips, struct strs *orders, struct ledger *l,
    const struct stamps *stamps, const struct strs *urls)
{
	struct strs all = VEC_INIT;
	struct err *e = ledger_orders(&all, l);

	for (size_t i = 0; i < all.n && e == NULL; i++) {
		const char *id = path_base(all.v[i]);
		struct stream *s = NULL;

		if ((e = ledger_load(&s, l, id)) == NULL &&
		    waits(s, stamps, urls)) {
			stream_tips(s, tips);
			strs_add(orders, id);
		}
		stream_free(s);
	}
	strs_sort(tips);
	strs_release(&all);
	return e;
}

void
stamp_list(struct buf *out, const struct strs *tips)
{
	for (size_t i = 0; i < tips->n; i++)
		buf_addf(out, "%s\n", tips->v[i]);
}

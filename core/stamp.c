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

static struct err *
judge_one(struct stamp *s, const struct ledger *l, const char *roots)
{
	char *list = path_join(l->dir, s->list), *path;
	struct buf text = BUF_INIT, token = BUF_INIT;
	char digest[SHA256_HEX];
	struct err *e = file_read(&text, list, STAMP_LIST_MAX);

	path = path_join(l->dir, s->path);
	if (e == NULL && (e = file_read(&token, path, TSP_MAX)) == NULL) {
		const struct tsp_ask ask = { digest, roots, NULL, 0 };

		digest_of(text.data, text.len, digest);
		e = tsp_judge(&s->token, token.data, token.len, &ask);
	}
	if (e == NULL)
		e = read_ids(&s->ids, &text);
	buf_release(&text);
	buf_release(&token);
	free(list);
	free(path);
	return e;
}

static void
release_one(struct stamp *s)
{
	free(s->list);
	free(s->path);
	tsp_release(&s->token);
	strs_release(&s->ids);
}

/* As a check says it. */
static void
note_one(struct node *checks, const struct stamp *s, const struct err *e)
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

struct err *
stamps_read(struct stamps *out, const struct ledger *l, const char *roots,
    struct node *checks)
{
	char *dir = path_join(l->dir, STAMP_DIR);
	struct strs names = VEC_INIT;
	struct err *e = NULL;

	memset(out, 0, sizeof(*out));
	if (roots != NULL && !file_exists(roots))
		e = err_new(
		    ERR_NOT_FOUND, "cannot read %s: no such file", roots);
	if (e == NULL && file_is_dir(dir))
		e = file_list(&names, dir);
	for (size_t i = 0; e == NULL && i < names.n; i++) {
		struct stamp s = { .list = list_of(names.v[i]) };
		struct err *why;

		if (s.list == NULL)
			continue;
		s.path = mem_printf(STAMP_DIR "/%s", names.v[i]);
		why = judge_one(&s, l, roots);
		if (checks != NULL)
			note_one(checks, &s, why);
		if (why == NULL)
			vec_push(&out->v, s);
		else
			release_one(&s);
		err_drop(why); /* noted, or nobody asked */
	}
	strs_release(&names);
	free(dir);
	return e;
}

void
stamps_release(struct stamps *s)
{
	for (size_t i = 0; i < s->v.n; i++)
		release_one(&s->v.v[i]);
	vec_release(&s->v);
}

/*
 * What is covered.
 */

static const struct stamp *
better(const struct stamp *a, const struct stamp *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (a->token.trusted != b->token.trusted)
		return a->token.trusted ? a : b;
	return b->token.time < a->token.time ? b : a;
}

void
stamps_cover(const struct stamps *stamps, const struct stream *s,
    const struct stamp **out)
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

static bool
waits(const struct stream *s, const struct stamps *stamps)
{
	const struct stamp **cover = mem_zero(s->n + 1, sizeof(*cover));
	bool found = false;

	stamps_cover(stamps, s, cover);
	for (size_t i = 0; i < s->n; i++)
		found |= cover[i] == NULL &&
		    strcmp(s->v[i].kind->name, "timestamp") != 0 &&
		    strcmp(s->v[i].kind->name, "package") != 0;
	free(cover);
	return found;
}

struct err *
stamps_pending(struct strs *tips, struct strs *orders, struct ledger *l,
    const struct stamps *stamps)
{
	struct strs all = VEC_INIT;
	struct err *e = ledger_orders(&all, l);

	for (size_t i = 0; i < all.n && e == NULL; i++) {
		const char *id = path_base(all.v[i]);
		struct stream *s = NULL;

		if ((e = ledger_load(&s, l, id)) == NULL && waits(s, stamps)) {
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

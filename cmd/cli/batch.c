/* SPDX-License-Identifier: ISC */
#include "cmd/cli/batch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/record.h"
#include "core/jsonl.h"
#include "core/util/file.h"
#include "core/util/vec.h"

#define INPUT_MAX (64u << 20)

/* One line, and what became of it. */
struct line {
	size_t number;
	struct node *object;
	const char *order; /* borrowed from object; NULL: the one meant */
	const struct kind *kind;
	size_t record, added; /* where its entry is */
};

/* The orders the lines are about, in one transaction. */
struct batch {
	struct ctx *ctx;
	VEC(struct line) lines;
	VEC(struct record *) records;
	char *meant; /* the order of lines that name none */
};

/*
 * Reading.
 */

static struct err *
vet_text(const struct node *object, const char *key)
{
	const struct node *n = node_get(object, key);

	if (n == NULL || n->type == NODE_NULL || n->type == NODE_STR)
		return NULL;
	return err_new(ERR_INVALID, "%s is not a text", key);
}

static struct err *
vet_texts(const struct node *object, const char *key)
{
	const struct node *n = node_get(object, key);

	if (n == NULL || n->type == NODE_NULL)
		return NULL;
	for (size_t i = 0; n->type == NODE_LIST && i < n->n; i++)
		if (n->kids[i]->type != NODE_STR)
			return err_new(
			    ERR_INVALID, "%s is no list of texts", key);
	return n->type == NODE_LIST ?
	    NULL :
	    err_new(ERR_INVALID, "%s is no list of texts", key);
}

/* Keys that say where the entry goes and how, and are not part of it. */
static bool
is_own(const char *key)
{
	static const char *const keys[] = { "order", "kind", "text", "happened",
		"attach", "cites" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* An entry without text must say something else. */
static struct err *
vet_said(const struct node *object)
{
	for (size_t i = 0; i < node_count(object); i++) {
		const struct node *value = object->kids[i];
		const char *key = object->keys[i];

		if (value->type == NODE_STR && strcmp(key, "text") == 0) {
			if (value->text[strspn(value->text, " \t\r\n")] != '\0')
				return NULL;
		} else if (value->type != NODE_NULL &&
		    (!is_own(key) || strcmp(key, "attach") == 0)) {
			return NULL;
		}
	}
	return err_new(ERR_INVALID, "it says nothing: \"text\" is missing");
}

static struct err *
vet_line(struct line *line)
{
	static const char *const texts[] = { "order", "kind", "text",
		"happened" };
	const char *kind;
	struct err *e = NULL;

	if (line->object->type != NODE_MAP)
		return err_new(ERR_INVALID, "it is no JSON object");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if ((e = vet_text(line->object, texts[i])) != NULL)
			return e;
	if ((e = vet_texts(line->object, "attach")) != NULL ||
	    (e = vet_texts(line->object, "cites")) != NULL ||
	    (e = vet_said(line->object)) != NULL)
		return e;
	line->order = node_text(line->object, "order");
	kind = node_text(line->object, "kind");
	return record_log_kind(&line->kind, kind == NULL ? "note" : kind);
}

static struct err *
read_lines(struct batch *b)
{
	struct buf text = BUF_INIT;
	struct jsonl lines;
	struct node *object;
	struct err *e =
	    file_read_fd(&text, STDIN_FILENO, "standard input", INPUT_MAX);

	if (e != NULL)
		goto done;
	jsonl_init(&lines, &text);
	while ((e = jsonl_next(&object, &lines)) == NULL && object != NULL) {
		struct line *line = vec_add(&b->lines);

		line->number = lines.line;
		line->object = object;
		if ((e = vet_line(line)) != NULL)
			break;
	}
	e = err_wrap(e, "line %zu", lines.line);
done:
	buf_release(&text);
	return e;
}

/*
 * Recording.
 */

/* The record of an order, begun when it is first named. */
static struct err *
find_record(size_t *out, struct batch *b, const char *id)
{
	struct record *r;
	struct err *e;

	for (*out = 0; *out < b->records.n; ++*out)
		if (strcmp(b->records.v[*out]->id, id) == 0)
			return NULL;
	r = mem_zero(1, sizeof(*r));
	vec_push(&b->records, r);
	e = *out == 0 ? record_begin_fact(r, b->ctx, id) :
			record_join(r, b->records.v[0], id);
	return e;
}

static struct words
words_of(const struct node *list)
{
	struct words words = { NULL, 0 };

	if (node_count(list) == 0)
		return words;
	words.v = mem_zero(list->n, sizeof(*words.v));
	for (; words.n < list->n; words.n++)
		words.v[words.n] = list->kids[words.n]->text;
	return words;
}

/* Its other keys. */
static struct err *
put_keys(struct node *content, const struct line *line, int64_t now)
{
	const struct node *object = line->object;
	struct err *e = NULL;

	for (size_t i = 0; i < object->n && e == NULL; i++)
		if (!is_own(object->keys[i]) &&
		    object->kids[i]->type != NODE_NULL)
			e = record_put(content, line->kind, object->keys[i],
			    object->kids[i], now);
	return e;
}

static struct err *
add_line(struct batch *b, struct line *line)
{
	struct words cites = words_of(node_get(line->object, "cites"));
	struct record_args args = {
		.at = node_text(line->object, "happened"),
		.attach = words_of(node_get(line->object, "attach")),
	};
	struct record *r;
	struct node *content = NULL;
	struct err *e = find_record(
	    &line->record, b, line->order != NULL ? line->order : b->meant);

	if (e != NULL)
		goto done;
	r = b->records.v[line->record];
	/* labels and citations are looked up among what came before */
	if ((line->kind->label != NULL || cites.n > 0) &&
	    (e = record_replay(r)) != NULL)
		goto done;
	if ((e = record_content(&content, r, &args, line->kind,
		 node_text(line->object, "text"))) != NULL ||
	    (e = put_keys(content, line, b->ctx->env.now)) != NULL ||
	    (e = record_cites(content, r, &cites)) != NULL)
		goto done;
	line->added = r->added.n;
	e = record_append(r, line->kind, content);
	content = NULL;
done:
	node_free(content);
	free(args.attach.v);
	free(cites.v);
	return err_wrap(e, "line %zu", line->number);
}

/* Which order lines without "order" mean, if there are any. */
static struct err *
find_meant(struct batch *b)
{
	for (size_t i = 0; i < b->lines.n; i++)
		if (b->lines.v[i].order == NULL)
			return err_wrap(ctx_order(&b->meant, b->ctx, true),
			    "line %zu", b->lines.v[i].number);
	return NULL;
}

static struct err *
commit(struct batch *b)
{
	const struct line *first = &b->lines.v[0];
	const char *said = node_text(first->object, "text");
	char *summary = NULL;
	struct err *e;

	if (b->lines.n > 1)
		summary = mem_printf("%zu entries", b->lines.n);
	e = record_commit_all(b->records.v, b->records.n, "log",
	    summary != NULL ? summary : said);
	free(summary);
	return e;
}

static void
tell(struct batch *b)
{
	for (size_t i = 0; i < b->lines.n; i++)
		record_explain(b->ctx, b->lines.v[i].kind);
	for (size_t i = 0; i < b->lines.n; i++)
		record_print(b->records.v[b->lines.v[i].record],
		    b->lines.v[i].added, NULL);
}

static void
release(struct batch *b)
{
	for (size_t i = 0; i < b->lines.n; i++)
		node_free(b->lines.v[i].object);
	/* the first holds the transaction */
	for (size_t i = b->records.n; i-- > 0;) {
		record_end(b->records.v[i]);
		free(b->records.v[i]);
	}
	vec_release(&b->lines);
	vec_release(&b->records);
	free(b->meant);
}

struct err *
batch_record(struct ctx *ctx)
{
	struct batch b = { .ctx = ctx };
	struct err *e;

	if ((e = read_lines(&b)) != NULL || b.lines.n == 0 ||
	    (e = find_meant(&b)) != NULL)
		goto done;
	for (size_t i = 0; i < b.lines.n; i++)
		if ((e = add_line(&b, &b.lines.v[i])) != NULL)
			goto done;
	for (size_t i = 0; i < b.records.n; i++)
		if ((e = record_replay(b.records.v[i])) != NULL)
			goto done;
	if ((e = commit(&b)) == NULL)
		tell(&b);
done:
	release(&b);
	return e;
}

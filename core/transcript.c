/* SPDX-License-Identifier: ISC */
#include "core/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/json.h"
#include "core/ext/unpack.h"
#include "core/util/file.h"
#include "core/util/path.h"

/* What was chosen on the command line, as a map; NULL if nothing was. */
static struct node *
selected(const struct transcript_choices *c)
{
	const char *const pairs[][2] = {
		{ "since", c->since },
		{ "until", c->until },
		{ "with", c->with },
		{ "channel", c->channel },
		{ "date_order", c->date_order },
		{ "start", c->start },
	};
	struct node *map = node_map();

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		node_put_str(map, pairs[i][0], pairs[i][1]);
	if (map->n > 0)
		return map;
	node_free(map);
	return NULL;
}

static struct node *
list_of(const struct strs *strs)
{
	struct node *list = node_list();

	for (size_t i = 0; i < strs->n; i++)
		node_push_str(list, strs->v[i]);
	return list;
}

static void
put_stamp(struct node *content, const char *key, const struct stamp *at)
{
	char text[STAMP_TEXT];

	if (at->kind == STAMP_NONE)
		return;
	stamp_write(text, at);
	node_put_str(content, key, text);
}

static void
put_digests(struct node *content, const struct input *in,
    const struct scribe_sums *sums, const char *path)
{
	struct node *source = node_put(content, "source", node_map());
	struct node *archive = node_put(content, "archive", node_map());
	struct node *digests = node_put(content, "digests", node_map());

	node_put_str(source, "name", in->name);
	node_put_str(source, "sha256", in->sha256);
	node_put_int(source, "size", in->size);
	if (in->type == INPUT_FOLDER)
		node_put_int(source, "files", (int64_t)in->parts.n);
	node_put_str(archive, "sha256", sums->archive);
	node_put_int(archive, "size", sums->size);
	node_put_int(archive, "files", sums->files);
	node_put_str(archive, "path", path);
	node_put_str(digests, "messages_jsonl", sums->messages);
	node_put_str(digests, "messages_sha256", sums->lines);
	node_put_str(digests, "transcript_txt", sums->text);
}

void
transcript_describe(struct node *content, const struct choice *choice,
    const struct input *in, const struct intake_facts *facts,
    const struct transcript_choices *choices, const char *path)
{
	struct node *chosen = selected(choices), *map;

	node_put_str(content, "format", choice->reader->name);
	if (node_get(content, "channel") == NULL)
		node_put_str(content, "channel", choice->reader->channel);
	node_put_str(content, "title", facts->title);
	node_put_int(content, "messages", (int64_t)facts->messages);
	node_put_int(content, "system", (int64_t)facts->system);
	node_put_int(content, "skipped", (int64_t)facts->skipped);
	put_stamp(content, "first", &facts->first);
	put_stamp(content, "last", &facts->last);
	node_put_str(content, "time_kind",
	    facts->mixed ? "mixed" : stamp_kind_name(facts->kind));
	node_put_str(content, "tz", choices->tz);
	if (facts->authors.n > 0)
		node_put(content, "authors", list_of(&facts->authors));
	if (facts->warnings.n > 0)
		node_put(content, "warnings", list_of(&facts->warnings));
	if (facts->left_out > 0 && chosen == NULL)
		chosen = node_map();
	if (chosen != NULL) {
		node_put(content, "selected", chosen);
		node_put_int(chosen, "left_out", (int64_t)facts->left_out);
	}
	put_digests(content, in, &facts->sums, path);
	if (facts->present + facts->missing > 0) {
		map = node_put(content, "included", node_map());
		node_put_int(map, "present", (int64_t)facts->present);
		node_put_int(map, "missing", (int64_t)facts->missing);
	}
	if (facts->attachments->n > 0)
		node_put(content, "attachments", node_copy(facts->attachments));
}

/* Copy a value; one that is absent becomes what stands for none. */
static void
view_key(struct node *view, const struct node *content, const char *key,
    struct node *otherwise)
{
	const struct node *n = node_get(content, key);

	node_put(view, key, n != NULL ? node_copy(n) : node_copy(otherwise));
	node_free(otherwise);
}

struct node *
transcript_view(const struct node *content)
{
	struct node *view = node_map();
	static const char *const extra[] = { "channel", "title", "tz",
		"selected", "included", "attachments", "continues", "compared",
		"source", "digests" };

	view_key(view, content, "format", node_null());
	view_key(view, content, "messages", node_int(0));
	view_key(view, content, "system", node_int(0));
	view_key(view, content, "skipped", node_int(0));
	view_key(view, content, "first", node_null());
	view_key(view, content, "last", node_null());
	view_key(view, content, "authors", node_list());
	view_key(view, content, "warnings", node_list());
	view_key(view, content, "time_kind", node_null());
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++)
		if (node_get(content, extra[i]) != NULL)
			node_put(view, extra[i],
			    node_copy(node_get(content, extra[i])));
	return view;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Were the same things chosen?  What was left out follows from them. */
static bool
same_choices(
    const struct node *content, const struct transcript_choices *choices)
{
	struct node *now = selected(choices);
	const struct node *then = node_get(content, "selected");
	size_t n = node_count(then) - (node_get(then, "left_out") != NULL);
	bool same = n == node_count(now) &&
	    (choices->format == NULL ||
		same_text(node_text(content, "format"), choices->format)) &&
	    same_text(node_text(content, "tz"), choices->tz);

	for (size_t i = 0; same && i < node_count(now); i++)
		same = same_text(
		    node_text(then, now->keys[i]), node_as_text(now->kids[i]));
	node_free(now);
	return same;
}

const struct fact *
transcript_same(const struct order *o, const struct input *in,
    const struct transcript_choices *choices)
{
	static const char *const kinds[] = { "transcript", "mail" };
	const struct fact *f, *last = NULL;

	/* of mails the last: only new keys make a second one of the same */
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t at = 0; (f = order_next(o, kinds[i], &at)) != NULL;)
			if (same_text(node_as_text(node_find(
					  f->content, "source.sha256")),
				in->sha256) &&
			    same_choices(f->content, choices))
				last = f;
	return last;
}

struct err *
transcript_vet_line(const struct fact *fact, unsigned line)
{
	const char *kind = fact->entry->kind->name;
	bool is_mail = strcmp(kind, "mail") == 0;
	int64_t n =
	    node_number(fact->content, is_mail ? "mails" : "messages", 0);

	if (strcmp(kind, "transcript") != 0 && !is_mail)
		return err_new(ERR_INVALID,
		    "%.8s is %s %s, which has no lines to cite",
		    fact->entry->id, kind_article(fact->entry->kind), kind);
	if (fact->content == NULL)
		return err_new(ERR_NOT_FOUND, "the content of %.8s is withheld",
		    fact->entry->id);
	if (line >= 1 && line <= n)
		return NULL;
	return err_new(ERR_NOT_FOUND,
	    "%.8s has no line %u: it has %lld messages", fact->entry->id, line,
	    (long long)n);
}

/*
 * Reading an archive.
 */

#define LINE_MAX_BYTES (64u << 20)

/* The line'th line of the member that u is in. */
static struct err *
read_line(struct buf *out, struct unpack *u, unsigned line)
{
	const void *p;
	size_t len;
	struct err *e;

	while (line > 0 && (e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		const char *at = p, *end = at + len;

		while (at < end && line > 0) {
			const char *lf = memchr(at, '\n', (size_t)(end - at));
			const char *stop = lf != NULL ? lf : end;

			if (line == 1)
				buf_add(out, at, (size_t)(stop - at));
			if (out->len > LINE_MAX_BYTES)
				return err_new(
				    ERR_LIMIT, "a message is too long to show");
			line -= lf != NULL;
			at = stop + (lf != NULL);
		}
	}
	return line > 0 ? e : NULL;
}

/* One line of messages.jsonl and of messages.sha256. */
static struct err *
read_both(struct buf *message, struct buf *sum, struct unpack *u, unsigned line)
{
	const struct unpack_entry *entry;
	struct err *e;

	while ((e = unpack_next(u, &entry)) == NULL && entry != NULL) {
		if (strcmp(entry->name, "messages.jsonl") == 0)
			e = read_line(message, u, line);
		else if (strcmp(entry->name, "messages.sha256") == 0)
			e = read_line(sum, u, line);
		if (e != NULL || sum->len > 0)
			break;
	}
	return e;
}

struct err *
transcript_message(struct node **out, const struct ledger *l,
    const struct node *content, unsigned line)
{
	const char *path = node_as_text(node_find(content, "archive.path"));
	struct unpack_limits known = { .known = true };
	struct buf message = BUF_INIT, sum = BUF_INIT;
	char sha256[SHA256_HEX], *full;
	struct unpack *u = NULL;
	struct err *e;

	*out = NULL;
	if (path == NULL)
		return err_new(ERR_NOT_FOUND, "the entry names no archive");
	full = path_join(l->dir, path);
	if ((e = unpack_open(&u, full, &known)) != NULL) {
		e = err_hint(err_wrap(e, "the transcript is not here"),
		    "fetch it: deed sync --fetch");
		goto done;
	}
	if ((e = read_both(&message, &sum, u, line)) != NULL)
		goto done;
	digest_of(message.data, message.len, sha256);
	if (message.len == 0 || strcmp(sha256, sum.data) != 0)
		e = err_new(ERR_MISMATCH,
		    "%s: line %u is not what was imported", path, line);
	else
		e = json_parse_message(out, message.data, message.len, path);
done:
	unpack_close(u);
	buf_release(&message);
	buf_release(&sum);
	free(full);
	return e;
}

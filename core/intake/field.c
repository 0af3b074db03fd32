/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/intake/field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct err *
field_each(struct scan *s, field_record each, void *arg)
{
	struct err *e = scan_enter(s, '[');
	bool more;

	for (size_t i = 0;
	     e == NULL && (e = scan_item(s, &more)) == NULL && more; i++) {
		struct node *n;

		if ((e = scan_value(s, &n)) != NULL)
			break;
		e = each(arg, n, i, n->line);
		node_free(n);
	}
	return e;
}

struct err *
field_each_under(struct scan *s, const char *list, field_record each, void *arg)
{
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL)
		e = strcmp(key, list) == 0 ? field_each(s, each, arg) :
					     scan_skip(s);
	return e;
}

struct err *
field_document(struct reading *r, const struct part *part,
    struct err *(*walk)(void *arg, struct scan *s), void *arg)
{
	struct scan *s;
	struct err *e = scan_open(&s, part);

	if (e != NULL)
		return e;
	if ((e = walk(arg, s)) == NULL)
		e = scan_end(s);
	sink_note_scan(r->sink, s);
	scan_close(s);
	return e;
}

/* One line of JSON Lines. */
static struct err *
read_line(struct reading *r, const struct part *part, const struct line *line,
    field_record each, void *arg, size_t index)
{
	struct scan *s = scan_bytes(line->p, line->len, part->name);
	struct node *n = NULL;
	struct err *e = scan_value(s, &n);

	if (e == NULL)
		e = scan_end(s);
	if (e != NULL) {
		const char *why = strrchr(err_text(e), ':');

		sink_unit(r->sink);
		sink_skip(r->sink, NULL, line->number, "%s",
		    why != NULL ? why + 2 : err_text(e));
		err_drop(e); /* one bad record is no bad file */
		e = NULL;
	} else {
		e = each(arg, n, index, line->number);
	}
	sink_note_scan(r->sink, s);
	scan_close(s);
	node_free(n);
	return e;
}

struct err *
field_lines(
    struct reading *r, const struct part *part, field_record each, void *arg)
{
	struct text *t;
	struct line line;
	size_t index = 0;
	struct err *e = text_open(&t, part);

	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		if (strspn(line.p, " \t") != line.len)
			e = read_line(r, part, &line, each, arg, index++);
	if (e == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	return e;
}

struct span
field_text(const struct node *map, const char *key, char store[static 24])
{
	const struct node *n = node_get(map, key);

	if (n == NULL || n->type != NODE_INT)
		return span_node(n);
	snprintf(store, 24, "%" PRId64, n->number);
	return span_of(store);
}

bool
field_iso(struct stamp *out, const struct node *map, const char *key)
{
	struct span text = span_get(map, key);

	*out = (struct stamp){ 0 };
	return text.p != NULL && stamp_iso(out, text.p, text.len);
}

bool
field_epoch(struct stamp *out, const struct node *map, const char *key,
    int64_t per_second)
{
	char store[24];
	struct span text = field_text(map, key, store);

	*out = (struct stamp){ 0 };
	return text.p != NULL &&
	    stamp_epoch_text(out, text.p, text.len, per_second);
}

int64_t
field_number(const struct node *map, const char *key, int64_t otherwise)
{
	const struct node *n = node_get(map, key);
	long long v;
	char *end;

	if (n == NULL || n->type != NODE_STR || n->len == 0 || n->len > 18)
		return node_number(map, key, otherwise);
	v = strtoll(n->text, &end, 10);
	return *end == '\0' ? (int64_t)v : otherwise;
}

void
field_keep(struct node *more, const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	if (n == NULL || n->type == NODE_NULL ||
	    ((n->type == NODE_LIST || n->type == NODE_MAP) && n->n == 0) ||
	    (n->type == NODE_STR && n->len == 0))
		return;
	node_put(more, key, node_copy(n));
}

void
field_quote(struct buf *out, const char *p, size_t len)
{
	buf_adds(out, "> ");
	for (size_t i = 0; i < len; i++) {
		buf_addc(out, p[i]);
		if (p[i] == '\n')
			buf_adds(out, "> ");
	}
}

struct span
field_base(struct span path)
{
	const char *slash =
	    path.p != NULL ? memrchr(path.p, '/', path.len) : NULL;

	if (slash == NULL)
		return path;
	slash++;
	return (struct span){ slash, path.len - (size_t)(slash - path.p) };
}

/* SPDX-License-Identifier: ISC */
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

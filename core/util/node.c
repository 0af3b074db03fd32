/* SPDX-License-Identifier: ISC */
#include "core/util/node.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"
#include "core/util/utf8.h"

static struct node *
make(enum node_type type)
{
	struct node *n = mem_zero(1, sizeof(*n));

	n->type = type;
	return n;
}

struct node *
node_null(void)
{
	return make(NODE_NULL);
}

struct node *
node_bool(bool flag)
{
	struct node *n = make(NODE_BOOL);

	n->flag = flag;
	return n;
}

struct node *
node_int(int64_t number)
{
	struct node *n = make(NODE_INT);

	n->number = number;
	return n;
}

struct node *
node_strn(const char *text, size_t len)
{
	struct node *n = make(NODE_STR);

	n->text = mem_ndup(text, len);
	n->len = len;
	return n;
}

struct node *
node_str(const char *text)
{
	return text == NULL ? node_null() : node_strn(text, strlen(text));
}

struct node *
node_list(void)
{
	return make(NODE_LIST);
}

struct node *
node_map(void)
{
	return make(NODE_MAP);
}

void
node_free(struct node *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->n; i++) {
		if (n->keys != NULL)
			free(n->keys[i]);
		node_free(n->kids[i]);
	}
	free(n->keys);
	free(n->kids);
	free(n->text);
	free(n);
}

static void
room(struct node *n)
{
	if (n->n < n->cap)
		return;
	n->cap = n->cap < 4 ? 4 : n->cap * 2;
	n->kids = mem_grow(n->kids, n->cap, sizeof(*n->kids));
	if (n->type == NODE_MAP)
		n->keys = mem_grow(n->keys, n->cap, sizeof(*n->keys));
}

struct node *
node_copy(const struct node *from)
{
	struct node *n;

	if (from == NULL)
		return NULL;
	n = make(from->type);
	n->flag = from->flag;
	n->number = from->number;
	n->line = from->line;
	n->len = from->len;
	if (from->text != NULL)
		n->text = mem_ndup(from->text, from->len);
	for (size_t i = 0; i < from->n; i++) {
		room(n);
		if (from->type == NODE_MAP)
			n->keys[i] = mem_dup(from->keys[i]);
		n->kids[i] = node_copy(from->kids[i]);
		n->n++;
	}
	return n;
}

bool
node_equal(const struct node *a, const struct node *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->type != b->type || a->flag != b->flag ||
	    a->number != b->number || a->len != b->len || a->n != b->n ||
	    (a->len > 0 && memcmp(a->text, b->text, a->len) != 0))
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct node *other =
		    a->type == NODE_MAP ? node_get(b, a->keys[i]) : b->kids[i];

		if (!node_equal(a->kids[i], other))
			return false;
	}
	return true;
}

static size_t
find(const struct node *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i], key) == 0)
			return i;
	return map->n;
}

struct node *
node_put(struct node *map, const char *key, struct node *value)
{
	size_t i = find(map, key);

	if (i < map->n) {
		node_free(map->kids[i]);
	} else {
		room(map);
		map->keys[map->n++] = mem_dup(key);
	}
	map->kids[i] = value;
	return value;
}

struct node *
node_add(struct node *map, const char *key, struct node *value)
{
	room(map);
	map->keys[map->n] = mem_dup(key);
	map->kids[map->n++] = value;
	return value;
}

void
node_put_str(struct node *map, const char *key, const char *text)
{
	if (text != NULL)
		node_put(map, key, node_str(text));
}

void
node_put_int(struct node *map, const char *key, int64_t number)
{
	node_put(map, key, node_int(number));
}

void
node_put_bool(struct node *map, const char *key, bool flag)
{
	node_put(map, key, node_bool(flag));
}

void
node_drop(struct node *map, const char *key)
{
	size_t i = find(map, key);

	if (i == map->n)
		return;
	free(map->keys[i]);
	node_free(map->kids[i]);
	map->n--;
	memmove(&map->keys[i], &map->keys[i + 1],
	    (map->n - i) * sizeof(*map->keys));
	memmove(&map->kids[i], &map->kids[i + 1],
	    (map->n - i) * sizeof(*map->kids));
}

struct node *
node_push(struct node *list, struct node *value)
{
	room(list);
	list->kids[list->n++] = value;
	return value;
}

void
node_push_str(struct node *list, const char *text)
{
	node_push(list, node_str(text));
}

struct node *
node_get(const struct node *map, const char *key)
{
	size_t i;

	if (map == NULL || map->type != NODE_MAP)
		return NULL;
	i = find(map, key);
	return i < map->n ? map->kids[i] : NULL;
}

struct node *
node_find(const struct node *map, const char *dotted)
{
	const char *dot = strchr(dotted, '.');
	struct node *inner;
	char *key;

	if (dot == NULL)
		return node_get(map, dotted);
	key = mem_ndup(dotted, (size_t)(dot - dotted));
	inner = node_get(map, key);
	free(key);
	return inner == NULL ? NULL : node_find(inner, dot + 1);
}

struct node *
node_at(const struct node *list, size_t i)
{
	return list != NULL && i < list->n ? list->kids[i] : NULL;
}

size_t
node_count(const struct node *n)
{
	return n == NULL ? 0 : n->n;
}

const char *
node_as_text(const struct node *n)
{
	return n != NULL && n->type == NODE_STR ? n->text : NULL;
}

const char *
node_text(const struct node *map, const char *key)
{
	return node_as_text(node_get(map, key));
}

bool
node_text_is(const struct node *map, const char *key, const char *text)
{
	const char *is = node_text(map, key);

	return is != NULL && strcmp(is, text) == 0;
}

int64_t
node_number(const struct node *map, const char *key, int64_t otherwise)
{
	const struct node *n = node_get(map, key);

	return n != NULL && n->type == NODE_INT ? n->number : otherwise;
}

bool
node_flag(const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	return n != NULL && n->type == NODE_BOOL && n->flag;
}

const char *
node_text_at(const struct node *n, size_t i)
{
	if (n != NULL && n->type == NODE_STR)
		return i == 0 ? n->text : NULL;
	return node_as_text(node_at(n, i));
}

bool
node_has(const struct node *list, const char *text)
{
	const char *own = node_as_text(list);

	if (own != NULL)
		return strcmp(own, text) == 0;
	for (size_t i = 0; i < node_count(list); i++)
		if (list->kids[i]->type == NODE_STR &&
		    strcmp(list->kids[i]->text, text) == 0)
			return true;
	return false;
}

/* How many bytes from p on stand in a JSON string as they are; most do. */
static size_t
json_plain(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= ' ' && p[n] < 0x7f && p[n] != '"' &&
	    p[n] != '\\')
		n++;
	return n;
}

void
json_write_str(struct buf *out, const char *text, size_t len)
{
	size_t used;

	buf_addc(out, '"');
	for (; len > 0; text += used, len -= used) {
		uint32_t c;

		used = json_plain(text, len);
		if (used > 0) {
			buf_add(out, text, used);
			continue;
		}
		c = utf8_decode(text, len, &used);
		if (c == UTF8_BAD)
			buf_adds(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_adds(out, "\\n");
		else if (utf8_is_control(c) || utf8_is_bidi(c) || c == 0xfeff)
			buf_addf(out, "\\u%04x", (unsigned)c);
		else
			buf_add(out, text, used);
	}
	buf_addc(out, '"');
}

void
node_write_json(struct buf *out, const struct node *n)
{
	if (n == NULL || n->type == NODE_NULL) {
		buf_adds(out, "null");
	} else if (n->type == NODE_BOOL) {
		buf_adds(out, n->flag ? "true" : "false");
	} else if (n->type == NODE_INT) {
		buf_addf(out, "%" PRId64, n->number);
	} else if (n->type == NODE_STR) {
		json_write_str(out, n->text, n->len);
	} else {
		bool map = n->type == NODE_MAP;

		buf_addc(out, map ? '{' : '[');
		for (size_t i = 0; i < n->n; i++) {
			if (i > 0)
				buf_addc(out, ',');
			if (map) {
				json_write_str(
				    out, n->keys[i], strlen(n->keys[i]));
				buf_addc(out, ':');
			}
			node_write_json(out, n->kids[i]);
		}
		buf_addc(out, map ? '}' : ']');
	}
}

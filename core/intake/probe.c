/* SPDX-License-Identifier: ISC */
#include "core/intake/probe.h"

#include <string.h>
#include <strings.h>

#include "core/intake/scan.h"

#define LINES_MAX 200
#define ELEMENTS 8   /* of a list, whose keys are looked at */
#define DEPTH 6      /* of keys */
#define VALUE_MAX 80 /* bytes of a string that is remembered */
#define KEYS_MAX 4000

static void
note(struct probe *p, const char *path, const char *value)
{
	char *text =
	    value == NULL ? mem_dup(path) : mem_printf("%s=%s", path, value);

	if (p->shape.n < KEYS_MAX && strs_find(&p->shape, text) < 0)
		strs_take(&p->shape, text);
	else
		free(text);
}

static struct err *look(
    struct probe *p, struct scan *s, const char *path, unsigned depth);

static struct err *
look_at_object(
    struct probe *p, struct scan *s, const char *path, unsigned depth)
{
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		char *inner = path[0] == '\0' ? mem_dup(key) :
						mem_printf("%s.%s", path, key);

		note(p, inner, NULL);
		e = look(p, s, inner, depth + 1);
		free(inner);
	}
	return e;
}

static struct err *
look_at_list(struct probe *p, struct scan *s, const char *path, unsigned depth)
{
	char *inner = mem_printf("%s[]", path);
	struct err *e = scan_enter(s, '[');
	bool more;

	for (unsigned i = 0;
	     e == NULL && (e = scan_item(s, &more)) == NULL && more; i++) {
		note(p, inner, NULL);
		e = i < ELEMENTS ? look(p, s, inner, depth + 1) : scan_skip(s);
	}
	free(inner);
	return e;
}

/* Walk as far as the head goes: it may end in the middle of anything. */
static struct err *
look(struct probe *p, struct scan *s, const char *path, unsigned depth)
{
	struct node *n;
	struct err *e;
	char c;

	if ((e = scan_peek(s, &c)) != NULL)
		return e;
	if (depth <= DEPTH && c == '{')
		return look_at_object(p, s, path, depth);
	if (depth <= DEPTH && c == '[')
		return look_at_list(p, s, path, depth);
	if (c != '"')
		return scan_skip(s);
	if ((e = scan_value(s, &n)) != NULL)
		return e;
	if (n->len <= VALUE_MAX)
		note(p, path, n->text);
	node_free(n);
	return NULL;
}

static void
look_at_json(struct probe *p, const struct buf *head)
{
	struct scan *s = scan_bytes(head->data, head->len, "head");
	struct err *e;
	char c;

	e = scan_peek(s, &c);
	if (e == NULL && (c == '{' || c == '[')) {
		p->root = c;
		e = look(p, s, "", 0);
		if (e == NULL && (e = scan_peek(s, &c)) == NULL && c == '{')
			p->many = true;
	}
	err_drop(e); /* the reader that is chosen says what is wrong */
	scan_close(s);
	if (p->root != 0 && p->shape.n == 0)
		p->root = 0; /* "[12/03/2024, ..." is no list */
}

static struct err *
read_lines(struct probe *p, const struct buf *head)
{
	struct text *t = text_bytes(head->data, head->len, p->part->name);
	struct line line;
	struct err *e;

	while ((e = text_next(t, &line)) == NULL && line.p != NULL &&
	    p->lines.n < LINES_MAX)
		strs_take(&p->lines, mem_ndup(line.p, line.len));
	text_close(t);
	return e;
}

struct err *
probe_open(struct probe *p, const struct input *in, const struct part *part)
{
	struct buf head = BUF_INIT;
	struct err *e;

	*p = (struct probe){ .input = in, .part = part };
	if (part == NULL)
		return NULL;
	if ((e = part_head(&head, part, PROBE_HEAD)) == NULL) {
		p->cut = part->size > (int64_t)head.len;
		e = read_lines(p, &head);
		if (e == NULL)
			look_at_json(p, &head);
	}
	buf_release(&head);
	return e;
}

void
probe_release(struct probe *p)
{
	strs_release(&p->lines);
	strs_release(&p->shape);
}

bool
probe_has(const struct probe *p, const char *path)
{
	return strs_find(&p->shape, path) >= 0;
}

bool
probe_under(const struct probe *p, const char *prefix, const char *key)
{
	char *path = mem_printf("%s%s", prefix, key);
	bool found = probe_has(p, path);

	free(path);
	return found;
}

bool
probe_is(const struct probe *p, const char *path, const char *value)
{
	char *text = mem_printf("%s=%s", path, value);
	bool found = strs_find(&p->shape, text) >= 0;

	free(text);
	return found;
}

const char *
probe_line(const struct probe *p, size_t i)
{
	for (size_t k = 0; k < p->lines.n; k++)
		if (p->lines.v[k][0] != '\0' && i-- == 0)
			return p->lines.v[k];
	return "";
}

bool
probe_named(const struct probe *p, const char *end)
{
	const char *name = p->part != NULL ? p->part->name : p->input->name;
	size_t len = strlen(name), n = strlen(end);

	return len >= n && strcasecmp(name + len - n, end) == 0;
}

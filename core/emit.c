/* SPDX-License-Identifier: ISC */
#include "core/emit.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "core/ext/doc.h"
#include "core/util/utf8.h"

#define INDENT 2

/* Words that YAML 1.1 takes for a truth value or nothing. */
static bool
is_yaml_word(const char *s)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off",
		"true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/* Nonces, commit ids and digests: quoted even when they begin with a letter. */
static bool
is_digest(const char *s, size_t len)
{
	return (len == 32 || len == 40 || len == 64) &&
	    strspn(s, "0123456789abcdef") == len;
}

static bool
is_plain(const char *s, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789 _./@+-";

	return len > 0 && isalpha((unsigned char)s[0]) &&
	    strspn(s, allowed) == len && s[len - 1] != ' ' &&
	    !is_yaml_word(s) && !is_digest(s, len);
}

/* May this character stand as it is, in quotes or in a literal? */
static bool
is_raw(uint32_t c)
{
	return c != UTF8_BAD && !utf8_is_control(c) && !utf8_is_bidi(c) &&
	    c != 0xfeff && c != 0xfffe && c != 0xffff;
}

static bool
is_literal(const char *s, size_t len)
{
	bool start = true, text = false;
	size_t used;

	if (memchr(s, '\n', len) == NULL || s[len - 1] == ' ' ||
	    s[len - 1] == '\t')
		return false;
	for (size_t i = 0; i < len; i += used) {
		uint32_t c = utf8_decode(s + i, len - i, &used);

		if (c == '\n') {
			if (i > 0 && (s[i - 1] == ' ' || s[i - 1] == '\t'))
				return false;
		} else if (!(is_raw(c) || (c == '\t' && !start))) {
			return false;
		} else {
			text = true;
		}
		start = c == '\n';
	}
	return text;
}

static void
pad(struct buf *out, size_t columns)
{
	for (size_t i = 0; i < columns; i++)
		buf_addc(out, ' ');
}

static void
literal(struct buf *out, const char *s, size_t len, size_t indent)
{
	const char *end = s + len;

	buf_addf(out, "|%d%c\n", INDENT, end[-1] == '\n' ? '+' : '-');
	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t line = (size_t)((lf == NULL ? end : lf) - s);

		if (line > 0)
			pad(out, indent);
		buf_add(out, s, line);
		buf_addc(out, '\n');
		s += line + 1;
	}
}

void
emit_quoted(struct buf *out, const char *s, size_t len)
{
	size_t used;

	buf_addc(out, '"');
	for (size_t i = 0; i < len; i += used) {
		uint32_t c = utf8_decode(s + i, len - i, &used);

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_adds(out, "\\n");
		else if (c == '\t')
			buf_adds(out, "\\t");
		else if (is_raw(c))
			buf_add(out, s + i, used);
		else if (c == UTF8_BAD)
			buf_adds(out, "\\ufffd");
		else if (c <= 0xff)
			buf_addf(out, "\\x%02x", (unsigned)c);
		else
			buf_addf(out, "\\u%04x", (unsigned)c);
	}
	buf_addc(out, '"');
}

static void value(struct buf *out, const struct node *n, size_t indent);

/* The keys of a map; the first stands behind what is on the line already. */
static void
pairs(struct buf *out, const struct node *map, size_t indent, bool inlined)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *key = map->keys[i];

		if (i > 0 || !inlined)
			pad(out, indent);
		if (is_plain(key, strlen(key)))
			buf_adds(out, key);
		else
			emit_quoted(out, key, strlen(key));
		buf_addc(out, ':');
		value(out, map->kids[i], indent);
	}
}

static void
items(struct buf *out, const struct node *list, size_t indent)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct node *kid = list->kids[i];

		pad(out, indent);
		buf_addc(out, '-');
		if (kid->type == NODE_MAP && kid->n > 0) {
			buf_addc(out, ' ');
			pairs(out, kid, indent + INDENT, true);
		} else {
			value(out, kid, indent);
		}
	}
}

/* What follows "key:" or "-", up to its line end. */
static void
value(struct buf *out, const struct node *n, size_t indent)
{
	if (n->type == NODE_MAP && n->n > 0) {
		buf_addc(out, '\n');
		pairs(out, n, indent + INDENT, false);
		return;
	}
	if (n->type == NODE_LIST && n->n > 0) {
		buf_addc(out, '\n');
		items(out, n, indent + INDENT);
		return;
	}
	buf_addc(out, ' ');
	switch (n->type) {
	case NODE_MAP:
		buf_adds(out, "{}");
		break;
	case NODE_LIST:
		buf_adds(out, "[]");
		break;
	case NODE_NULL:
		buf_adds(out, "null");
		break;
	case NODE_BOOL:
		buf_adds(out, n->flag ? "true" : "false");
		break;
	case NODE_INT:
		buf_addf(out, "%" PRId64, n->number);
		break;
	case NODE_STR:
		if (is_plain(n->text, n->len)) {
			buf_add(out, n->text, n->len);
		} else if (is_literal(n->text, n->len)) {
			literal(out, n->text, n->len, indent + INDENT);
			return;
		} else {
			emit_quoted(out, n->text, n->len);
		}
		break;
	}
	buf_addc(out, '\n');
}

void
emit_map(struct buf *out, const struct node *map)
{
	pairs(out, map, 0, false);
}

static struct err *
vet_text(const char *text, size_t len, const char *what, const char *key)
{
	if (!utf8_valid(text, len))
		return err_new(
		    ERR_INVALID, "%s \"%.64s\" is not UTF-8", what, key);
	if (memchr(text, '\0', len) != NULL)
		return err_new(
		    ERR_INVALID, "%s \"%.64s\" holds NUL", what, key);
	return NULL;
}

/* key is the nearest one on the way from the root. */
static struct err *
vet(const struct node *n, const char *key, unsigned depth)
{
	struct err *e = NULL;

	if (depth >= DOC_DEPTH_MAX)
		return err_new(
		    ERR_LIMIT, "\"%.64s\" is nested more than 32 deep", key);
	if (n->type == NODE_STR && n->len > DOC_SCALAR_MAX)
		return err_new(
		    ERR_LIMIT, "\"%.64s\" is longer than 1 MiB", key);
	if (n->type == NODE_STR)
		return vet_text(n->text, n->len, "the value of", key);
	for (size_t i = 0; i < n->n && e == NULL; i++) {
		const char *inner = n->type == NODE_MAP ? n->keys[i] : key;

		if (strlen(inner) > EMIT_KEY_MAX)
			e = err_new(ERR_LIMIT,
			    "the key \"%.64s...\" is longer than 255 bytes",
			    inner);
		else
			e = vet_text(inner, strlen(inner), "the key", inner);
		if (e == NULL)
			e = vet(n->kids[i], inner, depth + 1);
	}
	return e;
}

struct err *
emit_vet(const struct node *map)
{
	return vet(map, "", 0);
}

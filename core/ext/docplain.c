/* SPDX-License-Identifier: ISC */
#include "core/ext/docplain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

/* What is more than that is for libyaml. */
#define BYTES_MAX (64u << 10)
#define KEYS_MAX 32
#define KEY_LEN_MAX 64 /* bytes */
#define INTEGER_MAX 20 /* bytes of the longest, "-9223372036854775808" */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What a plain scalar may go on with and still be nothing else. */
static bool
is_plain(char c)
{
	return is_letter(c) || is_digit(c) ||
	    (c != '\0' && strchr(" _./@+-", c) != NULL);
}

static bool
is_integer(const char *s, size_t len)
{
	const char *end = s + len;

	s += len > 0 && *s == '-';
	if (s < end && *s == '0')
		return s + 1 == end;
	if (s == end)
		return false;
	while (s < end && is_digit(*s))
		s++;
	return s == end;
}

static bool
is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

struct node *
docplain_scalar(const char *s, size_t len)
{
	if (is_integer(s, len)) {
		char digits[INTEGER_MAX + 1] = "";
		long long number;

		if (len > INTEGER_MAX)
			return NULL;
		memcpy(digits, s, len);
		errno = 0;
		number = strtoll(digits, NULL, 10);
		return errno == 0 ? node_int(number) : NULL;
	}
	if (is_word(s, len, "true") || is_word(s, len, "false"))
		return node_bool(*s == 't');
	if (len == 0 || is_word(s, len, "null") || is_word(s, len, "~"))
		return node_null();
	return node_strn(s, len);
}

/* What stands from p to its line end. */
static struct node *
scalar(const char *p, const char *lf)
{
	size_t len = (size_t)(lf - p);

	if (len == 0)
		return NULL;
	if (*p == '"') {
		const char *quote = memchr(p + 1, '"', len - 1);

		if (quote != lf - 1 || memchr(p, '\\', len) != NULL ||
		    memchr(p, '\t', len) != NULL)
			return NULL;
		return node_strn(p + 1, len - 2);
	}
	if (is_word(p, len, "[]"))
		return node_list();
	if (is_word(p, len, "{}"))
		return node_map();
	if (!is_letter(*p) && !is_integer(p, len))
		return NULL;
	for (const char *q = p; q < lf; q++)
		if (!is_plain(*q))
			return NULL;
	return lf[-1] == ' ' ? NULL : docplain_scalar(p, len);
}

/*
 * A text of several lines that begin at p, each of them two spaces further in
 * or empty, as "|2-" and "|2+" announce it; *end is behind it.
 */
static struct node *
literal(const char **end, const char *p, const char *stop, bool keep)
{
	struct buf text = BUF_INIT;
	struct node *n = NULL;

	while (p < stop && (*p == '\n' || *p == ' ')) {
		const char *lf = memchr(p, '\n', (size_t)(stop - p));

		if (p < lf && (lf - p < 3 || p[1] != ' '))
			goto out;
		if (p < lf)
			buf_add(&text, p + 2, (size_t)(lf - p - 2));
		buf_addc(&text, '\n');
		p = lf + 1;
	}
	*end = p;
	/* what is only line ends has rules of its own, here and in YAML */
	if (text.len < 2 || text.data[0] == '\n' ||
	    (!keep && text.data[text.len - 2] == '\n'))
		goto out;
	n = node_strn(text.data, text.len - !keep);
out:
	buf_release(&text);
	return n;
}

/* "key: "; its length, or 0. */
static size_t
key_at(const char *p, const char *lf)
{
	const char *q = p;

	if (!is_letter(*q))
		return 0;
	while (is_letter(*q) || is_digit(*q) || *q == '_' || *q == '-')
		q++;
	return q - p <= KEY_LEN_MAX && lf - q > 2 && q[0] == ':' &&
		q[1] == ' ' ?
	    (size_t)(q - p) :
	    0;
}

/* The next key and value; NULL unless they are of the plain sort. */
static struct node *
pair(struct node *map, const char **at, const char *end)
{
	const char *p = *at, *lf = memchr(p, '\n', (size_t)(end - p));
	size_t len = key_at(p, lf);
	char key[KEY_LEN_MAX + 1];
	struct node *value;

	if (len == 0 || map->n == KEYS_MAX)
		return NULL;
	memcpy(key, p, len);
	key[len] = '\0';
	if (node_get(map, key) != NULL)
		return NULL;
	p += len + 2;
	*at = lf + 1;
	if (lf - p == 3 && memcmp(p, "|2", 2) == 0 &&
	    (p[2] == '-' || p[2] == '+'))
		value = literal(at, lf + 1, end, p[2] == '+');
	else
		value = scalar(p, lf);
	return value != NULL ? node_add(map, key, value) : NULL;
}

struct node *
docplain_parse(const char *p, size_t len, unsigned line)
{
	const char *end = p + len, *next;
	struct node *map, *value;

	if (len == 0 || len > BYTES_MAX || end[-1] != '\n')
		return NULL;
	map = node_map();
	map->line = line;
	for (; p < end; p = next) {
		next = p;
		if ((value = pair(map, &next, end)) == NULL) {
			node_free(map);
			return NULL;
		}
		value->line = line;
		for (; p < next; p++)
			line += *p == '\n';
	}
	return map;
}

/* SPDX-License-Identifier: ISC */
#include "libexec/mail/taglist.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
trim(const char **from, const char **to)
{
	while (*from < *to && is_blank(**from))
		(*from)++;
	while (*to > *from && is_blank((*to)[-1]))
		(*to)--;
}

static const char *
parse_tag(struct tag *tag, const char *p, const char *end)
{
	const char *equals = memchr(p, '=', (size_t)(end - p));
	const char *name_end = equals;

	if (equals == NULL)
		return "a tag without a value";
	tag->from = tag->value = equals + 1;
	tag->to = end;
	trim(&p, &name_end);
	tag->name = p;
	tag->name_len = (size_t)(name_end - p);
	if (tag->name_len == 0 || !isalpha((unsigned char)*p))
		return "a tag without a name";
	for (; p < name_end; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return "a tag whose name is none";
	trim(&tag->value, &end);
	tag->len = (size_t)(end - tag->value);
	for (size_t i = 0; i < tag->len; i++) {
		unsigned char c = (unsigned char)tag->value[i];

		if (c == 127 || (c < ' ' && !is_blank((char)c)))
			return "a control character in a tag";
	}
	return NULL;
}

static bool
same_name(const struct tag *a, const struct tag *b)
{
	return a->name_len == b->name_len &&
	    memcmp(a->name, b->name, a->name_len) == 0;
}

const char *
taglist_parse(struct taglist *out, const char *p, size_t len)
{
	const char *end = p + len;

	memset(out, 0, sizeof(*out));
	trim(&p, &end);
	if (p == end)
		return "no tags at all";
	while (p < end) {
		const char *semi = memchr(p, ';', (size_t)(end - p));
		const char *stop = semi == NULL ? end : semi, *why;
		struct tag tag;

		if ((why = parse_tag(&tag, p, stop)) != NULL)
			return why;
		for (size_t i = 0; i < out->tags.n; i++)
			if (same_name(&out->tags.v[i], &tag))
				return "the same tag twice";
		if (out->tags.n == TAGLIST_MAX)
			return "too many tags";
		vec_push(&out->tags, tag);
		p = semi == NULL ? end : semi + 1;
	}
	return NULL;
}

void
taglist_release(struct taglist *list)
{
	vec_release(&list->tags);
}

const struct tag *
taglist_find(const struct taglist *list, const char *name)
{
	for (size_t i = 0; i < list->tags.n; i++) {
		const struct tag *tag = &list->tags.v[i];

		if (tag->name_len == strlen(name) &&
		    memcmp(tag->name, name, tag->name_len) == 0)
			return tag;
	}
	return NULL;
}

static bool
is_word(const char *from, const char *to, const char *word)
{
	trim(&from, &to);
	return (size_t)(to - from) == strlen(word) &&
	    strncasecmp(from, word, strlen(word)) == 0;
}

bool
tag_is(const struct tag *tag, const char *value)
{
	return is_word(tag->value, tag->value + tag->len, value);
}

bool
tag_has(const struct tag *tag, const char *word)
{
	const char *p = tag->value, *end = tag->value + tag->len;

	for (;;) {
		const char *colon = memchr(p, ':', (size_t)(end - p));

		if (is_word(p, colon == NULL ? end : colon, word))
			return true;
		if (colon == NULL)
			return false;
		p = colon + 1;
	}
}

void
tag_squeeze(struct buf *out, const struct tag *tag)
{
	for (size_t i = 0; i < tag->len; i++)
		if (!is_blank(tag->value[i]))
			buf_addc(out, tag->value[i]);
}

bool
tag_number(int64_t *out, const struct tag *tag)
{
	int64_t number = 0;

	if (tag->len == 0 || tag->len > 18)
		return false;
	for (size_t i = 0; i < tag->len; i++) {
		if (!isdigit((unsigned char)tag->value[i]))
			return false;
		number = number * 10 + (tag->value[i] - '0');
	}
	*out = number;
	return true;
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool
tag_base64(struct buf *out, const struct tag *tag)
{
	unsigned bits = 0, held = 0, pads = 0, n = 0;

	for (size_t i = 0; i < tag->len; i++) {
		char c = tag->value[i];
		int digit = base64_digit(c);

		if (is_blank(c))
			continue;
		n++;
		if (c == '=') {
			pads++;
			continue;
		}
		if (digit < 0 || pads > 0)
			return false;
		bits = (bits << 6 | (unsigned)digit) & 0xffffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			buf_addc(out, (char)(bits >> held & 0xff));
		}
	}
	return n > 0 && n % 4 == 0 && pads <= 2;
}

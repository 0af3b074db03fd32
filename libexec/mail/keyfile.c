/* SPDX-License-Identifier: ISC */
/*
 * Files of keys, as zone files, "dig" and "host" write them: see keyring.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/file.h"
#include "core/util/mem.h"
#include "libexec/mail/keyring.h"
#include "libexec/mail/message.h"

static const char form[] =
    "each line is: SELECTOR._domainkey.DOMAIN v=DKIM1; p=...";

#define ALIAS_HOPS 8 /* names that may stand between a name and its record */

/* "NAME CNAME TARGET": the record of the name is that of the target. */
struct alias {
	char *name, *target;
};

struct keyfile {
	struct keyring *ring;
	const char *file;
	const char *p, *end; /* what is not read yet */
	unsigned line;
	bool lines, keys; /* there are some; some name a key */
	char *origin; /* what $ORIGIN said, without the final dot; or NULL */
	VEC(struct alias) aliases;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
word_len(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && !is_blank(*p))
		p++;
	return (size_t)(p - from);
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* "300", "1h30m" */
static bool
is_lifetime(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)p[i]) &&
		    (i == 0 || strchr("smhdwSMHDW", p[i]) == NULL))
			return false;
	return len > 0;
}

/* What stands between name and text: a lifetime, IN, TXT, host's words. */
static const char *
skip_zone_words(const char *p, const char *end)
{
	static const char *const words[] = { "IN", "TXT", "descriptive", "text",
		"=" };

	for (;;) {
		size_t len = word_len(p, end);
		bool skip = is_lifetime(p, len);

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			skip |= len == strlen(words[i]) &&
			    strncasecmp(p, words[i], len) == 0;
		if (!skip)
			return p;
		p = skip_blanks(p + len, end);
	}
}

/* One character: \" and \127 are as in zone files. */
static const char *
unescape(struct buf *out, const char *p, const char *end)
{
	if (*p != '\\' || p + 1 >= end) {
		buf_addc(out, *p);
		return p + 1;
	}
	p++;
	if (end - p >= 3 && isdigit((unsigned char)p[0]) &&
	    isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2])) {
		buf_addc(out,
		    (char)((p[0] - '0') * 100 + (p[1] - '0') * 10 + p[2] -
			'0'));
		return p + 3;
	}
	buf_addc(out, *p);
	return p + 1;
}

/* The string behind a quote at p, up to behind the next one; NULL: none. */
static const char *
read_string(struct buf *out, const char *p, const char *end)
{
	for (p++; p < end && *p != '"';)
		p = unescape(out, p, end);
	return p < end ? p + 1 : NULL;
}

/* "a" "b" into ab; NULL if all is well, else what is not. */
static const char *
join_strings(struct buf *out, const char *p, const char *end)
{
	while ((p = skip_blanks(p, end)) < end) {
		if (*p == ';')
			return NULL; /* a remark */
		if (*p != '"' || (p = read_string(out, p, end)) == NULL)
			return "the quotes do not match";
	}
	return NULL;
}

/* The next line, without its end; false: there is none. */
static bool
next_line(struct keyfile *f, const char **p, const char **end)
{
	size_t len = line_len(f->p, (size_t)(f->end - f->p));

	*p = f->p;
	*end = f->p + line_text(f->p, len);
	f->p += len;
	f->line++;
	return len > 0;
}

/* Strings in parentheses, over as many lines as it takes. */
static const char *
join_lines(struct buf *out, struct keyfile *f, const char *p, const char *end)
{
	for (;;) {
		p = skip_blanks(p, end);
		if (p == end || *p == ';') {
			if (!next_line(f, &p, &end))
				return "a parenthesis is not closed";
		} else if (*p == ')') {
			return NULL;
		} else if (*p == '"') {
			if ((p = read_string(out, p, end)) == NULL)
				return "the quotes do not match";
		} else {
			while (p < end && !is_blank(*p) && *p != ')')
				p = unescape(out, p, end);
		}
		if (out->len > KEYRING_RECORD_MAX)
			return "the record is too long";
	}
}

static const char *
read_text(struct buf *out, struct keyfile *f, const char *p, const char *end)
{
	if (p < end && *p == '(')
		return join_lines(out, f, p + 1, end);
	if (p < end && *p == '"')
		return join_strings(out, p, end);
	while (p < end)
		p = unescape(out, p, end);
	while (out->len > 0 && is_blank(out->data[out->len - 1]))
		buf_cut(out, out->len - 1);
	return out->len > KEYRING_RECORD_MAX ? "the record is too long" : NULL;
}

/* A name without its final dot, and with the origin where it has none; yours */
static char *
full_name(const struct keyfile *f, const char *p, size_t len)
{
	char *name, *full;

	if (len > 0 && p[len - 1] == '.')
		return mem_ndup(p, len - 1);
	name = mem_ndup(p, len);
	if (f->origin == NULL)
		return name;
	full = mem_printf("%s.%s", name, f->origin);
	free(name);
	return full;
}

/* "CNAME target", "is an alias for target": the target; NULL: no alias */
static const char *
find_target(const char *p, const char *end)
{
	static const char *const words[] = { "CNAME", "is an alias for" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(end - p) > len &&
		    strncasecmp(p, words[i], len) == 0 && is_blank(p[len]))
			return skip_blanks(p + len, end);
	}
	return NULL;
}

/* What is wrong with a record of this name, or NULL. */
static const char *
check_record(const char *name, const struct buf *text, bool bare)
{
	size_t len = strlen(name);

	if (strchr(name, '=') != NULL)
		return "a key record without a name";
	if (bare && text->len == 0 && strcasestr(name, "._domainkey.") != NULL)
		return "the record of the key is missing";
	if (len > 11 && strcasecmp(name + len - 11, "._domainkey") == 0)
		return "the name of a key lacks its domain";
	return NULL;
}

static struct err *
read_record(struct keyfile *f, const char *p, const char *end)
{
	size_t len = word_len(p, end);
	unsigned line = f->line;
	char *name = full_name(f, p, len);
	const char *target, *why;
	struct buf text = BUF_INIT;
	struct err *e = NULL;
	bool bare;

	p = skip_zone_words(skip_blanks(p + len, end), end);
	bare = p == end;
	target = find_target(p, end);
	f->lines = true;
	f->keys |= strcasestr(name, "._domainkey.") != NULL;
	if (target != NULL) {
		vec_push(&f->aliases,
		    ((struct alias){ mem_dup(name),
			full_name(f, target, word_len(target, end)) }));
	} else if ((why = read_text(&text, f, p, end)) != NULL ||
	    (why = check_record(name, &text, bare)) != NULL) {
		e = err_hint(
		    err_new(ERR_SYNTAX, "%s:%u: %s", f->file, line, why), "%s",
		    form);
	} else if (memchr(text.data, '=', text.len) != NULL) {
		/* without a tag it is a record of another kind */
		keyring_add(f->ring, name, text.data, text.len, false);
	}
	free(name);
	buf_release(&text);
	return e;
}

/* Records are found by the names mails have, so each alias gets its own. */
static void
follow_aliases(struct keyfile *f)
{
	for (int hop = 0; hop < ALIAS_HOPS; hop++) {
		struct strs found = VEC_INIT; /* a name, then a text */
		struct alias *a;
		size_t n;

		vec_each (a, &f->aliases) {
			struct key_record *const *records;

			if (keyring_held(f->ring, a->name, &n) != NULL)
				continue;
			records = keyring_held(f->ring, a->target, &n);
			for (size_t i = 0; records != NULL && i < n; i++) {
				strs_add(&found, a->name);
				strs_add(&found, records[i]->text);
			}
		}
		for (size_t i = 0; i + 1 < found.n; i += 2)
			keyring_add(f->ring, found.v[i], found.v[i + 1],
			    strlen(found.v[i + 1]), false);
		n = found.n;
		strs_release(&found);
		if (n == 0)
			return;
	}
}

static void
set_origin(struct keyfile *f, const char *p, const char *end)
{
	size_t len = word_len(p, end);

	if (len > 0 && p[len - 1] == '.')
		len--;
	free(f->origin);
	f->origin = len > 0 ? mem_ndup(p, len) : NULL;
}

struct err *
keyring_parse(struct keyring *ring, const char *p, size_t len, const char *name)
{
	struct keyfile f = {
		.ring = ring, .file = name, .p = p, .end = p + len
	};
	struct alias *alias;
	struct err *e = NULL;
	const char *end;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		f.p += 3;
	while (e == NULL && next_line(&f, &p, &end)) {
		p = skip_blanks(p, end);
		if (p == end || *p == '#' || *p == ';')
			continue;
		if (*p != '$')
			e = read_record(&f, p, end);
		else if (end - p > 8 && strncasecmp(p, "$ORIGIN", 7) == 0)
			set_origin(&f, skip_blanks(p + 7, end), end);
	}
	if (e == NULL && f.lines && !f.keys)
		e = err_hint(
		    err_new(ERR_SYNTAX,
			"%s: no line of it is the record of a key", name),
		    "%s", form);
	if (e == NULL)
		follow_aliases(&f);
	vec_each (alias, &f.aliases) {
		free(alias->name);
		free(alias->target);
	}
	vec_release(&f.aliases);
	free(f.origin);
	return e;
}

struct err *
keyring_load(struct keyring *ring, const char *path)
{
	struct buf b = BUF_INIT;
	struct err *e = file_read(&b, path, KEYRING_FILE_MAX);

	if (e == NULL)
		e = keyring_parse(ring, b.data, b.len, path);
	buf_release(&b);
	return e;
}

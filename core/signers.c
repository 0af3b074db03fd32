/* SPDX-License-Identifier: ISC */
#include "core/signers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/date.h"
#include "core/util/file.h"

/*
 * Patterns.
 */

/* "*" and "?" as in ssh_config. */
static bool
matches(const char *text, const char *pattern, size_t len)
{
	for (; len > 0; pattern++, len--, text++) {
		if (*pattern == '*') {
			do
				if (matches(text, pattern + 1, len - 1))
					return true;
			while (*text++ != '\0');
			return false;
		}
		if (*text == '\0' || (*pattern != '?' && *pattern != *text))
			return false;
	}
	return *text == '\0';
}

/* In a list with commas; one that matches behind "!" forbids. */
static bool
is_listed(const char *text, const char *list)
{
	bool found = false;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		bool negated = *list == '!';

		if (matches(text, list + negated, len - negated)) {
			if (negated)
				return false;
			found = true;
		}
		list += len;
		list += *list == ',';
	}
	return found;
}

/*
 * Lines.
 */

/* A line of the file, taken apart; strings are owned. */
struct line {
	char *principals, *namespaces, *key;
	bool authority;
	bool has_after, has_before;
	int64_t after, before;
};

static void
release_line(struct line *l)
{
	free(l->principals);
	free(l->namespaces);
	free(l->key);
}

/* The first field, which ends with a quotation if it has one; yours or NULL. */
static char *
take_principals(const char **at)
{
	struct buf b = BUF_INIT;
	size_t len = strcspn(*at, " \t\"");

	buf_add(&b, *at, len);
	*at += len;
	if (**at == '"') {
		len = strcspn(++*at, "\"");
		buf_add(&b, *at, len);
		*at += len;
		if (**at != '"') {
			buf_release(&b);
			return NULL;
		}
		++*at;
	}
	return buf_steal(&b);
}

static int
digits(const char *text, size_t n)
{
	int value = 0;

	while (n-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

/* YYYYMMDD[HHMM[SS]][Z]; without Z in the zone of the process. */
static bool
read_time(int64_t *out, const char *text)
{
	size_t n = strspn(text, "0123456789");
	bool utc =
	    strcasecmp(text + n, "Z") == 0 || strcasecmp(text + n, "UTC") == 0;
	struct civil c = { 0 };

	if ((n != 8 && n != 12 && n != 14) || (text[n] != '\0' && !utc))
		return false;
	c.year = digits(text, 4);
	c.month = digits(text + 4, 2);
	c.day = digits(text + 6, 2);
	c.hour = n > 8 ? digits(text + 8, 2) : 0;
	c.minute = n > 8 ? digits(text + 10, 2) : 0;
	c.second = n > 12 ? digits(text + 12, 2) : 0;
	if (c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > date_days_in(c.year, c.month) || c.hour > 23 ||
	    c.minute > 59 || c.second > 60)
		return false;
	*out = utc ? date_from_civil(&c) : date_from_local(&c);
	return true;
}

static bool
read_option(struct line *l, const char *name, const char *value)
{
	if (strcasecmp(name, "cert-authority") == 0 && value == NULL) {
		l->authority = true;
		return true;
	}
	if (value == NULL)
		return false;
	if (strcasecmp(name, "namespaces") == 0 && l->namespaces == NULL) {
		l->namespaces = mem_dup(value);
		return true;
	}
	if (strcasecmp(name, "valid-after") == 0 && !l->has_after)
		return l->has_after = read_time(&l->after, value);
	if (strcasecmp(name, "valid-before") == 0 && !l->has_before)
		return l->has_before = read_time(&l->before, value);
	return false;
}

/* A value in quotation marks, yours; NULL if it is none. */
static char *
take_value(const char **at)
{
	struct buf b = BUF_INIT;

	if (**at != '"')
		return NULL;
	for ((*at)++; **at != '\0' && **at != '"'; (*at)++) {
		*at += **at == '\\' && (*at)[1] == '"';
		buf_addc(&b, **at);
	}
	if (**at == '"') {
		(*at)++;
		return buf_steal(&b);
	}
	buf_release(&b);
	return NULL;
}

static bool
read_options(struct line *l, const char **at)
{
	bool good = true;

	while (good && **at != '\0' && **at != ' ' && **at != '\t') {
		size_t len = strcspn(*at, "=, \t");
		char *name = mem_ndup(*at, len), *value = NULL;

		*at += len;
		if (**at == '=') {
			(*at)++;
			good = (value = take_value(at)) != NULL;
		}
		good = good && read_option(l, name, value);
		*at += **at == ',';
		free(value);
		free(name);
	}
	return good;
}

static bool
is_key_type(const char *at)
{
	return strncmp(at, "ssh-", 4) == 0 || strncmp(at, "ecdsa-", 6) == 0 ||
	    strncmp(at, "sk-", 3) == 0;
}

static bool
read_line(struct line *l, const char *at)
{
	size_t len;

	l->principals = take_principals(&at);
	if (l->principals == NULL || *l->principals == '\0')
		return false;
	at += strspn(at, " \t");
	if (!is_key_type(at) && !read_options(l, &at))
		return false;
	at += strspn(at, " \t");
	if (!is_key_type(at))
		return false;
	len = strcspn(at, " \t");
	if (at[len] == '\0')
		return false;
	len += strspn(at + len, " \t");
	len += strcspn(at + len, " \t");
	l->key = mem_ndup(at, len);
	return true;
}

static bool
fits(const struct line *l, const struct signers_ask *ask)
{
	return (l->namespaces == NULL ||
		   is_listed(ask->namespace, l->namespaces)) &&
	    (!l->has_after || ask->time >= l->after) &&
	    (!l->has_before || ask->time <= l->before);
}

/*
 * The file.
 */

/* The line at *text, without its end; yours. *text is behind it then. */
static char *
next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	char *line = mem_ndup(*text, len);

	line[strcspn(line, "\r")] = '\0';
	*text += len;
	*text += **text == '\n';
	return line;
}

/* Take the line apart: false if it cannot be read. */
static bool
parse(struct line *l, const char *line)
{
	const char *at = line + strspn(line, " \t");

	memset(l, 0, sizeof(*l));
	return *at == '\0' || *at == '#' || read_line(l, at);
}

static struct err *
vet(const struct signers *s)
{
	const char *text = s->text.data;

	for (unsigned n = 1; *text != '\0'; n++) {
		char *line = next_line(&text);
		struct line l;
		bool good = parse(&l, line);

		release_line(&l);
		free(line);
		if (!good)
			return err_new(ERR_SYNTAX,
			    "%s:%u: not a line of allowed signers", s->path, n);
	}
	return NULL;
}

struct err *
signers_read(struct signers *out, const char *path, bool demanded)
{
	struct err *e = file_read(&out->text, path, SIGNERS_MAX);

	if (e == NULL && memchr(out->text.data, '\0', out->text.len) != NULL)
		e = err_new(ERR_SYNTAX, "%s is no file of signers", path);
	if (e != NULL)
		return e;
	out->path = mem_dup(path);
	out->demanded = demanded;
	return demanded ? vet(out) : NULL;
}

void
signers_release(struct signers *s)
{
	free(s->path);
	free(s->revoked);
	s->path = s->revoked = NULL;
	buf_release(&s->text);
}

static bool
names(const struct line *l, const struct signers_ask *ask)
{
	return l->key != NULL && !l->authority &&
	    strcmp(l->key, ask->key) == 0 &&
	    (ask->principal == NULL ||
		is_listed(ask->principal, l->principals));
}

struct err *
signers_whose(
    char **principals, const struct signers *s, const struct signers_ask *ask)
{
	const char *text = s->path != NULL ? s->text.data : "";
	bool unfit = false;

	*principals = NULL;
	while (*text != '\0' && *principals == NULL) {
		char *line = next_line(&text);
		struct line l;
		bool good = parse(&l, line);

		if (good && names(&l, ask) && fits(&l, ask)) {
			*principals = l.principals;
			l.principals = NULL;
		} else if (good && names(&l, ask)) {
			unfit = true;
		}
		release_line(&l);
		free(line);
	}
	if (*principals != NULL)
		return NULL;
	if (unfit)
		return err_new(ERR_INVALID,
		    "its signer is not allowed to sign that, or not then");
	return err_new(ERR_NOT_FOUND, "no allowed signer has that key");
}

bool
signers_name(const char *principals, const char *name)
{
	return is_listed(name, principals);
}

/* SPDX-License-Identifier: ISC */
/*
 * What there is to say of a signature: its verdict, in words and for programs.
 */
#include <ctype.h>
#include <libpsl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/date.h"
#include "core/util/utf8.h"
#include "libexec/mail/dkim.h"
#include "libexec/mail/dkim_signature.h"

static const char *
day(char out[static DATE_TEXT], int64_t time)
{
	/* beyond the years a date can have it does not matter when */
	date_format(out, time > 253402300799 ? 253402300799 : time);
	return out;
}

/* Fields of this name that the signature does not cover. */
static size_t
uncovered(const struct signature *s, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < s->m->fields.n; i++)
		n += !s->covered[i] && field_is(&s->m->fields.v[i], name);
	return n;
}

static struct node *
unsigned_fields(const struct signature *s)
{
	static const char *const names[] = { "from", "subject", "date", "to",
		"cc", "reply-to", "content-type", "content-transfer-encoding" };
	struct node *list = node_list();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (uncovered(s, names[i]) > 0)
			node_push_str(list, names[i]);
	return list;
}

static void PRINTF(2, 3) note(struct signature *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	if (s->detail.len > 0)
		buf_adds(&s->detail, "; ");
	buf_adds(&s->detail, text);
	free(text);
}

static void
note_names(struct signature *s, const char *what, const struct node *names)
{
	struct buf list = BUF_INIT;

	for (size_t i = 0; i < node_count(names); i++)
		buf_addf(&list, "%s%s", i > 0 ? ", " : "",
		    node_as_text(node_at(names, i)));
	if (list.len > 0)
		note(s, "%s %s", what, list.data);
	buf_release(&list);
}

static void
note_key(struct signature *s, const char *why)
{
	const struct key_record *record = s->record;

	if (record == NULL)
		return;
	if (record->problem != NULL && record->problem != why)
		note(s, "%s", record->problem);
	if (record->type == KEY_RSA && record->bits > 0 &&
	    record->bits < DKIM_BITS_GOOD)
		note(s, "a key of %d bits is weak", record->bits);
	if (record->testing)
		note(s, "the domain says it is only testing (t=y)");
	if (record->has_g)
		note(s, "g= of the key record is obsolete and was ignored");
}

/* It fails for its time alone: say that, and when. */
static void
fail_for_time(struct signature *s, const char *what, int64_t time)
{
	char when[DATE_TEXT];

	note(s, "%s %s%s", what, day(when, time),
	    s->verdict == PASS ? ", and holds otherwise" : "");
	if (s->verdict == PASS)
		s->verdict = FAIL;
}

static void
note_time(struct signature *s)
{
	char when[DATE_TEXT];

	if (s->signed_at > s->now + DKIM_AHEAD)
		fail_for_time(s, "t= is in the future:", s->signed_at);
	else if (s->signed_at > s->now + DKIM_FUTURE)
		note(s, "t= is in the future: %s", day(when, s->signed_at));
	if (s->expires >= 0 && s->expires < s->now)
		fail_for_time(s, "it expired", s->expires);
}

static char *
lower(const char *text)
{
	char *low = mem_dup(text);

	for (char *c = low; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return low;
}

/*
 * Do two domains have one owner?  That is so below a name somebody registered,
 * which the Public Suffix List tells from one where anybody may register.
 */
static bool
same_owner(const char *a, const char *b)
{
	char *x = lower(a), *y = lower(b);
	const char *i = psl_registrable_domain(psl_builtin(), x);
	const char *j = psl_registrable_domain(psl_builtin(), y);
	bool same;

	same = i != NULL && j != NULL ? strcmp(i, j) == 0 : strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

static bool
is_aligned(const struct signature *s)
{
	for (size_t i = 0; i < s->from->n; i++) {
		const char *at = strrchr(s->from->v[i], '@');

		if (at == NULL || !same_owner(at + 1, s->domain))
			return false;
	}
	return s->from->n > 0;
}

static void
put_time(struct node *n, const char *key, int64_t time)
{
	char text[DATE_TEXT];

	if (time >= 0)
		node_put_str(n, key, day(text, time));
}

static void
put_key(struct node *n, const struct signature *s)
{
	struct node *key;

	if (s->record == NULL)
		return;
	if (s->record->bits > 0)
		node_put_int(n, "bits", s->record->bits);
	node_put_bool(n, "testing", s->record->testing);
	key = node_put(n, "key", node_map());
	node_put_str(key, "name", s->record->name);
	if (utf8_valid(s->record->text, strlen(s->record->text)))
		node_put_str(key, "text", s->record->text);
	node_put_bool(key, "fetched", s->record->fetched);
	if (s->record->fingerprint[0] != '\0')
		node_put_str(key, "fingerprint", s->record->fingerprint);
}

static void
put_coverage(struct node *n, struct signature *s)
{
	struct node *headers = node_list(), *missing = unsigned_fields(s);
	bool aligned = is_aligned(s);

	for (size_t i = 0; i < s->headers.n; i++)
		if (!node_has(headers, s->headers.v[i]))
			node_push_str(headers, s->headers.v[i]);
	if (s->verdict == PASS) {
		note_names(s, "covers the body and", headers);
		note_names(s, "does not cover", missing);
		if (s->length >= 0 && s->length < s->body_total)
			note(s, "of the body only the first %lld of %lld bytes",
			    (long long)s->length, (long long)s->body_total);
		if (!aligned)
			note(s, "From is of another domain");
	}
	node_put(n, "headers", headers);
	node_put(n, "unsigned", missing);
	node_put_bool(n, "aligned", aligned);
	node_put_bool(n, "whole", s->length < 0 || s->length >= s->body_total);
}

struct node *
dkim_tell(struct signature *s, const char *why, bool readable)
{
	static const char *const results[] = { "pass", "fail", "unverifiable" };
	const struct tag *a = taglist_find(&s->tags, "a");
	struct node *n = node_map();

	if (why != NULL)
		note(s, "%s", why);
	note_time(s);
	node_put(n, "domain", node_str(s->domain));
	node_put(n, "selector", node_str(s->selector));
	node_put_str(n, "result", results[s->verdict]);
	node_put(n, "detail", node_null());
	if (a != NULL && utf8_valid(a->value, a->len))
		node_put(n, "algorithm", node_strn(a->value, a->len));
	if (s->identity != NULL && utf8_valid(s->identity, strlen(s->identity)))
		node_put_str(n, "identity", s->identity);
	put_time(n, "signed_at", s->signed_at);
	put_time(n, "expires", s->expires);
	if (s->length >= 0)
		node_put_int(n, "length", s->length);
	put_key(n, s);
	if (readable)
		put_coverage(n, s);
	note_key(s, why);
	node_put_str(n, "detail", s->detail.data);
	return n;
}

struct node *
dkim_tell_plain(const char *result, const char *detail)
{
	struct node *n = node_map();

	node_put(n, "domain", node_null());
	node_put(n, "selector", node_null());
	node_put_str(n, "result", result);
	node_put_str(n, "detail", detail);
	return n;
}

/* SPDX-License-Identifier: ISC */
/*
 * Reading the tags of a DKIM-Signature field, each with its rule in RFC 6376.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/utf8.h"
#include "libexec/mail/dkim_signature.h"

#define HEADERS_MAX 1000 /* names in h= */
#define NAME_MAX_DNS 253

static bool
is_label_char(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '_' || c >= 0x80;
}

/* A name of the DNS: labels of 1 to 63 characters (RFC 8616 has UTF-8 too). */
static bool
is_domain(const char *p, size_t len, size_t labels_min)
{
	size_t label = 0, labels = 1;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			labels++;
		} else if (!is_label_char((unsigned char)p[i]) ||
		    ++label > 63) {
			return false;
		}
	}
	return label > 0 && labels >= labels_min && len <= NAME_MAX_DNS &&
	    utf8_valid(p, len);
}

static const char *
read_names(struct signature *s)
{
	const struct tag *d = taglist_find(&s->tags, "d");
	const struct tag *sel = taglist_find(&s->tags, "s");

	if (d != NULL && is_domain(d->value, d->len, 2))
		s->domain = mem_ndup(d->value, d->len);
	if (sel != NULL && is_domain(sel->value, sel->len, 1))
		s->selector = mem_ndup(sel->value, sel->len);
	if (d == NULL)
		return "d= is missing";
	if (sel == NULL)
		return "s= is missing";
	if (s->domain == NULL)
		return "d= is not a domain";
	return s->selector == NULL ? "s= is not a selector" : NULL;
}

static const char *
read_version(const struct signature *s)
{
	const struct tag *v = taglist_find(&s->tags, "v");

	if (v == NULL)
		return "v= is missing";
	return v->len == 1 && *v->value == '1' ? NULL : "v= is not 1";
}

static const char *
read_algorithm(struct signature *s)
{
	const struct tag *a = taglist_find(&s->tags, "a");

	if (a == NULL)
		return "a= is missing";
	if (tag_is(a, "rsa-sha256")) {
		s->type = KEY_RSA;
	} else if (tag_is(a, "ed25519-sha256")) {
		s->type = KEY_ED25519;
	} else if (tag_is(a, "rsa-sha1")) {
		return "rsa-sha1 proves nothing any more (RFC 8301)";
	} else {
		s->verdict = UNVERIFIABLE;
		return "a= names an algorithm not known here";
	}
	return NULL;
}

static bool
read_form(enum canon *out, const char *p, size_t len)
{
	struct tag word = { .value = p, .len = len };

	*out = tag_is(&word, "relaxed") ? CANON_RELAXED : CANON_SIMPLE;
	return *out == CANON_RELAXED || tag_is(&word, "simple");
}

static const char *
read_forms(struct signature *s)
{
	const struct tag *c = taglist_find(&s->tags, "c");
	const char *slash;
	size_t head;

	if (c == NULL)
		return NULL; /* simple/simple */
	slash = memchr(c->value, '/', c->len);
	head = slash == NULL ? c->len : (size_t)(slash - c->value);
	if (!read_form(&s->header_form, c->value, head) ||
	    (slash != NULL &&
		!read_form(&s->body_form, slash + 1, c->len - head - 1)))
		return "c= names a form not known here";
	return NULL;
}

static const char *
read_number(
    int64_t *out, const struct signature *s, const char *name, const char *why)
{
	const struct tag *tag = taglist_find(&s->tags, name);

	return tag == NULL || tag_number(out, tag) ? NULL : why;
}

static const char *
read_numbers(struct signature *s)
{
	const char *why =
	    read_number(&s->signed_at, s, "t", "t= is not a number");

	if (why == NULL)
		why = read_number(&s->expires, s, "x", "x= is not a number");
	if (why == NULL)
		why = read_number(&s->length, s, "l", "l= is not a number");
	if (why == NULL && s->expires >= 0 && s->signed_at >= 0 &&
	    s->expires <= s->signed_at)
		return "x= is not after t=";
	return why;
}

static bool
is_field_name(const char *name)
{
	const char *p = name;

	while (*p > ' ' && *p < 127)
		p++;
	return p > name && *p == '\0';
}

static const char *
read_headers(struct signature *s)
{
	const struct tag *h = taglist_find(&s->tags, "h");
	struct buf names = BUF_INIT;
	const char *p;

	if (h == NULL)
		return "h= is missing";
	tag_squeeze(&names, h);
	for (p = names.data;; p++) {
		size_t len = strcspn(p, ":");
		char *name = mem_ndup(p, len);

		for (char *c = name; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		strs_take(&s->headers, name);
		p += len;
		if (*p == '\0' || s->headers.n > HEADERS_MAX)
			break;
	}
	buf_release(&names);
	if (s->headers.n > HEADERS_MAX)
		return "h= is too long";
	for (size_t i = 0; i < s->headers.n; i++)
		if (!is_field_name(s->headers.v[i]))
			return "h= has a name that is none";
	return strs_find(&s->headers, "from") >= 0 ? NULL :
						     "h= leaves out From";
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* DKIM's quoted-printable: "=2C" for a character, blanks mean nothing. */
static char *
unquote(const struct tag *tag)
{
	struct buf squeezed = BUF_INIT, out = BUF_INIT;

	tag_squeeze(&squeezed, tag);
	for (size_t i = 0; i < squeezed.len; i++) {
		const char *p = squeezed.data + i;

		if (p[0] == '=' && hex_digit(p[1]) >= 0 &&
		    hex_digit(p[2]) >= 0) {
			buf_addc(&out,
			    (char)(hex_digit(p[1]) * 16 + hex_digit(p[2])));
			i += 2;
		} else {
			buf_addc(&out, p[0]);
		}
	}
	buf_release(&squeezed);
	return buf_steal(&out);
}

/* Is name the domain, or one below it? */
static bool
is_within(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return n >= d && strcasecmp(name + n - d, domain) == 0 &&
	    (n == d || name[n - d - 1] == '.');
}

static const char *
read_identity(struct signature *s)
{
	const struct tag *i = taglist_find(&s->tags, "i");
	const char *at;

	if (i == NULL)
		return NULL;
	s->identity = unquote(i);
	at = strrchr(s->identity, '@');
	if (at == NULL || !utf8_valid(s->identity, strlen(s->identity)))
		return "i= is not an address";
	return is_within(at + 1, s->domain) ? NULL :
					      "i= is not in the domain of d=";
}

/* q= lists how to get the key; there is only dns/txt. */
static const char *
read_query(struct signature *s)
{
	const struct tag *q = taglist_find(&s->tags, "q");

	if (q == NULL || tag_has(q, "dns/txt"))
		return NULL;
	s->verdict = UNVERIFIABLE;
	return "q= names no way to the key but ones not known here";
}

static const char *
read_hashes(struct signature *s)
{
	const struct tag *b = taglist_find(&s->tags, "b");
	const struct tag *bh = taglist_find(&s->tags, "bh");
	struct buf hash = BUF_INIT, hex = BUF_INIT;
	const char *why = NULL;

	if (b == NULL)
		return "b= is missing";
	if (bh == NULL)
		return "bh= is missing";
	if (!tag_base64(&s->b, b))
		why = "b= is not base64";
	else if (!tag_base64(&hash, bh) || hash.len != SHA256_LEN)
		why = "bh= is not the hash of a body";
	if (why == NULL) {
		buf_add_hex(&hex, hash.data, hash.len);
		memcpy(s->hash, hex.data, SHA256_HEX);
	}
	buf_release(&hash);
	buf_release(&hex);
	return why;
}

const char *
dkim_read(struct signature *s)
{
	const char *why =
	    taglist_parse(&s->tags, s->field->value, s->field->value_len);
	const char *names = read_names(s);

	if (why == NULL)
		why = read_version(s);
	if (why == NULL)
		why = names;
	if (why == NULL)
		why = read_headers(s);
	if (why == NULL)
		why = read_identity(s);
	if (why == NULL)
		why = read_numbers(s);
	if (why == NULL)
		why = read_forms(s);
	if (why == NULL)
		why = read_query(s);
	if (why == NULL)
		why = read_algorithm(s);
	return why != NULL ? why : read_hashes(s);
}

void
dkim_release(struct signature *s)
{
	taglist_release(&s->tags);
	strs_release(&s->headers);
	buf_release(&s->b);
	buf_release(&s->signed_bytes);
	buf_release(&s->detail);
	free(s->covered);
	free(s->domain);
	free(s->selector);
	free(s->identity);
}

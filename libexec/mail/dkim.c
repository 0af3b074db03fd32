/* SPDX-License-Identifier: ISC */
#include "libexec/mail/dkim.h"

#include <ctype.h>
#include <libpsl.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/date.h"
#include "core/util/utf8.h"
#include "libexec/mail/canon.h"
#include "libexec/mail/taglist.h"

#define HEADERS_MAX 1000 /* names in h= */
#define NAME_MAX_DNS 253

enum verdict { PASS, FAIL, UNVERIFIABLE };

/* One signature as it is being checked. */
struct signature {
	const struct message *m;
	const struct field *field;
	const struct strs *from;
	int64_t now;
	struct taglist tags;
	char *domain, *selector, *identity;
	enum key_type type;
	enum canon header_form, body_form;
	int64_t signed_at, expires, length; /* -1: not said */
	int64_t body_total;
	struct strs headers; /* h=, lower case */
	bool *covered;       /* for each field of m */
	struct buf b, signed_bytes;
	char hash[SHA256_HEX]; /* bh= */
	const struct key_record *record;
	enum verdict verdict;
	struct buf detail;
};

/*
 * Reading the signature.
 */

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

static const char *
read_signature(struct signature *s)
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

/*
 * What the signature is over.
 */

/* The last field of this name that no earlier name of h= took. */
static void
cover(struct signature *s, const char *name)
{
	for (size_t i = s->m->fields.n; i-- > 0;)
		if (!s->covered[i] && field_is(&s->m->fields.v[i], name)) {
			s->covered[i] = true;
			canon_field(&s->signed_bytes, s->header_form,
			    &s->m->fields.v[i]);
			return;
		}
}

/* Needed of a signature that fails too: it says what was covered. */
static void
cover_all(struct signature *s)
{
	for (size_t i = 0; i < s->headers.n; i++)
		cover(s, s->headers.v[i]);
}

/* The signature's own field, with nothing behind b= and no line end. */
static void
add_own_field(struct signature *s)
{
	const struct tag *b = taglist_find(&s->tags, "b");
	struct buf bare = BUF_INIT;
	struct field f = *s->field;

	buf_add(&bare, f.raw, (size_t)(b->from - f.raw));
	buf_add(&bare, b->to, (size_t)(f.raw + f.len - b->to));
	f.value = bare.data + (f.value - f.raw);
	f.raw = bare.data;
	f.len = bare.len;
	f.value_len = (size_t)(f.raw + f.len - f.value);
	canon_field(&s->signed_bytes, s->header_form, &f);
	while (s->signed_bytes.len >= 2 &&
	    memcmp(s->signed_bytes.data + s->signed_bytes.len - 2, "\r\n", 2) ==
		0)
		buf_cut(&s->signed_bytes, s->signed_bytes.len - 2);
	buf_release(&bare);
}

static const char *
check_body(struct signature *s)
{
	char hash[SHA256_HEX];

	canon_body(hash, &s->body_total, s->body_form, s->m->body,
	    s->m->body_len, s->length);
	if (s->length > s->body_total)
		return "the body is shorter than l= says";
	return strcmp(hash, s->hash) == 0 ?
	    NULL :
	    "the body is not the one that was signed";
}

/* RFC 6376, 3.8: what breaks RFC 5322 is open to more than one reading. */
static const char *
check_message(const struct message *m)
{
	if (m->bad_line > 0)
		return "a line of the header is not a header field";
	if (m->crowded)
		return "the header has too many fields";
	if (message_count(m, "From") > 1)
		return "the mail has more than one From";
	if (message_count(m, "Subject") > 1)
		return "the mail has more than one Subject";
	if (message_count(m, "Date") > 1)
		return "the mail has more than one Date";
	return NULL;
}

/*
 * The key, and the signature itself.
 */

static const char *
check_key(struct signature *s, const struct key_record *record)
{
	const char *at = s->identity == NULL ? NULL : strrchr(s->identity, '@');

	if (record->problem != NULL)
		return record->problem;
	if (record->type != s->type)
		return "the key is of another type than a= says";
	if (!record->sha256)
		return "the key is not for SHA-256 (h=)";
	if (record->type == KEY_RSA && record->bits < DKIM_BITS_MIN)
		return "the key is too weak to prove anything";
	if (record->strict && at != NULL && strcasecmp(at + 1, s->domain) != 0)
		return "the key is not for subdomains (t=s)";
	return NULL;
}

static bool
verify_rsa(const struct signature *s, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)s->b.data, s->b.len,
		(const unsigned char *)s->signed_bytes.data,
		s->signed_bytes.len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

/* RFC 8463: Ed25519 signs the SHA-256 of the bytes, not the bytes. */
static bool
verify_ed25519(const struct signature *s, EVP_PKEY *key)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
	    EVP_Digest(s->signed_bytes.data, s->signed_bytes.len, hash, &len,
		EVP_sha256(), NULL) == 1 &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)s->b.data, s->b.len,
		hash, len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static const char *
verify_with(struct signature *s, struct key_record *record)
{
	const char *why;
	bool good;

	key_read(record);
	s->record = record;
	if ((why = check_key(s, record)) != NULL)
		return why;
	good = record->type == KEY_RSA ? verify_rsa(s, record->key) :
					 verify_ed25519(s, record->key);
	ERR_clear_error();
	return good ? NULL : "the signature does not fit the mail and the key";
}

/* Of several records under one name, the one that fits decides. */
static const char *
check_signature(struct signature *s, struct keyring *ring)
{
	char *name = mem_printf("%s._domainkey.%s", s->selector, s->domain);
	struct key_record *const *records;
	const char *why;
	size_t n;

	records = keyring_find(ring, name, &n, &why);
	if (records == NULL)
		s->verdict = UNVERIFIABLE;
	for (size_t i = 0; i < n; i++)
		if ((why = verify_with(s, records[i])) == NULL)
			break;
	free(name);
	return why;
}

/*
 * What there is to say of it.
 */

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
note_key(struct signature *s)
{
	const struct key_record *record = s->record;

	if (record == NULL)
		return;
	if (record->type == KEY_RSA && record->bits > 0 &&
	    record->bits < DKIM_BITS_GOOD)
		note(s, "a key of %d bits is weak", record->bits);
	if (record->testing)
		note(s, "the domain says it is only testing (t=y)");
	if (record->has_g)
		note(s, "g= of the key record is obsolete and was ignored");
}

static void
note_time(struct signature *s)
{
	char when[DATE_TEXT];

	if (s->signed_at > s->now + DKIM_FUTURE)
		note(s, "t= is in the future: %s", day(when, s->signed_at));
	if (s->expires < 0 || s->expires >= s->now)
		return;
	note(s,
	    s->verdict == PASS ? "it expired %s, and holds otherwise" :
				 "it expired %s",
	    day(when, s->expires));
	if (s->verdict == PASS)
		s->verdict = FAIL;
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

static struct node *
report(struct signature *s, const char *why, bool readable)
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
	note_key(s);
	node_put_str(n, "detail", s->detail.data);
	return n;
}

static struct node *
check_one(const struct message *m, const struct field *field,
    const struct strs *from, struct keyring *ring, int64_t now)
{
	struct signature s = { .m = m,
		.field = field,
		.from = from,
		.now = now,
		.signed_at = -1,
		.expires = -1,
		.length = -1,
		.verdict = FAIL,
		.b = BUF_INIT,
		.signed_bytes = BUF_INIT,
		.detail = BUF_INIT };
	const char *why = read_signature(&s);
	bool readable = why == NULL;
	struct node *n;

	s.covered = mem_zero(m->fields.n, sizeof(*s.covered));
	if (why == NULL) {
		cover_all(&s);
		add_own_field(&s);
		why = check_message(m);
	}
	if (why == NULL)
		why = check_body(&s);
	if (why == NULL)
		why = check_signature(&s, ring);
	if (why == NULL)
		s.verdict = PASS;
	n = report(&s, why, readable);
	taglist_release(&s.tags);
	strs_release(&s.headers);
	buf_release(&s.b);
	buf_release(&s.signed_bytes);
	buf_release(&s.detail);
	free(s.covered);
	free(s.domain);
	free(s.selector);
	free(s.identity);
	return n;
}

static struct node *
plain_result(const char *result, const char *detail)
{
	struct node *n = node_map();

	node_put(n, "domain", node_null());
	node_put(n, "selector", node_null());
	node_put_str(n, "result", result);
	node_put_str(n, "detail", detail);
	return n;
}

struct node *
dkim_check(const struct message *m, const struct strs *from,
    struct keyring *ring, int64_t now)
{
	struct node *list = node_list();

	for (size_t i = 0; i < m->fields.n; i++) {
		const struct field *f = &m->fields.v[i];

		if (!field_is(f, "DKIM-Signature"))
			continue;
		if (list->n == DKIM_SIGNATURES_MAX) {
			node_push(list,
			    plain_result("unverifiable",
				"there are more signatures than are checked"));
			break;
		}
		node_push(list, check_one(m, f, from, ring, now));
	}
	if (list->n == 0)
		node_push(list,
		    plain_result("none", "the mail bears no DKIM signature"));
	return list;
}

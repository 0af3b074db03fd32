/* SPDX-License-Identifier: ISC */
#include "libexec/mail/keyring.h"

#include <ctype.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "libexec/mail/dns.h"
#include "libexec/mail/message.h"
#include "libexec/mail/taglist.h"

#define ED25519_LEN 32

void
keyring_init(struct keyring *ring)
{
	memset(ring, 0, sizeof(*ring));
}

void
keyring_release(struct keyring *ring)
{
	for (size_t i = 0; i < ring->v.n; i++) {
		struct key_record *record = ring->v.v[i];

		EVP_PKEY_free(record->key);
		free(record->name);
		free(record->text);
		free(record);
	}
	for (size_t i = 0; i < ring->asked.n; i++)
		free(ring->asked.v[i]);
	vec_release(&ring->v);
	vec_release(&ring->asked);
	free(ring->resolver);
}

static int
by_name(const void *a, const void *b)
{
	const struct key_record *x = *(struct key_record *const *)a;
	const struct key_record *y = *(struct key_record *const *)b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
add(struct keyring *ring, const char *name, size_t name_len, const char *text,
    size_t len, bool fetched)
{
	struct key_record *record = mem_zero(1, sizeof(*record));

	if (name_len > 0 && name[name_len - 1] == '.')
		name_len--;
	record->name = mem_ndup(name, name_len);
	for (char *c = record->name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	record->text = mem_ndup(text, len);
	record->fetched = fetched;
	record->number = ring->v.n;
	vec_push(&ring->v, record);
}

/*
 * Files.
 */

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

/* What zone files put between name and text: a lifetime, IN, TXT. */
static const char *
skip_zone_words(const char *p, const char *end)
{
	for (;;) {
		size_t len = word_len(p, end), digits = 0;

		while (digits < len && isdigit((unsigned char)p[digits]))
			digits++;
		if (len == 0 ||
		    !(digits == len || (len == 2 && memcmp(p, "IN", 2) == 0) ||
			(len == 3 && memcmp(p, "TXT", 3) == 0)))
			return p;
		p = skip_blanks(p + len, end);
	}
}

/* One character of a quoted string: \" and \127 are as in zone files. */
static const char *
unquote(struct buf *out, const char *p, const char *end)
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

/* "a" "b" into ab; false if a quote is left open or text stands outside. */
static bool
join_strings(struct buf *out, const char *p, const char *end)
{
	while ((p = skip_blanks(p, end)) < end) {
		if (*p == ';')
			return true; /* a zone file's comment */
		if (*p++ != '"')
			return false;
		while (p < end && *p != '"')
			p = unquote(out, p, end);
		if (p == end)
			return false;
		p++;
	}
	return true;
}

static struct err *
parse_line(struct keyring *ring, const char *p, size_t len, const char *file,
    unsigned line)
{
	const char *end = p + len, *name = p = skip_blanks(p, end);
	size_t name_len = word_len(p, end);
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	while (end > p && is_blank(end[-1]))
		end--;
	if (p == end || *p == '#' || *p == ';')
		return NULL;
	p = skip_zone_words(skip_blanks(p + name_len, end), end);
	if (p < end && *p == '"') {
		if (!join_strings(&text, p, end))
			e = err_new(ERR_SYNTAX,
			    "%s:%u: the quotes do not match", file, line);
	} else {
		buf_add(&text, p, (size_t)(end - p));
	}
	if (e == NULL && memchr(name, '=', name_len) != NULL)
		e = err_hint(
		    err_new(ERR_SYNTAX, "%s:%u: a key record without a name",
			file, line),
		    "each line is: SELECTOR._domainkey.DOMAIN v=DKIM1; p=...");
	if (e == NULL && text.len > KEYRING_RECORD_MAX)
		e = err_new(
		    ERR_LIMIT, "%s:%u: the record is too long", file, line);
	if (e == NULL)
		add(ring, name, name_len, text.data, text.len, false);
	buf_release(&text);
	return e;
}

struct err *
keyring_parse(struct keyring *ring, const char *p, size_t len, const char *name)
{
	unsigned line = 0;
	struct err *e = NULL;

	while (len > 0 && e == NULL) {
		size_t whole = line_len(p, len);

		e = parse_line(ring, p, line_text(p, whole), name, ++line);
		p += whole;
		len -= whole;
	}
	vec_sort(&ring->v, by_name);
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

/*
 * Finding.
 */

static struct key_record *const *
look_up(const struct keyring *ring, const char *name, size_t *n)
{
	size_t low = 0, high = ring->v.n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(ring->v.v[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < ring->v.n; end++)
		if (strcmp(ring->v.v[end]->name, name) != 0)
			break;
	*n = end - low;
	return *n == 0 ? NULL : &ring->v.v[low];
}

static bool
was_asked(const struct keyring *ring, const char *name)
{
	for (size_t i = 0; i < ring->asked.n; i++)
		if (strcmp(ring->asked.v[i], name) == 0)
			return true;
	return false;
}

struct key_record *const *
keyring_find(
    struct keyring *ring, const char *name, size_t *n, const char **why)
{
	struct strs texts = { 0 };
	char *low = mem_dup(name);
	struct key_record *const *found;

	for (char *c = low; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	*why = "no key at hand";
	found = look_up(ring, low, n);
	if (found == NULL && ring->fetch) {
		*why = "the DNS has no such key";
		if (!was_asked(ring, low)) {
			*why = dns_texts(&texts, low, ring->resolver);
			vec_push(&ring->asked, mem_dup(low));
		}
		for (size_t i = 0; i < texts.n; i++)
			add(ring, low, strlen(low), texts.v[i],
			    strlen(texts.v[i]), true);
		vec_sort(&ring->v, by_name);
		found = look_up(ring, low, n);
	}
	strs_release(&texts);
	free(low);
	return found;
}

/*
 * Understanding.
 */

static const char *
decode_rsa(struct key_record *record, const struct buf *der)
{
	const unsigned char *p = (const unsigned char *)der->data;

	/*
	 * RFC 6376 says RSAPublicKey, its examples and nearly everybody use
	 * SubjectPublicKeyInfo: take either.
	 */
	record->key = d2i_PUBKEY(NULL, &p, (long)der->len);
	if (record->key == NULL) {
		p = (const unsigned char *)der->data;
		record->key =
		    d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der->len);
	}
	if (record->key == NULL ||
	    EVP_PKEY_base_id(record->key) != EVP_PKEY_RSA)
		return "the key record holds no RSA key";
	record->bits = EVP_PKEY_bits(record->key);
	return NULL;
}

static const char *
decode_ed25519(struct key_record *record, const struct buf *raw)
{
	if (raw->len == ED25519_LEN)
		record->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519,
		    NULL, (const unsigned char *)raw->data, raw->len);
	if (record->key == NULL)
		return "the key record holds no Ed25519 key";
	record->bits = EVP_PKEY_bits(record->key);
	return NULL;
}

static const char *
decode_key(struct key_record *record, const struct taglist *tags)
{
	const struct tag *p = taglist_find(tags, "p");
	struct buf bytes = BUF_INIT;
	const char *problem;

	if (p == NULL)
		return "the key record has no p=";
	if (p->len == 0) {
		record->revoked = true;
		return "the key was revoked";
	}
	if (!tag_base64(&bytes, p))
		problem = "p= of the key record is not base64";
	else if (record->type == KEY_RSA)
		problem = decode_rsa(record, &bytes);
	else
		problem = decode_ed25519(record, &bytes);
	if (problem == NULL)
		digest_of(bytes.data, bytes.len, record->fingerprint);
	buf_release(&bytes);
	return problem;
}

static const char *
read_tags(struct key_record *record, const struct taglist *tags)
{
	const struct tag *v = taglist_find(tags, "v");
	const struct tag *k = taglist_find(tags, "k");
	const struct tag *h = taglist_find(tags, "h");
	const struct tag *s = taglist_find(tags, "s");
	const struct tag *t = taglist_find(tags, "t");

	record->has_g = taglist_find(tags, "g") != NULL;
	record->sha256 = h == NULL || tag_has(h, "sha256");
	record->sha1 = h == NULL || tag_has(h, "sha1");
	record->testing = t != NULL && tag_has(t, "y");
	record->strict = t != NULL && tag_has(t, "s");
	if (v != NULL &&
	    (v != tags->tags.v || v->len != 5 || memcmp(v->value, "DKIM1", 5)))
		return "the key record is not of version DKIM1";
	if (k == NULL || tag_is(k, "rsa"))
		record->type = KEY_RSA;
	else if (tag_is(k, "ed25519"))
		record->type = KEY_ED25519;
	else
		return "the key is of an unknown type";
	if (s != NULL && !tag_has(s, "*") && !tag_has(s, "email"))
		return "the key is not for mail (s=)";
	return decode_key(record, tags);
}

void
key_read(struct key_record *record)
{
	struct taglist tags;

	if (record->read)
		return;
	record->read = true;
	if (taglist_parse(&tags, record->text, strlen(record->text)) != NULL)
		record->problem = "the key record is malformed";
	else
		record->problem = read_tags(record, &tags);
	taglist_release(&tags);
}

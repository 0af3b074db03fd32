/* SPDX-License-Identifier: ISC */
#include "libexec/mail/dkim.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libexec/mail/dkim_signature.h"

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
	for (size_t i = 0; records != NULL && i < n; i++)
		if ((why = verify_with(s, records[i])) == NULL)
			break;
	free(name);
	return why;
}

/* A signature that fails before its key is asked for has one all the same. */
static void
find_key(struct signature *s, struct keyring *ring)
{
	char *name = mem_printf("%s._domainkey.%s", s->selector, s->domain);
	size_t n;
	struct key_record *const *records = keyring_held(ring, name, &n);

	if (n == 1) {
		key_read(records[0]);
		s->record = records[0];
	}
	free(name);
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
	const char *why = dkim_read(&s);
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
	else if (s.record == NULL && s.domain != NULL && s.selector != NULL)
		find_key(&s, ring);
	n = dkim_tell(&s, why, readable);
	dkim_release(&s);
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
			    dkim_tell_plain("unverifiable",
				"there are more signatures than are checked"));
			break;
		}
		node_push(list, check_one(m, f, from, ring, now));
	}
	if (list->n == 0)
		node_push(list,
		    dkim_tell_plain(
			"none", "the mail bears no DKIM signature"));
	return list;
}

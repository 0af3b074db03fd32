/* SPDX-License-Identifier: ISC */
#include "libexec/mail/keyring.h"

#include <ctype.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "libexec/mail/dns.h"
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

void
keyring_add(struct keyring *ring, const char *name, const char *text,
    size_t len, bool fetched)
{
	struct key_record *record = mem_zero(1, sizeof(*record));

	record->name = mem_dup(name);
	for (char *c = record->name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	record->text = mem_ndup(text, len);
	record->fetched = fetched;
	record->number = ring->v.n;
	vec_push(&ring->v, record);
	ring->sorted = false;
}

/*
 * Finding.
 */

static struct key_record *const *
look_up(struct keyring *ring, const char *name, size_t *n)
{
	size_t low = 0, high = ring->v.n, end;

	if (!ring->sorted)
		vec_sort(&ring->v, by_name);
	ring->sorted = true;
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
keyring_held(struct keyring *ring, const char *name, size_t *n)
{
	char *low = mem_dup(name);
	struct key_record *const *found;

	for (char *c = low; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	found = look_up(ring, low, n);
	free(low);
	return found;
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
			keyring_add(
			    ring, low, texts.v[i], strlen(texts.v[i]), true);
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
	    (v != tags->tags.v || v->len != 5 ||
		memcmp(v->value, "DKIM1", 5) != 0))
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

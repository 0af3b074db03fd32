/* SPDX-License-Identifier: ISC */
#include "core/ext/sshsig.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

#define MAGIC "SSHSIG"
#define BEGIN_LINE "-----BEGIN SSH SIGNATURE-----"
#define END_LINE "\n-----END SSH SIGNATURE-----"
#define VERSION 1
#define RSA_MIN 2048 /* bits */
#define RSA_MAX 16384

/* A piece of the wire format, borrowed. */
struct span {
	const unsigned char *p;
	size_t len;
};

struct sshsig {
	unsigned char *bytes; /* the decoded whole, which the rest points to */
	struct span key, namespace, reserved, hash, signature;
};

/*
 * The wire format: strings with their length before them.
 */

static bool
take(struct span *in, size_t len, struct span *out)
{
	if (in->len < len)
		return false;
	*out = (struct span){ in->p, len };
	in->p += len;
	in->len -= len;
	return true;
}

static bool
take_u32(struct span *in, uint32_t *out)
{
	struct span s;

	if (!take(in, 4, &s))
		return false;
	*out = (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 |
	    (uint32_t)s.p[2] << 8 | s.p[3];
	return true;
}

static bool
take_string(struct span *in, struct span *out)
{
	uint32_t len;

	return take_u32(in, &len) && take(in, len, out);
}

static bool
span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

static void
add_string(struct buf *out, const void *p, size_t len)
{
	unsigned char head[4] = { (unsigned char)(len >> 24),
		(unsigned char)(len >> 16), (unsigned char)(len >> 8),
		(unsigned char)len };

	buf_add(out, head, sizeof(head));
	buf_add(out, p, len);
}

/*
 * Armour.
 */

/* The bytes that base64 text stands for; blanks do not count.  NULL if bad. */
static unsigned char *
decode(const char *text, size_t len, size_t *out_len)
{
	char *plain = mem_alloc(len + 1);
	unsigned char *out = mem_alloc(len + 4);
	size_t n = 0, pad = 0;
	int got;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n' && text[i] != '\r' && text[i] != ' ')
			plain[n++] = text[i];
	while (pad < 2 && pad < n && plain[n - 1 - pad] == '=')
		pad++;
	got = n == 0 || n % 4 != 0 || memchr(plain, '=', n - pad) != NULL ?
	    -1 :
	    EVP_DecodeBlock(out, (const unsigned char *)plain, (int)n);
	ERR_clear_error();
	free(plain);
	if (got < 0) {
		free(out);
		return NULL;
	}
	*out_len = (size_t)got - pad;
	return out;
}

/* The name of a key's type is shown, and stands in lines of text. */
static bool
has_plain_type(struct span key)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-.@";
	struct span type;

	if (!take_string(&key, &type) || type.len == 0)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (type.p[i] == '\0' || strchr(plain, type.p[i]) == NULL)
			return false;
	return true;
}

static bool
read_fields(struct sshsig *s, struct span in)
{
	struct span magic;
	uint32_t version;

	return take(&in, strlen(MAGIC), &magic) && span_is(magic, MAGIC) &&
	    take_u32(&in, &version) && version == VERSION &&
	    take_string(&in, &s->key) && take_string(&in, &s->namespace) &&
	    take_string(&in, &s->reserved) && take_string(&in, &s->hash) &&
	    take_string(&in, &s->signature) && in.len == 0 &&
	    has_plain_type(s->key);
}

/* Nothing but the end of a line, perhaps one of Windows. */
static bool
is_blank(const char *p, const char *end)
{
	while (p < end && (*p == '\n' || *p == '\r'))
		p++;
	return p == end;
}

struct err *
sshsig_read(struct sshsig **out, const char *armour, size_t len)
{
	struct sshsig *s = mem_zero(1, sizeof(*s));
	size_t head = strlen(BEGIN_LINE);
	const char *end = NULL;
	struct span in = { NULL, 0 };

	*out = NULL;
	if (len <= SSHSIG_MAX && len > head &&
	    memcmp(armour, BEGIN_LINE, head) == 0)
		end = memmem(
		    armour + head, len - head, END_LINE, strlen(END_LINE));
	if (end != NULL && is_blank(end + strlen(END_LINE), armour + len))
		s->bytes = decode(
		    armour + head, (size_t)(end - armour) - head, &in.len);
	in.p = s->bytes;
	if (s->bytes == NULL || !read_fields(s, in)) {
		sshsig_free(s);
		return err_new(
		    ERR_SYNTAX, "it is no signature of ssh-keygen -Y");
	}
	*out = s;
	return NULL;
}

void
sshsig_free(struct sshsig *s)
{
	if (s == NULL)
		return;
	free(s->bytes);
	free(s);
}

static void
add_base64(struct buf *out, const void *p, size_t len)
{
	unsigned char *text = mem_alloc(len / 3 * 4 + 5);

	EVP_EncodeBlock(text, p, (int)len);
	buf_adds(out, (const char *)text);
	free(text);
}

void
sshsig_key(struct buf *out, const struct sshsig *s)
{
	struct span in = s->key, type;

	if (!take_string(&in, &type))
		return;
	buf_add(out, type.p, type.len);
	buf_addc(out, ' ');
	add_base64(out, s->key.p, s->key.len);
}

void
sshsig_fingerprint(struct buf *out, const struct sshsig *s)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	EVP_Digest(s->key.p, s->key.len, raw, &len, EVP_sha256(), NULL);
	buf_adds(out, "SHA256:");
	add_base64(out, raw, len);
	while (out->data[out->len - 1] == '=')
		buf_cut(out, out->len - 1);
}

/*
 * Keys.
 */

/* A key of OpenSSL from its parameters, which are released. */
static EVP_PKEY *
make_key(const char *type, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	return key;
}

static EVP_PKEY *
rsa_key(struct span in)
{
	OSSL_PARAM_BLD *build;
	struct span e, n;
	BIGNUM *be, *bn;
	EVP_PKEY *key = NULL;

	if (!take_string(&in, &e) || !take_string(&in, &n) || in.len != 0 ||
	    n.len > RSA_MAX / 8 + 1 || e.len > 8)
		return NULL;
	be = BN_bin2bn(e.p, (int)e.len, NULL);
	bn = BN_bin2bn(n.p, (int)n.len, NULL);
	build = OSSL_PARAM_BLD_new();
	if (be != NULL && bn != NULL && BN_num_bits(bn) >= RSA_MIN &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) == 1)
		key = make_key("RSA", build);
	else
		OSSL_PARAM_BLD_free(build);
	BN_free(be);
	BN_free(bn);
	return key;
}

static EVP_PKEY *
ec_key(struct span in, const char *curve, const char *group)
{
	OSSL_PARAM_BLD *build;
	struct span name, point;

	if (!take_string(&in, &name) || !span_is(name, curve) ||
	    !take_string(&in, &point) || in.len != 0)
		return NULL;
	build = OSSL_PARAM_BLD_new();
	if (OSSL_PARAM_BLD_push_utf8_string(
		build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(
		build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.len) == 1)
		return make_key("EC", build);
	OSSL_PARAM_BLD_free(build);
	return NULL;
}

static EVP_PKEY *
ed25519_key(struct span in)
{
	struct span raw;

	if (!take_string(&in, &raw) || in.len != 0 || raw.len != 32)
		return NULL;
	return EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, raw.p, raw.len);
}

static const struct curve {
	const char *type, *name, *group;
	const EVP_MD *(*hash)(void);
} curves[] = {
	{ "ecdsa-sha2-nistp256", "nistp256", "P-256", EVP_sha256 },
	{ "ecdsa-sha2-nistp384", "nistp384", "P-384", EVP_sha384 },
	{ "ecdsa-sha2-nistp521", "nistp521", "P-521", EVP_sha512 },
};

static const struct curve *
find_curve(struct span type)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (span_is(type, curves[i].type))
			return &curves[i];
	return NULL;
}

/*
 * Signatures.
 */

/* A signature by EVP's rules; *made is yours if it had to be made. */
struct evp_signature {
	struct span bytes;
	const EVP_MD *hash; /* NULL: the algorithm has its own */
	unsigned char *made;
};

/* r and s as DER has them. */
static bool
ecdsa_signature(
    struct evp_signature *out, const struct curve *curve, struct span blob)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	struct span r, s;
	BIGNUM *br = NULL, *bs = NULL;
	int len = -1;

	if (take_string(&blob, &r) && take_string(&blob, &s) && blob.len == 0 &&
	    r.len <= 67 && s.len <= 67) {
		br = BN_bin2bn(r.p, (int)r.len, NULL);
		bs = BN_bin2bn(s.p, (int)s.len, NULL);
	}
	if (br != NULL && bs != NULL && ECDSA_SIG_set0(sig, br, bs) == 1) {
		unsigned char *der = NULL;

		len = i2d_ECDSA_SIG(sig, &der);
		if (len > 0) {
			out->made = mem_alloc((size_t)len);
			memcpy(out->made, der, (size_t)len);
		}
		OPENSSL_free(der);
	} else {
		BN_free(br);
		BN_free(bs);
	}
	ECDSA_SIG_free(sig);
	out->bytes = (struct span){ out->made, len > 0 ? (size_t)len : 0 };
	out->hash = curve->hash();
	return len > 0;
}

/* OpenSSH may leave out zeros in front, OpenSSL wants all of them. */
static bool
rsa_signature(struct evp_signature *out, struct span type, struct span blob,
    const EVP_PKEY *key)
{
	size_t size = (size_t)EVP_PKEY_get_size(key);

	if (span_is(type, "rsa-sha2-256"))
		out->hash = EVP_sha256();
	else if (span_is(type, "rsa-sha2-512"))
		out->hash = EVP_sha512();
	else
		return false;
	if (blob.len == 0 || blob.len > size)
		return false;
	out->made = mem_zero(1, size);
	memcpy(out->made + size - blob.len, blob.p, blob.len);
	out->bytes = (struct span){ out->made, size };
	return true;
}

static bool
verify(EVP_PKEY *key, const struct evp_signature *sig, const struct buf *text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    EVP_DigestVerifyInit(ctx, NULL, sig->hash, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, sig->bytes.p, sig->bytes.len,
		(const unsigned char *)text->data, text->len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

/* What the key has signed: not the bytes, but this about them. */
static bool
describe(struct buf *out, const struct sshsig *s, const void *p, size_t len)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned raw_len = 0;
	const EVP_MD *hash = span_is(s->hash, "sha512") ? EVP_sha512() :
	    span_is(s->hash, "sha256")                  ? EVP_sha256() :
							  NULL;

	if (hash == NULL || EVP_Digest(p, len, raw, &raw_len, hash, NULL) != 1)
		return false;
	buf_adds(out, MAGIC);
	add_string(out, s->namespace.p, s->namespace.len);
	add_string(out, s->reserved.p, s->reserved.len);
	add_string(out, s->hash.p, s->hash.len);
	add_string(out, raw, raw_len);
	return true;
}

static bool
check_key(const struct sshsig *s, struct span type, struct span key_data,
    const struct buf *text)
{
	struct span sig = s->signature, sig_type, blob;
	const struct curve *curve = find_curve(type);
	struct evp_signature evp = { { NULL, 0 }, NULL, NULL };
	EVP_PKEY *key = curve != NULL ?
	    ec_key(key_data, curve->name, curve->group) :
	    span_is(type, "ssh-rsa") ? rsa_key(key_data) :
				       ed25519_key(key_data);
	bool good = key != NULL && take_string(&sig, &sig_type) &&
	    take_string(&sig, &blob) && sig.len == 0;

	if (good && span_is(type, "ssh-rsa")) {
		good = rsa_signature(&evp, sig_type, blob, key);
	} else if (good) {
		good = sig_type.len == type.len &&
		    memcmp(sig_type.p, type.p, type.len) == 0;
		if (good && curve != NULL)
			good = ecdsa_signature(&evp, curve, blob);
		else
			evp.bytes = blob;
	}
	good = good && verify(key, &evp, text);
	free(evp.made);
	EVP_PKEY_free(key);
	return good;
}

struct err *
sshsig_check(
    const struct sshsig *s, const char *namespace, const void *p, size_t len)
{
	struct span key = s->key, type;
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	if (!span_is(s->namespace, namespace))
		return err_new(ERR_MISMATCH,
		    "the signature is for another purpose than \"%s\"",
		    namespace);
	if (!take_string(&key, &type) ||
	    (find_curve(type) == NULL && !span_is(type, "ssh-rsa") &&
		!span_is(type, "ssh-ed25519")))
		return err_new(ERR_UNSUPPORTED,
		    "this kind of key is checked by ssh-keygen");
	if (!describe(&text, s, p, len) || !check_key(s, type, key, &text))
		e = err_new(ERR_MISMATCH, "the signature is not of this text");
	ERR_clear_error(); /* what OpenSSL thinks of it is no news */
	buf_release(&text);
	return e;
}

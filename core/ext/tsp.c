/* SPDX-License-Identifier: ISC */
#include "core/ext/tsp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/tsp_parts.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/mem.h"

#define NONCE_BYTES 8
#define ROOTS_MAX (64u << 20) /* bytes of the reader's file */

/* What OpenSSL said first, with its particulars; its queue is empty then. */
static struct err *
failed(enum err_code code, const char *what)
{
	const char *data = NULL, *why = NULL;
	int flags = 0;
	unsigned long first =
	    ERR_get_error_all(NULL, NULL, NULL, &data, &flags);
	struct err *e;

	if (first != 0 && (flags & ERR_TXT_STRING) && *data != '\0')
		why = data;
	else if (first != 0)
		why = ERR_reason_error_string(first);
	e = why == NULL ? err_new(code, "%s", what) :
			  err_new(code, "%s: %s", what, why);
	ERR_clear_error();
	return e;
}

static unsigned
digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static bool
unhex(unsigned char out[static SHA256_LEN], const char *hex)
{
	if (!digest_is_hex(hex))
		return false;
	for (size_t i = 0; i < SHA256_LEN; i++) {
		out[i] = (unsigned char)(digit(hex[2 * i]) << 4 |
		    digit(hex[2 * i + 1]));
	}
	return true;
}

static bool
set_imprint(TS_REQ *req, unsigned char *digest)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	bool good;

	X509_ALGOR_set_md(algorithm, EVP_sha256());
	good = TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, digest, SHA256_LEN) == 1 &&
	    TS_REQ_set_msg_imprint(req, imprint) == 1;
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	return good;
}

static bool
set_nonce(TS_REQ *req)
{
	unsigned char raw[NONCE_BYTES];
	ASN1_INTEGER *nonce = NULL;
	BIGNUM *number = NULL;
	bool good = false;

	if (RAND_bytes(raw, sizeof(raw)) == 1) {
		raw[0] |= 0x40; /* so that it has all its bytes */
		raw[0] &= 0x7f;
		number = BN_bin2bn(raw, sizeof(raw), NULL);
		nonce = BN_to_ASN1_INTEGER(number, NULL);
		good = nonce != NULL && TS_REQ_set_nonce(req, nonce) == 1;
	}
	ASN1_INTEGER_free(nonce);
	BN_free(number);
	return good;
}

struct err *
tsp_request(struct buf *out, const char sha256[static SHA256_HEX])
{
	unsigned char digest[SHA256_LEN], *der = NULL;
	TS_REQ *req = TS_REQ_new();
	struct err *e = NULL;
	int len = -1;

	if (unhex(digest, sha256) && TS_REQ_set_version(req, 1) == 1 &&
	    set_imprint(req, digest) && set_nonce(req) &&
	    TS_REQ_set_cert_req(req, 1) == 1)
		len = i2d_TS_REQ(req, &der);
	if (len > 0)
		buf_add(out, der, (size_t)len);
	else
		e = failed(ERR_SYSTEM, "cannot make a request for a stamp");
	OPENSSL_free(der);
	TS_REQ_free(req);
	return e;
}

/*
 * Judging.
 */

/* The reader's roots, or those that came along. */
static struct err *
open_store(
    X509_STORE **out, const char *roots, STACK_OF(X509) * along, int64_t time)
{
	X509_STORE *store = X509_STORE_new();
	bool good = true;

	*out = store;
	if (along != NULL)
		for (int i = 0; i < sk_X509_num(along); i++)
			good &= X509_STORE_add_cert(
				    store, sk_X509_value(along, i)) == 1;
	else if (roots != NULL)
		good = X509_STORE_load_file(store, roots) == 1;
	else
		good = X509_STORE_set_default_paths(store) == 1;
	if (!good)
		return failed(ERR_NOT_FOUND,
		    roots != NULL ? roots :
				    "cannot read the roots of this system");
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)time);
	/* of what came along any certificate may end the chain */
	if (along != NULL)
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	return NULL;
}

/* store is taken over. */
static struct err *
verify(TS_RESP *resp, X509_STORE *store, const struct papers *papers,
    const struct tsp_ask *ask)
{
	const unsigned char *p = ask->request;
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	unsigned char *digest = OPENSSL_malloc(SHA256_LEN);
	TS_REQ *req = NULL;
	struct err *e = NULL;

	if (p != NULL)
		req = d2i_TS_REQ(NULL, &p, (long)ask->request_len);
	if (req != NULL)
		TS_REQ_to_TS_VERIFY_CTX(req, ctx); /* forgets all else */
	TS_VERIFY_CTX_set_store(ctx, store);
	TS_VERIFY_CTX_set_certs(ctx, X509_chain_up_ref(papers->certs));
	if (digest == NULL || !unhex(digest, ask->sha256)) {
		OPENSSL_free(digest);
		e = err_new(ERR_INVALID, "not a digest");
		goto done;
	}
	TS_VERIFY_CTX_set_imprint(ctx, digest, SHA256_LEN);
	TS_VERIFY_CTX_set_flags(ctx,
	    TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_IMPRINT |
		(req != NULL ? TS_VFY_NONCE : 0));
	if (TS_RESP_verify_response(ctx, resp) != 1)
		e = failed(ERR_MISMATCH, "the token does not hold");
done:
	TS_REQ_free(req);
	TS_VERIFY_CTX_free(ctx);
	return e;
}

/* Who signed, borrowed; NULL if that certificate is not at hand. */
static X509 *
signer_of(PKCS7 *token, const struct papers *papers)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, papers->certs, 0);
	X509 *signer =
	    sk_X509_num(signers) > 0 ? sk_X509_value(signers, 0) : NULL;

	sk_X509_free(signers);
	ERR_clear_error();
	return signer;
}

static char *
name_of(X509 *signer)
{
	char text[256] = "";

	if (signer != NULL)
		X509_NAME_get_text_by_NID(X509_get_subject_name(signer),
		    NID_commonName, text, sizeof(text));
	ERR_clear_error();
	return mem_dup(text);
}

/* From who signed to the root; NULL if there is none. */
static STACK_OF(X509) *
    build_chain(X509_STORE *store, X509 *signer, const struct papers *papers)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *chain = NULL;

	if (ctx != NULL && signer != NULL &&
	    X509_STORE_CTX_init(ctx, store, signer, papers->certs) == 1 &&
	    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_TIMESTAMP_SIGN) == 1 &&
	    X509_verify_cert(ctx) == 1)
		chain = X509_STORE_CTX_get1_chain(ctx);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return chain;
}

/* By the reader's roots. */
static struct err *
judge_trust(struct tsp_token *out, TS_RESP *resp, const struct papers *papers,
    const struct tsp_ask *ask)
{
	X509 *signer = signer_of(TS_RESP_get_token(resp), papers);
	STACK_OF(X509) *chain = NULL;
	X509_STORE *store;
	struct err *e = open_store(&store, ask->roots, NULL, out->time);

	if (e != NULL) {
		X509_STORE_free(store);
		return e;
	}
	X509_STORE_up_ref(store);
	e = verify(resp, store, papers, ask);
	if (e == NULL) {
		chain = build_chain(store, signer, papers);
		if (chain == NULL)
			e = err_new(ERR_MISMATCH, "its chain cannot be built");
	}
	if (e == NULL &&
	    (e = papers_revoked(papers, chain, out->time)) == NULL) {
		out->trusted = true;
		papers_write(&out->chain, chain);
		papers_addresses(&out->lists, chain);
	}
	sk_X509_pop_free(chain, X509_free);
	X509_STORE_free(store);
	return e;
}

/* What may help: what came along, lies beside it, and the reader has. */
static struct err *
gather(struct papers *papers, PKCS7 *token, const struct tsp_ask *ask)
{
	STACK_OF(X509) *along = token->d.sign->cert;
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	for (int i = 0; i < sk_X509_num(along); i++) {
		X509 *cert = sk_X509_value(along, i);

		X509_up_ref(cert);
		sk_X509_push(papers->certs, cert);
	}
	if (ask->beside != NULL)
		papers_add(papers, ask->beside, ask->beside_len);
	if (ask->roots != NULL &&
	    (e = file_read(&text, ask->roots, ROOTS_MAX)) == NULL)
		papers_add(papers, text.data, text.len);
	buf_release(&text);
	return e;
}

static struct err *
judge(struct tsp_token *out, TS_RESP *resp, const struct tsp_ask *ask)
{
	PKCS7 *token = TS_RESP_get_token(resp);
	TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
	STACK_OF(X509) * along;
	struct papers papers;
	X509_STORE *store;
	struct err *e, *intact;

	if (token == NULL || info == NULL ||
	    OBJ_obj2nid(token->type) != NID_pkcs7_signed ||
	    !papers_time(&out->time, TS_TST_INFO_get_time(info)))
		return err_new(ERR_INVALID, "the authority refused");
	along = token->d.sign->cert;
	papers_begin(&papers);
	e = gather(&papers, token, ask);
	out->name = name_of(signer_of(token, &papers));
	if (e == NULL)
		e = judge_trust(out, resp, &papers, ask);
	if (e != NULL && err_is(e, ERR_MISMATCH) && sk_X509_num(along) > 0) {
		/* whether it is intact says more */
		intact = open_store(&store, NULL, along, out->time);
		if (intact == NULL)
			intact = verify(resp, store, &papers, ask);
		else
			X509_STORE_free(store);
		err_drop(e);
		e = intact;
	}
	papers_end(&papers);
	return e;
}

struct err *
tsp_judge(
    struct tsp_token *out, const void *p, size_t len, const struct tsp_ask *ask)
{
	const unsigned char *at = p;
	TS_RESP *resp = NULL;
	struct err *e;

	memset(out, 0, sizeof(*out));
	buf_init(&out->chain);
	if (ask->roots != NULL && !file_exists(ask->roots))
		return err_new(
		    ERR_NOT_FOUND, "cannot read %s: no such file", ask->roots);
	if (len <= TSP_MAX)
		resp = d2i_TS_RESP(NULL, &at, (long)len);
	if (resp == NULL || at != (const unsigned char *)p + len) {
		ERR_clear_error();
		e = err_new(ERR_SYNTAX, "it is no time stamp");
	} else {
		e = judge(out, resp, ask);
	}
	TS_RESP_free(resp);
	return e;
}

void
tsp_release(struct tsp_token *t)
{
	free(t->name);
	t->name = NULL;
	buf_release(&t->chain);
	strs_release(&t->lists);
}

struct err *
tsp_add_list(struct buf *chain, const void *p, size_t len)
{
	const unsigned char *at = p;
	X509_CRL *list =
	    len > TSP_MAX ? NULL : d2i_X509_CRL(NULL, &at, (long)len);
	BIO *bio = NULL;
	struct papers papers;
	struct err *e = NULL;

	papers_begin(&papers);
	papers_add(&papers, chain->data, chain->len);
	if (list == NULL && (bio = BIO_new_mem_buf(p, (int)len)) != NULL) {
		list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
		BIO_free(bio);
	}
	ERR_clear_error();
	if (list == NULL) {
		e = err_new(
		    ERR_SYNTAX, "it is no list of revoked certificates");
	} else if (!papers_know(&papers, list)) {
		e = err_new(ERR_MISMATCH, "it is the list of somebody else");
	} else {
		papers_write_list(chain, list);
	}
	X509_CRL_free(list);
	papers_end(&papers);
	return e;
}

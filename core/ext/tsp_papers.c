/* SPDX-License-Identifier: ISC */
#include "core/ext/tsp_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/date.h"
#include "core/util/mem.h"

void
papers_begin(struct papers *p)
{
	p->certs = sk_X509_new_null();
	p->lists = sk_X509_CRL_new_null();
	if (p->certs == NULL || p->lists == NULL)
		abort(); /* out of memory */
}

void
papers_end(struct papers *p)
{
	sk_X509_pop_free(p->certs, X509_free);
	sk_X509_CRL_pop_free(p->lists, X509_CRL_free);
}

void
papers_add(struct papers *p, const void *pem, size_t len)
{
	BIO *in = BIO_new_mem_buf(pem, (int)len);
	STACK_OF(X509_INFO) *all =
	    in == NULL ? NULL : PEM_X509_INFO_read_bio(in, NULL, NULL, NULL);

	for (int i = 0; i < sk_X509_INFO_num(all); i++) {
		X509_INFO *one = sk_X509_INFO_value(all, i);

		if (one->x509 != NULL && sk_X509_push(p->certs, one->x509) > 0)
			one->x509 = NULL;
		if (one->crl != NULL &&
		    sk_X509_CRL_push(p->lists, one->crl) > 0)
			one->crl = NULL;
	}
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(in);
	ERR_clear_error(); /* what is no PEM adds nothing */
}

static void
take_bio(struct buf *out, BIO *bio)
{
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);

	if (len > 0)
		buf_add(out, text, (size_t)len);
	BIO_free(bio);
}

void
papers_write(struct buf *out, STACK_OF(X509) * chain)
{
	BIO *bio = BIO_new(BIO_s_mem());

	for (int i = 0; bio != NULL && i < sk_X509_num(chain); i++)
		PEM_write_bio_X509(bio, sk_X509_value(chain, i));
	take_bio(out, bio);
}

void
papers_write_list(struct buf *out, X509_CRL *list)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio != NULL)
		PEM_write_bio_X509_CRL(bio, list);
	take_bio(out, bio);
}

static void
add_address(struct strs *out, const GENERAL_NAME *name)
{
	const ASN1_IA5STRING *uri;
	char *text;

	if (name->type != GEN_URI)
		return;
	uri = name->d.uniformResourceIdentifier;
	text = mem_ndup((const char *)ASN1_STRING_get0_data(uri),
	    (size_t)ASN1_STRING_length(uri));
	if ((strncmp(text, "http://", 7) == 0 ||
		strncmp(text, "https://", 8) == 0) &&
	    strs_find(out, text) < 0)
		strs_add(out, text);
	free(text);
}

void
papers_addresses(struct strs *out, STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		CRL_DIST_POINTS *points =
		    X509_get_ext_d2i(sk_X509_value(chain, i),
			NID_crl_distribution_points, NULL, NULL);

		for (int j = 0; j < sk_DIST_POINT_num(points); j++) {
			DIST_POINT_NAME *at =
			    sk_DIST_POINT_value(points, j)->distpoint;

			if (at == NULL || at->type != 0)
				continue;
			for (int k = 0;
			     k < sk_GENERAL_NAME_num(at->name.fullname); k++)
				add_address(out,
				    sk_GENERAL_NAME_value(
					at->name.fullname, k));
		}
		CRL_DIST_POINTS_free(points);
	}
}

static bool
signed_by(X509_CRL *list, X509 *issuer)
{
	bool good = X509_NAME_cmp(X509_CRL_get_issuer(list),
			X509_get_subject_name(issuer)) == 0 &&
	    X509_CRL_verify(list, X509_get0_pubkey(issuer)) == 1;

	ERR_clear_error();
	return good;
}

bool
papers_know(const struct papers *p, X509_CRL *list)
{
	for (int i = 0; i < sk_X509_num(p->certs); i++)
		if (signed_by(list, sk_X509_value(p->certs, i)))
			return true;
	return false;
}

bool
papers_time(int64_t *out, const ASN1_TIME *time)
{
	struct tm tm;
	struct civil c;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	c = (struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec };
	*out = date_from_civil(&c);
	return true;
}

/*
 * What was signed before holds only where the reason is one that leaves the key
 * unharmed.
 */
static bool
spoils(X509_REVOKED *revoked, int64_t time, int64_t *since)
{
	ASN1_ENUMERATED *reason =
	    X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
	long why = reason == NULL ? -1 : ASN1_ENUMERATED_get(reason);
	bool harmless = why == CRL_REASON_UNSPECIFIED ||
	    why == CRL_REASON_AFFILIATION_CHANGED ||
	    why == CRL_REASON_SUPERSEDED ||
	    why == CRL_REASON_CESSATION_OF_OPERATION;

	ASN1_ENUMERATED_free(reason);
	if (!papers_time(since, X509_REVOKED_get0_revocationDate(revoked)))
		*since = 0;
	return !harmless || *since <= time;
}

struct err *
papers_revoked(const struct papers *p, STACK_OF(X509) * chain, int64_t time)
{
	for (int i = 0; i + 1 < sk_X509_num(chain); i++) {
		X509 *cert = sk_X509_value(chain, i);
		X509 *issuer = sk_X509_value(chain, i + 1);

		for (int j = 0; j < sk_X509_CRL_num(p->lists); j++) {
			X509_CRL *list = sk_X509_CRL_value(p->lists, j);
			X509_REVOKED *revoked = NULL;
			char at[DATE_TEXT];
			int64_t since;

			if (!signed_by(list, issuer) ||
			    X509_CRL_get0_by_cert(list, &revoked, cert) != 1 ||
			    !spoils(revoked, time, &since))
				continue;
			date_format(at, since);
			return err_new(ERR_INVALID,
			    "a certificate of the authority was revoked on %s",
			    at);
		}
	}
	return NULL;
}

/* SPDX-License-Identifier: ISC */
#include "core/ext/tsp.h"

#include "core/util/date.h"
#include "tests/unit/tool.h"

/* Tokens of real authorities, judged as the table of the samples says. */

static struct tsp_token token;

static void
read_into(struct buf *b, const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);

	buf_clear(b);
	assert_ok(file_read(b, path, 1u << 20));
	free(path);
}

static struct err *
judge(const char *dir, const char *name, const char *sha256, const char *roots,
    const char *request)
{
	struct buf answer = BUF_INIT, asked = BUF_INIT;
	char *pem = roots == NULL ? NULL : mem_printf("%s/%s", dir, roots);
	struct tsp_ask ask = { sha256, pem, NULL, 0 };
	struct err *e;

	read_into(&answer, dir, name);
	if (request != NULL) {
		read_into(&asked, dir, request);
		ask.request = asked.data;
		ask.request_len = asked.len;
	}
	tsp_release(&token);
	e = tsp_judge(&token, answer.data, answer.len, &ask);
	buf_release(&answer);
	buf_release(&asked);
	free(pem);
	return e;
}

static void
assert_token(bool trusted, const char *time)
{
	char at[DATE_TEXT];

	date_format(at, token.time);
	assert_string_equal(at, time);
	assert_int_equal(token.trusted, trusted);
}

static const char zeros[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void
a_token_of_sectigo_is_trusted_by_its_root_alone(void **state)
{
	char *dir = samples("rfc3161/openssl");

	(void)state;
	assert_ok(judge(
	    dir, "sectigo-all-zero.tsr", zeros, "user-trust-ca.pem", NULL));
	assert_token(true, "2021-02-16T15:42:47Z");
	assert_string_equal(token.name, "Sectigo RSA Time Stamping Signer #2");
	/* another root, and the certificates below the root, are none */
	assert_ok(
	    judge(dir, "sectigo-all-zero.tsr", zeros, "comodo-aaa.pem", NULL));
	assert_token(false, "2021-02-16T15:42:47Z");
	assert_ok(judge(dir, "sectigo-all-zero.tsr", zeros,
	    "sectigo-time-stamping-ca.pem", NULL));
	assert_token(false, "2021-02-16T15:42:47Z");
	assert_ok(judge(
	    dir, "sectigo-all-zero.tsr", zeros, "sectigo-signer.pem", NULL));
	assert_token(false, "2021-02-16T15:42:47Z");
	free(dir);
}

static void
a_token_is_of_its_imprint_alone(void **state)
{
	char *dir = samples("rfc3161/openssl");
	char other[SHA256_HEX];

	(void)state;
	memcpy(other, zeros, SHA256_HEX);
	other[63] = '1';
	assert_err(judge(dir, "sectigo-all-zero.tsr", other,
		       "user-trust-ca.pem", NULL),
	    ERR_MISMATCH, NULL);
	assert_err(
	    judge(dir, "sectigo-all-zero.tsr", zeros, "nowhere.pem", NULL),
	    ERR_NOT_FOUND, NULL);
	assert_err(
	    judge(dir, "all-zero.tsq", zeros, NULL, NULL), ERR_SYNTAX, NULL);
	free(dir);
}

static void
a_token_of_sigstore_holds_and_a_changed_one_does_not(void **state)
{
	char *dir = samples("rfc3161/rfc3161-client/sigstage");
	char hello[SHA256_HEX];

	(void)state;
	digest_of("hello", 5, hello);
	assert_ok(
	    judge(dir, "response-sha256.tsr", hello, "ts_chain.pem", NULL));
	assert_token(true, "2025-05-09T11:58:55Z");
	assert_ok(judge(dir, "response-sha256.tsr", hello, NULL, NULL));
	assert_token(false, "2025-05-09T11:58:55Z");
	assert_err(judge(dir, "response-invalid-signature.tsr", hello,
		       "ts_chain.pem", NULL),
	    ERR_MISMATCH, NULL);
	free(dir);
}

static void
a_token_answers_its_own_request(void **state)
{
	char *dir = samples("rfc3161/digitorus"), imprint[SHA256_HEX];
	struct buf digest = BUF_INIT, hex = BUF_INIT;

	(void)state;
	read_into(&digest, dir, "hashedMessage");
	buf_add_hex(&hex, digest.data, digest.len);
	memcpy(imprint, hex.data, SHA256_HEX);
	assert_ok(judge(dir, "respNonce", imprint, NULL, "reqNonce"));
	assert_token(false, "2017-04-19T06:29:53Z");
	assert_err(judge(dir, "respNonce", imprint, NULL, "reqNoCert"),
	    ERR_MISMATCH, NULL);
	buf_release(&digest);
	buf_release(&hex);
	free(dir);
}

/* Every byte of an answer matters, or does not make another token of it. */
static void
a_changed_byte_makes_no_other_time(void **state)
{
	char *dir = samples("rfc3161/openssl"), *pem;
	struct buf answer = BUF_INIT;
	size_t held = 0;

	(void)state;
	pem = mem_printf("%s/user-trust-ca.pem", dir);
	read_into(&answer, dir, "sectigo-all-zero.tsr");
	for (size_t i = 0; i < answer.len; i += 37) {
		const struct tsp_ask ask = { zeros, pem, NULL, 0 };

		answer.data[i] ^= 0x20;
		tsp_release(&token);
		struct err *e =
		    tsp_judge(&token, answer.data, answer.len, &ask);

		if (e == NULL) {
			held++;
			assert_token(token.trusted, "2021-02-16T15:42:47Z");
		}
		err_drop(e); /* refused, as it should be */
		answer.data[i] ^= 0x20;
	}
	/* certificates that came along and are not needed may change */
	assert_true(held < answer.len / 37 / 4 * 3);
	tsp_release(&token);
	buf_release(&answer);
	free(pem);
	free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_token_of_sectigo_is_trusted_by_its_root_alone),
		cmocka_unit_test(a_token_is_of_its_imprint_alone),
		cmocka_unit_test(
		    a_token_of_sigstore_holds_and_a_changed_one_does_not),
		cmocka_unit_test(a_token_answers_its_own_request),
		cmocka_unit_test(a_changed_byte_makes_no_other_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
#include "core/secret.h"

#include "tests/unit/unit.h"

static void
known_shapes_are_found_wherever_they_stand(void **state)
{
	static const char *const shapes[][2] = {
		{ "AKIA"
		  "IOSFODNN7EXAMPLE",
		    "an AWS access key" },
		{ "ghp_"
		  "abcdefghijklmnopqrstuvwxyz0123456789",
		    "a GitHub token" },
		{ "github_pat_"
		  "11ABCDEFG0abcdefghijkl_mnop",
		    "a GitHub token" },
		{ "glpat-"
		  "abcDEF123456-_abcDEF",
		    "a GitLab token" },
		{ "xoxb-"
		  "123456789012-abcdefghijkl",
		    "a Slack token" },
		{ "sk_live_"
		  "abcdefghijklmnopqrstuvwx",
		    "a Stripe key" },
		{ "AIza"
		  "SyA-abcdefghijklmnopqrstuvwxyz01234",
		    "a Google API key" },
		{ "npm_"
		  "abcdefghijklmnopqrstuvwxyz0123456789",
		    "an npm token" },
		{ "-----BEGIN "
		  "PRIVATE KEY-----",
		    "a private key" },
		{ "-----BEGIN "
		  "OPENSSH PRIVATE KEY-----",
		    "a private key" },
	};
	struct secrets *s = secrets_new();

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (size_t before = 0; before < 9; before++) {
			struct buf b = BUF_INIT;

			buf_add(&b, "-= \n:\"({ ", before);
			buf_adds(&b, shapes[i][0]);
			assert_string_equal(
			    secrets_find(s, b.data, b.len), shapes[i][1]);
			buf_adds(&b, "\nmore\n");
			assert_string_equal(
			    secrets_find(s, b.data, b.len), shapes[i][1]);
			buf_release(&b);
		}
	secrets_free(s);
}

static void
what_only_resembles_them_is_not(void **state)
{
	static const char *const harmless[] = { "", "A", "AKI", "AKIA",
		"AKIAxxxxxxxxxxxxxxxx", "AKIA1234567890",
		"MAKIA1234567890ABCDEF", "ghp_short", "npm_config_registry",
		"-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
		"-----BEGIN\nPRIVATE KEY-----", "sk_live_ is a prefix",
		"the github_path_to_something_long_enough" };
	struct secrets *s = secrets_new();

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		assert_null(secrets_find(s, harmless[i], strlen(harmless[i])));
	secrets_free(s);
}

/* Slow and simple: try at every place. */
static bool
stands_in(const char *p, size_t len, const char *token)
{
	return memmem(p, len, token, strlen(token)) != NULL;
}

static void
nothing_is_stepped_over_in_noise(void **state)
{
	const char *token = "AKIA"
			    "ABCDEFGHIJKLMNOP";
	struct secrets *s = secrets_new();
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char p[200];
		size_t at = any(&seed, 170);

		/* letters of the stems, so that steps are short and odd */
		for (size_t i = 0; i < sizeof(p); i++)
			p[i] = "AKIghp_-zn \n"[any(&seed, 12)];
		p[at] = ' ';
		memcpy(p + at + 1, token, strlen(token));
		assert_true(stands_in(p, sizeof(p), token));
		assert_non_null(secrets_find(s, p, sizeof(p)));
	}
	secrets_free(s);
}

static void
names_tell_some(void **state)
{
	(void)state;
	assert_true(secret_name(".env"));
	assert_true(secret_name("server/.env"));
	assert_true(secret_name(".env.production"));
	assert_true(secret_name("keys/id_ed25519"));
	assert_false(secret_name(".env.example"));
	assert_false(secret_name(".envrc.md"));
	assert_false(secret_name("environment"));
	assert_false(secret_name("id_ed25519.pub"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_shapes_are_found_wherever_they_stand),
		cmocka_unit_test(what_only_resembles_them_is_not),
		cmocka_unit_test(nothing_is_stepped_over_in_noise),
		cmocka_unit_test(names_tell_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

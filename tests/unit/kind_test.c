/* SPDX-License-Identifier: ISC */
#include "core/emit.h"
#include "core/kind.h"

#include "tests/unit/unit.h"

#define NOW 1795301727 /* 2026-11-21T22:55:27Z */

static void
every_kind_of_the_design_is_there_and_no_other(void **state)
{
	static const char *const names[] = { "order", "terms", "requirement",
		"change", "message", "call", "recap", "note", "file",
		"transcript", "mail", "revision", "delivery", "submission",
		"acceptance", "milestone", "completion", "cancellation",
		"refund", "ticket", "dispute", "payment", "handover",
		"platform", "timestamp", "correction", "package" };
	const struct kind *kind;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_ok(kind_find(&kind, names[i]));
		assert_string_equal(kind->name, names[i]);
	}
	while (kind_at(n) != NULL)
		n++;
	assert_int_equal(n, sizeof(names) / sizeof(names[0]));
}

static void
no_key_repeats_one_of_the_envelope_or_another(void **state)
{
	static const char *const envelope[] = { "deed", "kind", "after",
		"recorded", "content" };
	const struct kind *kind;

	(void)state;
	for (size_t i = 0; (kind = kind_at(i)) != NULL; i++) {
		for (size_t j = 0; j < 5; j++)
			assert_null(kind_key(kind, envelope[j]));
		assert_non_null(kind_key(kind, "text"));
		assert_non_null(kind_key(kind, "nonce"));
		for (const struct key *a = kind->keys; a->name != NULL; a++)
			assert_ptr_equal(kind_key(kind, a->name), a);
	}
}

static void
a_mistyped_kind_gets_a_suggestion(void **state)
{
	const struct kind *kind;
	struct err *e = kind_find(&kind, "delivry");

	(void)state;
	assert_null(kind);
	assert_string_equal(err_advice(e), "did you mean \"delivery\"?");
	assert_err(e, ERR_INVALID, "there is no kind \"delivry\"");
}

static void
money_is_a_decimal_and_a_currency(void **state)
{
	static const char *const good[] = { "250 USD", "99.50 EUR", "0 USD",
		"0.001 BTC", "999999999999999 JPY" };
	static const char *const bad[] = { "", "250", "USD", "250USD",
		"250  USD", "250 usd", "250 US", "250 USDT", "-5 USD", "+5 USD",
		"5. USD", ".5 USD", "1,000 USD", "1e3 USD", " 5 USD", "5 USD ",
		"5.5.5 USD", "1000000000000000 USD", "$5", "5 U$D",
		"\xd9\xa5 USD" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_ok(kind_vet_money(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_err(kind_vet_money(bad[i]), ERR_INVALID,
		    "is not an amount of money");
}

static void
typed_values_get_the_type_of_their_key(void **state)
{
	static const char hex[] = "00112233445566778899aabbccddeeff"
				  "00112233445566778899aabbccddeeff";
	const struct {
		enum key_type type;
		const char *typed, *written;
	} cases[] = {
		{ KEY_TEXT, "3", "k: \"3\"\n" },
		{ KEY_TEXT, "true", "k: \"true\"\n" },
		{ KEY_TEXT, "fast", "k: fast\n" },
		{ KEY_INT, "3", "k: 3\n" },
		{ KEY_INT, "-3", "k: -3\n" },
		{ KEY_INT, "3x", NULL },
		{ KEY_INT, "", NULL },
		{ KEY_INT, " 3", NULL },
		{ KEY_INT, "+3", NULL },
		{ KEY_INT, "99999999999999999999", NULL },
		{ KEY_BOOL, "true", "k: true\n" },
		{ KEY_BOOL, "yes", NULL },
		{ KEY_MONEY, "250 USD", "k: \"250 USD\"\n" },
		{ KEY_MONEY, "250", NULL },
		{ KEY_TIME, "yesterday", "k: \"2026-11-20T22:55:27Z\"\n" },
		{ KEY_TIME, "2026-11-30", "k: \"2026-11-30\"\n" },
		{ KEY_TIME, "then", NULL },
		{ KEY_ENTRY, hex, NULL },
		{ KEY_DIGEST, "1234", NULL },
		{ KEY_DIGEST, hex, NULL },
		{ KEY_LIST, "r1,r2", "k:\n  - r1\n  - r2\n" },
		{ KEY_LIST, " r1, r2 ,", "k:\n  - r1\n  - r2\n" },
		{ KEY_LIST, "", "k: []\n" },
		{ KEY_MAP, "x", NULL },
		{ KEY_MAPS, "x", NULL },
	};
	struct buf b = BUF_INIT;
	int offset = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key key = { "k", cases[i].type };
		struct node *value = NULL, *map = node_map();
		struct err *e =
		    kind_value(&value, &key, cases[i].typed, NOW, &offset);

		buf_clear(&b);
		if (e == NULL) {
			node_put(map, "k", value);
			emit_map(&b, map);
		}
		if (cases[i].typed == hex) {
			assert_ok(e);
			assert_string_equal(node_text(map, "k"), hex);
		} else if (cases[i].written == NULL) {
			assert_err(e, ERR_INVALID, "k: ");
		} else {
			assert_ok(e);
			assert_bytes(&b, cases[i].written);
		}
		node_free(map);
	}
	buf_release(&b);
}

static void
keys_are_written_in_the_order_of_the_table(void **state)
{
	const struct kind *kind;
	struct node *content = node_map();
	struct buf b = BUF_INIT;

	(void)state;
	assert_ok(kind_find(&kind, "delivery"));
	node_put_str(content, "unknown", "kept");
	node_put_str(content, "text", "first version");
	node_put_str(content, "by", "Jane Dev");
	node_put_str(content, "label", "d1");
	node_put_str(content, "happened", "2026-11-21");
	node_put_str(content, "nonce", "00112233445566778899aabbccddeeff");
	kind_arrange(kind, content);
	emit_map(&b, content);
	assert_bytes(&b,
	    "nonce: \"00112233445566778899aabbccddeeff\"\n"
	    "happened: \"2026-11-21\"\n"
	    "by: Jane Dev\n"
	    "label: d1\n"
	    "text: first version\n"
	    "unknown: kept\n");
	node_free(content);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_kind_of_the_design_is_there_and_no_other),
		cmocka_unit_test(no_key_repeats_one_of_the_envelope_or_another),
		cmocka_unit_test(a_mistyped_kind_gets_a_suggestion),
		cmocka_unit_test(money_is_a_decimal_and_a_currency),
		cmocka_unit_test(typed_values_get_the_type_of_their_key),
		cmocka_unit_test(keys_are_written_in_the_order_of_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
#include "core/money.h"

#include "tests/unit/unit.h"

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
		assert_ok(money_vet(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_err(money_vet(bad[i]), ERR_INVALID,
		    "is not an amount of money");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_is_a_decimal_and_a_currency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

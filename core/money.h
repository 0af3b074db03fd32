/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_MONEY_H
#define DEED_CORE_MONEY_H

#include <stdint.h>

#include "core/util/err.h"

/*
 * Amounts of money: whole ten-thousandths of a unit and a currency, never
 * floating point.
 */

#define MONEY_PARTS 10000

struct money {
	int64_t parts; /* MONEY_PARTS make one unit of the currency */
	char currency[4];
};

/*
 * Is it an amount, as somebody typed it?  Refuses "1.250 EUR", too, which where
 * a point stands before thousands is another amount.  ERR_INVALID.
 */
struct err *money_vet(const char *text) MUST_CHECK;
/* "250 USD", "99.50 EUR"; at most four decimals.  ERR_INVALID. */
struct err *money_parse(struct money *out, const char *text) MUST_CHECK;
/* "250.00 USD"; more decimals only where they are needed.  Yours. */
char *money_format(const struct money *m);

struct money money_less(struct money a, struct money b);
/* percent is in hundredths: 2000 is 20 %.  Rounded towards zero. */
struct money money_share(struct money m, int64_t percent);
/* ERR_INVALID if they have different currencies. */
struct err *money_same(const struct money *a, const struct money *b) MUST_CHECK;

#endif

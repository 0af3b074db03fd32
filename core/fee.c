/* SPDX-License-Identifier: ISC */
#include "core/fee.h"

#include <string.h>

#define PERCENT 100 /* money_share() counts hundredths of a percent */

static const char *
text_of(const struct profile *p, const char *key)
{
	return node_text(profile_value(p, key), "value");
}

static enum fee_borne
borne_by(const struct profile *p)
{
	const char *who = text_of(p, "arbitration.fee.borne");

	if (who != NULL && strcmp(who, "loser") == 0)
		return FEE_LOSER;
	return who != NULL && strcmp(who, "stake") == 0 ? FEE_STAKE : FEE_EACH;
}

/* A share of what is at stake, or the least amount if that is more. */
static struct err *
find_share(struct fee *out, const struct profile *p, const struct money *stake,
    int64_t percent)
{
	const char *least = text_of(p, "arbitration.fee.min");
	struct money least_money;
	struct err *e;

	out->is_share = true;
	out->amount = money_share(*stake, percent * PERCENT);
	if (least == NULL)
		return NULL;
	if ((e = money_parse(&least_money, least)) != NULL ||
	    (e = money_same(&least_money, stake)) != NULL)
		return e;
	if (least_money.parts > out->amount.parts)
		out->amount = least_money;
	return NULL;
}

struct err *
fee_find(struct fee *out, const struct profile *p, const struct money *stake)
{
	const char *flat = text_of(p, "arbitration.fee");
	int64_t percent = profile_number(p, "arbitration.fee.percent", -1);
	struct err *e;

	memset(out, 0, sizeof(*out));
	out->borne = borne_by(p);
	if (flat == NULL && percent < 0)
		return err_new(ERR_NOT_FOUND, "no arbitration fee is known");
	if (flat == NULL)
		return find_share(out, p, stake, percent);
	if ((e = money_parse(&out->amount, flat)) != NULL)
		return e;
	return money_same(&out->amount, stake);
}

/* SPDX-License-Identifier: ISC */
#include "core/money.h"

#include <stdlib.h>
#include <string.h>

#include "core/kind.h"
#include "core/util/buf.h"
#include "core/util/mem.h"

#define DECIMALS 4
#define WHOLE_MAX 12 /* digits */

struct err *
money_parse(struct money *out, const char *text)
{
	const char *p = text;
	int decimals = 0;

	if (!kind_is_money(text))
		return err_new(
		    ERR_INVALID, "\"%.64s\" is not an amount of money", text);
	out->parts = 0;
	if (strspn(text, "0123456789") > WHOLE_MAX)
		return err_new(ERR_LIMIT, "%s is too large an amount", text);
	for (; *p >= '0' && *p <= '9'; p++)
		out->parts = out->parts * 10 + (*p - '0');
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, decimals++)
			if (decimals < DECIMALS)
				out->parts = out->parts * 10 + (*p - '0');
	if (decimals > DECIMALS)
		return err_new(
		    ERR_LIMIT, "%s has more than four decimals", text);
	for (; decimals < DECIMALS; decimals++)
		out->parts *= 10;
	memcpy(out->currency, p + 1, sizeof(out->currency));
	return NULL;
}

char *
money_format(const struct money *m)
{
	uint64_t parts =
	    m->parts < 0 ? (uint64_t)-m->parts : (uint64_t)m->parts;
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s%llu.%04llu", m->parts < 0 ? "-" : "",
	    (unsigned long long)(parts / MONEY_PARTS),
	    (unsigned long long)(parts % MONEY_PARTS));
	for (int i = 0; i < 2 && b.data[b.len - 1] == '0'; i++)
		buf_cut(&b, b.len - 1);
	buf_addf(&b, " %s", m->currency);
	return buf_steal(&b);
}

struct money
money_less(struct money a, struct money b)
{
	a.parts -= b.parts;
	return a;
}

struct money
money_share(struct money m, int64_t percent)
{
	m.parts = m.parts / 10000 * percent + m.parts % 10000 * percent / 10000;
	return m;
}

struct err *
money_same(const struct money *a, const struct money *b)
{
	if (strcmp(a->currency, b->currency) == 0)
		return NULL;
	return err_new(ERR_INVALID, "%s and %s cannot be reckoned together",
	    a->currency, b->currency);
}

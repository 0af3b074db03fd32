/* SPDX-License-Identifier: ISC */
#include "core/money.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"
#include "core/util/mem.h"

#define DECIMALS 4
#define WHOLE_MAX 12 /* digits */

/* A decimal number, a blank, three capitals. */
static bool
is_money(const char *text)
{
	size_t whole = strspn(text, "0123456789"), part = 0;
	const char *p = text + whole;

	if (whole > 0 && *p == '.') {
		part = strspn(p + 1, "0123456789");
		p += 1 + part;
	}
	return whole > 0 && whole <= 15 && p[0] == ' ' &&
	    (p == text + whole || part > 0) && strlen(p) == 4 &&
	    isupper((unsigned char)p[1]) && isupper((unsigned char)p[2]) &&
	    isupper((unsigned char)p[3]);
}

/* Does the point of an amount look like one before thousands? */
static bool
may_be_thousands(const char *text)
{
	/* of three decimals (ISO 4217) */
	static const char *const dinars[] = { "BHD", "IQD", "JOD", "KWD", "LYD",
		"OMR", "TND" };
	size_t whole = strspn(text, "0123456789");

	if (text[whole] != '.' || whole > 3 || text[0] == '0' ||
	    strspn(text + whole + 1, "0123456789") != 3)
		return false;
	for (size_t i = 0; i < sizeof(dinars) / sizeof(dinars[0]); i++)
		if (strcmp(strrchr(text, ' ') + 1, dinars[i]) == 0)
			return false;
	return true;
}

struct err *
money_vet(const char *text)
{
	const char *point, *currency;
	struct err *e;

	if (!is_money(text))
		return err_hint(
		    err_new(ERR_INVALID, "\"%.64s\" is not an amount of money",
			text),
		    "write a decimal number and a currency: 250 USD, 99.50 "
		    "EUR");
	if (!may_be_thousands(text))
		return NULL;
	point = strchr(text, '.');
	currency = strchr(text, ' ');
	e = err_new(ERR_INVALID,
	    "\"%s\" is %.*s%.3s%s where a point stands before thousands", text,
	    (int)(point - text), text, point + 1, currency);
	return err_hint(e, "write %.*s%.3s%s or %.*s0%s", (int)(point - text),
	    text, point + 1, currency, (int)(currency - text), text, currency);
}

struct err *
money_parse(struct money *out, const char *text)
{
	const char *p = text;
	int decimals = 0;

	if (!is_money(text))
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

/* SPDX-License-Identifier: ISC */
#include "cmd/cli/local.h"

#include <ctype.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"
#include "core/util/mem.h"

#define GROUPS_MAX 8

/* How amounts are written; asked of the locale when the first one is. */
static struct {
	bool wanted, asked;
	char *point, *separator;
	char groups[GROUPS_MAX + 1]; /* digits in each, from the point on */
} local;

void
local_begin(void)
{
	local.wanted = true;
}

/* Only for this: no other function of libc may depend on where one lives. */
static void
ask(void)
{
	locale_t users = newlocale(LC_MONETARY_MASK, "", (locale_t)0), old;
	const struct lconv *conv;

	local.asked = true;
	if (users == (locale_t)0)
		return; /* a locale that is not installed */
	old = uselocale(users);
	conv = localeconv();
	local.point = mem_dup(
	    conv->mon_decimal_point[0] != '\0' ? conv->mon_decimal_point : ".");
	local.separator = mem_dup(conv->mon_thousands_sep);
	snprintf(local.groups, sizeof(local.groups), "%s", conv->mon_grouping);
	uselocale(old);
	freelocale(users);
}

/* Is there a separator before the last n of the digits of a whole? */
static bool
is_border(size_t n)
{
	size_t at = 0;

	for (const char *g = local.groups; at < n; g += g[1] != '\0') {
		if (g[0] <= 0 || g[0] == CHAR_MAX)
			return false;
		at += (size_t)g[0]; /* the last one goes on */
	}
	return at == n;
}

/* "1250.00 USD" begins here: the length of its digits, point included; or 0. */
static size_t
amount_at(const char *p, size_t *whole)
{
	size_t n = 0;

	while (isdigit((unsigned char)p[n]))
		n++;
	*whole = n;
	if (n > 0 && p[n] == '.' && isdigit((unsigned char)p[n + 1]))
		for (n++; isdigit((unsigned char)p[n]);)
			n++;
	if (n == 0 || p[n] != ' ')
		return 0;
	for (size_t i = 1; i <= 3; i++)
		if (p[n + i] < 'A' || p[n + i] > 'Z')
			return 0;
	return isalnum((unsigned char)p[n + 4]) ? 0 : n;
}

static void
add_amount(struct buf *b, const char *p, size_t whole, size_t len)
{
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && is_border(whole - i))
			buf_adds(b, local.separator);
		buf_addc(b, p[i]);
	}
	if (len > whole) {
		buf_adds(b, local.point);
		buf_add(b, p + whole + 1, len - whole - 1);
	}
}

/* Could an amount begin behind this? */
static bool
parts(char c)
{
	return !isalnum((unsigned char)c) && c != '.' && c != ',';
}

char *
local_money(const char *text)
{
	struct buf b = BUF_INIT;
	size_t whole, len;

	if (local.wanted && !local.asked)
		ask();
	if (local.point == NULL)
		return mem_dup(text);
	for (const char *p = text; *p != '\0'; p += len) {
		len = p == text || parts(p[-1]) ? amount_at(p, &whole) : 0;
		if (len > 0)
			add_amount(&b, p, whole, len);
		else
			buf_add(&b, p, len = 1);
	}
	return buf_steal(&b);
}

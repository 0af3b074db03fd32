/* SPDX-License-Identifier: ISC */
#include "core/intake/stamp.h"

#include <ctype.h>
#include <string.h>

#define SECOND INT64_C(1000000) /* in microseconds */

const char *
stamp_kind_name(enum stamp_kind kind)
{
	static const char *const names[] = {
		[STAMP_NONE] = "none",
		[STAMP_INSTANT] = "instant",
		[STAMP_OFFSET] = "offset",
		[STAMP_LOCAL] = "local",
		[STAMP_RELATIVE] = "relative",
	};

	return names[kind];
}

static bool
is_sane(int64_t us)
{
	return us >= STAMP_MIN && us <= STAMP_MAX;
}

bool
stamp_local(struct stamp *out, const struct civil *c, int us)
{
	*out = (struct stamp){ .kind = STAMP_LOCAL, .unit = STAMP_SECOND };
	if (c->month < 1 || c->month > 12 || c->day < 1 || c->year < 1 ||
	    c->year > 9998 || c->day > date_days_in(c->year, c->month) ||
	    c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 60)
		return false;
	out->us = date_from_civil(c) * SECOND + us;
	if (us != 0)
		out->unit = STAMP_MICROSECOND;
	return true;
}

/* At most max digits at *p, at least one; how many, in *n. */
static bool
digits(const char **p, const char *end, int max, int *out, int *n)
{
	int v = 0;

	for (*n = 0; *p < end && *n < max && isdigit((unsigned char)**p);
	     (*p)++, (*n)++)
		v = v * 10 + (**p - '0');
	*out = v;
	return *n > 0;
}

/* ".5", ".4300000": microseconds, what is finer is dropped. */
static bool
fraction(const char **p, const char *end, int *us)
{
	int v = 0, n = 0;

	for (; *p < end && isdigit((unsigned char)**p); (*p)++, n++)
		if (n < 6)
			v = v * 10 + (**p - '0');
	for (int i = n; i < 6; i++)
		v *= 10;
	*us = v;
	return n > 0;
}

static bool
skip_one(const char **p, const char *end, char c)
{
	if (*p >= end || **p != c)
		return false;
	(*p)++;
	return true;
}

/* "Z", "+01:00", "+0100", "+01". */
static bool
offset(const char **p, const char *end, int *minutes)
{
	int sign, h, m = 0, n;

	if (skip_one(p, end, 'Z') || skip_one(p, end, 'z')) {
		*minutes = 0;
		return true;
	}
	if (*p >= end || (**p != '+' && **p != '-'))
		return false;
	sign = *(*p)++ == '-' ? -1 : 1;
	if (!digits(p, end, 2, &h, &n) || n != 2 || h > 18)
		return false;
	skip_one(p, end, ':');
	if (*p < end && (!digits(p, end, 2, &m, &n) || n != 2 || m > 59))
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

bool
stamp_iso(struct stamp *out, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	struct civil c = { 0 };
	int us = 0, minutes, n;
	enum stamp_unit unit = STAMP_MINUTE;

	*out = (struct stamp){ 0 };
	if (!digits(&p, end, 4, &c.year, &n) || n != 4 ||
	    !skip_one(&p, end, '-') || !digits(&p, end, 2, &c.month, &n) ||
	    !skip_one(&p, end, '-') || !digits(&p, end, 2, &c.day, &n))
		return false;
	if (p == end) {
		if (!stamp_local(out, &c, 0))
			return false;
		out->unit = STAMP_DAY;
		return true;
	}
	if (!skip_one(&p, end, 'T') && !skip_one(&p, end, ' ') &&
	    !skip_one(&p, end, 't'))
		return false;
	if (!digits(&p, end, 2, &c.hour, &n) || !skip_one(&p, end, ':') ||
	    !digits(&p, end, 2, &c.minute, &n) || n != 2)
		return false;
	if (skip_one(&p, end, ':')) {
		unit = STAMP_SECOND;
		if (!digits(&p, end, 2, &c.second, &n) || n != 2)
			return false;
		if ((skip_one(&p, end, '.') || skip_one(&p, end, ',')) &&
		    !fraction(&p, end, &us))
			return false;
	}
	if (!stamp_local(out, &c, us))
		return false;
	if (out->unit == STAMP_SECOND)
		out->unit = unit;
	skip_one(&p, end, ' ');
	if (p == end)
		return true;
	if (!offset(&p, end, &minutes) || p != end)
		return false;
	out->kind = minutes == 0 ? STAMP_INSTANT : STAMP_OFFSET;
	out->offset = minutes;
	out->us -= (int64_t)minutes * 60 * SECOND;
	return true;
}

bool
stamp_epoch(struct stamp *out, int64_t count, int64_t per_second)
{
	*out = (struct stamp){ .kind = STAMP_INSTANT };
	if (per_second > SECOND) {
		count /= per_second / SECOND;
		per_second = SECOND;
	}
	if (count > INT64_MAX / SECOND * per_second ||
	    count < -(INT64_MAX / SECOND) * per_second)
		return false;
	out->us = count * (SECOND / per_second);
	out->unit = per_second == 1 ? STAMP_SECOND : STAMP_MICROSECOND;
	return count != 0 && is_sane(out->us);
}

bool
stamp_epoch_text(
    struct stamp *out, const char *text, size_t len, int64_t per_second)
{
	const char *p = text, *end = text + len;
	bool negative = skip_one(&p, end, '-');
	int64_t v = 0;
	int us = 0;

	*out = (struct stamp){ 0 };
	if (p == end || end - p > 24)
		return false;
	for (; p < end && isdigit((unsigned char)*p); p++) {
		if (v > INT64_MAX / 10 - 10)
			return false;
		v = v * 10 + (*p - '0');
	}
	if (per_second == 0)
		per_second = v < INT64_C(100000000000) ? 1 :
		    v < INT64_C(100000000000000)       ? 1000 :
		    v < INT64_C(100000000000000000)    ? SECOND :
							 1000 * SECOND;
	if (skip_one(&p, end, '.') && !fraction(&p, end, &us))
		return false;
	if (p != end || !stamp_epoch(out, negative ? -v : v, per_second))
		return false;
	if (us != 0 && per_second == 1) {
		out->us += negative ? -us : us;
		out->unit = STAMP_MICROSECOND;
	}
	return true;
}

bool
stamp_clock(int64_t *us, const char *text, size_t len, size_t *used)
{
	const char *p = text, *end = text + len;
	int parts[3], n_parts = 0, n, part = 0;

	do {
		if (n_parts == 3 || !digits(&p, end, 6, &parts[n_parts], &n))
			return false;
		if (n_parts > 0 && (n > 2 || parts[n_parts] > 59))
			return false;
		n_parts++;
	} while (skip_one(&p, end, ':'));
	if (n_parts < 2)
		return false;
	if (p + 1 < end && (*p == '.' || *p == ',') &&
	    isdigit((unsigned char)p[1])) {
		p++;
		fraction(&p, end, &part);
	}
	*us = part;
	for (int i = 0, unit = 1; i < n_parts; i++, unit *= 60)
		*us += (int64_t)parts[n_parts - 1 - i] * unit * SECOND;
	*used = (size_t)(p - text);
	return true;
}

static char *
two(char *p, int v)
{
	*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

/* ".539" or ".539123", nothing for a whole second. */
static char *
write_fraction(char *p, int us)
{
	int n = us % 1000 == 0 ? 3 : 6;

	if (us == 0)
		return p;
	*p++ = '.';
	for (int unit = 100000; n > 0; n--, unit /= 10)
		*p++ = (char)('0' + us / unit % 10);
	return p;
}

static char *
write_relative(char *p, int64_t us, enum stamp_unit unit)
{
	int64_t hours = us / SECOND / 3600;
	int rest = (int)(us / SECOND % 3600);
	char *start;

	if (hours > 99) {
		start = p;
		for (; hours > 0; hours /= 10)
			*p++ = (char)('0' + hours % 10);
		for (char *a = start, *b = p - 1; a < b; a++, b--) {
			char c = *a;

			*a = *b;
			*b = c;
		}
	} else {
		p = two(p, (int)hours);
	}
	*p++ = ':';
	p = two(p, rest / 60);
	*p++ = ':';
	p = two(p, rest % 60);
	if (unit != STAMP_MICROSECOND)
		return p;
	*p++ = '.';
	us = us % SECOND;
	p = two(p, (int)(us / 10000));
	*p++ = (char)('0' + us / 1000 % 10);
	return p;
}

/* Split without losing the direction of negative times. */
static struct civil
split(int64_t us, int *part)
{
	int64_t seconds = us / SECOND;

	*part = (int)(us % SECOND);
	if (*part < 0) {
		*part += (int)SECOND;
		seconds--;
	}
	return date_civil(seconds);
}

static char *
write_date(char *p, const struct civil *c)
{
	p = two(p, c->year / 100);
	p = two(p, c->year);
	*p++ = '-';
	p = two(p, c->month);
	*p++ = '-';
	return two(p, c->day);
}

size_t
stamp_write(char out[static STAMP_TEXT], const struct stamp *s)
{
	char *p = out;
	struct civil c;
	int us;

	if (s->kind == STAMP_RELATIVE) {
		p = write_relative(p, s->us < 0 ? 0 : s->us, s->unit);
	} else if (s->kind != STAMP_NONE) {
		c = split(s->us, &us);
		p = write_date(p, &c);
		if (s->unit == STAMP_DAY && s->kind == STAMP_LOCAL)
			goto done;
		*p++ = 'T';
		p = two(p, c.hour);
		*p++ = ':';
		p = two(p, c.minute);
		*p++ = ':';
		p = two(p, c.second);
		p = write_fraction(p, us);
		if (s->kind != STAMP_LOCAL)
			*p++ = 'Z';
	}
done:
	*p = '\0';
	return (size_t)(p - out);
}

size_t
stamp_write_short(char out[static STAMP_TEXT], const struct stamp *s)
{
	char *p = out;
	struct civil c;
	int us;

	if (s->kind == STAMP_RELATIVE) {
		p = write_relative(p, s->us < 0 ? 0 : s->us, s->unit);
	} else if (s->kind != STAMP_NONE) {
		c = split(s->us, &us);
		p = write_date(p, &c);
		if (s->unit != STAMP_DAY) {
			*p++ = ' ';
			p = two(p, c.hour);
			*p++ = ':';
			p = two(p, c.minute);
		}
		if (s->unit < STAMP_MINUTE) {
			*p++ = ':';
			p = two(p, c.second);
		}
		if (s->kind != STAMP_LOCAL)
			*p++ = 'Z';
	}
	*p = '\0';
	return (size_t)(p - out);
}

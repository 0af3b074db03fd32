/* SPDX-License-Identifier: ISC */
#include "core/intake/dates.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BUDDHIST 543

static const enum date_order both_orders[2] = { DATE_DMY, DATE_MDY };

bool
dates_year_first(const struct date_fields *f)
{
	return f->named || f->width[0] >= 3 || f->field[0] > 31;
}

/*
 * Day or month first?
 */

enum date_order
dates_weigh(
    struct date_evidence *v, const struct date_fields *f, unsigned long line)
{
	struct civil c;

	if (dates_year_first(f)) /* unless it is quoted among others */
		return v->n == 0 ? DATE_YMD : DATE_UNKNOWN;
	if (f->field[0] > 12)
		return f->field[1] > 12 ? DATE_UNKNOWN : DATE_DMY;
	if (f->field[1] > 12)
		return DATE_MDY;
	for (int i = 0; i < 2; i++) {
		int64_t day;

		if (!dates_civil(&c, f, both_orders[i]))
			continue;
		c.hour = c.minute = c.second = 0;
		day = date_from_civil(&c) / DATE_DAY;
		v->jumps[i] += v->n > 0 && day < v->last[i];
		v->last[i] = day;
		v->changes[i] += v->n > 0 && f->field[i] != v->before[i];
		v->before[i] = f->field[i];
	}
	v->n++;
	if (v->first_line == 0 && f->field[0] != f->field[1]) {
		v->first = *f;
		v->first_line = line;
	}
	return DATE_UNKNOWN;
}

static struct err *
tie(const struct date_evidence *v, const char *name)
{
	char both[2][DATE_TEXT];

	for (int i = 0; i < 2; i++) {
		struct civil c = { .year = 1970, .month = 1, .day = 1 };

		dates_civil(&c, &v->first, both_orders[i]);
		c.hour = c.minute = c.second = 0;
		date_format(both[i], date_from_civil(&c));
		both[i][10] = '\0';
	}
	return err_hint(
	    err_new(ERR_INVALID,
		"%s: is the day or the month first?  line %lu is of %s if the "
		"day is, of %s if the month is, and nothing in the file "
		"decides it",
		name, v->first_line, both[0], both[1]),
	    "say which: --date-order dmy or --date-order mdy");
}

struct err *
dates_decide(
    enum date_order *out, const struct date_evidence *v, const char *name)
{
	*out = DATE_UNKNOWN;
	if (v->n == 0)
		return NULL; /* there was no date to decide about */
	if (v->jumps[0] != v->jumps[1])
		*out = v->jumps[0] < v->jumps[1] ? DATE_DMY : DATE_MDY;
	else if (v->changes[0] != v->changes[1])
		*out = v->changes[0] > v->changes[1] ? DATE_DMY : DATE_MDY;
	else if (v->first_line != 0)
		return tie(v, name);
	else
		*out = DATE_DMY; /* 01/01: one date, whatever the order */
	return NULL;
}

static int
year_of(const struct date_fields *f, int i)
{
	int v = f->field[i];

	switch (f->era) {
	case 'B':
		return v - BUDDHIST;
	case 'R':
		return v + 2018;
	case 'H':
		return v + 1988;
	case 'S':
		return v + 1925;
	default:
		break;
	}
	if (f->width[i] <= 2)
		return 2000 + v;
	return v >= 2400 && v < 2700 ? v - BUDDHIST : v;
}

bool
dates_civil(struct civil *c, const struct date_fields *f, enum date_order order)
{
	int y = order == DATE_YMD ? 0 : 2;
	int m = order == DATE_MDY ? 0 : 1;
	int d = order == DATE_DMY ? 0 : order == DATE_MDY ? 1 : 2;

	c->year = year_of(f, y);
	c->month = f->field[m];
	c->day = f->field[d];
	return c->year >= 1 && c->year < 9999 && c->month >= 1 &&
	    c->month <= 12 && c->day >= 1 &&
	    c->day <= date_days_in(c->year, c->month);
}

/*
 * Reading.
 */

static const char *
skip_blanks(const char *p, const char *end)
{
	size_t used;

	while (p < end && text_plain(p, (size_t)(end - p), &used) == ' ')
		p += used;
	return p;
}

static const char *
read_number(const char *p, const char *end, int *v, int *width)
{
	*v = *width = 0;
	while (p < end && isdigit((unsigned char)*p) && *width < 5) {
		*v = *v * 10 + (*p++ - '0');
		++*width;
	}
	return *width >= 1 && *width <= 4 ? p : NULL;
}

/* "March", "Mar", "mar.": the month, or 0. */
static const char *
read_month(const char *p, const char *end, int *month)
{
	static const char *const names[] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december" };
	size_t n = 0;

	while (p + n < end && isalpha((unsigned char)p[n]))
		n++;
	if (n < 3 || n > 9)
		return NULL;
	for (int i = 0; i < 12; i++)
		if (n <= strlen(names[i]) && strncasecmp(p, names[i], n) == 0) {
			*month = i + 1;
			p += n;
			return p < end && *p == '.' ? p + 1 : p;
		}
	return NULL;
}

/* "Friday, " */
static const char *
skip_weekday(const char *p, const char *end)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };
	const char *start = p;

	for (size_t i = 0; i < 7; i++)
		if (end - p > 4 && strncasecmp(p, names[i], 3) == 0) {
			while (p < end && isalpha((unsigned char)*p))
				p++;
			if (p < end && *p == ',')
				p++;
			return skip_blanks(p, end);
		}
	return start;
}

/* "Mar 1, 2024", "March 1 2024" */
static const char *
read_month_first(struct date_fields *f, const char *p, const char *end)
{
	int width;

	if ((p = read_month(p, end, &f->field[1])) == NULL)
		return NULL;
	p = skip_blanks(p, end);
	if ((p = read_number(p, end, &f->field[2], &width)) == NULL)
		return NULL;
	if (p < end && *p == ',')
		p++;
	p = skip_blanks(p, end);
	p = read_number(p, end, &f->field[0], &f->width[0]);
	f->named = p != NULL && f->width[0] == 4;
	return f->named ? p : NULL;
}

/* "1 March 2024", "29-Feb-24", "29/Feb/24" */
static const char *
read_day_first(struct date_fields *f, const char *p, const char *end)
{
	int width;

	if ((p = read_number(p, end, &f->field[2], &width)) == NULL ||
	    p == end || strchr(" -./", *p) == NULL)
		return NULL;
	p = skip_blanks(p + (*p != ' '), end);
	if ((p = read_month(p, end, &f->field[1])) == NULL || p == end)
		return NULL;
	p = skip_blanks(p + (*p == '-' || *p == ',' || *p == '/'), end);
	p = read_number(p, end, &f->field[0], &f->width[0]);
	f->named = p != NULL && (f->width[0] == 4 || f->width[0] == 2);
	return f->named ? p : NULL;
}

static const char *
read_numbers(struct date_fields *f, const char *p, const char *end)
{
	char separator = 0;

	for (int i = 0; i < 3; i++) {
		p = read_number(p, end, &f->field[i], &f->width[i]);
		if (p == NULL)
			return NULL;
		if (i == 2)
			return p;
		if (p == end || strchr("/.-", *p) == NULL || *p == '\0' ||
		    (separator != 0 && *p != separator))
			return NULL;
		separator = *p++;
		if (separator == '.')
			p = skip_blanks(p, end);
	}
	return NULL;
}

static bool
is_letter_at(const char *p, const char *end)
{
	return p < end && isalpha((unsigned char)*p);
}

size_t
dates_clock(int *hour, int *minute, int *second, const char *p, size_t len)
{
	const char *start = p, *end = p + len, *next;
	int width;

	*second = -1;
	p = read_number(p, end, hour, &width);
	if (p == NULL || width > 2 || p == end || (*p != ':' && *p != '.'))
		return 0;
	p = read_number(p + 1, end, minute, &width);
	if (p == NULL || width != 2)
		return 0;
	if (p + 1 < end && *p == ':' && isdigit((unsigned char)p[1])) {
		p = read_number(p + 1, end, second, &width);
		if (p == NULL || width != 2)
			return 0;
	}
	if (*hour > 23 || *minute > 59 || *second > 59)
		return 0;
	next = skip_blanks(p, end);
	if (end - next >= 2 && (next[0] | 32) != 'm' && (next[1] | 32) == 'm' &&
	    ((next[0] | 32) == 'a' || (next[0] | 32) == 'p') &&
	    !is_letter_at(next + 2, end)) {
		bool after = (next[0] | 32) == 'p';

		if (*hour >= 1 && *hour <= 12)
			*hour = *hour % 12 + (after ? 12 : 0);
		p = next + 2;
	}
	return (size_t)(p - start);
}

size_t
dates_read(struct date_time *out, const char *p, size_t len)
{
	const char *start = p, *end = p + len, *next, *time;
	size_t used;

	memset(out, 0, sizeof(*out));
	out->second = -1;
	p = skip_weekday(p, end);
	if ((next = read_month_first(&out->date, p, end)) == NULL &&
	    (next = read_day_first(&out->date, p, end)) == NULL &&
	    (next = read_numbers(&out->date, p, end)) == NULL)
		return 0;
	time = next;
	if (time < end && (*time == ',' || *time == 'T'))
		time++;
	time = skip_blanks(time, end);
	if (end - time > 3 && strncasecmp(time, "at ", 3) == 0)
		time = skip_blanks(time + 3, end);
	used = dates_clock(
	    &out->hour, &out->minute, &out->second, time, (size_t)(end - time));
	out->has_time = used > 0;
	return (size_t)((used > 0 ? time + used : next) - start);
}

bool
dates_stamp(struct stamp *out, const struct date_time *d, enum date_order order)
{
	struct civil c = { .hour = d->hour,
		.minute = d->minute,
		.second = d->second < 0 ? 0 : d->second };

	*out = (struct stamp){ 0 };
	if (!dates_civil(&c, &d->date, d->date.named ? DATE_YMD : order) ||
	    !stamp_local(out, &c, 0))
		return false;
	out->unit = !d->has_time ? STAMP_DAY :
	    d->second < 0        ? STAMP_MINUTE :
				   STAMP_SECOND;
	return true;
}

/* SPDX-License-Identifier: ISC */
#include "core/util/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

int
date_days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static int64_t
days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct civil
date_civil(int64_t time)
{
	int64_t days = time / DATE_DAY, rest = time % DATE_DAY;
	int64_t era, doe, yoe, doy, mp;
	struct civil c;

	if (rest < 0) {
		rest += DATE_DAY;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

int64_t
date_from_civil(const struct civil *c)
{
	return days_from_civil(c->year, c->month, c->day) * DATE_DAY +
	    c->hour * 3600 + c->minute * 60 + c->second;
}

void
date_format(char out[static DATE_TEXT], int64_t time)
{
	struct civil c = date_civil(time);

	snprintf(out, DATE_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)c.year % 10000u, (unsigned)c.month % 100u,
	    (unsigned)c.day % 100u, (unsigned)c.hour % 100u,
	    (unsigned)c.minute % 100u, (unsigned)c.second % 100u);
}

void
date_format_compact(char out[static DATE_TEXT], int64_t time)
{
	char full[DATE_TEXT], *to = out;

	date_format(full, time);
	for (const char *p = full; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			*to++ = *p;
	*to = '\0';
}

void
date_format_local(char out[static DATE_TEXT], int64_t time)
{
	char full[DATE_TEXT];

	date_format(full, time + date_zone_at(time) * 60);
	full[10] = ' ';
	full[16] = '\0';
	memcpy(out, full, 17);
}

void
date_format_zone(char out[static 8], int minutes)
{
	unsigned m = (unsigned)(minutes < 0 ? -minutes : minutes);

	if (m == 0)
		memcpy(out, "Z", 2);
	else
		snprintf(out, 8, "%c%02u:%02u", minutes < 0 ? '-' : '+',
		    m / 60 % 24, m % 60);
}

int
date_zone_at(int64_t time)
{
	time_t t = (time_t)time;
	struct tm tm;

	return localtime_r(&t, &tm) == NULL ? 0 : (int)(tm.tm_gmtoff / 60);
}

int64_t
date_from_local(const struct civil *c)
{
	struct tm tm = {
		.tm_year = c->year - 1900,
		.tm_mon = c->month - 1,
		.tm_mday = c->day,
		.tm_hour = c->hour,
		.tm_min = c->minute,
		.tm_sec = c->second,
		.tm_isdst = -1,
	};

	return (int64_t)mktime(&tm);
}

/* Exactly n digits at *p, which moves on. */
static bool
digits(const char **p, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*p)[i]))
			return false;
		v = v * 10 + ((*p)[i] - '0');
	}
	*p += n;
	*out = v;
	return true;
}

static bool
literal(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool
parse_day(const char **p, struct civil *c)
{
	return digits(p, 4, &c->year) && literal(p, '-') &&
	    digits(p, 2, &c->month) && literal(p, '-') &&
	    digits(p, 2, &c->day) && c->month >= 1 && c->month <= 12 &&
	    c->day >= 1 && c->day <= date_days_in(c->year, c->month);
}

/* "10:15" or "10:15:00", a fraction dropped. */
static bool
parse_clock(const char **p, struct civil *c)
{
	c->second = 0;
	if (!digits(p, 2, &c->hour) || !literal(p, ':') ||
	    !digits(p, 2, &c->minute) || c->hour > 23 || c->minute > 59)
		return false;
	if (!literal(p, ':'))
		return true;
	if (!digits(p, 2, &c->second) || c->second > 60)
		return false;
	if (c->second == 60) /* a leap second is the one before it here */
		c->second = 59;
	if (literal(p, '.')) {
		if (!isdigit((unsigned char)**p))
			return false;
		while (isdigit((unsigned char)**p))
			(*p)++;
	}
	return true;
}

/* "Z", "+01:00", "+0100"; *p moves on only over a whole one. */
static bool
parse_zone(const char **p, int *minutes)
{
	const char *at;
	int sign, h, m;

	if (literal(p, 'Z') || literal(p, 'z')) {
		*minutes = 0;
		return true;
	}
	sign = **p == '-' ? -1 : 1;
	if (**p != '+' && **p != '-')
		return false;
	at = *p + 1;
	if (!digits(&at, 2, &h))
		return false;
	literal(&at, ':');
	if (!digits(&at, 2, &m) || h > 23 || m > 59)
		return false;
	*p = at;
	*minutes = sign * (h * 60 + m);
	return true;
}

/* Can it be written with a year of four digits? */
static bool
is_writable(int64_t time)
{
	return time >= -62167219200 && time <= 253402300799;
}

/*
 * The first second of a date in the zone of the process.  Where summer time
 * begins at midnight that is 01:00, which is 00:00 in the offset that ends.
 */
static void
begin_day(struct when *out, const struct civil *c)
{
	int64_t time = date_from_local(c);

	out->offset = date_zone_at(time);
	if (date_from_civil(c) - out->offset * 60 != time)
		out->offset = date_zone_at(time - 1);
	out->time = date_from_civil(c) - out->offset * 60;
}

/* A date, perhaps a time behind it, perhaps a zone; nothing else. */
static bool
parse_absolute(struct when *out, const char *p, bool loose)
{
	struct civil c = { 0 };
	bool zoned;

	*out = (struct when){ 0 };
	if (!parse_day(&p, &c))
		return false;
	if (*p == 'T' || *p == 't' || *p == ' ') {
		p++;
		if (!parse_clock(&p, &c))
			return false;
		while (loose && *p == ' ')
			p++;
	} else {
		out->date_only = true;
	}
	zoned = parse_zone(&p, &out->offset);
	if (*p != '\0' || (!zoned && !out->date_only && !loose))
		return false;
	if (zoned)
		out->time = date_from_civil(&c) - out->offset * 60;
	else if (out->date_only)
		begin_day(out, &c);
	else
		out->time = date_from_local(&c);
	return is_writable(out->time);
}

struct err *
date_parse(struct when *out, const char *text)
{
	if (parse_absolute(out, text, false))
		return NULL;
	return err_new(ERR_INVALID,
	    "\"%.64s\" is not a date or time (2026-11-30, "
	    "2026-11-30T10:15:00Z)",
	    text);
}

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
	{ "second", 1 },
	{ "minute", 60 },
	{ "hour", 3600 },
	{ "day", DATE_DAY },
	{ "week", 7 * DATE_DAY },
	{ "h", 60 * 60 },
	{ "d", DATE_DAY },
	{ "w", 7 * DATE_DAY },
};

/* "3 days": a signed step from now.  Months and years keep the day. */
static bool
step(int64_t *out, int64_t now, int64_t n, const char *unit, size_t len)
{
	struct civil c = date_civil(now);
	int64_t month;

	if (len > 1 && unit[len - 1] == 's')
		len--;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) != len ||
		    strncasecmp(unit, units[i].name, len) != 0)
			continue;
		*out = now + n * units[i].seconds;
		return true;
	}
	if (len == 4 && strncasecmp(unit, "year", len) == 0)
		n *= 12;
	else if (len != 5 || strncasecmp(unit, "month", len) != 0)
		return false;
	month = c.year * 12 + (c.month - 1) + n;
	if (month < 0 || month / 12 > 9999)
		return false;
	c.year = (int)(month / 12);
	c.month = (int)(month % 12) + 1;
	if (c.day > date_days_in(c.year, c.month))
		c.day = date_days_in(c.year, c.month);
	*out = date_from_civil(&c);
	return true;
}

/* "in 3 days", "3 days ago", "3.days.ago" as git has it. */
static bool
parse_relative(int64_t *out, const char *p, int64_t now)
{
	bool future = strncasecmp(p, "in ", 3) == 0;
	int64_t n = 0;
	const char *unit;
	size_t len;

	if (future)
		p += 3;
	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p) && n < 1000000; p++)
		n = n * 10 + (*p - '0');
	p += strspn(p, " .");
	unit = p;
	len = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	p += len;
	p += strspn(p, " .");
	if (future ? *p != '\0' : strcasecmp(p, "ago") != 0)
		return false;
	return step(out, now, future ? n : -n, unit, len);
}

/* "friday" and "next friday" lie ahead, "last friday" behind. */
static bool
parse_weekday(int64_t *out, const char *p, int64_t now)
{
	static const char *const names[] = { "thursday", "friday", "saturday",
		"sunday", "monday", "tuesday", "wednesday" };
	bool last = strncasecmp(p, "last ", 5) == 0;
	int64_t local = now + date_zone_at(now) * 60;
	int today = (int)(local / DATE_DAY % 7), ahead;

	if (last || strncasecmp(p, "next ", 5) == 0)
		p += 5;
	for (int i = 0; i < 7; i++) {
		if (strcasecmp(p, names[i]) != 0)
			continue;
		ahead = (i - today + 7) % 7;
		if (last)
			ahead = ahead == 0 ? -7 : ahead - 7;
		else if (ahead == 0)
			ahead = 7;
		*out = now + (int64_t)ahead * DATE_DAY;
		return true;
	}
	return false;
}

/* The words, and "10:15" alone, perhaps behind one of the words. */
static bool
parse_words(int64_t *out, const char *p, int64_t now)
{
	static const struct {
		const char *name;
		int64_t days;
	} words[] = {
		{ "now", 0 },
		{ "today", 0 },
		{ "yesterday", -1 },
		{ "tomorrow", 1 },
	};
	struct civil c, clock;

	*out = now;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].name);

		if (strncasecmp(p, words[i].name, len) != 0)
			continue;
		*out = now + words[i].days * DATE_DAY;
		p += len;
		if (*p == '\0')
			return true;
		p += strspn(p, " ");
		break;
	}
	if (!parse_clock(&p, &clock) || *p != '\0')
		return false;
	c = date_civil(*out + date_zone_at(*out) * 60);
	c.hour = clock.hour;
	c.minute = clock.minute;
	c.second = clock.second;
	*out = date_from_local(&c);
	return true;
}

static bool
parse_epoch(int64_t *out, const char *p)
{
	int n = 0;

	if (*p++ != '@')
		return false;
	*out = 0;
	for (; isdigit((unsigned char)*p) && n < 11; p++, n++)
		*out = *out * 10 + (*p - '0');
	return n > 0 && *p == '\0';
}

struct err *
date_parse_loose(struct when *out, const char *text, int64_t now)
{
	if (parse_absolute(out, text, true))
		return NULL;
	*out = (struct when){ 0 };
	if ((parse_words(&out->time, text, now) ||
		parse_relative(&out->time, text, now) ||
		parse_weekday(&out->time, text, now) ||
		parse_epoch(&out->time, text)) &&
	    is_writable(out->time))
		return NULL;
	return err_hint(
	    err_new(ERR_INVALID, "\"%.64s\" is not a date or time", text),
	    "write 2026-11-30, 2026-11-30T10:15:00Z, yesterday or in 3 days");
}

void
date_write(char out[static DATE_TEXT], const struct when *w)
{
	date_format(out, w->date_only ? w->time + w->offset * 60 : w->time);
	if (w->date_only)
		out[10] = '\0';
}

/* SPDX-License-Identifier: ISC */
#include "core/util/zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/mem.h"

#define FOLDER "/usr/share/zoneinfo"
#define FILE_MAX_BYTES (1u << 20)
#define HEADER 44
#define HOUR 3600

/* A day of the year on which clocks change, as POSIX writes it in TZ. */
struct change {
	enum { CHANGE_MONTH, CHANGE_JULIAN, CHANGE_DAY } how;
	int month, week, day;
	int time; /* seconds after midnight, may be negative or over a day */
};

struct zone {
	size_t n; /* transitions: at times[i] the offset becomes offsets[i] */
	int64_t *times;
	int *offsets;
	int first; /* the offset before them */
	/* what holds after the last */
	bool ruled, summer;
	int standard, daylight;
	struct change begins, ends;
};

/*
 * The rule behind the last transition: "CET-1CEST,M3.5.0,M10.5.0/3".
 */

static bool
skip_name(const char **p)
{
	const char *start = *p;

	if (**p == '<') {
		*p += strcspn(*p, ">");
		if (**p == '\0')
			return false;
		(*p)++;
		return true;
	}
	while (isalpha((unsigned char)**p))
		(*p)++;
	return *p - start >= 3;
}

static bool
read_number(const char **p, int *out, int max)
{
	int n = 0, digits = 0;

	for (; isdigit((unsigned char)**p) && digits < 4; (*p)++, digits++)
		n = n * 10 + (**p - '0');
	*out = n;
	return digits > 0 && n <= max;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool
read_hours(const char **p, int *out)
{
	int sign = **p == '-' ? -1 : 1, part, total = 0;
	static const int units[] = { HOUR, 60, 1 };

	*p += **p == '-' || **p == '+';
	for (int i = 0; i < 3; i++) {
		if (i > 0 && **p != ':')
			break;
		*p += i > 0;
		if (!read_number(p, &part, i == 0 ? 167 : 59))
			return false;
		total += part * units[i];
	}
	*out = sign * total;
	return true;
}

static bool
read_change(const char **p, struct change *c)
{
	bool good;

	if (*(*p)++ != ',')
		return false;
	if (**p == 'M') {
		c->how = CHANGE_MONTH;
		(*p)++;
		good = read_number(p, &c->month, 12) && *(*p)++ == '.' &&
		    read_number(p, &c->week, 5) && *(*p)++ == '.' &&
		    read_number(p, &c->day, 6) && c->month > 0 && c->week > 0;
	} else {
		c->how = **p == 'J' ? CHANGE_JULIAN : CHANGE_DAY;
		*p += **p == 'J';
		good = read_number(p, &c->day, 365);
	}
	c->time = 2 * HOUR;
	if (!good || **p != '/')
		return good;
	(*p)++;
	return read_hours(p, &c->time);
}

static bool
read_rule(struct zone *z, const char *p)
{
	if (!skip_name(&p) || !read_hours(&p, &z->standard))
		return false;
	z->standard = -z->standard;
	z->ruled = true;
	if (*p == '\0')
		return true;
	if (!skip_name(&p))
		return false;
	z->daylight = z->standard + HOUR;
	if (*p != ',' && *p != '\0') {
		if (!read_hours(&p, &z->daylight))
			return false;
		z->daylight = -z->daylight;
	}
	z->summer = true;
	return read_change(&p, &z->begins) && read_change(&p, &z->ends) &&
	    *p == '\0';
}

/* Wall-clock seconds since 1970 at which a change happens in a year. */
static int64_t
change_at(const struct change *c, int year)
{
	struct civil d = { .year = year, .month = 1, .day = 1 };
	int64_t first, day;
	int weekday, ahead;

	if (c->how != CHANGE_MONTH) {
		bool leap = date_days_in(year, 2) == 29;

		day = date_from_civil(&d) / DATE_DAY + c->day;
		if (c->how == CHANGE_JULIAN)
			day += leap && c->day >= 60 ? 0 : -1;
		return day * DATE_DAY + c->time;
	}
	d.month = c->month;
	first = date_from_civil(&d) / DATE_DAY;
	weekday = (int)(((first + 4) % 7 + 7) % 7); /* 1970-01-01: Thursday */
	ahead = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
	if (ahead >= date_days_in(year, c->month))
		ahead -= 7;
	return (first + ahead) * DATE_DAY + c->time;
}

static int
ruled_offset(const struct zone *z, int64_t time)
{
	int year = date_civil(time + z->standard).year;
	int64_t on, off;

	if (!z->summer)
		return z->standard;
	on = change_at(&z->begins, year) - z->standard;
	off = change_at(&z->ends, year) - z->daylight;
	if (on < off)
		return time >= on && time < off ? z->daylight : z->standard;
	return time >= off && time < on ? z->standard : z->daylight;
}

/*
 * The file.
 */

static int64_t
big_endian(const char *p, size_t n)
{
	uint64_t v = (signed char)p[0] < 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

/* The header at p; the bytes of the block behind it, or 0 if it is none. */
static size_t
read_header(struct counts *c, const char *p, size_t len, size_t width)
{
	size_t *const fields[] = { &c->isut, &c->isstd, &c->leap, &c->time,
		&c->type, &c->chars };

	if (len < HEADER || memcmp(p, "TZif", 4) != 0)
		return 0;
	for (size_t i = 0; i < 6; i++) {
		int64_t v = big_endian(p + 20 + 4 * i, 4);

		if (v < 0 || v > (int64_t)FILE_MAX_BYTES)
			return 0;
		*fields[i] = (size_t)v;
	}
	return c->time * (width + 1) + c->type * 6 + c->chars +
	    c->leap * (width + 4) + c->isstd + c->isut;
}

static bool
read_transitions(struct zone *z, const struct counts *c, const char *p)
{
	const char *types = p + c->time * 8, *infos = types + c->time;

	if (c->type == 0)
		return false;
	z->n = c->time;
	z->times = mem_zero(c->time + 1, sizeof(*z->times));
	z->offsets = mem_zero(c->time + 1, sizeof(*z->offsets));
	z->first = (int)big_endian(infos, 4);
	for (size_t i = 0; i < c->time; i++) {
		size_t type = (unsigned char)types[i];

		if (type >= c->type)
			return false;
		z->times[i] = big_endian(p + i * 8, 8);
		z->offsets[i] = (int)big_endian(infos + type * 6, 4);
	}
	return true;
}

static bool
read_zone(struct zone *z, const struct buf *b)
{
	struct counts c;
	size_t body = read_header(&c, b->data, b->len, 4), at, end;
	const char *footer;
	char *rule;
	bool good;

	at = HEADER + body; /* the block of 32 bits is skipped */
	if (b->len < HEADER || b->data[4] < '2' || at > b->len)
		return false;
	body = read_header(&c, b->data + at, b->len - at, 8);
	end = at + HEADER + body;
	if (body == 0 || end > b->len ||
	    !read_transitions(z, &c, b->data + at + HEADER))
		return false;
	footer = b->data + end;
	if (end + 2 > b->len || *footer != '\n')
		return true; /* no rule: the last offset stays */
	rule = mem_ndup(footer + 1, strcspn(footer + 1, "\n"));
	good = rule[0] == '\0' || read_rule(z, rule);
	free(rule);
	return good;
}

/* "UTC", "Z", "+02:00", "-0330". */
static bool
read_fixed(struct zone *z, const char *name)
{
	const char *p = name + 1;
	int h, m = 0;

	z->ruled = true;
	if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0)
		return true;
	if ((name[0] != '+' && name[0] != '-') ||
	    strspn(p, "0123456789:") != strlen(p) || strlen(p) < 2 ||
	    !isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
		return false;
	h = (p[0] - '0') * 10 + (p[1] - '0');
	p += 2;
	p += *p == ':';
	if (strlen(p) == 2)
		m = (p[0] - '0') * 10 + (p[1] - '0');
	else if (*p != '\0')
		return false;
	z->standard = (name[0] == '-' ? -1 : 1) * (h * 60 + m) * 60;
	return h <= 14 && m <= 59;
}

static bool
is_name(const char *name)
{
	return isalpha((unsigned char)name[0]) && strlen(name) < 64 &&
	    strstr(name, "..") == NULL &&
	    strspn(name,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_+-/") == strlen(name);
}

struct err *
zone_open(struct zone **out, const char *name)
{
	struct zone *z = mem_zero(1, sizeof(*z));
	struct buf b = BUF_INIT;
	char *path = NULL;
	bool good = read_fixed(z, name);
	struct err *e = NULL;

	if (!good && is_name(name)) {
		*z = (struct zone){ 0 };
		path = mem_printf(FOLDER "/%s", name);
		e = file_read(&b, path, FILE_MAX_BYTES);
		good = e == NULL && read_zone(z, &b);
		err_drop(e); /* no file, no zone: said below */
	}
	free(path);
	buf_release(&b);
	*out = z;
	if (good)
		return NULL;
	zone_close(z);
	*out = NULL;
	return err_hint(
	    err_new(ERR_INVALID, "\"%.64s\" is not a time zone", name),
	    "write Europe/Berlin, America/New_York, UTC or +02:00");
}

void
zone_close(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->times);
	free(z->offsets);
	free(z);
}

int
zone_offset(const struct zone *z, int64_t time)
{
	size_t low = 0, high = z->n;

	if (z->ruled && (z->n == 0 || time >= z->times[z->n - 1]))
		return ruled_offset(z, time);
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (z->times[mid] <= time)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? z->first : z->offsets[low - 1];
}

/*
 * The offsets a day before and a day after are the two that clocks can have
 * then: no zone changes twice within two days.
 */
int
zone_instants(int64_t out[static 2], const struct zone *z, int64_t local)
{
	int before = zone_offset(z, local - DATE_DAY);
	int after = zone_offset(z, local + DATE_DAY);
	int n = 0;

	if (zone_offset(z, local - before) == before)
		out[n++] = local - before;
	if (after != before && zone_offset(z, local - after) == after)
		out[n++] = local - after;
	if (n == 0)
		out[0] = local - before;
	return n;
}

int
zone_instants_near(int64_t out[static 2], struct zone_near *near,
    const struct zone *z, int64_t local)
{
	int64_t quarter = local / 900;

	if (!near->known || quarter != near->quarter) {
		near->known = true;
		near->quarter = quarter;
		near->n = zone_instants(out, z, local);
		near->shift[0] = out[0] - local;
		near->shift[1] = out[1] - local;
	}
	out[0] = local + near->shift[0];
	out[1] = local + near->shift[1];
	return near->n;
}

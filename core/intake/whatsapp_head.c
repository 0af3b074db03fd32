/* SPDX-License-Identifier: ISC */
#include "core/intake/whatsapp_head.h"

#include <string.h>

#include "core/intake/whatsapp_words.h"
#include "core/util/utf8.h"

#define CLEAN_MAX 72 /* bytes that date, time and what is between may take */

/* The beginning of a line with plain digits and blanks and without marks. */
struct clean {
	char text[CLEAN_MAX + 8];
	/* where in the line what stands before each byte ends */
	unsigned short at[CLEAN_MAX + 8];
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

/* 1 to 4 digits. */
static const char *
read_number(const char *p, int *v, int *width)
{
	*v = *width = 0;
	while (is_digit(*p) && *width < 5) {
		*v = *v * 10 + (*p++ - '0');
		++*width;
	}
	return *width >= 1 && *width <= 4 ? p : NULL;
}

/* What separates the fields of a date, or ends it: "年" and the like. */
static const char *
skip_cjk(const char *p)
{
	static const char *const marks[] = { "年", "月", "日", "년", "월",
		"일" };

	if ((unsigned char)*p < 0x80)
		return NULL; /* as nearly all are */
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(p, marks[i], strlen(marks[i])) == 0)
			return p + strlen(marks[i]);
	return NULL;
}

/* The Japanese era a year counts in: "R4", "令和4年". */
static const char *
read_era(const char *p, struct head *h)
{
	static const struct {
		const char *name;
		char era;
	} eras[] = { { "R", 'R' }, { "H", 'H' }, { "S", 'S' }, { "令和", 'R' },
		{ "平成", 'H' }, { "昭和", 'S' } };

	if (is_digit(*p))
		return p; /* a year, without more */
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		size_t n = strlen(eras[i].name);

		if (strncmp(p, eras[i].name, n) != 0)
			continue;
		/* NOLINTNEXTLINE(clang-analyzer-core*): p goes on so far */
		if (!is_digit(p[n]))
			continue;
		h->date.era = eras[i].era;
		return p + n;
	}
	return p;
}

static const char *
read_date(const char *p, struct head *h)
{
	const char *next;
	char separator = 0;

	h->date.era = 0;
	h->date.named = false;
	for (int i = 0; i < 3; i++) {
		if (i != 1)
			p = read_era(p, h);
		p = read_number(p, &h->date.field[i], &h->date.width[i]);
		if (p == NULL)
			return NULL;
		if (i == 0 && h->date.era != 0)
			h->date.width[0] = 4; /* "R4/3/18": the year is first */
		next = skip_cjk(p);
		if (i == 2)
			return next != NULL ? next : p;
		if (next != NULL) {
			p = skip_blanks(next);
			continue;
		}
		if ((*p != '/' && *p != '.' && *p != '-') ||
		    (separator != 0 && *p != separator))
			return NULL;
		separator = *p++;
		if (separator == '.')
			p = skip_blanks(p);
	}
	return NULL;
}

/* "AM" and its like, if nothing but a blank or the end follows. */
static const char *
read_half(const char *p, struct head *h)
{
	size_t n = words_half_day(p, &h->half);

	if (n > 0 && (p[n] == '\0' || strchr(" ]-:,", p[n]) != NULL))
		return p + n;
	h->half = 0;
	return NULL;
}

/* ":" and "." between the parts of a time, "h" in Canada: "14 h 56". */
static const char *
skip_separator(const char *p, char *separator)
{
	const char *next = skip_blanks(p);

	*separator = *p;
	if (*p == ':' || *p == '.')
		return p + 1;
	*separator = 'h';
	return *next == 'h' ? skip_blanks(next + 1) : NULL;
}

/* What some languages write behind a time. */
static const char *
skip_unit(const char *p)
{
	static const char *const units[] = { " Uhr", " ч." };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strncmp(p, units[i], strlen(units[i])) == 0)
			return p + strlen(units[i]);
	return p;
}

static const char *
read_time(const char *p, struct head *h)
{
	int width;
	char separator;
	const char *next;

	p = read_number(p, &h->hour, &width);
	if (p == NULL || width > 2 ||
	    (p = skip_separator(p, &separator)) == NULL)
		return NULL;
	p = read_number(p, &h->minute, &width);
	if (p == NULL || width != 2)
		return NULL;
	h->second = -1;
	if (*p == separator && is_digit(p[1])) {
		p = read_number(p + 1, &h->second, &width);
		if (p == NULL || width != 2)
			return NULL;
	}
	if (h->hour > 24 || h->minute > 59 || h->second > 59)
		return NULL;
	next = h->half == 0 ? read_half(skip_blanks(p), h) : NULL;
	return next != NULL ? next : skip_unit(p);
}

/* Between date and time: a comma, a word ("klo", "um", "at"), "下午". */
static const char *
skip_between(const char *p, struct head *h)
{
	const char *start = p;
	size_t n;

	h->dotted = *p == '.';
	p = skip_blanks(p + h->dotted);
	if (strncmp(p, "BE", 2) == 0 && (p[2] == ' ' || p[2] == ',')) {
		h->date.era = 'B';
		p += 2;
	}
	if (*p == ',')
		p++;
	p = skip_blanks(p);
	n = words_half_day(p, &h->half);
	if (n > 0)
		return skip_blanks(p + n);
	h->half = 0;
	n = strcspn(p, " 0123456789[]:/-");
	if (n > 0 && n <= 16 && p[n] == ' ')
		p = skip_blanks(p + n);
	return p > start ? p : NULL;
}

static const char *
read_date_time(const char *p, struct head *h)
{
	h->half = 0;
	if ((p = read_date(p, h)) == NULL || (p = skip_between(p, h)) == NULL)
		return NULL;
	return read_time(p, h);
}

static const char *
read_stamp(const char *p, struct head *h)
{
	const char *next = read_date_time(p, h);

	if (next != NULL)
		return next;
	h->half = 0;
	next = read_time(p, h);
	if (next == NULL)
		return NULL;
	p = skip_blanks(*next == ',' ? next + 1 : next);
	next = p > next ? read_date(p, h) : NULL;
	if (next != NULL && strncmp(next, " BE", 3) == 0) {
		h->date.era = 'B';
		next += 3;
	}
	return next;
}

static const char *
read_layout(const char *p, bool bracket, struct head *h)
{
	const char *next = skip_blanks(p);

	h->layout = LAYOUT_NONE;
	if (bracket) {
		if (*next != ']')
			return NULL;
		h->layout = LAYOUT_BRACKET;
	} else if (next > p && (*next == '-' || strncmp(next, "–", 3) == 0)) {
		h->layout = LAYOUT_DASH;
		next += *next == '-' ? 0 : 2;
	} else if (*p == ':' && h->second >= 0) {
		h->layout = LAYOUT_COLON;
		next = p;
	} else if (*p == ',' && p[1] == ' ') {
		/* Korean: "2022년 3월 18일 오후 2:56, Name : text" */
		h->layout = LAYOUT_COLON;
		next = p;
	} else if (*p == ' ' && h->dotted && h->second >= 0) {
		/* Croatian: "13. 6. 2018. 21:25:15 Name: text" */
		h->layout = LAYOUT_BLANK;
		return p + 1;
	} else {
		return NULL;
	}
	next++;
	if (*next == ' ')
		return next + 1;
	return *next == '\0' ? next : NULL;
}

/* Could a header begin here?  Most lines that are none are out at once. */
static bool
may_begin(const char *p, size_t len)
{
	unsigned char c = len > 0 ? (unsigned char)p[0] : 0;

	return is_digit((char)c) || c == '[' || c >= 0x80;
}

static void
make_clean(struct clean *c, const char *p, size_t len)
{
	size_t n = 0, at = 0, used;
	struct buf one = BUF_INIT;

	while (at < len && n < CLEAN_MAX) {
		uint32_t plain = text_plain(p + at, len - at, &used);

		if (plain == 0 || plain == UTF8_BAD)
			break;
		c->at[n] = (unsigned short)at;
		if (plain < 0x80) {
			c->text[n++] = (char)plain;
		} else {
			buf_clear(&one);
			utf8_add(&one, plain);
			for (size_t i = 0; i < one.len; i++) {
				c->at[n] = (unsigned short)at;
				c->text[n++] = one.data[i];
			}
		}
		at += used;
	}
	c->text[n] = '\0';
	c->at[n] = (unsigned short)at;
	buf_release(&one);
}

bool
whatsapp_head(struct head *h, const struct line *line)
{
	size_t marks, look = line->len < CLEAN_MAX ? line->len : CLEAN_MAX;
	struct clean clean;
	const char *start, *p;
	bool ascii, bracket;

	if (!may_begin(line->p, line->len))
		return false;
	marks = text_marks(line->p, line->len);
	h->generated = marks > 0;
	ascii = utf8_is_ascii(line->p, look);
	if (ascii)
		start = line->p;
	else
		make_clean(&clean, line->p, line->len);
	if (!ascii)
		start = clean.text;
	bracket = *start == '[';
	h->dotted = false;
	p = read_stamp(start + bracket, h);
	if (p != NULL)
		p = read_layout(p, bracket, h);
	if (p == NULL)
		return false;
	h->len = (size_t)(p - start);
	if (!ascii)
		h->len = clean.at[h->len];
	return h->len <= line->len;
}

static int
hour_of(const struct head *h)
{
	if (h->half == 0 || h->hour > 12 || h->hour == 0)
		return h->hour;
	if (h->half == 2 || (h->half == 4 && h->hour < 11))
		return h->hour == 12 ? 12 : h->hour + 12;
	if (h->half == 4)
		return h->hour;
	if (h->half == 3)
		return h->hour == 12 ? 0 : h->hour < 6 ? h->hour : h->hour + 12;
	return h->hour == 12 ? 0 : h->hour;
}

bool
whatsapp_civil(struct civil *c, const struct head *h, enum date_order order)
{
	*c = (struct civil){ .hour = hour_of(h),
		.minute = h->minute,
		.second = h->second < 0 ? 0 : h->second };
	return c->hour < 24 && dates_civil(c, &h->date, order);
}

bool
whatsapp_stamp(struct date_time *out, const char *p, size_t len)
{
	struct head h = { .len = 0 };
	struct clean clean;
	const char *end;

	memset(out, 0, sizeof(*out));
	if (len >= CLEAN_MAX)
		return false;
	make_clean(&clean, p, len);
	end = read_date_time(clean.text, &h);
	if (end == NULL || *end != '\0' || clean.at[end - clean.text] != len)
		return false;
	*out = (struct date_time){ .date = h.date,
		.has_time = true,
		.hour = hour_of(&h),
		.minute = h.minute,
		.second = h.second };
	return out->hour < 24;
}

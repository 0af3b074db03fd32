/* SPDX-License-Identifier: ISC */
/*
 * WhatsApp, "Export chat": a text, or an archive of it and its media.
 *
 * There is no description of it; the forms differ by system, language and
 * year.  A line is a message if it begins with a date and a time in the form
 * that the first message of the file has; else it belongs to the one before.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/dates.h"
#include "core/intake/whatsapp_words.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define CLEAN_MAX 72 /* bytes that date, time and what is between may take */
#define BUDDHIST_YEARS 543
#define AUTHOR_MAX 160 /* bytes */

/* What stands between the time and the author. */
enum layout {
	LAYOUT_NONE,
	LAYOUT_BRACKET,
	LAYOUT_DASH,
	LAYOUT_COLON,
	LAYOUT_BLANK
};

struct head {
	struct date_fields date;
	int hour, minute, second; /* second -1: not given */
	int half;                 /* as words_half_day() has it; 0: 24 hours */
	bool dotted;              /* the date ends in a full stop */
	enum layout layout;
	bool generated; /* a mark stands before it */
	size_t len;     /* bytes of the line until the author */
};

/* The beginning of a line with plain digits and blanks and without marks. */
struct clean {
	char text[CLEAN_MAX + 8];
	/* where in the line what stands before each byte ends */
	unsigned short at[CLEAN_MAX + 8];
};

struct chat {
	struct reading *r;
	struct words *words;
	struct text *text;
	/* of the first header, and of every other */
	enum date_order order;
	enum layout layout;
	bool year_first;
	char *dir; /* of the text inside the export */
	char *title;
	/* the message being read */
	bool open;
	struct head head, next_head;
	struct stamp at, next_at; /* of this message, of the one that begins */
	struct buf author, body, raw;
	bool mended;
	unsigned long line;
	size_t strange; /* headers in another form than the first */
	bool buddhist;
};

/*
 * The grammar of a header.
 */

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
	while (isdigit((unsigned char)*p) && *width < 5) {
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

	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		size_t n = strlen(eras[i].name);

		if (strncmp(p, eras[i].name, n) != 0 ||
		    !isdigit((unsigned char)p[n]))
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
	if (*p == separator && isdigit((unsigned char)p[1])) {
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
read_stamp(const char *p, struct head *h)
{
	const char *date = read_date(p, h), *next;

	h->half = 0;
	if (date != NULL) {
		next = skip_between(date, h);
		if (next != NULL && (next = read_time(next, h)) != NULL)
			return next;
	}
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

	return isdigit(c) || c == '[' || c >= 0x80;
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

static bool
is_ascii(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] >= 0x80)
			return false;
	return true;
}

/* A header at the beginning of a line?  The date is not yet understood. */
static bool
read_head(struct head *h, const struct line *line)
{
	size_t marks, look = line->len < CLEAN_MAX ? line->len : CLEAN_MAX;
	struct clean clean;
	const char *start, *p;
	bool ascii, bracket;

	if (!may_begin(line->p, line->len))
		return false;
	marks = text_marks(line->p, line->len);
	h->generated = marks > 0;
	ascii = is_ascii(line->p, look);
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

/*
 * Dates.
 */

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

/* The date in an order of its fields; false if there is no such date. */
static bool
civil_of(struct civil *c, const struct head *h, enum date_order order)
{
	*c = (struct civil){ .hour = hour_of(h),
		.minute = h->minute,
		.second = h->second < 0 ? 0 : h->second };
	return c->hour < 24 && dates_civil(c, &h->date, order);
}

/* The order of dates is the same in a whole file; find it. */
static struct err *
find_order(struct chat *chat)
{
	struct date_evidence v = { .n = 0 };
	struct line line;
	struct head h;
	struct err *e;

	chat->order = chat->r->date_order;
	while ((e = text_next(chat->text, &line)) == NULL && line.p != NULL) {
		if (!read_head(&h, &line))
			continue;
		if (chat->layout == LAYOUT_NONE) {
			chat->layout = h.layout;
			chat->year_first = dates_year_first(&h.date);
			if (chat->year_first) /* whatever somebody says */
				chat->order = DATE_YMD;
		}
		if (chat->order != DATE_UNKNOWN)
			break;
		if (h.layout != chat->layout)
			continue;
		chat->order = dates_weigh(&v, &h.date, line.number);
		if (chat->order != DATE_UNKNOWN)
			break;
	}
	if (e == NULL && chat->order == DATE_UNKNOWN)
		e = dates_decide(&chat->order, &v, chat->r->main->name);
	return e != NULL ? e : text_rewind(chat->text);
}

/*
 * Messages.
 */

/* Bytes of the full stop that p ends with, of any of these scripts, or 0. */
static size_t
stop_len(const char *p, size_t len)
{
	static const char *const stops[] = { ".", "。", "।" };

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		size_t n = strlen(stops[i]);

		if (len >= n && memcmp(p + len - n, stops[i], n) == 0)
			return n;
	}
	return 0;
}

/* Text without marks before it, and without marks and a full stop behind. */
static struct span
bare(const struct buf *body)
{
	size_t from = text_marks(body->data, body->len), len = body->len;

	while (len > from + 3 && text_marks(body->data + len - 3, 3) == 3)
		len -= 3;
	len -= stop_len(body->data + from, len - from);
	return (struct span){ body->data + from, len - from };
}

/* Without blanks and marks around it; absent if it cannot be a file's name. */
static struct span
file_name(const char *p, const char *end)
{
	struct span none = { NULL, 0 };
	size_t used;

	while (p < end && text_plain(p, (size_t)(end - p), &used) == ' ')
		p += used;
	p += text_marks(p, (size_t)(end - p));
	while (end > p && end[-1] == ' ')
		end--;
	if (memchr(p, '.', (size_t)(end - p)) == NULL || end - p > 255 ||
	    memchr(p, '\n', (size_t)(end - p)) != NULL)
		return none;
	return (struct span){ p, (size_t)(end - p) };
}

/*
 * "<attached: F>" in any language: what stands behind the colon; or, in old
 * versions, "F <attached>": what stands before it.
 */
static struct span
ios_attached(struct span text)
{
	const char *open = memrchr(text.p, '<', text.len), *colon, *end;
	struct span none = { NULL, 0 };
	size_t marks;

	if (text.len == 0 || text.p[text.len - 1] != '>' || open == NULL)
		return none;
	end = text.p + text.len - 1;
	colon = memchr(open, ':', (size_t)(end - open));
	if (colon != NULL)
		return file_name(colon + 1, end);
	marks = text_marks(open + 1, (size_t)(end - open) - 1);
	if (marks == 0 && strncmp(open, "<attached>", 10) != 0)
		return none;
	return file_name(text.p, open);
}

/* "IMG-20220323-WA0002.jpg (...)": Android's own names, in any language. */
static bool
is_android_name(const char *p, size_t len)
{
	static const char *const kinds[] = { "IMG-", "VID-", "PTT-", "AUD-",
		"STK-", "DOC-" };

	if (len < 16)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(p, kinds[i], 4) == 0)
			return strspn(p + 4, "0123456789") == 8 &&
			    memcmp(p + 12, "-WA", 3) == 0;
	return false;
}

static struct span
android_attached(struct span text)
{
	struct span none = { NULL, 0 }, line = text;
	const char *lf = memchr(text.p, '\n', text.len), *open;

	if (lf != NULL)
		line.len = (size_t)(lf - text.p); /* a caption follows */
	while (line.len > 0 && line.p[line.len - 1] == ' ')
		line.len--;
	if (words_attached(line.p, line.len, &line.len))
		return line;
	if (line.len == 0 || line.p[line.len - 1] != ')' ||
	    !is_android_name(line.p, line.len))
		return none;
	open = memmem(line.p, line.len, " (", 2);
	if (open == NULL)
		return none;
	line.len = (size_t)(open - line.p);
	return line;
}

static const char *
type_of_file(struct span name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".jpg", "image" },
		{ ".jpeg", "image" },
		{ ".png", "image" },
		{ ".mp4", "video" },
		{ ".opus", "audio" },
		{ ".m4a", "audio" },
		{ ".webp", "sticker" },
		{ ".vcf", "contact" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t n = strlen(types[i].end);

		if (name.len > n &&
		    strncasecmp(name.p + name.len - n, types[i].end, n) == 0)
			return types[i].type;
	}
	return "document";
}

/* What the text says it carries. */
static bool
read_attachment(const struct chat *chat, struct span text, struct attachment *a)
{
	struct span name = ios_attached(text);

	if (name.p == NULL)
		name = android_attached(text);
	if (name.p == NULL)
		return false;
	*a = (struct attachment){ .name = name,
		.type = span_of(type_of_file(name)),
		.size = -1,
		.part =
		    input_locate(chat->r->input, chat->dir, name.p, name.len) };
	return true;
}

/* The last mark in a text, or NULL. */
static const char *
last_mark(struct span text)
{
	const char *last = NULL, *p = text.p, *end = p + text.len;

	/* all marks have three bytes, but one that nobody puts there */
	while (p < end && (p = memchr(p, '\xe2', (size_t)(end - p))) != NULL) {
		if (text_marks(p, (size_t)(end - p)) > 0)
			last = p;
		p++;
	}
	return last;
}

/*
 * "3 pages • document omitted": iOS puts a mark in front of what it says
 * itself, and the last words count.  "<Media omitted>": Android puts what was
 * written below a picture on the lines after it.
 */
static enum word
find_word(const struct chat *chat, struct span text)
{
	enum word word = words_find(chat->words, text.p, text.len);
	const char *lf = memchr(text.p, '\n', text.len), *mark;

	if (word != WORD_NONE)
		return word;
	if (lf != NULL && text.p[0] == '<')
		return words_find(chat->words, text.p, (size_t)(lf - text.p));
	if (text.len > 400 || (mark = last_mark(text)) == NULL)
		return WORD_NONE;
	mark += text_marks(mark, text.len - (size_t)(mark - text.p));
	return words_find(
	    chat->words, mark, text.len - (size_t)(mark - text.p));
}

/* "spec.pdf <mark>document omitted": what the file was called, or absent. */
static struct span
omitted_name(struct span text)
{
	struct span none = { NULL, 0 }, name = text;
	const char *mark = last_mark(text);
	const char *bullet = memmem(text.p, text.len, " \xe2\x80\xa2 ", 5);

	if (bullet != NULL && (mark == NULL || bullet < mark))
		mark = bullet;
	if (mark == NULL)
		return none;
	name.len = (size_t)(mark - text.p);
	while (name.len > 0 && name.p[name.len - 1] == ' ')
		name.len--;
	return name.len > 0 && memchr(name.p, '.', name.len) != NULL ? name :
								       none;
}

/*
 * "<Media omitted>" in a language that is not known here: Android writes it so,
 * and nothing else.  iOS puts a mark before the whole line, and one before its
 * few words.
 */
static bool
is_omitted(const struct chat *chat, struct span text, bool generated)
{
	if (chat->layout == LAYOUT_BRACKET)
		return chat->head.generated && text.len < 400 &&
		    (generated || omitted_name(text).p != NULL) &&
		    memchr(text.p, '\n', text.len) == NULL &&
		    memmem(text.p, text.len, "://", 3) == NULL;
	return chat->layout == LAYOUT_DASH && text.len > 6 && text.len < 100 &&
	    text.p[0] == '<' && text.p[text.len - 1] == '>' &&
	    memchr(text.p, ' ', text.len) != NULL &&
	    memchr(text.p, '\n', text.len) == NULL &&
	    memchr(text.p + 1, '<', text.len - 1) == NULL &&
	    memchr(text.p, '>', text.len - 1) == NULL &&
	    memchr(text.p, '.', text.len) == NULL;
}

/* "Voice call, 12 min", "Missed voice call. Tap to call back": the beginning. */
static bool
is_call(const struct chat *chat, struct span text)
{
	size_t len = 0;

	while (len < text.len && text.p[len] != ',' && text.p[len] != '.')
		len++;
	return words_find(chat->words, text.p, len) == WORD_CALL;
}

/*
 * "Your security code with X changed.  Tap to learn more." in any language:
 * two marks before it, and one within.
 */
static bool
has_notice_marks(const struct chat *chat, struct span text)
{
	return chat->layout == LAYOUT_BRACKET && text.len < 400 &&
	    text_marks(chat->body.data, chat->body.len) >= 6 &&
	    last_mark(text) != NULL;
}

/*
 * What nobody typed: iOS gives notices an author, the group or whom they are
 * about.
 */
static bool
is_notice(const struct chat *chat, struct span text, bool generated)
{
	if (!generated)
		return false;
	if (chat->author.len > 0 && chat->title != NULL &&
	    strcmp(chat->author.data, chat->title) == 0 && text.len < 400 &&
	    !words_location(text.p, text.len))
		return true;
	return has_notice_marks(chat, text) || words_notice(text.p, text.len);
}

/*
 * The length of "<This message was edited>" at the end, or 0; in a language
 * that is not known here it is what stands there behind a mark.
 */
static size_t
edited_len(const struct chat *chat)
{
	const char *p = chat->body.data;
	size_t len = chat->body.len, n = words_edited(p, len);
	const char *open = memrchr(p, '<', len);
	size_t at = open != NULL ? (size_t)(open - p) : 0;

	if (n > 0)
		return n;
	if (chat->layout != LAYOUT_BRACKET || at < 4 || p[len - 1] != '>' ||
	    text_marks(open - 3, 3) != 3 || memchr(open, ':', len - at) != NULL)
		return 0;
	return len - at;
}

static void
cut_edited(struct chat *chat, struct message *m)
{
	size_t n = edited_len(chat);

	if (n == 0)
		return;
	m->edited = true;
	buf_cut(&chat->body, chat->body.len - n);
	while (chat->body.len >= 3 &&
	    text_marks(chat->body.data + chat->body.len - 3, 3) == 3)
		buf_cut(&chat->body, chat->body.len - 3);
	while (chat->body.len > 0 && chat->body.data[chat->body.len - 1] == ' ')
		buf_cut(&chat->body, chat->body.len - 1);
}

/* Something that the export does not hold. */
static void
left_out(
    struct message *m, struct attachment *a, struct span text, enum word word)
{
	*a = (struct attachment){ .name = omitted_name(text),
		.type = span_of(word_name(word)),
		.size = -1 };
	m->attachments = a;
	m->n_attachments = word != WORD_NULL;
	m->type = span_of(word_name(word));
}

static void
classify(struct chat *chat, struct message *m, struct attachment *a)
{
	struct span text;
	bool generated;
	enum word word;

	if (chat->author.len == 0) {
		m->system = true;
		return;
	}
	cut_edited(chat, m);
	text = bare(&chat->body);
	generated = text_marks(chat->body.data, chat->body.len) > 0;
	word = find_word(chat, text);
	if (word == WORD_DELETED) {
		m->deleted = true;
		m->type = span_of(word_name(word));
	} else if (word == WORD_CALL || (generated && is_call(chat, text))) {
		m->system = m->call = true;
		m->type = span_of(word_name(WORD_CALL));
	} else if (word != WORD_NONE) {
		left_out(m, a, text, word);
	} else if (read_attachment(chat, text, a)) {
		m->attachments = a;
		m->n_attachments = 1;
	} else if (is_notice(chat, text, generated)) {
		m->system = true;
	} else if (words_location(text.p, text.len)) {
		m->type = span_of("location");
	} else if (is_omitted(chat, text, generated)) {
		left_out(m, a, text, WORD_MEDIA);
	}
}

/* "~ Anna", "<mark>+49 170 ...<mark>": the name without what is around it. */
static struct span
plain_author(const struct buf *raw)
{
	const char *p = raw->data;
	size_t len = raw->len, n, used;

	while (len > 0) {
		n = text_marks(p, len);
		if (n == 0 && *p == '~') {
			n = 1;
			if (len > 1 && text_plain(p + 1, len - 1, &used) == ' ')
				n += used;
		}
		if (n == 0)
			break;
		p += n;
		len -= n;
	}
	while (len >= 3 && text_marks(p + len - 3, 3) == 3)
		len -= 3;
	return (struct span){ p, len };
}

static struct err *
flush(struct chat *chat)
{
	struct message m = { .at = chat->at, .line = chat->line };
	struct attachment a;

	if (!chat->open)
		return NULL;
	chat->open = false;
	if (chat->author.len > 0) {
		m.author = plain_author(&chat->author);
		if (m.author.len == 0)
			m.author = (struct span){ chat->author.data,
				chat->author.len };
		if (m.author.len != chat->author.len)
			m.author_raw = (struct span){ chat->author.data,
				chat->author.len };
	}
	classify(chat, &m, &a);
	m.text = (struct span){ chat->body.data, chat->body.len };
	if (chat->mended)
		m.raw = (struct span){ chat->raw.data, chat->raw.len };
	return sink_add(chat->r->sink, &m);
}

/* If the colon at p[at] ends the author: its bytes and those of a blank. */
static size_t
colon_len(const char *p, size_t len, size_t at)
{
	size_t used;

	if (at == 0)
		return 0; /* a name may begin with one */
	if (at + 1 == len)
		return 1;
	if (text_plain(p + at + 1, len - at - 1, &used) == ' ')
		return 1 + used;
	/* "John Doe:." has been seen, for an empty message */
	return at + 2 == len && p[at + 1] == '.';
}

/*
 * Where the author ends: at the first colon with a blank behind it, or at the
 * end of the line.  A quotation that is open there means that the line is no
 * message: '... created group "To do: now"'.
 */
static size_t
author_len(const char *p, size_t len, size_t *skip)
{
	size_t quotes = 0, at = 0, behind = 0;

	*skip = 0;
	for (const char *next = p; behind == 0; next++) {
		next = memchr(next, ':', len - (size_t)(next - p));
		if (next == NULL || next - p > AUTHOR_MAX)
			return 0;
		at = (size_t)(next - p);
		behind = colon_len(p, len, at);
	}
	for (size_t i = 0; i < at; i++)
		quotes += p[i] == '"';
	if (memmem(p, at, "“", 3) != NULL && memmem(p, at, "”", 3) == NULL)
		return 0;
	if (quotes % 2 != 0)
		return 0;
	*skip = behind;
	return at;
}

static void
begin(struct chat *chat, const struct line *line)
{
	const char *p = line->p + chat->next_head.len;
	size_t len = line->len - chat->next_head.len, skip = 0;
	size_t author = author_len(p, len, &skip);

	chat->head = chat->next_head;
	chat->at = chat->next_at;
	chat->open = true;
	chat->line = line->number;
	chat->at.unit = chat->head.second < 0 ? STAMP_MINUTE : STAMP_SECOND;
	buf_clear(&chat->author);
	buf_clear(&chat->body);
	buf_clear(&chat->raw);
	/* Korean: "Name : text" */
	buf_add(&chat->author, p, author);
	while (chat->author.len > 0 &&
	    chat->author.data[chat->author.len - 1] == ' ')
		buf_cut(&chat->author, chat->author.len - 1);
	buf_add(&chat->body, p + author + skip, len - author - skip);
	chat->mended = line->mended && line->raw != NULL;
	if (chat->mended)
		buf_add(&chat->raw, line->raw, line->raw_len);
}

static void
go_on(struct chat *chat, const struct line *line)
{
	if (line->raw != NULL && !chat->mended) {
		chat->mended = true;
		buf_add(&chat->raw, chat->body.data, chat->body.len);
	}
	if (chat->mended) {
		buf_addc(&chat->raw, '\n');
		buf_add(&chat->raw, line->raw != NULL ? line->raw : line->p,
		    line->raw != NULL ? line->raw_len : line->len);
	}
	buf_addc(&chat->body, '\n');
	buf_add(&chat->body, line->p, line->len);
}

/* A date that only another order of day and month would explain. */
static struct err *
mixed(const struct chat *chat, const struct line *line)
{
	return err_hint(
	    err_new(ERR_INVALID,
		"%s: the dates are in two orders: line %lu cannot be read as "
		"the lines before it",
		chat->r->main->name, line->number),
	    "if a message quotes another chat there, say which order counts: "
	    "--date-order %s",
	    chat->order == DATE_DMY ? "dmy" : "mdy");
}

/* Is this line a header, and its date one that exists? */
static struct err *
read_header(struct chat *chat, const struct line *line, bool *found)
{
	struct head h;
	struct civil c, other;

	*found = false;
	if (!read_head(&h, line))
		return NULL;
	if (h.layout != chat->layout ||
	    dates_year_first(&h.date) != chat->year_first) {
		chat->strange++;
		return NULL;
	}
	if (!civil_of(&c, &h, chat->order)) {
		enum date_order swapped =
		    chat->order == DATE_DMY ? DATE_MDY : DATE_DMY;

		if (chat->order == DATE_YMD || !civil_of(&other, &h, swapped))
			return NULL;
		if (chat->r->date_order == DATE_UNKNOWN)
			return mixed(chat, line);
		chat->strange++;
		return NULL;
	}
	*found = stamp_local(&chat->next_at, &c, 0);
	chat->next_head = h;
	if (h.date.era == 0 && c.year < 2200)
		chat->buddhist = chat->buddhist ||
		    h.date.field[chat->order == DATE_YMD ? 0 : 2] - c.year ==
			BUDDHIST_YEARS;
	return NULL;
}

static struct err *
take_line(struct chat *chat, const struct line *line)
{
	struct sink *sink = chat->r->sink;
	bool found;
	struct err *e;

	sink_unit(sink);
	if ((e = read_header(chat, line, &found)) != NULL)
		return e;
	if (found) {
		if ((e = flush(chat)) == NULL)
			begin(chat, line);
		return e;
	}
	if (!chat->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (chat->open && chat->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    chat->r->main->name, line->number, TEXT_LINE_MAX);
	if (chat->open)
		go_on(chat, line);
	return NULL;
}

/* An empty line at the very end of the file belongs to no message. */
static void
cut_last(struct chat *chat)
{
	while (
	    chat->body.len > 0 && chat->body.data[chat->body.len - 1] == '\n')
		buf_cut(&chat->body, chat->body.len - 1);
}

static void
find_title(struct chat *chat)
{
	const struct input *in = chat->r->input;
	char *stem = reader_stem(chat->r->main->name);
	size_t skip = words_title(stem);

	if (skip == 0 && in->type == INPUT_ARCHIVE) {
		free(stem);
		stem = reader_stem(in->name);
		skip = words_title(stem);
	}
	if (skip > 0) {
		chat->title = mem_dup(stem + skip);
		sink_title(chat->r->sink, chat->title, strlen(chat->title));
	}
	free(stem);
}

static struct err *
read_chat(struct chat *chat)
{
	struct line line;
	struct err *e;

	if ((e = text_open(&chat->text, chat->r->main)) != NULL ||
	    (e = find_order(chat)) != NULL)
		return e;
	while ((e = text_next(chat->text, &line)) == NULL && line.p != NULL)
		if ((e = take_line(chat, &line)) != NULL)
			return e;
	if (e != NULL)
		return e;
	cut_last(chat);
	if ((e = flush(chat)) != NULL)
		return e;
	sink_note_text(chat->r->sink, chat->text);
	if (chat->strange > 0)
		sink_warn(chat->r->sink,
		    "lines that look like messages, but not like those of "
		    "this file: %zu; read as part of the message before",
		    chat->strange);
	if (chat->buddhist)
		sink_warn(chat->r->sink,
		    "years were taken to count in the Buddhist era");
	return NULL;
}

static struct err *
read_whatsapp(struct reading *r)
{
	struct chat chat = { .r = r, .words = words_new() };
	char *dir = path_parent(r->main->name);
	struct err *e;

	buf_init(&chat.author);
	buf_init(&chat.body);
	buf_init(&chat.raw);
	chat.dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	free(dir);
	find_title(&chat);
	e = read_chat(&chat);
	text_close(chat.text);
	words_free(chat.words);
	buf_release(&chat.author);
	buf_release(&chat.body);
	buf_release(&chat.raw);
	free(chat.dir);
	free(chat.title);
	return e;
}

/*
 * Detection.
 */

/*
 * "[2019-12-24, 12:23] Name: text" and "[2019-12-24 12:23:05] ..." are how
 * another program writes, too; with comma and seconds it is an iPhone.
 */
static bool
is_iso(const struct head *h, const char *line)
{
	return h->layout == LAYOUT_BRACKET && h->date.width[0] == 4 &&
	    (h->second < 0 || strchr(line, ',') == NULL ||
		strchr(line, ',') > strchr(line, ']'));
}

static bool
has_sign(const struct probe *p)
{
	/* the path says what a folder is called that holds it, too */
	if (strcasestr(p->part->name, "whatsapp") != NULL ||
	    strcasestr(p->input->path, "whatsapp") != NULL ||
	    probe_named(p, "_chat.txt"))
		return true;
	for (size_t i = 0; i < p->lines.n; i++)
		if (strstr(p->lines.v[i], "\xe2\x80\x8e") != NULL)
			return true;
	return false;
}

static int
detect(const struct probe *p)
{
	size_t heads = 0, plain = 0;
	struct head h, first = { .len = 0 };
	const char *first_line = "";

	if (p->part == NULL)
		return 0;
	for (size_t i = 0; i < p->lines.n && heads + plain < 50; i++) {
		struct line line = { .p = p->lines.v[i],
			.len = strlen(p->lines.v[i]) };

		if (line.len == 0)
			continue;
		if (read_head(&h, &line)) {
			if (heads++ == 0) {
				first = h;
				first_line = line.p;
			}
		} else if (heads == 0) {
			plain++;
		}
	}
	if (heads == 0 || plain > 3)
		return 0;
	if (is_iso(&first, first_line) && !has_sign(p))
		return READER_MAYBE + 10;
	return READER_LIKELY + 10;
}

/* How much a name looks like that of the chat itself. */
static int
rank(const struct input *in, const struct part *part)
{
	char *stem = reader_stem(part->name), *outer = reader_stem(in->name);
	int rank = strcmp(stem, outer) == 0 ? 2 :
	    strcasestr(stem, "chat") != NULL ||
		strcasestr(stem, "whatsapp") != NULL ?
					      1 :
					      0;

	free(stem);
	free(outer);
	return rank;
}

/*
 * Of two texts in an archive that both are chats, one may have come attached:
 * the chat is called after the archive, else after WhatsApp, else shorter.
 */
static int
prefer(const struct input *in, const struct part *a, const struct part *b)
{
	int x = rank(in, a), y = rank(in, b);
	size_t m = strlen(a->name), n = strlen(b->name);

	if (x != y)
		return y - x;
	return m == n ? 0 : m < n ? -1 : 1;
}

const struct reader reader_whatsapp = {
	.name = "whatsapp",
	.title = "WhatsApp chat",
	.channel = "whatsapp",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_whatsapp,
	.prefer = prefer,
};

/* SPDX-License-Identifier: ISC */
/*
 * Text that somebody copied from a page of Fiverr or Upwork.  It has no form
 * to rely on, so a message is taken for one only where a name and a time stand
 * on lines of their own, and the transcript says how it came about.
 *
 *	Fiverr   NAME / "Mar 01, 2024, 3:58 PM" / text
 *	Upwork   "Friday, Mar 1, 2024" / NAME / "3:58 PM" / text
 *	         or "NAME 3:58 PM" on one line
 *
 * "2 hours ago" and "Today" tell that a message begins, and not when: nobody
 * knows when the page was copied.
 */

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/intake/dates.h"

#define NAME_MAX_LEN 80

struct paste {
	struct reading *r;
	bool upwork;
	enum date_order order;
	bool has_day; /* Upwork: the day of the messages that follow, */
	bool vague;   /* ... which is one like "Today" */
	struct date_time day;
	/* "Today" was the last line, which made the body so long */
	bool day_word;
	size_t day_word_at;
	/* the line before, which may turn out to be a name */
	bool held;
	struct buf hold;
	unsigned long hold_line;
	/* the message being read */
	bool open;
	struct stamp at;
	struct buf author, body;
	unsigned long line;
};

static struct span
trim(const char *p, size_t len)
{
	size_t used;

	while (len > 0 && text_plain(p, len, &used) == ' ') {
		p += used;
		len -= used;
	}
	while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	return (struct span){ p, len };
}

/* A date and nothing else; with a time, or without one. */
static bool
is_date(struct date_time *d, struct span s, bool with_time)
{
	return s.len >= 6 && s.len <= 48 &&
	    dates_read(d, s.p, s.len) == s.len && d->has_time == with_time;
}

static bool
is_clock(struct date_time *d, struct span s)
{
	return s.len >= 4 && s.len <= 12 &&
	    dates_clock(&d->hour, &d->minute, &d->second, s.p, s.len) == s.len;
}

static bool
is_word(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

/* "2 hours ago", "an hour ago", "Just now" */
static bool
is_ago(struct span s)
{
	size_t n = 0;

	if (is_word(s, "just now"))
		return true;
	while (n < s.len && isdigit((unsigned char)s.p[n]))
		n++;
	if (n == 0 && s.len > 2 && tolower((unsigned char)s.p[0]) == 'a')
		n = s.p[1] == 'n' ? 2 : 1;
	return n > 0 && n < 4 && s.len > n + 5 && s.len < 24 && s.p[n] == ' ' &&
	    strncasecmp(s.p + s.len - 4, " ago", 4) == 0;
}

/* Of Upwork: days of which nobody knows the date. */
static bool
is_day_word(struct span s)
{
	static const char *const words[] = { "today", "yesterday", "monday",
		"tuesday", "wednesday", "thursday", "friday", "saturday",
		"sunday" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(s, words[i]))
			return true;
	return false;
}

/* "Name 3:58 PM": the length of the name, or 0. */
static size_t
name_and_clock(struct date_time *d, struct span s)
{
	for (size_t i = s.len; i-- > 1;) {
		struct span rest = { s.p + i + 1, s.len - i - 1 };

		if (s.p[i] != ' ' || rest.len > 12)
			continue;
		if (!isdigit((unsigned char)s.p[i - 1]) && is_clock(d, rest) &&
		    rest.len >= 6 && i <= NAME_MAX_LEN)
			return i;
	}
	return 0;
}

/* What the page says itself: "You delivered the order", and then a time. */
static bool
is_event(const struct buf *line)
{
	static const char *const signs[] = { " placed the order",
		" placed an order", " delivered the order",
		" delivered your order", " started the order", "order started",
		"order is complete", "order was completed", "order completed",
		" completed the order", " accepted the", " accepted your",
		" requested a revision", " requested revision",
		" sent the order requirements", " sent a custom offer",
		" sent an offer", " created the order", " cancelled the order",
		" canceled the order", "order was cancelled",
		"order was canceled", "delivery date", " left a review",
		" left a rating", " extended the ", " requested to cancel",
		" requested to extend", " submitted a milestone",
		" submitted work", " released payment", " ended the contract",
		" funded the milestone", " requested changes" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strcasestr(line->data, signs[i]) != NULL)
			return true;
	return false;
}

static struct err *
flush(struct paste *p)
{
	struct message m = { .at = p->at, .line = p->line };

	if (!p->open)
		return NULL;
	p->open = false;
	while (p->body.len > 0 &&
	    strchr(" \n", p->body.data[p->body.len - 1]) != NULL)
		buf_cut(&p->body, p->body.len - 1);
	m.author = (struct span){ p->author.data, p->author.len };
	m.text = (struct span){ p->body.data, p->body.len };
	if (p->body.len == 0 && is_event(&p->author)) {
		m.system = true;
		m.text = m.author;
		m.author.p = NULL;
	}
	return sink_add(p->r->sink, &m);
}

static void
add_body(struct paste *p, const char *text, size_t len)
{
	if (p->body.len == 0 && len == 0)
		return;
	if (p->body.len > 0)
		buf_addc(&p->body, '\n');
	buf_add(&p->body, text, len);
}

/* The line that was held back was no name: it is text, or nothing's. */
static void
let_go(struct paste *p)
{
	if (!p->held)
		return;
	p->held = false;
	p->day_word = p->upwork &&
	    is_day_word((struct span){ p->hold.data, p->hold.len });
	p->day_word_at = p->body.len;
	if (p->open || p->day_word) {
		sink_continue(p->r->sink);
		if (p->open)
			add_body(p, p->hold.data, p->hold.len);
	} else {
		sink_skip(
		    p->r->sink, NULL, p->hold_line, "it belongs to no message");
	}
}

static void
hold(struct paste *p, const struct line *line, struct span text)
{
	let_go(p);
	p->held = true;
	p->hold_line = line->number;
	buf_clear(&p->hold);
	buf_add(&p->hold, text.p, text.len);
}

/* A message begins, by a name and with a time; d NULL: nobody knows when. */
static struct err *
begin(struct paste *p, struct span name, const struct date_time *d,
    unsigned long line)
{
	struct stamp at = { .kind = STAMP_NONE };
	struct buf author = BUF_INIT;
	struct err *e;

	buf_add(&author, name.p, name.len);
	if (d != NULL)
		dates_stamp(&at, d, p->order);
	else
		sink_warn(p->r->sink,
		    "a time like \"2 hours ago\" or \"Today\" is no time: "
		    "copy the page again where it shows the date");
	e = flush(p);
	p->open = true;
	p->at = at;
	p->line = line;
	buf_release(&p->author);
	p->author = author;
	buf_clear(&p->body);
	return e;
}

/* The day of a message is in the word above its name, if there is one. */
static const struct date_time *
day_of(struct paste *p, const struct date_time *d)
{
	if (p->day_word) {
		p->vague = true;
		if (p->open)
			buf_cut(&p->body, p->day_word_at);
	}
	p->day_word = false;
	return p->vague ? NULL : d;
}

/* The name is on the line that is held. */
static struct err *
begin_held(struct paste *p, const struct date_time *d)
{
	struct span name = { p->hold.data, p->hold.len };

	p->held = false;
	sink_continue(p->r->sink); /* the time's line */
	return begin(p, name, d, p->hold_line);
}

static bool
can_be_name(const struct paste *p)
{
	return p->held && p->hold.len > 0 && p->hold.len <= NAME_MAX_LEN;
}

static struct err *
take_fiverr(struct paste *p, const struct line *line, struct span text)
{
	struct date_time d;

	if (can_be_name(p) && is_date(&d, text, true))
		return begin_held(p, &d);
	if (can_be_name(p) && is_ago(text))
		return begin_held(p, NULL);
	if (text.len == 0) {
		let_go(p);
		sink_continue(p->r->sink);
		if (p->open)
			add_body(p, "", 0);
		return NULL;
	}
	hold(p, line, text);
	return NULL;
}

static struct err *
take_upwork(struct paste *p, const struct line *line, struct span text)
{
	struct date_time d;
	size_t name;

	if (is_date(&d, text, false)) {
		let_go(p);
		p->has_day = true;
		p->vague = p->day_word = false;
		p->day = d;
		sink_continue(p->r->sink);
		return flush(p);
	}
	d = p->day;
	d.has_time = true;
	if ((p->has_day || p->day_word) && can_be_name(p) && is_clock(&d, text))
		return begin_held(p, day_of(p, &d));
	name = name_and_clock(&d, text);
	if (name > 0 &&
	    (p->has_day || p->day_word ||
		(p->held &&
		    is_day_word((struct span){ p->hold.data, p->hold.len })))) {
		let_go(p);
		return begin(p, (struct span){ text.p, name }, day_of(p, &d),
		    line->number);
	}
	if (text.len == 0) {
		let_go(p);
		sink_continue(p->r->sink);
		if (p->open)
			add_body(p, "", 0);
		return NULL;
	}
	hold(p, line, text);
	return NULL;
}

static struct err *
weigh(struct paste *p, struct text *t)
{
	struct date_evidence v = { .n = 0 };
	struct date_time d;
	struct line line;
	struct err *e = NULL;

	p->order = p->r->date_order;
	while (p->order == DATE_UNKNOWN && (e = text_next(t, &line)) == NULL &&
	    line.p != NULL) {
		struct span text = trim(line.p, line.len);

		if (is_date(&d, text, !p->upwork))
			p->order = dates_weigh(&v, &d.date, line.number);
	}
	if (e == NULL && p->order == DATE_UNKNOWN)
		e = dates_decide(&p->order, &v, p->r->main->name);
	return e != NULL ? e : text_rewind(t);
}

static struct err *
run(struct paste *p)
{
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, p->r->main);

	buf_init(&p->hold);
	buf_init(&p->author);
	buf_init(&p->body);
	if (e == NULL)
		e = weigh(p, t);
	while (
	    e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL) {
		struct span text = trim(line.p, line.len);

		sink_unit(p->r->sink);
		if (p->body.len + p->hold.len + text.len > TEXT_LINE_MAX)
			e = err_new(ERR_LIMIT,
			    "%s:%lu: one message has more than %u bytes",
			    p->r->main->name, line.number, TEXT_LINE_MAX);
		else
			e = p->upwork ? take_upwork(p, &line, text) :
					take_fiverr(p, &line, text);
	}
	if (e == NULL) {
		let_go(p);
		e = flush(p);
		sink_note_text(p->r->sink, t);
	}
	text_close(t);
	buf_release(&p->hold);
	buf_release(&p->author);
	buf_release(&p->body);
	return e;
}

static struct err *
read_paste(struct reading *r, bool upwork)
{
	struct paste p = { .r = r, .upwork = upwork };

	sink_warn(r->sink,
	    "this is text copied from a page: who wrote what, and when, was "
	    "inferred from names and times on lines of their own");
	return run(&p);
}

static struct err *
read_fiverr_paste(struct reading *r)
{
	return read_paste(r, false);
}

static struct err *
read_upwork_paste(struct reading *r)
{
	return read_paste(r, true);
}

/* A note may end in "3 hours ago" or "at 10:30 AM"; a message says more. */
static bool
goes_on(const struct probe *p, size_t i)
{
	for (i++; i < p->lines.n; i++)
		if (trim(p->lines.v[i], strlen(p->lines.v[i])).len > 0)
			return true;
	return false;
}

/* How many messages there would be among the first lines. */
static size_t
count(const struct probe *p, bool upwork)
{
	struct date_time d;
	size_t n = 0;
	bool day = false;

	for (size_t i = 0; p->part != NULL && i < p->lines.n; i++) {
		struct span s = trim(p->lines.v[i], strlen(p->lines.v[i]));

		if (!upwork && i > 0 && s.len > 0 &&
		    isalpha((unsigned char)s.p[0]) && is_date(&d, s, true))
			n++;
		if (!upwork && i > 0 && s.len > 0 && is_ago(s) && goes_on(p, i))
			n++;
		if (upwork && isalpha(s.len > 0 ? (unsigned char)s.p[0] : 0) &&
		    (is_date(&d, s, false) || is_day_word(s)))
			day = true;
		else if (upwork && day &&
		    (is_clock(&d, s) || name_and_clock(&d, s) > 0))
			n += goes_on(p, i);
	}
	return n;
}

static int
detect_fiverr(const struct probe *p)
{
	return p->root == 0 && count(p, false) > 0 ? READER_MAYBE + 5 : 0;
}

static int
detect_upwork(const struct probe *p)
{
	return p->root == 0 && count(p, true) > 0 ? READER_MAYBE + 5 : 0;
}

const struct reader reader_fiverr_paste = {
	.name = "fiverr-paste",
	.title = "Text copied from Fiverr",
	.channel = "fiverr",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_fiverr,
	.read = read_fiverr_paste,
};

const struct reader reader_upwork_paste = {
	.name = "upwork-paste",
	.title = "Text copied from Upwork",
	.channel = "upwork",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_upwork,
	.read = read_upwork_paste,
};

/* SPDX-License-Identifier: ISC */
#include "core/hours.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/talk.h"

#define WEEK (7 * DATE_DAY)
#define MONDAY (4 * DATE_DAY) /* 1970 began on a Thursday */
#define LOW_PERCENT 20

const char *
hours_flaw_name(enum hours_flaw flaw)
{
	static const char *const names[] = { "manual", "no memo", "idle",
		"low activity", "over the weekly limit",
		"outside the contract" };

	return names[flaw];
}

/*
 * Cells.
 */

/* "h", "hrs", "min", "s": seconds; 0 if it is no unit of time. */
static int64_t
unit_of(const char *word, size_t len)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "h", 3600 }, { "hr", 3600 }, { "hrs", 3600 },
		{ "hour", 3600 }, { "hours", 3600 }, { "m", 60 }, { "min", 60 },
		{ "mins", 60 }, { "minute", 60 }, { "minutes", 60 }, { "s", 1 },
		{ "sec", 1 }, { "secs", 1 }, { "second", 1 },
		{ "seconds", 1 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len &&
		    strncasecmp(word, units[i].name, len) == 0)
			return units[i].seconds;
	return 0;
}

/* "2.5" or "2,5"; *end is behind it, or text if there is no number. */
static double
read_number(const char *text, const char **end)
{
	char *stop;
	double number = strtod(text, &stop);

	if (stop > text && *stop == ',' && isdigit((unsigned char)stop[1])) {
		double unit = 1;

		for (stop++; isdigit((unsigned char)*stop); stop++)
			number += (*stop - '0') * (unit /= 10);
	}
	*end = stop;
	return number;
}

/* "2h 30m", "2.5 hrs", "PT2H30M"; -1 if it is none. */
static int64_t
read_units(const char *text)
{
	double sum = 0;

	if (strncasecmp(text, "PT", 2) == 0)
		text += 2;
	while (*text != '\0') {
		const char *end;
		double number = read_number(text, &end);
		size_t len;
		int64_t unit;

		if (end == text || !(number >= 0 && number <= 1e6))
			return -1;
		end += strspn(end, " ");
		for (len = 0; isalpha((unsigned char)end[len]);)
			len++;
		if ((unit = unit_of(end, len)) == 0)
			return -1;
		sum += number * (double)unit;
		text = end + len;
		text += strspn(text, ". ,");
	}
	return (int64_t)(sum + 0.5);
}

/* "2.5", "2,5", "02:30", "02:30:00", "2h 30m"; -1 if it is none. */
static int64_t
read_span(const char *text, int64_t unit)
{
	const char *end;
	double number = read_number(text, &end);
	char *next;
	long more;

	if (end == text)
		return *text == 'P' ? read_units(text) : -1;
	if (!(number >= 0 && number <= 1e6))
		return -1;
	if (*end != ':' && end[strspn(end, " ")] != '\0')
		return read_units(text);
	if (*end != ':')
		return (int64_t)(number * (double)unit + 0.5);
	more = strtol(end + 1, &next, 10);
	return (int64_t)number * 3600 + more * 60 +
	    (*next == ':' ? strtol(next + 1, NULL, 10) : 0);
}

/* Does a column hold how long somebody worked, in this unit?  0: no. */
static int64_t
column_unit(const char *title)
{
	static const char *const words[] = { "hour", "duration", "(h)",
		"tracked time", "logged time", "time spent" };

	if (strcasestr(title, "rate") != NULL)
		return 0; /* "Hourly Rate" */
	if (strcasestr(title, "minute") != NULL)
		return 60;
	if (strcasestr(title, "second") != NULL ||
	    strcasestr(title, "(s)") != NULL ||
	    strcasestr(title, "(sec)") != NULL)
		return 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(title, words[i]) != NULL)
			return 3600;
	return strcasecmp(title, "time") == 0 ? 3600 : 0;
}

/* A column of this kind says so in its title: "Duration (minutes)". */
static int64_t
span_of(const struct node *more)
{
	for (size_t i = 0; i < node_count(more); i++) {
		const char *text = node_as_text(more->kids[i]);
		int64_t unit = column_unit(more->keys[i]), span;

		if (text != NULL && unit != 0 &&
		    (span = read_span(text, unit)) >= 0)
			return span;
	}
	return -1;
}

static bool
is_manual(const struct node *more)
{
	for (size_t i = 0; i < node_count(more); i++) {
		const char *key = more->keys[i];
		const char *text = node_as_text(more->kids[i]);

		if (text == NULL)
			continue;
		if (strcasecmp(text, "manual") == 0 ||
		    strcasecmp(text, "manual time") == 0)
			return true;
		if (strcasestr(key, "manual") != NULL &&
		    (strcasecmp(text, "yes") == 0 ||
			strcasecmp(text, "true") == 0 ||
			strcmp(text, "1") == 0))
			return true;
	}
	return false;
}

/* Ten steps, or a percentage: which is told by the sign or the size. */
static unsigned
activity_flaw(const struct node *more)
{
	for (size_t i = 0; i < node_count(more); i++) {
		const char *text = node_as_text(more->kids[i]);
		char *end;
		double level;

		if (text == NULL ||
		    strcasestr(more->keys[i], "activity") == NULL)
			continue;
		level = strtod(text, &end);
		if (end == text)
			continue;
		if (level <= 0)
			return 1u << HOURS_IDLE;
		if (*end != '%' && level <= 10)
			level *= 10;
		return level <= LOW_PERCENT ? 1u << HOURS_LOW : 0;
	}
	return 0;
}

/* A log without a memo is imported as "work". */
static bool
has_memo(const char *text)
{
	return text != NULL && text[0] != '\0' &&
	    strcasecmp(text, "work") != 0 &&
	    strncasecmp(text, "work (", 6) != 0;
}

/*
 * Logs.
 */

/*
 * A bare number is of hours, unless it is what lies between start and end in
 * minutes or in seconds.
 */
static int64_t
fit_span(int64_t seconds, int64_t between)
{
	return between > 0 &&
		(seconds == between * 60 || seconds == between * 3600) ?
	    between :
	    seconds;
}

static void
add_stint(struct hours *h, const struct fact *log, const struct node *m,
    unsigned line)
{
	const struct node *more = node_get(m, "more");
	struct stint s = { .log = log, .line = line };
	int64_t end;
	bool ended;

	if (!talk_time(&s.start, m, "time") && !talk_time(&s.start, m, "local"))
		return;
	s.seconds = span_of(more);
	ended =
	    (talk_time(&end, m, "end") || talk_time(&end, m, "local_end")) &&
	    end >= s.start;
	if (s.seconds < 0 && ended)
		s.seconds = end - s.start;
	else if (ended)
		s.seconds = fit_span(s.seconds, end - s.start);
	if (s.seconds <= 0)
		return;
	if (is_manual(more))
		s.flaws |= 1u << HOURS_MANUAL;
	else
		s.flaws |= activity_flaw(more);
	if (!has_memo(node_text(m, "text")))
		s.flaws |= 1u << HOURS_NO_MEMO;
	vec_push(&h->v, s);
}

static struct err *
read_log(struct hours *h, const struct ledger *l, const struct fact *log)
{
	struct buf text = BUF_INIT;
	struct err *e = talk_read(&text, l, log);
	const char *at = text.data;
	unsigned line = 0;
	struct node *m;

	while (e == NULL && (m = talk_next(&at, &line)) != NULL) {
		add_stint(h, log, m, line);
		node_free(m);
	}
	buf_release(&text);
	return e;
}

/*
 * Against the contract.
 */

/* Of one start the log that was recorded last goes first, in its own order. */
static int
by_start(const void *a, const void *b)
{
	const struct stint *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->log != y->log)
		return x->log > y->log ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* A later export holds the work of an earlier one again. */
static void
drop_doubles(struct hours *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->v.n; i++) {
		const struct stint *last = kept > 0 ? &h->v.v[kept - 1] : NULL;

		if (last == NULL || last->start != h->v.v[i].start ||
		    last->log == h->v.v[i].log)
			h->v.v[kept++] = h->v.v[i];
	}
	h->v.n = kept;
}

/* What is beyond the hours of its week, Monday to Sunday in UTC. */
static void
find_over_limit(struct hours *h, int64_t limit)
{
	int64_t week = INT64_MIN, sum = 0;
	struct stint *s;

	vec_each (s, &h->v) {
		int64_t its = (s->start - MONDAY) / WEEK;

		if (its != week)
			sum = 0;
		week = its;
		sum += s->seconds;
		if (sum <= limit)
			continue;
		s->flaws |= 1u << HOURS_LIMIT;
		s->over = sum - limit < s->seconds ? sum - limit : s->seconds;
	}
}

static void
find_outside(struct hours *h, const struct order *o)
{
	size_t at = 0;
	const struct fact *opened = order_next(o, "order", &at);
	const struct fact *ended =
	    o->state == ORDER_CANCELLED ? order_last(o, "cancellation") : NULL;
	struct stint *s;

	vec_each (s, &h->v) {
		if ((opened != NULL && s->start < opened->happened) ||
		    (ended != NULL && s->start > ended->happened))
			s->flaws |= 1u << HOURS_OUTSIDE;
	}
}

static void
sum_up(struct hours *h)
{
	struct stint *s;

	vec_each (s, &h->v) {
		h->seconds += s->seconds;
		h->flawed += (s->flaws & ~(1u << HOURS_LIMIT)) != 0 ?
		    s->seconds :
		    s->over;
		for (int i = 0; i < HOURS_FLAWS; i++)
			if (s->flaws & (1u << i))
				h->by[i] +=
				    i == HOURS_LIMIT ? s->over : s->seconds;
	}
}

void
hours_read(struct hours *out, const struct ledger *l, const struct order *o)
{
	int64_t limit = node_number(o->terms, "weekly_hours", -1);
	const struct fact *f;

	memset(out, 0, sizeof(*out));
	for (size_t at = 0; (f = order_next(o, "transcript", &at)) != NULL;) {
		const char *format = node_text(f->content, "format");
		struct err *e;

		if (format == NULL || strcmp(format, "worklog") != 0)
			continue;
		e = read_log(out, l, f);
		out->logs += e == NULL;
		err_drop(e); /* not here, as status and verify tell */
	}
	vec_sort(&out->v, by_start);
	drop_doubles(out);
	if (limit >= 0)
		find_over_limit(out, limit * 3600);
	find_outside(out, o);
	sum_up(out);
}

void
hours_release(struct hours *h)
{
	vec_release(&h->v);
}

/*
 * Telling.
 */

char *
hours_text(int64_t seconds)
{
	return mem_printf("%lld.%lld", (long long)(seconds / 3600),
	    (long long)(seconds % 3600 / 360));
}

static void
put_hours(struct node *into, const char *key, int64_t seconds)
{
	char *text = hours_text(seconds);

	node_put_str(into, key, text);
	free(text);
}

struct node *
hours_node(const struct hours *h)
{
	static const char *const keys[] = { "manual", "no_memo", "idle",
		"low_activity", "over_limit", "outside" };
	struct node *n, *flaws;

	if (h->logs == 0)
		return node_null();
	n = node_map();
	node_put_int(n, "logs", (int64_t)h->logs);
	put_hours(n, "hours", h->seconds);
	put_hours(n, "unflawed", h->seconds - h->flawed);
	flaws = node_put(n, "flaws", node_map());
	for (int i = 0; i < HOURS_FLAWS; i++)
		put_hours(flaws, keys[i], h->by[i]);
	return n;
}

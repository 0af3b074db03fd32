/* SPDX-License-Identifier: ISC */
#include "core/intake/sink.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "core/intake/doubles.h"
#include "core/intake/render.h"
#include "core/intake/shelf.h"
#include "core/util/utf8.h"

#define SKIPS_TOLD 20
#define ID_COLUMNS 60 /* of an id that is told */
#define YEAR_1990 INT64_C(631152000000000)
#define TWO_DAYS INT64_C(172800000000)
#define SECOND INT64_C(1000000)
#define NOBODY UINT32_MAX

struct sink {
	struct sink_options o;
	enum sink_order order;
	struct shelf *shelf; /* NULL: nothing need wait for the end */
	struct scribe *scribe;
	struct intake_facts facts;
	struct names authors, channels;
	struct holdings holdings;
	struct doubles *doubles;
	size_t added; /* calls of sink_add() */
	size_t taken; /* messages that came, but for doubles */
	size_t skips, unwarned, undated, outside, folded, gaps, doubled, crowd;
	/* of the messages that are kept; clock: they count from midnight */
	bool has_local, has_relative, clock;
	void (*kept)(void *arg, size_t nth);
	void *kept_arg;
	bool *wrote; /* per author, at the end */
	size_t n_wrote;
	struct buf json, text;
	struct zone_near near;
};

/*
 * Beginning and end.
 */

struct err *
sink_new(struct sink **out, const struct sink_options *options,
    enum sink_order order)
{
	struct sink *s = mem_zero(1, sizeof(*s));
	struct err *e;

	*out = NULL;
	s->o = *options;
	s->order = order;
	s->holdings.all = options->with == NULL;
	s->doubles = doubles_new();
	buf_init(&s->json);
	buf_init(&s->text);
	s->facts.attachments = node_list();
	if ((e = scribe_new(&s->scribe, options->temp_dir)) == NULL &&
	    (order != SINK_AS_IS || options->with != NULL ||
		options->channel != NULL))
		e = shelf_new(&s->shelf, options->temp_dir);
	if (e != NULL)
		sink_free(s);
	else
		*out = s;
	return e;
}

void
sink_free(struct sink *s)
{
	if (s == NULL)
		return;
	scribe_free(s->scribe);
	shelf_free(s->shelf);
	intake_facts_release(&s->facts);
	names_release(&s->authors);
	names_release(&s->channels);
	holdings_release(&s->holdings);
	doubles_free(s->doubles);
	free(s->wrote);
	buf_release(&s->json);
	buf_release(&s->text);
	free(s);
}

const struct sink_options *
sink_options(const struct sink *s)
{
	return &s->o;
}

/*
 * The books.
 */

static void
warn_text(struct sink *s, const char *text)
{
	if (strs_find(&s->facts.warnings, text) >= 0)
		return;
	if (s->facts.warnings.n == SINK_WARNINGS_MAX)
		s->unwarned++;
	else
		strs_add(&s->facts.warnings, text);
}

void
sink_warn(struct sink *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	warn_text(s, text);
	free(text);
}

bool
sink_balances(const struct sink *s)
{
	return s->facts.units ==
	    s->taken + s->facts.skipped + s->facts.continued;
}

void
sink_watch(struct sink *s, void (*kept)(void *arg, size_t nth), void *arg)
{
	s->kept = kept;
	s->kept_arg = arg;
}

void
sink_unit(struct sink *s)
{
	s->facts.units++;
}

void
sink_continue(struct sink *s)
{
	s->facts.continued++;
}

void
sink_skip(
    struct sink *s, const char *where, unsigned long line, const char *fmt, ...)
{
	va_list ap;
	char *why;

	s->facts.skipped++;
	if (++s->skips > SKIPS_TOLD)
		return;
	va_start(ap, fmt);
	why = mem_vprintf(fmt, ap);
	va_end(ap);
	if (line == 0)
		sink_warn(s, "%s%snot read: %s", where != NULL ? where : "",
		    where != NULL ? ": " : "", why);
	else
		sink_warn(s, "%s%sline %lu not read: %s",
		    where != NULL ? where : "", where != NULL ? ": " : "", line,
		    why);
	free(why);
}

void
sink_note_scan(struct sink *s, const struct scan *scan)
{
	const struct scan_notes *n = scan_notes(scan);

	if (n->duplicates > 0)
		sink_warn(s,
		    "keys given twice in one object: %zu; the last "
		    "counts",
		    n->duplicates);
	if (n->surrogates > 0)
		sink_warn(s,
		    "halves of characters in the JSON: %zu; shown as "
		    "U+FFFD",
		    n->surrogates);
	if (n->bytes > 0)
		sink_warn(s, "bytes that are not UTF-8: %zu; shown as U+FFFD",
		    n->bytes);
	if (n->controls > 0)
		sink_warn(s,
		    "control characters written as \\x, which is not JSON: %zu",
		    n->controls);
}

void
sink_note_text(struct sink *s, const struct text *text)
{
	if (text_charset(text) == TEXT_1252)
		sink_warn(s,
		    "the file is not UTF-8; it was read as "
		    "Windows-1252");
	if (text_mended(text) > 0)
		sink_warn(s,
		    "lines with bytes that are no characters: %zu; shown as "
		    "U+FFFD",
		    text_mended(text));
}

void
sink_title(struct sink *s, const char *p, size_t len)
{
	if (s->facts.title == NULL && p != NULL && len > 0)
		s->facts.title = mem_ndup(p, len);
}

/*
 * Conversations.
 */

static bool
same_name(struct span a, const char *b)
{
	return a.p != NULL && a.len == strlen(b) &&
	    strncasecmp(a.p, b, a.len) == 0;
}

/* Is a conversation called so?  "Shop / general" is called "general", too. */
static bool
is_called(struct span name, const char *asked)
{
	struct span last = name;

	for (size_t i = 0; i + 3 <= name.len; i++)
		if (memcmp(name.p + i, " / ", 3) == 0)
			last =
			    (struct span){ name.p + i + 3, name.len - i - 3 };
	return same_name(name, asked) || same_name(last, asked);
}

static struct err *
find_channel(struct sink *s, struct span text, struct name **out)
{
	if (text.p == NULL)
		text = span_of("");
	*out = names_find(&s->channels, text, SINK_CHANNELS_MAX);
	if (*out != NULL)
		return NULL;
	return err_hint(
	    err_new(ERR_LIMIT, "the export has more than %d conversations",
		SINK_CHANNELS_MAX),
	    "without --with they need not be told apart; --since and --until "
	    "choose some");
}

void
sink_member(struct sink *s, struct span channel, struct span name)
{
	struct name *c;

	if (s->o.with == NULL || !same_name(name, s->o.with))
		return;
	/* too many of them is said when messages come */
	err_drop(find_channel(s, channel, &c));
	if (c != NULL)
		c->chosen = true;
}

/*
 * Times.
 */

/* The second of a time, rounded down. */
static int64_t
second_of(int64_t us)
{
	return us / SECOND - (us % SECOND < 0);
}

/* What a time is, with all that was said on the command line. */
static struct stamp
resolve(struct sink *s, const struct stamp *at)
{
	struct stamp r = *at;
	int64_t both[2] = { 0, 0 };

	if (at->kind == STAMP_LOCAL && s->o.zone != NULL &&
	    at->unit != STAMP_DAY) {
		int64_t second = second_of(at->us);
		int n = zone_instants_near(both, &s->near, s->o.zone, second);

		s->gaps += n == 0;
		s->folded += n == 2;
		r.us += (both[0] - second) * SECOND;
		r.kind = STAMP_INSTANT;
	} else if (at->kind == STAMP_RELATIVE && s->o.has_start) {
		r.us = (at->clock ? s->o.start_day : s->o.start) + at->us;
		r.kind = STAMP_INSTANT;
	} else if (at->kind == STAMP_OFFSET) {
		r.kind = STAMP_INSTANT;
	}
	return r;
}

static bool
is_wanted_time(struct sink *s, const struct stamp *r)
{
	int64_t seconds = second_of(r->us);

	if (s->o.since == INT64_MIN && s->o.until == INT64_MAX)
		return true;
	if (r->kind == STAMP_NONE || r->kind == STAMP_RELATIVE) {
		s->undated++;
		return true;
	}
	if (r->kind == STAMP_LOCAL)
		seconds -= s->o.wall;
	return seconds >= s->o.since && seconds <= s->o.until;
}

static void
check_time(struct sink *s, const struct stamp *r)
{
	if (r->kind != STAMP_INSTANT && r->kind != STAMP_LOCAL)
		return;
	if (r->us < YEAR_1990 || r->us > s->o.now * SECOND + TWO_DAYS)
		s->outside++;
}

/*
 * Writing what was chosen.
 */

static void
count_one(struct sink *s, const struct shelved *r)
{
	struct intake_facts *f = &s->facts;

	f->messages++;
	f->system += r->system;
	f->present += r->present;
	f->missing += r->missing;
	if (r->author != NOBODY) {
		if (r->author >= s->n_wrote) {
			size_t n = (size_t)r->author * 2 + 64;

			s->wrote = mem_grow(s->wrote, n, sizeof(*s->wrote));
			memset(s->wrote + s->n_wrote, 0, n - s->n_wrote);
			s->n_wrote = n;
		}
		if (!s->wrote[r->author])
			strs_add(&f->authors, s->authors.v.v[r->author]->text);
		s->wrote[r->author] = true;
	}
	if (!r->dated)
		return;
	s->has_local |= r->kind == STAMP_LOCAL;
	s->has_relative |= r->kind == STAMP_RELATIVE;
	facts_note_time(f, r);
}

static struct err *
write_one(
    struct sink *s, const struct shelved *r, const char *json, const char *text)
{
	count_one(s, r);
	if (s->kept != NULL)
		s->kept(s->kept_arg, r->nth);
	/* the leading comma belongs to what stands before */
	return scribe_add(
	    s->scribe, json + 1, r->json_len - 1, text, r->text_len);
}

static void
note_author(struct sink *s, const struct message *m, struct shelved *r)
{
	struct name *author;

	r->author = NOBODY;
	if (m->author.p == NULL || (m->system && !m->call))
		return;
	author = names_find(&s->authors, m->author, SINK_AUTHORS_MAX);
	if (author != NULL)
		r->author = author->index;
	else
		s->crowd++;
}

/* Conversations are told apart only where who is in them chooses. */
static struct err *
note_channel(struct sink *s, const struct message *m, struct shelved *r)
{
	struct name *channel;
	struct err *e;

	r->unnamed = m->channel.len == 0;
	if (s->o.with == NULL)
		return NULL;
	if ((e = find_channel(s, m->channel, &channel)) != NULL)
		return e;
	r->channel = channel->index;
	if (same_name(m->author, s->o.with) ||
	    same_name(m->author_raw, s->o.with) ||
	    same_name(m->author_id, s->o.with) ||
	    same_name(m->channel, s->o.with))
		channel->chosen = true;
	return NULL;
}

static void
fill_record(struct sink *s, struct shelved *r, const struct message *m,
    const struct times *t)
{
	r->key = t->at.us;
	r->first = t->at.us;
	r->last = t->end.kind != STAMP_NONE ? t->end.us : t->at.us;
	r->kind = (uint8_t)m->at.kind;
	r->resolved = (uint8_t)t->at.kind;
	r->unit = (uint8_t)t->at.unit;
	r->dated = t->at.kind != STAMP_NONE;
	r->system = m->system;
	r->json_len = (uint32_t)s->json.len;
	r->text_len = (uint32_t)s->text.len;
	for (size_t i = 0; i < m->n_attachments; i++) {
		r->present += m->attachments[i].part != NULL;
		r->missing += m->attachments[i].part == NULL;
		holdings_note(&s->holdings, &m->attachments[i], r->channel);
	}
}

static void
warn_other(struct sink *s, struct span text)
{
	char *id = mem_ndup(text.p, text.len);

	sink_warn(s, "two different messages have the id %.*s",
	    (int)utf8_fit(id, ID_COLUMNS), id);
	free(id);
}

/* Is this message there a second time?  One that says something else is kept. */
static bool
is_double(struct sink *s, const struct message *m)
{
	switch (doubles_meet(s->doubles, m, &s->json)) {
	case DOUBLE_SAME:
		return true;
	case DOUBLE_OTHER:
		warn_other(s, m->id);
		return false;
	case DOUBLE_LAST:
		sink_warn(s,
		    "beyond %u messages, ids are not compared any more",
		    DOUBLES_MAX);
		return false;
	default:
		return false;
	}
}

struct err *
sink_add(struct sink *s, const struct message *m)
{
	struct times t = { .at = resolve(s, &m->at) };
	struct shelved r = { .nth = s->added++ };
	struct err *e;

	if (m->text.len > SINK_TEXT_MAX || m->raw.len > SINK_TEXT_MAX)
		return err_new(ERR_LIMIT,
		    "line %lu: one message has more than %u bytes", m->line,
		    SINK_TEXT_MAX);
	s->taken++;
	if (!is_wanted_time(s, &t.at) ||
	    (s->o.channel != NULL && m->channel.p != NULL &&
		!is_called(m->channel, s->o.channel))) {
		s->facts.left_out++;
		return NULL;
	}
	check_time(s, &t.at);
	t.end = resolve(s, &m->end);
	t.edited_at = resolve(s, &m->edited_at);
	s->clock |= m->at.clock;
	if ((e = render_json(&s->json, m, &t, &s->holdings)) != NULL)
		return e;
	if (is_double(s, m)) {
		s->doubled++;
		s->taken--;
		s->facts.continued++;
		return NULL;
	}
	render_text(&s->text, m, &t.at);
	if ((e = note_channel(s, m, &r)) != NULL)
		return e;
	note_author(s, m, &r);
	fill_record(s, &r, m, &t);
	return s->shelf == NULL ? write_one(s, &r, s->json.data, s->text.data) :
				  shelf_put(s->shelf, &r, &s->json, &s->text);
}

/* Is a message of a conversation that was asked for? */
static bool
is_chosen(const struct sink *s, const struct shelved *r)
{
	if (s->o.with != NULL && !s->channels.v.v[r->channel]->chosen)
		return false;
	/* where there is one conversation, its name is the title */
	return s->o.channel == NULL || !r->unnamed ||
	    is_called(span_of(s->facts.title), s->o.channel);
}

/* What waited for the end. */
static struct err *
write_shelf(struct sink *s)
{
	const struct shelved *r;
	const char *json, *text;
	struct err *e;

	doubles_free(s->doubles); /* no more will come */
	s->doubles = NULL;
	e = shelf_close(
	    s->shelf, s->order == SINK_NEWEST_FIRST, s->order != SINK_AS_IS);
	for (size_t i = 0; e == NULL && i < shelf_count(s->shelf); i++) {
		if ((e = shelf_record(s->shelf, i, &r)) != NULL)
			break;
		if (!is_chosen(s, r)) {
			s->facts.left_out++;
			continue;
		}
		if ((e = shelf_texts(s->shelf, r, &json, &text)) == NULL)
			e = write_one(s, r, json, text);
	}
	return e;
}

/*
 * The end.
 */

static void
tell(struct sink *s)
{
	const struct intake_facts *f = &s->facts;

	if (s->skips > SKIPS_TOLD)
		sink_warn(s, "and %zu more that could not be read",
		    s->skips - SKIPS_TOLD);
	if (s->doubled > 0)
		sink_warn(s,
		    "messages that are there twice, byte for byte: "
		    "%zu; each is kept once",
		    s->doubled);
	if (s->has_local && s->o.zone == NULL)
		sink_warn(s,
		    "times are the wall clock of the device that "
		    "exported them; its zone is unknown (--tz)");
	if (s->has_relative && !s->o.has_start)
		sink_warn(s, "%s",
		    s->clock ? "times are those of a clock; of which day and "
			       "zone is unknown (--start, --tz)" :
			       "times count from the beginning of a recording; "
			       "when that was is unknown (--start)");
	if (s->gaps > 0)
		sink_warn(s,
		    "times that did not exist in %s, because clocks "
		    "were set forward: %zu",
		    s->o.zone_name, s->gaps);
	if (s->folded > 0)
		sink_warn(s,
		    "times that came twice in %s, because clocks were "
		    "set back: %zu; read as the first",
		    s->o.zone_name, s->folded);
	if (s->outside > 0)
		sink_warn(
		    s, "times before 1990 or in the future: %zu", s->outside);
	if (s->undated > 0)
		sink_warn(s,
		    "messages without a date, kept whatever --since "
		    "and --until say: %zu",
		    s->undated);
	if (s->crowd > 0)
		sink_warn(s, "only the first %d authors are listed",
		    SINK_AUTHORS_MAX);
	if (f->missing > 0)
		sink_warn(s, "attachments that the export does not hold: %zu",
		    f->missing);
	if (s->unwarned > 0)
		strs_take(&s->facts.warnings,
		    mem_printf("and %zu more warnings", s->unwarned));
}

static struct err *
nothing_left(const struct sink *s, const struct input *in)
{
	const struct intake_facts *f = &s->facts;
	struct err *e;

	if (f->left_out > 0)
		return err_hint(err_new(ERR_NOT_FOUND,
				    "%s: none of its %zu messages is chosen",
				    in->name, f->left_out),
		    "give --since, --until, --with and --channel other values");
	e = err_new(
	    ERR_INVALID, "%s: it holds no message that can be read", in->name);
	if (f->skipped > 0)
		e = err_hint(e, "%s", f->warnings.v[f->warnings.n - 1]);
	return e;
}

struct err *
sink_finish(struct intake_facts *out, struct sink *s, const struct input *in,
    const char *heading)
{
	const struct part **parts = NULL;
	char *head = NULL;
	size_t n;
	struct err *e = s->shelf == NULL ? NULL : write_shelf(s);

	*out = (struct intake_facts){ 0 };
	if (e != NULL)
		return e;
	if (s->facts.messages == 0)
		return nothing_left(s, in);
	tell(s);
	n = holdings_parts(&s->holdings, &s->channels, &parts);
	head = facts_heading(&s->facts, heading);
	e = holdings_list(
	    &s->holdings, s->facts.attachments, &s->channels, parts, n);
	if (e == NULL)
		e = scribe_finish(
		    &s->facts.sums, s->scribe, in, parts, n, head);
	if (e == NULL) {
		*out = s->facts;
		s->facts = (struct intake_facts){ 0 };
	}
	free(head);
	free(parts);
	return e;
}

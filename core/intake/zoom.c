/* SPDX-License-Identifier: ISC */
/*
 * Zoom: the chat of a meeting as text, in the four layouts it has had.
 *
 *	00:21:14<TAB>Name:<TAB>text                    the recording in the cloud
 *	11:35:16<TAB> From  Name to  Other(Privately) : text
 *	11:35:16 From Name to Everyone : text
 *	11:35:16 From  Name  to  Everyone:             text on indented lines
 *
 * The first counts from the beginning of the recording, the others show the
 * clock of whoever saved the chat.  None has a date.
 */

#include <stdlib.h>
#include <string.h>

#include "core/intake/passage.h"
#include "core/intake/reader.h"
#include "core/util/utf8.h"

#define DAY_US (INT64_C(86400) * 1000000)

struct chat {
	struct reading *r;
	bool open;
	struct stamp at;
	struct buf author, to;
	struct passage body;
	unsigned long line;
	int64_t last, shift; /* of the clock; days added since midnight */
	bool midnight;
	size_t odd; /* lines in the words of another language */
};

/*
 * Headers.
 */

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* "HH:MM:SS" and a blank: what follows, or NULL. */
static const char *
read_clock(int64_t *us, const struct line *line)
{
	size_t used;

	if (line->len < 9 || line->p[2] != ':' || line->p[5] != ':' ||
	    (line->p[8] != ' ' && line->p[8] != '\t') ||
	    !stamp_clock(us, line->p, 8, &used) || used != 8)
		return NULL;
	return line->p + 8;
}

static bool
is_recipient(const char *p, size_t len)
{
	static const char *const known[] = { "Everyone",
		"Waiting Room Participants", "Hosts and panelists", "Host(s)",
		"Hosts & Panelists", "All panelists",
		"Everyone (in Waiting Room)" };
	static const char *const ends[] = { "(Direct Message)", "(Privately)",
		"(Direct message)" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (len == strlen(known[i]) && memcmp(p, known[i], len) == 0)
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && memcmp(p + len - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static struct span
trim(const char *p, size_t len)
{
	while (len > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		len--;
	}
	while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	return (struct span){ p, len };
}

/* " to " and, in some versions, " To ". */
static bool
is_to(const char *p)
{
	return memcmp(p, " to ", 4) == 0 || memcmp(p, " To ", 4) == 0;
}

/*
 * "Name  to  Everyone": the last "  to  ", else the last " to " before a
 * recipient that is known, since names can hold " to ".
 */
static void
split_names(struct span *from, struct span *to, const char *p, size_t len)
{
	const char *at = NULL;

	for (size_t i = 0; i + 6 <= len; i++)
		if (p[i] == ' ' && is_to(p + i + 1) && p[i + 5] == ' ')
			at = p + i;
	for (size_t i = len; at == NULL && i >= 4; i--) {
		struct span rest = trim(p + i, len - i);

		if (is_to(p + i - 4) && is_recipient(rest.p, rest.len))
			at = p + i - 4;
	}
	*from = trim(p, at != NULL ? (size_t)(at - p) : len);
	*to = (struct span){ NULL, 0 };
	if (at == NULL)
		return;
	at = skip_blanks(at) + 2;
	*to = trim(at, len - (size_t)(at - p));
}

/* What stands behind the time, taken apart. */
struct head {
	struct span from, to, text;
	bool clock; /* not the time since the recording began */
	bool odd;
};

/* How Zoom says "From NAME to OTHER" in other languages. */
static const struct {
	const char *from, *to;
} tongues[] = {
	{ "Von ", " an " },
	{ "De ", " à " },
	{ "De ", " para " },
	{ "De ", " a " },
	{ "Da ", " a " },
	{ "Van ", " aan " },
	{ "Van ", " naar " },
	{ "Fra ", " til " },
	{ "Från ", " till " },
	{ "Od ", " do " },
	{ "От ", " до " },
	{ "От ", " кому " },
	{ "Dari ", " ke " },
};

/*
 * "Von Anna an Alle": the last of the words between two names; a known
 * recipient is not asked for, since these are words of another language, too.
 */
static bool
split_foreign(struct span *from, struct span *to, struct span names)
{
	for (size_t i = 0; i < sizeof(tongues) / sizeof(tongues[0]); i++) {
		size_t n = strlen(tongues[i].from), t = strlen(tongues[i].to);
		const char *at = NULL, *p = names.p + n;

		if (names.len < n || memcmp(names.p, tongues[i].from, n) != 0)
			continue;
		while ((p = memmem(p, (size_t)(names.p + names.len - p),
			    tongues[i].to, t)) != NULL)
			at = p++;
		if (at == NULL)
			continue;
		*from = trim(names.p + n, (size_t)(at - names.p) - n);
		*to = trim(at + t, names.len - (size_t)(at - names.p) - t);
		return from->len > 0;
	}
	return false;
}

/*
 * The colon between names and text, or the end if all of it is names; NULL if
 * it is in no form that is known, and all of it is text.
 */
static const char *
find_colon(struct head *h, const char *names, const char *end)
{
	const char *colon = memmem(names, (size_t)(end - names), " : ", 3);
	struct span rest = trim(names, (size_t)(end - names));
	size_t skip = 3;

	if (colon == NULL && rest.len > 0 && rest.p[rest.len - 1] == ':') {
		h->text = (struct span){ end, 0 };
		return rest.p + rest.len - 1;
	}
	if (colon == NULL && h->odd) {
		h->text = rest;
		return NULL;
	}
	if (colon == NULL) {
		colon = memmem(names, (size_t)(end - names), ": ", 2);
		skip = 2;
	}
	if (colon == NULL) {
		h->text = (struct span){ end, 0 };
		return rest.p + rest.len;
	}
	h->text = (struct span){ colon + skip, (size_t)(end - colon) - skip };
	return colon;
}

static void
read_head(struct head *h, const char *p, size_t len)
{
	const char *start = skip_blanks(p), *end = p + len, *colon;
	bool from = strncmp(start, "From ", 5) == 0;
	const char *names = from ? skip_blanks(start + 5) : start;

	memset(h, 0, sizeof(*h));
	colon = memmem(p, len, ":\t", 2);
	if (!from && *p == '\t' && colon != NULL) {
		h->from = trim(start, (size_t)(colon - start));
		h->text = (struct span){ colon + 2, (size_t)(end - colon) - 2 };
		return;
	}
	h->clock = true;
	h->odd = !from;
	if ((colon = find_colon(h, names, end)) == NULL)
		return;
	if (h->odd &&
	    split_foreign(
		&h->from, &h->to, trim(names, (size_t)(colon - names))))
		h->odd = false;
	else
		split_names(&h->from, &h->to, names, (size_t)(colon - names));
}

/*
 * Messages.
 */

static bool
begins(const struct buf *b, const char *text)
{
	return strncmp(b->data, text, strlen(text)) == 0;
}

/* The bytes of a quotation mark at p, or 0. */
static size_t
quote_len(const char *p)
{
	static const char *const marks[] = { "\"", "“", "”" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(p, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

/*
 * 'Replying to "..."' in the languages it has been seen in: where the quoted
 * text begins, or NULL.
 */
static const char *
find_quote(const struct buf *body)
{
	static const char *const starts[] = { "Replying to ", "Répondre à ",
		"Antwoord verzenden naar " };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		const char *p = body->data + strlen(starts[i]);

		if (begins(body, starts[i]) && quote_len(p) > 0)
			return p + quote_len(p);
	}
	return NULL;
}

/*
 * The mark that ends the quotation at p: of the first line that has one the one
 * at its end, else one behind "...", which cuts what is long, else the first.
 * NULL if there is none.
 */
static const char *
end_of_quote(const char *p)
{
	const char *first = NULL, *cut = NULL;

	for (const char *q = p; *q != '\0'; q++) {
		size_t n = quote_len(q);

		if (*q == '\n' && first != NULL)
			break;
		if (n == 0)
			continue;
		if (q[n] == '\n')
			return q;
		if (first == NULL)
			first = q;
		if (cut == NULL && q - p >= 3 && memcmp(q - 3, "...", 3) == 0)
			cut = q;
	}
	return cut != NULL ? cut : first;
}

/* The quotation goes, and is kept apart. */
static void
cut_quote(struct chat *c, struct node *more)
{
	const char *p = find_quote(&c->body.text), *end, *behind;
	size_t n;

	if (p == NULL || (end = end_of_quote(p)) == NULL)
		return;
	node_put(more, "replying_to", node_strn(p, (size_t)(end - p)));
	behind = end + quote_len(end);
	n = (size_t)(behind - c->body.text.data);
	n += strspn(behind, " \n\t");
	memmove(c->body.text.data, c->body.text.data + n, c->body.text.len - n);
	buf_cut(&c->body.text, c->body.text.len - n);
}

/* Nothing but signs such as emoji, and what they are put together with. */
static bool
is_signs(const char *p)
{
	size_t len = strlen(p), used;
	bool any = false;

	for (; len > 0; p += used, len -= used) {
		uint32_t c = utf8_decode(p, len, &used);
		bool sign = (c >= 0x2000 && c < 0x2e80) || c == 0xfe0f ||
		    (c >= 0x1f000 && c != UTF8_BAD);

		/* "3" with a frame around it is an emoji, too */
		if (!sign && c != '#' && c != '*' && (c < '0' || c > '9'))
			return false;
		any |= sign;
	}
	return any;
}

/* 'Reacted to "..." with 👋', or without the marks, but then with a sign. */
static bool
has_reacted(const struct buf *body)
{
	static const char *const words[][2] = { { "Reacted to ", " with " },
		{ "A réagi à ", " avec " },
		{ "Heeft gereageerd op ", " met " } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *last = NULL, *p = body->data;
		char *sign;
		bool found;

		if (!begins(body, words[i][0]))
			continue;
		if (quote_len(p + strlen(words[i][0])) > 0)
			return true;
		while ((p = strstr(p, words[i][1])) != NULL)
			last = p++;
		if (last == NULL)
			return false;
		last += strlen(words[i][1]);
		last += quote_len(last);
		sign = mem_ndup(last, strcspn(last, "\"\n"));
		found = is_signs(sign);
		free(sign);
		return found;
	}
	return false;
}

static bool
is_reaction(const struct buf *body)
{
	return has_reacted(body) ||
	    (begins(body, "Removed a ") &&
		strstr(body->data, " reaction from \"") != NULL) ||
	    (begins(body, "add ") && is_signs(body->data + 4)) ||
	    (begins(body, "remove ") && is_signs(body->data + 7));
}

static struct err *
flush(struct chat *c)
{
	struct node *more;
	struct message m = { .at = c->at, .line = c->line };
	struct err *e;

	if (!c->open)
		return NULL;
	c->open = false;
	while (c->body.text.len > 0 &&
	    strchr(" \n\t", c->body.text.data[c->body.text.len - 1]) != NULL)
		buf_cut(&c->body.text, c->body.text.len - 1);
	more = node_map();
	if (c->to.len > 0)
		node_put(more, "to", node_strn(c->to.data, c->to.len));
	if (is_reaction(&c->body.text)) {
		m.system = true;
		m.type = span_of("reaction");
	} else {
		cut_quote(c, more);
	}
	if (c->author.len > 0)
		m.author = (struct span){ c->author.data, c->author.len };
	m.text = passage_text(&c->body);
	m.raw = passage_raw(&c->body);
	m.more = more;
	e = sink_add(c->r->sink, &m);
	node_free(more);
	return e;
}

static void
begin(struct chat *c, const struct line *line, int64_t us, const char *rest)
{
	struct head h;

	read_head(&h, rest, line->len - (size_t)(rest - line->p));
	c->odd += h.odd;
	if (h.clock && us < c->last && c->last - us > DAY_US / 2) {
		c->shift += DAY_US;
		c->midnight = true;
	}
	c->last = us;
	c->at = (struct stamp){ .kind = STAMP_RELATIVE,
		.us = us + c->shift,
		.clock = h.clock,
		.unit = STAMP_SECOND };
	c->open = true;
	c->line = line->number;
	buf_clear(&c->author);
	buf_clear(&c->to);
	passage_clear(&c->body);
	buf_add(&c->author, h.from.p, h.from.len);
	buf_add(&c->to, h.to.p, h.to.len);
	passage_put(&c->body, line, (size_t)(h.text.p - line->p));
}

/* The body of the last layout is indented. */
static void
go_on(struct chat *c, const struct line *line)
{
	size_t from =
	    line->len > 0 && line->p[0] == '\t' ? 1 : strspn(line->p, " ");

	passage_go_on(&c->body, line, from);
}

static struct err *
take_line(struct chat *c, const struct line *line)
{
	struct sink *sink = c->r->sink;
	int64_t us;
	const char *rest = read_clock(&us, line);
	struct err *e;

	sink_unit(sink);
	if (rest != NULL) {
		if ((e = flush(c)) == NULL)
			begin(c, line, us, rest);
		return e;
	}
	if (!c->open && line->len > 0) {
		sink_skip(sink, NULL, line->number,
		    "it stands before the first message");
		return NULL;
	}
	sink_continue(sink);
	if (c->body.text.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    c->r->main->name, line->number, TEXT_LINE_MAX);
	if (c->open)
		go_on(c, line);
	return NULL;
}

static void
tell(const struct chat *c)
{
	struct sink *sink = c->r->sink;

	if (c->midnight)
		sink_warn(sink,
		    "the clock went back: what follows was taken for the next "
		    "day");
	if (c->odd > 0)
		sink_warn(sink,
		    "lines whose sender could not be told from their "
		    "recipient: %zu",
		    c->odd);
}

static struct err *
read_zoom(struct reading *r)
{
	struct chat c = { .r = r };
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&c.author);
	buf_init(&c.to);
	passage_init(&c.body);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&c, &line);
	if (e == NULL && (e = flush(&c)) == NULL) {
		sink_note_text(r->sink, t);
		tell(&c);
	}
	text_close(t);
	buf_release(&c.author);
	buf_release(&c.to);
	passage_release(&c.body);
	return e;
}

/*
 * A name with a colon follows the time, in any language; in a log something
 * else does.
 */
static int
detect(const struct probe *p)
{
	size_t heads = 0, named = 0, others = 0;

	if (p->part == NULL)
		return 0;
	for (size_t i = 0; i < p->lines.n && heads < 20; i++) {
		struct line line = { .p = p->lines.v[i],
			.len = strlen(p->lines.v[i]) };
		const char *rest;
		int64_t us;

		if (line.len == 0)
			continue;
		if ((rest = read_clock(&us, &line)) != NULL) {
			heads++;
			named += strchr(rest, ':') != NULL;
		} else if (heads == 0) {
			others++;
		}
	}
	if (heads == 0 || named * 2 < heads || others > 0)
		return 0;
	return READER_LIKELY;
}

const struct reader reader_zoom = {
	.name = "zoom",
	.title = "Zoom meeting chat",
	.channel = "zoom",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect,
	.read = read_zoom,
};

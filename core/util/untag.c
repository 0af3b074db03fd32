/* SPDX-License-Identifier: ISC */
#include "core/util/untag.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/entity.h"
#include "core/util/utf8.h"

/*
 * This is no browser: it knows tags from text, and builds no tree.  A parser
 * that repairs a document moves or drops words that it finds in odd places;
 * here every word outside of a tag stays, in the order of the document.
 */

#define URL_MAX 500
#define NAME_MAX_LEN 16
#define QUOTED_MAX 20 /* marks in front of a line */
#define LISTS_MAX 16  /* inside of each other, whose items are numbered */

struct list {
	char type; /* of the first mark: '1', 'a', 'A'; '-': all are alike */
	unsigned next;
};

struct reading {
	const char *p, *end;
	struct buf *out;
	size_t start;    /* where this text begins in out */
	unsigned raw;    /* elements open in which blanks count */
	unsigned quoted; /* blockquotes open: whose words it may not be */
	bool blank;      /* a blank is due before the next word */
	char *link;      /* the address of the link we are in */
	size_t link_at;  /* where its words began */
	struct list lists[LISTS_MAX];
	unsigned depth; /* of lists */
	size_t marked;  /* where the mark of an item ends, or 0 */
};

struct element {
	char name[NAME_MAX_LEN + 1]; /* lower case; "" if it is longer */
	bool closes;
	const char *from, *to; /* its attributes */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Elements whose text nobody sees, and in which "<" begins no tag. */
static bool
is_hidden(const char *name)
{
	static const char *const names[] = { "script", "style", "title",
		"noembed", "noframes", NULL };

	return is_among(name, names);
}

static bool
is_paragraph(const char *name)
{
	static const char *const names[] = { "p", "h1", "h2", "h3", "h4", "h5",
		"h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr",
		NULL };

	return is_among(name, names);
}

static bool
is_line(const char *name)
{
	static const char *const names[] = { "div", "li", "tr", "dt", "dd",
		"address", "article", "section", "header", "footer", "form",
		"fieldset", "center", "option", "caption", "body", NULL };

	return is_among(name, names);
}

/*
 * Writing.
 */

static bool
at_line_start(const struct reading *r)
{
	return r->out->len == r->start || r->out->data[r->out->len - 1] == '\n';
}

/* Something is to be written here: in front of a line stands who is quoted. */
static void
begin_words(struct reading *r)
{
	if (!at_line_start(r))
		return;
	for (unsigned i = 0; i < r->quoted && i < QUOTED_MAX; i++)
		buf_addc(r->out, '>');
	if (r->quoted > 0)
		buf_addc(r->out, ' ');
}

/* End the line, and leave an empty one behind it if n is 2. */
static void
break_line(struct reading *r, size_t n)
{
	size_t have = 0;

	r->blank = false;
	if (r->marked > 0 && r->marked == r->out->len)
		return; /* the words stand beside their mark */
	while (have < r->out->len - r->start &&
	    r->out->data[r->out->len - have - 1] == '\n')
		have++;
	if (have == r->out->len - r->start)
		return; /* nothing stands before it */
	for (; have < n; have++)
		buf_addc(r->out, '\n');
}

static void
add_character(struct reading *r, uint32_t c)
{
	if (r->raw == 0 && c < 0x80 && is_blank((char)c)) {
		r->blank = true;
		return;
	}
	if (r->blank && !at_line_start(r))
		buf_addc(r->out, ' ');
	r->blank = false;
	if (c != '\n')
		begin_words(r);
	utf8_add(r->out, c);
}

/* What stands behind "&#", up to the ";" that may be left out. */
static uint32_t
read_number(const char **p, const char *end)
{
	const char *at = *p;
	bool hex = at < end && (*at == 'x' || *at == 'X');
	uint32_t c = 0;

	for (at += hex; at < end && c <= 0x10ffff; at++) {
		if (isdigit((unsigned char)*at))
			c = c * (hex ? 16 : 10) + (uint32_t)(*at - '0');
		else if (hex && isxdigit((unsigned char)*at))
			c = c * 16 + (uint32_t)(tolower(*at) - 'a' + 10);
		else
			break;
	}
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*p = at;
	return c;
}

/* A character at *p, perhaps written as an entity. */
static uint32_t
read_character(const char **p, const char *end)
{
	const char *at = *p + 1;
	size_t len = 0, used;
	uint32_t c = 0;

	if (**p == '&' && at < end && *at == '#') {
		at++;
		c = read_number(&at, end);
	} else if (**p == '&') {
		while (at + len < end && isalnum((unsigned char)at[len]))
			len++;
		c = entity_find(at, len);
		at += len;
	}
	if (c != 0) {
		*p = at < end && *at == ';' ? at + 1 : at;
		return c == 0xa0 ? ' ' : c;
	}
	c = utf8_decode(*p, (size_t)(end - *p), &used);
	*p += used;
	/* half of the blanks mail programs write are U+00A0 */
	return c == UTF8_BAD ? 0xfffd : c == 0xa0 ? ' ' : c;
}

static void
add_text(struct reading *r, const char *p, const char *end)
{
	while (p < end)
		add_character(r, read_character(&p, end));
}

/*
 * Tags.
 */

/*
 * Behind the ">" that ends the tag at p; quotes may hold others.  Where another
 * "<" comes first there is no tag, which also keeps this from reading the same
 * text again and again.
 */
static const char *
tag_end(const char *p, const char *end)
{
	char quote = 0;

	for (; p < end; p++) {
		if (quote != 0)
			quote = *p == quote ? 0 : quote;
		else if (*p == '>')
			return p + 1;
		else if (*p == '<')
			return NULL;
		else if ((*p == '"' || *p == '\'') && p[-1] == '=')
			quote = *p;
	}
	return NULL;
}

/* The value of an attribute, decoded; yours, or NULL. */
static char *
attribute(const struct element *e, const char *name)
{
	size_t len = strlen(name);
	struct buf value = BUF_INIT;
	const char *p = e->from, *stop;

	for (;; p++) {
		if (p + len + 1 >= e->to)
			return NULL;
		if (is_blank(p[-1]) && strncasecmp(p, name, len) == 0 &&
		    p[len] == '=')
			break;
	}
	p += len + 1;
	if (*p == '"' || *p == '\'') {
		stop = memchr(p + 1, *p, (size_t)(e->to - p - 1));
		p++;
	} else {
		for (stop = p; stop < e->to && !is_blank(*stop);)
			stop++;
	}
	if (stop == NULL || stop - p > URL_MAX)
		return NULL;
	while (p < stop)
		utf8_add(&value, read_character(&p, stop));
	return buf_steal(&value);
}

static void
begin_link(struct reading *r, const struct element *e)
{
	char *href = attribute(e, "href");

	free(r->link);
	r->link = NULL;
	r->link_at = r->out->len;
	if (href != NULL &&
	    (strncasecmp(href, "http", 4) == 0 ||
		strncasecmp(href, "mailto:", 7) == 0))
		r->link = href;
	else
		free(href);
}

/* Where the words are not the address, it matters where the link goes. */
static void
end_link(struct reading *r)
{
	const char *words = r->out->data + r->link_at;

	if (r->link == NULL)
		return;
	words += strspn(words, " \n>");
	if (*words != '\0' && strcmp(words, r->link) != 0) {
		buf_adds(r->out, " <");
		buf_adds(r->out, r->link);
		buf_addc(r->out, '>');
	}
	free(r->link);
	r->link = NULL;
}

static void
add_picture(struct reading *r, const struct element *e)
{
	char *alt = attribute(e, "alt");

	if (alt != NULL && *alt != '\0') {
		add_character(r, '[');
		for (const char *p = alt; *p != '\0'; p++)
			buf_addc(r->out, *p);
		add_character(r, ']');
	}
	free(alt);
}

/*
 * Teams: <emoji alt="(a character)">, which stands for what it shows, and
 * <customemoji alt="name">, which is written as people type it: ":name:".
 */
static void
add_emoji(struct reading *r, const struct element *e, bool custom)
{
	char *alt = attribute(e, "alt");

	if (custom && alt != NULL)
		add_character(r, ':');
	for (const char *p = alt; p != NULL && *p != '\0';)
		add_character(r, read_character(&p, p + strlen(p)));
	if (custom && alt != NULL)
		add_character(r, ':');
	free(alt);
}

/* A number that an attribute gives, if it has one. */
static void
take_number(unsigned *out, const struct element *e, const char *name)
{
	char *text = attribute(e, name);

	if (text != NULL && isdigit((unsigned char)text[0]) && strlen(text) < 9)
		*out = (unsigned)strtoul(text, NULL, 10);
	free(text);
}

/* Numbers of items are words: "the second is fine". */
static void
take_list(struct reading *r, const struct element *e)
{
	struct list l = { .type = '-', .next = 1 };
	char *type;

	if (e->closes) {
		r->depth -= r->depth > 0;
		return;
	}
	if (strcmp(e->name, "ol") == 0) {
		type = attribute(e, "type");
		l.type = type != NULL && (type[0] | 32) == 'a' ? type[0] : '1';
		free(type);
		take_number(&l.next, e, "start");
	}
	if (r->depth < LISTS_MAX)
		r->lists[r->depth] = l;
	r->depth++;
}

static void
begin_item(struct reading *r, const struct element *e)
{
	struct list *l = r->depth > 0 && r->depth <= LISTS_MAX ?
	    &r->lists[r->depth - 1] :
	    NULL;

	begin_words(r);
	if (l != NULL && l->type != '-')
		take_number(&l->next, e, "value");
	if (l == NULL || l->type == '-')
		buf_adds(r->out, "- ");
	else if (l->type != '1' && l->next >= 1 && l->next <= 26)
		buf_addf(r->out, "%c. ", l->type + (int)l->next++ - 1);
	else
		buf_addf(r->out, "%u. ", l->next++);
	r->marked = r->out->len;
}

/* What is struck out is said no more: "~~500~~ 300" */
static void
strike(struct reading *r)
{
	add_character(r, '~');
	add_character(r, '~');
}

static bool
is_struck(const char *name)
{
	static const char *const names[] = { "s", "strike", "del", NULL };

	return is_among(name, names);
}

/* To the end of an element that is not shown. */
static void
skip_hidden(struct reading *r, const char *name)
{
	size_t len = strlen(name);

	for (; r->end - r->p > (ptrdiff_t)len + 1; r->p++)
		if (r->p[0] == '<' && r->p[1] == '/' &&
		    strncasecmp(r->p + 2, name, len) == 0)
			return;
	r->p = r->end;
}

static void
begin_element(struct reading *r, const struct element *e)
{
	if (strcmp(e->name, "br") == 0) {
		r->blank = false;
		buf_addc(r->out, '\n');
	} else if (strcmp(e->name, "td") == 0 || strcmp(e->name, "th") == 0) {
		r->blank = false;
		if (!at_line_start(r))
			buf_addc(r->out, '\t');
	}
	if (strcmp(e->name, "pre") == 0)
		r->raw++;
	else if (strcmp(e->name, "li") == 0)
		begin_item(r, e);
	else if (strcmp(e->name, "a") == 0)
		begin_link(r, e);
	else if (strcmp(e->name, "img") == 0)
		add_picture(r, e);
	else if (strcmp(e->name, "emoji") == 0)
		add_emoji(r, e, false);
	else if (strcmp(e->name, "customemoji") == 0)
		add_emoji(r, e, true);
	else if (is_hidden(e->name))
		skip_hidden(r, e->name);
}

static void
quote(struct reading *r, bool ends)
{
	if (!ends)
		r->quoted++;
	else if (r->quoted > 0)
		r->quoted--;
}

static void
take_element(struct reading *r, const struct element *e)
{
	if (e->closes && strcmp(e->name, "a") == 0)
		end_link(r);
	if (e->closes && strcmp(e->name, "pre") == 0 && r->raw > 0)
		r->raw--;
	if (is_paragraph(e->name))
		break_line(r, 2);
	else if (is_line(e->name))
		break_line(r, 1);
	if (strcmp(e->name, "blockquote") == 0)
		quote(r, e->closes);
	else if (strcmp(e->name, "ol") == 0 || strcmp(e->name, "ul") == 0)
		take_list(r, e);
	else if (is_struck(e->name))
		strike(r);
	if (!e->closes)
		begin_element(r, e);
}

/* A tag or comment at r->p; false if "<" stands there as a character. */
static bool
take_tag(struct reading *r)
{
	struct element e = { .closes = false };
	const char *p = r->p + 1, *end;
	size_t len = 0;

	if (r->end - p >= 3 && memcmp(p, "!--", 3) == 0) {
		end = memmem(p + 3, (size_t)(r->end - p - 3), "-->", 3);
		r->p = end == NULL ? r->end : end + 3;
		return true;
	}
	e.closes = p < r->end && *p == '/';
	p += e.closes;
	if (p == r->end ||
	    !(isalpha((unsigned char)*p) || *p == '!' || *p == '?') ||
	    (end = tag_end(p, r->end)) == NULL)
		return false;
	while (isalnum((unsigned char)p[len]))
		len++;
	for (size_t i = 0; i < len && len <= NAME_MAX_LEN; i++)
		e.name[i] = (char)tolower((unsigned char)p[i]);
	e.from = p + len;
	e.to = end - 1;
	r->p = end;
	take_element(r, &e);
	return true;
}

void
html_to_text(struct buf *out, const char *p, size_t len)
{
	struct reading r = {
		.p = p, .end = p + len, .out = out, .start = out->len
	};

	while (r.p < r.end) {
		const char *next;

		if (*r.p == '<' && take_tag(&r))
			continue;
		next = memchr(r.p + 1, '<', (size_t)(r.end - r.p - 1));
		if (next == NULL)
			next = r.end;
		add_text(&r, r.p, next);
		r.p = next;
	}
	free(r.link);
}

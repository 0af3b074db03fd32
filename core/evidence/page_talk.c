/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_talk.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/html.h"
#include "core/evidence/telling.h"
#include "core/ext/json.h"

#define SHOWN_MAX 20000 /* messages of one chat on the page */
#define SHORT 60        /* so many are shown without being asked for */
#define VOICES 8        /* authors told apart */

/* A chat on its way to the page. */
struct reader {
	const struct sheet *p;
	const struct talk *t;
	const char *voices[VOICES]; /* authors in the order they speak */
	int64_t day;                /* of the last message, or none */
	struct node *kept[VOICES];  /* the messages voices point into */
};

/*
 * Messages.
 */

/* The second to speak stands on the other side; yours is the message. */
static bool
is_second(struct reader *r, struct node **m)
{
	const char *author = node_text(*m, "author");

	for (size_t i = 0; author != NULL && i < VOICES; i++) {
		if (r->voices[i] == NULL) {
			r->voices[i] = author;
			r->kept[i] = *m;
			*m = NULL;
			return i == 1;
		}
		if (strcmp(r->voices[i], author) == 0)
			return i == 1;
	}
	return false;
}

/* A line between days, where one is told. */
static void
put_day(struct reader *r, const struct node *m)
{
	struct moment at;

	if (!telling_moment(&at, m) || at.time / DATE_DAY == r->day)
		return;
	r->day = at.time / DATE_DAY;
	sheet_put(r->p, "<li class=\"day\">");
	sheet_owned(r->p, telling_date(at.time));
	sheet_put(r->p, "</li>\n");
}

/* The hour; the day stands above. */
static void
put_hour(const struct sheet *p, const struct node *m)
{
	struct moment at;
	struct civil c;
	char *other;

	if (telling_moment(&at, m)) {
		c = date_civil(at.time);
		if (!at.date_only)
			sheet_put(p, " <span>%02d:%02d%s</span>", c.hour,
			    c.minute, at.zoned ? " UTC" : "");
		return;
	}
	if ((other = telling_message_time(m)) == NULL)
		return;
	sheet_put(p, " <span>");
	sheet_owned(p, other);
	sheet_put(p, "</span>");
}

static void
put_from(struct reader *r, const struct node *m, const struct fact *by)
{
	const struct sheet *p = r->p;
	char *author = telling_speaker(m);

	sheet_put(p, "<p class=\"from\">");
	sheet_value(p, "", author);
	free(author);
	put_hour(p, m);
	if (node_flag(m, "edited"))
		sheet_put(p, " <span>edited</span>");
	if (node_flag(m, "deleted"))
		sheet_put(p, " <span>deleted</span>");
	if (by != NULL) {
		sheet_put(p, " <a href=\"#e-%.12s\">cited by an entry of ",
		    by->entry->id);
		sheet_owned(p, telling_day(by));
		sheet_put(p, "</a>");
	}
	sheet_put(p, "</p>");
}

static void
put_message(struct reader *r, size_t line)
{
	const struct fact *by = dossier_cited_by(r->p->d, r->t, line);
	struct node *m = NULL, *shown;
	char *said;
	size_t len;
	const char *raw = excerpt_line(&r->t->excerpt, line, &len);
	bool second;
	struct err *e = json_parse_message(&m, raw, len, "messages.jsonl");

	err_drop(e); /* it is in the file, as it is */
	shown = m;
	second = is_second(r, &m);
	put_day(r, shown);
	sheet_put(r->p, "<li%s>",
	    by != NULL && second ? " class=\"cited second\"" :
		by != NULL       ? " class=\"cited\"" :
		second           ? " class=\"second\"" :
				   "");
	put_from(r, shown, by);
	said = telling_said(shown);
	sheet_put(r->p, "<p dir=\"auto\">");
	sheet_owned(r->p, said);
	sheet_put(r->p, "</p></li>\n");
	node_free(m);
}

static void
put_withheld(const struct reader *r, size_t line)
{
	const struct held *h =
	    dossier_held(r->p->d, r->t->fact->entry->id, (unsigned)line, NULL);

	sheet_put(r->p, "<li class=\"gone\">message %zu is withheld", line);
	sheet_value(r->p, ": ", h != NULL ? h->why : NULL);
	sheet_put(r->p, "</li>\n");
}

static void
put_line(struct reader *r, size_t line)
{
	if (r->t->left_out[line - 1])
		put_withheld(r, line);
	else
		put_message(r, line);
}

/*
 * Chats.
 */

static void
begin(struct reader *r, const char *class)
{
	r->day = INT64_MIN;
	sheet_put(r->p, "<ol class=\"talk%s\">\n", class);
}

/* What is cited, with what was said around it. */
static void
put_cited(struct reader *r, size_t n)
{
	bool skipped = false, any = false;

	for (size_t line = 1; line <= n; line++) {
		if (!dossier_is_cited_near(r->p->d, r->t, line)) {
			skipped = true;
			continue;
		}
		if (!any)
			begin(r, "");
		if (any && skipped)
			sheet_put(r->p, "<li class=\"day\">&hellip;</li>\n");
		put_line(r, line);
		skipped = false;
		any = true;
	}
	if (any)
		sheet_put(r->p, "</ol>\n");
}

static void
put_all(struct reader *r, size_t n)
{
	begin(r, n > 300 ? " long" : "");
	for (size_t line = 1; line <= n && line <= SHOWN_MAX; line++)
		put_line(r, line);
	sheet_put(r->p, "</ol>\n");
}

/* An export without a time zone has the one that it was taken in with. */
static void
put_zone(const struct sheet *p, const struct node *content)
{
	if (!node_text_is(content, "time_kind", "local"))
		return;
	sheet_put(p,
	    "<p class=\"note\">The export does not say in which time zone its "
	    "times are");
	sheet_value(p, "; the seller says in ", node_text(content, "tz"));
	sheet_put(p, ".</p>\n");
}

static void
put_talk(const struct sheet *p, const struct talk *t)
{
	struct reader r = { .p = p, .t = t };
	const struct order *o = p->d->orders.v[t->order].order;
	size_t n = excerpt_count(&t->excerpt), at = 0;
	const struct exhibit *x;

	sheet_put(p, "<h3 class=\"chat\">");
	sheet_told(p, telling_told(o, t->fact));
	sheet_put(p, "</h3>\n");
	put_zone(p, t->fact->content);
	if (n <= SHORT) {
		put_all(&r, n);
	} else {
		put_cited(&r, n);
		sheet_put(
		    p, "<details>\n<summary>All %zu messages</summary>\n", n);
		put_all(&r, n);
		sheet_put(p, "</details>\n");
	}
	x = dossier_exhibit(p->d, t->fact, &at);
	if (x != NULL)
		sheet_put(p,
		    "<p class=\"note\">%s <a href=\"#%s\">exhibit %s</a>.</p>\n",
		    n > SHOWN_MAX ? "The rest stands in" : "The whole file is",
		    x->id, x->id);
	for (size_t i = 0; i < VOICES; i++)
		node_free(r.kept[i]);
}

void
page_talk(const struct sheet *p)
{
	const struct talk *t;

	if (p->d->talks.n == 0)
		return;
	sheet_open(p, "talk", "What was said");
	sheet_put(p,
	    "<p class=\"note\">The chats as they were exported. Messages that "
	    "an entry cites are marked.</p>\n");
	vec_each (t, &p->d->talks)
		put_talk(p, t);
	sheet_close(p);
}

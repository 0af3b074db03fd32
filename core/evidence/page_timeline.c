/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/html.h"
#include "core/evidence/page_life.h"
#include "core/evidence/telling.h"

#define QUOTE_MAX 6000      /* bytes of one text that the page shows */
#define SOON (10 * 60)      /* seconds within which recording is prompt */
#define LATE (2 * DATE_DAY) /* seconds after which it is late */

/*
 * What happened.
 */

static void
put_quote(const struct sheet *p, const char *text)
{
	size_t len = strlen(text), cut = len;
	char *shown;

	if (len > QUOTE_MAX)
		for (cut = QUOTE_MAX; (text[cut] & 0xc0) == 0x80;)
			cut--;
	shown = mem_ndup(text, cut);
	sheet_put(p, "<blockquote dir=\"auto\">");
	sheet_text(p, shown);
	sheet_put(p, "</blockquote>\n");
	free(shown);
	if (cut < len)
		sheet_put(p,
		    "<p class=\"note\">Cut here; the whole text stands in "
		    "the record.</p>\n");
}

/* The lines of a chat that an entry cites, in their author's words. */
static void
put_citations(const struct sheet *p, const struct fact *f)
{
	const struct citation *c;

	for (size_t at = 0; (c = dossier_citation(p->d, f, &at)) != NULL;) {
		const char *text = node_text(c->message, "text");
		const char *time = node_text(c->message, "time");
		char *author = telling_speaker(c->message);
		const struct exhibit *x;
		size_t from = 0;

		put_quote(p, text != NULL ? text : "");
		sheet_put(p, "<p class=\"note\">");
		sheet_value(p, "", author);
		if (time == NULL)
			time = node_text(c->message, "local");
		if (time != NULL) {
			sheet_put(p, ", ");
			sheet_owned(p, telling_due(time));
		}
		sheet_put(p, "; line %u", c->line);
		x = dossier_exhibit(p->d, c->transcript, &from);
		if (x != NULL)
			sheet_put(p, " of <a href=\"#%s\">exhibit %s</a>",
			    x->id, x->id);
		sheet_put(p, "</p>\n");
		free(author);
	}
}

/* What a revision asks for, one by one. */
static void
put_items(const struct sheet *p, const struct node *items)
{
	if (node_count(items) == 0)
		return;
	sheet_put(p, "<ul class=\"items\">\n");
	for (size_t i = 0; i < node_count(items); i++) {
		const struct node *item = node_at(items, i);

		sheet_put(p, "<li dir=\"auto\">");
		sheet_value(p, "", node_text(item, "class"));
		if (node_text(item, "text") != NULL) {
			sheet_put(p, "%s",
			    node_text(item, "class") != NULL ? ": " : "");
			sheet_text(p, node_text(item, "text"));
		}
		sheet_put(p, "</li>\n");
	}
	sheet_put(p, "</ul>\n");
}

static void
put_recorded(const struct sheet *p, const struct fact *f)
{
	int64_t delay = telling_delay(f);
	char *span;

	sheet_put(p, "<li%s>", delay >= LATE ? " class=\"late\"" : "");
	if (delay < SOON) {
		sheet_put(p, "recorded at once");
	} else {
		span = telling_span(delay);
		sheet_put(p, "recorded %s later, ", span);
		sheet_time(
		    p, telling_recorded(f), telling_time(telling_recorded(f)));
		free(span);
	}
	sheet_put(p, "</li>");
}

static void
put_exhibit_marks(const struct sheet *p, const struct fact *f)
{
	const struct exhibit *x;

	for (size_t at = 0; (x = dossier_exhibit(p->d, f, &at)) != NULL;)
		sheet_put(
		    p, "<li><a href=\"#%s\">Exhibit %s</a></li>", x->id, x->id);
}

/* The earliest proof from outside that it existed. */
static void
put_anchor(
    const struct sheet *p, const struct dossier_order *o, const struct fact *f)
{
	const struct timestamp *s = dossier_anchor(o, f);
	struct buf words = BUF_INIT;

	stamp_words(&words, s);
	sheet_put(p, "<li%s>", s != NULL ? " class=\"anchor\"" : "");
	sheet_text(p, words.data);
	if (s != NULL && !s->token.trusted)
		sheet_put(p, " (an authority unknown to the seller's system)");
	sheet_put(p, "</li>");
	buf_release(&words);
}

/* Who vouches, since when, and what else to know about an entry. */
static void
put_marks(
    const struct sheet *p, const struct dossier_order *o, const struct fact *f)
{
	char *look_up = order_look_up(o->order, f);
	const struct node *c = f->content;

	sheet_put(p, "<ul class=\"marks\"><li>");
	sheet_grade(p, order_grade(o->order, f));
	sheet_put(p, "</li>");
	if (look_up != NULL) {
		sheet_put(p, "<li>");
		sheet_text(p, look_up);
		sheet_put(p, "</li>");
	}
	put_exhibit_marks(p, f);
	put_recorded(p, f);
	if (dossier_held(p->d, f->entry->id, 0, NULL) != NULL)
		sheet_put(p,
		    "<li class=\"late\">masked: withheld in the record</li>");
	put_anchor(p, o, f);
	if (gaps_is_late(o->order, f))
		sheet_put(p, "<li class=\"late\">after the due date</li>");
	if (f->voided)
		sheet_put(p, "<li class=\"late\">taken back later</li>");
	if (f->corrected)
		sheet_put(
		    p, "<li class=\"late\">shown as corrected later</li>");
	if (node_text(c, "clock") != NULL)
		sheet_put(p, "<li class=\"late\">clock given by hand</li>");
	if (node_text(c, "anyway") != NULL) {
		sheet_value(p, "<li class=\"late\">recorded past a refusal: ",
		    node_text(c, "anyway"));
		sheet_put(p, "</li>");
	}
	sheet_put(p, "<li class=\"id\">entry %.12s</li></ul>\n", f->entry->id);
	free(look_up);
}

/* Day and hour, each on a line of its own where there is room for it. */
static void
put_when(const struct sheet *p, const struct fact *f)
{
	char machine[DATE_TEXT], *local = telling_local(f);
	struct civil c = date_civil(f->happened);

	date_format(machine, f->happened);
	sheet_put(p, "<p class=\"when\"><time datetime=\"%s\"%s><span>",
	    machine, f->date_only ? "" : " data-exact");
	sheet_owned(p, telling_day(f));
	if (!f->date_only)
		sheet_put(p, ",</span> <span>%02d:%02d UTC", c.hour, c.minute);
	sheet_put(p, "</span></time>");
	if (local != NULL)
		sheet_put(p, " <span>(%s)</span>", local);
	sheet_put(p, "</p>\n");
	free(local);
}

static void
put_fact(
    const struct sheet *p, const struct dossier_order *o, const struct fact *f)
{
	sheet_put(p, "<li id=\"e-%.12s\" class=\"fact%s%s\">\n", f->entry->id,
	    f->voided ? " voided" : "", f->content == NULL ? " withheld" : "");
	put_when(p, f);
	sheet_put(p, "<div class=\"what\">\n<p class=\"head\" dir=\"auto\">");
	sheet_owned(p, telling_title(o->order, f));
	sheet_put(p, "</p>\n");
	if (telling_quote(f) != NULL)
		put_quote(p, telling_quote(f));
	put_citations(p, f);
	put_items(p, node_get(f->content, "items"));
	if (f->content != NULL)
		put_marks(p, o, f);
	sheet_put(p, "</div>\n</li>\n");
}

void
page_timeline(const struct sheet *p)
{
	const struct dossier *d = p->d;

	sheet_open(p, "timeline", "What happened");
	sheet_put(p,
	    "<p class=\"note\">In the order in which it happened, whoever "
	    "it speaks for: %zu %s for the buyer.</p>\n",
	    d->adverse, d->adverse == 1 ? "entry speaks" : "entries speak");
	for (size_t i = 0; i < d->orders.n; i++) {
		const struct order *o = d->orders.v[i].order;

		sheet_order(p, &d->orders.v[i]);
		page_life(p, &d->orders.v[i]);
		sheet_put(p, "<ol class=\"facts\">\n");
		for (size_t j = 0; j < o->n; j++)
			put_fact(p, &d->orders.v[i], &o->v[o->replay[j]]);
		sheet_put(p, "</ol>\n");
	}
	sheet_close(p);
}

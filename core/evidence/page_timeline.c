/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/account.h"
#include "core/evidence/html.h"
#include "core/evidence/page_life.h"
#include "core/evidence/telling.h"

#define QUOTE_MAX 6000 /* bytes of one text that the page shows */

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
		char *time = telling_message_time(c->message);
		char *author = telling_speaker(c->message);
		const struct exhibit *x;
		size_t from = 0;

		put_quote(p, text != NULL ? text : "");
		sheet_put(p, "<p class=\"note\">");
		sheet_value(p, "", author);
		if (time != NULL) {
			sheet_put(p, ", ");
			sheet_owned(p, time);
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

/* Who vouches, since when, and what else to know about an entry. */
static void
put_marks(const struct sheet *p, size_t order, const struct fact *f)
{
	static const char *const classes[] = {
		[ACCOUNT_ANCHOR] = " class=\"anchor\"",
		[ACCOUNT_WARN] = " class=\"late\"",
		[ACCOUNT_ID] = " class=\"id\"",
	};
	struct account_marks marks = { VEC_INIT };
	const struct account_mark *m;

	account_mark(&marks, p->d, order, f);
	sheet_put(p, "<ul class=\"marks\">");
	vec_each (m, &marks.v) {
		const char *class = classes[m->look];

		sheet_put(p, "<li%s>", class != NULL ? class : "");
		if (m->look == ACCOUNT_GRADE)
			sheet_grade(p, m->of);
		else if (m->look == ACCOUNT_EXHIBIT)
			sheet_put(p, "<a href=\"#%s\">%s</a>", m->of, m->text);
		else
			html_told(p->out, m->text);
		sheet_put(p, "</li>");
	}
	sheet_put(p, "</ul>\n");
	account_release(&marks);
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
	if (f->content == NULL)
		sheet_put(p, " <span>recorded</span>");
	if (local != NULL)
		sheet_put(p, " <span>(%s)</span>", local);
	sheet_put(p, "</p>\n");
	free(local);
}

static void
put_fact(const struct sheet *p, size_t order, const struct fact *f)
{
	const struct dossier_order *o = &p->d->orders.v[order];

	sheet_put(p, "<li id=\"e-%.12s\" class=\"fact%s%s\">\n", f->entry->id,
	    f->voided ? " voided" : "", f->content == NULL ? " withheld" : "");
	put_when(p, f);
	sheet_put(p, "<div class=\"what\">\n<p class=\"head\">");
	sheet_told(p, telling_told(o->order, f));
	sheet_put(p, "</p>\n");
	if (telling_quote(f) != NULL)
		put_quote(p, telling_quote(f));
	put_citations(p, f);
	put_items(p, node_get(f->content, "items"));
	put_marks(p, order, f);
	sheet_put(p, "</div>\n</li>\n");
}

void
page_timeline(const struct sheet *p)
{
	const struct dossier *d = p->d;

	sheet_open(p, "timeline", "What happened");
	sheet_put(p,
	    "<p class=\"note\">In the order in which it happened, whoever "
	    "it speaks for: ");
	sheet_owned(p, account_adverse(d));
	sheet_put(p, ".</p>\n");
	for (size_t i = 0; i < d->orders.n; i++) {
		const struct order *o = d->orders.v[i].order;

		sheet_order(p, &d->orders.v[i]);
		page_life(p, i);
		sheet_put(p, "<ol class=\"facts\">\n");
		for (size_t j = 0; j < o->n; j++)
			put_fact(p, i, &o->v[o->replay[j]]);
		sheet_put(p, "</ol>\n");
	}
	sheet_close(p);
}

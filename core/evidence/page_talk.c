/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_talk.h"

#include <stdlib.h>
#include <string.h>

#include "core/evidence/html.h"
#include "core/evidence/telling.h"
#include "core/ext/json.h"

#define SHOWN_MAX 20000 /* messages of one chat on the page */

/* The entry that cites a line, or NULL. */
static const struct fact *
cited_by(const struct dossier *d, const struct fact *chat, size_t line)
{
	const struct citation *c;

	vec_each (c, &d->citations)
		if (c->transcript == chat && c->line == line)
			return c->fact;
	return NULL;
}

static void
put_message(const struct sheet *p, const struct talk *t, size_t line)
{
	const struct fact *by = cited_by(p->d, t->fact, line);
	struct node *m = NULL;
	const char *text, *time;
	char *author;
	size_t len;
	const char *raw = excerpt_line(&t->excerpt, line, &len);
	struct err *e = json_parse(&m, raw, len, "messages.jsonl");

	err_drop(e); /* it is in the file, as it is */
	author = telling_speaker(m);
	text = node_text(m, "text");
	time = node_text(m, "time");
	if (time == NULL)
		time = node_text(m, "local");
	sheet_put(p, "<li%s><p class=\"from\">",
	    by != NULL ? " class=\"cited\"" : "");
	sheet_value(p, "", author != NULL ? author : "somebody");
	if (time != NULL) {
		sheet_put(p, " <span>");
		sheet_owned(p, telling_due(time));
		sheet_put(p, "</span>");
	}
	if (by != NULL) {
		sheet_put(p, " <a href=\"#e-%.12s\">cited by an entry of ",
		    by->entry->id);
		sheet_owned(p, telling_day(by));
		sheet_put(p, "</a>");
	}
	sheet_put(p, "</p><p dir=\"auto\">");
	sheet_text(p, text != NULL ? text : "");
	sheet_put(p, "</p></li>\n");
	free(author);
	node_free(m);
}

static void
put_talk(const struct sheet *p, const struct talk *t)
{
	size_t n = excerpt_count(&t->excerpt), shown = 0;
	const struct exhibit *x;
	size_t at = 0;

	sheet_put(p, "<details%s>\n<summary>", n <= 60 ? " open" : "");
	sheet_owned(p, telling_title(p->d->orders.v[t->order].order, t->fact));
	sheet_put(
	    p, "</summary>\n<ol class=\"talk%s\">\n", n > 300 ? " long" : "");
	for (size_t line = 1; line <= n && shown < SHOWN_MAX; line++) {
		if (t->left_out[line - 1]) {
			sheet_put(p,
			    "<li class=\"gone\">message %zu is withheld</li>\n",
			    line);
			continue;
		}
		put_message(p, t, line);
		shown++;
	}
	sheet_put(p, "</ol>\n");
	x = dossier_exhibit(p->d, t->fact, &at);
	if (x != NULL)
		sheet_put(p,
		    "<p class=\"note\">%s <a href=\"#%s\">exhibit %s</a>.</p>\n",
		    shown == SHOWN_MAX ? "The rest stands in" :
					 "The whole file is",
		    x->id, x->id);
	sheet_put(p, "</details>\n");
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

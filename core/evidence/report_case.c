/* SPDX-License-Identifier: ISC */
#include "core/evidence/report_case.h"

#include <string.h>

#include "core/evidence/account.h"
#include "core/evidence/gaps.h"
#include "core/evidence/life.h"
#include "core/evidence/report_talk.h"
#include "core/evidence/telling.h"
#include "core/evidence/thumbs.h"

#define FACTS_MAX 600 /* entries of one order that are told */

/* A report under way. */
struct report {
	struct document *doc;
	const struct dossier *d;
};

static void
add_order_heading(struct report *r, const struct dossier_order *o)
{
	if (r->d->orders.n > 1)
		document_told(
		    r->doc, "h2", mem_printf("Order %s", o->id), DOCUMENT_KEPT);
}

static void
add_heading(struct report *r, const char *title)
{
	document_add(r->doc, "h1", title, DOCUMENT_KEPT);
}

static void
add_words(struct report *r, const char *text)
{
	document_add(r->doc, "p", text, DOCUMENT_KEPT);
}

/*
 * Head and summary.
 */

static void
add_title(struct report *r, const char *name, int64_t now)
{
	const struct dossier *d = r->d;
	struct buf text = BUF_INIT;
	char *when = telling_time(now);

	for (size_t i = 0; i < d->orders.n; i++)
		buf_addf(&text, "%s%s",
		    i == 0                   ? "" :
			i + 1 == d->orders.n ? " and " :
					       ", ",
		    d->orders.v[i].id);
	document_told(r->doc, "title",
	    mem_printf("Order%s %s", d->orders.n > 1 ? "s" : "", text.data),
	    DOCUMENT_KEPT);
	buf_clear(&text);
	for (size_t i = 0; i < d->claims.n; i++)
		buf_addf(&text, "%s%s",
		    i == 0                   ? "It answers the claim " :
			i + 1 == d->claims.n ? " and " :
					       ", ",
		    claim_words(d->claims.v[i]));
	if (text.len > 0)
		document_told(
		    r->doc, "p", mem_printf("%s.", text.data), DOCUMENT_KEPT);
	document_told(r->doc, "small",
	    mem_printf("Made %s, from the record of the seller. This is a "
		       "retelling: the entries themselves, and how to check "
		       "them, are in the package %s.",
		when, name),
	    DOCUMENT_KEPT);
	buf_release(&text);
	free(when);
}

/* "7 x On the platform, 2 x ...; no outside anchor. 4 gaps named below." */
static char *
tell_borne(const struct dossier *d)
{
	const struct telling_grade *g;
	char *anchors = account_anchors(d);
	struct buf out = BUF_INIT;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++) {
		size_t n = dossier_count(d, g->name);

		if (n > 0)
			buf_addf(&out, "%s%zu \xc3\x97 %s",
			    out.len > 0 ? ", " : "", n, g->title);
	}
	buf_addf(&out, "%s; %s. ", out.len > 0 ? "" : "Nothing", anchors);
	if (d->gaps.n == 0)
		buf_adds(&out, "No gap was found.");
	else
		buf_addf(&out, "%zu gap%s named below.", d->gaps.n,
		    d->gaps.n == 1 ? "" : "s");
	free(anchors);
	return buf_steal(&out);
}

static void
add_summary(struct report *r)
{
	const struct dossier_order *o;

	add_heading(r, "In five lines");
	vec_each (o, &r->d->orders) {
		add_order_heading(r, o);
		for (int line = 0; line < ACCOUNT_LINES; line++)
			document_item(r->doc,
			    account_title((enum account_line)line),
			    account_line(o, (enum account_line)line),
			    DOCUMENT_KEPT);
	}
	document_item(r->doc, "Borne out by", tell_borne(r->d), DOCUMENT_KEPT);
}

/*
 * What was agreed, and what is missing.
 */

static void
add_requirement(struct report *r, const struct node *n)
{
	const char *text = node_text(n, "text");
	const char *in = node_text(n, "delivered");
	bool accepted = node_text(n, "accepted") != NULL;

	document_item(r->doc, node_text(n, "label"),
	    mem_printf("%c%s%c\n%s%s%s", TELLING_OPEN, text != NULL ? text : "",
		TELLING_CLOSE, in != NULL ? "Delivered in " : "In no delivery",
		in != NULL ? in : "",
		accepted       ? ", accepted" :
		    in != NULL ? ", no acceptance on record" :
				 ""),
	    DOCUMENT_TELLING);
}

static void
add_matrix(struct report *r)
{
	const struct dossier_order *o;

	add_heading(r, "Agreed and delivered");
	vec_each (o, &r->d->orders) {
		add_order_heading(r, o);
		for (size_t i = 0; i < node_count(o->requirements); i++)
			add_requirement(r, node_at(o->requirements, i));
		if (node_count(o->requirements) == 0)
			add_words(r,
			    "No single requirements are on record: what was "
			    "agreed stands in the terms.");
	}
}

static void
add_gaps(struct report *r)
{
	add_heading(r, "What is missing");
	for (size_t i = 0; i < r->d->gaps.n; i++)
		document_item(
		    r->doc, "Gap", mem_dup(r->d->gaps.v[i]), DOCUMENT_TELLING);
	if (r->d->gaps.n == 0)
		add_words(r, "The usual gaps were looked for; none was found.");
}

/*
 * What happened.
 */

/* {at, look, label}, {from, to, text}, {at, word}, and places. */
static void
put_life(struct node *block, const struct life *l)
{
	struct node *list = node_put(block, "marks", node_list()), *n;
	const struct life_mark *m;
	const struct life_silence *s;
	const struct life_clock *c;
	char *day;

	vec_each (m, &l->marks) {
		n = node_push(list, node_map());
		node_put_int(n, "at", m->at);
		node_put_str(n, "look", m->look);
		document_put(n, "label", m->label);
	}
	list = node_put(block, "silences", node_list());
	vec_each (s, &l->silences) {
		n = node_push(list, node_map());
		node_put_int(n, "from", s->from);
		node_put_int(n, "to", s->to);
		node_put_str(n, "text", s->text);
	}
	list = node_put(block, "clocks", node_list());
	vec_each (c, &l->clocks) {
		n = node_push(list, node_map());
		node_put_int(n, "at", c->at);
		node_put_str(n, "word", c->word);
	}
	list = node_put(block, "said", node_list());
	for (size_t i = 0; i < l->said.n; i++)
		node_push(list, node_int(l->said.v[i]));
	node_put_int(block, "end", LIFE_END);
	day = telling_date(l->from);
	node_put_str(block, "first", day);
	free(day);
	day = telling_date(l->to);
	node_put_str(block, "last", day);
	free(day);
}

static void
add_life(struct report *r, size_t order)
{
	struct life l;

	if (life_find(&l, r->d, order))
		put_life(
		    document_add(r->doc, "life", "", DOCUMENT_TELLING), &l);
	life_release(&l);
}

/* Who vouches, since when, and what else to know, in a row. */
static char *
tell_marks(struct report *r, size_t order, const struct fact *f)
{
	struct account_marks marks = { VEC_INIT };
	const struct account_mark *m;
	struct buf out = BUF_INIT;

	account_mark(&marks, r->d, order, f);
	vec_each (m, &marks.v)
		if (m->look == ACCOUNT_ID) /* kept on one line */
			buf_addf(&out, "; entry\xc2\xa0%.12s", f->entry->id);
		else
			buf_addf(
			    &out, "%s%s", out.len > 0 ? "; " : "", m->text);
	account_release(&marks);
	return buf_steal(&out);
}

static void
add_citations(struct report *r, const struct fact *f, enum document_rank rank)
{
	const struct citation *c;

	for (size_t at = 0; (c = dossier_citation(r->d, f, &at)) != NULL;) {
		char *author = telling_speaker(c->message);
		char *said = telling_said(c->message);
		char *when = telling_message_time(c->message);

		document_told(r->doc, "quote",
		    mem_printf("%c%s%c%s%s: %c%s%c", TELLING_OPEN, author,
			TELLING_CLOSE, when != NULL ? ", " : "",
			when != NULL ? when : "", TELLING_OPEN, said,
			TELLING_CLOSE),
		    rank);
		free(when);
		free(said);
		free(author);
	}
}

/* What a revision asks for, one by one. */
static void
add_items(struct report *r, const struct node *items, enum document_rank rank)
{
	for (size_t i = 0; i < node_count(items); i++) {
		const char *class = node_text(node_at(items, i), "class");
		const char *text = node_text(node_at(items, i), "text");

		document_told(r->doc, "quote",
		    mem_printf("\xe2\x80\xa2 %s%s%c%s%c",
			class != NULL ? class : "", class != NULL ? ": " : "",
			TELLING_OPEN, text != NULL ? text : "", TELLING_CLOSE),
		    rank);
	}
}

static bool
is_telling(const struct order *o, const struct fact *f)
{
	return fact_is(f, "delivery") || fact_is(f, "submission") ||
	    fact_is(f, "acceptance") || fact_is(f, "completion") ||
	    fact_is(f, "order") || gaps_is_adverse(o, f);
}

static void
add_fact(struct report *r, size_t order, const struct fact *f)
{
	const struct order *o = r->d->orders.v[order].order;
	enum document_rank rank =
	    is_telling(o, f) ? DOCUMENT_TELLING : DOCUMENT_OTHER;
	char *when = telling_happened(f), *told = telling_told(o, f);

	document_name(document_told(r->doc, "h2",
			  mem_printf("%s%s  \xc2\xb7  %s", when,
			      f->content == NULL ? " (recorded)" : "", told),
			  rank),
	    mem_printf("an entry of %s (%s)", when, f->entry->kind->name));
	if (telling_quote(f) != NULL)
		document_add(r->doc, "quote", telling_quote(f), rank);
	add_citations(r, f, rank);
	add_items(r, node_get(f->content, "items"), rank);
	document_told(r->doc, "small", tell_marks(r, order, f), rank);
	free(told);
	free(when);
}

/* Those that are wanted; of very many only what tells most. */
static void
add_order_facts(
    struct report *r, size_t order, bool (*wanted)(const struct fact *))
{
	const struct order *o = r->d->orders.v[order].order;
	bool many = o->n > FACTS_MAX;
	size_t passed = 0, told = 0;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (wanted != NULL &&
		    (f->voided || f->content == NULL || !wanted(f)))
			continue;
		if (told >= FACTS_MAX || (many && !is_telling(o, f))) {
			passed++;
			continue;
		}
		add_fact(r, order, f);
		told++;
	}
	if (passed > 0)
		document_told(r->doc, "p",
		    mem_printf("%zu more entries stand in the record.", passed),
		    DOCUMENT_KEPT);
}

static void
add_facts(
    struct report *r, const char *title, bool (*wanted)(const struct fact *))
{
	add_heading(r, title);
	for (size_t i = 0; i < r->d->orders.n; i++) {
		add_order_heading(r, &r->d->orders.v[i]);
		if (wanted == NULL)
			add_life(r, i);
		add_order_facts(r, i, wanted);
	}
}

static bool
is_talk(const struct fact *f)
{
	return fact_is(f, "message") || fact_is(f, "call") ||
	    fact_is(f, "recap") || fact_is(f, "mail") ||
	    fact_is(f, "acceptance") || fact_is(f, "revision");
}

static bool
is_service(const struct fact *f)
{
	return fact_is(f, "order") || fact_is(f, "delivery") ||
	    fact_is(f, "submission") || fact_is(f, "completion") ||
	    fact_is(f, "handover") || fact_is(f, "acceptance");
}

/*
 * Exhibits.
 */

static const char *
grade_title(const char *name)
{
	const struct telling_grade *g;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		if (strcmp(g->name, name) == 0)
			return g->title;
	return "";
}

static void
add_exhibits(struct report *r)
{
	const struct exhibit *x;

	add_heading(r, "Exhibits");
	for (size_t i = 0; i < r->d->orders.n; i++) {
		add_order_heading(r, &r->d->orders.v[i]);
		vec_each (x, &r->d->exhibits) {
			const char *path = x->path + strlen("data/");

			if (x->order != i)
				continue;
			document_name(
			    document_item(r->doc, x->id,
				mem_printf("%s\n%s  \xc2\xb7  %s", x->told,
				    path, grade_title(x->grade)),
				DOCUMENT_LISTED),
			    mem_dup(path));
		}
	}
}

/* Exhibits that are pictures, each with its number. */
static void
add_pictures(struct report *r)
{
	const struct exhibit *x;
	bool any = false;

	vec_each (x, &r->d->exhibits) {
		const char *file =
		    thumbs_is_picture(x->path) ? thumbs_file(r->d, x) : NULL;
		struct node *block;

		if (file == NULL)
			continue;
		if (!any) {
			document_add(r->doc, "break", "", DOCUMENT_PICTURES);
			document_add(
			    r->doc, "h1", "Pictures", DOCUMENT_PICTURES);
		}
		any = true;
		block = document_told(r->doc, "picture",
		    mem_printf("Exhibit %s: %s", x->id, x->told),
		    DOCUMENT_PICTURE);
		node_put_str(block, "path", file);
		document_name(
		    block, mem_printf("the picture of exhibit %s", x->id));
	}
}

/*
 * The end.
 */

static void
add_withheld(struct report *r)
{
	const struct dossier *d = r->d;
	const struct held *h;

	add_heading(r, "Withheld");
	if (d->withheld == 0 && d->held.n == 0) {
		add_words(r, "Nothing: every entry is here in full.");
		return;
	}
	document_told(r->doc, "p",
	    mem_printf("%zu %s in the package as %s: place, kind and time of "
		       "recording can be checked, the content is not there. "
		       "Above it says of each why.%s",
		d->withheld, d->withheld == 1 ? "entry is" : "entries are",
		d->withheld == 1 ? "an envelope" : "envelopes",
		d->masks->n > 0 ? " Where it says [masked], a name stood." :
				  ""),
	    DOCUMENT_KEPT);
	vec_each (h, &d->held) {
		if (h->line == 0 && h->file == NULL)
			continue;
		document_item(r->doc, h->line > 0 ? "A message" : "A file",
		    mem_printf("of the %s with entry %.12s: %c%s%c",
			h->kind->name, h->id, TELLING_OPEN,
			h->why != NULL ? h->why : "no reason is given",
			TELLING_CLOSE),
		    DOCUMENT_OTHER);
	}
}

static void
add_end(struct report *r)
{
	const struct telling_grade *g;

	add_heading(r, "Who vouches");
	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		document_item(r->doc, g->title,
		    mem_printf(
			"%zu: %s", dossier_count(r->d, g->name), g->meaning),
		    DOCUMENT_KEPT);
	add_withheld(r);
	add_heading(r, "Not checked");
	add_words(r,
	    "Nobody was asked: where it says \"look up\", nobody has looked "
	    "for you. Whether what the seller wrote is true, whether the work "
	    "is good, and whether a second record exists is not checked. Only "
	    "outside anchors speak against a second record.");
	add_heading(r, "How to check");
	add_words(r,
	    "Look up on the platform what it has itself. The package that "
	    "came with this report holds HOW-TO-VERIFY.txt, with commands of "
	    "standard tools only, and a fingerprint was sent with it.");
}

void
report_case(struct document *doc, const struct dossier *d,
    enum report_part part, const char *name, int64_t now)
{
	struct report r = { doc, d };

	add_title(&r, name, now);
	if (part == REPORT_TALK) {
		add_facts(&r, "What was said", is_talk);
		report_talk(doc, d);
		return;
	}
	if (part == REPORT_SERVICE) {
		add_matrix(&r);
		add_facts(&r, "What was done", is_service);
		return;
	}
	add_summary(&r);
	add_matrix(&r);
	add_gaps(&r);
	add_facts(&r, "What happened", NULL);
	add_exhibits(&r);
	add_pictures(&r);
	add_end(&r);
	report_talk(doc, d);
}

/* SPDX-License-Identifier: ISC */
#include "core/evidence/page.h"

#include <inttypes.h>
#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/html.h"
#include "core/evidence/telling.h"
#include "core/util/path.h"

#define QUOTE_MAX 6000      /* bytes of one text that the page shows */
#define SOON (10 * 60)      /* seconds within which recording is prompt */
#define LATE (2 * DATE_DAY) /* seconds after which it is late */

static const char style[] =
#include "page.css.inc"
    ;

/* A page under way. */
struct page {
	struct buf *out;
	const struct dossier *d;
	const struct page_spec *spec;
};

/* Markup of our own; %s is not escaped. */
#define put(P, ...) buf_addf((P)->out, __VA_ARGS__)

static void
put_text(const struct page *p, const char *text)
{
	html_text(p->out, text);
}

static void
put_value(const struct page *p, const char *before, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_adds(p->out, before);
	html_bdi(p->out, value);
}

/* As put_text(), for text that is ours to free. */
static void
put_owned(const struct page *p, char *text)
{
	put_text(p, text);
	free(text);
}

static void
put_time(const struct page *p, int64_t time, char *shown)
{
	char machine[DATE_TEXT];

	date_format(machine, time);
	put(p, "<time datetime=\"%s\">", machine);
	put_owned(p, shown);
	put(p, "</time>");
}

static void
open_section(const struct page *p, const char *id, const char *title)
{
	put(p, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n", id, id);
	put(p, "<h2 id=\"%s-h\">%s</h2>\n", id, title);
}

static void
close_section(const struct page *p)
{
	put(p, "</section>\n");
}

/* The name of an order above its part, where there are several. */
static void
put_order_heading(const struct page *p, const struct dossier_order *o)
{
	if (p->d->orders.n < 2)
		return;
	put(p, "<h3>Order ");
	html_bdi(p->out, o->id);
	put(p, "</h3>\n");
}

static const struct telling_grade *
find_grade(const char *name)
{
	const struct telling_grade *g;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		if (strcmp(g->name, name) == 0)
			return g;
	return telling_grade_at(0);
}

static void
put_grade(const struct page *p, const char *name)
{
	put(p, "<span class=\"grade %s\">%s</span>", name,
	    find_grade(name)->title);
}

/*
 * Head.
 */

static void
put_head(const struct page *p)
{
	put(p,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src '");
	html_csp_hash(p->out, style);
	put(p,
	    "'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<title>Evidence: ");
	put_text(p, p->spec->name);
	put(p, "</title>\n<style>%s</style>\n</head>\n", style);
}

static void
put_claims(const struct page *p)
{
	if (p->d->claims.n == 0)
		return;
	put(p, "<p class=\"claim\">It answers the claim ");
	for (size_t i = 0; i < p->d->claims.n; i++)
		put(p, "%s%s",
		    i == 0                      ? "" :
			i + 1 == p->d->claims.n ? " and " :
						  ", ",
		    claim_words(p->d->claims.v[i]));
	put(p, ".</p>\n");
}

/* Whoever recorded the first entry that is here in full. */
static const char *
find_recorder(const struct order *o)
{
	const char *by = NULL;

	for (size_t i = 0; i < o->n && by == NULL; i++)
		by = node_text(o->v[i].content, "by");
	return by;
}

static void
put_banner(const struct page *p)
{
	const struct dossier *d = p->d;
	const char *title = node_text(d->orders.v[0].order->terms, "title");

	put(p, "<header>\n<p class=\"kicker\">Evidence package</p>\n<h1>Order");
	put(p, "%s ", d->orders.n > 1 ? "s" : "");
	for (size_t i = 0; i < d->orders.n; i++) {
		put(p, "%s",
		    i == 0                   ? "" :
			i + 1 == d->orders.n ? " and " :
					       ", ");
		html_bdi(p->out, d->orders.v[i].id);
	}
	put(p, "</h1>\n");
	if (d->orders.n == 1 && title != NULL) {
		put(p, "<p class=\"title\" dir=\"auto\">");
		put_text(p, title);
		put(p, "</p>\n");
	}
	put_claims(p);
	put(p, "<p class=\"made\">Made ");
	put_time(p, p->spec->now, telling_time(p->spec->now));
	put_value(p, ", from the record kept by ",
	    find_recorder(d->orders.v[0].order));
	put(p, ".%s</p>\n</header>\n",
	    p->spec->clock_given ?
		" This time was given by hand, not read from a clock." :
		"");
}

static void
put_contents(const struct page *p)
{
	put(p,
	    "<nav aria-label=\"Contents\">\n<ol>\n"
	    "<li><a href=\"#summary\">Summary</a></li>\n"
	    "<li><a href=\"#agreed\">Agreed and delivered</a></li>\n"
	    "<li><a href=\"#gaps\">What is missing</a></li>\n"
	    "<li><a href=\"#timeline\">What happened</a></li>\n"
	    "<li><a href=\"#exhibits\">Exhibits</a></li>\n"
	    "<li><a href=\"#grades\">Who vouches</a></li>\n"
	    "<li><a href=\"#withheld\">Withheld</a></li>\n"
	    "<li><a href=\"#unchecked\">Not checked</a></li>\n"
	    "<li><a href=\"#check\">How to check</a></li>\n"
	    "</ol>\n</nav>\n");
}

/*
 * Summary: five lines, each of all orders.
 */

static void
sum_order(const struct page *p, const struct dossier_order *o)
{
	const struct node *t = o->order->terms;
	const struct fact *f;
	size_t at = 0;

	put_value(p, "", node_text(t, "title"));
	put_value(p, node_text(t, "title") != NULL ? ", for " : "For ",
	    node_text(t, "buyer"));
	put_value(p, " on ", node_text(t, "platform"));
	put_value(p, ", ", node_text(t, "price"));
	if ((f = order_next(o->order, "order", &at)) != NULL) {
		put(p, "; agreed ");
		put_time(p, f->happened, telling_day(f));
	}
	if (node_text(t, "due") != NULL) {
		put(p, ", due ");
		put_owned(p, telling_due(node_text(t, "due")));
	}
	put(p, ".");
}

static void
sum_agreed(const struct page *p, const struct dossier_order *o)
{
	size_t n = node_count(o->requirements), delivered = 0, accepted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct node *r = node_at(o->requirements, i);

		delivered += node_text(r, "delivered") != NULL;
		accepted += node_text(r, "accepted") != NULL;
	}
	if (n == 0) {
		put(p, "No single requirements are on record.");
		return;
	}
	put_owned(p, telling_count((int64_t)n, "requirement"));
	put(p, " agreed, %zu delivered, %zu accepted.", delivered, accepted);
}

static void
sum_delivered(const struct page *p, const struct dossier_order *o)
{
	const struct fact *f, *first = NULL, *last = NULL;
	size_t n = 0;

	for (size_t at = 0;
	     (f = order_next(o->order, "delivery", &at)) != NULL;) {
		if (node_get(f->content, "also") != NULL)
			continue;
		if (first == NULL)
			first = f;
		last = f;
		n++;
	}
	if (n == 0) {
		put(p, "Nothing is recorded as delivered.");
		return;
	}
	if (n == 1)
		put(p, "Once, on ");
	else
		put(p, "%zu times, first on ", n);
	put_time(p, first->happened, telling_day(first));
	if (n > 1) {
		put(p, ", last on ");
		put_time(p, last->happened, telling_day(last));
	}
	if (gaps_is_late(o->order, first))
		put(p, ", after the due date");
	else if (gaps_is_late(o->order, last))
		put(p, ", the last after the due date");
	f = order_last(o->order, "submission");
	if (f != NULL) {
		put(p, "; handed in with the platform's own button on ");
		put_time(p, f->happened, telling_day(f));
	}
	put(p, ".");
}

static void
sum_accepted(const struct page *p, const struct dossier_order *o)
{
	const struct fact *f;
	size_t n = 0;

	for (size_t at = 0;
	     (f = order_next(o->order, "acceptance", &at)) != NULL; n++) {
		put(p, "%s", n == 0 ? "" : "; ");
		put_owned(p, telling_title(o->order, f));
		put(p, ", ");
		put_time(p, f->happened, telling_day(f));
	}
	put(p, n == 0 ? "No acceptance is recorded. " : ". ");
	put(p, "The order now stands as %s.",
	    order_state_name(o->order->state));
}

static void
sum_borne(const struct page *p)
{
	const struct telling_grade *g;
	bool any = false;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++) {
		size_t n = dossier_count(p->d, g->name);

		if (n == 0)
			continue;
		put(p, "%s<span class=\"nw\">%zu &times; ", any ? ", " : "", n);
		put_grade(p, g->name);
		put(p, "</span>");
		any = true;
	}
	put(p, "%s no outside anchor. ", any ? ";" : "Nothing;");
	if (p->d->gaps.n == 0) {
		put(p, "No gap was found.");
		return;
	}
	put_owned(p, telling_count((int64_t)p->d->gaps.n, "gap"));
	put(p, " named below.");
}

static void
put_line(const struct page *p, const char *title,
    void (*sum)(const struct page *, const struct dossier_order *))
{
	const struct dossier *d = p->d;

	put(p, "<div><dt>%s</dt>", title);
	for (size_t i = 0; i < d->orders.n; i++) {
		put(p, "<dd>");
		if (d->orders.n > 1) {
			put(p, "<b>");
			html_bdi(p->out, d->orders.v[i].id);
			put(p, ":</b> ");
		}
		sum(p, &d->orders.v[i]);
		put(p, "</dd>");
	}
	put(p, "</div>\n");
}

static void
put_summary(const struct page *p)
{
	open_section(p, "summary", "In five lines");
	put(p, "<dl class=\"lines\">\n");
	put_line(p, "The order", sum_order);
	put_line(p, "Agreed", sum_agreed);
	put_line(p, "Delivered", sum_delivered);
	put_line(p, "Accepted", sum_accepted);
	put(p, "<div><dt>Borne out by</dt><dd>");
	sum_borne(p);
	put(p, "</dd></div>\n</dl>\n");
	close_section(p);
}

/*
 * Agreed, delivered, accepted.
 */

static const struct fact *
find_label(const struct order *o, const char *label)
{
	for (size_t i = 0; label != NULL && i < o->n; i++)
		if (o->v[i].label != NULL && strcmp(o->v[i].label, label) == 0)
			return &o->v[i];
	return NULL;
}

/* A link to an entry in the timeline: its label and its day. */
static void
put_reference(const struct page *p, const struct fact *f)
{
	put(p, "<a href=\"#e-%.12s\">", f->entry->id);
	if (f->label != NULL) {
		html_bdi(p->out, f->label);
		put(p, ", ");
	}
	put_owned(p, telling_day(f));
	put(p, "</a>");
}

static void
put_cell(const struct page *p, const char *title, const struct fact *f,
    const char *otherwise)
{
	put(p, "<td role=\"cell\" data-title=\"%s\"%s>", title,
	    f == NULL ? " class=\"gap\"" : "");
	if (f != NULL)
		put_reference(p, f);
	else
		put(p, "%s", otherwise);
	put(p, "</td>");
}

static void
put_requirement(
    const struct page *p, const struct order *o, const struct node *r)
{
	const char *entry = node_text(r, "entry");
	const char *text = node_text(r, "text");

	put(p,
	    "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\" dir=\"auto\"><b>");
	put_text(p, node_text(r, "label"));
	put(p, "</b> ");
	put_text(p, text != NULL ? text : "");
	put(p, "</th>");
	put_cell(p, "Agreed", entry == NULL ? NULL : order_fact(o, entry),
	    "not known");
	put_cell(p, "Delivered", find_label(o, node_text(r, "delivered")),
	    "in no delivery");
	put_cell(p, "Accepted", find_label(o, node_text(r, "accepted")),
	    "not on record");
	put(p, "</tr>\n");
}

/* 0: in no delivery, 1: not accepted, 2: complete. */
static int
standing(const struct node *r)
{
	if (node_text(r, "delivered") == NULL)
		return 0;
	return node_text(r, "accepted") == NULL ? 1 : 2;
}

static void
put_matrix(const struct page *p, const struct dossier_order *o)
{
	put_order_heading(p, o);
	if (node_count(o->requirements) == 0) {
		put(p,
		    "<p>No single requirements are on record: what was "
		    "agreed stands in the terms.</p>\n");
		return;
	}
	put(p,
	    "<table role=\"table\" class=\"matrix\">\n<caption>Each requirement, where it "
	    "was delivered and whether that was accepted; gaps first."
	    "</caption>\n<thead><tr role=\"row\"><th scope=\"col\">Requirement</th>"
	    "<th scope=\"col\">Agreed</th><th scope=\"col\">Delivered</th>"
	    "<th scope=\"col\">Accepted</th></tr></thead>\n<tbody>\n");
	for (int rank = 0; rank <= 2; rank++)
		for (size_t i = 0; i < node_count(o->requirements); i++) {
			const struct node *r = node_at(o->requirements, i);

			if (standing(r) == rank)
				put_requirement(p, o->order, r);
		}
	put(p, "</tbody>\n</table>\n");
}

static void
put_agreed(const struct page *p)
{
	open_section(p, "agreed", "Agreed and delivered");
	for (size_t i = 0; i < p->d->orders.n; i++)
		put_matrix(p, &p->d->orders.v[i]);
	close_section(p);
}

static void
put_gaps(const struct page *p)
{
	open_section(p, "gaps", "What is missing");
	if (p->d->gaps.n == 0)
		put(p,
		    "<p>deed looked for the usual gaps (undelivered "
		    "requirements, deliveries nobody acknowledged, talks "
		    "without a recap) and found none.</p>\n");
	else
		put(p, "<ul class=\"gaps\">\n");
	for (size_t i = 0; i < p->d->gaps.n; i++) {
		put(p, "<li dir=\"auto\">");
		put_text(p, p->d->gaps.v[i]);
		put(p, "</li>\n");
	}
	if (p->d->gaps.n > 0)
		put(p, "</ul>\n");
	close_section(p);
}

/*
 * What happened.
 */

static void
put_quote(const struct page *p, const char *text)
{
	size_t len = strlen(text), cut = len;
	char *shown;

	if (len > QUOTE_MAX)
		for (cut = QUOTE_MAX; (text[cut] & 0xc0) == 0x80;)
			cut--;
	shown = mem_ndup(text, cut);
	put(p, "<blockquote dir=\"auto\">");
	put_text(p, shown);
	put(p, "</blockquote>\n");
	free(shown);
	if (cut < len)
		put(p,
		    "<p class=\"note\">Cut here; the whole text stands in "
		    "the record.</p>\n");
}

/* The lines of a chat that an entry cites, in their author's words. */
static void
put_citations(const struct page *p, const struct fact *f)
{
	const struct citation *c;

	for (size_t at = 0; (c = dossier_citation(p->d, f, &at)) != NULL;) {
		const char *text = node_text(c->message, "text");
		const char *time = node_text(c->message, "time");
		const struct exhibit *x;
		size_t from = 0;

		put_quote(p, text != NULL ? text : "");
		put(p, "<p class=\"note\">");
		put_value(p, "", node_text(c->message, "author"));
		if (time == NULL)
			time = node_text(c->message, "local");
		if (time != NULL) {
			put(p, ", ");
			put_owned(p, telling_due(time));
		}
		put(p, "; line %u", c->line);
		x = dossier_exhibit(p->d, c->transcript, &from);
		if (x != NULL)
			put(p, " of <a href=\"#%s\">exhibit %s</a>", x->id,
			    x->id);
		put(p, "</p>\n");
	}
}

/* What a revision asks for, one by one. */
static void
put_items(const struct page *p, const struct node *items)
{
	if (node_count(items) == 0)
		return;
	put(p, "<ul class=\"items\">\n");
	for (size_t i = 0; i < node_count(items); i++) {
		const struct node *item = node_at(items, i);

		put(p, "<li dir=\"auto\">");
		put_value(p, "", node_text(item, "class"));
		if (node_text(item, "text") != NULL) {
			put(p, "%s",
			    node_text(item, "class") != NULL ? ": " : "");
			put_text(p, node_text(item, "text"));
		}
		put(p, "</li>\n");
	}
	put(p, "</ul>\n");
}

static void
put_recorded(const struct page *p, const struct fact *f)
{
	int64_t delay = telling_delay(f);
	char *span;

	put(p, "<li%s>", delay >= LATE ? " class=\"late\"" : "");
	if (delay < SOON) {
		put(p, "recorded at once");
	} else {
		span = telling_span(delay);
		put(p, "recorded %s later, ", span);
		put_time(
		    p, telling_recorded(f), telling_time(telling_recorded(f)));
		free(span);
	}
	put(p, "</li>");
}

static void
put_exhibit_marks(const struct page *p, const struct fact *f)
{
	const struct exhibit *x;

	for (size_t at = 0; (x = dossier_exhibit(p->d, f, &at)) != NULL;)
		put(p, "<li><a href=\"#%s\">Exhibit %s</a></li>", x->id, x->id);
}

/* Who vouches, since when, and what else to know about an entry. */
static void
put_marks(const struct page *p, const struct order *o, const struct fact *f)
{
	char *look_up = order_look_up(o, f);
	const struct node *c = f->content;

	put(p, "<ul class=\"marks\"><li>");
	put_grade(p, order_grade(o, f));
	put(p, "</li>");
	if (look_up != NULL) {
		put(p, "<li>");
		put_text(p, look_up);
		put(p, "</li>");
	}
	put_exhibit_marks(p, f);
	put_recorded(p, f);
	put(p, "<li>no outside anchor</li>");
	if (gaps_is_late(o, f))
		put(p, "<li class=\"late\">after the due date</li>");
	if (f->voided)
		put(p, "<li class=\"late\">taken back later</li>");
	if (f->corrected)
		put(p, "<li class=\"late\">shown as corrected later</li>");
	if (node_text(c, "clock") != NULL)
		put(p, "<li class=\"late\">clock given by hand</li>");
	if (node_text(c, "anyway") != NULL) {
		put_value(p, "<li class=\"late\">recorded past a refusal: ",
		    node_text(c, "anyway"));
		put(p, "</li>");
	}
	put(p, "<li class=\"id\">entry %.12s</li></ul>\n", f->entry->id);
	free(look_up);
}

/* Day and hour, each on a line of its own where there is room for it. */
static void
put_when(const struct page *p, const struct fact *f)
{
	char machine[DATE_TEXT], *local = telling_local(f);
	struct civil c = date_civil(f->happened);

	date_format(machine, f->happened);
	put(p, "<p class=\"when\"><time datetime=\"%s\"><span>", machine);
	put_owned(p, telling_day(f));
	if (!f->date_only)
		put(p, ",</span> <span>%02d:%02d UTC", c.hour, c.minute);
	put(p, "</span></time>");
	if (local != NULL)
		put(p, " <span>(%s)</span>", local);
	put(p, "</p>\n");
	free(local);
}

static void
put_fact(const struct page *p, const struct order *o, const struct fact *f)
{
	put(p, "<li id=\"e-%.12s\" class=\"fact%s%s\">\n", f->entry->id,
	    f->voided ? " voided" : "", f->content == NULL ? " withheld" : "");
	put_when(p, f);
	put(p, "<div class=\"what\">\n<p class=\"head\" dir=\"auto\">");
	put_owned(p, telling_title(o, f));
	put(p, "</p>\n");
	if (telling_quote(f) != NULL)
		put_quote(p, telling_quote(f));
	put_citations(p, f);
	put_items(p, node_get(f->content, "items"));
	if (f->content != NULL)
		put_marks(p, o, f);
	put(p, "</div>\n</li>\n");
}

static void
put_timeline(const struct page *p)
{
	const struct dossier *d = p->d;

	open_section(p, "timeline", "What happened");
	put(p,
	    "<p class=\"note\">In the order in which it happened, whoever "
	    "it speaks for: %zu %s for the buyer.</p>\n",
	    d->adverse, d->adverse == 1 ? "entry speaks" : "entries speak");
	for (size_t i = 0; i < d->orders.n; i++) {
		const struct order *o = d->orders.v[i].order;

		put_order_heading(p, &d->orders.v[i]);
		put(p, "<ol class=\"facts\">\n");
		for (size_t j = 0; j < o->n; j++)
			put_fact(p, o, &o->v[o->replay[j]]);
		put(p, "</ol>\n");
	}
	close_section(p);
}

/*
 * Exhibits.
 */

/*
 * Only files that no browser runs are linked: a page among the exhibits is
 * somebody else's page.
 */
static bool
may_link(const char *path)
{
	static const char *const known[] = { "csv", "eml", "gif", "jpeg", "jpg",
		"json", "jsonl", "m4a", "md", "mov", "mp3", "mp4", "ogg", "pdf",
		"png", "sha256sums", "srt", "txt", "vtt", "webm", "webp",
		"yaml", "zip" };
	const char *dot = strrchr(path_base(path), '.');

	for (size_t i = 0; dot != NULL && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (strcasecmp(dot + 1, known[i]) == 0)
			return true;
	return false;
}

static const struct piece *
find_piece(const struct dossier *d, const char *name)
{
	for (size_t i = 0; i < d->pieces.n; i++)
		if (strcmp(d->pieces.v[i].name, name) == 0)
			return &d->pieces.v[i];
	return NULL;
}

static void
put_exhibit(const struct page *p, const struct exhibit *x)
{
	const char *path = x->path + strlen("data/");
	const struct piece *piece = find_piece(p->d, x->path);

	put(p,
	    "<tr role=\"row\" id=\"%s\"><th role=\"rowheader\" scope=\"row\">%s</th>"
	    "<td role=\"cell\" data-title=\"What\" dir=\"auto\">",
	    x->id, x->id);
	put_text(p, x->title);
	put(p, "</td><td role=\"cell\" data-title=\"File\" class=\"file\">");
	if (may_link(path)) {
		put(p, "<a href=\"");
		html_href(p->out, path);
		put(p, "\">");
	}
	put_text(p, path);
	put(p, "%s", may_link(path) ? "</a>" : "");
	if (piece != NULL) {
		put(p, ", ");
		put_owned(p, telling_size(piece->size));
	}
	put(p, "</td><td role=\"cell\" data-title=\"Who vouches\">");
	put_grade(p, x->grade);
	put(p, "</td></tr>\n");
}

static void
put_exhibits(const struct page *p)
{
	open_section(p, "exhibits", "Exhibits");
	put(p,
	    "<table role=\"table\" class=\"exhibits\">\n<caption>Files in this package, "
	    "named as they lie beside this page.%s</caption>\n"
	    "<thead><tr role=\"row\"><th scope=\"col\">No.</th><th scope=\"col\">What"
	    "</th><th scope=\"col\">File</th><th scope=\"col\">Who vouches"
	    "</th></tr></thead>\n<tbody>\n",
	    p->d->lists_only ? " Of deliveries, the lists of their files." :
			       "");
	for (size_t i = 0; i < p->d->exhibits.n; i++)
		put_exhibit(p, &p->d->exhibits.v[i]);
	put(p, "</tbody>\n</table>\n");
	close_section(p);
}

/*
 * Who vouches, what is withheld, what nobody checked, how to check.
 */

static void
put_grades(const struct page *p)
{
	const struct telling_grade *g;

	open_section(p, "grades", "Who vouches");
	put(p,
	    "<p>Every entry carries a grade. deed works it out from what "
	    "the entry rests on; nobody can type it in. It says whom you "
	    "can ask, not that somebody has asked.</p>\n"
	    "<dl class=\"grades\">\n");
	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++) {
		size_t n = dossier_count(p->d, g->name);

		put(p, "<div><dt>");
		put_grade(p, g->name);
		put(p,
		    " <span class=\"n\">%zu entr%s</span></dt><dd>%s</dd>"
		    "</div>\n",
		    n, n == 1 ? "y" : "ies", g->meaning);
	}
	put(p,
	    "</dl>\n<p><strong>Outside anchor.</strong> The earliest proof "
	    "from outside that an entry existed: a time stamp of an "
	    "authority you trust, a signed mail, a copy somebody else "
	    "holds. None comes with this package, so the times of "
	    "recording rest on the seller's clock, and every entry says "
	    "&ldquo;no outside anchor&rdquo;.</p>\n");
	close_section(p);
}

/* "2 of kind note": how many envelopes of each kind there are. */
static void
put_withheld_kinds(const struct page *p)
{
	const struct kind *kind;

	put(p, "<ul>\n");
	for (size_t k = 0; (kind = kind_at(k)) != NULL; k++) {
		size_t n = 0;

		for (size_t i = 0; i < p->d->orders.n; i++) {
			const struct order *o = p->d->orders.v[i].order;

			for (size_t j = 0; j < o->n; j++)
				n += o->v[j].content == NULL &&
				    o->v[j].entry->kind == kind;
		}
		if (n > 0)
			put(p, "<li>%zu of kind &ldquo;%s&rdquo;</li>\n", n,
			    kind->name);
	}
	put(p, "</ul>\n");
}

static void
put_withheld(const struct page *p)
{
	const struct dossier *d = p->d;

	open_section(p, "withheld", "Withheld");
	if (d->withheld == 0) {
		put(p, "<p>Nothing: every entry is here in full.</p>\n");
		close_section(p);
		return;
	}
	put(p,
	    "<p>%zu %s here as %s: place, kind, time of recording and links "
	    "to other entries can be checked, the content is left out. "
	    "Private notes and earlier packages always are; %zu %s chosen "
	    "by hand.</p>\n",
	    d->withheld, d->withheld == 1 ? "entry is" : "entries are",
	    d->withheld == 1 ? "an envelope" : "envelopes", d->by_hand,
	    d->by_hand == 1 ? "was" : "were");
	put_withheld_kinds(p);
	close_section(p);
}

static void
put_unchecked(const struct page *p)
{
	open_section(p, "unchecked", "Not checked");
	put(p,
	    "<ul>\n"
	    "<li>deed has asked neither the platform nor anybody else: it "
	    "made this page without a network.</li>\n"
	    "<li>Where an entry says &ldquo;look up&rdquo;, nobody has "
	    "looked for you.</li>\n"
	    "<li>Whether what the seller wrote is true, and whether the "
	    "delivered work is good.</li>\n"
	    "<li>The clock of the seller's computer.</li>\n"
	    "<li>Whether there is a second record. The chain of entries "
	    "shows that nothing was changed, removed or put in between; a "
	    "seller could still keep two records and show one. Only "
	    "outside anchors speak against that.</li>\n"
	    "<li>This page itself: it retells the entries in "
	    "<code>orders/</code>. Where the two differ, the entries "
	    "count.</li>\n"
	    "</ul>\n");
	close_section(p);
}

static void
put_check(const struct page *p)
{
	open_section(p, "check", "How to check");
	put(p,
	    "<ol>\n"
	    "<li><strong>What the platform knows</strong>, look up there: "
	    "the entries marked &ldquo;%s&rdquo; say where.</li>\n"
	    "<li><strong>That the package is whole</strong>: "
	    "<a href=\"HOW-TO-VERIFY.txt\">HOW-TO-VERIFY.txt</a> lists "
	    "commands that come with every Linux system. With deed: "
	    "<code>deed verify ",
	    find_grade("platform")->title);
	put_text(p, p->spec->name);
	put(p,
	    ".zip</code></li>\n"
	    "<li><strong>That it is the one that was sent</strong>: compare "
	    "its fingerprint, the SHA-256 of <code>root.txt</code>, with "
	    "the one you were given with the package. Without that it is "
	    "complete and consistent, but nobody vouches that it is the "
	    "original.</li>\n"
	    "</ol>\n");
	close_section(p);
}

void
page_write(
    struct buf *out, const struct dossier *d, const struct page_spec *spec)
{
	struct page page = { out, d, spec }, *p = &page;

	put_head(p);
	put(p,
	    "<body>\n<a class=\"skip\" href=\"#summary\">Skip to the "
	    "summary</a>\n");
	put_banner(p);
	put_contents(p);
	put(p, "<main>\n");
	put_summary(p);
	put_agreed(p);
	put_gaps(p);
	put_timeline(p);
	put_exhibits(p);
	put_grades(p);
	put_withheld(p);
	put_unchecked(p);
	put_check(p);
	put(p,
	    "</main>\n<footer><p>Made with deed " DEED_VERSION
	    ". By itself this page proves nothing: see how to check.</p></footer>\n"
	    "</body>\n</html>\n");
}

/* SPDX-License-Identifier: ISC */
#include "core/evidence/page.h"

#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/html.h"
#include "core/evidence/page_annex.h"
#include "core/evidence/page_summary.h"
#include "core/evidence/page_talk.h"
#include "core/evidence/page_timeline.h"
#include "core/evidence/thumbs.h"

static const char style[] =
#include "page.css.inc"
    ;

static const char script[] =
#include "page.js.inc"
    ;

/*
 * Head.
 */

static bool
has_pictures(const struct sheet *p)
{
	const struct exhibit *x;

	vec_each (x, &p->d->exhibits)
		if (p->thumbs != NULL && thumbs_of(p->thumbs, x) != NULL)
			return true;
	return false;
}

static void
put_head(const struct sheet *p, const char *name)
{
	sheet_put(p,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src '");
	html_csp_hash(p->out, style);
	sheet_put(p, "'; script-src '");
	html_csp_hash(p->out, script);
	sheet_put(p, "'%s", has_pictures(p) ? "; img-src data:" : "");
	sheet_put(p,
	    "; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<title>Evidence: ");
	sheet_text(p, name);
	sheet_put(p, "</title>\n<style>%s</style>\n</head>\n", style);
}

static void
put_claims(const struct sheet *p)
{
	if (p->d->claims.n == 0)
		return;
	sheet_put(p, "<p class=\"claim\">It answers the claim ");
	for (size_t i = 0; i < p->d->claims.n; i++)
		sheet_put(p, "%s%s",
		    i == 0                      ? "" :
			i + 1 == p->d->claims.n ? " and " :
						  ", ",
		    claim_words(p->d->claims.v[i]));
	sheet_put(p, ".</p>\n");
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
put_banner(const struct sheet *p, const struct page_spec *spec)
{
	const struct dossier *d = p->d;
	const char *title = node_text(d->orders.v[0].order->terms, "title");

	sheet_put(
	    p, "<header>\n<p class=\"kicker\">Evidence package</p>\n<h1>Order");
	sheet_put(p, "%s ", d->orders.n > 1 ? "s" : "");
	for (size_t i = 0; i < d->orders.n; i++) {
		sheet_put(p, "%s",
		    i == 0                   ? "" :
			i + 1 == d->orders.n ? " and " :
					       ", ");
		html_bdi(p->out, d->orders.v[i].id);
	}
	sheet_put(p, "</h1>\n");
	if (d->orders.n == 1 && title != NULL) {
		sheet_put(p, "<p class=\"title\" dir=\"auto\">");
		sheet_text(p, title);
		sheet_put(p, "</p>\n");
	}
	put_claims(p);
	sheet_put(p, "<p class=\"made\">Made ");
	sheet_time(p, spec->now, telling_time(spec->now));
	sheet_value(p, ", from the record kept by ",
	    find_recorder(d->orders.v[0].order));
	sheet_put(p, ".%s</p>\n</header>\n",
	    spec->clock_given ?
		" This time was given by hand, not read from a clock." :
		"");
}

static void
put_contents(const struct sheet *p)
{
	sheet_put(p,
	    "<nav aria-label=\"Contents\">\n<ol>\n"
	    "<li><a href=\"#summary\">Summary</a></li>\n"
	    "<li><a href=\"#agreed\">Agreed and delivered</a></li>\n"
	    "<li><a href=\"#gaps\">What is missing</a></li>\n"
	    "<li><a href=\"#timeline\">What happened</a></li>\n"
	    "%s"
	    "<li><a href=\"#exhibits\">Exhibits</a></li>\n"
	    "<li><a href=\"#grades\">Who vouches</a></li>\n"
	    "<li><a href=\"#withheld\">Withheld</a></li>\n"
	    "<li><a href=\"#unchecked\">Not checked</a></li>\n"
	    "<li><a href=\"#check\">How to check</a></li>\n"
	    "</ol>\n</nav>\n",
	    p->d->talks.n > 0 ?
		"<li><a href=\"#talk\">What was said</a></li>\n" :
		"");
}

void
page_write(
    struct buf *out, const struct dossier *d, const struct page_spec *spec)
{
	const struct sheet sheet = { out, d, spec->thumbs }, *p = &sheet;

	put_head(p, spec->name);
	sheet_put(p,
	    "<body>\n<a class=\"skip\" href=\"#summary\">Skip to the "
	    "summary</a>\n");
	put_banner(p, spec);
	put_contents(p);
	sheet_put(p, "<main>\n");
	page_summary(p);
	page_agreed(p);
	page_gaps(p);
	page_timeline(p);
	page_talk(p);
	page_exhibits(p);
	page_grades(p);
	page_withheld(p);
	page_unchecked(p);
	page_check(p, spec->name);
	sheet_put(p,
	    "</main>\n<footer><p>Made with deed " DEED_VERSION
	    ". By itself this page proves nothing: see how to check.</p></footer>\n"
	    "<script>%s</script>\n</body>\n</html>\n",
	    script);
}

/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_annex.h"

#include <string.h>
#include <strings.h>

#include "core/evidence/account.h"
#include "core/evidence/html.h"
#include "core/evidence/thumbs.h"
#include "core/util/path.h"

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

/* The picture small, and the whole of it behind it. */
static void
put_thumb(const struct sheet *p, const struct exhibit *x, const char *path)
{
	const struct thumb *t =
	    p->thumbs == NULL ? NULL : thumbs_of(p->thumbs, x);

	if (t == NULL)
		return;
	sheet_put(p, "<a class=\"thumb\" href=\"");
	html_href(p->out, path);
	sheet_put(p,
	    "\"><img width=\"%lld\" height=\"%lld\" decoding=\"async\" "
	    "alt=\"Exhibit %s, small\" src=\"data:image/jpeg;base64,%s\"></a>\n",
	    (long long)t->width, (long long)t->height, x->id, t->jpeg);
}

static void
put_exhibit(const struct sheet *p, const struct exhibit *x)
{
	const char *path = x->path + strlen("data/");
	const struct piece *piece = find_piece(p->d, x->path);

	sheet_put(p, "<li id=\"%s\"><b>%s</b>\n<div>\n<p>", x->id, x->id);
	html_told(p->out, x->told);
	sheet_put(p, "</p>\n<p class=\"file\">");
	if (may_link(path)) {
		sheet_put(p, "<a href=\"");
		html_href(p->out, path);
		sheet_put(p, "\">");
	}
	sheet_text(p, path);
	sheet_put(p, "%s", may_link(path) ? "</a>" : "");
	if (piece != NULL) {
		sheet_put(p, ", ");
		sheet_owned(p, telling_size(piece->size));
	}
	sheet_put(p, "</p>\n<p>");
	sheet_grade(p, x->grade);
	sheet_put(p, "</p>\n</div>\n");
	put_thumb(p, x, path);
	sheet_put(p, "</li>\n");
}

void
page_exhibits(const struct sheet *p)
{
	const struct dossier *d = p->d;
	const struct exhibit *x;

	sheet_open(p, "exhibits", "Exhibits");
	sheet_put(p,
	    "<p class=\"note\">Files in this package, named as they lie "
	    "beside this page: the record, %s.%s</p>\n",
	    d->claims.n > 0 ? "then what answers the claim, then the rest" :
			      "then the rest as it happened",
	    d->deliveries == VENUE_BYTES ?
		"" :
		d->deliveries == VENUE_FILES ?
		" Of deliveries, the lists of their files." :
		" Of deliveries, their digests.");
	for (size_t i = 0; i < d->orders.n; i++) {
		sheet_order(p, &d->orders.v[i]);
		sheet_put(p, "<ul class=\"exhibits\">\n");
		vec_each (x, &d->exhibits)
			if (x->order == i)
				put_exhibit(p, x);
		sheet_put(p, "</ul>\n");
	}
	sheet_close(p);
}

/*
 * Who vouches, what is withheld, what nobody checked, how to check.
 */

void
page_grades(const struct sheet *p)
{
	const struct telling_grade *g;

	sheet_open(p, "grades", "Who vouches");
	sheet_put(p,
	    "<p>Every entry carries a grade. deed works it out from what "
	    "the entry rests on; nobody can type it in. It says whom you "
	    "can ask, not that somebody has asked.</p>\n"
	    "<dl class=\"grades\">\n");
	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++) {
		size_t n = dossier_count(p->d, g->name);

		sheet_put(p, "<div><dt>");
		sheet_grade(p, g->name);
		sheet_put(p,
		    " <span class=\"n\">%zu entr%s</span></dt><dd>%s</dd>"
		    "</div>\n",
		    n, n == 1 ? "y" : "ies", g->meaning);
	}
	sheet_put(p,
	    "</dl>\n<p><strong>Outside anchor.</strong> The earliest proof "
	    "from outside that an entry existed: a time stamp of an "
	    "authority you trust, a signed mail, a copy somebody else "
	    "holds. Where an entry says &ldquo;no outside anchor&rdquo; its "
	    "time of recording rests on the seller's clock.</p>\n");
	sheet_close(p);
}

/* Envelopes of one kind that are here for one reason. */
struct absence {
	const struct kind *kind;
	char *why;
	size_t n;
};
struct absences {
	VEC(struct absence) v;
};

static void
count_absence(struct absences *all, const struct dossier *d, size_t order,
    const struct fact *f)
{
	char *why = account_absence(d, order, f);
	struct absence *a;

	if (why == NULL || dossier_held(d, f->entry->id, 0, NULL) != NULL) {
		free(why);
		return;
	}
	vec_each (a, &all->v)
		if (a->kind == f->entry->kind && strcmp(a->why, why) == 0) {
			a->n++;
			free(why);
			return;
		}
	a = vec_add(&all->v);
	a->kind = f->entry->kind;
	a->why = why;
	a->n = 1;
}

static void
open_row(const struct sheet *p)
{
	sheet_put(p, "<tr role=\"row\"><td role=\"cell\" data-title=\"What\">");
}

static void
next_cell(const struct sheet *p)
{
	sheet_put(p, "</td><td role=\"cell\" data-title=\"Why\" dir=\"auto\">");
}

static void
close_row(const struct sheet *p)
{
	sheet_put(p, "</td></tr>\n");
}

/* What never travels, what is gone, what belongs to something withheld. */
static void
put_absences(const struct sheet *p)
{
	struct absences all = { VEC_INIT };
	struct absence *a;

	for (size_t i = 0; i < p->d->orders.n; i++) {
		const struct order *o = p->d->orders.v[i].order;

		for (size_t j = 0; j < o->n; j++)
			count_absence(&all, p->d, i, &o->v[j]);
	}
	vec_each (a, &all.v) {
		open_row(p);
		sheet_put(p, "%zu %s of kind %s", a->n,
		    a->n == 1 ? "entry" : "entries", a->kind->name);
		next_cell(p);
		sheet_told(p, a->why);
		close_row(p);
	}
	vec_release(&all.v);
}

/* What was left out by hand, and why. */
static void
put_held(const struct sheet *p)
{
	const struct held *h;

	vec_each (h, &p->d->held) {
		open_row(p);
		if (h->line > 0)
			sheet_put(p, "message %u of a ", h->line);
		else if (h->file != NULL)
			sheet_put(p, "a file of a ");
		sheet_put(p, "%s, entry <a href=\"#e-%.12s\">%.12s</a>",
		    h->kind->name, h->id, h->id);
		next_cell(p);
		sheet_text(p, h->why != NULL ? h->why : "no reason is given");
		close_row(p);
	}
}

void
page_withheld(const struct sheet *p)
{
	const struct dossier *d = p->d;

	sheet_open(p, "withheld", "Withheld");
	if (d->withheld == 0 && d->held.n == 0) {
		sheet_put(p, "<p>Nothing: every entry is here in full.</p>\n");
		sheet_close(p);
		return;
	}
	sheet_put(p,
	    "<p>%zu %s here as %s: place, kind, time of recording and links "
	    "to other entries can be checked, the content is not here.</p>\n"
	    "<table role=\"table\" class=\"held\">\n<thead><tr "
	    "role=\"row\"><th scope=\"col\">What</th><th scope=\"col\">Why"
	    "</th></tr></thead>\n<tbody>\n",
	    d->withheld, d->withheld == 1 ? "entry is" : "entries are",
	    d->withheld == 1 ? "an envelope" : "envelopes");
	put_held(p);
	put_absences(p);
	sheet_put(p, "</tbody>\n</table>\n");
	if (d->masks->n > 0)
		sheet_put(p,
		    "<p>Names were hidden: where a page says &ldquo;[masked]"
		    "&rdquo; a name stood, and the entry that has it is "
		    "withheld.</p>\n");
	sheet_put(p,
	    "<p class=\"note\">What is withheld can be disclosed later, and "
	    "proves itself then: its digest is already here. Of a chat with "
	    "messages withheld the source is not here, so nobody can compare "
	    "it with the source.</p>\n");
	sheet_close(p);
}

void
page_unchecked(const struct sheet *p)
{
	sheet_open(p, "unchecked", "Not checked");
	sheet_put(p,
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
	sheet_close(p);
}

/* Shown by the script alone. */
static void
put_drop(const struct sheet *p)
{
	sheet_put(p,
	    "<div id=\"drop\" hidden>\n<h3>Check the ZIP here</h3>\n"
	    "<p>Drop the package anywhere on this page, or choose it: "
	    "<input type=\"file\" id=\"drop-file\" accept=\".zip\" "
	    "aria-label=\"The package\"></p>\n"
	    "<p class=\"note\"><strong>This page came from the one who wants "
	    "to prove something</strong>, and so did its script; the commands "
	    "in HOW-TO-VERIFY.txt are of your own system. It reads the file "
	    "in this browser and sends nothing. It checks every file, the "
	    "lists, root.txt, the chain of entries, that entries name the "
	    "exhibits, and an Ed25519 signature. It cannot check: time stamps "
	    "(<code>openssl ts -verify</code>), "
	    "mails (DKIM), other keys (<code>ssh-keygen -Y verify</code>), what "
	    "is inside the archives of deliveries (<code>unzip -t</code>), and "
	    "whose key it is. <code>deed verify</code> checks all of it.</p>\n"
	    "<p id=\"drop-said\" role=\"status\" aria-live=\"polite\"></p>\n"
	    "<p id=\"drop-at\" class=\"note\"></p>\n"
	    "<ul id=\"drop-list\"></ul>\n</div>\n");
}

void
page_check(const struct sheet *p, const char *name)
{
	sheet_open(p, "check", "How to check");
	sheet_put(p,
	    "<ol>\n"
	    "<li><strong>What the platform knows</strong>, look up there: "
	    "the entries marked &ldquo;%s&rdquo; say where.</li>\n"
	    "<li><strong>That the package is whole</strong>: "
	    "<a href=\"HOW-TO-VERIFY.txt\">HOW-TO-VERIFY.txt</a> lists "
	    "commands that come with every Linux system. With deed: "
	    "<code>deed verify ",
	    sheet_find_grade("platform")->title);
	sheet_text(p, name);
	sheet_put(p,
	    ".zip</code></li>\n"
	    "<li><strong>That it is the one that was sent</strong>: compare "
	    "its fingerprint, the SHA-256 of <code>root.txt</code>, with "
	    "the one you were given with the package. Without that it is "
	    "complete and consistent, but nobody vouches that it is the "
	    "original.</li>\n"
	    "</ol>\n");
	put_drop(p);
	sheet_close(p);
}

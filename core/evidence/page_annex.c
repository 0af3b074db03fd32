/* SPDX-License-Identifier: ISC */
#include "core/evidence/page_annex.h"

#include <string.h>
#include <strings.h>

#include "core/evidence/html.h"
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

static void
put_exhibit(const struct sheet *p, const struct exhibit *x)
{
	const char *path = x->path + strlen("data/");
	const struct piece *piece = find_piece(p->d, x->path);

	sheet_put(p,
	    "<tr role=\"row\" id=\"%s\"><th role=\"rowheader\" scope=\"row\">%s</th>"
	    "<td role=\"cell\" data-title=\"What\" dir=\"auto\">",
	    x->id, x->id);
	sheet_text(p, x->title);
	sheet_put(
	    p, "</td><td role=\"cell\" data-title=\"File\" class=\"file\">");
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
	sheet_put(p, "</td><td role=\"cell\" data-title=\"Who vouches\">");
	sheet_grade(p, x->grade);
	sheet_put(p, "</td></tr>\n");
}

void
page_exhibits(const struct sheet *p)
{
	sheet_open(p, "exhibits", "Exhibits");
	sheet_put(p,
	    "<table role=\"table\" class=\"exhibits\">\n<caption>Files in this package, "
	    "named as they lie beside this page.%s</caption>\n"
	    "<thead><tr role=\"row\"><th scope=\"col\">No.</th><th scope=\"col\">What"
	    "</th><th scope=\"col\">File</th><th scope=\"col\">Who vouches"
	    "</th></tr></thead>\n<tbody>\n",
	    p->d->deliveries == VENUE_BYTES ?
		"" :
		p->d->deliveries == VENUE_FILES ?
		" Of deliveries, the lists of their files." :
		" Of deliveries, their digests.");
	for (size_t i = 0; i < p->d->exhibits.n; i++)
		put_exhibit(p, &p->d->exhibits.v[i]);
	sheet_put(p, "</tbody>\n</table>\n");
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

/* "2 of kind note": how many envelopes of each kind there are. */
static void
put_withheld_kinds(const struct sheet *p)
{
	const struct kind *kind;

	sheet_put(p, "<ul>\n");
	for (size_t k = 0; (kind = kind_at(k)) != NULL; k++) {
		size_t n = 0;

		for (size_t i = 0; i < p->d->orders.n; i++) {
			const struct stream *s = p->d->orders.v[i].stream;

			for (size_t j = 0; j < s->n; j++)
				n += s->v[j].content_len == 0 &&
				    s->v[j].kind == kind;
		}
		if (n > 0)
			sheet_put(p, "<li>%zu of kind &ldquo;%s&rdquo;</li>\n",
			    n, kind->name);
	}
	sheet_put(p, "</ul>\n");
}

/* What was left out by hand, and why. */
static void
put_held(const struct sheet *p)
{
	const struct held *h;

	if (p->d->held.n == 0)
		return;
	sheet_put(p,
	    "<table role=\"table\" class=\"held\">\n<caption>Left out by "
	    "hand, with the reason given.</caption>\n<thead><tr role=\"row\">"
	    "<th scope=\"col\">What</th><th scope=\"col\">Reason</th></tr>"
	    "</thead>\n<tbody>\n");
	vec_each (h, &p->d->held) {
		sheet_put(p,
		    "<tr role=\"row\"><td role=\"cell\" data-title=\"What\">");
		if (h->line > 0)
			sheet_put(p, "message %u of a ", h->line);
		else if (h->file != NULL)
			sheet_put(p, "a file of a ");
		sheet_put(p, "%s, entry <a href=\"#e-%.12s\">%.12s</a></td>",
		    h->kind->name, h->id, h->id);
		sheet_put(
		    p, "<td role=\"cell\" data-title=\"Reason\" dir=\"auto\">");
		sheet_text(p, h->why != NULL ? h->why : "no reason is given");
		sheet_put(p, "</td></tr>\n");
	}
	sheet_put(p, "</tbody>\n</table>\n");
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
	    "to other entries can be checked, the content is left out. "
	    "Private notes and earlier packages always are; %zu %s chosen "
	    "by hand.</p>\n",
	    d->withheld, d->withheld == 1 ? "entry is" : "entries are",
	    d->withheld == 1 ? "an envelope" : "envelopes", d->by_hand,
	    d->by_hand == 1 ? "was" : "were");
	put_withheld_kinds(p);
	put_held(p);
	if (d->masks->n > 0)
		sheet_put(p,
		    "<p>Names were hidden: where a page says &ldquo;[masked]"
		    "&rdquo; a name stood, and the entry that has it is "
		    "withheld.</p>\n");
	sheet_put(p,
	    "<p>What is withheld can be disclosed later, and proves itself "
	    "then: its digest is already here. Of a chat with messages "
	    "withheld the source is not here, so nobody can compare it with "
	    "the source.</p>\n");
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
	    "lists, root.txt, the chain of entries and an Ed25519 signature. "
	    "It cannot check: time stamps (<code>openssl ts -verify</code>), "
	    "mails (DKIM), other keys (<code>ssh-keygen -Y verify</code>), what "
	    "is inside the archives of deliveries (<code>unzip -t</code>), and "
	    "whose key it is. <code>deed verify</code> checks all of it.</p>\n"
	    "<p id=\"drop-said\" role=\"status\" aria-live=\"polite\"></p>\n"
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

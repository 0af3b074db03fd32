/* SPDX-License-Identifier: ISC */
#include "core/evidence/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"
#include "core/util/utf8.h"

#define QUOTE_MAX 3000 /* bytes of one text */
#define FACTS_MAX 600  /* entries of one order that are told */

/* What goes first where a venue takes no more; see libexec/report/paper.h. */
enum rank {
	KEPT = 0,
	TELLING = 2,
	OTHER = 4,
	LISTED = 6,
	PICTURES = 7,
	PICTURE = 8
};

/* A document under way. */
struct report {
	const struct dossier *d;
	struct node *blocks;
};

/*
 * Blocks.
 */

/* Text that shows what it is: nothing turns the text around it. */
static void
put_safe(struct node *block, const char *key, const char *text)
{
	struct buf out = BUF_INIT;
	size_t len = strlen(text), used, max = QUOTE_MAX;

	for (const char *p = text; len > 0; p += used, len -= used) {
		uint32_t c = utf8_decode(p, len, &used);

		if (out.len > max) {
			buf_adds(&out, " ...");
			break;
		}
		if (c == UTF8_BAD || (c < 0x20 && c != '\n') || c == 0x7f)
			buf_adds(&out, "\xef\xbf\xbd");
		else if (utf8_is_bidi(c) && c >= 0x202a)
			buf_addf(&out, "[U+%04X]", (unsigned)c);
		else
			buf_add(&out, p, used);
	}
	node_put_str(block, key, out.data);
	buf_release(&out);
}

static struct node *
add(struct report *r, const char *type, const char *text, enum rank rank)
{
	struct node *block = node_push(r->blocks, node_map());

	node_put_str(block, "type", type);
	put_safe(block, "text", text);
	node_put_int(block, "rank", rank);
	return block;
}

static void
add_owned(struct report *r, const char *type, char *text, enum rank rank)
{
	add(r, type, text, rank);
	free(text);
}

static void
add_item(struct report *r, const char *label, char *text, enum rank rank)
{
	struct node *block = add(r, "item", text, rank);

	put_safe(block, "label", label);
	free(text);
}

static void
add_order_heading(struct report *r, const struct dossier_order *o)
{
	if (r->d->orders.n > 1)
		add_owned(r, "h2", mem_printf("Order %s", o->id), KEPT);
}

/*
 * Sections.
 */

static void
add_title(struct report *r, const struct report_spec *spec)
{
	const struct dossier *d = r->d;
	struct buf text = BUF_INIT;
	char *when = telling_time(spec->now);

	for (size_t i = 0; i < d->orders.n; i++)
		buf_addf(
		    &text, "%s%s", i == 0 ? "Order " : ", ", d->orders.v[i].id);
	add(r, "title", text.data, KEPT);
	buf_clear(&text);
	for (size_t i = 0; i < d->orders.n; i++)
		if (node_text(d->orders.v[i].order->terms, "title") != NULL)
			add(r, "p",
			    node_text(d->orders.v[i].order->terms, "title"),
			    KEPT);
	for (size_t i = 0; i < d->claims.n; i++)
		buf_addf(&text, "%s%s",
		    i == 0 ? "It answers the claim " : " and ",
		    claim_words(d->claims.v[i]));
	if (text.len > 0)
		add(r, "p", text.data, KEPT);
	add_owned(r, "small",
	    mem_printf("Made %s, from the record of the seller. This is a "
		       "retelling: the entries themselves, and how to check "
		       "them, are in the package %s.",
		when, spec->name),
	    KEPT);
	buf_release(&text);
	free(when);
}

static char *
describe_order(const struct dossier_order *o)
{
	const struct node *t = o->order->terms;
	static const char *const keys[] = { "buyer", "platform", "price" };
	static const char *const words[] = { "for ", "on ", "" };
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < 3; i++)
		if (node_text(t, keys[i]) != NULL)
			buf_addf(&out, "%s%s%s", out.len > 0 ? ", " : "",
			    words[i], node_text(t, keys[i]));
	if (node_text(t, "due") != NULL) {
		char *due = telling_due(node_text(t, "due"));

		buf_addf(&out, "%sdue %s", out.len > 0 ? ", " : "", due);
		free(due);
	}
	return buf_steal(&out);
}

static char *
describe_agreed(const struct dossier_order *o)
{
	size_t n = node_count(o->requirements), delivered = 0, accepted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct node *r = node_at(o->requirements, i);

		delivered += node_text(r, "delivered") != NULL;
		accepted += node_text(r, "accepted") != NULL;
	}
	return mem_printf(
	    "%zu requirement%s agreed, %zu delivered, %zu accepted", n,
	    n == 1 ? "" : "s", delivered, accepted);
}

static char *
describe_deliveries(const struct dossier_order *o)
{
	const struct fact *f;
	struct buf out = BUF_INIT;

	for (size_t at = 0;
	     (f = order_next(o->order, "delivery", &at)) != NULL;) {
		char *day = telling_day(f);

		if (f->content != NULL && node_get(f->content, "also") == NULL)
			buf_addf(&out, "%s%s%s", out.len > 0 ? ", " : "", day,
			    gaps_is_late(o->order, f) ?
				" (after the due date)" :
				"");
		free(day);
	}
	if (out.len == 0)
		buf_adds(&out, "nothing is recorded");
	return buf_steal(&out);
}

static void
add_summary(struct report *r)
{
	const struct dossier_order *o;

	add(r, "h1", "Summary", KEPT);
	vec_each (o, &r->d->orders) {
		add_order_heading(r, o);
		add_item(r, "The order", describe_order(o), KEPT);
		add_item(r, "Agreed", describe_agreed(o), KEPT);
		add_item(r, "Delivered", describe_deliveries(o), KEPT);
		add_item(r, "Stands as",
		    mem_dup(order_state_name(o->order->state)), KEPT);
	}
	add_item(r, "Gaps",
	    mem_printf("%zu, named below; %zu %s for the buyer", r->d->gaps.n,
		r->d->adverse,
		r->d->adverse == 1 ? "entry speaks" : "entries speak"),
	    KEPT);
}

static void
add_matrix(struct report *r)
{
	const struct dossier_order *o;

	add(r, "h1", "Agreed and delivered", KEPT);
	vec_each (o, &r->d->orders) {
		add_order_heading(r, o);
		for (size_t i = 0; i < node_count(o->requirements); i++) {
			const struct node *n = node_at(o->requirements, i);
			const char *text = node_text(n, "text");
			const char *in = node_text(n, "delivered");
			const char *accepted = node_text(n, "accepted");

			add_item(r, node_text(n, "label"),
			    mem_printf("%s\n%s%s%s", text != NULL ? text : "",
				in != NULL ? "Delivered in " : "In no delivery",
				in != NULL ? in : "",
				accepted != NULL ? ", accepted" :
				    in != NULL   ? ", no acceptance on record" :
						   ""),
			    TELLING);
		}
		if (node_count(o->requirements) == 0)
			add(r, "p",
			    "No single requirements are on record: what was "
			    "agreed stands in the terms.",
			    KEPT);
	}
}

static void
add_gaps(struct report *r)
{
	add(r, "h1", "What is missing", KEPT);
	for (size_t i = 0; i < r->d->gaps.n; i++)
		add_item(r, "Gap", mem_dup(r->d->gaps.v[i]), TELLING);
	if (r->d->gaps.n == 0)
		add(r, "p", "The usual gaps were looked for; none was found.",
		    KEPT);
}

/* Who vouches, and where it can be looked up. */
static char *
describe_marks(
    struct report *r, const struct dossier_order *d, const struct fact *f)
{
	const struct order *o = d->order;
	const char *grade = order_grade(o, f);
	const struct telling_grade *g = telling_grade_at(0);
	struct buf out = BUF_INIT;
	const struct exhibit *x;
	char *where = order_look_up(o, f);

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		if (strcmp(g->name, grade) == 0)
			buf_adds(&out, g->title);
	if (where != NULL)
		buf_addf(&out, "; %s", where);
	for (size_t at = 0; (x = dossier_exhibit(r->d, f, &at)) != NULL;)
		buf_addf(&out, "; exhibit %s", x->id);
	if (gaps_is_late(o, f))
		buf_adds(&out, "; after the due date");
	buf_adds(&out, "; ");
	stamp_words(&out, dossier_anchor(d, f));
	buf_addf(&out, "; entry %.12s", f->entry->id);
	free(where);
	return buf_steal(&out);
}

static void
add_citations(struct report *r, const struct fact *f, enum rank rank)
{
	const struct citation *c;

	for (size_t at = 0; (c = dossier_citation(r->d, f, &at)) != NULL;) {
		char *author = telling_speaker(c->message);
		const char *text = node_text(c->message, "text");

		add_owned(r, "quote",
		    mem_printf("%s: %s", author != NULL ? author : "somebody",
			text != NULL ? text : ""),
		    rank);
		free(author);
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
add_fact(struct report *r, const struct dossier_order *d, const struct fact *f)
{
	const struct order *o = d->order;
	enum rank rank = is_telling(o, f) ? TELLING : OTHER;
	char *when = telling_happened(f), *title = telling_title(o, f);
	struct node *block;
	char *text = mem_printf("%s  \xc2\xb7  %s", when, title);

	block = add(r, "h2", text, rank);
	free(text);
	text = mem_printf("an entry of %s (%s)", when, f->entry->kind->name);
	node_put_str(block, "what", text);
	free(text);
	if (telling_quote(f) != NULL)
		add(r, "quote", telling_quote(f), rank);
	add_citations(r, f, rank);
	if (f->content != NULL)
		add_owned(r, "small", describe_marks(r, d, f), rank);
	free(title);
	free(when);
}

/* Those that are wanted; of very many only what tells most. */
static void
add_facts(struct report *r, const char *title,
    bool (*wanted)(const struct order *, const struct fact *))
{
	const struct dossier_order *o;

	add(r, "h1", title, KEPT);
	vec_each (o, &r->d->orders) {
		bool many = o->order->n > FACTS_MAX;
		size_t passed = 0, told = 0;

		add_order_heading(r, o);
		for (size_t i = 0; i < o->order->n; i++) {
			const struct fact *f =
			    &o->order->v[o->order->replay[i]];

			if (f->voided || f->content == NULL ||
			    (wanted != NULL && !wanted(o->order, f)))
				continue;
			if (told >= FACTS_MAX ||
			    (many && !is_telling(o->order, f))) {
				passed++;
				continue;
			}
			add_fact(r, o, f);
			told++;
		}
		if (passed > 0)
			add_owned(r, "p",
			    mem_printf("%zu more entries stand in the record.",
				passed),
			    KEPT);
	}
}

static bool
is_talk(const struct order *o, const struct fact *f)
{
	(void)o;
	return fact_is(f, "message") || fact_is(f, "call") ||
	    fact_is(f, "recap") || fact_is(f, "mail") ||
	    fact_is(f, "acceptance") || fact_is(f, "revision");
}

static bool
is_service(const struct order *o, const struct fact *f)
{
	(void)o;
	return fact_is(f, "order") || fact_is(f, "delivery") ||
	    fact_is(f, "submission") || fact_is(f, "completion") ||
	    fact_is(f, "handover") || fact_is(f, "acceptance");
}

static bool
is_picture(const char *path)
{
	static const char *const known[] = { "png", "jpg", "jpeg", "gif",
		"webp" };
	const char *dot = strrchr(path_base(path), '.');

	for (size_t i = 0; dot != NULL && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (strcasecmp(dot + 1, known[i]) == 0)
			return true;
	return false;
}

static void
add_exhibits(struct report *r)
{
	const struct exhibit *x;

	add(r, "h1", "Exhibits", KEPT);
	vec_each (x, &r->d->exhibits) {
		struct node *block;

		add_item(r, x->id,
		    mem_printf("%s\n%s", x->title, x->path + strlen("data/")),
		    LISTED);
		block = node_at(r->blocks, node_count(r->blocks) - 1);
		node_put_str(block, "what", x->path + strlen("data/"));
	}
}

/* Exhibits that are pictures, each with its number. */
static void
add_pictures(struct report *r)
{
	const struct exhibit *x;
	bool any = false;

	vec_each (x, &r->d->exhibits) {
		const struct piece *p;
		struct node *block;
		char *text;

		if (!is_picture(x->path))
			continue;
		vec_each (p, &r->d->pieces)
			if (strcmp(p->name, x->path) == 0)
				break;
		if (p == r->d->pieces.v + r->d->pieces.n || p->from == NULL)
			continue;
		if (!any) {
			add(r, "break", "", PICTURES);
			add(r, "h1", "Pictures", PICTURES);
		}
		any = true;
		text = mem_printf("Exhibit %s: %s", x->id, x->title);
		block = add(r, "picture", text, PICTURE);
		free(text);
		node_put_str(block, "path", p->from);
		text = mem_printf("the picture of exhibit %s", x->id);
		node_put_str(block, "what", text);
		free(text);
	}
}

static void
add_end(struct report *r)
{
	const struct telling_grade *g;

	add(r, "h1", "Who vouches", KEPT);
	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		add_owned(r, "p",
		    mem_printf("%s (%zu): %s", g->title,
			dossier_count(r->d, g->name), g->meaning),
		    KEPT);
	add(r, "h1", "Withheld and not checked", KEPT);
	add_owned(r, "p",
	    mem_printf("%zu %s left out and %s in the package as envelopes: "
		       "place, kind and time can be checked, the content is "
		       "not there. Private notes and earlier packages always "
		       "are.%s",
		r->d->withheld,
		r->d->withheld == 1 ? "entry is" : "entries are",
		r->d->withheld == 1 ? "stands" : "stand",
		r->d->masks->n > 0 ? " Where it says [masked], a name stood." :
				     ""),
	    KEPT);
	add(r, "p",
	    "Nobody was asked: where it says \"look up\", nobody has looked "
	    "for you. Whether what the seller wrote is true, whether the work "
	    "is good, and whether a second record exists is not checked. Only "
	    "outside anchors speak against a second record.",
	    KEPT);
	add(r, "h1", "How to check", KEPT);
	add(r, "p",
	    "Look up on the platform what it has itself. The package that "
	    "came with this report holds HOW-TO-VERIFY.txt, with commands of "
	    "standard tools only, and a fingerprint was sent with it.",
	    KEPT);
}

static void
add_all(struct report *r, const struct report_spec *spec)
{
	add_title(r, spec);
	if (spec->part == REPORT_TALK) {
		add_facts(r, "What was said", is_talk);
		return;
	}
	if (spec->part == REPORT_SERVICE) {
		add_matrix(r);
		add_facts(r, "What was done", is_service);
		return;
	}
	add_summary(r);
	add_matrix(r);
	add_gaps(r);
	add_facts(r, "What happened", NULL);
	add_exhibits(r);
	add_pictures(r);
	add_end(r);
}

/*
 * The helper.
 */

static void
put_limit(struct node *doc, const char *key, int64_t max)
{
	if (max != VENUE_NO_LIMIT)
		node_put_int(doc, key, max);
}

static void
read_said(
    const char *said, int64_t *pages, struct strs *left_out, const char *label)
{
	for (const char *p = said; *p != '\0';) {
		size_t len = strcspn(p, "\n");

		if (strncmp(p, "pages ", 6) == 0)
			*pages = strtoll(p + 6, NULL, 10);
		else if (strncmp(p, "left out ", 9) == 0)
			strs_take(left_out,
			    mem_printf("%s: %.*s", label, (int)len - 9, p + 9));
		p += len + (p[len] == '\n');
	}
}

static struct err *
draw(struct buf *pdf, int64_t *pages, struct strs *left_out, const char *label,
    const struct report_spec *spec, const struct buf *doc)
{
	const char *const argv[] = { spec->helper, NULL };
	struct proc_spec run = { .argv = argv,
		.in = doc->data,
		.in_len = doc->len,
		.out_max = PROC_OUT_MAX };
	struct buf said = BUF_INIT;
	int status = 0;
	struct err *e = proc_run(&run, pdf, &said, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "cannot make %s: %.*s", label,
		    (int)strcspn(said.data, "\n"), said.data);
	if (e == NULL)
		read_said(said.data, pages, left_out, label);
	buf_release(&said);
	if (e == NULL &&
	    ((int64_t)pdf->len > spec->bytes_max || *pages > spec->pages_max))
		e = err_new(
		    ERR_LIMIT, "%s does not fit, whatever is left out", label);
	return e;
}

struct err *
report_make(struct buf *pdf, int64_t *pages, struct strs *left_out,
    const char *label, const struct report_spec *spec)
{
	struct report r = { spec->d, node_list() };
	struct node *doc = node_map();
	struct buf text = BUF_INIT;
	char created[DATE_TEXT];
	struct err *e;

	date_format(created, spec->now);
	add_all(&r, spec);
	put_safe(doc, "title", spec->name);
	put_safe(doc, "author", spec->by != NULL ? spec->by : "");
	put_safe(doc, "foot", spec->name);
	node_put_str(doc, "created", created);
	put_limit(doc, "pages_max", spec->pages_max);
	put_limit(doc, "bytes_max", spec->bytes_max);
	node_put(doc, "blocks", r.blocks);
	node_write_json(&text, doc);
	*pages = 0;
	e = file_exists(spec->helper) ?
	    draw(pdf, pages, left_out, label, spec, &text) :
	    err_new(ERR_NOT_FOUND, "deed-report is not installed");
	buf_release(&text);
	node_free(doc);
	return e;
}

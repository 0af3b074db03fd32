/* SPDX-License-Identifier: ISC */
#include "core/evidence/fields.h"

#include <inttypes.h>
#include <string.h>

#include "core/draft.h"
#include "core/evidence/telling.h"

/* One line of a field: what happened, and what was said. */
static void
add_fact(struct buf *out, const struct order *o, const struct fact *f)
{
	char *when = telling_happened(f), *title = telling_title(o, f);

	buf_addf(out, "%s: ", when);
	draft_add_plain(out, title);
	if (telling_quote(f) != NULL) {
		buf_adds(out, ". ");
		draft_add_plain(out, telling_quote(f));
	}
	buf_addc(out, '\n');
	free(title);
	free(when);
}

static void
add_kind(struct buf *out, const struct dossier *d, const char *kind)
{
	const struct dossier_order *o;
	const struct fact *f;

	vec_each (o, &d->orders)
		for (size_t at = 0;
		     (f = order_next(o->order, kind, &at)) != NULL;)
			if (f->content != NULL)
				add_fact(out, o->order, f);
}

/* What was agreed before it was paid for. */
static void
product_description(struct buf *out, const struct dossier *d)
{
	const struct dossier_order *o;

	vec_each (o, &d->orders) {
		const struct node *t = o->order->terms;

		if (node_text(t, "title") != NULL) {
			draft_add_plain(out, node_text(t, "title"));
			buf_addc(out, '\n');
		}
		for (size_t i = 0; i < node_count(o->requirements); i++) {
			const struct node *r = node_at(o->requirements, i);
			const char *text = node_text(r, "text");

			buf_adds(out, "- ");
			draft_add_plain(out, text != NULL ? text : "");
			buf_addc(out, '\n');
		}
	}
}

static void
customer_name(struct buf *out, const struct dossier *d)
{
	const char *buyer = node_text(d->orders.v[0].order->terms, "buyer");

	if (buyer != NULL)
		buf_adds(out, buyer);
}

/* The day of the first delivery. */
static void
service_date(struct buf *out, const struct dossier *d)
{
	size_t at = 0;
	const struct fact *f =
	    order_next(d->orders.v[0].order, "delivery", &at);
	char *day = f == NULL ? NULL : telling_day(f);

	if (day != NULL)
		buf_adds(out, day);
	free(day);
}

/* Signs that the work was received and put to use. */
static void
access_activity_log(struct buf *out, const struct dossier *d)
{
	const struct dossier_order *o;
	const struct fact *f;

	vec_each (o, &d->orders)
		for (size_t at = 0;
		     (f = order_next(o->order, "acceptance", &at)) != NULL;)
			if (node_text_is(f->content, "how", "use"))
				add_fact(out, o->order, f);
	add_kind(out, d, "handover");
}

/* Terms that were part of the order, and when. */
static void
refund_policy_disclosure(struct buf *out, const struct dossier *d)
{
	const struct dossier_order *o;
	const struct fact *f;

	vec_each (o, &d->orders) {
		size_t at = 0;
		char *day;

		f = order_next(o->order, "order", &at);
		if (f == NULL ||
		    node_count(node_get(o->order->terms, "terms")) == 0)
			continue;
		day = telling_day(f);
		buf_addf(out,
		    "The terms were part of the order as it was agreed on "
		    "%s.\n",
		    day);
		free(day);
	}
}

static void
refund_refusal_explanation(struct buf *out, const struct dossier *d)
{
	add_kind(out, d, "acceptance");
	add_kind(out, d, "handover");
}

static const struct {
	const char *name;
	void (*write)(struct buf *, const struct dossier *);
	bool refused_refund; /* only where a refund is what is disputed */
} fields[] = {
	{ "access_activity_log", access_activity_log, false },
	{ "customer_name", customer_name, false },
	{ "product_description", product_description, false },
	{ "refund_policy_disclosure", refund_policy_disclosure, false },
	{ "refund_refusal_explanation", refund_refusal_explanation, true },
	{ "service_date", service_date, false },
};

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

static int64_t
characters(const char *text)
{
	const struct venue plain = { .in_words = false };

	return venue_measure(&plain, text);
}

/* Cut to so many characters; false if nothing had to be. */
static bool
cut(struct buf *text, int64_t max)
{
	size_t at = 0;

	if (characters(text->data) <= max)
		return false;
	for (int64_t n = 0; at < text->len; at++)
		if ((text->data[at] & 0xc0) != 0x80 && n++ == max)
			break;
	buf_cut(text, at);
	return true;
}

static void
put_field(struct node *out, const struct venue *v, const char *name,
    struct buf *text, int64_t *room, struct strs *left_out)
{
	int64_t max = v->field_max < *room ? v->field_max : *room;

	while (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	if (cut(text, max))
		strs_take(left_out,
		    mem_printf("%s: what is beyond %" PRId64 " characters",
			name, max));
	if (text->len > 0)
		node_put_str(out, name, text->data);
	if (*room != VENUE_NO_LIMIT)
		*room -= characters(text->data);
	buf_release(text);
}

struct node *
fields_texts(const struct dossier *d, const struct venue *v,
    const char *statement, struct strs *left_out)
{
	struct node *out = node_map();
	int64_t room = v->fields_max;
	struct buf text = BUF_INIT;

	/* the account first: if all is too much, it is what must stay */
	buf_adds(&text, statement);
	put_field(out, v, "uncategorized_text", &text, &room, left_out);
	for (size_t i = 0; i < N_FIELDS; i++) {
		if (fields[i].refused_refund &&
		    strs_find(&d->claims, "refund-after-use") < 0)
			continue;
		fields[i].write(&text, d);
		put_field(out, v, fields[i].name, &text, &room, left_out);
	}
	return out;
}

void
fields_form(struct buf *out, const struct node *texts, const struct node *files)
{
	struct node *form = node_map();

	node_put(form, "evidence", node_copy(texts));
	node_put(form, "files", node_copy(files));
	node_put_bool(form, "submit", false);
	node_write_json(out, form);
	buf_addc(out, '\n');
	node_free(form);
}

/* SPDX-License-Identifier: ISC */
#include "core/draft.h"

#include <stdlib.h>
#include <string.h>

#include "core/purse.h"
#include "core/secret.h"

/* What a template may say, from recorded facts alone. */

/* A text as one may paste it: no codes, no long numbers. */
static void
put_plain(struct node *values, const char *key, const char *text)
{
	struct buf b = BUF_INIT;

	if (text != NULL && text[0] != '\0') {
		draft_add_plain(&b, text);
		node_put_str(values, key, b.data);
	}
	buf_release(&b);
}

/* Lines, each ended by LF, the last of which stands without. */
static void
put_list(struct node *values, const char *key, struct buf *lines)
{
	if (lines->len > 0) {
		buf_cut(lines, lines->len - 1);
		node_put_str(values, key, lines->data);
	}
	buf_release(lines);
}

static void
add_item(struct buf *lines, const char *text)
{
	if (text == NULL)
		return;
	buf_adds(lines, "- ");
	draft_add_plain(lines, text);
	buf_addc(lines, '\n');
}

static void
put_number(struct node *values, const char *key, int64_t number)
{
	char *text = mem_printf("%lld", (long long)number);

	node_put_str(values, key, text);
	free(text);
}

static void
put_date(struct node *values, const char *key, const struct fact *f)
{
	char day[DATE_TEXT];

	if (f == NULL)
		return;
	date_format(day, f->happened);
	day[10] = '\0';
	node_put_str(values, key, day);
}

/* A condition: its line stands, with nothing in its place, or falls. */
static void
put_if(struct node *values, const char *key, bool holds)
{
	if (holds)
		node_put_str(values, key, "");
}

/*
 * What is agreed.
 */

static void
put_requirements(struct node *values, const struct order *o, const char *label)
{
	struct node *all = order_requirements(o);
	struct buf agreed = BUF_INIT, covered = BUF_INIT;
	size_t delivered = 0;

	for (size_t i = 0; i < all->n; i++) {
		const char *text = node_text(all->kids[i], "text");
		const char *in = node_text(all->kids[i], "delivered");

		delivered += in != NULL;
		add_item(&agreed, text);
		if (in != NULL && label != NULL && strcmp(in, label) == 0)
			add_item(&covered, text);
	}
	put_list(values, "requirements", &agreed);
	put_list(values, "covered", &covered);
	/* of some it is said, and of others it is not: then not of all */
	put_if(values, "whole",
	    label != NULL && (delivered == 0 || delivered == all->n));
	node_free(all);
}

static void
put_revisions(struct node *values, const struct order *o)
{
	int64_t allowed = node_number(o->terms, "revisions", -1);
	int64_t left = allowed - order_revisions_used(o);

	if (allowed >= 0)
		put_number(values, "revisions", allowed);
	if (left > 0)
		put_number(values, "revisions_left", left);
}

/* "2026-12-05", "2026-12-05 17:00 UTC" */
static void
put_due(struct node *values, const struct order *o)
{
	char time[DATE_TEXT], *text;
	struct when due;

	if (!order_time(&due, o->terms, "due"))
		return;
	if (due.date_only) {
		node_put_str(values, "due", node_text(o->terms, "due"));
		return;
	}
	date_format(time, due.time);
	text = mem_printf("%.10s %.5s UTC", time, time + 11);
	node_put_str(values, "due", text);
	free(text);
}

static void
put_terms(struct node *values, const struct order *o)
{
	static const char *const keys[] = { "buyer", "title" };
	static const char *const exact[] = { "price", "native_id" };
	const struct node *excludes = node_get(o->terms, "excludes");
	const struct node *party = node_get(o->terms, "party");
	struct buf lines = BUF_INIT;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put_plain(values, keys[i], node_text(o->terms, keys[i]));
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		node_put_str(values, exact[i], node_text(o->terms, exact[i]));
	if (node_get(values, "native_id") == NULL)
		node_put_str(values, "native_id", o->id);
	put_due(values, o);
	put_plain(values, "party", node_text(party, "name"));
	node_put_str(values, "address", node_text(party, "address"));
	put_revisions(values, o);
	for (size_t i = 0; i < node_count(excludes); i++)
		add_item(&lines, node_as_text(node_at(excludes, i)));
	put_list(values, "excludes", &lines);
}

/* What of the price is still to be paid, and what was. */
static void
put_money(struct node *values, const struct order *o)
{
	struct node *purse = purse_node(o);
	struct money open;
	char *text;

	node_put_str(values, "paid", node_text(purse, "paid"));
	node_free(purse);
	if (!purse_open(&open, o) || open.parts <= 0)
		return;
	text = money_format(&open);
	node_put_str(values, "open", text);
	free(text);
}

/*
 * What was done.
 */

/* When it was handed in, or else packed. */
static const struct fact *
handed_in(const struct order *o, const struct fact *d)
{
	const struct fact *f, *found = d;

	for (size_t at = 0; (f = order_next(o, "submission", &at)) != NULL;) {
		const char *id = node_text(f->content, "delivery");

		if (id == NULL || strcmp(id, d->entry->id) == 0)
			found = f;
	}
	return found;
}

static void
put_delivery(struct node *values, const struct order *o, const struct fact *d)
{
	struct node *names;
	struct buf lines = BUF_INIT;

	if (d == NULL)
		return;
	put_date(values, "delivered_on", handed_in(o, d));
	if (d->label != NULL)
		node_put_str(values, "number", d->label + 1);
	put_plain(values, "text", node_text(d->content, "text"));
	names = draft_upload_names(o, d);
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&lines, "- %s\n", node_as_text(names->kids[i]));
	put_list(values, "upload", &lines);
	node_free(names);
}

/* The buyer's own words, and when the platform counted it as completed. */
static void
put_acceptance(struct node *values, const struct order *o)
{
	const struct fact *f, *said = NULL, *last = NULL, *final = NULL;

	for (size_t at = 0; (f = order_next(o, "acceptance", &at)) != NULL;) {
		last = f;
		if (node_text(f->content, "text") != NULL)
			said = f;
		if (node_text_is(f->content, "how", "button") ||
		    node_text_is(f->content, "how", "auto"))
			final = f;
	}
	put_date(values, "accepted_on", said != NULL ? said : last);
	put_date(values, "completed_on", final);
	if (said != NULL)
		put_plain(values, "accepted", node_text(said->content, "text"));
}

/* The request that nobody answered, and what was decided. */
static void
put_cancellation(struct node *values, const struct order *o)
{
	bool cancelled = o->state == ORDER_CANCELLED;
	const struct fact *f = order_last(o, "cancellation");
	const char *id = f != NULL ? node_text(f->content, "answers") : NULL;
	const struct fact *asked = id != NULL ? order_fact(o, id) : f;
	const struct fact *open = o->pending;
	const char *reason;

	put_if(values, "undecided", !cancelled);
	if (open != NULL && node_text_is(open->content, "initiator", "buyer")) {
		put_date(values, "asked_on", open);
		put_plain(values, "asked", node_text(open->content, "reason"));
	}
	if (!cancelled || f == NULL)
		return;
	reason = node_text(f->content, "reason");
	if (reason == NULL && asked != NULL)
		reason = node_text(asked->content, "reason");
	put_date(values, "cancelled_on", f);
	put_plain(values, "cancelled", reason);
}

/* Which login, never the secret. */
static void
put_handover(struct node *values, const struct order *o)
{
	const struct fact *f;
	struct buf lines = BUF_INIT, line = BUF_INIT;

	for (size_t at = 0; (f = order_next(o, "handover", &at)) != NULL;) {
		const char *item = node_text(f->content, "item");
		const char *text = node_text(f->content, "text");

		if (text != NULL && secret_is_told(text))
			text = NULL;
		buf_clear(&line);
		buf_addf(&line, "%s%s%s", item != NULL ? item : "",
		    item != NULL && text != NULL ? ": " : "",
		    text != NULL ? text : "");
		if (line.len > 0)
			add_item(&lines, line.data);
	}
	put_list(values, "handover", &lines);
	buf_release(&line);
}

/*
 * What was asked for.
 */

/*
 * What of a request is new work: those items, else its whole text, if it has
 * one.  Yours.
 */
static char *
new_work(const struct fact *f)
{
	const struct node *items = node_get(f->content, "items");
	const char *text = node_text(f->content, "text");
	struct buf lines = BUF_INIT;

	for (size_t i = 0; i < node_count(items); i++)
		if (node_text_is(node_at(items, i), "class", "new"))
			buf_addf(&lines, "%s- %s", lines.len > 0 ? "\n" : "",
			    node_text(node_at(items, i), "text"));
	if (lines.len > 0)
		return buf_steal(&lines);
	return text != NULL ? mem_dup(text) : NULL;
}

static bool
asks_for_more(const struct fact *f)
{
	const struct node *items = node_get(f->content, "items");
	bool more = node_count(items) == 0;

	if (fact_is(f, "change"))
		return node_text_is(f->content, "class", "new");
	for (size_t i = 0; i < node_count(items); i++)
		more |= node_text_is(node_at(items, i), "class", "new");
	return fact_is(f, "revision") && more;
}

/* The newest request that goes beyond, or NULL. */
static const struct fact *
newest_request(const struct order *o)
{
	for (size_t i = o->n; i-- > 0;)
		if (!o->v[i].voided && o->v[i].content != NULL &&
		    asks_for_more(&o->v[i]))
			return &o->v[i];
	return NULL;
}

static void
put_request(
    struct node *values, const struct order *o, const struct draft_extra *extra)
{
	const struct fact *f = newest_request(o);
	int64_t days = extra->days;
	const char *price = extra->price;
	char *request = extra->request != NULL ? mem_dup(extra->request) :
	    f != NULL                          ? new_work(f) :
						 NULL;

	if (extra->request == NULL && f != NULL) {
		if (price == NULL)
			price = node_text(f->content, "price");
		if (days < 0)
			days = node_number(f->content, "days", -1);
	}
	put_plain(values, "request", request);
	free(request);
	node_drop(values, "price"); /* not that of the order */
	node_put_str(values, "price", price);
	if (days >= 0)
		put_number(values, "days", days);
}

/*
 * All of it.
 */

static struct err *
missing(const struct order *o, const char *what, const char *hint)
{
	return err_hint(
	    err_new(ERR_NOT_FOUND, "order %s has no %s", o->id, what), "%s",
	    hint);
}

/* The fact a text is about must be there: nothing is made up. */
static struct err *
vet_facts(
    const struct order *o, const char *template, const struct node *values)
{
	bool needs_delivery = strcmp(template, "delivery") == 0 ||
	    strcmp(template, "ack") == 0 || strcmp(template, "demand") == 0;

	if (needs_delivery && node_text(values, "delivered_on") == NULL)
		return missing(o, "delivery", "pack one: deed deliver");
	if (strcmp(template, "handover") == 0 &&
	    node_text(values, "handover") == NULL)
		return missing(o, "handover",
		    "record one: deed log -k handover --set item=source -m "
		    "WHAT");
	if (strcmp(template, "new-work") == 0 &&
	    node_text(values, "request") == NULL)
		return missing(o, "request for new work",
		    "record it with deed revise --new, or give --request");
	if (strcmp(template, "demand") != 0)
		return NULL;
	if (node_text(values, "price") == NULL)
		return missing(o, "price",
		    "record it: deed log -k terms --set price='250 USD' -m "
		    "WHY");
	if (node_text(values, "open") == NULL)
		return missing(o, "open amount",
		    "what is recorded as paid covers the price: deed status");
	return NULL;
}

struct err *
draft_values(struct node **out, const struct order *o, const char *template,
    const struct draft_extra *extra)
{
	const struct fact *d = order_last(o, "delivery");
	size_t at = 0;
	const struct fact *first = order_next(o, "order", &at);
	struct node *values = node_map();
	struct err *e;

	put_terms(values, o);
	put_money(values, o);
	put_requirements(values, o, d != NULL ? d->label : NULL);
	put_delivery(values, o, d);
	put_acceptance(values, o);
	put_cancellation(values, o);
	put_date(values, "agreed_on", first);
	put_handover(values, o);
	if (first != NULL)
		put_plain(values, "seller", node_text(first->content, "by"));
	if (strcmp(template, "new-work") == 0)
		put_request(values, o, extra);
	e = vet_facts(o, template, values);
	if (e != NULL) {
		node_free(values);
		values = NULL;
	}
	*out = values;
	return e;
}

struct node *
draft_recap_values(const struct fact *talk, const char *place)
{
	const char *duration = node_text(talk->content, "duration");
	struct node *values = node_map();
	struct buf b = BUF_INIT;
	char day[DATE_TEXT];

	date_format(day, talk->happened);
	day[10] = '\0';
	buf_adds(&b, fact_is(talk, "call") ? "call" : "talk");
	if (place != NULL)
		buf_addf(&b, " on %s", place);
	node_put_str(values, "talk", b.data);
	buf_clear(&b);
	buf_adds(&b, day);
	if (duration != NULL)
		buf_addf(&b, " (%s)", duration);
	node_put_str(values, "when", b.data);
	put_plain(values, "text", node_text(talk->content, "text"));
	buf_release(&b);
	return values;
}

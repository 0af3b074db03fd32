/* SPDX-License-Identifier: ISC */
#include "core/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

/* "delivery-1" of d1; labels that are no number stay as they are. */
static char *
spoken(const char *label)
{
	return mem_printf("delivery-%s", label[0] == 'd' ? label + 1 : label);
}

char *
draft_upload_name(const char *order, const char *label)
{
	char *part = spoken(label);
	char *name = mem_printf("%s-%s.zip", order, part);

	free(part);
	return name;
}

char *
draft_checksums_name(const char *order, const char *label)
{
	char *part = spoken(label);
	char *name = mem_printf("%s-%s-CHECKSUMS.txt", order, part);

	free(part);
	return name;
}

struct node *
draft_upload_names(const struct order *o, const struct fact *d)
{
	struct node *list = node_list();
	const char *label = node_text(d->content, "label");
	char *name;

	if (label == NULL)
		return list;
	name = draft_upload_name(o->id, label);
	node_push_str(list, name);
	free(name);
	name = draft_checksums_name(o->id, label);
	node_push_str(list, name);
	free(name);
	return list;
}

static void
add_requirements(struct buf *b, const struct order *o, const char *label)
{
	struct node *all = order_requirements(o);
	bool first = true;

	for (size_t i = 0; i < all->n; i++) {
		const char *in = node_text(all->kids[i], "delivered");

		if (in == NULL || (label != NULL && strcmp(in, label) != 0))
			continue;
		if (first)
			buf_adds(b, "\nIt covers what we agreed:\n");
		first = false;
		buf_addf(b, "- %s\n", node_text(all->kids[i], "text"));
	}
	node_free(all);
}

static void
add_upload(struct buf *b, const struct order *o, const struct fact *d)
{
	struct node *names = draft_upload_names(o, d);
	int64_t files =
	    node_number(node_get(d->content, "archive"), "files", 0);

	buf_adds(b, "\nAttached:\n");
	for (size_t i = 0; i < names->n; i++) {
		buf_addf(b, "- %s", node_as_text(names->kids[i]));
		if (i == 0 && files > 0)
			buf_addf(b, " (%lld file%s)", (long long)files,
			    files == 1 ? "" : "s");
		buf_addc(b, '\n');
	}
	buf_adds(b,
	    "\nPlease download both, and tell me here that you "
	    "received them.\n");
	node_free(names);
}

/*
 * Commit ids and the like would get a message held: they are cut to a word.
 */
void
draft_add_plain(struct buf *out, const char *text)
{
	const char *p = text;

	while (*p != '\0') {
		size_t hex = strspn(p, "0123456789abcdefABCDEF");
		size_t digits = strspn(p, "0123456789");
		bool starts = p == text || !isalnum((unsigned char)p[-1]);
		bool ends = !isalnum((unsigned char)p[hex]);
		bool coded = strcspn(p, "0123456789") < hex;
		size_t word = starts && ends && hex >= 7 && coded ? hex :
		    digits >= 7                                   ? digits :
								    0;

		if (word > 0)
			buf_adds(out, "[number]");
		else
			buf_addc(out, *p);
		p += word > 0 ? word : 1;
	}
}

static void
add_text(struct buf *b, const struct fact *f)
{
	const char *text = node_text(f->content, "text");

	if (text == NULL)
		return;
	draft_add_plain(b, text);
	buf_addc(b, '\n');
}

char *
draft_delivery(const struct order *o, const struct fact *d)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "Delivery %s", d->label != NULL ? d->label + 1 : "");
	if (node_text(o->terms, "title") != NULL)
		buf_addf(&b, " of \"%s\"", node_text(o->terms, "title"));
	buf_adds(&b, ".\n\n");
	add_text(&b, d);
	add_requirements(&b, o, d->label);
	add_upload(&b, o, d);
	return buf_steal(&b);
}

char *
draft_completion(const struct order *o, const struct fact *f)
{
	const char *id = node_text(f->content, "delivery");
	const struct fact *d = id != NULL ? order_fact(o, id) : NULL;
	struct buf b = BUF_INIT;

	add_text(&b, f);
	add_requirements(&b, o, NULL);
	if (d != NULL)
		add_upload(&b, o, d);
	return buf_steal(&b);
}

/*
 * Values for templates.
 */

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
put_date(struct node *values, const char *key, const struct fact *f)
{
	char day[DATE_TEXT];

	if (f == NULL)
		return;
	date_format(day, f->happened);
	day[10] = '\0';
	node_put_str(values, key, day);
}

static void
put_requirements(struct node *values, const struct order *o, const char *label)
{
	struct node *all = order_requirements(o);
	struct buf agreed = BUF_INIT, covered = BUF_INIT;

	for (size_t i = 0; i < all->n; i++) {
		const char *text = node_text(all->kids[i], "text");
		const char *in = node_text(all->kids[i], "delivered");

		if (text == NULL)
			continue;
		buf_addf(&agreed, "- %s\n", text);
		if (in != NULL && label != NULL && strcmp(in, label) == 0)
			buf_addf(&covered, "- %s\n", text);
	}
	put_list(values, "requirements", &agreed);
	put_list(values, "covered", &covered);
	node_free(all);
}

static void
put_terms(struct node *values, const struct order *o)
{
	static const char *const keys[] = { "buyer", "title", "price", "due",
		"native_id" };
	const struct node *excludes = node_get(o->terms, "excludes");
	const struct node *party = node_get(o->terms, "party");
	const struct node *revisions = node_get(o->terms, "revisions");
	struct buf lines = BUF_INIT;
	char *number;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		node_put_str(values, keys[i], node_text(o->terms, keys[i]));
	if (node_get(values, "native_id") == NULL)
		node_put_str(values, "native_id", o->id);
	node_put_str(values, "party", node_text(party, "name"));
	node_put_str(values, "address", node_text(party, "address"));
	if (revisions != NULL) {
		number = mem_printf("%lld", (long long)revisions->number);
		node_put_str(values, "revisions", number);
		free(number);
	}
	for (size_t i = 0; i < node_count(excludes); i++)
		buf_addf(&lines, "- %s\n", node_as_text(node_at(excludes, i)));
	put_list(values, "excludes", &lines);
}

static void
put_delivery(struct node *values, const struct order *o, const struct fact *d)
{
	struct node *names;
	struct buf lines = BUF_INIT;

	if (d == NULL)
		return;
	put_date(values, "delivered_on", d);
	if (d->label != NULL)
		node_put_str(values, "number", d->label + 1);
	node_put_str(values, "text", node_text(d->content, "text"));
	names = draft_upload_names(o, d);
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&lines, "- %s\n", node_as_text(names->kids[i]));
	put_list(values, "upload", &lines);
	node_free(names);
}

static void
put_handover(struct node *values, const struct order *o)
{
	const struct fact *f;
	struct buf lines = BUF_INIT;

	for (size_t at = 0; (f = order_next(o, "handover", &at)) != NULL;) {
		const char *item = node_text(f->content, "item");
		const char *text = node_text(f->content, "text");

		buf_addf(&lines, "- %s%s%s\n", item != NULL ? item : "",
		    item != NULL && text != NULL ? ": " : "",
		    text != NULL ? text : "");
	}
	put_list(values, "handover", &lines);
}

/*
 * What of a request is new work: those items, else its whole text, if it has one.
 * Yours.
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

/* The newest thing asked for: a change, or the new work of a revision. */
static void
put_request(
    struct node *values, const struct order *o, const struct draft_extra *extra)
{
	const struct fact *f = order_last(o, "change");
	char *days, *request;

	if (f == NULL)
		f = order_last(o, "revision");
	if (extra->request != NULL || f != NULL) {
		request = extra->request != NULL ? mem_dup(extra->request) :
						   new_work(f);
		node_put_str(values, "request", request);
		free(request);
	}
	node_drop(values, "price"); /* not that of the order */
	node_put_str(values, "price",
	    extra->price != NULL ? extra->price :
		f != NULL        ? node_text(f->content, "price") :
				   NULL);
	if (extra->days >= 0) {
		days = mem_printf("%d", extra->days);
		node_put_str(values, "days", days);
		free(days);
	}
}

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
	    strcmp(template, "ack") == 0 || strcmp(template, "ticket") == 0 ||
	    strcmp(template, "demand") == 0;

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
	if (strcmp(template, "demand") == 0 &&
	    node_text(values, "price") == NULL)
		return missing(o, "price",
		    "record it: deed log -k terms --set price='250 USD' -m "
		    "WHY");
	return NULL;
}

struct err *
draft_values(struct node **out, const struct order *o, const char *template,
    const struct draft_extra *extra)
{
	const struct fact *d = order_last(o, "delivery");
	const struct fact *a = order_last(o, "acceptance");
	const struct fact *c = order_last(o, "cancellation");
	size_t at = 0;
	const struct fact *first = order_next(o, "order", &at);
	struct node *values = node_map();
	struct err *e;

	put_terms(values, o);
	put_requirements(values, o, d != NULL ? d->label : NULL);
	put_delivery(values, o, d);
	put_date(values, "accepted_on", a);
	put_date(values, "agreed_on", first);
	put_handover(values, o);
	if (a != NULL)
		node_put_str(values, "accepted", node_text(a->content, "text"));
	if (c != NULL)
		node_put_str(
		    values, "cancelled", node_text(c->content, "reason"));
	if (first != NULL)
		node_put_str(values, "seller", node_text(first->content, "by"));
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

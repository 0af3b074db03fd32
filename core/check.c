/* SPDX-License-Identifier: ISC */
#include "core/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"
#include "core/util/utf8.h"

#define THIN_LETTERS 20

void
check_add(struct node *findings, const char *rule, const char *severity,
    const char *what, const char *why, const char *fix)
{
	struct node *f = node_push(findings, node_map());

	node_put_str(f, "rule", rule);
	node_put_str(f, "severity", severity);
	node_put_str(f, "what", what);
	node_put_str(f, "why", why);
	node_put(f, "fix", node_str(fix));
}

void
check_over(struct node *findings, const struct order *o)
{
	if (o->state == ORDER_CANCELLED || o->state == ORDER_CLOSED)
		check_add(findings, "order-over", "block",
		    o->state == ORDER_CANCELLED ? "the order is cancelled" :
						  "the order is closed",
		    "nothing handed in now would reach the buyer",
		    "deed status");
}

bool
check_blocks(const struct node *findings)
{
	for (size_t i = 0; i < node_count(findings); i++)
		if (strcmp(node_text(node_at(findings, i), "severity"),
			"block") == 0)
			return true;
	return false;
}

struct node *
check_blockers(const struct node *findings)
{
	struct node *list = node_list();

	for (size_t i = 0; i < node_count(findings); i++) {
		const struct node *f = node_at(findings, i);
		const char *rule = node_text(f, "rule");

		if (strcmp(node_text(f, "severity"), "block") == 0 &&
		    !node_has(list, rule))
			node_push_str(list, rule);
	}
	return list;
}

/* The bytes of text up to the next blank, or with blank up to the next word. */
static size_t
span(const char *text, bool blank, size_t *chars)
{
	size_t len = strlen(text), at = 0, used;

	*chars = 0;
	while (at < len) {
		uint32_t c = utf8_decode(text + at, len - at, &used);

		if (utf8_is_blank(c) != blank)
			break;
		at += used;
		(*chars)++;
	}
	return at;
}

/* Characters of the words, with one between two; links only if asked. */
static size_t
letters(const char *text, bool with_links)
{
	size_t n = 0, chars;

	if (text == NULL)
		return 0;
	for (text += span(text, true, &chars); *text != '\0';
	     text += span(text, true, &chars)) {
		bool link = strncasecmp(text, "http://", 7) == 0 ||
		    strncasecmp(text, "https://", 8) == 0 ||
		    strncasecmp(text, "www.", 4) == 0;

		text += span(text, false, &chars);
		if (with_links || !link)
			n += chars + (n > 0);
	}
	return n;
}

static void
note_is_there(struct node *out, const struct check *c)
{
	size_t n = letters(c->text, true);

	if (!c->has_text)
		return;
	if (n == 0)
		check_add(out, "blank-note", "block",
		    "the text for the delivery box is blank",
		    "support reads the delivery box first; an order with a "
		    "blank one has been cancelled as \"nothing delivered\"",
		    "deed complete -m 'what you hand over, and how to check "
		    "it'");
	else if (n < THIN_LETTERS)
		check_add(out, "thin-note", "block",
		    "the text for the delivery box is under 20 letters",
		    "a reader who was not there must see from it what was "
		    "delivered",
		    "deed complete -m 'what you hand over, and how to check "
		    "it'");
	else if (letters(c->text, false) < THIN_LETTERS)
		check_add(out, "links-only", "warn",
		    "the text for the delivery box is little more than links",
		    "links die and are not followed by those who decide; "
		    "files and words stay",
		    "deed complete -m 'what is behind the links, in words'");
}

static void
something_is_delivered(struct node *out, const struct check *c)
{
	if (c->before != CHECK_COMPLETE)
		return;
	if (order_count(c->order, "delivery") == 0)
		check_add(out, "no-delivery", "block",
		    "no delivery is recorded",
		    "without files in the record there is nothing to show "
		    "when somebody says that nothing was delivered",
		    "deed deliver");
}

/* The command after which the newest delivery covers all that is agreed. */
static char *
cover_all(const struct node *all, const struct fact *d)
{
	const struct node *covers =
	    d != NULL ? node_get(d->content, "covers") : NULL;
	struct buf b = BUF_INIT;
	size_t n = 0;

	if (d != NULL && d->label != NULL)
		buf_addf(&b, "deed correct %s --set covers=", d->label);
	else
		buf_adds(&b, "deed deliver --covers ");
	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *r = node_at(all, i);
		const char *label = node_text(r, "label");

		if (node_text(r, "delivered") == NULL ||
		    node_has(covers, label))
			buf_addf(&b, "%s%s", n++ > 0 ? "," : "", label);
	}
	if (d != NULL && d->label != NULL)
		buf_adds(&b, " -m 'it covers them'");
	return buf_steal(&b);
}

static void
requirements_are_delivered(struct node *out, const struct check *c)
{
	struct node *all = order_requirements(c->order);
	char *fix = cover_all(all, order_last(c->order, "delivery"));

	for (size_t i = 0; i < all->n && c->before == CHECK_COMPLETE; i++) {
		const struct node *r = all->kids[i];
		char *what;

		if (node_text(r, "delivered") != NULL)
			continue;
		what = mem_printf("requirement %s is in no delivery: %s",
		    node_text(r, "label"), node_text(r, "text"));
		check_add(out, "undelivered-requirement", "block", what,
		    "what was agreed and not delivered decides most disputes",
		    fix);
		free(what);
	}
	free(fix);
	node_free(all);
}

static void
talks_are_recapped(struct node *out, const struct check *c)
{
	for (size_t i = 0; i < c->order->n; i++) {
		const struct fact *f = &c->order->v[i];
		char *id, *what, *fix;

		if (f->voided || !order_is_off_platform(c->order, f) ||
		    order_is_recapped(c->order, f))
			continue;
		id = order_short(c->order, f);
		what = mem_printf("the %s %s took place outside the platform "
				  "and has no recap there",
		    f->entry->kind->name, id);
		fix = mem_printf("deed recap %s", id);
		check_add(out, "no-recap", "warn", what,
		    "the judge sees only what was said on the platform", fix);
		free(what);
		free(fix);
		free(id);
	}
}

/* Has the newest delivery been handed in with the platform's button? */
static void
it_is_submitted(struct node *out, const struct check *c)
{
	const struct fact *d = order_last(c->order, "delivery"), *s;
	char *fix;

	if (c->before != CHECK_COMPLETE || c->submitting || d == NULL)
		return;
	for (size_t at = 0;
	     (s = order_next(c->order, "submission", &at)) != NULL;) {
		const char *of = node_text(s->content, "delivery");

		if (of == NULL || strcmp(of, d->entry->id) == 0)
			return;
	}
	fix = mem_printf("deed submit %s", d->label != NULL ? d->label : "");
	check_add(out, "not-submitted", "warn",
	    "the newest delivery is not recorded as submitted",
	    "only the platform's own button starts its clocks; a message with "
	    "files does not",
	    fix);
	free(fix);
}

void
check_run(struct node *findings, const struct check *c)
{
	static void (*const rules[])(struct node *, const struct check *) = {
		note_is_there,
		something_is_delivered,
		requirements_are_delivered,
		talks_are_recapped,
		it_is_submitted,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		rules[i](findings, c);
}

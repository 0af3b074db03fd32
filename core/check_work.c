/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/check_rules.h"
#include "core/util/utf8.h"
#include "core/waiting.h"

#define THIN_LETTERS 20
#define SILENCE_HOURS 24 /* where the platform says nothing of it */

#define WRITE_IT "deed complete -m 'what you hand over, and how to check it'"

/*
 * The text for the delivery box.
 */

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

void
find_blank_note(const struct finder *f)
{
	if (f->c->has_text && letters(f->c->text, true) == 0)
		finder_add(
		    f, WRITE_IT, "the text for the delivery box is blank");
}

void
find_thin_note(const struct finder *f)
{
	size_t n = letters(f->c->text, true);

	if (f->c->has_text && n > 0 && n < THIN_LETTERS)
		finder_add(f, WRITE_IT,
		    "the text for the delivery box is under 20 letters");
}

/* The newest delivery, of whose words something is to be said. */
static void
add_delivery_note(const struct finder *f, const struct fact *d, const char *is)
{
	char *fix = mem_printf("deed correct %s --set text='what it is, and "
			       "how to check it' -m 'in words'",
	    d->label != NULL ? d->label : "@");

	finder_add(
	    f, fix, "%s %s", d->label != NULL ? d->label : "the delivery", is);
	free(fix);
}

void
find_blank_delivery(const struct finder *f)
{
	const struct fact *d = order_last(f->c->order, "delivery");

	if (!f->c->has_text && d != NULL &&
	    letters(node_text(d->content, "text"), true) == 0)
		add_delivery_note(f, d, "was packed without a word about it");
}

void
find_thin_delivery(const struct finder *f)
{
	const struct fact *d = order_last(f->c->order, "delivery");
	size_t n = d != NULL ? letters(node_text(d->content, "text"), true) : 0;

	if (!f->c->has_text && n > 0 && n < THIN_LETTERS)
		add_delivery_note(f, d, "is told in under 20 letters");
}

void
find_links_only(const struct finder *f)
{
	if (f->c->has_text && letters(f->c->text, true) >= THIN_LETTERS &&
	    letters(f->c->text, false) < THIN_LETTERS)
		finder_add(f,
		    "deed complete -m 'what is behind the links, in words'",
		    "the text for the delivery box is little more than links");
}

/*
 * Deliveries.
 */

void
find_no_delivery(const struct finder *f)
{
	if (order_count(f->c->order, "delivery") == 0)
		finder_add(f, "deed deliver", "no delivery is recorded");
}

/* The command after which the newest delivery covers all that is agreed. */
static char *
cover_all(const struct order *o, const struct node *all, const struct fact *d)
{
	struct buf b = BUF_INIT;
	size_t n = 0;

	if (d != NULL && d->label != NULL)
		buf_addf(&b, "deed correct %s --set covers=", d->label);
	else
		buf_adds(&b, "deed deliver --covers ");
	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *r = node_at(all, i);

		if (node_text(r, "delivered") == NULL ||
		    (d != NULL && order_covers(o, d, r)))
			buf_addf(&b, "%s%s", n++ > 0 ? "," : "",
			    node_text(r, "label"));
	}
	if (d != NULL && d->label != NULL)
		buf_adds(&b, " -m 'it covers them'");
	return buf_steal(&b);
}

void
find_undelivered(const struct finder *f)
{
	const struct order *o = f->c->order;
	struct node *all = order_requirements(o);
	char *fix = cover_all(o, all, order_last(o, "delivery"));

	for (size_t i = 0; i < all->n; i++)
		if (node_text(all->kids[i], "delivered") == NULL)
			finder_add(f, fix,
			    "requirement %s is in no delivery: %s",
			    node_text(all->kids[i], "label"),
			    node_text(all->kids[i], "text"));
	free(fix);
	node_free(all);
}

/* An entry of this kind about the newest delivery, or about none by name. */
static bool
has_one(const struct order *o, const char *kind, const struct fact *delivery)
{
	const struct fact *f;

	for (size_t at = 0; (f = order_next(o, kind, &at)) != NULL;) {
		const char *of = node_text(f->content, "delivery");

		if (of == NULL || strcmp(of, delivery->entry->id) == 0)
			return true;
	}
	return false;
}

/* Has the newest delivery been handed in with the platform's button? */
void
find_not_submitted(const struct finder *f)
{
	const struct fact *d = order_last(f->c->order, "delivery");
	char *fix;

	if (f->c->submitting || d == NULL ||
	    has_one(f->c->order, "submission", d))
		return;
	fix = mem_printf("deed submit %s", d->label != NULL ? d->label : "");
	finder_add(f, fix, "the newest delivery is not recorded as submitted");
	free(fix);
}

void
find_no_acceptance(const struct finder *f)
{
	const struct fact *d = order_last(f->c->order, "delivery");

	if (d != NULL && !has_one(f->c->order, "acceptance", d))
		finder_add(f, "deed draft ack",
		    "no word of the buyer about the newest delivery is "
		    "recorded");
}

/*
 * Talk.
 */

void
find_no_recap(const struct finder *f)
{
	const struct order *o = f->c->order;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *talk = &o->v[i];
		char *id, *fix;

		if (talk->voided || !order_is_off_platform(o, talk) ||
		    order_is_recapped(o, talk))
			continue;
		id = order_short(o, talk);
		fix = mem_printf("deed recap %s", id);
		finder_add(f, fix,
		    "the %s %s took place outside the platform and has no "
		    "recap there",
		    talk->entry->kind->name, id);
		free(fix);
		free(id);
	}
}

void
find_over_quota(const struct finder *f)
{
	const struct order *o = f->c->order;
	int64_t allowed = node_number(o->terms, "revisions", -1);
	int64_t used = order_revisions_used(o);

	if (allowed >= 0 && used > allowed)
		finder_add(f, "deed draft new-work",
		    "%lld revisions were asked for, and %lld are included",
		    (long long)used, (long long)allowed);
}

static void
add_waiting(const struct finder *f, const struct wait *wait)
{
	char since[DATE_TEXT], *id = order_short(f->c->order, wait->asked);
	struct buf what = BUF_INIT;

	date_format(since, wait->from);
	buf_addf(&what, "nobody answered the buyer since %s", since);
	if (f->c->now > 0)
		buf_addf(&what, ", for %lld hours",
		    (long long)(f->c->now - wait->from) / 3600);
	buf_addf(&what, " (%s", id);
	if (wait->line > 0)
		buf_addf(&what, ":%u", wait->line);
	finder_add(f, "deed log -k message --from me -m 'your answer'", "%s)",
	    what.data);
	buf_release(&what);
	free(id);
}

/* On some platforms one declines, on others only a dispute does. */
static const char *
answer_to(const struct check *c, const struct fact *request)
{
	const char *contract = node_text(c->order->terms, "contract");
	const struct rule *rule;
	const char *command;

	if (c->profile == NULL)
		return "deed cancel --decline";
	vec_each (rule, &c->profile->rules.v) {
		bool its = false;

		if (!rule_is_for(rule, contract))
			continue;
		for (size_t i = 0; i < rule->when.n; i++)
			its |= event_is(rule->when.v[i], request->entry->kind,
			    request->content);
		for (size_t i = 0;
		     its && (command = node_text_at(rule->act, i)) != NULL; i++)
			if (strncmp(command, "deed dispute open", 17) == 0)
				return command;
	}
	return "deed cancel --decline";
}

void
find_unanswered(const struct finder *f)
{
	const struct check *c = f->c;
	const struct order *o = c->order;
	int64_t hours = c->profile == NULL ?
	    SILENCE_HOURS :
	    profile_number(c->profile, "levels.response_window", SILENCE_HOURS);
	struct wait open;

	if (o->pending != NULL &&
	    strcmp(node_text(o->pending->content, "initiator"), "buyer") == 0)
		finder_add(f, answer_to(c, o->pending),
		    "the buyer asked to cancel, and has no answer yet");
	if (waits_open(&open, o, c->ledger) &&
	    (c->now == 0 || c->now - open.from > hours * 3600))
		add_waiting(f, &open);
}

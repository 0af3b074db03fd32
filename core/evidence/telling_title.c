/* SPDX-License-Identifier: ISC */
/* What an entry says in one line. */

#include <inttypes.h>
#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"
#include "core/util/utf8.h"

#define WORDS_MAX 200 /* columns that one value may take */

/*
 * Parts of a line.
 */

/* A value on one line, between marks, cut where it grows long. */
static void
add_words(struct buf *out, const char *text)
{
	size_t len = utf8_fit(text, WORDS_MAX), start;

	buf_addc(out, TELLING_OPEN);
	start = out->len;
	buf_add(out, text, len);
	for (size_t i = start; i < out->len; i++)
		if ((unsigned char)out->data[i] < ' ')
			out->data[i] = ' ';
	if (text[len] != '\0')
		buf_adds(out, " ...");
	buf_addc(out, TELLING_CLOSE);
}

/* before, the value and after, if there is such a value. */
static void
add_value(struct buf *out, const char *before, const struct node *c,
    const char *key, const char *after)
{
	const char *text = node_text(c, key);

	if (text == NULL || *text == '\0')
		return;
	buf_adds(out, before);
	add_words(out, text);
	buf_adds(out, after);
}

/* The day of a time, whatever zone it is in. */
static void
add_day(
    struct buf *out, const char *before, const struct node *c, const char *key)
{
	const char *text = node_text(c, key);
	char *day, *told;

	if (text == NULL)
		return;
	day = mem_ndup(text, strnlen(text, 10));
	told = telling_due(day);
	buf_addf(out, "%s%s", before, told);
	free(told);
	free(day);
}

const char *
telling_label_of(const struct order *o, const char *id)
{
	const struct fact *f = id == NULL ? NULL : order_fact(o, id);

	return f == NULL ? NULL : f->label;
}

/* " delivery d2", or nothing. */
static void
add_delivery(struct buf *out, const char *before, const struct order *o,
    const struct node *c, const char *key)
{
	const char *label = telling_label_of(o, node_text(c, key));

	if (label != NULL)
		buf_addf(out, "%sdelivery %s", before, label);
}

/* ": the message of 3 Nov 2026" of the entry that another is about. */
static void
add_target(struct buf *out, const char *before, const struct order *o,
    const struct fact *f)
{
	const char *id = node_text(f->content, "target");
	const struct fact *of = id == NULL ? NULL : order_fact(o, id);
	char *when;

	if (of == NULL)
		return;
	when = telling_day(of);
	buf_addf(out, "%sthe %s of %s", before, of->entry->kind->name, when);
	free(when);
}

/*
 * Kinds that take more than a list of their values.
 */

static void
tell_off_platform(struct buf *out, const struct order *o, const struct fact *f)
{
	if (order_is_off_platform(o, f))
		buf_adds(out, ", outside the platform");
}

static void
tell_recap(struct buf *out, const struct order *o, const struct fact *f)
{
	buf_adds(out,
	    node_flag(f->content, "posted") ? "Recap posted" : "Recap written");
	add_value(out, " (", f->content, "channel", ")");
	add_target(out, ", of ", o, f);
}

static void
tell_file(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *files = node_get(f->content, "files");

	(void)o;
	buf_adds(out, "File kept");
	for (size_t i = 0; i < node_count(files); i++)
		add_value(
		    out, i == 0 ? ": " : ", ", node_at(files, i), "name", "");
	add_value(out, ", from ", f->content, "from", "");
	add_value(out, " (", f->content, "channel", ")");
}

static void
tell_transcript(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *authors = node_get(f->content, "authors");
	int64_t n = node_number(f->content, "messages", -1);
	char *count = telling_count(n, "message");

	(void)o;
	buf_adds(out, "Chat taken in");
	add_value(out, " (", f->content, "format", ")");
	if (n >= 0)
		buf_addf(out, ": %s", count);
	add_day(out, ", from ", f->content, "first");
	add_day(out, " to ", f->content, "last");
	for (size_t i = 0; i < node_count(authors); i++) {
		const char *name = node_as_text(node_at(authors, i));

		buf_adds(out,
		    i == 0                           ? ", by " :
			i + 1 == node_count(authors) ? " and " :
						       ", ");
		add_words(out, name != NULL ? name : "?");
	}
	free(count);
}

static void
tell_revision(struct buf *out, const struct order *o, const struct fact *f)
{
	size_t n = node_count(node_get(f->content, "items"));
	char *count = telling_count((int64_t)n, "item");

	(void)o;
	buf_adds(out,
	    node_flag(f->content, "formal") ? "Formal revision" : "Revision");
	if (f->label != NULL)
		buf_addf(out, " %s", f->label);
	buf_adds(out, " asked for");
	if (n > 0)
		buf_addf(out, ": %s", count);
	free(count);
}

static void
tell_delivery(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *archive = node_get(f->content, "archive");
	char *n = telling_count(node_number(archive, "files", 0), "file");
	char *size = telling_size(node_number(archive, "size", 0));
	char *covers = telling_list(node_get(f->content, "covers"));
	const char *also = f->first != NULL ? f->first->label : NULL;

	(void)o;
	buf_adds(out, "Delivery");
	if (f->label != NULL)
		buf_addf(out, " %s", f->label);
	if (also != NULL)
		buf_addf(out, ", the same as %s once more", also);
	if (node_get(archive, "files") != NULL)
		buf_addf(out, ": %s, %s", n, size);
	if (*covers != '\0') {
		buf_adds(out, "; covers ");
		add_words(out, covers);
	}
	free(covers);
	free(size);
	free(n);
}

static void
tell_acceptance(struct buf *out, const struct order *o, const struct fact *f)
{
	static const struct {
		const char *how, *words;
	} ways[] = {
		{ "explicit", "Buyer accepted in words" },
		{ "button", "Buyer accepted with the platform's button" },
		{ "auto", "Accepted by the platform when time was up" },
		{ "review", "Buyer left a review" },
		{ "tip", "Buyer left a tip" },
		{ "use", "Buyer put the work to use" },
	};
	const char *words = "Accepted";

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (node_text_is(f->content, "how", ways[i].how))
			words = ways[i].words;
	buf_adds(out, words);
	add_delivery(out, ": ", o, f->content, "delivery");
	add_value(out, ", by ", f->content, "from", "");
}

/* What became of a request; whose it was, the one it answers says. */
static void
tell_answer(struct buf *out, const struct order *o, const struct node *c)
{
	const char *id = node_text(c, "answers");
	const struct fact *asked = id != NULL ? order_fact(o, id) : NULL;
	bool by_support = node_text_is(c, "initiator", "support");

	buf_adds(out, "Cancellation");
	if (asked != NULL || !by_support)
		add_value(out, " asked for by the ",
		    asked != NULL ? asked->content : c, "initiator", "");
	add_value(out, " was ", c, "state", "");
	if (by_support)
		buf_adds(out, " by the platform's support");
}

static void
tell_cancellation(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *c = f->content;

	if (node_get(c, "answers") != NULL ||
	    node_text_is(c, "state", "declined") ||
	    node_text_is(c, "state", "withdrawn"))
		tell_answer(out, o, c);
	else if (node_text_is(c, "initiator", "support"))
		buf_adds(out, "Cancelled by the platform's support");
	else {
		buf_adds(out,
		    node_text_is(c, "state", "accepted") ?
			"Order cancelled" :
			"Cancellation asked for");
		add_value(out, " by the ", c, "initiator", "");
	}
	add_value(out, ": ", c, "reason", "");
}

static void
tell_dispute(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *c = f->content;
	const char *claim = node_text(c, "claim");
	const char *words = claim == NULL ? NULL : claim_words(claim);

	(void)o;
	buf_adds(out,
	    node_text_is(c, "state", "answered")   ? "Dispute answered" :
		node_text_is(c, "state", "closed") ? "Dispute closed" :
						     "Dispute opened");
	add_value(out, " by the ", c, "initiator", "");
	if (words != NULL)
		buf_addf(out, ": the buyer claims %s", words);
	else
		add_value(out, ": ", c, "claim", "");
	add_value(out, ", before ", c, "venue", "");
	add_day(out, ", answer due ", c, "due");
	add_value(out, ", outcome: ", c, "outcome", "");
}

static void
tell_correction(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *set = node_get(f->content, "set");

	buf_adds(out,
	    node_flag(f->content, "erased")   ? "Erased for ever" :
		node_flag(f->content, "void") ? "Taken back" :
						"Corrected");
	add_target(out, ": ", o, f);
	for (size_t i = 0; i < node_count(set); i++) {
		buf_adds(out, i == 0 ? ", new " : ", ");
		add_words(out, set->keys[i]);
		add_value(out, " \"", set, set->keys[i], "\"");
	}
}

/*
 * The others: a few words, the label, a few more, and values in a row.
 */

enum part_type { PART_VALUE, PART_DAY, PART_DELIVERY };

struct part {
	const char *before, *key, *after;
	enum part_type type;
};

/* clang-format off */
#define VALUE(B, K, A) { B, K, A, PART_VALUE }
#define DAY(B, K) { B, K, "", PART_DAY }
#define DELIVERY(B) { B, "delivery", "", PART_DELIVERY }
/* clang-format on */

static const struct title {
	const char *kind, *head, *tail; /* the label stands between them */
	struct part parts[5];
	void (*more)(struct buf *, const struct order *, const struct fact *);
} titles[] = {
	{ "order", "Order agreed", "",
	    { VALUE(": ", "title", ""), VALUE(", ", "price", ""),
		DAY(", due ", "due") } },
	{ "terms", "Terms stated anew", "",
	    { VALUE(": price ", "price", ""), DAY(", due ", "due") } },
	{ "requirement", "Requirement", " agreed" },
	{ "change", "Change", "",
	    { VALUE(" (", "class", ")"), VALUE(", ", "price", ""),
		VALUE(": ", "answer", "") } },
	{ "message", "Message", "",
	    { VALUE(" from ", "from", ""), VALUE(" to ", "to", ""),
		VALUE(" (", "channel", ")") },
	    tell_off_platform },
	{ "call", "Call", "",
	    { VALUE(" from ", "from", ""), VALUE(" with ", "with", ""),
		VALUE(" (", "channel", ")"), VALUE(", ", "duration", "") },
	    tell_off_platform },
	{ "recap", .more = tell_recap },
	{ "file", .more = tell_file },
	{ "transcript", .more = tell_transcript },
	{ "mail", "Mail", "",
	    { VALUE(" from ", "from", ""), VALUE(": ", "subject", "") } },
	{ "revision", .more = tell_revision },
	{ "delivery", .more = tell_delivery },
	{ "submission", "Handed in with the platform's own button", "",
	    { DELIVERY(": ") } },
	{ "acceptance", .more = tell_acceptance },
	{ "milestone", "Milestone", "",
	    { VALUE(": ", "name", ""), VALUE(", ", "amount", ""),
		VALUE(" (", "state", ")") } },
	{ "completion", "Order handed in as complete", "",
	    { DELIVERY(", with ") } },
	{ "cancellation", .more = tell_cancellation },
	{ "refund", "Refund", "",
	    { VALUE(" of ", "amount", ""), VALUE(", ", "state", ""),
		VALUE(", by the ", "initiator", ""),
		VALUE(": ", "reason", "") } },
	{ "ticket", "Support ticket", "",
	    { VALUE(" ", "number", ""), VALUE(", from ", "from", "") } },
	{ "dispute", .more = tell_dispute },
	{ "payment", "Payment", "",
	    { VALUE(" of ", "amount", ""), VALUE(" from ", "from", ""),
		VALUE(" by ", "method", "") } },
	{ "handover", "Handed over", "",
	    { VALUE(": ", "item", ""), VALUE(", to ", "to", "") } },
	{ "platform", "Seen on the platform", "",
	    { VALUE(": ", "state", "") } },
	{ "timestamp", "Time stamp taken", "",
	    { VALUE(" from ", "authority", "") } },
	{ "correction", .more = tell_correction },
};

static void
add_parts(struct buf *out, const struct title *t, const struct order *o,
    const struct fact *f)
{
	const struct node *c = f->content;

	if (t->head != NULL)
		buf_adds(out, t->head);
	if (t->head != NULL && f->label != NULL)
		buf_addf(out, " %s", f->label);
	if (t->tail != NULL)
		buf_adds(out, t->tail);
	for (const struct part *p = t->parts; p->key != NULL; p++)
		if (p->type == PART_DAY)
			add_day(out, p->before, c, p->key);
		else if (p->type == PART_DELIVERY)
			add_delivery(out, p->before, o, c, p->key);
		else
			add_value(out, p->before, c, p->key, p->after);
	if (t->more != NULL)
		t->more(out, o, f);
}

char *
telling_told(const struct order *o, const struct fact *f)
{
	const char *name = f->entry->kind->name;
	struct buf out = BUF_INIT;

	if (f->content == NULL) {
		buf_addf(&out, "%s: an entry of kind \"%s\"",
		    f->erased ? "Erased for ever" : "Withheld", name);
		return buf_steal(&out);
	}
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(titles[i].kind, name) == 0)
			add_parts(&out, &titles[i], o, f);
	if (out.len == 0)
		buf_addf(&out, "Entry of kind \"%s\"", name);
	return buf_steal(&out);
}

char *
telling_title(const struct order *o, const struct fact *f)
{
	char *told = telling_told(o, f);

	telling_plain(told);
	return told;
}

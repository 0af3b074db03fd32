/* SPDX-License-Identifier: ISC */
#include "core/evidence/telling.h"

#include <inttypes.h>
#include <string.h>

#include "core/util/utf8.h"

#define WORDS_MAX 200 /* columns that one value may take in a title */

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/*
 * Times and amounts.
 */

char *
telling_date(int64_t time)
{
	struct civil c = date_civil(time);

	return mem_printf("%d %s %d", c.day, months[c.month - 1], c.year);
}

char *
telling_time(int64_t time)
{
	struct civil c = date_civil(time);

	return mem_printf("%d %s %d, %02d:%02d UTC", c.day, months[c.month - 1],
	    c.year, c.hour, c.minute);
}

char *
telling_due(const char *text)
{
	struct when when;
	struct err *e = date_parse(&when, text);

	if (e != NULL) {
		err_drop(e); /* shown as it was written */
		return mem_dup(text);
	}
	/* a day is the one it was where it was written, not where it is read */
	return when.date_only ? telling_date(when.time + when.offset * 60) :
				telling_time(when.time);
}

char *
telling_happened(const struct fact *f)
{
	const char *text = node_text(f->content, "happened");

	return f->date_only && text != NULL ? telling_due(text) :
					      telling_time(f->happened);
}

char *
telling_day(const struct fact *f)
{
	return f->date_only ? telling_happened(f) : telling_date(f->happened);
}

/* Minutes of "+01:00"; false if it is no such thing. */
static bool
read_zone(int *minutes, const char *zone)
{
	const char *d = "0123456789";

	if (zone == NULL || strlen(zone) != 6 || zone[3] != ':' ||
	    (zone[0] != '+' && zone[0] != '-') || strspn(zone + 1, d) != 2 ||
	    strspn(zone + 4, d) != 2)
		return false;
	*minutes = ((zone[1] - '0') * 10 + zone[2] - '0') * 60 +
	    (zone[4] - '0') * 10 + zone[5] - '0';
	if (zone[0] == '-')
		*minutes = -*minutes;
	return true;
}

char *
telling_local(const struct fact *f)
{
	const char *zone = node_text(f->content, "zone");
	struct civil c;
	int minutes;

	if (f->date_only || !read_zone(&minutes, zone) || minutes == 0)
		return NULL;
	c = date_civil(f->happened + minutes * 60);
	return mem_printf("%02d:%02d %s", c.hour, c.minute, zone);
}

int64_t
telling_recorded(const struct fact *f)
{
	struct when when;
	struct err *e = date_parse(&when, f->entry->recorded);

	if (e == NULL)
		return when.time;
	err_drop(e); /* the stream was refused if this were no time */
	return f->happened;
}

int64_t
telling_delay(const struct fact *f)
{
	int64_t over = f->happened + (f->date_only ? DATE_DAY : 0);
	int64_t recorded = telling_recorded(f);

	return recorded < over ? 0 : recorded - over;
}

char *
telling_count(int64_t n, const char *thing)
{
	return mem_printf("%" PRId64 " %s%s", n, thing, n == 1 ? "" : "s");
}

char *
telling_span(int64_t seconds)
{
	if (seconds >= 2 * DATE_DAY)
		return telling_count(seconds / DATE_DAY, "day");
	if (seconds >= 60 * 60)
		return telling_count(seconds / (60 * 60), "hour");
	return telling_count(seconds / 60, "minute");
}

char *
telling_size(int64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	int64_t unit = 1000;
	size_t i = 0;

	if (bytes < unit)
		return telling_count(bytes, "byte");
	for (; i + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1000;
	     i++)
		unit *= 1000;
	if (bytes / unit >= 10)
		return mem_printf("%" PRId64 " %s", bytes / unit, units[i]);
	return mem_printf("%" PRId64 ".%d %s", bytes / unit,
	    (int)(bytes % unit * 10 / unit), units[i]);
}

char *
telling_list(const struct node *list)
{
	struct buf out = BUF_INIT;
	size_t n = node_count(list);

	for (size_t i = 0; i < n; i++) {
		const char *text = node_as_text(node_at(list, i));

		if (i > 0)
			buf_adds(&out, i + 1 == n ? " and " : ", ");
		buf_adds(&out, text != NULL ? text : "?");
	}
	return buf_steal(&out);
}

/*
 * Titles.
 */

/* A value on one line, cut where it grows long. */
static void
add_words(struct buf *out, const char *text)
{
	size_t len = utf8_fit(text, WORDS_MAX), start = out->len;

	buf_add(out, text, len);
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\t')
			out->data[i] = ' ';
	if (text[len] != '\0')
		buf_adds(out, " ...");
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

static bool
value_is(const struct node *c, const char *key, const char *value)
{
	const char *text = node_text(c, key);

	return text != NULL && strcmp(text, value) == 0;
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
    const struct node *c)
{
	const char *label = telling_label_of(o, node_text(c, "delivery"));

	if (label != NULL)
		buf_addf(out, "%sdelivery %s", before, label);
}

static void
add_label(struct buf *out, const struct fact *f)
{
	if (f->label != NULL)
		buf_addf(out, " %s", f->label);
}

static void
tell_order(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Order agreed");
	add_value(out, ": ", f->content, "title", "");
	add_value(out, ", ", f->content, "price", "");
	add_day(out, ", due ", f->content, "due");
}

static void
tell_terms(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Terms stated anew");
	add_value(out, ": price ", f->content, "price", "");
	add_day(out, ", due ", f->content, "due");
}

static void
tell_requirement(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Requirement");
	add_label(out, f);
	buf_adds(out, " agreed");
}

static void
tell_change(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Change");
	add_label(out, f);
	add_value(out, " (", f->content, "class", ")");
	add_value(out, ", ", f->content, "price", "");
	add_value(out, ": ", f->content, "answer", "");
}

static void
tell_message(struct buf *out, const struct order *o, const struct fact *f)
{
	buf_adds(out, "Message");
	add_value(out, " from ", f->content, "from", "");
	add_value(out, " to ", f->content, "to", "");
	add_value(out, " (", f->content, "channel", ")");
	if (order_is_off_platform(o, f))
		buf_adds(out, ", outside the platform");
}

static void
tell_call(struct buf *out, const struct order *o, const struct fact *f)
{
	buf_adds(out, "Call");
	add_value(out, " from ", f->content, "from", "");
	add_value(out, " with ", f->content, "with", "");
	add_value(out, " (", f->content, "channel", ")");
	add_value(out, ", ", f->content, "duration", "");
	if (order_is_off_platform(o, f))
		buf_adds(out, ", outside the platform");
}

static void
tell_recap(struct buf *out, const struct order *o, const struct fact *f)
{
	const char *id = node_text(f->content, "target");
	const struct fact *of = id == NULL ? NULL : order_fact(o, id);
	char *when;

	buf_adds(out,
	    node_flag(f->content, "posted") ? "Recap posted" : "Recap written");
	add_value(out, " (", f->content, "channel", ")");
	if (of == NULL)
		return;
	when = telling_day(of);
	buf_addf(out, ", of the %s of %s", of->entry->kind->name, when);
	free(when);
}

static void
tell_file(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "File kept");
	add_value(out, " from ", f->content, "from", "");
	add_value(out, " (", f->content, "channel", ")");
}

static void
tell_transcript(struct buf *out, const struct order *o, const struct fact *f)
{
	int64_t n = node_number(f->content, "messages", -1);
	char *authors = telling_list(node_get(f->content, "authors"));
	char *count = telling_count(n, "message");

	(void)o;
	buf_adds(out, "Chat taken in");
	add_value(out, " (", f->content, "format", ")");
	if (n >= 0)
		buf_addf(out, ": %s", count);
	add_day(out, ", from ", f->content, "first");
	add_day(out, " to ", f->content, "last");
	if (*authors != '\0') {
		buf_adds(out, ", by ");
		add_words(out, authors);
	}
	free(count);
	free(authors);
}

static void
tell_mail(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Mail");
	add_value(out, " from ", f->content, "from", "");
	add_value(out, ": ", f->content, "subject", "");
}

static void
tell_revision(struct buf *out, const struct order *o, const struct fact *f)
{
	char *n = telling_count(
	    (int64_t)node_count(node_get(f->content, "items")), "item");

	(void)o;
	buf_adds(out,
	    node_flag(f->content, "formal") ? "Formal revision" : "Revision");
	add_label(out, f);
	buf_adds(out, " asked for");
	if (node_count(node_get(f->content, "items")) > 0)
		buf_addf(out, ": %s", n);
	free(n);
}

static void
tell_delivery(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o; /* the fact says it all */
	const struct node *archive = node_get(f->content, "archive");
	char *n = telling_count(node_number(archive, "files", 0), "file");
	char *size = telling_size(node_number(archive, "size", 0));
	char *covers = telling_list(node_get(f->content, "covers"));
	const char *also = f->first != NULL ? f->first->label : NULL;

	buf_adds(out, "Delivery");
	add_label(out, f);
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
tell_submission(struct buf *out, const struct order *o, const struct fact *f)
{
	buf_adds(out, "Handed in with the platform's own button");
	add_delivery(out, ": ", o, f->content);
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
		if (value_is(f->content, "how", ways[i].how))
			words = ways[i].words;
	buf_adds(out, words);
	add_delivery(out, ": ", o, f->content);
	add_value(out, ", by ", f->content, "from", "");
}

static void
tell_milestone(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Milestone");
	add_label(out, f);
	add_value(out, ": ", f->content, "name", "");
	add_value(out, ", ", f->content, "amount", "");
	add_value(out, " (", f->content, "state", ")");
}

static void
tell_completion(struct buf *out, const struct order *o, const struct fact *f)
{
	buf_adds(out, "Order handed in as complete");
	add_delivery(out, ", with ", o, f->content);
}

static void
tell_cancellation(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *c = f->content;
	const char *who = node_text(c, "initiator");

	(void)o;
	if (value_is(c, "state", "accepted") && node_get(c, "answers") != NULL)
		buf_adds(out, "Cancellation accepted");
	else if (value_is(c, "state", "declined"))
		buf_adds(out, "Cancellation declined");
	else if (value_is(c, "initiator", "support"))
		buf_adds(out, "Cancelled by the platform's support");
	else if (value_is(c, "state", "accepted"))
		buf_adds(out, "Order cancelled");
	else
		buf_adds(out, "Cancellation asked for");
	if (who != NULL && strcmp(who, "support") != 0) {
		buf_adds(out, " by the ");
		add_words(out, who);
	}
	add_value(out, ": ", c, "reason", "");
}

static void
tell_refund(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Refund");
	add_value(out, " of ", f->content, "amount", "");
	add_value(out, ", ", f->content, "state", "");
	add_value(out, ", by the ", f->content, "initiator", "");
	add_value(out, ": ", f->content, "reason", "");
}

static void
tell_ticket(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Support ticket");
	add_value(out, " ", f->content, "number", "");
	add_value(out, ", from ", f->content, "from", "");
}

static void
tell_dispute(struct buf *out, const struct order *o, const struct fact *f)
{
	const struct node *c = f->content;

	(void)o;
	if (value_is(c, "state", "answered"))
		buf_adds(out, "Dispute answered");
	else if (value_is(c, "state", "closed"))
		buf_adds(out, "Dispute closed");
	else
		buf_adds(out, "Dispute opened");
	add_value(out, ": ", c, "claim", "");
	add_value(out, ", before ", c, "venue", "");
	add_day(out, ", answer due ", c, "due");
	add_value(out, ", outcome: ", c, "outcome", "");
}

static void
tell_payment(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Payment");
	add_value(out, " of ", f->content, "amount", "");
	add_value(out, " from ", f->content, "from", "");
	add_value(out, " by ", f->content, "method", "");
}

static void
tell_handover(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Handed over");
	add_value(out, ": ", f->content, "item", "");
	add_value(out, ", to ", f->content, "to", "");
}

static void
tell_platform(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Seen on the platform");
	add_value(out, ": ", f->content, "state", "");
}

static void
tell_timestamp(struct buf *out, const struct order *o, const struct fact *f)
{
	(void)o;
	buf_adds(out, "Time stamp taken");
	add_value(out, " from ", f->content, "authority", "");
}

static void
tell_correction(struct buf *out, const struct order *o, const struct fact *f)
{
	const char *id = node_text(f->content, "target");
	const struct fact *of = id == NULL ? NULL : order_fact(o, id);
	const struct node *set = node_get(f->content, "set");
	bool undo = node_flag(f->content, "void");

	buf_addf(out, undo ? "Taken back" : "Corrected");
	if (of != NULL) {
		char *when = telling_day(of);

		buf_addf(out, ": the %s of %s", of->entry->kind->name, when);
		free(when);
	}
	for (size_t i = 0; i < node_count(set); i++) {
		buf_adds(out, i == 0 ? ", new " : ", ");
		add_words(out, set->keys[i]);
		add_value(out, " \"", set, set->keys[i], "\"");
	}
}

char *
telling_title(const struct order *o, const struct fact *f)
{
	static const struct {
		const char *kind;
		void (*tell)(
		    struct buf *, const struct order *, const struct fact *);
	} kinds[] = {
		{ "order", tell_order },
		{ "terms", tell_terms },
		{ "requirement", tell_requirement },
		{ "change", tell_change },
		{ "message", tell_message },
		{ "call", tell_call },
		{ "recap", tell_recap },
		{ "file", tell_file },
		{ "transcript", tell_transcript },
		{ "mail", tell_mail },
		{ "revision", tell_revision },
		{ "delivery", tell_delivery },
		{ "submission", tell_submission },
		{ "acceptance", tell_acceptance },
		{ "milestone", tell_milestone },
		{ "completion", tell_completion },
		{ "cancellation", tell_cancellation },
		{ "refund", tell_refund },
		{ "ticket", tell_ticket },
		{ "dispute", tell_dispute },
		{ "payment", tell_payment },
		{ "handover", tell_handover },
		{ "platform", tell_platform },
		{ "timestamp", tell_timestamp },
		{ "correction", tell_correction },
	};
	const char *name = f->entry->kind->name;
	struct buf out = BUF_INIT;

	if (f->content == NULL) {
		buf_addf(&out, "Withheld: an entry of kind \"%s\"", name);
		return buf_steal(&out);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, name) == 0)
			kinds[i].tell(&out, o, f);
	if (out.len == 0)
		buf_addf(&out, "Entry of kind \"%s\"", name);
	return buf_steal(&out);
}

const char *
telling_quote(const struct fact *f)
{
	const char *text = node_text(f->content, "text");

	return text == NULL || *text == '\0' ? NULL : text;
}

char *
telling_speaker(const struct node *message)
{
	const char *author = node_text(message, "author");
	const char *from = node_text(message, "forwarded_from");

	if (author == NULL)
		return NULL;
	return from == NULL ? mem_dup(author) :
			      mem_printf("%s, forwarding %s", author, from);
}

/*
 * Grades.
 */

const struct telling_grade *
telling_grade_at(size_t i)
{
	static const struct telling_grade grades[] = {
		{ "platform", "On the platform",
		    "It stands in the platform's own records, where you can "
		    "look it up. deed has not asked the platform." },
		{ "signed", "Signed",
		    "A third party signed it, and your own list of trusted "
		    "signers can confirm the signature." },
		{ "counterpart", "From the other side",
		    "It comes from an exported chat, a mail or a captured "
		    "file. Whoever held that file could have edited it before "
		    "it was taken into the record." },
		{ "self", "Seller's word",
		    "The person who keeps this record says so. Nobody else "
		    "vouches for it." },
	};

	return i < sizeof(grades) / sizeof(grades[0]) ? &grades[i] : NULL;
}

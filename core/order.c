/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"

#define SHORT_LEN 8
#define PREFIX_MIN 4

const char *
order_state_name(enum order_state state)
{
	static const char *const names[] = {
		[ORDER_OPEN] = "open",
		[ORDER_DELIVERED] = "delivered",
		[ORDER_SUBMITTED] = "submitted",
		[ORDER_REVISION] = "revision",
		[ORDER_ACCEPTED] = "accepted",
		[ORDER_EXPOSED] = "exposed",
		[ORDER_DISPUTED] = "disputed",
		[ORDER_CANCELLED] = "cancelled",
		[ORDER_CLOSED] = "closed",
	};

	return names[state];
}

bool
order_knows_platform(const char *platform)
{
	static const char *const known[] = { "fiverr", "upwork", "freelancer",
		"peopleperhour", "guru", "codeable", "contra" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (platform != NULL && strcmp(platform, known[i]) == 0)
			return true;
	return false;
}

static bool
is_kind(const struct fact *f, const char *kind)
{
	return strcmp(f->entry->kind->name, kind) == 0;
}

static bool
text_is(const struct node *content, const char *key, const char *value)
{
	const char *text = node_text(content, key);

	return text != NULL && strcmp(text, value) == 0;
}

const struct fact *
order_fact(const struct order *o, const char *id)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].entry->id, id) == 0)
			return &o->v[i];
	return NULL;
}

/*
 * Corrections.
 */

static bool
is_index(const char *key, size_t len)
{
	return len > 0 && len <= 4 && strspn(key, "0123456789") >= len;
}

/* One step down: the member called key of a map, or so numbered of a list. */
static struct node *
member(struct node *in, const char *key, size_t len)
{
	char *name;
	struct node *n;

	if (in->type == NODE_LIST)
		return is_index(key, len) ?
		    node_at(in, (size_t)strtoul(key, NULL, 10)) :
		    NULL;
	name = mem_ndup(key, len);
	n = node_get(in, name);
	free(name);
	return n;
}

/* A list grows at its end, whatever number was given. */
static struct node *
set_member(struct node *in, const char *key, size_t len, struct node *value)
{
	size_t at = (size_t)strtoul(key, NULL, 10);
	char *name;

	if (in->type == NODE_LIST && at < in->n) {
		node_free(in->kids[at]);
		return in->kids[at] = value;
	}
	if (in->type == NODE_LIST)
		return node_push(in, value);
	name = mem_ndup(key, len);
	node_put(in, name, value);
	free(name);
	return value;
}

void
order_put(struct node *map, const char *key, struct node *value)
{
	struct node *in = map;
	size_t len;

	for (; key[len = strcspn(key, ".")] == '.'; key += len + 1) {
		const char *next = key + len + 1;
		bool index = is_index(next, strcspn(next, "."));
		struct node *n = member(in, key, len);

		if (n == NULL ||
		    !(n->type == NODE_MAP || (n->type == NODE_LIST && index)))
			n = set_member(
			    in, key, len, index ? node_list() : node_map());
		in = n;
	}
	set_member(in, key, len, value);
}

static struct fact *
target_of(struct order *o, const struct fact *correction)
{
	const char *id = node_text(correction->content, "target");

	return id == NULL ? NULL : (struct fact *)order_fact(o, id);
}

static void
apply_set(struct fact *target, const struct node *set)
{
	if (set == NULL || set->type != NODE_MAP || target->content == NULL)
		return;
	if (target->own == NULL) {
		target->own = node_copy(target->content);
		target->content = target->own;
	}
	for (size_t i = 0; i < set->n; i++)
		order_put(target->own, set->keys[i], node_copy(set->kids[i]));
	target->corrected = true;
}

/* Voids from the last to the first, so that a voided void does not count. */
static void
correct(struct order *o)
{
	for (size_t i = o->n; i-- > 0;) {
		struct fact *f = &o->v[i], *target;

		if (f->voided || !is_kind(f, "correction") ||
		    !node_flag(f->content, "void"))
			continue;
		if ((target = target_of(o, f)) != NULL)
			target->voided = true;
	}
	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i], *target;

		if (f->voided || !is_kind(f, "correction"))
			continue;
		if ((target = target_of(o, f)) != NULL)
			apply_set(target, node_get(f->content, "set"));
	}
}

/*
 * Time.
 */

static int
zone_minutes(const char *zone)
{
	int sign, h, m;

	if (zone == NULL || strlen(zone) != 6 ||
	    (zone[0] != '+' && zone[0] != '-'))
		return 0;
	sign = zone[0] == '-' ? -1 : 1;
	h = (zone[1] - '0') * 10 + (zone[2] - '0');
	m = (zone[4] - '0') * 10 + (zone[5] - '0');
	return sign * (h * 60 + m);
}

bool
order_time_text(struct when *out, const char *text, const char *zone)
{
	struct err *e;

	if (text == NULL)
		return false;
	e = date_parse(out, text);
	if (e != NULL) {
		err_drop(e); /* it is shown as it was written, and is no time */
		return false;
	}
	/* a date alone is a day where it was written, not where it is read */
	if (out->date_only) {
		out->time += (out->offset - zone_minutes(zone)) * 60;
		out->offset = zone_minutes(zone);
	}
	return true;
}

bool
order_time(struct when *out, const struct node *content, const char *key)
{
	return order_time_text(out, node_as_text(node_find(content, key)),
	    node_text(content, "zone"));
}

static void
set_time(struct fact *f)
{
	struct when when;

	/* unknown text: it counts from when recorded */
	if (!order_time(&when, f->content, "happened")) {
		/* held to RFC 3339 when the stream was read */
		err_drop(date_parse(&when, f->entry->recorded));
	}
	f->date_only = when.date_only;
	f->happened = when.time;
}

static int
by_happened(const void *a, const void *b, void *facts)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const struct fact *x = (const struct fact *)facts + i;
	const struct fact *y = (const struct fact *)facts + j;

	if (x->happened != y->happened)
		return x->happened < y->happened ? -1 : 1;
	return i < j ? -1 : i > j;
}

/*
 * Labels.
 */

static const char *
plain_label(const struct fact *f)
{
	return node_text(f->content, "label");
}

static void
set_labels(struct order *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i];
		const char *label = plain_label(f);
		bool shared = false;

		if (label == NULL || f->entry->kind->label == NULL)
			continue;
		for (size_t j = 0; j < o->n && !shared; j++) {
			const char *other = plain_label(&o->v[j]);

			shared = j != i && other != NULL &&
			    o->v[j].entry->kind == f->entry->kind &&
			    strcmp(other, label) == 0;
		}
		f->label = shared ? mem_printf("%s~%.4s", label, f->entry->id) :
				    mem_dup(label);
	}
}

/* The number behind a prefix: 3 of "d3". */
static int64_t
label_number(const char *label, const char *prefix)
{
	size_t len = strlen(prefix);

	if (label == NULL || strncmp(label, prefix, len) != 0)
		return 0;
	label += len;
	if (*label == '\0' || strspn(label, "0123456789") != strlen(label) ||
	    strlen(label) > 9)
		return 0;
	return strtoll(label, NULL, 10);
}

char *
order_next_label(const struct order *o, const struct kind *kind)
{
	const struct node *list;
	int64_t most = 0, number;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->entry->kind == kind) {
			number = label_number(plain_label(f), kind->label);
			most = number > most ? number : most;
		}
		/* requirements also stand in the order itself */
		list = strcmp(kind->name, "requirement") == 0 ?
		    node_get(f->content, "requirements") :
		    NULL;
		for (size_t j = 0; j < node_count(list); j++) {
			number = label_number(
			    node_text(node_at(list, j), "label"), kind->label);
			most = number > most ? number : most;
		}
	}
	return mem_printf("%s%lld", kind->label, (long long)most + 1);
}

/*
 * Replay.
 */

static void
apply_terms(struct order *o, const struct node *content)
{
	static const char *const own[] = { "nonce", "happened", "zone", "by",
		"clock", "anyway", "blockers" };

	for (size_t i = 0; i < node_count(content); i++) {
		bool skip = false;

		for (size_t j = 0; j < sizeof(own) / sizeof(own[0]); j++)
			skip |= strcmp(content->keys[i], own[j]) == 0;
		if (!skip)
			node_put(o->terms, content->keys[i],
			    node_copy(content->kids[i]));
	}
}

static void
replay_acceptance(struct order *o, const struct node *c)
{
	if (text_is(c, "how", "button") || text_is(c, "how", "auto"))
		o->state = ORDER_EXPOSED;
	else if (o->state < ORDER_ACCEPTED)
		o->state = ORDER_ACCEPTED;
}

static bool
is_request(const struct fact *f)
{
	return is_kind(f, "cancellation") && !f->voided &&
	    text_is(f->content, "state", "requested") &&
	    !text_is(f->content, "initiator", "support");
}

/* After it the order is cancelled: what support says needs nobody's answer. */
static bool
is_decision(const struct fact *f)
{
	return is_kind(f, "cancellation") && !f->voided &&
	    (text_is(f->content, "state", "accepted") ||
		(text_is(f->content, "initiator", "support") &&
		    text_is(f->content, "state", "requested")));
}

/* The newest of the first n facts that asks and got no answer, or NULL. */
static const struct fact *
open_request(const struct order *o, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		const struct fact *request = &o->v[o->replay[i]];
		bool answered = false;

		if (is_decision(request))
			return NULL;
		if (!is_request(request))
			continue;
		for (size_t j = i + 1; j < n && !answered; j++) {
			const struct fact *f = &o->v[o->replay[j]];

			answered = is_kind(f, "cancellation") && !f->voided &&
			    text_is(f->content, "answers", request->entry->id);
		}
		if (!answered)
			return request;
	}
	return NULL;
}

/* at is the place of f in the replay. */
static void
replay_cancellation(struct order *o, const struct fact *f, size_t at)
{
	const struct node *c = f->content;
	const char *answers = node_text(c, "answers");

	if (answers != NULL && o->pending != f &&
	    (o->pending == NULL || strcmp(o->pending->entry->id, answers) != 0))
		o->conflict = true; /* answered twice */
	if (is_decision(f))
		o->state = ORDER_CANCELLED;
	o->pending = open_request(o, at + 1);
}

static void
replay_platform(
    struct order *o, const struct node *c, const struct order_words *words)
{
	const char *state = node_text(c, "state");

	if (state == NULL)
		return;
	o->native_state = state;
	if (words != NULL && words->state(&o->state, state, words->p))
		return;
	if (strcmp(state, "completed") == 0)
		o->state = ORDER_EXPOSED;
	else if (strcmp(state, "cancelled") == 0)
		o->state = ORDER_CANCELLED;
	else if (strcmp(state, "delivered") == 0)
		o->state = ORDER_SUBMITTED;
	else if (strcmp(state, "in_revision") == 0)
		o->state = ORDER_REVISION;
}

static void
replay_one(struct order *o, const struct fact *f, size_t at,
    const struct order_words *words)
{
	const struct node *c = f->content;

	if (is_kind(f, "order") || is_kind(f, "terms"))
		apply_terms(o, c);
	else if (is_kind(f, "delivery") && node_get(c, "also") == NULL)
		o->state = ORDER_DELIVERED;
	else if (is_kind(f, "submission"))
		o->state = ORDER_SUBMITTED;
	else if (is_kind(f, "revision"))
		o->state = ORDER_REVISION;
	else if (is_kind(f, "acceptance"))
		replay_acceptance(o, c);
	else if (is_kind(f, "cancellation"))
		replay_cancellation(o, f, at);
	else if (is_kind(f, "platform"))
		replay_platform(o, c, words);
	else if (is_kind(f, "dispute"))
		o->state = text_is(c, "state", "closed") ? ORDER_EXPOSED :
							   ORDER_DISPUTED;
}

/* The first order entry in stream order sets the terms; others change them. */
static void
replay(struct order *o, const struct order_words *words)
{
	const struct fact *first = NULL;

	o->terms = node_map();
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (!is_kind(f, "order") || f->voided)
			continue;
		if (first == NULL)
			first = f;
		else
			o->opened_twice = true;
	}
	if (first != NULL)
		apply_terms(o, first->content);
	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (!f->voided && f != first)
			replay_one(o, f, i, words);
	}
}

void
order_understand(struct order *o, const struct order_words *words)
{
	node_free(o->terms);
	o->state = ORDER_OPEN;
	o->native_state = NULL;
	o->pending = NULL;
	o->opened_twice = o->conflict = false;
	replay(o, words);
}

struct err *
order_replay(struct order **out, struct stream *stream, const char *id)
{
	struct order *o;
	size_t *positions;
	struct err *e = stream_load(stream);

	*out = NULL;
	if (e != NULL)
		return e;
	o = mem_zero(1, sizeof(*o));
	o->id = id;
	o->stream = stream;
	o->n = stream->n;
	o->v = mem_zero(o->n, sizeof(*o->v));
	o->replay = mem_zero(o->n, sizeof(*o->replay));
	positions = mem_zero(o->n, sizeof(*positions));
	stream_order(stream, positions);
	for (size_t i = 0; i < o->n; i++) {
		o->v[i].entry = &stream->v[positions[i]];
		o->v[i].content = o->v[i].entry->content;
		o->replay[i] = i;
	}
	free(positions);
	correct(o);
	for (size_t i = 0; i < o->n; i++)
		set_time(&o->v[i]);
	set_labels(o);
	if (o->n > 1)
		qsort_r(o->replay, o->n, sizeof(*o->replay), by_happened, o->v);
	replay(o, NULL);
	*out = o;
	return NULL;
}

void
order_free(struct order *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].label);
		node_free(o->v[i].own);
	}
	free(o->v);
	free(o->replay);
	node_free(o->terms);
	free(o);
}

/*
 * Looking things up.
 */

const struct fact *
order_next(const struct order *o, const char *kind, size_t *at)
{
	while (*at < o->n) {
		const struct fact *f = &o->v[o->replay[(*at)++]];

		if (!f->voided && is_kind(f, kind))
			return f;
	}
	return NULL;
}

const struct fact *
order_last(const struct order *o, const char *kind)
{
	for (size_t i = o->n; i-- > 0;)
		if (!o->v[i].voided && is_kind(&o->v[i], kind))
			return &o->v[i];
	return NULL;
}

size_t
order_count(const struct order *o, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += !o->v[i].voided && is_kind(&o->v[i], kind);
	return n;
}

size_t
order_short_len(const struct order *o, const char *id)
{
	size_t len = SHORT_LEN;

	for (size_t i = 0; i < o->n; i++) {
		const char *other = o->v[i].entry->id;

		if (strcmp(other, id) == 0)
			continue;
		while (len < SHA256_HEX - 1 && strncmp(other, id, len) == 0)
			len++;
	}
	return len;
}

char *
order_short(const struct order *o, const struct fact *fact)
{
	const char *id = fact->entry->id;

	return mem_ndup(id, order_short_len(o, id));
}

/* "@", "@~" and "@~2": counted back from the newest. */
static const struct fact *
from_newest(const struct order *o, const char *text)
{
	const char *number = text + 2;
	size_t back = 0;

	if (text[1] == '~') {
		if (strlen(number) > 9 ||
		    strspn(number, "0123456789") != strlen(number))
			return NULL;
		back = *number == '\0' ? 1 : strtoul(number, NULL, 10);
	} else if (text[1] != '\0') {
		return NULL;
	}
	return back < o->n ? &o->v[o->n - 1 - back] : NULL;
}

static bool
is_prefix(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_MIN && len < SHA256_HEX &&
	    strspn(text, "0123456789abcdefABCDEF") == len;
}

/* Does text name this fact, by its label or by its id? */
static bool
names(const struct fact *f, const char *text)
{
	const char *label = plain_label(f);

	if (f->label != NULL &&
	    (strcmp(f->label, text) == 0 || strcmp(label, text) == 0))
		return true;
	return is_prefix(text) &&
	    strncasecmp(f->entry->id, text, strlen(text)) == 0;
}

static bool
holds_requirement(const struct fact *f, const char *label)
{
	const struct node *list = node_get(f->content, "requirements");

	for (size_t i = 0; i < node_count(list); i++)
		if (text_is(node_at(list, i), "label", label))
			return true;
	return false;
}

static struct err *
find_named(const struct fact **out, const struct order *o, const char *text)
{
	struct buf candidates = BUF_INIT;
	size_t n = 0;
	struct err *e = NULL;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (!names(f, text))
			continue;
		*out = f;
		n++;
		buf_addf(&candidates, "%s%s", n > 1 ? ", " : "",
		    f->label != NULL ? f->label : "");
		if (f->label == NULL)
			buf_add(&candidates, f->entry->id,
			    order_short_len(o, f->entry->id));
	}
	for (size_t i = 0; i < o->n && n == 0; i++)
		if (holds_requirement(&o->v[i], text)) {
			*out = &o->v[i];
			n = 1;
		}
	if (n == 0)
		e = err_hint(
		    err_new(ERR_NOT_FOUND, "order %s has no entry \"%.80s\"",
			o->id, text),
		    "see them: deed log -o %s", o->id);
	else if (n > 1)
		e = err_new(ERR_INVALID, "\"%.80s\" is ambiguous: it is %s",
		    text, candidates.data);
	buf_release(&candidates);
	return e;
}

struct err *
order_resolve(const struct fact **out, unsigned *line, const struct order *o,
    const char *text)
{
	const char *colon = strrchr(text, ':');
	char *name = mem_dup(text);
	struct err *e = NULL;

	*out = NULL;
	*line = 0;
	if (colon != NULL && isdigit((unsigned char)colon[1]) &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
	    strlen(colon + 1) < 10) {
		*line = (unsigned)strtoul(colon + 1, NULL, 10);
		name[colon - text] = '\0';
	}
	if (name[0] == '@')
		*out = from_newest(o, name);
	if (*out == NULL)
		e = find_named(out, o, name);
	free(name);
	return e;
}

/*
 * What is agreed, delivered, accepted.
 */

/* Is this delivery accepted by an entry that counts? */
static bool
is_accepted(const struct order *o, const struct fact *delivery)
{
	const struct fact *a;

	for (size_t at = 0; (a = order_next(o, "acceptance", &at)) != NULL;)
		if (text_is(a->content, "delivery", delivery->entry->id))
			return true;
	return false;
}

static void
add_requirement(struct node *list, const struct order *o, const char *label,
    const char *text, const char *entry)
{
	struct node *item = node_push(list, node_map());
	const struct fact *d, *delivered = NULL, *accepted = NULL;

	for (size_t at = 0; (d = order_next(o, "delivery", &at)) != NULL;) {
		if (!node_has(node_get(d->content, "covers"), label))
			continue;
		delivered = d;
		if (is_accepted(o, d))
			accepted = d;
	}
	node_put(item, "label", node_str(label));
	node_put(item, "text", node_str(text));
	node_put(item, "entry", node_str(entry));
	node_put(item, "delivered",
	    node_str(delivered != NULL ? delivered->label : NULL));
	node_put(item, "accepted",
	    node_str(accepted != NULL ? accepted->label : NULL));
}

struct node *
order_requirements(const struct order *o)
{
	struct node *list = node_list();
	const struct node *first = node_get(o->terms, "requirements");
	size_t start = 0;
	const struct fact *f = order_next(o, "order", &start);

	for (size_t i = 0; i < node_count(first); i++) {
		const struct node *r = node_at(first, i);

		if (node_text(r, "label") != NULL)
			add_requirement(list, o, node_text(r, "label"),
			    node_text(r, "text"),
			    f != NULL ? f->entry->id : NULL);
	}
	for (size_t at = 0; (f = order_next(o, "requirement", &at)) != NULL;)
		if (f->label != NULL)
			add_requirement(list, o, plain_label(f),
			    node_text(f->content, "text"), f->entry->id);
	return list;
}

int64_t
order_revisions_used(const struct order *o)
{
	const struct fact *f;
	int64_t n = 0;

	for (size_t at = 0; (f = order_next(o, "revision", &at)) != NULL;)
		n += node_flag(f->content, "formal");
	return n;
}

bool
order_is_off_platform(const struct order *o, const struct fact *f)
{
	const char *platform = node_text(o->terms, "platform");
	const char *channel = node_text(f->content, "channel");
	bool talk = is_kind(f, "call") || is_kind(f, "message");

	if (!talk)
		return false;
	if (node_get(f->content, "off_platform") != NULL)
		return node_flag(f->content, "off_platform");
	if (!order_knows_platform(platform))
		return false;
	if (channel == NULL)
		return is_kind(f, "call");
	return strcmp(channel, platform) != 0;
}

bool
order_is_recapped(const struct order *o, const struct fact *f)
{
	const struct fact *r;

	for (size_t at = 0; (r = order_next(o, "recap", &at)) != NULL;)
		if (text_is(r->content, "target", f->entry->id) &&
		    node_flag(r->content, "posted"))
			return true;
	return false;
}

/*
 * Grades.
 */

static bool
is_on_platform(const struct order *o, const struct fact *f)
{
	const char *platform = node_text(o->terms, "platform");
	const struct node *c = f->content;

	if (!order_knows_platform(platform) ||
	    node_text(o->terms, "native_id") == NULL)
		return false;
	if (is_kind(f, "submission") || is_kind(f, "completion") ||
	    is_kind(f, "cancellation"))
		return true;
	if (is_kind(f, "acceptance"))
		return text_is(c, "how", "button") || text_is(c, "how", "auto");
	return is_kind(f, "message") && text_is(c, "channel", platform);
}

const char *
order_grade(const struct order *o, const struct fact *f)
{
	if (f->content == NULL)
		return "self";
	if (is_on_platform(o, f))
		return "platform";
	if (is_kind(f, "transcript") || is_kind(f, "mail") ||
	    node_count(node_get(f->content, "cites")) > 0 ||
	    (node_count(node_get(f->content, "files")) > 0 &&
		node_get(f->content, "captured") != NULL))
		return "counterpart";
	return "self";
}

char *
order_look_up(const struct order *o, const struct fact *f)
{
	char when[DATE_TEXT];

	if (f->content == NULL || !is_on_platform(o, f))
		return NULL;
	date_format(when, f->happened);
	when[10] = ' ';
	when[f->date_only ? 10 : 16] = '\0';
	return mem_printf("look up on %s: order %s, %s of %s%s; "
			  "not checked by deed",
	    node_text(o->terms, "platform"), node_text(o->terms, "native_id"),
	    f->entry->kind->name, when, f->date_only ? "" : " UTC");
}

struct node *
order_fact_node(const struct order *o, const struct fact *f)
{
	struct node *n = node_map();
	char when[DATE_TEXT];

	date_format(when, f->happened);
	node_put_str(n, "order", o->id);
	node_put_str(n, "entry", f->entry->id);
	node_put_str(n, "kind", f->entry->kind->name);
	node_put(n, "label", node_str(f->label));
	node_put_str(n, "recorded", f->entry->recorded);
	node_put_str(n, "happened", when);
	node_put_str(n, "grade", order_grade(o, f));
	node_put_bool(n, "withheld", f->content == NULL);
	if (f->voided)
		node_put_bool(n, "voided", true);
	if (f->corrected)
		node_put_bool(n, "corrected", true);
	node_put(n, "content",
	    f->content == NULL ? node_null() : node_copy(f->content));
	return n;
}

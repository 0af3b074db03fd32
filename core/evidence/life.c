/* SPDX-License-Identifier: ISC */
#include "core/evidence/life.h"

#include <string.h>

#include "core/evidence/gaps.h"
#include "core/evidence/telling.h"
#include "core/ext/json.h"

#define SILENCE (3 * DATE_DAY) /* without a word or a deed */
#define PLACES 500             /* where words are told apart */

/* A line under way. */
struct finder {
	struct life *l;
	const struct dossier *d;
	const struct order *o;
	size_t order;
	VEC(int64_t) acts; /* of either party, messages of chats included */
	VEC(int64_t) words;
};

static int
place(const struct life *l, int64_t time)
{
	return (int)((double)(time - l->from) * LIFE_END /
	    (double)(l->to - l->from));
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/*
 * What happened when.
 */

/* Did a party do something, or did the seller only keep something? */
static bool
is_act(const struct fact *f)
{
	static const char *const kept[] = { "file", "transcript", "note",
		"package", "correction", "timestamp" };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (fact_is(f, kept[i]))
			return false;
	return !f->voided;
}

static bool
is_word(const struct fact *f)
{
	return fact_is(f, "message") || fact_is(f, "call") ||
	    fact_is(f, "recap") || fact_is(f, "mail");
}

static void
add_talk(struct finder *w, const struct talk *t)
{
	for (size_t line = 1; line <= excerpt_count(&t->excerpt); line++) {
		struct node *m = NULL;
		struct moment at;
		size_t len;
		const char *p = excerpt_line(&t->excerpt, line, &len);

		err_drop(json_parse_message(&m, p, len, "messages.jsonl"));
		if (telling_moment(&at, m)) {
			vec_push(&w->acts, at.time);
			vec_push(&w->words, at.time);
		}
		node_free(m);
	}
}

static void
add_acts(struct finder *w)
{
	const struct talk *t;

	for (size_t i = 0; i < w->o->n; i++) {
		const struct fact *f = &w->o->v[i];

		if (!is_act(f))
			continue;
		vec_push(&w->acts, f->happened);
		if (is_word(f))
			vec_push(&w->words, f->happened);
	}
	vec_each (t, &w->d->talks)
		if (t->order == w->order)
			add_talk(w, t);
	vec_sort(&w->acts, by_time);
	vec_sort(&w->words, by_time);
}

static void
stretch(struct life *l, int64_t to, int64_t most)
{
	if (to > l->to && to < l->to + most)
		l->to = to;
}

/* From the first entry to the last, or to what was due after it. */
static void
find_span(struct finder *w)
{
	struct life *l = w->l;
	struct when due;
	bool any = false;

	for (size_t i = 0; i < w->o->n; i++) {
		const struct fact *f = &w->o->v[i];

		if (f->voided || f->content == NULL)
			continue;
		if (!any || f->happened < l->from)
			l->from = f->happened;
		if (!any || f->happened > l->to)
			l->to = f->happened;
		any = true;
		if (fact_is(f, "dispute") &&
		    order_time(&due, f->content, "due"))
			stretch(l, due.time, 60 * DATE_DAY);
	}
	if (order_time(&due, w->o->terms, "due"))
		stretch(l, due.time, 365 * DATE_DAY);
}

/*
 * What the line shows.
 */

static void
add_words(struct finder *w)
{
	struct life *l = w->l;
	int step = LIFE_END / PLACES;

	for (size_t i = 0; i < w->words.n; i++) {
		int64_t time = w->words.v[i];
		int at;

		if (time < l->from || time > l->to)
			continue;
		at = place(l, time) / step * step;
		if (l->said.n == 0 || l->said.v[l->said.n - 1] != at)
			vec_push(&l->said, at);
	}
}

static void
add_silences(struct finder *w)
{
	struct life *l = w->l;
	int64_t last = l->from;

	for (size_t i = 0; i < w->acts.n; i++) {
		int64_t time = w->acts.v[i];

		if (time <= last || time > l->to)
			continue;
		if (time - last >= SILENCE) {
			struct life_silence *s = vec_add(&l->silences);
			char *span = telling_span(time - last);

			s->from = place(l, last);
			s->to = place(l, time);
			s->text = mem_printf("%s silent", span);
			free(span);
		}
		last = time;
	}
}

static const char *
look_of(const struct order *o, const struct fact *f)
{
	if (fact_is(f, "delivery"))
		return f->first != NULL ? NULL :
		    gaps_is_late(o, f)  ? "late" :
					  "given";
	if (fact_is(f, "acceptance"))
		return "taken";
	if (fact_is(f, "revision"))
		return "asked";
	if (fact_is(f, "cancellation") || fact_is(f, "dispute") ||
	    fact_is(f, "refund"))
		return "against";
	return NULL;
}

static void
add_clock(struct life *l, const struct node *content, const char *word)
{
	struct when when;

	if (order_time(&when, content, "due") && when.time >= l->from &&
	    when.time <= l->to)
		vec_push(&l->clocks,
		    ((struct life_clock){ place(l, when.time), word }));
}

static void
add_marks(struct finder *w)
{
	struct life *l = w->l;

	add_clock(l, w->o->terms, "due");
	for (size_t i = 0; i < w->o->n; i++) {
		const struct fact *f = &w->o->v[w->o->replay[i]];
		const char *look;

		if (f->voided || f->content == NULL)
			continue;
		if (fact_is(f, "dispute"))
			add_clock(l, f->content, "answer due");
		if ((look = look_of(w->o, f)) == NULL)
			continue;
		vec_push(&l->marks,
		    ((struct life_mark){ place(l, f->happened), look,
			f->label != NULL             ? f->label :
			    fact_is(f, "acceptance") ? "accepted" :
						       f->entry->kind->name,
			f }));
	}
}

bool
life_find(struct life *out, const struct dossier *d, size_t order)
{
	struct finder w = { out, d, d->orders.v[order].order, order, VEC_INIT,
		VEC_INIT };

	memset(out, 0, sizeof(*out));
	find_span(&w);
	if (out->to > out->from) {
		add_acts(&w);
		add_words(&w);
		add_silences(&w);
		add_marks(&w);
	}
	vec_release(&w.acts);
	vec_release(&w.words);
	return out->to > out->from;
}

void
life_release(struct life *l)
{
	struct life_silence *s;

	vec_each (s, &l->silences)
		free(s->text);
	vec_release(&l->silences);
	vec_release(&l->marks);
	vec_release(&l->clocks);
	vec_release(&l->said);
}

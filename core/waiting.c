/* SPDX-License-Identifier: ISC */
#include "core/waiting.h"

#include <string.h>
#include <strings.h>

#include "core/talk.h"

/* Something that was said or done, as far as a wait begins or ends with it. */
struct word {
	int64_t time;
	const struct fact *fact;
	unsigned line;
	bool asks; /* the buyer wants a word; else it is one of the seller */
};

struct words_said {
	VEC(struct word) v;
};

static bool
is_called(const char *name, const char *other)
{
	return name != NULL && other != NULL && strcasecmp(name, other) == 0;
}

static bool
is_buyer(const struct order *o, const char *name)
{
	const struct node *party = node_get(o->terms, "party");

	return is_called(name, node_text(o->terms, "buyer")) ||
	    is_called(name, node_text(party, "name")) ||
	    is_called(name, "buyer") || is_called(name, "client");
}

static bool
is_seller(const struct order *o, const char *name)
{
	size_t at = 0;
	const struct fact *first = order_next(o, "order", &at);

	return is_called(name, "me") || is_called(name, "you") ||
	    (first != NULL && is_called(name, node_text(first->content, "by")));
}

/*
 * Entries.
 */

static bool
asks(const struct order *o, const struct fact *f)
{
	return fact_is(f, "revision") ||
	    (fact_is(f, "message") &&
		is_buyer(o, node_text(f->content, "from")));
}

/*
 * Whatever else is said, or handed over, is a word of the seller; and who
 * accepts waits for nothing.
 */
static bool
answers(const struct fact *f)
{
	return fact_is(f, "message") || fact_is(f, "call") ||
	    fact_is(f, "delivery") || fact_is(f, "acceptance");
}

/*
 * Imported conversations.
 */

/* The name the buyer bears in it; NULL: nobody knows. */
static const char *
buyer_among(const struct order *o, const struct node *authors)
{
	const char *other = NULL;
	size_t n = node_count(authors);

	for (size_t i = 0; i < n; i++)
		if (is_buyer(o, node_text_at(authors, i)))
			return node_text_at(authors, i);
	for (size_t i = 0; n == 2 && i < n; i++)
		if (is_seller(o, node_text_at(authors, i)))
			other = node_text_at(authors, 1 - i);
	return other;
}

/* Does a message say who wrote it, and when? */
static bool
read_word(struct word *out, const struct node *m, const char *buyer)
{
	const char *author = node_text(m, "author");

	out->asks = is_called(author, buyer);
	return author != NULL && !node_flag(m, "system") &&
	    (talk_time(&out->time, m, "time") ||
		talk_time(&out->time, m, "local"));
}

static void
add_all(struct words_said *words, const char *text, const struct fact *f,
    const char *buyer)
{
	struct word word = { .fact = f };
	struct node *m;

	while ((m = talk_next(&text, &word.line)) != NULL) {
		if (read_word(&word, m, buyer))
			vec_push(&words->v, word);
		node_free(m);
	}
}

/* From the last word of the seller on: what was before it waits no more. */
static void
add_tail(struct words_said *words, const struct buf *text, const struct fact *f,
    const char *buyer)
{
	struct word word = { .fact = f, .asks = true };
	size_t end = text->len;

	for (size_t i = 0; i < end; i++)
		word.line += text->data[i] == '\n';
	while (end > 0 && word.asks) {
		const char *lf = memrchr(text->data, '\n', end - 1);
		const char *at = lf != NULL ? lf + 1 : text->data;
		unsigned passed = 0;
		struct node *m = talk_next(&at, &passed);

		word.asks = true;
		if (m != NULL && passed == 1 && read_word(&word, m, buyer))
			vec_push(&words->v, word);
		node_free(m);
		word.line--;
		end = lf != NULL ? (size_t)(lf - text->data) + 1 : 0;
	}
}

static void
add_talk(struct words_said *words, const struct order *o,
    const struct ledger *l, const struct fact *f, bool tail)
{
	const char *buyer = buyer_among(o, node_get(f->content, "authors"));
	struct buf text = BUF_INIT;

	if (buyer == NULL || l == NULL)
		return;
	err_drop(talk_read(&text, l, f)); /* not here: it tells nothing */
	if (tail)
		add_tail(words, &text, f, buyer);
	else
		add_all(words, text.data, f, buyer);
	buf_release(&text);
}

/*
 * Waits.
 */

static int
by_time(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->fact != y->fact)
		return x->fact < y->fact ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* In the order of their times; entries of one time as they were replayed. */
static void
collect(struct words_said *words, const struct order *o, const struct ledger *l,
    bool tail)
{
	bool talks = false;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[o->replay[i]];

		if (f->voided || f->content == NULL)
			continue;
		if (fact_is(f, "transcript")) {
			add_talk(words, o, l, f, tail);
			talks = true;
		} else if (asks(o, f) || answers(f)) {
			vec_push(&words->v,
			    ((struct word){ f->happened, f, 0, asks(o, f) }));
		}
	}
	if (talks)
		vec_sort(&words->v, by_time);
}

static void
find_waits(
    struct waits *out, const struct order *o, const struct ledger *l, bool tail)
{
	struct words_said words = { VEC_INIT };
	struct word *w;
	bool waiting = false;

	memset(out, 0, sizeof(*out));
	collect(&words, o, l, tail);
	vec_each (w, &words.v) {
		if (w->asks && !waiting)
			vec_push(out,
			    ((struct wait){
				w->fact, w->line, w->time, WAIT_OPEN }));
		else if (!w->asks && waiting)
			out->v[out->n - 1].until = w->time;
		waiting = w->asks;
	}
	vec_release(&words.v);
}

void
waits_find(struct waits *out, const struct order *o, const struct ledger *l)
{
	find_waits(out, o, l, false);
}

bool
waits_open(struct wait *out, const struct order *o, const struct ledger *l)
{
	struct waits waits;
	bool open;

	if (order_is_over(o))
		return false;
	find_waits(&waits, o, l, true);
	open = waits.n > 0 && waits.v[waits.n - 1].until == WAIT_OPEN;
	if (open)
		*out = waits.v[waits.n - 1];
	vec_release(&waits);
	return open;
}

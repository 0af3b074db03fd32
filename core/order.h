/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ORDER_H
#define DEED_CORE_ORDER_H

#include "core/stream.h"

/*
 * An order as its entries tell it: nothing of this is stored.  Entries are
 * replayed by (happened, stream position), after corrections have replaced
 * keys of their targets; voided entries do not count.
 *
 * An order borrows its stream: append, and replay anew.
 */

/* An entry as it counts now. */
struct fact {
	struct entry *entry;
	const struct node *content; /* NULL: withheld, or forged */
	char *label;      /* "d2", "d2~4b1c" if two bear it; or NULL */
	int64_t happened; /* of a withheld entry: recorded */
	bool date_only;   /* happened is the start of that day */
	bool voided;
	bool
	    is_signed; /* by somebody whom the reader knows: see countersign.h */
	bool forged;   /* its content is not the one it was made with */
	bool corrected;
	bool erased;      /* on purpose, as a correction says */
	bool recapped;    /* order_is_recapped() finds it out */
	struct node *own; /* content, if corrected; owned */
	/* Of a delivery: the one before of equal content, which counts. */
	const struct fact *first;
};

enum order_state {
	ORDER_OPEN,
	ORDER_DELIVERED,
	ORDER_SUBMITTED,
	ORDER_REVISION,
	ORDER_ACCEPTED,
	ORDER_EXPOSED,
	ORDER_DISPUTED,
	ORDER_CANCELLED,
	ORDER_CLOSED,
};

struct order {
	const char *id; /* borrowed, like stream */
	struct stream *stream;
	struct fact *v; /* in stream order */
	size_t n;
	size_t *replay;            /* positions in v, in replay order */
	const struct fact **by_id; /* sorted; made when it is first asked for */
	bool recaps_found;         /* as well */
	struct node *terms;        /* what is agreed, all changes applied */
	enum order_state state;
	const char *native_state;   /* the platform's word, or NULL */
	const struct fact *pending; /* an unanswered cancellation request */
	bool opened_twice;
	bool conflict;
};

/*
 * An entry whose content was changed tells nothing, as if it were withheld;
 * the others stand.  A content that is no document is an error all the same.
 */
struct err *order_replay(
    struct order **out, struct stream *stream, const char *id) MUST_CHECK;
/*
 * The same without the contents of what was only told, unless they have been
 * parsed: they look withheld.  Terms, state and labels are right, for a tenth
 * of the time.
 */
struct err *order_outline(
    struct order **out, struct stream *stream, const char *id) MUST_CHECK;
void order_free(struct order *o);

bool fact_is(const struct fact *f, const char *kind);

extern const char *const order_states[]; /* their names; ends in NULL */
const char *order_state_name(enum order_state state);
/* Cancelled or closed: nothing is waited for any more. */
bool order_is_over(const struct order *o);

/*
 * The entry somebody means: "@", "@~2", a label, a prefix of 4 or more hex
 * digits of an id, each perhaps with ":LINE" (*line is 0 without).
 * ERR_NOT_FOUND; ERR_INVALID names the candidates of an ambiguous one.
 */
struct err *order_resolve(const struct fact **out, unsigned *line,
    const struct order *o, const char *text) MUST_CHECK;
const struct fact *order_fact(const struct order *o, const char *id);
/*
 * The first entry that holds a file of the ledger: an archive, attachment or
 * term, by its path there, the end of that, or its digest; NULL if none does.
 */
const struct fact *order_holder(const struct order *o, const char *file);

/*
 * The next fact of a kind that counts, in replay order, NULL at the end; what
 * delivers the same once more does not count:
 *
 *	for (size_t at = 0; (f = order_next(o, "delivery", &at)) != NULL;)
 */
const struct fact *order_next(
    const struct order *o, const char *kind, size_t *at);
/* The one that was recorded last, or NULL. */
const struct fact *order_last(const struct order *o, const char *kind);
size_t order_count(const struct order *o, const char *kind);

/*
 * Does what was delivered bear these digests?  By its archive, or by content,
 * links and modes, and commit; each may be NULL.
 */
bool order_is_delivery_of(const struct node *delivery, const char *sha256,
    const char *content, const char *links, const char *commit);

/* "d3": the label the next entry of this kind gets; yours. */
char *order_next_label(const struct order *o, const struct kind *kind);

/* The shortest prefix of an id, 8 digits or more, that is unambiguous. */
size_t order_short_len(const struct order *o, const char *id);
char *order_short(const struct order *o, const struct fact *fact); /* yours */

/*
 * What must be delivered: {label, text, entry, delivered, accepted} in order;
 * delivered and accepted are labels of deliveries, null if there is none.
 * Yours.
 */
struct node *order_requirements(const struct order *o);
/* One of these by its label; ERR_INVALID names both that bear it. */
struct err *order_requirement(const struct node **out, const struct node *all,
    const char *label) MUST_CHECK;
/*
 * Does the delivery cover one of these?  A label that two bear since a merge
 * means the one that was there when the delivery named it.
 */
bool order_covers(const struct order *o, const struct fact *delivery,
    const struct node *requirement);

/* How many formal revisions were asked for: what a quota counts. */
int64_t order_revisions_used(const struct order *o);

/* Is this a talk outside the order's platform? */
bool order_is_off_platform(const struct order *o, const struct fact *fact);
/* Has a recap of it been posted? */
bool order_is_recapped(const struct order *o, const struct fact *fact);

/* Who vouches: "platform", "counterpart", "signed" or "self". */
const char *order_grade(const struct order *o, const struct fact *fact);
/* Where the judge finds it himself; yours, NULL unless "platform". */
char *order_look_up(const struct order *o, const struct fact *fact);

/*
 * Put a value, taken over, under a key whose dots reach into maps and, with
 * numbers from 0, into lists.
 */
void order_put(struct node *map, const char *key, struct node *value);

/* The object that show and log print; yours. */
struct node *order_fact_node(const struct order *o, const struct fact *fact);

/*
 * The time under a key; a date alone begins in the zone its entry names.
 * False if there is none, or it is not a time.
 */
bool order_time(struct when *out, const struct node *content, const char *key);
/* The same of a text, NULL included, and the zone beside it ("+01:00"). */
bool order_time_text(struct when *out, const char *text, const char *zone);

/*
 * What the words of a platform's states stand for.  Without it only those that
 * many use are understood: completed, cancelled, delivered, in_revision.
 */
struct order_words {
	bool (*state)(enum order_state *out, const char *native, const void *p);
	const void *p;
};
/* Replay once more with these words; facts stay where they are. */
void order_understand(struct order *o, const struct order_words *words);

/* Platforms deed knows by name; a fact of another is never "platform". */
bool order_knows_platform(const char *platform);
/* What it calls "Fiverr" and "Freelancer.com"; another name as it is. */
const char *order_platform(const char *typed);
/* The one that a name which is none of them may stand for, or NULL. */
const char *order_near_platform(const char *typed);

#endif

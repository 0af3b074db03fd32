/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_RULE_H
#define DEED_CORE_RULE_H

#include "core/kind.h"
#include "core/layers.h"

/*
 * What a profile says about time, made ready to be held against entries:
 * which entries are which event, and which events start and end a clock.
 * deed-platform(5) is the description.  Pointers lead into the profile's
 * files and live as long as they.
 */

/* An entry of this kind whose keys are so. */
struct match {
	const struct kind *kind;
	const struct node *is, *isnt;   /* maps: key, value or list of values */
	const struct node *has, *lacks; /* lists of keys */
};

struct event {
	const char *name;
	struct match *v; /* any of them */
	size_t n;
};

enum rule_who { RULE_SELLER, RULE_BUYER, RULE_BOTH, RULE_PLATFORM };

enum step_unit { STEP_HOURS, STEP_DAYS, STEP_BUSINESS_DAYS, STEP_MONTHS };
struct step {
	enum step_unit unit;
	int count;
};

/* Where the time of a reading starts. */
enum reading_from {
	READING_ENTRY, /* when the event happened */
	READING_ORDER, /* when the order was opened */
	READING_DUE,   /* when the work is due */
	READING_LATER, /* the later of event and due */
};

/* One reading of a rule; where sources disagree there are several. */
struct rule_reading {
	enum reading_from from;
	struct step steps[2]; /* one after the other */
	size_t n_steps;
	int weekday; /* 1 Monday to 7: the first such day ...; 0: none */
	int minute;  /* ... at this minute */
	bool local;  /* days are those of the user's zone, not of UTC */
	bool endless;
	const char *as_of; /* NULL: the date itself stands in an entry */
	const char *confidence;
	const char *note; /* or NULL */
	const struct node *source;
};

struct rule {
	const char *name;
	enum rule_who who;
	const char *if_missed;
	const struct node *contracts; /* NULL: of every kind */
	const struct node *act;       /* commands for who must act; or NULL */
	const struct node *record;    /* commands once it ran out; or NULL */
	VEC(const struct event *) when;
	VEC(const struct event *) until;
	VEC(struct rule_reading) readings;
	bool given;    /* the event's own due, if it has one, is the date */
	bool exposure; /* money or work can still be taken back */
	bool owed;     /* it runs only while something is not paid */
	const char *override; /* the user's file it comes from, or NULL */
};

struct rules {
	VEC(struct event) events;
	VEC(struct rule) v;
};

/*
 * Read the sections events and clocks.  Events of common (may be NULL) can be
 * named too.  ERR_INVALID names file and line.
 */
struct err *rules_read(struct rules *out, const struct layers *layers,
    const struct rules *common) MUST_CHECK;
void rules_release(struct rules *r);

/* Does it hold for this kind of contract?  One that is not known may be any. */
bool rule_is_for(const struct rule *rule, const char *contract);

/* Is an entry of this kind and content one of the event's? */
bool event_is(const struct event *ev, const struct kind *kind,
    const struct node *content);

/*
 * Could it be, going by the bytes of the content alone?  Only a yes may be
 * wrong.
 */
bool event_may_be(const struct event *ev, const struct kind *kind,
    const char *text, size_t len);

/* "seller", "buyer", "both", "platform" */
const char *rule_who_name(enum rule_who who);

/* The words a file may use, for its shape; each list ends in NULL. */
extern const char *const rule_whos[],
    *const rule_units[], *const rule_froms[], *const rule_weekdays[];

#endif

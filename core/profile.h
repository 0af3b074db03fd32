/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PROFILE_H
#define DEED_CORE_PROFILE_H

#include "core/env.h"
#include "core/rule.h"

/*
 * What is known of a platform: its states, numbers, limits and clocks, each
 * with source and date.  It is data: share/platforms/NAME.yaml, of which the
 * user's and the ledger's own files of that name override parts, as
 * deed-platform(5) has it.
 */

#define PROFILE_FORMAT 1

struct profile {
	char *name;
	const char *title; /* "Fiverr" */
	bool look_up;      /* a judge finds an order there himself */
	struct layers layers;
	struct rules rules;
	VEC(const struct profile *) with; /* whose clocks run beside */
};

/* Those that were asked for, each read once. */
struct profiles;

/* ledger is its folder, or NULL; env is borrowed. */
struct profiles *profiles_new(const struct env *env, const char *ledger);
void profiles_free(struct profiles *ps);

/*
 * A profile by its name; *out is NULL if there is no file of that name.
 * Borrowed.  ERR_SYNTAX, ERR_INVALID and ERR_UNSUPPORTED name file and line.
 */
struct err *profiles_get(const struct profile **out, struct profiles *ps,
    const char *name) MUST_CHECK;

/* The rules that hold everywhere, and whose events every profile may use. */
#define PROFILE_ANY "any"

/*
 * A number, text or list by its key ("fee.seller"), as
 * {value, unit, note, source, as_of, confidence}; NULL if it is not known.
 */
const struct node *profile_value(const struct profile *p, const char *key);
/* Its whole number, or otherwise. */
int64_t profile_number(
    const struct profile *p, const char *key, int64_t otherwise);

/* The user's file a named item of a section comes from; NULL: deed's own. */
const char *profile_override(
    const struct profile *p, const char *section, const char *name);

/* What the source of an item refers to: titles, and addresses; yours. */
char *profile_source(
    const struct profile *p, const struct node *source, bool urls);
/* The same of a value by its key; that it is the user's own is said. */
char *profile_value_source(const struct profile *p, const char *key);

/*
 * What is said, and behind it as of when and by whom, where a value of this
 * key (may be NULL) of the profile (may be NULL) bears it out; and that the
 * value is the user's own, if it is.  Yours.
 */
char *profile_dated(const struct profile *p, const char *key, const char *said);

/* A state of the platform or of one beside it, {shown, phase}, or NULL. */
const struct node *profile_state(const struct profile *p, const char *native);
/* The state an order in this phase has there, or NULL. */
const char *profile_native(const struct profile *p, const char *phase);

/*
 * Could an entry of this kind, by the bytes of its content, be an event of the
 * profile (may be NULL), of those beside it, or of those everywhere?  Only a
 * yes may be wrong.
 */
bool profiles_may_hear(const struct profiles *ps, const struct profile *p,
    const struct kind *kind, const char *text, size_t len);

/* What tells these profiles from others, as a line of text. */
void profiles_stamp(struct buf *out, const struct profiles *ps);

/* Was this, a date as in a profile, more than a year ago? */
bool profile_is_stale(const char *as_of, int64_t now);

#endif

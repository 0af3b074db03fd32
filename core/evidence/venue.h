/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_VENUE_H
#define DEED_CORE_EVIDENCE_VENUE_H

#include "core/profile.h"

/*
 * Who decides, and what he takes.  The numbers are values of the venue's
 * profile, deed-platform(5), each with source and date; users override them
 * there.  A limit that is not known is VENUE_NO_LIMIT.
 */

#define VENUE_NO_LIMIT INT64_MAX
#define VENUE_ANY "generic"

/* What of a delivery goes into the package. */
enum venue_deliveries {
	VENUE_BYTES,   /* the archive, and the list of its files */
	VENUE_FILES,   /* the list of its files */
	VENUE_DIGESTS, /* one list of all archives and their digests */
};

struct venue {
	const char *name;  /* "stripe" */
	const char *title; /* "Card through Stripe" */
	const struct profile *profile;
	enum venue_deliveries deliveries;
	bool once;          /* one submission, and no second */
	bool has_fields;    /* a form with fields, one file for each */
	int64_t text_max;   /* characters, or words, of the statement */
	bool in_words;      /* text_max counts words */
	int64_t field_max;  /* characters of a field */
	int64_t fields_max; /* characters of all fields */
	int64_t file_max;   /* bytes of one file */
	int64_t files_max;  /* bytes of all files of a form */
	int64_t pages_max;
	int64_t package_max; /* bytes of the ZIP, where it is what is sent */
	const struct node *types; /* kinds of files that are taken; or NULL */
};

/*
 * A venue by its name, borrowing from profiles.  ERR_UNSUPPORTED names the
 * choices; ERR_INVALID if the user's own profile says what cannot be.
 */
struct err *venue_get(
    struct venue *out, struct profiles *profiles, const char *name) MUST_CHECK;

/* The i-th name, NULL past the end. */
const char *venue_name(size_t i);

/* How much of text_max a text takes: characters, or words. */
int64_t venue_measure(const struct venue *v, const char *text);

/*
 * The limits that are known, as {name, value, unit, as_of, source,
 * confidence}; yours.
 */
struct node *venue_limits(const struct venue *v);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SHELF_H
#define DEED_CORE_INTAKE_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/err.h"

/*
 * Where messages wait until all of them came, in files: an export may have
 * gigabytes.  Then they are taken in order:
 *
 *	for (size_t i = 0; i < shelf_count(s); i++)
 *		shelf_record(s, i, &r), shelf_texts(s, r, &json, &text)
 */

/* Messages that can be sorted; more is ERR_LIMIT. */
#define SHELF_SORT_MAX 1000000

/* What is known of a message. */
struct shelved {
	int64_t key; /* what it is sorted by */
	int64_t first, last;
	uint64_t at; /* of its texts on the shelf */
	size_t nth;  /* call of sink_add() */
	uint32_t json_len, text_len;
	uint32_t channel; /* where they are told apart */
	uint32_t author;
	uint16_t present, missing; /* attachments */
	uint8_t kind;              /* as the export has it */
	uint8_t resolved;          /* as it is shown */
	uint8_t unit;
	bool system, dated;
	bool unnamed; /* is its conversation */
};

struct shelf;

/* In a folder. */
struct err *shelf_new(struct shelf **out, const char *dir) MUST_CHECK;
void shelf_free(struct shelf *s); /* NULL is fine */

/* r->at becomes what shelf_texts() finds them by. */
struct err *shelf_put(struct shelf *s, struct shelved *r,
    const struct buf *json, const struct buf *text) MUST_CHECK;

/*
 * No more will come: the last is the first, if they are turned; and where they
 * do not stand in the order of their times, they are sorted, if that is asked
 * for.  What has no time stays behind what it followed, and equal ones stay as
 * they are.
 */
struct err *shelf_close(struct shelf *s, bool turn, bool sort) MUST_CHECK;

size_t shelf_count(const struct shelf *s);
/* The i-th of them, good until the next call. */
struct err *shelf_record(
    struct shelf *s, size_t i, const struct shelved **out) MUST_CHECK;
/* Its texts, good until the next call. */
struct err *shelf_texts(struct shelf *s, const struct shelved *r,
    const char **json, const char **text) MUST_CHECK;

#endif

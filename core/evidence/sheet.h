/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_SHEET_H
#define DEED_CORE_EVIDENCE_SHEET_H

#include "core/evidence/dossier.h"
#include "core/evidence/telling.h"

/*
 * A page of HTML under way, and what all its sections need: text of strangers
 * goes through sheet_text() and its kin, never through sheet_put().
 */

struct thumbs;

struct sheet {
	struct buf *out;
	const struct dossier *d;
	const struct thumbs *thumbs; /* NULL: there are none */
};

/* Markup of our own; %s is not escaped. */
#define sheet_put(P, ...) buf_addf((P)->out, __VA_ARGS__)

void sheet_text(const struct sheet *p, const char *text);
/* The same, for text that is ours to free. */
void sheet_owned(const struct sheet *p, char *text);
/* The same with marks, as telling_told() sets them. */
void sheet_told(const struct sheet *p, char *text);
/* Markup, and behind it a value in a <bdi>; nothing if there is no value. */
void sheet_value(const struct sheet *p, const char *before, const char *value);
/* A <time>; shown is taken over. */
void sheet_time(const struct sheet *p, int64_t time, char *shown);

void sheet_open(const struct sheet *p, const char *id, const char *title);
void sheet_close(const struct sheet *p);
/* The name of an order above its part, where there are several. */
void sheet_order(const struct sheet *p, const struct dossier_order *o);

const struct telling_grade *sheet_find_grade(const char *name);
void sheet_grade(const struct sheet *p, const char *name);
/* A link to an entry in the timeline: its label and its day. */
void sheet_link(const struct sheet *p, const struct fact *f);

#endif

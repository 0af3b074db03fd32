/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_WHATSAPP_WORDS_H
#define DEED_CORE_INTAKE_WHATSAPP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/intake/whatsapp_phrases.h"

/*
 * What WhatsApp itself writes into an export, in the languages it is known in:
 * instead of pictures, deleted messages, calls and the like.
 */

struct words;

struct words *words_new(void);
void words_free(struct words *w);

/* A whole text, without marks of direction and a final full stop. */
enum word words_find(const struct words *w, const char *p, size_t len);
const char *word_name(enum word word); /* "image", ... */

/* Does it say that somebody else took the message back, whom it names? */
bool words_removed(const char *p, size_t len);
/* Does it end like a file that is in the export: "F (file attached)"? */
bool words_attached(const char *p, size_t len, size_t *name_len);
/* The length of "<This message was edited>" and its like at the end, or 0. */
size_t words_edited(const char *p, size_t len);
/* Is it about encryption, members, names of a group? */
bool words_notice(const char *p, size_t len);
/* Is it a place: "location: https://..."? */
bool words_location(const char *p, size_t len);

/*
 * "AM", "p. m.", "下午" and their like at p: bytes used, or 0.  *half is 1 for
 * the first half of the day, 2 for the second, 3 for "nachts", which is in
 * the first half but for its last hour, 4 for noon.
 */
size_t words_half_day(const char *p, int *half);

/* Where the name of the chat begins in the name of an export. */
size_t words_title(const char *stem);

#endif

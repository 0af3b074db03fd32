/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_PEOPLE_H
#define DEED_CORE_INTAKE_PEOPLE_H

#include "core/intake/message.h"

/* Names by id, as an export lists its users, members or conversations. */
struct people;

struct people *people_new(void);
void people_free(struct people *p); /* NULL is fine */

/* Absent or empty names and ids are passed over; the first of an id counts. */
void people_add(struct people *p, struct span id, struct span name);
/* The name of an id, borrowed; NULL if there is none. */
const char *people_find(const struct people *p, struct span id);
/* The same, or the id itself. */
struct span people_name(const struct people *p, struct span id);

#endif

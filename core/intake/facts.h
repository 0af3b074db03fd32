/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_FACTS_H
#define DEED_CORE_INTAKE_FACTS_H

#include "core/intake/scribe.h"
#include "core/intake/stamp.h"
#include "core/util/node.h"
#include "core/util/vec.h"

struct shelved; /* core/intake/shelf.h */

/* What came of reading an export. */
struct intake_facts {
	size_t messages, system, skipped, left_out;
	size_t units, continued;
	size_t present, missing; /* attachments */
	char *title;             /* may be NULL */
	enum stamp_kind kind;    /* STAMP_NONE: no message has a time */
	bool mixed;              /* of several kinds; kind is the first */
	struct stamp first, last;
	struct strs authors;
	struct strs warnings;
	struct node *attachments; /* {name, sha256, size} or {name, missing} */
	struct scribe_sums sums;
};

void intake_facts_release(struct intake_facts *f);

/* A message that has a time is one of them: its kind, the first, the last. */
void facts_note_time(struct intake_facts *f, const struct shelved *r);

/* What stands above the messages in transcript.txt; yours. */
char *facts_heading(const struct intake_facts *f, const char *title);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_BAGCHECK_PARTS_H
#define DEED_CORE_EVIDENCE_BAGCHECK_PARTS_H

#include "core/evidence/bagcheck.h"

/* What the halves of core/evidence/bagcheck.h share. */

/* bagcheck.version of BagIt 1.0, and of the last draft before it */
#define BAGCHECK_V1_0 100
#define BAGCHECK_V0_97 97

extern const char *const bagcheck_others[BAGCHECK_OTHERS];

/* A bag being checked. */
struct bagcheck_work {
	struct bagcheck *b;
	struct node *checks;
	char encoding[32]; /* of its tag files */
	size_t failed;     /* in the check that is being made */
	size_t held;       /* bytes of tag files */
};

void bagcheck_fail(struct bagcheck_work *c, const char *name,
    const char *subject, const char *detail);
/* Valid, but a reader may stumble over it. */
void bagcheck_warn(struct bagcheck_work *c, const char *name,
    const char *subject, const char *detail);
/* Unless something failed since the last.  detail is taken over. */
void bagcheck_pass(struct bagcheck_work *c, const char *name,
    const char *subject, char *detail);
/* The lines of a tag file, whatever ends them; false if they are no text. */
bool bagcheck_lines(
    struct strs *out, const struct bagcheck_work *c, const struct buf *text);

/* core/evidence/bagcheck_lists.c: manifests, tag manifests and fetch.txt. */
void bagcheck_payload(struct bagcheck_work *c);
void bagcheck_tags(struct bagcheck_work *c);
void bagcheck_fetch(struct bagcheck_work *c);

#endif

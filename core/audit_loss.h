/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_AUDIT_LOSS_H
#define DEED_CORE_AUDIT_LOSS_H

#include "core/ext/repo.h"

/*
 * What orders lost from one commit to another that should hold all of it.  An
 * entry without its content is there, and the content is not, unless it was
 * erased on purpose.
 */
struct audit_loss {
	size_t entries, contents;
	bool removed; /* the order itself is gone */
};

bool audit_loss_any(const struct audit_loss *loss);

/*
 * Of one order, at this path in old, wherever it is in new.  What cannot be
 * parsed is an error, ERR_SYNTAX and its like; ERR_SYSTEM where git fails.
 */
struct err *audit_loss_order(struct audit_loss *out, struct repo *r,
    const char *old, const char *new, const char *path) MUST_CHECK;

/*
 * An order that was at path, in whatever month a commit has it: a merge may
 * have moved it.  Empty if it is nowhere.
 */
struct err *audit_loss_read(struct buf *out, struct repo *r, const char *commit,
    const char *path) MUST_CHECK;

/*
 * Of all orders, in sum: nothing if history only went on.  What cannot be read
 * counts as one entry, an order that is gone, too.
 */
struct err *audit_loss_commit(struct audit_loss *out, struct repo *r,
    const char *old, const char *new) MUST_CHECK;

#endif

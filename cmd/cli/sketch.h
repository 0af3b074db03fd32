/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_SKETCH_H
#define DEED_CMD_CLI_SKETCH_H

#include "cmd/cli/terms.h"
#include "core/adoption.h"

/* An order as it would be if it were recorded, to say what it would lack. */

struct sketch {
	const char *id;
	const struct terms_args *terms;
	const struct adoption *adoption;
	const char *covers; /* of the last delivery; or NULL */
	bool submitted;     /* each delivery */
};

/*
 * Append what check finds before a dispute, as far as it can be told without a
 * record: nothing of files, copies and stamps.
 */
struct err *sketch_gaps(struct node *findings, struct ctx *ctx,
    const struct sketch *sketch) MUST_CHECK;

#endif

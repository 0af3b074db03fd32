/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_BUILDLOG_H
#define DEED_CMD_CLI_BUILDLOG_H

#include "cmd/cli/command.h"
#include "core/ci.h"

/*
 * What deliver tells the host of a build: outputs for later steps, a summary
 * for people, and findings as annotations.  Nothing of the order but its id
 * and label goes there: many can read a build's log who should not read a
 * contract.
 *
 * result is the object that deliver prints.
 */
struct err *buildlog_write(
    struct ctx *ctx, const struct ci *ci, const struct node *result) MUST_CHECK;

/* Findings that stopped it are told as well. */
struct err *buildlog_write_refusal(struct ctx *ctx, const struct ci *ci,
    const struct node *findings) MUST_CHECK;

#endif

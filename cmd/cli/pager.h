/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_PAGER_H
#define DEED_CMD_CLI_PAGER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Show a text in the pager that git uses here, if it is longer than the
 * terminal is high.  False if it was not shown and is still to be written.
 */
bool pager_show(const char *text, size_t len);

#endif

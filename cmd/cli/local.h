/* SPDX-License-Identifier: ISC */
#ifndef DEED_CMD_CLI_LOCAL_H
#define DEED_CMD_CLI_LOCAL_H

/*
 * Money as the user's locale writes it (LC_MONETARY), for the screen alone:
 * what programs read, what is pasted and what is recorded stays as it is.
 */

/* From now on; before, and for JSON and fields, amounts are as recorded. */
void local_begin(void);

/* A text in which each amount, "1250.00 USD", is "1,250.00 USD"; yours. */
char *local_money(const char *text);

#endif

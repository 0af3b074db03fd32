/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_SECRET_H
#define DEED_CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Things that do not belong in a delivery: private keys, access tokens, files
 * of settings with passwords.  Known by their shape, so this finds what was
 * forgotten, not what was hidden.
 */

struct secrets; /* the shapes, made ready to search for; shared by threads */

struct secrets *secrets_new(void);
void secrets_free(struct secrets *s);

/* "a private key", "a GitHub token", ... (static), or NULL. */
const char *secrets_find(const struct secrets *s, const void *p, size_t len);

/* "password: hunter2", "pwd=..."; "the password" alone tells none. */
bool secret_is_told(const char *text);

/* Is this the name of a file that holds secrets: ".env" and its like? */
bool secret_name(const char *path);

#endif

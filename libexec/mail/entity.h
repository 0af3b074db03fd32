/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_ENTITY_H
#define DEED_LIBEXEC_MAIL_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* The character HTML calls by this name ("euro", without & and ;), or 0. */
uint32_t entity_find(const char *name, size_t len);

#endif

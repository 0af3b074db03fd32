/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_MEM_H
#define DEED_CORE_UTIL_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "core/util/attr.h"

/*
 * Memory.  Running out of it ends the program with exit status 2: every write
 * to a ledger is atomic, so a process may die at any instruction.  Sizes that
 * come from outside are held against a limit before they get here.
 */

void *mem_alloc(size_t size);          /* not cleared */
void *mem_zero(size_t n, size_t size); /* cleared; checks n * size */
void *mem_grow(void *p, size_t n, size_t size);
char *mem_dup(const char *s);              /* NULL stays NULL */
char *mem_ndup(const void *p, size_t len); /* adds a NUL */
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);
char *mem_vprintf(const char *fmt, va_list ap) PRINTF(1, 0);

#endif

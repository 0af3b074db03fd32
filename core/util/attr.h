/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_ATTR_H
#define DEED_CORE_UTIL_ATTR_H

/* What the compiler checks for us: ignored results, format strings. */
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif

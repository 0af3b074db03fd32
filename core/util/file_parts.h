/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_FILE_PARTS_H
#define DEED_CORE_UTIL_FILE_PARTS_H

#include "core/util/file.h"

/* What the files file*.c share; for no other file. */

#define IO_CHUNK (64 * 1024)

/* From errno: ERR_NOT_FOUND for what is not there. */
struct err *file_cannot(const char *verb, const char *path) MUST_CHECK;

#endif

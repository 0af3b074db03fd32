/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_UTIL_PATH_H
#define DEED_CORE_UTIL_PATH_H

#include <stdbool.h>

#include "core/util/err.h"

/* Paths as text: nothing here looks at a file system. */

char *path_join(const char *dir, const char *name); /* yours; name may be
                                                       absolute */
const char *path_base(const char *path);            /* last component */
char *path_parent(const char *path);                /* yours; "." if none */
char *path_clean(const char *path); /* yours; "a/./b//c" is "a/b/c", ".."
                                       is resolved as text */

/* Is it root, or below it?  Everything relative is below "". */
bool path_is_below(const char *path, const char *root);

/*
 * The name of a member of an archive, chosen by a stranger: relative, no
 * empty, "." or ".." component, no control characters, valid UTF-8, at most
 * PATH_NAME_MAX bytes.  what is the thing to name in the error.
 */
#define PATH_NAME_MAX 4096
struct err *path_vet(const char *name, const char *what) MUST_CHECK;

#endif

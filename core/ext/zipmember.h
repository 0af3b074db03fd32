/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_ZIPMEMBER_H
#define DEED_CORE_EXT_ZIPMEMBER_H

#include "core/util/zipdir.h"

/*
 * One member of a ZIP, read by zlib alone: for those that libarchive takes for
 * folders.  Checked against size and CRC-32 at its end.
 */
struct zipmember;

/* fd and m are borrowed, path for messages.  ERR_UNSUPPORTED, ERR_INVALID. */
struct err *zipmember_open(struct zipmember **out, int fd,
    const struct zipdir_member *m, const char *path) MUST_CHECK;
/* At most room bytes; *len is 0 at the end. */
struct err *zipmember_read(
    struct zipmember *z, void *p, size_t room, size_t *len) MUST_CHECK;
void zipmember_close(struct zipmember *z);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EXT_LIBARCHIVE_H
#define DEED_CORE_EXT_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "core/util/err.h"

/*
 * libarchive, loaded when an archive is to be read: linked, it and what it
 * brings along, ICU among it, are half of the time every command takes to
 * start.
 */

/* clang-format off */
#define LIBARCHIVE(X) \
	X(archive_errno) X(archive_error_string) X(archive_format) \
	X(archive_read_new) X(archive_read_append_filter) \
	X(archive_read_support_format_7zip) \
	X(archive_read_support_format_tar) \
	X(archive_read_support_format_zip_seekable) \
	X(archive_read_open_fd) X(archive_read_next_header) \
	X(archive_read_data) X(archive_read_free) \
	X(archive_entry_filetype) X(archive_entry_hardlink) \
	X(archive_entry_is_encrypted) X(archive_entry_pathname) \
	X(archive_entry_pathname_utf8) X(archive_entry_perm) \
	X(archive_entry_size) X(archive_entry_size_is_set) \
	X(archive_entry_symlink)
/* clang-format on */

/* Its functions, by their names. */
#define LIBARCHIVE_MEMBER(NAME) __typeof__(&NAME) NAME;
struct libarchive {
	LIBARCHIVE(LIBARCHIVE_MEMBER)
};

/* The one there is, for all threads.  ERR_SYSTEM if it is not there. */
struct err *libarchive_load(const struct libarchive **out) MUST_CHECK;

#endif

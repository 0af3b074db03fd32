/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_REPORT_PICTURE_H
#define DEED_LIBEXEC_REPORT_PICTURE_H

#include <cairo.h>

/*
 * A picture somebody sent: PNG, JPEG, GIF or WebP.  It is decoded and made
 * anew, so nothing of its file but the picture gets into the document.
 */

#define PICTURE_PIXELS 60000000 /* what is larger is not opened */

/*
 * A surface for at most so many pixels across and down; NULL if it cannot be
 * read.  The caller destroys it.
 */
cairo_surface_t *picture_open(const char *path, int width, int height);

/*
 * The same as a JPEG in Base64, for g_free(); NULL if it cannot be read.
 * *width and *height are what it has.
 */
char *picture_small(const char *path, int size, int *width, int *height);

#endif

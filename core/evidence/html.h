/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_HTML_H
#define DEED_CORE_EVIDENCE_HTML_H

#include "core/util/buf.h"

/*
 * Text of strangers in HTML: nothing in it is markup, and nothing in it
 * changes the direction or the look of what stands around it.  Control
 * characters and the marks that turn text around are shown, not obeyed; bytes
 * that are not UTF-8 become U+FFFD.
 */

/* Inside an element or a quoted attribute. */
void html_text(struct buf *out, const char *text);
/* What telling_told() made: each value in a <bdi>. */
void html_told(struct buf *out, const char *text);
/* The same in a <bdi>: for a value within a sentence. */
void html_bdi(struct buf *out, const char *text);
/* A relative path as the value of href. */
void html_href(struct buf *out, const char *path);

/*
 * "sha256-..." of an inline style or script, as a content security policy
 * names it.
 */
void html_csp_hash(struct buf *out, const char *text);

#endif

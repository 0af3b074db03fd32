/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_TAGLIST_H
#define DEED_LIBEXEC_MAIL_TAGLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * "v=1; a=rsa-sha256; ...": the lists of tags that DKIM signatures and key
 * records are written as (RFC 6376, 3.2).  Tags point into the text.
 */

#define TAGLIST_MAX 100

struct tag {
	const char *name;
	size_t name_len;
	const char *value; /* without the blanks around it */
	size_t len;
	const char *from, *to; /* the value with the blanks */
};

struct taglist {
	VEC(struct tag) tags;
};

/* NULL, or what is wrong with it (static).  Release it in any case. */
const char *taglist_parse(struct taglist *out, const char *p, size_t len);
void taglist_release(struct taglist *list);

const struct tag *taglist_find(const struct taglist *list, const char *name);
/* Is the value this, whatever the case? */
bool tag_is(const struct tag *tag, const char *value);
/* Is this one of the colon-separated words of the value, case-blind? */
bool tag_has(const struct tag *tag, const char *word);

/* The value without any blanks, into out. */
void tag_squeeze(struct buf *out, const struct tag *tag);
/* The value as a number of at most 18 digits. */
bool tag_number(int64_t *out, const struct tag *tag);
/* Base64, blanks anywhere; false if it is anything else. */
bool tag_base64(struct buf *out, const struct tag *tag);

#endif

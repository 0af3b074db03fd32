/* SPDX-License-Identifier: ISC */
#ifndef DEED_LIBEXEC_MAIL_MESSAGE_H
#define DEED_LIBEXEC_MAIL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util/vec.h"

/*
 * The bytes of one mail cut into header fields and body, and nothing decoded:
 * a signature is over bytes.  Lines may end in LF or CRLF; everything points
 * into the mail.
 */

#define MESSAGE_FIELDS_MAX 5000

struct field {
	const char *raw; /* the field with its line ends */
	size_t len;
	size_t name_len;   /* of its name, which begins raw */
	const char *value; /* behind the colon */
	size_t value_len;
};

struct message {
	const char *p; /* from the first field on */
	size_t len;
	VEC(struct field) fields;
	const char *body;
	size_t body_len;
	/* The first line of the header that is none, from 1; 0: there is none */
	unsigned bad_line;
	bool crowded; /* it has more than MESSAGE_FIELDS_MAX fields */
};

/*
 * Junk in front (a byte order mark, blank lines, the "From " line of an mbox)
 * is passed over.  A line that is no field ends the header, as an empty line
 * does.
 */
void message_parse(struct message *m, const char *p, size_t len);
void message_release(struct message *m);

bool field_is(const struct field *f, const char *name);
size_t message_count(const struct message *m, const char *name);
const struct field *message_field(const struct message *m, const char *name);

/* How long the byte order mark at p is: 0 if there is none. */
size_t message_bom(const char *p, size_t len);

/* The length of the line at p, its end included. */
size_t line_len(const char *p, size_t len);
/* The same without its LF or CRLF. */
size_t line_text(const char *p, size_t len);

#endif

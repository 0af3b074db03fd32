/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_SCRIBE_H
#define DEED_CORE_INTAKE_SCRIBE_H

#include "core/intake/input.h"

/*
 * Writing a transcript archive: a reproducible ZIP of
 *
 *	attachments/...   what the messages carry, as far as the export has it
 *	messages.jsonl    one message a line, with "seq" and a nonce of its own
 *	messages.sha256   the SHA-256 of each of those lines, without its LF
 *	source/...        what was imported, byte for byte
 *	transcript.txt    the messages for people
 *
 * Messages go through in their final order, once; nothing is held in memory.
 * They are packed as they come.
 */

struct scribe;

/* temp_dir holds the archive and what becomes part of it. */
struct err *scribe_new(struct scribe **out, const char *temp_dir) MUST_CHECK;
void scribe_free(struct scribe *s); /* NULL is fine */

/*
 * One message: its JSON object without the opening brace, ended by "}", and
 * the lines for people, each ended by LF.
 */
struct err *scribe_add(struct scribe *s, const char *json, size_t json_len,
    const char *text, size_t text_len) MUST_CHECK;
size_t scribe_count(const struct scribe *s);

struct scribe_sums {
	char *path; /* of the ZIP, complete and synced; yours */
	char archive[SHA256_HEX], messages[SHA256_HEX], lines[SHA256_HEX],
	    text[SHA256_HEX];
	int64_t size;  /* of the ZIP */
	int64_t files; /* in it */
};

/*
 * Put the archive together, once there was a message.  head is what stands
 * above the messages in transcript.txt; parts are those to keep as attachments,
 * sorted by name.  ERR_CONFLICT if the source changed since it was opened.
 */
struct err *scribe_finish(struct scribe_sums *out, struct scribe *s,
    const struct input *in, const struct part *const *parts, size_t n,
    const char *head) MUST_CHECK;

#endif

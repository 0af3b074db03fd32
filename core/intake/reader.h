/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_READER_H
#define DEED_CORE_INTAKE_READER_H

#include "core/intake/probe.h"
#include "core/intake/sink.h"

/*
 * Readers: one for each format, one file each, one table of them all.
 *
 * A format is told by its content.  detect() gives a score: 0 is "not mine",
 * 50 "could be", 100 "nothing else looks like this".  It is asked for each
 * part of the input, and for a folder or archive as a whole (probe.part NULL);
 * a reader that scores there takes all parts, others get the one they like, or
 * all of them, if that is how the format works.
 */

enum date_order { DATE_UNKNOWN, DATE_DMY, DATE_MDY, DATE_YMD };

struct reading {
	const struct reader *reader;
	const struct input *input;
	const struct part *main; /* NULL: the input as a whole */
	struct sink *sink;
	enum date_order date_order; /* as somebody says */
};

enum reader_flag {
	READER_FORGEABLE = 1, /* a pasted line can pass for a message */
	READER_TOGETHER = 2,  /* several parts of this form are one export */
	READER_CARRIES = 4,   /* files that people sent lie beside it */
};

struct reader {
	const char *name;    /* of --format, and in records */
	const char *title;   /* "WhatsApp chat" */
	const char *channel; /* of the entry; may be NULL */
	unsigned flags;
	enum sink_order order;
	int (*detect)(const struct probe *p);
	struct err *(*read)(struct reading *r);
	/*
	 * Of two parts that look alike, which is the export, and which came
	 * with it?  Below 0: a; 0 cannot tell.  May be NULL.
	 */
	int (*prefer)(
	    const struct input *in, const struct part *a, const struct part *b);
};

#define READER_SURE 100
#define READER_LIKELY 80
#define READER_MAYBE 50

extern const struct reader *const readers[]; /* ends in NULL */

const struct reader *reader_find(const char *name); /* or NULL */

struct choice {
	const struct reader *reader;
	const struct part *main;
};

/*
 * Which reader, for which part?  format is that of --format, or NULL.
 * ERR_UNSUPPORTED names the candidates if there are none or several.
 */
struct err *reader_choose(
    struct choice *out, const struct input *in, const char *format) MUST_CHECK;

/* Read it all, into a transcript archive. */
struct err *reader_run(struct intake_facts *out, const struct choice *choice,
    const struct input *in, const struct sink_options *options,
    enum date_order date_order) MUST_CHECK;

/*
 * What readers share.
 */

/* "WhatsApp Chat with Anna.txt": the name without folders and ending; yours. */
char *reader_stem(const char *name);

#endif

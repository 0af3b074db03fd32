/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_DISCORD_H
#define DEED_CORE_INTAKE_DISCORD_H

#include "core/intake/dates.h"

/*
 * What the readers of DiscordChatExporter's CSV and text share: a file named
 * by its address, which is a path if the export holds it.
 */
struct attachment discord_file(struct reading *r, struct span url);

/* The form of a time, which is the same in a whole file. */
enum discord_form {
	DISCORD_NONE,
	DISCORD_WORDS, /* of some language, "13. 3. 2024. 15:58" */
	DISCORD_ISO,
	DISCORD_COUNT, /* since 1970 */
};

struct discord_date {
	enum discord_form form;
	struct date_time words; /* not yet understood */
	struct stamp at;        /* of the other forms */
};

/* Are these bytes, all of them, a date, with a time or without? */
bool discord_date(struct discord_date *out, const char *p, size_t len);
bool discord_stamp(
    struct stamp *out, const struct discord_date *d, enum date_order order);

#endif

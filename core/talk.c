/* SPDX-License-Identifier: ISC */
#include "core/talk.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/json.h"
#include "core/ext/unpack.h"
#include "core/util/path.h"

struct err *
talk_read(
    struct buf *out, const struct ledger *l, const struct fact *transcript)
{
	const char *path =
	    node_as_text(node_find(transcript->content, "archive.path"));
	struct unpack_limits known = { .known = true };
	char *full = path_join(l->dir, path != NULL ? path : ".");
	const struct unpack_entry *entry;
	struct unpack *u = NULL;
	const void *p;
	size_t len, start = out->len;
	struct err *e = unpack_open(&u, full, &known);

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL && strcmp(entry->name, "messages.jsonl") != 0)
		;
	while (e == NULL && entry != NULL && out->len - start < TALK_MAX &&
	    (e = unpack_read(u, &p, &len)) == NULL && len > 0)
		buf_add(out, p, len);
	unpack_close(u);
	free(full);
	return e;
}

struct node *
talk_next(const char **at, unsigned *line)
{
	const char *lf;

	while (*at != NULL && (lf = strchr(*at, '\n')) != NULL) {
		struct node *m = NULL;
		struct err *e = json_parse_message(
		    &m, *at, (size_t)(lf - *at), "messages.jsonl");

		*at = lf + 1;
		++*line;
		if (e == NULL)
			return m;
		err_drop(e);
	}
	return NULL;
}

bool
talk_time(int64_t *out, const struct node *message, const char *key)
{
	const char *text = node_text(message, key);
	struct when when;
	struct err *e;

	if (text == NULL)
		return false;
	e = date_parse(&when, text);
	*out = when.time;
	err_drop(e); /* a time nobody knows the zone of */
	return e == NULL;
}

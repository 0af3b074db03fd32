/* SPDX-License-Identifier: ISC */
#include "core/alone.h"

#include <stdlib.h>
#include <string.h>

#include "core/seen.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define TEXT_MAX (4u << 20)
#define PAUSE (7 * DATE_DAY)

/* Does a file below .git hold this? */
static bool
holds(const struct ledger *l, const char *name, const char *text)
{
	char *path = mem_printf("%s/.git/%s", l->dir, name);
	struct buf b = BUF_INIT;
	struct err *e = file_read(&b, path, TEXT_MAX);
	bool found = e == NULL && strstr(b.data, text) != NULL;

	err_drop(e); /* what is not there holds nothing */
	buf_release(&b);
	free(path);
	return found;
}

/* Is there a folder below .git with something in it? */
static bool
has_refs(const struct ledger *l, const char *name)
{
	char *path = mem_printf("%s/.git/%s", l->dir, name);
	char *packed = mem_printf(" %s", name);
	struct strs names = VEC_INIT;
	bool found;

	err_drop(file_list(&names, path)); /* absent is empty */
	found = names.n > 0 || holds(l, "packed-refs", packed);
	strs_release(&names);
	free(packed);
	free(path);
	return found;
}

enum alone
alone_is(const struct ledger *l)
{
	if (!holds(l, "config", "[remote \""))
		return ALONE_QUITE;
	return has_refs(l, "refs/remotes/") || has_refs(l, SEEN_REFS) ?
	    ALONE_NOT :
	    ALONE_UNPUSHED;
}

char *
alone_fix(const struct ledger *l, enum alone how)
{
	if (how == ALONE_UNPUSHED)
		return mem_dup("deed sync");
	return mem_printf(
	    "git -C '%s' remote add origin URL && deed sync", l->dir);
}

bool
alone_nags(const struct ledger *l, const struct env *env)
{
	char *path = path_join(l->own, "alone");
	char now[DATE_TEXT];
	struct buf text = BUF_INIT;
	struct when last = { 0 };
	struct err *e = file_read(&text, path, DATE_TEXT);
	bool first = e != NULL, nags = false;

	if (e == NULL)
		e = date_parse(&last, text.data);
	err_drop(e); /* then the week begins now */
	if (first || env->now - last.time >= PAUSE) {
		nags = !first && alone_is(l) != ALONE_NOT;
		date_format(now, env->now);
		/* without the note it is said again, or later */
		err_drop(file_replace(path, now, strlen(now), 0600));
	}
	buf_release(&text);
	free(path);
	return nags;
}

/* SPDX-License-Identifier: ISC */
#include "core/util/lines.h"

#include <string.h>

#include "core/util/file.h"

struct err *
lines_read(struct strs *out, const char *path, size_t max)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, max);
	char *p, *line;

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		e = NULL;
	}
	for (p = text.data; e == NULL && p != NULL && *p != '\0';)
		if ((line = strsep(&p, "\n")) != NULL && *line != '\0')
			strs_add(out, line);
	buf_release(&text);
	return e;
}

struct err *
lines_write(const char *path, const struct strs *lines)
{
	struct buf text = BUF_INIT;
	struct err *e;

	for (size_t i = 0; i < lines->n; i++)
		buf_addf(&text, "%s\n", lines->v[i]);
	e = file_replace(path, text.data, text.len, 0600);
	buf_release(&text);
	return e;
}

/* SPDX-License-Identifier: ISC */
#include "core/template.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/utf8.h"

#define TEMPLATE_MAX (256u << 10)

struct err *
template_read(struct buf *out, const struct env *env, const char *ledger,
    const char *name)
{
	char *paths[3] = { NULL };
	struct err *e = NULL;

	if (ledger != NULL)
		paths[0] = mem_printf("%s/templates/%s.txt", ledger, name);
	if (env->config_home != NULL)
		paths[1] = mem_printf(
		    "%s/deed/templates/%s.txt", env->config_home, name);
	paths[2] = mem_printf("%s/templates/%s.txt", env->share, name);
	for (size_t i = 0; i < 3; i++) {
		if (paths[i] == NULL || (i < 2 && !file_exists(paths[i])))
			continue;
		e = file_read(out, paths[i], TEMPLATE_MAX);
		if (e == NULL && !utf8_valid(out->data, out->len))
			e = err_new(ERR_SYNTAX, "%s: not UTF-8", paths[i]);
		break;
	}
	for (size_t i = 0; i < 3; i++)
		free(paths[i]);
	return e;
}

/* One line with its values; false if one is not known. */
static bool
fill_line(
    struct buf *out, const char *line, size_t len, const struct node *values)
{
	const char *end = line + len;

	while (line < end) {
		const char *close = *line == '{' ?
		    memchr(line, '}', (size_t)(end - line)) :
		    NULL;
		char *key;
		const char *value;

		if (close == NULL) {
			buf_addc(out, *line++);
			continue;
		}
		key = mem_ndup(line + 1, (size_t)(close - line - 1));
		value = node_text(values, key);
		free(key);
		if (value == NULL)
			return false;
		buf_adds(out, value);
		line = close + 1;
	}
	return true;
}

/* Does the line announce the next one, as "Not included:" does? */
static bool
is_heading(const struct buf *line)
{
	return line->len > 0 && line->data[line->len - 1] == ':';
}

void
template_fill(struct buf *out, const char *template, const struct node *values)
{
	bool blank = true;
	size_t before_heading = SIZE_MAX; /* where it began; none */

	while (*template != '\0') {
		size_t len = strcspn(template, "\n");
		struct buf line = BUF_INIT;
		bool known = fill_line(&line, template, len, values);

		if (!known && before_heading != SIZE_MAX)
			buf_cut(out, before_heading);
		before_heading = SIZE_MAX;
		if (known && (line.len > 0 || !blank)) {
			if (is_heading(&line))
				before_heading = out->len;
			buf_add(out, line.data, line.len);
			buf_addc(out, '\n');
			blank = line.len == 0;
		}
		buf_release(&line);
		template += len + (template[len] == '\n');
	}
	while (out->len > 1 && out->data[out->len - 2] == '\n')
		buf_cut(out, out->len - 1);
}

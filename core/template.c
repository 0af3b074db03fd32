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

/* Would a blank line be one too many? */
static bool
ends_blank(const struct buf *out)
{
	return out->len == 0 ||
	    (out->len > 1 && out->data[out->len - 2] == '\n');
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

		if (!known && before_heading != SIZE_MAX) {
			buf_cut(out, before_heading);
			blank = ends_blank(out);
		}
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

/*
 * To a length.
 */

#define VALUE_MIN 40 /* characters that are left of a value */
#define ROUNDS_MAX 200

/* The longest value, of which something can go; SIZE_MAX if none is left. */
static size_t
longest(const struct node *values)
{
	size_t most = VALUE_MIN, found = SIZE_MAX;

	for (size_t i = 0; i < node_count(values); i++) {
		size_t n = utf8_count(node_as_text(values->kids[i]));

		if (n > most) {
			most = n;
			found = i;
		}
	}
	return found;
}

/* "- and 3 more", as the last line of a list that was cut before. */
static size_t
cut_before(char *lines)
{
	char *last = strrchr(lines, '\n');
	size_t n = 0;

	if (last != NULL && strncmp(last + 1, "- and ", 6) == 0) {
		n = (size_t)strtoul(last + 7, NULL, 10);
		*last = '\0';
	}
	return n;
}

/* Without its last items; a single one is cut as a text is. */
static bool
cut_list(struct buf *out, const char *list, size_t by)
{
	char *lines = mem_dup(list), *last;
	size_t cut = cut_before(lines), gone = 0;

	while (gone < by && (last = strrchr(lines, '\n')) != NULL) {
		gone += utf8_count(last);
		*last = '\0';
		cut++;
	}
	if (cut > 0)
		buf_addf(out, "%s\n- and %zu more", lines, cut);
	free(lines);
	return gone > 0;
}

/* Without its last words. */
static void
cut_text(struct buf *out, const char *text, size_t by)
{
	size_t n = utf8_count(text), used;
	size_t keep = n > by + VALUE_MIN ? n - by - VALUE_MIN / 4 : VALUE_MIN;
	const char *p = text, *word = NULL;

	for (size_t i = 0; i < keep && *p != '\0'; i++, p += used) {
		utf8_decode(p, strlen(p), &used);
		if (*p == ' ' || *p == '\n')
			word = p;
	}
	if (word == NULL || word - text < (p - text) / 2)
		word = p;
	buf_add(out, text, (size_t)(word - text));
	buf_adds(out, " ...");
}

bool
template_fit(struct buf *out, const char *template, const struct node *values,
    size_t max)
{
	struct node *less = node_copy(values);
	size_t n, at;
	bool cut = false;

	template_fill(out, template, less);
	for (int i = 0;
	     i < ROUNDS_MAX && max > 0 && (n = utf8_count(out->data)) > max &&
	     (at = longest(less)) != SIZE_MAX;
	     i++) {
		const char *text = node_as_text(less->kids[at]);
		struct buf shorter = BUF_INIT;

		if (strncmp(text, "- ", 2) != 0 ||
		    !cut_list(&shorter, text, n - max))
			cut_text(&shorter, text, n - max);
		node_free(less->kids[at]);
		less->kids[at] = node_str(shorter.data);
		buf_release(&shorter);
		buf_clear(out);
		template_fill(out, template, less);
		cut = true;
	}
	node_free(less);
	return cut;
}

/* SPDX-License-Identifier: ISC */
#include "core/evidence/report.h"

#include <string.h>

#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/proc.h"

static void
put_limit(struct node *doc, const char *key, int64_t max)
{
	if (max != VENUE_NO_LIMIT)
		node_put_int(doc, key, max);
}

/* "left out WHAT" on as many lines as there are of it; yours, or NULL. */
static char *
next_left_out(const char **said, size_t *n)
{
	static const char start[] = "left out ";
	const char *line = strstr(*said, start), *p = line;
	size_t len;

	*n = 0;
	if (line == NULL)
		return NULL;
	for (len = strcspn(line, "\n"); strncmp(p, line, len + 1) == 0;
	     p += len + 1)
		(*n)++;
	*said = *n > 0 ? p : line + len;
	return mem_ndup(line + strlen(start), len - strlen(start));
}

static void
read_said(
    const char *said, int64_t *pages, struct strs *left_out, const char *label)
{
	char *what;
	size_t n;

	if (strncmp(said, "pages ", 6) == 0)
		*pages = strtoll(said + 6, NULL, 10);
	while ((what = next_left_out(&said, &n)) != NULL) {
		strs_take(left_out,
		    n > 1 ? mem_printf("%s: %zu %s", label, n, what) :
			    mem_printf("%s: %s", label, what));
		free(what);
	}
}

static struct err *
draw(struct buf *pdf, int64_t *pages, struct strs *left_out, const char *label,
    const struct report_spec *spec, const struct buf *doc)
{
	const char *const argv[] = { spec->helper, NULL };
	struct proc_spec run = { .argv = argv,
		.in = doc->data,
		.in_len = doc->len,
		.out_max = PROC_OUT_MAX };
	struct buf said = BUF_INIT;
	int status = 0;
	struct err *e = proc_run(&run, pdf, &said, &status);

	if (e == NULL && status != 0)
		e = err_new(ERR_SYSTEM, "cannot make %s: %.*s", label,
		    (int)strcspn(said.data, "\n"), said.data);
	if (e == NULL)
		read_said(said.data, pages, left_out, label);
	buf_release(&said);
	if (e == NULL &&
	    ((int64_t)pdf->len > spec->bytes_max || *pages > spec->pages_max))
		e = err_new(
		    ERR_LIMIT, "%s does not fit, whatever is left out", label);
	return e;
}

struct err *
report_make(struct buf *pdf, int64_t *pages, struct strs *left_out,
    const char *label, const struct report_spec *spec)
{
	struct document told = { node_list() };
	struct node *doc = node_map();
	struct buf text = BUF_INIT;
	char created[DATE_TEXT];
	struct err *e;

	date_format(created, spec->now);
	report_case(&told, spec->d, spec->part, spec->name, spec->now);
	document_put(doc, "title", spec->name);
	document_put(doc, "author", spec->by != NULL ? spec->by : "");
	document_put(doc, "foot", spec->name);
	node_put_str(doc, "created", created);
	put_limit(doc, "pages_max", spec->pages_max);
	put_limit(doc, "bytes_max", spec->bytes_max);
	node_put(doc, "blocks", told.blocks);
	node_write_json(&text, doc);
	*pages = 0;
	e = file_exists(spec->helper) ?
	    draw(pdf, pages, left_out, label, spec, &text) :
	    err_new(ERR_NOT_FOUND, "deed-report is not installed");
	buf_release(&text);
	node_free(doc);
	return e;
}

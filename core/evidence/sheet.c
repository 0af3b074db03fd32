/* SPDX-License-Identifier: ISC */
#include "core/evidence/sheet.h"

#include <string.h>

#include "core/evidence/html.h"

void
sheet_text(const struct sheet *p, const char *text)
{
	html_text(p->out, text);
}

void
sheet_value(const struct sheet *p, const char *before, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_adds(p->out, before);
	html_bdi(p->out, value);
}

void
sheet_owned(const struct sheet *p, char *text)
{
	sheet_text(p, text);
	free(text);
}

void
sheet_told(const struct sheet *p, char *text)
{
	html_told(p->out, text);
	free(text);
}

void
sheet_time(const struct sheet *p, int64_t time, char *shown)
{
	char machine[DATE_TEXT];

	date_format(machine, time);
	sheet_put(p, "<time datetime=\"%s\">", machine);
	sheet_owned(p, shown);
	sheet_put(p, "</time>");
}

void
sheet_open(const struct sheet *p, const char *id, const char *title)
{
	sheet_put(p, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n", id, id);
	sheet_put(p, "<h2 id=\"%s-h\">%s</h2>\n", id, title);
}

void
sheet_close(const struct sheet *p)
{
	sheet_put(p, "</section>\n");
}

void
sheet_order(const struct sheet *p, const struct dossier_order *o)
{
	if (p->d->orders.n < 2)
		return;
	sheet_put(p, "<h3>Order ");
	html_bdi(p->out, o->id);
	sheet_put(p, "</h3>\n");
}

const struct telling_grade *
sheet_find_grade(const char *name)
{
	const struct telling_grade *g;

	for (size_t i = 0; (g = telling_grade_at(i)) != NULL; i++)
		if (strcmp(g->name, name) == 0)
			return g;
	return telling_grade_at(0);
}

void
sheet_grade(const struct sheet *p, const char *name)
{
	sheet_put(p, "<span class=\"grade %s\">%s</span>", name,
	    sheet_find_grade(name)->title);
}

void
sheet_link(const struct sheet *p, const struct fact *f)
{
	sheet_put(p, "<a href=\"#e-%.12s\">", f->entry->id);
	if (f->label != NULL) {
		html_bdi(p->out, f->label);
		sheet_put(p, ", ");
	}
	sheet_owned(p, telling_day(f));
	sheet_put(p, "</a>");
}

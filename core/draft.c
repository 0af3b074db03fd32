/* SPDX-License-Identifier: ISC */
#include "core/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"

/* "delivery-1" of d1; labels that are no number stay as they are. */
static char *
spoken(const char *label)
{
	return mem_printf("delivery-%s", label[0] == 'd' ? label + 1 : label);
}

char *
draft_upload_name(const char *order, const char *label)
{
	char *part = spoken(label);
	char *name = mem_printf("%s-%s.zip", order, part);

	free(part);
	return name;
}

char *
draft_part_name(const char *order, const char *label, size_t i, size_t n)
{
	char *part = spoken(label), *count = mem_printf("%zu", n);
	/* as wide as the last, so that names sort as parts do */
	char *name = mem_printf("%s-%s-part-%0*zu-of-%s.zip", order, part,
	    (int)strlen(count), i + 1, count);

	free(count);
	free(part);
	return name;
}

char *
draft_checksums_name(const char *order, const char *label)
{
	char *part = spoken(label);
	char *name = mem_printf("%s-%s-CHECKSUMS.txt", order, part);

	free(part);
	return name;
}

struct node *
draft_upload_names(const struct order *o, const struct fact *d)
{
	const struct node *archive = node_get(d->content, "archive");
	size_t parts = node_count(node_get(archive, "parts"));
	struct node *list = node_list();
	const char *label = node_text(d->content, "label");
	char *name;

	if (label == NULL)
		return list;
	for (size_t i = 0; i < (parts > 0 ? parts : 1); i++) {
		name = parts > 0 ? draft_part_name(o->id, label, i, parts) :
				   draft_upload_name(o->id, label);
		node_push_str(list, name);
		free(name);
	}
	name = draft_checksums_name(o->id, label);
	node_push_str(list, name);
	free(name);
	return list;
}

/* One blank line is between any two. */
static void
begin_paragraph(struct buf *b)
{
	if (b->len > 0)
		buf_addc(b, '\n');
}

static void
add_requirements(struct buf *b, const struct order *o, const char *label)
{
	struct node *all = order_requirements(o);
	bool first = true;

	for (size_t i = 0; i < all->n; i++) {
		const char *in = node_text(all->kids[i], "delivered");

		if (in == NULL || (label != NULL && strcmp(in, label) != 0))
			continue;
		if (first) {
			begin_paragraph(b);
			buf_adds(b, "It covers what we agreed:\n");
		}
		first = false;
		buf_adds(b, "- ");
		draft_add_plain(b, node_text(all->kids[i], "text"));
		buf_addc(b, '\n');
	}
	node_free(all);
}

static void
add_upload(struct buf *b, const struct order *o, const struct fact *d)
{
	struct node *names = draft_upload_names(o, d);
	int64_t files =
	    node_number(node_get(d->content, "archive"), "files", 0);

	begin_paragraph(b);
	buf_adds(b, "Attached:\n");
	for (size_t i = 0; i < names->n; i++) {
		buf_addf(b, "- %s", node_as_text(names->kids[i]));
		if (i == 0 && names->n == 2 && files > 0)
			buf_addf(b, " (%lld file%s)", (long long)files,
			    files == 1 ? "" : "s");
		buf_addc(b, '\n');
	}
	if (names->n > 2)
		buf_addf(b,
		    "\nUnpack the %zu parts into one folder: together they "
		    "hold %lld file%s.\n",
		    names->n - 1, (long long)files, files == 1 ? "" : "s");
	buf_addf(b,
	    "\nPlease download %s, and tell me here that you received "
	    "them.\n",
	    names->n > 2 ? "all of them" : "both");
	node_free(names);
}

/*
 * Commit ids and the like would get a message held: they are cut to a word.
 */
void
draft_add_plain(struct buf *out, const char *text)
{
	const char *p = text;

	while (*p != '\0') {
		size_t hex = strspn(p, "0123456789abcdefABCDEF");
		size_t digits = strspn(p, "0123456789");
		bool starts = p == text || !isalnum((unsigned char)p[-1]);
		bool ends = !isalnum((unsigned char)p[hex]);
		bool coded = strcspn(p, "0123456789") < hex;
		size_t word = starts && ends && hex >= 7 && coded ? hex :
		    digits >= 7                                   ? digits :
								    0;

		if (word > 0)
			buf_adds(out, DRAFT_NUMBER);
		else
			buf_addc(out, *p);
		p += word > 0 ? word : 1;
	}
}

static void
add_text(struct buf *b, const struct fact *f)
{
	const char *text = node_text(f->content, "text");

	if (text == NULL)
		return;
	begin_paragraph(b);
	draft_add_plain(b, text);
	buf_addc(b, '\n');
}

char *
draft_delivery(const struct order *o, const struct fact *d)
{
	const char *title = node_text(o->terms, "title");
	struct buf b = BUF_INIT;

	buf_addf(&b, "Delivery %s", d->label != NULL ? d->label + 1 : "");
	if (title != NULL) {
		buf_adds(&b, " of \"");
		draft_add_plain(&b, title);
		buf_addc(&b, '"');
	}
	buf_adds(&b, ".\n");
	add_text(&b, d);
	add_requirements(&b, o, d->label);
	add_upload(&b, o, d);
	return buf_steal(&b);
}

char *
draft_completion(const struct order *o, const struct fact *f)
{
	const char *id = node_text(f->content, "delivery");
	const struct fact *d = id != NULL ? order_fact(o, id) : NULL;
	struct buf b = BUF_INIT;

	add_text(&b, f);
	add_requirements(&b, o, NULL);
	if (d != NULL)
		add_upload(&b, o, d);
	return buf_steal(&b);
}

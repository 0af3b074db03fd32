/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/order_parts.h"
#include "core/util/mem.h"

/* How entries of an order are named, and found by name. */

#define SHORT_LEN 8
#define PREFIX_MIN 4

static const char *
plain_label(const struct fact *f)
{
	return node_text(f->content, "label");
}

void
order_label(struct order *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct fact *f = &o->v[i];
		const char *label = plain_label(f);
		bool shared = false;

		if (label == NULL || f->entry->kind->label == NULL ||
		    f->first != NULL)
			continue;
		for (size_t j = 0; j < o->n && !shared; j++) {
			const char *other = plain_label(&o->v[j]);

			shared = j != i && other != NULL &&
			    o->v[j].first == NULL &&
			    o->v[j].entry->kind == f->entry->kind &&
			    strcmp(other, label) == 0;
		}
		f->label = shared ? mem_printf("%s~%.4s", label, f->entry->id) :
				    mem_dup(label);
	}
}

/* The number behind a prefix: 3 of "d3". */
static int64_t
label_number(const char *label, const char *prefix)
{
	size_t len = strlen(prefix);

	if (label == NULL || strncmp(label, prefix, len) != 0)
		return 0;
	label += len;
	if (*label == '\0' || strspn(label, "0123456789") != strlen(label) ||
	    strlen(label) > 9)
		return 0;
	return strtoll(label, NULL, 10);
}

char *
order_next_label(const struct order *o, const struct kind *kind)
{
	const struct node *list;
	int64_t most = 0, number;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (f->entry->kind == kind) {
			number = label_number(plain_label(f), kind->label);
			most = number > most ? number : most;
		}
		/* requirements also stand in the order itself */
		list = strcmp(kind->name, "requirement") == 0 ?
		    node_get(f->content, "requirements") :
		    NULL;
		for (size_t j = 0; j < node_count(list); j++) {
			number = label_number(
			    node_text(node_at(list, j), "label"), kind->label);
			most = number > most ? number : most;
		}
	}
	return mem_printf("%s%lld", kind->label, (long long)most + 1);
}

size_t
order_short_len(const struct order *o, const char *id)
{
	size_t len = SHORT_LEN;

	for (size_t i = 0; i < o->n; i++) {
		const char *other = o->v[i].entry->id;

		if (strcmp(other, id) == 0)
			continue;
		while (len < SHA256_HEX - 1 && strncmp(other, id, len) == 0)
			len++;
	}
	return len;
}

char *
order_short(const struct order *o, const struct fact *fact)
{
	const char *id = fact->entry->id;

	return mem_ndup(id, order_short_len(o, id));
}

/* "@", "@~" and "@~2": counted back from the newest. */
static const struct fact *
from_newest(const struct order *o, const char *text)
{
	const char *number = text + 2;
	size_t back = 0;

	if (text[1] == '~') {
		if (strlen(number) > 9 ||
		    strspn(number, "0123456789") != strlen(number))
			return NULL;
		back = *number == '\0' ? 1 : strtoul(number, NULL, 10);
	} else if (text[1] != '\0') {
		return NULL;
	}
	return back < o->n ? &o->v[o->n - 1 - back] : NULL;
}

static bool
is_prefix(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_MIN && len < SHA256_HEX &&
	    strspn(text, "0123456789abcdefABCDEF") == len;
}

/* Does text name this fact, by its label or by its id? */
static bool
names(const struct fact *f, const char *text)
{
	const char *label = plain_label(f);

	if (f->label != NULL &&
	    (strcmp(f->label, text) == 0 || strcmp(label, text) == 0))
		return true;
	return is_prefix(text) &&
	    strncasecmp(f->entry->id, text, strlen(text)) == 0;
}

static bool
holds_requirement(const struct fact *f, const char *label)
{
	const struct node *list = node_get(f->content, "requirements");

	for (size_t i = 0; i < node_count(list); i++)
		if (node_text_is(node_at(list, i), "label", label))
			return true;
	return false;
}

static struct err *
find_named(const struct fact **out, const struct order *o, const char *text)
{
	struct buf candidates = BUF_INIT;
	size_t n = 0;
	struct err *e = NULL;

	for (size_t i = 0; i < o->n; i++) {
		const struct fact *f = &o->v[i];

		if (!names(f, text))
			continue;
		*out = f;
		n++;
		buf_addf(&candidates, "%s%s", n > 1 ? ", " : "",
		    f->label != NULL ? f->label : "");
		if (f->label == NULL)
			buf_add(&candidates, f->entry->id,
			    order_short_len(o, f->entry->id));
	}
	for (size_t i = 0; i < o->n && n == 0; i++)
		if (o->v[i].first != NULL &&
		    node_text_is(o->v[i].content, "label", text)) {
			*out = o->v[i].first; /* as another ledger called it */
			n = 1;
		}
	for (size_t i = 0; i < o->n && n == 0; i++)
		if (holds_requirement(&o->v[i], text)) {
			*out = &o->v[i];
			n = 1;
		}
	if (n == 0)
		e = err_hint(
		    err_new(ERR_NOT_FOUND, "order %s has no entry \"%.80s\"",
			o->id, text),
		    "see them: deed log -o %s", o->id);
	else if (n > 1)
		e = err_new(ERR_INVALID, "\"%.80s\" is ambiguous: it is %s",
		    text, candidates.data);
	buf_release(&candidates);
	return e;
}

struct err *
order_resolve(const struct fact **out, unsigned *line, const struct order *o,
    const char *text)
{
	const char *colon = strrchr(text, ':');
	char *name = mem_dup(text);
	struct err *e = NULL;

	*out = NULL;
	*line = 0;
	if (colon != NULL && isdigit((unsigned char)colon[1]) &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
	    strlen(colon + 1) < 10) {
		*line = (unsigned)strtoul(colon + 1, NULL, 10);
		name[colon - text] = '\0';
	}
	if (name[0] == '@')
		*out = from_newest(o, name);
	if (*out == NULL)
		e = find_named(out, o, name);
	free(name);
	return e;
}

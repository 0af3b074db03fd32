/* SPDX-License-Identifier: ISC */
#include "cmd/cli/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/transcript.h"

/* What an entry refers to: a delivery, requirements, a milestone, lines. */

struct err *
record_delivery(struct node *content, const struct record *r, const char *label)
{
	const struct fact *fact = order_last(r->order, "delivery");
	unsigned line;
	struct err *e;

	if (label != NULL) {
		e = order_resolve(&fact, &line, r->order, label);
		if (e != NULL)
			return e;
		if (line != 0 || !fact_is(fact, "delivery"))
			return err_new(ERR_INVALID,
			    "\"%.80s\" is %s%s %s, not a delivery", label,
			    line != 0 ? "a line of " : "",
			    kind_article(fact->entry->kind),
			    fact->entry->kind->name);
	}
	if (fact != NULL)
		node_put_str(content, "delivery", fact->entry->id);
	return NULL;
}

struct err *
record_requirement(const struct record *r, const char *label)
{
	struct node *all;
	const struct node *found;
	struct err *e;

	if (label == NULL)
		return NULL;
	all = order_requirements(r->order);
	e = order_requirement(&found, all, label);
	node_free(all);
	return err_is(e, ERR_NOT_FOUND) ?
	    err_hint(e, "see them: deed scope -o %s", r->id) :
	    e;
}

struct err *
record_covers(struct node *content, const struct record *r, const char *labels)
{
	struct node *list;
	struct err *e = NULL;

	if (labels == NULL)
		return NULL;
	list = node_put(content, "covers", node_list());
	for (const char *p = labels; *p != '\0' && e == NULL;) {
		size_t len = strcspn(p, ", ");
		char *label = mem_ndup(p, len);

		if (len > 0)
			e = record_requirement(r, label);
		if (len > 0 && !node_has(list, label))
			node_push_str(list, label);
		free(label);
		p += len + strspn(p + len, ", ");
	}
	return err_wrap(e, "--covers");
}

/* Is it this one's label, or what it is called? */
static bool
is_called(const struct node *milestone, const char *word)
{
	const char *label = node_text(milestone, "label");
	const char *name = node_text(milestone, "name");

	return (label != NULL && strcmp(label, word) == 0) ||
	    (name != NULL && strcmp(name, word) == 0);
}

struct err *
record_milestone(struct node *content, const struct record *r, const char *word)
{
	const struct node *list = node_get(r->order->terms, "milestones");
	const struct fact *f;
	bool known = false;
	unsigned line;
	struct err *e;

	if (word == NULL)
		return NULL;
	e = order_resolve(&f, &line, r->order, word);
	if (err_is(e, ERR_INVALID)) /* two bear that label */
		return err_wrap(e, "--milestone");
	known = e == NULL && line == 0 && fact_is(f, "milestone");
	err_drop(e); /* then it is a name, or of one among the terms */
	for (size_t i = 0; i < node_count(list) && !known; i++)
		known = is_called(list->kids[i], word);
	for (size_t i = 0; i < r->order->n && !known; i++)
		known = fact_is(&r->order->v[i], "milestone") &&
		    is_called(r->order->v[i].content, word);
	if (!known)
		return err_hint(
		    err_new(ERR_NOT_FOUND,
			"--milestone: order %s has no milestone \"%.80s\"",
			r->id, word),
		    "see them: deed show @~%zu", r->order->n - 1);
	node_put_str(content, "milestone", word);
	return NULL;
}

/* "ENTRY:LINE" or "ENTRY" with the whole id, put into the list. */
static struct err *
cite(struct node *list, const struct record *r, const char *text)
{
	const struct fact *fact;
	unsigned line;
	char *full;
	struct err *e = order_resolve(&fact, &line, r->order, text);

	if (e == NULL && line != 0)
		e = transcript_vet_line(fact, line);
	if (e != NULL)
		return e;
	full = line == 0 ? mem_dup(fact->entry->id) :
			   mem_printf("%s:%u", fact->entry->id, line);
	node_push_str(list, full);
	free(full);
	return NULL;
}

struct err *
record_cites(
    struct node *content, const struct record *r, const struct words *cites)
{
	struct node *list;
	struct err *e = NULL;

	if (cites->n == 0)
		return NULL;
	list = node_put(content, "cites", node_list());
	for (size_t i = 0; i < cites->n && e == NULL; i++)
		e = cite(list, r, cites->v[i]);
	return err_wrap(e, "--cites");
}

struct err *
record_vet_refs(struct node *keys, const struct record *r)
{
	const struct node *covers = node_get(keys, "covers");
	const struct node *cites = node_get(keys, "cites");
	struct node *full;
	struct err *e = NULL;

	if (r->order == NULL)
		return NULL; /* it is only being opened */
	for (size_t i = 0; i < node_count(covers) && e == NULL; i++)
		if (node_text_at(covers, i) != NULL)
			e = record_requirement(r, node_text_at(covers, i));
	if (e != NULL)
		return err_wrap(e, "covers");
	if (cites == NULL || cites->type != NODE_LIST)
		return NULL;
	full = node_list();
	for (size_t i = 0; i < cites->n && e == NULL; i++)
		if (node_text_at(cites, i) != NULL)
			e = cite(full, r, node_text_at(cites, i));
	node_put(keys, "cites", full);
	return err_wrap(e, "cites");
}

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
			    "\"%.80s\" is a %s, not a delivery", label,
			    fact->entry->kind->name);
	}
	if (fact != NULL)
		node_put_str(content, "delivery", fact->entry->id);
	return NULL;
}

struct err *
record_covers(struct node *content, const struct record *r, const char *labels)
{
	struct node *all, *list;
	struct err *e = NULL;

	if (labels == NULL)
		return NULL;
	all = order_requirements(r->order);
	list = node_put(content, "covers", node_list());
	for (const char *p = labels; *p != '\0' && e == NULL;) {
		size_t len = strcspn(p, ", ");
		char *label = mem_ndup(p, len);
		bool known = false;

		for (size_t i = 0; i < all->n; i++)
			known |= strcmp(node_text(all->kids[i], "label"),
				     label) == 0;
		if (len > 0 && !known)
			e = err_hint(err_new(ERR_NOT_FOUND,
					 "--covers: order %s has no "
					 "requirement \"%s\"",
					 r->id, label),
			    "see them: deed show @~%zu", r->order->n - 1);
		else if (len > 0 && !node_has(list, label))
			node_push_str(list, label);
		free(label);
		p += len + strspn(p + len, ", ");
	}
	node_free(all);
	return e;
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
	bool known = word == NULL;

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

struct err *
record_cites(
    struct node *content, const struct record *r, const struct words *cites)
{
	const struct fact *fact;
	struct node *list;
	struct err *e = NULL;

	if (cites->n == 0)
		return NULL;
	list = node_put(content, "cites", node_list());
	for (size_t i = 0; i < cites->n && e == NULL; i++) {
		unsigned line;
		char *full;

		e = order_resolve(&fact, &line, r->order, cites->v[i]);
		if (e == NULL && line != 0)
			e = transcript_vet_line(fact, line);
		if (e != NULL)
			break;
		full = line == 0 ? mem_dup(fact->entry->id) :
				   mem_printf("%s:%u", fact->entry->id, line);
		node_push_str(list, full);
		free(full);
	}
	return err_wrap(e, "--cites");
}

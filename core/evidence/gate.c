/* SPDX-License-Identifier: ISC */
#include "core/evidence/gate.h"

#include <string.h>

#include "core/check.h"

static void
claims_are_named(struct node *out, const struct dossier *d)
{
	if (d->claims.n == 0)
		check_add(out, "no-claim", "block",
		    "the claim this answers is not named",
		    "exhibits are chosen and ordered by the claim, and each "
		    "claim asks for proof of its own",
		    "deed dispute pack --claim CLAIM");
}

static void
terms_are_there(struct node *out, const struct dossier_order *o)
{
	char *what = mem_printf("order %s has no terms on record", o->id);

	if (order_count(o->order, "order") == 0)
		check_add(out, "no-terms", "block", what,
		    "who decides compares what was delivered with what was "
		    "agreed",
		    "deed open");
	else if (node_count(o->requirements) == 0)
		check_add(out, "no-requirement", "warn",
		    "no single requirement is on record",
		    "a list of what was agreed, each beside its delivery, is "
		    "read first",
		    "deed scope add -m 'what was agreed'");
	free(what);
}

static void
work_is_there(struct node *out, const struct dossier_order *o)
{
	char *what = mem_printf("order %s has no delivery on record", o->id);

	if (order_count(o->order, "delivery") == 0)
		check_add(out, "no-delivery", "block", what,
		    "without files there is nothing to show", "deed deliver");
	free(what);
}

/* Somebody's words beside the seller's. */
static void
others_speak(struct node *out, const struct dossier_order *o)
{
	if (order_count(o->order, "transcript") +
		order_count(o->order, "mail") >
	    0)
		return;
	check_add(out, "no-source", "block",
	    "no exported chat and no mail is in the record",
	    "those who decide read the talk first; what was typed in by hand "
	    "is the seller's word alone",
	    "deed import FILE");
}

static void
bytes_are_here(struct node *out, const struct dossier_order *o)
{
	for (size_t i = 0; i < o->gaps.n; i++)
		if (strncmp(o->gaps.v[i], "the bytes of ", 13) == 0)
			check_add(out, "absent-bytes", "block", o->gaps.v[i],
			    "the file would be missing from the package",
			    "deed sync --fetch");
}

void
gate_check(
    struct node *findings, const struct dossier *d, const struct venue *v)
{
	const struct dossier_order *o;

	if (!v->once)
		return;
	claims_are_named(findings, d);
	vec_each (o, &d->orders) {
		terms_are_there(findings, o);
		work_is_there(findings, o);
		others_speak(findings, o);
		bytes_are_here(findings, o);
	}
	for (size_t i = 0; i < d->gaps.n; i++)
		if (strstr(d->gaps.v[i], "the bytes of ") == NULL)
			check_add(findings, "gap", "warn", d->gaps.v[i],
			    "the other side will point at it", NULL);
}

/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"
#include "core/util/near.h"

/* Who vouches for a fact, and how a fact is shown. */

/* Where a judge can look an order up; on Toptal nobody can. */
static const struct {
	const char *name;
	bool has_orders;
} platforms[] = {
	{ "fiverr", true },
	{ "upwork", true },
	{ "freelancer", true },
	{ "peopleperhour", true },
	{ "guru", true },
	{ "codeable", true },
	{ "contra", true },
	{ "toptal", false },
};

#define N_PLATFORMS (sizeof(platforms) / sizeof(platforms[0]))

bool
order_knows_platform(const char *platform)
{
	for (size_t i = 0; i < N_PLATFORMS && platform != NULL; i++)
		if (strcmp(platform, platforms[i].name) == 0)
			return platforms[i].has_orders;
	return false;
}

const char *
order_platform(const char *typed)
{
	for (size_t i = 0; i < N_PLATFORMS && typed != NULL; i++) {
		const char *name = platforms[i].name;
		size_t len = strlen(name);

		if (strncasecmp(typed, name, len) == 0 &&
		    (typed[len] == '\0' ||
			strcasecmp(typed + len, ".com") == 0))
			return name;
	}
	return typed;
}

const char *
order_near_platform(const char *typed)
{
	struct near near;

	if (order_knows_platform(order_platform(typed)))
		return NULL;
	near_init(&near, typed);
	for (size_t i = 0; i < N_PLATFORMS; i++)
		near_try(&near, platforms[i].name);
	return near.best;
}

static bool
is_on_platform(const struct order *o, const struct fact *f)
{
	const char *platform = node_text(o->terms, "platform");
	const struct node *c = f->content;

	if (!order_knows_platform(platform) ||
	    node_text(o->terms, "native_id") == NULL)
		return false;
	if (fact_is(f, "submission") || fact_is(f, "completion") ||
	    fact_is(f, "cancellation"))
		return true;
	if (fact_is(f, "acceptance"))
		return node_text_is(c, "how", "button") ||
		    node_text_is(c, "how", "auto");
	return fact_is(f, "message") && node_text(c, "channel") != NULL &&
	    strcmp(order_platform(node_text(c, "channel")), platform) == 0 &&
	    !node_flag(c, "off_platform");
}

/* Does it hold files of the ledger, with the time of their capture? */
static bool
is_capture(const struct fact *f)
{
	const struct node *files = node_get(f->content, "files");

	if (node_count(files) == 0 || node_get(f->content, "captured") == NULL)
		return false;
	for (size_t i = 0; i < files->n; i++)
		if (node_text(files->kids[i], "sha256") == NULL ||
		    node_text(files->kids[i], "path") == NULL)
			return false;
	return true;
}

/* Did it come from elsewhere, so that somebody else's words are in it? */
static bool
is_taken_in(const struct fact *f)
{
	return fact_is(f, "transcript") || fact_is(f, "mail") || is_capture(f);
}

/* A citation of what the recorder typed himself is worth no more than that. */
static bool
cites_evidence(const struct order *o, const struct fact *f)
{
	const struct node *cites = node_get(f->content, "cites");

	for (size_t i = 0; i < node_count(cites); i++) {
		const char *text = node_text_at(cites, i);
		char *id =
		    text != NULL ? mem_ndup(text, strcspn(text, ":")) : NULL;
		const struct fact *cited =
		    id != NULL ? order_fact(o, id) : NULL;

		free(id);
		if (cited != NULL && !cited->voided && is_taken_in(cited))
			return true;
	}
	return false;
}

const char *
order_grade(const struct order *o, const struct fact *f)
{
	if (f->content == NULL)
		return "self";
	if (is_on_platform(o, f))
		return "platform";
	if (f->is_signed)
		return "signed";
	if (is_taken_in(f) || cites_evidence(o, f))
		return "counterpart";
	return "self";
}

char *
order_look_up(const struct order *o, const struct fact *f)
{
	char when[DATE_TEXT];

	if (f->content == NULL || !is_on_platform(o, f))
		return NULL;
	date_format(when, f->happened);
	when[10] = ' ';
	when[f->date_only ? 10 : 16] = '\0';
	return mem_printf("look up on %s: order %s, %s of %s%s; "
			  "not checked by deed",
	    node_text(o->terms, "platform"), node_text(o->terms, "native_id"),
	    f->entry->kind->name, when, f->date_only ? "" : " UTC");
}

struct node *
order_fact_node(const struct order *o, const struct fact *f)
{
	struct node *n = node_map();
	char when[DATE_TEXT];

	date_format(when, f->happened);
	node_put_str(n, "order", o->id);
	node_put_str(n, "entry", f->entry->id);
	node_put_str(n, "kind", f->entry->kind->name);
	node_put(n, "label", node_str(f->label));
	node_put_str(n, "recorded", f->entry->recorded);
	node_put_str(n, "happened", when);
	node_put_str(n, "grade", order_grade(o, f));
	node_put_bool(n, "withheld", f->content == NULL && !f->forged);
	if (f->forged)
		node_put_bool(n, "forged", true);
	if (f->voided)
		node_put_bool(n, "voided", true);
	if (f->corrected)
		node_put_bool(n, "corrected", true);
	if (f->first != NULL)
		node_put_str(n, "also", f->first->entry->id);
	node_put(n, "content",
	    f->content == NULL ? node_null() : node_copy(f->content));
	return n;
}

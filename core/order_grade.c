/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <string.h>

#include "core/util/mem.h"

/* Who vouches for a fact, and how a fact is shown. */

bool
order_knows_platform(const char *platform)
{
	static const char *const known[] = { "fiverr", "upwork", "freelancer",
		"peopleperhour", "guru", "codeable", "contra" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (platform != NULL && strcmp(platform, known[i]) == 0)
			return true;
	return false;
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
	return fact_is(f, "message") && node_text_is(c, "channel", platform);
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
	if (fact_is(f, "transcript") || fact_is(f, "mail") ||
	    node_count(node_get(f->content, "cites")) > 0 ||
	    (node_count(node_get(f->content, "files")) > 0 &&
		node_get(f->content, "captured") != NULL))
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

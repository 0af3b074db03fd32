/* SPDX-License-Identifier: ISC */
#include "core/finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
check_add(struct node *findings, const char *rule, const char *severity,
    const char *what, const char *why, const char *fix)
{
	struct node *f = node_push(findings, node_map());

	node_put_str(f, "rule", rule);
	node_put_str(f, "severity", severity);
	node_put_str(f, "what", what);
	node_put_str(f, "why", why);
	node_put(f, "fix", node_str(fix));
}

bool
check_blocks(const struct node *findings)
{
	for (size_t i = 0; i < node_count(findings); i++)
		if (strcmp(node_text(node_at(findings, i), "severity"),
			"block") == 0)
			return true;
	return false;
}

struct node *
check_blockers(const struct node *findings)
{
	struct node *list = node_list();

	for (size_t i = 0; i < node_count(findings); i++) {
		const struct node *f = node_at(findings, i);
		const char *rule = node_text(f, "rule");

		if (strcmp(node_text(f, "severity"), "block") == 0 &&
		    !node_has(list, rule))
			node_push_str(list, rule);
	}
	return list;
}

/* What bears a rule out: the value of that name, or the first below it. */
static const char *
key_of(const struct profile *p, const char *key)
{
	const struct node *all =
	    p != NULL ? node_get(p->layers.tree, "values") : NULL;
	size_t len = key != NULL ? strlen(key) : 0;

	if (key == NULL || node_get(all, key) != NULL)
		return key;
	for (size_t i = 0; all != NULL && i < all->n; i++)
		if (strncmp(all->keys[i], key, len) == 0 &&
		    all->keys[i][len] == '.')
			return all->keys[i];
	return NULL;
}

void
finder_add(const struct finder *f, const char *fix, const char *what, ...)
{
	const char *key = key_of(f->c->profile, f->rule->value);
	char *why = profile_dated(f->c->profile, key, f->rule->why), *text;
	va_list ap;

	va_start(ap, what);
	text = mem_vprintf(what, ap);
	va_end(ap);
	check_add(f->out, f->rule->name, f->rule->severity, text, why, fix);
	free(text);
	free(why);
}

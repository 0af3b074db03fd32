/* SPDX-License-Identifier: ISC */
#include "cmd/cli/terms.h"

#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "core/util/utf8.h"

/* Options and the keys of the order they fill, by the type of the key. */
static struct err *
put_keys(struct node *content, const struct kind *kind,
    const struct terms_args *terms, int64_t now)
{
	const struct record_pair pairs[] = {
		{ "platform", order_platform(terms->platform) },
		{ "contract", terms->contract },
		{ "buyer", terms->buyer },
		{ "title", terms->title },
		{ "price", terms->price },
		{ "due", terms->due },
		{ "url", terms->url },
		{ "party.name", terms->party_name },
		{ "party.address", terms->party_address },
	};
	struct err *e = record_put_pairs(
	    content, kind, pairs, sizeof(pairs) / sizeof(pairs[0]), now);

	if (e != NULL)
		return e;
	if (terms->revisions >= 0)
		node_put_int(content, "revisions", terms->revisions);
	return NULL;
}

static struct err *
vet_text(const char *text, const char *option)
{
	if (!utf8_valid(text, strlen(text)))
		return err_new(
		    ERR_INVALID, "%s: the text is not UTF-8", option);
	if (text[strspn(text, " \t\r\n")] == '\0')
		return err_new(ERR_USAGE, "%s: the text is blank", option);
	return NULL;
}

static struct err *
put_requirements(struct node *content, const struct words *texts)
{
	struct node *list;
	struct err *e = NULL;

	if (texts->n == 0)
		return NULL;
	list = node_put(content, "requirements", node_list());
	for (size_t i = 0; i < texts->n && e == NULL; i++) {
		struct node *item = node_push(list, node_map());
		char *label = mem_printf("r%zu", i + 1);

		e = vet_text(texts->v[i], "--requirement");
		node_put_str(item, "label", label);
		node_put_str(item, "text", texts->v[i]);
		free(label);
	}
	return e;
}

static struct err *
put_excludes(struct node *content, const struct words *texts)
{
	struct node *list;
	struct err *e = NULL;

	if (texts->n == 0)
		return NULL;
	list = node_put(content, "excludes", node_list());
	for (size_t i = 0; i < texts->n && e == NULL; i++) {
		e = vet_text(texts->v[i], "--exclude");
		node_push_str(list, texts->v[i]);
	}
	return e;
}

static char *
trimmed(const char *from, const char *to)
{
	while (from < to && *from == ' ')
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	return mem_ndup(from, (size_t)(to - from));
}

/*
 * Where the amount and the date of a milestone begin.  A name may hold colons
 * and an @, a time may hold colons.
 */
static void
split_milestone(const char *spec, const char **colon, const char **at)
{
	const char *end;

	*at = strrchr(spec, '@');
	end = *at != NULL ? *at : spec + strlen(spec);
	*colon = memrchr(spec, ':', (size_t)(end - spec));
	if (*colon == NULL && *at != NULL) {
		*colon = strrchr(spec, ':');
		*at = NULL;
	}
}

/* "name: 100 USD @ 2026-12-01"; the date may be left out. */
static struct err *
put_milestone(struct node *list, const char *spec, int64_t now)
{
	const char *end = spec + strlen(spec), *at, *colon;
	struct node *item = node_push(list, node_map());
	char *name, *amount, *due = NULL, *label, text[DATE_TEXT];
	struct when when;
	struct err *e;

	split_milestone(spec, &colon, &at);
	if (colon == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "--milestone: \"%.80s\" has no amount",
			spec),
		    "write 'name: 100 USD @ 2026-12-01'");
	name = trimmed(spec, colon);
	amount = trimmed(colon + 1, at != NULL ? at : end);
	label = mem_printf("m%zu", node_count(list));
	node_put_str(item, "label", label);
	node_put_str(item, "name", name);
	node_put_str(item, "amount", amount);
	if (!utf8_valid(spec, strlen(spec)))
		e = err_new(ERR_INVALID, "the text is not UTF-8");
	else if (name[0] == '\0')
		e = err_new(ERR_USAGE, "\"%.80s\" has no name", spec);
	else
		e = money_vet(amount);
	if (e == NULL && at != NULL) {
		due = trimmed(at + 1, end);
		e = date_parse_loose(&when, due, now);
	}
	if (e == NULL && at != NULL) {
		date_write(text, &when);
		node_put_str(item, "due", text);
	}
	free(label);
	free(name);
	free(amount);
	free(due);
	return err_wrap(e, "--milestone");
}

static struct err *
put_milestones(struct node *content, const struct words *specs, int64_t now)
{
	struct node *list;
	struct err *e = NULL;

	if (specs->n == 0)
		return NULL;
	list = node_put(content, "milestones", node_list());
	for (size_t i = 0; i < specs->n && e == NULL; i++)
		e = put_milestone(list, specs->v[i], now);
	return e;
}

static struct err *
put_terms(struct node *content, struct record *r, const struct words *files)
{
	struct node *list, *file;
	struct err *e = NULL;

	if (files->n == 0)
		return NULL;
	list = node_put(content, "terms", node_list());
	for (size_t i = 0; i < files->n && e == NULL; i++)
		if ((e = record_attach(&file, r, files->v[i])) == NULL)
			node_push(list, file);
	return e;
}

struct err *
terms_put(struct node *content, const struct terms_args *terms, int64_t now)
{
	struct err *e;

	if ((e = put_keys(content, record_kind("order"), terms, now)) != NULL ||
	    (e = put_requirements(content, &terms->requirements)) != NULL ||
	    (e = put_excludes(content, &terms->excludes)) != NULL)
		return e;
	return put_milestones(content, &terms->milestones, now);
}

struct err *
terms_content(struct node **out, struct record *r,
    const struct record_args *args, const struct terms_args *terms,
    const char *text)
{
	const struct kind *kind = record_kind("order");
	struct err *e = record_content(out, r, args, kind, text);

	if (e != NULL)
		return e;
	node_put_str(*out, "id", r->id);
	if ((e = terms_put(*out, terms, r->ctx->env.now)) != NULL ||
	    (e = put_terms(*out, r, &terms->terms)) != NULL)
		return e;
	/* the number a judge can look up is usually the id itself */
	if (order_knows_platform(node_text(*out, "platform")) &&
	    node_get(*out, "native_id") == NULL)
		node_put_str(*out, "native_id", r->id);
	return NULL;
}

/* SPDX-License-Identifier: ISC */
#include "core/shape.h"

#include <string.h>

#include "core/util/date.h"
#include "core/util/mem.h"
#include "core/util/near.h"

#define NAMES \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static struct err *
fault(const char *file, const struct node *n, const char *key, const char *rule)
{
	return err_new(ERR_INVALID, "%s:%u: %s: %s", file, n->line, key, rule);
}

static struct err *
unknown_key(const char *file, const struct node *n, const char *key,
    const struct shape *fields)
{
	struct near near;
	struct err *e = err_new(
	    ERR_INVALID, "%s:%u: unknown key \"%.64s\"", file, n->line, key);

	near_init(&near, key);
	for (; fields->name != NULL; fields++)
		near_try(&near, fields->name);
	return near.best == NULL ?
	    e :
	    err_hint(e, "did you mean \"%s\"?", near.best);
}

static bool
is_word(const char *text, const char *const *words)
{
	for (; text != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static struct err *
check_word(const char *file, const struct node *n, const char *key,
    const struct shape *shape)
{
	struct buf all = BUF_INIT;
	struct err *e = NULL;

	if (!is_word(node_as_text(n), shape->words)) {
		for (const char *const *w = shape->words; *w != NULL; w++)
			buf_addf(&all, "%s%s", all.len > 0 ? ", " : "", *w);
		e = err_new(ERR_INVALID, "%s:%u: %s: it must be one of %s",
		    file, n->line, key, all.data);
	}
	buf_release(&all);
	return e;
}

static bool
is_texts(const struct node *n)
{
	if (n->type == NODE_STR)
		return n->len > 0;
	for (size_t i = 0; i < n->n; i++)
		if (n->type != NODE_LIST || n->kids[i]->type != NODE_STR)
			return false;
	return n->type == NODE_LIST && n->n > 0;
}

static bool
is_any(const struct node *n)
{
	return n->type == NODE_INT || n->type == NODE_BOOL || is_texts(n);
}

static bool
is_date(const struct node *n)
{
	static const char *const rest[] = { "-01-01", "-01", "" };
	const char *text = node_as_text(n);
	size_t len = text == NULL ? 0 : strlen(text);
	char whole[16];
	struct when when;
	struct err *e;

	if (text != NULL && strcmp(text, "unknown") == 0)
		return true;
	if (len != 4 && len != 7 && len != 10)
		return false;
	memcpy(whole, text, len);
	memcpy(whole + len, rest[(len - 4) / 3], 11 - len);
	e = date_parse(&when, whole);
	if (e == NULL)
		return true;
	err_drop(e); /* the caller says what a date looks like */
	return false;
}

static struct err *check_map(const char *file, const struct node *n,
    const char *key, const struct shape *fields) MUST_CHECK;

static struct err *
check_list(const char *file, const struct node *n, const char *key,
    const struct shape *fields)
{
	struct err *e = NULL;

	if (n->type != NODE_LIST || n->n == 0)
		return fault(file, n, key, "it must be a list of maps");
	for (size_t i = 0; i < n->n && e == NULL; i++)
		e = check_map(file, n->kids[i], key, fields);
	return e;
}

/* A map whose keys are names; each value is held against the shape. */
static struct err *
check_named(const char *file, const struct node *n, const char *key,
    const struct shape *shape)
{
	struct err *e = NULL;

	if (n->type != NODE_MAP)
		return fault(file, n, key, "it must be a map of names");
	for (size_t i = 0; i < n->n && e == NULL; i++) {
		const char *name = n->keys[i];
		const struct node *kid = n->kids[i];

		if (name[0] == '\0' || name[strspn(name, NAMES)] != '\0')
			e = fault(file, kid, key,
			    "a name has letters, digits, '.', '_' and '-' "
			    "only");
		else if (shape->type == SHAPE_NAMED)
			e = check_map(file, kid, name, shape->fields);
		else if (shape->type == SHAPE_LISTS)
			e = check_list(file, kid, name, shape->fields);
		else if (!is_any(kid))
			e = fault(file, kid, name,
			    "it must be a text, a number, true, false or a "
			    "list of texts");
	}
	return e;
}

static struct err *
check_words(const char *file, const struct node *n, const char *key,
    const struct shape *shape)
{
	struct err *e = NULL;

	if (n->type != NODE_LIST || n->n == 0)
		return fault(file, n, key, "it must be a list");
	for (size_t i = 0; i < n->n && e == NULL; i++)
		e = check_word(file, n->kids[i], key, shape);
	return e;
}

static struct err *
check_value(const char *file, const struct node *n, const struct shape *shape)
{
	const char *key = shape->name;

	switch (shape->type) {
	case SHAPE_TEXT:
		return n->type == NODE_STR && n->len > 0 ?
		    NULL :
		    fault(file, n, key, "it must be a text");
	case SHAPE_TEXTS:
		return is_texts(n) ?
		    NULL :
		    fault(file, n, key, "it must be a text or a list of texts");
	case SHAPE_LIST_OF_TEXTS:
		return n->type == NODE_LIST && is_texts(n) ?
		    NULL :
		    fault(file, n, key, "it must be a list of texts");
	case SHAPE_WORD:
		return check_word(file, n, key, shape);
	case SHAPE_WORDS:
		return check_words(file, n, key, shape);
	case SHAPE_DATE:
		return is_date(n) ? NULL :
				    fault(file, n, key,
					"it must be a date in quotes: "
					"\"2025\", \"2025-10\", "
					"\"2025-10-21\" or unknown");
	case SHAPE_INT:
		return n->type == NODE_INT && n->number >= 0 &&
			n->number <= 1000000000 ?
		    NULL :
		    fault(file, n, key, "it must be a whole number");
	case SHAPE_BOOL:
		return n->type == NODE_BOOL ?
		    NULL :
		    fault(file, n, key, "it must be true or false");
	case SHAPE_ANY:
		return is_any(n) ? NULL :
				   fault(file, n, key,
				       "it must be a text, a number, true, "
				       "false or a list of texts");
	case SHAPE_MAP:
		return check_map(file, n, key, shape->fields);
	case SHAPE_LIST:
		return check_list(file, n, key, shape->fields);
	default:
		return check_named(file, n, key, shape);
	}
}

static const struct shape *
find(const struct shape *fields, const char *name)
{
	for (; fields->name != NULL; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

static struct err *
check_map(const char *file, const struct node *n, const char *key,
    const struct shape *fields)
{
	struct err *e = NULL;

	if (n->type != NODE_MAP)
		return fault(file, n, key, "it must be a map");
	for (size_t i = 0; i < n->n && e == NULL; i++) {
		const struct shape *shape = find(fields, n->keys[i]);

		e = shape == NULL ?
		    unknown_key(file, n->kids[i], n->keys[i], fields) :
		    check_value(file, n->kids[i], shape);
	}
	for (; e == NULL && fields->name != NULL; fields++)
		if (fields->required && node_get(n, fields->name) == NULL)
			e = err_new(ERR_INVALID, "%s:%u: %s has no key \"%s\"",
			    file, n->line, key, fields->name);
	return e;
}

struct err *
shape_check(
    const struct node *map, const struct shape *fields, const char *file)
{
	return check_map(file, map, "the file", fields);
}

/* SPDX-License-Identifier: ISC */
#include "cmd/cli/record.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "core/util/utf8.h"

#define KEY_MAX 200
#define KEY_DEPTH_MAX 8

/* Keys by name: --set, options that stand for one, and lines of a batch. */

/* One that any reader takes, and that nests no deeper than a file may. */
static bool
is_key(const char *key)
{
	size_t dots = 0;

	for (const char *p = key; *p != '\0'; p++)
		dots += *p == '.';
	return dots <= KEY_DEPTH_MAX && strlen(key) <= KEY_MAX &&
	    key[0] != '\0' && key[0] != '.' &&
	    strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
	    strlen(key) &&
	    strstr(key, "..") == NULL && key[strlen(key) - 1] != '.';
}

/* Keys that say what deed itself vouches for. */
static bool
is_reserved(const char *key)
{
	static const char *const reserved[] = { "deed", "kind", "after",
		"recorded", "content", "nonce", "by", "clock", "grade",
		"erased" };
	size_t len = strcspn(key, ".");

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strlen(reserved[i]) == len &&
		    strncmp(reserved[i], key, len) == 0)
			return true;
	return false;
}

static bool
is_number(const char *key)
{
	size_t digits = strspn(key, "0123456789");

	return digits > 0 && (key[digits] == '\0' || key[digits] == '.');
}

/* Dots lead into maps, and with a number into lists; never into a text. */
static bool
leads_on(const struct key *key, const char *below)
{
	switch (key->type) {
	case KEY_MAP:
		return !is_number(below);
	case KEY_LIST:
		return is_number(below) && strchr(below, '.') == NULL;
	case KEY_MAPS:
		return is_number(below) && strchr(below, '.') != NULL;
	default:
		return false;
	}
}

static struct err *
vet_key(const struct kind *kind, const char *key)
{
	size_t len = strcspn(key, ".");
	const struct key *first;
	char *name;
	bool leads;

	if (!is_key(key))
		return err_new(ERR_USAGE, "\"%.80s\" is not a key", key);
	if (is_reserved(key))
		return err_new(ERR_INVALID, "%s cannot be set", key);
	if (strcmp(kind->name, "order") == 0 && strcmp(key, "id") == 0)
		return err_hint(err_new(ERR_INVALID, "an order keeps its id"),
		    "what the platform prints is native_id");
	if (key[len] == '\0')
		return NULL;
	name = mem_ndup(key, len);
	first = kind_key(kind, name);
	leads = first == NULL || leads_on(first, key + len + 1);
	free(name);
	return leads ? NULL :
		       err_new(ERR_INVALID, "%s does not lead to a value", key);
}

/* What a correction replaces, or NULL. */
static const struct node *
value_at(const struct node *n, const char *key)
{
	while (n != NULL && *key != '\0') {
		size_t len = strcspn(key, ".");
		char *name = mem_ndup(key, len);

		n = n->type == NODE_LIST && is_number(key) ?
		    node_at(n, strtoul(name, NULL, 10)) :
		    node_get(n, name);
		free(name);
		key += len + (key[len] == '.');
	}
	return n;
}

/* A text as a value of the key; corrected as in record_set(). */
static struct err *
set_text(struct node *into, const struct kind *kind, const char *key,
    const char *text, int64_t now, const struct node *corrected)
{
	const struct key *known = kind_key(kind, key);
	struct key other = { key, kind_type_of(value_at(corrected, key)),
		NULL };
	int offset = INT32_MIN;
	struct node *value = NULL;
	char zone[8];
	struct err *e;

	if (!utf8_valid(text, strlen(text)))
		return err_new(ERR_INVALID, "%s is not UTF-8", key);
	if (strcmp(key, "label") == 0 && kind->label != NULL &&
	    !kind_is_label(kind, text))
		return err_new(ERR_INVALID,
		    "label: \"%.64s\" is not \"%s\" and a number", text,
		    kind->label);
	e = kind_value(
	    &value, known != NULL ? known : &other, text, now, &offset);
	if (e != NULL)
		return e;
	if (corrected != NULL)
		node_put(into, key, value);
	else
		order_put(into, key, value);
	if (offset != INT32_MIN) {
		date_format_zone(zone, offset);
		node_put_str(into, "zone", zone);
	}
	return NULL;
}

/* Files come with their bytes, or they are none. */
static struct err *
vet_files(const char *key)
{
	if (strncmp(key, "files", 5) != 0 || (key[5] != '\0' && key[5] != '.'))
		return NULL;
	return err_hint(err_new(ERR_INVALID, "files cannot be set"),
	    "attach files to keep with the entry");
}

/* A key that its kind does not have is kept, but may have been meant else. */
static void
tell_unknown(const struct kind *kind, const char *key)
{
	if (kind_key(kind, key) == NULL && strchr(key, '.') == NULL)
		say_note("note: %s has no key \"%s\"; it is kept as text",
		    kind->name, key);
}

struct err *
record_set(struct node *into, const struct kind *kind, const char *pair,
    int64_t now, const struct node *corrected)
{
	const char *equal = strchr(pair, '=');
	char *key;
	struct err *e;

	if (equal == NULL)
		return err_hint(
		    err_new(ERR_USAGE, "--set: \"%.80s\" has no =", pair),
		    "write --set KEY=VALUE");
	key = mem_ndup(pair, (size_t)(equal - pair));
	if ((e = vet_key(kind, key)) == NULL && corrected == NULL)
		e = vet_files(key);
	if (e == NULL &&
	    (e = set_text(into, kind, key, equal + 1, now, corrected)) == NULL)
		tell_unknown(kind, key);
	free(key);
	return err_wrap(e, "--set");
}

struct err *
record_put_pairs(struct node *into, const struct kind *kind,
    const struct record_pair *pairs, size_t n, int64_t now)
{
	struct err *e = NULL;

	for (size_t i = 0; i < n && e == NULL; i++) {
		const char *key = pairs[i].key;

		if (pairs[i].text == NULL)
			continue;
		e = set_text(into, kind, key, pairs[i].text, now, NULL);
		if (e == NULL)
			tell_unknown(kind, key);
	}
	return e;
}

static bool
is_list_of(const struct node *value, enum node_type type)
{
	for (size_t i = 0; i < node_count(value); i++)
		if (value->kids[i]->type != type)
			return false;
	return value->type == NODE_LIST;
}

/* Is it what the key holds?  Text stands apart. */
static bool
suits(const struct key *key, const struct node *value)
{
	switch (key->type) {
	case KEY_INT:
		return value->type == NODE_INT;
	case KEY_BOOL:
		return value->type == NODE_BOOL;
	case KEY_LIST:
		return is_list_of(value, NODE_STR);
	case KEY_MAP:
		return value->type == NODE_MAP;
	case KEY_MAPS:
		return is_list_of(value, NODE_MAP);
	default:
		return false;
	}
}

struct err *
record_put(struct node *into, const struct kind *kind, const char *key,
    const struct node *value, int64_t now)
{
	const struct key *known = kind_key(kind, key);
	struct err *e = vet_key(kind, key);

	if (e != NULL || (e = vet_files(key)) != NULL)
		return e;
	if (value->type == NODE_STR &&
	    (known == NULL || known->type != KEY_LIST))
		return set_text(into, kind, key, value->text, now, NULL);
	if (known != NULL && !suits(known, value))
		return err_new(ERR_INVALID, "%s is of another type", key);
	order_put(into, key, node_copy(value));
	return NULL;
}

/* SPDX-License-Identifier: ISC */
#include "core/evidence/venue.h"

#include <string.h>

#include "core/util/utf8.h"

static const char *const names[] = { "fiverr", "upwork", "freelancer", "stripe",
	"paypal", "court", VENUE_ANY };

#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *
venue_name(size_t i)
{
	return i < N_NAMES ? names[i] : NULL;
}

/*
 * Numbers of a profile.
 */

static const struct {
	const char *unit;
	int64_t bytes;
} sizes[] = {
	{ "bytes", 1 },
	{ "kB", 1000 },
	{ "MB", 1000 * 1000 },
	{ "GB", 1000 * 1000 * 1000 },
};

/* A number of this unit; for bytes any of their multiples. */
static struct err *
read_limit(
    int64_t *out, const struct profile *p, const char *key, const char *unit)
{
	const struct node *item = profile_value(p, key);
	const char *has = node_text(item, "unit");
	int64_t n = node_number(item, "value", -1);

	*out = VENUE_NO_LIMIT;
	if (item == NULL)
		return NULL;
	for (size_t i = 0; strcmp(unit, "bytes") == 0 &&
	     i < sizeof(sizes) / sizeof(sizes[0]) && n >= 0;
	     i++)
		if (strcmp(has, sizes[i].unit) == 0 &&
		    n < INT64_MAX / sizes[i].bytes) {
			*out = n * sizes[i].bytes;
			return NULL;
		}
	if (n < 0 || strcmp(has, unit) != 0)
		return err_new(ERR_INVALID,
		    "profile %s: %s must be a number of %s", p->name, key,
		    unit);
	*out = n;
	return NULL;
}

static struct err *
read_deliveries(enum venue_deliveries *out, const struct profile *p)
{
	static const char *const forms[] = { "all", "list", "digests" };
	const char *form =
	    node_text(profile_value(p, "evidence.deliveries"), "value");

	*out = VENUE_BYTES;
	for (size_t i = 0; form != NULL && i < 3; i++)
		if (strcmp(form, forms[i]) == 0) {
			*out = (enum venue_deliveries)i;
			return NULL;
		}
	return form == NULL ?
	    NULL :
	    err_new(ERR_INVALID,
		"profile %s: evidence.deliveries must be all, "
		"list or digests",
		p->name);
}

static struct err *
read_venue(struct venue *v, const struct profile *p)
{
	const char *unit =
	    node_text(profile_value(p, "text.statement.max"), "unit");
	struct err *e;

	v->title = p->title;
	v->profile = p;
	v->once = node_flag(profile_value(p, "evidence.once"), "value");
	v->has_fields = node_flag(profile_value(p, "evidence.fields"), "value");
	v->in_words = unit != NULL && strcmp(unit, "words") == 0;
	if ((e = read_deliveries(&v->deliveries, p)) != NULL ||
	    (e = read_limit(&v->text_max, p, "text.statement.max",
		 v->in_words ? "words" : "characters")) != NULL ||
	    (e = read_limit(
		 &v->field_max, p, "text.field.max", "characters")) != NULL ||
	    (e = read_limit(
		 &v->fields_max, p, "text.total.max", "characters")) != NULL ||
	    (e = read_limit(&v->file_max, p, "file.single.max", "bytes")) !=
		NULL ||
	    (e = read_limit(&v->files_max, p, "file.total.max", "bytes")) !=
		NULL)
		return e;
	v->types = node_get(profile_value(p, "file.types"), "value");
	if ((e = read_limit(&v->package_max, p, "file.message.max", "bytes")) !=
	    NULL)
		return e;
	return read_limit(&v->pages_max, p, "pages.max", "pages");
}

static struct err *
unknown(const char *name)
{
	struct buf all = BUF_INIT;
	struct err *e;

	for (size_t i = 0; i < N_NAMES; i++)
		buf_addf(&all, "%s%s",
		    i == 0              ? "" :
			i + 1 < N_NAMES ? ", " :
					  " or ",
		    names[i]);
	e = err_hint(err_new(ERR_UNSUPPORTED,
			 "--for: deed knows no venue \"%.40s\"", name),
	    "it packs for %s", all.data);
	buf_release(&all);
	return e;
}

struct err *
venue_get(struct venue *out, struct profiles *profiles, const char *name)
{
	const struct profile *p;
	struct err *e;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < N_NAMES; i++)
		if (strcmp(names[i], name) == 0)
			out->name = names[i];
	if (out->name == NULL)
		return unknown(name);
	if ((e = profiles_get(&p, profiles, name)) != NULL)
		return e;
	if (p == NULL)
		return err_new(ERR_NOT_FOUND,
		    "the profile platforms/%s.yaml is missing", name);
	return read_venue(out, p);
}

/*
 * Measuring.
 */

static int64_t
count_words(const char *text)
{
	int64_t n = 0;

	for (text += strspn(text, " \t\n"); *text != '\0'; n++) {
		text += strcspn(text, " \t\n");
		text += strspn(text, " \t\n");
	}
	return n;
}

int64_t
venue_measure(const struct venue *v, const char *text)
{
	size_t len = strlen(text), used;
	int64_t n = 0;

	if (v->in_words)
		return count_words(text);
	for (; len > 0; text += used, len -= used, n++)
		utf8_decode(text, len, &used);
	return n;
}

static void
add_limit(struct node *list, const struct venue *v, const char *key)
{
	const struct node *item = profile_value(v->profile, key);
	struct node *n;
	char *source;

	if (item == NULL)
		return;
	n = node_push(list, node_map());
	node_put_str(n, "name", key);
	node_put_int(n, "value", node_number(item, "value", 0));
	node_put_str(n, "unit", node_text(item, "unit"));
	node_put_str(n, "as_of", node_text(item, "as_of"));
	source = profile_value_source(v->profile, key);
	node_put_str(n, "source", source);
	free(source);
	node_put_str(n, "confidence", node_text(item, "confidence"));
}

struct node *
venue_limits(const struct venue *v)
{
	static const char *const keys[] = { "text.statement.max",
		"text.field.max", "text.total.max", "file.single.max",
		"file.total.max", "file.message.max", "pages.max" };
	struct node *list = node_list();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		add_limit(list, v, keys[i]);
	return list;
}

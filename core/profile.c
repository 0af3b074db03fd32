/* SPDX-License-Identifier: ISC */
#include "core/profile.h"

#include <string.h>

#include "core/order.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define NAME_MAX_LEN 40

struct profiles {
	const struct env *env;
	char *ledger;
	VEC(struct profile *) v;
};

/*
 * The shape of a file.
 */

static const char *const confidences[] = { "high", "medium", "low", NULL };
static const char *const zones[] = { "utc", "local", NULL };
static const char *const givens[] = { "due", NULL };

/* clang-format off */
static const struct shape source_shape[] = {
	{ "title", SHAPE_TEXT, true, NULL, NULL },
	{ "url", SHAPE_TEXT, false, NULL, NULL },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape state_shape[] = {
	{ "shown", SHAPE_TEXT, true, NULL, NULL },
	{ "phase", SHAPE_WORD, true, NULL, order_states },
	{ "source", SHAPE_TEXTS, false, NULL, NULL },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape value_shape[] = {
	{ "value", SHAPE_ANY, true, NULL, NULL },
	{ "unit", SHAPE_TEXT, true, NULL, NULL },
	{ "note", SHAPE_TEXT, false, NULL, NULL },
	{ "source", SHAPE_TEXTS, true, NULL, NULL },
	{ "as_of", SHAPE_DATE, true, NULL, NULL },
	{ "confidence", SHAPE_WORD, true, NULL, confidences },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape match_shape[] = {
	{ "kind", SHAPE_TEXT, true, NULL, NULL },
	{ "is", SHAPE_PLAIN, false, NULL, NULL },
	{ "not", SHAPE_PLAIN, false, NULL, NULL },
	{ "has", SHAPE_LIST_OF_TEXTS, false, NULL, NULL },
	{ "lacks", SHAPE_LIST_OF_TEXTS, false, NULL, NULL },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape window_shape[] = {
	{ "value", SHAPE_INT, false, NULL, NULL },
	{ "unit", SHAPE_WORD, false, NULL, rule_units },
	{ "weekday", SHAPE_WORD, false, NULL, rule_weekdays },
	{ "at", SHAPE_TEXT, false, NULL, NULL },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape reading_shape[] = {
	{ "from", SHAPE_WORD, true, NULL, rule_froms },
	{ "window", SHAPE_MAP, false, window_shape, NULL },
	{ "then", SHAPE_MAP, false, window_shape, NULL },
	{ "zone", SHAPE_WORD, false, NULL, zones },
	{ "endless", SHAPE_BOOL, false, NULL, NULL },
	{ "note", SHAPE_TEXT, false, NULL, NULL },
	{ "source", SHAPE_TEXTS, false, NULL, NULL },
	{ "as_of", SHAPE_DATE, false, NULL, NULL },
	{ "confidence", SHAPE_WORD, false, NULL, confidences },
	{ NULL, 0, false, NULL, NULL },
};
/* What a clock needs is asked of the whole, since files add to each other. */
static const struct shape clock_shape[] = {
	{ "contracts", SHAPE_WORDS, false, NULL, kind_contracts },
	{ "when", SHAPE_TEXTS, false, NULL, NULL },
	{ "until", SHAPE_TEXTS, false, NULL, NULL },
	{ "who", SHAPE_WORD, false, NULL, rule_whos },
	{ "given", SHAPE_WORD, false, NULL, givens },
	{ "readings", SHAPE_LIST, false, reading_shape, NULL },
	{ "if_missed", SHAPE_TEXT, false, NULL, NULL },
	{ "act", SHAPE_LIST_OF_TEXTS, false, NULL, NULL },
	{ "record", SHAPE_LIST_OF_TEXTS, false, NULL, NULL },
	{ "exposure", SHAPE_BOOL, false, NULL, NULL },
	{ "owed", SHAPE_BOOL, false, NULL, NULL },
	{ "note", SHAPE_TEXT, false, NULL, NULL },
	{ "off", SHAPE_BOOL, false, NULL, NULL },
	{ NULL, 0, false, NULL, NULL },
};
static const struct shape profile_shape[] = {
	{ "profile", SHAPE_INT, true, NULL, NULL },
	{ "name", SHAPE_TEXT, true, NULL, NULL },
	{ "title", SHAPE_TEXT, false, NULL, NULL },
	{ "as_of", SHAPE_DATE, false, NULL, NULL },
	{ "note", SHAPE_TEXT, false, NULL, NULL },
	{ "look_up", SHAPE_BOOL, false, NULL, NULL },
	{ "with", SHAPE_LIST_OF_TEXTS, false, NULL, NULL },
	{ "sources", SHAPE_NAMED, false, source_shape, NULL },
	{ "states", SHAPE_NAMED, false, state_shape, NULL },
	{ "phases", SHAPE_PLAIN, false, NULL, NULL },
	{ "values", SHAPE_NAMED, false, value_shape, NULL },
	{ "events", SHAPE_LISTS, false, match_shape, NULL },
	{ "clocks", SHAPE_NAMED, false, clock_shape, NULL },
	{ NULL, 0, false, NULL, NULL },
};
/* clang-format on */

/*
 * What a shape cannot say: names that must lead somewhere.
 */

static struct err *
fault(const struct profile *p, const char *section, const char *name,
    const struct node *at, const char *what, const char *word)
{
	return err_new(ERR_INVALID, "%s:%u: %s: there is no %s \"%.64s\"",
	    layers_file(&p->layers, section, name), at->line, name, what,
	    word == NULL ? "" : word);
}

/* Is it an address or a sentence, and no short name of a source? */
static bool
is_literal(const char *source)
{
	return strchr(source, ' ') != NULL || strstr(source, "://") != NULL;
}

static struct err *
vet_source(const struct profile *p, const char *section, const char *name,
    const struct node *source)
{
	const struct node *known = node_get(p->layers.tree, "sources");
	const char *one;

	for (size_t i = 0; (one = node_text_at(source, i)) != NULL; i++)
		if (!is_literal(one) && node_get(known, one) == NULL)
			return fault(p, section, name, source, "source", one);
	return NULL;
}

static struct err *
vet_sources(const struct profile *p)
{
	const struct node *values = node_get(p->layers.tree, "values");
	const struct node *clocks = node_get(p->layers.tree, "clocks");
	const struct node *states = node_get(p->layers.tree, "states");
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(states) && e == NULL; i++)
		e = vet_source(p, "states", states->keys[i],
		    node_get(states->kids[i], "source"));
	for (size_t i = 0; i < node_count(values) && e == NULL; i++)
		e = vet_source(p, "values", values->keys[i],
		    node_get(values->kids[i], "source"));
	for (size_t i = 0; i < node_count(clocks) && e == NULL; i++) {
		const struct node *list = node_get(clocks->kids[i], "readings");

		for (size_t j = 0; j < node_count(list) && e == NULL; j++)
			e = vet_source(p, "clocks", clocks->keys[i],
			    node_get(list->kids[j], "source"));
	}
	return e;
}

static bool
is_phase(const char *name)
{
	for (const char *const *p = order_states; *p != NULL; p++)
		if (strcmp(*p, name) == 0)
			return true;
	return false;
}

static struct err *
vet_phases(const struct profile *p)
{
	const struct node *map = node_get(p->layers.tree, "phases");

	for (size_t i = 0; i < node_count(map); i++) {
		const char *native = node_as_text(map->kids[i]);

		if (!is_phase(map->keys[i]))
			return fault(p, "phases", map->keys[i], map->kids[i],
			    "phase", map->keys[i]);
		if (native == NULL || profile_state(p, native) == NULL)
			return fault(p, "phases", map->keys[i], map->kids[i],
			    "state", native);
	}
	return NULL;
}

/* Every file must be of this format and bear the name it is found under. */
static struct err *
vet_heads(const struct profile *p)
{
	const struct layer *layer;

	vec_each (layer, &p->layers.files) {
		const struct node *tree = layer->tree;

		if (node_number(tree, "profile", 0) != PROFILE_FORMAT)
			return err_new(ERR_UNSUPPORTED,
			    "%s:%u: profile: this deed reads profiles of "
			    "format %d",
			    layer->file, node_get(tree, "profile")->line,
			    PROFILE_FORMAT);
		if (strcmp(node_text(tree, "name"), p->name) != 0)
			return err_new(ERR_INVALID,
			    "%s:%u: name: it must be \"%s\", as the file is "
			    "called",
			    layer->file, node_get(tree, "name")->line, p->name);
	}
	return NULL;
}

/*
 * Reading.
 */

static struct err *
add_file(struct profile *p, const char *dir, const char *below, bool own)
{
	char *path;
	struct err *e;

	if (dir == NULL)
		return NULL;
	path = mem_printf("%s/%s/%s.yaml", dir, below, p->name);
	e = layers_add(&p->layers, path, own, profile_shape, "clocks");
	free(path);
	return e;
}

static void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	rules_release(&p->rules);
	layers_release(&p->layers);
	vec_release(&p->with);
	free(p->name);
	free(p);
}

static struct err *
add_with(struct profile *p, struct profiles *ps)
{
	const struct node *names = node_get(p->layers.tree, "with");
	struct err *e = NULL;

	for (size_t i = 0; i < node_count(names) && e == NULL; i++) {
		const struct profile *other;
		const char *name = names->kids[i]->text;

		e = profiles_get(&other, ps, name);
		if (e == NULL && (other == NULL || other->with.n > 0))
			e = fault(p, "with", "with", names->kids[i],
			    "profile that stands alone by the name", name);
		if (e == NULL)
			vec_push(&p->with, other);
	}
	return e;
}

static struct err *
read_profile(struct profile **out, struct profiles *ps, const char *name)
{
	struct profile *p = mem_zero(1, sizeof(*p));
	const struct profile *any = NULL;
	const struct env *env = ps->env;
	struct err *e;

	*out = NULL;
	p->name = mem_dup(name);
	if ((e = add_file(p, env->share, "platforms", false)) != NULL ||
	    (e = add_file(p, env->config_home, "deed/platforms", true)) !=
		NULL ||
	    (e = add_file(p, ps->ledger, "platforms", true)) != NULL ||
	    p->layers.tree == NULL || (e = vet_heads(p)) != NULL ||
	    (e = vet_sources(p)) != NULL || (e = vet_phases(p)) != NULL)
		goto done;
	if (strcmp(name, PROFILE_ANY) != 0)
		e = profiles_get(&any, ps, PROFILE_ANY);
	if (e != NULL ||
	    (e = rules_read(&p->rules, &p->layers,
		 any == NULL ? NULL : &any->rules)) != NULL)
		goto done;
	p->title = node_text(p->layers.tree, "title");
	if (p->title == NULL)
		p->title = p->name;
	p->look_up = node_flag(p->layers.tree, "look_up");
	*out = p;
done:
	if (*out == NULL)
		profile_free(p);
	return e;
}

struct profiles *
profiles_new(const struct env *env, const char *ledger)
{
	struct profiles *ps = mem_zero(1, sizeof(*ps));

	ps->env = env;
	ps->ledger = mem_dup(ledger);
	return ps;
}

void
profiles_free(struct profiles *ps)
{
	if (ps == NULL)
		return;
	for (size_t i = 0; i < ps->v.n; i++)
		profile_free(ps->v.v[i]);
	vec_release(&ps->v);
	free(ps->ledger);
	free(ps);
}

/* A name from a record, about to become one of a file. */
static bool
is_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= NAME_MAX_LEN &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
	    strlen(name);
}

struct err *
profiles_get(const struct profile **out, struct profiles *ps, const char *name)
{
	struct profile *p;
	struct err *e;

	*out = NULL;
	for (size_t i = 0; i < ps->v.n; i++)
		if (strcmp(ps->v.v[i]->name, name) == 0) {
			*out =
			    ps->v.v[i]->layers.tree == NULL ? NULL : ps->v.v[i];
			return NULL;
		}
	if (!is_name(name))
		return NULL;
	if ((e = read_profile(&p, ps, name)) != NULL)
		return e;
	if (p == NULL) { /* remember that there is none */
		p = mem_zero(1, sizeof(*p));
		p->name = mem_dup(name);
		vec_push(&ps->v, p);
		return NULL;
	}
	vec_push(&ps->v, p);
	if ((e = add_with(p, ps)) == NULL)
		*out = p;
	return e;
}

/*
 * Asking.
 */

const struct node *
profile_value(const struct profile *p, const char *key)
{
	return p == NULL ? NULL :
			   node_get(node_get(p->layers.tree, "values"), key);
}

int64_t
profile_number(const struct profile *p, const char *key, int64_t otherwise)
{
	return node_number(profile_value(p, key), "value", otherwise);
}

const char *
profile_override(const struct profile *p, const char *section, const char *name)
{
	return layers_override(&p->layers, section, name);
}

static void
add_source(
    struct buf *out, const struct profile *p, const char *name, bool urls)
{
	const struct node *known =
	    node_get(node_get(p->layers.tree, "sources"), name);
	const char *title = node_text(known, "title");
	const char *url = node_text(known, "url");

	if (out->len > 0)
		buf_adds(out, "; ");
	buf_adds(out, title != NULL ? title : name);
	if (urls && url != NULL)
		buf_addf(out, ", %s", url);
}

char *
profile_source(const struct profile *p, const struct node *source, bool urls)
{
	struct buf b = BUF_INIT;
	const char *one;

	for (size_t i = 0; (one = node_text_at(source, i)) != NULL; i++)
		add_source(&b, p, one, urls);
	return buf_steal(&b);
}

char *
profile_value_source(const struct profile *p, const char *key)
{
	const struct node *v = profile_value(p, key);
	const char *mine = profile_override(p, "values", key);
	char *source = profile_source(p, node_get(v, "source"), false);
	char *both;

	if (mine == NULL)
		return source;
	both = mem_printf("%s; your own value, from %s", source, mine);
	free(source);
	return both;
}

char *
profile_dated(const struct profile *p, const char *key, const char *said)
{
	const struct node *v = key != NULL ? profile_value(p, key) : NULL;
	char *source, *text;

	if (v == NULL)
		return mem_dup(said);
	source = profile_value_source(p, key);
	text = mem_printf(
	    "%s (as of %s: %s)", said, node_text(v, "as_of"), source);
	free(source);
	return text;
}

const struct node *
profile_state(const struct profile *p, const char *native)
{
	const struct node *state;

	if (p == NULL)
		return NULL;
	state = node_get(node_get(p->layers.tree, "states"), native);
	for (size_t i = 0; i < p->with.n && state == NULL; i++)
		state = profile_state(p->with.v[i], native);
	return state;
}

const char *
profile_native(const struct profile *p, const char *phase)
{
	return p == NULL ? NULL :
			   node_text(node_get(p->layers.tree, "phases"), phase);
}

/* "2025" and "2025-10" count to their end: they may have been true then. */
bool
profile_is_stale(const char *as_of, int64_t now)
{
	size_t len = strlen(as_of);
	char whole[DATE_TEXT];
	struct civil c;
	struct when when;
	struct err *e;

	if (len != 4 && len != 7 && len != 10)
		return true;
	memcpy(whole, as_of, len);
	memcpy(whole + len, &"-12-28"[len - 4], 11 - len);
	e = date_parse(&when, whole);
	if (e != NULL) {
		err_drop(e); /* "unknown" is as stale as can be */
		return true;
	}
	c = date_civil(when.time + when.offset * 60);
	if (len < 10)
		c.day = date_days_in(c.year, c.month);
	c.year++;
	if (c.day > date_days_in(c.year, c.month))
		c.day = date_days_in(c.year, c.month);
	return now >= date_from_civil(&c) + DATE_DAY;
}

static bool
may_hear(const struct rules *rules, const struct kind *kind, const char *text,
    size_t len)
{
	const struct event *ev;

	vec_each (ev, &rules->events) {
		if (event_may_be(ev, kind, text, len))
			return true;
	}
	return false;
}

bool
profiles_may_hear(const struct profiles *ps, const struct profile *p,
    const struct kind *kind, const char *text, size_t len)
{
	for (size_t i = 0; i < ps->v.n; i++)
		if (strcmp(ps->v.v[i]->name, PROFILE_ANY) == 0 &&
		    may_hear(&ps->v.v[i]->rules, kind, text, len))
			return true;
	if (p != NULL && may_hear(&p->rules, kind, text, len))
		return true;
	for (size_t i = 0; p != NULL && i < p->with.n; i++)
		if (may_hear(&p->with.v[i]->rules, kind, text, len))
			return true;
	return false;
}

static void
stamp_folder(struct buf *out, const char *dir, const char *below)
{
	struct strs names = VEC_INIT;
	char *folder;

	if (dir == NULL)
		return;
	folder = path_join(dir, below);
	/* no folder, no profiles in it */
	err_drop(file_list(&names, folder));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(folder, names.v[i]);
		struct stat st;
		struct err *e = file_stat(&st, path);

		if (e == NULL)
			buf_addf(out, " %lld.%lld.%lld", (long long)st.st_size,
			    (long long)st.st_mtime, (long long)st.st_ino);
		err_drop(e); /* gone again */
		free(path);
	}
	strs_release(&names);
	free(folder);
}

void
profiles_stamp(struct buf *out, const struct profiles *ps)
{
	stamp_folder(out, ps->env->share, "platforms");
	stamp_folder(out, ps->env->config_home, "deed/platforms");
	stamp_folder(out, ps->ledger, "platforms");
}

/* SPDX-License-Identifier: ISC */
#include "cmd/cli/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/mem.h"
#include "core/util/near.h"

#define HELP_COLUMN 29

struct parser {
	const char *command;
	const struct opt_target *own, *common;
	int argc, at;
	char **argv;
	size_t args_seen; /* words without a dash, so far */
};

static struct err *
misuse(const struct parser *p, struct err *e)
{
	if (p->own == NULL)
		return err_hint(e, "see 'deed help'");
	return err_hint(e, "see 'deed %s -h'", p->command);
}

static void
append(struct words *w, const char *word)
{
	w->v = mem_grow(w->v, w->n + 1, sizeof(*w->v));
	w->v[w->n++] = word;
}

static bool
is_option(const struct opt *o)
{
	return o->type != OPT_T_ARG && o->type != OPT_T_ARGS;
}

static const struct opt *
by_name(const struct opt *o, const char *name, size_t len)
{
	for (; o->type != OPT_T_END; o++)
		if (is_option(o) && o->name != NULL && strlen(o->name) == len &&
		    memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static const struct opt *
by_letter(const struct opt *o, char letter)
{
	for (; o->type != OPT_T_END; o++)
		if (is_option(o) && o->letter == letter)
			return o;
	return NULL;
}

static struct err *
vet_choice(const struct parser *p, const char *option, const char *value,
    const char *const *choices)
{
	struct buf list = BUF_INIT;
	struct near near;
	struct err *e;

	near_init(&near, value);
	for (const char *const *c = choices; *c != NULL; c++) {
		if (strcmp(*c, value) == 0) {
			buf_release(&list);
			return NULL;
		}
		buf_addf(&list, "%s%s", list.len > 0 ? ", " : "", *c);
		near_try(&near, *c);
	}
	e = err_new(ERR_USAGE, "%s%s%s\"%.80s\" is none of %s",
	    option != NULL ? "--" : "", option != NULL ? option : "",
	    option != NULL ? ": " : "", value, list.data);
	e = near.best != NULL ? err_hint(e, "did you mean %s?", near.best) :
				misuse(p, e);
	buf_release(&list);
	return e;
}

static struct err *
to_int(const struct parser *p, const struct opt *o, const char *value, int *out)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (end == value || *end != '\0')
		return misuse(p,
		    err_new(ERR_USAGE, "--%s: \"%.80s\" is not a number",
			o->name, value));
	if (errno != 0 || n < o->min || n > o->max)
		return misuse(p,
		    err_new(ERR_USAGE, "--%s: %.80s is not between %d and %d",
			o->name, value, o->min, o->max));
	*out = (int)n;
	return NULL;
}

static struct err *
assign(const struct parser *p, const struct opt_target *t, const struct opt *o,
    const char *value)
{
	char *field = (char *)t->into + o->field;
	struct err *e = NULL;

	switch (o->type) {
	case OPT_T_INT:
		return to_int(p, o, value, (int *)(void *)field);
	case OPT_T_ENUM:
		e = vet_choice(p, o->name, value, o->choices);
		/* fall through */
	case OPT_T_STR:
		*(const char **)(void *)field = value;
		return e;
	default:
		append((struct words *)(void *)field, value);
		return NULL;
	}
}

/* Find an option in the command's table or the common one. */
static const struct opt *
find(const struct parser *p, const struct opt_target **in, const char *name,
    size_t len, char letter)
{
	const struct opt_target *targets[] = { p->own, p->common };

	for (size_t i = 0; i < 2; i++) {
		const struct opt *o;

		if (targets[i] == NULL)
			continue;
		o = name != NULL ? by_name(targets[i]->opts, name, len) :
				   by_letter(targets[i]->opts, letter);
		*in = targets[i];
		if (o != NULL)
			return o;
	}
	return NULL;
}

static struct err *
unknown_option(const struct parser *p, const char *word)
{
	const struct opt_target *targets[] = { p->own, p->common };
	char *name = mem_ndup(word, strcspn(word, "="));
	struct near near;
	struct err *e = err_new(ERR_USAGE, "there is no option %.80s", name);

	near_init(&near, name + strspn(name, "-"));
	for (size_t i = 0; i < 2; i++)
		for (const struct opt *o =
			 targets[i] != NULL ? targets[i]->opts : NULL;
		     o != NULL && o->type != OPT_T_END; o++)
			if (o->name != NULL && word[1] == '-')
				near_try(&near, o->name);
	if (near.best != NULL)
		e = err_hint(e, "did you mean --%s?", near.best);
	else
		e = misuse(p, e);
	free(name);
	return e;
}

static struct err *
no_value(const struct parser *p, const char *word)
{
	return misuse(p, err_new(ERR_USAGE, "%.80s needs a value", word));
}

/* "--name", "--name=value", "--name value", "--no-name". */
static struct err *
long_option(struct parser *p, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	const struct opt_target *in;
	const struct opt *o = find(p, &in, name, len, 0);
	bool on = true;

	if (o == NULL && len > 3 && strncmp(name, "no-", 3) == 0) {
		o = find(p, &in, name + 3, len - 3, 0);
		if (o != NULL && o->type != OPT_T_FLAG)
			o = NULL;
		on = false;
	}
	if (o == NULL)
		return unknown_option(p, word);
	if (o->type == OPT_T_FLAG) {
		if (value != NULL)
			return misuse(p,
			    err_new(ERR_USAGE, "--%s takes no value", o->name));
		*(bool *)((char *)in->into + o->field) = on;
		return NULL;
	}
	if (value == NULL) {
		if (p->at + 1 >= p->argc)
			return no_value(p, word);
		value = p->argv[++p->at];
	}
	return assign(p, in, o, value);
}

/* "-rn2", "-n 2". */
static struct err *
short_options(struct parser *p, const char *word)
{
	struct err *e = NULL;

	for (const char *c = word + 1; *c != '\0' && e == NULL; c++) {
		const struct opt_target *in;
		const struct opt *o = find(p, &in, NULL, 0, *c);

		if (o == NULL)
			return unknown_option(p, word);
		if (o->type == OPT_T_FLAG) {
			*(bool *)((char *)in->into + o->field) = true;
			continue;
		}
		if (c[1] != '\0')
			return assign(p, in, o, c + 1);
		if (p->at + 1 >= p->argc)
			return no_value(p, word);
		return assign(p, in, o, p->argv[++p->at]);
	}
	return e;
}

static struct err *
positional(struct parser *p, const char *word)
{
	size_t seen = p->args_seen++;

	for (const struct opt *o = p->own->opts; o->type != OPT_T_END; o++) {
		char *field = (char *)p->own->into + o->field;

		if (is_option(o))
			continue;
		if (o->type == OPT_T_ARGS) {
			append((struct words *)(void *)field, word);
			return NULL;
		}
		if (seen-- > 0)
			continue;
		*(const char **)(void *)field = word;
		return o->choices == NULL ?
		    NULL :
		    vet_choice(p, NULL, word, o->choices);
	}
	return misuse(
	    p, err_new(ERR_USAGE, "one word too many: \"%.80s\"", word));
}

/* Is every word there that must be? */
static struct err *
vet_positionals(const struct parser *p)
{
	size_t seen = p->args_seen;

	for (const struct opt *o = p->own->opts; o->type != OPT_T_END; o++) {
		if (is_option(o))
			continue;
		if (seen == 0 && !(o->flags & OPT_OPTIONAL))
			return misuse(
			    p, err_new(ERR_USAGE, "%s is missing", o->value));
		seen -= seen > 0;
	}
	return NULL;
}

static bool
wants_help(const struct parser *p)
{
	const struct opt *o = by_letter(p->common->opts, 'h');

	return o != NULL && *(bool *)((char *)p->common->into + o->field);
}

struct err *
opt_parse(const char *command, const struct opt_target *own,
    const struct opt_target *common, int argc, char **argv, int *stop)
{
	struct parser p = { command, own, common, argc, 0, argv, 0 };
	bool only_words = false;
	struct err *e = NULL;

	for (; p.at < argc && e == NULL; p.at++) {
		const char *word = argv[p.at];

		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
		} else if (only_words || word[0] != '-' || word[1] == '\0') {
			if (own == NULL)
				break;
			e = positional(&p, word);
		} else if (word[1] == '-') {
			e = long_option(&p, word);
		} else {
			e = short_options(&p, word);
		}
	}
	if (stop != NULL)
		*stop = p.at;
	if (e == NULL && own != NULL && !wants_help(&p))
		e = vet_positionals(&p);
	return e;
}

void
opt_release(const struct opt_target *t)
{
	for (const struct opt *o = t->opts; o->type != OPT_T_END; o++)
		if (o->type == OPT_T_LIST || o->type == OPT_T_ARGS) {
			struct words *w = (void *)((char *)t->into + o->field);

			free(w->v);
			w->v = NULL;
			w->n = 0;
		}
}

static void
usage_of(struct buf *out, const struct opt *o)
{
	if (o->type == OPT_T_ARG || o->type == OPT_T_ARGS) {
		bool maybe = o->flags & OPT_OPTIONAL;

		buf_addf(out, maybe ? " [%s%s]" : " %s%s", o->value,
		    o->type == OPT_T_ARGS ? " ..." : "");
		return;
	}
	buf_adds(out, " [");
	if (o->letter != 0)
		buf_addf(out, "-%c", o->letter);
	else
		buf_addf(out, "--%s", o->name);
	if (o->type != OPT_T_FLAG)
		buf_addf(out, " %s", o->value);
	buf_addc(out, ']');
	if (o->type == OPT_T_LIST && !(o->flags & OPT_PLAIN))
		buf_adds(out, " ...");
}

void
opt_usage(struct buf *out, const char *command, const struct opt *opts)
{
	buf_addf(out, "deed %s", command);
	for (const struct opt *o = opts; o->type != OPT_T_END; o++)
		if (is_option(o) && !(o->flags & OPT_HIDDEN))
			usage_of(out, o);
	for (const struct opt *o = opts; o->type != OPT_T_END; o++)
		if (!is_option(o))
			usage_of(out, o);
}

void
opt_help(struct buf *out, const struct opt *opts)
{
	for (const struct opt *o = opts; o->type != OPT_T_END; o++) {
		size_t start = out->len;

		if (!is_option(o) || (o->flags & OPT_HIDDEN))
			continue;
		buf_adds(out, "  ");
		if (o->letter != 0)
			buf_addf(out, "-%c%s", o->letter,
			    o->name != NULL ? ", " : "");
		if (o->name != NULL)
			buf_addf(out, "--%s", o->name);
		if (o->type != OPT_T_FLAG)
			buf_addf(out, " %s", o->value);
		if (out->len - start >= HELP_COLUMN - 1) {
			buf_addc(out, '\n');
			start = out->len;
		}
		while (out->len - start < HELP_COLUMN)
			buf_addc(out, ' ');
		buf_addf(out, "%s\n", o->help);
	}
}

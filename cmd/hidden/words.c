/* SPDX-License-Identifier: ISC */
/*
 * deed __complete: what a shell may offer at this point, a word a line, with a
 * blank and what it means behind it.  The scripts in completions/ ask it, so
 * they need to know no command.  With --for it is in the form that a shell
 * takes as it is: shells are slow at changing ten thousand lines.
 */

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/view.h"
#include "core/intake/reader.h"
#include "core/util/utf8.h"

#define PLAIN \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"-_.~@:"

struct args {
	const char *what, *command, *option;
	const char *form, *word;
};

/* Where the offers go, and in which form. */
struct offers {
	struct buf text;
	const char *form; /* NULL, or a shell */
	const char *word; /* what is typed of it, or NULL */
};

#define MANY 1000 /* orders: nobody reads the meanings of as many */

static const char *const shells[] = { "bash", "zsh", "fish", NULL };

static const char *const whats[] = { "commands", "options", "choices", "orders",
	"labels", NULL };

static const struct opt opts[] = {
	OPT_ENUM(0, "for", form, "shell", shells, "in the form of a shell"),
	OPT_STR(0, "word", word, "text", "only what fits what is typed"),
	OPT_ARG_ENUM("what", what, whats, 0),
	OPT_ARG("command", command, OPT_OPTIONAL),
	OPT_ARG("option", option, OPT_OPTIONAL),
	OPT_END,
};

static bool
is_for(const struct offers *o, const char *shell)
{
	return o->form != NULL && strcmp(o->form, shell) == 0;
}

/* zsh describes a word behind a colon, so one in the word is marked. */
static void
add_word(struct offers *o, const char *word)
{
	for (; *word != '\0'; word++) {
		if (*word == ':' && is_for(o, "zsh"))
			buf_addc(&o->text, '\\');
		buf_addc(&o->text, *word);
	}
}

/* bash goes by the beginning; the others find what is within, in any case. */
static bool
is_wanted(const struct offers *o, const char *word)
{
	if (o->word == NULL)
		return true;
	return is_for(o, "bash") ?
	    strncmp(word, o->word, strlen(o->word)) == 0 :
	    strcasestr(word, o->word) != NULL;
}

/*
 * Word and meaning (may be NULL) are anybody's: the one may land on a command
 * line unquoted, so it must be plain; the other stays on its line.
 */
static void
add(struct offers *o, const char *word, const char *meaning)
{
	if (word[strspn(word, PLAIN)] != '\0' || !is_wanted(o, word))
		return;
	add_word(o, word);
	if (meaning != NULL && !is_for(o, "bash")) {
		buf_addc(&o->text,
		    is_for(o, "zsh")      ? ':' :
			is_for(o, "fish") ? '\t' :
					    ' ');
		utf8_escape(&o->text, meaning, strlen(meaning), false);
	}
	buf_addc(&o->text, '\n');
}

static void
list_commands(struct offers *out)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			add(out, commands[i]->name, commands[i]->summary);
}

static void
list_kinds(struct offers *out)
{
	for (size_t i = 0; kind_at(i) != NULL; i++)
		add(out, kind_at(i)->name, NULL);
}

static void
list_formats(struct offers *out)
{
	for (size_t i = 0; readers[i] != NULL; i++)
		add(out, readers[i]->name, readers[i]->title);
}

static bool
is_word(const struct opt *o)
{
	return o->type == OPT_T_ARG || o->type == OPT_T_ARGS;
}

static void
list_options(struct offers *out, const struct opt *o)
{
	for (; o != NULL && o->type != OPT_T_END; o++) {
		char letter[] = { '-', o->letter, '\0' };
		char *name;

		if (is_word(o) || (o->flags & OPT_HIDDEN))
			continue;
		if (o->letter != 0)
			add(out, letter, o->help);
		if (o->name == NULL)
			continue;
		name = mem_printf("--%s", o->name);
		add(out, name, o->help);
		free(name);
	}
}

/*
 * Orders and entries.  A key pressed in the middle of a line must never end
 * in a complaint: what cannot be found is not offered.
 */

static bool
have_ledger(struct ctx *ctx)
{
	if (ctx->ledger == NULL)
		err_drop(ledger_find(&ctx->ledger, &ctx->env, ctx->project));
	return ctx->ledger != NULL;
}

static void
list_orders(struct offers *out, struct ctx *ctx)
{
	bool begun = out->word != NULL && out->word[0] != '\0';
	struct roster *roster = NULL;
	size_t n = 0, wanted = 0;

	if (have_ledger(ctx))
		err_drop(ctx_roster(&roster, ctx, begun ? out->word : NULL));
	if (roster != NULL)
		n = roster_count(roster);
	for (size_t i = 0; i < n; i++)
		wanted += is_wanted(out, roster_at(roster, i)->id);
	for (size_t i = 0; i < n; i++)
		add(out, roster_at(roster, i)->id,
		    wanted > MANY ? NULL : roster_at(roster, i)->title);
	roster_free(roster);
}

static void
list_facts(struct offers *out, const struct order *o, const char *kind)
{
	for (size_t i = o->n; i-- > 0;) {
		const struct fact *f = &o->v[o->replay[i]];
		const char *name = f->entry->kind->name;
		char *id, *summary, *meaning;

		if (kind != NULL && strcmp(name, kind) != 0)
			continue;
		id = f->label != NULL ? mem_dup(f->label) : order_short(o, f);
		summary = view_summary(o, f);
		meaning = mem_printf(
		    "%s%s%s", name, summary[0] != '\0' ? ": " : "", summary);
		add(out, id, meaning);
		free(id);
		free(summary);
		free(meaning);
	}
}

static void
list_requirements(struct offers *out, const struct order *o)
{
	struct node *all = order_requirements(o);

	for (size_t i = 0; i < all->n; i++)
		add(out, node_text(all->kids[i], "label"),
		    node_text(all->kids[i], "text"));
	node_free(all);
}

/* Entries of one kind, of all (kind NULL), or what was agreed. */
static void
list_labels(struct offers *out, struct ctx *ctx, const char *kind)
{
	struct view v = { 0 };
	struct err *e;

	if (!have_ledger(ctx))
		return;
	if ((e = view_open(&v, ctx, NULL)) != NULL)
		err_drop(e);
	else if (kind != NULL && strcmp(kind, "requirement") == 0)
		list_requirements(out, v.order);
	else
		list_facts(out, v.order, kind);
	view_close(&v);
}

static bool
is_called(const struct opt *o, const char *name)
{
	return o->name != NULL && strcmp(o->name, name) == 0;
}

/* By its choices, its name, or what stands for its value in the usage line. */
static void
list_values(struct offers *out, struct ctx *ctx, const struct opt *o)
{
	for (size_t i = 0; o->choices != NULL && o->choices[i] != NULL; i++)
		add(out, o->choices[i], NULL);
	if (o->choices != NULL)
		return;
	if (is_called(o, "order") ||
	    (is_word(o) && strncmp(o->value, "order", 5) == 0))
		list_orders(out, ctx);
	else if (is_called(o, "covers") ||
	    (is_called(o, "requirement") && strcmp(o->value, "label") == 0))
		list_labels(out, ctx, "requirement");
	else if (is_called(o, "format"))
		list_formats(out);
	else if (strcmp(o->value, "command") == 0)
		list_commands(out);
	else if (strcmp(o->value, "kind") == 0)
		list_kinds(out);
	else if (strcmp(o->value, "delivery") == 0)
		list_labels(out, ctx, "delivery");
	else if (strncmp(o->value, "entry", 5) == 0)
		list_labels(out, ctx, NULL);
}

static const struct opt *
find_option(const struct opt *o, const char *word)
{
	for (; o != NULL && o->type != OPT_T_END; o++)
		if (!is_word(o) &&
		    (word[1] == '-' ?
			    o->name != NULL && strcmp(o->name, word + 2) == 0 :
			    o->letter == word[1] && word[2] == '\0'))
			return o;
	return NULL;
}

/*
 * What may follow an option, or stand as a word of its own.  Status 1: the
 * option takes no value, so that the next word is one of its own.
 */
static void
list_choices(struct offers *out, struct ctx *ctx, const struct args *args)
{
	const struct command *c =
	    args->command != NULL ? command_find(args->command) : NULL;
	const struct opt *own = c != NULL ? c->opts : NULL, *o;

	if (args->option == NULL) {
		for (o = own; o != NULL && o->type != OPT_T_END; o++)
			if (is_word(o))
				list_values(out, ctx, o);
		return;
	}
	o = args->option[0] == '-' ? find_option(own, args->option) : NULL;
	if (o == NULL && args->option[0] == '-')
		o = find_option(common_opts, args->option);
	if (o == NULL || o->type == OPT_T_FLAG)
		ctx->status = 1;
	else
		list_values(out, ctx, o);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	const struct command *c =
	    args->command != NULL ? command_find(args->command) : NULL;
	struct offers out = { BUF_INIT, args->form, args->word };

	if (strcmp(args->what, "commands") == 0) {
		list_commands(&out);
	} else if (strcmp(args->what, "options") == 0) {
		list_options(&out, c != NULL ? c->opts : NULL);
		list_options(&out, common_opts);
	} else if (strcmp(args->what, "choices") == 0) {
		list_choices(&out, ctx, args);
	} else if (strcmp(args->what, "orders") == 0) {
		list_orders(&out, ctx);
	} else {
		list_labels(&out, ctx, NULL);
	}
	out_bytes(ctx->out, out.text.data, out.text.len);
	buf_release(&out.text);
	return NULL;
}

const struct command cmd_words = {
	.name = "__complete",
	.summary = "what a shell may offer here",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_HIDDEN,
	.run = run,
};

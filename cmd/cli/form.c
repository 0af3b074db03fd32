/* SPDX-License-Identifier: ISC */
#include "cmd/cli/form.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/editor.h"
#include "cmd/cli/say.h"
#include "core/util/near.h"
#include "core/util/utf8.h"

static bool
is_field(const struct opt *o)
{
	return o->name != NULL && o->value != NULL;
}

static void
write_form(struct buf *out, const struct form *form)
{
	buf_addf(out,
	    "# %s\n#\n# Fill in what you know; what stays blank is left out, "
	    "and so are these\n# lines.  Fields marked * may stand on several "
	    "lines.  A form without an\n# answer records nothing.\n",
	    form->head);
	for (const struct opt *o = form->target->opts; o->type != OPT_T_END;
	     o++)
		if (is_field(o))
			buf_addf(out, "\n# %s%s\n%s: \n",
			    o->type == OPT_T_LIST ? "* " : "", o->help,
			    o->name);
}

static struct err *
no_field(const struct opt *o, const char *path, size_t line, const char *name)
{
	struct near near;
	struct err *e = err_new(ERR_SYNTAX,
	    "%s:%zu: there is no field \"%.40s\"", path, line, name);

	near_init(&near, name);
	for (; o->type != OPT_T_END; o++)
		if (is_field(o))
			near_try(&near, o->name);
	return near.best != NULL ? err_hint(e, "did you mean %s?", near.best) :
				   e;
}

static const struct opt *
find_field(const struct opt *o, const char *name)
{
	for (; o->type != OPT_T_END; o++)
		if (is_field(o) && strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* Cut blanks off both ends of a text that may be written to. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* One line as the word of a command line; none if it says nothing. */
static struct err *
read_line(struct strs *words, const struct form *form, const char *path,
    size_t line, char *text)
{
	char *colon = strchr(text, ':'), *name, *value;

	if (text[0] == '#' || *trim(text) == '\0')
		return NULL;
	if (colon == NULL)
		return err_new(ERR_SYNTAX,
		    "%s:%zu: expected a field and a colon", path, line);
	*colon = '\0';
	name = trim(text);
	value = trim(colon + 1);
	if (find_field(form->target->opts, name) == NULL)
		return no_field(form->target->opts, path, line, name);
	if (*value != '\0')
		strs_take(words, mem_printf("--%s=%s", name, value));
	return NULL;
}

static struct err *
read_form(struct strs *words, struct form *form, const char *path)
{
	char *next = form->text.data, *line;
	struct err *e = NULL;

	if (!utf8_valid(form->text.data, form->text.len))
		return err_new(ERR_INVALID, "%s: the text is not UTF-8", path);
	for (size_t n = 1; e == NULL && next != NULL; n++) {
		line = strsep(&next, "\n");
		e = read_line(words, form, path, n, line);
	}
	return e;
}

struct err *
form_fill(struct form *form, struct ctx *ctx)
{
	char *path = editor_path(ctx);
	struct buf blank = BUF_INIT;
	struct opt_target none = { (const struct opt[]){ OPT_END }, NULL };
	struct err *e;

	write_form(&blank, form);
	if ((e = editor_edit(&form->text, ctx, blank.data)) != NULL)
		goto done;
	e = read_form(&form->words, form, path);
	if (e == NULL && form->words.n == 0) {
		e = err_hint(
		    err_new(ERR_USAGE, "nothing recorded: the form is blank"),
		    "see 'deed %s -h' for options that say the same",
		    form->command);
		goto done;
	}
	if (e == NULL)
		e = opt_parse(form->command, form->target, &none,
		    (int)form->words.n, form->words.v, NULL);
	if (e != NULL)
		form_keep(ctx);
done:
	buf_release(&blank);
	free(path);
	return e;
}

void
form_keep(const struct ctx *ctx)
{
	char *path = editor_path(ctx);

	say_note("what you wrote is kept in %s", path);
	free(path);
}

void
form_release(struct form *form)
{
	opt_release(form->target);
	buf_release(&form->text);
	strs_release(&form->words);
}

/* SPDX-License-Identifier: ISC */
#include "core/project.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/buf.h"
#include "core/util/file.h"
#include "core/util/mem.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define CONFIG_MAX (1u << 20)

struct project {
	char *cwd, *home;
	bool asked_top, asked_config;
	char *top, *main_top;
	struct buf config; /* scope NUL key LF value NUL ... */
};

struct project *
project_new(const char *cwd, const char *home)
{
	struct project *p = mem_zero(1, sizeof(*p));

	p->cwd = mem_dup(cwd);
	p->home = mem_dup(home != NULL ? home : "/");
	buf_init(&p->config);
	return p;
}

void
project_free(struct project *p)
{
	if (p == NULL)
		return;
	free(p->cwd);
	free(p->home);
	free(p->top);
	free(p->main_top);
	buf_release(&p->config);
	free(p);
}

/* Run git in dir; its standard output without the last LF. */
static struct err *
git(const char *dir, const char *const argv[], struct buf *out, int *status)
{
	struct proc_spec spec = {
		.argv = argv, .dir = dir, .out_max = CONFIG_MAX
	};
	struct buf errs = BUF_INIT;
	struct err *e = proc_run(&spec, out, &errs, status);

	buf_release(&errs);
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		buf_cut(out, out->len - 1);
	return e;
}

/* Cut the first line off b. */
static char *
take_line(struct buf *b, size_t *at)
{
	size_t len = strcspn(b->data + *at, "\n");
	char *line = mem_ndup(b->data + *at, len);

	*at += len + (b->data[*at + len] == '\n');
	return line;
}

static void
ask_top(struct project *p)
{
	const char *const argv[] = { "git", "rev-parse",
		"--path-format=absolute", "--show-toplevel", "--git-common-dir",
		NULL };
	struct buf out = BUF_INIT;
	size_t at = 0;
	int status;
	char *common, *beside;

	p->asked_top = true;
	/* without git there is no project either */
	err_drop(git(p->cwd, argv, &out, &status));
	if (status == 0 && out.len > 0) {
		p->top = take_line(&out, &at);
		common = take_line(&out, &at);
		beside = path_parent(common);
		p->main_top = mem_dup(
		    strcmp(path_base(common), ".git") == 0 ? beside : p->top);
		free(beside);
		free(common);
	}
	buf_release(&out);
}

const char *
project_top(struct project *p)
{
	if (!p->asked_top)
		ask_top(p);
	return p->top;
}

const char *
project_main_top(struct project *p)
{
	if (!p->asked_top)
		ask_top(p);
	return p->main_top;
}

static struct err *
ask_config(struct project *p)
{
	const char *const argv[] = { "git", "config", "-z", "--show-scope",
		"--get-regexp", "^(deed|user|commit|gpg|color)\\.", NULL };
	int status;
	struct err *e;

	if (p->asked_config)
		return NULL;
	p->asked_config = true;
	e = git(p->cwd, argv, &p->config, &status);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no git, no config */
		e = NULL;
	}
	/* a config git cannot read is git's to complain about, elsewhere */
	if (status != 0)
		buf_clear(&p->config);
	return e;
}

/* The next value of key from *at on; *own says whether it is the project's. */
static const char *
next_value(bool *own, const struct project *p, const char *key, size_t *at)
{
	size_t len = strlen(key);
	const char *end = p->config.data + p->config.len;

	while (p->config.data + *at < end) {
		const char *scope = p->config.data + *at;
		const char *pair = scope + strlen(scope) + 1;

		if (pair >= end)
			break;
		*own = strcmp(scope, "global") != 0 &&
		    strcmp(scope, "system") != 0;
		*at = (size_t)(pair + strlen(pair) + 1 - p->config.data);
		if (strncmp(pair, key, len) == 0 && pair[len] == '\n')
			return pair + len + 1;
	}
	return NULL;
}

/* The value that counts, and whether it is the project's own. */
static struct err *
look_up(
    const char **out, bool *own, struct project *p, const char *key, bool local)
{
	const char *value;
	size_t at = 0;
	bool its;
	struct err *e = ask_config(p);

	*out = NULL;
	*own = false;
	if (e != NULL)
		return e;
	while ((value = next_value(&its, p, key, &at)) != NULL)
		if (its || !local) {
			*out = value; /* the last one counts */
			*own = its;
		}
	return NULL;
}

struct err *
project_values(struct strs *out, struct project *p, const char *key, bool wide)
{
	const char *value;
	size_t at = 0;
	bool own;
	struct err *e = ask_config(p);

	while (e == NULL && (value = next_value(&own, p, key, &at)) != NULL)
		if (!(own && wide))
			strs_add(out, value);
	return e;
}

struct err *
project_config(const char **out, struct project *p, const char *key, bool local)
{
	bool own;

	return look_up(out, &own, p, key, local);
}

struct err *
project_folder(char **out, struct project *p, const char *key, bool local)
{
	const char *value, *base = p->home;
	bool own;
	struct err *e = look_up(&value, &own, p, key, local);

	*out = NULL;
	if (e != NULL || value == NULL)
		return e;
	if (strncmp(value, "~/", 2) == 0)
		value += 2;
	else if (own && project_main_top(p) != NULL)
		base = project_main_top(p);
	*out = path_join(base, value);
	return NULL;
}

struct err *
project_set(struct project *p, const char *key, const char *value)
{
	const char *const set[] = { "git", "config", "--local", "--replace-all",
		key, value, NULL };
	const char *const unset[] = { "git", "config", "--local", "--unset-all",
		key, NULL };
	struct proc_spec spec = { .argv = value != NULL ? set : unset,
		.dir = p->cwd,
		.out_max = CONFIG_MAX };
	struct buf out = BUF_INIT, said = BUF_INIT;
	int status;
	struct err *e = proc_run(&spec, &out, &said, &status);

	/* 5: there was nothing to unset */
	if (e == NULL && status != 0 && !(value == NULL && status == 5))
		e = err_new(ERR_SYSTEM,
		    "git config could not set %s in this project: %.*s", key,
		    (int)strcspn(said.data, "\n"), said.data);
	buf_release(&said);
	buf_clear(&p->config);
	p->asked_config = false;
	buf_release(&out);
	return e;
}

struct err *
project_exclude(struct project *p, const char *pattern)
{
	const char *const argv[] = { "git", "rev-parse",
		"--path-format=absolute", "--git-path", "info/exclude", NULL };
	struct buf path = BUF_INIT, text = BUF_INIT;
	char *line = mem_printf("%s\n", pattern), *folder = NULL;
	int status, lock = -1;
	struct err *e;

	if ((e = git(p->cwd, argv, &path, &status)) != NULL)
		goto done;
	if (status != 0) {
		e = err_new(ERR_SYSTEM,
		    "git does not say where its list of "
		    "ignored files is");
		goto done;
	}
	folder = path_parent(path.data);
	if ((e = file_mkdir_for(path.data, 0777)) != NULL ||
	    (e = file_lock_dir(&lock, folder)) != NULL)
		goto done;
	file_drop_begun(folder, ".deed-"); /* of one that was killed */
	e = file_read(&text, path.data, CONFIG_MAX);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it is made now */
		e = NULL;
	}
	if (e != NULL || strstr(text.data, line) != NULL)
		goto done;
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buf_addc(&text, '\n');
	buf_adds(&text, line);
	e = file_replace(path.data, text.data, text.len, 0644);
done:
	if (lock >= 0)
		close(lock);
	free(folder);
	free(line);
	buf_release(&path);
	buf_release(&text);
	return e;
}

struct err *
project_tracks(bool *out, const char *top, const char *name)
{
	const char *const argv[] = { "git", "ls-files", "--", name, NULL };
	struct buf list = BUF_INIT;
	int status;
	struct err *e = git(top, argv, &list, &status);

	*out = status == 0 && list.len > 0;
	buf_release(&list);
	return e;
}

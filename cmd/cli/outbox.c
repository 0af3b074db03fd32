/* SPDX-License-Identifier: ISC */
#include "cmd/cli/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"

#define USER_DIRS_MAX (64u << 10)

/*
 * The value of a line NAME="$HOME/..." or NAME="/..." of user-dirs.dirs(5), as
 * a path; NULL if it is none, or the home itself, which stands for no folder.
 * Yours.
 */
static char *
read_value(const char *p, const char *home)
{
	struct buf b = BUF_INIT;
	char *path = NULL;

	if (strncmp(p, "$HOME/", 6) == 0 && home != NULL) {
		buf_adds(&b, home);
		p += 5;
	}
	for (; *p != '"' && *p != '\n' && *p != '\0'; p++) {
		p += p[0] == '\\' && p[1] != '\n' && p[1] != '\0';
		buf_addc(&b, *p);
	}
	if (*p == '"' && b.data[0] == '/')
		path = path_clean(b.data);
	if (path != NULL && home != NULL && strcmp(path, home) == 0) {
		free(path);
		path = NULL;
	}
	buf_release(&b);
	return path;
}

/* What the desktop calls the download folder; yours, NULL: it does not say. */
static char *
named_by_desktop(const struct env *env)
{
	static const char key[] = "XDG_DOWNLOAD_DIR=\"";
	char *file, *path = NULL;
	struct buf text = BUF_INIT;

	if (env->config_home == NULL)
		return NULL;
	file = path_join(env->config_home, "user-dirs.dirs");
	/* without it, or if it cannot be read, nothing is said */
	err_drop(file_read(&text, file, USER_DIRS_MAX));
	for (const char *p = text.data; *p != '\0';) {
		if (strncmp(p, key, strlen(key)) == 0) {
			free(path); /* the last one counts */
			path = read_value(p + strlen(key), env->home);
		}
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	buf_release(&text);
	free(file);
	return path;
}

/* The download folder, if it is there; yours, or NULL. */
static char *
find_downloads(const struct env *env)
{
	char *path = env->downloads != NULL ? mem_dup(env->downloads) :
					      named_by_desktop(env);

	if (path == NULL && env->home != NULL)
		path = path_join(env->home, "Downloads");
	if (path != NULL && !file_is_dir(path)) {
		free(path);
		path = NULL;
	}
	return path;
}

struct err *
outbox_find(char **out, struct ctx *ctx, const char *given, bool downloads)
{
	const struct env *env = &ctx->env;
	char *dir = NULL;
	struct err *e = NULL;

	*out = NULL;
	if (given != NULL)
		dir = path_join(env->cwd, given);
	else
		e = project_folder(&dir, ctx->project, "deed.outbox", false);
	if (e == NULL && dir == NULL && downloads)
		dir = find_downloads(env);
	if (dir != NULL)
		*out = path_clean(dir);
	free(dir);
	return e;
}

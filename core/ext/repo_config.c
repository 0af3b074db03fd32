/* SPDX-License-Identifier: ISC */
/* What the ledger's own git config says, and where the user's is read from. */

#include <stdlib.h>

#include "core/ext/repo.h"
#include "core/ext/repo_parts.h"
#include "core/util/mem.h"
#include "core/util/path.h"

/* Put one file, or none, in the place of a level of the config. */
static int
replace_level(struct repo *r, git_config *config, git_config_level_t level,
    const char *path)
{
	if (path == NULL)
		return 0;
	if (path[0] == '\0')
		path = "/dev/null/none";
	return git_config_add_file_ondisk(config, path, level, r->git, 1);
}

struct err *
repo_use_config(struct repo *r, const char *global, const char *system)
{
	const char *xdg = global != NULL ? "" : NULL;
	git_config *config = NULL;
	struct err *e = NULL;

	/* the repository keeps this object and asks it from now on */
	if (git_repository_config(&config, r->git) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_GLOBAL, global) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_XDG, xdg) != 0 ||
	    replace_level(r, config, GIT_CONFIG_LEVEL_SYSTEM, system) != 0)
		e = repo_failed("cannot read the git config");
	git_config_free(config);
	return e;
}

struct err *
repo_config(char **out, struct repo *r, const char *key)
{
	git_config *config = NULL;
	git_buf value = { 0 };
	int rc;

	*out = NULL;
	if (git_repository_config(&config, r->git) != 0)
		return repo_failed("cannot read the git config");
	rc = git_config_get_string_buf(&value, config, key);
	if (rc == 0)
		*out = mem_ndup(value.ptr, value.size);
	git_buf_dispose(&value);
	git_config_free(config);
	return rc == 0 || rc == GIT_ENOTFOUND ?
	    NULL :
	    repo_failed("cannot read the git config");
}

struct err *
repo_configure(const char *dir, const char *const settings[][2], size_t n)
{
	char *path = path_join(dir, ".git/config");
	git_config *config = NULL;
	struct err *e = repo_begin();

	if (e != NULL)
		goto done;
	if (git_config_open_ondisk(&config, path) != 0)
		e = err_wrap(repo_failed("cannot read"), "%s", path);
	for (size_t i = 0; i < n && e == NULL; i++)
		if (git_config_set_string(
			config, settings[i][0], settings[i][1]) != 0)
			e = err_wrap(repo_failed("cannot write"), "%s", path);
	git_config_free(config);
	git_libgit2_shutdown();
done:
	free(path);
	return e;
}

/* SPDX-License-Identifier: ISC */
#include "cmd/cli/trust.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cli/say.h"
#include "core/util/file.h"
#include "core/util/path.h"

/* The path named on the command line, else by the user's own git config. */
static struct err *
find_path(char **out, struct ctx *ctx, const char *named, const char *key)
{
	struct strs set = VEC_INIT;
	const char *value;
	struct err *e = NULL;

	*out = NULL;
	if (named != NULL) {
		*out = path_join(ctx->env.cwd, named);
		return NULL;
	}
	e = project_values(&set, ctx->project, key, true);
	if (e == NULL && set.n > 0 && ctx->env.home != NULL) {
		value = set.v[set.n - 1];
		*out = path_join(ctx->env.home,
		    strncmp(value, "~/", 2) == 0 ? value + 2 : value);
	}
	strs_release(&set);
	return e;
}

/* As git has it: a list that is set and not there is told, and no list. */
static struct err *
find_revoked(struct signers *out, struct ctx *ctx)
{
	struct err *e =
	    find_path(&out->revoked, ctx, NULL, "gpg.ssh.revocationfile");

	if (e == NULL && out->revoked != NULL && !file_exists(out->revoked)) {
		say_warn("gpg.ssh.revocationFile: there is no %s; no key is "
			 "taken for revoked",
		    out->revoked);
		free(out->revoked);
		out->revoked = NULL;
	}
	return e;
}

struct err *
trust_signers(struct signers *out, struct ctx *ctx, const char *named)
{
	char *path;
	struct err *e =
	    find_path(&path, ctx, named, "gpg.ssh.allowedsignersfile");

	if (e == NULL && path != NULL)
		e = signers_read(out, path, named != NULL);
	if (named == NULL && err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* git says so when it needs it */
		e = NULL;
	}
	free(path);
	return e != NULL ? e : find_revoked(out, ctx);
}

struct err *
trust_roots(char **out, struct ctx *ctx, const char *named)
{
	struct err *e = find_path(out, ctx, named, "deed.roots");

	if (e == NULL && named != NULL && !file_exists(*out))
		e = err_new(
		    ERR_NOT_FOUND, "cannot read %s: no such file", *out);
	return e;
}

struct err *
trust_values(struct strs *out, struct ctx *ctx, const char *key)
{
	struct project *ledger = project_new(ctx->ledger->dir, ctx->env.home);
	struct strs found = VEC_INIT;
	struct err *e = project_values(&found, ctx->project, key, false);

	if (e == NULL)
		e = project_values(&found, ledger, key, false);
	for (size_t i = 0; i < found.n; i++)
		if (strs_find(out, found.v[i]) < 0)
			strs_add(out, found.v[i]);
	strs_release(&found);
	project_free(ledger);
	return e;
}

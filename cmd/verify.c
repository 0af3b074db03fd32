/* SPDX-License-Identifier: ISC */
/* deed verify: check everything, name every failure, ask nobody. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd/cli/paint.h"
#include "cmd/cli/trust.h"
#include "core/audit.h"
#include "core/evidence/inspect.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/verdict.h"

struct args {
	const char *subject, *fingerprint, *signers, *roots, *keys;
};

static const struct opt opts[] = {
	OPT_STR(0, "fingerprint", fingerprint, "hex",
	    "the fingerprint that came with the package"),
	OPT_STR(0, "keys", keys, "file",
	    "DNS records of keys of mails that you got yourself"),
	OPT_STR(0, "roots", roots, "file",
	    "the authorities you trust; default those of the system"),
	OPT_STR(0, "signers", signers, "file",
	    "your allowed signers, as ssh-keygen(1) has them"),
	OPT_ARG("order|package", subject, OPT_OPTIONAL),
	OPT_END,
};

static unsigned
processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 8 ? 8 : (unsigned)n;
}

/* What failed or was left out, and one line that sums up the rest. */
static char *
text_of(const struct node *checks)
{
	struct buf b = BUF_INIT;
	size_t passed = 0, failed = 0, skipped = 0;

	for (size_t i = 0; i < checks->n; i++) {
		const struct node *c = checks->kids[i];
		const char *result = node_text(c, "result");
		const char *detail = node_text(c, "detail");
		bool pass = strcmp(result, "pass") == 0;

		passed += pass;
		skipped += strcmp(result, "skipped") == 0;
		failed += strcmp(result, "fail") == 0;
		if (!pass || strncmp(detail, "warning", 7) == 0)
			buf_addf(&b, "%s%-8s" PAINT_END "%s %s: %s\n",
			    paint_word(result), result, node_text(c, "name"),
			    node_text(c, "subject"), detail);
	}
	buf_addf(&b, "%s%zu checks passed, %zu failed, %zu skipped\n",
	    failed > 0 ? PAINT_BAD : PAINT_GOOD, passed, failed, skipped);
	return buf_steal(&b);
}

static struct err *
verify_ledger(struct node *checks, struct ctx *ctx, const struct args *args,
    const struct judge *judge)
{
	const char *order = args->subject;
	struct strs ids = VEC_INIT;
	const struct words *given = &ctx->common.orders;
	struct err *e = ledger_find(&ctx->ledger, &ctx->env, ctx->project);

	if (order != NULL)
		strs_add(&ids, order);
	for (size_t i = 0; i < given->n && order == NULL; i++)
		strs_add(&ids, given->v[i]);
	for (size_t i = 0; i < ids.n && e == NULL; i++)
		e = ledger_exists(ctx->ledger, ids.v[i]);
	if (e == NULL)
		e = audit_ledger(
		    checks, ctx->ledger, ids.n > 0 ? &ids : NULL, judge);
	strs_release(&ids);
	return e;
}

/*
 * An order has no slash, and is not taken for the project's own folder of that
 * name.
 */
static bool
is_package(const struct ctx *ctx, const char *subject)
{
	size_t len = subject == NULL ? 0 : strlen(subject);
	char *path;
	bool is;

	if (subject == NULL)
		return false;
	if (strchr(subject, '/') != NULL || subject[0] == '.' ||
	    (len > 4 && strcasecmp(subject + len - 4, ".zip") == 0))
		return true;
	path = path_join(ctx->env.cwd, subject);
	is =
	    file_is_dir(path) ? inspect_is_bag_folder(path) : file_exists(path);
	free(path);
	return is;
}

static struct err *
verify_package(struct node *checks, const struct ctx *ctx,
    const struct args *args, const struct judge *judge)
{
	char *joined = path_join(ctx->env.cwd, args->subject);
	char *path = path_clean(joined);
	const struct inspect_options options = { args->fingerprint, judge };
	struct err *e = inspect_package(checks, path, &options);

	free(path);
	free(joined);
	return e;
}

static struct err *
verify(struct node *checks, struct ctx *ctx, const struct args *args,
    const struct judge *judge)
{
	if (is_package(ctx, args->subject))
		return verify_package(checks, ctx, args, judge);
	if (args->fingerprint != NULL)
		return err_new(ERR_USAGE, "--fingerprint goes with a package");
	return verify_ledger(checks, ctx, args, judge);
}

static void
print(struct ctx *ctx, struct node *result)
{
	const struct node *checks = node_get(result, "checks");
	char *text = text_of(checks);

	ctx->status = !verdict_passed(checks);
	node_put_bool(result, "ok", ctx->status == 0);
	out_object(ctx->out, result, text);
	free(text);
}

/* The file of --keys; yours, NULL without one. */
static struct err *
find_keys(char **out, const struct ctx *ctx, const char *named)
{
	*out = named == NULL ? NULL : path_join(ctx->env.cwd, named);
	if (*out == NULL || file_exists(*out))
		return NULL;
	return err_new(ERR_NOT_FOUND, "cannot read %s: no such file", *out);
}

static struct err *
run(struct ctx *ctx, const struct args *args)
{
	struct node *result = node_map(), *checks;
	struct signers signers = SIGNERS_INIT;
	/* platforms by deed's own word and the user's, not the ledger's */
	struct profiles *profiles = profiles_new(&ctx->env, NULL);
	struct judge judge = { .signers = &signers,
		.profiles = profiles,
		.threads = processors(),
		.now = ctx->env.now };
	char *roots = NULL, *keys = NULL, *temp = NULL;
	char *helper = mem_printf(
	    "%s/deed-mail", ctx->env.libexec != NULL ? ctx->env.libexec : ".");
	struct err *e;

	node_put_bool(result, "ok", false);
	checks = node_put(result, "checks", node_list());
	if ((e = trust_signers(&signers, ctx, args->signers)) != NULL ||
	    (e = trust_roots(&roots, ctx, args->roots)) != NULL ||
	    (e = find_keys(&keys, ctx, args->keys)) != NULL ||
	    (e = file_temp_dir(&temp, ctx->env.temp_dir)) != NULL)
		goto done;
	judge.roots = roots;
	judge.keys = keys;
	judge.helper = helper;
	judge.temp_dir = temp;
	if ((e = verify(checks, ctx, args, &judge)) == NULL)
		print(ctx, result);
done:
	if (temp != NULL)
		file_remove_tree(temp);
	free(temp);
	free(helper);
	free(keys);
	free(roots);
	profiles_free(profiles);
	signers_release(&signers);
	node_free(result);
	return e;
}

const struct command cmd_verify = {
	.name = "verify",
	.summary = "check everything and name every failure",
	.opts = opts,
	.args_size = sizeof(struct args),
	.flags = CMD_PAGER,
	.run = run,
};

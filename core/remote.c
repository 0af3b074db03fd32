/* SPDX-License-Identifier: ISC */
#include "core/remote.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"

#define ADDRESS_DIGITS 12 /* of its digest, in the name of its refs */
#define OIDS_MAX 500      /* of one call: a command line has a limit */

/* Pointers stay pointers until somebody asks for the bytes. */
#define LAZILY "GIT_LFS_SKIP_SMUDGE=1"
static const char *const lazily[] = { LAZILY, NULL };
/* Nobody is there who could answer: better an error than a build that hangs. */
static const char *const unasked[] = { LAZILY, "GIT_TERMINAL_PROMPT=0",
	"GCM_INTERACTIVE=never", "GIT_ASKPASS=true", "SSH_ASKPASS=true", NULL };

/*
 * Calls of git.
 */

struct said {
	struct buf out, errs;
	int status;
};

static void
cut_end(struct buf *b)
{
	while (b->len > 0 && b->data[b->len - 1] == '\n')
		buf_cut(b, b->len - 1);
}

/* Run git; release *out in any case. */
static struct err *
git(struct said *out, const struct env *env, const char *dir,
    const char *const argv[])
{
	struct proc_spec spec = {
		.argv = argv, .dir = dir, .env = env->ci ? unasked : lazily
	};
	struct err *e;

	buf_init(&out->out);
	buf_init(&out->errs);
	e = proc_run(&spec, &out->out, &out->errs, &out->status);
	cut_end(&out->out);
	cut_end(&out->errs);
	return e;
}

static void
said_release(struct said *s)
{
	buf_release(&s->out);
	buf_release(&s->errs);
}

/* Does a text hold one of these (NULL ends them), in any case of letters? */
static bool
has_any(const char *text, const char *const words[])
{
	for (; *words != NULL; words++)
		if (strcasestr(text, *words) != NULL)
			return true;
	return false;
}

/* The line that says most: the first, without who says it. */
static char *
gist(const char *said)
{
	static const char *const whos[] = {
		"remote: ", "fatal: ", "error: ", "ERROR: ", "! "
	};

	for (const char *p = said; *p != '\0'; p += strcspn(p, "\n")) {
		size_t len;

		p += strspn(p, "\n \t");
		for (size_t i = 0; i < sizeof(whos) / sizeof(whos[0]); i++)
			if (strncmp(p, whos[i], strlen(whos[i])) == 0)
				p += strlen(whos[i]);
		len = strcspn(p, "\r\n");
		while (len > 0 && p[len - 1] == ' ')
			len--;
		if (len > 0 && strncmp(p, "To ", 3) != 0 &&
		    strncmp(p, "remote:", 7) != 0)
			return mem_ndup(p, len);
	}
	return mem_dup("it failed");
}

static const char *const denied[] = { "error: 403", "permission denied",
	"permission to ", "access to repository not granted",
	"not allowed to push", "read-only", "read only", "read access",
	"insufficient permission", "protected branch", "hook declined",
	"unable to create temporary", NULL };

/* A remote whose history cannot be made anew. */
static const char *const fixed[] = { "denying non-fast-forward", NULL };

/* What git said, and what to do where that is known. */
static struct err *
cannot(const char *what, const char *said)
{
	static const char *const unknown[] = { "could not read username",
		"could not read password", "authentication failed",
		"terminal prompts disabled", "error: 401", NULL };
	static const char *const absent[] = { "unable to find source",
		"missing or corrupt local objects", "lfs objects are missing",
		NULL };
	static const char *const no_lfs[] = { "'lfs' is not a git command",
		NULL };
	char *line = gist(said);
	struct err *e = err_new(ERR_SYSTEM, "git %s: %s", what, line);

	free(line);
	if (has_any(said, no_lfs))
		return err_hint(e,
		    "bytes of archives travel by git-lfs: install it "
		    "(Debian: apt-get install git-lfs)");
	if (has_any(said, absent))
		return err_hint(e,
		    "this clone lacks bytes that the remote lacks too: push "
		    "from where they are, or deed sync --fetch");
	if (strcmp(what, "push") == 0 && has_any(said, fixed))
		return err_hint(e,
		    "what was erased here is still in the history of the "
		    "remote, which takes no other: let it, for this push, or "
		    "make a new one");
	if (strcmp(what, "push") == 0 && has_any(said, denied))
		return err_hint(e,
		    "the remote may be read from here, but not written to: "
		    "give the token or key the right to write (GitHub: "
		    "\"contents: write\"), or hand in a file: deed deliver "
		    "--detach");
	if (has_any(said, unknown))
		return err_hint(e,
		    "nobody could be asked for a password: give git a token, "
		    "as in a credential helper");
	return e;
}

/* Anything but success is an error; what may be NULL, argv[1] then. */
static struct err *
must_git(struct buf *out, const struct env *env, const char *dir,
    const char *what, const char *const argv[])
{
	struct said said;
	struct err *e = git(&said, env, dir, argv);

	if (e == NULL && said.status != 0)
		e = cannot(what != NULL ? what : argv[1], said.errs.data);
	if (e == NULL && out != NULL)
		buf_add(out, said.out.data, said.out.len);
	said_release(&said);
	return e;
}

/* A setting of the ledger's git, yours; NULL if there is none. */
static struct err *
setting(char **out, const struct ledger *l, const char *key)
{
	const char *const argv[] = { "git", "config", "--get", key, NULL };
	struct said said;
	struct err *e = git(&said, l->env, l->dir, argv);

	*out = NULL;
	if (e == NULL && said.status == 0)
		*out = mem_dup(said.out.data);
	said_release(&said);
	return e;
}

/*
 * Which one.
 */

static struct err *
branch_setting(
    char **out, const struct ledger *l, const char *branch, const char *which)
{
	char *key = mem_printf("branch.%s.%s", branch, which);
	struct err *e = setting(out, l, key);

	free(key);
	return e;
}

/* The branch's remote, else the only one; yours. */
static struct err *
choose(char **out, const struct ledger *l, const char *branch,
    const struct strs *names)
{
	struct err *e = branch_setting(out, l, branch, "remote");

	if (e != NULL || *out != NULL)
		return e;
	if (names->n == 0)
		return err_hint(err_new(ERR_NOT_FOUND,
				    "the ledger %s has no remote", l->dir),
		    "name one: git -C '%s' remote add origin URL", l->dir);
	*out = mem_dup(names->n == 1 ? names->v[0] : "origin");
	return NULL;
}

/* "origin" is one of the remotes, else it must be an address. */
static struct err *
vet_name(const struct ledger *l, const char *name, const struct strs *names)
{
	if (name[0] == '-')
		return err_new(
		    ERR_USAGE, "\"%.80s\" is no name of a remote", name);
	if (strs_find(names, name) >= 0 || strpbrk(name, "/:") != NULL)
		return NULL;
	return err_hint(
	    err_new(ERR_NOT_FOUND, "the ledger has no remote \"%.80s\"", name),
	    "name it: git -C '%s' remote add '%.80s' URL", l->dir, name);
}

/*
 * A folder, as an address: git runs in the ledger, not here, and git-lfs takes
 * no bare path.  Anything else as it is.  Yours.
 */
static char *
address_of(const char *name)
{
	char *path = strchr(name, '/') != NULL ? realpath(name, NULL) : NULL;
	struct buf url = BUF_INIT;

	if (path == NULL)
		return mem_dup(name);
	buf_adds(&url, "file://");
	for (const char *p = path; *p != '\0'; p++)
		if (strchr("% ?#", *p) != NULL)
			buf_addf(&url, "%%%02X", (unsigned char)*p);
		else
			buf_addc(&url, *p);
	free(path);
	return buf_steal(&url);
}

static struct err *
list(struct strs *out, const struct ledger *l)
{
	const char *const argv[] = { "git", "remote", NULL };
	struct buf text = BUF_INIT;
	struct err *e = must_git(&text, l->env, l->dir, NULL, argv);

	for (char *p = text.data, *line; e == NULL && p != NULL && *p != '\0';)
		if ((line = strsep(&p, "\n")) != NULL)
			strs_add(out, line);
	buf_release(&text);
	return e;
}

/* The branch that git itself would pull from, else the one named alike. */
static struct err *
choose_branch(struct remote *r, const char *ours)
{
	static const char heads[] = "refs/heads/";
	char *of = NULL, *merge = NULL;
	struct err *e = branch_setting(&of, r->ledger, ours, "remote");

	if (e == NULL && of != NULL && strcmp(of, r->name) == 0)
		e = branch_setting(&merge, r->ledger, ours, "merge");
	if (merge != NULL && strncmp(merge, heads, strlen(heads)) == 0)
		r->branch = mem_dup(merge + strlen(heads));
	else
		r->branch = mem_dup(ours);
	free(merge);
	free(of);
	return e;
}

static char *
track_of(const char *name, const struct strs *names)
{
	char digest[SHA256_HEX];

	if (strs_find(names, name) >= 0)
		return mem_dup(name);
	digest_of(name, strlen(name), digest);
	return mem_printf("address-%.*s", ADDRESS_DIGITS, digest);
}

struct err *
remote_open(struct remote **out, struct ledger *l, const char *name)
{
	struct remote *r = mem_zero(1, sizeof(*r));
	struct strs names = VEC_INIT;
	struct repo *repo;
	char *branch = NULL;
	const char *ours;
	struct err *e;

	r->ledger = l;
	if ((e = ledger_repo(&repo, l)) != NULL ||
	    (e = repo_branch(repo, &branch)) != NULL)
		goto done;
	ours = branch + strlen("refs/heads/");
	if ((e = list(&names, l)) != NULL)
		goto done;
	if (name != NULL)
		r->name = strs_find(&names, name) >= 0 ? mem_dup(name) :
							 address_of(name);
	else if ((e = choose(&r->name, l, ours, &names)) != NULL)
		goto done;
	if ((e = vet_name(l, r->name, &names)) != NULL ||
	    (e = choose_branch(r, ours)) != NULL)
		goto done;
	r->track = track_of(r->name, &names);
done:
	strs_release(&names);
	free(branch);
	if (e != NULL) {
		remote_close(r);
		r = NULL;
	}
	*out = r;
	return e;
}

void
remote_close(struct remote *r)
{
	if (r == NULL)
		return;
	free(r->name);
	free(r->track);
	free(r->branch);
	free(r);
}

/*
 * Fetching.
 */

static struct err *
is_partial(bool *out, const struct remote *r)
{
	char *key = mem_printf("remote.%s.promisor", r->name), *value;
	struct err *e = setting(&value, r->ledger, key);

	*out = value != NULL && strcmp(value, "true") == 0;
	free(value);
	free(key);
	return e;
}

/* All of it is here now. */
static struct err *
forget_filter(const struct remote *r)
{
	static const char *const names[] = { "promisor", "partialclonefilter" };
	struct err *e = NULL;

	for (size_t i = 0; i < 2 && e == NULL; i++) {
		char *key = mem_printf("remote.%s.%s", r->name, names[i]);
		const char *const argv[] = { "git", "config", "--unset-all",
			key, NULL };
		struct said said;

		e = git(&said, r->ledger->env, r->ledger->dir, argv);
		said_release(&said);
		free(key);
	}
	return e;
}

struct err *
remote_fetch(struct remote *r)
{
	const struct ledger *l = r->ledger;
	char *spec = mem_printf("+refs/heads/*:refs/remotes/%s/*", r->track);
	char *shallow = path_join(l->dir, ".git/shallow");
	bool partial;
	struct err *e = is_partial(&partial, r);
	const char *const argv[] = { "git", "fetch", "--quiet", "--prune",
		file_exists(shallow) ? "--unshallow" : "--quiet",
		partial ? "--no-filter" : "--quiet",
		partial ? "--refetch" : "--quiet", "--", r->name, spec, NULL };

	if (e == NULL)
		e = must_git(NULL, l->env, l->dir, NULL, argv);
	if (e == NULL && partial)
		e = forget_filter(r);
	free(shallow);
	free(spec);
	return e;
}

struct err *
remote_head(char out[static REPO_HEX], struct remote *r)
{
	char *ref = mem_printf("refs/remotes/%s/%s", r->track, r->branch);
	struct repo *repo;
	struct err *e = ledger_repo(&repo, r->ledger);

	out[0] = '\0';
	if (e == NULL)
		e = repo_resolve(repo, ref, out);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* it has no such branch */
		e = NULL;
	}
	free(ref);
	return e;
}

/* The branch, of those it has, that a ledger is on; NULL if none is. */
static struct err *
find_ledger(const char **out, struct repo *repo, const char *prefix,
    const struct strs *branches)
{
	struct err *e = NULL;

	*out = NULL;
	for (size_t i = 0; i < branches->n && e == NULL && *out == NULL; i++) {
		char *ref = mem_printf("%s%s", prefix, branches->v[i]);
		char commit[REPO_HEX];
		struct buf mark = BUF_INIT;

		e = repo_resolve(repo, ref, commit);
		if (e == NULL)
			e = repo_read(repo, commit, "deed.yaml", &mark);
		if (e == NULL)
			*out = branches->v[i];
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* something else is on this one */
			e = NULL;
		}
		buf_release(&mark);
		free(ref);
	}
	return e;
}

struct err *
remote_vet_empty(struct remote *r)
{
	char *prefix = mem_printf("refs/remotes/%s/", r->track);
	struct strs branches = VEC_INIT;
	const char *theirs, *dir = r->ledger->dir;
	struct repo *repo;
	struct err *e = ledger_repo(&repo, r->ledger);

	if (e != NULL || (e = repo_refs(repo, prefix, &branches)) != NULL ||
	    branches.n == 0 ||
	    (e = find_ledger(&theirs, repo, prefix, &branches)) != NULL)
		goto done;
	if (theirs != NULL)
		e = err_hint(err_new(ERR_CONFLICT,
				 "%s has no branch %s: its ledger is on %s",
				 r->name, r->branch, theirs),
		    "give yours that name: git -C '%s' branch -m '%s'", dir,
		    theirs);
	else
		e = err_hint(err_new(ERR_INVALID, "%s holds no ledger, but %s",
				 r->name, branches.v[0]),
		    "a ledger wants a repository of its own, empty at first: "
		    "git -C '%s' remote set-url '%s' URL",
		    dir, r->track);
done:
	strs_release(&branches);
	free(prefix);
	return e;
}

/*
 * Pushing.
 */

/* Did the push fail only because somebody else was faster? */
static bool
was_overtaken(const char *said)
{
	static const char *const words[] = { "[rejected]", "fetch first",
		"non-fast-forward", "cannot lock ref", "failed to update ref",
		"incorrect old value", "stale info", "Unable to create '",
		NULL };

	return has_any(said, words) && !has_any(said, denied) &&
	    !has_any(said, fixed);
}

/* git does so itself where the remote is configured in the usual way. */
static struct err *
note_pushed(struct remote *r, const char *commit)
{
	char *ref = mem_printf("refs/remotes/%s/%s", r->track, r->branch);
	const char *const argv[] = { "git", "update-ref", ref, commit, NULL };
	struct err *e =
	    must_git(NULL, r->ledger->env, r->ledger->dir, NULL, argv);

	free(ref);
	return e;
}

struct err *
remote_push(struct remote *r, const char *commit, const char *instead,
    bool *overtaken, struct buf *why)
{
	const struct ledger *l = r->ledger;
	char *spec = mem_printf("%s:refs/heads/%s", commit, r->branch);
	char *lease = instead[0] == '\0' ?
	    mem_dup("--no-force") :
	    mem_printf(
		"--force-with-lease=refs/heads/%s:%s", r->branch, instead);
	const char *const argv[] = { "git", "push", "--quiet", lease, "--",
		r->name, spec, NULL };
	struct said said;
	struct err *e = git(&said, l->env, l->dir, argv);

	*overtaken = false;
	if (e == NULL && said.status != 0) {
		char *line = gist(said.errs.data);

		*overtaken = was_overtaken(said.errs.data);
		buf_clear(why);
		buf_adds(why, line);
		free(line);
		if (!*overtaken)
			e = cannot("push", said.errs.data);
	} else if (e == NULL) {
		e = note_pushed(r, commit);
	}
	said_release(&said);
	free(lease);
	free(spec);
	return e;
}

/*
 * Bytes.
 */

struct err *
remote_push_bytes(struct remote *r, const struct strs *oids)
{
	struct err *e = NULL;

	for (size_t i = 0; i < oids->n && e == NULL; i += OIDS_MAX) {
		const char *argv[OIDS_MAX + 8] = { "git", "lfs", "push",
			"--object-id", r->name };
		size_t n = 5;

		for (size_t j = i; j < oids->n && j < i + OIDS_MAX; j++)
			argv[n++] = oids->v[j];
		argv[n] = NULL;
		e = must_git(
		    NULL, r->ledger->env, r->ledger->dir, "lfs push", argv);
	}
	return e;
}

struct err *
remote_fetch_bytes(struct remote *r, const struct strs *paths)
{
	struct buf include = BUF_INIT;
	const char *argv[] = { "git", "lfs", "fetch", NULL, r->name, "HEAD",
		NULL };
	struct err *e;

	buf_adds(&include, "--include=");
	for (size_t i = 0; i < paths->n; i++)
		buf_addf(&include, "%s%s", i > 0 ? "," : "", paths->v[i]);
	if (paths->n == 0)
		buf_adds(&include, "archives");
	argv[3] = include.data;
	e = must_git(NULL, r->ledger->env, r->ledger->dir, "lfs fetch", argv);
	buf_release(&include);
	return e;
}

struct err *
remote_clone(const struct env *env, const char *url, const char *dir)
{
	const char *const argv[] = { "git", "clone", "--quiet",
		"--template=", "--no-checkout", "--", url, dir, NULL };

	return must_git(NULL, env, env->cwd, NULL, argv);
}

struct err *
remote_check_out(const struct env *env, const char *dir)
{
	const char *const argv[] = { "git", "-c", "filter.lfs.smudge=", "-c",
		"filter.lfs.process=", "-c", "filter.lfs.required=false", "-c",
		"core.autocrlf=false", "-c", "core.symlinks=false", "reset",
		"--quiet", "--hard", NULL };

	return must_git(NULL, env, dir, "reset", argv);
}

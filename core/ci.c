/* SPDX-License-Identifier: ISC */
#include "core/ci.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/ext/digest.h"
#include "core/ext/git.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"

#define VALUE_MAX 400
#define N_FACTS 7

static const char *const names[N_FACTS] = { "run", "job", "attempt", "actor",
	"commit", "ref", "url" };

/*
 * Each value is made of variables, "$NAME"; one that lacks a variable does not
 * count, and the next behind "|" is tried.
 */
struct host {
	const char *system, *title;
	const char
	    *marker; /* the variable that is set there and nowhere else */
	const char *facts[N_FACTS];
	const char *output, *summary;
	bool blocks, commands;
};

#define ACTIONS_URL "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/"
#define ACTIONS(URL) \
	{ \
		"$GITHUB_RUN_ID", "$GITHUB_JOB", "$GITHUB_RUN_ATTEMPT", \
		    "$GITHUB_ACTOR", "$GITHUB_SHA", "$GITHUB_REF", \
		    (ACTIONS_URL URL) \
	}

/* Forgejo and Gitea set GitHub's variables too, so they come first. */
static const struct host hosts[] = {
	{ "forgejo", "Forgejo Actions", "$FORGEJO_ACTIONS",
	    ACTIONS("$GITHUB_RUN_NUMBER"), "$GITHUB_OUTPUT",
	    "$GITHUB_STEP_SUMMARY", true, true },
	{ "gitea", "Gitea Actions", "$GITEA_ACTIONS",
	    ACTIONS("$GITHUB_RUN_NUMBER"), "$GITHUB_OUTPUT",
	    "$GITHUB_STEP_SUMMARY", true, true },
	{ "github", "GitHub Actions", "$GITHUB_ACTIONS",
	    ACTIONS("$GITHUB_RUN_ID"), "$GITHUB_OUTPUT", "$GITHUB_STEP_SUMMARY",
	    true, true },
	{ "gitlab", "GitLab CI", "$GITLAB_CI",
	    { "$CI_PIPELINE_ID", "$CI_JOB_NAME", "$CI_JOB_ID",
		"$GITLAB_USER_LOGIN", "$CI_COMMIT_SHA",
		("refs/tags/$CI_COMMIT_TAG|refs/heads/$CI_COMMIT_BRANCH|"
		 "$CI_COMMIT_REF_NAME"),
		"$CI_JOB_URL|$CI_PIPELINE_URL" },
	    NULL, NULL, false, false },
	{ "circleci", "CircleCI", "$CIRCLECI",
	    { "$CIRCLE_WORKFLOW_ID|$CIRCLE_BUILD_NUM", "$CIRCLE_JOB",
		"$CIRCLE_BUILD_NUM", "$CIRCLE_USERNAME", "$CIRCLE_SHA1",
		"refs/tags/$CIRCLE_TAG|refs/heads/$CIRCLE_BRANCH",
		"$CIRCLE_BUILD_URL" },
	    NULL, NULL, false, false },
	{ "jenkins", "Jenkins", "$JENKINS_URL",
	    { "$BUILD_NUMBER|$BUILD_ID", "$JOB_NAME", NULL,
		"$BUILD_USER_ID|$CHANGE_AUTHOR", "$GIT_COMMIT",
		"refs/tags/$TAG_NAME|$BRANCH_NAME|$GIT_BRANCH", "$BUILD_URL" },
	    NULL, NULL, false, false },
};

/* Whatever the host: what the user says himself. */
static const struct host own = { "$DEED_CI_SYSTEM", NULL, NULL,
	{ "$DEED_CI_RUN", "$DEED_CI_JOB", "$DEED_CI_ATTEMPT", "$DEED_CI_ACTOR",
	    "$DEED_CI_COMMIT", "$DEED_CI_REF", "$DEED_CI_URL" },
	"$DEED_CI_OUTPUT", "$DEED_CI_SUMMARY", false, false };

/* One alternative, len bytes of it; false if a variable is missing. */
static bool
expand(struct buf *out, const struct env *env, const char *p, size_t len)
{
	const char *end = p + len;

	while (p < end) {
		size_t n = 0;
		const char *value;
		char *name;

		if (*p != '$') {
			buf_addc(out, *p++);
			continue;
		}
		p++;
		while (p + n < end &&
		    (isalnum((unsigned char)p[n]) || p[n] == '_'))
			n++;
		name = mem_ndup(p, n);
		value = env_variable(env, name);
		free(name);
		if (value == NULL)
			return false;
		buf_adds(out, value);
		p += n;
	}
	return true;
}

/* The first alternative whose variables are all there; yours, or NULL. */
static char *
value_of(const struct env *env, const char *templates)
{
	struct buf b = BUF_INIT;
	char *value = NULL;

	while (templates != NULL && value == NULL && *templates != '\0') {
		size_t len = strcspn(templates, "|");

		buf_clear(&b);
		if (expand(&b, env, templates, len))
			value = mem_dup(b.data);
		templates += len + (templates[len] == '|');
	}
	buf_release(&b);
	return value;
}

/* Anybody who opens a pull request chooses names of branches. */
static bool
is_plain(const char *text)
{
	size_t len = strlen(text), used;

	if (len == 0 || len > VALUE_MAX || !utf8_valid(text, len))
		return false;
	for (size_t i = 0; i < len; i += used) {
		uint32_t c = utf8_decode(text + i, len - i, &used);

		if (utf8_is_control(c) || utf8_is_bidi(c))
			return false;
	}
	return true;
}

/* An address without a password in it. */
static bool
is_address(const char *text)
{
	size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 :
	    strncmp(text, "http://", 7) == 0              ? 7 :
							    0;

	return scheme > 0 &&
	    memchr(text + scheme, '@', strcspn(text + scheme, "/?#")) == NULL;
}

static bool
is_commit(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) &&
	    strspn(text, "0123456789abcdef") == len;
}

static void
put(struct node *run, const char *name, const struct env *env,
    const char *templates)
{
	char *value = value_of(env, templates);

	if (value != NULL && is_plain(value) &&
	    (strcmp(name, "url") != 0 || is_address(value)) &&
	    (strcmp(name, "commit") != 0 || is_commit(value)))
		node_put_str(run, name, value);
	free(value);
}

static const char *
file_of(const struct env *env, const char *name)
{
	return name != NULL ? env_variable(env, name + 1) : NULL;
}

static void
take(struct ci *out, const struct host *h, const struct env *env)
{
	put(out->run, "system", env, h->system);
	for (size_t i = 0; i < N_FACTS; i++)
		put(out->run, names[i], env, h->facts[i]);
	if (file_of(env, h->output) != NULL) {
		out->output = file_of(env, h->output);
		out->blocks = h->blocks;
	}
	if (file_of(env, h->summary) != NULL)
		out->summary = file_of(env, h->summary);
	out->commands |= h->commands;
}

void
ci_find(struct ci *out, const struct env *env)
{
	*out = (struct ci){ .run = node_map() };
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (file_of(env, hosts[i].marker) != NULL) {
			out->title = hosts[i].title;
			take(out, &hosts[i], env);
			break;
		}
	take(out, &own, env);
	if (out->run->n == 0) {
		node_free(out->run);
		out->run = NULL;
	}
}

void
ci_release(struct ci *c)
{
	node_free(c->run);
	*c = (struct ci){ NULL };
}

bool
ci_is_same_run(const struct node *a, const struct node *b)
{
	static const char *const decide[] = { "system", "run", "actor" };

	for (size_t i = 0; i < sizeof(decide) / sizeof(decide[0]); i++) {
		const char *x = node_text(a, decide[i]);
		const char *y = node_text(b, decide[i]);

		if (x == NULL || y == NULL ? x != y : strcmp(x, y) != 0)
			return false;
	}
	return true;
}

const char *
ci_ref(const struct ci *c)
{
	return node_text(c->run, "ref");
}

struct err *
ci_look(struct ci_project *out, const char *cwd, const char *commit,
    const char *ref)
{
	struct revision head = { "" };
	struct checkout *c = NULL;
	struct err *e = checkout_open(&c, cwd);

	memset(out, 0, sizeof(*out));
	if (e == NULL && commit == NULL) {
		e = checkout_resolve(&head, c, NULL);
		commit = head.commit;
	}
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* files outside of a project, or of any commit */
		e = NULL;
	} else if (e == NULL &&
	    (e = checkout_is_shallow(&out->shallow, c)) == NULL) {
		e = checkout_message(
		    &out->message, &out->tagged, c, commit, ref);
	}
	revision_release(&head);
	checkout_free(c);
	return e;
}

struct err *
ci_mark(char out[static CI_MARK])
{
	return digest_random(out, (CI_MARK - 1) / 2);
}

void
ci_put_output(struct buf *out, const struct ci *c, const char *name,
    const char *value, const char *mark)
{
	size_t line = strcspn(value, "\r\n");

	if (value[line] == '\0' || !c->blocks)
		buf_addf(out, "%s=%.*s\n", name, (int)line, value);
	else
		buf_addf(out, "%s<<%s\n%s\n%s\n", name, mark, value, mark);
}

void
ci_add_markdown(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT;

	utf8_escape(&safe, text, strlen(text), false);
	for (const char *p = safe.data; *p != '\0'; p++) {
		if (strchr("\\`*_{}[]()<>#+-.!|~&@:", *p) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *p);
	}
	buf_release(&safe);
}

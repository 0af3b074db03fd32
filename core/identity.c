/* SPDX-License-Identifier: ISC */
#include "core/identity.h"

#include <stdlib.h>
#include <string.h>

#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

/*
 * A name as a commit can hold it and as it can be shown: git drops the same
 * brackets.  NULL if nothing is left.
 */
static char *
presentable(char *raw)
{
	struct buf b = BUF_INIT;
	size_t at = 0;

	if (raw == NULL)
		return NULL;
	for (char *p = raw; *p != '\0'; p++)
		if (*p == '<' || *p == '>' || *p == '\n')
			*p = ' ';
	utf8_escape(&b, raw, strlen(raw), false);
	free(raw);
	while (b.len > 0 && b.data[b.len - 1] == ' ')
		buf_cut(&b, b.len - 1);
	at = strspn(b.data, " ");
	raw = b.data[at] != '\0' ? mem_dup(b.data + at) : NULL;
	buf_release(&b);
	return raw;
}

static struct err *
setting(char **out, struct repo *repo, const char *key)
{
	char *raw;
	struct err *e = repo_config(&raw, repo, key);

	*out = e == NULL ? presentable(raw) : NULL;
	return e;
}

/* The words that tell it, unless they were told before; yours or NULL. */
static char *
notice(const struct identity *who, const struct ledger *l)
{
	char *marker = path_join(l->own, "identity-said"), *text = NULL;

	if (!file_exists(marker)) {
		text = mem_printf("recording as \"%s\" (%s); to change that: "
				  "git config --global user.name 'YOUR NAME', "
				  "and user.email",
		    who->name, who->email);
		/* without the mark it is said once more, no reason to fail */
		err_drop(file_replace(marker, "", 0, 0600));
	}
	free(marker);
	return text;
}

struct err *
identity_find(struct identity *out, struct ledger *l)
{
	struct repo *repo;
	bool told;
	struct err *e;

	*out = (struct identity){ NULL, NULL, NULL };
	if ((e = ledger_repo(&repo, l)) != NULL ||
	    (e = setting(&out->name, repo, "user.name")) != NULL ||
	    (e = setting(&out->email, repo, "user.email")) != NULL)
		return e;
	told = out->name != NULL && out->email != NULL;
	if (out->name == NULL &&
	    (e = setting(&out->name, repo, "deed.name")) != NULL)
		return e;
	if (out->name == NULL)
		out->name = mem_dup(l->env->login());
	if (out->email == NULL)
		out->email = mem_printf("%s@localhost",
		    strchr(out->name, ' ') == NULL ? out->name :
						     l->env->login());
	if (!told)
		out->notice = notice(out, l);
	return NULL;
}

void
identity_release(struct identity *who)
{
	free(who->name);
	free(who->email);
	free(who->notice);
}

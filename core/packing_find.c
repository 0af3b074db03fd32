/* SPDX-License-Identifier: ISC */
/* What is found on the way to an archive. */
#include <string.h>

#include "core/packing_parts.h"
#include "core/util/path.h"

#define NAMED_MAX 20 /* names in one finding */
#define SUBST_MAX (1u << 20)

static const struct {
	const char *rule, *severity, *why, *fix;
} rules[N_RULES] = {
	[RULE_LFS] = { "lfs-missing", "block",
	    "only the Git LFS pointer is here, not the file itself",
	    "git lfs fetch" },
	[RULE_LFS_HERE] = { "lfs-missing", "block",
	    "the work tree has the Git LFS pointer, not the file itself",
	    "git lfs pull" },
	[RULE_SUBMODULE] = { "submodule", "block",
	    "a submodule's files are not part of the commit",
	    "deed deliver --recurse-submodules" },
	[RULE_DRIVER] = { "filter-driver", "warn",
	    "these files are packed as they were committed, not as the filter "
	    "would write them",
	    NULL },
	[RULE_LOCAL] = { "info-attributes", "warn",
	    ".git/info/attributes change how these files are packed, and no "
	    "other clone has them",
	    NULL },
	[RULE_SUBST] = { "export-subst", "warn",
	    "what git writes there can differ in another clone", NULL },
	[RULE_SECRET] = { "secret", "warn",
	    "what looks like a key or password would go to the buyer", NULL },
	[RULE_LINK] = { "symlink", "warn",
	    "not every system can unpack symbolic links", NULL },
};

void
packer_find(struct packer *p, enum packing_rule rule, const char *base,
    const char *name, const char *detail)
{
	struct buf *what = &p->findings[rule].what;

	if (p->findings[rule].n++ >= NAMED_MAX)
		return;
	if (what->len > 0)
		buf_adds(what, ", ");
	buf_adds(what, base);
	buf_adds(what, name);
	if (detail != NULL)
		buf_addf(what, " (%s)", detail);
}

struct node *
packer_findings(struct packer *p)
{
	struct node *list = node_list();

	for (size_t i = 0; i < N_RULES; i++) {
		struct buf *what = &p->findings[i].what;
		size_t n = p->findings[i].n;
		struct node *f;

		if (n == 0)
			continue;
		if (n > NAMED_MAX)
			buf_addf(what, " and %zu more", n - NAMED_MAX);
		f = node_push(list, node_map());
		node_put_str(f, "rule", rules[i].rule);
		node_put_str(f, "severity", rules[i].severity);
		node_put_str(f, "what", what->data);
		node_put_str(f, "why", rules[i].why);
		if (rules[i].fix != NULL)
			node_put_str(f, "fix", rules[i].fix);
	}
	return list;
}

/* Attributes that only this clone has; some may have left files out. */
void
packer_find_local(struct packer *p, const struct origin *o, const char *root)
{
	const struct special *s;

	vec_each (s, &o->tree.specials)
		if (s->local && path_is_below(s->path, root))
			packer_find(p, RULE_LOCAL, o->base, s->path, NULL);
}

/* Is "$Format:...$" made only of what is the same in every clone? */
static bool
is_stable_format(const char *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (p[i] != '%')
			continue;
		i++;
		if (strchr("HTPn%", p[i]) != NULL)
			continue;
		if ((p[i] != 'a' && p[i] != 'c') || i + 1 >= len ||
		    strchr("neldDtiIs", p[i + 1]) == NULL)
			return false;
		i++;
	}
	return true;
}

static struct err *
check_subst(struct packer *p, const struct origin *o, const char *path)
{
	struct buf text = BUF_INIT;
	const char *at, *end;
	bool stable = true;
	struct err *e =
	    checkout_file(&text, o->checkout, o->commit, path, SUBST_MAX);

	if (err_is(e, ERR_LIMIT)) {
		err_drop(e); /* not looked at, so it is named */
		e = NULL;
		stable = false;
	}
	at = text.data;
	end = at + text.len;
	while (e == NULL && at < end &&
	    (at = memmem(at, (size_t)(end - at), "$Format:", 8)) != NULL) {
		const char *dollar;

		at += 8;
		dollar = memchr(at, '$', (size_t)(end - at));
		if (dollar == NULL)
			break;
		stable = stable && is_stable_format(at, (size_t)(dollar - at));
		at = dollar + 1;
	}
	if (!stable)
		packer_find(p, RULE_SUBST, o->base, path, NULL);
	buf_release(&text);
	return e;
}

/* What attributes say of a file of a commit. */
struct err *
packer_look_at(struct packer *p, const struct lane *lane)
{
	const struct origin *o = lane->origin;
	const struct special *s = tree_special(&o->tree, lane->head->path);

	if (s == NULL)
		return NULL;
	if (s->driver != NULL && strcmp(s->driver, "lfs") != 0)
		packer_find(p, RULE_DRIVER, o->base, s->path, s->driver);
	return s->subst ? check_subst(p, o, s->path) : NULL;
}

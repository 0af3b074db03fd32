/* SPDX-License-Identifier: ISC */
#ifndef DEED_TESTS_UNIT_PACKINGS_H
#define DEED_TESTS_UNIT_PACKINGS_H

#include "core/packing.h"
#include "tests/unit/tool.h"

/* Projects made by git itself, and what is packed of them. */

/* A folder for one test: projects, and "temp" for what is packed. */
struct place {
	char *dir, *temp;
};

static inline struct place
new_place(void)
{
	struct place p;

	p.dir = scratch();
	p.temp = path_join(p.dir, "temp");
	assert_ok(file_mkdirs(p.temp, 0700));
	return p;
}

/* Whatever happened, nothing may be left in "temp". */
static inline void
leave(struct place *p)
{
	struct strs names = VEC_INIT;

	assert_ok(file_list(&names, p->temp));
	assert_int_equal(names.n, 0);
	strs_release(&names);
	file_remove_tree(p->dir);
	free(p->temp);
	free(p->dir);
}

/* Paths and additions are words divided by blanks. */
struct order {
	const char *cwd, *ref, *paths, *adds;
	bool recurse;
	unsigned threads;
};

static inline size_t
split(const char *v[static 8], char *words)
{
	size_t n = 0;

	for (char *word = words; word != NULL && *word != '\0'; n++) {
		char *blank = strchr(word, ' ');

		v[n] = word;
		if (blank != NULL)
			*blank++ = '\0';
		word = blank;
	}
	return n;
}

static inline struct err *
pack(struct packed **out, const struct place *p, const struct order *o)
{
	char *cwd = path_join(p->dir, o->cwd);
	char *paths = mem_dup(o->paths), *adds = mem_dup(o->adds);
	const char *path_v[8], *add_v[8];
	struct packing packing = {
		.cwd = cwd,
		.temp_dir = p->temp,
		.ref = o->ref,
		.paths = path_v,
		.n_paths = split(path_v, paths),
		.adds = add_v,
		.n_adds = split(add_v, adds),
		.recurse_submodules = o->recurse,
		.threads = o->threads,
	};
	struct err *e = packing_run(out, &packing);

	free(adds);
	free(paths);
	free(cwd);
	return e;
}

/* Pack what must succeed. */
static inline struct packed *
packed(const struct place *p, const struct order *o)
{
	struct packed *out;

	assert_ok(pack(&out, p, o));
	return out;
}

/* The names in the sums, each followed by "|". */
static inline char *
names_of(const struct packed *packed)
{
	struct buf b = BUF_INIT;
	const char *at = packed->sums.data;

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");
		const char *name = strstr(at, "./") + 2;

		buf_add(&b, name, (size_t)(at + len - name));
		buf_addc(&b, '|');
		at += len + 1;
	}
	return buf_steal(&b);
}

static inline void
assert_names(const struct packed *packed, const char *names)
{
	char *all = names_of(packed);

	assert_string_equal(all, names);
	free(all);
}

static inline const struct node *
finding(const struct packed *packed, const char *rule)
{
	for (size_t i = 0; i < packed->findings->n; i++)
		if (strcmp(node_text(packed->findings->kids[i], "rule"),
			rule) == 0)
			return packed->findings->kids[i];
	return NULL;
}

static inline void
assert_finding(const struct packed *packed, const char *rule,
    const char *severity, const char *what)
{
	const struct node *f = finding(packed, rule);

	assert_non_null(f);
	assert_string_equal(node_text(f, "severity"), severity);
	assert_string_equal(node_text(f, "what"), what);
	assert_non_null(node_text(f, "why"));
}

static inline void
assert_clean(const struct packed *packed)
{
	struct buf b = BUF_INIT;

	node_write_json(&b, packed->findings);
	assert_string_equal(b.data, "[]");
	buf_release(&b);
}

/* The bytes of one member. */
static inline char *
member(const struct place *p, const struct packed *packed, const char *name)
{
	char *script = mem_printf("unzip -p '%s' '%s'", packed->path, name);
	char *said = shell_says(p->dir, script);

	free(script);
	return said;
}

static inline void
assert_member(const struct place *p, const struct packed *packed,
    const char *name, const char *text)
{
	char *said = member(p, packed, name);

	assert_string_equal(said, text);
	free(said);
}

#define PROJECT \
	"git init -q -b main project && cd project && mkdir -p src/deep && " \
	"echo 'all:' >Makefile && seq 9999 >src/numbers && " \
	"printf '#!/bin/sh\\n' >src/run.sh && chmod 755 src/run.sh && " \
	"echo x >src/deep/x && echo y >src-y && echo u >'\xc3\xbcn\xc3\xaf' && "
#define COMMIT "git add -A . && git commit -qm 'first' && "

#endif

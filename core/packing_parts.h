/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PACKING_PARTS_H
#define DEED_CORE_PACKING_PARTS_H

#include "core/content.h"
#include "core/packing.h"
#include "core/secret.h"
#include "core/source.h"

/*
 * What the files behind packing.h tell each other: packing.c merges what is to
 * be packed, packing_member.c packs each member, packing_find.c keeps what is
 * found on the way.
 */

enum packing_rule {
	RULE_LFS,
	RULE_LFS_HERE,
	RULE_SUBMODULE,
	RULE_DRIVER,
	RULE_LOCAL,
	RULE_SUBST,
	RULE_SECRET,
	RULE_LINK,
	N_RULES
};

/* A repository whose commit is being packed: the project, or a submodule. */
struct origin {
	struct checkout *checkout;
	struct strs drivers;
	struct tree tree;
	char *commit, *store;
	char *base; /* of its files, as findings name them; "" or "sub/" */
};

/* One of the streams that are merged. */
struct lane {
	struct source *source;
	const struct origin *origin; /* NULL: the work tree */
	const struct source_member *head;
};

/* A member that must have these bytes, in the order of members. */
struct object {
	char *name;
	char sha256[SHA256_HEX];
};

struct packer {
	const struct packing *spec;
	struct packed *out;
	char *scratch;
	struct zip *zip;
	struct secrets *secrets;
	struct content content;
	VEC(struct origin *) origins;
	VEC(struct lane) lanes;
	struct strs outer; /* names of which each may hold the next */
	struct {
		struct buf what;
		size_t n;
	} findings[N_RULES];
	VEC(struct object) objects;
	size_t object_at;    /* the next to be told of */
	const char *damaged; /* the name of the first that is another */
	int64_t bytes;
	size_t files;
};

/* Note a finding about base and name, with detail in brackets or NULL. */
void packer_find(struct packer *p, enum packing_rule rule, const char *base,
    const char *name, const char *detail);
/* All of them, as struct packed has them; yours. */
struct node *packer_findings(struct packer *p);
/* Attributes below root that only this clone has. */
void packer_find_local(
    struct packer *p, const struct origin *o, const char *root);
/* What attributes say of a file of a commit. */
struct err *packer_look_at(
    struct packer *p, const struct lane *lane) MUST_CHECK;

/* Open a repository, taking c over, also after an error. */
struct err *packer_origin(struct packer *p, struct origin **out,
    struct checkout *c, const char *commit, const char *base) MUST_CHECK;
/* Let in what a stream gives, from its first member on. */
struct err *packer_add(struct packer *p, struct source *source,
    const struct origin *origin) MUST_CHECK;
/* The same of a commit, from root on, in the archive as prefix. */
struct err *packer_add_commit(struct packer *p, const struct origin *o,
    const char *root, const char *prefix) MUST_CHECK;

/* Pack the member at the head of a lane; may add lanes. */
struct err *packer_member(struct packer *p, struct lane *lane) MUST_CHECK;

#endif

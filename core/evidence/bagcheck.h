/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_BAGCHECK_H
#define DEED_CORE_EVIDENCE_BAGCHECK_H

#include "core/evidence/parcel.h"
#include "core/ext/digest.h"
#include "core/util/node.h"

/*
 * Is it a valid bag?  BagIt 1.0 (RFC 8493), and its drafts from 0.93 on, in
 * the stricter reading wherever readers differ.  Nothing is ever fetched.
 *
 *	declaration  bagit.txt says version and encoding
 *	manifest     every payload file is listed, there, and unchanged
 *	tagmanifest  so are the tag files it lists
 *	oxum         the payload has the size bag-info.txt says
 *	fetch        every file to be fetched is here
 */

#define BAGCHECK_TAG_MAX (16u << 20)  /* bytes of a tag file */
#define BAGCHECK_TAGS_MAX (64u << 20) /* bytes of all of them */

#define BAGCHECK_OTHERS 5 /* digests beside SHA-256 */

/* A file of the bag, with the digests its manifests ask for. */
struct bagcheck_file {
	char *name;
	int64_t size;
	char sha256[SHA256_HEX];
	char *others[BAGCHECK_OTHERS]; /* MD5 and SHA; NULL: nobody asks */
	unsigned listed;               /* by how many payload manifests */
};

/* The text of a tag file that stands in the bag's own folder. */
struct bagcheck_tag {
	char *name;
	struct buf text; /* as it is */
};

struct bagcheck {
	VEC(struct bagcheck_file) files; /* sorted by name */
	VEC(struct bagcheck_tag) tags;
	int version;   /* 97 of 0.97, 100 of 1.0 */
	bool warnings; /* valid, but some reader might stumble */
	int64_t payload_bytes;
	size_t payload_files;
};

/*
 * Read all of it once, and append to checks what is found: each failure by
 * itself, then one "pass" for what had none.
 */
struct err *bagcheck_run(
    struct bagcheck **out, struct node *checks, struct parcel *p) MUST_CHECK;
void bagcheck_free(struct bagcheck *b);

const struct bagcheck_file *bagcheck_find(
    const struct bagcheck *b, const char *name);
/* The text of a tag file, or NULL. */
const struct buf *bagcheck_text(const struct bagcheck *b, const char *name);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_BAG_H
#define DEED_CORE_EVIDENCE_BAG_H

#include "core/ext/digest.h"
#include "core/util/buf.h"
#include "core/util/vec.h"

/*
 * A bag (BagIt 1.0, RFC 8493) in a ZIP, as deed-package(5) has it: payload
 * below data/, digests of every file, and root.txt, which names all there is:
 *
 *	HEX  bagit.txt
 *	HEX  bag-info.txt
 *	HEX  manifest-sha256.txt
 *	payload N files M bytes
 *	tags bag-info.txt bagit.txt ...
 *
 * The SHA-256 of root.txt is the fingerprint of the package.
 */

struct bag_file {
	char *name;      /* "data/index.html" */
	char *from;      /* a file on disk; NULL: text */
	struct buf text; /* owned */
	int64_t size;
	char sha256[SHA256_HEX];
};

struct bag {
	VEC(struct bag_file) files; /* the payload, in any order */
	struct buf info;            /* bag-info.txt but for its last lines */
};

void bag_init(struct bag *b);
void bag_release(struct bag *b);

/* text is taken over and emptied. */
void bag_add_text(struct bag *b, const char *name, struct buf *text);
/* A file that has these bytes: bag_write() refuses others. */
void bag_add_file(struct bag *b, const char *name, const char *from,
    const char *sha256, int64_t size);
/* A line of bag-info.txt; the value is made one line. */
void bag_add_info(struct bag *b, const char *label, const char *value);

/* Sign root.txt: an armoured signature goes to out. */
struct bag_signer {
	struct err *(*sign)(
	    struct buf *out, const void *p, size_t len, const void *arg);
	const void *arg;
};

#define BAG_SIGNATURE "root.txt.sig"
#define BAG_TOKEN "root.txt.tsr"

struct bag_spec {
	const char *top;  /* the folder in the ZIP */
	int fd;           /* an empty file that can be read and sought */
	const char *path; /* of fd, for messages */
	int64_t time;
	unsigned threads;
	const struct bag_signer *signer; /* NULL: it is not signed */
};

struct bag_total {
	char sha256[SHA256_HEX]; /* of the ZIP */
	char fingerprint[SHA256_HEX];
	int64_t size;  /* of the ZIP */
	int64_t bytes; /* of the payload */
};

/*
 * Write the ZIP; it is not synced.  ERR_MISMATCH if a file is not what was
 * announced.  Names must differ, also with case folded.
 */
struct err *bag_write(struct bag_total *out, const struct bag *b,
    const struct bag_spec *spec) MUST_CHECK;

/* The files that a bag of ours has beside the payload, sorted as bytes. */
extern const char *const bag_tags[]; /* ends in NULL */
extern const char bag_declaration[]; /* the text of bagit.txt */

/*
 * The text of root.txt.  digests are those of bagit.txt, bag-info.txt and
 * manifest-sha256.txt.
 */
void bag_root(struct buf *out, const char *const digests[3], size_t files,
    int64_t bytes, const struct strs *tags);

/* A path as a manifest writes it: CR, LF and % as %0D, %0A and %25. */
void bag_encode(struct buf *out, const char *path);

#endif

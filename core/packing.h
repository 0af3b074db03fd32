/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_PACKING_H
#define DEED_CORE_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ext/digest.h"
#include "core/util/buf.h"
#include "core/util/node.h"

/*
 * Packing a delivery: the ZIP with the very bytes to upload, made from a
 * commit or from files, and what is to be known of it.
 */

struct packing {
	const char *cwd;          /* absolute; paths are relative to it */
	const char *temp_dir;     /* where the ZIP and scratch files are made */
	const char *ref;          /* a revision; NULL: HEAD, or the work tree */
	const char *const *paths; /* n_paths of them; none: the whole commit */
	size_t n_paths;
	const char *const *adds; /* files and folders beside either */
	size_t n_adds;
	bool recurse_submodules;
	unsigned threads; /* that compress; 0: two */
	/* Told now and then; from the thread that packs.  May be NULL. */
	void (*progress)(void *arg, int64_t bytes, size_t files);
	void *arg;
};

struct packed {
	char *path; /* the ZIP, synced, mode 0600; the caller moves it */
	char sha256[SHA256_HEX];
	int64_t size;
	size_t files;             /* links not counted */
	char content[SHA256_HEX]; /* the content digest */
	char shape[SHA256_HEX];   /* of links and modes */
	struct buf sums;          /* the lines of sha256sum */
	char *deflate;            /* the versions that packed it */
	int64_t time;             /* what the members bear, if ZIP can */
	/*
	 * {commit, ref, dirty, untracked}; ref may be absent.  NULL if only
	 * the work tree was packed.
	 */
	struct node *source;
	/*
	 * A list of {rule, severity, what, why, fix}; fix may be absent.
	 *
	 *	lfs-missing     block  a pointer whose bytes are not here
	 *	submodule       block  a submodule that is not in the archive
	 *	filter-driver   warn   files another filter would have changed
	 *	info-attributes warn   .git/info/attributes touch some files
	 *	export-subst    warn   a placeholder other clones may fill in
	 *	                       differently
	 *	secret          warn   a private key, token or ".env"
	 *	symlink         warn   links, which not every system unpacks
	 *
	 * With a "block" the archive is complete all the same, as far as it
	 * can be: pointers stay text.
	 */
	struct node *findings;
};

/*
 * ERR_NOT_FOUND: no project, commit or file of that name.  ERR_INVALID: a
 * name or link that cannot be in an archive, a name given twice, nothing to
 * deliver.  ERR_CONFLICT: a file changed while it was read.
 */
struct err *packing_run(
    struct packed **out, const struct packing *packing) MUST_CHECK;

/* Frees p, and removes the ZIP if it is still at its path. */
void packed_free(struct packed *p);

#endif

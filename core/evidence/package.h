/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_PACKAGE_H
#define DEED_CORE_EVIDENCE_PACKAGE_H

#include "core/evidence/dossier.h"
#include "core/signer.h"

/*
 * The evidence package, deed-package(5): a dossier written as a bag in a ZIP,
 * with the pages that explain it.
 */

struct package_spec {
	const char *dir; /* where it goes; made if it is not there */
	int64_t now;
	bool clock_given;
	unsigned threads;
	const struct signer *signer; /* NULL: the package is not signed */
	const char *by;              /* the name of its owner */
	const struct venue *venue;   /* for whom it is */
	const char *report;          /* the path of deed-report */
	const char *temp_dir;
};

struct package {
	char *name; /* "FO8154C2A7-evidence-20261124T101502Z" */
	char *path; /* of the ZIP */
	char sha256[SHA256_HEX];
	char fingerprint[SHA256_HEX];
	int64_t size;
	bool no_helper; /* there is no PDF: deed-report is not installed */
	struct strs left_out; /* what the venue's limits kept out, in words */
};

/*
 * The ZIP is there, whole and on disk, or not at all.  ERR_EXISTS rather than
 * over another file; ERR_MISMATCH if a file of the ledger is not the one that
 * was recorded; ERR_LIMIT where the venue takes no package so large.
 */
struct err *package_write(struct package *out, const struct dossier *d,
    const struct package_spec *spec) MUST_CHECK;
void package_release(struct package *p);

#endif

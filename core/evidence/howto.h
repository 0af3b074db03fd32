/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_EVIDENCE_HOWTO_H
#define DEED_CORE_EVIDENCE_HOWTO_H

#include "core/evidence/dossier.h"

/*
 * data/HOW-TO-VERIFY.txt: how to check the package without deed.  Every
 * command stands on a line of its own behind "$ ", runs in the folder that
 * holds bagit.txt, and exits 0 for a good package; together they fail for any
 * damaged one.  name is the package's, without ".zip"; is_signed says that
 * root.txt.sig comes with it.
 */
void howto_write(
    struct buf *out, const struct dossier *d, const char *name, bool is_signed);

/* The allowed signers of a package, and how they name its owner. */
#define HOWTO_SIGNERS "data/proofs/allowed_signers"
#define HOWTO_PRINCIPAL "seller"

/* The script that checks one order file, and where it lies in the package. */
#define HOWTO_CHAIN "data/check-chain.sh"
extern const char howto_chain[];

#endif

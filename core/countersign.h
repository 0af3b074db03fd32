/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_COUNTERSIGN_H
#define DEED_CORE_COUNTERSIGN_H

#include "core/judge.h"
#include "core/order.h"
#include "core/store.h"

/*
 * The buyer's own signature under an acceptance: a plain text that names the
 * delivery, as its CHECKSUMS file does, signed with
 *
 *	ssh-keygen -Y sign -n deed -f KEY TEXT
 *
 * Text and signature lie in proofs/; the content of the entry says
 *
 *	signed     {path, sha256, size}
 *	signature  {path, sha256, size, principal, key, fingerprint}
 *
 * Whose key it is that says, too, by the recorder's word.  The grade "signed"
 * comes from the reader's own allowed signers alone.
 */

#define COUNTERSIGN_MAX (1u << 20) /* bytes of the text */

struct countersign {
	const char *text, *signature; /* files */
	/* "PRINCIPAL" or "PRINCIPAL=KEYFILE", of which one must have signed */
	const char *const *signers;
	size_t n_signers;
	const char *cwd; /* where key files are looked for */
};

/*
 * Put both into the ledger and what they are into the content.  ERR_MISMATCH
 * if the signature is not of the text, or by none of the keys named;
 * ERR_USAGE without a signer.  temp_dir as in signature.h.
 */
struct err *countersign_take(struct node *content, struct store *s,
    const char *month, const char *id, const struct countersign *what,
    const char *temp_dir, int64_t now) MUST_CHECK;

/* Has the fact one?  Has any of an order? */
bool countersign_has(const struct fact *f);
bool countersign_any(const struct order *o);

/*
 * The key the recorder signs commits with, "SHA256:..." of the last; *out is
 * NULL if that is not signed with SSH.
 */
struct err *countersign_own_key(char **out, struct ledger *l) MUST_CHECK;

/*
 * Append {name: "acceptance", subject, result, detail, grade}.  text and
 * signature are NULL if they are not at hand.  It is "signed" if the reader's
 * signers say that the key is of whom the record names, the text names the
 * delivery, and the key is not own, with which the recorder signs (or NULL).
 */
struct err *countersign_check(struct node *checks, const char *subject,
    const struct order *o, const struct fact *f, const struct buf *text,
    const struct buf *signature, const char *own,
    const struct judge *judge) MUST_CHECK;

/* The same from a ledger, for all acceptances of an order. */
struct err *countersign_audit(struct node *checks, struct ledger *l,
    const struct order *o, const struct judge *judge) MUST_CHECK;

/* Facts that would be graded so become fact.is_signed. */
struct err *countersign_mark(struct order *o, struct ledger *l,
    const struct signers *signers, const char *temp_dir) MUST_CHECK;

#endif

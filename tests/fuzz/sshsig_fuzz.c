/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/ext/sshsig.h"
#include "core/signers.h"
#include "core/util/mem.h"
#include "core/util/utf8.h"
#include "tests/fuzz/fuzz.h"

/*
 * The laws of SSH signatures and of files of allowed signers: a signature made
 * for other bytes, or for another purpose, never holds; a key is said to be
 * somebody's only if the file names him.
 *
 * An input is an armoured signature, and behind it the file.
 */

#define END "-----END SSH SIGNATURE-----\n"

static void
signature_law(const struct sshsig *s)
{
	struct buf text = BUF_INIT;
	struct err *e = sshsig_check(s, "deed", "other bytes", 11);

	LAW(e != NULL && !err_is(e, ERR_SYSTEM));
	err_drop(e);
	e = sshsig_check(s, "another purpose", "what was agreed", 15);
	LAW(e != NULL);
	err_drop(e);
	sshsig_key(&text, s);
	LAW(utf8_valid(text.data, text.len));
	buf_clear(&text);
	sshsig_fingerprint(&text, s);
	LAW(strncmp(text.data, "SHA256:", 7) == 0);
	buf_release(&text);
}

static void
signers_law(const struct sshsig *s, const char *text)
{
	struct signers signers = SIGNERS_INIT;
	struct buf key = BUF_INIT;
	struct signers_ask ask = { NULL, "deed", NULL, 1795000000 };
	char *who = NULL;
	struct err *e;

	sshsig_key(&key, s);
	ask.key = key.data;
	buf_adds(&signers.text, text);
	e = signers_whose(&who, &signers, &ask);
	LAW((e == NULL) == (who != NULL));
	LAW(who == NULL || (who[0] != '\0' && strlen(who) < strlen(text)));
	err_drop(e); /* most files name nobody */
	free(who);
	buf_release(&key);
	signers_release(&signers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_ndup((const char *)data, size);
	const char *end = strstr(text, END);
	size_t len = end != NULL ? (size_t)(end - text) + strlen(END) : size;
	struct sshsig *s = NULL;
	struct err *e = sshsig_read(&s, text, len);

	LAW((e == NULL) == (s != NULL));
	if (e == NULL) {
		signature_law(s);
		signers_law(s, text + len);
	}
	LAW(!err_is(e, ERR_SYSTEM));
	err_drop(e); /* most inputs are no signature */
	sshsig_free(s);
	free(text);
	return 0;
}

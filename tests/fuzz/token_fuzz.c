/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/ext/tsp.h"
#include "core/util/err.h"
#include "tests/fuzz/fuzz.h"

/*
 * The law of time stamps: without a root that the reader trusts, no bytes make
 * a trusted token.
 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tsp_ask ask = {
		.sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
			  "991b7852b855",
		.roots = "/dev/null",
	};
	struct tsp_token t = { 0 };
	struct err *e = tsp_judge(&t, data, size, &ask);

	LAW(!t.trusted);
	if (e == NULL)
		LAW(t.time > 0);
	err_drop(e); /* most inputs are no token */
	tsp_release(&t);
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/ext/json.h"
#include "core/util/buf.h"
#include "core/util/untag.h"
#include "libexec/mail/report.h"
#include "tests/fuzz/fuzz.h"

/*
 * The laws of reading mails: an mbox is cut without leaving out a byte that is
 * not the end of an empty line; of each mail there is one line of JSON, which
 * any reader takes; and a signature is said to hold only if the key is one we
 * gave.
 */

static const char keys[] =
    "r._domainkey.client.example v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4"
    "GNADCBiQKBgQDBUG7yNeFu/PLh7lnn4JaWALNaU3coHj7wQ0ITzeTDAmsDKImYxdPGv/Tc8wI"
    "SKQcglg/UyLZhOT/1UJoB0KKODh28VJWmTYwqQIK7oWkveIxgKmyN055LkRuqzM1cKu/Yodg"
    "Weydb/igpbcIfv+CdM+ptLg4oA6SgyiHCrfE5MwIDAQAB\n"
    "e._domainkey.client.example v=DKIM1; k=ed25519; "
    "p=GHJ4QvSEhlaCVTxG6wLUAysa44AhyMJmwXNkskbs0sg=\n";

static void
signature_law(const struct node *s)
{
	const char *result = node_text(s, "result");
	const char *domain = node_text(s, "domain");

	LAW(result != NULL && node_text(s, "detail") != NULL);
	LAW(strcmp(result, "pass") == 0 || strcmp(result, "fail") == 0 ||
	    strcmp(result, "none") == 0 || strcmp(result, "unverifiable") == 0);
	if (strcmp(result, "pass") == 0)
		LAW(domain != NULL &&
		    strcasecmp(domain, "client.example") == 0);
}

static void
line_law(void *arg, const struct node *line)
{
	struct buf b = BUF_INIT;
	struct node *back;
	struct err *e;

	node_write_json(&b, line);
	LAW(memchr(b.data, '\n', b.len) == NULL);
	e = json_parse(&back, b.data, b.len, "line");
	LAW(e == NULL && node_equal(line, back));
	for (size_t i = 0; i < node_count(node_get(line, "dkim")); i++)
		signature_law(node_at(node_get(line, "dkim"), i));
	++*(size_t *)arg;
	node_free(back);
	buf_release(&b);
}

static void
mbox_law(const char *p, size_t len)
{
	struct mbox box;
	struct mbox_mail mail;
	size_t at = 0;

	mbox_open(&box, p, len);
	while (mbox_next(&box, &mail)) {
		LAW(mail.at >= at && mail.len > 0 && mail.at + mail.len <= len);
		for (; at < mail.at; at++)
			LAW(p[at] == '\r' || p[at] == '\n');
		at = mail.at + mail.len;
	}
	for (; at < len; at++)
		LAW(p[at] == '\r' || p[at] == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keyring ring;
	static bool started;
	size_t lines = 0;
	struct report r = { .ring = &ring,
		.now = 1795000000,
		.path = "mail",
		.line = line_law,
		.arg = &lines };
	const char *p = (const char *)data;
	struct buf text = BUF_INIT;
	struct err *e = NULL;

	if (!started) {
		mime_start();
		keyring_init(&ring);
		e = keyring_parse(&ring, keys, sizeof(keys) - 1, "keys");
	}
	LAW(e == NULL);
	started = true;
	mbox_law(p, size);
	if (mbox_is(p, size))
		report_mbox(&r, p, size);
	else
		report_mail(&r, p, size, 0, false);
	LAW(lines == (size_t)r.mails);
	html_to_text(&text, p, size);
	buf_release(&text);
	return 0;
}

/* SPDX-License-Identifier: ISC */
#include "libexec/mail/report.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/util/utf8.h"

static bool
passes(const struct node *dkim)
{
	for (size_t i = 0; i < node_count(dkim); i++)
		if (strcmp(node_text(node_at(dkim, i), "result"), "pass") == 0)
			return true;
	return false;
}

static void
read_mail(struct node *n, struct report *r, const struct message *m)
{
	struct strs from = { 0 };

	mime_read(n, &from, m);
	if (m->bad_line > 0)
		node_push_str(node_get(n, "warnings"),
		    "a line of the header is not a header field");
	if (m->crowded)
		node_push_str(
		    node_get(n, "warnings"), "the header has too many fields");
	node_put(n, "dkim", dkim_check(m, &from, r->ring, r->now));
	strs_release(&from);
}

/*
 * Programs that write an mbox put ">" before "From " in texts, and not all of
 * them so that it can be undone.  A signature tells: undo it if that mends it.
 */
static void
read_unquoted(struct node *n, struct report *r, const struct message *m)
{
	struct node *other = node_map();
	struct message bare;
	struct buf b = BUF_INIT;

	mbox_unquote(&b, m->p, m->len);
	message_parse(&bare, b.data, b.len);
	read_mail(other, r, &bare);
	if (passes(node_get(other, "dkim"))) {
		for (size_t i = 0; i < other->n; i++)
			node_put(n, other->keys[i], node_copy(other->kids[i]));
		node_put_bool(n, "unquoted", true);
	}
	message_release(&bare);
	buf_release(&b);
	node_free(other);
}

static void
put_place(struct node *n, struct report *r, size_t at, size_t len)
{
	r->mails++;
	node_put_int(n, "mail", r->mails);
	if (utf8_valid(r->path, strlen(r->path)))
		node_put_str(n, "path", r->path);
	node_put_int(n, "at", (int64_t)at);
	node_put_int(n, "size", (int64_t)len);
}

void
report_mail(struct report *r, const char *p, size_t len, size_t at, bool quoted)
{
	struct node *n = node_map();
	char sha256[SHA256_HEX];
	struct message m;

	message_parse(&m, p, len);
	put_place(n, r, at + (size_t)(m.p - p), m.len);
	if (m.len > MAIL_MAX) {
		node_put_str(n, "error", "the mail is larger than 48 MiB");
	} else if (m.fields.n == 0) {
		node_put_str(n, "error", "there is no mail header");
	} else if (memchr(m.p, '\n', m.len) == NULL &&
	    memchr(m.p, '\r', m.len) != NULL) {
		node_put_str(
		    n, "error", "its lines end in CR alone, as no mail's do");
	} else {
		digest_of(m.p, m.len, sha256);
		node_put_str(n, "sha256", sha256);
		read_mail(n, r, &m);
		if (quoted && !passes(node_get(n, "dkim")))
			read_unquoted(n, r, &m);
	}
	r->line(r->arg, n);
	message_release(&m);
	node_free(n);
}

/* Pages of mails that are done with need not stay in memory. */
static void
let_go(const char *p, size_t done)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	madvise((void *)p, done / page * page, MADV_DONTNEED);
}

void
report_mbox(struct report *r, const char *p, size_t len)
{
	struct mbox box;
	struct mbox_mail mail;

	mbox_open(&box, p, len);
	while (mbox_next(&box, &mail)) {
		report_mail(r, p + mail.at, mail.len, mail.at, mail.quoted);
		if (r->release)
			let_go(p, mail.at + mail.len);
	}
	r->ambiguous += (int64_t)box.ambiguous;
}

void
report_end(struct report *r)
{
	struct node *n = node_map();

	node_put_bool(n, "end", true);
	node_put_int(n, "mails", r->mails);
	node_put_int(n, "ambiguous", r->ambiguous);
	r->line(r->arg, n);
	node_free(n);
}

/* SPDX-License-Identifier: ISC */
#include "core/attestation.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/json.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define PAYLOAD_TYPE "application/vnd.in-toto+json"

struct reading {
	const char *name; /* for messages */
	const char *archive_sha256;
	const struct buf *sums;
	const char *form;
	char *predicate;
	int64_t subjects, matches;
};

/* Base64 in either alphabet, with or without its padding. */
static bool
decode(struct buf *out, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, n = 0;

	for (; *text != '\0' && *text != '='; text++) {
		char c = *text == '-' ? '+' : *text == '_' ? '/' : *text;
		const char *at = strchr(digits, c);

		if (at == NULL)
			return false;
		bits = bits << 6 | (unsigned)(at - digits);
		if (++n % 4 != 1)
			buf_addc(out, (char)(bits >> (4 - n % 4) * 2 % 8));
	}
	return n % 4 != 1 && strspn(text, "=") == strlen(text);
}

/* Is this digest the archive's, or that of a file in it? */
static bool
is_delivered(const struct reading *r, const char *sha256)
{
	const char *p = r->sums->data, *end = p + r->sums->len;

	if (!digest_is_hex(sha256))
		return false;
	if (strcmp(sha256, r->archive_sha256) == 0)
		return true;
	while (p < end && (size_t)(end - p) >= SHA256_HEX) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (strncmp(p, sha256, SHA256_HEX - 1) == 0)
			return true;
		if (lf == NULL)
			break;
		p = lf + 1;
	}
	return false;
}

static struct err *
read_statement(struct reading *r, const struct node *statement)
{
	const char *type = node_text(statement, "_type");
	const struct node *subjects = node_get(statement, "subject");

	if (type == NULL || strstr(type, "in-toto.io/Statement") == NULL ||
	    subjects == NULL || subjects->type != NODE_LIST)
		return err_new(
		    ERR_INVALID, "%s: it is no in-toto statement", r->name);
	for (size_t i = 0; i < subjects->n; i++) {
		const char *sha256 =
		    node_text(node_get(subjects->kids[i], "digest"), "sha256");

		r->subjects++;
		r->matches += sha256 != NULL && is_delivered(r, sha256);
	}
	if (r->predicate == NULL &&
	    node_text(statement, "predicateType") != NULL)
		r->predicate = mem_dup(node_text(statement, "predicateType"));
	return NULL;
}

static struct err *
read_envelope(struct reading *r, const struct node *envelope)
{
	const char *type = node_text(envelope, "payloadType");
	const char *payload = node_text(envelope, "payload");
	struct node *statement = NULL;
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	if (type == NULL || strcmp(type, PAYLOAD_TYPE) != 0 ||
	    payload == NULL || !decode(&b, payload))
		e = err_new(ERR_INVALID,
		    "%s: its payload is no in-toto statement", r->name);
	else if ((e = json_parse(&statement, b.data, b.len, r->name)) == NULL)
		e = read_statement(r, statement);
	node_free(statement);
	buf_release(&b);
	return e;
}

static struct err *
read_one(struct reading *r, const struct node *n)
{
	const struct node *envelope = node_get(n, "dsseEnvelope");

	if (envelope != NULL) {
		r->form = "sigstore";
		return read_envelope(r, envelope);
	}
	if (node_get(n, "payloadType") != NULL) {
		r->form = "dsse";
		return read_envelope(r, n);
	}
	r->form = "in-toto";
	return read_statement(r, n);
}

/* The whole is one object, or each line is. */
static struct err *
read_all(struct reading *r, const struct buf *text)
{
	struct node *n = NULL;
	const char *p = text->data, *end = p + text->len;
	struct err *e = json_parse(&n, text->data, text->len, r->name);

	if (e == NULL) {
		e = read_one(r, n);
		node_free(n);
		return e;
	}
	if (memchr(p, '\n', text->len) == NULL)
		return e;
	err_drop(e); /* then it is several */
	e = NULL;
	while (p < end && e == NULL) {
		size_t len = strcspn(p, "\n");

		if (strspn(p, " \t\r") < len &&
		    (e = json_parse(&n, p, len, r->name)) == NULL) {
			e = read_one(r, n);
			node_free(n);
		}
		p += len + (p + len < end);
	}
	return e;
}

struct err *
attestation_read(struct node **out, const char *path,
    const char *archive_sha256, const struct buf *sums)
{
	struct reading r = { path_base(path), archive_sha256, sums, NULL, NULL,
		0, 0 };
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, ATTESTATION_MAX);

	*out = NULL;
	if (e == NULL && strlen(text.data) != text.len)
		e = err_new(ERR_INVALID, "%s: it holds NUL", r.name);
	if (e == NULL)
		e = read_all(&r, &text);
	if (e == NULL && r.form == NULL)
		e = err_new(ERR_INVALID, "%s: it is empty", r.name);
	if (e == NULL) {
		*out = node_map();
		node_put_str(*out, "form", r.form);
		if (r.predicate != NULL)
			node_put_str(*out, "predicate", r.predicate);
		node_put_int(*out, "subjects", r.subjects);
		node_put_int(*out, "matches", r.matches);
	}
	free(r.predicate);
	buf_release(&text);
	return e == NULL ? NULL :
			   err_hint(err_wrap(e, "--attestation"),
			       "give a Sigstore bundle, a DSSE envelope or an "
			       "in-toto statement");
}

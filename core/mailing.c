/* SPDX-License-Identifier: ISC */
#include "core/mailing.h"

#include <string.h>

#define STRING_MAX 255 /* bytes of one string of a TXT record */

/*
 * Records of keys.
 */

char *
mailing_keys_path(
    const char *month, const char *id, const char *sha256, int64_t now)
{
	char when[DATE_TEXT];

	date_format_compact(when, now);
	return mem_printf(
	    "proofs/%s/%s/%s-dkim-keys-%.12s.txt", month, id, when, sha256);
}

static void
add_record(struct buf *out, const struct node *key)
{
	const char *text = node_text(key, "text");
	size_t n = 0;

	buf_addf(out, "%s. IN TXT \"", node_text(key, "name"));
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (n++ == STRING_MAX) {
			buf_adds(out, "\" \"");
			n = 1;
		}
		if (c < ' ' || c >= 127)
			buf_addf(out, "\\%03u", c);
		else if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else
			buf_addc(out, (char)c);
	}
	buf_adds(out, "\"\n");
}

/* Has this row a record no earlier row had? */
static bool
is_new_record(const struct mail_job *job, size_t i)
{
	const struct mail_row *row = &job->rows.v[i];

	if (row->count == 0 || node_text(row->key, "name") == NULL ||
	    node_text(row->key, "text") == NULL)
		return false;
	for (size_t j = 0; j < i; j++)
		if (job->rows.v[j].count > 0 &&
		    node_equal(job->rows.v[j].key, row->key))
			return false;
	return true;
}

void
mailing_keys(struct buf *out, const struct mail_job *job, int64_t now)
{
	char when[DATE_TEXT];

	date_format(when, now);
	for (size_t i = 0; i < job->rows.n; i++) {
		const struct node *key = job->rows.v[i].key;

		if (!is_new_record(job, i))
			continue;
		buf_addf(out,
		    node_flag(key, "fetched") ?
			"; the DNS gave this on %s\n" :
			"; in a file of keys that was given on %s\n",
		    when);
		add_record(out, key);
	}
}

static struct node *
key_nodes(const struct mail_job *job, const char *path, const char *sha256)
{
	struct node *list = node_list();

	for (size_t i = 0; i < job->rows.n && path != NULL; i++) {
		const struct node *key = job->rows.v[i].key;
		struct node *n;

		if (!is_new_record(job, i))
			continue;
		n = node_push(list, node_map());
		node_put_str(n, "name", node_text(key, "name"));
		node_put_bool(n, "fetched", node_flag(key, "fetched"));
		node_put_str(n, "fingerprint", node_text(key, "fingerprint"));
		node_put_str(n, "path", path);
		node_put_str(n, "sha256", sha256);
	}
	return list;
}

/*
 * The entry.
 */

/* Of one mail, each signature. */
static struct node *
dkim_of_one(const struct node *mail)
{
	static const char *const keys[] = { "domain", "selector", "result",
		"detail", "aligned", "signed_at" };
	const struct node *from = node_get(mail, "dkim");
	struct node *list = node_list();

	for (size_t i = 0; i < node_count(from); i++) {
		struct node *n = node_push(list, node_map());

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			const struct node *value =
			    node_get(node_at(from, i), keys[k]);

			if (value != NULL && value->type != NODE_NULL)
				node_put(n, keys[k], node_copy(value));
		}
	}
	return list;
}

/* Of many, what they came to, domain by domain. */
static struct node *
dkim_of_many(const struct mail_job *job)
{
	struct node *list = node_list(), *n;
	const struct mail_row *row;

	vec_each (row, &job->rows) {
		if (row->count == 0)
			continue;
		n = node_push(list, node_map());
		node_put_str(n, "domain", row->domain);
		node_put_str(n, "selector", row->selector);
		node_put_str(n, "result", mail_result_name(row->result));
		node_put_int(n, "count", (int64_t)row->count);
	}
	return list;
}

static struct node *
dkim_of(const struct mail_job *job)
{
	return job->n == 1 ? dkim_of_one(job->only) : dkim_of_many(job);
}

static void
put_only(struct node *content, const struct mail_job *job,
    const struct intake_facts *facts)
{
	static const char *const keys[] = { "from", "to", "cc", "subject",
		"message_id" };
	const struct node *attachments = node_get(job->only, "attachments");
	char date[DATE_TEXT];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		node_put_str(content, keys[i], node_text(job->only, keys[i]));
	if (facts->first.kind == STAMP_INSTANT) {
		date_format(date, facts->first.us / 1000000);
		node_put_str(content, "date", date);
	}
	if (node_count(attachments) > 0)
		node_put(content, "attachments", node_copy(attachments));
}

void
mailing_describe(struct node *content, const struct choice *choice,
    const struct input *in, const struct intake_facts *facts,
    const struct mail_job *job, const struct transcript_choices *choices,
    const char *path, const char *keys_path, const char *keys_sha256)
{
	static const char *const not_ours[] = { "messages", "system", "title" };
	struct node *keys = key_nodes(job, keys_path, keys_sha256);

	transcript_describe(content, choice, in, facts, choices, path);
	for (size_t i = 0; i < sizeof(not_ours) / sizeof(not_ours[0]); i++)
		node_drop(content, not_ours[i]);
	if (job->n == 1)
		put_only(content, job, facts);
	node_put_int(content, "mails", (int64_t)facts->messages);
	node_put(content, "dkim", dkim_of(job));
	if (keys->n > 0)
		node_put(content, "keys", keys);
	else
		node_free(keys);
}

bool
mailing_same_results(const struct node *content, const struct mail_job *job)
{
	struct node *now = dkim_of(job);
	bool same = node_equal(node_get(content, "dkim"), now);

	node_free(now);
	return same;
}

/* Each result and how often; "none" counts mails, the others signatures. */
static struct node *
count_results(const struct node *dkim)
{
	struct node *n = node_map();

	for (enum mail_result i = 0; i < MAIL_RESULTS; i++)
		node_put_int(n, mail_result_name(i), 0);
	for (size_t i = 0; i < node_count(dkim); i++) {
		const struct node *row = node_at(dkim, i);
		const char *result = node_text(row, "result");

		if (result != NULL)
			node_put_int(n, result,
			    node_number(n, result, 0) +
				node_number(row, "count", 1));
	}
	return n;
}

static void
put_or_null(struct node *to, const struct node *from, const char *key)
{
	const struct node *n = node_get(from, key);

	node_put(to, key, n != NULL ? node_copy(n) : node_null());
}

static struct node *
list_signatures(const struct node *dkim)
{
	struct node *list = node_list();

	for (size_t i = 0; i < node_count(dkim); i++) {
		const struct node *from = node_at(dkim, i);
		struct node *n = node_push(list, node_map());

		put_or_null(n, from, "domain");
		put_or_null(n, from, "selector");
		for (size_t k = 0; k < node_count(from); k++)
			node_put(n, from->keys[k], node_copy(from->kids[k]));
	}
	return list;
}

/* Rows of a mailbox are told by their count. */
static bool
is_of_many(const struct node *dkim)
{
	return node_get(node_at(dkim, 0), "count") != NULL;
}

struct node *
mailing_view(const struct node *content)
{
	static const char *const extra[] = { "to", "cc", "date", "message_id",
		"skipped", "first", "last", "time_kind", "authors", "tz",
		"selected", "attachments", "source", "keys", "digests" };
	const struct node *dkim = node_get(content, "dkim");
	struct node *view = node_map();
	bool many = is_of_many(dkim);

	if (!many) {
		put_or_null(view, content, "from");
		put_or_null(view, content, "subject");
	}
	put_or_null(view, content, "mails");
	node_put(
	    view, "dkim", many ? count_results(dkim) : list_signatures(dkim));
	if (many)
		node_put(view, "signatures", list_signatures(dkim));
	put_or_null(view, content, "format");
	node_put(view, "warnings",
	    node_get(content, "warnings") != NULL ?
		node_copy(node_get(content, "warnings")) :
		node_list());
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++)
		if (node_get(content, extra[i]) != NULL)
			node_put(view, extra[i],
			    node_copy(node_get(content, extra[i])));
	return view;
}

/* SPDX-License-Identifier: ISC */
#include "core/intake/scribe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/content.h"
#include "core/intake/spool.h"
#include "core/util/file.h"
#include "core/zip.h"

#define YEAR_1980 315532800
#define THREADS 2
#define NONCE 16  /* bytes */
#define NONCES 16 /* got from the kernel at once */

struct scribe {
	char *temp_dir;
	/* The archive, from the first message on. */
	struct zip *zip;
	int fd;
	struct scribe_sums sums;
	struct content source; /* of a folder */
	/* Members that grow: the files of two hold what is packed of them. */
	struct zip_growth *messages, *lines;
	struct spool packed_messages, packed_lines, text;
	struct digest *digest;
	char nonces[NONCES * NONCE * 2 + 1];
	size_t n;
};

static void
note_member(void *arg, const struct zip_record *record)
{
	struct scribe *s = arg;
	char *to = strcmp(record->name, "messages.jsonl") == 0 ?
	    s->sums.messages :
	    strcmp(record->name, "messages.sha256") == 0 ? s->sums.lines :
	    strcmp(record->name, "transcript.txt") == 0  ? s->sums.text :
							   NULL;

	s->sums.files++;
	if (to != NULL)
		memcpy(to, record->sha256, SHA256_HEX);
	else if (strncmp(record->name, "source/", 7) == 0)
		content_add(&s->source, record->name + 7, record->sha256);
}

struct err *
scribe_new(struct scribe **out, const char *temp_dir)
{
	struct scribe *s = mem_zero(1, sizeof(*s));
	struct err *e;

	*out = NULL;
	s->temp_dir = mem_dup(temp_dir);
	s->digest = digest_new();
	s->fd = -1;
	s->packed_messages.fd = s->packed_lines.fd = s->text.fd = -1;
	content_init(&s->source);
	buf_init(&s->packed_messages.buf);
	buf_init(&s->packed_lines.buf);
	buf_init(&s->text.buf);
	if ((e = spool_begin(&s->packed_messages, temp_dir)) != NULL ||
	    (e = spool_begin(&s->packed_lines, temp_dir)) != NULL ||
	    (e = spool_begin(&s->text, temp_dir)) != NULL)
		scribe_free(s);
	else
		*out = s;
	return e;
}

/* Begin the archive; what is refused before a message comes needs none. */
static struct err *
begin_archive(struct scribe *s)
{
	struct zip_spec spec = {
		.time = YEAR_1980,
		.threads = THREADS,
		.quick = true, /* nonces make each archive another, anyway */
		.done = note_member,
		.arg = s,
	};
	struct err *e = file_temp(&s->sums.path, &s->fd, s->temp_dir);

	if (e != NULL)
		return e;
	spec.fd = s->fd;
	spec.path = s->sums.path;
	if ((e = zip_new(&s->zip, &spec)) != NULL)
		return e;
	s->messages = zip_growth_new(s->zip, s->packed_messages.fd, false);
	s->lines = zip_growth_new(s->zip, s->packed_lines.fd, true);
	return NULL;
}

void
scribe_free(struct scribe *s)
{
	if (s == NULL)
		return;
	zip_free(s->zip);
	if (s->fd >= 0)
		close(s->fd);
	if (s->sums.path != NULL)
		unlink(s->sums.path);
	free(s->sums.path);
	content_release(&s->source);
	spool_end(&s->packed_messages);
	spool_end(&s->packed_lines);
	spool_end(&s->text);
	digest_free(s->digest);
	free(s->temp_dir);
	free(s);
}

size_t
scribe_count(const struct scribe *s)
{
	return s->n;
}

static size_t
write_number(char *out, size_t v)
{
	char back[24];
	size_t n = 0;

	do {
		back[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	for (size_t i = 0; i < n; i++)
		out[i] = back[n - 1 - i];
	return n;
}

/* "{"seq":N,"nonce":"..."," in front of a message. */
static struct err *
begin_line(struct scribe *s, char *out, size_t *len)
{
	static const char seq[] = "{\"seq\":", nonce[] = ",\"nonce\":\"";
	size_t slot = s->n % NONCES;
	char *p = out;
	struct err *e = NULL;

	if (slot == 0 && (e = digest_random(s->nonces, NONCES * NONCE)) != NULL)
		return e;
	p = mempcpy(p, seq, sizeof(seq) - 1);
	p += write_number(p, s->n + 1);
	p = mempcpy(p, nonce, sizeof(nonce) - 1);
	p = mempcpy(p, s->nonces + slot * NONCE * 2, NONCE * 2);
	*p++ = '"';
	*p++ = ',';
	*len = (size_t)(p - out);
	return NULL;
}

/* The number of the message in front of its lines for people. */
static struct err *
add_text(struct scribe *s, const char *text, size_t len)
{
	char number[32];
	size_t n = write_number(number, s->n + 1);
	struct err *e;

	number[n++] = ' ';
	number[n++] = ' ';
	if ((e = spool_add(&s->text, number, n)) != NULL)
		return e;
	return spool_add(&s->text, text, len);
}

struct err *
scribe_add(struct scribe *s, const char *json, size_t json_len,
    const char *text, size_t text_len)
{
	char head[128], sum[SHA256_HEX];
	size_t head_len;
	struct err *e;

	if ((s->zip == NULL && (e = begin_archive(s)) != NULL) ||
	    (e = begin_line(s, head, &head_len)) != NULL)
		return e;
	digest_add(s->digest, head, head_len);
	digest_add(s->digest, json, json_len);
	digest_hex(s->digest, sum);
	sum[SHA256_HEX - 1] = '\n';
	if ((e = zip_growth_add(s->messages, head, head_len)) != NULL ||
	    (e = zip_growth_add(s->messages, json, json_len)) != NULL ||
	    (e = zip_growth_add(s->messages, "\n", 1)) != NULL ||
	    (e = zip_growth_add(s->lines, sum, SHA256_HEX)) != NULL ||
	    (e = add_text(s, text, text_len)) != NULL)
		return e;
	s->n++;
	return NULL;
}

/*
 * The rest of the archive.
 */

static struct err *
pack_part(struct scribe *s, const struct part *part, const char *folder)
{
	char *name = mem_printf("%s/%s", folder, part->name);
	struct zip_member m = { .name = name, .size = part->size };
	int fd;
	struct err *e = part_open(&fd, part);

	if (e == NULL) {
		if ((e = zip_begin(s->zip, &m)) == NULL &&
		    (e = zip_pour(s->zip, fd, part->name)) == NULL)
			e = zip_end(s->zip);
		close(fd);
	}
	free(name);
	return e;
}

static struct err *
pack_source(struct scribe *s, const struct input *in)
{
	struct part whole = { in->name, in->path, in->size };
	struct err *e = NULL;

	if (in->type != INPUT_FOLDER)
		return pack_part(s, &whole, "source");
	for (size_t i = 0; i < in->parts.n && e == NULL; i++)
		e = pack_part(s, &in->parts.v[i], "source");
	return e;
}

static struct err *
pack_text(struct scribe *s, const char *head)
{
	size_t head_len = strlen(head);
	struct zip_member m = { .name = "transcript.txt",
		.size = (int64_t)(head_len + s->text.size) };
	struct err *e = spool_flush(&s->text);

	if (e != NULL)
		return e;
	if (lseek(s->text.fd, 0, SEEK_SET) < 0)
		return err_errno("cannot read %s", m.name);
	if ((e = zip_begin(s->zip, &m)) != NULL ||
	    (e = zip_write(s->zip, head, head_len)) != NULL ||
	    (e = zip_pour(s->zip, s->text.fd, m.name)) != NULL)
		return e;
	return zip_end(s->zip);
}

/* What lies in the archive must be what was digested when it was opened. */
static struct err *
vet_source(struct scribe *s, const struct input *in)
{
	char sha256[SHA256_HEX];

	content_sort(&s->source);
	if (in->type == INPUT_FOLDER)
		content_digest(sha256, &s->source);
	else
		memcpy(sha256, s->source.files.v[0].sha256, SHA256_HEX);
	if (strcmp(sha256, in->sha256) == 0)
		return NULL;
	return err_hint(
	    err_new(ERR_CONFLICT, "%s changed while it was read", in->path),
	    "import it again");
}

struct err *
scribe_finish(struct scribe_sums *out, struct scribe *s, const struct input *in,
    const struct part *const *parts, size_t n, const char *head)
{
	struct zip_total total;
	struct err *e;

	*out = (struct scribe_sums){ .path = NULL };
	if ((e = zip_growth_end(s->messages)) != NULL ||
	    (e = zip_growth_end(s->lines)) != NULL)
		return e;
	for (size_t i = 0; i < n && e == NULL; i++)
		e = pack_part(s, parts[i], "attachments");
	if (e != NULL ||
	    (e = zip_growth_put(s->messages, "messages.jsonl")) != NULL ||
	    (e = zip_growth_put(s->lines, "messages.sha256")) != NULL ||
	    (e = pack_source(s, in)) != NULL ||
	    (e = pack_text(s, head)) != NULL ||
	    (e = zip_finish(s->zip, &total)) != NULL ||
	    (e = vet_source(s, in)) != NULL ||
	    (e = file_sync(s->fd, s->sums.path)) != NULL)
		return e;
	memcpy(s->sums.archive, total.sha256, SHA256_HEX);
	s->sums.size = total.size;
	*out = s->sums;
	s->sums.path = NULL;
	return NULL;
}

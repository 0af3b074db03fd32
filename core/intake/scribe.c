/* SPDX-License-Identifier: ISC */
#include "core/intake/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/content.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/zip.h"

#define CHUNK (1u << 20)
#define YEAR_1980 315532800
#define THREADS 2
#define NONCE 16  /* bytes */
#define NONCES 16 /* got from the kernel at once */

/* A member of the archive while it grows. */
struct growing {
	const char *name;
	int fd;
	struct buf buf;
	int64_t size;
};

struct scribe {
	char *temp_dir;
	struct growing messages, lines, text;
	struct digest *digest;
	char nonces[NONCES * NONCE * 2 + 1];
	size_t n;
};

static struct err *
grow_begin(struct growing *g, const char *name, const char *dir)
{
	char *path;
	struct err *e = file_temp(&path, &g->fd, dir);

	g->name = name;
	buf_init(&g->buf);
	if (e != NULL) {
		g->fd = -1;
		return e;
	}
	/* nobody needs its name, and the file goes with the last descriptor */
	unlink(path);
	free(path);
	return NULL;
}

static struct err *
grow_flush(struct growing *g)
{
	struct err *e = file_write_fd(g->fd, g->buf.data, g->buf.len, g->name);

	buf_clear(&g->buf);
	return e;
}

static struct err *
grow(struct growing *g, const char *p, size_t len)
{
	g->size += (int64_t)len;
	buf_add(&g->buf, p, len);
	return g->buf.len < CHUNK ? NULL : grow_flush(g);
}

static void
grow_end(struct growing *g)
{
	if (g->fd >= 0)
		close(g->fd);
	buf_release(&g->buf);
}

struct err *
scribe_new(struct scribe **out, const char *temp_dir)
{
	struct scribe *s = mem_zero(1, sizeof(*s));
	struct err *e;

	*out = NULL;
	s->temp_dir = mem_dup(temp_dir);
	s->digest = digest_new();
	s->messages.fd = s->lines.fd = s->text.fd = -1;
	if ((e = grow_begin(&s->messages, "messages.jsonl", temp_dir)) !=
		NULL ||
	    (e = grow_begin(&s->lines, "messages.sha256", temp_dir)) != NULL ||
	    (e = grow_begin(&s->text, "transcript.txt", temp_dir)) != NULL)
		scribe_free(s);
	else
		*out = s;
	return e;
}

void
scribe_free(struct scribe *s)
{
	if (s == NULL)
		return;
	grow_end(&s->messages);
	grow_end(&s->lines);
	grow_end(&s->text);
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
	if ((e = grow(&s->text, number, n)) != NULL)
		return e;
	return grow(&s->text, text, len);
}

struct err *
scribe_add(struct scribe *s, const char *json, size_t json_len,
    const char *text, size_t text_len)
{
	char head[128], sum[SHA256_HEX];
	size_t head_len;
	struct err *e = begin_line(s, head, &head_len);

	if (e != NULL)
		return e;
	digest_add(s->digest, head, head_len);
	digest_add(s->digest, json, json_len);
	digest_hex(s->digest, sum);
	sum[SHA256_HEX - 1] = '\n';
	if ((e = grow(&s->messages, head, head_len)) != NULL ||
	    (e = grow(&s->messages, json, json_len)) != NULL ||
	    (e = grow(&s->messages, "\n", 1)) != NULL ||
	    (e = grow(&s->lines, sum, SHA256_HEX)) != NULL ||
	    (e = add_text(s, text, text_len)) != NULL)
		return e;
	s->n++;
	return NULL;
}

/*
 * The archive.
 */

struct packing_up {
	struct zip *zip;
	struct scribe_sums *sums;
	struct content source; /* of a folder */
	char sha256[SHA256_HEX];
	char *chunk;
};

static void
note_member(void *arg, const struct zip_record *record)
{
	struct packing_up *p = arg;
	char *to = strcmp(record->name, "messages.jsonl") == 0 ?
	    p->sums->messages :
	    strcmp(record->name, "messages.sha256") == 0 ? p->sums->lines :
	    strcmp(record->name, "transcript.txt") == 0  ? p->sums->text :
							   NULL;

	p->sums->files++;
	if (to != NULL)
		memcpy(to, record->sha256, SHA256_HEX);
	else if (strncmp(record->name, "source/", 7) == 0)
		content_add(&p->source, record->name + 7, record->sha256);
}

static struct err *
pack_fd(struct packing_up *p, int fd, const char *name)
{
	ssize_t n;
	struct err *e;

	while ((n = read(fd, p->chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno("cannot read %s", name);
		if ((e = zip_write(p->zip, p->chunk, (size_t)n)) != NULL)
			return e;
	}
	return NULL;
}

static struct err *
pack_part(struct packing_up *p, const struct part *part, const char *folder)
{
	char *name = mem_printf("%s/%s", folder, part->name);
	struct zip_member m = { .name = name, .size = part->size };
	int fd;
	struct err *e = part_open(&fd, part);

	if (e == NULL) {
		if ((e = zip_begin(p->zip, &m)) == NULL &&
		    (e = pack_fd(p, fd, part->name)) == NULL)
			e = zip_end(p->zip);
		close(fd);
	}
	free(name);
	return e;
}

static struct err *
pack_growing(struct packing_up *p, struct growing *g, const char *head)
{
	size_t head_len = strlen(head);
	struct zip_member m = { .name = g->name,
		.size = g->size + (int64_t)head_len };
	struct err *e = grow_flush(g);

	if (e != NULL)
		return e;
	if (lseek(g->fd, 0, SEEK_SET) < 0)
		return err_errno("cannot read %s", g->name);
	if ((e = zip_begin(p->zip, &m)) != NULL ||
	    (e = zip_write(p->zip, head, head_len)) != NULL ||
	    (e = pack_fd(p, g->fd, g->name)) != NULL)
		return e;
	return zip_end(p->zip);
}

static struct err *
pack_source(struct packing_up *p, const struct input *in)
{
	struct part whole = { in->name, in->path, in->size };
	struct err *e = NULL;

	if (in->type != INPUT_FOLDER)
		return pack_part(p, &whole, "source");
	for (size_t i = 0; i < in->parts.n && e == NULL; i++)
		e = pack_part(p, &in->parts.v[i], "source");
	return e;
}

/* What lies in the archive must be what was digested when it was opened. */
static struct err *
vet_source(struct packing_up *p, const struct input *in)
{
	char sha256[SHA256_HEX];

	content_sort(&p->source);
	if (in->type == INPUT_FOLDER)
		content_digest(sha256, &p->source);
	else
		memcpy(sha256, p->source.files.v[0].sha256, SHA256_HEX);
	if (strcmp(sha256, in->sha256) == 0)
		return NULL;
	return err_hint(
	    err_new(ERR_CONFLICT, "%s changed while it was read", in->path),
	    "import it again");
}

static struct err *
pack_all(struct packing_up *p, struct scribe *s, const struct input *in,
    const struct part *const *parts, size_t n, const char *head)
{
	struct zip_total total;
	struct err *e = NULL;

	for (size_t i = 0; i < n && e == NULL; i++)
		e = pack_part(p, parts[i], "attachments");
	if (e != NULL || (e = pack_growing(p, &s->messages, "")) != NULL ||
	    (e = pack_growing(p, &s->lines, "")) != NULL ||
	    (e = pack_source(p, in)) != NULL ||
	    (e = pack_growing(p, &s->text, head)) != NULL ||
	    (e = zip_finish(p->zip, &total)) != NULL)
		return e;
	memcpy(p->sums->archive, total.sha256, SHA256_HEX);
	p->sums->size = total.size;
	return vet_source(p, in);
}

struct err *
scribe_finish(struct scribe_sums *out, struct scribe *s, const struct input *in,
    const struct part *const *parts, size_t n, const char *head)
{
	struct packing_up p = { .sums = out, .chunk = mem_alloc(CHUNK) };
	struct zip_spec spec = {
		.time = YEAR_1980,
		.threads = THREADS,
		.quick = true, /* nonces make each archive another, anyway */
		.done = note_member,
		.arg = &p,
	};
	int fd = -1;
	struct err *e;

	*out = (struct scribe_sums){ .path = NULL };
	content_init(&p.source);
	if ((e = file_temp(&out->path, &fd, s->temp_dir)) != NULL)
		goto done;
	spec.fd = fd;
	spec.path = out->path;
	if ((e = zip_new(&p.zip, &spec)) == NULL &&
	    (e = pack_all(&p, s, in, parts, n, head)) == NULL)
		e = file_sync(fd, out->path);
done:
	zip_free(p.zip);
	content_release(&p.source);
	if (fd >= 0)
		close(fd);
	free(p.chunk);
	if (e != NULL && out->path != NULL) {
		unlink(out->path);
		free(out->path);
		out->path = NULL;
	}
	return e;
}

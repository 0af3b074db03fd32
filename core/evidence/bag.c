/* SPDX-License-Identifier: ISC */
#include "core/evidence/bag.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/util/file.h"
#include "core/zip.h"

const char *const bag_tags[] = { "bag-info.txt", "bagit.txt",
	"manifest-sha256.txt", "root.txt", "tagmanifest-sha256.txt", NULL };

const char bag_declaration[] = "BagIt-Version: 1.0\n"
			       "Tag-File-Character-Encoding: UTF-8\n";

void
bag_init(struct bag *b)
{
	memset(b, 0, sizeof(*b));
	buf_init(&b->info);
}

void
bag_release(struct bag *b)
{
	struct bag_file *f;

	vec_each (f, &b->files) {
		free(f->name);
		free(f->from);
		buf_release(&f->text);
	}
	vec_release(&b->files);
	buf_release(&b->info);
}

void
bag_add_text(struct bag *b, const char *name, struct buf *text)
{
	struct bag_file *f = vec_add(&b->files);

	f->name = mem_dup(name);
	f->text = *text;
	f->size = (int64_t)text->len;
	digest_of(text->data, text->len, f->sha256);
	buf_init(text);
}

void
bag_add_file(struct bag *b, const char *name, const char *from,
    const char *sha256, int64_t size)
{
	struct bag_file *f = vec_add(&b->files);

	f->name = mem_dup(name);
	f->from = mem_dup(from);
	buf_init(&f->text);
	f->size = size;
	memcpy(f->sha256, sha256, SHA256_HEX);
}

void
bag_add_info(struct bag *b, const char *label, const char *value)
{
	buf_addf(&b->info, "%s: ", label);
	for (; *value != '\0'; value++)
		buf_addc(
		    &b->info, *value == '\n' || *value == '\r' ? ' ' : *value);
	buf_addc(&b->info, '\n');
}

void
bag_encode(struct buf *out, const char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '\r' || *path == '\n' || *path == '%')
			buf_addf(out, "%%%02X", (unsigned char)*path);
		else
			buf_addc(out, *path);
}

void
bag_root(struct buf *out, const char *const digests[3], size_t files,
    int64_t bytes, const struct strs *tags)
{
	buf_addf(out, "%s  bagit.txt\n", digests[0]);
	buf_addf(out, "%s  bag-info.txt\n", digests[1]);
	buf_addf(out, "%s  manifest-sha256.txt\n", digests[2]);
	buf_addf(
	    out, "payload %zu files %" PRId64 " bytes\ntags", files, bytes);
	for (size_t i = 0; i < tags->n; i++)
		buf_addf(out, " %s", tags->v[i]);
	buf_addc(out, '\n');
}

/*
 * What is written: payload and tag files, in the order of their names.
 */

static int
by_name(const void *a, const void *b)
{
	const struct bag_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
add_line(struct buf *out, const struct bag_file *f)
{
	buf_addf(out, "%s  ", f->sha256);
	bag_encode(out, f->name);
	buf_addc(out, '\n');
}

static const char *
digest_in(const struct bag *tags, const char *name)
{
	const struct bag_file *f;

	vec_each (f, &tags->files)
		if (strcmp(f->name, name) == 0)
			return f->sha256;
	return "";
}

static void
add_root(struct bag *tags, size_t files, int64_t bytes)
{
	const char *const digests[3] = { digest_in(tags, "bagit.txt"),
		digest_in(tags, "bag-info.txt"),
		digest_in(tags, "manifest-sha256.txt") };
	struct buf text = BUF_INIT;
	struct strs names = VEC_INIT;

	for (size_t i = 0; bag_tags[i] != NULL; i++)
		strs_add(&names, bag_tags[i]);
	bag_root(&text, digests, files, bytes, &names);
	bag_add_text(tags, "root.txt", &text);
	strs_release(&names);
}

/* root.txt.sig, which no list names. */
static struct err *
add_signature(struct bag *tags, const struct bag_signer *signer)
{
	struct buf text = BUF_INIT;
	const struct bag_file *f;
	struct err *e = NULL;

	vec_each (f, &tags->files)
		if (strcmp(f->name, "root.txt") == 0)
			break;
	e = signer->sign(&text, f->text.data, f->text.len, signer->arg);
	if (e == NULL)
		bag_add_text(tags, BAG_SIGNATURE, &text);
	buf_release(&text);
	return e;
}

/* All tag files of a bag; the payload is sorted. */
static void
make_tags(struct bag *tags, const struct bag *b, int64_t bytes)
{
	struct buf text = BUF_INIT;
	struct bag_file *f;

	buf_adds(&text, bag_declaration);
	bag_add_text(tags, "bagit.txt", &text);
	buf_add(&text, b->info.data, b->info.len);
	buf_addf(&text, "Payload-Oxum: %" PRId64 ".%zu\n", bytes, b->files.n);
	bag_add_text(tags, "bag-info.txt", &text);
	vec_each (f, &b->files)
		add_line(&text, f);
	bag_add_text(tags, "manifest-sha256.txt", &text);
	add_root(tags, b->files.n, bytes);
	vec_sort(&tags->files, by_name);
	vec_each (f, &tags->files)
		add_line(&text, f);
	bag_add_text(tags, "tagmanifest-sha256.txt", &text);
}

/*
 * Writing.
 */

struct writer {
	struct zip *zip;
	const struct bag_spec *spec;
	VEC(const struct bag_file *) order;
	size_t done;
	const struct bag_file *wrong; /* the first that was another */
};

static void
compare(void *arg, const struct zip_record *record)
{
	struct writer *w = arg;
	const struct bag_file *f = w->order.v[w->done++];

	if (w->wrong == NULL && strcmp(record->sha256, f->sha256) != 0)
		w->wrong = f;
}

/* A member that is a file. */
static struct err *
pour(struct writer *w, struct zip_member *m, const char *from)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	struct err *e;

	if (fd < 0)
		return err_errno("cannot read %s", from);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if ((e = zip_look(m, fd, from, w->spec->threads)) == NULL &&
	    (e = zip_begin(w->zip, m)) == NULL)
		e = zip_pour(w->zip, fd, from);
	close(fd);
	return e;
}

static struct err *
write_member(struct writer *w, const struct bag_file *f)
{
	char *name = mem_printf("%s/%s", w->spec->top, f->name);
	struct zip_member m = { .name = name, ZIP_FILE, f->size };
	struct err *e;

	if (f->from != NULL)
		e = pour(w, &m, f->from);
	else if ((e = zip_begin(w->zip, &m)) == NULL)
		e = zip_write(w->zip, f->text.data, f->text.len);
	if (e == NULL)
		e = zip_end(w->zip);
	free(name);
	return e;
}

static int
by_file_name(const void *a, const void *b)
{
	return by_name(*(const struct bag_file *const *)a,
	    *(const struct bag_file *const *)b);
}

static struct err *
write_all(struct writer *w, struct zip_total *total)
{
	const struct zip_spec spec = {
		.fd = w->spec->fd,
		.path = w->spec->path,
		.time = w->spec->time,
		.threads = w->spec->threads,
		.done = compare,
		.arg = w,
	};
	struct err *e = zip_new(&w->zip, &spec);

	for (size_t i = 0; i < w->order.n && e == NULL; i++)
		e = write_member(w, w->order.v[i]);
	if (e == NULL)
		e = zip_finish(w->zip, total);
	if (w->wrong == NULL)
		return e;
	err_drop(e); /* that bytes were exchanged says more */
	return err_new(ERR_MISMATCH, "%s is not the file that was recorded",
	    w->wrong->from);
}

struct err *
bag_write(
    struct bag_total *out, const struct bag *b, const struct bag_spec *spec)
{
	struct bag sorted = *b, tags;
	struct writer w = { .spec = spec };
	struct zip_total total = { 0 };
	const struct bag_file *f;
	struct err *e;

	memset(out, 0, sizeof(*out));
	vec_sort(&sorted.files, by_name);
	vec_each (f, &sorted.files)
		out->bytes += f->size;
	bag_init(&tags);
	make_tags(&tags, &sorted, out->bytes);
	if (spec->signer != NULL &&
	    (e = add_signature(&tags, spec->signer)) != NULL) {
		bag_release(&tags);
		return e;
	}
	vec_each (f, &sorted.files)
		vec_push(&w.order, f);
	vec_each (f, &tags.files)
		vec_push(&w.order, f);
	vec_sort(&w.order, by_file_name);
	e = write_all(&w, &total);
	if (e == NULL) {
		memcpy(out->sha256, total.sha256, SHA256_HEX);
		memcpy(
		    out->fingerprint, digest_in(&tags, "root.txt"), SHA256_HEX);
		out->size = total.size;
	}
	zip_free(w.zip);
	vec_release(&w.order);
	bag_release(&tags);
	return e;
}

/* SPDX-License-Identifier: ISC */
#include "core/detached.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/attestation.h"
#include "core/content.h"
#include "core/ext/json.h"
#include "core/util/date.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"
#include "core/zip.h"

#define FACTS "deed-delivery.json"
#define ARCHIVE "archive.zip"
#define SUMS "archive.sha256sums"
#define FACTS_MAX (4u << 20)
#define CHUNK (64u << 10)
#define ATTESTATIONS_MAX 100

/*
 * Writing.
 */

static struct err *
put_bytes(struct zip *z, const char *name, const void *p, size_t len)
{
	struct zip_member m = { name, ZIP_FILE, (int64_t)len };
	struct err *e = zip_begin(z, &m);

	if (e == NULL && len > 0)
		e = zip_write(z, p, len);
	return e != NULL ? e : zip_end(z);
}

static struct err *
put_file(struct zip *z, const char *name, const char *path)
{
	struct zip_member m = { name, ZIP_FILE, 0 };
	char *chunk = mem_zero(1, CHUNK);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = 1;
	struct err *e = NULL;

	if (fd < 0 || fstat(fd, &st) != 0) {
		e = err_errno("cannot read %s", path);
		goto done;
	}
	m.size = st.st_size;
	if ((e = zip_begin(z, &m)) != NULL)
		goto done;
	while (e == NULL && (n = read(fd, chunk, CHUNK)) > 0)
		e = zip_write(z, chunk, (size_t)n);
	if (e == NULL && n < 0)
		e = err_errno("cannot read %s", path);
	if (e == NULL)
		e = zip_end(z);
done:
	if (fd >= 0)
		close(fd);
	free(chunk);
	return e;
}

static char *
attestation_member(size_t i, const char *path)
{
	return mem_printf("attestation-%02zu-%s", i, path_base(path));
}

static struct err *
describe_attestations(struct node *facts, const struct strs *paths)
{
	struct node *list = node_put(facts, "attestations", node_list());
	char sha256[SHA256_HEX];
	int64_t size;
	struct err *e = NULL;

	for (size_t i = 0; i < paths->n && e == NULL; i++) {
		struct node *n = node_push(list, node_map());

		e = digest_file(paths->v[i], sha256, &size);
		node_put_str(n, "name", path_base(paths->v[i]));
		node_put_str(n, "sha256", sha256);
		node_put_int(n, "size", size);
	}
	return e;
}

static struct node *
describe(const struct packed *p, const struct node *given)
{
	struct node *n = node_copy(given), *a;

	node_put_int(n, "detached", DETACHED_FORMAT);
	a = node_put(n, "archive", node_map());
	node_put_str(a, "sha256", p->sha256);
	node_put_int(a, "size", p->size);
	node_put_int(a, "files", (int64_t)p->files);
	node_put_str(a, "content", p->content);
	node_put_str(a, "links", p->shape);
	node_put_str(a, "deflate", p->deflate);
	if (p->source != NULL)
		node_put(n, "source", node_copy(p->source));
	return n;
}

static struct err *
fill(struct zip *z, const struct packed *packed, const struct node *facts,
    const struct strs *attestations)
{
	struct buf json = BUF_INIT;
	struct zip_total total;
	struct err *e;

	node_write_json(&json, facts);
	buf_addc(&json, '\n');
	e = put_bytes(z, SUMS, packed->sums.data, packed->sums.len);
	if (e == NULL)
		e = put_file(z, ARCHIVE, packed->path);
	for (size_t i = 0; i < attestations->n && e == NULL; i++) {
		char *name = attestation_member(i, attestations->v[i]);

		e = put_file(z, name, attestations->v[i]);
		free(name);
	}
	if (e == NULL)
		e = put_bytes(z, FACTS, json.data, json.len);
	if (e == NULL)
		e = zip_finish(z, &total);
	buf_release(&json);
	return e;
}

struct err *
detached_write(const char *path, const char *temp_dir,
    const struct packed *packed, const struct node *given,
    const struct strs *attestations)
{
	struct zip_spec spec = { .fd = -1, .path = path, .time = packed->time };
	struct node *facts = describe(packed, given);
	struct zip *z = NULL;
	char *temp = NULL;
	struct err *e;

	if (attestations->n > ATTESTATIONS_MAX)
		e = err_new(
		    ERR_LIMIT, "more than %d attestations", ATTESTATIONS_MAX);
	else
		e = describe_attestations(facts, attestations);
	if (e != NULL || (e = file_temp(&temp, &spec.fd, temp_dir)) != NULL ||
	    (e = zip_new(&z, &spec)) != NULL ||
	    (e = fill(z, packed, facts, attestations)) != NULL ||
	    (e = file_sync(spec.fd, path)) != NULL ||
	    (e = file_chmod(temp, 0600)) != NULL ||
	    (e = file_rename(temp, path)) != NULL)
		goto done;
	free(temp);
	temp = NULL;
done:
	zip_free(z);
	if (spec.fd >= 0)
		close(spec.fd);
	if (temp != NULL)
		unlink(temp);
	free(temp);
	node_free(facts);
	return e;
}

/*
 * Reading.
 */

bool
detached_is(const struct input *in)
{
	return in->type == INPUT_ARCHIVE && input_part(in, FACTS) != NULL &&
	    input_part(in, ARCHIVE) != NULL;
}

static struct err *
bad(const struct input *in, const char *what)
{
	return err_new(ERR_INVALID, "%s: " FACTS ": %s", in->name, what);
}

/* Text that may be recorded: that is UTF-8 the reader of JSON saw to. */
static bool
is_text(const struct node *n)
{
	return n == NULL || n->type == NODE_NULL ||
	    (n->type == NODE_STR && strlen(n->text) == n->len);
}

static bool
are_texts(const struct node *map)
{
	for (size_t i = 0; i < node_count(map); i++) {
		const struct node *n = map->kids[i];

		if (n->type != NODE_STR && n->type != NODE_INT &&
		    n->type != NODE_BOOL)
			return false;
		if (n->type == NODE_STR && strlen(n->text) != n->len)
			return false;
	}
	return map == NULL || map->type == NODE_MAP;
}

static struct err *
vet_facts(const struct input *in, const struct node *n)
{
	static const char *const texts[] = { "order", "packed", "clock", "text",
		"milestone" };
	const struct node *covers = node_get(n, "covers");
	struct when when;
	struct err *e;

	if (node_number(n, "detached", 0) > DETACHED_FORMAT)
		return err_hint(
		    err_new(ERR_UNSUPPORTED, "%s: it was made by a newer deed",
			in->name),
		    "update deed");
	if (node_number(n, "detached", 0) != DETACHED_FORMAT)
		return bad(in, "it does not say which format it has");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!is_text(node_get(n, texts[i])))
			return bad(in, "a text is no text");
	for (size_t i = 0; i < node_count(covers); i++)
		if (node_text_at(covers, i) == NULL)
			return bad(in, "covers is no list of labels");
	if (covers != NULL && covers->type != NODE_LIST)
		return bad(in, "covers is no list of labels");
	if (!are_texts(node_get(n, "source")) || !are_texts(node_get(n, "run")))
		return bad(in, "source or run holds more than plain values");
	if (node_text(n, "packed") == NULL)
		return bad(in, "it does not say when it was packed");
	if ((e = date_parse(&when, node_text(n, "packed"))) != NULL)
		return err_wrap(e, "%s: " FACTS, in->name);
	return NULL;
}

static struct err *
read_facts(struct detached *out, const struct input *in)
{
	struct buf text = BUF_INIT;
	struct err *e =
	    file_read(&text, input_part(in, FACTS)->path, FACTS_MAX);

	if (e == NULL)
		e = json_parse(&out->facts, text.data, text.len, FACTS);
	if (e == NULL)
		e = vet_facts(in, out->facts);
	buf_release(&text);
	return e;
}

/* What the archive itself says is held against what is claimed of it. */
static struct err *
read_archive(struct packed *p, const struct input *in, const struct node *a)
{
	struct content content;
	struct buf said = BUF_INIT;
	struct err *e;

	content_init(&content);
	if ((e = digest_file(p->path, p->sha256, &p->size)) != NULL)
		goto done;
	if (!node_text_is(a, "sha256", p->sha256)) {
		e = err_new(ERR_MISMATCH,
		    "%s: the archive in it is not the one that was packed",
		    in->name);
		goto done;
	}
	if ((e = content_of_archive(&content, p->path, NULL)) != NULL)
		goto done;
	content_sort(&content);
	content_sums(&p->sums, &content);
	content_digest(p->content, &content);
	content_shape(p->shape, &content);
	p->files = content.files.n;
	if (input_part(in, SUMS) != NULL &&
	    (e = file_read(
		 &said, input_part(in, SUMS)->path, p->sums.len + 1)) != NULL)
		goto done;
	if (said.len != p->sums.len ||
	    memcmp(said.data, p->sums.data, said.len) != 0 ||
	    !node_text_is(a, "content", p->content) ||
	    !node_text_is(a, "links", p->shape) ||
	    node_number(a, "size", -1) != p->size ||
	    node_number(a, "files", -1) != (int64_t)p->files)
		e = err_new(ERR_MISMATCH,
		    "%s: what it says of its files is not so", in->name);
done:
	buf_release(&said);
	content_release(&content);
	return e;
}

static struct err *
read_attestations(struct detached *out, const struct input *in)
{
	const struct node *list = node_get(out->facts, "attestations");
	struct err *e;

	if (node_count(list) > ATTESTATIONS_MAX)
		return bad(in, "too many attestations");
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *n = node_at(list, i);
		const char *name = node_text(n, "name");
		char *member = mem_printf(
		    "attestation-%02zu-%s", i, name != NULL ? name : "");
		const struct part *part = input_part(in, member);
		char sha256[SHA256_HEX];

		free(member);
		if (name == NULL || part == NULL || strchr(name, '/') != NULL)
			return bad(in, "an attestation is missing");
		if ((e = digest_file(part->path, sha256, NULL)) != NULL)
			return e;
		if (!node_text_is(n, "sha256", sha256))
			return err_new(ERR_MISMATCH,
			    "%s: an attestation in it was changed", in->name);
		strs_add(&out->attestations, part->path);
		strs_add(&out->attested, name);
	}
	return NULL;
}

struct err *
detached_read(struct detached *out, const struct input *in)
{
	const struct node *a, *source;
	struct packed *p = mem_zero(1, sizeof(*p));
	struct when when;
	struct err *e;

	*out = (struct detached){ .packed = p };
	memcpy(out->sha256, in->sha256, SHA256_HEX);
	buf_init(&p->sums);
	p->findings = node_list();
	p->path = mem_dup(input_part(in, ARCHIVE)->path);
	if ((e = read_facts(out, in)) != NULL)
		return e;
	a = node_get(out->facts, "archive");
	source = node_get(out->facts, "source");
	if (node_text(a, "deflate") != NULL)
		p->deflate = mem_dup(node_text(a, "deflate"));
	if (source != NULL)
		p->source = node_copy(source);
	if ((e = date_parse(&when, node_text(out->facts, "packed"))) != NULL ||
	    (e = read_archive(p, in, a)) != NULL)
		return e;
	p->time = when.time;
	return read_attestations(out, in);
}

void
detached_release(struct detached *d)
{
	packed_free(d->packed);
	node_free(d->facts);
	strs_release(&d->attestations);
	strs_release(&d->attested);
	memset(d, 0, sizeof(*d));
}

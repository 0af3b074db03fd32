/* SPDX-License-Identifier: ISC */
#include "core/evidence/inspect_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/audit.h"
#include "core/content.h"
#include "core/evidence/enclose.h"
#include "core/evidence/filing.h"
#include "core/evidence/howto.h"
#include "core/util/file.h"
#include "core/verdict.h"

/* A file that an entry names by its digest. */
struct expected {
	char *what; /* "FO1 d2", "FO1 message" */
	char sha256[SHA256_HEX];
	char content[SHA256_HEX]; /* of a delivery: its content digest */
	int64_t files;            /* in it; -1: not said */
	bool delivery;
	bool inner; /* within an archive, as a rule */
};

/* The digests of a transcript's messages, in the folder of its parts. */
struct sums {
	char *name;
	struct buf text;
};

/* What entries name, and the package that holds it. */
struct contents {
	struct inspection *in;
	VEC(struct expected) expected;
	/* for finding, as a stranger may have made a million of each */
	VEC(const struct bagcheck_file *) by_digest;
	VEC(const struct expected *) by_sha256, by_content;
	VEC(struct sums) sums; /* by name */
	struct inspect_names names;
};

static int
cmp_file(const void *a, const void *b)
{
	return strcmp((*(const struct bagcheck_file *const *)a)->sha256,
	    (*(const struct bagcheck_file *const *)b)->sha256);
}

/* Equal ones in the order of their entries. */
static int
cmp_sha256(const void *a, const void *b)
{
	const struct expected *x = *(const struct expected *const *)a;
	const struct expected *y = *(const struct expected *const *)b;
	int order = strcmp(x->sha256, y->sha256);

	return order != 0 ? order : (x > y) - (x < y);
}

static int
cmp_content(const void *a, const void *b)
{
	const struct expected *x = *(const struct expected *const *)a;
	const struct expected *y = *(const struct expected *const *)b;
	int order = strcmp(x->content, y->content);

	return order != 0 ? order : (x > y) - (x < y);
}

static void
make_indexes(struct contents *c)
{
	const struct bagcheck_file *f;
	const struct expected *x;

	vec_each (f, &c->in->bag->files)
		if (strncmp(f->name, "data/", 5) == 0)
			vec_push(&c->by_digest, f);
	vec_each (x, &c->expected) {
		vec_push(&c->by_sha256, x);
		if (*x->content != '\0')
			vec_push(&c->by_content, x);
	}
	vec_sort(&c->by_digest, cmp_file);
	vec_sort(&c->by_sha256, cmp_sha256);
	vec_sort(&c->by_content, cmp_content);
}

/*
 * Orders, and what their entries name.
 */

static void
expect_delivery(
    struct contents *c, const char *what, const struct node *archive)
{
	const char *sha256 = node_text(archive, "sha256");
	const char *content = node_text(archive, "content");
	struct expected *x;

	if (sha256 == NULL || !digest_is_hex(sha256))
		return;
	x = vec_add(&c->expected);
	x->what = mem_dup(what);
	x->delivery = true;
	memcpy(x->sha256, sha256, SHA256_HEX);
	if (content != NULL && digest_is_hex(content))
		memcpy(x->content, content, SHA256_HEX);
	x->files = node_number(archive, "files", -1);
}

/* Of a transcript whose parts may travel alone: its list of digests. */
static void
expect_lines(struct contents *c, const char *what, const struct node *digests)
{
	const char *sha256 = node_text(digests, "messages_sha256");
	struct expected *x;

	if (sha256 == NULL || !digest_is_hex(sha256))
		return;
	x = vec_add(&c->expected);
	x->what = mem_printf("%s, digests of its messages", what);
	memcpy(x->sha256, sha256, SHA256_HEX);
	x->files = -1;
	x->inner = true;
}

/* Maps with a path and a digest, as deep as they lie. */
static void
expect_files(struct contents *c, const char *what, const struct node *n)
{
	const char *sha256 = node_text(n, "sha256");
	struct expected *x;

	if (n == NULL)
		return;
	expect_lines(c, what, node_get(n, "digests"));
	if (sha256 != NULL && digest_is_hex(sha256) &&
	    node_text(n, "path") != NULL) {
		x = vec_add(&c->expected);
		x->what = mem_dup(what);
		memcpy(x->sha256, sha256, SHA256_HEX);
		x->files = -1;
	}
	for (size_t i = 0; i < node_count(n); i++)
		expect_files(c, what, n->kids[i]);
}

static struct err *
read_entries(struct contents *c, struct stream *s, const char *order)
{
	struct err *e = NULL;

	for (size_t i = 0; i < s->n && e == NULL; i++) {
		const struct node *content;
		const char *label;
		char *what;

		if (s->v[i].forged)
			continue; /* the chain says so already */
		if ((e = entry_content(&content, s, &s->v[i])) != NULL)
			break;
		label = node_text(content, "label");
		what = mem_printf(
		    "%s %s", order, label != NULL ? label : s->v[i].kind->name);
		if (strcmp(s->v[i].kind->name, "delivery") == 0) {
			expect_delivery(c, what, node_get(content, "archive"));
			expect_files(c, what, node_get(content, "files"));
		} else {
			expect_files(c, what, content);
		}
		free(what);
	}
	return e;
}

char *
inspect_order_of(const char *name)
{
	size_t len = strlen(name), head = strlen(INSPECT_ORDERS);

	if (strncmp(name, INSPECT_ORDERS, head) != 0 || len <= head + 5 ||
	    strcmp(name + len - 5, ".yaml") != 0)
		return NULL;
	return mem_ndup(name + head, len - head - 5);
}

/* What is wrong with the file is a finding, not an error. */
static void
check_order(
    struct contents *c, struct buf *bytes, const char *name, const char *order)
{
	struct stream *s = NULL;
	struct err *e = stream_parse(&s, bytes, name);

	if (e == NULL) {
		audit_chain(c->in->checks, s, name);
		audit_place(c->in->checks, s, name, order, NULL);
		if ((e = read_entries(c, s, order)) == NULL)
			e = inspect_names_learn(&c->names, s, order);
	}
	if (e != NULL) {
		inspect_note(c->in, "stream", name, "fail", err_text(e));
		err_drop(e); /* noted */
		stream_free(s);
	} else {
		struct vouch_order *o = vec_add(&c->in->orders);

		o->id = mem_dup(order);
		o->name = mem_dup(name);
		o->stream = s;
	}
}

static struct err *
check_orders(struct contents *c)
{
	const struct parcel_file *file;
	size_t n = 0;
	struct err *e = parcel_rewind(c->in->parcel);

	while (e == NULL && (e = parcel_next(c->in->parcel, &file)) == NULL &&
	    file != NULL) {
		char *order =
		    file->outside ? NULL : inspect_order_of(file->name);
		struct buf bytes = BUF_INIT;

		if (order == NULL)
			continue;
		n++;
		if ((e = parcel_text(&bytes, c->in->parcel, STREAM_MAX)) ==
		    NULL)
			check_order(c, &bytes, file->name, order);
		buf_release(&bytes);
		free(order);
	}
	if (e == NULL && n == 0)
		inspect_note(c->in, "stream", INSPECT_ORDERS, "fail",
		    "there is no order file");
	return e;
}

/*
 * Files that entries name.
 */

static const struct bagcheck_file *
find_digest(const struct contents *c, const char *sha256)
{
	struct bagcheck_file key = { .name = NULL };
	const struct bagcheck_file *at = &key, *const * found;

	memcpy(key.sha256, sha256, SHA256_HEX);
	found = c->by_digest.n == 0 ?
	    NULL :
	    bsearch(&at, c->by_digest.v, c->by_digest.n, sizeof(at), cmp_file);
	return found == NULL ? NULL : *found;
}

static void
check_expected(struct contents *c, const struct expected *x)
{
	const struct bagcheck_file *f = find_digest(c, x->sha256);
	const char *name = x->delivery ? "delivery" : "file";

	if (f != NULL)
		inspect_note(c->in, name, x->what, "pass", f->name);
	else if (x->delivery && *x->content != '\0' &&
	    find_digest(c, x->content) != NULL)
		inspect_note(c->in, name, x->what, "pass",
		    "the list of its files; its bytes are not in here");
	else if (!x->inner)
		inspect_note(c->in, name, x->what, "skipped",
		    "its bytes are not in this package");
}

/* The first that names these bytes, as a file or as the list of its files. */
static const struct expected *
find_expected(const struct contents *c, const char *sha256, bool content)
{
	const struct expected *const *v =
	    content ? c->by_content.v : c->by_sha256.v;
	size_t low = 0, high = content ? c->by_content.n : c->by_sha256.n;
	size_t end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *own =
		    content ? v[middle]->content : v[middle]->sha256;

		if (strcmp(own, sha256) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end &&
		strcmp(content ? v[low]->content : v[low]->sha256, sha256) ==
		    0 ?
	    v[low] :
	    NULL;
}

/* "data/transcripts/E02-chat/messages.sha256" beside such a file; yours. */
static char *
sums_beside(const char *name, const char *base)
{
	static const char folder[] = "data/transcripts/";
	const char *slash;

	if (strncmp(name, folder, strlen(folder)) != 0)
		return NULL;
	slash = strchr(name + strlen(folder), '/');
	if (slash == NULL || strcmp(slash + 1, base) != 0)
		return NULL;
	return mem_printf("%.*s/messages.sha256", (int)(slash - name), name);
}

/*
 * Parts of a transcript some messages of which are withheld: they are held
 * against the messages.sha256 beside them instead, see check_parts().
 */
static bool
is_part(const struct contents *c, const char *name)
{
	char *sums = sums_beside(name, "messages.jsonl");
	bool found;

	if (sums == NULL)
		sums = sums_beside(name, "transcript.txt");
	found = sums != NULL && bagcheck_find(c->in->bag, sums) != NULL;
	free(sums);
	return found;
}

/* Every line is one of those in sums, in their order. */
static bool
lines_agree(const struct buf *lines, const struct buf *sums)
{
	size_t sum = 0;

	for (size_t at = 0; at < lines->len;) {
		const char *p = lines->data + at;
		const char *lf = memchr(p, '\n', lines->len - at);
		char hex[SHA256_HEX];

		if (lf == NULL)
			return false;
		digest_of(p, (size_t)(lf - p), hex);
		while (sum + SHA256_HEX <= sums->len &&
		    strncmp(sums->data + sum, hex, SHA256_HEX - 1) != 0)
			sum += SHA256_HEX;
		if (sum + SHA256_HEX > sums->len)
			return false;
		sum += SHA256_HEX;
		at = (size_t)(lf - lines->data) + 1;
	}
	return true;
}

/* Is it a line of sha256sum, about bytes that an entry names, and so? */
static bool
is_named(const struct contents *c, const char *line, size_t len)
{
	char hex[SHA256_HEX] = "", *name;
	bool fits;

	if (len < SHA256_HEX + 1)
		return false;
	memcpy(hex, line, SHA256_HEX - 1);
	name = mem_printf(FILING_DELIVERIES "%.*s", (int)(len - SHA256_HEX - 1),
	    line + SHA256_HEX + 1);
	fits = strncmp(line + SHA256_HEX - 1, "  ", 2) == 0 &&
	    find_expected(c, hex, false) != NULL &&
	    inspect_names_fit(&c->names, hex, name);
	free(name);
	return fits;
}

/* Archives that are not in the package: each is one that an entry names. */
static struct err *
check_digests(struct contents *c)
{
	struct buf text = BUF_INIT;
	struct err *e = parcel_text(&text, c->in->parcel, STREAM_MAX);
	size_t at = 0, line = 1, bad = 0;

	for (; e == NULL && at < text.len; line++) {
		const char *p = text.data + at;
		const char *lf = memchr(p, '\n', text.len - at);
		size_t len = lf != NULL ? (size_t)(lf - p) : text.len - at;

		at += len + 1;
		if (is_named(c, p, len))
			continue;
		bad++;
		verdict_take(c->in->checks, "delivery", ENCLOSE_DIGESTS, "fail",
		    mem_printf("line %zu: no entry names this archive", line));
	}
	if (e == NULL && bad == 0)
		inspect_note(c->in, "delivery", ENCLOSE_DIGESTS, "pass",
		    "its archives are those that entries name");
	buf_release(&text);
	return e;
}

static int
cmp_sums(const void *a, const void *b)
{
	return strcmp(
	    ((const struct sums *)a)->name, ((const struct sums *)b)->name);
}

/* Lists of digests: of archives, and those of messages, for what follows. */
static struct err *
check_lists(struct contents *c)
{
	const struct parcel_file *file;
	struct err *e = parcel_rewind(c->in->parcel);

	while (e == NULL && (e = parcel_next(c->in->parcel, &file)) == NULL &&
	    file != NULL) {
		char *name = file->outside ?
		    NULL :
		    sums_beside(file->name, "messages.sha256");

		if (name != NULL) {
			struct sums *sums = vec_add(&c->sums);

			*sums = (struct sums){ name, BUF_INIT };
			e = parcel_text(&sums->text, c->in->parcel, STREAM_MAX);
		} else if (!file->outside &&
		    strcmp(file->name, ENCLOSE_DIGESTS) == 0) {
			e = check_digests(c);
		}
	}
	vec_sort(&c->sums, cmp_sums);
	return e;
}

static struct err *
check_lines(struct contents *c, const char *name, const struct buf *sums)
{
	struct buf lines = BUF_INIT;
	struct err *e = parcel_text(&lines, c->in->parcel, STREAM_MAX);

	if (e == NULL && lines_agree(&lines, sums))
		inspect_note(c->in, "file", name, "pass",
		    "its lines are among those of messages.sha256");
	else if (e == NULL)
		inspect_note(c->in, "file", name, "fail",
		    "a line of it is not among those of messages.sha256");
	buf_release(&lines);
	return e;
}

/* The messages that travel of a transcript. */
static struct err *
check_parts(struct contents *c)
{
	const struct parcel_file *file;
	struct err *e = c->sums.n == 0 ? NULL : parcel_rewind(c->in->parcel);

	while (c->sums.n > 0 && e == NULL &&
	    (e = parcel_next(c->in->parcel, &file)) == NULL && file != NULL) {
		struct sums key = { file->outside ?
			    NULL :
			    sums_beside(file->name, "messages.jsonl"),
			BUF_INIT };
		const struct sums *sums = key.name == NULL ?
		    NULL :
		    bsearch(&key, c->sums.v, c->sums.n, sizeof(key), cmp_sums);

		if (sums != NULL) {
			char *name = mem_dup(file->name);

			e = check_lines(c, name, &sums->text);
			free(name);
		}
		free(key.name);
	}
	return e;
}

/* Of folders in which every file is one that an entry names. */
static bool
needs_name(const struct contents *c, const char *name)
{
	static const char *const folders[] = { FILING_DELIVERIES,
		"data/exhibits/", "data/transcripts/", "data/mail/",
		"data/proofs/" };

	if (is_part(c, name) || strcmp(name, HOWTO_SIGNERS) == 0)
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strncmp(name, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

static void
check_named(struct contents *c)
{
	const struct bagcheck_file *f;

	vec_each (f, &c->in->bag->files)
		if (needs_name(c, f->name) &&
		    find_expected(c, f->sha256, false) == NULL &&
		    find_expected(c, f->sha256, true) == NULL)
			inspect_note(c->in, "file", f->name, "fail",
			    "no entry names these bytes");
		else if (needs_name(c, f->name) &&
		    !inspect_names_fit(&c->names, f->sha256, f->name))
			inspect_note(c->in, "file", f->name, "fail",
			    "entries have these bytes under another name");
}

/*
 * Deliveries: an archive opens, and holds what its entry says.
 */

/* The bytes of the file at hand in a file of their own; *path is yours. */
static struct err *
pour_out(char **path, struct contents *c)
{
	const void *bytes;
	size_t len;
	int fd = -1;
	struct err *e = file_temp(path, &fd, c->in->options->judge->temp_dir);

	while (e == NULL &&
	    (e = parcel_read(c->in->parcel, &bytes, &len)) == NULL && len > 0)
		e = file_write_fd(fd, bytes, len, *path);
	if (fd >= 0)
		close(fd);
	return e;
}

static void
compare_content(struct contents *c, const char *name, const struct expected *x,
    const struct content *content)
{
	char digest[SHA256_HEX];

	content_digest(digest, content);
	if (strcmp(digest, x->content) != 0)
		inspect_note(c->in, "delivery", name, "fail",
		    "it does not hold the files its entry names");
	else if (x->files >= 0 && (size_t)x->files != content->files.n)
		inspect_note(c->in, "delivery", name, "fail",
		    "it does not hold as many files as its entry says");
	else
		inspect_note(c->in, "delivery", name, "pass",
		    "it holds the files its entry names");
}

static struct err *
check_archive(struct contents *c, const struct parcel_file *file)
{
	/* an archive the entry vouches for may be named as it likes */
	const struct unpack_limits limits = { .known = true, .claimed = true };
	const struct bagcheck_file *f = bagcheck_find(c->in->bag, file->name);
	const struct expected *x =
	    f == NULL ? NULL : find_expected(c, f->sha256, false);
	char *name = mem_dup(file->name), *temp = NULL;
	struct content content;
	struct err *e = NULL;

	if (x == NULL || *x->content == '\0')
		goto done;
	if (file->path == NULL && (e = pour_out(&temp, c)) != NULL)
		goto done;
	e = content_of_archive(
	    &content, temp != NULL ? temp : file->path, &limits);
	if (e == NULL) {
		compare_content(c, name, x, &content);
		content_release(&content);
	} else if (!err_is(e, ERR_SYSTEM)) {
		inspect_note(c->in, "delivery", name, "fail", err_text(e));
		err_drop(e); /* noted */
		e = NULL;
	}
done:
	if (temp != NULL)
		unlink(temp);
	free(temp);
	free(name);
	return e;
}

static struct err *
check_archives(struct contents *c)
{
	const struct parcel_file *file;
	struct err *e = parcel_rewind(c->in->parcel);

	while (e == NULL && (e = parcel_next(c->in->parcel, &file)) == NULL &&
	    file != NULL) {
		size_t len = strlen(file->name);

		if (!file->outside && len > 4 &&
		    strncmp(file->name, FILING_DELIVERIES,
			strlen(FILING_DELIVERIES)) == 0 &&
		    strcmp(file->name + len - 4, ".zip") == 0)
			e = check_archive(c, file);
	}
	return e;
}

struct err *
inspect_files(struct inspection *in)
{
	struct contents c = { .in = in };
	struct expected *x;
	struct sums *sums;
	struct err *e = check_orders(&c);

	if (e == NULL) {
		make_indexes(&c);
		vec_each (x, &c.expected)
			check_expected(&c, x);
		check_named(&c);
		e = check_lists(&c);
	}
	if (e == NULL)
		e = check_parts(&c);
	if (e == NULL)
		e = check_archives(&c);
	vec_each (x, &c.expected)
		free(x->what);
	vec_release(&c.expected);
	vec_release(&c.by_digest);
	vec_release(&c.by_sha256);
	vec_release(&c.by_content);
	inspect_names_release(&c.names);
	vec_each (sums, &c.sums) {
		free(sums->name);
		buf_release(&sums->text);
	}
	vec_release(&c.sums);
	return e;
}

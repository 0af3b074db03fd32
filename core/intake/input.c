/* SPDX-License-Identifier: ISC */
#include "core/intake/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/content.h"
#include "core/ext/unpack.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define CHUNK (256u << 10)
#define MAGIC_MAX 512
#define FOLDERS_MAX 64 /* a folder in a folder in a folder ... */

static int
by_name(const void *a, const void *b)
{
	return strcmp(
	    ((const struct part *)a)->name, ((const struct part *)b)->name);
}

static void
add_part(struct input *in, char *name, char *path, int64_t size)
{
	vec_push(&in->parts, ((struct part){ name, path, size }));
}

/*
 * Archives.
 */

/* Does it begin like something to unpack? */
static bool
is_archive(const struct buf *head)
{
	static const struct {
		const char *bytes;
		size_t len, at;
	} magics[] = {
		{ "PK\3\4", 4, 0 },
		{ "PK\5\6", 4, 0 },
		{ "7z\xbc\xaf\x27\x1c", 6, 0 },
		{ "ustar", 5, 257 },
		{ "\x1f\x8b", 2, 0 },
		{ "BZh", 3, 0 },
		{ "\xfd"
		  "7zXZ",
		    5, 0 },
		{ "\x28\xb5\x2f\xfd", 4, 0 },
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (head->len >= magics[i].at + magics[i].len &&
		    memcmp(head->data + magics[i].at, magics[i].bytes,
			magics[i].len) == 0)
			return true;
	return false;
}

/* Is there room for another part? */
static struct err *
vet_count(const struct input *in)
{
	if (in->parts.n < INPUT_PARTS_MAX)
		return NULL;
	return err_new(ERR_LIMIT, "%s holds more than %d files", in->path,
	    INPUT_PARTS_MAX);
}

/* One member into a file of ours. */
static struct err *
unpack_member(
    struct input *in, struct unpack *u, const char *name, int64_t *total)
{
	char *path = mem_printf("%s/%zu", in->temp, in->parts.n);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const void *p;
	size_t len;
	int64_t size = 0;
	struct err *e;

	if (fd < 0) {
		e = err_errno("cannot create %s", path);
		free(path);
		return e;
	}
	while ((e = unpack_read(u, &p, &len)) == NULL && len > 0) {
		size += (int64_t)len;
		*total += (int64_t)len;
		if (*total > INPUT_UNPACKED_MAX) {
			e = err_new(ERR_LIMIT,
			    "%s unpacks to more than %lld bytes", in->name,
			    (long long)INPUT_UNPACKED_MAX);
			break;
		}
		if ((e = file_write_fd(fd, p, len, path)) != NULL)
			break;
	}
	close(fd);
	if (e == NULL)
		add_part(in, mem_dup(name), path, size);
	else
		free(path);
	return e;
}

static struct err *
unpack_all(struct input *in)
{
	const struct unpack_entry *entry;
	struct unpack *u;
	int64_t total = 0;
	struct err *e = unpack_open(&u, in->path, NULL);

	while (e == NULL && (e = unpack_next(u, &entry)) == NULL &&
	    entry != NULL) {
		if (entry->type == UNPACK_LINK)
			e = err_new(ERR_INVALID,
			    "%s: \"%.200s\" is a symbolic link", in->path,
			    entry->name);
		else if (entry->type == UNPACK_FILE &&
		    (e = vet_count(in)) == NULL)
			e = unpack_member(in, u, entry->name, &total);
	}
	unpack_close(u);
	return e;
}

/*
 * Folders.
 */

static struct err *walk(
    struct input *in, const char *dir, const char *prefix, unsigned depth);

static struct err *
walk_one(struct input *in, const char *path, const char *name, unsigned depth)
{
	struct stat st;
	struct err *e = file_stat(&st, path);

	if (e != NULL)
		return e;
	if (S_ISDIR(st.st_mode))
		return walk(in, path, name, depth + 1);
	if (!S_ISREG(st.st_mode)) {
		strs_add(&in->ignored, name);
		return NULL;
	}
	if ((e = path_vet(name, in->name)) != NULL)
		return e;
	if ((e = vet_count(in)) != NULL)
		return e;
	add_part(in, mem_dup(name), mem_dup(path), (int64_t)st.st_size);
	in->size += (int64_t)st.st_size;
	return NULL;
}

static struct err *
walk(struct input *in, const char *dir, const char *prefix, unsigned depth)
{
	struct strs names = VEC_INIT;
	struct err *e;

	if (depth > FOLDERS_MAX)
		return err_new(
		    ERR_LIMIT, "%s has too many folders in folders", in->path);
	e = file_list(&names, dir);
	for (size_t i = 0; i < names.n && e == NULL; i++) {
		char *path = path_join(dir, names.v[i]);
		char *name = prefix[0] == '\0' ?
		    mem_dup(names.v[i]) :
		    mem_printf("%s/%s", prefix, names.v[i]);

		e = walk_one(in, path, name, depth);
		free(name);
		free(path);
	}
	strs_release(&names);
	return e;
}

/* The content digest of the parts: what is kept is what was digested. */
static struct err *
digest_folder(struct input *in)
{
	struct content content;
	const struct part *part;
	struct err *e = NULL;

	content_init(&content);
	vec_each (part, &in->parts) {
		char sha256[SHA256_HEX];

		if ((e = digest_file(part->path, sha256, NULL)) != NULL)
			break;
		content_add(&content, part->name, sha256);
	}
	if (e == NULL) {
		content_sort(&content);
		content_digest(in->sha256, &content);
	}
	content_release(&content);
	return e;
}

static struct err *
open_folder(struct input *in)
{
	struct err *e = walk(in, in->path, "", 0);

	in->type = INPUT_FOLDER;
	vec_sort(&in->parts, by_name);
	if (e == NULL && in->parts.n == 0)
		e = err_new(ERR_INVALID, "%s is an empty folder", in->path);
	return e != NULL ? e : digest_folder(in);
}

/*
 * Files.
 */

/* A pipe is read once; what is in it is wanted more than once. */
static struct err *
spool(struct input *in, int fd)
{
	char *chunk = mem_alloc(CHUNK);
	int to;
	ssize_t n;
	struct err *e = NULL;

	in->path = path_join(in->temp, "read");
	to = open(in->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		e = err_errno("cannot create %s", in->path);
	while (e == NULL && (n = read(fd, chunk, CHUNK)) != 0) {
		if (n > 0)
			e = file_write_fd(to, chunk, (size_t)n, in->path);
		else if (errno != EINTR)
			e = err_errno("cannot read %s", in->name);
	}
	if (to >= 0)
		close(to);
	free(chunk);
	return e;
}

static struct err *
vet_size(const struct part *part)
{
	if (part->size <= INPUT_TEXT_MAX)
		return NULL;
	return err_new(ERR_LIMIT,
	    "%s has more than %lld bytes, which is what can be read",
	    part->name, (long long)INPUT_TEXT_MAX);
}

static struct err *
open_file(struct input *in)
{
	struct part whole = { in->name, in->path, 0 };
	struct buf head = BUF_INIT;
	struct stat st = { 0 };
	struct err *e;

	if ((e = file_stat(&st, in->path)) != NULL ||
	    (e = part_head(&head, &whole, MAGIC_MAX)) != NULL)
		goto done;
	whole.size = (int64_t)st.st_size;
	if (head.len == 0)
		e = err_new(ERR_INVALID, "%s is empty", in->name);
	else if (!is_archive(&head)) /* before hours go into its digest */
		e = vet_size(&whole);
	if (e != NULL ||
	    (e = digest_file(in->path, in->sha256, &in->size)) != NULL)
		goto done;
	if (is_archive(&head)) {
		in->type = INPUT_ARCHIVE;
		e = unpack_all(in);
		vec_sort(&in->parts, by_name);
	} else {
		add_part(in, mem_dup(in->name), mem_dup(in->path), in->size);
	}
done:
	buf_release(&head);
	return e;
}

static struct err *
vet_path(const char *path, struct stat *st)
{
	if (stat(path, st) != 0)
		return errno == ENOENT || errno == ENOTDIR ?
		    err_new(
			ERR_NOT_FOUND, "cannot read %s: no such file", path) :
		    err_errno("cannot read %s", path);
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return err_new(
		    ERR_INVALID, "%s is neither a file nor a folder", path);
	return NULL;
}

struct err *
input_open(struct input **out, const char *path, int fd, const char *name,
    const char *temp_dir)
{
	struct input *in = mem_zero(1, sizeof(*in));
	struct stat st = { 0 };
	struct err *e = NULL;

	*out = NULL;
	in->name = mem_dup(path != NULL ? path_base(path) : name);
	if (path != NULL)
		in->path = mem_dup(path);
	if (!utf8_valid(in->name, strlen(in->name)))
		e = err_new(ERR_INVALID, "%s: the name is not UTF-8", in->name);
	if (e == NULL && path != NULL)
		e = vet_path(path, &st);
	if (e == NULL)
		e = file_temp_dir(&in->temp, temp_dir);
	if (e == NULL && path == NULL)
		e = spool(in, fd);
	if (e == NULL)
		e = path != NULL && S_ISDIR(st.st_mode) ? open_folder(in) :
							  open_file(in);
	if (e != NULL)
		input_close(in);
	else
		*out = in;
	return e;
}

void
input_close(struct input *in)
{
	struct part *part;

	if (in == NULL)
		return;
	vec_each (part, &in->parts) {
		free(part->name);
		free(part->path);
	}
	vec_release(&in->parts);
	strs_release(&in->ignored);
	if (in->temp != NULL)
		file_remove_tree(in->temp);
	free(in->temp);
	free(in->name);
	free(in->path);
	free(in);
}

/*
 * Parts.
 */

const struct part *
input_part(const struct input *in, const char *name)
{
	struct part key = { .name = (char *)name };

	return in->parts.n == 0 ?
	    NULL :
	    bsearch(&key, in->parts.v, in->parts.n, sizeof(key), by_name);
}

size_t
input_from(const struct input *in, const char *name)
{
	size_t low = 0, high = in->parts.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(in->parts.v[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

char *
input_dir(const struct part *part)
{
	return mem_ndup(
	    part->name, (size_t)(path_base(part->name) - part->name));
}

/* Could it name a file of the export, and nothing outside? */
static bool
is_inner(const char *path)
{
	if (path[0] == '\0' || path[0] == '/' || path[0] == '~' ||
	    strchr(path, '\\') != NULL || strstr(path, "://") != NULL ||
	    path[1] == ':')
		return false;
	for (const char *p = path; *p != '\0'; p += strspn(p, "/")) {
		size_t len = strcspn(p, "/");

		if (len == 2 && memcmp(p, "..", 2) == 0)
			return false;
		p += len;
	}
	return true;
}

const struct part *
input_locate(
    const struct input *in, const char *base, const char *path, size_t len)
{
	char *given = mem_ndup(path, len), *full = NULL, *clean = NULL;
	const struct part *part = NULL;

	if (strlen(given) != len || !is_inner(given))
		goto done;
	full = base[0] == '\0' ? mem_dup(given) : path_join(base, given);
	clean = path_clean(full);
	part = input_part(in, clean);
done:
	free(clean);
	free(full);
	free(given);
	return part;
}

struct err *
part_open(int *fd, const struct part *part)
{
	*fd = open(part->path, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		return NULL;
	return err_errno("cannot read %s", part->name);
}

struct err *
part_open_text(int *fd, const struct part *part)
{
	struct err *e = vet_size(part);

	return e != NULL ? e : part_open(fd, part);
}

struct err *
part_head(struct buf *out, const struct part *part, size_t max)
{
	ssize_t n = 1;
	int fd;
	struct err *e = part_open(&fd, part);

	if (e != NULL)
		return e;
	buf_reserve(out, max);
	while (max > 0 && n != 0 && e == NULL) {
		n = read(fd, out->data + out->len, max);
		if (n > 0) {
			out->len += (size_t)n;
			max -= (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			e = err_errno("cannot read %s", part->name);
		}
	}
	out->data[out->len] = '\0';
	close(fd);
	return e;
}

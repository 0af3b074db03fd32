/* SPDX-License-Identifier: ISC */
#include "core/ext/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wctype.h>

#include "core/ext/libarchive.h"
#include "core/ext/zipmember.h"
#include "core/util/buf.h"
#include "core/util/mem.h"
#include "core/util/path.h"
#include "core/util/utf8.h"
#include "core/util/zipdir.h"

#define BLOCK (64u << 10)  /* read from the archive at once */
#define CHUNK (128u << 10) /* handed on at once */

struct unpack {
	const struct libarchive *lib;
	struct archive *a;
	char *path;
	int fd; /* -1: the caller's */
	locale_t utf8;
	bool foreign, known;
	int64_t ratio; /* 0: no bound */
	bool is_zip;
	struct zipdir dir; /* of a ZIP */
	size_t at_member;
	int64_t packed, unpacked; /* bytes: of the archive, handed on so far */
	size_t entries;
	void *seen;    /* a tree of struct place */
	size_t places; /* in it */

	struct unpack_entry entry;
	char *name, *target;
	bool in_file;
	struct zipmember *odd; /* a file that libarchive cannot read */
	int64_t at;            /* bytes of this file handed on */
	char *chunk;
};

/* What libarchive says, as an error that names the archive. */
static struct err *
failed(const struct unpack *u, const char *what)
{
	const char *why = u->lib->archive_error_string(u->a);

	if (why == NULL)
		why = "no reason given";
	/* no format took the first bytes */
	if (u->foreign && u->lib->archive_format(u->a) == 0)
		return err_new(ERR_UNSUPPORTED,
		    "%s is no archive that deed can read", u->path);
	if (u->lib->archive_errno(u->a) == ENOMEM)
		return err_new(ERR_LIMIT, "%s: %s: %s", u->path, what, why);
	return err_new(
	    u->lib->archive_errno(u->a) == EIO ? ERR_SYSTEM : ERR_SYNTAX,
	    "%s: %s: %s", u->path, what, why);
}

/*
 * The compression of a tar, by its first bytes.  libarchive would look for one
 * within another without end, and never comes back from some that strangers
 * made; and it would run programs for others.  Not among them is that of
 * compress(1): named beforehand, libarchive 3.6 crashes on it.
 */
static int
filter_of(int fd)
{
	static const struct {
		const char *magic;
		size_t len;
		int filter;
	} known[] = {
		{ "\x1f\x8b", 2, ARCHIVE_FILTER_GZIP },
		{ "BZh", 3, ARCHIVE_FILTER_BZIP2 },
		{ "\xfd"
		  "7zXZ\0",
		    6, ARCHIVE_FILTER_XZ },
		{ "\x5d\0\0", 3, ARCHIVE_FILTER_LZMA },
		{ "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD },
		{ "\x04\x22\x4d\x18", 4, ARCHIVE_FILTER_LZ4 },
	};
	char head[6];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n >= (ssize_t)known[i].len &&
		    memcmp(head, known[i].magic, known[i].len) == 0)
			return known[i].filter;
	return ARCHIVE_FILTER_NONE;
}

static void
add_foreign_formats(struct unpack *u, int fd)
{
	int filter = u->is_zip ? ARCHIVE_FILTER_NONE : filter_of(fd);

	if (u->is_zip) {
		u->lib->archive_read_support_format_zip_seekable(u->a);
		return;
	}
	u->lib->archive_read_support_format_tar(u->a);
	if (filter != ARCHIVE_FILTER_NONE)
		u->lib->archive_read_append_filter(u->a, filter);
	else
		u->lib->archive_read_support_format_7zip(u->a);
}

static struct unpack *
new_unpack(const char *path)
{
	struct unpack *u = mem_zero(1, sizeof(*u));

	u->path = mem_dup(path);
	u->fd = -1;
	u->chunk = mem_alloc(CHUNK);
	return u;
}

static struct err *
start(struct unpack *u, int fd)
{
	locale_t old;
	struct err *e;
	int status;

	/* libarchive converts names through the locale of the thread */
	u->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (u->utf8 == (locale_t)0)
		return err_errno("cannot use the locale C.UTF-8");
	if ((e = libarchive_load(&u->lib)) != NULL)
		return e;
	if ((u->a = u->lib->archive_read_new()) == NULL)
		return err_new(ERR_SYSTEM, "cannot start libarchive");
	old = uselocale(u->utf8);
	if (u->foreign)
		add_foreign_formats(u, fd);
	else
		u->lib->archive_read_support_format_tar(u->a);
	status = u->lib->archive_read_open_fd(u->a, fd, BLOCK);
	uselocale(old);
	return status == ARCHIVE_OK ? NULL : failed(u, "cannot read it");
}

/* Does it begin as a ZIP does, or an empty one? */
static bool
begins_as_zip(int fd)
{
	char magic[4];

	return pread(fd, magic, 4, 0) == 4 &&
	    (memcmp(magic, "PK\3\4", 4) == 0 ||
		memcmp(magic, "PK\5\6", 4) == 0);
}

struct err *
unpack_open(
    struct unpack **out, const char *path, const struct unpack_limits *limits)
{
	struct unpack *u;
	struct stat st;
	struct err *e = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*out = NULL;
	if (fd < 0)
		return errno == ENOENT ?
		    err_new(
			ERR_NOT_FOUND, "cannot read %s: no such file", path) :
		    err_errno("cannot read %s", path);
	u = new_unpack(path);
	u->fd = fd;
	u->foreign = true;
	u->known = limits != NULL && limits->known;
	u->ratio = !u->known ? UNPACK_RATIO :
	    limits->claimed  ? UNPACK_DEFLATE :
			       0;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		e = err_new(ERR_INVALID, "%s is not a file", path);
		goto done;
	}
	u->packed = (int64_t)st.st_size;
	u->is_zip = begins_as_zip(fd);
	if (u->is_zip)
		e = zipdir_read(&u->dir, fd, u->packed, path);
	if (e == NULL && (!u->is_zip || u->dir.members.n > 0))
		e = start(u, fd);
done:
	if (e != NULL)
		unpack_close(u);
	else
		*out = u;
	return e;
}

struct err *
unpack_open_tar(struct unpack **out, int fd, const char *name)
{
	struct unpack *u = new_unpack(name);
	struct err *e = start(u, fd);

	*out = NULL;
	if (e != NULL)
		unpack_close(u);
	else
		*out = u;
	return e;
}

/* A name met in a folder; folders are numbered, and 0 is where all begins. */
struct place {
	size_t within, number;
	bool folder;
	char *name; /* folded */
};

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->within != y->within)
		return x->within < y->within ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
free_place(void *p)
{
	struct place *place = p;

	free(place->name);
	free(place);
}

/* The name as a file system that ignores case would see it. */
static char *
fold(const struct unpack *u, const char *name, size_t len)
{
	struct buf b = BUF_INIT;
	size_t used;

	if (u->known)
		return mem_ndup(name, len);
	for (size_t i = 0; i < len; i += used) {
		uint32_t c = utf8_decode(name + i, len - i, &used);

		utf8_add(&b, (uint32_t)towlower_l((wint_t)c, u->utf8));
	}
	return buf_steal(&b);
}

/* Where a name stands in a folder; *fresh if it is met for the first time. */
static const struct place *
place_of(struct unpack *u, size_t within, const char *name, size_t len,
    bool folder, bool *fresh)
{
	struct place *p = mem_zero(1, sizeof(*p)), **node;

	*p =
	    (struct place){ within, u->places + 1, folder, fold(u, name, len) };
	node = tsearch(p, &u->seen, by_place);
	if (node == NULL)
		abort(); /* out of memory */
	*fresh = *node == p;
	u->places += *fresh;
	if (!*fresh)
		free_place(p);
	return *node;
}

/*
 * Names that would fall upon each other when unpacked.  Each part is looked at
 * once, however deep it lies, and each folder counts, whether it is a member or
 * not: a stranger's names may be long and many.
 */
static struct err *
vet_unique(struct unpack *u, const char *name, bool folder)
{
	const char *clash = NULL;
	size_t within = 0, len;

	for (const char *part = name; clash == NULL; part += len + 1) {
		const struct place *p;
		bool last, fresh;

		len = strcspn(part, "/");
		last = part[len] == '\0';
		p = place_of(u, within, part, len, folder || !last, &fresh);
		within = p->number;
		if (!last && !p->folder)
			clash = "lies in something that is no folder";
		else if (last && p->folder != folder)
			clash = "is there as a folder and as a file";
		else if (last && !folder && !fresh)
			clash = u->known ? "is there twice" :
					   "is there twice, if case is ignored";
		if (last)
			break;
	}
	if (clash != NULL)
		return err_new(ERR_INVALID, "%s: the name \"%.200s\" %s",
		    u->path, name, clash);
	if (u->places <= UNPACK_NAMES)
		return NULL;
	return err_new(ERR_LIMIT, "%s has more than %d files and folders",
	    u->path, UNPACK_NAMES);
}

/* What path_vet() has no reason to refuse, but a stranger has none to use. */
static struct err *
vet_foreign(const struct unpack *u, const char *name)
{
	const char *why = NULL;

	if (strchr(name, '\\') != NULL && !u->known)
		why = "has a backslash";
	else if (name[0] != '\0' && name[1] == ':' && !u->known)
		why = "begins with a drive";
	if (why == NULL)
		return NULL;
	return err_new(
	    ERR_INVALID, "%s: the name \"%.200s\" %s", u->path, name, why);
}

/*
 * A backslash at the end of a name is a slash to libarchive, and what bears it
 * a folder without bytes: a file that is one to the directory, or NULL.
 */
static const struct zipdir_member *
odd_member(const struct unpack *u)
{
	const struct zipdir_member *m;
	size_t len = strlen(u->name);

	if (!u->is_zip || len == 0 || u->name[len - 1] != '\\')
		return NULL;
	m = &u->dir.members.v[u->at_member - 1];
	return S_ISREG(m->mode) ? m : NULL;
}

static struct err *
take_type(struct unpack *u, struct archive_entry *ae)
{
	const struct zipdir_member *odd = odd_member(u);
	const char *target;

	if (odd != NULL) {
		u->entry.type = UNPACK_FILE;
		u->entry.program = (odd->mode & 0100) != 0;
		u->entry.size = (int64_t)odd->size;
		return zipmember_open(&u->odd, u->fd, odd, u->path);
	}
	if (u->lib->archive_entry_hardlink(ae) != NULL)
		return err_new(ERR_INVALID, "%s: \"%.200s\" is a hard link",
		    u->path, u->name);
	if (u->lib->archive_entry_is_encrypted(ae))
		return err_new(ERR_UNSUPPORTED, "%s: \"%.200s\" is encrypted",
		    u->path, u->name);
	switch (u->lib->archive_entry_filetype(ae)) {
	case AE_IFREG:
		u->entry.type = UNPACK_FILE;
		return NULL;
	case AE_IFDIR:
		u->entry.type = UNPACK_FOLDER;
		return NULL;
	case AE_IFLNK:
		u->entry.type = UNPACK_LINK;
		target = u->lib->archive_entry_symlink(ae);
		if (target == NULL)
			target = "";
		u->target = mem_dup(target);
		u->entry.target = u->target;
		return NULL;
	default:
		return err_new(ERR_INVALID,
		    "%s: \"%.200s\" is neither a file, a folder nor a link",
		    u->path, u->name);
	}
}

/* What libarchive makes of it: beyond ASCII it composes letters. */
static bool
may_become(const char *own, const char *given)
{
	for (const char *p = own; *p != '\0'; p++)
		if ((unsigned char)*p > 127)
			return true;
	for (; *own != '\0'; own++, given++)
		if (*own != *given && (*own != '\\' || *given != '/'))
			return false;
	return *given == '\0';
}

/*
 * libarchive makes a slash of a backslash in a ZIP (3.6.2), and one character
 * of a letter and its accent, so the name is taken from the directory, whose
 * members it gives in the order of their bytes.
 */
static struct err *
name_of_zip(const char **name, struct unpack *u)
{
	const char *given = *name, *own;

	if (u->at_member >= u->dir.members.n)
		return err_new(ERR_INVALID,
		    "%s: a member is not in the directory", u->path);
	own = u->dir.members.v[u->at_member++].name;
	if (!may_become(own, given))
		return err_new(ERR_INVALID,
		    "%s: the directory has the name \"%.200s\" for \"%.200s\"",
		    u->path, own, given);
	*name = own;
	return NULL;
}

/* NULL with an error. */
static struct err *
find_name(const char **out, struct unpack *u, struct archive_entry *ae)
{
	const char *name = u->lib->archive_entry_pathname(ae);
	struct err *e;

	*out = NULL;
	if (name == NULL)
		name = u->lib->archive_entry_pathname_utf8(ae);
	if (name == NULL)
		return err_new(ERR_INVALID, "%s: a name is not UTF-8", u->path);
	if (u->is_zip && (e = name_of_zip(&name, u)) != NULL)
		return e;
	*out = name;
	return NULL;
}

static void
take_name(struct unpack *u, const char *name, struct archive_entry *ae)
{
	size_t len;

	/* as "tar -c ." writes them */
	while (strncmp(name, "./", 2) == 0 && name[2] != '\0')
		name += 2;
	len = strlen(name);
	if (len > 0 && name[len - 1] == '/' &&
	    u->lib->archive_entry_filetype(ae) == AE_IFDIR)
		len--;
	u->name = mem_ndup(name, len);
	u->entry.name = u->name;
}

/* "./" is no member, only what others are put in. */
static bool
is_top(const struct unpack *u)
{
	return u->name != NULL && strcmp(u->name, ".") == 0;
}

static struct err *
take_entry(struct unpack *u, struct archive_entry *ae)
{
	const char *name;
	struct err *e = find_name(&name, u, ae);

	if (name == NULL)
		return e;
	take_name(u, name, ae);
	u->entry.program = (u->lib->archive_entry_perm(ae) & 0100) != 0;
	u->entry.size = u->lib->archive_entry_size_is_set(ae) ?
	    u->lib->archive_entry_size(ae) :
	    -1;
	if (is_top(u) && u->lib->archive_entry_filetype(ae) == AE_IFDIR)
		return NULL;
	if ((e = take_type(u, ae)) != NULL ||
	    (e = path_vet(u->name, u->path)) != NULL || !u->foreign)
		return e;
	if (++u->entries > UNPACK_NAMES)
		return err_new(ERR_LIMIT, "%s has more than %d members",
		    u->path, UNPACK_NAMES);
	if ((e = vet_foreign(u, u->name)) != NULL)
		return e;
	return vet_unique(u, u->name, u->entry.type == UNPACK_FOLDER);
}

/* What was not read of a file is read all the same: it may break a rule. */
static struct err *
skip(struct unpack *u)
{
	const void *p;
	size_t len = 1;
	struct err *e = NULL;

	while (e == NULL && len > 0 && u->in_file)
		e = unpack_read(u, &p, &len);
	return e;
}

static void
forget(struct unpack *u)
{
	free(u->name);
	free(u->target);
	zipmember_close(u->odd);
	u->odd = NULL;
	u->name = u->target = NULL;
	u->entry = (struct unpack_entry){ 0 };
	u->at = 0;
}

struct err *
unpack_next(struct unpack *u, const struct unpack_entry **entry)
{
	struct archive_entry *ae;
	struct err *e;
	locale_t old;
	int status;

	*entry = NULL;
	if (u->a == NULL)
		return NULL; /* a ZIP with nothing in it */
	if ((e = skip(u)) != NULL)
		return e;
	old = uselocale(u->utf8);
	do {
		forget(u);
		status = u->lib->archive_read_next_header(u->a, &ae);
		if (status == ARCHIVE_OK)
			e = take_entry(u, ae);
		else if (status != ARCHIVE_EOF)
			e = failed(u, "cannot read it");
	} while (e == NULL && status == ARCHIVE_OK && is_top(u));
	uselocale(old);
	if (e == NULL && status == ARCHIVE_EOF && u->is_zip &&
	    u->at_member < u->dir.members.n)
		e = err_new(ERR_INVALID,
		    "%s has fewer members than its directory", u->path);
	if (e != NULL || status == ARCHIVE_EOF)
		return e;
	u->in_file = u->entry.type == UNPACK_FILE;
	*entry = &u->entry;
	return NULL;
}

static struct err *
vet_amount(const struct unpack *u)
{
	if (u->entry.size >= 0 && u->at > u->entry.size)
		return err_new(ERR_INVALID,
		    "%s: \"%.200s\" is larger than it says", u->path, u->name);
	if (u->ratio == 0 || u->unpacked <= (int64_t)UNPACK_FREE ||
	    u->unpacked / u->ratio <= u->packed)
		return NULL;
	return err_new(ERR_LIMIT,
	    "%s unpacks to more than %" PRId64 " times its size", u->path,
	    u->ratio);
}

static struct err *
read_chunk(struct unpack *u, size_t *len)
{
	locale_t old = uselocale(u->utf8);
	ssize_t n;

	do {
		n = u->lib->archive_read_data(u->a, u->chunk, CHUNK);
	} while (n == ARCHIVE_RETRY);
	uselocale(old);
	if (n < 0)
		return err_wrap(failed(u, u->name), "cannot unpack");
	*len = (size_t)n;
	return NULL;
}

struct err *
unpack_read(struct unpack *u, const void **p, size_t *len)
{
	struct err *e;

	*p = u->chunk;
	*len = 0;
	if (!u->in_file)
		return NULL;
	if ((e = u->odd != NULL ? zipmember_read(u->odd, u->chunk, CHUNK, len) :
				  read_chunk(u, len)) != NULL)
		return e;
	u->at += (int64_t)*len;
	u->unpacked += (int64_t)*len;
	if (*len > 0)
		return vet_amount(u);
	u->in_file = false;
	if (u->entry.size >= 0 && u->at != u->entry.size)
		return err_new(ERR_INVALID,
		    "%s: \"%.200s\" is smaller than it says", u->path, u->name);
	return NULL;
}

void
unpack_close(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->a != NULL)
		u->lib->archive_read_free(u->a);
	if (u->fd >= 0)
		close(u->fd);
	if (u->utf8 != (locale_t)0)
		freelocale(u->utf8);
	tdestroy(u->seen, free_place);
	zipdir_release(&u->dir);
	forget(u);
	free(u->chunk);
	free(u->path);
	free(u);
}

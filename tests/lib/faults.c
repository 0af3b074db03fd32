/* SPDX-License-Identifier: ISC */
/*
 * A library to preload that counts the calls which change a file system, over
 * a program and its children, and lets the N-th go wrong.  For tests only.
 *
 *	FAULT_COUNT	a file that holds the count: 8 bytes, at first zero
 *	FAULT_AT	N, from 1; 0 or absent: only count
 *	FAULT_MODE	io	that call alone fails with EIO
 *			full	it and all that need room fail with ENOSPC
 *			short	as full, but a write first takes half its bytes
 *			kill	the process group is killed before the call
 *	FAULT_LOG	a file that gets a line for each call
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a call asks of the disk. */
enum need { ROOM, NO_ROOM };

static unsigned long *count;
static unsigned long at;
static char mode;
static int log_fd = -1;

__attribute__((constructor)) static void
start(void)
{
	const char *file = getenv("FAULT_COUNT"), *n = getenv("FAULT_AT");
	const char *how = getenv("FAULT_MODE"), *log = getenv("FAULT_LOG");
	long fd;

	if (file == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED,
	    (int)fd, 0);
	syscall(SYS_close, fd);
	if (count == MAP_FAILED)
		count = NULL;
	at = n != NULL ? strtoul(n, NULL, 10) : 0;
	mode = how != NULL ? how[0] : 'i';
	if (log != NULL)
		log_fd = (int)syscall(SYS_openat, AT_FDCWD, log,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void
note(unsigned long n, const char *call, const char *path)
{
	char line[600];
	int len = snprintf(line, sizeof(line), "%lu %s %.500s\n", n, call,
	    path != NULL ? path : "");

	if (len > 0 && len < (int)sizeof(line))
		syscall(SYS_write, log_fd, line, (size_t)len);
}

/* Does this call go wrong?  With errno set then; *half: a short write. */
static int
fails(enum need need, const char *call, const char *path, int *half)
{
	unsigned long n;

	if (count == NULL)
		return 0;
	n = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
	if (log_fd >= 0)
		note(n, call, path);
	if (at == 0 || n < at)
		return 0;
	if (mode == 'k') {
		kill(0, SIGKILL);
		raise(SIGKILL);
	}
	if (mode == 'i') {
		errno = EIO;
		return n == at;
	}
	if (need == NO_ROOM)
		return 0;
	if (mode == 's' && n == at && half != NULL)
		*half = 1;
	errno = ENOSPC;
	return 1;
}

/* Writes that go to a terminal, pipe or socket are no matter of a disk. */
static int
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static const char *
name_of(int fd)
{
	static char name[512];
	char link[40];
	ssize_t len;

	if (log_fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, name, sizeof(name) - 1);
	name[len > 0 ? len : 0] = '\0';
	return name;
}

/* The function of that name that would have been called without us. */
#define REAL(TYPE, NAME, ...) \
	static TYPE (*real)(__VA_ARGS__); \
	if (real == NULL) \
	*(void **)&real = dlsym(RTLD_NEXT, NAME)

#define ON_FD(NEED, NAME, FD) \
	(is_file(FD) && fails(NEED, NAME, name_of(FD), NULL))

ssize_t
write(int fd, const void *p, size_t len)
{
	int half = 0;
	REAL(ssize_t, "write", int, const void *, size_t);

	if (is_file(fd) && fails(ROOM, "write", name_of(fd), &half)) {
		if (half && len > 1)
			return real(fd, p, len / 2);
		return -1;
	}
	return real(fd, p, len);
}

#define PWRITE(NAME) \
	ssize_t NAME(int fd, const void *p, size_t len, off_t where) \
	{ \
		int half = 0; \
		REAL(ssize_t, #NAME, int, const void *, size_t, off_t); \
\
		if (is_file(fd) && fails(ROOM, "pwrite", name_of(fd), &half)) \
			return half && len > 1 ? real(fd, p, len / 2, where) : \
						 -1; \
		return real(fd, p, len, where); \
	}
PWRITE(pwrite)
PWRITE(pwrite64)

int
fsync(int fd)
{
	REAL(int, "fsync", int);

	return fails(NO_ROOM, "fsync", name_of(fd), NULL) ? -1 : real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, "fdatasync", int);

	return fails(NO_ROOM, "fdatasync", name_of(fd), NULL) ? -1 : real(fd);
}

int
sync_file_range(int fd, off_t from, off_t len, unsigned flags)
{
	REAL(int, "sync_file_range", int, off_t, off_t, unsigned);

	return fails(ROOM, "sync_file_range", name_of(fd), NULL) ?
	    -1 :
	    real(fd, from, len, flags);
}

#define ON_TWO(NAME, NEED) \
	int NAME(const char *a, const char *b) \
	{ \
		REAL(int, #NAME, const char *, const char *); \
\
		return fails(NEED, #NAME, b, NULL) ? -1 : real(a, b); \
	}
ON_TWO(rename, NO_ROOM)
ON_TWO(link, ROOM)
ON_TWO(symlink, ROOM)

int
renameat(int in, const char *a, int to, const char *b)
{
	REAL(int, "renameat", int, const char *, int, const char *);

	return fails(NO_ROOM, "renameat", b, NULL) ? -1 : real(in, a, to, b);
}

int
renameat2(int in, const char *a, int to, const char *b, unsigned flags)
{
	REAL(int, "renameat2", int, const char *, int, const char *, unsigned);

	return fails(NO_ROOM, "renameat2", b, NULL) ? -1 :
						      real(in, a, to, b, flags);
}

int
linkat(int in, const char *a, int to, const char *b, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);

	return fails(ROOM, "linkat", b, NULL) ? -1 : real(in, a, to, b, flags);
}

#define ON_ONE(NAME) \
	int NAME(const char *path) \
	{ \
		REAL(int, #NAME, const char *); \
\
		return fails(NO_ROOM, #NAME, path, NULL) ? -1 : real(path); \
	}
ON_ONE(unlink)
ON_ONE(rmdir)

int
unlinkat(int in, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);

	return fails(NO_ROOM, "unlinkat", path, NULL) ? -1 :
							real(in, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
	struct stat st;
	REAL(int, "mkdir", const char *, mode_t);

	/* where there is one, no disk is too full to say so */
	return lstat(path, &st) != 0 && fails(ROOM, "mkdir", path, NULL) ?
	    -1 :
	    real(path, mode);
}

int
chmod(const char *path, mode_t mode)
{
	REAL(int, "chmod", const char *, mode_t);

	return fails(NO_ROOM, "chmod", path, NULL) ? -1 : real(path, mode);
}

int
mkdirat(int in, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);

	return fails(ROOM, "mkdirat", path, NULL) ? -1 : real(in, path, mode);
}

int
fchmod(int fd, mode_t mode)
{
	REAL(int, "fchmod", int, mode_t);

	return ON_FD(NO_ROOM, "fchmod", fd) ? -1 : real(fd, mode);
}

int
utimensat(int in, const char *path, const struct timespec t[2], int flags)
{
	REAL(int, "utimensat", int, const char *, const struct timespec *, int);

	return fails(NO_ROOM, "utimensat", path, NULL) ?
	    -1 :
	    real(in, path, t, flags);
}

#define TRUNCATE(NAME) \
	int NAME(int fd, off_t len) \
	{ \
		REAL(int, #NAME, int, off_t); \
\
		return fails(ROOM, "ftruncate", name_of(fd), NULL) ? \
		    -1 : \
		    real(fd, len); \
	}
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

/* Does opening it make or empty a file? */
#define CHANGES(FLAGS) \
	(((FLAGS) & (O_CREAT | O_TRUNC)) != 0 || \
	    ((FLAGS)&O_TMPFILE) == O_TMPFILE)

#define OPEN(NAME) \
	int NAME(const char *path, int flags, ...) \
	{ \
		mode_t perm = 0; \
		va_list more; \
		REAL(int, #NAME, const char *, int, ...); \
\
		if (!CHANGES(flags)) \
			return real(path, flags); \
		va_start(more, flags); \
		perm = va_arg(more, mode_t); \
		va_end(more); \
		return fails(ROOM, "open", path, NULL) ? \
		    -1 : \
		    real(path, flags, perm); \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(NAME) \
	int NAME(int in, const char *path, int flags, ...) \
	{ \
		mode_t perm = 0; \
		va_list more; \
		REAL(int, #NAME, int, const char *, int, ...); \
\
		if (!CHANGES(flags)) \
			return real(in, path, flags); \
		va_start(more, flags); \
		perm = va_arg(more, mode_t); \
		va_end(more); \
		return fails(ROOM, "open", path, NULL) ? \
		    -1 : \
		    real(in, path, flags, perm); \
	}
OPENAT(openat)
OPENAT(openat64)

#define TEMP_FILE(NAME) \
	int NAME(char *template) \
	{ \
		REAL(int, #NAME, char *); \
\
		return fails(ROOM, #NAME, template, NULL) ? -1 : \
							    real(template); \
	}
TEMP_FILE(mkstemp)
TEMP_FILE(mkstemp64)

#define TEMP_FILE_FLAGS(NAME) \
	int NAME(char *template, int flags) \
	{ \
		REAL(int, #NAME, char *, int); \
\
		return fails(ROOM, #NAME, template, NULL) ? \
		    -1 : \
		    real(template, flags); \
	}
TEMP_FILE_FLAGS(mkostemp)
TEMP_FILE_FLAGS(mkostemp64)

char *
mkdtemp(char *template)
{
	REAL(char *, "mkdtemp", char *);

	return fails(ROOM, "mkdtemp", template, NULL) ? NULL : real(template);
}

/* SPDX-License-Identifier: ISC */
#include "core/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/lfs.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define JOURNAL_MAX 4096
#define STALE_LOCK_TRIES 2000 /* of a millisecond */
#define PLAIN_MODE 0600

static const char no_commit[] = "0000000000000000000000000000000000000000";

/* The journal: "OLD NEW\n" while a branch moves and the work tree follows. */
static char *
journal_path(const struct ledger *l)
{
	return path_join(l->own, "journal");
}

struct err *
journal_write(const struct ledger *l, const char *old, const char *new)
{
	char *path = journal_path(l);
	char *text =
	    mem_printf("%.40s %.40s\n", old[0] != '\0' ? old : no_commit, new);
	struct err *e =
	    file_replace_in_order(l->own, path, text, strlen(text), PLAIN_MODE);

	free(text);
	free(path);
	return e;
}

struct err *
journal_clear(const struct ledger *l)
{
	char *path = journal_path(l);
	struct err *e = file_unlink(path);

	free(path);
	return e;
}

/* Put one file of a commit into the work tree; data NULL: it is gone. */
static struct err *
place(struct ledger *l, const struct repo_file *file)
{
	char *full = path_join(l->dir, file->path);
	char *temp_dir = path_join(l->own, "tmp");
	struct lfs_pointer pointer;
	struct err *e;

	if (file->data == NULL)
		e = file_unlink(full);
	else if ((e = file_mkdir_for(full, 0700)) != NULL)
		goto done;
	else if (strncmp(file->path, "archives/", 9) == 0 &&
	    lfs_read_pointer(&pointer, file->data, file->len))
		e = lfs_place(l->dir, &pointer, full);
	else
		e = file_replace_in_order(
		    temp_dir, full, file->data, file->len, PLAIN_MODE);
done:
	free(temp_dir);
	free(full);
	return e;
}

struct err *
journal_place(struct ledger *l, const char *commit,
    const struct repo_file *files, size_t n)
{
	struct strs paths = VEC_INIT;
	struct err *e = NULL;

	for (size_t i = 0; i < n && e == NULL; i++) {
		strs_add(&paths, files[i].path);
		e = place(l, &files[i]);
	}
	if (e == NULL)
		e = repo_index(l->repo, commit, &paths);
	strs_release(&paths);
	return e;
}

struct err *
journal_follow(struct ledger *l, const char *old, const char *new)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(l->repo, old, new, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++) {
		struct buf data = BUF_INIT;
		struct repo_file file = { .path = paths.v[i] };

		e = repo_read(l->repo, new, file.path, &data);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* the commit removed it */
			e = place(l, &file);
		} else if (e == NULL) {
			file.data = data.data;
			file.len = data.len;
			e = place(l, &file);
		}
		buf_release(&data);
	}
	if (e == NULL)
		e = repo_index(l->repo, new, &paths);
	strs_release(&paths);
	return e;
}

/*
 * Lock files of git that a killed deed left: given a while to vanish, in case
 * a living git holds them.
 */
static void
drop_stale_locks(const struct ledger *l)
{
	static const char *const names[] = { "index.lock", "HEAD.lock" };
	struct timespec ms = { .tv_nsec = 1000000 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = mem_printf("%s/.git/%s", l->dir, names[i]);

		for (int n = 0; n < STALE_LOCK_TRIES && file_exists(path); n++)
			nanosleep(&ms, NULL);
		unlink(path);
		free(path);
	}
}

struct err *
journal_recover(struct ledger *l, bool *mended)
{
	char *path = journal_path(l), *temp_dir = path_join(l->own, "tmp");
	char old[REPO_HEX] = "", new[REPO_HEX] = "", head[REPO_HEX];
	struct buf text = BUF_INIT;
	struct repo *repo;
	struct err *e = file_read(&text, path, JOURNAL_MAX);

	*mended = false;
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		e = NULL;
		goto done;
	}
	if (e != NULL)
		goto done;
	if (text.len == 2 * REPO_HEX && text.data[40] == ' ') {
		memcpy(old, text.data, 40);
		memcpy(new, text.data + REPO_HEX, 40);
		old[40] = new[40] = '\0';
	}
	if (strcmp(old, no_commit) == 0)
		old[0] = '\0';
	drop_stale_locks(l);
	if ((e = file_mkdirs(temp_dir, 0700)) != NULL ||
	    (e = ledger_repo(&repo, l)) != NULL ||
	    (e = repo_head(repo, head)) != NULL)
		goto done;
	if (new[0] != '\0' && strcmp(head, new) == 0)
		e = journal_follow(l, old, new);
	if (e == NULL)
		e = journal_clear(l);
	*mended = e == NULL;
done:
	buf_release(&text);
	free(temp_dir);
	free(path);
	return err_wrap(e, "cannot finish what an interrupted deed began");
}

struct err *
journal_lock(int *fd, struct ledger *l, bool wait)
{
	char *path = path_join(l->own, "lock");
	struct err *e = file_mkdirs(l->own, 0700);

	*fd = -1;
	if (e != NULL)
		goto done;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0) {
		e = err_errno("cannot lock the ledger %s", l->dir);
		goto done;
	}
	while (flock(*fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		e = errno == EWOULDBLOCK ?
		    err_new(ERR_CONFLICT, "another deed is writing") :
		    err_errno("cannot lock the ledger %s", l->dir);
		close(*fd);
		*fd = -1;
		break;
	}
done:
	free(path);
	return e;
}

struct err *
journal_mend(struct ledger *l, bool *mended)
{
	char *path = journal_path(l);
	int lock = -1;
	struct err *e = NULL;

	*mended = false;
	if (file_exists(path)) {
		e = journal_lock(&lock, l, false);
		if (e == NULL) {
			e = journal_recover(l, mended);
			close(lock);
		} else {
			err_drop(e); /* its writer lives, or we may not write:
					the old state is a true one */
			e = NULL;
		}
	}
	free(path);
	return e;
}

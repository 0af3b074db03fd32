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
#include "core/util/lines.h"
#include "core/util/path.h"

#define JOURNAL_MAX 4096
#define NOTE_MAX (64u << 20)
#define STALE_LOCK_MS 2000
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

struct err *
journal_lock_index(struct ledger *l)
{
	char *mark = path_join(l->own, "mark");
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = repo_lock(repo, mark);
	free(mark);
	return e;
}

/*
 * Ahead of the branch.
 */

/* The file that is to be renamed to its place in the work tree. */
static struct err *
prepare_file(
    char **temp, struct ledger *l, const struct repo_file *file, size_t n)
{
	char *full = path_join(l->dir, file->path);
	char *temp_dir = path_join(l->own, "tmp");
	struct lfs_pointer pointer;
	struct err *e = file_mkdir_for(full, 0700);

	if (e == NULL && strncmp(file->path, "archives/", 9) == 0 &&
	    lfs_read_pointer(&pointer, file->data, file->len)) {
		*temp = mem_printf("%s/place-%zu", temp_dir, n);
		e = lfs_place(l->dir, &pointer, *temp);
	} else if (e == NULL) {
		e = file_stage(
		    temp, temp_dir, full, file->data, file->len, PLAIN_MODE);
	}
	free(temp_dir);
	free(full);
	return e;
}

struct err *
journal_prepare(struct journal_stage *out, struct ledger *l, const char *commit,
    const struct repo_file *files, size_t n)
{
	struct err *e = NULL;

	*out = (struct journal_stage){ .files = files,
		.index = path_join(l->own, "tmp/index") };
	for (size_t i = 0; i < n && e == NULL; i++) {
		char *temp = NULL;

		if (files[i].data != NULL)
			e = prepare_file(&temp, l, &files[i], i);
		strs_add(&out->paths, files[i].path);
		strs_take(&out->temps, temp != NULL ? temp : mem_dup(""));
	}
	if (e == NULL)
		e = repo_index_ahead(l->repo, commit, &out->paths,
		    &(struct repo_ahead){ &out->temps, out->index });
	return e;
}

struct err *
journal_place(struct ledger *l, const struct journal_stage *stage)
{
	char *index = path_join(l->dir, ".git/index");
	struct err *e = NULL;

	for (size_t i = 0; i < stage->paths.n && e == NULL; i++) {
		char *full = path_join(l->dir, stage->paths.v[i]);

		e = stage->files[i].data == NULL ?
		    file_unlink(full) :
		    file_settle(stage->temps.v[i], full);
		free(full);
	}
	if (e == NULL)
		e = file_rename(stage->index, index);
	free(index);
	return e;
}

void
journal_release(struct journal_stage *stage)
{
	for (size_t i = 0; i < stage->temps.n; i++)
		if (stage->temps.v[i][0] != '\0')
			unlink(stage->temps.v[i]);
	if (stage->index != NULL)
		unlink(stage->index);
	strs_release(&stage->paths);
	strs_release(&stage->temps);
	free(stage->index);
	stage->index = NULL;
}

/*
 * After the branch.
 */

/* Put one file of a commit into the work tree; data NULL: it is gone. */
static struct err *
place(struct ledger *l, const struct repo_file *file)
{
	char *full = path_join(l->dir, file->path), *temp = NULL;
	struct err *e = file->data == NULL ? file_unlink(full) :
					     prepare_file(&temp, l, file, 0);

	if (e == NULL && temp != NULL)
		e = file_settle(temp, full);
	free(temp);
	free(full);
	return e;
}

/* The index as it is with these files, which are in place. */
static struct err *
index_files(struct ledger *l, const char *commit, const struct strs *paths)
{
	char *temp = path_join(l->own, "tmp/index");
	char *index = path_join(l->dir, ".git/index");
	struct err *e = file_unlink(temp);

	if (e == NULL)
		e = repo_index_ahead(
		    l->repo, commit, paths, &(struct repo_ahead){ NULL, temp });
	if (e == NULL)
		e = file_rename(temp, index);
	free(index);
	free(temp);
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
		e = index_files(l, new, &paths);
	strs_release(&paths);
	return e;
}

/* The file that locks the branch HEAD names, yours; NULL if it names none. */
static char *
branch_lock(const struct ledger *l)
{
	static const char start[] = "ref: refs/heads/";
	char *head = path_join(l->dir, ".git/HEAD"), *lock = NULL;
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, head, JOURNAL_MAX);

	if (e == NULL && strncmp(text.data, start, strlen(start)) == 0 &&
	    strstr(text.data, "..") == NULL)
		lock = mem_printf("%s/.git/%.*s.lock", l->dir,
		    (int)strcspn(text.data + 5, "\n"), text.data + 5);
	err_drop(e); /* then nothing can be locked either */
	buf_release(&text);
	free(head);
	return lock;
}

/* What the clock of the file system says: a file is made to see. */
static int64_t
disk_clock(const struct ledger *l)
{
	struct stat st = { 0 };
	char *temp = NULL;
	int fd = -1;
	struct err *e = file_temp(&temp, &fd, l->own);

	if (e == NULL) {
		if (fstat(fd, &st) != 0)
			st.st_mtime = 0;
		close(fd);
		unlink(temp);
	}
	err_drop(e); /* then the whole while is waited */
	free(temp);
	return (int64_t)st.st_mtime;
}

static void
drop_lock(const struct ledger *l, const char *path)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	struct stat lock;
	int64_t waited, now;

	if (lstat(path, &lock) != 0)
		return;
	now = disk_clock(l);
	waited = now > lock.st_mtime ? (now - lock.st_mtime) * 1000 : 0;
	for (; waited < STALE_LOCK_MS && file_exists(path); waited++)
		nanosleep(&ms, NULL);
	unlink(path);
}

/* Those that a git which was killed left: the next would not start. */
static void
drop_locks(const struct ledger *l, const char *folder)
{
	static const char end[] = ".lock";
	struct strs names = VEC_INIT;

	/* what cannot be listed has no locks that we know */
	err_drop(file_list(&names, folder));
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(folder, names.v[i]);
		size_t len = strlen(path);
		struct stat st;

		/* a link might lead out of here */
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			drop_locks(l, path);
		else if (strcmp(path + len - strlen(end), end) == 0)
			drop_lock(l, path);
		free(path);
	}
	strs_release(&names);
}

void
journal_make_way(const struct ledger *l)
{
	static const char *const folders[] = { "refs", "logs", "objects/info",
		"objects/pack" };
	static const char *const files[] = { "packed-refs.lock", "gc.pid.lock",
		"objects/maintenance.lock" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *folder = mem_printf("%s/.git/%s", l->dir, folders[i]);

		drop_locks(l, folder);
		free(folder);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = mem_printf("%s/.git/%s", l->dir, files[i]);

		drop_lock(l, path);
		free(path);
	}
}

static void
drop_stale_locks(const struct ledger *l)
{
	static const char *const names[] = { "HEAD.lock", "config.lock" };
	char *branch = branch_lock(l);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = mem_printf("%s/.git/%s", l->dir, names[i]);

		drop_lock(l, path);
		free(path);
	}
	if (branch != NULL)
		drop_lock(l, branch);
	free(branch);
}

/*
 * What a dead one left in the way: its folder, which stands as long as a
 * transaction does, temporary files, locks.  That of the index is taken over by
 * the next to need it, see repo_lock().
 */
static struct err *
clear_away(const struct ledger *l, const char *temp_dir)
{
	char *objects = path_join(l->dir, ".git/objects");
	char *hooks = path_join(l->dir, ".git/hooks");
	char *building = path_join(l->dir, ".deed-init"); /* see setup.c */

	file_remove_tree(building);
	file_remove_tree(temp_dir);
	file_drop_begun(l->own, ".deed-");
	file_drop_begun(hooks, ".deed-");
	file_drop_begun(objects, "tmp_object_git2_");
	drop_stale_locks(l);
	free(building);
	free(hooks);
	free(objects);
	return file_mkdirs(temp_dir, 0700);
}

/* The journal of a dead one; *there: there is one. */
static struct err *
read_journal(
    const char *path, char old[REPO_HEX], char new[REPO_HEX], bool *there)
{
	struct buf text = BUF_INIT;
	struct err *e = file_read(&text, path, JOURNAL_MAX);

	*there = e == NULL;
	old[0] = new[0] = '\0';
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the usual case */
		e = NULL;
	} else if (e == NULL && text.len == 2 * REPO_HEX &&
	    text.data[40] == ' ') {
		memcpy(old, text.data, 40);
		memcpy(new, text.data + REPO_HEX, 40);
		old[40] = new[40] = '\0';
	}
	if (strcmp(old, no_commit) == 0)
		old[0] = '\0';
	buf_release(&text);
	return e;
}

/*
 * Bytes of archives that came later.  The note names the files until the index
 * has followed them.
 */

static char *
note_path(const struct ledger *l)
{
	return path_join(l->own, "filling");
}

/* What the last commit points to, in its place as far as it is here. */
static struct err *
fill(struct ledger *l, const char *head, const char *path)
{
	char *full = path_join(l->dir, path);
	struct lfs_pointer pointer;
	struct buf text = BUF_INIT;
	struct err *e = repo_read(l->repo, head, path, &text);

	if (e == NULL && lfs_read_pointer(&pointer, text.data, text.len))
		e = lfs_place(l->dir, &pointer, full);
	buf_release(&text);
	free(full);
	return e;
}

/* Under both locks. */
static struct err *
fill_all(struct ledger *l, const struct strs *paths)
{
	char *note = note_path(l), head[REPO_HEX];
	struct err *e = repo_head(l->repo, head);

	for (size_t i = 0; i < paths->n && e == NULL; i++)
		e = fill(l, head, paths->v[i]);
	if (e == NULL && (e = index_files(l, head, paths)) == NULL)
		e = file_unlink(note);
	free(note);
	return e;
}

static struct err *
fill_noted(struct ledger *l, const struct strs *paths)
{
	char *note = note_path(l);
	struct err *e = lines_write(note, paths);

	free(note);
	return e == NULL ? fill_all(l, paths) : e;
}

/* With both locks, and the folder for what is being made. */
static struct err *
under_locks(struct ledger *l,
    struct err *(*work)(struct ledger *, const struct strs *),
    const struct strs *paths)
{
	char *temp_dir = path_join(l->own, "tmp");
	struct repo *repo = NULL;
	int lock = -1;
	struct err *e = journal_lock(&lock, l, true);

	if (e == NULL && (e = file_mkdirs(temp_dir, 0700)) == NULL &&
	    (e = ledger_repo(&repo, l)) == NULL &&
	    (e = journal_lock_index(l)) == NULL)
		e = work(l, paths);
	if (repo != NULL)
		repo_unlock(repo);
	if (lock >= 0) {
		file_remove_tree(temp_dir);
		close(lock);
	}
	free(temp_dir);
	return e;
}

struct err *
journal_fill(struct ledger *l, const struct strs *paths)
{
	return under_locks(l, fill_noted, paths);
}

struct err *
journal_recover(struct ledger *l, enum journal_found *found)
{
	char *path = journal_path(l), *temp_dir = path_join(l->own, "tmp");
	char *note = note_path(l);
	char old[REPO_HEX], new[REPO_HEX], head[REPO_HEX];
	struct strs filling = VEC_INIT;
	struct repo *repo = NULL;
	bool there;
	struct err *e = read_journal(path, old, new, &there);

	*found = JOURNAL_NOTHING;
	if (e != NULL || (e = lines_read(&filling, note, NOTE_MAX)) != NULL ||
	    (!there && filling.n == 0 && !file_exists(temp_dir)) ||
	    (e = clear_away(l, temp_dir)) != NULL)
		goto done;
	*found = JOURNAL_CLEARED;
	if ((!there && filling.n == 0) || (e = ledger_repo(&repo, l)) != NULL ||
	    (e = journal_lock_index(l)) != NULL ||
	    (e = repo_head(repo, head)) != NULL)
		goto done;
	if (filling.n > 0 && (e = fill_all(l, &filling)) != NULL)
		goto done;
	if (new[0] != '\0' && strcmp(head, new) == 0) {
		*found = JOURNAL_FINISHED;
		e = journal_follow(l, old, new);
	} else if (new[0] != '\0') {
		repo_unlog(repo, new);
	}
	if (e == NULL)
		e = journal_clear(l);
done:
	if (repo != NULL)
		repo_unlock(repo);
	if (e == NULL && *found != JOURNAL_NOTHING)
		file_remove_tree(temp_dir);
	strs_release(&filling);
	free(note);
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
journal_mend(struct ledger *l, enum journal_found *found)
{
	char *path = journal_path(l), *temp_dir = path_join(l->own, "tmp");
	char *note = note_path(l);
	int lock = -1;
	struct err *e = NULL;

	*found = JOURNAL_NOTHING;
	if (file_exists(path) || file_exists(temp_dir) || file_exists(note)) {
		e = journal_lock(&lock, l, false);
		if (e == NULL) {
			e = journal_recover(l, found);
			close(lock);
		} else {
			err_drop(e); /* its writer lives, or we may not write:
					the old state is a true one */
			e = NULL;
		}
	}
	free(note);
	free(temp_dir);
	free(path);
	return e;
}

/* Tell the index what these files of HEAD are now. */
static struct err *
reindex(struct ledger *l, const struct strs *paths)
{
	char head[REPO_HEX];
	struct err *e = repo_head(l->repo, head);

	return e == NULL ? index_files(l, head, paths) : e;
}

void
journal_refresh(struct ledger *l, const struct strs *paths)
{
	struct strs foreign = VEC_INIT;
	struct repo *repo;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL)
		e = repo_index_foreign(repo, paths, &foreign);
	for (size_t i = 0; i < foreign.n && e == NULL; i++) {
		char *full = path_join(l->dir, foreign.v[i]);

		e = lfs_backdate(full);
		free(full);
	}
	if (e == NULL && foreign.n > 0)
		e = under_locks(l, reindex, &foreign);
	err_drop(e); /* the record is sound all the same */
	strs_release(&foreign);
}

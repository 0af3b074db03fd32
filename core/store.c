/* SPDX-License-Identifier: ISC */
#include "core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/lfs.h"
#include "core/scratch.h"
#include "core/signer.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/utf8.h"

#define SUBJECT_COLUMNS 72
#define JOURNAL_MAX 4096
#define STALE_LOCK_TRIES 2000 /* of a millisecond */
#define PLAIN_MODE 0600

/* A file the commit writes. */
struct change {
	char *path;
	struct buf data;
	bool removed;
};

/* Large bytes that become an object when the commit is made. */
struct waiting {
	struct lfs_pointer pointer;
	char *temp;
};

/* An order of this transaction. */
struct open_order {
	char *id, *month, *path;
	struct stream *stream;
	size_t len; /* of the stream when it was read */
};

struct store {
	struct ledger *ledger;
	const struct env *env;
	struct repo *repo;
	int lock;
	char head[REPO_HEX];
	char other[REPO_HEX]; /* a second parent, or "" */
	char *temp_dir;
	char *name, *email, *notice;
	struct signer *signer; /* NULL: commits are not signed */
	VEC(struct change) changes;
	VEC(struct waiting) archives;
	VEC(struct open_order *) orders; /* their streams are lent out */
	struct buf trailers;
};

/*
 * The journal: "OLD NEW\n" while a branch moves and the work tree follows.
 */

static char *
journal_path(const struct ledger *l)
{
	return path_join(l->own, "journal");
}

/* Put one file of a commit into the work tree. */
static struct err *
place(struct ledger *l, const char *temp_dir, const char *commit,
    const char *path)
{
	char *full = path_join(l->dir, path);
	struct buf data = BUF_INIT;
	struct lfs_pointer pointer;
	struct err *e = repo_read(l->repo, commit, path, &data);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* the commit removed it */
		e = file_unlink(full);
		goto done;
	}
	if (e != NULL || (e = file_mkdir_for(full, 0700)) != NULL)
		goto done;
	if (strncmp(path, "archives/", 9) == 0 &&
	    lfs_read_pointer(&pointer, data.data, data.len))
		e = lfs_place(l->dir, &pointer, full);
	else
		e = file_replace_via(
		    temp_dir, full, data.data, data.len, PLAIN_MODE);
done:
	buf_release(&data);
	free(full);
	return e;
}

/* Bring work tree and index from one commit to the next. */
static struct err *
follow(struct ledger *l, const char *temp_dir, const char *old, const char *new)
{
	struct strs paths = VEC_INIT;
	struct err *e = repo_changed(l->repo, old, new, &paths);

	for (size_t i = 0; i < paths.n && e == NULL; i++)
		e = place(l, temp_dir, new, paths.v[i]);
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

/* Under the lock: nobody else is writing, so a journal is a dead one's. */
static struct err *
recover(struct ledger *l, bool *mended)
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
	drop_stale_locks(l);
	if ((e = ledger_repo(&repo, l)) != NULL ||
	    (e = repo_head(repo, head)) != NULL)
		goto done;
	if (new[0] != '\0' && strcmp(head, new) == 0)
		e = follow(l, temp_dir, old, new);
	if (e == NULL)
		e = file_unlink(path);
	*mended = e == NULL;
done:
	buf_release(&text);
	free(temp_dir);
	free(path);
	return err_wrap(e, "cannot finish what an interrupted deed began");
}

static struct err *
take_lock(int *out, struct ledger *l, bool wait)
{
	char *path = path_join(l->own, "lock");
	struct err *e = file_mkdirs(l->own, 0700);

	*out = -1;
	if (e != NULL)
		goto done;
	*out = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*out < 0) {
		e = err_errno("cannot lock the ledger %s", l->dir);
		goto done;
	}
	while (flock(*out, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		e = errno == EWOULDBLOCK ?
		    err_new(ERR_CONFLICT, "another deed is writing") :
		    err_errno("cannot lock the ledger %s", l->dir);
		close(*out);
		*out = -1;
		break;
	}
done:
	free(path);
	return e;
}

struct err *
store_mend(struct ledger *l, bool *mended)
{
	char *path = journal_path(l);
	int lock = -1;
	struct err *e = NULL;

	*mended = false;
	if (file_exists(path)) {
		e = take_lock(&lock, l, false);
		if (e == NULL) {
			e = recover(l, mended);
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

/*
 * Identity.
 */

/*
 * A name as a commit can hold it and as it can be shown: git drops the same
 * brackets.  NULL if nothing is left.
 */
static char *
presentable(char *raw)
{
	struct buf b = BUF_INIT;
	size_t at = 0;

	if (raw == NULL)
		return NULL;
	for (char *p = raw; *p != '\0'; p++)
		if (*p == '<' || *p == '>' || *p == '\n')
			*p = ' ';
	utf8_escape(&b, raw, strlen(raw), false);
	free(raw);
	while (b.len > 0 && b.data[b.len - 1] == ' ')
		buf_cut(&b, b.len - 1);
	at = strspn(b.data, " ");
	raw = b.data[at] != '\0' ? mem_dup(b.data + at) : NULL;
	buf_release(&b);
	return raw;
}

static struct err *
setting(char **out, const struct store *s, const char *key)
{
	char *raw;
	struct err *e = repo_config(&raw, s->repo, key);

	*out = e == NULL ? presentable(raw) : NULL;
	return e;
}

static struct err *
identify(struct store *s)
{
	char *marker = path_join(s->ledger->own, "identity-said");
	struct buf say = BUF_INIT;
	bool told;
	struct err *e;

	if ((e = setting(&s->name, s, "user.name")) != NULL ||
	    (e = setting(&s->email, s, "user.email")) != NULL)
		goto done;
	told = s->name != NULL && s->email != NULL;
	if (s->name == NULL && (e = setting(&s->name, s, "deed.name")) != NULL)
		goto done;
	if (s->name == NULL)
		s->name = mem_dup(s->env->login);
	if (s->email == NULL)
		s->email = mem_printf("%s@localhost",
		    strchr(s->name, ' ') == NULL ? s->name : s->env->login);
	if (!told)
		buf_addf(&say,
		    "recording as \"%s\" (%s); to change that: git config "
		    "--global user.name 'YOUR NAME', and user.email",
		    s->name, s->email);
	if (say.len > 0 && !file_exists(marker)) {
		s->notice = buf_steal(&say);
		e = file_replace(marker, "", 0, 0600);
	}
done:
	buf_release(&say);
	free(marker);
	return e;
}

struct err *
store_begin(struct store **out, struct ledger *l, const struct env *env)
{
	struct store *s = mem_zero(1, sizeof(*s));
	char *who = NULL;
	bool mended;
	struct err *e;

	s->ledger = l;
	s->env = env;
	s->lock = -1;
	s->temp_dir = path_join(l->own, "tmp");
	buf_init(&s->trailers);
	*out = NULL;
	if ((e = take_lock(&s->lock, l, true)) != NULL ||
	    (e = ledger_repo(&s->repo, l)) != NULL ||
	    (e = recover(l, &mended)) != NULL)
		goto done;
	file_remove_tree(s->temp_dir); /* under the lock: left by the dead */
	scratch_sweep(l);
	if ((e = file_mkdirs(s->temp_dir, 0700)) != NULL ||
	    (e = repo_on_branch(s->repo)) != NULL ||
	    (e = repo_head(s->repo, s->head)) != NULL)
		goto done;
	if ((e = identify(s)) != NULL)
		goto done;
	who = mem_printf("%s <%s>", s->name, s->email);
	e = signer_for_commits(&s->signer, s->repo, who, env->home);
done:
	free(who);
	if (e != NULL)
		store_end(s);
	else
		*out = s;
	return e;
}

static void
free_order(struct open_order *o)
{
	stream_free(o->stream);
	free(o->id);
	free(o->month);
	free(o->path);
	free(o);
}

static void
drop_changes(struct store *s)
{
	struct change *c;

	vec_each (c, &s->changes) {
		free(c->path);
		buf_release(&c->data);
	}
	vec_release(&s->changes);
	buf_clear(&s->trailers);
}

void
store_end(struct store *s)
{
	if (s == NULL)
		return;
	drop_changes(s);
	for (size_t i = 0; i < s->archives.n; i++)
		free(s->archives.v[i].temp);
	vec_release(&s->archives);
	for (size_t i = 0; i < s->orders.n; i++)
		free_order(s->orders.v[i]);
	vec_release(&s->orders);
	buf_release(&s->trailers);
	if (s->lock >= 0) {
		file_remove_tree(s->temp_dir);
		close(s->lock);
	}
	free(s->temp_dir);
	free(s->name);
	free(s->email);
	free(s->notice);
	signer_free(s->signer);
	free(s);
}

const char *
store_temp_dir(const struct store *s)
{
	return s->temp_dir;
}

const char *
store_author(const struct store *s)
{
	return s->name;
}

const char *
store_notice(const struct store *s)
{
	return s->notice;
}

const char *
store_head(const struct store *s)
{
	return s->head;
}

void
store_merge(struct store *s, const char *other)
{
	memcpy(s->other, other, REPO_HEX);
}

void
store_remove(struct store *s, const char *path)
{
	struct change *c = vec_add(&s->changes);

	c->path = mem_dup(path);
	buf_init(&c->data);
	c->removed = true;
}

/*
 * Orders.
 */

static struct open_order *
add_order(struct store *s, const char *id, char *month, struct stream *stream)
{
	struct open_order *o = mem_zero(1, sizeof(*o));

	o->id = mem_dup(id);
	o->month = month;
	o->path = ledger_order_path(month, id);
	o->stream = stream;
	o->len = stream->bytes.len;
	vec_push(&s->orders, o);
	return o;
}

/* Is every entry of the work tree's file in HEAD's? */
static bool
is_behind(const struct buf *work, const struct buf *head, const char *path)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct stream *mine = NULL, *theirs = NULL;
	bool behind = false;
	struct err *e;

	buf_add(&a, work->data, work->len);
	buf_add(&b, head->data, head->len);
	e = stream_parse(&mine, &a, path);
	if (e == NULL)
		e = stream_parse(&theirs, &b, path);
	if (e == NULL) {
		behind = true;
		for (size_t i = 0; i < mine->n; i++)
			behind &= !mine->v[i].forged &&
			    stream_find(theirs, mine->v[i].id) != NULL;
	}
	err_drop(e); /* what cannot be read was edited */
	buf_release(&a);
	buf_release(&b);
	stream_free(mine);
	stream_free(theirs);
	return behind;
}

/*
 * The work tree must not hold what HEAD lacks, or it would be overwritten.  A
 * file that is only behind was left so by a power cut, or by git.
 */
static struct err *
vet_unedited(const struct store *s, const char *path, const struct buf *head)
{
	char *full = path_join(s->ledger->dir, path);
	struct buf work = BUF_INIT;
	struct err *e = file_read(&work, full, STREAM_MAX);

	if (e == NULL &&
	    (work.len != head->len ||
		memcmp(work.data, head->data, work.len) != 0) &&
	    !is_behind(&work, head, path))
		e = err_hint(err_new(ERR_CONFLICT,
				 "%s was edited outside of deed", path),
		    "see what: git -C '%s' diff; put it back: "
		    "git -C '%s' restore '%s'",
		    s->ledger->dir, s->ledger->dir, path);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* only the work tree lost it */
		e = NULL;
	}
	buf_release(&work);
	free(full);
	return e;
}

struct err *
store_order(
    struct store *s, const char *id, struct stream **out, const char **month)
{
	struct buf bytes = BUF_INIT;
	struct stream *stream = NULL;
	char *in = NULL, *path = NULL;
	struct open_order *o = NULL;
	struct err *e;

	*out = NULL;
	for (size_t i = 0; i < s->orders.n; i++)
		if (strcmp(s->orders.v[i]->id, id) == 0)
			o = s->orders.v[i];
	if (o == NULL) {
		if ((e = ledger_month(&in, s->ledger, id)) != NULL)
			return e;
		path = ledger_order_path(in, id);
		if ((e = repo_read(s->repo, s->head, path, &bytes)) != NULL ||
		    (e = vet_unedited(s, path, &bytes)) != NULL ||
		    (e = stream_parse(&stream, &bytes, path)) != NULL) {
			buf_release(&bytes);
			free(path);
			free(in);
			return e;
		}
		o = add_order(s, id, in, stream);
	}
	*out = o->stream;
	if (month != NULL)
		*month = o->month;
	free(path);
	return NULL;
}

struct err *
store_new_order(
    struct store *s, const char *id, struct stream **out, const char **month)
{
	struct strs all = VEC_INIT;
	char date[DATE_TEXT], *path;
	struct err *e;

	*out = NULL;
	if ((e = ledger_vet_id(id)) != NULL ||
	    (e = ledger_orders(&all, s->ledger)) != NULL)
		goto done;
	for (size_t i = 0; i < all.n && e == NULL; i++)
		if (strcasecmp(path_base(all.v[i]), id) == 0)
			e = err_hint(
			    err_new(ERR_EXISTS, "there is an order %s already",
				path_base(all.v[i])),
			    "make it the current one: deed switch %s",
			    path_base(all.v[i]));
	if (e != NULL)
		goto done;
	date_format(date, s->env->now);
	date[7] = '\0';
	path = ledger_order_path(date, id);
	*out = add_order(s, id, mem_dup(date), stream_new(path))->stream;
	*month = s->orders.v[s->orders.n - 1]->month;
	free(path);
done:
	strs_release(&all);
	return e;
}

/*
 * Files.
 */

struct err *
store_put(struct store *s, const char *path, const void *data, size_t len)
{
	struct change *c = NULL;
	struct err *e = path_vet(path, "a file of the ledger");

	if (e != NULL)
		return e;
	for (size_t i = 0; i < s->changes.n && c == NULL; i++)
		if (strcmp(s->changes.v[i].path, path) == 0)
			c = &s->changes.v[i];
	if (c == NULL) {
		c = vec_add(&s->changes);
		c->path = mem_dup(path);
		buf_init(&c->data);
	}
	buf_clear(&c->data);
	buf_add(&c->data, data, len);
	return NULL;
}

struct err *
store_put_archive(struct store *s, const char *path, const char *temp,
    const char *sha256, int64_t size)
{
	struct waiting *w = vec_add(&s->archives);
	struct buf text = BUF_INIT;
	struct err *e;

	memcpy(w->pointer.oid, sha256, SHA256_HEX);
	w->pointer.size = size;
	w->temp = mem_printf("%s/archive-%zu", s->temp_dir, s->archives.n);
	lfs_write_pointer(&text, &w->pointer);
	e = file_rename(temp, w->temp);
	if (e == NULL)
		e = store_put(s, path, text.data, text.len);
	buf_release(&text);
	return e;
}

/* The bytes are in place before any commit points to them. */
static struct err *
take_archives(struct store *s)
{
	struct err *e = NULL;

	for (size_t i = 0; i < s->archives.n && e == NULL; i++)
		e = lfs_take(s->ledger->dir, &s->archives.v[i].pointer,
		    s->archives.v[i].temp);
	for (size_t i = 0; i < s->archives.n; i++)
		free(s->archives.v[i].temp);
	vec_release(&s->archives);
	return e;
}

/*
 * Committing.
 */

void
store_trailer(struct store *s, const char *key, const char *value)
{
	buf_addf(&s->trailers, "%s: ", key);
	utf8_escape(&s->trailers, value, strlen(value), false);
	buf_addc(&s->trailers, '\n');
}

/* "subject\n\ntrailers": one line that cannot pass for a trailer block. */
static char *
message(const struct store *s, const char *subject)
{
	struct buf b = BUF_INIT;

	utf8_escape(&b, subject, strlen(subject), false);
	if (utf8_width(b.data) > SUBJECT_COLUMNS) {
		buf_cut(&b, utf8_fit(b.data, SUBJECT_COLUMNS - 1));
		buf_adds(&b, "\xe2\x80\xa6");
	}
	buf_addc(&b, '\n');
	if (s->trailers.len > 0)
		buf_addf(&b, "\n%s", s->trailers.data);
	return buf_steal(&b);
}

static struct err *
write_journal(const struct store *s, const char *new)
{
	char *path = journal_path(s->ledger);
	char *text = mem_printf("%.40s %.40s\n",
	    s->head[0] != '\0' ? s->head :
				 "0000000000000000000000000000000000000000",
	    new);
	struct err *e = file_replace(path, text, strlen(text), 0600);

	free(text);
	free(path);
	return e;
}

/* Everything that is to be in the commit; *out is the caller's to free. */
static size_t
gather(const struct store *s, struct repo_file **out)
{
	size_t n = 0;

	*out = mem_zero(s->changes.n + s->orders.n, sizeof(**out));
	for (size_t i = 0; i < s->changes.n; i++)
		(*out)[n++] = (struct repo_file){ s->changes.v[i].path,
			s->changes.v[i].removed ? NULL :
						  s->changes.v[i].data.data,
			s->changes.v[i].data.len };
	for (size_t i = 0; i < s->orders.n; i++) {
		const struct open_order *o = s->orders.v[i];

		if (o->stream->bytes.len != o->len)
			(*out)[n++] = (struct repo_file){ o->path,
				o->stream->bytes.data, o->stream->bytes.len };
	}
	return n;
}

/*
 * The branch moves, then work tree and index follow; the journal stands while
 * they differ.
 */
static struct err *
advance(struct store *s, const char *commit, const char *why,
    const struct repo_person *who)
{
	char *journal = journal_path(s->ledger);
	struct err *e = write_journal(s, commit);

	if (e != NULL)
		goto done;
	e = repo_advance(s->repo, s->head, commit, why, who);
	if (e != NULL) {
		unlink(journal); /* nothing has happened */
		goto done;
	}
	if ((e = follow(s->ledger, s->temp_dir, s->head, commit)) != NULL)
		goto done;
	memcpy(s->head, commit, REPO_HEX);
	e = file_unlink(journal);
done:
	free(journal);
	return e;
}

static struct repo_person
person(const struct store *s)
{
	return (struct repo_person){ s->name, s->email, s->env->now,
		date_zone_at(s->env->now) };
}

struct err *
store_forward(struct store *s, const char *commit)
{
	struct repo_person who = person(s);

	return advance(s, commit, "sync: forward", &who);
}

/* Sign before anything is written: without the key nothing happens. */
static struct err *
sign(struct buf *draft, struct buf *signature, struct store *s,
    const struct repo_file *files, size_t n, const char *text,
    const struct repo_person *who)
{
	struct err *e =
	    repo_draft(s->repo, s->head, s->other, files, n, text, who, draft);

	if (e == NULL)
		e = signer_sign(signature, s->signer, "git", draft->data,
		    draft->len, s->temp_dir);
	return err_hint(e,
	    "to record without a signature: git -C '%s' config "
	    "commit.gpgsign false",
	    s->ledger->dir);
}

/* The objects of the commit: signed, where the config asks for it. */
static struct err *
write_commit(struct store *s, const struct repo_file *files, size_t n,
    const char *text, const struct repo_person *who, char *commit)
{
	struct buf draft = BUF_INIT, signature = BUF_INIT;
	struct err *e = NULL;

	if (s->signer != NULL)
		e = sign(&draft, &signature, s, files, n, text, who);
	if (e == NULL)
		e = take_archives(s);
	if (e == NULL && s->signer != NULL) {
		const struct repo_signed done = { draft.data, signature.data };

		e = repo_commit_signed(
		    s->repo, s->head, s->other, files, n, who, &done, commit);
	} else if (e == NULL) {
		e = repo_commit(
		    s->repo, s->head, s->other, files, n, text, who, commit);
	}
	buf_release(&draft);
	buf_release(&signature);
	return e;
}

struct err *
store_commit(struct store *s, const char *subject, char commit[static REPO_HEX])
{
	struct repo_person who = person(s);
	struct repo_file *files = NULL;
	size_t n = gather(s, &files);
	char *text = message(s, subject);
	char *line = mem_ndup(text, strcspn(text, "\n"));
	struct err *e = NULL;

	commit[0] = '\0';
	if (n == 0 && s->other[0] == '\0')
		goto done;
	if ((e = write_commit(s, files, n, text, &who, commit)) != NULL ||
	    (e = advance(s, commit, line, &who)) != NULL)
		goto done;
	s->other[0] = '\0';
	drop_changes(s);
	for (size_t i = 0; i < s->orders.n; i++)
		s->orders.v[i]->len = s->orders.v[i]->stream->bytes.len;
done:
	free(line);
	free(text);
	free(files);
	return e;
}

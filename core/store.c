/* SPDX-License-Identifier: ISC */
#include "core/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/conflict.h"
#include "core/identity.h"
#include "core/journal.h"
#include "core/lfs.h"
#include "core/scratch.h"
#include "core/signer.h"
#include "core/util/file.h"
#include "core/util/path.h"
#include "core/util/proc.h"
#include "core/util/utf8.h"

#define SUBJECT_COLUMNS 72
#define LOOSE_MAX 8 /* objects of one folder in 256: gc.auto is 2000 */

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
	size_t n; /* entries when it was read */
};

struct store {
	struct ledger *ledger;
	const struct env *env;
	struct repo *repo;
	int lock;
	enum journal_found found; /* of a dead one, under the lock */
	bool committed;           /* something, in this transaction */
	char head[REPO_HEX];
	char other[REPO_HEX]; /* a second parent, or "" */
	char *temp_dir;
	struct identity identity;
	char *lag; /* why the work tree could not follow the branch, or NULL */
	struct signer *signer;        /* NULL: commits are not signed */
	VEC(struct change *) changes; /* sorted by path */
	VEC(struct waiting) archives;
	VEC(struct open_order *) orders; /* their streams are lent out */
	struct buf trailers;
};

struct err *
store_begin(struct store **out, struct ledger *l, const struct env *env)
{
	struct store *s = mem_zero(1, sizeof(*s));
	char *who = NULL;
	struct err *e;

	s->ledger = l;
	s->env = env;
	s->lock = -1;
	s->temp_dir = path_join(l->own, "tmp");
	buf_init(&s->trailers);
	*out = NULL;
	if ((e = journal_lock(&s->lock, l, true)) != NULL ||
	    (e = ledger_repo(&s->repo, l)) != NULL ||
	    (e = journal_recover(l, &s->found)) != NULL)
		goto done;
	if (scratch_sweep(l) && s->found == JOURNAL_NOTHING)
		s->found = JOURNAL_CLEARED;
	if ((e = file_mkdirs(s->temp_dir, 0700)) != NULL ||
	    (e = repo_on_branch(s->repo)) != NULL ||
	    (e = repo_head(s->repo, s->head)) != NULL)
		goto done;
	if ((e = identity_find(&s->identity, l)) != NULL)
		goto done;
	who = mem_printf("%s <%s>", s->identity.name, s->identity.email);
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
	for (size_t i = 0; i < s->changes.n; i++) {
		free(s->changes.v[i]->path);
		buf_release(&s->changes.v[i]->data);
		free(s->changes.v[i]);
	}
	vec_release(&s->changes);
	buf_clear(&s->trailers);
}

/*
 * git tidies its repositories when it has made a commit, going by how many
 * objects one folder of 256 holds; libgit2 never does.  It runs beside us, and
 * after us; git's own locks keep it from a commit that is being made.
 */
static void
keep_packed(const struct ledger *l)
{
	const char *const argv[] = { "git", "gc", "--auto", "--quiet", NULL };
	struct proc_spec spec = { .argv = argv, .dir = l->dir };
	char *sample = path_join(l->dir, ".git/objects/17");
	struct strs names = VEC_INIT;

	/* without that folder there are few objects */
	err_drop(file_list(&names, sample));
	if (names.n > LOOSE_MAX)
		proc_detach(&spec);
	strs_release(&names);
	free(sample);
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
	if (s->committed)
		keep_packed(s->ledger);
	free(s->temp_dir);
	identity_release(&s->identity);
	free(s->lag);
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
	return s->identity.name;
}

const char *
store_notice(const struct store *s)
{
	return s->identity.notice;
}

const char *
store_lag(const struct store *s)
{
	return s->lag;
}

enum journal_found
store_found(const struct store *s)
{
	return s->found;
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
	o->n = stream->n;
	vec_push(&s->orders, o);
	return o;
}

/*
 * Is every entry of the work tree's file in HEAD's?  A power cut may also have
 * cut the file off.
 */
static bool
is_behind(const struct buf *work, const struct buf *head, const char *path)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct stream *mine = NULL, *theirs = NULL;
	bool behind = false;
	struct err *e;

	if (ledger_is_cut(work, head))
		return true;
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
 * file that is only behind was left so by a power cut, or by git; *marked is
 * one with the marks of a conflict, whose sides the index has.
 */
static struct err *
vet_unedited(const struct store *s, const char *path, const struct buf *head,
    bool *marked)
{
	char *full = path_join(s->ledger->dir, path);
	struct buf work = BUF_INIT;
	struct err *e = file_read(&work, full, STREAM_MAX);

	*marked = e == NULL && ledger_has_marks(&work);
	if (e == NULL && !*marked &&
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

/* An order as the last commit has it, with what git left in conflict. */
static struct err *
read_order(struct open_order **out, struct store *s, const char *id)
{
	struct buf bytes = BUF_INIT;
	struct stream *stream = NULL;
	char *month, *path;
	size_t n = 0;
	bool marked;
	struct err *e = ledger_month(&month, s->ledger, id);

	if (e != NULL)
		return e;
	path = ledger_order_path(month, id);
	e = repo_read(s->repo, s->head, path, &bytes);
	if (e == NULL && (e = vet_unedited(s, path, &bytes, &marked)) == NULL &&
	    (e = stream_parse(&stream, &bytes, path)) == NULL) {
		n = stream->n;
		if (marked)
			e = conflict_unite(&stream, s->repo, path);
	}
	if (e == NULL) {
		*out = add_order(s, id, month, stream);
		(*out)->n = n;
	} else {
		stream_free(stream);
		free(month);
	}
	buf_release(&bytes);
	free(path);
	return e;
}

struct err *
store_order(
    struct store *s, const char *id, struct stream **out, const char **month)
{
	struct open_order *o = NULL;
	struct err *e;

	*out = NULL;
	for (size_t i = 0; i < s->orders.n; i++)
		if (strcmp(s->orders.v[i]->id, id) == 0)
			o = s->orders.v[i];
	if (o == NULL && (e = read_order(&o, s, id)) != NULL)
		return e;
	*out = o->stream;
	if (month != NULL)
		*month = o->month;
	return NULL;
}

struct err *
store_new_order(
    struct store *s, const char *id, struct stream **out, const char **month)
{
	char date[DATE_TEXT], *path;
	struct err *e = ledger_vet_new(s->ledger, id);

	*out = NULL;
	if (e != NULL)
		return e;
	date_format(date, s->env->now);
	date[7] = '\0';
	path = ledger_order_path(date, id);
	*out = add_order(s, id, mem_dup(date), stream_new(path))->stream;
	*month = s->orders.v[s->orders.n - 1]->month;
	free(path);
	return NULL;
}

/*
 * Files.
 */

/* What is to become of a file, empty.  A merge may ask for all there are. */
static struct change *
change_of(struct store *s, const char *path)
{
	size_t low = 0, high = s->changes.n;
	struct change *c;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(s->changes.v[mid]->path, path);

		if (order == 0) {
			buf_clear(&s->changes.v[mid]->data);
			s->changes.v[mid]->removed = false;
			return s->changes.v[mid];
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	c = mem_zero(1, sizeof(*c));
	c->path = mem_dup(path);
	buf_init(&c->data);
	vec_push(&s->changes, c);
	memmove(s->changes.v + low + 1, s->changes.v + low,
	    (s->changes.n - 1 - low) * sizeof(c));
	s->changes.v[low] = c;
	return c;
}

struct err *
store_put(struct store *s, const char *path, const void *data, size_t len)
{
	struct err *e = path_vet(path, "a file of the ledger");

	if (e == NULL)
		buf_add(&change_of(s, path)->data, data, len);
	return e;
}

void
store_remove(struct store *s, const char *path)
{
	change_of(s, path)->removed = true;
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

/* Everything that is to be in the commit; *out is the caller's to free. */
static size_t
gather(const struct store *s, struct repo_file **out)
{
	size_t n = 0;

	*out = mem_zero(s->changes.n + s->orders.n, sizeof(**out));
	for (size_t i = 0; i < s->changes.n; i++)
		(*out)[n++] = (struct repo_file){ s->changes.v[i]->path,
			s->changes.v[i]->removed ? NULL :
						   s->changes.v[i]->data.data,
			s->changes.v[i]->data.len };
	for (size_t i = 0; i < s->orders.n; i++) {
		const struct open_order *o = s->orders.v[i];

		if (o->stream->n != o->n)
			(*out)[n++] = (struct repo_file){ o->path,
				o->stream->bytes.data, o->stream->bytes.len };
	}
	return n;
}

static struct repo_person
person(const struct store *s)
{
	return (struct repo_person){ s->identity.name, s->identity.email,
		s->env->now, date_zone_at(s->env->now) };
}

static bool
is_at(const struct store *s, const char *commit)
{
	char head[REPO_HEX];
	struct err *e = repo_head(s->repo, head);
	bool there = e == NULL && strcmp(head, commit) == 0;

	err_drop(e); /* then nobody can tell */
	return there;
}

/*
 * The branch moves, then work tree and index follow; the journal stands while
 * they differ.  stage is NULL where only the commits tell what changed.  Once
 * the branch has moved it is recorded: what fails after that is no failure of
 * the command, whose user would record it twice.
 */
static struct err *
advance(struct store *s, const char *commit, const struct journal_stage *stage,
    const char *why)
{
	struct repo_person who = person(s);
	struct err *e, *unsure;

	if (s->lag != NULL)
		return err_new(ERR_SYSTEM, "%s", s->lag);
	if ((e = journal_write(s->ledger, s->head, commit)) != NULL)
		return e;
	unsure = repo_advance(s->repo, s->head, commit, why, &who);
	if (unsure != NULL && !is_at(s, commit)) { /* nothing has happened */
		repo_unlog(s->repo, commit);
		return err_first(unsure, journal_clear(s->ledger));
	}
	e = stage != NULL ? journal_place(s->ledger, stage) :
			    journal_follow(s->ledger, s->head, commit);
	if (e == NULL)
		e = journal_clear(s->ledger);
	if (e != NULL)
		s->lag = mem_dup(err_text(e));
	err_drop(e); /* told by store_lag() */
	memcpy(s->head, commit, REPO_HEX);
	s->committed = true;
	return err_wrap(unsure, "recorded, but perhaps not on disk yet");
}

struct err *
store_forward(struct store *s, const char *commit)
{
	struct err *e = journal_lock_index(s->ledger);

	if (e == NULL)
		e = advance(s, commit, NULL, "sync: forward");
	repo_unlock(s->repo);
	return e;
}

struct err *
store_replace(struct store *s, const char *commit, const char *why)
{
	struct repo_person who = person(s);
	struct err *e = journal_lock_index(s->ledger);

	if (e == NULL)
		e = repo_advance(s->repo, s->head, commit, why, &who);
	repo_unlock(s->repo);
	if (e == NULL)
		memcpy(s->head, commit, REPO_HEX);
	return e;
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
	if (e == NULL && (e = journal_lock_index(s->ledger)) == NULL)
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

/* Did a git move the branch, but none of the files that we are to write? */
static bool
may_follow(struct store *s, const struct repo_file *files, size_t n)
{
	char head[REPO_HEX];
	bool same = true;
	struct err *e = repo_head(s->repo, head);

	if (e == NULL && strcmp(head, s->head) == 0)
		same = false;
	for (size_t i = 0; i < n && e == NULL && same; i++)
		e = repo_same(&same, s->repo, s->head, head, files[i].path);
	if (e == NULL && same)
		memcpy(s->head, head, REPO_HEX);
	same &= e == NULL;
	err_drop(e); /* the conflict is the error to tell */
	return same;
}

/* On top of s->head, or nothing: what was written for it is taken back. */
static struct err *
commit_once(struct store *s, const struct repo_file *files, size_t n,
    const char *text, char *commit)
{
	struct repo_person who = person(s);
	struct journal_stage stage = { 0 };
	char *line = mem_ndup(text, strcspn(text, "\n"));
	struct err *e = write_commit(s, files, n, text, &who, commit);

	if (e == NULL &&
	    (e = journal_prepare(&stage, s->ledger, commit, files, n)) == NULL)
		e = advance(s, commit, &stage, line);
	if (e != NULL && commit[0] != '\0') {
		char head[REPO_HEX];

		/* unknown is as good as moved: then it is needed */
		struct err *f = repo_head(s->repo, head);
		if (f == NULL && strcmp(head, commit) != 0)
			repo_forget(s->repo, commit);
		err_drop(f);
	}
	journal_release(&stage);
	repo_unlock(s->repo);
	free(line);
	return e;
}

struct err *
store_commit(struct store *s, const char *subject, char commit[static REPO_HEX])
{
	struct repo_file *files = NULL;
	size_t n = gather(s, &files);
	char *text = message(s, subject);
	struct err *e = NULL;

	commit[0] = '\0';
	if (n == 0 && s->other[0] == '\0')
		goto done;
	while ((e = commit_once(s, files, n, text, commit)) != NULL &&
	    err_is(e, ERR_CONFLICT) && may_follow(s, files, n))
		err_drop(e); /* once more, on top of what git committed */
	if (e != NULL) {
		if (strcmp(s->head, commit) != 0)
			commit[0] = '\0';
		goto done;
	}
	s->other[0] = '\0';
	drop_changes(s);
	for (size_t i = 0; i < s->orders.n; i++)
		s->orders.v[i]->n = s->orders.v[i]->stream->n;
done:
	free(text);
	free(files);
	return e;
}

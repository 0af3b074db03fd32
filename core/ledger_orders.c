/* SPDX-License-Identifier: ISC */
#include "core/ledger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/file.h"
#include "core/util/near.h"
#include "core/util/path.h"

/*
 * Names.
 */

static bool
is_device_name(const char *id)
{
	static const char *const names[] = { "con", "prn", "aux", "nul" };
	size_t stem = strcspn(id, ".");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (stem == 3 && strncasecmp(id, names[i], 3) == 0)
			return true;
	return stem == 4 && isdigit((unsigned char)id[3]) && id[3] != '0' &&
	    (strncasecmp(id, "com", 3) == 0 || strncasecmp(id, "lpt", 3) == 0);
}

struct err *
ledger_vet_id(const char *id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(id);
	const char *why = NULL;

	if (len == 0 || len > LEDGER_ID_MAX)
		why = "must have 1 to 64 characters";
	else if (strspn(id, allowed) != len)
		why = "may hold letters, digits, dot, dash and underscore";
	else if (!isalnum((unsigned char)id[0]))
		why = "begins with a letter or a digit";
	else if (id[len - 1] == '.')
		why = "may not end in a dot";
	else if (is_device_name(id))
		why = "may not be the name of a Windows device";
	if (why == NULL)
		return NULL;
	return err_hint(
	    err_new(ERR_INVALID, "\"%.80s\" is no order id: it %s", id, why),
	    "keep what the platform prints with --set native_id=...");
}

char *
ledger_order_path(const char *month, const char *id)
{
	return mem_printf("orders/%s/%s.yaml", month, id);
}

/*
 * Orders.
 */

static int
newest_first(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static bool
is_month(const char *name)
{
	return strlen(name) == 7 && name[4] == '-' &&
	    strspn(name, "0123456789-") == 7;
}

static struct err *
months(struct strs *out, const struct ledger *l)
{
	char *orders = path_join(l->dir, "orders");
	struct err *e = file_list(out, orders);

	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no order yet */
		e = NULL;
	}
	vec_sort(out, newest_first);
	free(orders);
	return e;
}

/* "MONTH/ID" of a file ID.yaml, or NULL: it is no order's. */
static char *
order_name(const char *month, const char *file)
{
	size_t len = strlen(file), end = strlen(".yaml");
	char *id, *name = NULL;
	struct err *e;

	if (len <= end || strcmp(file + len - end, ".yaml") != 0)
		return NULL;
	id = mem_ndup(file, len - end);
	if ((e = ledger_vet_id(id)) == NULL)
		name = mem_printf("%s/%s", month, id);
	err_drop(e); /* the answer is no */
	free(id);
	return name;
}

struct err *
ledger_orders(struct strs *out, const struct ledger *l)
{
	struct strs all = VEC_INIT;
	struct err *e = months(&all, l);

	for (size_t i = 0; i < all.n && e == NULL; i++) {
		struct strs names = VEC_INIT;
		char *sub = mem_printf("%s/orders/%s", l->dir, all.v[i]);

		if (is_month(all.v[i]))
			e = file_list(&names, sub);
		for (size_t j = 0; j < names.n; j++) {
			char *name = order_name(all.v[i], names.v[j]);

			if (name != NULL)
				strs_take(out, name);
		}
		strs_release(&names);
		free(sub);
	}
	strs_release(&all);
	return e;
}

char *
ledger_committed(struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	struct buf bytes = BUF_INIT;
	struct repo *repo;
	char head[REPO_HEX], *found = NULL;
	struct err *e = ledger_repo(&repo, l);

	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_list(repo, head, "orders", &all);
	for (size_t i = 0; i < all.n && e == NULL && found == NULL; i++) {
		char *path = ledger_order_path(all.v[i], id);

		e = repo_read(repo, head, path, &bytes);
		if (e == NULL)
			found = path;
		else
			free(path);
		if (err_is(e, ERR_NOT_FOUND)) {
			err_drop(e); /* another month may have it */
			e = NULL;
		}
	}
	err_drop(e); /* what cannot be looked up was not found */
	buf_release(&bytes);
	strs_release(&all);
	return found;
}

static struct err *
order_is_gone(const struct ledger *l, const char *id, const char *path)
{
	return err_hint(err_new(ERR_NOT_FOUND,
			    "the file of order %s is gone, "
			    "though the last commit has it",
			    id),
	    "put it back: git -C '%s' restore '%s'", l->dir, path);
}

/* "no order X", with the nearest name that exists. */
static struct err *
no_such_order(const struct ledger *l, const char *id)
{
	/* the repository is opened, and answers the same */
	char *lost = ledger_committed((struct ledger *)l, id);
	struct strs all = VEC_INIT;
	struct near near;
	struct err *e;

	if (lost != NULL) {
		e = order_is_gone(l, id, lost);
		free(lost);
		return e;
	}
	/* this only helps to word an error that is made anyway */
	err_drop(ledger_orders(&all, l));
	near_init(&near, id);
	for (size_t i = 0; i < all.n; i++)
		near_try(&near, path_base(all.v[i]));
	e = err_new(ERR_NOT_FOUND, "there is no order %.80s", id);
	if (near.best != NULL)
		e = err_hint(e, "did you mean %s?", near.best);
	else if (all.n > 0)
		e = err_hint(e, "see which there are: deed list");
	else
		e = err_hint(e, "start it: deed open %.80s", id);
	strs_release(&all);
	return e;
}

struct err *
ledger_month(char **out, const struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	struct err *e;

	*out = NULL;
	if ((e = ledger_vet_id(id)) != NULL)
		return e;
	e = months(&all, l);
	for (size_t i = 0; i < all.n && e == NULL && *out == NULL; i++) {
		char *path = ledger_order_path(all.v[i], id);
		char *full = path_join(l->dir, path);

		if (is_month(all.v[i]) && file_exists(full))
			*out = mem_dup(all.v[i]);
		free(full);
		free(path);
	}
	strs_release(&all);
	if (e == NULL && *out == NULL)
		e = no_such_order(l, id);
	return e;
}

struct err *
ledger_exists(const struct ledger *l, const char *id)
{
	char *month;
	struct err *e = ledger_month(&month, l, id);

	free(month);
	return e;
}

struct err *
ledger_vet_new(struct ledger *l, const char *id)
{
	struct strs all = VEC_INIT;
	char *lost = NULL;
	struct err *e;

	if ((e = ledger_vet_id(id)) == NULL)
		e = ledger_orders(&all, l);
	for (size_t i = 0; i < all.n && e == NULL; i++)
		if (strcasecmp(path_base(all.v[i]), id) == 0)
			e = err_hint(
			    err_new(ERR_EXISTS, "there is an order %s already",
				path_base(all.v[i])),
			    "make it the current one: deed switch %s",
			    path_base(all.v[i]));
	if (e == NULL && (lost = ledger_committed(l, id)) != NULL)
		e = order_is_gone(l, id, lost);
	free(lost);
	strs_release(&all);
	return e;
}

bool
ledger_split_path(char **month, char **id, const char *path)
{
	size_t len = strlen(path), head = strlen("orders/2026-11/");
	char *first, *second;
	bool good;
	struct err *e;

	if (len < head + 6 || strncmp(path, "orders/", 7) != 0 ||
	    path[head - 1] != '/' || strcmp(path + len - 5, ".yaml") != 0)
		return false;
	first = mem_ndup(path + 7, 7);
	second = mem_ndup(path + head, len - head - 5);
	e = ledger_vet_id(second);
	good = e == NULL && is_month(first);
	err_drop(e); /* the answer is no */
	if (good && month != NULL)
		*month = first;
	else
		free(first);
	if (good && id != NULL)
		*id = second;
	else
		free(second);
	return good;
}

bool
ledger_has_marks(const struct buf *file)
{
	return strncmp(file->data, "<<<<<<< ", 8) == 0 ||
	    strstr(file->data, "\n<<<<<<< ") != NULL;
}

/* What the last commit holds, instead of what git left half merged. */
static struct err *
read_ours(struct buf *bytes, struct ledger *l, const char *path)
{
	struct repo *repo;
	char head[REPO_HEX];
	struct err *e = ledger_repo(&repo, l);

	buf_clear(bytes);
	if (e == NULL && (e = repo_head(repo, head)) == NULL)
		e = repo_read(repo, head, path, bytes);
	return e;
}

bool
ledger_is_cut(const struct buf *part, const struct buf *whole)
{
	size_t len = part->len;

	while (len > 0 && part->data[len - 1] == '\0')
		len--;
	return len < whole->len && memcmp(part->data, whole->data, len) == 0;
}

/*
 * What a power cut does to a file that was about to be there: it is empty, or
 * does not reach its end.
 */
static bool
looks_cut(const struct buf *bytes)
{
	return bytes->len == 0 || bytes->data[bytes->len - 1] != '\n';
}

/* The last commit's bytes, if those of the work tree are the start of them. */
static struct err *
mend_cut(struct buf *bytes, struct ledger *l, const char *path)
{
	struct buf ours = BUF_INIT;
	struct err *e = read_ours(&ours, l, path);

	if (e == NULL && ledger_is_cut(bytes, &ours)) {
		buf_clear(bytes);
		buf_add(bytes, ours.data, ours.len);
	}
	buf_release(&ours);
	if (err_is(e, ERR_NOT_FOUND)) {
		err_drop(e); /* no commit has it: the file speaks for itself */
		e = NULL;
	}
	return e;
}

struct err *
ledger_load(struct stream **out, struct ledger *l, const char *id)
{
	struct buf bytes = BUF_INIT;
	char *month, *path, *full;
	struct err *e = ledger_month(&month, l, id);

	*out = NULL;
	if (e != NULL)
		return e;
	path = ledger_order_path(month, id);
	full = path_join(l->dir, path);
	e = file_read(&bytes, full, STREAM_MAX);
	if (e == NULL && ledger_has_marks(&bytes))
		e = read_ours(&bytes, l, path);
	else if (e == NULL && looks_cut(&bytes))
		e = mend_cut(&bytes, l, path);
	if (e == NULL)
		e = stream_parse(out, &bytes, path);
	buf_release(&bytes);
	free(full);
	free(path);
	free(month);
	return e;
}

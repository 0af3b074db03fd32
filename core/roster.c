/* SPDX-License-Identifier: ISC */
#include "core/roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ext/deflate.h"
#include "core/standing.h"
#include "core/util/file.h"
#include "core/util/path.h"

#define KEPT_FROM 100 /* orders; fewer are read as fast */
#define FILE_MAX (256u << 20)
#define NS 1000000000
#define CRC_LEN 9 /* "cbf43926\n" */

/* Its first line: this, and under which rules the others were made. */
static const char header[] = "deed roster 2 " DEED_VERSION;

/*
 * The second line is the CRC-32 of all behind it.  Each further one is an
 * order: these fields, each ended by NUL, and a line feed.  Text has "=" in
 * front; a field without it says nothing.
 */
enum field {
	FIELD_NAME,
	FIELD_SIZE,
	FIELD_TIME,
	FIELD_CHANGE,
	FIELD_INODE,
	FIELD_FROM, /* when the line is true */
	FIELD_UNTIL,
	FIELD_IDLE,
	FIELD_STATE,
	FIELD_PLATFORM,
	FIELD_BUYER,
	FIELD_TITLE,
	FIELD_DUE,
	FIELDS,
};

/*
 * The file an order was read from.  Whoever gives a file an old time back
 * still cannot set its time of change.
 */
struct stamp {
	int64_t size, time, change, inode; /* times in nanoseconds */
};

struct line {
	const char *name;
	struct stamp stamp;
	int64_t from, until;
	bool idle;
	const char *text[FIELDS];
};

struct roster {
	struct strs names;       /* "MONTH/ID" */
	struct roster_row *rows; /* whose names are where their lines begin */
	struct strs made;        /* lines that were made now */
	struct profiles *profiles;
	int64_t now;
	struct buf header;
	struct file_map kept;   /* the file; its lines are in order */
	const char *next, *end; /* what was not looked at yet */
	struct line line;       /* what was, last; without a name at the end */
	size_t n_lines;
	int64_t written; /* when the file was, in nanoseconds */
};

static int64_t
nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS + t->tv_nsec;
}

static char *
file_name(const struct ledger *l)
{
	return path_join(l->own, "roster");
}

/* Digits, as write_number() has them. */
static int64_t
read_number(const char *p)
{
	uint64_t n = 0;
	bool minus = *p == '-';

	for (p += minus; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	return (int64_t)(minus ? 0 - n : n);
}

/* Cut one line; false at the end, or where it is not as it should be. */
static bool
read_line(struct line *line, const char **at, const char *end)
{
	const char *field[FIELDS];

	for (size_t i = 0; i < FIELDS; i++) {
		const char *nul = memchr(*at, '\0', (size_t)(end - *at));

		if (nul == NULL)
			return false;
		field[i] = *at;
		*at = nul + 1;
	}
	if (*at == end || **at != '\n')
		return false;
	++*at;
	line->name = field[FIELD_NAME];
	line->stamp = (struct stamp){ read_number(field[FIELD_SIZE]),
		read_number(field[FIELD_TIME]),
		read_number(field[FIELD_CHANGE]),
		read_number(field[FIELD_INODE]) };
	line->from = read_number(field[FIELD_FROM]);
	line->until = read_number(field[FIELD_UNTIL]);
	line->idle = field[FIELD_IDLE][0] == '1';
	for (size_t i = FIELD_STATE; i < FIELDS; i++)
		line->text[i] = field[i][0] == '=' ? field[i] + 1 : NULL;
	return line->text[FIELD_STATE] != NULL;
}

static void
write_crc(char out[static CRC_LEN + 1], const char *p, size_t len)
{
	snprintf(out, CRC_LEN + 1, "%08x\n", (unsigned)crc_add(0, p, len));
}

/* By month, newest first, then by id: as ledger_orders() has them. */
static int
compare_names(const char *a, const char *b)
{
	int months = strncmp(b, a, 7);

	return months != 0 ? months : strcmp(a, b);
}

static void
next_line(struct roster *r)
{
	if (r->next < r->end && read_line(&r->line, &r->next, r->end))
		r->n_lines++;
	else
		r->line.name = NULL;
}

/* Where its lines begin: made under these rules, and not damaged; else NULL. */
static const char *
vet_kept(const struct roster *r)
{
	const char *p = r->kept.data + r->header.len;
	size_t len = r->header.len + CRC_LEN;
	char crc[CRC_LEN + 1];

	if (r->kept.len < len ||
	    memcmp(r->kept.data, r->header.data, r->header.len) != 0)
		return NULL;
	write_crc(crc, p + CRC_LEN, r->kept.len - len);
	return memcmp(p, crc, CRC_LEN) == 0 ? p + CRC_LEN : NULL;
}

/* What was kept, if anything and if it can be read. */
static void
read_kept(struct roster *r, const struct ledger *l)
{
	char *path = file_name(l);
	struct stat st;
	struct err *e = file_stat(&st, path);

	if (e == NULL)
		e = file_map(&r->kept, path, FILE_MAX);
	if (e == NULL && (r->next = vet_kept(r)) != NULL) {
		r->end = r->kept.data + r->kept.len;
		r->written = nanoseconds(&st.st_mtim);
		next_line(r);
	}
	err_drop(e); /* it is only there to save time */
	free(path);
}

/*
 * One that changed within a second of being read may have changed again
 * unseen.
 */
static bool
is_of(const struct line *line, const struct stamp *now, int64_t written)
{
	return line->stamp.size == now->size && line->stamp.time == now->time &&
	    line->stamp.change == now->change &&
	    line->stamp.inode == now->inode && now->time < written - NS;
}

/*
 * The line of an order, if it was made from this very file and still holds;
 * good until the next is asked for, whose name comes later.
 */
static const struct line *
find_line(struct roster *r, const char *name, const struct stamp *now)
{
	const struct line *line = &r->line;
	int order = -1;

	while (
	    line->name != NULL && (order = compare_names(line->name, name)) < 0)
		next_line(r);
	return line->name != NULL && order == 0 &&
		is_of(line, now, r->written) && line->from <= r->now &&
		r->now <= line->until ?
	    line :
	    NULL;
}

/*
 * Parse what could be an event of the platform, or anything, if a correction
 * may have made it one.  *more: there was such an entry.
 */
static struct err *
hear(bool *more, const struct order *o, struct profiles *ps)
{
	const struct profile *profile;
	struct stream *s = o->stream;
	bool corrected = order_count(o, "correction") > 0;
	struct err *e = clock_profile(&profile, o, ps);

	*more = false;
	for (size_t i = 0; i < s->n && e == NULL; i++) {
		struct entry *entry = &s->v[i];
		const struct node *content;

		if (entry->content != NULL || entry->content_len == 0 ||
		    entry->forged ||
		    !(corrected ||
			profiles_may_hear(ps, profile, entry->kind,
			    s->bytes.data + entry->content_at,
			    entry->content_len)))
			continue;
		*more = true;
		e = entry_content(&content, s, entry);
	}
	return e;
}

static struct err *
outline(struct order **out, struct stream *stream, const char *id,
    struct profiles *ps)
{
	bool more = false;
	struct err *e = order_outline(out, stream, id);

	if (e == NULL && ps != NULL)
		e = hear(&more, *out, ps);
	if (e == NULL && more) {
		order_free(*out);
		e = order_outline(out, stream, id);
	}
	return e;
}

static void
write_number(struct buf *out, int64_t n)
{
	buf_addf(out, "%" PRId64, n);
	buf_addc(out, '\0');
}

static void
write_line(struct buf *out, const struct line *line)
{
	const struct stamp *s = &line->stamp;

	buf_add(out, line->name, strlen(line->name) + 1);
	write_number(out, s->size);
	write_number(out, s->time);
	write_number(out, s->change);
	write_number(out, s->inode);
	write_number(out, line->from);
	write_number(out, line->until);
	write_number(out, line->idle);
	for (size_t i = FIELD_STATE; i < FIELDS; i++) {
		if (line->text[i] != NULL)
			buf_addf(out, "=%s", line->text[i]);
		buf_addc(out, '\0');
	}
	buf_addc(out, '\n');
}

static size_t
line_len(const char *line)
{
	const char *end = line;

	for (size_t i = 0; i < FIELDS; i++)
		end += strlen(end) + 1;
	return (size_t)(end + 1 - line);
}

/* What clocks make of it, and how long that holds; *due is yours. */
static struct err *
stand(struct line *line, struct node **due, struct roster *r, struct order *o)
{
	struct standing standing;
	struct err *e = standing_find(&standing, o, r->profiles, r->now);

	if (e != NULL)
		return e;
	line->until = CLOCK_ENDLESS;
	for (size_t k = 0; k < standing.clocks.n; k++)
		if (standing.clocks.v[k].latest < line->until)
			line->until = standing.clocks.v[k].latest;
	line->idle = standing.clocks.n == 0 && standing.profile != NULL;
	*due = standing_due(&standing, o);
	standing_release(&standing);
	return NULL;
}

/* Read the order itself; the line, which has name and stamp, moves to made. */
static struct err *
make_line(struct line *line, struct roster *r, struct ledger *l)
{
	const char *id = path_base(line->name), *at;
	struct stream *stream = NULL;
	struct order *order = NULL;
	struct node *due = NULL;
	struct buf made = BUF_INIT;
	struct err *e = ledger_load(&stream, l, id);

	line->from = line->until = r->now;
	if (e == NULL)
		e = outline(&order, stream, id, r->profiles);
	if (e == NULL && r->profiles != NULL)
		e = stand(line, &due, r, order);
	if (e == NULL) {
		line->text[FIELD_STATE] = order_state_name(order->state);
		line->text[FIELD_PLATFORM] =
		    node_text(order->terms, "platform");
		line->text[FIELD_BUYER] = node_text(order->terms, "buyer");
		line->text[FIELD_TITLE] = node_text(order->terms, "title");
		line->text[FIELD_DUE] = node_as_text(due);
		write_line(&made, line);
		at = made.data;
		read_line(line, &at, made.data + made.len);
		strs_take(&r->made, buf_steal(&made));
	}
	node_free(due);
	order_free(order);
	stream_free(stream);
	return e;
}

static void
write_kept(const struct roster *r, const struct ledger *l)
{
	char *path = file_name(l), crc[CRC_LEN + 1];
	struct buf out = BUF_INIT;
	size_t start = r->header.len + CRC_LEN;

	buf_add(&out, r->header.data, r->header.len);
	buf_add(&out, "00000000\n", CRC_LEN);
	for (size_t i = 0; i < r->names.n; i++)
		buf_add(&out, r->rows[i].name, line_len(r->rows[i].name));
	write_crc(crc, out.data + start, out.len - start);
	memcpy(out.data + r->header.len, crc, CRC_LEN);
	/* a ledger that may only be read is read each time */
	err_drop(file_replace_in_order(l->own, path, out.data, out.len, 0600));
	buf_release(&out);
	free(path);
}

/* The folder of the month being looked at. */
struct month {
	int fd; /* or -1 */
	char name[8];
	struct buf file;
};

static void
close_month(struct month *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}

static struct err *
open_month(struct month *m, const struct ledger *l, const char *name)
{
	char *path;
	struct err *e;

	if (m->fd >= 0 && strncmp(m->name, name, 7) == 0)
		return NULL;
	close_month(m);
	memcpy(m->name, name, 7);
	path = mem_printf("%s/orders/%.7s", l->dir, name);
	e = file_open_dir(&m->fd, path);
	free(path);
	return e;
}

/* The file of an order is ID.yaml. */
static struct err *
stat_order(struct stamp *out, struct month *m, const char *id)
{
	struct stat st;
	struct err *e;

	buf_clear(&m->file);
	buf_adds(&m->file, id);
	buf_adds(&m->file, ".yaml");
	if ((e = file_stat_in(&st, m->fd, m->file.data)) != NULL)
		return e;
	*out = (struct stamp){ (int64_t)st.st_size, nanoseconds(&st.st_mtim),
		nanoseconds(&st.st_ctim), (int64_t)st.st_ino };
	return NULL;
}

static struct err *
fill_row(
    struct roster *r, size_t i, struct ledger *l, struct month *m, bool *made)
{
	struct line fresh = { .name = r->names.v[i] };
	const struct line *line;
	struct err *e;

	if ((e = open_month(m, l, fresh.name)) != NULL ||
	    (e = stat_order(&fresh.stamp, m, path_base(fresh.name))) != NULL)
		return e;
	line = find_line(r, fresh.name, &fresh.stamp);
	if (line == NULL) {
		*made = true;
		if ((e = make_line(&fresh, r, l)) != NULL)
			return e;
		line = &fresh;
	}
	r->rows[i] = (struct roster_row){
		.name = line->name,
		.id = path_base(line->name),
		.state = line->text[FIELD_STATE],
		.platform = line->text[FIELD_PLATFORM],
		.buyer = line->text[FIELD_BUYER],
		.title = line->text[FIELD_TITLE],
		.due = line->text[FIELD_DUE],
		.idle = line->idle,
	};
	return NULL;
}

/* Local days count in clocks: another zone is another rule. */
static void
write_header(struct roster *r)
{
	buf_adds(&r->header, header);
	for (int month = 0; month < 12; month++)
		buf_addf(&r->header, " %d",
		    date_zone_at(r->now + month * 30 * DATE_DAY));
	profiles_stamp(&r->header, r->profiles);
	buf_addc(&r->header, '\n');
}

static void
keep_like(struct strs *names, const char *like)
{
	size_t n = 0;

	for (size_t i = 0; i < names->n; i++)
		if (strcasestr(path_base(names->v[i]), like) != NULL)
			names->v[n++] = names->v[i];
		else
			free(names->v[i]);
	names->n = n;
}

struct err *
roster_load(struct roster **out, struct ledger *l, struct profiles *profiles,
    int64_t now, const char *like)
{
	struct roster *r = mem_zero(1, sizeof(*r));
	struct month month = { .fd = -1, .file = BUF_INIT };
	bool made = false, keeps;
	struct err *e = ledger_orders(&r->names, l);

	*out = NULL;
	r->profiles = profiles;
	r->now = now;
	buf_init(&r->header);
	r->rows = mem_zero(r->names.n, sizeof(*r->rows));
	/* a half merged work tree is not what is read */
	keeps = r->names.n >= KEPT_FROM && !l->conflicted && profiles != NULL;
	if (keeps) {
		write_header(r);
		read_kept(r, l);
	}
	if (like != NULL)
		keep_like(&r->names, like);
	for (size_t i = 0; i < r->names.n && e == NULL; i++)
		e = fill_row(r, i, l, &month, &made);
	close_month(&month);
	buf_release(&month.file);
	if (e == NULL && keeps && like == NULL) {
		while (r->line.name != NULL) /* of orders that are gone */
			next_line(r);
		if (made || r->n_lines != r->names.n)
			write_kept(r, l);
	}
	if (e != NULL)
		roster_free(r);
	else
		*out = r;
	return e;
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	strs_release(&r->names);
	strs_release(&r->made);
	file_unmap(&r->kept);
	buf_release(&r->header);
	free(r->rows);
	free(r);
}

size_t
roster_count(const struct roster *r)
{
	return r->names.n;
}

const struct roster_row *
roster_at(const struct roster *r, size_t i)
{
	return &r->rows[i];
}

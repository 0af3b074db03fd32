/* SPDX-License-Identifier: ISC */
/*
 * Discord, as DiscordChatExporter writes it: JSON, CSV and plain text; and the
 * raw answers of its API that other tools keep.
 */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/intake/csv.h"
#include "core/intake/dates.h"
#include "core/intake/field.h"
#include "core/util/path.h"

/* Ids hold the time they were made at, counted from here. */
#define DISCORD_EPOCH INT64_C(1420070400000000)
#define CLOCK_SLACK INT64_C(2000000) /* microseconds an id may differ */

struct discord {
	struct reading *r;
	char *dir;
	size_t n;
	int64_t declared; /* messageCount, or -1 */
	size_t unlike;    /* messages whose id says another time */
};

/*
 * JSON.
 */

static bool
is_service(const struct node *m)
{
	static const char *const typed[] = { "Default", "Reply", "20",
		"ChatInputCommand", "23", "ContextMenuCommand",
		"ThreadStarterMessage", "ApplicationCommand", "0", "19", "21" };
	char store[24];
	struct span type = field_text(m, "type", store);

	if (type.p == NULL)
		return false;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		if (span_is(type, typed[i]))
			return false;
	return true;
}

/* The id is a clock, too: a time that was edited by hand does not agree. */
static void
compare_clock(struct discord *d, struct span id, const struct stamp *at)
{
	uint64_t v = 0;
	int64_t us;

	if (id.p == NULL || id.len < 15 || id.len > 19 ||
	    at->kind == STAMP_NONE)
		return;
	for (size_t i = 0; i < id.len; i++) {
		if (!isdigit((unsigned char)id.p[i]))
			return;
		v = v * 10 + (uint64_t)(id.p[i] - '0');
	}
	us = (int64_t)(v >> 22) * 1000 + DISCORD_EPOCH;
	d->unlike += us - at->us > CLOCK_SLACK || at->us - us > CLOCK_SLACK;
}

static void
add_embeds(struct buf *out, const struct node *list)
{
	static const char *const keys[] = { "title", "description", "url" };

	for (size_t i = 0; i < node_count(list); i++)
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			struct span text = span_get(node_at(list, i), keys[k]);

			if (text.p == NULL || text.len == 0)
				continue;
			if (out->len > 0)
				buf_addc(out, '\n');
			buf_add(out, text.p, text.len);
		}
}

static size_t
read_files(const struct discord *d, const struct node *m,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(m, "attachments");
	const struct node *stickers = node_get(m, "stickers");
	size_t n = 0;

	for (size_t i = 0; i < node_count(list) && n < MESSAGE_ATTACHMENTS_MAX;
	     i++) {
		const struct node *f = node_at(list, i);
		struct span url = span_get(f, "url");

		out[n] = (struct attachment){ .name = span_get(f, "fileName"),
			.type = span_get(f, "content_type"),
			.size = field_number(
			    f, "fileSizeBytes", field_number(f, "size", -1)) };
		if (out[n].name.p == NULL)
			out[n].name = span_get(f, "filename");
		if (url.p != NULL)
			out[n].part =
			    input_locate(d->r->input, d->dir, url.p, url.len);
		n++;
	}
	for (size_t i = 0;
	     i < node_count(stickers) && n < MESSAGE_ATTACHMENTS_MAX; i++)
		out[n++] = (struct attachment){
			.name = span_get(node_at(stickers, i), "name"),
			.type = span_of("sticker"),
			.size = -1,
		};
	return n;
}

static struct node *
read_more(const struct node *m)
{
	static const char *const keys[] = { "reactions", "embeds",
		"forwardedMessage", "interaction", "isPinned" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], "isPinned") != 0 || node_flag(m, keys[i]))
			field_keep(more, m, keys[i]);
	return more;
}

static void
read_people(struct message *m, const struct node *n, char store[static 24])
{
	const struct node *author = node_get(n, "author");
	struct span nick = span_get(author, "nickname");

	m->author = span_get(author, "name");
	if (m->author.p == NULL)
		m->author = span_get(author, "username");
	if (m->author.p == NULL)
		m->author = span_get(author, "global_name");
	if (nick.len > 0 && m->author.p != NULL &&
	    !(nick.len == m->author.len &&
		memcmp(nick.p, m->author.p, nick.len) == 0))
		m->author_raw = nick;
	m->author_id = field_text(author, "id", store);
}

static void
read_reply(struct message *m, const struct node *n)
{
	const struct node *ref = node_get(n, "reference");

	m->reply_to = span_get(ref, "messageId");
	if (m->reply_to.p == NULL)
		m->reply_to =
		    span_get(node_get(n, "message_reference"), "message_id");
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct discord *d = arg;
	struct sink *sink = d->r->sink;
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	char id[24], author[24], type[24];
	struct message m = { .line = line };
	struct buf text = BUF_INIT;
	struct err *e;

	(void)index;
	sink_unit(sink);
	d->n++;
	if (n->type != NODE_MAP) {
		sink_skip(sink, d->r->main->name, line, "it is no message");
		return NULL;
	}
	if (!field_iso(&m.at, n, "timestamp"))
		sink_warn(sink,
		    "line %lu: a message without a time that can be read",
		    line);
	m.id = field_text(n, "id", id);
	compare_clock(d, m.id, &m.at);
	m.edited = field_iso(&m.edited_at, n, "timestampEdited") ||
	    field_iso(&m.edited_at, n, "edited_timestamp");
	read_people(&m, n, author);
	read_reply(&m, n);
	m.system = is_service(n);
	m.type = m.system || m.reply_to.p != NULL ?
	    field_text(n, "type", type) :
	    (struct span){ NULL, 0 };
	m.call = m.system && (span_is(m.type, "Call") || span_is(m.type, "3"));
	m.text = span_get(n, "content");
	if (m.text.len == 0) {
		add_embeds(&text, node_get(n, "embeds"));
		m.text = (struct span){ text.data, text.len };
	}
	m.n_attachments = read_files(d, n, files);
	m.attachments = files;
	m.more = read_more(n);
	e = sink_add(sink, &m);
	node_free((struct node *)m.more);
	buf_release(&text);
	return e;
}

static void
name_channel(
    struct discord *d, const struct node *guild, const struct node *channel)
{
	struct span name = span_get(channel, "name");
	struct buf title = BUF_INIT;

	if (span_get(guild, "name").len > 0)
		buf_addf(&title, "%s / ", node_text(guild, "name"));
	if (name.p != NULL)
		buf_add(&title, name.p, name.len);
	sink_title(d->r->sink, title.data, title.len);
	sink_member(d->r->sink, span_of(""), name);
	buf_release(&title);
}

static struct err *
read_export(struct discord *d, struct scan *s)
{
	struct node *guild = NULL, *channel = NULL, *count = NULL;
	const char *key;
	struct err *e = scan_enter(s, '{');

	while (e == NULL && (e = scan_key(s, &key)) == NULL && key != NULL) {
		if (strcmp(key, "messages") == 0)
			e = field_each(s, read_message, d);
		else if (strcmp(key, "guild") == 0 && guild == NULL)
			e = scan_value(s, &guild);
		else if (strcmp(key, "channel") == 0 && channel == NULL)
			e = scan_value(s, &channel);
		else if (strcmp(key, "messageCount") == 0 && count == NULL)
			e = scan_value(s, &count);
		else
			e = scan_skip(s);
	}
	name_channel(d, guild, channel);
	if (count != NULL && count->type == NODE_INT)
		d->declared = count->number;
	node_free(guild);
	node_free(channel);
	node_free(count);
	return e;
}

static struct err *
read_json(void *arg, struct scan *s)
{
	char c;
	struct err *e = scan_peek(s, &c);

	if (e != NULL)
		return e;
	return c == '[' ? field_each(s, read_message, arg) :
			  read_export(arg, s);
}

static void
check_count(const struct discord *d)
{
	if (d->declared >= 0 && (size_t)d->declared != d->n)
		sink_warn(d->r->sink,
		    "the export says it has %" PRId64 " messages, and has %zu",
		    d->declared, d->n);
	if (d->unlike > 0)
		sink_warn(d->r->sink,
		    "messages whose id tells another time than the message: "
		    "%zu",
		    d->unlike);
}

static struct err *
read_discord(struct reading *r)
{
	struct discord d = { .r = r, .declared = -1 };
	char *dir = path_parent(r->main->name);
	struct err *e;

	d.dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	e = field_document(r, r->main, read_json, &d);
	if (e == NULL)
		check_count(&d);
	free(d.dir);
	free(dir);
	return e;
}

static int
detect(const struct probe *p)
{
	if (p->root == '{' && probe_has(p, "guild") &&
	    probe_has(p, "channel") && probe_has(p, "messages"))
		return READER_SURE;
	if (p->root == '[' && probe_has(p, "[].author.username") &&
	    probe_has(p, "[].channel_id"))
		return READER_SURE;
	return 0;
}

const struct reader reader_discord = {
	.name = "discord",
	.title = "Discord export",
	.channel = "discord",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_discord,
};

/*
 * CSV.
 */

struct columns {
	int id, author, date, content, attachments, reactions;
};

static void
find_columns(struct columns *c, const struct csv_row *header)
{
	c->id = csv_column(header, "AuthorID");
	c->author = csv_column(header, "Author");
	c->date = csv_column(header, "Date");
	c->content = csv_column(header, "Content");
	c->attachments = csv_column(header, "Attachments");
	c->reactions = csv_column(header, "Reactions");
}

/* The date as the exporter's own form, else as one of a locale. */
static bool
read_date(struct stamp *out, struct span text, enum date_order order)
{
	struct date_time d;

	*out = (struct stamp){ 0 };
	if (text.p == NULL)
		return false;
	if (stamp_iso(out, text.p, text.len))
		return true;
	return dates_read(&d, text.p, text.len) == text.len &&
	    dates_stamp(out, &d, order);
}

/* Weigh all dates of the file that are in a locale's form. */
static struct err *
weigh_csv(enum date_order *order, struct reading *r)
{
	struct date_evidence v = { .n = 0 };
	const struct csv_row *row;
	struct columns col = { .date = -1 };
	struct date_time d;
	struct stamp at;
	struct csv *csv;
	struct err *e = csv_open(&csv, r->main);

	*order = r->date_order;
	for (bool first = true; e == NULL && *order == DATE_UNKNOWN &&
	     (e = csv_next(csv, &row)) == NULL && row != NULL;
	     first = false) {
		struct span text = csv_cell(row, col.date);

		if (first)
			find_columns(&col, row);
		else if (text.p != NULL && !stamp_iso(&at, text.p, text.len) &&
		    dates_read(&d, text.p, text.len) > 0)
			*order = dates_weigh(&v, &d.date, row->line);
	}
	csv_close(csv);
	if (e == NULL && *order == DATE_UNKNOWN)
		e = dates_decide(order, &v, r->main->name);
	return e;
}

static struct attachment
one_file(struct reading *r, struct span url)
{
	struct span name = field_base(url);
	const char *query = memchr(name.p, '?', name.len);

	if (query != NULL)
		name.len = (size_t)(query - name.p);
	return (struct attachment){ .name = name,
		.size = -1,
		.part = input_locate(r->input, "", url.p, url.len) };
}

/* Addresses with commas between them. */
static size_t
split_files(struct reading *r, struct span list,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const char *p = list.p, *end = p + list.len;
	size_t n = 0;

	while (p != NULL && p < end && n < MESSAGE_ATTACHMENTS_MAX) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		size_t len =
		    comma != NULL ? (size_t)(comma - p) : (size_t)(end - p);

		if (len > 0)
			out[n++] = one_file(r, (struct span){ p, len });
		p += len + (comma != NULL);
	}
	return n;
}

static struct err *
read_row(struct reading *r, const struct csv_row *row,
    const struct columns *col, enum date_order order)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = row->line };
	struct span reactions = csv_cell(row, col->reactions);
	struct node *more = node_map();
	struct err *e;

	m.author = csv_cell(row, col->author);
	if (m.author.len == 0 ||
	    !read_date(&m.at, csv_cell(row, col->date), order)) {
		sink_skip(r->sink, NULL, row->line,
		    m.author.len == 0 ? "it names no author" :
					"its date cannot be read");
		node_free(more);
		return NULL;
	}
	m.author_id = csv_cell(row, col->id);
	m.text = csv_cell(row, col->content);
	m.n_attachments =
	    split_files(r, csv_cell(row, col->attachments), files);
	m.attachments = files;
	if (reactions.len > 0)
		node_put(
		    more, "reactions", node_strn(reactions.p, reactions.len));
	m.more = more;
	e = sink_add(r->sink, &m);
	node_free(more);
	return e;
}

static struct err *
read_discord_csv(struct reading *r)
{
	const struct csv_row *row;
	struct columns col = { 0 };
	enum date_order order;
	struct csv *csv = NULL;
	struct err *e;

	if ((e = weigh_csv(&order, r)) != NULL ||
	    (e = csv_open(&csv, r->main)) != NULL)
		return e;
	for (bool first = true;
	     (e = csv_next(csv, &row)) == NULL && row != NULL; first = false) {
		sink_unit(r->sink);
		if (first)
			find_columns(&col, row);
		if (first || row->blank)
			sink_continue(r->sink);
		else if ((e = read_row(r, row, &col, order)) != NULL)
			break;
	}
	sink_note_text(r->sink, csv_text(csv));
	csv_close(csv);
	return e;
}

static int
detect_csv(const struct probe *p)
{
	return p->part != NULL &&
		strncmp(probe_line(p, 0), "AuthorID,Author,Date,Content", 28) ==
		    0 ?
	    READER_SURE :
	    0;
}

const struct reader reader_discord_csv = {
	.name = "discord-csv",
	.title = "Discord export (CSV)",
	.channel = "discord",
	.order = SINK_AS_IS,
	.detect = detect_csv,
	.read = read_discord_csv,
};

/*
 * Plain text.
 */

/* What may follow a text, each under a line of its own. */
enum block {
	BLOCK_FILES,
	BLOCK_EMBEDS,
	BLOCK_STICKERS,
	BLOCK_REACTIONS,
	BLOCK_NONE
};

struct plain {
	struct reading *r;
	enum date_order order;
	bool open;
	enum block block; /* the one we are in */
	struct stamp at;
	struct buf author, body;
	struct strs files;
	struct node *more; /* what stands in the other blocks, by their names */
	unsigned long line;
	size_t n;
};

/* "[dd/MM/yyyy HH:mm] author (pinned)": where the author begins, or 0. */
static size_t
read_header(struct date_time *d, const struct line *line)
{
	size_t used;

	if (line->len < 4 || line->p[0] != '[')
		return 0;
	used = dates_read(d, line->p + 1, line->len - 1);
	if (used == 0 || !d->has_time || used + 3 > line->len ||
	    line->p[1 + used] != ']' || line->p[2 + used] != ' ')
		return 0;
	return used + 3;
}

static struct err *
weigh_text(enum date_order *order, struct reading *r, struct text *t)
{
	struct date_evidence v = { .n = 0 };
	struct date_time d;
	struct line line;
	struct err *e = NULL;

	*order = r->date_order;
	while (*order == DATE_UNKNOWN && (e = text_next(t, &line)) == NULL &&
	    line.p != NULL)
		if (read_header(&d, &line) > 0)
			*order = dates_weigh(&v, &d.date, line.number);
	if (e == NULL && *order == DATE_UNKNOWN)
		e = dates_decide(order, &v, r->main->name);
	return e != NULL ? e : text_rewind(t);
}

static struct err *
flush(struct plain *p)
{
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .at = p->at, .line = p->line };
	struct err *e;

	if (!p->open)
		return NULL;
	p->open = false;
	while (p->body.len > 0 && p->body.data[p->body.len - 1] == '\n')
		buf_cut(&p->body, p->body.len - 1);
	m.author = (struct span){ p->author.data, p->author.len };
	m.text = (struct span){ p->body.data, p->body.len };
	for (; m.n_attachments < p->files.n; m.n_attachments++)
		files[m.n_attachments] =
		    one_file(p->r, span_of(p->files.v[m.n_attachments]));
	m.attachments = files;
	m.more = p->more;
	e = sink_add(p->r->sink, &m);
	strs_release(&p->files);
	node_free(p->more);
	p->more = NULL;
	return e;
}

static void
begin(struct plain *p, const struct line *line, size_t from,
    const struct stamp *at)
{
	static const char pinned[] = " (pinned)";
	size_t len = line->len - from, n = sizeof(pinned) - 1;

	if (len > n && memcmp(line->p + line->len - n, pinned, n) == 0)
		len -= n;
	p->open = true;
	p->block = BLOCK_NONE;
	p->more = node_map();
	p->at = *at;
	p->line = line->number;
	p->n++;
	buf_clear(&p->author);
	buf_clear(&p->body);
	buf_add(&p->author, line->p + from, len);
}

static enum block
block_of(const char *line)
{
	static const char *const lines[] = { "{Attachments}", "{Embed}",
		"{Stickers}", "{Reactions}" };
	enum block block = BLOCK_FILES;

	while (block < BLOCK_NONE && strcmp(line, lines[block]) != 0)
		block++;
	return block;
}

static void
add_to_block(struct plain *p, const struct line *line)
{
	static const char *const keys[] = { "", "embeds", "stickers",
		"reactions" };
	const char *key = keys[p->block];
	struct node *list = node_get(p->more, key);

	if (p->block == BLOCK_FILES) {
		if (p->files.n < MESSAGE_ATTACHMENTS_MAX)
			strs_add(&p->files, line->p);
		return;
	}
	if (list == NULL)
		list = node_put(p->more, key, node_list());
	node_push(list, node_strn(line->p, line->len));
}

static void
go_on(struct plain *p, const struct line *line)
{
	enum block block = block_of(line->p);

	if (block != BLOCK_NONE) {
		p->block = block;
		return;
	}
	if (p->block != BLOCK_NONE && line->len > 0) {
		add_to_block(p, line);
		return;
	}
	p->block = BLOCK_NONE;
	if (p->body.len > 0)
		buf_addc(&p->body, '\n');
	buf_add(&p->body, line->p, line->len);
}

/* The frame around the messages: its lines are no part of them. */
static bool
is_rule(const char *line)
{
	size_t n = strspn(line, "=");

	return n == 62 && line[n] == '\0';
}

static void
read_frame(struct plain *p, const struct line *line)
{
	if (strncmp(line->p, "Channel: ", 9) == 0)
		sink_title(p->r->sink, line->p + 9, line->len - 9);
	if (strncmp(line->p, "Exported ", 9) == 0) {
		char *end;
		unsigned long long n = strtoull(line->p + 9, &end, 10);

		if (end != line->p + 9 && n != p->n)
			sink_warn(p->r->sink,
			    "the export says it has %llu messages, and has "
			    "%zu",
			    n, p->n);
	}
}

static struct err *
take_line(struct plain *p, const struct line *line, bool *frame)
{
	struct date_time d;
	struct stamp at;
	size_t from;
	struct err *e = NULL;

	sink_unit(p->r->sink);
	if (is_rule(line->p)) {
		*frame = !*frame;
		sink_continue(p->r->sink);
		return flush(p);
	}
	if (*frame) {
		read_frame(p, line);
		sink_continue(p->r->sink);
		return NULL;
	}
	from = read_header(&d, line);
	if (from > 0 && dates_stamp(&at, &d, p->order)) {
		if ((e = flush(p)) == NULL)
			begin(p, line, from, &at);
		return e;
	}
	if (!p->open && line->len > 0) {
		sink_skip(
		    p->r->sink, NULL, line->number, "it belongs to no message");
		return NULL;
	}
	sink_continue(p->r->sink);
	if (p->body.len + line->len > TEXT_LINE_MAX)
		return err_new(ERR_LIMIT,
		    "%s:%lu: one message has more than %u bytes",
		    p->r->main->name, line->number, TEXT_LINE_MAX);
	if (p->open)
		go_on(p, line);
	return NULL;
}

static struct err *
read_discord_txt(struct reading *r)
{
	struct plain p = { .r = r };
	bool frame = false;
	struct text *t;
	struct line line;
	struct err *e = text_open(&t, r->main);

	buf_init(&p.author);
	buf_init(&p.body);
	if (e == NULL)
		e = weigh_text(&p.order, r, t);
	while (e == NULL && (e = text_next(t, &line)) == NULL && line.p != NULL)
		e = take_line(&p, &line, &frame);
	if (e == NULL && (e = flush(&p)) == NULL)
		sink_note_text(r->sink, t);
	text_close(t);
	buf_release(&p.author);
	buf_release(&p.body);
	strs_release(&p.files);
	node_free(p.more);
	return e;
}

static int
detect_txt(const struct probe *p)
{
	return p->part != NULL && is_rule(probe_line(p, 0)) &&
		strncmp(probe_line(p, 1), "Guild: ", 7) == 0 ?
	    READER_SURE :
	    0;
}

const struct reader reader_discord_txt = {
	.name = "discord-txt",
	.title = "Discord export (text)",
	.channel = "discord",
	.flags = READER_FORGEABLE,
	.order = SINK_AS_IS,
	.detect = detect_txt,
	.read = read_discord_txt,
};

/* SPDX-License-Identifier: ISC */
/*
 * Google Chat, as Takeout gives it: a folder for each conversation, in it
 * messages.json, group_info.json and the files.  Times are English sentences
 * in UTC.
 */

#include <ctype.h>
#include <string.h>

#include "core/intake/dates.h"
#include "core/intake/field.h"
#include "core/util/path.h"

struct gchat {
	struct reading *r;
	const struct part *part;
	char *dir;
	char *title; /* of the conversation, or NULL */
	bool many;
	size_t foreign; /* times in another language */
};

/* " um 18:46:08", " à 18:46:08": the bytes of a clock behind a word, or 0. */
static size_t
read_clock(struct date_time *d, const char *p, size_t len)
{
	size_t skip = 0, used;

	while (skip < len && skip < 12 && !isdigit((unsigned char)p[skip]))
		skip++;
	used =
	    dates_clock(&d->hour, &d->minute, &d->second, p + skip, len - skip);
	d->has_time = used > 0;
	return used > 0 ? skip + used : 0;
}

/* "Monday, September 5, 2016 at 6:46:08 PM UTC" */
static bool
read_time(struct stamp *out, const struct node *n, const char *key)
{
	struct span text = span_get(n, key);
	struct date_time d;
	size_t used;

	*out = (struct stamp){ 0 };
	if (text.p == NULL)
		return false;
	if (stamp_iso(out, text.p, text.len))
		return true;
	used = dates_read(&d, text.p, text.len);
	if (used > 0 && !d.has_time)
		used += read_clock(&d, text.p + used, text.len - used);
	/* a day alone would be read as midnight, which nobody said */
	if (used == 0 || !d.has_time || !dates_stamp(out, &d, DATE_YMD))
		return false;
	if (memmem(text.p + used, text.len - used, "UTC", 3) != NULL)
		out->kind = STAMP_INSTANT;
	return true;
}

/* Files whose names Takeout could not keep have "_" for odd characters. */
static size_t
read_files(const struct gchat *g, const struct node *n,
    struct attachment out[static MESSAGE_ATTACHMENTS_MAX])
{
	const struct node *list = node_get(n, "attached_files");
	size_t count = 0;

	for (; count < node_count(list) && count < MESSAGE_ATTACHMENTS_MAX;
	     count++) {
		const struct node *f = list->kids[count];
		struct span file = span_get(f, "export_name");
		char *name;

		out[count] = (struct attachment){
			.name = span_get(f, "original_name"),
			.size = -1,
		};
		if (out[count].name.p == NULL)
			out[count].name = file;
		if (file.p == NULL)
			continue;
		name = mem_ndup(file.p, file.len);
		out[count].part =
		    input_locate(g->r->input, g->dir, name, strlen(name));
		for (char *p = name; *p != '\0'; p++)
			if (strchr("?:*\"<>|&", *p) != NULL)
				*p = '_';
		if (out[count].part == NULL)
			out[count].part = input_locate(
			    g->r->input, g->dir, name, strlen(name));
		free(name);
	}
	return count;
}

static struct node *
read_more(const struct node *n)
{
	static const char *const keys[] = { "reactions", "topic_id",
		"deletion_metadata", "deleted_date", "annotations" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		field_keep(more, n, keys[i]);
	return more;
}

static struct err *
read_message(void *arg, const struct node *n, size_t index, unsigned long line)
{
	struct gchat *g = arg;
	struct sink *sink = g->r->sink;
	const struct node *creator = node_get(n, "creator");
	struct attachment files[MESSAGE_ATTACHMENTS_MAX];
	struct message m = { .line = line };
	struct node *more;
	struct err *e;

	(void)index;
	sink_unit(sink);
	m.deleted = span_is(span_get(n, "message_state"), "DELETED");
	/* of one that was deleted nothing else may be left */
	if (span_get(n, "created_date").p == NULL && !m.deleted) {
		sink_skip(sink, g->part->name, line, "it has no time");
		return NULL;
	}
	if (!read_time(&m.at, n, "created_date"))
		g->foreign += !m.deleted;
	m.edited = read_time(&m.edited_at, n, "updated_date");
	m.author = span_get(creator, "name");
	m.author_id = span_get(creator, "email");
	if (m.author.p == NULL)
		m.author = m.author_id;
	m.text = span_get(n, "text");
	m.id = span_get(n, "message_id");
	m.reply_to =
	    span_get(node_get(n, "quoted_message_metadata"), "message_id");
	if (g->many)
		m.channel = span_of(g->title);
	m.n_attachments = read_files(g, n, files);
	m.attachments = files;
	more = read_more(n);
	if (m.at.kind == STAMP_NONE)
		field_keep(more, n, "created_date");
	m.more = more;
	e = sink_add(sink, &m);
	node_free(more);
	return e;
}

static struct err *
read_root(void *arg, struct scan *s)
{
	return field_each_under(s, "messages", read_message, arg);
}

static struct err *
read_group(void *arg, struct scan *s)
{
	struct gchat *g = arg;
	const struct node *members;
	struct node *n;
	struct span name;
	struct err *e = scan_value(s, &n);

	if (e != NULL)
		return e;
	name = span_get(n, "name");
	if (name.len > 0) {
		free(g->title);
		g->title = mem_ndup(name.p, name.len);
	}
	members = node_get(n, "members");
	for (size_t i = 0; i < node_count(members); i++)
		sink_member(g->r->sink, span_of(g->many ? g->title : ""),
		    span_get(members->kids[i], "name"));
	node_free(n);
	return NULL;
}

static struct err *
read_part(struct gchat *g, const struct part *part)
{
	char *dir = path_parent(part->name);
	char *info = path_join(dir, "group_info.json");
	const struct part *group = input_locate(g->r->input, "",
	    strncmp(info, "./", 2) == 0 ? info + 2 : info,
	    strlen(info) - (strncmp(info, "./", 2) == 0 ? 2 : 0));
	struct err *e = NULL;

	g->part = part;
	free(g->dir);
	free(g->title);
	g->dir = strcmp(dir, ".") == 0 ? mem_dup("") : mem_dup(dir);
	g->title = mem_dup(path_base(dir));
	if (group != NULL)
		e = field_document(g->r, group, read_group, g);
	if (e == NULL)
		e = field_document(g->r, part, read_root, g);
	if (!g->many && strcmp(g->title, ".") != 0)
		sink_title(g->r->sink, g->title, strlen(g->title));
	free(info);
	free(dir);
	return e;
}

static bool
is_messages(const char *name)
{
	return strcmp(path_base(name), "messages.json") == 0 &&
	    strstr(name, "Google Chat/") != NULL;
}

static struct err *
read_tree(struct gchat *g)
{
	const struct part *part;
	struct err *e = NULL;
	size_t n = 0;

	vec_each (part, &g->r->input->parts)
		n += is_messages(part->name);
	g->many = n > 1;
	vec_each (part, &g->r->input->parts)
		if (e == NULL && is_messages(part->name))
			e = read_part(g, part);
	return e;
}

static struct err *
read_gchat(struct reading *r)
{
	struct gchat g = { .r = r };
	struct err *e =
	    r->main != NULL ? read_part(&g, r->main) : read_tree(&g);

	if (g.foreign > 0)
		sink_warn(r->sink,
		    "times in a language that is not understood: %zu",
		    g.foreign);
	free(g.dir);
	free(g.title);
	return e;
}

static int
detect(const struct probe *p)
{
	const struct part *part;

	if (p->part == NULL) {
		vec_each (part, &p->input->parts)
			if (is_messages(part->name))
				return READER_SURE;
		return 0;
	}
	return probe_has(p, "messages[].created_date") &&
		probe_has(p, "messages[].creator") ?
	    READER_SURE :
	    0;
}

const struct reader reader_google_chat = {
	.name = "google-chat",
	.title = "Google Chat (Takeout)",
	.channel = "google-chat",
	.order = SINK_BY_TIME,
	.detect = detect,
	.read = read_gchat,
};

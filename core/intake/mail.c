/* SPDX-License-Identifier: ISC */
#include "core/intake/mail.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/util/path.h"
#include "core/util/proc.h"

#define CHUNK (256u << 10)
#define ANSWER_MAX SCAN_RECORD_MAX /* bytes said of one mail */
#define HEAD_LINES 60              /* of a header, looked at to know a mail */

extern const struct reader reader_eml, reader_mbox, reader_maildir;

const char *
mail_result_name(enum mail_result result)
{
	static const char *const names[] = { "pass", "fail", "none",
		"unverifiable" };

	return names[result];
}

bool
mail_reads(const struct reader *reader)
{
	return reader == &reader_eml || reader == &reader_mbox ||
	    reader == &reader_maildir;
}

void
mail_job_release(struct mail_job *job)
{
	struct mail_row *row;

	vec_each (row, &job->rows) {
		free(row->domain);
		free(row->selector);
		node_free(row->key);
	}
	vec_release(&job->rows);
	vec_release(&job->row_of);
	vec_release(&job->starts);
	node_free(job->only);
	job->only = NULL;
}

/*
 * Which parts are mails.
 */

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n >= e && strcasecmp(name + n - e, end) == 0;
}

/* Files that systems put beside everything. */
static bool
is_litter(const char *name)
{
	return path_base(name)[0] == '.' ||
	    strncmp(name, "__MACOSX/", 9) == 0 ||
	    strcasecmp(path_base(name), "Thumbs.db") == 0;
}

/* "cur", "new", "tmp": the folder a part is in. */
static bool
is_in(const char *name, const char *folder)
{
	const char *base = path_base(name);
	size_t n = strlen(folder);

	return (size_t)(base - name) > n && base[-1] == '/' &&
	    strncmp(base - 1 - n, folder, n) == 0 &&
	    ((size_t)(base - name) == n + 1 || base[-2 - (ptrdiff_t)n] == '/');
}

static bool
is_in_maildir(const char *name)
{
	return is_in(name, "cur") || is_in(name, "new");
}

/* What mail servers put into a maildir. */
static bool
is_maildir_litter(const char *name)
{
	const char *base = path_base(name);

	return is_litter(name) || is_in(name, "tmp") ||
	    strncmp(base, "dovecot", 7) == 0 ||
	    strncmp(base, "maildir", 7) == 0 ||
	    strncmp(base, "courier", 7) == 0 ||
	    strcmp(base, "subscriptions") == 0;
}

static bool
is_mail_part(const struct choice *choice, const struct part *part)
{
	if (choice->main != NULL)
		return part == choice->main;
	if (choice->reader == &reader_maildir)
		return is_in_maildir(part->name);
	return !is_litter(part->name) && ends_in(part->name, ".eml");
}

/*
 * Asking.
 */

static void
put_arguments(
    struct strs *argv, const struct mail_job *job, const struct choice *choice)
{
	strs_add(argv, job->helper);
	strs_add(argv, "--now");
	strs_take(argv, mem_printf("%lld", (long long)job->now));
	for (size_t i = 0; i < job->n_keys; i++) {
		strs_add(argv, "--keys");
		strs_add(argv, job->keys[i]);
	}
	if (job->fetch)
		strs_add(argv, "--fetch-keys");
	if (job->fetch && job->resolver != NULL) {
		strs_add(argv, "--resolver");
		strs_add(argv, job->resolver);
	}
	strs_add(argv, "--format");
	strs_add(argv, choice->reader == &reader_mbox ? "mbox" : "mail");
	strs_add(argv, "--list");
	vec_push(argv, NULL);
}

/* What reads the answers, and where it stands. */
struct hearing {
	const struct input *in;
	struct err *(*each)(void *arg, const struct node *mail);
	void *arg;
	struct buf line;
	bool ended;
};

static struct err *
hear_line(struct hearing *h)
{
	struct scan *s = scan_bytes(h->line.data, h->line.len, "deed-mail");
	struct node *n = NULL;
	struct err *e = scan_value(s, &n);

	if (e == NULL)
		e = scan_end(s);
	scan_close(s);
	if (e == NULL && node_flag(n, "end")) {
		h->ended = true;
		if (node_number(n, "ambiguous", 0) > 0)
			e = h->each(h->arg, n);
	} else if (e == NULL) {
		e = h->each(h->arg, n);
	}
	node_free(n);
	buf_clear(&h->line);
	return e;
}

static struct err *
hear(struct hearing *h, int fd)
{
	char *chunk = mem_alloc(CHUNK), *p, *lf;
	struct err *e = NULL;
	ssize_t n;

	while (e == NULL && (n = read(fd, chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			e = err_errno("cannot hear deed-mail");
			break;
		}
		for (p = chunk; e == NULL && n > 0; p = lf) {
			lf = memchr(p, '\n', (size_t)n);
			if (lf == NULL) {
				buf_add(&h->line, p, (size_t)n);
				break;
			}
			buf_add(&h->line, p, (size_t)(lf - p));
			lf++;
			n -= lf - p;
			e = hear_line(h);
		}
		if (e == NULL && h->line.len > ANSWER_MAX)
			e = err_new(ERR_LIMIT, "%s: a mail has too much to say",
			    h->in->name);
	}
	free(chunk);
	return e;
}

/* What the program says of a file is about that file, not about itself. */
static struct err *
without_name(struct err *e, const char *helper)
{
	char *prefix = mem_printf("%s failed: ", helper);
	size_t len = strlen(prefix);
	struct err *bare = e;

	if (e != NULL && strncmp(err_text(e), prefix, len) == 0 &&
	    err_text(e)[len] != '\0') {
		bare = err_new(ERR_INVALID, "%s", err_text(e) + len);
		err_drop(e);
	}
	free(prefix);
	return bare;
}

struct err *
mail_ask(const struct mail_job *job, const struct choice *choice,
    const struct input *in,
    struct err *(*each)(void *arg, const struct node *mail), void *arg)
{
	struct hearing h = {
		.in = in, .each = each, .arg = arg, .line = BUF_INIT
	};
	struct strs argv = VEC_INIT;
	struct buf names = BUF_INIT;
	struct proc_spec spec = { .argv = NULL };
	struct proc proc;
	struct err *e;

	for (size_t i = 0; i < in->parts.n; i++)
		if (is_mail_part(choice, &in->parts.v[i]))
			buf_add(&names, in->parts.v[i].path,
			    strlen(in->parts.v[i].path) + 1);
	put_arguments(&argv, job, choice);
	spec.argv = (const char *const *)argv.v;
	spec.in = names.data;
	spec.in_len = names.len;
	if ((e = proc_start(&proc, &spec)) == NULL) {
		e = hear(&h, proc.out);
		e = err_first(e, without_name(proc_finish(&proc), job->helper));
		if (e == NULL && !h.ended)
			e = err_new(ERR_SYSTEM, "deed-mail ended too early");
	}
	buf_release(&h.line);
	buf_release(&names);
	strs_release(&argv);
	if (err_is(e, ERR_NOT_FOUND))
		e = err_hint(e,
		    "it is a part of deed, and reads mails; DEED_LIBEXEC says "
		    "where it is");
	return e;
}

/*
 * Taking in.
 */

struct taking {
	struct reading *r;
	struct mail_job *job;
	size_t strays; /* parts that are no mails */
};

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum mail_result
result_of(const struct node *signature)
{
	const char *name = node_text(signature, "result");

	for (enum mail_result i = 0; i < MAIL_RESULTS; i++)
		if (same_text(mail_result_name(i), name))
			return i;
	return MAIL_UNVERIFIABLE;
}

/* The row this signature belongs to, perhaps a new one. */
static size_t
row_of(struct mail_job *job, const struct node *signature)
{
	const char *domain = node_text(signature, "domain");
	const char *selector = node_text(signature, "selector");
	const struct node *key = node_get(signature, "key");
	enum mail_result result = result_of(signature);
	struct mail_row *row;

	for (size_t i = job->rows.n; i-- > 0;) {
		row = &job->rows.v[i];
		if (row->result == result && same_text(row->domain, domain) &&
		    same_text(row->selector, selector) &&
		    same_text(
			node_text(row->key, "text"), node_text(key, "text")))
			return i;
	}
	row = vec_add(&job->rows);
	row->domain = mem_dup(domain);
	row->selector = mem_dup(selector);
	row->result = result;
	row->key = key != NULL ? node_copy(key) : NULL;
	return job->rows.n - 1;
}

static void
note_signatures(struct mail_job *job, const struct node *dkim)
{
	vec_push(&job->starts, (uint32_t)job->row_of.n);
	for (size_t i = 0; i < node_count(dkim); i++)
		vec_push(&job->row_of, (uint32_t)row_of(job, node_at(dkim, i)));
}

/* The nth mail added is kept: so are its signatures. */
static void
count_kept(void *arg, size_t nth)
{
	struct mail_job *job = arg;
	size_t end =
	    nth + 1 < job->starts.n ? job->starts.v[nth + 1] : job->row_of.n;

	for (size_t i = job->starts.v[nth]; i < end; i++)
		job->rows.v[job->row_of.v[i]].count++;
}

/* Behind "Re:", "Fwd:" and what they are called elsewhere. */
static struct span
thread_of(const char *subject)
{
	static const char *const marks[] = { "re", "fw", "fwd", "aw", "wg",
		"sv", "vs", "rv", "res", "enc", "tr", "antw", "odp", "r", "i" };
	const char *p = subject;

	for (size_t i = 0; p != NULL && i < sizeof(marks) / sizeof(marks[0]);
	     i++) {
		size_t len = strlen(marks[i]);

		if (strncasecmp(p, marks[i], len) == 0 && p[len] == ':') {
			p += len + 1;
			p += strspn(p, " ");
			i = (size_t)-1;
		}
	}
	return span_of(p);
}

/* What is said of signatures, but for the keys' bytes, which lie elsewhere. */
static struct node *
without_keys(const struct node *dkim)
{
	struct node *list = node_copy(dkim);

	for (size_t i = 0; i < node_count(list); i++) {
		struct node *key = node_get(node_at(list, i), "key");

		if (key != NULL)
			node_drop(key, "text");
	}
	return list;
}

static struct node *
more_of(const struct node *mail)
{
	static const char *const keys[] = { "to", "cc", "subject", "html",
		"unquoted", "sha256", "size", "attachments", "warnings" };
	struct node *more = node_map();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct node *n = node_get(mail, keys[i]);
		bool is_list = n != NULL && n->type == NODE_LIST;

		if (n == NULL || (is_list && n->n == 0) ||
		    (n->type == NODE_BOOL && !n->flag))
			continue;
		node_put(more, keys[i], node_copy(n));
	}
	if (node_get(mail, "date") == NULL)
		node_put_str(more, "date", node_text(mail, "date_text"));
	node_put(more, "dkim", without_keys(node_get(mail, "dkim")));
	return more;
}

static void
note_readers(struct sink *sink, struct span channel, const struct node *people)
{
	for (size_t i = 0; i < node_count(people); i++) {
		const struct node *person = node_at(people, i);

		sink_member(sink, channel, span_get(person, "name"));
		sink_member(sink, channel, span_get(person, "address"));
	}
}

static struct err *
take_mail(struct taking *t, const struct node *mail)
{
	const struct node *warnings = node_get(mail, "warnings");
	const struct node *sender = node_at(node_get(mail, "senders"), 0);
	const char *date = node_text(mail, "date");
	struct message m = {
		.author = span_get(mail, "from"),
		.author_id = span_get(sender, "address"),
		.channel = thread_of(node_text(mail, "subject")),
		.text = span_get(mail, "text"),
		.id = span_get(mail, "message_id"),
		.reply_to = span_get(mail, "in_reply_to"),
	};
	struct node *more = more_of(mail);
	struct err *e;

	if (date != NULL && !stamp_iso(&m.at, date, strlen(date)))
		m.at = (struct stamp){ .kind = STAMP_NONE };
	m.more = more;
	note_readers(t->r->sink, m.channel, node_get(mail, "senders"));
	note_readers(t->r->sink, m.channel, node_get(mail, "readers"));
	for (size_t i = 0; i < node_count(warnings); i++)
		sink_warn(t->r->sink, "%s", node_as_text(node_at(warnings, i)));
	note_signatures(t->job, node_get(mail, "dkim"));
	e = sink_add(t->r->sink, &m);
	node_free(more);
	return e;
}

static const char *
name_of(const struct input *in, const char *path)
{
	for (size_t i = 0; path != NULL && i < in->parts.n; i++)
		if (strcmp(in->parts.v[i].path, path) == 0)
			return in->parts.v[i].name;
	return in->name;
}

static struct err *
take_line(void *arg, const struct node *line)
{
	struct taking *t = arg;
	struct sink *sink = t->r->sink;
	const char *error = node_text(line, "error");

	if (node_flag(line, "end")) {
		sink_warn(sink,
		    "lines that begin with \"From \" as a mail does, and were "
		    "read as text: %lld",
		    (long long)node_number(line, "ambiguous", 0));
		return NULL;
	}
	sink_unit(sink);
	t->job->n++;
	if (error != NULL) {
		sink_skip(sink, name_of(t->r->input, node_text(line, "path")),
		    0, "%s", error);
		return NULL;
	}
	if (t->job->only == NULL)
		t->job->only = node_copy(line);
	return take_mail(t, line);
}

static struct err *
read_mails(struct reading *r)
{
	struct taking t = { .r = r, .job = sink_options(r->sink)->mail };
	struct choice choice = { r->reader, r->main };
	struct err *e;

	if (t.job == NULL)
		return err_new(ERR_UNSUPPORTED, "mails cannot be read here");
	sink_watch(r->sink, count_kept, t.job);
	for (size_t i = 0; r->main == NULL && i < r->input->parts.n; i++) {
		const struct part *part = &r->input->parts.v[i];

		t.strays +=
		    !is_mail_part(&choice, part) && !is_litter(part->name);
	}
	if (t.strays > 0)
		sink_warn(r->sink, "files that are no mails, left out: %zu",
		    t.strays);
	e = mail_ask(t.job, &choice, r->input, take_line, &t);
	if (e == NULL && t.job->n == 1)
		sink_title(r->sink, span_get(t.job->only, "subject").p,
		    span_get(t.job->only, "subject").len);
	return e;
}

/*
 * Knowing mails.
 */

/* "Subject: ...": 0 if it is none, 1 for any field, 2 for a mail's own. */
static int
field_kind(const char *line)
{
	static const char *const names[] = { "from", "to", "cc", "subject",
		"date", "message-id", "received", "return-path", "reply-to",
		"mime-version", "content-type", "delivered-to", "sender",
		"dkim-signature", "authentication-results", "in-reply-to",
		"content-transfer-encoding", "x-mailer", "references" };
	size_t len = 0;

	while (line[len] > ' ' && line[len] < 127 && line[len] != ':')
		len++;
	if (len == 0 || line[len + strspn(line + len, " \t")] != ':')
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(line, names[i], len) == 0)
			return 2;
	return 1;
}

/* How many of a mail's own fields follow one another from line i on. */
static int
count_fields(const struct probe *p, size_t i)
{
	int n = 0;

	for (; i < p->lines.n && i < HEAD_LINES; i++) {
		const char *line = p->lines.v[i];
		int kind = field_kind(line);

		if (line[0] == '\0' ||
		    (kind == 0 && line[0] != ' ' && line[0] != '\t'))
			break;
		n += kind == 2;
	}
	return n;
}

static size_t
first_line(const struct probe *p)
{
	size_t i = 0;

	while (i < p->lines.n && p->lines.v[i][0] == '\0')
		i++;
	return i;
}

static bool
begins_mbox(const struct probe *p)
{
	size_t i = first_line(p);

	return i + 1 < p->lines.n && strncmp(p->lines.v[i], "From ", 5) == 0 &&
	    (field_kind(p->lines.v[i + 1]) > 0 ||
		strncmp(p->lines.v[i + 1], ">From ", 6) == 0);
}

static int
detect_mbox(const struct probe *p)
{
	return p->part != NULL && begins_mbox(p) &&
		count_fields(p, first_line(p) + 1) > 0 ?
	    READER_SURE :
	    0;
}

/* A folder of nothing else is read as one. */
static bool
is_folder_of_mails(const struct input *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->parts.n; i++) {
		if (is_litter(in->parts.v[i].name))
			continue;
		if (!ends_in(in->parts.v[i].name, ".eml"))
			return false;
		n++;
	}
	return n > 1;
}

static int
detect_eml(const struct probe *p)
{
	int fields;

	if (p->part == NULL)
		return is_folder_of_mails(p->input) ? READER_SURE : 0;
	if (first_line(p) == p->lines.n ||
	    field_kind(p->lines.v[first_line(p)]) == 0)
		return 0;
	fields = count_fields(p, first_line(p));
	if (fields >= 3)
		return READER_SURE;
	if (fields > 0 &&
	    (probe_named(p, ".eml") ||
		strncasecmp(p->lines.v[first_line(p)], "DKIM-Signature:", 15) ==
		    0))
		return READER_LIKELY;
	return fields == 2 ? READER_MAYBE : 0;
}

static int
detect_maildir(const struct probe *p)
{
	size_t n = 0;

	if (p->part != NULL)
		return 0;
	for (size_t i = 0; i < p->input->parts.n; i++) {
		const char *name = p->input->parts.v[i].name;

		if (is_in_maildir(name))
			n++;
		else if (!is_maildir_litter(name))
			return 0;
	}
	return n > 0 ? READER_SURE : 0;
}

const struct reader reader_eml = {
	.name = "eml",
	.title = "Mail",
	.channel = "mail",
	.order = SINK_BY_TIME,
	.detect = detect_eml,
	.read = read_mails,
};

const struct reader reader_mbox = {
	.name = "mbox",
	.title = "Mailbox",
	.channel = "mail",
	.order = SINK_AS_IS,
	.detect = detect_mbox,
	.read = read_mails,
};

const struct reader reader_maildir = {
	.name = "maildir",
	.title = "Mail folder",
	.channel = "mail",
	.order = SINK_BY_TIME,
	.detect = detect_maildir,
	.read = read_mails,
};
